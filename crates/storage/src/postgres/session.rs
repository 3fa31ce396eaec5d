//! One connection, with the statements that it has prepared.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::Mutex;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use sea_orm::Value;
use sea_orm::sea_query::ArrayType;
use tokio::task::AbortHandle;
use tokio::time::Instant;
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
    heard: Mutex<Heard>,
    prepared: Mutex<HashMap<String, Statement>>,
}

/// What was asked and answered on a line. Answers come in the order of questions, which
/// is nearly that of their numbers.
#[derive(Debug)]
struct Heard {
    asked: u64,
    answered: u64,
    /// When the line was last heard; while nothing is asked, of no meaning.
    at: Instant,
}

impl Heard {
    /// The number of a new question.
    fn ask(&mut self) -> u64 {
        if self.asked == self.answered {
            self.at = Instant::now();
        }
        self.asked += 1;
        self.asked
    }

    fn answer(&mut self, number: u64) {
        self.answered = self.answered.max(number);
        self.at = Instant::now();
    }

    fn is_silent(&self, deadline: Duration) -> bool {
        self.asked > self.answered && self.at.elapsed() >= deadline
    }
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
            heard: Mutex::new(Heard {
                asked: 0,
                answered: 0,
                at: Instant::now(),
            }),
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
        let began = Instant::now();
        let number = lock(&self.heard).ask();
        let mut answer = pin!(answer);
        loop {
            // What was asked before is answered first.
            let until = lock(&self.heard).at.max(began) + deadline;
            if let Ok(answer) = tokio::time::timeout_at(until, answer.as_mut()).await {
                lock(&self.heard).answer(number);
                return Ok(answer?);
            }
            let nothing_heard = lock(&self.heard).at + deadline <= until;
            if nothing_heard {
                self.line.abort();
                return Err(Fault::Silent);
            }
        }
    }

    /// Gives the line up if somebody asked and it was silent for too long since, whether
    /// or not he still waits, and says so.
    fn give_up(&self) -> bool {
        let silent = self
            .deadline
            .is_some_and(|deadline| lock(&self.heard).is_silent(deadline));
        if silent {
            self.line.abort();
        }
        silent
    }

    /// Whether it is of no use any more. Whoever asked last may have gone without an
    /// answer: so silence is also found here.
    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed() || self.give_up()
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
