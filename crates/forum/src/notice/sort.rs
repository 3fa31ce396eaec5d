//! From the inboxes to what is to be mailed, and when.

use chrono::TimeDelta;
use domain::event::{Event, StreamName};
use domain::id::{AccountId, ThreadId};
use domain::notice::{MailFrequency, NoticeReason, Standing};
use domain::policy;
use storage::Tx;
use storage::job::NewJob;
use storage::notice::{InboxPlace, Reader, ToldThread};
use uuid::Uuid;

use super::send::{MAIL, named};
use crate::{Error, Forum, Viewer};

/// As many inboxes are looked for at once.
const INBOXES: u32 = 100;

/// As many events of an inbox are looked at in one transaction.
const AT_ONCE: u32 = 200;

impl Forum {
    /// Looks through the inboxes that something new is in, until none is left.
    pub async fn sort_inboxes(&self) -> Result<(), Error> {
        loop {
            let behind = self.store.read().inboxes_behind(INBOXES).await?;
            for account in &behind {
                self.sort_inbox(*account).await?;
            }
            if behind.is_empty() {
                return Ok(());
            }
        }
    }

    async fn sort_inbox(&self, account: AccountId) -> Result<(), Error> {
        // Whoever may not sign in is told nothing, and not later either.
        let viewer = self.viewer_of_account(account).await?;
        let ids: [Uuid; 3] = std::array::from_fn(|_| self.new_id());
        self.store
            .write(self.now(), async |tx| {
                let Some(place) = tx.take_inbox(account).await? else {
                    return Ok(());
                };
                let inbox = StreamName::Inbox(account);
                let Some(head) = tx.stream_head(inbox).await? else {
                    return Ok(());
                };
                let known = place.epoch == head.epoch || place.epoch == 0;
                if !known || place.pos < head.floor || place.pos > head.head {
                    // The past is another one: what is new begins here.
                    let here = (head.epoch, head.head);
                    tx.set_inbox_place(account, here, None).await?;
                    return Ok::<_, Error>(());
                }
                let events = tx.events_after(inbox, place.pos, AT_ONCE).await?;
                let notes = match &viewer {
                    None => Vec::new(),
                    Some(viewer) => wanted(&tx, viewer, account, &events).await?,
                };
                tx.note(account, &notes).await?;
                self.plan(&tx, account, place, &notes, ids).await?;
                let last = events.last().map_or(place.pos, |event| event.at.pos);
                let more = (last < head.head).then_some(tx.now());
                tx.set_inbox_place(account, (head.epoch, last), more)
                    .await?;
                Ok(())
            })
            .await
    }

    /// Has what was noted mailed in time.
    async fn plan(
        &self,
        tx: &Tx,
        account: AccountId,
        place: InboxPlace,
        notes: &[(i64, MailFrequency)],
        ids: [Uuid; 3],
    ) -> Result<(), Error> {
        let set = self.settings.mail;
        let kinds = [
            MailFrequency::Immediate,
            MailFrequency::Daily,
            MailFrequency::Weekly,
        ];
        for (frequency, id) in kinds.into_iter().zip(ids) {
            if !notes.iter().any(|(_, one)| *one == frequency) {
                continue;
            }
            let next = frequency.next(tx.now(), self.settings.zone, set.digest_hour);
            let Some(mut run_at) = next else { continue };
            if frequency == MailFrequency::Immediate
                && let Some(last) = place.mailed_at
            {
                run_at = run_at.max(last + TimeDelta::minutes(set.pause_minutes.into()));
            }
            let (once, payload) = named(account, frequency);
            tx.schedule_if_none(&NewJob {
                id,
                kind: MAIL,
                once,
                payload,
                run_at,
            })
            .await?;
        }
        Ok(())
    }
}

/// The places that the account wants to be mailed, each with when.
async fn wanted(
    tx: &Tx,
    viewer: &Viewer,
    account: AccountId,
    events: &[Event],
) -> Result<Vec<(i64, MailFrequency)>, Error> {
    let preferences = tx.mail_preferences(account).await?;
    let threads = seen(tx, viewer, events).await?;
    let frequency = |event: &Event| {
        let thread = threads.iter().find(|one| Some(one.id) == event.thread);
        let reason = reason_of(event, thread)?;
        let (_, frequency) = preferences.iter().find(|(one, _)| *one == reason)?;
        (*frequency != MailFrequency::Off).then_some(*frequency)
    };
    Ok(events
        .iter()
        .filter_map(|event| Some((event.at.pos, frequency(event)?)))
        .collect())
}

/// Why somebody is told of an event in a thread that he sees, or of his account.
pub(super) fn reason_of(event: &Event, thread: Option<&ToldThread>) -> Option<NoticeReason> {
    let standing = match thread {
        Some(thread) => Standing {
            raised: thread.raised,
            at_desk: thread.at_desk,
        },
        None if event.thread.is_none() => Standing::default(),
        None => return None,
    };
    NoticeReason::of(event.kind, standing)
}

/// The threads of these events that the viewer sees now.
pub(super) async fn seen(
    conn: &storage::Conn,
    viewer: &Viewer,
    events: &[Event],
) -> Result<Vec<ToldThread>, Error> {
    let mut threads: Vec<ThreadId> = events.iter().filter_map(|event| event.thread).collect();
    threads.sort_unstable();
    threads.dedup();
    if threads.is_empty() {
        return Ok(Vec::new());
    }
    let reader = Reader {
        actor: &viewer.actor,
        threads: &policy::told_scope(&viewer.actor),
        posts: &policy::post_scope(&viewer.actor),
    };
    Ok(conn.told_threads(reader, &threads).await?)
}
