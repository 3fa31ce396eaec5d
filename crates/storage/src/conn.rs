//! Where statements run.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, Statement};

use crate::error::{Failure, StorageError, is_broken};
use crate::params::Params;
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
    /// PostgreSQL.
    Pool(DatabaseConnection),
    /// A transaction of PostgreSQL's.
    Transaction {
        transaction: Arc<DatabaseTransaction>,
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
    fn statement(&self, sql: &str, params: Params) -> Statement {
        count(&self.statements);
        Statement::from_sql_and_values(self.backend.of_sea_orm(), sql, params.values)
    }

    /// Every row.
    pub(crate) async fn all(&self, sql: &str, params: Params) -> Result<Vec<Row>, StorageError> {
        let rows = match &self.on {
            On::Pool(pool) => {
                self.ask(pool, sql, params, |statement| pool.query_all_raw(statement))
                    .await
            }
            On::Transaction { transaction, .. } => {
                transaction.query_all_raw(self.statement(sql, params)).await
            }
            On::File { place, .. } => {
                count(&self.statements);
                let block = place.ask(sql, params.values, false).await;
                let block = block.map_err(|error| self.noted(error))?;
                return Ok(block.rows().map(Row::from).collect());
            }
        };
        let rows = rows.map_err(|error| self.noted(error))?;
        Ok(rows.into_iter().map(Row::from).collect())
    }

    /// The first row, if there is one.
    pub(crate) async fn one(&self, sql: &str, params: Params) -> Result<Option<Row>, StorageError> {
        let row = match &self.on {
            On::Pool(pool) => {
                self.ask(pool, sql, params, |statement| pool.query_one_raw(statement))
                    .await
            }
            On::Transaction { transaction, .. } => {
                transaction.query_one_raw(self.statement(sql, params)).await
            }
            On::File { place, .. } => {
                count(&self.statements);
                let block = place.ask(sql, params.values, true).await;
                let block = block.map_err(|error| self.noted(error))?;
                return Ok(block.rows().next().map(Row::from));
            }
        };
        Ok(row.map_err(|error| self.noted(error))?.map(Row::from))
    }

    /// Asks what changes nothing, and asks again while the pool gives
    /// connections that are broken.
    async fn ask<T, F>(
        &self,
        pool: &DatabaseConnection,
        sql: &str,
        params: Params,
        ask: impl Fn(Statement) -> F,
    ) -> Result<T, DbErr>
    where
        F: Future<Output = Result<T, DbErr>>,
    {
        let mut tries = Tries::default();
        loop {
            match ask(self.statement(sql, params.clone())).await {
                Err(error) if is_broken(&error) && tries.again(pool) => {}
                answered => return answered,
            }
        }
    }

    /// Runs a statement and says how many rows it touched.
    pub(crate) async fn run(&self, sql: &str, params: Params) -> Result<u64, StorageError> {
        let done = match &self.on {
            On::Pool(pool) => pool.execute_raw(self.statement(sql, params)).await,
            On::Transaction { transaction, .. } => {
                transaction.execute_raw(self.statement(sql, params)).await
            }
            On::File { place, .. } => {
                count(&self.statements);
                let done = place.run(sql, &params.values);
                return done.map_err(|error| self.noted(error));
            }
        };
        Ok(done.map_err(|error| self.noted(error))?.rows_affected())
    }

    /// Remembers that a statement of a transaction failed.
    fn noted(&self, error: impl Failure) -> StorageError {
        let trouble = match &self.on {
            On::Transaction { trouble, .. } => Some(trouble),
            On::File { trouble, .. } => trouble.as_ref(),
            On::Pool(_) => None,
        };
        if let Some(trouble) = trouble {
            trouble.failed.store(true, Ordering::Relaxed);
            trouble.lost.fetch_or(error.is_lost(), Ordering::Relaxed);
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
