//! Asking for the deletion of what was told and may not be seen any more:
//! because it was erased, hidden, or narrowed to another audience.
//!
//! What a webhook is told of is remembered before it is sent. A stream names
//! what a moderator or an author closed; and from time to time everything is
//! looked through, for whatever was closed in another way.

use domain::event::StreamName;
use domain::id::{MessageId, ThreadId};
use domain::policy;
use domain::webhook::{MessageKind, ObjectKind};
use sha2::{Digest, Sha256};
use storage::Tx;
use storage::webhook::{NewMessage, Told, Webhook};

use crate::{Error, Forum};

/// As much is looked through, or asked for, in one transaction.
const AT_ONCE: u32 = 100;

impl Forum {
    /// Queues the retraction of what was closed since the last time.
    pub async fn retract_closed(&self) -> Result<(), Error> {
        while self.retract_some().await? {}
        Ok(())
    }

    async fn retract_some(&self) -> Result<bool, Error> {
        let stream = StreamName::Retraction;
        let conn = self.store.read();
        let head = conn.stream_head(stream).await?.map_or(0, |head| head.head);
        if head <= conn.retracted().await? {
            return Ok(false);
        }
        let id = self.new_id();
        self.store
            .write(self.now(), async |tx| {
                let position = tx.hold_retraction(id).await?;
                let events = tx.events_after(stream, position, AT_ONCE).await?;
                let Some(last) = events.last() else {
                    return Ok::<_, Error>(false);
                };
                let mut threads: Vec<ThreadId> =
                    events.iter().filter_map(|event| event.thread).collect();
                threads.sort_unstable();
                threads.dedup();
                for webhook in tx.webhooks().await? {
                    for thread in &threads {
                        while retract(&tx, &webhook, Some(*thread)).await? {}
                    }
                }
                tx.set_retraction(last.at.pos).await?;
                Ok(events.len() == AT_ONCE as usize)
            })
            .await
    }

    /// Looks through everything that webhooks were told of.
    pub async fn retract_hidden(&self) -> Result<(), Error> {
        for webhook in self.store.read().webhooks().await? {
            let some = || {
                let now = self.now();
                self.store
                    .write(now, async |tx| retract(&tx, &webhook, None).await)
            };
            while some().await? {}
        }
        Ok(())
    }
}

/// Queues the retraction of what a webhook was told of, in one thread or in
/// all, and may not see any more. Says whether there may be more.
pub(super) async fn retract(
    tx: &Tx,
    webhook: &Webhook,
    thread: Option<ThreadId>,
) -> Result<bool, Error> {
    let reader = policy::webhook_reader(webhook.organization);
    let (threads, posts) = (policy::scope(&reader), policy::post_scope(&reader));
    let hidden = async || {
        tx.told_and_hidden(webhook.id, thread, &threads, &posts, AT_ONCE)
            .await
    };
    if hidden().await?.is_empty() {
        return Ok(false);
    }
    // Another may have queued it meanwhile.
    let Some(last) = tx.hold_webhook(webhook.id).await? else {
        return Ok(false);
    };
    let hidden = hidden().await?;
    let messages: Vec<NewMessage> = hidden
        .iter()
        .map(|one| message(tx, webhook, last, *one))
        .collect();
    tx.queue(webhook.id, last, &messages).await?;
    for told in &hidden {
        tx.forget_told(webhook.id, *told).await?;
    }
    Ok(!hidden.is_empty())
}

fn message(tx: &Tx, webhook: &Webhook, last: i64, told: Told) -> NewMessage {
    let mut hash = Sha256::new();
    hash.update(webhook.id.0.as_bytes());
    hash.update(told.object.as_bytes());
    hash.update(last.to_be_bytes());
    // A number may come again after a restore.
    hash.update(tx.now().timestamp_micros().to_be_bytes());
    let whole: [u8; 32] = hash.finalize().into();
    let mut half = [0; 16];
    half.copy_from_slice(&whole[..16]);
    NewMessage {
        id: MessageId(domain::id::unordered(half)),
        kind: MessageKind::ContentRetracted,
        thread: Some(told.thread),
        object: (told.kind != ObjectKind::Thread).then_some(told.object),
        object_kind: told.kind,
        place: None,
        at: tx.now(),
    }
}
