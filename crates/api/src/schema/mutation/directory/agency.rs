//! Agencies, whether they take part, and the desks in them.

use async_graphql::{Context, ID, InputObject, Object};
use domain::id::{AgencyId, OfficeId};
use forum::Written;
use forum::account as act;

use crate::schema::caller::{Caller, caller, once, read};
use crate::schema::directory::{Agency, Office};
use crate::schema::enums::{Accreditation, Participation};
use crate::schema::global_id::{Kind, expect};
use crate::schema::payload::{payload, settle};
use crate::schema::people::OfficeHolder;

/// Whether an agency takes part.
#[derive(InputObject, Debug)]
pub struct SetParticipationInput {
    /// The agency.
    pub agency: ID,
    /// Whether it takes part from now on. It is invited before it answers.
    pub participation: Participation,
    /// A key of your own: with the same key, it is written once.
    pub client_mutation_id: Option<String>,
}

/// A decision on an agency.
#[derive(InputObject, Debug)]
pub struct DecideAgencyInput {
    /// The agency.
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
    /// The agency.
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

/// An office, and an official.
#[derive(InputObject, Debug)]
pub struct HoldingInput {
    /// The office.
    pub office: ID,
    /// The official's account.
    pub account: ID,
    /// A key of your own: with the same key, the act is done once.
    pub client_mutation_id: Option<String>,
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
    /// What came of an act on an agency.
    AgencyPayload {
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
    /// What came of a change of who holds an office.
    HoldingPayload {
        /// The office.
        office: Office,
        /// Who held it when, the newest first.
        holders: Vec<OfficeHolder>
    }
}

impl AgencyPayload {
    fn of(caller: &Caller, key: Option<String>, written: &Written<AgencyId>) -> Self {
        let id = written.id(|id| (*id).into()).into();
        Self::done(
            key,
            caller.forum.directory().agency(id).cloned().map(Agency),
        )
    }
}

impl HoldingPayload {
    async fn of(
        caller: &Caller,
        key: Option<String>,
        written: &Written<OfficeId>,
    ) -> async_graphql::Result<Self> {
        let id = written.id(|id| (*id).into()).into();
        let holders = read(caller, caller.forum.holders(&caller.viewer, id).await)?;
        let holders = holders.into_iter().map(OfficeHolder).collect();
        Ok(Self::done(key, office(caller, id), Some(holders)))
    }
}

fn office(caller: &Caller, id: OfficeId) -> Option<Office> {
    caller.forum.directory().office(id).cloned().map(Office)
}

/// Agencies, whether they take part, and the desks in them.
#[derive(Debug, Default)]
pub struct AgencyMutations;

#[Object]
impl AgencyMutations {
    /// Writes whether an agency takes part; for administrators.
    async fn set_participation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The agency, and whether it takes part.")] input: SetParticipationInput,
    ) -> async_graphql::Result<AgencyPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let (id, to) = (
            expect(Kind::Agency, &input.agency),
            input.participation.into(),
        );
        let written = caller
            .forum
            .set_participation(&caller.viewer, id, to, &once)
            .await;
        let written = settle!(caller, AgencyPayload, key, written);
        Ok(AgencyPayload::of(caller, key, &written))
    }

    /// Accepts an agency, refuses it, or takes its acceptance back for now;
    /// for administrators.
    async fn decide_agency(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The decision.")] input: DecideAgencyInput,
    ) -> async_graphql::Result<AgencyPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let act = act::DecideAgency {
            agency: expect(Kind::Agency, &input.agency),
            to: input.accreditation.into(),
            reason: input.reason,
        };
        let decided = caller
            .forum
            .decide_agency(&caller.viewer, &act, &once)
            .await;
        let decided = settle!(caller, AgencyPayload, key, decided);
        Ok(AgencyPayload::of(caller, key, &decided))
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
            agency: expect(Kind::Agency, &input.agency),
            name_en: input.name_en,
            name_ur: input.name_ur,
            region: input.region,
        };
        let written = caller
            .forum
            .create_office(&caller.viewer, &act, &once)
            .await;
        let written = settle!(caller, CreateOfficePayload, key, written);
        let id = written.id(|id| (*id).into()).into();
        Ok(CreateOfficePayload::done(key, office(caller, id)))
    }

    /// Puts an official into an office, which vouches for him; for
    /// administrators. Nobody holds offices of two agencies.
    async fn appoint_holder(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The office, and the official.")] input: HoldingInput,
    ) -> async_graphql::Result<HoldingPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let (act, key) = (appointment(&input), input.client_mutation_id);
        let written = caller
            .forum
            .appoint_holder(&caller.viewer, act, &once)
            .await;
        let written = settle!(caller, HoldingPayload, key, written);
        HoldingPayload::of(caller, key, &written).await
    }

    /// Takes an official out of an office; for administrators. With his last
    /// office goes that somebody vouched for him.
    async fn end_holding(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The office, and the official.")] input: HoldingInput,
    ) -> async_graphql::Result<HoldingPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let (act, key) = (appointment(&input), input.client_mutation_id);
        let written = caller.forum.end_holding(&caller.viewer, act, &once).await;
        let written = settle!(caller, HoldingPayload, key, written);
        HoldingPayload::of(caller, key, &written).await
    }

    /// Hands an office over from one official to another, at one moment; for
    /// administrators.
    async fn hand_over(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The office, and from whom to whom.")] input: HandOverInput,
    ) -> async_graphql::Result<HoldingPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let act = act::Handover {
            office: expect(Kind::Office, &input.office),
            from: expect(Kind::Account, &input.from),
            to: expect(Kind::Account, &input.to),
        };
        let written = caller.forum.hand_over(&caller.viewer, act, &once).await;
        let written = settle!(caller, HoldingPayload, key, written);
        HoldingPayload::of(caller, key, &written).await
    }
}

fn appointment(input: &HoldingInput) -> act::AppointHolder {
    act::AppointHolder {
        office: expect(Kind::Office, &input.office),
        account: expect(Kind::Account, &input.account),
    }
}
