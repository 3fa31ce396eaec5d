//! One websocket: the state machine of `graphql-transport-ws`.
//!
//! A socket is one task. Whatever can happen to it is polled in one place, in
//! turn: each operation may say one thing a turn, and reading takes turns
//! with them, so that a hot stream starves neither another one nor the
//! client's own words. While a send is stuck nothing else is read or run, but
//! for the signals that end the socket.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use axum::extract::ws::{Message, Utf8Bytes, WebSocket};
use futures_util::future::{BoxFuture, poll_fn};
use futures_util::{FutureExt as _, Sink, Stream as _};
use serde_json::value::RawValue;
use tokio::sync::Semaphore;
use tokio::time::{Instant, Sleep, sleep_until, timeout};

use crate::farewell::{End, farewell, is_unreadable};
use crate::gate::{Gate, Handshake, OperationRequest, Refused};
use crate::message::{self, Close, Said};
use crate::operation::{Operation, Output};
use crate::seat::Told;
use crate::server::{LiveServer, Seated};
use crate::wire::Wire;

/// How many operations of a socket are left to the drivers of their groups: with
/// many, one turn that writes all at once is better for everybody.
const LEFT: usize = 4;
/// The deadline of a socket that waits for nothing.
const FAR: Duration = Duration::from_hours(24);

/// Serves a socket to its end.
pub(crate) async fn serve<G: Gate>(
    socket: WebSocket,
    handshake: Handshake,
    live: Arc<LiveServer<G>>,
) {
    // Boxed apart, so that a socket that only waits is small.
    let (socket, end) = if socket.protocol().is_none() {
        (socket, Close::Subprotocol.into())
    } else if let Some(seated) = live.sit(handshake.wire.clone()) {
        let connection = Box::new(Connection::new(socket, handshake, seated));
        connection.run().await
    } else {
        (socket, Close::Unavailable.into())
    };
    if matches!(end, End::Stalled) {
        live.stalled.fetch_add(1, Ordering::Relaxed);
    }
    // What cannot be said or heard in time is left.
    let farewell = timeout(live.config().linger, farewell(socket, end));
    drop(Box::pin(farewell).await);
}

