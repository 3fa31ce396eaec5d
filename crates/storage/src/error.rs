//! What can go wrong beneath the forum.

use rusqlite::ErrorCode;
use sea_orm::DbErr;

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

/// What befalls a migration.
impl From<DbErr> for StorageError {
    fn from(error: DbErr) -> Self {
        match &error {
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => {
                Self::Unavailable("it cannot be reached")
            }
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
    /// Whether it waited for a lock as long as it may.
    fn is_late(&self) -> bool {
        false
    }
    /// Whether it was refused because something before it in the transaction
    /// failed.
    fn is_anothers(&self) -> bool {
        false
    }
    /// Whether the connection is of no use any more.
    fn is_broken(&self) -> bool;
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
