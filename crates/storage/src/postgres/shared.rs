//! The connections that read, shared by all callers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::address::Address;
use super::session::Session;
use super::{Fault, lock};
use std::sync::Mutex;

/// The connections that read. A statement goes to the one that has the least
/// to do.
#[derive(Debug)]
pub(crate) struct Readers {
    address: Arc<Address>,
    lanes: Vec<Lane>,
    closed: AtomicBool,
}

#[derive(Debug, Default)]
struct Lane {
    session: Mutex<Option<Arc<Session>>>,
    /// Held by whoever connects.
    opening: tokio::sync::Mutex<()>,
    /// So many statements are under way.
    busy: AtomicUsize,
}

/// A shared connection, for one statement.
#[derive(Debug)]
pub(crate) struct Turn<'a> {
    lane: &'a Lane,
    session: Option<Arc<Session>>,
}

impl std::ops::Deref for Turn<'_> {
    type Target = Session;

    fn deref(&self) -> &Session {
        self.session.as_deref().expect("a turn has its session")
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.lane.busy.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Readers {
    /// Opens one of `connections`, at least 1: so that a server that cannot
    /// be reached is found at once.
    pub(crate) async fn open(address: Arc<Address>, connections: u32) -> Result<Self, Fault> {
        let readers = Self {
            address,
            lanes: (0..connections.max(1)).map(|_| Lane::default()).collect(),
            closed: AtomicBool::new(false),
        };
        readers.turn().await?;
        Ok(readers)
    }

    /// How many connections there are at most.
    pub(crate) fn connections(&self) -> usize {
        self.lanes.len()
    }

    /// The address that they lead to.
    pub(crate) fn address(&self) -> &Arc<Address> {
        &self.address
    }

    /// A connection for one statement.
    pub(crate) async fn turn(&self) -> Result<Turn<'_>, Fault> {
        if self.closed.load(Ordering::Relaxed) {
            return Err(Fault::Closed);
        }
        let busy = |lane: &&Lane| lane.busy.load(Ordering::Relaxed);
        let lane = self.lanes.iter().min_by_key(busy).ok_or(Fault::Closed)?;
        lane.busy.fetch_add(1, Ordering::Relaxed);
        let mut turn = Turn {
            lane,
            session: None,
        };
        turn.session = match lane.ready() {
            Some(session) => Some(session),
            None => Some(self.connected(lane).await?),
        };
        Ok(turn)
    }

    async fn connected(&self, lane: &Lane) -> Result<Arc<Session>, Fault> {
        let _opening = lane.opening.lock().await;
        if let Some(session) = lane.ready() {
            return Ok(session);
        }
        let session = Arc::new(self.address.connect().await?);
        *lock(&lane.session) = Some(Arc::clone(&session));
        Ok(session)
    }

    /// Closes them, each once its last statement is answered.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
        for lane in &self.lanes {
            *lock(&lane.session) = None;
        }
    }
}

impl Lane {
    fn ready(&self) -> Option<Arc<Session>> {
        lock(&self.session)
            .as_ref()
            .filter(|session| !session.is_closed())
            .cloned()
    }
}
