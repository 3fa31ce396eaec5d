//! One connection, with the statements that it has prepared.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::Mutex;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use sea_orm::Value;
use sea_orm::sea_query::ArrayType;
use tokio::task::AbortHandle;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Client, Row, Statement};

use super::{Fault, lock};

/// So many statements stay prepared. The texts of a forum are fewer: what
/// goes over it was made up by somebody, and all are let go.
const PREPARED: usize = 200;

/// A connection. Callers may share it: each statement is sent at once, and
/// answered in its turn.
pub(crate) struct Session {
    client: Client,
    /// What carries questions and answers.
    line: AbortHandle,
    /// How long an answer may take; `None` for what takes its time.
    deadline: Option<Duration>,
    prepared: Mutex<HashMap<String, Statement>>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").finish_non_exhaustive()
    }
}

impl Session {
    pub(super) fn new(client: Client, line: AbortHandle, deadline: Duration) -> Self {
        Self {
            client,
            line,
            deadline: Some(deadline),
            prepared: Mutex::default(),
        }
    }

    /// The same, for whoever reads all there is.
    pub(super) fn without_deadline(self) -> Self {
        Self {
            deadline: None,
            ..self
        }
    }

    /// Waits for an answer. The server ends by itself what takes too long, and says
    /// so: where nothing is heard from it, the line is given up, and whatever else
    /// waits on it fails at once.
    async fn answered<T>(
        &self,
        answer: impl Future<Output = Result<T, tokio_postgres::Error>>,
    ) -> Result<T, Fault> {
        let Some(deadline) = self.deadline else {
            return Ok(answer.await?);
        };
        let Ok(answer) = tokio::time::timeout(deadline, answer).await else {
            self.line.abort();
            return Err(Fault::Silent);
        };
        Ok(answer?)
    }

    /// Whether it is of no use any more.
    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Every row, or only the first.
    pub(crate) async fn ask(
        &self,
        sql: &str,
        values: &[Value],
        only_first: bool,
    ) -> Result<Vec<Row>, Fault> {
        let statement = self.prepared(sql, values).await?;
        let parameters = values.iter().map(Bound);
        let answer = async {
            let rows = self.client.query_raw(&statement, parameters).await?;
            let mut rows = pin!(rows);
            let mut all = Vec::new();
            while let Some(row) = rows.try_next().await? {
                if !only_first || all.is_empty() {
                    all.push(row);
                }
            }
            Ok(all)
        };
        self.answered(answer).await
    }

    /// Runs a statement and says how many rows it touched.
    pub(crate) async fn run(&self, sql: &str, values: &[Value]) -> Result<u64, Fault> {
        let statement = self.prepared(sql, values).await?;
        self.run_prepared(&statement, values).await
    }

    /// Runs a statement that is ready: it is sent when this is first polled.
    pub(super) async fn run_prepared(
        &self,
        statement: &Statement,
        values: &[Value],
    ) -> Result<u64, Fault> {
        let parameters = values.iter().map(Bound);
        let answer = self.client.execute_raw(statement, parameters);
        self.answered(answer).await
    }

    /// Runs a word that has no parameters and no rows: BEGIN, COMMIT.
    pub(crate) async fn say(&self, word: &str) -> Result<(), Fault> {
        self.answered(self.client.batch_execute(word)).await
    }

    /// The statement of a text, made ready if it is new here.
    pub(super) async fn prepared(&self, sql: &str, values: &[Value]) -> Result<Statement, Fault> {
        if let Some(statement) = lock(&self.prepared).get(sql) {
            return Ok(statement.clone());
        }
        let types: Vec<Type> = values.iter().map(type_of).collect();
        let answer = self.client.prepare_typed(sql, &types);
        let statement = self.answered(answer).await?;
        let mut prepared = lock(&self.prepared);
        if prepared.len() >= PREPARED {
            prepared.clear();
        }
        prepared.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }
}

/// As what a value is sent. What no parameter is, is refused when it is sent.
fn type_of(value: &Value) -> Type {
    match value {
        Value::BigInt(_) => Type::INT8,
        Value::Bool(_) => Type::BOOL,
        Value::Bytes(_) => Type::BYTEA,
        Value::Uuid(_) => Type::UUID,
        Value::Array(ArrayType::Uuid, _) => Type::UUID_ARRAY,
        Value::Array(ArrayType::BigInt, _) => Type::INT8_ARRAY,
        Value::Array(..) => Type::TEXT_ARRAY,
        _ => Type::TEXT,
    }
}

#[derive(Debug)]
struct Bound<'a>(&'a Value);

type Sent = Result<IsNull, Box<dyn std::error::Error + Sync + Send>>;

impl ToSql for Bound<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Sent {
        match self.0 {
            Value::BigInt(number) => number.to_sql(ty, out),
            Value::Bool(flag) => flag.to_sql(ty, out),
            Value::String(text) => text.as_deref().to_sql(ty, out),
            Value::Bytes(bytes) => bytes.as_deref().to_sql(ty, out),
            Value::Uuid(id) => id.to_sql(ty, out),
            Value::Array(_, Some(values)) => {
                let values: Vec<Bound<'_>> = values.iter().map(Bound).collect();
                values.to_sql(ty, out)
            }
            _ => Err("a value of a kind that no parameter has".into()),
        }
    }

    /// Values are sent as [`type_of`] says, which the statement was prepared
    /// with.
    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}
