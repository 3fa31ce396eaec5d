//! Trying again where a connection turns out to be broken.
//!
//! Connections are not tested each time they are taken: that would cost a
//! statement. After the server was away, whoever meets a broken one tries the
//! next, until a new one is open.

use std::time::{Duration, Instant};

/// The tries that one caller has left.
#[derive(Debug)]
pub(crate) struct Tries {
    left: usize,
    until: Instant,
}

impl Tries {
    /// As many as there may be broken connections, and no longer from now on than a
    /// caller waits: whoever waited in vain for an answer has waited enough.
    pub(crate) fn new(connections: usize, patience: Duration) -> Self {
        Self {
            left: connections,
            until: Instant::now() + patience,
        }
    }

    /// Whether to try once more after a broken connection.
    pub(crate) fn again(&mut self) -> bool {
        if self.left == 0 || Instant::now() >= self.until {
            return false;
        }
        self.left -= 1;
        true
    }
}
