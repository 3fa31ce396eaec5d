//! From the queue out.
//!
//! A message is leased, sent, and ended, each in a transaction of its own.
//! Whoever leased it may be killed at any moment: when the lease is over, it
//! is sent again. What it may say is decided when it is leased, by the rights
//! of that moment.

use chrono::{DateTime, TimeDelta, Utc};
use domain::id::{ThreadId, WebhookId};
use domain::policy::{self, Action};
use domain::webhook::{Failure, MessageState, ObjectKind, WebhookState};
use futures_util::future::join_all;
use storage::Tx;
use storage::thread::{Thread, ThreadKey};
use storage::webhook::{Attempt, Ended, Leased, NewMessage, Told, Webhook};
use uuid::Uuid;

use super::{Endpoint, message, secret, told};
use crate::ports::{Egress, Names, Outgoing};
use crate::{Error, Forum};

/// How long a lease lasts beyond the time that sending may take: whoever
/// holds it has time to write down how it went.
const GRACE: TimeDelta = TimeDelta::seconds(30);

/// The status of what is gone for good (RFC 9110, 15.5.11).
const GONE: u16 = 410;

/// A message that is to be sent.
struct Parcel {
    leased: Leased,
    body: String,
}

/// How sending it went.
struct Sent {
    leased: Leased,
    attempt: Attempt,
}

impl Forum {
    /// The webhooks with messages that are due.
    pub async fn due_webhooks(&self) -> Result<Vec<WebhookId>, Error> {
        let due = self.store.read().webhooks_due(self.now()).await?;
        Ok(due
            .iter()
            .filter(|one| self.may_be_told(one))
            .map(|one| one.id)
            .collect())
    }

    /// Sends some of a webhook's messages that are due; says how many were
    /// taken from the queue.
    pub async fn deliver(
        &self,
        webhook: WebhookId,
        egress: &dyn Egress,
        names: &dyn Names,
    ) -> Result<usize, Error> {
        let found = self.store.read().webhook(webhook).await?;
        let tellable = |one: &Webhook| one.state == WebhookState::Active && self.may_be_told(one);
        let Some(webhook) = found.filter(tellable) else {
            return Ok(0);
        };
        let lease = Uuid::from_bytes(self.random());
        let (taken, parcels) = self.take(&webhook, lease, names).await?;
        let sending = parcels
            .into_iter()
            .map(|parcel| self.send(&webhook, parcel, egress));
        for sent in join_all(sending).await {
            self.end(&webhook, lease, sent).await?;
        }
        Ok(taken)
    }

    /// Leases messages, and decides what each may say.
    async fn take(
        &self,
        webhook: &Webhook,
        lease: Uuid,
        names: &dyn Names,
    ) -> Result<(usize, Vec<Parcel>), Error> {
        let set = self.settings.webhooks;
        let now = self.now();
        let until = now + set.timeout + GRACE;
        self.store
            .write(now, async |tx| {
                // As many at once on all nodes together.
                let Some(under_way) = tx.under_way(webhook.id).await? else {
                    return Ok((0, Vec::new()));
                };
                let room = set.at_once.saturating_sub(under_way);
                let leased = tx.lease_messages(webhook.id, lease, until, room).await?;
                let taken = leased.len();
                let mut parcels = Vec::with_capacity(taken);
                for leased in leased {
                    if let Some(body) = said(&tx, webhook, &leased.message, names).await? {
                        parcels.push(Parcel { leased, body });
                        continue;
                    }
                    let ended = Ended::With(MessageState::Withheld);
                    tx.end_attempt(leased.message.id, lease, ended, None)
                        .await?;
                }
                Ok::<_, Error>((taken, parcels))
            })
            .await
    }

