//! The moderators' queue of what was flagged.

use domain::id::ReviewableId;
use domain::policy::{self, Action, Moderating, Scope, ThreadFacts};
use domain::thread::{Audience, Opened};
use storage::Conn;
use storage::reviewable::{
    Flag, FlaggedText, Place, QueueOf, QueueOrder, QueuePlace, Queued, Reviewable, Step,
};
use storage::thread::{Slice, Thread, Wanted};

use super::LookBy;
use crate::thread::View;
use crate::{Error, Forum, Viewer};

/// What the queue is narrowed to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QueueFilter {
    /// Only what the viewer took.
    pub own: bool,
    /// Only what nobody has in hand.
    pub unclaimed: bool,
    /// Only what should have been looked at by now.
    pub overdue: bool,
}

/// What was flagged, as a moderator sees it: what the thread's audience sees,
/// and the flags without who raised them.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, and shown by itself"
)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenReviewable {
    /// What was flagged.
    pub reviewable: Reviewable,
    /// Whether few take part where it stands: even for whom somebody speaks would
    /// name him.
    pub few: bool,
    /// Whether whoever took it has had it for too long.
    pub stale: bool,
    /// By when moderators look at it.
    pub due: LookBy,
    /// Whether that is past, and nobody decided on it.
    pub overdue: bool,
    /// Whether the viewer may decide on it.
    pub may_decide: bool,
    /// Its thread, where it was read with it.
    pub thread: Option<Box<Thread>>,
}

impl Forum {
    /// The queue, as far as the viewer sees the threads and did not write what
    /// was flagged, with their threads as far as that is wanted. As many
    /// statements for all as for one.
    pub async fn reviewables(
        &self,
        viewer: &Viewer,
        filter: QueueFilter,
        order: QueueOrder,
        slice: Slice<QueuePlace>,
        wanted: Option<Wanted>,
    ) -> Result<Vec<SeenReviewable>, Error> {
        policy::decide(&viewer.actor, &Action::ViewModeration)?;
        let scope = policy::scope(&viewer.actor);
        let read = self.store.read();
        let of = self.queue_of(viewer, filter, &scope, read).await?;
        let found = read.reviewables(&viewer.actor, of, order, slice, wanted);
        let found = found.await?;
        let facts: Vec<&ThreadFacts> = found.iter().map(|one| one.place.facts()).collect();
        self.note_openings(viewer, &facts, Opened::Thread).await?;
        self.shown(viewer, found).await
    }

    /// How many such the queue holds.
    pub async fn reviewable_count(
        &self,
        viewer: &Viewer,
        filter: QueueFilter,
    ) -> Result<i64, Error> {
        policy::decide(&viewer.actor, &Action::ViewModeration)?;
        let scope = policy::scope(&viewer.actor);
        let read = self.store.read();
        let of = self.queue_of(viewer, filter, &scope, read).await?;
        Ok(read.reviewable_count(of).await?)
    }

    /// One of them, decided on or not, if the viewer may see it.
    pub async fn reviewable(
        &self,
        viewer: &Viewer,
        id: ReviewableId,
    ) -> Result<Option<SeenReviewable>, Error> {
        let read = self.store.read();
        let found = read.reviewable(id).await?;
        let thread = found.as_ref().map_or(id.0.into(), |one| one.thread);
        let facts = read.thread_facts(&viewer.actor, thread).await?;
        let Some((reviewable, facts)) = found.zip(facts) else {
            return Ok(None);
        };
        let view = Action::ViewReviewable(&facts, reviewable.moderated());
        if policy::decide(&viewer.actor, &view).is_err() {
            return Ok(None);
        }
        self.note_openings(viewer, &[&facts], Opened::Thread)
            .await?;
        let flagged = match viewer.account {
            Some(account) => read.flagged_in(id, account).await?,
            None => false,
        };
        let found = Queued {
            reviewable,
            flagged,
            place: Place::Facts(Box::new(facts)),
        };
        let seen = self.shown(viewer, vec![found]);
        Ok(seen.await?.pop())
    }

