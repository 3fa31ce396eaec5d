//! When a message that was not taken is sent again.

use chrono::Duration;

/// How often, and for how long, a message is sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retries {
    /// How long the first retry waits.
    pub first: Duration,
    /// How long a retry waits at most.
    pub longest: Duration,
    /// For how long a message is tried in all: as the waits between add up,
    /// so that a webhook that was paused has as many tries as another.
    pub give_up_after: Duration,
}

/// Each retry waits so many times as long as the one before.
const FACTOR: i64 = 4;

/// How far a wait is spread, in thousandths of it, to either side: so that
/// those who failed together do not come back together.
const SPREAD: i64 = 200;

impl Retries {
    /// How long to wait after so many failures, counted from 1; `random` is
    /// any number. `None` if the message is given up: with this wait it would
    /// have been tried for longer than its time.
    pub fn after(&self, failures: u32, random: u32) -> Option<Duration> {
        let mut wait = self.first.num_milliseconds().max(1);
        let longest = self.longest.num_milliseconds().max(wait);
        let (mut tried, time) = (wait, self.give_up_after.num_milliseconds());
        for _ in 1..failures {
            wait = wait.saturating_mul(FACTOR).min(longest);
            tried = tried.saturating_add(wait);
            if tried > time {
                break;
            }
        }
        let part = i64::from(random % 1001) * 2 * SPREAD / 1000 - SPREAD;
        let spread = wait.saturating_add(wait / 1000 * part);
        (tried <= time).then(|| Duration::milliseconds(spread.max(1)))
    }
}
