//! What can go wrong beneath the forum.

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
    Refused(#[source] DbErr),
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
            // Unique violations: PostgreSQL, SQLite (unique, primary key).
            Some("23505" | "2067" | "1555") => return Self::Taken,
            // A full disk: PostgreSQL, SQLite.
            Some("53100" | "13") => return Self::Unavailable("the disk is full"),
            // PostgreSQL: out of memory, too many connections, another limit,
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
            // SQLite: busy, locked, read-only, cannot open, IO errors.
            Some(code) if is_sqlite_trouble(code) => {
                return Self::Unavailable("the file cannot be used");
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
                _ => Self::Refused(error),
            },
            _ => Self::Refused(error),
        }
    }
}

/// SQLite's primary result codes, in the low byte, that speak of the file's
/// state and not of the statement: BUSY, LOCKED, READONLY, IOERR, FULL,
/// CANTOPEN.
fn is_sqlite_trouble(code: &str) -> bool {
    code.len() <= 4
        && code
            .parse::<u32>()
            .is_ok_and(|code| matches!(code & 0xff, 5 | 6 | 8 | 10 | 13 | 14))
}

/// The database's own code: SQLSTATE, or SQLite's extended result code.
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
