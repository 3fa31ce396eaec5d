//! The one place of a node that follows the event log.
//!
//! A hint may be lost, an event cannot: the hub reads the streams a commit
//! touched as soon as it hears of it, and each second asks how far every
//! stream reaches that has subscribers here.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use domain::event::{Position, StreamHead, StreamName};
use futures_util::StreamExt as _;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::lock;
use crate::log::{Log, LogError};
use crate::reader::{Reader, Start};
use crate::ring::NO_ROW;
use crate::tail::{Counters, Tail};

/// How many streams are read from the log at once.
const AT_ONCE: usize = 8;

/// How the hub follows the log.
#[derive(Debug, Clone)]
pub struct HubConfig {
    /// Newest events kept in memory for each stream that has subscribers.
    pub ring: u32,
    /// How often the heads are read, whatever the hints say.
    pub poll: Duration,
}

impl Default for HubConfig {
    fn default() -> Self {
        Self {
            ring: 256,
            poll: Duration::from_secs(1),
        }
    }
}

/// What the hub has counted since it started.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HubCounts {
    /// Streams that have subscribers now.
    pub streams: usize,
    /// Gaps found in the log. Anything but 0 is a bug.
    pub gaps: u64,
    /// Readers that had to load anew.
    pub resyncs: u64,
    /// Reads of the log that failed.
    pub failures: u64,
}

/// Follows the log and hands out readers.
pub struct Hub {
    log: Arc<dyn Log>,
    config: HubConfig,
    tails: Mutex<HashMap<StreamName, Weak<Tail>>>,
    counters: Arc<Counters>,
}

impl Hub {
    /// Starts the task that follows the log until `shutdown`.
    pub fn start(log: Arc<dyn Log>, config: HubConfig, shutdown: CancellationToken) -> Arc<Self> {
        let hub = Arc::new(Self {
            log,
            config,
            tails: Mutex::new(HashMap::new()),
            counters: Arc::default(),
        });
        let follower = Arc::clone(&hub);
        tokio::spawn(async move {
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = follower.follow() => {}
            }
        });
        hub
    }

    /// A reader of a stream.
    ///
    /// A position of another stream, of another epoch, below what is kept or
    /// above the head gives a [`Resync`](crate::Item::Resync) first.
    ///
    /// The log is asked how far it reaches: what was written before is known
    /// when this returns, so that nobody at the head is told of it, and nobody
    /// who comes back is told what was taken back meanwhile.
    pub async fn reader(&self, stream: StreamName, start: Start) -> Result<Reader, LogError> {
        let tail = self.tail(stream);
        let wake = tail.woken();
        let newest = tail.current().await?;
        let cursor = match start {
            Start::Head => newest,
            Start::After(position) if position.stream == stream => position,
            // No stream has a negative epoch, so this leads to a Resync.
            Start::After(_) => Position {
                stream,
                epoch: -1,
                pos: 0,
            },
        };
        Ok(Reader::new(tail, wake, cursor))
    }

    /// What was counted.
    pub fn counts(&self) -> HubCounts {
        let of = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
        HubCounts {
            streams: self.live().len(),
            gaps: of(&self.counters.gaps),
            resyncs: of(&self.counters.resyncs),
            failures: of(&self.counters.failures),
        }
    }

    fn tail(&self, stream: StreamName) -> Arc<Tail> {
        let mut tails = lock(&self.tails);
        if let Some(tail) = tails.get(&stream).and_then(Weak::upgrade) {
            return tail;
        }
        let tail = Arc::new(Tail::new(
            stream,
            Arc::clone(&self.log),
            self.config.ring,
            Arc::clone(&self.counters),
        ));
        tails.insert(stream, Arc::downgrade(&tail));
        tail
    }

    /// The streams that have subscribers; forgets the others.
    fn live(&self) -> Vec<Arc<Tail>> {
        let mut live = Vec::new();
        lock(&self.tails).retain(|_, tail| {
            let tail = tail.upgrade();
            live.extend(tail.clone());
            tail.is_some()
        });
        live
    }

    async fn follow(&self) {
        let mut poll = tokio::time::interval(self.config.poll);
        poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // Kept across turns, so that nothing it has taken is lost with it.
        let mut touched = self.log.touched();
        loop {
            tokio::select! {
                streams = &mut touched => {
                    self.read(&streams).await;
                    touched = self.log.touched();
                }
                _ = poll.tick() => self.poll().await,
            }
        }
    }

    async fn read(&self, streams: &[StreamName]) {
        let tails: Vec<_> = {
            let known = lock(&self.tails);
            streams
                .iter()
                .filter_map(|stream| known.get(stream)?.upgrade())
                .collect()
        };
        futures_util::stream::iter(tails)
            .for_each_concurrent(AT_ONCE, async |tail| self.note(tail.advance().await))
            .await;
    }

    async fn poll(&self) {
        let tails = self.live();
        if tails.is_empty() {
            return;
        }
        let streams: Vec<_> = tails.iter().map(|tail| tail.stream()).collect();
        let heads: HashMap<StreamName, StreamHead> = match self.log.heads(&streams).await {
            Ok(heads) => heads.into_iter().collect(),
            Err(error) => return self.note(Err(error)),
        };
        let moved = tails.into_iter().filter(|tail| {
            let head = heads.get(&tail.stream()).copied().unwrap_or(NO_ROW);
            tail.known().is_some_and(|known| known != head)
        });
        futures_util::stream::iter(moved)
            .for_each_concurrent(AT_ONCE, async |tail| self.note(tail.refresh().await))
            .await;
    }

    fn note(&self, read: Result<(), LogError>) {
        if let Err(error) = read {
            self.counters.failures.fetch_add(1, Ordering::Relaxed);
            tracing::warn!(%error, "the hub will read again within a second");
        }
    }
}
