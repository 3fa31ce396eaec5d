//! Messages that wait to be sent.

use chrono::{DateTime, Utc};
use domain::id::{MessageId, ThreadId, WebhookId};
use domain::webhook::{MessageKind, MessageState, ObjectKind};
use uuid::Uuid;

use crate::error::StorageError;
use crate::webhook::Place;
use crate::write::Tx;

/// A message to be queued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewMessage {
    /// The message: of an event always the same, so that it is known again.
    pub id: MessageId,
    /// What it is about.
    pub kind: MessageKind,
    /// The thread, if it is about one.
    pub thread: Option<ThreadId>,
    /// The object in it, if it is about one.
    pub object: Option<Uuid>,
    /// What the object is.
    pub object_kind: ObjectKind,
    /// The event it is about, if it is about one.
    pub place: Option<Place>,
    /// When that happened.
    pub at: DateTime<Utc>,
}

/// How many messages wait.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Queued(pub u64);

impl Tx {
    /// How many messages of a webhook wait, counted up to a number.
    pub async fn queued(&self, webhook: WebhookId, up_to: u64) -> Result<Queued, StorageError> {
        let sql = "SELECT COUNT(*) FROM (SELECT 1 FROM webhook_message \
                   WHERE webhook = $1 AND state = 'PENDING' LIMIT $2) AS waiting";
        let params = self
            .params()
            .with(webhook)
            .with(i64::try_from(up_to).unwrap_or(i64::MAX));
        let row = self.one(sql, params).await?;
        Ok(Queued(
            row.ok_or(StorageError::Corrupt("a count"))?.count()?,
        ))
    }

    /// Queues messages of a webhook that is held, whose newest has this
    /// number. One that is known is sent again, in its new place; a lease on
    /// it holds on.
    pub async fn queue(
        &self,
        webhook: WebhookId,
        last: i64,
        messages: &[NewMessage],
    ) -> Result<(), StorageError> {
        let sql = "INSERT INTO webhook_message (id, webhook, seq, kind, thread, object, \
                   object_kind, epoch, pos, at, state, queued_at, next_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'PENDING', $11, $11) \
                   ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, state = 'PENDING', \
                   queued_at = excluded.queued_at, next_at = excluded.next_at, failures = 0, \
                   ended_at = NULL";
        let mut seq = last;
        for one in messages {
            seq += 1;
            let params = self
                .params()
                .with(one.id)
                .with(webhook)
                .with(seq)
                .with(one.kind.code())
                .with(one.thread)
                .with(one.object)
                .with(one.object_kind.code())
                .with(one.place.map(|place| place.epoch))
                .with(one.place.map(|place| place.pos))
                .with(one.at)
                .with(self.now());
            self.run(sql, params).await?;
        }
        let sql = "UPDATE webhook SET last_seq = $1 WHERE id = $2";
        self.run(sql, self.params().with(seq).with(webhook)).await?;
        Ok(())
    }

    /// Queues a message of a webhook that is held once more.
    pub async fn queue_again(
        &self,
        webhook: WebhookId,
        last: i64,
        message: MessageId,
    ) -> Result<(), StorageError> {
        let sql = "UPDATE webhook_message SET seq = $1, state = 'PENDING', queued_at = $2, \
                   next_at = $2, failures = 0, ended_at = NULL WHERE id = $3 AND webhook = $4 AND state <> $5";
        let params = self
            .params()
            .with(last + 1)
            .with(self.now())
            .with(message)
            .with(webhook)
            .with(MessageState::Pending.code());
        self.run(sql, params).await?;
        let sql = "UPDATE webhook SET last_seq = $1 WHERE id = $2";
        self.run(sql, self.params().with(last + 1).with(webhook))
            .await?;
        Ok(())
    }
}
