//! Budgets: how much whoever asks may ask for in a while, in the cost units of
//! the guard.
//!
//! An account has one, and a partner app, wherever it asks from, over HTTP,
//! websockets and streams together; whoever shows none has the one of the address he comes
//! from, which stands here only as a keyed hash that is good for a day. A
//! budget refills steadily, so that nobody gains by waiting for a full hour.
//!
//! Every request costs 1 before its document is read, refused or not, and the
//! rest of its cost before it is executed.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::id::{AccountId, ClientId};
use forum::Told;
use governor::clock::Reference as _;
use governor::middleware::StateInformationMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

/// What every request costs before it is read.
pub const ENTRY: u64 = 1;

/// How large budgets are.
#[derive(Clone, Copy, Debug)]
pub struct Budgets {
    /// Of an account, in cost units; 0 for no limit. 30,000.
    pub account: u32,
    /// Of a partner app, with all its tokens, in cost units; 0 for no limit.
    /// 60,000: many may use one.
    pub client: u32,
    /// Of an address that visitors come from, in cost units; 0 for no limit.
    /// 60,000: many share the one address of a mobile network.
    pub address: u32,
    /// In how long an empty budget is whole again. A minute.
    pub window: Duration,
}

impl Default for Budgets {
    fn default() -> Self {
        Self {
            account: 30_000,
            client: 60_000,
            address: 60_000,
            window: Duration::from_mins(1),
        }
    }
}

/// Whose budget is spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Spender {
    /// An account.
    Account(AccountId),
    /// A partner app.
    Client(ClientId),
    /// A visitor's address, as a keyed hash.
    Address([u8; 32]),
}

/// How a budget stands after it was spent from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What kind of budget it is, as the header fields name it.
    pub policy: &'static str,
    /// What the request has cost so far.
    pub cost: u64,
    /// How large the budget is.
    pub limit: u32,
    /// What is left of it.
    pub remaining: u32,
    /// In how many seconds an empty budget is whole again.
    pub window: u64,
    /// In how many seconds this one is whole again.
    pub reset: u64,
    /// When that is.
    pub reset_at: DateTime<Utc>,
}

/// A budget is spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Over {
    /// How it stands.
    pub standing: Standing,
    /// In how many seconds what was asked for fits again, at least 1.
    pub retry_after: u64,
}

impl Over {
    /// What is said to whoever asked.
    pub fn message(&self) -> String {
        let seconds = self.retry_after;
        format!("The budget is spent; try again in {seconds} s.")
    }
}

/// Everybody's budgets.
#[derive(Debug)]
pub struct Purses {
    accounts: Option<Purse>,
    clients: Option<Purse>,
    addresses: Option<Purse>,
    window: Duration,
}

#[derive(Debug)]
struct Purse {
    policy: &'static str,
    limit: u32,
    /// In how many nanoseconds one unit comes back.
    gains_one_in: u64,
    spent: RateLimiter<Spender, DashMapStateStore<Spender>, Told, StateInformationMiddleware>,
    time: Told,
    /// Since the keys were last counted.
    since: AtomicU32,
    /// From how many keys on those of whole budgets are dropped.
    sweep_from: AtomicUsize,
}

/// So often the keys are counted: once in so many requests.
const COUNT_EVERY: u32 = 1_024;
/// Fewer keys than this are left alone.
const FEW: usize = 4_096;
const SECOND: u64 = 1_000_000_000;

impl Purses {
    /// Full ones. `now` is the time.
    pub fn new(budgets: Budgets, now: DateTime<Utc>) -> Self {
        let purse = |policy, limit| Purse::new(policy, limit, budgets.window, now);
        Self {
            accounts: purse("account", budgets.account),
            clients: purse("client", budgets.client),
            addresses: purse("address", budgets.address),
            window: budgets.window,
        }
    }

    /// Takes from somebody's budget; `None` if his has no limit. `before` is
    /// what the request has cost already.
    ///
    /// # Errors
    ///
    /// When less than that is left. Nothing is taken then.
    pub fn spend(
        &self,
        now: DateTime<Utc>,
        spender: Spender,
        cost: u64,
        before: u64,
    ) -> Result<Option<Standing>, Over> {
        let purse = match spender {
            Spender::Account(_) => &self.accounts,
            Spender::Client(_) => &self.clients,
            Spender::Address(_) => &self.addresses,
        };
        let Some(purse) = purse else { return Ok(None) };
        let cost = u32::try_from(cost).unwrap_or(u32::MAX);
        let left = purse.spend(
            now,
            &spender,
            NonZeroU32::new(cost).unwrap_or(NonZeroU32::MIN),
        );
        let standing = |remaining: u32, cost: u64| {
            let missing = u64::from(purse.limit - remaining.min(purse.limit));
            let reset = missing.saturating_mul(purse.gains_one_in);
            let reset_in = TimeDelta::from_std(Duration::from_nanos(reset));
            Standing {
                policy: purse.policy,
                cost,
                limit: purse.limit,
                remaining,
                window: self.window.as_secs(),
                reset: reset.div_ceil(SECOND),
                reset_at: now + reset_in.unwrap_or_default(),
            }
        };
        match left {
            Ok(remaining) => Ok(Some(standing(remaining, before + u64::from(cost)))),
            Err(wait) => {
                // What is there is what need not be waited for.
                let missing = wait.div_ceil(purse.gains_one_in);
                let remaining = u64::from(cost.min(purse.limit)).saturating_sub(missing);
                let remaining = u32::try_from(remaining).unwrap_or(u32::MAX);
                // Who comes again pays again for what was taken before.
                let wait = wait.saturating_add(before.saturating_mul(purse.gains_one_in));
                Err(Over {
                    standing: standing(remaining, before),
                    retry_after: wait.div_ceil(SECOND).max(1),
                })
            }
        }
    }
}

