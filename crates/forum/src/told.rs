//! The clock of limiters: the forum's own time, so that a test can move it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Utc};
use governor::clock::Clock as GovernorClock;
use governor::nanos::Nanos;

/// The forum's time, as a limiter is told it.
#[derive(Debug, Clone, Default)]
pub struct Told(Arc<AtomicU64>);

impl Told {
    /// It is so late now.
    pub fn tell(&self, now: DateTime<Utc>) {
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
