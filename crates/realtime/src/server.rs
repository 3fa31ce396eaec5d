//! All sockets of a node, and what they have in common.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::ws::WebSocketUpgrade;
use axum::response::Response;
use domain::event::StreamName;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::cursor::Cursors;
use crate::gate::{Gate, Handshake};
use crate::hub::Hub;
use crate::reader::{Item, RETRY, Reader, Start};
use crate::seat::Seat;
use crate::share::Shares;
use crate::wire::Wire;
use crate::{lock, message, socket};

/// The subprotocol this server speaks. The legacy `graphql-ws` is off.
pub const PROTOCOL: &str = "graphql-transport-ws";

/// How sockets behave.
#[derive(Debug, Clone)]
pub struct LiveConfig {
    /// How long a client may take to say `connection_init`.
    pub init_timeout: Duration,
    /// How often the server pings. A client that says nothing for twice as
    /// long after a ping is closed.
    pub keepalive: Duration,
    /// How long a send may take before the reader counts as stalled.
    pub stall: Duration,
    /// How long a closed socket waits for the client's side of the close.
    pub linger: Duration,
    /// Sockets and streams of events at once. One more is told to come again.
    pub connections: usize,
    /// Operations at once on one socket, mutations that go on after their
    /// caller hung up included. One more gets an `error` RATE_LIMITED.
    pub operations: usize,
    /// Largest message of a client, in bytes.
    pub message_bytes: usize,
    /// Largest execution result, in bytes; a larger one is replaced by an
    /// error QUERY_TOO_COMPLEX.
    pub answer_bytes: usize,
    /// Size of each socket's read buffer, in bytes. It is cleared at each
    /// read, so a large one costs time as well as memory.
    pub read_buffer: usize,
    /// Up to how many bytes of messages are written at once.
    pub write_buffer: usize,
}

impl Default for LiveConfig {
    fn default() -> Self {
        Self {
            init_timeout: Duration::from_secs(10),
            keepalive: Duration::from_secs(15),
            stall: Duration::from_secs(10),
            linger: Duration::from_secs(2),
            connections: 10_000,
            operations: 100,
            message_bytes: 64 * 1024,
            answer_bytes: 4 * 1024 * 1024,
            read_buffer: 2 * 1024,
            write_buffer: 4 * 1024,
        }
    }
}

/// What the sockets have counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LiveCounts {
    /// Sockets and streams of events that are open now.
    pub sockets: usize,
    /// Messages sent for operations since the start.
    pub delivered: u64,
    /// Those of them that were written by whoever had them ready for many.
    pub wired: u64,
    /// Runs of live documents since the start.
    pub executions: u64,
    /// Sockets closed since the start because their reader stalled.
    pub stalled: u64,
}

/// All sockets of a node.
pub struct LiveServer<G: Gate> {
    gate: Arc<G>,
    hub: Arc<Hub>,
    cursors: Arc<Cursors>,
    config: LiveConfig,
    shutdown: CancellationToken,
    tracker: TaskTracker,
    shares: Arc<Shares<G>>,
    seats: Mutex<HashMap<u64, Arc<Seat<G>>>>,
    served: AtomicU64,
    delivered: AtomicU64,
    wired: AtomicU64,
    pub(crate) stalled: AtomicU64,
}

impl<G: Gate> LiveServer<G> {
    /// A server that closes its sockets when `shutdown` is cancelled.
    pub fn new(
        gate: Arc<G>,
        hub: Arc<Hub>,
        cursors: Arc<Cursors>,
        config: LiveConfig,
        shutdown: CancellationToken,
    ) -> Arc<Self> {
        let live = Arc::new(Self {
            shares: Arc::new(Shares::new(Arc::clone(&gate))),
            gate,
            hub,
            cursors,
            config,
            shutdown,
            tracker: TaskTracker::new(),
            seats: Mutex::default(),
            served: AtomicU64::new(0),
            delivered: AtomicU64::new(0),
            wired: AtomicU64::new(0),
            stalled: AtomicU64::new(0),
        });
        let sentry = Arc::clone(&live);
        live.tracker.spawn(async move {
            tokio::select! {
                () = sentry.shutdown.cancelled() => {}
                () = sentry.watch_access() => {}
            }
            lock(&sentry.seats).values().for_each(|seat| seat.stop());
        });
        live
    }

    /// Waits, after `shutdown`, until every socket is closed and every
    /// mutation that had begun is through.
    pub async fn finished(&self) {
        self.shutdown.cancelled().await;
        self.tracker.close();
        self.tracker.wait().await;
    }

