//! Taking, putting back and deciding on what was flagged.

use domain::event::EventKind;
use domain::id::ReviewableId;
use domain::moderation::{Decision, ModAct, ReasonCode, ReviewStep, Stands};
use domain::policy::{self, Action};
use domain::text::Reason;
use domain::thread::ModerationStatus;
use storage::Tx;
use storage::reviewable::{Reviewable, Step};

use super::act::Deed;
use super::held::is_held_by_moderator;
use super::{Drawn, Found, Moderator, fits};
use crate::error::Problems;
use crate::once::{Once, Written, claimed};
use crate::thread::{call_moderators, rest_queue};
use crate::{Error, Forum, Problem, Viewer};

/// A decision, as it was typed.
#[derive(Debug, Clone)]
pub struct DecideReviewable {
    /// What was flagged.
    pub reviewable: ReviewableId,
    /// What is decided.
    pub decision: Decision,
    /// What is done with it; only with AGREE.
    pub act: Option<ModAct>,
    /// Why, as a code; with an act.
    pub code: Option<ReasonCode>,
    /// Why, in words.
    pub reason: String,
    /// The text that was judged.
    pub version: Option<String>,
}

/// What is to be said of what the forum holds.
const HELD: &str = "it is held: say with HOLD or REMOVE and a reason what becomes of it, or let \
                    it appear with DISAGREE";

/// The same of what a moderator holds: two working days are for that, and not for
/// holding it again.
const HELD_BEFORE: &str = "a moderator holds it already: say with REMOVE and a reason that it \
                           goes, or let it appear with DISAGREE";

/// A reviewable that the viewer may work on, and his number.
struct Work {
    reviewable: Reviewable,
    found: Found,
    by: Moderator,
}

impl Forum {
    /// Takes what was flagged, so that others leave it.
    pub async fn claim_reviewable(
        &self,
        viewer: &Viewer,
        id: ReviewableId,
        once: &Once,
    ) -> Result<Written<ReviewableId>, Error> {
        let claim = self.claim(viewer, "claimReviewable", once, id.0)?;
        let (drawn, watch) = (self.draw(), self.new_id());
        self.store
            .write(self.now(), async |tx| {
                if let Some(before) = claimed(&tx, claim.as_ref()).await? {
                    return Ok(Written::Before(before));
                }
                let Work {
                    mut reviewable, by, ..
                } = self.work_on(&tx, viewer, id, &drawn).await?;
                if reviewable.claimant == Some(by.number) && !self.is_stale(&reviewable) {
                    return Ok(Written::Now(id));
                }
                reviewable.claimant = Some(by.number);
                reviewable.claimed_at = Some(tx.now());
                tx.save_reviewable(&reviewable).await?;
                self.watch_claim(&tx, id, watch).await?;
                self.note_step(&tx, &reviewable, by.number, ReviewStep::Claimed, &drawn)
                    .await?;
                tx.audit(viewer.audited("claimReviewable").of(id));
                Ok(Written::Now(id))
            })
            .await
    }

    /// Puts back what the viewer took.
    pub async fn release_reviewable(
        &self,
        viewer: &Viewer,
        id: ReviewableId,
        once: &Once,
    ) -> Result<Written<ReviewableId>, Error> {
        let claim = self.claim(viewer, "releaseReviewable", once, id.0)?;
        let drawn = self.draw();
        self.store
            .write(self.now(), async |tx| {
                if let Some(before) = claimed(&tx, claim.as_ref()).await? {
                    return Ok(Written::Before(before));
                }
                let Work {
                    mut reviewable, by, ..
                } = self.work_on(&tx, viewer, id, &drawn).await?;
                if reviewable.claimant != Some(by.number) {
                    return Err(Error::whole(Problem::Invalid("you did not take this")));
                }
                reviewable.claimant = None;
                reviewable.claimed_at = None;
                tx.save_reviewable(&reviewable).await?;
                self.note_step(&tx, &reviewable, by.number, ReviewStep::Released, &drawn)
                    .await?;
                tx.audit(viewer.audited("releaseReviewable").of(id));
                Ok(Written::Now(id))
            })
            .await
    }

    /// Decides on what was flagged: the flags are right, and something is done
    /// or nothing; they are not, and what they held appears again; or that waits.
    pub async fn decide_reviewable(
        &self,
        viewer: &Viewer,
        input: &DecideReviewable,
        once: &Once,
    ) -> Result<Written<ReviewableId>, Error> {
        let mut problems = Problems::default();
        let reason = problems.take("text", Reason::parse(&input.reason));
        let alone = input.act.is_none() || input.decision == Decision::Agree;
        problems.require(alone, "act", Problem::Invalid("an act goes with AGREE"));
        let paired = input.act.is_some() == input.code.is_some();
        let why = "a reason code goes with an act, and an act with a reason code";
        problems.require(paired, "reason", Problem::Invalid(why));
        problems.none()?;
        let act = input.act.zip(input.code);
        if let Some((act, code)) = act {
            fits(act, code)?;
        }
        let id = input.reviewable;
        let claim = self.claim(viewer, "decideReviewable", once, id.0)?;
        let drawn = self.draw();
        self.store
            .write(self.now(), async |tx| {
                if let Some(before) = claimed(&tx, claim.as_ref()).await? {
                    return Ok(Written::Before(before));
                }
                let mut work = self.work_on(&tx, viewer, id, &drawn).await?;
                let flagged = tx.flagged_in(id, work.by.account).await?;
                let moderated = work.reviewable.moderated();
                let facts = &work.found.thread.facts;
                let action = Action::DecideReviewable(facts, moderated, flagged);
                policy::decide(&viewer.actor, &action)?;
                let judged = input.version.as_deref();
                work.found.is_of(&tx, judged).await?;
                let reason = reason.as_ref().map(Reason::as_str);
                self.settle(&tx, &mut work, input, reason, &drawn).await?;
                let audited = viewer.audited("decideReviewable").of(id);
                tx.audit(audited.saying(input.decision.code()));
                let thread = work.found.thread.facts.id;
                call_moderators(&tx, thread, EventKind::WorkArrived);
                Ok(Written::Now(id))
            })
            .await
    }

