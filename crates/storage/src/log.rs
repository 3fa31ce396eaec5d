//! The event log: reading it, and the signal that says when to.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use domain::event::{Event, Position, StreamHead, StreamName};
use tokio::sync::Notify;

use crate::conn::Conn;
use crate::error::StorageError;
use crate::row::Row;

/// Says which streams commits have touched, coalesced.
///
/// A hint, not the truth: whoever waits reads the log afterwards.
#[derive(Debug, Default)]
pub struct CommitSignal {
    touched: Mutex<BTreeSet<StreamName>>,
    wake: Notify,
    spoken: Notify,
    count: AtomicU64,
}

impl CommitSignal {
    /// Adds the streams of a commit and wakes whoever waits.
    pub fn touch(&self, streams: impl IntoIterator<Item = StreamName>) {
        let mut spoken = false;
        self.touched
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(streams.into_iter().inspect(|stream| {
                spoken |= matches!(stream, StreamName::Thread(_));
            }));
        if spoken {
            self.spoken.notify_one();
        }
        self.count.fetch_add(1, Ordering::Release);
        self.wake.notify_one();
    }

    /// How many commits there were. It is counted before whoever wrote is
    /// answered.
    pub fn count(&self) -> u64 {
        self.count.load(Ordering::Acquire)
    }

    /// Waits for a commit of something that happened in a thread. One that
    /// came before anybody waited counts. For one waiter.
    pub async fn spoken(&self) {
        self.spoken.notified().await;
    }

    /// Waits for commits and takes the streams they touched. For one waiter.
    pub async fn touched(&self) -> Vec<StreamName> {
        loop {
            let taken = {
                let mut touched = self.touched.lock().unwrap_or_else(PoisonError::into_inner);
                std::mem::take(&mut *touched)
            };
            if !taken.is_empty() {
                return taken.into_iter().collect();
            }
            self.wake.notified().await;
        }
    }
}

impl Conn {
    /// How far a stream reaches; `None` before its first event.
    pub async fn stream_head(&self, name: StreamName) -> Result<Option<StreamHead>, StorageError> {
        let sql = "SELECT epoch, head, floor FROM stream WHERE id = $1";
        let row = self.one(sql, self.params().with(name.to_string())).await?;
        row.map(|mut row| {
            Ok(StreamHead {
                epoch: row.get()?,
                head: row.get()?,
                floor: row.get()?,
            })
        })
        .transpose()
    }

    /// How far each of several streams reaches, leaving out those without an
    /// event. One statement.
    pub async fn stream_heads(
        &self,
        names: &[StreamName],
    ) -> Result<Vec<(StreamName, StreamHead)>, StorageError> {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let mut params = self.params();
        let among = params.among_codes("id", &names);
        let sql = format!("SELECT id, epoch, head, floor FROM stream WHERE {among}");
        let head = |mut row: Row| {
            let name = row.code()?;
            Ok((
                name,
                StreamHead {
                    epoch: row.get()?,
                    head: row.get()?,
                    floor: row.get()?,
                },
            ))
        };
        self.all(&sql, params)
            .await?
            .into_iter()
            .map(head)
            .collect()
    }

    /// At most `limit` events of a stream after a position, oldest first.
    pub async fn events_after(
        &self,
        name: StreamName,
        pos: i64,
        limit: u32,
    ) -> Result<Vec<Event>, StorageError> {
        let sql = "SELECT s.epoch, e.pos, e.kind, e.thread, e.object, e.at \
                   FROM event e JOIN stream s ON s.id = e.stream \
                   WHERE e.stream = $1 AND e.pos > $2 ORDER BY e.pos LIMIT $3";
        let params = self
            .params()
            .with(name.to_string())
            .with(pos)
            .with(i64::from(limit));
        self.all(sql, params)
            .await?
            .into_iter()
            .map(|row| event(name, row))
            .collect()
    }
}

fn event(stream: StreamName, mut row: Row) -> Result<Event, StorageError> {
    Ok(Event {
        at: Position {
            stream,
            epoch: row.get()?,
            pos: row.get()?,
        },
        kind: row.code()?,
        thread: row.maybe_id()?,
        object: row.get()?,
        time: row.time()?,
    })
}
