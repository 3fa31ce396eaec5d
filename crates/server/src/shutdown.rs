//! How the server stops: on SIGINT or SIGTERM it takes nothing new, lets what
//! is under way end, and does not wait for it longer than was said.

use std::future::Future;
use std::io;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// A token that is cancelled at the first SIGINT or SIGTERM.
///
/// The signals are caught from the moment this returns. A second one ends
/// the process at once, as an impatient operator expects.
pub fn on_signal() -> io::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let mut signals = Signals::new()?;
    let token = stop.clone();
    tokio::spawn(async move {
        signals.next().await;
        tracing::info!("stopping");
        token.cancel();
        signals.next().await;
        tracing::warn!("stopped by a second signal, without waiting");
        std::process::exit(130);
    });
    Ok(stop)
}

/// Whether everything ended by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drained {
    /// It did.
    Whole,
    /// Time ran out; what was under way was dropped.
    CutShort,
}

/// Waits, at most `limit`, until the listeners have ended and every tracked
/// task has.
///
/// Sockets that were upgraded are unknown to the HTTP server: they belong in
/// the tracker, and end by the token that [`on_signal`] gave.
pub async fn drain(listeners: impl Future, tasks: &TaskTracker, limit: Duration) -> Drained {
    tasks.close();
    let everything = async {
        listeners.await;
        tasks.wait().await;
    };
    if tokio::time::timeout(limit, everything).await.is_ok() {
        return Drained::Whole;
    }
    tracing::warn!(
        left = tasks.len(),
        "stopped while something was still under way"
    );
    Drained::CutShort
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(windows)]
struct Signals {
    interrupt: tokio::signal::windows::CtrlC,
}

#[cfg(windows)]
impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self {
            interrupt: tokio::signal::windows::ctrl_c()?,
        })
    }

    async fn next(&mut self) {
        self.interrupt.recv().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_ends_in_time_is_waited_for() {
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let seen = stop.clone();
        let task = tasks.spawn(async move {
            seen.cancelled().await;
            "ended"
        });
        stop.cancel();
        assert_eq!(
            drain(std::future::ready(()), &tasks, Duration::from_secs(5)).await,
            Drained::Whole
        );
        assert_eq!(task.await.unwrap(), "ended");
    }

    #[tokio::test(start_paused = true)]
    async fn what_does_not_end_is_not_waited_for_longer_than_the_limit() {
        let tasks = TaskTracker::new();
        tasks.spawn(std::future::pending::<()>());
        let start = tokio::time::Instant::now();
        assert_eq!(
            drain(std::future::ready(()), &tasks, Duration::from_secs(5)).await,
            Drained::CutShort
        );
        assert_eq!(start.elapsed(), Duration::from_secs(5));
    }

    #[tokio::test(start_paused = true)]
    async fn a_listener_that_does_not_end_is_not_waited_for_either() {
        let tasks = TaskTracker::new();
        assert_eq!(
            drain(std::future::pending::<()>(), &tasks, Duration::from_secs(1)).await,
            Drained::CutShort
        );
    }
}
