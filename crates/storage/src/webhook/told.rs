//! What webhooks were told of, so that its deletion can be asked for.

use domain::id::{ThreadId, WebhookId};
use domain::policy::Scope;
use domain::webhook::ObjectKind;
use uuid::Uuid;

use crate::conn::Conn;
use crate::error::StorageError;
use crate::scope::compile;
use crate::webhook::Told;
use crate::write::Tx;

impl Tx {
    /// Remembers that a webhook is told of something.
    pub async fn remember_told(&self, webhook: WebhookId, told: Told) -> Result<(), StorageError> {
        let sql = "INSERT INTO webhook_told (webhook, thread, object, object_kind) \
                   VALUES ($1, $2, $3, $4) ON CONFLICT (webhook, thread, object) DO NOTHING";
        let params = self
            .params()
            .with(webhook)
            .with(told.thread)
            .with(told.object)
            .with(told.kind.code());
        self.run(sql, params).await?;
        Ok(())
    }

    /// Forgets that a webhook was told of something; of a thread, and of all
    /// that is in it.
    pub async fn forget_told(&self, webhook: WebhookId, told: Told) -> Result<(), StorageError> {
        let (sql, params) = if told.kind == ObjectKind::Thread {
            (
                "DELETE FROM webhook_told WHERE webhook = $1 AND thread = $2",
                self.params().with(webhook).with(told.thread),
            )
        } else {
            (
                "DELETE FROM webhook_told WHERE webhook = $1 AND thread = $2 AND object = $3",
                self.params()
                    .with(webhook)
                    .with(told.thread)
                    .with(told.object),
            )
        };
        self.run(sql, params).await?;
        Ok(())
    }
}

/// The kind, and the name, of the row that keeps how far was retracted.
const KIND: &str = "retraction";

impl Tx {
    /// How far it was retracted what is closed. Held until the transaction
    /// ends, so that two nodes never do the same. `id` names the row if it is
    /// new.
    pub async fn hold_retraction(&self, id: Uuid) -> Result<i64, StorageError> {
        let text = self.hold_work(id, KIND, "0").await?;
        text.parse().map_err(|_| StorageError::Corrupt("a place"))
    }

    /// Keeps how far it was retracted.
    pub async fn set_retraction(&self, position: i64) -> Result<(), StorageError> {
        self.save_work(KIND, &position.to_string()).await
    }
}

impl Conn {
    /// How far it was retracted what is closed.
    pub async fn retracted(&self) -> Result<i64, StorageError> {
        let sql = "SELECT payload FROM job WHERE once = $1";
        let row = self.one(sql, self.params().with(KIND)).await?;
        let Some(mut row) = row else {
            return Ok(0);
        };
        let text: String = row.get()?;
        text.parse().map_err(|_| StorageError::Corrupt("a place"))
    }

    /// What a webhook was told of and may not see any more, or is gone; at
    /// most so many, threads before what is in them. The whole thread stands
    /// for what is in it. A post is seen or not where it stands now, and told of
    /// where it stood then.
    pub async fn told_and_hidden(
        &self,
        webhook: WebhookId,
        thread: Option<ThreadId>,
        threads: &Scope,
        posts: &Scope,
        limit: u32,
    ) -> Result<Vec<Told>, StorageError> {
        let mut params = self.params();
        let of = params.push(webhook);
        let within = match thread {
            Some(thread) => {
                let thread = params.push(thread);
                format!("AND (w.thread = {thread} OR p.thread = {thread})")
            }
            None => String::new(),
        };
        let seen = compile(threads, &mut params);
        let post_seen = compile(posts, &mut params);
        let limit = params.push(i64::from(limit));
        let thread_hidden = format!("(t.id IS NULL OR NOT ({seen}))");
        let sql = format!(
            "SELECT w.thread, w.object, w.object_kind, {thread_hidden} FROM webhook_told w \
             LEFT JOIN thread t ON t.id = w.thread \
             LEFT JOIN post p ON p.id = w.object AND w.object_kind = 'POST' \
             LEFT JOIN response r ON r.id = w.object AND w.object_kind = 'RESPONSE' \
             WHERE w.webhook = {of} {within} AND ({thread_hidden} \
             OR (w.object_kind = 'POST' AND (p.id IS NULL OR NOT ({post_seen}) \
             OR NOT EXISTS (SELECT 1 FROM thread t WHERE t.id = p.thread AND ({seen})))) \
             OR (w.object_kind = 'RESPONSE' AND r.id IS NULL)) \
             ORDER BY w.thread, w.object LIMIT {limit}"
        );
        let mut all: Vec<Told> = Vec::new();
        for mut row in self.all(&sql, params).await? {
            let (thread, object) = (row.id::<ThreadId>()?, row.get()?);
            let (kind, whole): (ObjectKind, bool) = (row.code()?, row.get()?);
            let told = if whole {
                Told::thread(thread)
            } else {
                Told {
                    thread,
                    object,
                    kind,
                }
            };
            if all.last() != Some(&told) {
                all.push(told);
            }
        }
        Ok(all)
    }
}

impl Told {
    /// A thread itself.
    pub fn thread(thread: ThreadId) -> Self {
        Self {
            thread,
            object: Uuid::from(thread),
            kind: ObjectKind::Thread,
        }
    }
}
