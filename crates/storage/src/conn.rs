//! Statements with parameters, and rows read in the order of their columns.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use chrono::{DateTime, Utc};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, QueryResult, Statement,
    TryGetable, Value,
};
use uuid::Uuid;

use crate::error::{StorageError, is_broken, may_retry};
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
    Pool(DatabaseConnection),
    Transaction {
        transaction: Arc<DatabaseTransaction>,
        trouble: Arc<Trouble>,
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
        };
        let rows = rows.map_err(|error| self.noted(error))?;
        Ok(rows.into_iter().map(Row::new).collect())
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
        };
        Ok(row.map_err(|error| self.noted(error))?.map(Row::new))
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
        if self.backend == Backend::Sqlite {
            return ask(self.statement(sql, params)).await;
        }
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
        let statement = self.statement(sql, params);
        let done = match &self.on {
            On::Pool(pool) => pool.execute_raw(statement).await,
            On::Transaction { transaction, .. } => transaction.execute_raw(statement).await,
        };
        Ok(done.map_err(|error| self.noted(error))?.rows_affected())
    }

    /// Remembers that a statement of a transaction failed.
    pub(crate) fn noted(&self, error: DbErr) -> StorageError {
        if let On::Transaction { trouble, .. } = &self.on {
            trouble.failed.store(true, Ordering::Relaxed);
            trouble.lost.fetch_or(may_retry(&error), Ordering::Relaxed);
            trouble
                .broken
                .fetch_or(is_broken(&error), Ordering::Relaxed);
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

/// The values of a statement's parameters, in order.
#[derive(Debug, Clone)]
pub(crate) struct Params {
    backend: Backend,
    values: Vec<Value>,
}

impl Params {
    /// Adds a value.
    pub(crate) fn with(mut self, value: impl IntoParam) -> Self {
        self.values.push(value.into_param());
        self
    }

    /// Adds a value and gives its place in the text: `$3`.
    pub(crate) fn push(&mut self, value: impl IntoParam) -> String {
        self.values.push(value.into_param());
        format!("${}", self.values.len())
    }

    /// Adds a value that is one already and gives its place in the text.
    pub(crate) fn push_value(&mut self, value: Value) -> String {
        self.values.push(value);
        format!("${}", self.values.len())
    }

    /// Adds a set of ids as one parameter and gives the condition that
    /// `column` is among them. The text is the same for every size.
    pub(crate) fn among<T: Copy + Into<Uuid>>(&mut self, column: &str, ids: &[T]) -> String {
        if let [one] = ids {
            let place = self.push((*one).into());
            return format!("{column} = {place}");
        }
        match self.backend {
            Backend::Postgres => {
                let ids: Vec<Uuid> = ids.iter().map(|id| (*id).into()).collect();
                self.values.push(ids.into());
                format!("{column} = ANY(${})", self.values.len())
            }
            Backend::Sqlite => {
                let mut json = String::with_capacity(ids.len() * 35 + 2);
                json.push('[');
                for (n, id) in ids.iter().enumerate() {
                    let separator = if n == 0 { "\"" } else { ",\"" };
                    json.push_str(separator);
                    let id: Uuid = (*id).into();
                    json.push_str(&id.simple().to_string());
                    json.push('"');
                }
                json.push(']');
                let place = self.push(json);
                format!("{column} IN (SELECT unhex(value) FROM json_each({place}))")
            }
        }
    }

    /// Adds a set of codes as one parameter and gives the condition that
    /// `column` is among them.
    pub(crate) fn among_codes(&mut self, column: &str, codes: &[String]) -> String {
        match self.backend {
            Backend::Postgres => {
                self.values.push(codes.to_vec().into());
                format!("{column} = ANY(${})", self.values.len())
            }
            Backend::Sqlite => {
                let json = serde_json::Value::from(codes.to_vec()).to_string();
                let place = self.push(json);
                format!("{column} IN (SELECT value FROM json_each({place}))")
            }
        }
    }
}

/// A value that a statement can carry.
pub(crate) trait IntoParam {
    fn into_param(self) -> Value;
}

macro_rules! into_param {
    ($($ty:ty),+) => {
        $(impl IntoParam for $ty {
            fn into_param(self) -> Value { self.into() }
        }
        impl IntoParam for Option<$ty> {
            fn into_param(self) -> Value { self.into() }
        })+
    };
}
into_param!(Uuid, i64, bool, String, &str, Vec<u8>);

macro_rules! ids_into_param {
    ($($ty:ident),+) => {
        $(impl IntoParam for domain::id::$ty {
            fn into_param(self) -> Value { self.0.into() }
        }
        impl IntoParam for Option<domain::id::$ty> {
            fn into_param(self) -> Value { self.map(|id| id.0).into() }
        })+
    };
}
ids_into_param!(
    AccountId,
    SessionId,
    PersonaId,
    OrganizationId,
    AgencyId,
    OfficeId,
    CircleId,
    ThreadId,
    PostId,
    ResponseId,
    VerdictId,
    InvitationId
);

impl IntoParam for DateTime<Utc> {
    fn into_param(self) -> Value {
        self.timestamp_micros().into()
    }
}

impl IntoParam for Option<DateTime<Utc>> {
    fn into_param(self) -> Value {
        self.map(|at| at.timestamp_micros()).into()
    }
}

impl IntoParam for chrono::NaiveDate {
    fn into_param(self) -> Value {
        self.to_string().into()
    }
}

impl IntoParam for Option<chrono::NaiveDate> {
    fn into_param(self) -> Value {
        self.map(|day| day.to_string()).into()
    }
}

/// A row, read column by column from the left.
#[derive(Debug)]
pub(crate) struct Row {
    row: QueryResult,
    next: usize,
}

impl Row {
    fn new(row: QueryResult) -> Self {
        Self { row, next: 0 }
    }

    /// The next column as it stands.
    pub(crate) fn get<T: TryGetable>(&mut self) -> Result<T, StorageError> {
        let value = self.row.try_get_by_index(self.next)?;
        self.next += 1;
        Ok(value)
    }

    /// The next column as an id.
    pub(crate) fn id<T: From<Uuid>>(&mut self) -> Result<T, StorageError> {
        Ok(self.get::<Uuid>()?.into())
    }

    /// The next column as an id, if there is one.
    pub(crate) fn maybe_id<T: From<Uuid>>(&mut self) -> Result<Option<T>, StorageError> {
        Ok(self.get::<Option<Uuid>>()?.map(T::from))
    }

    /// The next column as one of an enum's codes.
    pub(crate) fn code<T: std::str::FromStr>(&mut self) -> Result<T, StorageError> {
        let text: String = self.get()?;
        text.parse().map_err(|_| StorageError::Corrupt("a code"))
    }

    /// The next column as one of an enum's codes, if there is one.
    pub(crate) fn maybe_code<T: std::str::FromStr>(&mut self) -> Result<Option<T>, StorageError> {
        let text: Option<String> = self.get()?;
        text.map(|text| text.parse().map_err(|_| StorageError::Corrupt("a code")))
            .transpose()
    }

    /// The next column as a moment.
    pub(crate) fn time(&mut self) -> Result<DateTime<Utc>, StorageError> {
        moment(self.get()?)
    }

    /// The next column as a moment, if there is one.
    pub(crate) fn maybe_time(&mut self) -> Result<Option<DateTime<Utc>>, StorageError> {
        self.get::<Option<i64>>()?.map(moment).transpose()
    }

    /// The next column as a calendar day, if there is one.
    pub(crate) fn maybe_day(&mut self) -> Result<Option<chrono::NaiveDate>, StorageError> {
        let text: Option<String> = self.get()?;
        text.map(|text| text.parse().map_err(|_| StorageError::Corrupt("a day")))
            .transpose()
    }

    /// The next column as a small count.
    pub(crate) fn count<T: TryFrom<i64>>(&mut self) -> Result<T, StorageError> {
        T::try_from(self.get::<i64>()?).map_err(|_| StorageError::Corrupt("a count"))
    }
}

fn moment(micros: i64) -> Result<DateTime<Utc>, StorageError> {
    DateTime::from_timestamp_micros(micros).ok_or(StorageError::Corrupt("a moment"))
}
