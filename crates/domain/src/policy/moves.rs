//! Who may make a concern's moves, and read what was before its release or what he
//! flagged himself.

use crate::concern::{Concern, MoveKind};
use crate::people::Actor;

use super::{Action, Denial, Refusal, ThreadFacts, decide};

/// Whether an actor may write an answer: of a review, only somebody who neither
/// wrote nor approved the answer before.
pub fn may_answer(actor: &Actor, thread: &ThreadFacts, concern: &Concern) -> Result<(), Refusal> {
    for before in concern.reviewed() {
        decide(actor, &Action::Review(thread, before))?;
    }
    decide(actor, &Action::Answer(thread))
}

/// By how many an agency's answer is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Approval {
    /// An officer answers alone.
    Alone,
    /// A second officer of the agency approves.
    SecondOfficer,
}

/// Whether an actor may approve the draft of an answer that waits: he is not
/// who wrote it and, where it is of a review, did not give the answer before.
pub fn may_approve(actor: &Actor, thread: &ThreadFacts, concern: &Concern) -> Result<(), Refusal> {
    for before in concern.reviewed() {
        decide(actor, &Action::Approve(thread, before))?;
    }
    match concern.drafted_by {
        Some(drafter) => decide(actor, &Action::Approve(thread, drafter)),
        None => Err(Refusal::Denied(Denial::WrongStatus)),
    }
}

/// Whether an actor may make a move, if the concern's state allows it. Of
/// what is put before an agency, whichever agency it is.
pub fn may_move(
    actor: &Actor,
    thread: &ThreadFacts,
    concern: &Concern,
    approval: Approval,
    mv: MoveKind,
) -> bool {
    let action = match mv {
        // A moderator also routes what the router cannot.
        MoveKind::Release | MoveKind::Assign | MoveKind::Review => Action::Release(thread),
        MoveKind::Return => Action::Return(thread),
        MoveKind::Resubmit => Action::Resubmit(thread),
        MoveKind::Refer
        | MoveKind::Acknowledge
        | MoveKind::Start
        | MoveKind::RequestClarification => Action::Answer(thread),
        MoveKind::Answer => match approval {
            Approval::Alone => return may_answer(actor, thread, concern).is_ok(),
            Approval::SecondOfficer => return may_approve(actor, thread, concern).is_ok(),
        },
        MoveKind::Clarify | MoveKind::Reopen | MoveKind::Accept | MoveKind::Dispute => {
            Action::Judge(thread)
        }
        MoveKind::Withdraw => Action::Withdraw(thread),
        // Time makes these.
        MoveKind::GoDormant | MoveKind::Lapse => return false,
    };
    decide(actor, &action).is_ok()
}

/// Whether an actor reads what was between a thread's author and the
/// moderators before it was released.
pub fn sees_before_release(actor: &Actor, thread: &ThreadFacts) -> bool {
    let author = super::is_raiser(actor, thread) && actor.through.is_none();
    author || decide(actor, &Action::Release(thread)).is_ok()
}

/// Whether somebody is told what he flagged himself: no app learns it of whom it acts
/// for.
pub const fn sees_own_flags(actor: &Actor) -> bool {
    actor.account.is_some() && actor.through.is_none()
}
