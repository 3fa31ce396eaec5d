//! Flagging, deciding on what was flagged, and moderating.

use async_graphql::{Context, ID, InputObject, Object};
use domain::moderation::Subject;
use forum::Written;
use forum::moderation as act;
use uuid::Uuid;

use crate::schema::caller::{Caller, caller, once, read};
use crate::schema::enums::{FlagReason, ModerationAct, ModerationReason, ReviewDecision};
use crate::schema::global_id::{Kind, decode, expect};
use crate::schema::payload::{Payload, inputs, payload, settle};
use crate::schema::post::Post;
use crate::schema::reviewable::Reviewable;
use crate::schema::thread::Thread;

/// A flag.
#[derive(InputObject, Debug)]
pub struct FlagInput {
    /// The thread or the post.
    pub subject_id: ID,
    /// What is wrong with it.
    pub reason: FlagReason,
    /// In words, for the moderators: 1 to 2,000 characters. Needed with OTHER.
    pub note: Option<String>,
    /// A key of your own: with the same key, it is flagged once.
    pub client_mutation_id: Option<String>,
}

/// An act of moderation.
#[derive(InputObject, Debug)]
pub struct ModerateInput {
    /// The thread or the post.
    pub subject_id: ID,
    /// What is done.
    pub act: ModerationAct,
    /// Why. Not every reason fits every act.
    pub reason: ModerationReason,
    /// Why, in words for the author: 1 to 2,000 characters.
    pub text: String,
    /// The `version` of the text that was judged: where it was changed since,
    /// nothing is done. Whoever leaves it out acts on the text as it is at that
    /// moment, whatever he read.
    pub expected_version: Option<String>,
    /// With SLOW_MODE, how many seconds everyone waits after he spoke: 1 to
    /// 86,400, where the configuration says nothing else.
    pub seconds: Option<i32>,
    /// A key of your own: with the same key, it is done once.
    pub client_mutation_id: Option<String>,
}

inputs! {
    /// Something to take in hand.
    ClaimReviewableInput,
    /// Something to put back.
    ReleaseReviewableInput => {
        /// What was flagged.
        pub reviewable_id: ID,
        /// A key of your own: with the same key, it is done once.
        pub client_mutation_id: Option<String>,
    }
}

/// A decision on what was flagged.
#[derive(InputObject, Debug)]
pub struct DecideReviewableInput {
    /// What was flagged.
    pub reviewable_id: ID,
    /// What is decided.
    pub decision: ReviewDecision,
    /// What is done with it; only with AGREE. Where the forum or flags hold it, one of
    /// HOLD and REMOVE is needed.
    pub act: Option<ModerationAct>,
    /// Why it is done; with an act.
    pub reason: Option<ModerationReason>,
    /// Why, in words: 1 to 2,000 characters. The author reads them where
    /// something is done.
    pub text: String,
    /// The `version` of the text that was judged: where it was changed since,
    /// nothing is decided. Whoever leaves it out decides on the text as it is at that
    /// moment, whatever he read.
    pub expected_version: Option<String>,
    /// A key of your own: with the same key, it is decided once.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// What came of flagging.
    FlagPayload {
        /// The thread, if one was flagged and the viewer still sees it.
        thread: Thread,
        /// The post, if one was.
        post: Post
    }
}

payload! {
    /// What came of moderating.
    ModeratePayload {
        /// The thread as it is now, if it was done to one.
        thread: Thread,
        /// The post as it is now, if it was done to one.
        post: Post
    }
}

payload! {
    /// What came of taking something in hand.
    ClaimReviewablePayload,
    /// What came of putting something back.
    ReleaseReviewablePayload,
    /// What came of deciding.
    DecideReviewablePayload => {
        /// What was flagged, as it is now.
        reviewable: Reviewable
    }
}

/// What an id names that can be flagged; what it cannot name is not found.
pub(super) fn subject(id: &ID) -> Subject {
    match decode(id) {
        Some((Kind::Post, id)) => Subject::Post(id.into()),
        _ => Subject::Thread(expect(Kind::Thread, id)),
    }
}

