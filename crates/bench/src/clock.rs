//! The one place where the benchmark reads the time of day.

use std::time::{SystemTime, UNIX_EPOCH};

/// Microseconds since the Unix epoch.
pub(crate) fn micros() -> i64 {
    #[expect(
        clippy::disallowed_methods,
        reason = "the floor dates its posts and has nobody to be given a clock by"
    )]
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since
        .ok()
        .and_then(|since| i64::try_from(since.as_micros()).ok())
        .unwrap_or(0)
}
