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
use std::time::{Duration, Instant};

use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection};
use sea_orm::Value;

pub(crate) use cells::{Block, Cell, Cells};
pub(crate) use file::File;
pub(crate) use writer::{Job, Writer};

/// A read that takes longer is given up where the caller stands, and made
/// again on a thread that may be held up.
const AT_ONCE: Duration = Duration::from_millis(3);

/// So many steps of SQLite's machine pass between two looks at the clock: a
/// small part of a millisecond.
const STEPS_BETWEEN: i32 = 10_000;

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
    pub(crate) async fn ask(
        &self,
        sql: &str,
        values: Vec<Value>,
        only_first: bool,
    ) -> rusqlite::Result<Block> {
        let Self::Readers(readers) = self else {
            return self.with(|connection| ask(connection, sql, &values, only_first));
        };
        match readers.at_once(|connection| ask(connection, sql, &values, only_first)) {
            Err(error) if is_interrupted(&error) => {}
            answered => return answered,
        }
        let (readers, sql) = (Arc::clone(readers), sql.to_owned());
        let asking = tokio::task::spawn_blocking(move || {
            readers.with(|connection| ask(connection, &sql, &values, only_first))
        });
        asking.await.unwrap_or_else(|_| Err(closed()))
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

fn ask(
    connection: &Connection,
    sql: &str,
    values: &[Value],
    only_first: bool,
) -> rusqlite::Result<Block> {
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

    /// Works only as long as nobody minds.
    fn at_once<T>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        self.with(|connection| {
            let begun = Instant::now();
            let is_over = move || begun.elapsed() > AT_ONCE;
            connection.progress_handler(STEPS_BETWEEN, Some(is_over))?;
            let done = work(connection);
            connection.progress_handler(0, None::<fn() -> bool>)?;
            done
        })
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

fn is_interrupted(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(rusqlite::ErrorCode::OperationInterrupted)
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
    let count = statement.parameter_count();
    // SQLite looks a name up by walking over all of them.
    let places = (count > NAMES_MAX).then(|| places_in(sql, values.len()));
    let places = places.filter(|places| places.len() == count);
    for at in 1..=count {
        // `$3` is the third value wherever it stands in the text.
        let place = match &places {
            Some(places) => places[at - 1],
            None => statement
                .parameter_name(at)
                .and_then(|name| name.get(1..)?.parse().ok())
                .unwrap_or(at),
        };
        let value = values
            .get(place.wrapping_sub(1))
            .ok_or(rusqlite::Error::InvalidParameterCount(values.len(), place))?;
        statement.raw_bind_parameter(at, Bound(value))?;
    }
    Ok(statement)
}

/// Of more parameters than these, the text is asked which they are.
const NAMES_MAX: usize = 32;

/// Which values the parameters of a text stand for, in the order in which SQLite
/// counts them: that in which each stands there first.
fn places_in(sql: &str, values: usize) -> Vec<usize> {
    let mut seen = vec![false; values + 1];
    seen[0] = true;
    let mut places = Vec::with_capacity(values);
    // What stands between quotes is text.
    for outside in sql.split('\'').step_by(2) {
        for named in outside.split('$').skip(1) {
            let digits = named.bytes().take_while(u8::is_ascii_digit).count();
            // Where no number follows it is none.
            let place: usize = named[..digits].parse().unwrap_or(usize::MAX);
            if let Some(seen) = seen.get_mut(place).filter(|seen| !**seen) {
                *seen = true;
                places.push(place);
            }
        }
    }
    places
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

    fn in_memory() -> Place {
        let connection = Connection::open_in_memory().unwrap();
        Place::Moment(Arc::new(Mutex::new(connection)))
    }

    #[tokio::test]
    async fn a_parameter_is_known_by_its_number_wherever_it_stands() {
        let values = vec![Value::from(1_i64), Value::from("two".to_owned())];
        let block = in_memory().ask("SELECT $2, $1, $2", values, false).await;
        let row = block.unwrap().rows().next().unwrap();
        assert_eq!(row.get(0).unwrap(), Cell::Text("two"));
        assert_eq!(row.get(1).unwrap(), Cell::Number(1));
        assert_eq!(row.get(2).unwrap(), Cell::Text("two"));
        assert!(row.get(3).is_err());
    }

    #[tokio::test]
    async fn of_many_parameters_each_is_known_by_its_number_too() {
        let count = i64::try_from(2 * NAMES_MAX).unwrap();
        let values: Vec<Value> = (1..=count).map(Value::from).collect();
        let backwards: Vec<String> = (1..=count).rev().map(|at| format!("${at}")).collect();
        let sql = format!("SELECT '$1 and $2', {}, $7", backwards.join(", "));
        let block = in_memory().ask(&sql, values, false).await;
        let row = block.unwrap().rows().next().unwrap();
        for (at, number) in (1..=count).rev().chain([7]).enumerate() {
            assert_eq!(row.get(at + 1).unwrap(), Cell::Number(number));
        }
    }

    #[tokio::test]
    async fn of_many_parameters_one_without_a_value_is_refused() {
        let count = i64::try_from(2 * NAMES_MAX).unwrap();
        let values: Vec<Value> = (1..count).map(Value::from).collect();
        let all: Vec<String> = (1..=count).map(|at| format!("${at}")).collect();
        let sql = format!("SELECT {}", all.join(", "));
        assert!(in_memory().ask(&sql, values, false).await.is_err());
    }

    #[tokio::test]
    async fn a_statement_with_too_few_values_is_refused() {
        let values = vec![Value::from(1_i64)];
        assert!(in_memory().ask("SELECT $2", values, false).await.is_err());
    }

    #[tokio::test]
    async fn a_read_that_takes_long_is_made_again_aside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("forum.db");
        Connection::open(&path).unwrap();
        let file = File {
            path,
            patience: Duration::from_secs(5),
            max_page_count: None,
        };
        let readers = Arc::new(Readers::open(file, 1).unwrap());
        let long = "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n \
                    WHERE n < 3000000) SELECT max(n) FROM n";
        let here = readers.at_once(|connection| ask(connection, long, &[], true));
        assert!(is_interrupted(&here.unwrap_err()));
        let block = Place::Readers(readers).ask(long, Vec::new(), true).await;
        let row = block.unwrap().rows().next().unwrap();
        assert_eq!(row.get(0).unwrap(), Cell::Number(3_000_000));
    }
}
