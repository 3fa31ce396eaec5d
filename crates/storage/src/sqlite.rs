//! SQLite, asked where the caller stands.
//!
//! A statement on an open file takes microseconds; handing it to a thread of
//! its own and waking up for the answer takes longer. So reads run on the
//! caller's thread, on a connection that nobody else has, and so do the
//! statements of a write, one write after another. Only what waits for the
//! disk, the commit, runs beside (see [`Writer`]).

mod cells;
mod file;
mod writer;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection};
use sea_orm::Value;

pub(crate) use cells::{Block, Cell, Cells};
pub(crate) use file::File;
pub(crate) use writer::{Job, Writer};

/// Where statements run.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    /// On any connection that reads.
    Readers(Arc<Readers>),
    /// In a write.
    Job(Arc<Mutex<Job>>),
    /// In a transaction that only reads, on a connection of its own.
    Moment(Arc<Mutex<Connection>>),
}

impl Place {
    /// Every row, or only the first.
    pub(crate) fn ask(
        &self,
        sql: &str,
        values: &[Value],
        only_first: bool,
    ) -> rusqlite::Result<Block> {
        self.with(|connection| {
            let mut statement = prepared(connection, sql, values)?;
            let columns = statement.column_count();
            let mut block = Block::new(columns);
            let mut rows = statement.raw_query();
            while let Some(row) = rows.next()? {
                for at in 0..columns {
                    block.push(row.get_ref(at)?)?;
                }
                if only_first {
                    break;
                }
            }
            Ok(block)
        })
    }

    /// Runs a statement and says how many rows it touched.
    pub(crate) fn run(&self, sql: &str, values: &[Value]) -> rusqlite::Result<u64> {
        self.with(|connection| {
            let mut statement = prepared(connection, sql, values)?;
            if statement.column_count() == 0 {
                return Ok(statement.raw_execute()? as u64);
            }
            // It answers with rows, which nobody wants: to its end all the
            // same, so that it does what it is to do.
            let mut rows = statement.raw_query();
            while rows.next()?.is_some() {}
            Ok(0)
        })
    }

    fn with<T>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        match self {
            Self::Readers(readers) => readers.with(work),
            Self::Job(job) => work(lock(job).connection()?),
            Self::Moment(connection) => work(&lock(connection)),
        }
    }
}

/// The connections that read. As many are open at once as threads ask at
/// once.
#[derive(Debug)]
pub(crate) struct Readers {
    file: File,
    /// `None` once they are closed.
    idle: Mutex<Option<Vec<Connection>>>,
    /// So many stay open while nobody asks.
    kept: usize,
}

impl Readers {
    /// Opens one: so that a file that cannot be read is found at once.
    pub(crate) fn open(file: File, kept: usize) -> rusqlite::Result<Self> {
        let first = file.open()?;
        Ok(Self {
            file,
            idle: Mutex::new(Some(vec![first])),
            kept,
        })
    }

    /// A connection of its own, in the state of this moment until it is
    /// dropped.
    pub(crate) fn moment(&self) -> rusqlite::Result<Connection> {
        let connection = self.file.open()?;
        connection.execute_batch("BEGIN DEFERRED")?;
        Ok(connection)
    }

    /// Closes what is idle, and what is in use once it is given back.
    pub(crate) fn close(&self) {
        *lock(&self.idle) = None;
    }

    fn with<T>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        let idle = lock(&self.idle).as_mut().ok_or_else(closed)?.pop();
        let connection = match idle {
            Some(connection) => connection,
            None => self.file.open()?,
        };
        let done = work(&connection);
        if let Some(idle) = lock(&self.idle).as_mut()
            && idle.len() < self.kept
        {
            idle.push(connection);
        }
        done
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is said of a file that was closed.
fn closed() -> rusqlite::Error {
    let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CANTOPEN);
    rusqlite::Error::SqliteFailure(code, None)
}

/// A statement, kept from before if it ran before, with its values.
fn prepared<'c>(
    connection: &'c Connection,
    sql: &str,
    values: &[Value],
) -> rusqlite::Result<CachedStatement<'c>> {
    let mut statement = connection.prepare_cached(sql)?;
    for at in 1..=statement.parameter_count() {
        // `$3` is the third value wherever it stands in the text.
        let place = statement
            .parameter_name(at)
            .and_then(|name| name.get(1..)?.parse().ok())
            .unwrap_or(at);
        let value = values
            .get(place - 1)
            .ok_or(rusqlite::Error::InvalidParameterCount(values.len(), place))?;
        statement.raw_bind_parameter(at, Bound(value))?;
    }
    Ok(statement)
}

struct Bound<'a>(&'a Value);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let value = match self.0 {
            Value::BigInt(number) => number.map_or(ValueRef::Null, ValueRef::Integer),
            Value::Bool(flag) => flag.map_or(ValueRef::Null, |flag| ValueRef::Integer(flag.into())),
            Value::String(text) => text
                .as_ref()
                .map_or(ValueRef::Null, |text| ValueRef::Text(text.as_bytes())),
            Value::Bytes(bytes) => bytes
                .as_ref()
                .map_or(ValueRef::Null, |bytes| ValueRef::Blob(bytes)),
            Value::Uuid(id) => id
                .as_ref()
                .map_or(ValueRef::Null, |id| ValueRef::Blob(id.as_bytes())),
            _ => {
                let error = "a value of a kind that no parameter has";
                return Err(rusqlite::Error::ToSqlConversionFailure(error.into()));
            }
        };
        Ok(ToSqlOutput::Borrowed(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_known_by_its_number_wherever_it_stands() {
        let connection = Connection::open_in_memory().unwrap();
        let place = Place::Moment(Arc::new(Mutex::new(connection)));
        let values = [Value::from(1_i64), Value::from("two".to_owned())];
        let block = place.ask("SELECT $2, $1, $2", &values, false).unwrap();
        let row = block.rows().next().unwrap();
        assert_eq!(row.get(0).unwrap(), Cell::Text("two"));
        assert_eq!(row.get(1).unwrap(), Cell::Number(1));
        assert_eq!(row.get(2).unwrap(), Cell::Text("two"));
        assert!(row.get(3).is_err());
    }

    #[test]
    fn a_statement_with_too_few_values_is_refused() {
        let connection = Connection::open_in_memory().unwrap();
        let place = Place::Moment(Arc::new(Mutex::new(connection)));
        assert!(
            place
                .ask("SELECT $2", &[Value::from(1_i64)], false)
                .is_err()
        );
    }
}
