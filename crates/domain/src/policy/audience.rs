//! What a reader is to a thread that he has nothing to do with by name.
//!
//! Many who read the same thread see the same: whoever is neither its author
//! nor named in it, holds no duty and no office. An answer that was made for
//! one of them may be given to the others. What they are is an [`Actor`]
//! again, with all that is his own left out; so policy decides for it as for
//! anybody, and two readers see the same exactly where these are equal.

use crate::id::{AccountId, PersonaId};
use crate::people::{Actor, Constituency, Duty};
use crate::thread::{Audience, ModerationStatus};

use super::facts::ThreadFacts;
use super::see;

/// The reader that is left of an actor when all that is his own is left out:
/// who he is, his personas, his organization. `None` for whoever sees more
/// than an audience does, by a duty, an office or as an official.
pub fn reader(actor: &Actor) -> Option<Actor> {
    let official = actor.constituency == Some(Constituency::Official) || actor.agency.is_some();
    if official || !actor.duties.is_empty() || !actor.offices.is_empty() {
        return None;
    }
    Some(Actor {
        account: actor.is_member().then_some(AccountId(uuid::Uuid::nil())),
        constituency: actor.constituency,
        vouched: actor.vouched,
        circles: actor.circles.clone(),
        through: actor.through.clone(),
        ..Actor::default()
    })
}

/// Whether everyone may read a thread that stands so, without an account.
pub fn is_public(audience: Audience, status: ModerationStatus) -> bool {
    audience == Audience::Public && status.is_open()
}

/// Whether an actor sees of a thread what its audience sees, by that and
/// nothing else.
pub fn reads_only(actor: &Actor, thread: &ThreadFacts) -> bool {
    reader(actor).is_some_and(|reader| see(&reader, thread).is_ok()) && !is_named(actor, thread)
}

/// Whether an actor is shown in a thread whom a report of retaliation brought:
/// that there was one is known to its raiser, and to who was brought.
pub fn knows_who_was_brought(actor: &Actor, thread: &ThreadFacts, brought: PersonaId) -> bool {
    actor.personas.contains(&thread.raiser) || actor.personas.contains(&brought)
}

/// Whether somebody who is told what was done in a thread is told the number of the
/// moderator who did it, where the record does not tell it to everyone. Among few the
/// moderator may be known by his name, and then all that has his number would be.
/// Moderators know each other's numbers from their queue.
pub fn told_number(actor: &Actor, thread: &ThreadFacts) -> bool {
    actor.has(Duty::Moderator) || !Audience::NAMING.contains(&thread.audience)
}

/// Whether an actor is the author of a thread or named in it.
pub(super) fn is_named(actor: &Actor, thread: &ThreadFacts) -> bool {
    let own = |persona| actor.personas.contains(persona);
    own(&thread.raiser)
        || thread.participants.iter().any(own)
        || thread.claimed_by.as_ref().is_some_and(own)
}
