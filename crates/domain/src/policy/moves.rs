//! Who may make a concern's moves, and read what was before its release.

use crate::concern::{Concern, MoveKind, State};
use crate::people::Actor;

use super::{Action, ThreadFacts, decide};

/// What answering a concern is: where it is reviewed, another than whoever
/// answered before does it.
pub fn answering<'a>(thread: &'a ThreadFacts, concern: &Concern) -> Action<'a> {
    match (concern.state, concern.answered_by) {
        (State::InReview, Some(before)) => Action::Review(thread, before),
        _ => Action::Answer(thread),
    }
}

/// Whether an actor may make a move, if the concern's state allows it. Of
/// what is put before an agency, whichever agency it is.
pub fn may_move(actor: &Actor, thread: &ThreadFacts, concern: &Concern, mv: MoveKind) -> bool {
    let action = match mv {
        // A moderator also routes what the router cannot.
        MoveKind::Release | MoveKind::Assign | MoveKind::Review => Action::Release(thread),
        MoveKind::Return => Action::Return(thread),
        MoveKind::Resubmit => Action::Resubmit(thread),
        MoveKind::Refer
        | MoveKind::Acknowledge
        | MoveKind::Start
        | MoveKind::RequestClarification => Action::Answer(thread),
        MoveKind::Answer => answering(thread, concern),
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
