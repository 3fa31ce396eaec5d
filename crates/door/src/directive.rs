//! What the schema says about itself: what a field costs, how long a list can
//! be, and whom its value depends on.
//!
//! Authors of types write, on a field,
//!
//! ```text
//! #[graphql(directive = depends::apply(On::Thread), directive = cost::apply(5))]
//! #[graphql(directive = page::apply(20))]
//! ```
//!
//! and the text of the schema carries it, so that clients can read what the
//! guard counts. [`SchemaTable`](crate::guard::SchemaTable) reads it back from
//! there. A directive stands in the schema only when a field uses it.

use async_graphql::registry::{MetaDirectiveInvocation, Registry, location_traits};
use async_graphql::{Enum, TypeDirective};

pub use declared::{cost, depends, list_size};

/// What a field's value depends on besides its arguments, weakest first.
///
/// Answers that depend on no more than the thread can be computed once for all
/// who may see it. Where nothing is said, it is the viewer.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[graphql(name = "DependsOn")]
pub enum On {
    /// Only on what the thread holds, the same for everyone in its audience.
    Thread,
    /// Also on people, organizations and agencies, the same for every reader.
    Directory,
    /// On who asks.
    Viewer,
}

#[expect(
    missing_docs,
    reason = "the macro gives the type and its `apply` no place for documentation; the text below is the schema's"
)]
mod declared {
    use async_graphql::TypeDirective;

    use super::On;

    /// What one value of this field costs, against the budget of a document and
    /// of a caller. Without it an object costs 1 and a leaf nothing.
    #[TypeDirective(name = "cost", location = "FieldDefinition")]
    pub fn cost(#[graphql(desc = "Its points, for each time it is selected.")] weight: u32) {}

    /// How many items this list, or the page's lists named in `sizedFields`, can
    /// have: the largest of the arguments named, or else `assumedSize`.
    #[TypeDirective(name = "listSize", location = "FieldDefinition")]
    pub fn list_size(
        #[graphql(desc = "How many items are counted when none of the arguments is given.")]
        assumed_size: u32,
        #[graphql(desc = "The arguments that say how many items are asked for.")]
        slicing_arguments: Vec<String>,
        #[graphql(desc = "The fields of the page that hold the items; none where it is the list.")]
        sized_fields: Vec<String>,
    ) {
    }

    /// What the value depends on. A field that says nothing depends on who asks.
    #[TypeDirective(name = "depends", location = "FieldDefinition")]
    pub fn depends(#[graphql(desc = "What it depends on at most.")] on: On) {}
}

/// Owned names, for the arguments of [`list_size`].
pub fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

/// [`list_size`] as every connection has it: `first` and `last` size `edges`
/// and `nodes`.
#[expect(
    non_camel_case_types,
    reason = "it stands beside the directives that the macro names so"
)]
pub struct page;

impl page {
    /// A page of `assumed` items when neither `first` nor `last` is given.
    pub fn apply(assumed: u32) -> MetaDirectiveInvocation {
        list_size::apply(
            assumed,
            names(&["first", "last"]),
            names(&["edges", "nodes"]),
        )
    }
}

impl TypeDirective for page {
    fn name(&self) -> std::borrow::Cow<'static, str> {
        list_size.name()
    }

    fn register(&self, registry: &mut Registry) {
        list_size.register(registry);
    }
}

impl location_traits::Directive_At_FIELD_DEFINITION for page {}
