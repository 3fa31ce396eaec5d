//! Passes on what happened in the threads: to the inboxes of their followers,
//! and to the public feed.
//!
//! A write puts its event into the outbox, together with everything else. From
//! there it goes on in transactions of their own: a thousand followers are not
//! a thousand row locks for whoever speaks, and nobody waits for another who
//! speaks elsewhere because both are in the feed. It leaves the outbox with
//! its arrival, so that nothing is told twice and nothing is dropped by a
//! restart.

use std::collections::HashMap;

use domain::event::{EventKind, NewEvent, StreamName};
use domain::id::ThreadId;
use domain::policy;
use storage::outbox::{PassOn, Passed};

use crate::{Error, Forum};

/// As many events are passed on in one transaction.
const AT_ONCE: u32 = 500;

impl Forum {
    /// Passes on what is in the outbox, until it is empty.
    pub async fn empty_outbox(&self) -> Result<(), Error> {
        while self.store.read().outbox_waits().await? && self.pass_on().await? {}
        Ok(())
    }

    /// Passes on some of it; says whether there may be more.
    async fn pass_on(&self) -> Result<bool, Error> {
        let id = self.new_id();
        self.store
            .write(self.now(), async |tx| {
                tx.hold_outbox(id).await?;
                let taken = in_order(tx.take_from_outbox(AT_ONCE).await?);
                let mut threads: Vec<ThreadId> = taken.iter().map(|one| one.thread).collect();
                threads.sort_unstable();
                threads.dedup();
                if threads.is_empty() {
                    return Ok::<_, Error>(false);
                }
                let mut followers: HashMap<ThreadId, Vec<_>> = HashMap::new();
                for (thread, follower) in tx.followers(&threads).await? {
                    followers.entry(thread).or_default().push(follower);
                }
                for one in &taken {
                    let Some(reach) = one.reach.filter(|reach| reach.status.is_open()) else {
                        continue;
                    };
                    let event = |stream| NewEvent {
                        stream,
                        kind: one.kind,
                        thread: Some(one.thread),
                        object: one.object,
                    };
                    // What was narrowed meanwhile is not for everyone.
                    let public = policy::is_public(reach.audience, reach.status);
                    if one.to == PassOn::Everyone && public {
                        tx.emit(event(StreamName::Feed));
                    }
                    if !concerns_followers(one.kind) {
                        continue;
                    }
                    for follower in followers.get(&one.thread).into_iter().flatten() {
                        let reached = !follower.is_raiser || reaches_raiser(one.kind);
                        if reached && follower.notices.tell(one.kind) {
                            tx.emit(event(StreamName::Inbox(follower.account)));
                        }
                    }
                }
                Ok(taken.len() == AT_ONCE as usize)
            })
            .await
    }
}

/// By the time at which they happened, and within a thread in the order of its
/// stream.
fn in_order(mut taken: Vec<Passed>) -> Vec<Passed> {
    let mut latest = None;
    for one in &mut taken {
        if let Some((thread, at)) = latest
            && thread == one.thread
        {
            one.at = one.at.max(at);
        }
        latest = Some((one.thread, one.at));
    }
    // Stable: what is of one moment stays in the order of its thread.
    taken.sort_by_key(|one| one.at);
    taken
}

/// Whether an event reaches the raiser by the outbox. What moves his concern
/// is told to him directly.
fn reaches_raiser(kind: EventKind) -> bool {
    matches!(kind, EventKind::PostAdded)
}

/// Whether followers are told of such an event.
pub(crate) fn concerns_followers(kind: EventKind) -> bool {
    match kind {
        EventKind::PostAdded
        | EventKind::ThreadChanged
        | EventKind::ConcernAssigned
        | EventKind::ConcernAcknowledged
        | EventKind::ConcernMoved
        | EventKind::ConcernEscalated
        | EventKind::ResponsePublished
        | EventKind::VerdictGiven
        | EventKind::CommitmentMade
        | EventKind::CommitmentChanged
        | EventKind::CommitmentKept
        | EventKind::CommitmentLapsed => true,
        EventKind::ThreadOpened
        | EventKind::ThreadModerated
        | EventKind::PostEdited
        | EventKind::PostModerated
        | EventKind::EndorsementsChanged
        | EventKind::ParticipantsChanged
        | EventKind::ConcernOpened
        | EventKind::WorkArrived
        | EventKind::ReviewOverdue
        | EventKind::ReminderDue
        | EventKind::VerdictAsked
        | EventKind::SanctionChanged
        | EventKind::DirectoryChanged
        | EventKind::AccessChanged => false,
    }
}
