//! The moderators' queue of what was flagged.

use chrono::Duration;
use domain::id::ReviewableId;
use domain::policy::{self, Action, Scope, ThreadFacts};
use domain::thread::{Audience, Opened};
use storage::Conn;
use storage::reviewable::{Flag, QueueOf, QueueOrder, QueuePlace, Reviewable, Step};
use storage::thread::Slice;

use crate::thread::View;
use crate::{Error, Forum, Viewer};

/// What the queue is narrowed to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QueueFilter {
    /// Only what the viewer took.
    pub own: bool,
    /// Only what nobody has in hand.
    pub unclaimed: bool,
}

/// What was flagged, as a moderator sees it: what the thread's audience sees,
/// and the flags without who raised them.
#[derive(Debug, Clone)]
pub struct SeenReviewable {
    /// What was flagged.
    pub reviewable: Reviewable,
    /// The newest flags, at most 50.
    pub flags: Vec<Flag>,
    /// What happened to it, the newest first, at most 50.
    pub steps: Vec<Step>,
    /// Whether whoever took it has had it for too long.
    pub stale: bool,
    /// Whether the viewer may decide on it.
    pub may_decide: bool,
}

impl Forum {
    /// The queue, as far as the viewer sees the threads and did not write what
    /// was flagged. As many statements for all as for one.
    pub async fn reviewables(
        &self,
        viewer: &Viewer,
        filter: QueueFilter,
        order: QueueOrder,
        slice: Slice<QueuePlace>,
    ) -> Result<Vec<SeenReviewable>, Error> {
        policy::decide(&viewer.actor, &Action::ViewModeration)?;
        let scope = policy::scope(&viewer.actor);
        let read = self.store.read();
        let of = self.queue_of(viewer, filter, &scope, read).await?;
        let found = read.reviewables(&viewer.actor, of, order, slice).await?;
        let facts: Vec<&ThreadFacts> = found.iter().map(|(_, facts)| facts).collect();
        self.note_openings(viewer, &facts, Opened::Thread).await?;
        self.with_flags(viewer, read, found).await
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
        let seen = self.with_flags(viewer, read, vec![(reviewable, facts)]);
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
        let hours = Duration::hours(self.settings.moderation.claim_hours.into());
        Ok(QueueOf {
            scope,
            not_by: &viewer.personas,
            claimant: own,
            unclaimed_since: filter.unclaimed.then(|| self.now() - hours),
        })
    }

    async fn with_flags(
        &self,
        viewer: &Viewer,
        read: &Conn,
        found: Vec<(Reviewable, ThreadFacts)>,
    ) -> Result<Vec<SeenReviewable>, Error> {
        if found.is_empty() {
            return Ok(Vec::new());
        }
        let views = found
            .iter()
            .filter_map(|(one, _)| View::of_flagged(viewer, one));
        self.note(viewer, &[], views).await?;
        let ids: Vec<ReviewableId> = found.iter().map(|(one, _)| one.id).collect();
        let flags = read.flags_of(&ids).await?;
        let steps = read.review_steps(&ids).await?;
        let seen = |(reviewable, facts): (Reviewable, ThreadFacts)| {
            // Where few take part, even for whom somebody speaks names him.
            let few = Audience::NAMING.contains(&facts.audience);
            let own = flags.iter().filter(|(of, _)| *of == reviewable.id);
            let flags = own.map(|(_, flag)| Flag {
                constituency: flag.constituency.filter(|_| !few),
                ..flag.clone()
            });
            let own = steps.iter().filter(|one| one.reviewable == reviewable.id);
            let action = Action::Moderate(&facts, reviewable.moderated());
            let may = policy::decide(&viewer.actor, &action).is_ok();
            SeenReviewable {
                flags: flags.collect(),
                steps: own.cloned().collect(),
                stale: self.is_stale(&reviewable),
                may_decide: may && reviewable.decision.is_none(),
                reviewable,
            }
        };
        Ok(found.into_iter().map(seen).collect())
    }
}
