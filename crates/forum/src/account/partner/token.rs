//! From a client's secret to a token (RFC 6749, section 4.4), from a token to
//! a viewer, and the end of a token (RFC 7009).
//!
//! A wrong secret, one that is over, an unknown client and one that was
//! revoked answer alike, after the same statement. A secret has 256 bits, so
//! that hashing it once is work enough; attempts are limited as those to sign
//! in are, so that nobody may keep the database busy with guesses.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use domain::id::{ClientId, ConsentId};
use domain::partner::{AccessScopes, Through};
use domain::people::Actor;
use domain::policy::{self, Action, Unserved};
use storage::partner::{Client, NewToken};

use super::super::change::{Reached, settle};
use super::super::limits::{AddressKey, Attempt};
use super::super::secret::{TOKEN_LENGTH, hash};
use super::super::session::viewer;
use crate::{Error, Forum, Viewer};

/// What a token begins with.
pub(super) const TOKEN: &str = "mka_";

/// How often the last use of a client is written at most.
pub(super) const TOUCHED_EVERY: TimeDelta = TimeDelta::minutes(5);

/// Whether a text has the form of an app's token. Of a session's it has
/// another length.
pub(in super::super) fn is_app_token(text: &str) -> bool {
    text.len() == TOKEN.len() + TOKEN_LENGTH && text.starts_with(TOKEN)
}

/// By what an app proves who it is.
#[derive(Clone)]
pub struct Credentials {
    /// The client.
    pub client: ClientId,
    /// One of its secrets.
    pub secret: String,
}

/// Hides the secret.
impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials")
            .field("client", &self.client)
            .finish_non_exhaustive()
    }
}

/// A token that is asked for.
#[derive(Debug, Clone, Default)]
pub struct WantedToken {
    /// What it is to be good for, as it was written; all that the client may
    /// where nothing is said.
    pub scopes: Option<String>,
}

/// A token that was given.
#[derive(Clone)]
pub struct GivenToken {
    /// The token to present. It is not kept.
    pub token: String,
    /// What it is good for.
    pub scopes: AccessScopes,
    /// For how long.
    pub lasts: TimeDelta,
    /// What renews it, where a person allowed it. It is not kept.
    pub renewal: Option<String>,
}

/// Hides the token.
impl std::fmt::Debug for GivenToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GivenToken")
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}

/// Why an app is given no token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenRefusal {
    /// It did not prove who it is.
    UnknownClient,
    /// It is not served here, or not now.
    Unserved(Unserved),
    /// It may not have what it asks for.
    Scope,
    /// The code, or what renews a token, is not good or not the app's, or
    /// its verifier does not fit.
    Grant,
}

