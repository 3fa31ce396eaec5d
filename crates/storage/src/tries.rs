//! Trying again where a connection turns out to be broken.
//!
//! Connections are not tested each time they are taken: that would cost a
//! statement. After the server was away, whoever meets a broken one tries the
//! next, until a new one is open.

use std::time::{Duration, Instant};

/// The tries that one caller has left. They cost nothing until a connection
/// is found broken.
#[derive(Debug)]
pub(crate) struct Tries {
    left: usize,
    patience: Duration,
    until: Option<Instant>,
}

impl Tries {
    /// As many as there may be broken connections, and no longer than a caller
    /// waits.
    pub(crate) fn new(connections: usize, patience: Duration) -> Self {
        Self {
            left: connections,
            patience,
            until: None,
        }
    }

    /// Whether to try once more after a broken connection.
    pub(crate) fn again(&mut self) -> bool {
        let now = Instant::now();
        let until = *self.until.get_or_insert(now + self.patience);
        if self.left == 0 || now >= until {
            return false;
        }
        self.left -= 1;
        true
    }
}
