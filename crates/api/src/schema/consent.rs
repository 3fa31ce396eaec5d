//! What a person is asked by a partner app, and what he allowed.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use door::directive::cost;
use forum::account as view;

use crate::schema::caller::{caller, read};
use crate::schema::directory::Organization;
use crate::schema::enums::AccessScope;
use crate::schema::global_id::{Kind, encode, expect};

/// What an app has a browser ask, as it stands in the address of
/// `/oauth/authorize` (RFC 6749, section 4.1.1).
#[derive(InputObject, Debug)]
pub struct AuthorizationRequestInput {
    /// `client_id`: the app.
    pub client_id: ID,
    /// `redirect_uri`: where to send the browser back to, as it was registered.
    pub redirect_uri: String,
    /// `response_type`: `code`.
    pub response_type: Option<String>,
    /// `scope`: what the app wants to do, words with spaces between; all that
    /// it may where nothing is said.
    pub scope: Option<String>,
    /// `state`: what the app is given back.
    pub state: Option<String>,
    /// `code_challenge`: the SHA-256 of the app's verifier in base64url.
    pub code_challenge: Option<String>,
    /// `code_challenge_method`: `S256`.
    pub code_challenge_method: Option<String>,
}

impl From<AuthorizationRequestInput> for view::AuthorizationRequest {
    fn from(input: AuthorizationRequestInput) -> Self {
        Self {
            client: Some(expect(Kind::Client, &input.client_id)),
            redirect_uri: input.redirect_uri,
            response_type: input.response_type,
            scope: input.scope,
            state: input.state,
            code_challenge: input.code_challenge,
            code_challenge_method: input.code_challenge_method,
        }
    }
}

/// What a person is asked by an app.
#[derive(SimpleObject, Debug)]
#[graphql(serial)]
pub struct AuthorizationRequest {
    /// What the app is called; null where it asked wrongly.
    app_name: Option<String>,
    /// The organization whose app it is.
    organization: Option<Organization>,
    /// What it wants to do for the person.
    scopes: Vec<AccessScope>,
    /// Where to send the browser at once, because the app asked wrongly.
    redirect_to: Option<String>,
}

/// What a person lets an app do for him.
#[derive(Debug, Clone)]
pub struct Consent(pub(crate) view::Consent);

/// What a person lets an app do for him.
#[Object(serial)]
impl Consent {
    /// The id of this consent.
    pub(crate) async fn id(&self) -> ID {
        encode(Kind::Consent, self.0.id)
    }

    /// What the app is called.
    async fn app_name(&self) -> &str {
        &self.0.client.name
    }

    /// The organization whose app it is.
    async fn organization(&self, ctx: &Context<'_>) -> Option<Organization> {
        Organization::of(ctx, Some(self.0.client.organization))
    }

    /// What it may do.
    async fn scopes(&self) -> Vec<AccessScope> {
        self.0.scopes.iter().map(Into::into).collect()
    }

    /// When the person allowed it.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When the app last used it, to five minutes; null if it never did.
    async fn last_used_at(&self) -> Option<DateTime<Utc>> {
        self.0.last_used_at
    }
}

/// What a person is asked by partner apps.
#[derive(Debug, Default)]
pub struct ConsentQueries;

#[Object(serial)]
impl ConsentQueries {
    /// What an app asks of a person: what the page at `/oauth/authorize` shows.
    /// An app that is not known, or an address that it did not register, is an
    /// error: nobody is sent there.
    #[graphql(directive = cost::apply(4))]
    async fn authorization_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What stands in the page's address.")] request: AuthorizationRequestInput,
    ) -> async_graphql::Result<AuthorizationRequest> {
        let caller = caller(ctx);
        let asked = caller.forum.authorization(&request.into()).await;
        Ok(match read(caller, asked)? {
            view::Asked::Well(asked) => AuthorizationRequest {
                app_name: Some(asked.client.name.clone()),
                organization: Organization::of(ctx, Some(asked.client.organization)),
                scopes: asked.scopes.iter().map(Into::into).collect(),
                redirect_to: None,
            },
            view::Asked::Ill(back) => AuthorizationRequest {
                app_name: None,
                organization: None,
                scopes: Vec::new(),
                redirect_to: Some(back),
            },
        })
    }
}
