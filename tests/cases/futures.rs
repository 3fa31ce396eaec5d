//! What resolving costs before it does anything.

use api::schema::post::Post;
use api::schema::reviewable::Reviewable;
use api::schema::thread::Thread;
use async_graphql::Context;
use async_graphql::resolver_utils::ContainerType;

/// The future of one field: async-graphql boxes it, and copies all of it.
fn of_a_field<'a, T: 'a, F: Future>(_: impl FnOnce(&'a T, &'a Context<'a>) -> F) -> usize {
    size_of::<F>()
}

#[test]
fn the_future_of_a_field_holds_no_statement() {
    let sizes = [
        of_a_field(|thread: &Thread, ctx| thread.resolve_field(ctx)),
        of_a_field(|post: &Post, ctx| post.resolve_field(ctx)),
        of_a_field(|one: &Reviewable, ctx| one.resolve_field(ctx)),
    ];
    assert!(sizes.iter().all(|size| *size < 2_048), "{sizes:?}");
}
