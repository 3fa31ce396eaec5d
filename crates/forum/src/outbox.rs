//! Tells followers what happened in the threads they follow.
//!
//! A write puts its event into the outbox, together with everything else. From
//! there it goes to the inboxes of the thread's followers in transactions of
//! their own: a thousand followers are not a thousand row locks for whoever
//! speaks. The position moves with the inboxes, so that nothing is told twice
//! and nothing is dropped by a restart.

use domain::event::{Event, EventKind, NewEvent, StreamName};
use domain::id::ThreadId;

use crate::{Error, Forum};

/// As many events are passed on in one transaction.
const AT_ONCE: u32 = 100;

impl Forum {
    /// Passes on what is in a shard of the outbox, until it is empty.
    pub async fn empty_outbox(&self, shard: u8) -> Result<(), Error> {
        while self.pass_on(StreamName::Outbox(shard)).await? {}
        Ok(())
    }

    /// Passes on some of it; says whether there may be more.
    async fn pass_on(&self, outbox: StreamName) -> Result<bool, Error> {
        let id = self.new_id();
        self.store
            .write(self.now(), async |tx| {
                let position = tx.outbox_position(outbox, id).await?;
                let events = tx.events_after(outbox, position, AT_ONCE).await?;
                let Some(last) = events.last() else {
                    return Ok::<_, Error>(false);
                };
                let mut threads: Vec<ThreadId> =
                    events.iter().filter_map(|event| event.thread).collect();
                threads.sort_unstable();
                threads.dedup();
                let followers = tx.followers(&threads).await?;
                for event in &events {
                    let of_thread = followers
                        .iter()
                        .filter(|(thread, _)| event.thread == Some(*thread))
                        .filter(|(_, follower)| !follower.is_raiser || reaches_raiser(event));
                    for (_, follower) in of_thread {
                        tx.emit(NewEvent {
                            stream: StreamName::Inbox(follower.account),
                            kind: event.kind,
                            thread: event.thread,
                            object: event.object,
                        });
                    }
                }
                tx.set_outbox_position(outbox, last.at.pos).await?;
                Ok(events.len() == AT_ONCE as usize)
            })
            .await
    }
}

/// Whether an event reaches the raiser by the outbox. What moves his concern
/// is told to him directly.
fn reaches_raiser(event: &Event) -> bool {
    matches!(event.kind, EventKind::PostAdded)
}

/// Whether followers are told of such an event.
pub(crate) fn concerns_followers(kind: EventKind) -> bool {
    match kind {
        EventKind::PostAdded
        | EventKind::ThreadChanged
        | EventKind::ConcernAssigned
        | EventKind::ConcernAcknowledged
        | EventKind::ConcernMoved
        | EventKind::ResponsePublished
        | EventKind::VerdictGiven => true,
        EventKind::ThreadOpened
        | EventKind::ThreadModerated
        | EventKind::PostEdited
        | EventKind::PostModerated
        | EventKind::EndorsementsChanged
        | EventKind::ParticipantsChanged
        | EventKind::ConcernOpened
        | EventKind::WorkArrived
        | EventKind::DirectoryChanged
        | EventKind::AccessChanged => false,
    }
}
