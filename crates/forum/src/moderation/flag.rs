//! Flagging a thread or a post.

use chrono::Duration;
use domain::event::EventKind;
use domain::id::{PersonaId, ReviewableId, ThreadId};
use domain::moderation::{FlagReason, ModAct, ONE, ReasonCode, ReviewStep, Subject, adds};
use domain::policy::{self, Action};
use domain::text::Reason;
use storage::Tx;
use storage::reviewable::{NewFlag, Reviewable, Step};
use uuid::Uuid;

use super::act::Deed;
use super::{Drawn, Found};
use crate::error::Problems;
use crate::once::{Once, Written, claimed};
use crate::thread::{call_for_queue, call_moderators};
use crate::{Error, Forum, Problem, Viewer};

/// A flag, as it was typed.
#[derive(Debug, Clone)]
pub struct RaiseFlag {
    /// The thread or post.
    pub subject: Subject,
    /// What is wrong with it.
    pub reason: FlagReason,
    /// In words.
    pub note: Option<String>,
}

impl Forum {
    /// Says that something is wrong with a thread or a post. The result is what
    /// was flagged.
    pub async fn flag(
        &self,
        viewer: &Viewer,
        input: &RaiseFlag,
        once: &Once,
    ) -> Result<Written<Uuid>, Error> {
        let mut problems = Problems::default();
        let given = input.note.as_deref().filter(|note| !note.trim().is_empty());
        let silent = input.reason == FlagReason::Other && given.is_none();
        let note = given.and_then(|note| problems.take("note", Reason::parse(note)));
        problems.require(
            !silent,
            "note",
            Problem::Invalid("say in the note what is wrong"),
        );
        problems.none()?;
        let note = note.map(Reason::into_string);
        let id = Uuid::from(input.subject);
        let claim = self.claim(viewer, "flag", once, id)?;
        let fresh: ReviewableId = self.new_id();
        let drawn = self.draw();
        self.store
            .write(self.now(), async |tx| {
                if let Some(before) = claimed(&tx, claim.as_ref()).await? {
                    return Ok(Written::Before(before));
                }
                let found = self.found(&tx, viewer, input.subject).await?;
                let action = Action::Flag(&found.thread.facts, found.post_facts());
                policy::decide(&viewer.actor, &action)?;
                let account = viewer.account.ok_or(Error::Internal("no account"))?;
                tx.lock_account(account).await?;
                if !tx.flagged(&[input.subject], account).await?.is_empty() {
                    return Err(again());
                }
                let (lately, record) = tx.flagger(account, tx.now() - Duration::hours(1)).await?;
                let max = self.settings.moderation.flags_per_hour;
                if lately >= i64::from(max) {
                    let max = max as usize;
                    return Err(Error::whole(Problem::TooMany { max }));
                }
                let open = tx.open_reviewable(input.subject).await?;
                let begins = open.is_none();
                let mut reviewable = open.unwrap_or_else(|| begin(&found, fresh, tx.now()));
                if begins {
                    tx.insert_reviewable(&reviewable).await?;
                    step(&tx, fresh, drawn.step, ReviewStep::Opened).await?;
                }
                let new = NewFlag {
                    subject: input.subject,
                    account,
                    thread: found.thread.facts.id,
                    reviewable: reviewable.id,
                    reason: input.reason,
                    note: note.clone(),
                    weight: record.weight(),
                    side: policy::side(&viewer.actor),
                    constituency: viewer.constituency,
                };
                let before = match new.side {
                    Some(side) => tx.weightiest_of_side(reviewable.id, side).await?,
                    None => None,
                };
                if !tx.insert_flag(&new).await? {
                    return Err(again());
                }
                let adds = adds(new.weight, before);
                reviewable.flags += 1;
                reviewable.score += adds;
                let pressed = reviewable.pressure;
                if policy::presses(&viewer.actor) {
                    reviewable.pressure += adds;
                }
                self.hold_by_flags(&tx, &found, &mut reviewable, pressed, &drawn)
                    .await?;
                tx.save_reviewable(&reviewable).await?;
                if begins {
                    call_for_queue(&tx, &found.thread.facts).await?;
                }
                Ok(Written::Now(id))
            })
            .await
    }

    /// Those of these threads and posts that the viewer flagged himself: nobody else
    /// is told. One statement.
    pub async fn flagged(
        &self,
        viewer: &Viewer,
        subjects: &[Subject],
    ) -> Result<Vec<Subject>, Error> {
        let sees = policy::sees_own_flags(&viewer.actor);
        let Some(account) = viewer.account.filter(|_| sees) else {
            return Ok(Vec::new());
        };
        Ok(self.store.read().flagged(subjects, account).await?)
    }

    /// Holds what was flagged once its flags weigh enough; before this one they
    /// weighed so much. What may not be held by them the moderators are called for
    /// at once instead.
    async fn hold_by_flags(
        &self,
        tx: &Tx,
        found: &Found,
        reviewable: &mut Reviewable,
        pressed: i64,
        drawn: &Drawn,
    ) -> Result<(), Error> {
        let enough = i64::from(self.settings.moderation.hold_at) * ONE;
        if reviewable.held || reviewable.pressure < enough {
            return Ok(());
        }
        let facts = &found.thread.facts;
        if !policy::held_by_flags(facts, found.post_facts()) {
            if pressed < enough {
                call_moderators(tx, facts.id, EventKind::WorkArrived);
            }
            return Ok(());
        }
        reviewable.held = true;
        step(
            tx,
            reviewable.id,
            drawn.second_step,
            ReviewStep::HeldByForum,
        )
        .await?;
        let deed = Deed::new(ModAct::Hold, ReasonCode::Flagged, None, None);
        self.carry_out(tx, found, deed, drawn).await
    }
}

fn again() -> Error {
    Error::whole(Problem::AlreadyFlagged)
}

pub(super) fn begin(
    found: &Found,
    id: ReviewableId,
    now: chrono::DateTime<chrono::Utc>,
) -> Reviewable {
    let moderated = found.moderated();
    let thread = found.thread.facts.id;
    Reviewable {
        post: found.post_facts().map(|post| post.id),
        post_status: found.post_facts().map(|post| post.status),
        title: found.title().map(str::to_owned),
        organization: moderated.organization,
        ..fresh(id, thread, (moderated.author, found.body()), now)
    }
}

/// A reviewable of what somebody wrote in a thread, before anything happened to it.
pub(super) fn fresh(
    id: ReviewableId,
    thread: ThreadId,
    (author, body): (PersonaId, &str),
    now: chrono::DateTime<chrono::Utc>,
) -> Reviewable {
    Reviewable {
        id,
        thread,
        post: None,
        post_status: None,
        author,
        title: None,
        body: body.to_owned(),
        score: 0,
        pressure: 0,
        flags: 0,
        held: false,
        claimant: None,
        claimed_at: None,
        created_at: now,
        decision: None,
        decider: None,
        decided_at: None,
        organization: None,
    }
}

pub(super) async fn step(
    tx: &Tx,
    of: ReviewableId,
    id: Uuid,
    step: ReviewStep,
) -> Result<(), Error> {
    tx.insert_review_step(&Step {
        id,
        reviewable: of,
        step,
        moderator: None,
        decision: None,
        code: None,
        reason: None,
        at: tx.now(),
    })
    .await?;
    Ok(())
}
