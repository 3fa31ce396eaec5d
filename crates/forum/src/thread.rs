//! Threads: reading them.

mod act;
mod change;
mod claim;
mod moderate;
mod preview;
mod raise;
mod view;

pub use change::{EditThread, Invite};
pub use moderate::ReturnThread;
pub(crate) use moderate::concern_of;
pub use preview::{Notice, Preview, PreviewOf, Reader};
pub(crate) use raise::facts_of;
pub use raise::{OnBehalfOf, RaiseThread};

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use domain::event::{EventKind, NewEvent, StreamHead, StreamName};
use domain::id::{PersonaId, PostId, ThreadId};
use domain::people::Voice;
use domain::policy::{self, Action, Opener, Scope, ThreadFacts};
use domain::reference::Reference;
use domain::thread::{Audience, Opened, ParticipantRole};
use domain::webhook::Filed;
use storage::Tx;
use storage::notice::Addressee;
use storage::outbox::PassOn;
use storage::post::Post;
use storage::thread::{
    Author, LedgerEntry, Participant, Slice, Thread, ThreadFilter, ThreadKey, ThreadOrder,
    ThreadPlace, Wanted,
};
use tokio::sync::OnceCell;

use crate::outbox::concerns_followers;
use crate::{Error, Forum, Viewer};
pub(crate) use view::{View, Views};

/// Somebody who takes part in a thread by name, as whoever may know it sees him.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenParticipant {
    /// The thread.
    pub thread: ThreadId,
    /// Who he is; none of whom a report of retaliation brought as a moderator: he
    /// acts by his number.
    pub author: Option<Author>,
    /// His number, if he is one of those and has one.
    pub number: Option<i64>,
    /// As what he was invited.
    pub role: ParticipantRole,
    /// Since when.
    pub since: DateTime<Utc>,
}

impl From<Participant> for SeenParticipant {
    fn from(of: Participant) -> Self {
        Self {
            thread: of.thread,
            number: of.number.filter(|_| of.brought),
            author: (!of.brought).then_some(of.author),
            role: of.role,
            since: of.since,
        }
    }
}

/// What is known of an event, for all who are told of it.
#[derive(Debug)]
pub struct Happened {
    /// The thread, as what policy decides on: with everyone who takes part in it.
    pub thread: Arc<ThreadFacts>,
    /// What filters look at.
    pub filed: Filed,
    /// The post that the event is about, once somebody who is told of it asked. It is
    /// decided on for each ([`Forum::post_in`]).
    pub(crate) post: OnceCell<Option<Post>>,
}

/// An opening is written to the access ledger once in so long.
const LEDGER_QUIET: Duration = Duration::hours(1);

impl Forum {
    /// A thread by its id; `None` if there is none that the viewer may see.
    pub async fn thread(&self, viewer: &Viewer, id: ThreadId) -> Result<Option<Thread>, Error> {
        self.thread_by(viewer, ThreadKey::Id(id)).await
    }

    /// A thread by its human reference, however it is typed.
    pub async fn thread_by_reference(
        &self,
        viewer: &Viewer,
        reference: &str,
    ) -> Result<Option<Thread>, Error> {
        // What is no reference is looked up all the same: an answer that
        // costs nothing would tell what a reference looks like, and nothing
        // is stored under it.
        let parsed = Reference::parse(reference);
        let key = parsed.as_ref().map_or("", Reference::as_str);
        self.thread_by(viewer, ThreadKey::Reference(key)).await
    }

    async fn thread_by(
        &self,
        viewer: &Viewer,
        key: ThreadKey<'_>,
    ) -> Result<Option<Thread>, Error> {
        let found = self.store.read().thread(&viewer.actor, key).await?;
        let Some(thread) = found.filter(|thread| sees(viewer, &thread.facts)) else {
            return Ok(None);
        };
        self.note_openings(viewer, &[&thread.facts], Opened::Thread)
            .await?;
        Ok(Some(thread))
    }

    /// What is decided on for each of many watchers: the facts of a thread,
    /// with everyone who takes part in it.
    pub async fn facts_for_all(&self, id: ThreadId) -> Result<Option<Happened>, Error> {
        let found = self.store.read().thread_facts_for_all(id).await?;
        Ok(found.map(|(thread, filed)| Happened {
            thread: Arc::new(thread),
            filed,
            post: OnceCell::new(),
        }))
    }

