//! Where statements run.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::error::{Failure, StorageError};
use crate::params::Params;
use crate::postgres::{self, Fault};
use crate::row::Row;
use crate::sqlite;
use crate::store::Backend;
use crate::tries::Tries;

/// A place where statements run: a pool, or a transaction.
#[derive(Clone)]
pub struct Conn {
    pub(crate) on: On,
    pub(crate) backend: Backend,
    pub(crate) statements: Arc<AtomicU64>,
}

#[derive(Clone)]
pub(crate) enum On {
    /// The connections to PostgreSQL that read.
    Readers(Arc<postgres::Readers>),
    /// A transaction of PostgreSQL's.
    Transaction {
        transaction: Arc<postgres::Transaction>,
        trouble: Arc<Trouble>,
    },
    /// SQLite.
    File {
        place: sqlite::Place,
        trouble: Option<Arc<Trouble>>,
    },
}

/// What befell the statements of a transaction, whatever its closure makes of
/// their errors.
#[derive(Debug, Default)]
pub(crate) struct Trouble {
    /// A statement failed: nothing of the transaction may be committed.
    pub(crate) failed: AtomicBool,
    /// A statement lost against another transaction: this one may run again.
    pub(crate) lost: AtomicBool,
    /// A statement waited too long for a lock.
    pub(crate) late: AtomicBool,
    /// A statement was refused because one before it in the transaction failed.
    pub(crate) anothers: AtomicBool,
    /// The connection broke: this one may run again on another.
    pub(crate) broken: AtomicBool,
}

impl std::fmt::Debug for Conn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Conn")
            .field("backend", &self.backend)
            .finish_non_exhaustive()
    }
}

impl Conn {
    /// Every row.
    pub(crate) async fn all(&self, sql: &str, params: Params) -> Result<Vec<Row>, StorageError> {
        self.ask(sql, params, false).await
    }

    /// The first row, if there is one.
    pub(crate) async fn one(&self, sql: &str, params: Params) -> Result<Option<Row>, StorageError> {
        Ok(self.ask(sql, params, true).await?.into_iter().next())
    }

    /// What waits for PostgreSQL is boxed here, and what writes in
    /// [`Store::write`](crate::Store::write): several kilobytes, which else every
    /// future up to the API's fields would hold, and each of those is copied.
    async fn ask(
        &self,
        sql: &str,
        params: Params,
        only_first: bool,
    ) -> Result<Vec<Row>, StorageError> {
        count(&self.statements);
        let rows = match &self.on {
            On::Readers(readers) => Box::pin(self.read(readers, sql, &params, only_first)).await,
            On::Transaction { transaction, .. } => {
                let session = transaction.session();
                Box::pin(session.ask(sql, &params.values, only_first)).await
            }
            On::File { place, .. } => {
                let block = place.ask(sql, params.values, only_first).await;
                let block = block.map_err(|error| self.noted(error))?;
                return Ok(block.rows().map(Row::from).collect());
            }
        };
        let rows = rows.map_err(|fault| self.noted(fault))?;
        Ok(rows.into_iter().map(Row::from).collect())
    }

    /// Asks what changes nothing, and asks again while it is given connections
    /// that are broken.
    async fn read(
        &self,
        readers: &postgres::Readers,
        sql: &str,
        params: &Params,
        only_first: bool,
    ) -> Result<Vec<tokio_postgres::Row>, Fault> {
        let mut tries = Tries::new(readers.connections(), readers.address().patience);
        loop {
            let asked = match readers.turn().await {
                Ok(turn) => turn.ask(sql, &params.values, only_first).await,
                Err(fault) => Err(fault),
            };
            match asked {
                Err(fault) if fault.is_broken() && tries.again() => count(&self.statements),
                answered => return answered,
            }
        }
    }

    /// The migrations that are applied, in no order; an error where there was
    /// none ever.
    pub(crate) async fn applied(&self) -> Result<Vec<String>, StorageError> {
        let sql = "SELECT version FROM seaql_migrations";
        let rows = self.all(sql, self.params()).await?;
        rows.into_iter().map(|mut row| row.get()).collect()
    }

    /// Runs a statement and says how many rows it touched.
    pub(crate) async fn run(&self, sql: &str, params: Params) -> Result<u64, StorageError> {
        count(&self.statements);
        let done = match &self.on {
            On::Readers(_) => return Err(StorageError::Corrupt("a write outside a transaction")),
            On::Transaction { transaction, .. } => {
                Box::pin(transaction.session().run(sql, &params.values)).await
            }
            On::File { place, .. } => {
                let done = place.run(sql, &params.values);
                return done.map_err(|error| self.noted(error));
            }
        };
        done.map_err(|fault| self.noted(fault))
    }

    /// Runs a statement of a transaction whose answer says nothing. On
    /// PostgreSQL it need not be waited for: if it fails, so does the commit.
    pub(crate) async fn send(&self, sql: String, params: Params) -> Result<(), StorageError> {
        let On::Transaction { transaction, .. } = &self.on else {
            self.run(&sql, params).await?;
            return Ok(());
        };
        count(&self.statements);
        let sent = transaction.send(sql, params.values).await;
        sent.map_err(|fault| self.noted(fault))
    }

    /// Remembers that a statement of a transaction failed.
    fn noted(&self, error: impl Failure) -> StorageError {
        let trouble = match &self.on {
            On::Transaction { trouble, .. } => Some(trouble),
            On::File { trouble, .. } => trouble.as_ref(),
            On::Readers(_) => None,
        };
        if let Some(trouble) = trouble {
            trouble.failed.store(true, Ordering::Relaxed);
            trouble.lost.fetch_or(error.is_lost(), Ordering::Relaxed);
            trouble.late.fetch_or(error.is_late(), Ordering::Relaxed);
            trouble
                .anothers
                .fetch_or(error.is_anothers(), Ordering::Relaxed);
            trouble
                .broken
                .fetch_or(error.is_broken(), Ordering::Relaxed);
        }
        error.into()
    }

    /// Parameters for a statement here.
    pub(crate) fn params(&self) -> Params {
        Params {
            backend: self.backend,
            values: Vec::with_capacity(12),
        }
    }
}

tokio::task_local! {
    /// Set while something runs whose statements are not counted.
    static APART: ();
}

/// Does what the server does by itself, not because somebody asked: its
/// statements are not counted in [`Store::statements`](crate::Store::statements).
pub async fn apart<F: Future>(work: F) -> F::Output {
    APART.scope((), work).await
}

/// Counts a statement.
pub(crate) fn count(statements: &AtomicU64) {
    if APART.try_with(|()| ()).is_err() {
        statements.fetch_add(1, Ordering::Relaxed);
    }
}
