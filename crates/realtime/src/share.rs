//! One execution for all who watch the same.
//!
//! Watchers of a stream share the facts of each event; those with the same
//! [`ShareKey`] form a group, which runs the document once for each item.
//! Results are kept in once-cells by position: watchers that arrive together
//! wait for one execution, those that come later find it, and those far
//! behind make their own. What was made before something changed what the
//! stream's earlier events tell (an edit, an act of a moderator) is made again
//! for whoever comes for it later.
//!
//! A group of two and more has a driver, which runs each item first and tells
//! the members only then, a few at a time ([`crate::outlet`]). Those who have
//! something else to do are woken once for each item, with everything ready.

use std::collections::{BTreeMap, HashMap};
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, Weak};

use axum::extract::ws::Utf8Bytes;
use bytes::Bytes;
use domain::event::{Event, StreamName};
use futures_util::FutureExt as _;
use tokio::sync::OnceCell;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use crate::gate::{Admission, AdmitAll, Gate, Known, Run, Share, ShareKey};
use crate::kept::{ById, Recent};
use crate::lock;
use crate::outlet::Outlet;
use crate::reader::{Item, RETRY, Reader};

/// Most results a group keeps.
const KEPT: usize = 64;
/// How many members are told or woken before others have their turn: fewer than
/// a worker has room for, so that what waking touched is still at hand when
/// they run.
const AT_ONCE: usize = 64;

/// Everything that is shared on this node.
pub(crate) struct Shares<G: Gate> {
    gate: Arc<G>,
    lanes: Mutex<HashMap<StreamName, Weak<Lane<G>>>>,
    executions: AtomicU64,
}

/// What all watchers of one stream share.
pub(crate) struct Lane<G: Gate> {
    stream: StreamName,
    shares: Arc<Shares<G>>,
    facts: Mutex<Recent<OnceCell<G::Facts>>>,
    groups: Mutex<HashMap<ShareKey, Weak<Group<G>>>>,
}

/// Those who watch the same.
struct Group<G: Gate> {
    key: ShareKey,
    lane: Arc<Lane<G>>,
    admit: AdmitAll<G>,
    run: Run<G>,
    entries: Mutex<Recent<Entry<G>>>,
    members: AtomicUsize,
    /// Those whom the driver tells or wakes, in the order in which they came.
    outlets: Mutex<BTreeMap<u64, Arc<Outlet<G>>>>,
    came: AtomicU64,
    driver: OnceLock<DropGuard>,
}

/// A watcher's place among those who watch the same: alone, if nothing may be
/// shared but the facts.
pub(crate) enum Membership<G: Gate> {
    Alone { lane: Arc<Lane<G>>, run: Run<G> },
    Member(Member<G>),
}

/// A place in a group.
pub(crate) struct Member<G: Gate> {
    group: Arc<Group<G>>,
    /// By which its outlet is found, if the driver tells or wakes it.
    number: Option<u64>,
}

/// Who joins.
pub(crate) struct Joins<'a, G: Gate> {
    pub(crate) outlet: &'a Arc<Outlet<G>>,
    pub(crate) tracker: &'a TaskTracker,
}

/// What was made of one item.
pub(crate) struct Entry<G: Gate> {
    item: Item,
    facts: Known<G>,
    /// What was decided for all who share it.
    admission: OnceLock<Admission>,
    payload: OnceCell<Option<Bytes>>,
    frames: ById<Utf8Bytes>,
    wired: ById<Bytes>,
}

impl<G: Gate> Shares<G> {
    pub(crate) fn new(gate: Arc<G>) -> Self {
        Self {
            gate,
            lanes: Mutex::default(),
            executions: AtomicU64::new(0),
        }
    }

    /// How often a live document was run.
    pub(crate) fn executions(&self) -> u64 {
        self.executions.load(Ordering::Relaxed)
    }

    /// Joins those who watch the same. `reader` is the watcher's; its group's
    /// driver then wakes his seat.
    pub(crate) fn join(
        self: &Arc<Self>,
        reader: &mut Reader,
        share: Option<Share<G>>,
        run: Run<G>,
        joins: Joins<'_, G>,
    ) -> Membership<G> {
        let lane = self.lane(reader.position().stream);
        let Some(share) = share else {
            return Membership::Alone { lane, run };
        };
        let group = lane.group(share, run);
        let number = (group.members.fetch_add(1, Ordering::Relaxed) > 0).then(|| {
            group.drive(reader, joins.tracker);
            reader.drive();
            let number = group.came.fetch_add(1, Ordering::Relaxed);
            lock(&group.outlets).insert(number, Arc::clone(joins.outlet));
            number
        });
        Membership::Member(Member { group, number })
    }