    async fn queue_of<'a>(
        &self,
        viewer: &'a Viewer,
        filter: QueueFilter,
        scope: &'a Scope,
        read: &Conn,
    ) -> Result<QueueOf<'a>, Error> {
        let own = match viewer.account.filter(|_| filter.own) {
            // Whoever has no number took nothing.
            Some(account) => Some(read.known_number(account).await?.unwrap_or(0)),
            None => None,
        };
        let before = filter.overdue.then(|| self.overdue_before()).transpose()?;
        Ok(QueueOf {
            scope,
            not_by: &viewer.personas,
            claimant: own,
            unclaimed_since: filter.unclaimed.then(|| self.now() - self.claim_time()),
            before,
        })
    }

    /// The newest flags of reviewables that the viewer is shown, by the reviewable
    /// and whether few take part where it stands. One statement whatever their
    /// number.
    pub async fn flags_of(
        &self,
        viewer: &Viewer,
        of: &[(ReviewableId, bool)],
    ) -> Result<Vec<((ReviewableId, bool), Flag)>, Error> {
        policy::decide(&viewer.actor, &Action::ViewModeration)?;
        let ids: Vec<ReviewableId> = of.iter().map(|(id, _)| *id).collect();
        let flags = self.store.read().flags_of(&ids).await?;
        let own = |(id, flag): (ReviewableId, Flag)| {
            let key = of.iter().find(|(one, _)| *one == id)?;
            let constituency = flag.constituency.filter(|_| !key.1);
            Some((
                *key,
                Flag {
                    constituency,
                    ..flag
                },
            ))
        };
        Ok(flags.into_iter().filter_map(own).collect())
    }

    /// The texts that those flags were raised on, each once, where they are kept. One
    /// statement whatever their number.
    pub async fn texts_as_flagged(
        &self,
        viewer: &Viewer,
        of: &[(ReviewableId, bool)],
    ) -> Result<Vec<((ReviewableId, bool), FlaggedText)>, Error> {
        policy::decide(&viewer.actor, &Action::ViewModeration)?;
        let ids: Vec<ReviewableId> = of.iter().map(|(id, _)| *id).collect();
        let texts = self.store.read().texts_as_flagged(&ids).await?;
        let own = |(id, text): (ReviewableId, FlaggedText)| {
            let key = of.iter().find(|(one, _)| *one == id)?;
            Some((*key, text))
        };
        Ok(texts.into_iter().filter_map(own).collect())
    }

    /// What happened to them, the newest first. One statement whatever their
    /// number.
    pub async fn steps_of(
        &self,
        viewer: &Viewer,
        of: &[(ReviewableId, bool)],
    ) -> Result<Vec<((ReviewableId, bool), Step)>, Error> {
        policy::decide(&viewer.actor, &Action::ViewModeration)?;
        let ids: Vec<ReviewableId> = of.iter().map(|(id, _)| *id).collect();
        let steps = self.store.read().review_steps(&ids).await?;
        let own = |step: Step| {
            let key = of.iter().find(|(one, _)| *one == step.reviewable)?;
            Some((*key, step))
        };
        Ok(steps.into_iter().filter_map(own).collect())
    }

    /// What the viewer is shown of them. That he reads what is held is written
    /// down before.
    async fn shown(
        &self,
        viewer: &Viewer,
        found: Vec<Queued>,
    ) -> Result<Vec<SeenReviewable>, Error> {
        let views = found.iter().filter_map(|one| {
            let thread = one.place.facts().status;
            View::of_flagged(viewer, &one.reviewable, thread)
        });
        self.note(viewer, &[], views).await?;
        let moderator = Moderating::new(&viewer.actor);
        let calendar = self.calendar(&self.directory())?;
        let now = self.now();
        let seen = |one: Queued| {
            let facts = one.place.facts();
            let may = moderator.may_decide(facts, one.reviewable.moderated(), one.flagged);
            let due = self.look_by(&calendar, one.reviewable.created_at);
            SeenReviewable {
                few: Audience::NAMING.contains(&facts.audience),
                stale: self.is_stale(&one.reviewable),
                due,
                overdue: due.due_at <= now && one.reviewable.decision.is_none(),
                may_decide: may && one.reviewable.decision.is_none(),
                reviewable: one.reviewable,
                thread: match one.place {
                    Place::Facts(_) => None,
                    Place::Thread(thread) => Some(thread),
                },
            }
        };
        Ok(found.into_iter().map(seen).collect())
    }
}
