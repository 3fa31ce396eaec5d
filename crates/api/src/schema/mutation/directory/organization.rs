//! Organizations: asking to be accepted, deciding, and who belongs to them.

use async_graphql::{Context, ID, InputObject, Object};
use domain::id::OrganizationId;
use forum::Written;
use forum::account as act;

use crate::schema::caller::{Caller, caller, once, read};
use crate::schema::directory::Organization;
use crate::schema::enums::Accreditation;
use crate::schema::global_id::{Kind, expect};
use crate::schema::payload::{Payload, payload, settle};
use crate::schema::people::OrganizationMember;

/// An organization that wants to be accepted.
#[derive(InputObject, Debug)]
pub struct RequestAccreditationInput {
    /// What it is called: 2 to 120 characters.
    pub name: String,
    /// A key of your own: with the same key, it is asked for once.
    pub client_mutation_id: Option<String>,
}

/// A decision on an organization.
#[derive(InputObject, Debug)]
pub struct DecideAccreditationInput {
    /// The organization.
    pub organization: ID,
    /// How far it is accepted from now on: APPROVED, REJECTED or SUSPENDED.
    pub accreditation: Accreditation,
    /// Why, at most 2,000 characters; needed unless it is accepted.
    pub reason: Option<String>,
    /// A key of your own: with the same key, it is decided once.
    pub client_mutation_id: Option<String>,
}

/// An organization to be a member of.
#[derive(InputObject, Debug)]
pub struct JoinOrganizationInput {
    /// The organization.
    pub organization: ID,
    /// A key of your own: with the same key, it is asked for once.
    pub client_mutation_id: Option<String>,
}

/// A decision on somebody's place in an organization.
#[derive(InputObject, Debug)]
pub struct DecideMembershipInput {
    /// The organization.
    pub organization: ID,
    /// Whose place.
    pub account: ID,
    /// How far the person is accepted from now on: APPROVED, REJECTED or
    /// SUSPENDED.
    pub accreditation: Accreditation,
    /// Why, at most 2,000 characters; needed unless the person is accepted.
    pub reason: Option<String>,
    /// A key of your own: with the same key, it is decided once.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// What came of asking for an organization to be accepted.
    RequestAccreditationPayload,
    /// What came of deciding on an organization.
    DecideAccreditationPayload,
    /// What came of asking to be a member of an organization.
    JoinOrganizationPayload => {
        /// The organization as it is now.
        organization: Organization
    }
}

payload! {
    /// What came of deciding on somebody's place in an organization.
    DecideMembershipPayload {
        /// The person's place as it is now.
        member: OrganizationMember
    }
}

fn organization_now<P>(
    caller: &Caller,
    key: Option<String>,
    written: Result<Written<OrganizationId>, forum::Error>,
) -> async_graphql::Result<P>
where
    P: Payload<Changed = Option<Organization>>,
{
    let id = settle!(caller, key, written).id(|id| (*id).into()).into();
    let directory = caller.forum.directory();
    Ok(P::done(
        key,
        directory.organization(id).cloned().map(Organization::from),
    ))
}

/// Organizations: asking to be accepted, deciding, and who belongs to them.
#[derive(Debug, Default)]
pub struct OrganizationMutations;

#[Object(serial)]
impl OrganizationMutations {
    /// Asks for an organization to be accepted. Whoever asks becomes its
    /// member when it is.
    async fn request_accreditation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The organization.")] input: RequestAccreditationInput,
    ) -> async_graphql::Result<RequestAccreditationPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let asked = caller
            .forum
            .request_accreditation(&caller.viewer, &input.name, &once)
            .await;
        organization_now(caller, key, asked)
    }

    /// Accepts an organization, refuses it, or takes its acceptance back for
    /// now; for administrators.
    async fn decide_accreditation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The decision.")] input: DecideAccreditationInput,
    ) -> async_graphql::Result<DecideAccreditationPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let act = act::DecideAccreditation {
            organization: expect(Kind::Organization, &input.organization),
            to: input.accreditation.into(),
            reason: input.reason,
        };
        let decided = caller
            .forum
            .decide_accreditation(&caller.viewer, &act, &once)
            .await;
        organization_now(caller, key, decided)
    }

    /// Asks to be a member of an accepted organization; one of its members or
    /// an administrator decides.
    async fn join_organization(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The organization.")] input: JoinOrganizationInput,
    ) -> async_graphql::Result<JoinOrganizationPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let id = expect(Kind::Organization, &input.organization);
        let asked = caller
            .forum
            .join_organization(&caller.viewer, id, &once)
            .await;
        organization_now(caller, key, asked)
    }

    /// Decides on somebody's place in an organization; for its members, never
    /// on their own, and for administrators.
    async fn decide_membership(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The decision.")] input: DecideMembershipInput,
    ) -> async_graphql::Result<DecideMembershipPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let act = act::DecideMembership {
            organization: expect(Kind::Organization, &input.organization),
            account: expect(Kind::Account, &input.account),
            to: input.accreditation.into(),
            reason: input.reason,
        };
        let decided = caller
            .forum
            .decide_membership(&caller.viewer, &act, &once)
            .await;
        settle!(caller, key, decided);
        let members = caller.forum.members(&caller.viewer, act.organization).await;
        let mut members = read(caller, members)?.into_iter();
        let member = members
            .find(|one| one.member.account == act.account)
            .map(OrganizationMember);
        Ok(DecideMembershipPayload::done(key, member))
    }
}
