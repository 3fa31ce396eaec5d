//! From the public feed to the queue of each webhook.

use std::collections::HashMap;

use domain::event::{Event, StreamHead, StreamName};
use domain::id::{MessageId, ThreadId, WebhookId};
use domain::webhook::{Filed, Filter, MessageKind, ObjectKind};
use sha2::{Digest, Sha256};
use storage::Tx;
use storage::webhook::{NewMessage, Place, Webhook};

use crate::{Error, Forum};

/// As many events are queued in one transaction.
const AT_ONCE: u32 = 100;

impl Forum {
    /// Queues what happened for every webhook that is told anything, until
    /// nothing is left or its queue is full.
    pub async fn queue_messages(&self) -> Result<(), Error> {
        for webhook in self.store.read().webhooks_behind().await? {
            if self.may_be_told(&webhook) {
                while self.queue_some(&webhook).await? {}
            }
        }
        Ok(())
    }

    /// Queues some of it; says whether there may be more.
    async fn queue_some(&self, webhook: &Webhook) -> Result<bool, Error> {
        let id = webhook.id;
        let conn = self.store.read();
        let place = conn.webhook_place(id).await?;
        let head = conn.stream_head(StreamName::Feed).await?;
        if head.and_then(|head| next(place, head)).is_none() {
            return Ok(false);
        }
        let waiting = self.settings.webhooks.waiting;
        self.store
            .write(self.now(), async |tx| {
                let Some(last) = tx.hold_webhook(id).await? else {
                    return Ok(false);
                };
                let queued = tx.queued(id, waiting).await?.0;
                let room = u32::try_from(waiting.saturating_sub(queued)).unwrap_or(AT_ONCE);
                let room = room.min(AT_ONCE);
                let place = tx.webhook_place(id).await?;
                let head = tx.stream_head(StreamName::Feed).await?;
                let Some(next) = head.and_then(|head| next(place, head)).filter(|_| room > 0)
                else {
                    return Ok(false);
                };
                let Next { mut place, broken } = next;
                let (messages, read) = if broken {
                    (vec![resync(id, place, tx.now())], 1)
                } else {
                    let events = tx.events_after(StreamName::Feed, place.pos, room).await?;
                    place.pos = events.last().map_or(place.pos, |event| event.at.pos);
                    (wanted(&tx, webhook, &events).await?, events.len())
                };
                tx.set_webhook_place(id, place).await?;
                tx.queue(id, last, &messages).await?;
                // A full queue goes on when something of it was sent.
                let queued = queued.saturating_add(messages.len() as u64);
                Ok::<_, Error>(read >= room as usize && queued < waiting)
            })
            .await
    }
}

/// Where to go on in the feed.
struct Next {
    place: Place,
    /// What came between may have been lost.
    broken: bool,
}

/// Where to go on in the feed, which reaches so far; `None` if there is
/// nothing new.
fn next(known: Option<Place>, head: StreamHead) -> Option<Next> {
    let place = match known {
        // The feed had no event when the webhook began.
        Some(Place { epoch: 0, .. }) | None => Place {
            epoch: head.epoch,
            pos: 0,
        },
        Some(place) => place,
    };
    let fits = place.epoch == head.epoch && (head.floor..=head.head).contains(&place.pos);
    if !fits {
        let place = Place {
            epoch: head.epoch,
            pos: head.head,
        };
        return Some(Next {
            place,
            broken: true,
        });
    }
    (place.pos < head.head).then_some(Next {
        place,
        broken: false,
    })
}

/// The messages about these events of the feed that a webhook asks for.
async fn wanted(tx: &Tx, webhook: &Webhook, events: &[Event]) -> Result<Vec<NewMessage>, Error> {
    let filter = &webhook.filter;
    let kinds = |event: &Event| {
        let kind = MessageKind::of(event.kind).filter(|kind| filter.wants_kind(*kind));
        kind.zip(event.thread)
    };
    let told: Vec<_> = events
        .iter()
        .filter_map(|event| kinds(event).map(|(kind, thread)| (event, kind, thread)))
        .collect();
    let filed = filed(tx, filter, told.iter().map(|(_, _, thread)| *thread)).await?;
    let wanted = |thread: &ThreadId| match &filed {
        None => true,
        Some(filed) => filed
            .get(thread)
            .is_some_and(|one| filter.wants_thread(one)),
    };
    Ok(told
        .into_iter()
        .filter(|(_, _, thread)| wanted(thread))
        .map(|(event, kind, thread)| {
            let place = Place {
                epoch: event.at.epoch,
                pos: event.at.pos,
            };
            let object_kind = kind.object();
            NewMessage {
                id: id_of(webhook.id, place),
                kind,
                thread: Some(thread),
                object: event.object.filter(|_| object_kind != ObjectKind::Thread),
                object_kind,
                place: Some(place),
                at: event.time,
            }
        })
        .collect())
}

/// What the filter looks at in these threads; `None` if it looks at nothing.
async fn filed(
    tx: &Tx,
    filter: &Filter,
    threads: impl Iterator<Item = ThreadId>,
) -> Result<Option<HashMap<ThreadId, Filed>>, Error> {
    let any = Filter {
        kinds: filter.kinds.clone(),
        ..Filter::default()
    };
    if *filter == any {
        return Ok(None);
    }
    let mut threads: Vec<ThreadId> = threads.collect();
    threads.sort_unstable();
    threads.dedup();
    let filed = tx.filed(&threads).await?;
    Ok(Some(
        filed.into_iter().map(|one| (one.thread, one)).collect(),
    ))
}

fn resync(webhook: WebhookId, place: Place, now: chrono::DateTime<chrono::Utc>) -> NewMessage {
    NewMessage {
        id: id_of(webhook, place),
        kind: MessageKind::FeedResync,
        thread: None,
        object: None,
        object_kind: ObjectKind::Thread,
        place: Some(place),
        at: now,
    }
}

/// The id of the message to a webhook about an event: always the same, so
/// that the webhook knows again what it has.
fn id_of(webhook: WebhookId, place: Place) -> MessageId {
    let mut hash = Sha256::new();
    hash.update(webhook.0.as_bytes());
    hash.update(place.epoch.to_be_bytes());
    hash.update(place.pos.to_be_bytes());
    let whole: [u8; 32] = hash.finalize().into();
    let mut half = [0; 16];
    half.copy_from_slice(&whole[..16]);
    domain::id::unordered(half).into()
}