impl Forum {
    /// Gives an app a token to act for its organization.
    ///
    /// # Errors
    ///
    /// [`Error::Busy`] after too many attempts from one address that failed.
    pub async fn give_client_token(
        &self,
        by: &Credentials,
        wanted: &WantedToken,
        address: AddressKey,
    ) -> Result<Result<GivenToken, TokenRefusal>, Error> {
        let client = match self.proven(by, address).await? {
            Ok(client) => client,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let Some(scopes) = client.wanted(wanted.scopes.as_deref()) else {
            return Ok(Err(TokenRefusal::Scope));
        };
        let (token, hash) = self.new_secret(TOKEN);
        let now = self.now();
        let lasts = TimeDelta::minutes(i64::from(self.settings.client_token_minutes));
        let new = NewToken {
            hash,
            client: client.id,
            scopes: scopes.clone(),
            consent: None,
            expires_at: now + lasts,
        };
        let written = self
            .store
            .write(now, async |tx| {
                tx.touch_client(client.id, now - TOUCHED_EVERY).await?;
                tx.insert_client_token(&new).await
            })
            .await?;
        Ok(if written {
            Ok(GivenToken {
                token,
                scopes,
                lasts,
                renewal: None,
            })
        } else {
            // It was revoked just now.
            Err(TokenRefusal::UnknownClient)
        })
    }

    /// Ends a token of an app, if it is one of its. With one that renews
    /// others ends all that came of the consent (RFC 7009, section 2.1).
    ///
    /// # Errors
    ///
    /// As [`Forum::give_client_token`].
    pub async fn end_client_token(
        &self,
        by: &Credentials,
        token: &str,
        address: AddressKey,
    ) -> Result<Result<(), TokenRefusal>, Error> {
        let client = match self.proven(by, address).await? {
            Ok(client) => client,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let hash = hash(self.settings.pepper(), token);
        let (reached, seed) = (Reached::client(client.id), self.new_seed());
        self.store
            .write(self.now(), async |tx| {
                let renewal = tx.client_renewal(&hash).await?;
                let ended = match renewal.filter(|one| one.client == client.id) {
                    Some(renewal) => tx.delete_consent(renewal.consent).await?,
                    None => tx.delete_client_token(client.id, &hash).await?,
                };
                if ended {
                    settle(&tx, &reached, seed).await?;
                }
                Ok::<_, Error>(())
            })
            .await?;
        self.forget(&reached).await?;
        Ok(Ok(()))
    }

    /// The client that proves itself so.
    pub(super) async fn proven(
        &self,
        by: &Credentials,
        address: AddressKey,
    ) -> Result<Result<Client, TokenRefusal>, Error> {
        let now = self.now();
        self.people.limits.attempt(now, Attempt::Client, address)?;
        let hash = hash(self.settings.pepper(), &by.secret);
        let found = self.store.read();
        let found = found.client_of_secret(by.client, &hash, now).await?;
        let Some((client, accreditation)) = found else {
            return Ok(Err(TokenRefusal::UnknownClient));
        };
        self.people.limits.give_back(now, Attempt::Client, address);
        let demonstration = self.settings.demonstration;
        let served = policy::serves_app(Some(accreditation), client.sandbox, demonstration);
        Ok(served.map(|()| client).map_err(TokenRefusal::Unserved))
    }

    /// Who acts by an app's token. One statement, and one more for a person.
    pub(in super::super) async fn viewer_of_app(
        &self,
        token: &[u8; 32],
    ) -> Result<Option<Arc<Viewer>>, Error> {
        let now = self.now();
        let Some(found) = self.store.read().client_token(token).await? else {
            return Ok(None);
        };
        let client = found.client;
        let accreditation = Some(found.accreditation);
        let demonstration = self.settings.demonstration;
        let served = policy::serves_app(accreditation, client.sandbox, demonstration);
        if found.expires_at <= now || served.is_err() {
            return Ok(None);
        }
        let himself = match &found.person {
            None => Viewer {
                actor: Actor {
                    organization: Some(client.organization),
                    ..Actor::visitor()
                },
                ..Viewer::visitor()
            },
            Some((_, account)) => {
                if !account.standing.may_sign_in() {
                    return Ok(None);
                }
                let stands = self.stands(self.store.read(), account).await?;
                let himself = viewer(account, &stands, None);
                // What he may no longer allow, he no longer allows.
                if policy::decide(&himself.actor, &Action::AllowClient).is_err() {
                    return Ok(None);
                }
                himself
            }
        };
        if client
            .last_used_at
            .is_none_or(|at| at + TOUCHED_EVERY <= now)
        {
            let consent = found.person.map(|(consent, _)| consent);
            self.touch_client_in_background(client.id, consent, now);
        }
        // What the client may no longer have, its tokens lost with it.
        let scopes = found.scopes.iter().filter(|one| client.scopes.hold(*one));
        let through = Through {
            client: client.id,
            scopes: scopes.collect(),
        };
        Ok(Some(Arc::new(Viewer {
            actor: policy::through_app(&himself.actor, through),
            expires_at: Some(found.expires_at),
            client: Some(client),
            ..himself
        })))
    }

    fn touch_client_in_background(
        &self,
        id: ClientId,
        consent: Option<ConsentId>,
        now: DateTime<Utc>,
    ) {
        let store = Arc::clone(&self.store);
        tokio::spawn(async move {
            let since = now - TOUCHED_EVERY;
            let touching = store.write(now, async |tx| {
                if let Some(consent) = consent {
                    tx.touch_consent(consent, since).await?;
                }
                tx.touch_client(id, since).await
            });
            if storage::apart(touching).await.is_err() {
                tracing::warn!("the last use of an app was not written");
            }
        });
    }
}