    async fn settle(
        &self,
        tx: &Tx,
        work: &mut Work,
        input: &DecideReviewable,
        reason: Option<&str>,
        drawn: &Drawn,
    ) -> Result<(), Error> {
        let (reviewable, found) = (&mut work.reviewable, &work.found);
        let by = Some(work.by);
        let (step, deed) = match input.decision {
            Decision::Defer => {
                reviewable.claimant = None;
                reviewable.claimed_at = None;
                tx.save_reviewable(reviewable).await?;
                (ReviewStep::Deferred, None)
            }
            Decision::Agree => {
                // Else it would stay so with nothing that its author is told, or
                // could appeal against.
                let told = !reviewable.held || answers_for(input.act, found.stands());
                if !told {
                    return Err(Error::at("act", Problem::Invalid(HELD)));
                }
                let holds = input.act == Some(ModAct::Hold) && is_held(found.stands());
                if holds && is_held_by_moderator(tx, reviewable.id).await? {
                    return Err(Error::at("act", Problem::Invalid(HELD_BEFORE)));
                }
                (ReviewStep::Decided, input.act.zip(input.code))
            }
            Decision::Disagree => {
                // What the flags held appears again, unless a moderator did
                // something else with it.
                let held = is_held(found.stands());
                let back = (ModAct::Release, ReasonCode::Reviewed);
                (
                    ReviewStep::Decided,
                    (reviewable.held && held).then_some(back),
                )
            }
        };
        // First, because what is held by a moderator then waits anew.
        if step == ReviewStep::Decided {
            tx.save_review(reviewable.id, input.decision, work.by.number)
                .await?;
        }
        if let Some((act, code)) = deed {
            let deed = Deed {
                keeps: reviewable.held,
                ..Deed::new(act, code, reason, by)
            };
            self.carry_out(tx, found, deed, drawn).await?;
        }
        if step == ReviewStep::Decided {
            rest_queue(tx, &found.thread.facts).await?;
        }
        tx.insert_review_step(&Step {
            id: drawn.step,
            reviewable: reviewable.id,
            step,
            moderator: by.map(|by| by.number),
            decision: Some(input.decision),
            code: input.code,
            reason: reason.map(str::to_owned),
            at: tx.now(),
        })
        .await?;
        Ok(())
    }

    /// A reviewable for whoever may work on it: nobody decided yet, and no other
    /// moderator has it in hand. Its thread's row is locked, so that of two who
    /// decide at once the second sees what the first decided.
    async fn work_on(
        &self,
        tx: &Tx,
        viewer: &Viewer,
        id: ReviewableId,
        drawn: &Drawn,
    ) -> Result<Work, Error> {
        let before = tx.reviewable(id).await?;
        let subject = before
            .as_ref()
            .map_or(domain::moderation::Subject::Thread(id.0.into()), |one| {
                one.subject()
            });
        let found = self.found(tx, viewer, subject).await?;
        let reviewable = tx.reviewable(id).await?.ok_or_else(Error::not_found)?;
        let (facts, moderated) = (&found.thread.facts, reviewable.moderated());
        let view = Action::ViewReviewable(facts, moderated);
        policy::decide(&viewer.actor, &view)?;
        policy::decide(&viewer.actor, &Action::Moderate(facts, moderated))?;
        if let Some(decision) = reviewable.decision {
            return Err(Error::whole(Problem::AlreadyDecided(decision.code())));
        }
        let by = self.number_of(tx, viewer, drawn).await?;
        let anothers = reviewable.claimant.is_some_and(|one| one != by.number);
        if anothers && !self.is_stale(&reviewable) {
            let why = "another moderator has this in hand";
            return Err(Error::whole(Problem::Invalid(why)));
        }
        Ok(Work {
            reviewable,
            found,
            by,
        })
    }

    /// Whether whoever took it has had it for too long: others may take it.
    pub(super) fn is_stale(&self, reviewable: &Reviewable) -> bool {
        reviewable
            .claimed_at
            .is_some_and(|at| at + self.claim_time() <= self.now())
    }

    async fn note_step(
        &self,
        tx: &Tx,
        of: &Reviewable,
        by: i64,
        step: ReviewStep,
        drawn: &Drawn,
    ) -> Result<(), Error> {
        tx.insert_review_step(&Step {
            id: drawn.step,
            reviewable: of.id,
            step,
            moderator: Some(by),
            decision: None,
            code: None,
            reason: None,
            at: tx.now(),
        })
        .await?;
        Ok(())
    }
}

/// Whether a moderator who agrees says by this act what becomes of something, if it
/// is held.
fn answers_for(act: Option<ModAct>, stands: Stands) -> bool {
    let ends = |act: ModAct| act.apply(stands).is_some_and(|after| !is_held(after));
    !is_held(stands) || act.is_some_and(|act| act == ModAct::Hold || ends(act))
}

fn is_held(stands: Stands) -> bool {
    stands.status == ModerationStatus::Held
}
