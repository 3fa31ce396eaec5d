//! Where a watcher gets what his subscription says.
//!
//! Mostly he waits for nothing else: then his task leaves the telling to the
//! driver of his group, which writes to one member's connection after the
//! other, and wakes nobody for it. As soon as the task has its turn, it takes
//! the telling back, so that two never tell at once.

use std::sync::{Arc, Mutex};

use axum::extract::ws::Utf8Bytes;
use bytes::Bytes;
use domain::event::{Event, Position};

use crate::form::Form;
use crate::gate::{Admission, Gate};
use crate::lock;
use crate::reader::Item;
use crate::seat::Seat;
use crate::server::LiveServer;
use crate::share::Entry;
use crate::wire::Wrote;

/// Messages above so many bytes are left to the tasks: writing one takes long
/// enough for others to have a turn.
const LARGE: usize = 64 * 1024;

/// A subscription's way to its client.
pub(crate) struct Outlet<G: Gate> {
    /// Where the watcher stands, while his task leaves the telling to others.
    left: Mutex<Option<Position>>,
    pub(crate) seat: Arc<Seat<G>>,
    live: Arc<LiveServer<G>>,
    form: Form,
    subject: G::Subject,
}

/// What an item comes to for one watcher.
pub(crate) enum Verdict<'a> {
    /// He is told this payload.
    Tell(&'a Bytes),
    /// He does not get it, or the document says nothing of it.
    Nothing,
    /// The subscription has come to its end.
    Closed,
}

/// What has to be there before an item can be decided on.
pub(crate) enum Lack {
    Facts,
    Payload,
}

impl<G: Gate> Outlet<G> {
    pub(crate) fn new(
        live: &Arc<LiveServer<G>>,
        seat: &Arc<Seat<G>>,
        form: &Form,
        subject: G::Subject,
    ) -> Arc<Self> {
        Arc::new(Self {
            left: Mutex::new(None),
            seat: Arc::clone(seat),
            live: Arc::clone(live),
            form: form.clone(),
            subject,
        })
    }

    /// Decides on an item. `for_all` is what is decided for all who share it.
    pub(crate) fn decide<'a>(
        &self,
        item: &Item,
        entry: &'a Entry<G>,
        for_all: impl FnOnce(&Event, &G::Facts) -> Admission,
    ) -> Result<Verdict<'a>, Lack> {
        if let Item::Event(event) = item {
            let facts = entry.facts().ok_or(Lack::Facts)?;
            let admitted = match for_all(event, facts) {
                Admission::Deliver => {
                    self.seat
                        .admit(self.live.gate(), &self.subject, event, facts)
                }
                refused => refused,
            };
            match admitted {
                Admission::Deliver => {}
                Admission::Skip => return Ok(Verdict::Nothing),
                Admission::Close => return Ok(Verdict::Closed),
            }
        }
        let payload = entry.payload().ok_or(Lack::Payload)?;
        Ok(payload.as_ref().map_or(Verdict::Nothing, Verdict::Tell))
    }

    /// What the task sends of a payload.
    pub(crate) fn frame(&self, item: &Item, entry: &Entry<G>, payload: &[u8]) -> Option<Utf8Bytes> {
        let payload = self.live.within_limit(payload);
        let cursor = || Some(self.live.cursors().seal(item.position()));
        entry.frame(self.form.key(), || self.form.next(payload, cursor))
    }

    /// Leaves the telling to the group's driver. The watcher was told
    /// everything up to here.
    pub(crate) fn leave(&self, at: Position) {
        *lock(&self.left) = Some(at);
    }

    /// Takes the telling back; says up to where the watcher was told.
    pub(crate) fn take_back(&self) -> Option<Position> {
        lock(&self.left).take()
    }

    /// Tells the watcher of an event, if his task left it to the driver and he
    /// stands right before it. Whether he has what is for him; if not, his task
    /// has to see to it.
    pub(crate) fn tell(
        &self,
        event: &Event,
        entry: &Entry<G>,
        for_all: impl FnOnce(&Event, &G::Facts) -> Admission,
    ) -> bool {
        let mut left = lock(&self.left);
        let Some(at) = &mut *left else { return false };
        let next = event.at;
        if at.epoch != next.epoch || at.pos + 1 < next.pos {
            return false;
        }
        if at.pos >= next.pos {
            return true;
        }
        // Asked before each delivery, as the task asks.
        if self.seat.is_called() {
            return false;
        }
        let wrote = match self.decide(&Item::Event(*event), entry, for_all) {
            Ok(Verdict::Tell(payload)) => self.write(entry, payload),
            Ok(Verdict::Nothing) => Wrote::All,
            Ok(Verdict::Closed) | Err(_) => Wrote::Nothing,
        };
        if wrote != Wrote::Nothing {
            *at = next;
        }
        wrote == Wrote::All
    }

    fn write(&self, entry: &Entry<G>, payload: &[u8]) -> Wrote {
        let payload = self.live.within_limit(payload);
        let message = entry.wired(self.form.key(), || self.form.wired(payload));
        let (Some(message), Some(wire)) = (message, self.seat.wire()) else {
            return Wrote::Nothing;
        };
        if message.len() > LARGE {
            return Wrote::Nothing;
        }
        let wrote = wire.try_write(&message);
        if wrote != Wrote::Nothing {
            self.live.count_wired();
        }
        wrote
    }
}
