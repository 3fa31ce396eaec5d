//! Walking along a stream, from a cursor, without loss or repeat.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use domain::event::{Event, Position, StreamHead};
use tokio::sync::watch;

use crate::log::LogError;
use crate::ring::Peek;
use crate::tail::Tail;

/// How many events a reader that is behind takes from the table at once.
const PAGE: u32 = 32;
/// How long a reader waits before it asks a log again that did not answer.
pub(crate) const RETRY: Duration = Duration::from_secs(1);

/// Where to begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// With what comes from now on.
    Head,
    /// After a position, which the head of a fresh answer or a client's
    /// cursor gave.
    After(Position),
}

/// What a reader finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item {
    /// The next event.
    Event(Event),
    /// What came before could not be continued: the client loads anew and
    /// goes on from here.
    Resync {
        /// The head that reading goes on from.
        at: Position,
    },
}

impl Item {
    /// Where the reader stands after this.
    pub fn position(&self) -> Position {
        match self {
            Self::Event(event) => event.at,
            Self::Resync { at } => *at,
        }
    }
}

/// A reader of one stream. It holds a cursor, and a page of old events only
/// while it is behind what the node keeps in memory.
pub struct Reader {
    tail: Arc<Tail>,
    wake: watch::Receiver<()>,
    cursor: Position,
    page: VecDeque<Event>,
    /// The cursor once agreed with the ring, so that a ring that disagrees is
    /// the newer of the two.
    settled: bool,
    rewritten: i64,
}

impl Reader {
    pub(crate) fn new(tail: Arc<Tail>, wake: watch::Receiver<()>, cursor: Position) -> Self {
        Self {
            tail,
            wake,
            cursor,
            page: VecDeque::new(),
            settled: false,
            rewritten: 0,
        }
    }

    /// The last position that was read.
    pub fn position(&self) -> Position {
        self.cursor
    }

    /// The newest position that was known to change what earlier events tell, when
    /// the last item was read.
    pub(crate) fn rewritten(&self) -> i64 {
        self.rewritten
    }

    /// Another reader of the stream, which starts at the newest event known.
    pub(crate) fn ahead(&self) -> Self {
        let wake = self.tail.woken();
        let known = self.tail.known();
        let newest = |head: StreamHead| Position {
            stream: self.tail.stream(),
            epoch: head.epoch,
            pos: head.head,
        };
        Self::new(
            Arc::clone(&self.tail),
            wake,
            known.map_or(self.cursor, newest),
        )
    }

    /// Waits for another signal than the stream's own: one that comes after
    /// it, with everything ready.
    pub(crate) fn woken_by(&mut self, wake: watch::Receiver<()>) {
        self.wake = wake;
    }

    /// Waits for the next item. May be dropped and called again.
    ///
    /// After an error the reader stands where it stood.
    pub async fn next(&mut self) -> Result<Item, LogError> {
        loop {
            if let Some(event) = self.page.pop_front() {
                if self.page.is_empty() {
                    // A reader that keeps up keeps no memory.
                    self.page = VecDeque::new();
                }
                self.cursor = event.at;
                self.rewritten = self.tail.rewritten();
                return Ok(Item::Event(event));
            }
            // Registered first, read after: what is written in between wakes.
            self.wake.mark_unchanged();
            let (peek, rewritten) = self.tail.peek(&mut self.cursor);
            self.rewritten = rewritten;
            match peek {
                Peek::Doubt if self.settled => return self.resync().await,
                Peek::Doubt => {
                    self.tail.refresh().await?;
                    self.settled = true;
                }
                Peek::Event(event) => {
                    self.settled = true;
                    self.cursor = event.at;
                    return Ok(Item::Event(event));
                }
                Peek::Older { until } => {
                    self.settled = true;
                    self.load(until).await?;
                }
                Peek::Wait => {
                    self.settled = true;
                    if self.wake.changed().await.is_err() {
                        self.wake = self.tail.woken();
                    }
                }
            }
        }
    }

    /// Waits for the next item, and through times when the log is away.
    pub(crate) async fn next_surely(&mut self) -> Item {
        loop {
            match self.next().await {
                Ok(item) => return item,
                Err(error) => {
                    self.tail
                        .counters()
                        .failures
                        .fetch_add(1, Ordering::Relaxed);
                    tracing::warn!(%error, "a reader waits for the log");
                    tokio::time::sleep(RETRY).await;
                }
            }
        }
    }

    async fn resync(&mut self) -> Result<Item, LogError> {
        let at = self.tail.newest().await?;
        self.cursor = at;
        self.tail.counters().resyncs.fetch_add(1, Ordering::Relaxed);
        Ok(Item::Resync { at })
    }

    async fn load(&mut self, until: i64) -> Result<(), LogError> {
        let events = self.tail.older(self.cursor.pos, until, PAGE).await?;
        let follows = |(event, pos): (&Event, i64)| {
            event.at.epoch == self.cursor.epoch && event.at.pos == pos
        };
        if !events.is_empty() && events.iter().zip(self.cursor.pos + 1..).all(follows) {
            self.page = events.into();
        } else if events
            .first()
            .is_some_and(|event| event.at.epoch != self.cursor.epoch)
        {
            self.tail.refresh().await?;
        } else {
            self.tail.mend(self.cursor.pos).await?;
        }
        Ok(())
    }
}
