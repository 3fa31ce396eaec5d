//! What the forum itself puts before the moderators: what new accounts write
//! first, what they write again and again or change their texts into, and bursts
//! of it in one thread.

use chrono::Duration;
use domain::event::EventKind;
use domain::id::{PostId, ReviewableId};
use domain::moderation::{Fingerprint, ModAct, ReasonCode, ReviewStep, Subject, Tenure};
use domain::policy::ThreadFacts;
use domain::thread::Audience;
use storage::Tx;
use storage::post::NewPost;
use storage::reviewable::Reviewable;
use uuid::Uuid;

use super::act::Deed;
use super::flag::{begin, step};
use super::{Drawn, Found};
use crate::posting::{ALIKE_HOURS, Judged};
use crate::thread::call_moderators;
use crate::{Error, Forum, Viewer};

/// What is needed to put something before the moderators, and must not be drawn
/// twice.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unread {
    of_post: (ReviewableId, Uuid),
    of_thread: (ReviewableId, Uuid),
}

/// A text that is compared with what new accounts wrote.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Compared {
    /// The post that says it: it is not compared with itself.
    pub(crate) post: PostId,
    /// Who may read it there.
    pub(crate) audience: Audience,
    /// What it says.
    pub(crate) says: Fingerprint,
    /// What it said before. What that was near to counts no more: it was judged by
    /// that then, or is what was copied.
    pub(crate) said: Option<Fingerprint>,
}

impl Compared {
    fn is_near(&self, kept: i64) -> bool {
        self.says.is_near(kept) && !self.said.is_some_and(|said| said.is_near(kept))
    }
}

impl Forum {
    pub(crate) fn draw_unread(&self) -> Unread {
        let one = || (self.new_id(), domain::id::unordered(self.random()));
        Unread {
            of_post: one(),
            of_thread: one(),
        }
    }

    /// Why a post waits for a moderator before others read it, or read what it was
    /// changed into; `None` if it does not.
    pub(crate) async fn waits_for(
        &self,
        tx: &Tx,
        viewer: &Viewer,
        judged: Judged,
        text: Compared,
    ) -> Result<Option<ReviewStep>, Error> {
        if judged.first {
            return Ok(Some(ReviewStep::FirstPost));
        }
        if judged.tenure != Tenure::Newcomer || !text.says.is_telling() {
            return Ok(None);
        }
        let since = tx.now() - Duration::hours(ALIKE_HOURS);
        let kept = tx
            .fingerprints(&viewer.personas, since, text.post, text.audience)
            .await?;
        let near = kept.into_iter().any(|one| text.is_near(one));
        Ok(near.then_some(ReviewStep::NearDuplicate))
    }

    /// Puts a post that waits before the moderators. Nobody else is told.
    pub(crate) async fn put_unread(
        &self,
        tx: &Tx,
        viewer: &Viewer,
        post: &NewPost,
        cause: ReviewStep,
        drawn: &Unread,
    ) -> Result<(), Error> {
        let (id, of_step) = drawn.of_post;
        tx.insert_reviewable(&Reviewable {
            id,
            thread: post.thread,
            post: Some(post.id),
            post_status: Some(post.status),
            author: post.persona,
            title: None,
            body: post.body.clone(),
            score: 0,
            pressure: 0,
            flags: 0,
            held: true,
            claimant: None,
            claimed_at: None,
            created_at: tx.now(),
            decision: None,
            decider: None,
            decided_at: None,
            organization: viewer.organization,
        })
        .await?;
        step(tx, id, of_step, cause).await?;
        call_moderators(tx, post.thread, EventKind::WorkArrived);
        Ok(())
    }

    /// Holds a post that its author changed into what would wait, and puts it before
    /// the moderators. Others read it before: that it is gone stands in the record.
    pub(crate) async fn hold_changed(
        &self,
        tx: &Tx,
        found: &Found,
        body: &str,
        cause: ReviewStep,
        (fresh, drawn): (ReviewableId, &Drawn),
    ) -> Result<(), Error> {
        let open = tx.open_reviewable(found.subject()).await?;
        let id = open.as_ref().map_or(fresh, |open| open.id);
        if let Some(mut open) = open {
            open.held = true;
            tx.save_reviewable(&open).await?;
        } else {
            tx.insert_reviewable(&Reviewable {
                held: true,
                body: body.to_owned(),
                ..begin(found, fresh, tx.now())
            })
            .await?;
        }
        step(tx, id, drawn.step, cause).await?;
        let deed = Deed::new(ModAct::Hold, ReasonCode::Unread, None, None);
        self.carry_out(tx, found, deed, drawn).await?;
        call_moderators(tx, found.thread_id(), EventKind::WorkArrived);
        Ok(())
    }

    /// Puts a thread before the moderators in which newcomers wrote much within
    /// a short time: once, as long as nobody decided on it, and then only by what
    /// was written since.
    pub(crate) async fn look_for_burst(
        &self,
        tx: &Tx,
        viewer: &Viewer,
        facts: &ThreadFacts,
        drawn: &Unread,
    ) -> Result<(), Error> {
        let of = &self.settings.moderation;
        let since = tx.now() - Duration::minutes(of.burst_minutes.into());
        let enough = i64::from(of.burst_posts);
        if tx.posts_of_newcomers(facts.id, since).await? < enough {
            return Ok(());
        }
        let (waits, decided) = tx.reviewed(facts.id).await?;
        if waits {
            return Ok(());
        }
        if let Some(at) = decided.filter(|at| *at > since)
            && tx.posts_of_newcomers(facts.id, at).await? < enough
        {
            return Ok(());
        }
        let found = self.found(tx, viewer, Subject::Thread(facts.id)).await?;
        let (id, of_step) = drawn.of_thread;
        tx.insert_reviewable(&begin(&found, id, tx.now())).await?;
        step(tx, id, of_step, ReviewStep::Burst).await?;
        call_moderators(tx, facts.id, EventKind::WorkArrived);
        Ok(())
    }
}
