//! What a moderator holds waits for the moderators like what the forum or flags hold,
//! until it appears, is given back or is removed.

use domain::id::ReviewableId;
use domain::moderation::{Decision, ModAct, ReviewStep, Stands, Subject};
use domain::policy::ThreadFacts;
use domain::thread::ModerationStatus;
use storage::Tx;
use storage::reviewable::{Reviewable, Step};

use super::act::Deed;
use super::flag::begin;
use super::{Drawn, Found};
use crate::Error;
use crate::thread::{call_for_queue, rest_queue};

/// For what something waits that a moderator holds.
const BY_HAND: [ReviewStep; 1] = [ReviewStep::HeldByModerator];

/// The same of a thread at which somebody looks first, which also answers whether it
/// repeats another.
pub(super) const LOOKED_AT: [ReviewStep; 2] =
    [ReviewStep::HeldByModerator, ReviewStep::NearDuplicate];

/// Has what a moderator did change what waits: it waits from when he held it, and no
/// longer once it is held by nobody. What the forum does sees to that itself.
pub(super) async fn follow_hold(
    tx: &Tx,
    found: &Found,
    (before, after): (Stands, Stands),
    deed: Deed<'_>,
    drawn: &Drawn,
) -> Result<(), Error> {
    let held = |stands: Stands| stands.status == ModerationStatus::Held;
    if deed.by.is_some() && deed.act == ModAct::Hold {
        return put_held(tx, found, deed, drawn).await;
    }
    if held(before) && !held(after) {
        let facts = &found.thread.facts;
        return end_hold(tx, facts, found.subject(), &BY_HAND, deed, drawn).await;
    }
    Ok(())
}

/// Whether it is a moderator who holds what waits there, and not the forum.
pub(super) async fn is_held_by_moderator(tx: &Tx, of: ReviewableId) -> Result<bool, Error> {
    let last = tx.holding_step(of).await?;
    Ok(last == Some(ReviewStep::HeldByModerator))
}

/// The open reviewable of what is held from now on: the one that there is, or this
/// one.
pub(super) async fn open_held(
    tx: &Tx,
    found: &Found,
    fresh: Reviewable,
) -> Result<ReviewableId, Error> {
    let open = tx.open_reviewable(found.subject()).await?;
    let is_new = open.is_none();
    let held = Reviewable {
        held: true,
        ..open.unwrap_or(fresh)
    };
    if is_new {
        tx.insert_reviewable(&held).await?;
    } else {
        tx.save_reviewable(&held).await?;
    }
    Ok(held.id)
}

/// Puts what is held by an act before all moderators.
pub(crate) async fn put_held(
    tx: &Tx,
    found: &Found,
    deed: Deed<'_>,
    drawn: &Drawn,
) -> Result<(), Error> {
    let fresh = begin(found, drawn.reviewable, tx.now());
    let id = open_held(tx, found, fresh).await?;
    if id == drawn.reviewable {
        call_for_queue(tx, &found.thread.facts).await?;
    }
    let step = Step {
        id: drawn.second_step,
        reviewable: id,
        step: ReviewStep::HeldByModerator,
        moderator: deed.by.map(|by| by.number),
        decision: None,
        code: Some(deed.code),
        reason: deed.reason.map(str::to_owned),
        at: tx.now(),
    };
    tx.insert_review_step(&step).await?;
    Ok(())
}

/// Takes out of the queue what was there for these steps alone. What was flagged
/// besides, or held by the forum for another reason, is still to be decided on.
pub(super) async fn end_hold(
    tx: &Tx,
    facts: &ThreadFacts,
    subject: Subject,
    steps: &[ReviewStep],
    deed: Deed<'_>,
    drawn: &Drawn,
) -> Result<(), Error> {
    let decision = if deed.act == ModAct::Release {
        Decision::Disagree
    } else {
        Decision::Agree
    };
    let by = deed.by.map(|by| by.number);
    let Some(id) = tx.end_hold(subject, steps, decision, by).await? else {
        // What is given back to its author is held still.
        if deed.act != ModAct::Return {
            tx.let_go(subject).await?;
        }
        return Ok(());
    };
    let step = Step {
        id: drawn.second_step,
        reviewable: id,
        step: ReviewStep::Decided,
        moderator: by,
        decision: Some(decision),
        code: Some(deed.code),
        reason: deed.reason.map(str::to_owned),
        at: tx.now(),
    };
    tx.insert_review_step(&step).await?;
    rest_queue(tx, facts).await
}