    /// How far a stream reaches: the version of what it tells of.
    pub async fn stream_head(&self, stream: StreamName) -> Result<Option<StreamHead>, Error> {
        Ok(self.store.read().stream_head(stream).await?)
    }

    /// How far a thread's stream reaches, for whoever may be given what was
    /// answered to another of its audience: `None` if he may not see the
    /// thread, or sees more of it or in it than the audience does.
    pub async fn head_for_reader(
        &self,
        viewer: &Viewer,
        id: ThreadId,
    ) -> Result<Option<StreamHead>, Error> {
        let found = self.store.read().thread_standing(&viewer.actor, id).await?;
        Ok(found
            .filter(|standing| {
                policy::reads_only(&viewer.actor, &standing.facts) && !standing.wrote_hidden
            })
            .and_then(|standing| standing.head))
    }

    /// Threads by their ids, in the order asked for; `None` where there is
    /// none that the viewer may see.
    pub async fn threads_by_id(
        &self,
        viewer: &Viewer,
        ids: &[ThreadId],
    ) -> Result<Vec<Option<Thread>>, Error> {
        self.threads_among(viewer, ids, Wanted::ALL).await
    }

    /// The same, of which no more is read than is wanted.
    pub async fn threads_among(
        &self,
        viewer: &Viewer,
        ids: &[ThreadId],
        wanted: Wanted,
    ) -> Result<Vec<Option<Thread>>, Error> {
        let read = self.store.read();
        let mut found = read.threads_by_id(&viewer.actor, ids, wanted).await?;
        found.retain(|thread| sees(viewer, &thread.facts));
        let facts: Vec<&ThreadFacts> = found.iter().map(|thread| &thread.facts).collect();
        self.note_openings(viewer, &facts, Opened::Thread).await?;
        let find = |id: &ThreadId| found.iter().find(|thread| thread.facts.id == *id).cloned();
        Ok(ids.iter().map(find).collect())
    }

    /// The threads that the viewer may see, filtered and sorted.
    pub async fn threads(
        &self,
        viewer: &Viewer,
        filter: &ThreadFilter,
        order: ThreadOrder,
        slice: Slice<ThreadPlace>,
        wanted: Wanted,
    ) -> Result<Vec<Thread>, Error> {
        let scope = scope_of(viewer, filter);
        Ok(self
            .store
            .read()
            .threads(&viewer.actor, &scope, filter, order, slice, wanted)
            .await?)
    }

    /// How many threads the viewer may see pass a filter.
    pub async fn thread_count(&self, viewer: &Viewer, filter: &ThreadFilter) -> Result<i64, Error> {
        let scope = scope_of(viewer, filter);
        Ok(self.store.read().thread_count(&scope, filter).await?)
    }

    /// The sealed case facts of a concern the viewer sees; `None` if there
    /// are none or they are not for him. Opening them is written to the
    /// access ledger first.
    pub async fn case_facts(
        &self,
        viewer: &Viewer,
        facts: &ThreadFacts,
    ) -> Result<Option<String>, Error> {
        if policy::decide(&viewer.actor, &Action::ViewCaseFacts(facts)).is_err() {
            return Ok(None);
        }
        self.note_openings(viewer, &[facts], Opened::Facts).await?;
        Ok(self.store.read().case_facts(facts.id).await?)
    }

    /// The groups that concerns affect, by thread. Those that are never shown
    /// beside a name are left out, except for whoever may open the facts.
    pub async fn groups_shown(
        &self,
        viewer: &Viewer,
        threads: &[(ThreadFacts, Voice)],
    ) -> Result<Vec<(ThreadId, String)>, Error> {
        let ids: Vec<ThreadId> = threads.iter().map(|(facts, _)| facts.id).collect();
        let mut groups = self.store.read().groups_of(&ids).await?;
        let directory = self.directory();
        groups.retain(|(id, code)| {
            let sensitive = directory.group(code).is_none_or(|group| group.sensitive);
            let thread = threads.iter().find(|(facts, _)| facts.id == *id);
            thread.is_some_and(|(facts, voice)| {
                !sensitive
                    || *voice != Voice::Named
                    || policy::decide(&viewer.actor, &Action::ViewCaseFacts(facts)).is_ok()
            })
        });
        Ok(groups)
    }

