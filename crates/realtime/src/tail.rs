//! One stream that somebody on this node reads.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use domain::event::{Event, Position, StreamHead, StreamName};
use tokio::sync::watch;

use crate::lock;
use crate::log::{Log, LogError};
use crate::ring::{Appended, NO_ROW, Peek, Ring};

/// Pages read before the rest is left to the table.
const PAGES: usize = 4;

/// What the hub counts.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) gaps: AtomicU64,
    pub(crate) resyncs: AtomicU64,
    pub(crate) failures: AtomicU64,
}

/// The ring of a stream and the wake of its readers.
pub(crate) struct Tail {
    stream: StreamName,
    log: Arc<dyn Log>,
    ring: Mutex<Ring>,
    wake: watch::Sender<()>,
    /// Held while the ring takes over from the log, so that what was read
    /// first is also written first.
    loading: tokio::sync::Mutex<()>,
    /// How often the log was asked how far it reaches.
    asked: AtomicU64,
    /// Which of those questions was answered last.
    answered: AtomicU64,
    page: u32,
    counters: Arc<Counters>,
}

impl Tail {
    pub(crate) fn new(
        stream: StreamName,
        log: Arc<dyn Log>,
        capacity: u32,
        counters: Arc<Counters>,
    ) -> Self {
        Self {
            stream,
            log,
            ring: Mutex::new(Ring::new(capacity as usize)),
            wake: watch::Sender::new(()),
            loading: tokio::sync::Mutex::new(()),
            asked: AtomicU64::new(0),
            answered: AtomicU64::new(0),
            page: capacity,
            counters,
        }
    }

    pub(crate) fn stream(&self) -> StreamName {
        self.stream
    }

    pub(crate) fn counters(&self) -> &Counters {
        &self.counters
    }

    pub(crate) fn woken(&self) -> watch::Receiver<()> {
        self.wake.subscribe()
    }

    /// What comes after a cursor, and [`Self::rewritten`].
    pub(crate) fn peek(&self, cursor: &mut Position) -> (Peek, i64) {
        let ring = lock(&self.ring);
        (ring.peek(cursor), ring.rewritten())
    }

    /// The newest position known to change what earlier events tell.
    pub(crate) fn rewritten(&self) -> i64 {
        lock(&self.ring).rewritten()
    }

    /// The newest position, with whatever was written before it was asked for.
    /// Those who ask at once share an answer.
    pub(crate) async fn current(&self) -> Result<Position, LogError> {
        let asked = self.asked.load(Ordering::Acquire);
        let loading = self.loading.lock().await;
        // What the log was asked after this began is an answer to it.
        if self.answered.load(Ordering::Acquire) <= asked {
            self.refresh_loading().await?;
        }
        drop(loading);
        self.newest().await
    }

    /// The newest position, read from the log only if it is not known yet.
    pub(crate) async fn newest(&self) -> Result<Position, LogError> {
        if self.known().is_none() {
            self.refresh().await?;
        }
        let known = self.known().unwrap_or(NO_ROW);
        Ok(Position {
            stream: self.stream,
            epoch: known.epoch,
            pos: known.head,
        })
    }

    /// How far the ring reaches, if the log was read.
    pub(crate) fn known(&self) -> Option<StreamHead> {
        lock(&self.ring).head()
    }

    /// Reads the events after the newest known one.
    pub(crate) async fn advance(&self) -> Result<(), LogError> {
        let _loading = self.loading.lock().await;
        if self.known().is_none() {
            // Whoever made this tail reads the log first, and then finds what
            // this hint is about.
            return Ok(());
        }
        self.load().await
    }

    /// Takes over what the log says of itself.
    pub(crate) async fn refresh(&self) -> Result<(), LogError> {
        let _loading = self.loading.lock().await;
        self.refresh_loading().await
    }

    async fn refresh_loading(&self) -> Result<(), LogError> {
        let asked = self.asked.fetch_add(1, Ordering::AcqRel) + 1;
        let head = self.head().await?;
        if lock(&self.ring).settle(head) {
            self.load().await?;
        } else {
            self.wake.send_replace(());
        }
        self.answered.store(asked, Ordering::Release);
        Ok(())
    }

    /// At most a page of events after a position that the ring no longer
    /// holds, none of them after `until`.
    pub(crate) async fn older(
        &self,
        pos: i64,
        until: i64,
        page: u32,
    ) -> Result<Vec<Event>, LogError> {
        let mut events = self.log.events_after(self.stream, pos, page).await?;
        events.retain(|event| event.at.pos <= until);
        Ok(events)
    }

    /// Deals with events that are missing after a position: they were removed
    /// for age, or the log is broken, which is a bug and raises an alarm.
    /// Readers before the hole are sent to the head.
    pub(crate) async fn mend(&self, pos: i64) -> Result<(), LogError> {
        let _loading = self.loading.lock().await;
        self.mend_loading(pos).await
    }

    async fn mend_loading(&self, pos: i64) -> Result<(), LogError> {
        let head = self.head().await?;
        let known = self.known().unwrap_or(NO_ROW);
        if head.epoch != known.epoch || head.head < known.head {
            // Not a hole, but another life of the stream.
            lock(&self.ring).settle(head);
        } else if head.floor > pos {
            lock(&self.ring).skip_to(head);
        } else {
            self.counters.gaps.fetch_add(1, Ordering::Relaxed);
            tracing::error!(
                kind = kind(self.stream),
                epoch = head.epoch,
                after = pos,
                head = head.head,
                "the event log has a gap"
            );
            lock(&self.ring).give_up_below(head);
        }
        self.wake.send_replace(());
        Ok(())
    }

    async fn head(&self) -> Result<StreamHead, LogError> {
        Ok(self.log.head(self.stream).await?.unwrap_or(NO_ROW))
    }

    async fn load(&self) -> Result<(), LogError> {
        for _ in 0..PAGES {
            let from = self.known().unwrap_or(NO_ROW).head;
            let events = self.log.events_after(self.stream, from, self.page).await?;
            let last = events.len() < self.page as usize;
            if events.is_empty() {
                return Ok(());
            }
            match self.append(events) {
                Appended::Fits => self.wake.send_replace(()),
                Appended::OtherEpoch => {
                    let head = self.head().await?;
                    // What is left to load after another epoch began, the
                    // next look finds.
                    lock(&self.ring).settle(head);
                    self.wake.send_replace(());
                    return Ok(());
                }
                Appended::Gap => {
                    let newest = self.known().unwrap_or(NO_ROW).head;
                    return self.mend_loading(newest).await;
                }
            }
            if last {
                return Ok(());
            }
        }
        let head = self.head().await?;
        lock(&self.ring).skip_to(head);
        self.wake.send_replace(());
        Ok(())
    }

    fn append(&self, events: Vec<Event>) -> Appended {
        let mut ring = lock(&self.ring);
        for event in events {
            match ring.append(event) {
                Appended::Fits => {}
                other => return other,
            }
        }
        Appended::Fits
    }
}

/// The kind of a stream, for the log: its id may be an account's.
pub(crate) fn kind(stream: StreamName) -> &'static str {
    match stream {
        StreamName::Thread(_) => "thread",
        StreamName::Inbox(_) => "inbox",
        StreamName::PersonaInbox(_) => "persona inbox",
        StreamName::Desk(_) => "desk",
        StreamName::Moderation => "moderation",
        StreamName::Feed => "feed",
        StreamName::Directory => "directory",
        StreamName::Access => "access",
        StreamName::Retraction => "retraction",
    }
}
