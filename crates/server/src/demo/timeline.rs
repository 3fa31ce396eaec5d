//! The six weeks before the demonstration's first start.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use forum::Clock;

use crate::clock::SystemClock;

/// How many days the story takes. The last one ends before now.
pub(super) const DAYS: i64 = 42;

/// When the day begins in offices of Pakistan, in UTC: 9:30 there.
const MORNING: NaiveTime = NaiveTime::from_hms_opt(4, 30, 0).expect("a time of day");

/// Time that stands until the story moves it, and the system's randomness.
#[derive(Debug)]
pub(super) struct Timeline {
    first: DateTime<Utc>,
    now: AtomicI64,
}

impl Timeline {
    /// The weeks until this moment, at their beginning.
    pub(super) fn until(end: DateTime<Utc>) -> Self {
        let day = (end - TimeDelta::days(DAYS)).date_naive();
        let first = day.and_time(MORNING).and_utc();
        let now = AtomicI64::new(first.timestamp_micros());
        Self { first, now }
    }

    /// Goes on to the morning of a day, counted from 0; never back.
    pub(super) fn day(&self, number: i64) {
        let morning = self.first + TimeDelta::days(number);
        self.now
            .fetch_max(morning.timestamp_micros(), Ordering::Relaxed);
    }

    /// Lets time pass.
    pub(super) fn pass(&self, time: TimeDelta) {
        let micros = time.num_microseconds().unwrap_or(0);
        self.now.fetch_add(micros, Ordering::Relaxed);
    }
}

impl Clock for Timeline {
    fn now(&self) -> DateTime<Utc> {
        let now = self.now.load(Ordering::Relaxed);
        DateTime::from_timestamp_micros(now).unwrap_or(self.first)
    }

    fn fill(&self, bytes: &mut [u8]) {
        SystemClock.fill(bytes);
    }
}
