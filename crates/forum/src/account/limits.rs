//! How often an address, or an account, may try something.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use domain::id::AccountId;
use governor::clock::{Clock as GovernorClock, Reference as _};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::Error;
use crate::settings::Settings;
use crate::told::Told;

/// Stands for the address somebody comes from: a keyed hash of it, which the
/// caller makes. The address itself is not kept.
pub type AddressKey = [u8; 32];

/// From how many keys on those that have all their attempts back are dropped.
const MANY_KEYS: usize = 4_096;

/// So many more may register, or sign in with success, from one address than
/// may try: a hall of people has one.
const IN_COMPANY: u32 = 10;

/// What is tried. Each has attempts of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Attempt {
    /// To sign in.
    SignIn,
    /// To reset a password, or to have a code sent.
    Reset,
    /// To use a setup link.
    SetUp,
    /// To prove one's password while signed in.
    Password,
    /// To prove to be an app.
    Client,
}

/// The limits of every kind.
pub(super) struct Limits {
    attempts: Limiter<(Attempt, [u8; 32])>,
    registrations: Limiter<[u8; 32]>,
    /// Sign-ins that succeeded and are not counted as attempts.
    successes: Limiter<[u8; 32]>,
    /// Files of all that is kept of somebody.
    exports: Limiter<AccountId>,
    /// Codes mailed to an address: whoever knows it could fill its mailbox.
    mailed_codes: Limiter<[u8; 32]>,
}

impl Limits {
    pub(super) fn new(settings: &Settings, now: DateTime<Utc>) -> Self {
        let (burst, per_minute) = (settings.sign_in_burst, settings.sign_in_per_minute);
        let per_hour = positive(settings.mail.codes_per_hour);
        Self {
            mailed_codes: Limiter::of(Quota::per_hour(per_hour), now),
            exports: Limiter::of(Quota::per_hour(positive(settings.exports_per_hour)), now),
            attempts: Limiter::new(burst, per_minute, now),
            registrations: Limiter::new(
                burst.saturating_mul(IN_COMPANY),
                per_minute.saturating_mul(IN_COMPANY),
                now,
            ),
            successes: Limiter::new(
                burst.saturating_mul(IN_COMPANY),
                per_minute.saturating_mul(IN_COMPANY),
                now,
            ),
        }
    }

    /// Counts an attempt of an address.
    pub(super) fn attempt(
        &self,
        now: DateTime<Utc>,
        attempt: Attempt,
        from: AddressKey,
    ) -> Result<(), Error> {
        self.attempts.check(now, &(attempt, from))
    }

    /// Gives an attempt back that succeeded: whole villages share the address
    /// of one mobile network, and whoever knows the secret guesses nothing.
    pub(super) fn give_back(&self, now: DateTime<Utc>, attempt: Attempt, from: AddressKey) {
        // Each costs a hash and a session: there is an end to them, too.
        if self.successes.check(now, &from).is_ok() {
            self.attempts.give_back(now, (attempt, from));
        }
    }

    /// Counts an attempt of a signed-in account.
    pub(super) fn attempt_of(
        &self,
        now: DateTime<Utc>,
        attempt: Attempt,
        account: AccountId,
    ) -> Result<(), Error> {
        let mut key = [0; 32];
        key[..16].copy_from_slice(account.0.as_bytes());
        self.attempts.check(now, &(attempt, key))
    }

    /// Counts a file of all that is kept of somebody.
    pub(super) fn export(&self, now: DateTime<Utc>, account: AccountId) -> Result<(), Error> {
        self.exports.check(now, &account)
    }

    /// Counts a code that is mailed to an address.
    pub(super) fn mailed_code(&self, now: DateTime<Utc>, to: AddressKey) -> Result<(), Error> {
        self.mailed_codes.check(now, &to)
    }

