//! Messages under way, and the log of those that were.

use chrono::{DateTime, Utc};
use domain::id::{MessageId, OrganizationId, ThreadId, WebhookId};
use domain::webhook::{Failure, MessageKind, MessageState, ObjectKind};
use uuid::Uuid;

use crate::conn::Conn;
use crate::error::StorageError;
use crate::row::Row;
use crate::store::Backend;
use crate::thread::Slice;
use crate::webhook::{NewMessage, Place};
use crate::write::Tx;

/// A message that is being sent by whoever holds its lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leased {
    /// What is told.
    pub message: NewMessage,
    /// How often it was tried before.
    pub attempts: u32,
    /// How often it failed since it was queued.
    pub failures: u32,
    /// When it was queued.
    pub queued_at: DateTime<Utc>,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// For good.
    With(MessageState),
    /// It is tried again.
    Again(DateTime<Utc>),
}

/// One attempt at a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    /// When it began.
    pub at: DateTime<Utc>,
    /// What was answered, as a status of HTTP.
    pub status: Option<u16>,
    /// Why it was not taken.
    pub failure: Option<Failure>,
    /// How long it took, in milliseconds.
    pub millis: i64,
}

/// A message as the log shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// What it tells.
    pub message: NewMessage,
    /// Its number among the webhook's.
    pub seq: i64,
    /// Where it stands.
    pub state: MessageState,
    /// When it was queued.
    pub queued_at: DateTime<Utc>,
    /// When it is tried again, if it is.
    pub next_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
}

/// A place in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MessagePlace(pub i64);

const COLUMNS: &str = "m.id, m.kind, m.thread, m.object, m.object_kind, m.epoch, m.pos, m.at";

fn message(row: &mut Row) -> Result<NewMessage, StorageError> {
    let (id, kind) = (row.id()?, row.code()?);
    let (thread, object) = (row.maybe_id::<ThreadId>()?, row.get::<Option<Uuid>>()?);
    let object_kind: ObjectKind = row.code()?;
    let place: (Option<i64>, Option<i64>) = (row.get()?, row.get()?);
    let kind: MessageKind = kind;
    Ok(NewMessage {
        id,
        kind,
        thread,
        object,
        object_kind,
        place: match place {
            (Some(epoch), Some(pos)) => Some(Place { epoch, pos }),
            _ => None,
        },
        at: row.time()?,
    })
}

impl Tx {
    /// Holds a webhook until the transaction ends, and counts its messages
    /// that somebody sends now; `None` if it is gone.
    pub async fn under_way(&self, webhook: WebhookId) -> Result<Option<u32>, StorageError> {
        if self.hold_webhook(webhook).await?.is_none() {
            return Ok(None);
        }
        let sql = "SELECT COUNT(*) FROM webhook_message \
                   WHERE webhook = $1 AND state = 'PENDING' AND leased_until > $2";
        let params = self.params().with(webhook).with(self.now());
        let row = self.one(sql, params).await?;
        row.ok_or(StorageError::Corrupt("a count"))?
            .count()
            .map(Some)
    }

