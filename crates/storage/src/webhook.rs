//! Webhooks: whose they are, what they ask for, and how far they were told.

mod queue;
mod sent;
mod told;

pub use queue::{NewMessage, Queued};
pub use sent::{Attempt, Ended, Leased, Message, MessagePlace};

use chrono::{DateTime, Utc};
use domain::id::{MessageId, OrganizationId, ThreadId, WebhookId};
use domain::thread::ThreadKind;
use domain::webhook::{Filed, Filter, MessageKind, ObjectKind, WebhookState};
use uuid::Uuid;

use crate::conn::Conn;
use crate::error::StorageError;
use crate::row::Row;
use crate::write::Tx;

/// A webhook as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// The webhook.
    pub id: WebhookId,
    /// The organization it belongs to.
    pub organization: OrganizationId,
    /// What its owners call it.
    pub label: String,
    /// Where it is.
    pub url: Address,
    /// What it asks for.
    pub filter: Filter,
    /// Whether it is told anything.
    pub state: WebhookState,
    /// With what its secret is made.
    pub salt: Salt,
    /// With what the secret before was made, and until when it holds.
    pub old: Option<(Salt, DateTime<Utc>)>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// An address, which may hold a secret of its owner's.
#[derive(Clone, PartialEq, Eq)]
pub struct Address(pub String);

/// Hides it.
impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Address(..)")
    }
}

/// What a secret is made of, together with the forum's own.
#[derive(Clone, PartialEq, Eq)]
pub struct Salt(pub Vec<u8>);

/// Hides it.
impl std::fmt::Debug for Salt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Salt(..)")
    }
}

const COLUMNS: &str = "id, organization, label, url, kinds, thread, thread_kind, category, region, \
    state, salt, old_salt, old_until, created_at";

fn webhook(mut row: Row) -> Result<Webhook, StorageError> {
    let (id, organization) = (row.id()?, row.id()?);
    let (label, url) = (row.get()?, Address(row.get()?));
    let filter = Filter {
        kinds: kinds(&row.get::<String>()?)?,
        thread: row.maybe_id()?,
        thread_kind: row.maybe_code()?,
        category: row.get()?,
        region: row.get()?,
    };
    let (state, salt) = (row.code()?, Salt(row.get()?));
    let (old, until) = (row.get::<Option<Vec<u8>>>()?, row.maybe_time()?);
    Ok(Webhook {
        id,
        organization,
        label,
        url,
        filter,
        state,
        salt,
        old: old.map(Salt).zip(until),
        created_at: row.time()?,
    })
}

fn kinds(text: &str) -> Result<Vec<MessageKind>, StorageError> {
    text.split_ascii_whitespace()
        .map(|code| code.parse().map_err(|_| StorageError::Corrupt("a kind")))
        .collect()
}

fn kinds_text(kinds: &[MessageKind]) -> String {
    let codes: Vec<&str> = kinds.iter().map(|kind| kind.code()).collect();
    codes.join(" ")
}

impl Conn {
    /// A webhook. One statement, the same whether there is one or not.
    pub async fn webhook(&self, id: WebhookId) -> Result<Option<Webhook>, StorageError> {
        let sql = format!("SELECT {COLUMNS} FROM webhook WHERE id = $1");
        let row = self.one(&sql, self.params().with(id)).await?;
        row.map(webhook).transpose()
    }

