//! What authorities demand by law: registering it, and deciding on it.

use async_graphql::{Context, ID, InputObject, Object};
use forum::Written;
use forum::legal as act;
use uuid::Uuid;

use crate::schema::caller::{Caller, caller, once};
use crate::schema::enums::{LegalDecision, LegalDemandKind, LegalInstrument};
use crate::schema::global_id::{Kind, expect};
use crate::schema::legal::LegalDemand;
use crate::schema::mutation::moderation::subject;
use crate::schema::payload::{Payload, payload, settle};
use crate::schema::scalar::Day;

/// A demand by law.
#[derive(InputObject, Debug)]
pub struct RegisterLegalDemandInput {
    /// What is demanded.
    pub kind: LegalDemandKind,
    /// By what.
    pub instrument: LegalInstrument,
    /// Who demands it: 2 to 120 characters.
    pub authority: String,
    /// Under which number: at most 300 characters.
    pub reference: Option<String>,
    /// What it reaches, in words: 1 to 2,000 characters.
    pub scope: String,
    /// The thread or post that it is about; it or `subjectReference` is needed with
    /// TAKE_DOWN.
    pub subject_id: Option<ID>,
    /// The reference of the thread that it is about, in place of `subjectId`: also of
    /// one that you do not see. Whether there is such a thread shows only once two
    /// approved; the scope says which part of it is meant.
    pub subject_reference: Option<String>,
    /// The day on which it came, not later than today.
    pub received_on: Day,
    /// Whether the law bars the forum from telling the person; then until when is
    /// said, too.
    pub notice_barred: bool,
    /// The last day on which the law bars it: after today, and at most 365 days
    /// ahead. Needed with `noticeBarred`, and only with it.
    pub notice_barred_until: Option<Day>,
    /// A key of your own: with the same key, it is registered once.
    pub client_mutation_id: Option<String>,
}

/// A decision on a demand.
#[derive(InputObject, Debug)]
pub struct DecideLegalDemandInput {
    /// The demand.
    pub demand_id: ID,
    /// What is decided.
    pub decision: LegalDecision,
    /// Why: 1 to 2,000 characters.
    pub text: String,
    /// A key of your own: with the same key, it is decided once.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// What came of registering a demand.
    RegisterLegalDemandPayload,
    /// What came of deciding on one.
    DecideLegalDemandPayload => {
        /// The demand as it is now.
        legal_demand: LegalDemand
    }
}

async fn demand(
    caller: &Caller,
    written: &Written<domain::id::DemandId>,
) -> async_graphql::Result<Option<LegalDemand>> {
    let id: Uuid = written.id(|id| (*id).into());
    LegalDemand::seen(caller, id.into()).await
}

/// What authorities demand by law.
#[derive(Debug, Default)]
pub struct LegalMutations;

#[Object(serial)]
impl LegalMutations {
    /// Enters a demand into the register, as an administrator.
    async fn register_legal_demand(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The demand.")] input: RegisterLegalDemandInput,
    ) -> async_graphql::Result<RegisterLegalDemandPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let act = act::RegisterDemand {
            kind: input.kind.into(),
            instrument: input.instrument.into(),
            authority: input.authority,
            reference: input.reference,
            scope: input.scope,
            subject: input.subject_id.as_ref().map(subject),
            subject_reference: input.subject_reference,
            received_on: input.received_on.0,
            notice_barred: input.notice_barred,
            barred_until: input.notice_barred_until.map(|day| day.0),
        };
        let written = caller.forum.register_demand(&caller.viewer, &act, &once);
        let written = settle!(caller, key, written.await);
        let found = demand(caller, &written).await?;
        Ok(RegisterLegalDemandPayload::done(key, found))
    }

    /// Approves a demand, refuses it, or says that it holds no longer. Two approve,
    /// neither of whom registered it; what is to be taken down is removed with the
    /// second, and says LEGAL_ORDER. Nobody restores it until an administrator
    /// lifts the demand.
    async fn decide_legal_demand(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The decision.")] input: DecideLegalDemandInput,
    ) -> async_graphql::Result<DecideLegalDemandPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let act = act::DecideDemand {
            demand: expect(Kind::LegalDemand, &input.demand_id),
            decision: input.decision.into(),
            reason: input.text,
        };
        let written = caller.forum.decide_demand(&caller.viewer, &act, &once);
        let written = settle!(caller, key, written.await);
        let found = demand(caller, &written).await?;
        Ok(DecideLegalDemandPayload::done(key, found))
    }
}
