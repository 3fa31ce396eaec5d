//! The system's clock and randomness: the one place that asks for either.
//!
//! Everything else is given them, so that a test can repeat what it saw.

use chrono::{DateTime, SubsecRound, Utc};

/// The time of the system's clock and the randomness of its kernel.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl SystemClock {
    /// The time now, in whole microseconds, which is what the databases keep.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the clock that is passed in elsewhere"
    )]
    pub fn now(&self) -> DateTime<Utc> {
        Utc::now().trunc_subsecs(6)
    }

    /// Fills the bytes with randomness fit for keys.
    ///
    /// Without randomness nothing here is safe, so there is no error to
    /// handle: a kernel that has none ends the caller.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the randomness that is passed in elsewhere"
    )]
    pub fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the kernel gives randomness");
    }
}

impl forum::Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Self::now(self)
    }

    fn fill(&self, bytes: &mut [u8]) {
        Self::fill(self, bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_in_whole_microseconds() {
        assert_eq!(SystemClock.now().timestamp_subsec_nanos() % 1000, 0);
    }

    #[test]
    fn two_fillings_differ() {
        let (mut one, mut other) = ([0; 32], [0; 32]);
        SystemClock.fill(&mut one);
        SystemClock.fill(&mut other);
        assert_ne!(one, other);
    }
}