    /// What was counted.
    pub fn counts(&self) -> LiveCounts {
        LiveCounts {
            sockets: lock(&self.seats).len(),
            delivered: self.delivered.load(Ordering::Relaxed),
            wired: self.wired.load(Ordering::Relaxed),
            executions: self.shares.executions(),
            stalled: self.stalled.load(Ordering::Relaxed),
        }
    }

    /// Counts a message that was written past its socket's task.
    pub(crate) fn count_wired(&self) {
        self.wired.fetch_add(1, Ordering::Relaxed);
        self.count_delivered();
    }

    pub(crate) fn count_delivered(&self) {
        self.delivered.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn gate(&self) -> &Arc<G> {
        &self.gate
    }

    pub(crate) fn hub(&self) -> &Hub {
        &self.hub
    }

    pub(crate) fn cursors(&self) -> &Cursors {
        &self.cursors
    }

    pub(crate) fn config(&self) -> &LiveConfig {
        &self.config
    }

    pub(crate) fn shares(&self) -> &Arc<Shares<G>> {
        &self.shares
    }

    pub(crate) fn tracker(&self) -> &TaskTracker {
        &self.tracker
    }

    /// A payload, or what stands for one that is too large.
    pub(crate) fn within_limit<'a>(&self, payload: &'a [u8]) -> &'a [u8] {
        if payload.len() > self.config.answer_bytes {
            message::TOO_LARGE.as_bytes()
        } else {
            payload
        }
    }

    /// Takes a seat, before its viewer's rights are read; `None` if all are
    /// taken. What is ready for many is written to its wire past its task.
    pub(crate) fn sit(self: &Arc<Self>, wire: Option<Wire>) -> Option<Seated<G>> {
        let number = self.served.fetch_add(1, Ordering::Relaxed);
        let seat = Arc::new(Seat::new(wire));
        {
            let mut seats = lock(&self.seats);
            if seats.len() >= self.config.connections {
                return None;
            }
            seats.insert(number, Arc::clone(&seat));
        }
        if self.shutdown.is_cancelled() {
            // Whoever tells all seats to stop may not have seen this one.
            seat.stop();
        }
        Some(Seated {
            live: Arc::clone(self),
            seat,
            number,
        })
    }

    /// Follows the access stream and tells the sockets it concerns.
    async fn watch_access(&self) {
        let mut reader = self.access_reader().await;
        // What happened to earlier sockets before the reader stood is
        // unknown.
        self.distrust_all();
        loop {
            match reader.next_surely().await {
                Item::Event(event) => {
                    lock(&self.seats)
                        .values()
                        .for_each(|seat| seat.hear(&self.gate, &event));
                }
                Item::Resync { .. } => self.distrust_all(),
            }
        }
    }

    async fn access_reader(&self) -> Reader {
        loop {
            match self.hub.reader(StreamName::Access, Start::Head).await {
                Ok(reader) => return reader,
                Err(error) => {
                    tracing::warn!(%error, "sockets wait for the access stream");
                    tokio::time::sleep(RETRY).await;
                }
            }
        }
    }

    fn distrust_all(&self) {
        lock(&self.seats).values().for_each(|seat| seat.distrust());
    }
}

/// A socket's seat; it is left when this is dropped.
pub(crate) struct Seated<G: Gate> {
    pub(crate) live: Arc<LiveServer<G>>,
    pub(crate) seat: Arc<Seat<G>>,
    /// Which socket of this server it is.
    pub(crate) number: u64,
}

impl<G: Gate> Drop for Seated<G> {
    fn drop(&mut self) {
        lock(&self.live.seats).remove(&self.number);
    }
}

/// Answers a websocket handshake and serves the socket.
///
/// Whether the page may connect at all is for the caller to see to, with
/// [`origin_allowed`](crate::origin_allowed). A client that does not offer
/// [`PROTOCOL`] is connected and closed with 4406, as the protocol has it.
pub fn upgrade<G: Gate>(
    ws: WebSocketUpgrade,
    handshake: Handshake,
    live: Arc<LiveServer<G>>,
) -> Response {
    let config = live.config();
    let ws = ws
        .protocols([PROTOCOL])
        .read_buffer_size(config.read_buffer)
        .write_buffer_size(config.write_buffer)
        // One answer on top of a full buffer, and what a frame needs.
        .max_write_buffer_size(config.answer_bytes + 2 * config.write_buffer + 128 * 1024)
        .max_message_size(config.message_bytes)
        .max_frame_size(config.message_bytes);
    let tracker = live.tracker().clone();
    ws.on_upgrade(move |socket| tracker.track_future(socket::serve(socket, handshake, live)))
}
