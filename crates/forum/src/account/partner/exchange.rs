//! From a person's consent to tokens: a code is used once, within a minute,
//! and what renews a token is replaced each time. Whatever is used again was
//! stolen once, and all that came of the consent ends.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use domain::id::ConsentId;
use domain::partner::AccessScopes;
use sha2::{Digest as _, Sha256};
use storage::Tx;
use storage::partner::{Client, NewToken};
use subtle::ConstantTimeEq as _;

use super::super::change::{Reached, settle};
use super::super::limits::AddressKey;
use super::super::secret::{Seed, hash};
use super::token::{Credentials, GivenToken, TOKEN, TOUCHED_EVERY, TokenRefusal};
use crate::{Error, Forum};

/// What a token begins with that renews another.
const RENEWAL: &str = "mkr_";

/// The lengths that a verifier has (RFC 7636, section 4.1).
const VERIFIER: std::ops::RangeInclusive<usize> = 43..=128;

/// A code as an app uses it.
#[derive(Clone)]
pub struct UsedCode {
    /// The code.
    pub code: String,
    /// Where it was sent.
    pub redirect_uri: String,
    /// What meets the challenge.
    pub verifier: String,
}

/// Hides all of it.
impl std::fmt::Debug for UsedCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UsedCode").finish_non_exhaustive()
    }
}

/// Two tokens about to be given, drawn outside the transaction.
struct Pair {
    given: GivenToken,
    new: NewToken,
    renewal_hash: Vec<u8>,
    renewal_ends: DateTime<Utc>,
}

impl Forum {
    /// Gives an app a token for the one who allowed it, and one to renew it.
    ///
    /// # Errors
    ///
    /// As [`Forum::give_client_token`].
    pub async fn use_code(
        &self,
        by: &Credentials,
        used: &UsedCode,
        address: AddressKey,
    ) -> Result<Result<GivenToken, TokenRefusal>, Error> {
        let client = match self.proven(by, address).await? {
            Ok(client) => client,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let hash = hash(self.settings.pepper(), &used.code);
        let found = self.store.read().client_code(&hash).await?;
        let Some(code) = found.filter(|one| one.client == client.id) else {
            return Ok(Err(TokenRefusal::Grant));
        };
        let meets = VERIFIER.contains(&used.verifier.len())
            && bool::from(challenge(&used.verifier).ct_eq(code.challenge.as_bytes()));
        let fits = meets && code.redirect_uri == used.redirect_uri;
        let in_time = self.now() < code.expires_at;
        let pair = self.pair(&client, code.consent, code.scopes.clone());
        let seed = self.new_seed();
        let done = self
            .store
            .write(self.now(), async |tx| {
                if !tx.use_client_code(&hash).await? {
                    end(&tx, &client, code.consent, seed).await?;
                    return Ok::<_, Error>(false);
                }
                // Whoever had it without its verifier has lost it.
                Ok(fits && in_time && pair.write(&tx, code.consent).await?)
            })
            .await?;
        self.forget_holder(client.id.0);
        Ok(if done {
            Ok(pair.given)
        } else {
            Err(TokenRefusal::Grant)
        })
    }

    /// Gives an app a new token for one that renews, and another that renews.
    ///
    /// # Errors
    ///
    /// As [`Forum::give_client_token`].
    pub async fn renew_token(
        &self,
        by: &Credentials,
        renewal: &str,
        scope: Option<&str>,
        address: AddressKey,
    ) -> Result<Result<GivenToken, TokenRefusal>, Error> {
        let client = match self.proven(by, address).await? {
            Ok(client) => client,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let hash = hash(self.settings.pepper(), renewal);
        let found = self.store.read().client_renewal(&hash).await?;
        let found = found.filter(|one| one.client == client.id);
        let Some(old) = found.filter(|one| self.now() < one.expires_at) else {
            return Ok(Err(TokenRefusal::Grant));
        };
        let narrowed = match scope.map(str::parse::<AccessScopes>) {
            None => old.scopes,
            Some(Ok(scopes)) if !scopes.is_empty() && old.scopes.hold_all(&scopes) => scopes,
            Some(_) => return Ok(Err(TokenRefusal::Scope)),
        };
        let pair = self.pair(&client, old.consent, narrowed);
        let seed = self.new_seed();
        let done = self
            .store
            .write(self.now(), async |tx| {
                if !tx.use_client_renewal(&hash).await? {
                    end(&tx, &client, old.consent, seed).await?;
                    return Ok::<_, Error>(false);
                }
                pair.write(&tx, old.consent).await
            })
            .await?;
        self.forget_holder(client.id.0);
        Ok(if done {
            Ok(pair.given)
        } else {
            Err(TokenRefusal::Grant)
        })
    }

    /// Draws two tokens for what a person allowed.
    fn pair(&self, client: &Client, consent: ConsentId, scopes: AccessScopes) -> Pair {
        let (token, hash) = self.new_secret(TOKEN);
        let (renewal, renewal_hash) = self.new_secret(RENEWAL);
        let lasts = TimeDelta::minutes(i64::from(self.settings.client_token_minutes));
        let days = TimeDelta::days(i64::from(self.settings.consent_days));
        let now = self.now();
        Pair {
            new: NewToken {
                hash,
                client: client.id,
                scopes: scopes.clone(),
                consent: Some(consent),
                expires_at: now + lasts,
            },
            given: GivenToken {
                token,
                scopes,
                lasts,
                renewal: Some(renewal),
            },
            renewal_hash,
            renewal_ends: now + days,
        }
    }
}

impl Pair {
    /// Writes both; says whether the app still stands.
    async fn write(&self, tx: &Tx, consent: ConsentId) -> Result<bool, Error> {
        let since = tx.now() - TOUCHED_EVERY;
        tx.touch_client(self.new.client, since).await?;
        tx.touch_consent(consent, since).await?;
        if !tx.insert_client_token(&self.new).await? {
            // The app was revoked just now, and with it all that came of it.
            return Ok(false);
        }
        let (hash, ends) = (&self.renewal_hash, self.renewal_ends);
        tx.insert_client_renewal(hash, consent, ends).await?;
        Ok(true)
    }
}

/// Ends all that came of a consent.
async fn end(tx: &Tx, client: &Client, consent: ConsentId, seed: Seed) -> Result<(), Error> {
    if tx.delete_consent(consent).await? {
        settle(tx, &Reached::client(client.id), seed).await?;
    }
    Ok(())
}

/// What a verifier meets (RFC 7636, section 4.6).
fn challenge(verifier: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD
        .encode(Sha256::digest(verifier))
        .into_bytes()
}
