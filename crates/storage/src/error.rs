//! What can go wrong beneath the forum.

use rusqlite::ErrorCode;
use sea_orm::{DbErr, RuntimeErr};

/// A failure of the database, or of what was found in it.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The database cannot serve now: unreachable, locked, full. Trying again
    /// later may help. Nothing was written, unless the connection was lost
    /// while a commit was under way.
    #[error("the database cannot serve now: {0}")]
    Unavailable(&'static str),
    /// What is stored cannot be understood.
    #[error("stored value of {0} cannot be understood")]
    Corrupt(&'static str),
    /// The database refused the statement: a fault of ours. The message may
    /// quote values and is never logged.
    #[error("the database refused a statement")]
    Refused(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A unique value is taken.
    #[error("the value is taken")]
    Taken,
    /// The address of the database cannot be used.
    #[error("{0}")]
    Address(String),
}

impl From<DbErr> for StorageError {
    fn from(error: DbErr) -> Self {
        match code(&error).as_deref() {
            // A unique violation.
            Some("23505") => return Self::Taken,
            // A full disk.
            Some("53100") => return Self::Unavailable("the disk is full"),
            // Out of memory, too many connections, another limit,
            // read-only, a disk that fails.
            Some("53000" | "53200" | "53300" | "53400" | "57P03" | "25006" | "58030") => {
                return Self::Unavailable("the server refuses work");
            }
            Some(code) if ends_connection(code) => {
                return Self::Unavailable("the connection was lost");
            }
            Some("57014" | "40001" | "40P01" | "55P03") => {
                return Self::Unavailable("a lock was held too long");
            }
            _ => {}
        }
        match &error {
            DbErr::ConnectionAcquire(_) => Self::Unavailable("no connection was free in time"),
            DbErr::Conn(_) => Self::Unavailable("it cannot be reached"),
            DbErr::Exec(RuntimeErr::SqlxError(inner))
            | DbErr::Query(RuntimeErr::SqlxError(inner)) => match **inner {
                sea_orm::sqlx::Error::Io(_)
                | sea_orm::sqlx::Error::PoolTimedOut
                | sea_orm::sqlx::Error::PoolClosed
                | sea_orm::sqlx::Error::WorkerCrashed => {
                    Self::Unavailable("the connection was lost")
                }
                _ => Self::Refused(error.into()),
            },
            _ => Self::Refused(error.into()),
        }
    }
}

impl From<rusqlite::Error> for StorageError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ffi::{SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE};
        let Some(code) = error.sqlite_error() else {
            return Self::Refused(error.into());
        };
        match code.extended_code {
            SQLITE_CONSTRAINT_UNIQUE | SQLITE_CONSTRAINT_PRIMARYKEY => Self::Taken,
            _ => match unavailable(code.code) {
                Some(why) => Self::Unavailable(why),
                None => Self::Refused(error.into()),
            },
        }
    }
}

impl StorageError {
    /// Why a commit of SQLite's failed, for each of those who waited for it.
    pub(crate) fn of_commit(error: &rusqlite::Error) -> Self {
        let why = error.sqlite_error_code().and_then(unavailable);
        Self::Unavailable(why.unwrap_or("the file cannot be used"))
    }
}

/// What of SQLite's codes speaks of the file's state and not of the statement.
fn unavailable(code: ErrorCode) -> Option<&'static str> {
    match code {
        ErrorCode::DiskFull => Some("the disk is full"),
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Some("a lock was held too long"),
        ErrorCode::ReadOnly | ErrorCode::SystemIoFailure | ErrorCode::CannotOpen => {
            Some("the file cannot be used")
        }
        _ => None,
    }
}

/// A failed statement of either database.
pub(crate) trait Failure: Into<StorageError> {
    /// Whether the transaction may run again at once: it lost against another.
    fn is_lost(&self) -> bool;
    /// Whether the connection is of no use any more.
    fn is_broken(&self) -> bool;
}

impl Failure for DbErr {
    fn is_lost(&self) -> bool {
        may_retry(self)
    }

    fn is_broken(&self) -> bool {
        is_broken(self)
    }
}

/// On SQLite one writes at a time, and no connection is between.
impl Failure for rusqlite::Error {
    fn is_lost(&self) -> bool {
        false
    }

    fn is_broken(&self) -> bool {
        false
    }
}

/// The SQLSTATE.
fn code(error: &DbErr) -> Option<String> {
    match error {
        DbErr::Exec(RuntimeErr::SqlxError(inner))
        | DbErr::Query(RuntimeErr::SqlxError(inner))
        | DbErr::Conn(RuntimeErr::SqlxError(inner)) => inner
            .as_database_error()?
            .code()
            .map(std::borrow::Cow::into_owned),
        _ => None,
    }
}

/// Whether the transaction may run again at once: it lost against another.
pub(crate) fn may_retry(error: &DbErr) -> bool {
    matches!(code(error).as_deref(), Some("40001" | "40P01"))
}

/// Whether the connection is of no use any more. What it had begun and not
/// committed is taken back by the server; another connection may serve.
pub(crate) fn is_broken(error: &DbErr) -> bool {
    let (DbErr::Exec(RuntimeErr::SqlxError(inner)) | DbErr::Query(RuntimeErr::SqlxError(inner))) =
        error
    else {
        return false;
    };
    match inner.as_database_error() {
        Some(error) => error.code().is_some_and(|code| ends_connection(&code)),
        None => matches!(**inner, sea_orm::sqlx::Error::Io(_)),
    }
}

/// What PostgreSQL says when it ends a connection: it goes down, has crashed,
/// was told to by an administrator, waited too long, or lost the line.
fn ends_connection(code: &str) -> bool {
    matches!(code, "57P01" | "57P02" | "57P05" | "25P03" | "25P04")
        || (code.len() == 5 && code.starts_with("08"))
}
