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

/// What a reader finds without waiting.
pub(crate) enum Look {
    /// The next item.
    Item(Item),
    /// Nothing yet.
    Nothing,
    /// The log has to be asked.
    Ask(Ask),
}

/// What the log has to be asked.
pub(crate) enum Ask {
    Resync,
    Refresh,
    Older { until: i64 },
}

/// A reader of one stream. It holds a cursor, and a page of old events only
/// while it is behind what the node keeps in memory.
pub struct Reader {
    tail: Arc<Tail>,
    /// `None` if somebody else says when there is something to read.
    wake: Option<watch::Receiver<()>>,
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
            wake: Some(wake),
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

    /// Leaves it to somebody else to say when there is something to read: later
    /// than the stream, with everything ready.
    pub(crate) fn drive(&mut self) {
        self.wake = None;
    }

    /// Whether somebody else says when there is something to read.
    pub(crate) fn is_driven(&self) -> bool {
        self.wake.is_none()
    }

    /// Whether it reads nothing but what comes, and somebody else says when.
    pub(crate) fn is_led(&self) -> bool {
        self.is_driven() && self.page.is_empty()
    }

    /// Goes on after a position that somebody else read up to.
    pub(crate) fn skip_to(&mut self, at: Position) {
        self.cursor = at;
    }

    /// Whether nothing is known to have come after the last item: neither more
    /// to tell, nor what changes how it is told.
    pub(crate) fn is_newest(&self) -> bool {
        let (at, known) = (self.cursor, self.tail.known());
        known.is_some_and(|head| (head.epoch, head.head) == (at.epoch, at.pos))
    }

    /// Waits for the next item. May be dropped and called again.
    ///
    /// After an error the reader stands where it stood.
    pub async fn next(&mut self) -> Result<Item, LogError> {
        match self.advance().await? {
            Some(item) => Ok(item),
            None => std::future::pending().await,
        }
    }

    /// Waits for the next item; `None` if there is none and somebody else says
    /// when there is.
    async fn advance(&mut self) -> Result<Option<Item>, LogError> {
        loop {
            // Registered first, read after: what is written in between wakes.
            if let Some(wake) = &mut self.wake {
                wake.mark_unchanged();
            }
            match self.look() {
                Look::Item(item) => return Ok(Some(item)),
                Look::Ask(ask) => {
                    if let Some(item) = self.ask(ask).await? {
                        return Ok(Some(item));
                    }
                }
                Look::Nothing => match &mut self.wake {
                    None => return Ok(None),
                    Some(wake) => {
                        if wake.changed().await.is_err() {
                            self.wake = Some(self.tail.woken());
                        }
                    }
                },
            }
        }
    }

    /// What can be read without waiting.
    pub(crate) fn look(&mut self) -> Look {
        if let Some(event) = self.page.pop_front() {
            if self.page.is_empty() {
                // A reader that keeps up keeps no memory.
                self.page = VecDeque::new();
            }
            self.cursor = event.at;
            self.rewritten = self.tail.rewritten();
            return Look::Item(Item::Event(event));
        }
        let (peek, rewritten) = self.tail.peek(&mut self.cursor);
        self.rewritten = rewritten;
        let settled = std::mem::replace(&mut self.settled, true);
        match peek {
            Peek::Doubt if settled => Look::Ask(Ask::Resync),
            Peek::Doubt => {
                self.settled = false;
                Look::Ask(Ask::Refresh)
            }
            Peek::Event(event) => {
                self.cursor = event.at;
                Look::Item(Item::Event(event))
            }
            Peek::Older { until } => Look::Ask(Ask::Older { until }),
            Peek::Wait => Look::Nothing,
        }
    }

    async fn ask(&mut self, ask: Ask) -> Result<Option<Item>, LogError> {
        match ask {
            Ask::Resync => return Ok(Some(self.resync().await?)),
            Ask::Refresh => {
                self.tail.refresh().await?;
                self.settled = true;
            }
            Ask::Older { until } => self.load(until).await?,
        }
        Ok(None)
    }

    /// Waits for the next item, and through times when the log is away.
    pub(crate) async fn next_surely(&mut self) -> Item {
        match self.advance_surely().await {
            Some(item) => item,
            None => std::future::pending().await,
        }
    }

    /// As [`Self::next_surely`]; `None` if there is none and somebody else says
    /// when there is.
    pub(crate) async fn advance_surely(&mut self) -> Option<Item> {
        loop {
            match self.advance().await {
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
