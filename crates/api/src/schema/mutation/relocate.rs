//! Moving posts between threads, splitting and merging threads.

use async_graphql::{Context, ID, InputObject, Object};
use domain::id::PostId;
use forum::moderation as act;

use crate::schema::caller::{caller, once};
use crate::schema::enums::ModerationReason;
use crate::schema::global_id::{Kind, expect};
use crate::schema::mutation::thread_now;
use crate::schema::payload::payload;
use crate::schema::thread::Thread;

/// Posts to move to another thread.
#[derive(InputObject, Debug)]
pub struct MovePostsInput {
    /// The thread in which they stand.
    pub thread_id: ID,
    /// The posts: 1 to 50.
    pub post_ids: Vec<ID>,
    /// The thread to take them to, which must have the same readers.
    pub to_thread_id: ID,
    /// Why: a reason that fits MOVE.
    pub reason: ModerationReason,
    /// Why, in words for their authors: 1 to 2,000 characters.
    pub text: String,
    /// A key of your own: with the same key, they are moved once.
    pub client_mutation_id: Option<String>,
}

/// Posts to split off into a thread of their own.
#[derive(InputObject, Debug)]
pub struct SplitThreadInput {
    /// The thread in which they stand.
    pub thread_id: ID,
    /// The posts: 1 to 50. Whoever wrote the first has raised the new thread.
    pub post_ids: Vec<ID>,
    /// What the new thread is called: 3 to 160 characters.
    pub title: String,
    /// Why: a reason that fits SPLIT.
    pub reason: ModerationReason,
    /// Why, in words for their authors: 1 to 2,000 characters.
    pub text: String,
    /// Confirms that the title may be shown, although it holds personal
    /// information.
    #[graphql(default = false)]
    pub confirm: bool,
    /// A key of your own: with the same key, they are split off once.
    pub client_mutation_id: Option<String>,
}

/// Threads to merge.
#[derive(InputObject, Debug)]
pub struct MergeThreadsInput {
    /// The thread whose conversation ends: no concern.
    pub thread_id: ID,
    /// The thread that takes its posts, which must have the same readers.
    pub into_thread_id: ID,
    /// Why: a reason that fits MERGE.
    pub reason: ModerationReason,
    /// Why, in words for who raised it: 1 to 2,000 characters.
    pub text: String,
    /// A key of your own: with the same key, they are merged once.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// What came of moving.
    MovePostsPayload,
    /// What came of splitting.
    SplitThreadPayload,
    /// What came of merging.
    MergeThreadsPayload => {
        /// The thread in which the posts stand now.
        thread: Thread
    }
}

/// The posts that ids name; what names none is not found.
fn posts(ids: &[ID]) -> Vec<PostId> {
    ids.iter().map(|id| expect(Kind::Post, id)).collect()
}

/// Moving posts between threads, splitting and merging threads.
#[derive(Debug, Default)]
pub struct RelocationMutations;

#[Object(serial)]
impl RelocationMutations {
    /// Takes posts to another thread that the same people read. Each is an act in
    /// the record that its author is told, and that MOVE_BACK takes back.
    async fn move_posts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to move.")] input: MovePostsInput,
    ) -> async_graphql::Result<MovePostsPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let act = act::MovePosts {
            from: expect(Kind::Thread, &input.thread_id),
            posts: posts(&input.post_ids),
            to: expect(Kind::Thread, &input.to_thread_id),
            code: input.reason.into(),
            reason: input.text,
        };
        let written = caller.forum.move_posts(&caller.viewer, &act, &once);
        thread_now(caller, input.client_mutation_id, written.await).await
    }

    /// Takes posts out of a thread, into a new discussion that the same people
    /// read. Each is an act in the record that its author is told, and that
    /// MOVE_BACK takes back.
    async fn split_thread(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to split off.")] input: SplitThreadInput,
    ) -> async_graphql::Result<SplitThreadPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref()).confirmed(input.confirm);
        let act = act::SplitThread {
            from: expect(Kind::Thread, &input.thread_id),
            posts: posts(&input.post_ids),
            title: input.title,
            code: input.reason.into(),
            reason: input.text,
        };
        let written = caller.forum.split_thread(&caller.viewer, &act, &once);
        thread_now(caller, input.client_mutation_id, written.await).await
    }

    /// Takes all posts of a thread to another that the same people read, and ends
    /// the conversation of the first, which says where it goes on. MOVE_BACK takes
    /// it back.
    async fn merge_threads(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to merge.")] input: MergeThreadsInput,
    ) -> async_graphql::Result<MergeThreadsPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let act = act::MergeThreads {
            from: expect(Kind::Thread, &input.thread_id),
            into: expect(Kind::Thread, &input.into_thread_id),
            code: input.reason.into(),
            reason: input.text,
        };
        let written = caller.forum.merge_threads(&caller.viewer, &act, &once);
        thread_now(caller, input.client_mutation_id, written.await).await
    }
}