/// A thread or a post as the viewer sees it now.
pub(super) async fn now(
    caller: &Caller,
    subject: Subject,
) -> async_graphql::Result<(Option<Thread>, Option<Post>)> {
    Ok(match subject {
        Subject::Thread(id) => {
            let thread = read(caller, caller.forum.thread(&caller.viewer, id).await)?;
            (thread.map(|thread| Thread::alone(caller, thread)), None)
        }
        Subject::Post(id) => {
            let post = read(caller, caller.forum.post(&caller.viewer, id).await)?;
            (None, post.map(Post::alone))
        }
    })
}

async fn reviewable(
    caller: &Caller,
    written: &Written<domain::id::ReviewableId>,
) -> async_graphql::Result<Option<Reviewable>> {
    let id: Uuid = written.id(|id| (*id).into());
    Reviewable::seen(caller, id.into()).await
}

/// Flagging, deciding on what was flagged, and moderating.
#[derive(Debug, Default)]
pub struct ModerationMutations;

#[Object(serial)]
impl ModerationMutations {
    /// Says that something is wrong with a thread or a post: once a person.
    /// Moderators are not told who flagged.
    async fn flag(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The flag.")] input: FlagInput,
    ) -> async_graphql::Result<FlagPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let act = act::RaiseFlag {
            subject: subject(&input.subject_id),
            reason: input.reason.into(),
            note: input.note,
        };
        let written = caller.forum.flag(&caller.viewer, &act, &once).await;
        settle!(caller, key, written);
        Ok(FlagPayload::done(key, now(caller, act.subject).await?))
    }

    /// Does something to a thread or a post, for a reason that its author is
    /// told and that stands in the public record. Another act takes it back.
    async fn moderate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The act.")] input: ModerateInput,
    ) -> async_graphql::Result<ModeratePayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let act = act::Moderate {
            subject: subject(&input.subject_id),
            act: input.act.into(),
            code: input.reason.into(),
            reason: input.text,
            version: input.expected_version,
            // What is below nothing is nothing, which is refused.
            seconds: input.seconds.map(|all| u32::try_from(all).unwrap_or(0)),
        };
        let written = caller.forum.moderate(&caller.viewer, &act, &once).await;
        settle!(caller, key, written);
        Ok(ModeratePayload::done(key, now(caller, act.subject).await?))
    }

    /// Takes what was flagged in hand, so that other moderators leave it.
    async fn claim_reviewable(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to take.")] input: ClaimReviewableInput,
    ) -> async_graphql::Result<ClaimReviewablePayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let id = expect(Kind::Reviewable, &input.reviewable_id);
        let written = caller.forum.claim_reviewable(&caller.viewer, id, &once);
        let written = settle!(caller, key, written.await);
        let found = reviewable(caller, &written).await?;
        Ok(ClaimReviewablePayload::done(key, found))
    }

    /// Puts back what the viewer took in hand.
    async fn release_reviewable(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to put back.")] input: ReleaseReviewableInput,
    ) -> async_graphql::Result<ReleaseReviewablePayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let id = expect(Kind::Reviewable, &input.reviewable_id);
        let written = caller.forum.release_reviewable(&caller.viewer, id, &once);
        let written = settle!(caller, key, written.await);
        let found = reviewable(caller, &written).await?;
        Ok(ReleaseReviewablePayload::done(key, found))
    }

    /// Decides on what was flagged. Of two who decide at once, one does; the
    /// other is told what was decided.
    async fn decide_reviewable(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The decision.")] input: DecideReviewableInput,
    ) -> async_graphql::Result<DecideReviewablePayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let act = act::DecideReviewable {
            reviewable: expect(Kind::Reviewable, &input.reviewable_id),
            decision: input.decision.into(),
            act: input.act.map(Into::into),
            code: input.reason.map(Into::into),
            reason: input.text,
            version: input.expected_version,
        };
        let written = caller.forum.decide_reviewable(&caller.viewer, &act, &once);
        let written = settle!(caller, key, written.await);
        let found = reviewable(caller, &written).await?;
        Ok(DecideReviewablePayload::done(key, found))
    }
}
