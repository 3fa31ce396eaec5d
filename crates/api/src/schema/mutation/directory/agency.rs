//! Agencies, whether they take part, and the desks in them.

use async_graphql::{Context, ID, InputObject, Object};
use domain::id::{AgencyId, OfficeId};
use forum::Written;
use forum::account as act;

use crate::schema::caller::{Caller, caller, once, read};
use crate::schema::directory::{Agency, Office};
use crate::schema::enums::{Accreditation, Participation};
use crate::schema::global_id::{Kind, expect};
use crate::schema::payload::{Payload, inputs, payload, settle};
use crate::schema::people::OfficeHolder;

/// Whether an agency takes part.
#[derive(InputObject, Debug)]
pub struct SetParticipationInput {
    /// The agency: its id, or its code, such as POL_PB.
    pub agency: ID,
    /// Whether it takes part from now on. It is invited before it answers.
    pub participation: Participation,
    /// A key of your own: with the same key, it is written once.
    pub client_mutation_id: Option<String>,
}

/// Whether a second officer of an agency approves its answers.
#[derive(InputObject, Debug)]
pub struct SetSecondOfficerInput {
    /// The agency: its id, or its code, such as POL_PB.
    pub agency: ID,
    /// Whether a second officer approves; else one answers alone.
    pub required: bool,
    /// A key of your own: with the same key, it is written once.
    pub client_mutation_id: Option<String>,
}

/// A decision on an agency.
#[derive(InputObject, Debug)]
pub struct DecideAgencyInput {
    /// The agency: its id, or its code, such as POL_PB.
    pub agency: ID,
    /// How far it is accepted from now on: APPROVED, REJECTED or SUSPENDED.
    pub accreditation: Accreditation,
    /// Why, at most 2,000 characters; needed unless it is accepted.
    pub reason: Option<String>,
    /// A key of your own: with the same key, it is decided once.
    pub client_mutation_id: Option<String>,
}

/// A desk to be opened in an agency.
#[derive(InputObject, Debug)]
pub struct CreateOfficeInput {
    /// The agency: its id, or its code, such as POL_PB.
    pub agency: ID,
    /// Its name in English: 2 to 120 characters.
    pub name_en: String,
    /// Its name in Urdu: 2 to 120 characters.
    pub name_ur: String,
    /// The code of its region, if it is for one.
    pub region: Option<String>,
    /// A key of your own: with the same key, it is opened once.
    pub client_mutation_id: Option<String>,
}

inputs! {
    /// An office, and the official to put into it.
    AppointHolderInput,
    /// An office, and the official to take out of it.
    EndHoldingInput => {
        /// The office.
        pub office: ID,
        /// The official's account.
        pub account: ID,
        /// A key of your own: with the same key, the act is done once.
        pub client_mutation_id: Option<String>,
    }
}

/// An office that goes from one official to another.
#[derive(InputObject, Debug)]
pub struct HandOverInput {
    /// The office.
    pub office: ID,
    /// The account of who leaves it.
    pub from: ID,
    /// The account of who takes it over.
    pub to: ID,
    /// A key of your own: with the same key, it is handed over once.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// What came of writing whether an agency takes part.
    SetParticipationPayload,
    /// What came of writing whether a second officer approves.
    SetSecondOfficerPayload,
    /// What came of deciding on an agency.
    DecideAgencyPayload => {
        /// The agency as it is now.
        agency: Agency
    }
}

payload! {
    /// What came of opening a desk.
    CreateOfficePayload {
        /// The office.
        office: Office
    }
}

payload! {
    /// What came of putting an official into an office.
    AppointHolderPayload,
    /// What came of taking an official out of an office.
    EndHoldingPayload,
    /// What came of handing an office over.
    HandOverPayload => {
        /// The office.
        office: Office,
        /// Who held it when, the newest first.
        holders: Vec<OfficeHolder>
    }
}

fn agency_now<P>(
    caller: &Caller,
    key: Option<String>,
    written: Result<Written<AgencyId>, forum::Error>,
) -> async_graphql::Result<P>
where
    P: Payload<Changed = Option<Agency>>,
{
    let id = settle!(caller, key, written).id(|id| (*id).into()).into();
    let directory = caller.forum.directory();
    Ok(P::done(key, directory.agency(id).cloned().map(Agency)))
}

