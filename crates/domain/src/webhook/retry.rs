//! When a message that was not taken is sent again.

use chrono::Duration;

/// How often, and for how long, a message is sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retries {
    /// How long the first retry waits.
    pub first: Duration,
    /// How long a retry waits at most.
    pub longest: Duration,
    /// For how long a message is tried in all.
    pub give_up_after: Duration,
}

/// Each retry waits so many times as long as the one before.
const FACTOR: i64 = 4;

/// How far a wait is spread, in thousandths of it, to either side: so that
/// those who failed together do not come back together.
const SPREAD: i64 = 200;

impl Retries {
    /// How long to wait after so many failures, counted from 1; `random` is
    /// any number. `None` if the message is given up: the wait would end
    /// after its time.
    ///
    /// `age` is for how long the message has been tried.
    pub fn after(&self, failures: u32, age: Duration, random: u32) -> Option<Duration> {
        let mut wait = self.first.num_milliseconds().max(1);
        let longest = self.longest.num_milliseconds().max(wait);
        for _ in 1..failures {
            wait = wait.saturating_mul(FACTOR).min(longest);
            if wait == longest {
                break;
            }
        }
        let part = i64::from(random % 1001) * 2 * SPREAD / 1000 - SPREAD;
        let wait = wait.min(longest).saturating_add(wait / 1000 * part);
        let wait = Duration::milliseconds(wait.max(1));
        (age + wait <= self.give_up_after).then_some(wait)
    }
}
