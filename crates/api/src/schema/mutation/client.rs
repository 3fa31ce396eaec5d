//! Making partner apps, giving them new secrets, revoking them.

use async_graphql::{Context, ID, InputObject, Object};
use forum::account as act;

use super::secret::Secret;
use crate::schema::caller::{Caller, caller, read};
use crate::schema::client::Client;
use crate::schema::enums::AccessScope;
use crate::schema::global_id::{Kind, expect};
use crate::schema::payload::{Payload, payload, settle};

/// An app to be made.
#[derive(InputObject, Debug)]
pub struct CreateClientInput {
    /// The accredited organization that it acts for.
    pub organization: ID,
    /// What to call it: 2 to 120 characters.
    pub name: String,
    /// What its tokens may be good for, at least one scope.
    pub scopes: Vec<AccessScope>,
    /// Where it may have a browser sent back to once a person decided, at most
    /// 10, compared as they are written: of `https`, or of this very machine
    /// (`http://127.0.0.1`). Without any, it acts for its organization alone.
    #[graphql(default)]
    pub redirect_uris: Vec<String>,
    /// Whether it may only run documents that were registered.
    #[graphql(default)]
    pub trusted_only: bool,
    /// Whether it is for development, against demonstration data alone. Only
    /// a demonstration forum takes such apps.
    #[graphql(default)]
    pub sandbox: bool,
    /// Given back as it is. Each call makes an app of its own.
    pub client_mutation_id: Option<String>,
}

/// An app that gets a new secret.
#[derive(InputObject, Debug)]
pub struct RotateClientSecretInput {
    /// The app.
    pub client: ID,
    /// For how many hours the secret before is good beside the new one: 0 to
    /// 168. Of two before, the older ends at once.
    #[graphql(default = 24)]
    pub overlap_hours: u32,
    /// Given back as it is. Each call makes a secret of its own.
    pub client_mutation_id: Option<String>,
}

/// An app to be revoked.
#[derive(InputObject, Debug)]
pub struct RevokeClientInput {
    /// The app.
    pub client: ID,
    /// Given back as it is. Done twice, it changes nothing.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// What came of making an app.
    CreateClientPayload,
    /// What came of giving an app a new secret.
    RotateClientSecretPayload => {
        /// The app as it is now.
        client: Client,
        /// Its secret: the `client_secret` at the token endpoint. It is shown
        /// once.
        secret: Secret
    }
}

payload! {
    /// What came of revoking an app.
    RevokeClientPayload {
        /// The app as it is now.
        client: Client
    }
}

/// What came of making a secret, which is shown this once.
async fn with_secret<P>(
    caller: &Caller,
    key: Option<String>,
    made: Result<act::ClientSecret, forum::Error>,
) -> async_graphql::Result<P>
where
    P: Payload<Changed = (Option<Client>, Option<Secret>)>,
{
    let made = settle!(caller, key, made);
    let client = caller.forum.client(&caller.viewer, made.client).await;
    // That the app cannot be read just now must not cost its secret.
    let client = client.unwrap_or_default().map(Client::alone);
    Ok(P::done(key, (client, Some(made.secret.into()))))
}

/// Making partner apps, giving them new secrets, revoking them.
#[derive(Debug, Default)]
pub struct ClientMutations;

#[Object(serial)]
impl ClientMutations {
    /// Makes an app of an accredited organization; for its members and
    /// administrators.
    async fn create_client(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The app.")] input: CreateClientInput,
    ) -> async_graphql::Result<CreateClientPayload> {
        let caller = caller(ctx);
        let key = input.client_mutation_id;
        let act = act::CreateClient {
            organization: expect(Kind::Organization, &input.organization),
            name: input.name,
            scopes: input.scopes.into_iter().map(Into::into).collect(),
            redirect_uris: input.redirect_uris,
            trusted_only: input.trusted_only,
            sandbox: input.sandbox,
        };
        let made = caller.forum.create_client(&caller.viewer, &act).await;
        with_secret(caller, key, made).await
    }

    /// Gives an app a new secret, beside which the one before is good for a
    /// while; for members of its organization and administrators.
    async fn rotate_client_secret(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The app.")] input: RotateClientSecretInput,
    ) -> async_graphql::Result<RotateClientSecretPayload> {
        let caller = caller(ctx);
        let key = input.client_mutation_id;
        let id = expect(Kind::Client, &input.client);
        let made = caller
            .forum
            .rotate_client_secret(&caller.viewer, id, input.overlap_hours)
            .await;
        with_secret(caller, key, made).await
    }

    /// Revokes an app with its secrets and tokens. Its websockets and streams
    /// close. For members of its organization and administrators.
    async fn revoke_client(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The app.")] input: RevokeClientInput,
    ) -> async_graphql::Result<RevokeClientPayload> {
        let caller = caller(ctx);
        let key = input.client_mutation_id;
        let id = expect(Kind::Client, &input.client);
        let revoked = caller.forum.revoke_client(&caller.viewer, id).await;
        settle!(caller, key, revoked);
        let client = read(caller, caller.forum.client(&caller.viewer, id).await)?;
        Ok(RevokeClientPayload::done(key, client.map(Client::alone)))
    }
}
