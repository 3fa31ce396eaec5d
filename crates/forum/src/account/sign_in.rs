//! Signing in.
//!
//! An unknown login, a wrong password, an account that rests, waits, or is
//! suspended: all answer the same, run the same statements and hash one
//! password.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use domain::id::AccountId;
use domain::text::{DisplayName, Login};
use storage::Tx;
use storage::account::{Account, Backoff, NewSession, Session};
use uuid::Uuid;

use super::change::access_changed;
use super::limits::{AddressKey, Attempt};
use super::password::PASSWORD_MAX;
use super::session::{Stands, viewer};
use crate::{Error, Forum, Problem, Viewer};

/// From how many failures in a row on an account rests.
const RESTS_AFTER: u32 = 5;

/// For how long it rests first, in seconds. Each further failure doubles it.
const FIRST_REST: i64 = 30;

/// For how long it rests at most, in seconds: whoever knows a login can keep
/// its owner out, and must not for long.
const LONGEST_REST: i64 = 15 * 60;

/// Login and password, as they were typed.
#[derive(Clone)]
pub struct SignIn {
    /// The name to sign in with.
    pub login: String,
    /// The password.
    pub password: String,
    /// What to call the session in the list of one's sessions.
    pub label: Option<String>,
}

/// Somebody who signed in.
#[derive(Clone)]
pub struct Signed {
    /// The token to present from now on. It is not kept.
    pub token: String,
    /// When the session ends in any case.
    pub expires_at: DateTime<Utc>,
    /// Who signed in.
    pub viewer: Arc<Viewer>,
}

/// Hides the token.
impl std::fmt::Debug for Signed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signed")
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// A session about to begin, drawn outside the transaction.
pub(super) struct Beginning {
    token: String,
    new: NewSession,
    read_at: u64,
}

impl Forum {
    /// Signs in. [`Problem::SignInFailed`] whatever the reason;
    /// [`Error::Busy`] after too many attempts from one address that failed, or
    /// when too many others sign in.
    pub async fn sign_in(&self, input: &SignIn, address: AddressKey) -> Result<Signed, Error> {
        let now = self.now();
        self.people.limits.attempt(now, Attempt::SignIn, address)?;
        let login = Login::parse(&input.login)
            .map(Login::into_string)
            .unwrap_or_default();
        let account = self.store.read().account_by_login(&login).await?;

        let within = input.password.chars().count() <= PASSWORD_MAX;
        let password = if within { input.password.as_str() } else { "" };
        let hash = account
            .as_ref()
            .filter(|_| within)
            .map(|one| one.password_hash.as_str());
        let failed = account.as_ref().map_or(0, |one| one.failed_sign_ins);
        let id = account
            .as_ref()
            .map_or(AccountId(Uuid::nil()), |one| one.id);
        let backoff = Backoff {
            after: RESTS_AFTER,
            until: now + rest(failed),
        };
        // The attempt is counted while the password is hashed, so that an
        // account that exists takes no longer than one that does not, and so
        // that many attempts at once cannot outrun the count.
        let (verified, counted) = tokio::join!(
            self.people.hasher.verify(password, hash),
            self.store
                .write(now, async |tx| tx.count_attempt(id, backoff).await),
        );
        let (verified, counted) = (verified?, counted?);
        let account = account
            .filter(|one| verified && counted && one.standing.may_sign_in())
            .ok_or_else(|| Error::whole(Problem::SignInFailed))?;
        self.people.limits.give_back(now, Attempt::SignIn, address);

        let beginning = self.beginning(account.id, input.label.as_deref());
        let most = self.settings.sessions_max;
        let (stands, ended) = self
            .store
            .write(now, async |tx| {
                // Of two who sign in at once, the second sees the first's session.
                tx.clear_attempts(account.id).await?;
                let stands = self.begin_session(&tx, &beginning, &account).await?;
                let begins = beginning.new.id;
                let ended = tx.end_sessions_beyond(account.id, begins, most).await?;
                if ended > 0 {
                    tx.emit(access_changed(account.id.0));
                }
                Ok::<_, Error>((stands, ended))
            })
            .await?;
        if ended > 0 {
            self.forget_account(account.id);
        }
        Ok(self.signed(beginning, &account, &stands))
    }

    /// Draws what a session needs.
    pub(super) fn beginning(&self, account: AccountId, label: Option<&str>) -> Beginning {
        let read_at = self.newest_change();
        let (token, token_hash) = self.new_token();
        let ends = self.now() + TimeDelta::days(i64::from(self.settings.session_max_days));
        // A label that is no name is left out: nothing depends on it.
        let label = label.and_then(|text| DisplayName::parse(text).ok());
        let new = NewSession {
            token_hash,
            id: self.new_id(),
            account,
            label: label.map(DisplayName::into_string),
            expires_at: ends,
        };
        Beginning {
            token,
            new,
            read_at,
        }
    }

    /// Writes a session; gives how its account stands.
    pub(super) async fn begin_session(
        &self,
        tx: &Tx,
        beginning: &Beginning,
        account: &Account,
    ) -> Result<Stands, Error> {
        tx.insert_session(&beginning.new).await?;
        self.stands(tx, account).await
    }

    /// Keeps and shows a session that was written.
    pub(super) fn signed(
        &self,
        beginning: Beginning,
        account: &Account,
        stands: &Stands,
    ) -> Signed {
        let Beginning {
            token,
            new,
            read_at,
        } = beginning;
        let now = self.now();
        let session = Session {
            id: new.id,
            label: new.label,
            created_at: now,
            last_used_at: now,
            expires_at: new.expires_at,
        };
        let viewer = Arc::new(viewer(account, stands, Some(&session)));
        self.keep_viewer(&token, &viewer, read_at);
        Signed {
            token,
            expires_at: session.expires_at,
            viewer,
        }
    }
}

/// For how long an account rests that failed so often before this attempt.
fn rest(failed: u32) -> TimeDelta {
    let doublings = (failed + 1).saturating_sub(RESTS_AFTER).min(16);
    TimeDelta::seconds((FIRST_REST << doublings).min(LONGEST_REST))
}