    fn lane(self: &Arc<Self>, stream: StreamName) -> Arc<Lane<G>> {
        let mut lanes = lock(&self.lanes);
        if let Some(lane) = lanes.get(&stream).and_then(Weak::upgrade) {
            return lane;
        }
        let lane = Arc::new(Lane {
            stream,
            shares: Arc::clone(self),
            facts: Mutex::default(),
            groups: Mutex::default(),
        });
        lanes.insert(stream, Arc::downgrade(&lane));
        lane
    }
}

impl<G: Gate> Drop for Lane<G> {
    fn drop(&mut self) {
        forget(&self.shares.lanes, &self.stream);
    }
}

impl<G: Gate> Drop for Group<G> {
    fn drop(&mut self) {
        forget(&self.lane.groups, &self.key);
    }
}

impl<G: Gate> Drop for Member<G> {
    fn drop(&mut self) {
        self.group.members.fetch_sub(1, Ordering::Relaxed);
        if let Some(number) = self.number {
            lock(&self.group.outlets).remove(&number);
        }
    }
}

/// Removes an entry whose value is gone, unless a new one took its place.
fn forget<K: Eq + std::hash::Hash, V>(map: &Mutex<HashMap<K, Weak<V>>>, key: &K) {
    let mut map = lock(map);
    if map.get(key).is_some_and(|value| value.strong_count() == 0) {
        map.remove(key);
    }
}

impl<G: Gate> Lane<G> {
    fn group(self: &Arc<Self>, share: Share<G>, run: Run<G>) -> Arc<Group<G>> {
        let Share { key, admit } = share;
        let mut groups = lock(&self.groups);
        if let Some(group) = groups.get(&key).and_then(Weak::upgrade) {
            return group;
        }
        let group = Arc::new(Group {
            key,
            lane: Arc::clone(self),
            admit,
            run,
            entries: Mutex::default(),
            members: AtomicUsize::new(0),
            outlets: Mutex::default(),
            came: AtomicU64::new(0),
            driver: OnceLock::new(),
        });
        groups.insert(key, Arc::downgrade(&group));
        group
    }

    fn entry(&self, item: Item, rewritten: i64) -> Arc<Entry<G>> {
        Arc::new(Entry {
            item,
            facts: lock(&self.facts).get(item, rewritten, KEPT, Arc::default),
            admission: OnceLock::new(),
            payload: OnceCell::new(),
            frames: ById::default(),
            wired: ById::default(),
        })
    }

    /// The facts of an event, loaded by the first who asks, however long the
    /// data is away: without them nobody can be admitted, and an event cannot
    /// be lost.
    async fn facts<'a>(&self, entry: &'a Entry<G>, event: &Event) -> &'a G::Facts {
        let load = || async {
            loop {
                match self.shares.gate.facts(event).await {
                    Ok(facts) => return facts,
                    Err(error) => {
                        tracing::warn!(%error, "an event waits for its facts");
                        tokio::time::sleep(RETRY).await;
                    }
                }
            }
        };
        entry.facts.get_or_init(load).await
    }

    async fn payload<'a>(&self, entry: &'a Entry<G>, run: &Run<G>) -> Option<&'a Bytes> {
        let execute = || {
            self.shares.executions.fetch_add(1, Ordering::Relaxed);
            run(entry.item, Arc::clone(&entry.facts))
        };
        entry.payload.get_or_init(execute).await.as_ref()
    }
}

impl<G: Gate> Group<G> {
    fn entry(&self, item: Item, rewritten: i64) -> Arc<Entry<G>> {
        // One watcher needs the result he is at; many are spread over some.
        let keep = (2 * self.members.load(Ordering::Relaxed)).clamp(2, KEPT);
        let make = || self.lane.entry(item, rewritten);
        lock(&self.entries).get(item, rewritten, keep, make)
    }

    /// Tells the members of what the reader read last, as far as their tasks left
    /// that to the driver, and wakes the others. Once more has come, it only
    /// wakes: the tasks tell it at once, on all workers.
    async fn tell(&self, entry: &Entry<G>, reader: &Reader) {
        let event = match &entry.item {
            Item::Event(event) => Some(event),
            Item::Resync { .. } => None,
        };
        let for_all = |event: &_, facts: &_| self.admission(entry, event, facts);
        let mut next = 0;
        loop {
            let some: Vec<_> = lock(&self.outlets)
                .range(next..)
                .take(AT_ONCE)
                .map(|(number, outlet)| (*number, Arc::clone(outlet)))
                .collect();
            let Some((last, _)) = some.last() else { return };
            next = last + 1;
            for (_, outlet) in &some {
                let event = event.filter(|_| reader.is_newest());
                if !event.is_some_and(|event| outlet.tell(event, entry, for_all)) {
                    outlet.seat.wake();
                }
            }
            drop(some);
            tokio::task::yield_now().await;
        }
    }

