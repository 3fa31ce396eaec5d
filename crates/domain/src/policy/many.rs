//! Whoever is asked about many threads: what he sees is made once, and not for
//! each.

use crate::people::Actor;

use super::facts::{Moderated, ThreadFacts};
use super::scope::{Scope, scope};
use super::{Action, app, follows, moderate, watch};

/// An actor who watches threads, with what he sees.
#[derive(Debug)]
pub struct Watcher {
    actor: Actor,
    scope: Scope,
}

impl Watcher {
    /// For as long as the actor stays as he is.
    pub fn new(actor: Actor) -> Self {
        Self {
            scope: scope(&actor),
            actor,
        }
    }

    /// Whether he may watch a thread: what [`super::decide`] says of
    /// [`Action::Watch`].
    pub fn watches(&self, thread: &ThreadFacts) -> bool {
        watch(&self.actor, &self.scope, thread).is_ok()
            && app::narrow(&self.actor, &Action::Watch(thread)).is_ok()
    }
}

/// Whether somebody may watch a thread that any reader like him
/// ([`super::reader`]) may watch: he sees it, whatever else he sees.
pub fn watches_as_reader(actor: &Actor, thread: &ThreadFacts) -> bool {
    follows(actor, thread).is_ok()
}

/// An actor who moderates a list, with what he sees.
#[derive(Debug)]
pub struct Moderating<'a> {
    actor: &'a Actor,
    scope: Scope,
}

impl<'a> Moderating<'a> {
    /// For one list.
    pub fn new(actor: &'a Actor) -> Self {
        Self {
            scope: scope(actor),
            actor,
        }
    }

    /// Whether he may moderate what somebody wrote in a thread: what
    /// [`super::decide`] says of [`Action::Moderate`].
    pub fn may(&self, thread: &ThreadFacts, subject: Moderated) -> bool {
        moderate(self.actor, &self.scope, thread, subject).is_ok()
            && app::narrow(self.actor, &Action::Moderate(thread, subject)).is_ok()
    }

    /// Whether he may decide on what was flagged, or on an appeal; whether he flagged it
    /// himself, or did what the appeal is against: what [`super::decide`] says of
    /// [`Action::DecideReviewable`] and [`Action::DecideAppeal`].
    pub fn may_decide(&self, thread: &ThreadFacts, subject: Moderated, own: bool) -> bool {
        !own && self.may(thread, subject)
    }
}