    /// The webhooks of an organization, the oldest first.
    pub async fn webhooks_of(
        &self,
        organization: OrganizationId,
    ) -> Result<Vec<Webhook>, StorageError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM webhook WHERE organization = $1 ORDER BY created_at, id"
        );
        let rows = self.all(&sql, self.params().with(organization)).await?;
        rows.into_iter().map(webhook).collect()
    }

    /// Every webhook, the oldest first.
    pub async fn webhooks(&self) -> Result<Vec<Webhook>, StorageError> {
        let sql = format!("SELECT {COLUMNS} FROM webhook ORDER BY created_at, id");
        let rows = self.all(&sql, self.params()).await?;
        rows.into_iter().map(webhook).collect()
    }

    /// How far a webhook was told.
    pub async fn webhook_place(&self, id: WebhookId) -> Result<Option<Place>, StorageError> {
        let sql = "SELECT epoch, pos FROM webhook_place WHERE webhook = $1";
        let row = self.one(sql, self.params().with(id)).await?;
        row.map(|mut row| {
            Ok(Place {
                epoch: row.get()?,
                pos: row.get()?,
            })
        })
        .transpose()
    }

    /// The active webhooks that have messages which are due.
    pub async fn webhooks_due(&self, now: DateTime<Utc>) -> Result<Vec<Webhook>, StorageError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM webhook w WHERE state = $1 AND EXISTS \
             (SELECT 1 FROM webhook_message d WHERE d.webhook = w.id AND d.state = 'PENDING' \
             AND d.next_at <= $2 AND (d.leased_until IS NULL OR d.leased_until <= $2)) \
             ORDER BY created_at, id"
        );
        let params = self.params().with(WebhookState::Active.code()).with(now);
        self.all(&sql, params)
            .await?
            .into_iter()
            .map(webhook)
            .collect()
    }

    /// The active webhooks that were not told all of the feed. One statement
    /// whatever their number.
    pub async fn webhooks_behind(&self) -> Result<Vec<Webhook>, StorageError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM webhook w WHERE state = $1 AND EXISTS \
             (SELECT 1 FROM stream s LEFT JOIN webhook_place p ON p.webhook = w.id \
             WHERE s.id = 'feed' AND (p.pos IS NULL OR s.head <> p.pos OR s.epoch <> p.epoch)) \
             ORDER BY created_at, id"
        );
        let params = self.params().with(WebhookState::Active.code());
        let rows = self.all(&sql, params).await?;
        rows.into_iter().map(webhook).collect()
    }

    /// What filters look at in threads. One statement whatever their number.
    pub async fn filed(&self, threads: &[ThreadId]) -> Result<Vec<Filed>, StorageError> {
        let mut params = self.params();
        let among = params.among("id", threads);
        let sql = format!("SELECT id, kind, category, region FROM thread WHERE {among}");
        let rows = self.all(&sql, params).await?;
        rows.into_iter()
            .map(|mut row| {
                Ok(Filed {
                    thread: row.id()?,
                    kind: row.code()?,
                    category: row.get()?,
                    region: row.get()?,
                })
            })
            .collect()
    }
}

/// Something that a webhook was told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// The thread.
    pub thread: ThreadId,
    /// The thread again, or what is in it.
    pub object: Uuid,
    /// What it is.
    pub kind: ObjectKind,
}

/// The place of a webhook in the feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Which life of the feed; 0 before its first event.
    pub epoch: i64,
    /// The last event that was queued.
    pub pos: i64,
}

impl Tx {
    /// Writes a new webhook.
    pub async fn insert_webhook(&self, new: &Webhook) -> Result<(), StorageError> {
        let sql = "INSERT INTO webhook (id, organization, label, url, kinds, thread, thread_kind, \
                   category, region, state, salt, created_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
        let params = self
            .params()
            .with(new.id)
            .with(new.organization)
            .with(new.label.as_str())
            .with(new.url.0.as_str())
            .with(kinds_text(&new.filter.kinds))
            .with(new.filter.thread)
            .with(new.filter.thread_kind.map(ThreadKind::code))
            .with(new.filter.category.clone())
            .with(new.filter.region.clone())
            .with(new.state.code())
            .with(new.salt.0.clone())
            .with(self.now());
        self.run(sql, params).await?;
        Ok(())
    }

