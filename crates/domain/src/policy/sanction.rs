//! Sanctions: what is left of whoever is under them, and who decides on them.

use crate::id::AccountId;
use crate::moderation::Sanctions;
use crate::people::{Actor, Constituency, Duty};

use super::facts::{Moderated, ThreadFacts};
use super::{
    Action, Denial, Refusal, decide_for_himself, moderate, of_no_agency, require, scope, speaks,
};

/// What is left of somebody under his sanctions: whoever is kept out of
/// everything is as a visitor, but for his account.
#[must_use]
pub fn curbed(himself: Actor) -> Actor {
    if !himself.sanctions.bar() {
        return himself;
    }
    Actor {
        account: himself.account,
        sanctions: Sanctions {
            lost: himself.personas,
            ..himself.sanctions
        },
        ..Actor::visitor()
    }
}

/// A moderator who proposed a sanction, as he stands now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proposer {
    /// His account; none where it is gone.
    pub account: Option<AccountId>,
    /// Whom he speaks for.
    pub constituency: Option<Constituency>,
    /// Whether what he proposed still counts.
    pub fit: bool,
}

impl Proposer {
    /// He, as far as he is known without the thread: whether he moderates at
    /// all.
    pub fn known(actor: &Actor) -> Self {
        Self {
            account: actor.account,
            constituency: actor.constituency,
            fit: sits(actor).is_ok() && actor.has(Duty::Moderator) && speaks(actor).is_ok(),
        }
    }

    /// He, to decide by: whether he might propose it now.
    pub fn of(actor: &Actor, thread: &ThreadFacts, subject: Moderated) -> Self {
        let may = decide_for_himself(actor, &Action::Sanction(thread, subject));
        Self {
            fit: may.is_ok(),
            ..Self::known(actor)
        }
    }
}

/// Whether somebody may sit on a panel: never an official, nor anybody of an
/// agency, nor somebody whose constituency does not count.
fn sits(actor: &Actor) -> Result<(), Refusal> {
    of_no_agency(actor)?;
    require(actor.vouched, Denial::NotVouched)
}

/// Whoever moderates what somebody wrote and may sit on a panel.
pub(super) fn propose(
    actor: &Actor,
    thread: &ThreadFacts,
    subject: Moderated,
) -> Result<(), Refusal> {
    moderate(actor, &scope(actor), thread, subject)?;
    sits(actor)
}

/// Another than who proposed it, of another constituency, while that one might
/// still propose it.
pub(super) fn decide(
    actor: &Actor,
    thread: &ThreadFacts,
    subject: Moderated,
    proposer: Proposer,
) -> Result<(), Refusal> {
    propose(actor, thread, subject)?;
    require(actor.account != proposer.account, Denial::OwnAct)?;
    require(proposer.fit, Denial::ProposerUnfit)?;
    let mixed = actor.constituency != proposer.constituency;
    require(mixed, Denial::SameConstituency)
}

/// Another than who proposed it. One is enough: to go back is the lighter act.
pub(super) fn lift(
    actor: &Actor,
    thread: &ThreadFacts,
    subject: Moderated,
    proposer: Option<AccountId>,
) -> Result<(), Refusal> {
    propose(actor, thread, subject)?;
    require(actor.account != proposer, Denial::OwnAct)
}
