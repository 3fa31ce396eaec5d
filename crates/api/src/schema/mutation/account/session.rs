//! Ending sessions.

use async_graphql::{Context, ID, InputObject, Object};

use super::set_cookie;
use crate::schema::caller::caller;
use crate::schema::global_id::{Kind, expect};
use crate::schema::payload::{Payload, payload, settle};
use crate::schema::people::Account;

/// Signing out.
#[derive(InputObject, Debug)]
pub struct SignOutInput {
    /// Given back as it is.
    pub client_mutation_id: Option<String>,
}

/// A session to end.
#[derive(InputObject, Debug)]
pub struct RevokeSessionInput {
    /// The session, one of your own.
    pub session: ID,
    /// Given back as it is. A session ends once.
    pub client_mutation_id: Option<String>,
}

/// Every session but this one, to be ended.
#[derive(InputObject, Debug)]
pub struct RevokeOtherSessionsInput {
    /// Given back as it is. Done twice, it changes nothing.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// What came of signing out.
    SignOutPayload {
        /// True once the session ended.
        signed_out: bool
    }
}

payload! {
    /// What came of ending a session.
    RevokeSessionPayload {
        /// The account as it is now.
        account: Account
    }
}

payload! {
    /// What came of ending every other session.
    RevokeOtherSessionsPayload {
        /// The account as it is now.
        account: Account,
        /// How many sessions ended.
        revoked_count: u64
    }
}

/// Ending sessions.
#[derive(Debug, Default)]
pub struct SessionMutations;

#[Object(serial)]
impl SessionMutations {
    /// Ends the session that asks, and has a browser forget its cookie.
    async fn sign_out(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Nothing more is needed.")] input: SignOutInput,
    ) -> async_graphql::Result<SignOutPayload> {
        let caller = caller(ctx);
        let key = input.client_mutation_id;
        let ended = caller.forum.sign_out(&caller.viewer).await;
        // A visitor's cookie is of a session that ended before. Where a
        // session could not be ended, the cookie stays, to try again.
        if ended.is_ok() || caller.viewer.account.is_none() {
            set_cookie(ctx, "", 0);
        }
        settle!(caller, key, ended);
        Ok(SignOutPayload::done(key, Some(true)))
    }

    /// Ends one of your own sessions.
    async fn revoke_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The session.")] input: RevokeSessionInput,
    ) -> async_graphql::Result<RevokeSessionPayload> {
        let caller = caller(ctx);
        let key = input.client_mutation_id;
        let id = expect(Kind::Session, &input.session);
        let ended = caller.forum.revoke_session(&caller.viewer, id).await;
        settle!(caller, key, ended);
        Ok(RevokeSessionPayload::done(
            key,
            Account::own(caller, &caller.viewer).await?,
        ))
    }

    /// Ends every session of yours but the one that asks.
    async fn revoke_other_sessions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Nothing more is needed.")] input: RevokeOtherSessionsInput,
    ) -> async_graphql::Result<RevokeOtherSessionsPayload> {
        let caller = caller(ctx);
        let key = input.client_mutation_id;
        let ended = caller.forum.revoke_other_sessions(&caller.viewer).await;
        let count = settle!(caller, key, ended);
        let account = Account::own(caller, &caller.viewer).await?;
        Ok(RevokeOtherSessionsPayload::done(
            key,
            (account, Some(count)),
        ))
    }
}
