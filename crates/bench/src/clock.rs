//! The one place where the benchmark reads the time of day, and what CPU it took
//! itself.

use rustix::time::{ClockId, clock_gettime};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

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

/// The CPU time of this thread so far.
pub(crate) fn thread_cpu() -> anyhow::Result<Duration> {
    cpu(ClockId::ThreadCPUTime)
}

/// The CPU time of this process so far.
pub(crate) fn process_cpu() -> anyhow::Result<Duration> {
    cpu(ClockId::ProcessCPUTime)
}

fn cpu(of: ClockId) -> anyhow::Result<Duration> {
    let time = clock_gettime(of);
    Ok(Duration::new(
        time.tv_sec.try_into()?,
        time.tv_nsec.try_into()?,
    ))
}
