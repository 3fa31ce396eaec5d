//! Striking parts out of texts, and appeals against what moderators did.

use async_graphql::{Context, ID, InputObject, Object};
use domain::moderation::Strike;
use forum::Written;
use forum::moderation as act;
use uuid::Uuid;

use crate::schema::appeal::Appeal;
use crate::schema::caller::{Caller, caller, once};
use crate::schema::enums::{AppealOutcome, ModerationReason, RedactedKind, TextPart};
use crate::schema::global_id::{Kind, expect};
use crate::schema::mutation::moderation::{now, subject};
use crate::schema::payload::{Payload, payload, settle};
use crate::schema::post::Post;
use crate::schema::thread::Thread;

/// A part of a text. Places are counted in Unicode scalar values of the text:
/// code points, which are neither bytes nor the units of UTF-16. It begins and
/// ends between what a reader takes for characters, and does not take a part of
/// markup.
#[derive(InputObject, Debug, Clone, Copy)]
pub struct RedactSpanInput {
    /// Of which text; the body where nothing is said.
    pub of: Option<TextPart>,
    /// The first that belongs to it, from 0 on.
    pub start: i32,
    /// The first after it.
    pub end: i32,
    /// What kind of thing stands there: readers are told.
    pub kind: RedactedKind,
}

/// What is to be struck out.
#[derive(InputObject, Debug)]
pub struct RedactInput {
    /// The thread or the post.
    pub subject_id: ID,
    /// The parts: 1 to 100, none over another.
    pub spans: Vec<RedactSpanInput>,
    /// Why: a reason that fits REDACT.
    pub reason: ModerationReason,
    /// Why, in words for the author: 1 to 2,000 characters.
    pub text: String,
    /// The `version` of the text that was judged, which the places are of: where
    /// it was changed since, nothing is done.
    pub expected_version: String,
    /// A key of your own: with the same key, it is done once.
    pub client_mutation_id: Option<String>,
}

/// An appeal.
#[derive(InputObject, Debug)]
pub struct AppealInput {
    /// The entry of the record, out of `moderation` of the thread or post.
    pub entry_id: ID,
    /// Why it was wrong: 1 to 2,000 characters.
    pub text: String,
    /// A key of your own: with the same key, it is made once.
    pub client_mutation_id: Option<String>,
}

/// A decision on an appeal.
#[derive(InputObject, Debug)]
pub struct DecideAppealInput {
    /// The appeal.
    pub appeal_id: ID,
    /// What is decided. What is OVERTURNED is taken back.
    pub outcome: AppealOutcome,
    /// Why, in words for the author: 1 to 2,000 characters.
    pub text: String,
    /// A key of your own: with the same key, it is decided once.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// What came of striking something out.
    RedactPayload {
        /// The thread as it is now, if it was done to one.
        thread: Thread,
        /// The post as it is now, if it was done to one.
        post: Post
    }
}

payload! {
    /// What came of appealing.
    AppealPayload,
    /// What came of deciding.
    DecideAppealPayload => {
        /// The appeal as it is now.
        appeal: Appeal
    }
}

async fn appeal(
    caller: &Caller,
    written: &Written<domain::id::AppealId>,
) -> async_graphql::Result<Option<Appeal>> {
    let id: Uuid = written.id(|id| (*id).into());
    Appeal::seen(caller, id.into()).await
}

/// Striking parts out of texts, and appeals against what moderators did.
#[derive(Debug, Default)]
pub struct AppealMutations;

#[Object(serial)]
impl AppealMutations {
    /// Strikes parts out of a text, each replaced by what kind of thing stood
    /// there. The original, and what the text was before, are kept sealed for as
    /// long as the author may appeal, and then destroyed.
    async fn redact(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to strike out.")] input: RedactInput,
    ) -> async_graphql::Result<RedactPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        // What lies before the beginning lies nowhere, which is refused.
        let place = |at: i32| usize::try_from(at).unwrap_or(usize::MAX);
        let span = |span: &RedactSpanInput| act::RedactSpan {
            of: span.of.unwrap_or(TextPart::Body).into(),
            strike: Strike {
                start: place(span.start),
                end: place(span.end),
                kind: span.kind.into(),
            },
        };
        let act = act::Redact {
            subject: subject(&input.subject_id),
            spans: input.spans.iter().map(span).collect(),
            code: input.reason.into(),
            reason: input.text,
            version: input.expected_version,
        };
        let written = caller.forum.redact(&caller.viewer, &act, &once).await;
        settle!(caller, key, written);
        Ok(RedactPayload::done(key, now(caller, act.subject).await?))
    }

    /// Asks other moderators to look again at what was done to a text of the
    /// viewer's: once, within the time that the forum gives.
    async fn appeal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The appeal.")] input: AppealInput,
    ) -> async_graphql::Result<AppealPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let act = act::MakeAppeal {
            entry: expect(Kind::ModlogEntry, &input.entry_id),
            body: input.text,
        };
        let written = caller.forum.make_appeal(&caller.viewer, &act, &once).await;
        let written = settle!(caller, key, written);
        let found = appeal(caller, &written).await?;
        Ok(AppealPayload::done(key, found))
    }

    /// Decides on an appeal, as a moderator who did not do what it is against.
    /// What came of it stands in the public record.
    async fn decide_appeal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The decision.")] input: DecideAppealInput,
    ) -> async_graphql::Result<DecideAppealPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let act = act::DecideAppeal {
            appeal: expect(Kind::Appeal, &input.appeal_id),
            outcome: input.outcome.into(),
            reason: input.text,
        };
        let written = caller.forum.decide_appeal(&caller.viewer, &act, &once);
        let written = settle!(caller, key, written.await);
        let found = appeal(caller, &written).await?;
        Ok(DecideAppealPayload::done(key, found))
    }
}
