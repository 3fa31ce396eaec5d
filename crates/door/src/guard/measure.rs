//! What is measured of a selection set.

use async_graphql::Pos;

use super::cost::Sum;
use super::{Limits, Refused};
use crate::directive::On;

/// What a selection set amounts to when its fragments are spread out.
#[derive(Clone, Debug)]
pub(crate) struct Measure {
    pub(crate) selections: u64,
    pub(crate) depth: u64,
    pub(crate) nesting: u64,
    pub(crate) introspection: u64,
    pub(crate) introspection_lists: u64,
    pub(crate) aliases: u64,
    pub(crate) directives: u64,
    pub(crate) roots: u64,
    /// The cost of what the parent does not size.
    pub(crate) cost: Sum,
    /// The cost of one item of the lists that the parent sizes.
    pub(crate) sized: Sum,
    pub(crate) depends: On,
    /// Whether a variable stands inside a literal.
    pub(crate) mixed: bool,
}

impl Measure {
    /// Of an empty selection set.
    pub(crate) const fn nothing() -> Self {
        Self {
            selections: 0,
            depth: 0,
            nesting: 0,
            introspection: 0,
            introspection_lists: 0,
            aliases: 0,
            directives: 0,
            roots: 0,
            cost: Sum::fixed(0),
            sized: Sum::fixed(0),
            depends: On::Thread,
            mixed: false,
        }
    }

    /// Of both side by side.
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            selections: self.selections.saturating_add(other.selections),
            depth: self.depth.max(other.depth),
            nesting: self.nesting.max(other.nesting),
            introspection: self.introspection.max(other.introspection),
            introspection_lists: self.introspection_lists.max(other.introspection_lists),
            aliases: self.aliases.saturating_add(other.aliases),
            directives: self.directives.saturating_add(other.directives),
            roots: self.roots.saturating_add(other.roots),
            cost: self.cost.and(other.cost),
            sized: self.sized.and(other.sized),
            depends: self.depends.max(other.depends),
            mixed: self.mixed || other.mixed,
        }
    }

    /// Compares with the limits that hold for any part of a document.
    pub(crate) fn check(&self, limits: &Limits, place: Pos) -> Result<(), Refused> {
        let exceeded = [
            (self.selections, limits.selections, "selections"),
            (self.depth, limits.depth, "levels of fields"),
            (self.nesting, limits.nesting, "levels of nesting"),
            (
                self.introspection,
                limits.introspection_depth,
                "levels of introspection",
            ),
            (
                self.introspection_lists,
                limits.introspection_lists,
                "lists of the schema inside each other",
            ),
            (self.aliases, limits.aliases, "aliases"),
            (self.directives, limits.directives, "directives"),
        ]
        .into_iter()
        .find(|(measured, allowed, _)| measured > allowed);
        match exceeded {
            Some((_, allowed, what)) => Err(Refused::too_much(allowed, what, place)),
            None => Ok(()),
        }
    }
}
