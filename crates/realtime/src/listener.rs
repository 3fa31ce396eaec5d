//! One stream of server-sent events: one operation, read by somebody who says
//! nothing.
//!
//! It is a task with a seat, as a socket is: its viewer's rights are looked at
//! anew when they may have changed, it ends with his session, and a reader that
//! stalls is left. One event waits to be taken, no more.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Poll;

use axum::extract::ws::Utf8Bytes;
use bytes::Bytes;
use domain::event::Position;
use futures_util::Stream;
use futures_util::future::{BoxFuture, poll_fn};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use crate::gate::{Gate, Plan, Refused};
use crate::operation::{Output, Talk, events};
use crate::reader::Start;
use crate::seat::Told;
use crate::server::{LiveServer, Seated};
use crate::{event, message};

/// Somebody who is about to read a stream of events.
pub struct Listener<G: Gate>(Seated<G>);

impl<G: Gate> std::fmt::Debug for Listener<G> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Listener").finish_non_exhaustive()
    }
}

impl<G: Gate> Listener<G> {
    /// Takes a seat, before the viewer's rights are read; `None` if as many
    /// sockets and streams are open as may be.
    pub fn sit(live: &Arc<LiveServer<G>>) -> Option<Self> {
        let seated = live.sit(None)?;
        seated.seat.trust();
        Some(Self(seated))
    }

    /// The body of the answer: what a planned operation says to this viewer,
    /// who misses nothing from here on. `after` is the last event he has; it
    /// comes before what the operation says of where to begin.
    pub async fn read(
        self,
        viewer: G::Viewer,
        plan: Plan<G>,
        after: Option<Position>,
    ) -> impl Stream<Item = Bytes> + Send + 'static {
        let Seated { live, seat, .. } = &self.0;
        let remaining = live.gate().remaining(&viewer);
        seat.seat(viewer);
        let reading = Reading {
            talk: events(live, seat, resumed(plan, after)).await,
            session_ends: remaining.and_then(|left| Instant::now().checked_add(left)),
            refreshing: None,
            waiting: None,
            next_comment: Instant::now() + live.config().keepalive,
            seated: self.0,
        };
        let (events, mut read) = mpsc::channel(1);
        let tracker = reading.seated.live.tracker().clone();
        tracker.spawn(reading.serve(events));
        futures_util::stream::poll_fn(move |cx| read.poll_recv(cx))
    }
}

/// The plan of a subscription that goes on after an event.
fn resumed<G: Gate>(plan: Plan<G>, after: Option<Position>) -> Plan<G> {
    match (plan, after) {
        (Plan::Live(live), Some(at)) if live.stream != at.stream => {
            drop(live);
            Plan::Refused(Bytes::from_static(message::OTHER_STREAM.as_bytes()))
        }
        (Plan::Live(mut live), Some(at)) => {
            live.start = Start::After(at);
            Plan::Live(live)
        }
        (plan, _) => plan,
    }
}

struct Reading<G: Gate> {
    seated: Seated<G>,
    talk: Talk<G>,
    session_ends: Option<Instant>,
    refreshing: Option<BoxFuture<'static, Result<G::Viewer, Refused>>>,
    /// What is to be taken next, and until when.
    waiting: Option<(Words, Instant)>,
    next_comment: Instant,
}

/// What is said, and whether it is the last.
struct Words {
    text: Utf8Bytes,
    last: bool,
}

/// What happened to a stream.
enum Turn<V> {
    Told(Told),
    Refreshed(Result<V, Refused>),
    SessionEnded,
    Left,
    Taken,
    Stalled,
    Said(Option<Output>),
    Quiet,
}

impl<G: Gate> Reading<G> {
    async fn serve(mut self, events: mpsc::Sender<Bytes>) {
        loop {
            match self.turn(&events).await {
                Turn::Told(Told::Stop) | Turn::SessionEnded | Turn::Left | Turn::Said(None) => {
                    break;
                }
                Turn::Told(Told::Stale) => self.refresh(),
                Turn::Refreshed(Ok(viewer)) => {
                    let remaining = self.seated.live.gate().remaining(&viewer);
                    let ends = remaining.and_then(|left| Instant::now().checked_add(left));
                    self.session_ends = ends;
                    self.refreshing = None;
                    self.seated.seat.seat(viewer);
                }
                // The client comes again, and learns then what has changed.
                Turn::Refreshed(Err(_)) => break,
                Turn::Taken => {
                    if self.waiting.take().is_some_and(|(words, _)| words.last) {
                        break;
                    }
                }
                Turn::Stalled => {
                    self.seated.live.stalled.fetch_add(1, Ordering::Relaxed);
                    break;
                }
                Turn::Said(Some(output)) => {
                    self.seated.live.count_delivered();
                    let (text, last) = match output {
                        Output::Next(text) => (text, false),
                        Output::Last(text) => (text, true),
                    };
                    self.say(Words { text, last });
                }
                Turn::Quiet => {
                    let text = Utf8Bytes::from_static(event::KEEPALIVE);
                    self.say(Words { text, last: false });
                }
            }
        }
    }

    fn say(&mut self, words: Words) {
        let config = self.seated.live.config();
        let now = Instant::now();
        self.next_comment = now + config.keepalive;
        self.waiting = Some((words, now + config.stall));
    }

    fn refresh(&mut self) {
        let gate = Arc::clone(self.seated.live.gate());
        let viewer = self.seated.seat.viewer();
        self.refreshing = Some(Box::pin(async move {
            let viewer = viewer.as_ref().ok_or(Refused::Forbidden)?;
            gate.refresh(viewer).await
        }));
    }

    /// Waits for the next that happens. What ends the stream comes first; while
    /// rights are looked at, or something waits to be taken, nothing is said.
    async fn turn(&mut self, events: &mpsc::Sender<Bytes>) -> Turn<G::Viewer> {
        let Self {
            seated,
            talk,
            session_ends,
            refreshing,
            waiting,
            next_comment,
        } = self;
        let stalls_at = waiting.as_ref().map(|(_, until)| *until);
        let trusted = refreshing.is_none();
        let free = trusted && waiting.is_none();
        let told = poll_fn(|cx| match seated.seat.told(cx, trusted) {
            Some(told) => Poll::Ready(told),
            None => Poll::Pending,
        });
        let refreshed = poll_fn(|cx| match refreshing {
            Some(viewer) => viewer.as_mut().poll(cx),
            None => Poll::Pending,
        });
        let taken = async {
            match waiting {
                Some((words, _)) if trusted => {
                    let permit = events.reserve().await.ok()?;
                    permit.send(Bytes::from(words.text.clone()));
                    Some(())
                }
                _ => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            told = told => Turn::Told(told),
            refreshed = refreshed => Turn::Refreshed(refreshed),
            () = until(*session_ends) => Turn::SessionEnded,
            () = events.closed() => Turn::Left,
            taken = taken => taken.map_or(Turn::Left, |()| Turn::Taken),
            () = until(stalls_at) => Turn::Stalled,
            output = poll_fn(|cx| talk.poll_next(cx)), if free => Turn::Said(output),
            () = sleep_until(*next_comment), if free => Turn::Quiet,
        }
    }
}

async fn until(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}
