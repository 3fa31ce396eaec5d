//! Saying that somebody is made to suffer for a concern, and deciding on it.

use async_graphql::{Context, ID, InputObject, Object};
use forum::concern as act;

use crate::schema::caller::{caller, once};
use crate::schema::global_id::{Kind, expect};
use crate::schema::payload::{Payload, payload, settle};
use crate::schema::retaliation::RetaliationReport;

/// A report of retaliation.
#[derive(InputObject, Debug)]
pub struct ReportRetaliationInput {
    /// The concern.
    pub thread_id: ID,
    /// What happened: 1 to 20,000 characters. It is sealed like case facts.
    pub body: String,
    /// The agency whose people retaliate: its code or its id. The one that the
    /// concern is before, or complains of, where nothing is said.
    pub agency: Option<ID>,
    /// A key of your own: with the same key, it is reported once.
    pub client_mutation_id: Option<String>,
}

/// A decision on a report of retaliation.
#[derive(InputObject, Debug)]
pub struct DecideRetaliationInput {
    /// The report.
    pub report_id: ID,
    /// Whether the agency's access stays frozen.
    pub uphold: bool,
    /// Why: 1 to 2,000 characters, for whoever reads the report.
    pub reason: String,
    /// A key of your own: with the same key, it is decided once.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// What came of a report of retaliation.
    ReportRetaliationPayload,
    /// What came of deciding on one.
    DecideRetaliationPayload => {
        /// The report.
        report: RetaliationReport
    }
}

/// Saying that somebody is made to suffer for a concern, and deciding on it.
#[derive(Debug, Default)]
pub struct RetaliationMutations;

#[Object(serial)]
impl RetaliationMutations {
    /// Says that somebody is made to suffer for a concern; for its raiser and
    /// those invited. From then on the agency sees nothing of the concern that is
    /// not public, and does nothing in it. Oversight and two moderators are told.
    async fn report_retaliation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The report.")] input: ReportRetaliationInput,
    ) -> async_graphql::Result<ReportRetaliationPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let act = act::ReportRetaliation {
            thread: expect(Kind::Thread, &input.thread_id),
            agency: input.agency.as_ref().map(|one| caller.agency(one)),
            body: input.body,
        };
        let written = caller.forum.report_retaliation(&caller.viewer, &act, &once);
        let written = settle!(caller, key, written.await);
        let id = written.id(|id| (*id).into()).into();
        let report = RetaliationReport::seen(caller, id).await?;
        Ok(ReportRetaliationPayload::done(key, report))
    }

    /// Decides whether an agency's access to a concern stays frozen after
    /// retaliation was reported; for oversight and, where no oversight body
    /// answers, for the moderators whom it was brought to.
    async fn decide_retaliation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The decision.")] input: DecideRetaliationInput,
    ) -> async_graphql::Result<DecideRetaliationPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let act = act::DecideRetaliation {
            report: expect(Kind::RetaliationReport, &input.report_id),
            uphold: input.uphold,
            reason: input.reason,
        };
        let written = caller.forum.decide_retaliation(&caller.viewer, &act, &once);
        let written = settle!(caller, key, written.await);
        let id = written.id(|id| (*id).into()).into();
        let report = RetaliationReport::seen(caller, id).await?;
        Ok(DecideRetaliationPayload::done(key, report))
    }
}