    async fn send(&self, webhook: &Webhook, parcel: Parcel, egress: &dyn Egress) -> Sent {
        let Parcel { leased, body } = parcel;
        let at = self.now();
        let answered = match Endpoint::parse(&webhook.url.0, self.settings.webhooks.reach) {
            // What may be posted to was set otherwise since.
            Err(_) => Err(Failure::Closed),
            Ok(endpoint) => {
                let pepper = self.settings.pepper();
                let headers = secret::headers(pepper, webhook, leased.message.id, at, &body);
                let outgoing = Outgoing {
                    endpoint,
                    headers: headers.into(),
                    body,
                };
                egress.post(&outgoing).await
            }
        };
        let (status, failure) = match answered {
            Err(failure) => (None, Some(failure)),
            Ok(status) => (Some(status), refused(status)),
        };
        Sent {
            leased,
            attempt: Attempt {
                at,
                status,
                failure,
                millis: (self.now() - at).num_milliseconds(),
            },
        }
    }

    /// Writes down how it went. Whatever was closed while it was sent is
    /// retracted at once.
    async fn end(&self, webhook: &Webhook, lease: Uuid, sent: Sent) -> Result<(), Error> {
        let Sent { leased, attempt } = sent;
        let random = u32::from_be_bytes(self.random());
        let now = self.now();
        let ended = self.ended(&leased, &attempt, now, random);
        self.store
            .write(now, async |tx| {
                let message = leased.message;
                tx.end_attempt(message.id, lease, ended, Some(attempt))
                    .await?;
                if attempt.failure == Some(Failure::Gone) {
                    tx.pause_webhook(webhook.id).await?;
                }
                if let Some(thread) = message.thread {
                    told::retract(&tx, webhook, Some(thread)).await?;
                }
                Ok::<_, Error>(())
            })
            .await
    }

    fn ended(&self, leased: &Leased, attempt: &Attempt, now: DateTime<Utc>, random: u32) -> Ended {
        match attempt.failure {
            None => Ended::With(MessageState::Delivered),
            // It waits until its owner says that the webhook is back.
            Some(Failure::Gone) => Ended::Again(now),
            Some(_) => {
                let retries = self.settings.webhooks.retries;
                match retries.after(leased.failures + 1, random) {
                    Some(wait) => Ended::Again(now + wait),
                    None => Ended::With(MessageState::Dead),
                }
            }
        }
    }
}

/// Why an answer is not that the message was taken.
fn refused(status: u16) -> Option<Failure> {
    match status {
        200..300 => None,
        300..400 => Some(Failure::Redirected),
        GONE => Some(Failure::Gone),
        _ => Some(Failure::Refused),
    }
}

/// What a message says, by what its webhook may see now; `None` if it may not
/// see what it is about. That it is told is remembered with the lease.
async fn said(
    tx: &Tx,
    webhook: &Webhook,
    message: &NewMessage,
    names: &dyn Names,
) -> Result<Option<String>, Error> {
    if !message.kind.is_chosen() {
        return Ok(Some(message::body(names, message, None)));
    }
    let Some(id) = message.thread else {
        return Ok(None);
    };
    let Some(thread) = seen(tx, webhook, id, message).await? else {
        return Ok(None);
    };
    tx.remember_told(webhook.id, Told::thread(id)).await?;
    if let Some(object) = message.object {
        let told = Told {
            thread: id,
            object,
            kind: message.object_kind,
        };
        tx.remember_told(webhook.id, told).await?;
    }
    Ok(Some(message::body(names, message, Some(&thread))))
}

/// The thread of a message, if its webhook may see it and what the message is
/// about in it.
async fn seen(
    tx: &Tx,
    webhook: &Webhook,
    id: ThreadId,
    message: &NewMessage,
) -> Result<Option<Thread>, Error> {
    let reader = policy::webhook_reader(webhook.organization);
    let Some(thread) = tx.thread(&reader, ThreadKey::Id(id)).await? else {
        return Ok(None);
    };
    let seen = match (message.object_kind, message.object) {
        (ObjectKind::Post, Some(post)) => {
            let post = tx.post(post.into()).await?.filter(|post| post.thread == id);
            post.is_some_and(|post| {
                let action = Action::ViewPost(&thread.facts, &post.facts);
                policy::decide(&reader, &action).is_ok()
            })
        }
        (ObjectKind::Response, Some(response)) => {
            let response = tx.response(response.into()).await?;
            response.is_some_and(|response| response.thread == id)
        }
        _ => true,
    };
    let action = Action::ViewThread(&thread.facts);
    let seen = seen && policy::decide(&reader, &action).is_ok();
    Ok(seen.then_some(thread))
}
