//! Passwords: what is strong enough, and hashing them off the runtime's
//! threads.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use domain::policy::{self, Action};
use domain::text::TextError;
use tokio::sync::Semaphore;
use zxcvbn::{Score, zxcvbn};

use super::limits::Attempt;
use crate::ports::Clock;
use crate::settings::Settings;
use crate::{Error, Forum, Problem, Viewer};

/// The greatest number of characters of a password.
pub(super) const PASSWORD_MAX: usize = 128;

/// What to say to somebody for whom the queue is full, in seconds.
const QUEUE_FULL: u64 = 2;

/// Hashes passwords with argon2id, so many at once, so many more waiting.
pub(super) struct Hasher {
    params: Params,
    running: Arc<Semaphore>,
    places: Arc<Semaphore>,
    nobodys: String,
}

impl Hasher {
    pub(super) fn new(settings: &Settings, clock: &dyn Clock) -> Self {
        let at_once = settings.hashes_at_once.clamp(1, 64);
        let cost = settings.password_cost;
        let params = Params::new(cost.memory_kib, cost.passes, 1, None)
            .expect("the settings name a cost that argon2 allows");
        let (mut salt, mut output) = ([0; 16], [0; 32]);
        clock.fill(&mut salt);
        clock.fill(&mut output);
        // No password has this hash; comparing with it costs what comparing
        // with anybody's does.
        let nobodys = format!(
            "$argon2id$v=19$m={},t={},p=1${}${}",
            cost.memory_kib,
            cost.passes,
            STANDARD_NO_PAD.encode(salt),
            STANDARD_NO_PAD.encode(output),
        );
        Self {
            params,
            running: Arc::new(Semaphore::new(at_once)),
            places: Arc::new(Semaphore::new(
                at_once + settings.hashes_waiting.min(10_000),
            )),
            nobodys,
        }
    }

    /// Hashes a password with a random salt.
    pub(super) async fn hash(&self, password: &str, salt: [u8; 16]) -> Result<String, Error> {
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, self.params.clone());
        let password = password.to_owned();
        self.run(move || {
            let hash = argon2.hash_password_with_salt(password.as_bytes(), &salt);
            hash.map(|hash| hash.to_string())
        })
        .await?
        .map_err(|_| Error::Internal("hashing a password"))
    }

    /// Whether the password has this hash. Without one the work is the same,
    /// and the answer no.
    pub(super) async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool, Error> {
        let known = hash.is_some();
        let hash = hash.unwrap_or(&self.nobodys).to_owned();
        let password = password.to_owned();
        self.run(move || {
            let hash = PasswordHash::new(&hash)?;
            Ok(Argon2::default()
                .verify_password(password.as_bytes(), &hash)
                .is_ok()
                && known)
        })
        .await?
        .map_err(|_: argon2::password_hash::phc::Error| Error::Internal("a password's hash"))
    }

    /// Whether a password is hard enough to guess for somebody who knows
    /// these things of its owner.
    async fn is_strong(
        &self,
        password: &str,
        min: usize,
        known: Vec<String>,
    ) -> Result<bool, Error> {
        let password = password.to_owned();
        self.run(move || {
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            is_strong(&password, min, &known)
        })
        .await
    }

    /// Runs work in its turn. It is finished, and keeps its place until then,
    /// also if the caller hangs up.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let place = Arc::clone(&self.places)
            .try_acquire_owned()
            .map_err(|_| Error::Busy {
                seconds: QUEUE_FULL,
            })?;
        let turn = Arc::clone(&self.running)
            .acquire_owned()
            .await
            .map_err(|_| Error::Internal("the password queue is closed"))?;
        tokio::task::spawn_blocking(move || {
            let _held = (place, turn);
            work()
        })
        .await
        .map_err(|_| Error::Internal("hashing a password"))
    }

    /// Takes every place, so that the next caller finds the queue full.
    #[cfg(test)]
    pub(super) fn fill_up(&self) -> tokio::sync::OwnedSemaphorePermit {
        let all = u32::try_from(self.places.available_permits()).unwrap();
        Arc::clone(&self.places)
            .try_acquire_many_owned(all)
            .unwrap()
    }
}

/// A new password for the one that is known.
#[derive(Clone)]
pub struct ChangePassword {
    /// The password of now.
    pub current: String,
    /// The password to be.
    pub new: String,
}

/// Whether a password has at least `min` characters and is hard to guess for
/// somebody who knows these things of its owner. A few milliseconds of work.
pub fn is_strong(password: &str, min: usize, known: &[&str]) -> bool {
    let length = password.chars().count();
    (min..=PASSWORD_MAX).contains(&length) && zxcvbn(password, known).score() >= Score::Two
}

impl Forum {
    /// What is wrong with a password, if anything is; `known` is what others
    /// know of its owner.
    pub(super) async fn password_problem(
        &self,
        password: &str,
        known: &[&str],
    ) -> Result<Option<Problem>, Error> {
        let min = self.settings.password_min;
        let length = password.chars().count();
        if length > PASSWORD_MAX {
            return Ok(Some(Problem::Text(TextError::TooLong {
                max: PASSWORD_MAX,
            })));
        }
        let known = known.iter().map(|text| (*text).to_owned()).collect();
        let strong = self.people.hasher.is_strong(password, min, known).await?;
        Ok((!strong).then_some(Problem::WeakPassword { min }))
    }

    /// The hash of a new password.
    pub async fn hash_password(&self, password: &str) -> Result<String, Error> {
        self.people.hasher.hash(password, self.random()).await
    }

    /// Whether an account has this password, for whoever runs the server: it
    /// is not counted as an attempt. `false` where there is no such account.
    pub async fn password_fits(&self, login: &str, password: &str) -> Result<bool, Error> {
        let account = self.store.read().account_by_login(login).await?;
        match account {
            Some(account) => {
                let hash = Some(account.password_hash.as_str());
                self.people.hasher.verify(password, hash).await
            }
            None => Ok(false),
        }
    }

    /// Whether a signed-in person knows the account's password. Counted, and
    /// limited like signing in.
    pub(super) async fn prove_password(
        &self,
        viewer: &Viewer,
        field: &'static str,
        password: &str,
    ) -> Result<storage::account::Account, Error> {
        policy::decide(&viewer.actor, &Action::ManageOwnAccount)?;
        let id = viewer.account.ok_or_else(Error::not_found)?;
        self.people
            .limits
            .attempt_of(self.now(), Attempt::Password, id)?;
        let account = self
            .store
            .read()
            .account(id)
            .await?
            .ok_or_else(Error::not_found)?;
        let within = password.chars().count() <= PASSWORD_MAX;
        let hash = within.then_some(account.password_hash.as_str());
        let password = if within { password } else { "" };
        if self.people.hasher.verify(password, hash).await? {
            Ok(account)
        } else {
            Err(Error::at(field, Problem::SignInFailed))
        }
    }

    /// Changes one's own password. Every other session ends.
    pub async fn change_password(
        &self,
        viewer: &Viewer,
        input: &ChangePassword,
    ) -> Result<(), Error> {
        let account = self
            .prove_password(viewer, "currentPassword", &input.current)
            .await?;
        let known = [account.login.as_str(), account.display_name.as_str()];
        if let Some(problem) = self.password_problem(&input.new, &known).await? {
            return Err(Error::at("newPassword", problem));
        }
        let hash = self.hash_password(&input.new).await?;
        self.replace_password(account.id, &hash, viewer.session, None)
            .await
    }
}
