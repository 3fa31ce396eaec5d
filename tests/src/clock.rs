//! A clock that stands until it is moved, and randomness that repeats.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use chrono::{DateTime, Duration, Utc};
use sha2::{Digest, Sha256};

/// The moment every test begins at: a Monday morning in Lahore.
const BEGINNING: i64 = 1_763_352_000_000_000;

/// A test's time and randomness.
#[derive(Debug)]
pub struct TestClock {
    micros: AtomicI64,
    drawn: AtomicU64,
}

impl Default for TestClock {
    fn default() -> Self {
        Self {
            micros: AtomicI64::new(BEGINNING),
            drawn: AtomicU64::new(0),
        }
    }
}

impl TestClock {
    /// The clock of a later process on the same database: so many days later,
    /// and with randomness of its own.
    pub fn of_run(run: u32) -> Self {
        let days = Duration::days(i64::from(run));
        Self {
            micros: AtomicI64::new(BEGINNING + days.num_microseconds().unwrap_or(0)),
            drawn: AtomicU64::new(u64::from(run) << 32),
        }
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        self.micros
            .fetch_add(by.num_microseconds().unwrap_or(0), Ordering::SeqCst);
    }
}

impl forum::Clock for TestClock {
    /// Each look moves the clock by a microsecond: two things never happen at
    /// the same time.
    fn now(&self) -> DateTime<Utc> {
        let micros = self.micros.fetch_add(1, Ordering::SeqCst);
        DateTime::from_timestamp_micros(micros).expect("a moment in this century")
    }

    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let drawn = self.drawn.fetch_add(1, Ordering::SeqCst);
            let block = Sha256::digest(drawn.to_be_bytes());
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
    }
}
