//! One operation of a socket or stream: planned, then answered once or over
//! and over.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::extract::ws::Utf8Bytes;
use domain::event::Position;
use futures_util::future::{BoxFuture, FutureExt as _};
use tokio::sync::{OwnedSemaphorePermit, oneshot};
use tokio::task::coop::consume_budget;

use crate::form::Form;
use crate::gate::{Gate, History, Live, OperationRequest, Plan};
use crate::message;
use crate::outlet::{Lack, Outlet, Verdict};
use crate::reader::{Item, Look, Reader};
use crate::seat::Seat;
use crate::server::LiveServer;
use crate::share::{Entry, Joins, Membership};

/// What an operation has to say to its client.
pub(crate) enum Output {
    /// More may follow.
    Next(Utf8Bytes),
    /// Nothing follows.
    Last(Utf8Bytes),
}

/// An operation as its socket holds it.
///
/// Dropping it cancels it, except for a mutation that has begun.
pub(crate) struct Operation<G: Gate> {
    pub(crate) id: Box<str>,
    /// The id as JSON.
    pub(crate) quoted: Arc<str>,
    pub(crate) talk: Talk<G>,
}

impl<G: Gate> Operation<G> {
    /// Begins an operation. Nothing happens before `talk` is polled.
    pub(crate) fn begin(
        live: &Arc<LiveServer<G>>,
        seat: &Arc<Seat<G>>,
        id: Box<str>,
        request: OperationRequest,
        permit: OwnedSemaphorePermit,
    ) -> Self {
        let quoted = Arc::from(message::quoted(&id));
        let form = Form::Message(Arc::clone(&quoted));
        let mut work = Work::new(live, seat, form, Some(permit));
        let asked = Box::pin(async move {
            let came = work.plan(request).await;
            (work, came)
        });
        Self {
            id,
            quoted,
            talk: Talk::new(Stage::Busy(asked)),
        }
    }
}

/// What a planned operation says to a stream of events. It has begun when this
/// is there: a subscription misses nothing from then on. Dropping it cancels
/// it, except for a mutation.
pub(crate) async fn events<G: Gate>(
    live: &Arc<LiveServer<G>>,
    seat: &Arc<Seat<G>>,
    plan: Plan<G>,
) -> Talk<G> {
    let mut work = Work::new(live, seat, Form::Event, None);
    let came = work.carry_out(plan).await;
    Talk::new(Stage::Busy(Box::pin(std::future::ready((work, came)))))
}

/// Everything an operation says.
///
/// What a group has ready wakes its members by their seats, so whoever polls
/// this has asked the seat what he was told before ([`Seat::told`]).
pub(crate) struct Talk<G: Gate> {
    stage: Stage<G>,
    reached: Option<Position>,
}

enum Stage<G: Gate> {
    /// Something is waited for.
    Busy(BoxFuture<'static, (Box<Work<G>>, Came)>),
    Watching(Box<Work<G>>),
    Answered(Box<Work<G>>),
    Over,
}

/// What came of what was waited for.
enum Came {
    /// It goes on, after a word perhaps.
    Watching(Option<Utf8Bytes>),
    /// The one answer there is.
    Answer(Utf8Bytes),
    /// The last word.
    Last(Utf8Bytes),
    Nothing,
}

struct Work<G: Gate> {
    live: Arc<LiveServer<G>>,
    seat: Arc<Seat<G>>,
    form: Form,
    permit: Option<OwnedSemaphorePermit>,
    watch: Option<Watch<G>>,
}

struct Watch<G: Gate> {
    outlet: Arc<Outlet<G>>,
    reader: Reader,
    membership: Membership<G>,
    /// Up to here, nothing that was made before is told.
    anew: Option<Position>,
    /// The item that was read, while it waits for what it lacks.
    read: Option<(Item, Arc<Entry<G>>)>,
}

/// What an item comes to for one watcher.
enum Told {
    Frame(Utf8Bytes),
    Nothing,
    Closed,
}

impl<G: Gate> Talk<G> {
    fn new(stage: Stage<G>) -> Self {
        Self {
            stage,
            reached: None,
        }
    }

    /// The last position whose event was delivered or passed over.
    pub(crate) fn reached(&self) -> Option<Position> {
        self.reached
    }

