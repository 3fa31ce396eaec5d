//! Transactions: one re-runnable closure, whose events commit with it.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use domain::event::{NewEvent, StreamName};
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr, TransactionTrait};

use crate::append::append;
use crate::conn::{Conn, On, Trouble, count};
use crate::error::{StorageError, is_broken, may_retry};
use crate::sqlite;
use crate::store::{Store, Writes};
use crate::tries::Tries;

/// How often a transaction that lost against another runs.
const ATTEMPTS: u32 = 5;

/// What is wrong with a closure that keeps its transaction.
const KEPT: &str = "a transaction that was kept";

/// A transaction under way.
///
/// It is handed to the work by value: so the work's future names no lifetime
/// but its own, and the compiler sees that it is `Send`. The work must not
/// keep it.
#[derive(Debug, Clone)]
pub struct Tx {
    conn: Conn,
    now: DateTime<Utc>,
    events: Arc<Mutex<Vec<NewEvent>>>,
}

impl std::ops::Deref for Tx {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        &self.conn
    }
}

impl Tx {
    /// The moment of the write, drawn outside so that a second run repeats it.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Inserts many rows of several tables, in the order given.
    pub async fn insert_rows(&self, tables: &[crate::Rows]) -> Result<u64, StorageError> {
        let mut written = 0;
        for crate::Rows {
            table,
            columns,
            values,
        } in tables
        {
            written += self.insert_values(table, columns, values).await?;
        }
        Ok(written)
    }

    /// Inserts many rows of one table, each with one value a column.
    pub(crate) async fn insert_values(
        &self,
        table: &str,
        columns: &[&str],
        rows: &[Vec<sea_orm::Value>],
    ) -> Result<u64, StorageError> {
        crate::bulk::insert(&self.conn, table, columns, rows).await
    }

    /// Has an event written when the transaction commits, after everything
    /// else.
    pub fn emit(&self, event: NewEvent) {
        lock(&self.events).push(event);
    }
}

/// How one run of a write ended.
enum Ended<T, E> {
    /// It is committed.
    Done(T),
    /// It is rolled back.
    Failed(E),
    /// It lost against another, is rolled back, and may run again.
    Lost(E),
    /// Its connection broke before the commit was asked for: nothing of it is
    /// written, and it may run again on another connection.
    Broken(E),
}

impl Store {
    /// Runs a write at the given moment: all of it, with its events, or
    /// nothing. Returns after the commit is durable.
    ///
    /// The closure may run several times: whatever it draws (ids, times,
    /// randomness) is drawn outside. An error it returns rolls back, and so
    /// does a statement that failed, whatever the closure makes of it.
    ///
    /// A connection that breaks while the commit is under way leaves open
    /// whether it was done: the caller hears that the database is unavailable
    /// and asks again with the same key.
    pub async fn write<T, E, F>(&self, now: DateTime<Utc>, work: impl Fn(Tx) -> F) -> Result<T, E>
    where
        E: From<StorageError>,
        F: Future<Output = Result<T, E>>,
    {
        let pool = match &self.writes {
            Writes::Postgres(pool) => pool,
            Writes::Sqlite(writer) => return self.write_file(writer, now, &work).await,
        };
        let mut attempt = 1;
        let mut tries = Tries::default();
        loop {
            match self.run_once(pool, now, &work).await {
                Ended::Done(value) => return Ok(value),
                Ended::Failed(error) => return Err(error),
                Ended::Lost(error) if attempt == ATTEMPTS => return Err(error),
                Ended::Lost(_) => attempt += 1,
                Ended::Broken(error) if !tries.again(pool) => return Err(error),
                Ended::Broken(_) => {}
            }
        }
    }