    /// What is decided for all members.
    fn admission(&self, entry: &Entry<G>, event: &Event, facts: &G::Facts) -> Admission {
        *entry.admission.get_or_init(|| (self.admit)(event, facts))
    }

    /// Starts the driver, if there is none. It begins with what comes next,
    /// and ends with the group.
    fn drive(self: &Arc<Self>, reader: &Reader, tracker: &TaskTracker) {
        let mut start = None;
        self.driver.get_or_init(|| {
            let end = CancellationToken::new();
            start = Some(end.clone());
            end.drop_guard()
        });
        let Some(end) = start else { return };
        let (group, reader) = (Arc::downgrade(self), reader.ahead());
        tracker.spawn(async move {
            tokio::select! {
                () = end.cancelled() => {}
                () = keep_driving(group, reader) => {}
            }
        });
    }

    /// Leaves it to each member's task to see what has come.
    fn wake(&self) {
        for outlet in lock(&self.outlets).values() {
            outlet.seat.wake();
        }
    }
}

/// Drives a group to its end. Where something panics, each member's task finds
/// out what it was, and driving goes on with what comes then.
async fn keep_driving<G: Gate>(group: Weak<Group<G>>, mut reader: Reader) {
    loop {
        let next = reader.ahead();
        let driving = AssertUnwindSafe(drive(&group, reader));
        if driving.catch_unwind().await.is_ok() {
            return;
        }
        tracing::error!("what a group watches could not be told");
        reader = next.ahead();
        if let Some(group) = group.upgrade() {
            group.wake();
        }
    }
}

async fn drive<G: Gate>(group: &Weak<Group<G>>, mut reader: Reader) {
    loop {
        let item = reader.next_surely().await;
        let Some(group) = group.upgrade() else { return };
        let entry = group.entry(item, reader.rewritten());
        if let Item::Event(event) = &item {
            group.lane.facts(&entry, event).await;
        }
        group.lane.payload(&entry, &group.run).await;
        group.tell(&entry, &reader).await;
    }
}

impl<G: Gate> Membership<G> {
    /// What is made of an item, together with the others, and not before what
    /// is known to have changed it.
    pub(crate) fn entry(&self, item: Item, rewritten: i64) -> Arc<Entry<G>> {
        match self {
            Self::Alone { lane, .. } => lane.entry(item, rewritten),
            Self::Member(member) => member.group.entry(item, rewritten),
        }
    }

    /// Loads the facts of an event, together with the others.
    pub(crate) async fn load_facts(&self, entry: &Entry<G>) {
        if let Item::Event(event) = &entry.item {
            self.parts().0.facts(entry, event).await;
        }
    }

    /// What is decided for all who watch the same; alone, nobody is.
    pub(crate) fn admission(&self, entry: &Entry<G>, event: &Event, facts: &G::Facts) -> Admission {
        match self {
            Self::Alone { .. } => Admission::Deliver,
            Self::Member(Member { group, .. }) => group.admission(entry, event, facts),
        }
    }

    /// Makes the payload of an item, together with the others.
    pub(crate) async fn run(&self, entry: &Entry<G>) {
        let (lane, run) = self.parts();
        lane.payload(entry, run).await;
    }

    fn parts(&self) -> (&Lane<G>, &Run<G>) {
        match self {
            Self::Alone { lane, run } => (lane, run),
            Self::Member(Member { group, .. }) => (&group.lane, &group.run),
        }
    }
}

impl<G: Gate> Entry<G> {
    /// One that nothing was made of, and that nobody else is given.
    pub(crate) fn new(item: Item) -> Arc<Self> {
        Arc::new(Self {
            item,
            facts: Arc::default(),
            admission: OnceLock::new(),
            payload: OnceCell::new(),
            frames: ById::default(),
            wired: ById::default(),
        })
    }

    /// The facts of the event, once they were loaded.
    pub(crate) fn facts(&self) -> Option<&G::Facts> {
        self.facts.get()
    }

    /// The payload as JSON, once the document was run; `None` in it if that
    /// says nothing of the item.
    pub(crate) fn payload(&self) -> Option<&Option<Bytes>> {
        self.payload.get()
    }

    /// What is sent of a payload; built once for all who use the same id.
    pub(crate) fn frame(
        &self,
        id: &str,
        build: impl FnOnce() -> Option<Utf8Bytes>,
    ) -> Option<Utf8Bytes> {
        self.frames.get(id, build)
    }

    /// As [`Self::frame`], as it goes over the wire.
    pub(crate) fn wired(&self, id: &str, build: impl FnOnce() -> Option<Bytes>) -> Option<Bytes> {
        self.wired.get(id, build)
    }
}
