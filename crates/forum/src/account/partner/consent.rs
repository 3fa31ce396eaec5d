//! A person lets an app act for him (RFC 6749, section 4.1), and takes it
//! back.
//!
//! PKCE is asked of every app (RFC 7636, S256 alone), the address that a
//! browser is sent back to must be registered as it is written, and the answer
//! says who gives it (RFC 9207).

use chrono::TimeDelta;
use domain::id::{ClientId, ConsentId};
use domain::partner::AccessScopes;
use domain::policy::{self, Action};
use storage::partner::{Client, Consent, NewConsent};

use super::super::change::{Reached, settle};
use crate::{Error, Forum, Problem, Viewer};

/// What a code begins with.
const CODE: &str = "mkc_";

/// For how long a code is good.
const CODE_LASTS: TimeDelta = TimeDelta::minutes(1);

/// The length of a challenge: SHA-256 in base64url.
const CHALLENGE: usize = 43;

/// What an app has a browser ask.
#[derive(Debug, Clone, Default)]
pub struct AuthorizationRequest {
    /// The app.
    pub client: Option<ClientId>,
    /// Where to send the browser back to.
    pub redirect_uri: String,
    /// What is wanted: `code`.
    pub response_type: Option<String>,
    /// What it is to be good for; all that the client may where nothing is
    /// said.
    pub scope: Option<String>,
    /// What the app wants to be given back.
    pub state: Option<String>,
    /// What whoever uses the code must meet.
    pub code_challenge: Option<String>,
    /// How it was made: `S256`.
    pub code_challenge_method: Option<String>,
}

/// What a person is asked.
#[derive(Debug, Clone)]
pub struct Authorization {
    /// The app.
    pub client: Client,
    /// What it is to be good for.
    pub scopes: AccessScopes,
    challenge: String,
}

/// What came of reading a request.
#[derive(Debug, Clone)]
pub enum Asked {
    /// A person may be asked.
    Well(Box<Authorization>),
    /// The app asked wrongly: where to send the browser with what is wrong.
    Ill(String),
}

impl Forum {
    /// What a request asks for.
    ///
    /// # Errors
    ///
    /// A problem where the app or the address is not known: nobody is sent
    /// there.
    pub async fn authorization(&self, request: &AuthorizationRequest) -> Result<Asked, Error> {
        let unknown = || Error::at("clientId", Problem::NotFound);
        let id = request.client.ok_or_else(unknown)?;
        let found = self.store.read().client(id).await?;
        let client = found.filter(|one| one.revoked_at.is_none() && self.is_served(one));
        let client = client.ok_or_else(unknown)?;
        let registered = self.store.read().redirects(&[id]).await?;
        if !registered
            .iter()
            .any(|(_, uri)| *uri == request.redirect_uri)
        {
            let why = Problem::Invalid("the app did not register this address");
            return Err(Error::at("redirectUri", why));
        }
        let ill = |error| Ok(Asked::Ill(self.back(request, &[("error", error)])));
        if request.response_type.as_deref() != Some("code") {
            return ill("unsupported_response_type");
        }
        let challenge = request.code_challenge.clone().unwrap_or_default();
        let whole = challenge.len() == CHALLENGE
            && challenge
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        if !whole || request.code_challenge_method.as_deref() != Some("S256") {
            return ill("invalid_request");
        }
        let Some(scopes) = client.wanted(request.scope.as_deref()) else {
            return ill("invalid_scope");
        };
        Ok(Asked::Well(Box::new(Authorization {
            client,
            scopes,
            challenge,
        })))
    }

    /// Lets an app act for the viewer, or not; gives where to send the
    /// browser.
    pub async fn decide_authorization(
        &self,
        viewer: &Viewer,
        request: &AuthorizationRequest,
        allow: bool,
    ) -> Result<String, Error> {
        policy::decide(&viewer.actor, &Action::AllowClient)?;
        let account = viewer.account.ok_or_else(Error::not_found)?;
        let asked = match self.authorization(request).await? {
            Asked::Well(asked) => asked,
            Asked::Ill(back) => return Ok(back),
        };
        if !allow {
            return Ok(self.back(request, &[("error", "access_denied")]));
        }
        let (code, code_hash) = self.new_secret(CODE);
        let now = self.now();
        let new = NewConsent {
            id: self.new_id(),
            client: asked.client.id,
            account,
            scopes: asked.scopes,
            code_hash,
            redirect_uri: request.redirect_uri.clone(),
            challenge: asked.challenge,
            code_expires_at: now + CODE_LASTS,
        };
        self.store
            .write(now, async |tx| tx.insert_consent(&new).await)
            .await?;
        Ok(self.back(request, &[("code", &code)]))
    }

    /// What the viewer lets apps do for him, the newest first.
    pub async fn consents(&self, viewer: &Viewer) -> Result<Vec<Consent>, Error> {
        policy::decide(&viewer.actor, &Action::ManageOwnAccount)?;
        let account = viewer.account.ok_or_else(Error::not_found)?;
        Ok(self.store.read().consents(account).await?)
    }

    /// One of the viewer's own consents; to others there is none.
    pub async fn consent(&self, viewer: &Viewer, id: ConsentId) -> Result<Option<Consent>, Error> {
        if policy::decide(&viewer.actor, &Action::ManageOwnAccount).is_err() {
            return Ok(None);
        }
        let consents = self.consents(viewer).await?;
        Ok(consents.into_iter().find(|one| one.id == id))
    }

    /// Takes back what the viewer allowed an app, with its tokens.
    pub async fn revoke_consent(&self, viewer: &Viewer, id: ConsentId) -> Result<(), Error> {
        let consents = self.consents(viewer).await?;
        let found = consents.into_iter().find(|one| one.id == id);
        let client = found.ok_or_else(Error::not_found)?.client.id;
        let (reached, seed) = (Reached::client(client), self.new_seed());
        self.store
            .write(self.now(), async |tx| {
                tx.delete_consent(id).await?;
                settle(&tx, &reached, seed).await.map(drop)
            })
            .await?;
        self.forget(&reached).await
    }

    fn is_served(&self, client: &Client) -> bool {
        let accreditation = self.accreditation(client.organization);
        policy::serves_app(accreditation, client.sandbox, self.settings.demonstration).is_ok()
    }

    /// The address to send the browser back to with this.
    fn back(&self, request: &AuthorizationRequest, said: &[(&str, &str)]) -> String {
        let mut answer = form_urlencoded::Serializer::new(String::new());
        answer.extend_pairs(said);
        if let Some(state) = &request.state {
            answer.append_pair("state", state);
        }
        answer.append_pair("iss", &self.settings.issuer);
        let to = &request.redirect_uri;
        let joint = if to.contains('?') { '&' } else { '?' };
        format!("{to}{joint}{}", answer.finish())
    }
}
