//! Partner apps: an organization's clients and their secrets.
//!
//! A secret is shown once and kept as a hash. Where it is replaced, the one
//! before is good for a while beside it, so that an app that runs on several
//! machines need not stop.

mod consent;
mod exchange;
mod token;

pub use consent::{Asked, Authorization, AuthorizationRequest};
pub use exchange::UsedCode;
pub(super) use token::is_app_token;
pub use token::{Credentials, GivenToken, TokenRefusal, WantedToken};

use std::collections::BTreeSet;

use chrono::TimeDelta;
use domain::id::{ClientId, OrganizationId};
use domain::partner::{AccessScope, AccessScopes, RedirectUri};
use domain::policy::{self, Action};
use domain::text::OrganizationName;
use storage::partner::{Client, NewClient};
use uuid::Uuid;

use super::change::{Reached, settle};
use crate::error::Problems;
use crate::{Error, Forum, Problem, Viewer};

/// What a secret begins with.
const SECRET: &str = "mks_";

/// For how many hours a secret that was replaced is good at most: a week.
const OVERLAP_MAX: u32 = 168;

/// How many addresses an app registers at most.
const REDIRECTS_MAX: usize = 10;

/// How many clients a list holds at most.
const LISTED: u32 = 100;

/// A client to be made.
#[derive(Debug, Clone)]
pub struct CreateClient {
    /// The organization that it acts for.
    pub organization: OrganizationId,
    /// What to call it.
    pub name: String,
    /// What its tokens may be good for.
    pub scopes: Vec<AccessScope>,
    /// Where it may have browsers sent back to.
    pub redirect_uris: Vec<String>,
    /// Whether it may only run documents that were registered.
    pub trusted_only: bool,
    /// Whether it is for development, against demonstration data alone.
    pub sandbox: bool,
}

/// A secret that was made just now.
#[derive(Clone)]
pub struct ClientSecret {
    /// Whose it is.
    pub client: ClientId,
    /// The secret. It is not kept.
    pub secret: String,
}

/// Hides the secret.
impl std::fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientSecret")
            .field("client", &self.client)
            .finish_non_exhaustive()
    }
}

impl Forum {
    /// Makes an app of an accredited organization, with its first secret.
    pub async fn create_client(
        &self,
        viewer: &Viewer,
        input: &CreateClient,
    ) -> Result<ClientSecret, Error> {
        let organization = input.organization;
        policy::decide(&viewer.actor, &Action::ManageClients(organization))?;
        let mut problems = Problems::default();
        let name = problems.take("name", OrganizationName::parse(&input.name));
        let scopes: AccessScopes = input.scopes.iter().copied().collect();
        let some = Problem::Invalid("an app has at least one scope");
        problems.require(!scopes.is_empty(), "scopes", some);
        let fits = !input.sandbox || self.settings.demonstration;
        let why = Problem::Invalid("a sandbox app is for a demonstration forum");
        problems.require(fits, "sandbox", why);
        let few = input.redirect_uris.len() <= REDIRECTS_MAX;
        problems.require(few, "redirectUris", Problem::TooMany { max: REDIRECTS_MAX });
        let redirects: Result<BTreeSet<_>, _> = input
            .redirect_uris
            .iter()
            .map(|uri| RedirectUri::parse(uri))
            .collect();
        let why = Problem::Invalid("an address is of https, or of this machine");
        problems.require(redirects.is_ok(), "redirectUris", why);
        let accepted = policy::has_programs(self.accreditation(organization));
        problems.require(accepted, "organization", Problem::NotFound);
        problems.none()?;

        let redirects = redirects.unwrap_or_default();
        let (secret, hash) = self.new_secret(SECRET);
        let new = NewClient {
            id: self.new_id(),
            organization,
            name: name.map(OrganizationName::into_string).unwrap_or_default(),
            scopes,
            trusted_only: input.trusted_only,
            sandbox: input.sandbox,
        };
        let max = self.settings.clients_max;
        self.store
            .write(self.now(), async |tx| {
                if tx.count_clients(organization).await? >= max {
                    let max = usize::try_from(max).unwrap_or(usize::MAX);
                    return Err(Error::at("organization", Problem::TooMany { max }));
                }
                tx.insert_client(&new).await?;
                for uri in &redirects {
                    tx.insert_redirect(new.id, uri.as_str()).await?;
                }
                tx.audit(viewer.audited("createClient").of(new.id));
                Ok::<_, Error>(tx.insert_client_secret(new.id, &hash).await?)
            })
            .await?;
        Ok(ClientSecret {
            client: new.id,
            secret,
        })
    }