    /// The codes of threads' themes, by thread.
    pub async fn themes_of(&self, ids: &[ThreadId]) -> Result<Vec<(ThreadId, String)>, Error> {
        Ok(self.store.read().themes_of(ids).await?)
    }

    /// Who opened the concern, for its raiser; `None` for others.
    pub async fn access_ledger(
        &self,
        viewer: &Viewer,
        facts: &ThreadFacts,
        limit: u32,
    ) -> Result<Option<Vec<LedgerEntry>>, Error> {
        if policy::decide(&viewer.actor, &Action::ViewAccessLedger(facts)).is_err() {
            return Ok(None);
        }
        Ok(Some(
            self.store.read().access_ledger(facts.id, limit).await?,
        ))
    }

    /// Who takes part by name in those of these threads of which the viewer may read
    /// it, the longest first. One statement whatever their number.
    pub async fn participants(
        &self,
        viewer: &Viewer,
        threads: &[&ThreadFacts],
    ) -> Result<Vec<SeenParticipant>, Error> {
        let may = |facts: &ThreadFacts| {
            policy::decide(&viewer.actor, &Action::ViewParticipants(facts)).is_ok()
        };
        let of = threads.iter().filter(|facts| may(facts));
        let of: Vec<ThreadId> = of.map(|facts| facts.id).collect();
        if of.is_empty() {
            return Ok(Vec::new());
        }
        let found = self.store.read().participants(&of).await?;
        let seen = found.into_iter().filter(|one| {
            let thread = threads.iter().find(|facts| facts.id == one.thread);
            !one.brought
                || thread.is_some_and(|facts| {
                    policy::knows_who_was_brought(&viewer.actor, facts, one.author.persona)
                })
        });
        Ok(seen.map(SeenParticipant::from).collect())
    }

    /// Writes to the access ledger that somebody who is not of the raiser's
    /// side opened confidential threads or sealed facts. What is neither is
    /// passed over.
    pub async fn note_openings(
        &self,
        viewer: &Viewer,
        threads: &[&ThreadFacts],
        opened: Opened,
    ) -> Result<(), Error> {
        let entries: Vec<(ThreadId, LedgerEntry)> = threads
            .iter()
            .filter_map(|facts| Some((facts.id, self.opening(viewer, facts, opened)?)))
            .collect();
        let views = threads
            .iter()
            .filter_map(|facts| View::of(viewer, facts, opened));
        self.note(viewer, &entries, views).await
    }

    /// Has the audit log show that somebody is given posts to read that were
    /// held or removed, and are not his own, before he is.
    pub(crate) async fn note_held_posts(
        &self,
        viewer: &Viewer,
        posts: &[Post],
    ) -> Result<(), Error> {
        let views = posts.iter().filter_map(|post| View::of_post(viewer, post));
        self.note(viewer, &[], views).await
    }

    /// The same of a post that is given by itself, whose thread nobody opened for
    /// it: that is noted too, as if he had.
    pub(crate) async fn note_post(
        &self,
        viewer: &Viewer,
        thread: &ThreadFacts,
        post: &Post,
    ) -> Result<(), Error> {
        let entry = self.opening(viewer, thread, Opened::Thread);
        let entry = entry.map(|entry| (thread.id, entry));
        let views = [
            View::of(viewer, thread, Opened::Thread),
            View::of_post(viewer, post),
        ];
        self.note(viewer, entry.as_slice(), views.into_iter().flatten())
            .await
    }

    /// Has the access ledger and the audit log show what somebody is given to
    /// read, before he is.
    pub(crate) async fn note(
        &self,
        viewer: &Viewer,
        entries: &[(ThreadId, LedgerEntry)],
        views: impl Iterator<Item = View>,
    ) -> Result<(), Error> {
        let views = self.people.views.unknown(views);
        if entries.is_empty() && views.is_empty() {
            return Ok(());
        }
        let now = self.now();
        self.store
            .write(now, async |tx| {
                if !entries.is_empty() {
                    tx.write_ledger(entries, now - LEDGER_QUIET).await?;
                }
                for view in &views {
                    view.audit(&tx, viewer);
                }
                Ok::<_, Error>(())
            })
            .await?;
        self.people.views.know(&views);
        Ok(())
    }

