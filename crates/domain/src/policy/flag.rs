//! What flags come to: whose press, and what they may hold; what waits for a
//! moderator without a flag.

use uuid::Uuid;

use crate::id::PersonaId;
use crate::people::{Actor, Constituency};
use crate::thread::{Audience, ThreadKind};

use super::{PostFacts, ThreadFacts};

/// Whether an actor's flag counts towards holding by itself. What officials
/// flag is looked at like any other, but they silence nobody.
pub fn presses(actor: &Actor) -> bool {
    match actor.constituency {
        Some(Constituency::CivilSociety | Constituency::Youth | Constituency::Expert) => true,
        Some(Constituency::Official) | None => false,
    }
}

/// With whom an actor's flags count once: his organization, or his agency.
pub fn side(actor: &Actor) -> Option<Uuid> {
    let organization = actor.organization.map(Uuid::from);
    organization.or(actor.agency.map(Uuid::from))
}

/// Whether flags alone may hold a thread, or a post in it.
///
/// Never what complains of an agency: neither the concern, nor anything that is said
/// in it, whoever says it. Nor a thread whose audience is named one by one: what is
/// held is read by every moderator, and that audience would be widened.
pub fn held_by_flags(thread: &ThreadFacts, post: Option<&PostFacts>) -> bool {
    let complains = thread.about_agency.is_some()
        || thread.about_office.is_some()
        || thread.about_kind.is_some();
    !complains && (post.is_some() || !names(thread))
}

/// Whether what somebody new says in a thread may wait for a moderator before
/// others read it, and be compared with what other new accounts say.
///
/// Never what a raiser says in his own concern. Nor in a thread whose audience
/// is named one by one: who is in it was let in, and what is held there would be
/// read by every moderator.
pub fn waits_unread(thread: &ThreadFacts, author: PersonaId) -> bool {
    let own = thread.kind == ThreadKind::Concern && thread.raiser == author;
    !own && !names(thread)
}

/// Whether somebody counts as established without having spoken here: whoever
/// holds a duty or an office was looked at when it was given to him.
pub fn is_entrusted(actor: &Actor) -> bool {
    !actor.duties.is_empty() || !actor.offices.is_empty()
}

fn names(thread: &ThreadFacts) -> bool {
    Audience::NAMING.contains(&thread.audience)
}