impl Purse {
    fn new(policy: &'static str, limit: u32, window: Duration, now: DateTime<Utc>) -> Option<Self> {
        let burst = NonZeroU32::new(limit)?;
        let gains_one_in = (window / limit).max(Duration::from_nanos(1));
        let quota = Quota::with_period(gains_one_in)?.allow_burst(burst);
        let time = Told::default();
        time.tell(now);
        Some(Self {
            policy,
            limit,
            gains_one_in: u64::try_from(gains_one_in.as_nanos()).unwrap_or(u64::MAX),
            spent: RateLimiter::dashmap_with_clock(quota, time.clone()).with_middleware(),
            time,
            since: AtomicU32::new(0),
            sweep_from: AtomicUsize::new(FEW),
        })
    }

    /// What is left; or in how many nanoseconds there is enough.
    fn spend(&self, now: DateTime<Utc>, spender: &Spender, cost: NonZeroU32) -> Result<u32, u64> {
        self.time.tell(now);
        if self.since.fetch_add(1, Ordering::Relaxed) % COUNT_EVERY == COUNT_EVERY - 1 {
            self.sweep();
        }
        match self.spent.check_key_n(spender, cost) {
            Ok(Ok(stands)) => Ok(stands.remaining_burst_capacity()),
            Ok(Err(until)) => {
                let now = governor::clock::Clock::now(&self.time);
                let wait: Nanos = until.earliest_possible().duration_since(now);
                Err(wait.as_u64().max(1))
            }
            // No budget is ever so full: the settings do not allow it.
            Err(_) => Err(u64::from(self.limit).saturating_mul(self.gains_one_in)),
        }
    }

    /// Drops the keys of those whose budget is whole again, once there are
    /// twice as many as were in use.
    fn sweep(&self) {
        if self.spent.len() > self.sweep_from.load(Ordering::Relaxed) {
            self.spent.retain_recent();
            let from = self.spent.len().saturating_mul(2).max(FEW);
            self.sweep_from.store(from, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn purses() -> Purses {
        let budgets = Budgets {
            account: 100,
            client: 100,
            address: 0,
            window: Duration::from_secs(10),
        };
        Purses::new(budgets, DateTime::UNIX_EPOCH)
    }

    fn of(number: u128) -> Spender {
        Spender::Account(uuid::Uuid::from_u128(number).into())
    }

    #[test]
    fn a_budget_is_spent_and_comes_back_steadily() {
        let (purses, now) = (purses(), DateTime::UNIX_EPOCH);
        let first = purses.spend(now, of(1), 60, 1).unwrap().unwrap();
        assert_eq!((first.cost, first.remaining, first.reset), (61, 40, 6));
        assert_eq!(first.reset_at, now + TimeDelta::seconds(6));
        let over = purses.spend(now, of(1), 60, 1).unwrap_err();
        // 20 are missing, and the one paid before is paid again.
        assert_eq!((over.standing.remaining, over.retry_after), (40, 3));
        assert_eq!(over.standing.cost, 1);
        let later = now + TimeDelta::seconds(2);
        let again = purses.spend(later, of(1), 60, 0).unwrap().unwrap();
        assert_eq!(again.remaining, 0);
        let whole = later + TimeDelta::seconds(10);
        let whole = purses.spend(whole, of(1), 1, 0).unwrap().unwrap();
        assert_eq!((whole.remaining, whole.limit), (99, 100));
    }

    #[test]
    fn each_has_a_budget_of_its_own_and_no_limit_is_none() {
        let (purses, now) = (purses(), DateTime::UNIX_EPOCH);
        assert!(purses.spend(now, of(1), 100, 0).is_ok());
        assert!(purses.spend(now, of(1), 1, 0).is_err());
        assert!(purses.spend(now, of(2), 100, 0).is_ok());
        let client = Spender::Client(uuid::Uuid::from_u128(1).into());
        assert!(purses.spend(now, client, 100, 0).is_ok());
        assert!(purses.spend(now, client, 1, 0).is_err());
        let unlimited = purses.spend(now, Spender::Address([0; 32]), u64::MAX, 0);
        assert_eq!(unlimited, Ok(None));
    }

    #[test]
    fn keys_of_whole_budgets_are_dropped() {
        let (purses, mut now) = (purses(), DateTime::UNIX_EPOCH);
        for number in 0..20_000 {
            purses.spend(now, of(number), 1, 0).unwrap();
            now += TimeDelta::milliseconds(1);
        }
        let kept = purses.accounts.as_ref().unwrap().spent.len();
        assert!(kept <= FEW + COUNT_EVERY as usize, "{kept}");
    }
}