    /// The next word; `None` after the last.
    pub(crate) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Output>> {
        loop {
            match &mut self.stage {
                Stage::Busy(busy) => {
                    let (work, came) = ready!(busy.poll_unpin(cx));
                    if let Some(output) = self.take(work, came) {
                        return Poll::Ready(Some(output));
                    }
                }
                Stage::Watching(work) => match ready!(work.poll_watch(cx)) {
                    Some(Told::Frame(frame)) => {
                        self.reached = work.position();
                        return Poll::Ready(Some(Output::Next(frame)));
                    }
                    Some(Told::Nothing) => self.reached = work.position(),
                    Some(Told::Closed) => return Poll::Ready(self.complete()),
                    None => self.wait(),
                },
                Stage::Answered(_) => return Poll::Ready(self.complete()),
                Stage::Over => return Poll::Ready(None),
            }
        }
    }

    /// Leaves it to others to tell what comes, as far as they can.
    pub(crate) fn leave(&self) {
        if let Stage::Watching(work) = &self.stage
            && let Some(watch) = &work.watch
        {
            watch.leave();
        }
    }

    /// Takes back what was left to others.
    pub(crate) fn take_back(&mut self) {
        if let Stage::Watching(work) = &mut self.stage
            && let Some(watch) = &mut work.watch
            && watch.take_back()
        {
            self.reached = work.position();
        }
    }

    /// Goes on with what was waited for; says what there is to be said.
    fn take(&mut self, work: Box<Work<G>>, came: Came) -> Option<Output> {
        self.reached = work.position();
        let (stage, output) = match came {
            Came::Watching(frame) => (Stage::Watching(work), frame.map(Output::Next)),
            Came::Answer(frame) => (Stage::Answered(work), Some(Output::Next(frame))),
            Came::Last(frame) => (Stage::Over, Some(Output::Last(frame))),
            Came::Nothing => (Stage::Over, None),
        };
        self.stage = stage;
        output
    }

    fn complete(&mut self) -> Option<Output> {
        match std::mem::replace(&mut self.stage, Stage::Over) {
            Stage::Watching(work) | Stage::Answered(work) => {
                Some(Output::Last(work.form.complete()))
            }
            Stage::Busy(_) | Stage::Over => None,
        }
    }

    /// Waits for what comes next, or for what the item that was read lacks.
    fn wait(&mut self) {
        if let Stage::Watching(mut work) = std::mem::replace(&mut self.stage, Stage::Over) {
            self.stage = Stage::Busy(Box::pin(async move {
                let came = work.watch().await;
                (work, came)
            }));
        }
    }
}

impl<G: Gate> Work<G> {
    fn new(
        live: &Arc<LiveServer<G>>,
        seat: &Arc<Seat<G>>,
        form: Form,
        permit: Option<OwnedSemaphorePermit>,
    ) -> Box<Self> {
        Box::new(Self {
            live: Arc::clone(live),
            seat: Arc::clone(seat),
            form,
            permit,
            watch: None,
        })
    }

    /// Where a subscription stands.
    fn position(&self) -> Option<Position> {
        let watch = self.watch.as_ref()?;
        Some(watch.reader.position())
    }

    /// Plans the operation, and carries it out.
    async fn plan(&mut self, request: OperationRequest) -> Came {
        let Some(viewer) = self.seat.viewer() else {
            return Came::Nothing;
        };
        let plan = self.live.gate().plan(&viewer, request).await;
        self.carry_out(plan).await
    }