    /// Counts a registration from an address.
    pub(super) fn registration(&self, now: DateTime<Utc>, from: AddressKey) -> Result<(), Error> {
        self.registrations.check(now, &from)
    }
}

fn positive(n: u32) -> NonZeroU32 {
    NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN)
}

/// A limit for each key.
struct Limiter<K: std::hash::Hash + Eq + Clone> {
    buckets: RateLimiter<K, DashMapStateStore<K>, Told, NoOpMiddleware<Nanos>>,
    /// Until when one attempt is given back: no longer than it takes to gain
    /// one, so that never more than the burst are there.
    given_back: Mutex<HashMap<K, DateTime<Utc>>>,
    gains_one_in: TimeDelta,
    time: Told,
}

impl<K: std::hash::Hash + Eq + Clone> Limiter<K> {
    fn new(burst: u32, per_minute: u32, now: DateTime<Utc>) -> Self {
        let quota = Quota::per_minute(positive(per_minute)).allow_burst(positive(burst));
        Self::of(quota, now)
    }

    fn of(quota: Quota, now: DateTime<Utc>) -> Self {
        let time = Told::default();
        time.tell(now);
        Self {
            buckets: RateLimiter::dashmap_with_clock(quota, time.clone()),
            given_back: Mutex::default(),
            gains_one_in: TimeDelta::from_std(quota.replenish_interval()).unwrap_or_default(),
            time,
        }
    }

    fn check(&self, now: DateTime<Utc>, key: &K) -> Result<(), Error> {
        self.time.tell(now);
        if self.buckets.len() > MANY_KEYS {
            self.buckets.retain_recent();
        }
        if self.take_back(now, key) {
            return Ok(());
        }
        self.buckets.check_key(key).map_err(|until| {
            let wait = until.earliest_possible().duration_since(self.time.now());
            Error::Busy {
                seconds: wait.as_u64().div_ceil(1_000_000_000).max(1),
            }
        })
    }
}

impl<K: std::hash::Hash + Eq + Clone> Limiter<K> {
    fn given_back(&self) -> MutexGuard<'_, HashMap<K, DateTime<Utc>>> {
        let guard = self.given_back.lock();
        guard.unwrap_or_else(PoisonError::into_inner)
    }

    fn give_back(&self, now: DateTime<Utc>, key: K) {
        let mut given_back = self.given_back();
        if given_back.len() >= MANY_KEYS {
            given_back.retain(|_, until| *until > now);
        }
        given_back.insert(key, now + self.gains_one_in);
    }

    /// Uses one that was given back, if there is one.
    fn take_back(&self, now: DateTime<Utc>, key: &K) -> bool {
        let until = self.given_back().remove(key);
        until.is_some_and(|until| until > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limited() -> Limiter<u8> {
        Limiter::new(3, 3, DateTime::UNIX_EPOCH)
    }

    #[test]
    fn a_fourth_attempt_at_once_waits() {
        let (limiter, now) = (limited(), DateTime::UNIX_EPOCH);
        let all = [1, 1, 1, 1, 2].map(|key| limiter.check(now, &key).is_ok());
        assert_eq!(all, [true, true, true, false, true]);
    }

    #[test]
    fn attempts_that_succeed_are_not_counted() {
        let (limiter, now) = (limited(), DateTime::UNIX_EPOCH);
        for _ in 0..20 {
            assert!(limiter.check(now, &1).is_ok());
            limiter.give_back(now, 1);
        }
    }

    #[test]
    fn never_more_than_the_burst_is_there() {
        let (limiter, now) = (limited(), DateTime::UNIX_EPOCH);
        for _ in 0..3 {
            limiter.check(now, &1).unwrap();
        }
        for _ in 0..3 {
            limiter.give_back(now, 1);
        }
        let later = now + TimeDelta::minutes(1);
        let tried = (0..20).filter(|_| limiter.check(later, &1).is_ok());
        assert_eq!(tried.count(), 3);
    }
}
