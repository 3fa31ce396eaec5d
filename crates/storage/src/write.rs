//! Transactions: one re-runnable closure, whose events commit with it.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use domain::event::{NewEvent, StreamName};
use uuid::Uuid;

use crate::append::append;
use crate::audit_log::{self, Audited};
use crate::conn::{Conn, On, Trouble, count};
use crate::error::{Failure as _, StorageError};
use crate::outbox::PassOn;
use crate::postgres::{self, Blame, Told, Uncommitted};
use crate::sqlite;
use crate::store::{Store, Writes};
use crate::tries::Tries;

/// How often a transaction that lost against another runs.
const ATTEMPTS: u32 = 5;

/// A transaction under way.
///
/// It is handed to the work by value: so the work's future names no lifetime
/// but its own, and the compiler sees that it is `Send`. The work must not
/// keep it.
#[derive(Debug, Clone)]
pub struct Tx {
    conn: Conn,
    now: DateTime<Utc>,
    events: Arc<Mutex<Vec<Emitted>>>,
    pub(crate) audited: Arc<Mutex<Vec<Audited>>>,
}

/// An event, and to whom it is passed on from its stream.
pub(crate) type Emitted = (NewEvent, Option<PassOn>);

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
        lock(&self.events).push((event, None));
    }

    /// Has an event of a thread written when the transaction commits, and
    /// passed on from there.
    pub fn emit_to(&self, event: NewEvent, to: PassOn) {
        lock(&self.events).push((event, Some(to)));
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
        self.write_as(Way::Alone, now, work).await
    }

    /// Does the same with a write that may share its transaction, and its way
    /// to the disk, with others of its kind: one that is short, and locks no
    /// row but its thread's. On SQLite all writes do.
    ///
    /// `names` are those of who writes and of what is written to: where a write
    /// fails that others shared a transaction with, others under these share
    /// with nobody for a minute.
    pub async fn write_together<T, E, F>(
        &self,
        names: [Uuid; 2],
        now: DateTime<Utc>,
        work: impl Fn(Tx) -> F,
    ) -> Result<T, E>
    where
        E: From<StorageError>,
        F: Future<Output = Result<T, E>>,
    {
        self.write_as(Way::Together(names), now, work).await
    }

    async fn write_as<T, E, F>(
        &self,
        mut way: Way,
        now: DateTime<Utc>,
        work: impl Fn(Tx) -> F,
    ) -> Result<T, E>
    where
        E: From<StorageError>,
        F: Future<Output = Result<T, E>>,
    {
        let mut attempt = 1;
        let mut shared = None;
        let mut tries = match &self.writes {
            Writes::Postgres { alone, .. } => {
                Tries::new(alone.connections(), alone.address().patience)
            }
            Writes::Sqlite(_) => Tries::new(0, std::time::Duration::ZERO),
        };
        loop {
            match Box::pin(self.run_once(way, now, &work)).await {
                Ended::Done(value) => return Ok(value),
                Ended::Failed(error) => {
                    self.blame(shared);
                    return Err(error);
                }
                Ended::Lost(error) if attempt == ATTEMPTS => return Err(error),
                Ended::Lost(_) => attempt += 1,
                Ended::Broken(error) if !tries.again() => return Err(error),
                Ended::Broken(_) => {}
            }
            // What had no luck beside others needs none by itself.
            if let Way::Together(names) = std::mem::replace(&mut way, Way::Alone) {
                shared = Some(names);
            }
        }
    }

    /// What fails by itself failed for those whose transaction it shared.
    fn blame(&self, shared: Option<postgres::Names>) {
        if let (Writes::Postgres { together, .. }, Some(names)) = (&self.writes, shared) {
            together.set_apart(names);
        }
    }

    async fn run_once<T, E, F>(
        &self,
        way: Way,
        now: DateTime<Utc>,
        work: impl Fn(Tx) -> F,
    ) -> Ended<T, E>
    where
        E: From<StorageError>,
        F: Future<Output = Result<T, E>>,
    {
        let begun = match self.begin(way).await {
            Ok(begun) => begun,
            Err(Stopped::Broken(error)) => return Ended::Broken(error.into()),
            Err(stopped) => return Ended::Failed(stopped.why().into()),
        };
        let trouble = Arc::new(Trouble::default());
        let tx = Tx {
            conn: Conn {
                on: begun.on(&trouble),
                backend: self.backend,
                statements: Arc::clone(&self.statements),
            },
            now,
            events: Arc::default(),
            audited: Arc::default(),
        };
        let mut done = work(tx.clone()).await;
        let events = std::mem::take(&mut *lock(&tx.events));
        let audited = std::mem::take(&mut *lock(&tx.audited));
        // Until the commit.
        let mut appends = None;
        if done.is_ok() {
            let ended = async {
                append(&tx, now, &events).await?;
                audit_log::append(&tx, now, &audited, self.sealer.get()).await
            };
            match ended.await {
                Ok(under_way) => appends = under_way,
                Err(error) => done = Err(error.into()),
            }
            if done.is_ok() && trouble.failed.load(Ordering::Relaxed) {
                done = Err(StorageError::Corrupt("an error that was passed over").into());
            }
        }
        drop(tx);
        let value = match done {
            Ok(value) => value,
            // The server has taken it back.
            Err(error) if trouble.broken.load(Ordering::Relaxed) => {
                if let Begun::Turn(turn) = begun {
                    turn.failed(Blame::Nobody).await;
                }
                return Ended::Broken(error);
            }
            Err(error) => {
                // Beside others nobody waits long for a lock.
                let late = way != Way::Alone && trouble.late.load(Ordering::Relaxed);
                let blame = match late {
                    true => Blame::Place,
                    false if trouble.anothers.load(Ordering::Relaxed) => Blame::Nobody,
                    false => Blame::Writer,
                };
                let others = self.roll_back(begun, blame).await;
                return if others || late || trouble.lost.load(Ordering::Relaxed) {
                    Ended::Lost(error)
                } else {
                    Ended::Failed(error)
                };
            }
        };
        let streams = events.iter().map(|(event, _)| event.stream).collect();
        let committed = self.commit(begun, streams).await;
        drop(appends);
        match committed {
            Ok(()) => Ended::Done(value),
            Err(Stopped::Lost(error)) => Ended::Lost(error.into()),
            Err(Stopped::Broken(error)) => Ended::Broken(error.into()),
            Err(stopped) => Ended::Failed(stopped.why().into()),
        }
    }

    /// The one place where a transaction begins.
    async fn begin(&self, way: Way) -> Result<Begun, Stopped> {
        count(&self.statements);
        let begun = match (&self.writes, way) {
            (Writes::Postgres { together, .. }, Way::Together(names))
                if !together.is_apart(names) =>
            {
                together.begin(names).await.map(Begun::Turn)
            }
            (Writes::Postgres { alone, .. }, _) => {
                let begun = alone.begin().await;
                begun.map(|transaction| Begun::Connection(Arc::new(transaction)))
            }
            (Writes::Sqlite(writer), _) => {
                let job = writer.begin().await.map_err(Stopped::Failed)?;
                return Ok(Begun::File(Arc::new(Mutex::new(job))));
            }
        };
        begun.map_err(|fault| {
            if fault.is_broken() {
                Stopped::Broken(fault.into())
            } else {
                Stopped::Failed(fault.into())
            }
        })
    }

    /// Makes it durable, and tells of its streams.
    async fn commit(&self, begun: Begun, streams: Vec<StreamName>) -> Result<(), Stopped> {
        let kept = || Stopped::Failed(StorageError::Corrupt("a transaction that was kept"));
        count(&self.statements);
        match begun {
            Begun::Connection(transaction) => {
                let transaction = Arc::into_inner(transaction).ok_or_else(kept)?;
                transaction.commit().await.map_err(|why| match why {
                    Uncommitted::Never(fault) => Stopped::Broken(fault.into()),
                    Uncommitted::Refused(fault) | Uncommitted::Failed(fault) if fault.is_lost() => {
                        Stopped::Lost(fault.into())
                    }
                    Uncommitted::Refused(fault) | Uncommitted::Failed(fault) => {
                        Stopped::Failed(fault.into())
                    }
                })?;
                self.commits.touch(streams);
                Ok(())
            }
            Begun::Turn(turn) => match turn.done(streams).await {
                Told::Durable => Ok(()),
                Told::Again(error) => Err(Stopped::Lost(error)),
                Told::Failed(error) => Err(Stopped::Failed(error)),
            },
            Begun::File(job) => {
                let job = Arc::into_inner(job).ok_or_else(kept)?;
                let job = job.into_inner().unwrap_or_else(PoisonError::into_inner);
                let committed = job.release(streams).map_err(Stopped::Failed)?.await;
                // Without an answer the runtime stops: nobody knows whether it
                // was committed.
                committed
                    .unwrap_or(Err(StorageError::Unavailable("the server stops")))
                    .map_err(Stopped::Failed)
            }
        }
    }

    /// Takes it back. Says whether it may have failed because of another that
    /// it shared its transaction with.
    async fn roll_back(&self, begun: Begun, blame: Blame) -> bool {
        count(&self.statements);
        match begun {
            Begun::Connection(transaction) => {
                if let Some(transaction) = Arc::into_inner(transaction)
                    && transaction.roll_back().await.is_err()
                {
                    // The connection is given up, and with it whatever it had
                    // begun.
                    tracing::warn!("a rollback failed");
                }
                false
            }
            Begun::Turn(turn) => turn.failed(blame).await,
            // A job that is dropped before it is released takes itself back.
            Begun::File(_) => false,
        }
    }
}

/// How a write has its transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// To itself.
    Alone,
    /// With others, under the names of who writes and what to.
    Together(postgres::Names),
}

/// A transaction of either database.
enum Begun {
    Connection(Arc<postgres::Transaction>),
    Turn(postgres::Turn),
    File(Arc<Mutex<sqlite::Job>>),
}

impl Begun {
    fn on(&self, trouble: &Arc<Trouble>) -> On {
        let trouble = Arc::clone(trouble);
        let transaction = match self {
            Self::Connection(transaction) => transaction,
            Self::Turn(turn) => turn.transaction(),
            Self::File(job) => {
                return On::File {
                    place: sqlite::Place::Job(Arc::clone(job)),
                    trouble: Some(trouble),
                };
            }
        };
        On::Transaction {
            transaction: Arc::clone(transaction),
            trouble,
        }
    }
}

/// Why a transaction did not begin, or was not committed.
enum Stopped {
    Failed(StorageError),
    Lost(StorageError),
    Broken(StorageError),
}

impl Stopped {
    fn why(self) -> StorageError {
        match self {
            Self::Failed(error) | Self::Lost(error) | Self::Broken(error) => error,
        }
    }
}

pub(crate) fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}