    /// Carries an operation out unless it goes on.
    async fn carry_out(&mut self, plan: Plan<G>) -> Came {
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

    async fn open(&mut self, live: Live<G>) -> Came {
        let Ok(mut reader) = self.live.hub().reader(live.stream, live.start).await else {
            return self.refuse(message::UNAVAILABLE.as_bytes());
        };
        let anew = match live.history {
            History::Shared => None,
            History::Anew => Some(reader.ahead().position()),
        };
        let outlet = Outlet::new(&self.live, &self.seat, &self.form, live.subject);
        let joins = Joins {
            outlet: &outlet,
            tracker: self.live.tracker(),
        };
        let membership = self
            .live
            .shares()
            .join(&mut reader, live.share, live.run, joins);
        self.watch = Some(Watch {
            outlet,
            reader,
            membership,
            anew,
            read: None,
        });
        Came::Watching(None)
    }

    /// What is ready to be told; `None` if something has to be waited for that
    /// the seat is not woken for.
    fn poll_watch(&mut self, cx: &mut Context<'_>) -> Poll<Option<Told>> {
        // Items that are passed over must not keep others waiting.
        ready!(pin!(consume_budget()).poll(cx));
        let Some(watch) = &mut self.watch else {
            return Poll::Ready(Some(Told::Closed));
        };
        if !watch.reader.is_driven() {
            return Poll::Ready(None);
        }
        let item = match watch.reader.look() {
            Look::Item(item) => item,
            Look::Nothing => return Poll::Pending,
            Look::Ask(_) => return Poll::Ready(None),
        };
        let entry = watch.entry(item);
        let told = watch.tell(&item, &entry);
        if told.is_err() {
            watch.read = Some((item, entry));
        }
        Poll::Ready(told.ok())
    }

    /// Waits for the next item and for what it lacks, and tells it.
    async fn watch(&mut self) -> Came {
        let Some(watch) = &mut self.watch else {
            return Came::Nothing;
        };
        let (item, entry) = if let Some(read) = watch.read.take() {
            read
        } else {
            let Some(item) = watch.reader.advance_surely().await else {
                // The seat is woken for what comes.
                return Came::Watching(None);
            };
            (item, watch.entry(item))
        };
        loop {
            // What is waited for may change what is decided: that is decided
            // when everything is there.
            match watch.tell(&item, &entry) {
                Ok(Told::Frame(frame)) => return Came::Watching(Some(frame)),
                Ok(Told::Nothing) => return Came::Watching(None),
                Ok(Told::Closed) => return Came::Last(self.form.complete()),
                Err(Lack::Facts) => watch.membership.load_facts(&entry).await,
                Err(Lack::Payload) => watch.membership.run(&entry).await,
            }
        }
    }

    fn answer(&self, payload: &[u8]) -> Came {
        match self.form.next(self.live.within_limit(payload), || None) {
            Some(frame) => Came::Answer(frame),
            None => self.refuse(message::INTERNAL.as_bytes()),
        }
    }

    fn refuse(&self, errors: &[u8]) -> Came {
        self.form.refused(errors).map_or(Came::Nothing, Came::Last)
    }
}

impl<G: Gate> Watch<G> {
    fn entry(&self, item: Item) -> Arc<Entry<G>> {
        let at = item.position();
        match self.anew {
            Some(until) if at.epoch == until.epoch && at.pos <= until.pos => Entry::new(item),
            _ => self.membership.entry(item, self.reader.rewritten()),
        }
    }

    /// Decides, and makes the frame of an item that this viewer gets and the
    /// document speaks of: at once, so that nothing changes in between.
    fn tell(&self, item: &Item, entry: &Entry<G>) -> Result<Told, Lack> {
        let for_all = |event: &_, facts: &_| self.membership.admission(entry, event, facts);
        let payload = match self.outlet.decide(item, entry, for_all)? {
            Verdict::Tell(payload) => payload,
            Verdict::Nothing => return Ok(Told::Nothing),
            Verdict::Closed => return Ok(Told::Closed),
        };
        let frame = self.outlet.frame(item, entry, payload);
        Ok(frame.map_or(Told::Nothing, Told::Frame))
    }

    /// Leaves the telling to the group's driver, if that goes ahead of him.
    fn leave(&self) {
        let at = self.reader.position();
        let is_shared = !self.anew.is_some_and(|until| is_before(at, until));
        if self.read.is_none() && self.reader.is_led() && is_shared {
            self.outlet.leave(at);
        }
    }

    /// Takes the telling back; whether he was told of anything.
    fn take_back(&mut self) -> bool {
        match self.outlet.take_back() {
            Some(at) if at != self.reader.position() => {
                self.reader.skip_to(at);
                true
            }
            _ => false,
        }
    }
}

/// Whether a position comes before another of the same life of a stream.
fn is_before(at: Position, until: Position) -> bool {
    at.epoch == until.epoch && at.pos < until.pos
}
