//! Letting partner apps act for oneself, and taking it back.

use async_graphql::{Context, ID, InputObject, Object};

use super::secret::Secret;
use crate::schema::caller::caller;
use crate::schema::consent::AuthorizationRequestInput;
use crate::schema::global_id::{Kind, expect};
use crate::schema::payload::{Payload, payload, settle};
use crate::schema::people::Account;

/// What a person decides on an app's request.
#[derive(InputObject, Debug)]
pub struct DecideAuthorizationInput {
    /// What stands in the page's address.
    pub request: AuthorizationRequestInput,
    /// Whether the app may.
    pub allow: bool,
    /// Given back as it is. Each call that allows makes a consent of its own.
    pub client_mutation_id: Option<String>,
}

/// A consent to be taken back.
#[derive(InputObject, Debug)]
pub struct RevokeConsentInput {
    /// The consent, one of your own.
    pub consent: ID,
    /// Given back as it is. A consent is taken back once.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// What came of deciding on an app's request.
    DecideAuthorizationPayload {
        /// Where to send the browser: back to the app, with a code that is
        /// good once within a minute, or with what it is refused for.
        redirect_to: Secret
    }
}

payload! {
    /// What came of taking a consent back.
    RevokeConsentPayload {
        /// The account as it is now.
        account: Account
    }
}

/// Letting partner apps act for oneself, and taking it back.
#[derive(Debug, Default)]
pub struct ConsentMutations;

#[Object(serial)]
impl ConsentMutations {
    /// Lets a partner app act for you, or not. What is done in confidence, by
    /// a duty or for an office never goes through an app.
    async fn decide_authorization(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The decision.")] input: DecideAuthorizationInput,
    ) -> async_graphql::Result<DecideAuthorizationPayload> {
        let caller = caller(ctx);
        let key = input.client_mutation_id;
        let request = input.request.into();
        let decided = caller
            .forum
            .decide_authorization(&caller.viewer, &request, input.allow)
            .await;
        let back = settle!(caller, key, decided);
        Ok(DecideAuthorizationPayload::done(key, Some(back.into())))
    }

    /// Takes back what you allowed an app, with its tokens. Its websockets
    /// and streams for you close.
    async fn revoke_consent(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The consent.")] input: RevokeConsentInput,
    ) -> async_graphql::Result<RevokeConsentPayload> {
        let caller = caller(ctx);
        let key = input.client_mutation_id;
        let id = expect(Kind::Consent, &input.consent);
        let revoked = caller.forum.revoke_consent(&caller.viewer, id).await;
        settle!(caller, key, revoked);
        let account = Account::own(caller, &caller.viewer).await?;
        Ok(RevokeConsentPayload::done(key, account))
    }
}