async fn holding_now<P>(
    caller: &Caller,
    key: Option<String>,
    written: Result<Written<OfficeId>, forum::Error>,
) -> async_graphql::Result<P>
where
    P: Payload<Changed = (Option<Office>, Option<Vec<OfficeHolder>>)>,
{
    let id = settle!(caller, key, written).id(|id| (*id).into()).into();
    let holders = read(caller, caller.forum.holders(&caller.viewer, id).await)?;
    let holders = holders.into_iter().map(OfficeHolder).collect();
    Ok(P::done(key, (office(caller, id), Some(holders))))
}

fn office(caller: &Caller, id: OfficeId) -> Option<Office> {
    caller.forum.directory().office(id).cloned().map(Office)
}

/// Agencies, whether they take part, and the desks in them.
#[derive(Debug, Default)]
pub struct AgencyMutations;

#[Object(serial)]
impl AgencyMutations {
    /// Writes whether an agency takes part; for administrators.
    async fn set_participation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The agency, and whether it takes part.")] input: SetParticipationInput,
    ) -> async_graphql::Result<SetParticipationPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let (id, to) = (caller.agency(&input.agency), input.participation.into());
        let written = caller
            .forum
            .set_participation(&caller.viewer, id, to, &once)
            .await;
        agency_now(caller, key, written)
    }

    /// Writes whether a second officer of an agency approves its answers before
    /// they are published, as it is where nothing is said; for administrators.
    async fn set_second_officer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The agency, and whether a second officer approves.")]
        input: SetSecondOfficerInput,
    ) -> async_graphql::Result<SetSecondOfficerPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let id = caller.agency(&input.agency);
        let written = caller
            .forum
            .set_second_officer(&caller.viewer, id, input.required, &once)
            .await;
        agency_now(caller, key, written)
    }

    /// Accepts an agency, refuses it, or takes its acceptance back for now;
    /// for administrators.
    async fn decide_agency(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The decision.")] input: DecideAgencyInput,
    ) -> async_graphql::Result<DecideAgencyPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let act = act::DecideAgency {
            agency: caller.agency(&input.agency),
            to: input.accreditation.into(),
            reason: input.reason,
        };
        let decided = caller
            .forum
            .decide_agency(&caller.viewer, &act, &once)
            .await;
        agency_now(caller, key, decided)
    }

    /// Opens a desk in an agency; for administrators.
    async fn create_office(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The desk.")] input: CreateOfficeInput,
    ) -> async_graphql::Result<CreateOfficePayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let act = act::CreateOffice {
            agency: caller.agency(&input.agency),
            name_en: input.name_en,
            name_ur: input.name_ur,
            region: input.region,
        };
        let written = caller
            .forum
            .create_office(&caller.viewer, &act, &once)
            .await;
        let written = settle!(caller, key, written);
        let id = written.id(|id| (*id).into()).into();
        Ok(CreateOfficePayload::done(key, office(caller, id)))
    }

    /// Puts an official into an office, which vouches for him; for
    /// administrators. Nobody holds offices of two agencies.
    async fn appoint_holder(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The office, and the official.")] input: AppointHolderInput,
    ) -> async_graphql::Result<AppointHolderPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let (act, key) = (
            appointment(&input.office, &input.account),
            input.client_mutation_id,
        );
        let written = caller
            .forum
            .appoint_holder(&caller.viewer, act, &once)
            .await;
        holding_now(caller, key, written).await
    }

    /// Takes an official out of an office; for administrators. With his last
    /// office goes that somebody vouched for him.
    async fn end_holding(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The office, and the official.")] input: EndHoldingInput,
    ) -> async_graphql::Result<EndHoldingPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let (act, key) = (
            appointment(&input.office, &input.account),
            input.client_mutation_id,
        );
        let written = caller.forum.end_holding(&caller.viewer, act, &once).await;
        holding_now(caller, key, written).await
    }

    /// Hands an office over from one official to another, at one moment; for
    /// administrators.
    async fn hand_over(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The office, and from whom to whom.")] input: HandOverInput,
    ) -> async_graphql::Result<HandOverPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let act = act::Handover {
            office: expect(Kind::Office, &input.office),
            from: expect(Kind::Account, &input.from),
            to: expect(Kind::Account, &input.to),
        };
        let written = caller.forum.hand_over(&caller.viewer, act, &once).await;
        holding_now(caller, key, written).await
    }
}

fn appointment(office: &ID, account: &ID) -> act::AppointHolder {
    act::AppointHolder {
        office: expect(Kind::Office, office),
        account: expect(Kind::Account, account),
    }
}
