//! What others may tell a socket's task: that its viewer's rights may have
//! changed, or that the server stops.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Wake, Waker};

use domain::event::Event;
use futures_util::task::AtomicWaker;

use crate::gate::{Admission, Gate};
use crate::lock;
use crate::wire::Wire;

/// What a socket's task was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// The viewer's rights may have changed.
    Stale,
    /// The server stops.
    Stop,
}

/// A connected or connecting client.
pub(crate) struct Seat<G: Gate> {
    /// The connection, if others than its task may write to it.
    wire: Option<Wire>,
    viewer: Mutex<Option<G::Viewer>>,
    stale: AtomicBool,
    stop: AtomicBool,
    /// Whether what wakes by this seat did so since it was last asked.
    called: AtomicBool,
    waker: AtomicWaker,
}

/// Wakes the socket's task, and remembers that it did: what is polled with this
/// waker need not be polled again before.
impl<G: Gate> Wake for Seat<G> {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.called.store(true, Ordering::Release);
        self.waker.wake();
    }
}

impl<G: Gate> Seat<G> {
    pub(crate) fn new(wire: Option<Wire>) -> Self {
        Self {
            wire,
            viewer: Mutex::new(None),
            stale: AtomicBool::new(false),
            stop: AtomicBool::new(false),
            called: AtomicBool::new(false),
            waker: AtomicWaker::new(),
        }
    }

    pub(crate) fn wire(&self) -> Option<&Wire> {
        self.wire.as_ref()
    }

    pub(crate) fn viewer(&self) -> Option<G::Viewer> {
        lock(&self.viewer).clone()
    }

    pub(crate) fn seat(&self, viewer: G::Viewer) {
        *lock(&self.viewer) = Some(viewer);
    }

    /// Decides whether the viewer gets an event; without a viewer, he does
    /// not.
    pub(crate) fn admit(
        &self,
        gate: &G,
        subject: &G::Subject,
        event: &Event,
        facts: &G::Facts,
    ) -> Admission {
        match &*lock(&self.viewer) {
            Some(viewer) => gate.admit(viewer, subject, event, facts),
            None => Admission::Close,
        }
    }

    /// Tells the socket if an event of the access stream concerns it. One
    /// that is still connecting may have read what the event changed, or not.
    pub(crate) fn hear(&self, gate: &G, event: &Event) {
        let concerned = match &*lock(&self.viewer) {
            Some(viewer) => gate.concerned(viewer, event),
            None => true,
        };
        if concerned {
            self.distrust();
        }
    }

    /// Forgets what was heard before the rights are read.
    pub(crate) fn trust(&self) {
        self.stale.store(false, Ordering::Release);
    }

    /// Tells the socket to look at its rights anew.
    pub(crate) fn distrust(&self) {
        self.stale.store(true, Ordering::Release);
        self.waker.wake();
    }

    /// Wakes the task: there is something for an operation of its.
    pub(crate) fn wake(&self) {
        self.waker.wake();
    }

    /// Tells the socket to close.
    pub(crate) fn stop(&self) {
        self.stop.store(true, Ordering::Release);
        self.waker.wake();
    }

    /// What wakes the task by this seat, so that [`Self::was_called`] says so.
    pub(crate) fn bell(self: &Arc<Self>) -> Waker {
        Waker::from(Arc::clone(self))
    }

    /// Whether the bell rang since this was last asked. Asked after
    /// [`Self::told`], which registers the task.
    pub(crate) fn was_called(&self) -> bool {
        self.called.load(Ordering::Acquire) && self.called.swap(false, Ordering::AcqRel)
    }

    /// Whether the task was told something that it did not take yet, or was
    /// called: it has a turn soon, and what it finds then comes first.
    pub(crate) fn is_called(&self) -> bool {
        [&self.stop, &self.stale, &self.called]
            .iter()
            .any(|flag| flag.load(Ordering::Acquire))
    }

    /// What the task was told since it last asked; registers it to be woken.
    pub(crate) fn told(&self, cx: &Context<'_>, can_refresh: bool) -> Option<Told> {
        self.waker.register(cx.waker());
        if self.stop.load(Ordering::Acquire) {
            return Some(Told::Stop);
        }
        if can_refresh && self.stale.load(Ordering::Acquire) {
            // Taken before the rights are read, so that a change during the
            // reading counts again.
            self.stale.store(false, Ordering::Release);
            return Some(Told::Stale);
        }
        None
    }
}
