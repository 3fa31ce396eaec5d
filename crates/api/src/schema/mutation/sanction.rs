//! Warning, proposing a sanction, deciding on one, taking one back.

use async_graphql::{Context, ID, InputObject, Object};
use chrono::{DateTime, Utc};
use domain::id::SanctionId;
use forum::Written;
use forum::moderation as act;

use super::moderation::subject;
use crate::schema::caller::{Caller, caller, once};
use crate::schema::enums::{ModerationReason, SanctionDecision, SanctionKind, SanctionScope};
use crate::schema::global_id::{Kind, expect};
use crate::schema::payload::{Payload, payload, settle};
use crate::schema::sanction::Sanction;

/// A sanction of whoever wrote something.
#[derive(InputObject, Debug)]
pub struct ProposeSanctionInput {
    /// The thread or the post that it is for: its author is sanctioned.
    pub subject_id: ID,
    /// What is done.
    pub kind: SanctionKind,
    /// How far it reaches. A silence and a suspension need it; a warning has
    /// none, and a ban is of everything.
    pub scope: Option<SanctionScope>,
    /// When it ends by itself: an hour from now or later. A silence and a
    /// suspension need it; the others have none.
    pub until: Option<DateTime<Utc>>,
    /// Why. Not every reason fits every kind.
    pub reason: ModerationReason,
    /// Why, in words for whoever is sanctioned: 1 to 2,000 characters.
    pub text: String,
    /// The `version` of the text that was judged: where it was changed since,
    /// nothing is done. Whoever leaves it out acts on the text as it is at that
    /// moment, whatever he read.
    pub expected_version: Option<String>,
    /// A key of your own: with the same key, it is done once.
    pub client_mutation_id: Option<String>,
}

/// A decision on a sanction that another moderator proposed.
#[derive(InputObject, Debug)]
pub struct DecideSanctionInput {
    /// The sanction.
    pub sanction_id: ID,
    /// What is decided.
    pub decision: SanctionDecision,
    /// Why, in words for the moderators: 1 to 2,000 characters.
    pub text: String,
    /// A key of your own: with the same key, it is decided once.
    pub client_mutation_id: Option<String>,
}

/// The end of a sanction before its time.
#[derive(InputObject, Debug)]
pub struct LiftSanctionInput {
    /// The sanction.
    pub sanction_id: ID,
    /// Why: REVIEWED, MISTAKEN or MENDED.
    pub reason: ModerationReason,
    /// Why, in words for whoever was sanctioned: 1 to 2,000 characters.
    pub text: String,
    /// A key of your own: with the same key, it is done once.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// What came of warning, or of proposing a sanction.
    ProposeSanctionPayload,
    /// What came of deciding on a sanction.
    DecideSanctionPayload,
    /// What came of taking a sanction back.
    LiftSanctionPayload => {
        /// The sanction as it is now.
        sanction: Sanction
    }
}

async fn now(
    caller: &Caller,
    written: &Written<SanctionId>,
) -> async_graphql::Result<Option<Sanction>> {
    Sanction::seen(caller, written.id(|id| (*id).into()).into()).await
}

/// Warning, proposing a sanction, deciding on one, taking one back.
#[derive(Debug, Default)]
pub struct SanctionMutations;

#[Object(serial)]
impl SanctionMutations {
    /// Warns whoever wrote something, at once. What weighs more is proposed, and
    /// takes effect when a moderator of another constituency approves.
    async fn propose_sanction(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The sanction.")] input: ProposeSanctionInput,
    ) -> async_graphql::Result<ProposeSanctionPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let act = act::ProposeSanction {
            subject: subject(&input.subject_id),
            kind: input.kind.into(),
            reach: input.scope.map(Into::into),
            until: input.until,
            code: input.reason.into(),
            reason: input.text,
            version: input.expected_version,
        };
        let written = caller.forum.propose_sanction(&caller.viewer, &act, &once);
        let written = settle!(caller, key, written.await);
        let found = now(caller, &written).await?;
        Ok(ProposeSanctionPayload::done(key, found))
    }

    /// Approves a sanction that another moderator proposed, or rejects it. Whoever
    /// decides is of another constituency; of two at once, one does.
    async fn decide_sanction(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The decision.")] input: DecideSanctionInput,
    ) -> async_graphql::Result<DecideSanctionPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let act = act::DecideSanction {
            sanction: expect(Kind::Sanction, &input.sanction_id),
            decision: input.decision.into(),
            reason: input.text,
        };
        let written = caller.forum.decide_sanction(&caller.viewer, &act, &once);
        let written = settle!(caller, key, written.await);
        let found = now(caller, &written).await?;
        Ok(DecideSanctionPayload::done(key, found))
    }

    /// Takes a sanction back before its end. Any moderator does but the one who
    /// proposed it.
    async fn lift_sanction(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is taken back.")] input: LiftSanctionInput,
    ) -> async_graphql::Result<LiftSanctionPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let act = act::LiftSanction {
            sanction: expect(Kind::Sanction, &input.sanction_id),
            code: input.reason.into(),
            reason: input.text,
        };
        let written = caller.forum.lift_sanction(&caller.viewer, &act, &once);
        let written = settle!(caller, key, written.await);
        let found = now(caller, &written).await?;
        Ok(LiftSanctionPayload::done(key, found))
    }
}