    fn opening(&self, viewer: &Viewer, facts: &ThreadFacts, opened: Opened) -> Option<LedgerEntry> {
        let sealed = facts.audience == Audience::Confidential || opened == Opened::Facts;
        if !sealed {
            return None;
        }
        let (office, duty) = match policy::opener(&viewer.actor, facts)? {
            Opener::Office(office) => (Some(office), None),
            Opener::Duty(duty) => (None, Some(duty.code().to_owned())),
        };
        let id = domain::id::unordered(self.random());
        Some(LedgerEntry {
            id,
            office,
            duty,
            opened,
            at: self.now(),
        })
    }
}

/// What a list is of: on the desk of an agency, what is seen there.
fn scope_of(viewer: &Viewer, filter: &ThreadFilter) -> Scope {
    if filter.desk.is_some() && filter.assigned_agency.is_some() {
        policy::desk_scope(&viewer.actor)
    } else {
        policy::scope(&viewer.actor)
    }
}

/// Whether the viewer sees the thread.
pub(crate) fn sees(viewer: &Viewer, facts: &ThreadFacts) -> bool {
    policy::decide(&viewer.actor, &Action::ViewThread(facts)).is_ok()
}

/// Has an event written to a thread's stream, and passed on from there: to the
/// followers if it concerns them, and where everyone may read the thread, to
/// the public feed.
pub(crate) fn tell(tx: &Tx, facts: &ThreadFacts, kind: EventKind, object: Option<uuid::Uuid>) {
    let event = NewEvent {
        stream: StreamName::Thread(facts.id),
        kind,
        thread: Some(facts.id),
        object,
    };
    let public = policy::is_public(facts.audience, facts.status);
    if may_close(kind, public) {
        tx.emit(NewEvent {
            stream: StreamName::Retraction,
            ..event
        });
    }
    if !facts.status.is_open() {
        tx.emit(event);
    } else if public {
        tx.emit_to(event, PassOn::Everyone);
    } else if concerns_followers(kind) {
        tx.emit_to(event, PassOn::Followers);
    } else {
        tx.emit(event);
    }
}

/// Has an event about a post written likewise, where it is shown to readers or was
/// until now. For them nothing happened to what waited unseen and still does, and
/// that it was there is told to moderators alone.
pub(crate) fn tell_of_post(
    tx: &Tx,
    facts: &ThreadFacts,
    kind: EventKind,
    (post, shown): (PostId, bool),
) {
    let object = Some(post.into());
    if shown {
        return tell(tx, facts, kind, object);
    }
    tx.emit(NewEvent {
        stream: StreamName::Moderation,
        kind,
        thread: Some(facts.id),
        object,
    });
}

/// Whether such an event may end that something is public. Few do, so that
/// one stream for all of them holds nobody up.
fn may_close(kind: EventKind, public: bool) -> bool {
    match kind {
        EventKind::PostModerated => true,
        EventKind::ThreadModerated | EventKind::ThreadChanged => !public,
        EventKind::ThreadOpened
        | EventKind::PostAdded
        | EventKind::PostEdited
        | EventKind::ConcernAssigned
        | EventKind::ConcernAcknowledged
        | EventKind::ConcernMoved
        | EventKind::ConcernEscalated
        | EventKind::ReminderDue
        | EventKind::VerdictAsked
        | EventKind::ResponsePublished
        | EventKind::VerdictGiven
        | EventKind::CommitmentMade
        | EventKind::CommitmentChanged
        | EventKind::CommitmentKept
        | EventKind::CommitmentLapsed
        | EventKind::EndorsementsChanged
        | EventKind::ParticipantsChanged
        | EventKind::ConcernOpened
        | EventKind::WorkArrived
        | EventKind::ReviewOverdue
        | EventKind::SanctionChanged
        | EventKind::DirectoryChanged
        | EventKind::AccessChanged => false,
    }
}

