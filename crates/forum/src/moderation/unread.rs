//! What the forum itself puts before the moderators: what new accounts write
//! first, what they write again and again or change their texts into, bursts
//! of it in one thread, and what anybody repeats in several.

use chrono::{DateTime, Duration, Utc};
use domain::event::EventKind;
use domain::id::{PersonaId, ReviewableId, ThreadId};
use domain::moderation::{Fingerprint, ModAct, ReasonCode, ReviewStep, Subject, Tenure, Wording};
use domain::policy::ThreadFacts;
use domain::thread::{Audience, ModerationStatus, ThreadKind};
use storage::Tx;
use storage::post::NewPost;
use storage::posting::Sought;
use storage::reviewable::Reviewable;
use storage::thread::NewThread;
use uuid::Uuid;

use super::act::Deed;
use super::flag::{begin, fresh, step};
use super::held::open_held;
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
    /// The thread or post that says it: it is not compared with itself.
    pub(crate) object: Uuid,
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

/// What is asked of a text, to see whether the same stands in other threads. Of few
/// words only its author's own count: others write the same by chance.
pub(crate) fn sought(viewer: &Viewer, said: Wording, now: DateTime<Utc>) -> Sought<'_> {
    let since = now - Duration::hours(ALIKE_HOURS);
    Sought {
        kept: [said.kept(since), said.kept(now)],
        since,
        personas: &viewer.personas,
        of_others: said.is_long(),
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
        let near = judged.tenure == Tenure::Newcomer && is_near(tx, viewer, text).await?;
        Ok(near.then_some(ReviewStep::NearDuplicate))
    }

    /// Why the text of a thread that is begun is put before the moderators, by what was
    /// written before; `None` if it is not. Not of a thread that waits for its first look
    /// anyway. A concern is never held by it: it is before an office by now.
    pub(crate) async fn begins_alike(
        &self,
        tx: &Tx,
        viewer: &Viewer,
        new: &NewThread,
    ) -> Result<Option<ReviewStep>, Error> {
        if new.status == ModerationStatus::Held {
            return Ok(None);
        }
        let near = match new.fingerprint {
            Some(says) => {
                let text = Compared {
                    object: new.id.into(),
                    audience: new.audience,
                    says,
                    said: None,
                };
                is_near(tx, viewer, text).await?
            }
            None => false,
        };
        if near && new.kind != ThreadKind::Concern {
            return Ok(Some(ReviewStep::NearDuplicate));
        }
        // Whatever is long enough to be near to another has a wording.
        let Some(said) = new.said else {
            return Ok(None);
        };
        let sought = sought(viewer, said, tx.now());
        let looked_at = if near {
            !tx.repeat_waits(&sought).await?
        } else {
            let elsewhere = tx.elsewhere(&sought, new.id, new.audience).await?;
            self.is_repeated(tx, Some(&sought), elsewhere).await?
        };
        Ok(looked_at.then_some(ReviewStep::Repeated))
    }

    /// Whether moderators are called to a text that stands in so many threads beside its
    /// own. While the same waits for them, or another that its author repeated, that is
    /// enough. One statement, and none of what is not repeated.
    pub(crate) async fn is_repeated(
        &self,
        tx: &Tx,
        sought: Option<&Sought<'_>>,
        elsewhere: i64,
    ) -> Result<bool, Error> {
        let enough = i64::from(self.settings.moderation.repeat_threads);
        let Some(sought) = sought.filter(|_| elsewhere + 1 >= enough) else {
            return Ok(false);
        };
        Ok(!tx.repeat_waits(sought).await?)
    }

    /// Puts a post before the moderators, which waits or not. Nobody else is told.
    pub(crate) async fn put_unread(
        &self,
        tx: &Tx,
        viewer: &Viewer,
        post: &NewPost,
        cause: ReviewStep,
        drawn: &Unread,
    ) -> Result<(), Error> {
        let (id, of_step) = drawn.of_post;
        let written = (post.thread, post.persona, post.body.as_str());
        tx.insert_reviewable(&Reviewable {
            post: Some(post.id),
            post_status: Some(post.status),
            held: post.status == ModerationStatus::Held,
            ..written_now(tx, viewer, id, written)
        })
        .await?;
        step(tx, id, of_step, cause).await?;
        call_moderators(tx, post.thread, EventKind::WorkArrived);
        Ok(())
    }

    /// The same of the text of a thread that is begun. Whoever begins it calls them.
    pub(crate) async fn put_begun(
        &self,
        tx: &Tx,
        viewer: &Viewer,
        new: &NewThread,
        cause: ReviewStep,
        drawn: &Unread,
    ) -> Result<(), Error> {
        let (id, of_step) = drawn.of_thread;
        let written = (new.id, new.persona, new.body.as_str());
        tx.insert_reviewable(&Reviewable {
            title: Some(new.title.clone()),
            held: new.status == ModerationStatus::Held,
            ..written_now(tx, viewer, id, written)
        })
        .await?;
        step(tx, id, of_step, cause).await
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
        let changed = Reviewable {
            body: body.to_owned(),
            ..begin(found, fresh, tx.now())
        };
        let id = open_held(tx, found, changed).await?;
        step(tx, id, drawn.step, cause).await?;
        let deed = Deed::new(ModAct::Hold, ReasonCode::Unread, None, None);
        self.carry_out(tx, found, deed, drawn).await?;
        call_moderators(tx, found.thread_id(), EventKind::WorkArrived);
        Ok(())
    }

    /// Puts a post before the moderators that its author changed into what stands in
    /// several threads. It stays where it is.
    pub(crate) async fn look_for_repeats(
        &self,
        tx: &Tx,
        viewer: &Viewer,
        found: &Found,
        (said, body): (Wording, &str),
        (fresh, drawn): (ReviewableId, &Drawn),
    ) -> Result<(), Error> {
        let facts = &found.thread.facts;
        let sought = sought(viewer, said, tx.now());
        let elsewhere = tx.elsewhere(&sought, facts.id, facts.audience).await?;
        if !self.is_repeated(tx, Some(&sought), elsewhere).await? {
            return Ok(());
        }
        let open = tx.open_reviewable(found.subject()).await?;
        let id = open.map_or(fresh, |open| open.id);
        if id == fresh {
            tx.insert_reviewable(&Reviewable {
                body: body.to_owned(),
                ..begin(found, fresh, tx.now())
            })
            .await?;
        }
        step(tx, id, drawn.step, ReviewStep::Repeated).await?;
        call_moderators(tx, facts.id, EventKind::WorkArrived);
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

/// A reviewable of a text that is written now: its thread, its author and what it
/// says.
fn written_now(
    tx: &Tx,
    viewer: &Viewer,
    id: ReviewableId,
    (thread, author, body): (ThreadId, PersonaId, &str),
) -> Reviewable {
    Reviewable {
        organization: viewer.organization,
        ..fresh(id, thread, (author, body), tx.now())
    }
}

/// Whether a text is near to one that newcomers wrote lately, or the viewer himself.
async fn is_near(tx: &Tx, viewer: &Viewer, text: Compared) -> Result<bool, Error> {
    if !text.says.is_telling() {
        return Ok(false);
    }
    let since = tx.now() - Duration::hours(ALIKE_HOURS);
    let kept = tx
        .fingerprints(&viewer.personas, since, text.object, text.audience)
        .await?;
    Ok(kept.into_iter().any(|one| text.is_near(one)))
}