/// Where the connection within the socket stands.
enum Phase<V> {
    Waiting {
        until: Instant,
        handshake: Handshake,
    },
    Connecting(BoxFuture<'static, Result<V, Refused>>),
    Open,
    Refreshing(BoxFuture<'static, Result<V, Refused>>),
}

/// What a turn came to.
enum Turn<V> {
    Told(Told),
    Deadline,
    Blocked,
    Left,
    Unreadable,
    Received(Message),
    Connected(Result<V, Refused>),
    Refreshed(Result<V, Refused>),
    Output(usize, Option<Output>),
}

type Polled<G> = Poll<Turn<<G as Gate>::Viewer>>;

struct Connection<G: Gate> {
    socket: WebSocket,
    seated: Seated<G>,
    phase: Phase<G::Viewer>,
    operations: Vec<Operation<G>>,
    slots: Arc<Semaphore>,
    /// The operation whose turn it is.
    turn: usize,
    /// Whether reading comes before the operations this time.
    listen_first: bool,
    /// Wakes the task for the socket and the timer.
    bell: Waker,
    /// Whether the socket and the timer had nothing when they were last asked,
    /// and wait for the bell since. What wakes a watcher is mostly an event.
    quiet: bool,
    /// Whether what subscriptions say is left to others ([`Outlet::leave`](crate::outlet::Outlet::leave)),
    /// because there is nothing else to do.
    left: bool,
    /// Bytes given to the socket since it was last flushed.
    unflushed: usize,
    /// Since when a flush is stuck.
    blocked: Option<Instant>,
    timer: Pin<Box<Sleep>>,
    next_ping: Instant,
    /// When we pinged first since the client last said something.
    unanswered: Option<Instant>,
    session_ends: Option<Instant>,
}

impl<G: Gate> Connection<G> {
    fn new(socket: WebSocket, handshake: Handshake, seated: Seated<G>) -> Self {
        let now = Instant::now();
        let config = seated.live.config();
        let (until, operations) = (now + config.init_timeout, config.operations);
        let bell = seated.seat.bell();
        Self {
            socket,
            seated,
            phase: Phase::Waiting { until, handshake },
            operations: Vec::new(),
            slots: Arc::new(Semaphore::new(operations)),
            turn: 0,
            listen_first: false,
            bell,
            quiet: false,
            left: false,
            unflushed: 0,
            blocked: None,
            timer: Box::pin(sleep_until(until)),
            next_ping: now,
            unanswered: None,
            session_ends: None,
        }
    }

    async fn run(mut self: Box<Self>) -> (WebSocket, End) {
        let end = loop {
            let turn = poll_fn(|cx| self.poll_turn(cx).unwrap_or_else(|stuck| stuck)).await;
            if let Err(end) = self.take(turn) {
                break end;
            }
        };
        // Operations and seat are left before the farewell.
        let Self { socket, .. } = *self;
        (socket, end)
    }

    fn live(&self) -> &Arc<LiveServer<G>> {
        &self.seated.live
    }

    /// Polls everything that may happen; `Err` is what a stuck flush makes of
    /// the turn.
    fn poll_turn(&mut self, cx: &mut Context<'_>) -> Result<Polled<G>, Polled<G>> {
        let open = matches!(self.phase, Phase::Open);
        self.take_back();
        // Asked before each delivery: after what took a right away, none comes.
        if let Some(told) = self.seated.seat.told(cx, open) {
            return Ok(Poll::Ready(Turn::Told(told)));
        }
        if self.seated.seat.was_called() {
            self.quiet = false;
        }
        if !self.quiet {
            let mut bell = Context::from_waker(&self.bell);
            if self.timer.as_mut().poll(&mut bell).is_ready() {
                return Ok(Poll::Ready(Turn::Deadline));
            }
        }
        match &mut self.phase {
            Phase::Connecting(viewer) => {
                if let Poll::Ready(viewer) = viewer.poll_unpin(cx) {
                    return Ok(Poll::Ready(Turn::Connected(viewer)));
                }
            }
            Phase::Refreshing(viewer) => {
                if let Poll::Ready(viewer) = viewer.poll_unpin(cx) {
                    return Ok(Poll::Ready(Turn::Refreshed(viewer)));
                }
            }
            Phase::Waiting { .. } | Phase::Open => {}
        }
        // Half the buffer, so that it is never written of itself.
        let full = 2 * self.unflushed >= self.live().config().write_buffer;
        if self.blocked.is_some() || full {
            self.poll_flush(cx)?;
        }
        let mut turn = Poll::Pending;
        if self.listen_first {
            turn = self.poll_socket();
        }
        // While the rights are looked at, nothing is delivered under old ones.
        if turn.is_pending() && open {
            turn = self.poll_operations(cx);
        }
        if turn.is_pending() && !self.listen_first {
            turn = self.poll_socket();
        }
        // Neither keeps the other waiting.
        self.listen_first = matches!(turn, Poll::Ready(Turn::Output(..)));
        if turn.is_pending() && self.unflushed > 0 {
            self.poll_flush(cx)?;
        }
        if turn.is_pending() && open && self.seated.seat.wire().is_some() {
            self.left = true;
            for operation in self.operations.iter().take(LEFT) {
                operation.talk.leave();
            }
        }
        Ok(turn)
    }

    /// Takes back what was left to others, and what they began to write.
    fn take_back(&mut self) {
        if !std::mem::take(&mut self.left) {
            return;
        }
        for operation in &mut self.operations {
            operation.talk.take_back();
        }
        if self.seated.seat.wire().is_some_and(Wire::has_rest) {
            self.unflushed += 1;
        }
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Result<(), Polled<G>> {
        match Pin::new(&mut self.socket).poll_flush(cx) {
            Poll::Ready(Ok(())) => {
                self.unflushed = 0;
                self.blocked = None;
                Ok(())
            }
            Poll::Ready(Err(_)) => Err(Poll::Ready(Turn::Left)),
            Poll::Pending if self.blocked.is_some() => Err(Poll::Pending),
            Poll::Pending => Err(Poll::Ready(Turn::Blocked)),
        }
    }

    fn poll_socket(&mut self) -> Polled<G> {
        if self.quiet {
            return Poll::Pending;
        }
        let mut bell = Context::from_waker(&self.bell);
        let read = Pin::new(&mut self.socket).poll_next(&mut bell);
        // The timer was asked in this turn, too.
        self.quiet = read.is_pending();
        read.map(|read| match read {
            Some(Ok(message)) => Turn::Received(message),
            Some(Err(error)) if is_unreadable(&error) => Turn::Unreadable,
            Some(Err(_)) | None => Turn::Left,
        })
    }

    fn poll_operations(&mut self, cx: &mut Context<'_>) -> Polled<G> {
        let count = self.operations.len();
        for step in 0..count {
            let index = (self.turn + step) % count;
            if let Poll::Ready(output) = self.operations[index].talk.poll_next(cx) {
                self.turn = index + 1;
                return Poll::Ready(Turn::Output(index, output));
            }
        }
        Poll::Pending
    }

    /// Does what a turn came to.
    fn take(&mut self, turn: Turn<G::Viewer>) -> Result<(), End> {
        match turn {
            Turn::Told(Told::Stop) => Err(Close::Restart.into()),
            Turn::Told(Told::Stale) => {
                self.refresh();
                Ok(())
            }
            Turn::Deadline => self.check_deadlines(),
            Turn::Blocked => {
                self.blocked = Some(Instant::now());
                self.arm();
                Ok(())
            }
            Turn::Left => Err(End::Left),
            Turn::Unreadable => Err(End::Unreadable),
            Turn::Received(message) => self.receive(message),
            Turn::Connected(Ok(viewer)) => {
                self.seat(viewer);
                // Pings of sockets that connect together are spread.
                let keepalive = self.live().config().keepalive;
                let spread = u32::try_from(self.seated.number % 16).unwrap_or(0);
                self.next_ping = Instant::now() + keepalive / 2 + keepalive / 32 * spread;
                self.arm();
                self.send(Utf8Bytes::from_static(message::ACK))
            }
            Turn::Connected(Err(refused)) | Turn::Refreshed(Err(refused)) => Err(match refused {
                Refused::Forbidden => Close::Forbidden,
                Refused::Unavailable => Close::Unavailable,
            }
            .into()),
            Turn::Refreshed(Ok(viewer)) => {
                self.seat(viewer);
                self.arm();
                Ok(())
            }
            Turn::Output(_, Some(Output::Next(frame))) => self.deliver(frame),
            Turn::Output(index, Some(Output::Last(frame))) => {
                self.operations.swap_remove(index);
                self.deliver(frame)
            }
            Turn::Output(index, None) => {
                self.operations.swap_remove(index);
                Ok(())
            }
        }
    }

    fn receive(&mut self, message: Message) -> Result<(), End> {
        self.unanswered = None;
        match message {
            Message::Text(text) => self.hear(message::parse(&text)?),
            Message::Binary(_) => Err(Close::Invalid("Messages must be text").into()),
            // Answered below us (RFC 6455).
            Message::Ping(_) | Message::Pong(_) => Ok(()),
            Message::Close(_) => Err(End::Left),
        }
    }

    fn hear(&mut self, said: Said) -> Result<(), End> {
        match said {
            Said::Init(payload) => self.connect(payload),
            Said::Ping(payload) => self.send(message::pong(payload.as_deref()).into()),
            Said::Pong => Ok(()),
            Said::Subscribe { id, request } => self.subscribe(id, request),
            Said::Complete { id } => {
                self.operations.retain(|operation| operation.id != id);
                Ok(())
            }
        }
    }

    fn connect(&mut self, payload: Option<Box<RawValue>>) -> Result<(), End> {
        let Phase::Waiting { handshake, .. } = &mut self.phase else {
            return Err(Close::TooManyInits.into());
        };
        let handshake = std::mem::take(handshake);
        // The rights are read from here on.
        self.seated.seat.trust();
        let gate = Arc::clone(self.live().gate());
        self.phase = Phase::Connecting(Box::pin(async move {
            gate.connect(&handshake, payload.as_deref()).await
        }));
        self.arm();
        Ok(())
    }

    fn refresh(&mut self) {
        let gate = Arc::clone(self.live().gate());
        let viewer = self.seated.seat.viewer();
        self.phase = Phase::Refreshing(Box::pin(async move {
            let viewer = viewer.as_ref().ok_or(Refused::Forbidden)?;
            gate.refresh(viewer).await
        }));
    }

    fn seat(&mut self, viewer: G::Viewer) {
        let remaining = self.live().gate().remaining(&viewer);
        self.session_ends = remaining.and_then(|remaining| Instant::now().checked_add(remaining));
        self.seated.seat.seat(viewer);
        self.phase = Phase::Open;
    }

    fn subscribe(&mut self, id: Box<str>, request: OperationRequest) -> Result<(), End> {
        if matches!(self.phase, Phase::Waiting { .. } | Phase::Connecting(_)) {
            return Err(Close::Unauthorized.into());
        }
        if self.operations.iter().any(|operation| operation.id == id) {
            let reason = message::duplicate_reason(&id).into();
            return Err(End::Closed {
                code: message::DUPLICATE,
                reason,
            });
        }
        let Ok(permit) = Arc::clone(&self.slots).try_acquire_owned() else {
            let errors = message::TOO_MANY.as_bytes();
            return match message::frame("error", &message::quoted(&id), errors) {
                Ok(frame) => self.send(frame),
                Err(_) => Ok(()),
            };
        };
        let Seated { live, seat, .. } = &self.seated;
        self.operations
            .push(Operation::begin(live, seat, id, request, permit));
        Ok(())
    }

    fn deliver(&mut self, frame: Utf8Bytes) -> Result<(), End> {
        self.live().count_delivered();
        self.send(frame)
    }

    /// Gives a message to the socket. It is written when nothing more is
    /// ready to be said, or the buffer is full.
    fn send(&mut self, text: Utf8Bytes) -> Result<(), End> {
        self.unflushed += text.len() + message::FRAME_HEADER;
        Pin::new(&mut self.socket)
            .start_send(Message::Text(text))
            .map_err(|_| End::Left)
    }

    fn check_deadlines(&mut self) -> Result<(), End> {
        let now = Instant::now();
        let passed = |at: Option<Instant>| at.is_some_and(|at| at <= now);
        if let Phase::Waiting { until, .. } = &self.phase
            && *until <= now
        {
            return Err(Close::InitTimeout.into());
        }
        if passed(self.session_ends) {
            return Err(Close::Forbidden.into());
        }
        if passed(self.stalls_at()) {
            return Err(End::Stalled);
        }
        if passed(self.silent_at()) {
            return Err(Close::Silent.into());
        }
        if self.is_acknowledged() && self.next_ping <= now {
            self.next_ping = now + self.live().config().keepalive;
            if self.blocked.is_none() {
                self.unanswered.get_or_insert(now);
                self.ping()?;
            }
        }
        self.arm();
        Ok(())
    }

    fn ping(&mut self) -> Result<(), End> {
        let cursors = self.live().cursors();
        let reached = self.operations.iter().filter_map(|operation| {
            let reached = operation.talk.reached()?;
            Some((&*operation.quoted, cursors.seal(reached)))
        });
        let text = message::ping(reached);
        self.send(text.into())
    }

    fn is_acknowledged(&self) -> bool {
        matches!(self.phase, Phase::Open | Phase::Refreshing(_))
    }

    fn stalls_at(&self) -> Option<Instant> {
        Some(self.blocked? + self.live().config().stall)
    }

    fn silent_at(&self) -> Option<Instant> {
        Some(self.unanswered? + 2 * self.live().config().keepalive)
    }

    /// Sets the timer to the next moment at which something is due.
    fn arm(&mut self) {
        let init = match &self.phase {
            Phase::Waiting { until, .. } => Some(*until),
            _ => None,
        };
        let ping = self.is_acknowledged().then_some(self.next_ping);
        let due = [
            init,
            ping,
            self.session_ends,
            self.stalls_at(),
            self.silent_at(),
        ];
        let next = due.into_iter().flatten().min();
        let next = next.unwrap_or_else(|| Instant::now() + FAR);
        self.timer.as_mut().reset(next);
        // It has to be polled anew.
        self.quiet = false;
    }
}