/// Has an event written to the inbox of whoever a persona stands for.
pub(crate) async fn tell_persona(
    tx: &Tx,
    persona: PersonaId,
    thread: ThreadId,
    kind: EventKind,
    object: Option<uuid::Uuid>,
) -> Result<(), Error> {
    let known = tx.addressee(persona, thread).await?;
    address(tx, known, persona, thread, kind, object);
    Ok(())
}

/// The same where it is known whose account the persona is, and what he wants to
/// be told.
pub(crate) fn address(
    tx: &Tx,
    known: Addressee,
    persona: PersonaId,
    thread: ThreadId,
    kind: EventKind,
    object: Option<uuid::Uuid>,
) {
    let stream = match known {
        // He does not want to be told.
        Addressee::Account(_, notices) if !notices.tell(kind) => return,
        Addressee::Account(account, _) => StreamName::Inbox(account),
        Addressee::Persona => StreamName::PersonaInbox(persona),
        Addressee::Nobody => return,
    };
    tx.emit(NewEvent {
        stream,
        kind,
        thread: Some(thread),
        object,
    });
}

/// Has the moderators look at a thread that nobody else can go on with. Where
/// none is on it, each sees it until one claims it or puts it before an office.
pub(crate) async fn want_moderator(tx: &Tx, facts: &ThreadFacts) -> Result<(), Error> {
    if !has_moderator(tx, facts).await? {
        tx.set_wants_moderator(facts.id, true).await?;
    }
    call_moderators(tx, facts.id, EventKind::WorkArrived);
    Ok(())
}

/// Has the moderators look at what waits for them within a thread. Where only the
/// moderator on it sees it and none is, each does until one claims it, or nothing of
/// it waits any more.
pub(crate) async fn call_for_queue(tx: &Tx, facts: &ThreadFacts) -> Result<(), Error> {
    if facts.audience == Audience::Confidential && !has_moderator(tx, facts).await? {
        tx.want_for_queue(facts.id).await?;
    }
    call_moderators(tx, facts.id, EventKind::WorkArrived);
    Ok(())
}

/// Has a thread that was open to any moderator for that be so no more, once nothing
/// of it waits.
pub(crate) async fn rest_queue(tx: &Tx, facts: &ThreadFacts) -> Result<(), Error> {
    if facts.wants_moderator {
        tx.rest_queue(facts.id).await?;
    }
    Ok(())
}

/// Whether the one who claimed a thread is still a moderator.
async fn has_moderator(tx: &Tx, facts: &ThreadFacts) -> Result<bool, Error> {
    let claimed_by = match facts.claimed_by {
        Some(persona) => tx.account_of_persona(persona).await?,
        None => None,
    };
    let moderators = tx.moderators().await?;
    let on_it = |account| moderators.iter().any(|(one, _)| *one == account);
    Ok(claimed_by.is_some_and(on_it))
}

/// Tells the moderators of a thread.
pub(crate) fn call_moderators(tx: &Tx, thread: ThreadId, kind: EventKind) {
    tx.emit(NewEvent {
        stream: StreamName::Moderation,
        kind,
        thread: Some(thread),
        object: None,
    });
}

/// Tells the desk that a concern is put before it, and each who holds the
/// office.
pub(crate) async fn call_office(
    tx: &Tx,
    to: domain::concern::Assignment,
    thread: ThreadId,
) -> Result<(), Error> {
    call_desk(tx, to, thread);
    let Some(office) = to.office else {
        return Ok(());
    };
    for account in tx.holders_now(office).await? {
        tx.emit(NewEvent {
            stream: StreamName::Inbox(account),
            kind: EventKind::WorkArrived,
            thread: Some(thread),
            object: None,
        });
    }
    Ok(())
}

/// Tells the desk that a concern is put before it.
pub(crate) fn call_desk(tx: &Tx, to: domain::concern::Assignment, thread: ThreadId) {
    if let Some(office) = to.office {
        tx.emit(NewEvent {
            stream: StreamName::Desk(office),
            kind: EventKind::WorkArrived,
            thread: Some(thread),
            object: None,
        });
    }
}