    /// Takes messages of a webhook that are due, each the first of its thread
    /// that waits, for nobody else until the lease is over, at most `limit`.
    ///
    /// A row that another holds is passed over on PostgreSQL; on SQLite there
    /// is one writer.
    pub async fn lease_messages(
        &self,
        webhook: WebhookId,
        lease: Uuid,
        until: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<Leased>, StorageError> {
        if limit == 0 {
            return Ok(Vec::new());
        }
        let lock = match self.backend {
            Backend::Postgres => "FOR UPDATE SKIP LOCKED",
            Backend::Sqlite => "",
        };
        let sql = format!(
            "UPDATE webhook_message SET lease = $1, leased_until = $2 WHERE id IN ( \
             SELECT d.id FROM webhook_message d WHERE d.webhook = $3 AND d.state = 'PENDING' \
             AND d.next_at <= $4 AND (d.leased_until IS NULL OR d.leased_until <= $4) \
             AND NOT EXISTS (SELECT 1 FROM webhook_message e WHERE e.webhook = $3 \
             AND e.state = 'PENDING' AND e.thread = d.thread AND e.seq < d.seq) \
             ORDER BY d.seq LIMIT $5 {lock})"
        );
        let params = self
            .params()
            .with(lease)
            .with(until)
            .with(webhook)
            .with(self.now())
            .with(i64::from(limit));
        if self.run(&sql, params).await? == 0 {
            return Ok(Vec::new());
        }
        let sql = format!(
            "SELECT {COLUMNS}, m.attempts, m.failures, m.queued_at FROM webhook_message m \
             WHERE m.webhook = $1 AND m.state = 'PENDING' AND m.lease = $2 ORDER BY m.seq"
        );
        let rows = self
            .all(&sql, self.params().with(webhook).with(lease))
            .await?;
        rows.into_iter()
            .map(|mut row| {
                Ok(Leased {
                    message: message(&mut row)?,
                    attempts: row.count()?,
                    failures: row.count()?,
                    queued_at: row.time()?,
                })
            })
            .collect()
    }

    /// Ends an attempt by whoever holds the lease; says whether he still
    /// does. What nobody sent leaves no attempt.
    pub async fn end_attempt(
        &self,
        message: MessageId,
        lease: Uuid,
        ended: Ended,
        attempt: Option<Attempt>,
    ) -> Result<bool, StorageError> {
        let (state, next_at, ended_at) = match ended {
            Ended::With(state) => (state, None, Some(self.now())),
            Ended::Again(at) => (MessageState::Pending, Some(at), None),
        };
        let failed = attempt.is_some_and(|one| one.failure.is_some());
        let sql = "UPDATE webhook_message SET state = $1, next_at = COALESCE($2, next_at), \
                   ended_at = $3, attempts = attempts + $4, failures = failures + $5, \
                   lease = NULL, leased_until = NULL WHERE id = $6 AND lease = $7 \
                   AND state = 'PENDING' RETURNING attempts";
        let params = self
            .params()
            .with(state.code())
            .with(next_at)
            .with(ended_at)
            .with(i64::from(attempt.is_some()))
            .with(i64::from(failed))
            .with(message)
            .with(lease);
        let Some(mut row) = self.one(sql, params).await? else {
            return Ok(false);
        };
        let number: i64 = row.get()?;
        if let Some(attempt) = attempt {
            let sql = "INSERT INTO webhook_attempt (message, number, at, status, failure, millis) \
                       VALUES ($1, $2, $3, $4, $5, $6)";
            let params = self
                .params()
                .with(message)
                .with(number)
                .with(attempt.at)
                .with(attempt.status.map(i64::from))
                .with(attempt.failure.map(Failure::code))
                .with(attempt.millis);
            self.run(sql, params).await?;
        }
        Ok(true)
    }
}

impl Conn {
    /// The log of a webhook, by the number of its messages. One statement.
    pub async fn messages(
        &self,
        webhook: WebhookId,
        state: Option<MessageState>,
        slice: Slice<MessagePlace>,
    ) -> Result<Vec<Message>, StorageError> {
        let mut params = self.params();
        let mut conditions = vec![format!("m.webhook = {}", params.push(webhook))];
        if let Some(state) = state {
            conditions.push(format!("m.state = {}", params.push(state.code())));
        }
        let page = slice.keyset(["m.seq"], &mut conditions, &mut params, |place, params| {
            let MessagePlace(seq) = place;
            [params.push(seq)]
        });
        let sql = format!(
            "SELECT {COLUMNS}, m.seq, m.state, m.queued_at, m.next_at, m.ended_at \
             FROM webhook_message m WHERE {} {page}",
            conditions.join(" AND "),
        );
        let rows = self.all(&sql, params).await?;
        rows.into_iter().map(logged).collect()
    }

    /// A message, and the organization whose webhook it is for. One statement,
    /// the same whether the message exists or not.
    pub async fn message_by_id(
        &self,
        id: MessageId,
    ) -> Result<Option<(OrganizationId, Message)>, StorageError> {
        let sql = format!(
            "SELECT w.organization, {COLUMNS}, m.seq, m.state, m.queued_at, m.next_at, m.ended_at \
             FROM webhook_message m JOIN webhook w ON w.id = m.webhook WHERE m.id = $1"
        );
        let row = self.one(&sql, self.params().with(id)).await?;
        row.map(|mut row| Ok((row.id()?, logged(row)?))).transpose()
    }

    /// How many messages of a webhook the log holds.
    pub async fn message_count(
        &self,
        webhook: WebhookId,
        state: Option<MessageState>,
    ) -> Result<i64, StorageError> {
        let mut params = self.params();
        let of = params.push(webhook);
        let narrowed = match state {
            Some(state) => format!("AND state = {}", params.push(state.code())),
            None => String::new(),
        };
        let sql = format!("SELECT COUNT(*) FROM webhook_message WHERE webhook = {of} {narrowed}");
        let row = self.one(&sql, params).await?;
        row.ok_or(StorageError::Corrupt("a count"))?.get()
    }

    /// The newest attempts at each of several messages, the newest first. One
    /// statement whatever their number.
    pub async fn attempts(
        &self,
        messages: &[MessageId],
        limit: u32,
    ) -> Result<Vec<(MessageId, Attempt)>, StorageError> {
        let mut params = self.params();
        let among = params.among("message", messages);
        let limit = params.push(i64::from(limit));
        let sql = format!(
            "SELECT a.message, a.at, a.status, a.failure, a.millis FROM \
             (SELECT t.*, ROW_NUMBER() OVER (PARTITION BY message ORDER BY number DESC) AS place \
             FROM webhook_attempt t WHERE {among}) a WHERE a.place <= {limit} \
             ORDER BY a.message, a.place"
        );
        let rows = self.all(&sql, params).await?;
        rows.into_iter()
            .map(|mut row| {
                let (message, at) = (row.id()?, row.time()?);
                let status = row.get::<Option<i64>>()?;
                let attempt = Attempt {
                    at,
                    status: status.and_then(|status| u16::try_from(status).ok()),
                    failure: row.maybe_code()?,
                    millis: row.get()?,
                };
                Ok((message, attempt))
            })
            .collect()
    }
}

fn logged(mut row: Row) -> Result<Message, StorageError> {
    let message = message(&mut row)?;
    let seq = row.get()?;
    let state = row.code()?;
    let queued_at = row.time()?;
    let next_at = row.time()?;
    Ok(Message {
        message,
        seq,
        state,
        queued_at,
        next_at: (state == MessageState::Pending).then_some(next_at),
        ended_at: row.maybe_time()?,
    })
}
