//! One operation of a socket or stream: planned, then answered once or over
//! and over.

use std::pin::Pin;
use std::sync::{Arc, Mutex};

use axum::extract::ws::Utf8Bytes;
use domain::event::Position;
use futures_util::{Stream, StreamExt as _};
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use crate::gate::{Admission, Gate, History, Live, OperationRequest, Plan};
use crate::reader::{Item, Reader};
use crate::seat::Seat;
use crate::server::LiveServer;
use crate::share::{Entry, Membership};
use crate::{event, lock, message};

/// What an operation has to say to its client.
pub(crate) enum Output {
    /// More may follow.
    Next(Utf8Bytes),
    /// Nothing follows.
    Last(Utf8Bytes),
}

/// How an operation's words are written.
enum Form {
    /// As messages of a websocket, under the operation's id, which is quoted.
    Message(Box<str>),
    /// As server-sent events.
    Event,
}

impl Form {
    /// Tells apart frames of one payload. Quoted ids are never empty.
    fn key(&self) -> &str {
        match self {
            Self::Message(id) => id,
            Self::Event => "",
        }
    }

    /// An execution result; of an event, with the cursor to go on from.
    fn next(&self, payload: &[u8], cursor: impl FnOnce() -> Option<String>) -> Option<Utf8Bytes> {
        match self {
            Self::Message(id) => message::frame("next", id, payload).ok(),
            Self::Event => event::next(payload, cursor().as_deref()).ok(),
        }
    }

    fn refused(&self, errors: &[u8]) -> Option<Utf8Bytes> {
        match self {
            Self::Message(id) => message::frame("error", id, errors).ok(),
            Self::Event => event::refused(errors).ok(),
        }
    }

    fn complete(&self) -> Utf8Bytes {
        match self {
            Self::Message(id) => message::complete(id),
            Self::Event => Utf8Bytes::from_static(event::COMPLETE),
        }
    }
}

/// An operation as its socket holds it.
///
/// Dropping it cancels it, except for a mutation that has begun.
pub(crate) struct Operation {
    pub(crate) id: Box<str>,
    /// The id as JSON.
    pub(crate) quoted: Box<str>,
    pub(crate) output: Outputs,
    reached: Arc<Mutex<Option<Position>>>,
}

impl Operation {
    /// Begins an operation. Nothing happens before `output` is polled.
    pub(crate) fn begin<G: Gate>(
        live: &Arc<LiveServer<G>>,
        seat: &Arc<Seat<G>>,
        id: Box<str>,
        request: OperationRequest,
        permit: OwnedSemaphorePermit,
    ) -> Self {
        let quoted = message::quoted(&id);
        let reached = Arc::new(Mutex::new(None));
        let work = Work {
            live: Arc::clone(live),
            seat: Arc::clone(seat),
            form: Form::Message(quoted.clone()),
            reached: Arc::clone(&reached),
            permit: Some(permit),
            stage: Stage::Asked(Box::new(request)),
        };
        Self {
            id,
            quoted,
            output: work.output(),
            reached,
        }
    }

    /// The last position whose event was delivered or passed over.
    pub(crate) fn reached(&self) -> Option<Position> {
        *lock(&self.reached)
    }
}

/// What a planned operation says to a stream of events. It has begun when this
/// is there: a subscription misses nothing from then on. Dropping it cancels
/// it, except for a mutation.
pub(crate) async fn events<G: Gate>(
    live: &Arc<LiveServer<G>>,
    seat: &Arc<Seat<G>>,
    plan: Plan<G>,
) -> Outputs {
    let mut work = Work {
        live: Arc::clone(live),
        seat: Arc::clone(seat),
        form: Form::Event,
        reached: Arc::default(),
        permit: None,
        stage: Stage::Over,
    };
    let first = work.carry_out(plan).await;
    Box::pin(futures_util::stream::iter(first).chain(work.output()))
}

/// Everything an operation says.
pub(crate) type Outputs = Pin<Box<dyn Stream<Item = Output> + Send>>;

enum Stage<G: Gate> {
    /// Boxed, because each output moves the work.
    Asked(Box<OperationRequest>),
    Answered,
    /// Boxed, because it is taken out and put back for each event.
    Watching(Box<Watch<G>>),
    Over,
}

struct Work<G: Gate> {
    live: Arc<LiveServer<G>>,
    seat: Arc<Seat<G>>,
    form: Form,
    reached: Arc<Mutex<Option<Position>>>,
    permit: Option<OwnedSemaphorePermit>,
    stage: Stage<G>,
}

struct Watch<G: Gate> {
    subject: G::Subject,
    reader: Reader,
    membership: Membership<G>,
    /// Up to here, nothing that was made before is told.
    anew: Option<Position>,
}

impl<G: Gate> Work<G> {
    fn output(self) -> Outputs {
        Box::pin(futures_util::stream::unfold(self, async |mut work| {
            let output = work.step().await?;
            Some((output, work))
        }))
    }

