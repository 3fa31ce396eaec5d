//! PostgreSQL, over few connections that are kept busy.
//!
//! A connection takes the next statement before it has answered the last one.
//! So reads share connections: on a busy server one wake-up carries the
//! statements of several callers. A transaction has a connection of its own,
//! and sends what it need not wait for together with its commit; short writes
//! share one.

mod address;
mod session;
mod shared;
mod together;
mod transaction;

use std::sync::{Mutex, MutexGuard, PoisonError};

pub(crate) use address::Address;
pub(crate) use shared::Readers;
pub(crate) use together::{Blame, Names, Together, Told, Turn};
pub(crate) use transaction::{Transaction, Uncommitted, Writers};

use crate::error::{Failure, StorageError};

/// What went wrong on the way to an answer.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The server, or the line to it.
    Server(tokio_postgres::Error),
    /// No connection came about.
    Connect(tokio_postgres::Error),
    /// There was no connection in time.
    Late,
    /// The server has not answered in time, and the line was given up.
    Silent,
    /// The store is closed.
    Closed,
}

impl Fault {
    /// What one of several hears of it.
    fn for_one(&self) -> StorageError {
        match self {
            Self::Server(error) | Self::Connect(error) => {
                of_code(error).unwrap_or(StorageError::Unavailable("a transaction was refused"))
            }
            Self::Late => Self::Late.into(),
            Self::Silent => Self::Silent.into(),
            Self::Closed => Self::Closed.into(),
        }
    }
}

impl From<tokio_postgres::Error> for Fault {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Server(error)
    }
}

impl From<Fault> for StorageError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Server(error) => of_server(error),
            Fault::Connect(error) => of_connecting(error),
            Fault::Late => Self::Unavailable("no connection was free in time"),
            Fault::Silent => Self::Unavailable("it does not answer"),
            Fault::Closed => Self::Unavailable("the server stops"),
        }
    }
}

/// Why there is no connection. What the server says of a name or a password
/// is for whoever runs the forum.
fn of_connecting(error: tokio_postgres::Error) -> StorageError {
    match error.code().map(tokio_postgres::error::SqlState::code) {
        Some("3D000") => StorageError::Address("the server has no database of this name".into()),
        Some("28000" | "28P01") => {
            StorageError::Address("the server does not let this user in".into())
        }
        Some(_) => of_server(error),
        None => StorageError::Unavailable("it cannot be reached"),
    }
}

fn of_server(error: tokio_postgres::Error) -> StorageError {
    of_code(&error).unwrap_or_else(|| StorageError::Refused(error.into()))
}

/// What an error means whose cause is not in the statement.
fn of_code(error: &tokio_postgres::Error) -> Option<StorageError> {
    Some(
        match error.code().map(tokio_postgres::error::SqlState::code) {
            // A unique violation.
            Some("23505") => StorageError::Taken,
            // A full disk.
            Some("53100") => StorageError::Unavailable("the disk is full"),
            // Out of memory, too many connections, another limit, read-only, a
            // disk that fails.
            Some("53000" | "53200" | "53300" | "53400" | "57P03" | "25006" | "58030") => {
                StorageError::Unavailable("the server refuses work")
            }
            Some(code) if ends_connection(code) => {
                StorageError::Unavailable("the connection was lost")
            }
            Some("57014" | "40001" | "40P01" | "55P03") => {
                StorageError::Unavailable("a lock was held too long")
            }
            None if is_lost_line(error) => StorageError::Unavailable("the connection was lost"),
            _ => return None,
        },
    )
}

impl Failure for Fault {
    fn is_lost(&self) -> bool {
        let Self::Server(error) = self else {
            return false;
        };
        let code = error.code().map(tokio_postgres::error::SqlState::code);
        matches!(code, Some("40001" | "40P01"))
    }

    fn is_late(&self) -> bool {
        let Self::Server(error) = self else {
            return false;
        };
        error.code() == Some(&tokio_postgres::error::SqlState::LOCK_NOT_AVAILABLE)
    }

    fn is_anothers(&self) -> bool {
        let Self::Server(error) = self else {
            return false;
        };
        error.code() == Some(&tokio_postgres::error::SqlState::IN_FAILED_SQL_TRANSACTION)
    }

    fn is_broken(&self) -> bool {
        let (Self::Server(error) | Self::Connect(error)) = self else {
            return matches!(self, Self::Silent);
        };
        match error.code() {
            Some(code) => ends_connection(code.code()),
            None => is_lost_line(error),
        }
    }
}

/// Whether the line broke, or could not be had.
fn is_lost_line(error: &tokio_postgres::Error) -> bool {
    use std::error::Error as _;
    error.is_closed()
        || error
            .source()
            .is_some_and(<dyn std::error::Error>::is::<std::io::Error>)
}

/// What PostgreSQL says when it ends a connection: it goes down, has crashed,
/// was told to by an administrator, waited too long, or lost the line.
fn ends_connection(code: &str) -> bool {
    matches!(code, "57P01" | "57P02" | "57P05" | "25P03" | "25P04")
        || (code.len() == 5 && code.starts_with("08"))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