    /// On SQLite one writes at a time, so that nobody loses against another.
    async fn write_file<T, E, F>(
        &self,
        writer: &sqlite::Writer,
        now: DateTime<Utc>,
        work: impl Fn(Tx) -> F,
    ) -> Result<T, E>
    where
        E: From<StorageError>,
        F: Future<Output = Result<T, E>>,
    {
        self.count();
        let job = Arc::new(Mutex::new(writer.begin().await?));
        let trouble = Arc::new(Trouble::default());
        let on = On::File {
            place: sqlite::Place::Job(Arc::clone(&job)),
            trouble: Some(Arc::clone(&trouble)),
        };
        let (done, streams) = self.work(on, &trouble, now, work).await;
        // Begun and not released, it is taken back.
        self.count();
        let value = done?;
        let job = Arc::try_unwrap(job).map_err(|_| StorageError::Corrupt(KEPT))?;
        let job = job.into_inner().unwrap_or_else(PoisonError::into_inner);
        match job.release(streams)?.await {
            Ok(committed) => committed?,
            // The runtime stops: nobody knows whether it was committed.
            Err(_) => return Err(StorageError::Unavailable("the server stops").into()),
        }
        Ok(value)
    }

    /// Does the work of a transaction and appends its events. Gives the
    /// streams that it touches.
    async fn work<T, E, F>(
        &self,
        on: On,
        trouble: &Trouble,
        now: DateTime<Utc>,
        work: impl Fn(Tx) -> F,
    ) -> (Result<T, E>, Vec<StreamName>)
    where
        E: From<StorageError>,
        F: Future<Output = Result<T, E>>,
    {
        let conn = Conn {
            on,
            backend: self.backend,
            statements: Arc::clone(&self.statements),
        };
        let tx = Tx {
            conn,
            now,
            events: Arc::default(),
        };
        let mut done = work(tx.clone()).await;
        let events = std::mem::take(&mut *lock(&tx.events));
        if done.is_ok() {
            if let Err(error) = append(&tx, now, &events).await {
                done = Err(error.into());
            } else if trouble.failed.load(Ordering::Relaxed) {
                done = Err(StorageError::Corrupt("an error that was passed over").into());
            }
        }
        (done, events.iter().map(|event| event.stream).collect())
    }

    async fn run_once<T, E, F>(
        &self,
        pool: &DatabaseConnection,
        now: DateTime<Utc>,
        work: impl Fn(Tx) -> F,
    ) -> Ended<T, E>
    where
        E: From<StorageError>,
        F: Future<Output = Result<T, E>>,
    {
        let transaction = match self.begin(pool).await {
            Ok(transaction) => Arc::new(transaction),
            Err(error) if is_broken(&error) => {
                return Ended::Broken(StorageError::from(error).into());
            }
            Err(error) => return Ended::Failed(StorageError::from(error).into()),
        };
        let trouble = Arc::new(Trouble::default());
        let on = On::Transaction {
            transaction: Arc::clone(&transaction),
            trouble: Arc::clone(&trouble),
        };
        let (done, streams) = self.work(on, &trouble, now, work).await;
        let Ok(transaction) = Arc::try_unwrap(transaction) else {
            return Ended::Failed(StorageError::Corrupt(KEPT).into());
        };
        let value = match done {
            Ok(value) => value,
            Err(error) => {
                if trouble.broken.load(Ordering::Relaxed) {
                    // The server has taken it back.
                    return Ended::Broken(error);
                }
                self.roll_back(transaction).await;
                let lost = trouble.lost.load(Ordering::Relaxed);
                return if lost {
                    Ended::Lost(error)
                } else {
                    Ended::Failed(error)
                };
            }
        };
        self.count();
        match transaction.commit().await {
            Ok(()) => {
                self.commits.touch(streams);
                Ended::Done(value)
            }
            Err(error) if may_retry(&error) => Ended::Lost(StorageError::from(error).into()),
            Err(error) => Ended::Failed(StorageError::from(error).into()),
        }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where a transaction begins"
    )]
    async fn begin(&self, pool: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
        self.count();
        pool.begin().await
    }

    async fn roll_back(&self, transaction: DatabaseTransaction) {
        self.count();
        if let Err(error) = transaction.rollback().await {
            // The connection is given up, and with it whatever it had begun.
            tracing::warn!(kind = ?std::mem::discriminant(&error), "a rollback failed");
        }
    }

    fn count(&self) {
        count(&self.statements);
    }
}

fn lock(events: &Mutex<Vec<NewEvent>>) -> MutexGuard<'_, Vec<NewEvent>> {
    events.lock().unwrap_or_else(PoisonError::into_inner)
}
