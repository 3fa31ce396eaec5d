use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use async_trait::async_trait;
use chrono::DateTime;
use domain::event::{Event, Position, StreamHead, StreamName};
use tokio::sync::Notify;
use uuid::Uuid;

use super::KIND;
use crate::lock;
use crate::log::{Log, LogError};

/// The epoch a stream begins with.
pub(crate) const EPOCH: i64 = 7;

#[derive(Default)]
struct Stream {
    epoch: i64,
    head: i64,
    floor: i64,
    events: BTreeMap<i64, Event>,
}

#[derive(Default)]
struct State {
    streams: BTreeMap<StreamName, Stream>,
    touched: BTreeSet<StreamName>,
    lose_hints: bool,
    failing: bool,
    reads: usize,
    instant: bool,
}

/// An event log in memory, which can be made to misbehave.
#[derive(Default)]
pub(crate) struct MemoryLog {
    state: Mutex<State>,
    wake: Notify,
}

impl MemoryLog {
    pub(crate) fn append(&self, stream: StreamName) -> Event {
        self.append_about(stream, None)
    }

    pub(crate) fn append_about(&self, stream: StreamName, object: Option<Uuid>) -> Event {
        let mut state = lock(&self.state);
        let known = state.streams.entry(stream).or_default();
        if known.epoch == 0 {
            known.epoch = EPOCH;
        }
        known.head += 1;
        let at = Position {
            stream,
            epoch: known.epoch,
            pos: known.head,
        };
        let event = Event {
            at,
            kind: KIND,
            thread: None,
            object,
            time: DateTime::UNIX_EPOCH,
        };
        known.events.insert(at.pos, event);
        if !state.lose_hints {
            state.touched.insert(stream);
            self.wake.notify_one();
        }
        event
    }

    pub(crate) fn append_many(&self, stream: StreamName, count: i64) {
        for _ in 0..count {
            self.append(stream);
        }
    }

    /// Hints are lost from now on, or come again.
    pub(crate) fn lose_hints(&self, lose: bool) {
        lock(&self.state).lose_hints = lose;
    }

    /// Reads fail from now on, or work again.
    pub(crate) fn fail(&self, failing: bool) {
        lock(&self.state).failing = failing;
    }

    /// Another life of a stream, with fewer events.
    pub(crate) fn restore(&self, stream: StreamName, epoch: i64, head: i64) {
        let mut state = lock(&self.state);
        let known = state.streams.get_mut(&stream).expect("a stream");
        known.epoch = epoch;
        known.head = head;
        known.events.retain(|pos, _| *pos <= head);
        for event in known.events.values_mut() {
            event.at.epoch = epoch;
        }
    }

    /// Removes the events below a position.
    pub(crate) fn trim(&self, stream: StreamName, floor: i64) {
        let mut state = lock(&self.state);
        let known = state.streams.get_mut(&stream).expect("a stream");
        known.floor = floor;
        known.events.retain(|pos, _| *pos > floor);
    }

    /// Loses an event, which no log may.
    pub(crate) fn tear(&self, stream: StreamName, pos: i64) {
        let mut state = lock(&self.state);
        state
            .streams
            .get_mut(&stream)
            .expect("a stream")
            .events
            .remove(&pos);
    }

    /// Answers without letting others go first.
    pub(crate) fn be_instant(&self) {
        lock(&self.state).instant = true;
    }

    /// Lets others go first, as a database does.
    async fn pause(&self) {
        if !lock(&self.state).instant {
            tokio::task::yield_now().await;
        }
    }

    /// How often events were read.
    pub(crate) fn reads(&self) -> usize {
        lock(&self.state).reads
    }
}

#[async_trait]
impl Log for MemoryLog {
    async fn head(&self, stream: StreamName) -> Result<Option<StreamHead>, LogError> {
        self.pause().await;
        let state = lock(&self.state);
        if state.failing {
            return Err(LogError::new("away"));
        }
        Ok(state.streams.get(&stream).map(|known| StreamHead {
            epoch: known.epoch,
            head: known.head,
            floor: known.floor,
        }))
    }

    async fn events_after(
        &self,
        stream: StreamName,
        pos: i64,
        limit: u32,
    ) -> Result<Vec<Event>, LogError> {
        self.pause().await;
        let events = {
            let mut state = lock(&self.state);
            if state.failing {
                return Err(LogError::new("away"));
            }
            state.reads += 1;
            let known = state.streams.get(&stream);
            known.map_or_else(Vec::new, |known| {
                let after = known.events.range(pos + 1..).map(|(_, event)| *event);
                after.take(limit as usize).collect()
            })
        };
        self.pause().await;
        Ok(events)
    }

    async fn touched(&self) -> Vec<StreamName> {
        loop {
            let touched = std::mem::take(&mut lock(&self.state).touched);
            if !touched.is_empty() {
                return touched.into_iter().collect();
            }
            self.wake.notified().await;
        }
    }
}