    /// Keeps what was changed of a webhook, its secrets included.
    pub async fn save_webhook(&self, changed: &Webhook) -> Result<(), StorageError> {
        let sql = "UPDATE webhook SET label = $1, url = $2, kinds = $3, thread = $4, \
                   thread_kind = $5, category = $6, region = $7, state = $8, salt = $9, \
                   old_salt = $10, old_until = $11 WHERE id = $12";
        let (old, until) = match &changed.old {
            Some((salt, until)) => (Some(salt.0.clone()), Some(*until)),
            None => (None, None),
        };
        let params = self
            .params()
            .with(changed.label.as_str())
            .with(changed.url.0.as_str())
            .with(kinds_text(&changed.filter.kinds))
            .with(changed.filter.thread)
            .with(changed.filter.thread_kind.map(ThreadKind::code))
            .with(changed.filter.category.clone())
            .with(changed.filter.region.clone())
            .with(changed.state.code())
            .with(changed.salt.0.clone())
            .with(old)
            .with(until)
            .with(changed.id);
        self.run(sql, params).await?;
        Ok(())
    }

    /// Pauses a webhook.
    pub async fn pause_webhook(&self, id: WebhookId) -> Result<(), StorageError> {
        let sql = "UPDATE webhook SET state = $1 WHERE id = $2";
        let params = self.params().with(WebhookState::Paused.code()).with(id);
        self.run(sql, params).await?;
        Ok(())
    }

    /// Deletes a webhook with all that is kept of it.
    pub async fn delete_webhook(&self, id: WebhookId) -> Result<(), StorageError> {
        let sql = "DELETE FROM webhook_attempt WHERE message IN \
                   (SELECT id FROM webhook_message WHERE webhook = $1)";
        self.run(sql, self.params().with(id)).await?;
        for table in ["webhook_message", "webhook_told", "webhook_place"] {
            let sql = format!("DELETE FROM {table} WHERE webhook = $1");
            self.run(&sql, self.params().with(id)).await?;
        }
        let sql = "DELETE FROM webhook WHERE id = $1";
        self.run(sql, self.params().with(id)).await?;
        Ok(())
    }

    /// Holds a webhook until the transaction ends, and gives the number of
    /// its newest message; `None` if it is gone.
    pub async fn hold_webhook(&self, id: WebhookId) -> Result<Option<i64>, StorageError> {
        let sql = "UPDATE webhook SET last_seq = last_seq WHERE id = $1 RETURNING last_seq";
        let row = self.one(sql, self.params().with(id)).await?;
        row.map(|mut row| row.get()).transpose()
    }

    /// Counts the webhooks of an organization, while nobody else makes one.
    pub async fn count_webhooks(
        &self,
        organization: OrganizationId,
    ) -> Result<usize, StorageError> {
        self.hold_organization(organization).await?;
        let sql = "SELECT COUNT(*) FROM webhook WHERE organization = $1";
        let row = self.one(sql, self.params().with(organization)).await?;
        row.ok_or(StorageError::Corrupt("a count"))?.count()
    }

    /// Keeps how far a webhook was told.
    pub async fn set_webhook_place(&self, id: WebhookId, place: Place) -> Result<(), StorageError> {
        let sql = "INSERT INTO webhook_place (webhook, epoch, pos) VALUES ($1, $2, $3) \
                   ON CONFLICT (webhook) DO UPDATE SET epoch = excluded.epoch, \
                   pos = excluded.pos";
        let params = self.params().with(id);
        self.run(sql, params.with(place.epoch).with(place.pos))
            .await?;
        Ok(())
    }

    /// Whether a webhook has this message.
    pub async fn has_message(
        &self,
        webhook: WebhookId,
        id: MessageId,
    ) -> Result<bool, StorageError> {
        let sql = "SELECT 1 FROM webhook_message WHERE id = $1 AND webhook = $2";
        let row = self.one(sql, self.params().with(id).with(webhook)).await?;
        Ok(row.is_some())
    }
}
