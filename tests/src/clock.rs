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
        Self::at(Standing::default())
    }
}

/// How far a clock went, for another to go on from.
#[derive(Debug, Clone, Copy)]
pub struct Standing {
    micros: i64,
    drawn: u64,
}

impl Default for Standing {
    fn default() -> Self {
        Self {
            micros: BEGINNING,
            drawn: 0,
        }
    }
}

impl TestClock {
    /// A clock that goes on where another stands.
    pub fn at(standing: Standing) -> Self {
        Self {
            micros: AtomicI64::new(standing.micros),
            drawn: AtomicU64::new(standing.drawn),
        }
    }

    /// How far it went.
    pub fn standing(&self) -> Standing {
        Standing {
            micros: self.micros.load(Ordering::SeqCst),
            drawn: self.drawn.load(Ordering::SeqCst),
        }
    }

    /// The clock of a later process on the same database: so many days later,
    /// and with randomness of its own.
    pub fn of_run(run: u32) -> Self {
        let days = Duration::days(i64::from(run));
        Self::at(Standing {
            micros: BEGINNING + days.num_microseconds().unwrap_or(0),
            drawn: u64::from(run) << 32,
        })
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