    async fn step(&mut self) -> Option<Output> {
        loop {
            match std::mem::replace(&mut self.stage, Stage::Over) {
                // Boxed for the moment it takes, so that an operation that
                // only waits is small.
                Stage::Asked(request) => match Box::pin(self.plan(*request)).await {
                    None => {}
                    output => return output,
                },
                Stage::Answered => return Some(Output::Last(self.form.complete())),
                Stage::Watching(mut watch) => {
                    let Some(frame) = self.watch(&mut watch).await else {
                        return Some(Output::Last(self.form.complete()));
                    };
                    self.stage = Stage::Watching(watch);
                    return Some(Output::Next(frame));
                }
                Stage::Over => return None,
            }
        }
    }

    /// Plans the operation, and carries it out unless it goes on in the next
    /// stage.
    async fn plan(&mut self, request: OperationRequest) -> Option<Output> {
        let viewer = self.seat.viewer()?;
        let plan = self.live.gate().plan(&viewer, request).await;
        self.carry_out(plan).await
    }

    async fn carry_out(&mut self, plan: Plan<G>) -> Option<Output> {
        match plan {
            Plan::Refused(errors) => self.refuse(&errors),
            Plan::Query(answer) => {
                let payload = answer.await;
                self.answer(&payload)
            }
            Plan::Mutation(answer) => {
                let (done, result) = oneshot::channel();
                // The permit goes along, so that hanging up does not let a
                // client have more writes at once.
                let permit = self.permit.take();
                self.live.tracker().spawn(async move {
                    let payload = answer.await;
                    drop(permit);
                    // Whoever hung up does not want it any more.
                    drop(done.send(payload));
                });
                match result.await {
                    Ok(payload) => self.answer(&payload),
                    Err(_) => self.refuse(message::INTERNAL.as_bytes()),
                }
            }
            Plan::Live(live) => self.open(live).await,
        }
    }

    async fn open(&mut self, live: Live<G>) -> Option<Output> {
        let Ok(mut reader) = self.live.hub().reader(live.stream, live.start).await else {
            return self.refuse(message::UNAVAILABLE.as_bytes());
        };
        let anew = match live.history {
            History::Shared => None,
            History::Anew => Some(reader.ahead().position()),
        };
        let tracker = self.live.tracker();
        let membership = self
            .live
            .shares()
            .join(&mut reader, live.share, live.run, tracker);
        *lock(&self.reached) = Some(reader.position());
        self.stage = Stage::Watching(Box::new(Watch {
            subject: live.subject,
            reader,
            membership,
            anew,
        }));
        None
    }

    /// Waits for the next item that this viewer gets and the document speaks
    /// of; `None` if the subscription has come to its end.
    async fn watch(&mut self, watch: &mut Watch<G>) -> Option<Utf8Bytes> {
        let Watch {
            subject,
            reader,
            membership,
            anew,
        } = watch;
        loop {
            // Items that are passed over must not keep others waiting.
            tokio::task::coop::consume_budget().await;
            let item = reader.next_surely().await;
            let at = item.position();
            let entry = match anew {
                Some(until) if at.epoch == until.epoch && at.pos <= until.pos => Entry::new(item),
                _ => membership.entry(item, reader.rewritten()),
            };
            let frame = loop {
                let state = self.seat.state();
                if let Item::Event(event) = &item {
                    let facts = membership.facts(&entry, event).await;
                    let admitted = match membership.admission(&entry, event, facts) {
                        Admission::Deliver => {
                            self.seat.admit(self.live.gate(), subject, event, facts)
                        }
                        refused => refused,
                    };
                    match admitted {
                        Admission::Deliver => {}
                        Admission::Skip => break None,
                        Admission::Close => return None,
                    }
                }
                let payload = membership.payload(&entry).await;
                let frame = payload.and_then(|payload| {
                    let payload = self.live.within_limit(payload);
                    let cursor = || Some(self.live.cursors().seal(item.position()));
                    entry.frame(self.form.key(), || self.form.next(payload, cursor))
                });
                // If the viewer's rights were looked at anew meanwhile, the
                // decision is taken again.
                if self.seat.state() == state {
                    break frame;
                }
            };
            *lock(&self.reached) = Some(item.position());
            if frame.is_some() {
                return frame;
            }
        }
    }

    fn answer(&mut self, payload: &[u8]) -> Option<Output> {
        match self.form.next(self.live.within_limit(payload), || None) {
            Some(frame) => {
                self.stage = Stage::Answered;
                Some(Output::Next(frame))
            }
            None => self.refuse(message::INTERNAL.as_bytes()),
        }
    }

    fn refuse(&self, errors: &[u8]) -> Option<Output> {
        self.form.refused(errors).map(Output::Last)
    }
}
