//! How often an address, or an account, may try something.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use domain::id::AccountId;
use governor::clock::{Clock as GovernorClock, Reference as _};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::Error;
use crate::settings::Settings;

/// Stands for the address somebody comes from: a keyed hash of it, which the
/// caller makes. The address itself is not kept.
pub type AddressKey = [u8; 32];

/// From how many keys on those that have all their attempts back are dropped.
const MANY_KEYS: usize = 4_096;

/// So many more accounts than sign-ins may come from one address: a hall of
/// people who register together has one.
const REGISTRATIONS: u32 = 10;

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
}

/// The limits of every kind.
pub(super) struct Limits {
    attempts: Limiter<(Attempt, [u8; 32])>,
    registrations: Limiter<[u8; 32]>,
}

impl Limits {
    pub(super) fn new(settings: &Settings, now: DateTime<Utc>) -> Self {
        let (burst, per_minute) = (settings.sign_in_burst, settings.sign_in_per_minute);
        Self {
            attempts: Limiter::new(burst, per_minute, now),
            registrations: Limiter::new(
                burst.saturating_mul(REGISTRATIONS),
                per_minute.saturating_mul(REGISTRATIONS),
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
    pub(super) fn give_back(&self, attempt: Attempt, from: AddressKey) {
        self.attempts.give_back((attempt, from));
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

    /// Counts a registration from an address.
    pub(super) fn registration(&self, now: DateTime<Utc>, from: AddressKey) -> Result<(), Error> {
        self.registrations.check(now, &from)
    }
}

/// A limit for each key.
struct Limiter<K: std::hash::Hash + Eq + Clone> {
    buckets: RateLimiter<K, DashMapStateStore<K>, Told, NoOpMiddleware<Nanos>>,
    /// Attempts that were given back, never more than the burst.
    given_back: Mutex<HashMap<K, u32>>,
    burst: u32,
    time: Told,
}

impl<K: std::hash::Hash + Eq + Clone> Limiter<K> {
    fn new(burst: u32, per_minute: u32, now: DateTime<Utc>) -> Self {
        let at_least_one = |n| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_minute(at_least_one(per_minute)).allow_burst(at_least_one(burst));
        let time = Told::default();
        time.tell(now);
        Self {
            buckets: RateLimiter::dashmap_with_clock(quota, time.clone()),
            given_back: Mutex::default(),
            burst: burst.max(1),
            time,
        }
    }

    fn check(&self, now: DateTime<Utc>, key: &K) -> Result<(), Error> {
        self.time.tell(now);
        if self.buckets.len() > MANY_KEYS {
            self.buckets.retain_recent();
        }
        if self.take_back(key) {
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
    fn given_back(&self) -> MutexGuard<'_, HashMap<K, u32>> {
        let guard = self.given_back.lock();
        guard.unwrap_or_else(PoisonError::into_inner)
    }

    fn give_back(&self, key: K) {
        let mut given_back = self.given_back();
        if given_back.len() >= MANY_KEYS {
            given_back.clear();
        }
        let attempts = given_back.entry(key).or_default();
        *attempts = (*attempts + 1).min(self.burst);
    }

    /// Uses one that was given back, if there is one.
    fn take_back(&self, key: &K) -> bool {
        let mut given_back = self.given_back();
        let Some(attempts) = given_back.get_mut(key) else {
            return false;
        };
        *attempts -= 1;
        if *attempts == 0 {
            given_back.remove(key);
        }
        true
    }
}

/// The forum's time, as the limiter is told it.
#[derive(Debug, Clone, Default)]
struct Told(Arc<AtomicU64>);

impl Told {
    fn tell(&self, now: DateTime<Utc>) {
        let micros = u64::try_from(now.timestamp_micros()).unwrap_or(0);
        self.0
            .store(micros.saturating_mul(1_000), Ordering::Relaxed);
    }
}

impl GovernorClock for Told {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        Nanos::new(self.0.load(Ordering::Relaxed))
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
            limiter.give_back(1);
        }
    }

    #[test]
    fn no_more_than_the_burst_is_given_back() {
        let (limiter, now) = (limited(), DateTime::UNIX_EPOCH);
        for _ in 0..20 {
            limiter.give_back(1);
        }
        let tried = (0..20).filter(|_| limiter.check(now, &1).is_ok());
        assert_eq!(tried.count(), 6);
    }
}
