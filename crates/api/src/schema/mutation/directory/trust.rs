//! Letting people in, vouching for them, and what they are trusted with.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use forum::Once;
use forum::account as act;
use forum::views::thread::Switch;

use super::account_now;
use crate::schema::caller::{Caller, caller, once};
use crate::schema::enums::{Constituency, Duty};
use crate::schema::global_id::{Kind, encode, expect};
use crate::schema::mutation::secret::Secret;
use crate::schema::payload::{Payload, inputs, payload, settle};
use crate::schema::people::Account;

inputs! {
    /// An account to let in.
    ApproveAccountInput,
    /// An account to turn away.
    RejectAccountInput => {
        /// The account.
        pub account: ID,
        /// A key of your own: with the same key, the act is done once.
        pub client_mutation_id: Option<String>,
    }
}

inputs! {
    /// A duty to give, and to whom.
    GrantDutyInput,
    /// A duty to take back, and from whom.
    RevokeDutyInput => {
        /// The account.
        pub account: ID,
        /// The duty.
        pub duty: Duty,
        /// A key of your own: with the same key, the act is done once.
        pub client_mutation_id: Option<String>,
    }
}

/// Somebody to vouch for.
#[derive(InputObject, Debug)]
pub struct VouchInput {
    /// The person's account.
    pub account: ID,
    /// The constituency that the person named.
    pub constituency: Constituency,
    /// A key of your own: with the same key, the act is done once.
    pub client_mutation_id: Option<String>,
}

/// An invitation to be made.
#[derive(InputObject, Debug)]
pub struct CreateInvitationInput {
    /// The constituency that it vouches for; where nothing is said, the guest
    /// chooses, and nobody vouches. An office says OFFICIAL by itself.
    pub constituency: Option<Constituency>,
    /// The organization that the guest becomes a member of.
    pub organization: Option<ID>,
    /// The office that the guest comes to hold; officials, and only they,
    /// have one.
    pub office: Option<ID>,
    /// For how many days it is good: 1 to 90.
    #[graphql(default = 14)]
    pub days: u32,
    /// Given back as it is. Each call makes another invitation.
    pub client_mutation_id: Option<String>,
}

/// An invitation, good for one registration.
#[derive(SimpleObject, Debug)]
#[graphql(serial)]
pub struct Invitation {
    /// The code to hand over. It is shown once.
    pub code: Secret,
    /// When it is over.
    pub expires_at: DateTime<Utc>,
}

payload! {
    /// What came of letting an account in.
    ApproveAccountPayload,
    /// What came of vouching for somebody.
    VouchPayload,
    /// What came of giving a duty.
    GrantDutyPayload,
    /// What came of taking a duty back.
    RevokeDutyPayload => {
        /// The account as it is now; null if you may not see it.
        account: Account
    }
}

payload! {
    /// What came of turning an account away.
    RejectAccountPayload {
        /// The id that the account had; nothing of it is kept.
        account_id: ID
    }
}

payload! {
    /// What came of making an invitation.
    CreateInvitationPayload {
        /// The invitation.
        invitation: Invitation
    }
}

/// Letting people in, vouching for them, and what they are trusted with.
#[derive(Debug, Default)]
pub struct TrustMutations;

#[Object(serial)]
impl TrustMutations {
    /// Lets an account in that waits for approval; for administrators.
    async fn approve_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The account.")] input: ApproveAccountInput,
    ) -> async_graphql::Result<ApproveAccountPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let id = expect(Kind::Account, &input.account);
        let written = caller
            .forum
            .approve_account(&caller.viewer, id, &once)
            .await;
        account_now(caller, key, written).await
    }

    /// Turns an account away that waits for approval; for administrators.
    /// Nothing of it is kept.
    async fn reject_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The account.")] input: RejectAccountInput,
    ) -> async_graphql::Result<RejectAccountPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let id = expect(Kind::Account, &input.account);
        let written = caller.forum.reject_account(&caller.viewer, id, &once).await;
        let written = settle!(caller, key, written);
        let id = encode(Kind::Account, written.id(|id| (*id).into()));
        Ok(RejectAccountPayload::done(key, Some(id)))
    }

    /// Vouches that a person speaks for the constituency that the person
    /// named; for vouched members of the same constituency in an
    /// organization, and for administrators.
    async fn vouch(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "For whom, and as what.")] input: VouchInput,
    ) -> async_graphql::Result<VouchPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let act = act::Vouch {
            account: expect(Kind::Account, &input.account),
            constituency: input.constituency.into(),
        };
        let written = caller.forum.vouch(&caller.viewer, act, &once).await;
        account_now(caller, key, written).await
    }

    /// Gives a person a duty; for administrators. Officials have none, and no
    /// custodian is an administrator.
    async fn grant_duty(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "To whom, and which.")] input: GrantDutyInput,
    ) -> async_graphql::Result<GrantDutyPayload> {
        let once = once(&input, input.client_mutation_id.as_ref());
        let act = act::SetDuty {
            account: expect(Kind::Account, &input.account),
            duty: input.duty.into(),
            on: Switch::On,
        };
        set_duty(caller(ctx), act, once).await
    }

    /// Takes a duty back; for administrators. The last administrator stays
    /// one.
    async fn revoke_duty(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "From whom, and which.")] input: RevokeDutyInput,
    ) -> async_graphql::Result<RevokeDutyPayload> {
        let once = once(&input, input.client_mutation_id.as_ref());
        let act = act::SetDuty {
            account: expect(Kind::Account, &input.account),
            duty: input.duty.into(),
            on: Switch::Off,
        };
        set_duty(caller(ctx), act, once).await
    }

    /// Makes an invitation, good for one registration; for administrators.
    async fn create_invitation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What it grants.")] input: CreateInvitationInput,
    ) -> async_graphql::Result<CreateInvitationPayload> {
        let caller = caller(ctx);
        let key = input.client_mutation_id;
        let act = act::CreateInvitation {
            constituency: input.constituency.map(Into::into),
            organization: input.organization.map(|id| expect(Kind::Organization, &id)),
            office: input.office.map(|id| expect(Kind::Office, &id)),
            days: input.days,
        };
        let made = caller.forum.create_invitation(&caller.viewer, act).await;
        let made = settle!(caller, key, made);
        let invitation = Invitation {
            code: made.code.into(),
            expires_at: made.expires_at,
        };
        Ok(CreateInvitationPayload::done(key, Some(invitation)))
    }
}

async fn set_duty<P>(caller: &Caller, act: act::SetDuty, once: Once) -> async_graphql::Result<P>
where
    P: Payload<Changed = Option<Account>>,
{
    let written = caller.forum.set_duty(&caller.viewer, act, &once).await;
    account_now(caller, once.key, written).await
}