    /// Gives an app a new secret. The one before is good for so many hours
    /// more; of two before, the older ends at once.
    pub async fn rotate_client_secret(
        &self,
        viewer: &Viewer,
        id: ClientId,
        overlap_hours: u32,
    ) -> Result<ClientSecret, Error> {
        self.managed(viewer, id).await?;
        let mut problems = Problems::default();
        let why = Problem::Invalid("a replaced secret is good for 0 to 168 hours more");
        problems.require(overlap_hours <= OVERLAP_MAX, "overlapHours", why);
        problems.none()?;
        let (secret, hash) = self.new_secret(SECRET);
        let now = self.now();
        let until = now + TimeDelta::hours(i64::from(overlap_hours));
        self.store
            .write(now, async |tx| {
                // Two who replace it at once do so one after the other: else
                // both new ones would be good without end.
                if !tx.hold_client(id).await? {
                    return Err(Error::at("client", Problem::Invalid("the app is revoked")));
                }
                tx.retire_client_secrets(id, until).await?;
                tx.audit(viewer.audited("rotateClientSecret").of(id));
                Ok::<_, Error>(tx.insert_client_secret(id, &hash).await?)
            })
            .await?;
        Ok(ClientSecret { client: id, secret })
    }

    /// Revokes an app with its secrets and tokens. Its sockets and streams
    /// close.
    pub async fn revoke_client(&self, viewer: &Viewer, id: ClientId) -> Result<(), Error> {
        self.managed(viewer, id).await?;
        let (reached, seed) = (Reached::client(id), self.new_seed());
        self.store
            .write(self.now(), async |tx| {
                if tx.revoke_client(id).await? {
                    tx.audit(viewer.audited("revokeClient").of(id));
                    settle(&tx, &reached, seed).await?;
                }
                Ok::<_, Error>(())
            })
            .await?;
        self.forget(&reached).await
    }

    /// An organization's apps, the newest first, at most a hundred.
    pub async fn clients(
        &self,
        viewer: &Viewer,
        organization: OrganizationId,
    ) -> Result<Vec<Client>, Error> {
        policy::decide(&viewer.actor, &Action::ManageClients(organization))?;
        Ok(self.store.read().clients(organization, LISTED).await?)
    }

    /// An app, for whoever manages its organization's and for itself; to
    /// others there is none.
    pub async fn client(&self, viewer: &Viewer, id: ClientId) -> Result<Option<Client>, Error> {
        let found = self.store.read().client(id).await?;
        Ok(found.filter(|one| {
            let act = Action::ManageClients(one.organization);
            policy::is_app(&viewer.actor, id) || policy::decide(&viewer.actor, &act).is_ok()
        }))
    }

    /// Where each of several apps may have browsers sent back to, for whoever
    /// was shown them. One statement whatever their number.
    pub async fn client_redirects(
        &self,
        clients: &[ClientId],
    ) -> Result<Vec<(ClientId, String)>, Error> {
        Ok(self.store.read().redirects(clients).await?)
    }

    /// An app that the viewer manages. One that there is not answers as one
    /// of another organization does.
    async fn managed(&self, viewer: &Viewer, id: ClientId) -> Result<Client, Error> {
        let found = self.store.read().client(id).await?;
        let organization = found
            .as_ref()
            .map_or(OrganizationId(Uuid::nil()), |one| one.organization);
        policy::decide(&viewer.actor, &Action::ManageClients(organization))?;
        found.ok_or_else(Error::not_found)
    }
}
