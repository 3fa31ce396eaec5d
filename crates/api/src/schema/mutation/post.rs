//! Speaking in a thread.

use async_graphql::{Context, ID, InputObject, Object};
use door::directive::{list_size, names};
use forum::Written;
use forum::post as act;

use crate::schema::caller::{caller, once, read};
use crate::schema::directory::Helpline;
use crate::schema::enums::{Language, Reuse};
use crate::schema::global_id::{Kind, expect};
use crate::schema::payload::{Payload, payload, settle};
use crate::schema::post::Post;
use crate::schema::screen::helplines;

/// What to say, and where.
#[derive(InputObject, Debug)]
pub struct AddPostInput {
    /// The thread.
    pub thread_id: ID,
    /// The text, in markdown: 1 to 20,000 characters.
    pub body: String,
    /// The language of the text; the reader's own where nothing is said.
    pub language: Option<Language>,
    /// What may be done with the text.
    pub reuse: Option<Reuse>,
    /// Whether others are to read the text although it says who or where somebody
    /// is (see `checkText`).
    #[graphql(default)]
    pub confirm: bool,
    /// A key of your own: with the same key, the same post is written once.
    pub client_mutation_id: Option<String>,
}

/// A new text for a post.
#[derive(InputObject, Debug)]
pub struct EditPostInput {
    /// The post.
    pub post_id: ID,
    /// The text, in markdown: 1 to 20,000 characters.
    pub body: String,
    /// Whether others are to read the text although it says who or where somebody
    /// is (see `checkText`).
    #[graphql(default)]
    pub confirm: bool,
    /// A key of your own: with the same key, the act is done once.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// What came of speaking.
    AddPostPayload {
        /// The post.
        post: Post,
        /// Where to turn at once, if the text tells of danger; as `checkText` says.
        #[graphql(directive = list_size::apply(100, names(&[]), names(&[])))]
        helplines: Vec<Helpline>
    }
}

payload! {
    /// What came of changing a post.
    EditPostPayload {
        /// The post as it is now.
        post: Post,
        /// Where to turn at once, if the text tells of danger; as `checkText` says.
        #[graphql(directive = list_size::apply(100, names(&[]), names(&[])))]
        helplines: Vec<Helpline>
    }
}

/// Speaking in a thread.
#[derive(Debug, Default)]
pub struct PostMutations;

#[Object(serial)]
impl PostMutations {
    /// Speaks in a thread. What somebody new says may wait for a moderator: then
    /// the `status` is HELD, and nobody else is told. See `postingRules`.
    async fn add_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to say, and where.")] input: AddPostInput,
    ) -> async_graphql::Result<AddPostPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref()).confirmed(input.confirm);
        let key = input.client_mutation_id;
        let act = act::AddPost {
            thread: expect(Kind::Thread, &input.thread_id),
            body: input.body,
            language: input.language.map(Into::into),
            reuse: input.reuse.map(Into::into),
        };
        let helplines = helplines(ctx, |forum| forum.helplines_for(&act.body, None, None));
        let written = caller.forum.add_post(&caller.viewer, act, &once).await;
        let post = match settle!(caller, key, written) {
            Written::Now(post) => Some(post),
            Written::Before(id) => {
                read(caller, caller.forum.post(&caller.viewer, id.into()).await)?
            }
        };
        let post = post.map(Post::alone);
        Ok(AddPostPayload::done(key, (post, helplines)))
    }

    /// Changes the text of one's own post; what was there is kept. What somebody new
    /// changes it into is judged as a new post is: where that would wait for a
    /// moderator, the `status` is HELD from now on. See `postingRules`.
    async fn edit_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The post and its new text.")] input: EditPostInput,
    ) -> async_graphql::Result<EditPostPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref()).confirmed(input.confirm);
        let key = input.client_mutation_id;
        let act = act::EditPost {
            post: expect(Kind::Post, &input.post_id),
            body: input.body,
        };
        let written = caller.forum.edit_post(&caller.viewer, &act, &once).await;
        let written = settle!(caller, key, written);
        let id = written.id(|id| (*id).into()).into();
        let post = read(caller, caller.forum.post(&caller.viewer, id).await)?;
        let helplines = helplines(ctx, |forum| forum.helplines_for(&act.body, None, None));
        let post = post.map(Post::alone);
        Ok(EditPostPayload::done(key, (post, helplines)))
    }
}
