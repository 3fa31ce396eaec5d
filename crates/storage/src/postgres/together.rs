//! Short writes that share a transaction, and its way to the disk.
//!
//! Each commit costs the server as much as several statements, whatever was
//! written, and so does each time that it waits for the next. So writes that
//! come while another is under way join its transaction: their statements go
//! to the server as they come, one behind the other. While the last group's
//! commit is on its way to the disk, the next stays open. Nobody is answered
//! before the commit of his group.
//!
//! A group is all or nothing. Where one of it fails, or goes away, all of it
//! is taken back, and everyone else writes once more by himself. Whoever was
//! to blame, and what he wrote to, shares with nobody for a while.
//!
//! One task leads, which nobody can cancel; a write's statements are sent by
//! whoever writes.

mod group;

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::event::StreamName;
use futures_util::StreamExt as _;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;
use uuid::Uuid;

use self::group::Group;
use super::transaction::{Transaction, Writers};
use super::{Fault, lock};
use crate::error::StorageError;
use crate::log::CommitSignal;

/// How a group begins. Whoever finds a row locked for long waits for it by
/// himself: the time is short of that after which the server looks for
/// deadlocks, since groups of two processes may want each other's rows.
const BEGIN: &str = "BEGIN READ WRITE; SET LOCAL lock_timeout = '100ms'";

/// How long those write by themselves who were to blame for a group's failure.
const APART: Duration = Duration::from_mins(1);

/// So many are remembered as such.
const MOST_APART: usize = 10_000;

/// Why a write that had nothing wrong is not durable.
const ANOTHER: StorageError = StorageError::Unavailable("a write beside it failed");

/// What a write is to blame under: who writes, and what to.
pub(crate) type Names = [Uuid; 2];

struct Ask {
    names: Names,
    reply: oneshot::Sender<Result<Turn, Fault>>,
}

/// The line of those who write together.
#[derive(Debug)]
pub(crate) struct Together {
    line: mpsc::UnboundedSender<Ask>,
    writers: Arc<Writers>,
    apart: Arc<Apart>,
}

/// Who writes by himself, and until when.
#[derive(Debug, Default)]
struct Apart(Mutex<HashMap<Uuid, Instant>>);

impl Apart {
    fn holds(&self, names: Names) -> bool {
        let apart = lock(&self.0);
        let now = Instant::now();
        let mut names = names.iter();
        !apart.is_empty() && names.any(|name| apart.get(name).is_some_and(|until| *until > now))
    }

    fn take(&self, name: Uuid) {
        let mut apart = lock(&self.0);
        let now = Instant::now();
        if apart.len() >= MOST_APART {
            apart.retain(|_, until| *until > now);
        }
        if apart.len() >= MOST_APART {
            apart.clear();
        }
        apart.insert(name, now + APART);
    }
}

/// Whoever has this writes. Dropped before it is over, its group is taken back.
pub(crate) struct Turn {
    transaction: Arc<Transaction>,
    over: oneshot::Sender<Over>,
}

/// How a turn ended.
enum Over {
    /// What was written is to become durable.
    Done(Waiting),
    /// What was written is to be taken back.
    Failed {
        blame: Blame,
        /// Is told whether he shared the transaction with others.
        reply: oneshot::Sender<bool>,
    },
}

/// Who is to write by himself from now on, where others shared a transaction
/// that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Blame {
    /// It was another's, or the line's.
    Nobody,
    /// Whoever wrote.
    Writer,
    /// Whoever writes to the same: somebody holds it.
    Place,
}

impl Blame {
    fn of(self, [writer, place]: Names) -> Option<Uuid> {
        match self {
            Self::Nobody => None,
            Self::Writer => Some(writer),
            Self::Place => Some(place),
        }
    }
}

struct Waiting {
    told: oneshot::Sender<Told>,
    streams: Vec<StreamName>,
}

/// What became of a write that was done.
#[derive(Debug)]
pub(crate) enum Told {
    Durable,
    /// It is taken back, because of another or because it lost against
    /// another: it may run again.
    Again(StorageError),
    /// It failed, or nobody knows.
    Failed(StorageError),
}

impl Together {
    pub(crate) fn new(writers: Arc<Writers>, signal: Arc<CommitSignal>) -> Self {
        let (line, asks) = mpsc::unbounded_channel();
        let apart = Arc::<Apart>::default();
        let lead = Lead {
            writers: Arc::clone(&writers),
            apart: Arc::clone(&apart),
            signal,
            asks,
            ended: false,
            committing: FuturesUnordered::new(),
            held: Vec::new(),
            waiting: VecDeque::new(),
        };
        tokio::spawn(lead.run());
        Self {
            line,
            writers,
            apart,
        }
    }

    /// Whether a write under these names is to share with nobody.
    pub(crate) fn is_apart(&self, names: Names) -> bool {
        self.apart.holds(names)
    }

    /// Has somebody write by himself for a while: with others, his write would
    /// have failed for all of them.
    pub(crate) fn set_apart(&self, [writer, _]: Names) {
        self.apart.take(writer);
    }

    /// Joins a transaction and begins a write.
    pub(crate) async fn begin(&self, names: Names) -> Result<Turn, Fault> {
        let (reply, asked) = oneshot::channel();
        let ask = Ask { names, reply };
        self.line.send(ask).map_err(|_| Fault::Closed)?;
        let turn = tokio::time::timeout(self.writers.address().patience, asked);
        turn.await
            .map_err(|_| Fault::Late)?
            .map_err(|_| Fault::Closed)?
    }
}

impl Turn {
    /// Where its statements run.
    pub(crate) fn transaction(&self) -> &Arc<Transaction> {
        &self.transaction
    }

    /// Ends the write, and waits until it is durable; the streams are then
    /// told of.
    pub(crate) async fn done(self, streams: Vec<StreamName>) -> Told {
        let Self { transaction, over } = self;
        drop(transaction);
        let (told, heard) = oneshot::channel();
        if over.send(Over::Done(Waiting { told, streams })).is_err() {
            // It took so long that the group went on without it.
            return Told::Again(ANOTHER);
        }
        let stops = StorageError::Unavailable("the server stops");
        heard.await.unwrap_or(Told::Failed(stops))
    }

    /// Has the write taken back. Says whether it may be because of another's:
    /// they shared the transaction.
    pub(crate) async fn failed(self, blame: Blame) -> bool {
        let Self { transaction, over } = self;
        drop(transaction);
        let (reply, heard) = oneshot::channel();
        // If the group went on without it, nobody knows whose fault it was.
        over.send(Over::Failed { blame, reply }).is_err() || heard.await.unwrap_or(false)
    }
}

/// Leads one group after another, until nobody can come any more.
struct Lead {
    writers: Arc<Writers>,
    apart: Arc<Apart>,
    signal: Arc<CommitSignal>,
    asks: mpsc::UnboundedReceiver<Ask>,
    /// Whether nobody will ask any more.
    ended: bool,
    /// The commits that are under way, and what they write to.
    committing: FuturesUnordered<BoxFuture<'static, Vec<Uuid>>>,
    /// All that they write to.
    held: Vec<Uuid>,
    /// Who wants to write to one of those places.
    waiting: VecDeque<Ask>,
}

impl Lead {
    async fn run(mut self) {
        while let Some(first) = self.first().await {
            if first.reply.is_closed() {
                continue;
            }
            let mut group = match self.writers.begin_with(BEGIN).await {
                Ok(transaction) => Group::new(transaction, self.writers.address().patience),
                Err(fault) => {
                    // Whoever has gone waits for nothing.
                    let _gone = first.reply.send(Err(fault));
                    continue;
                }
            };
            group.let_in(first);
            self.gather(&mut group).await;
            if group.spoilt || group.done.is_empty() {
                tokio::spawn(group.take_back());
            } else {
                let places = std::mem::take(&mut group.places);
                self.held.extend(&places);
                let signal = Arc::clone(&self.signal);
                let commit = tokio::spawn(async move { group.commit(&signal).await });
                self.committing.push(Box::pin(async move {
                    // Whatever became of it was told to those who waited for it.
                    let _told = commit.await;
                    places
                }));
            }
        }
    }

    /// Who begins the next group.
    async fn first(&mut self) -> Option<Ask> {
        loop {
            if let Some(ask) = self.free() {
                return Some(ask);
            }
            if self.ended && self.waiting.is_empty() {
                return None;
            }
            tokio::select! {
                biased;
                ask = self.asks.recv(), if !self.ended => match ask {
                    Some(ask) => self.waiting.push_back(ask),
                    None => self.ended = true,
                },
                Some(places) = self.committing.next() => self.committed(places),
            }
        }
    }

    /// The first who waits for no commit.
    fn free(&mut self) -> Option<Ask> {
        let held = |ask: &Ask| self.held.contains(&ask.names[1]);
        let at = self.waiting.iter().position(|ask| !held(ask))?;
        self.waiting.remove(at)
    }

    /// Takes note of the end of a commit.
    fn committed(&mut self, places: Vec<Uuid>) {
        for place in places {
            if let Some(at) = self.held.iter().position(|held| *held == place) {
                self.held.swap_remove(at);
            }
        }
    }

    /// Lets in who waits already, and who comes while somebody writes or the
    /// last group's commit is under way; and waits until all have written.
    async fn gather(&mut self, group: &mut Group) {
        loop {
            while let Ok(ask) = self.asks.try_recv() {
                self.waiting.push_back(ask);
            }
            while group.is_open()
                && let Some(ask) = self.free()
            {
                group.let_in(ask);
            }
            let open = group.is_open();
            let all_wrote = group.writing.is_empty();
            if all_wrote && (!open || self.committing.is_empty()) {
                return;
            }
            let until = group.until.unwrap_or_else(Instant::now);
            tokio::select! {
                biased;
                Some((names, over)) = group.writing.next(), if !all_wrote => {
                    let blame = group.note(over).of(names);
                    // Alone, it did no harm.
                    if let Some(name) = blame.filter(|_| group.turns > 1) {
                        self.apart.take(name);
                    }
                }
                Some(places) = self.committing.next() => self.committed(places),
                ask = self.asks.recv(), if open && !self.ended => match ask {
                    Some(ask) => self.waiting.push_back(ask),
                    None => self.ended = true,
                },
                () = tokio::time::sleep_until(until), if all_wrote => return,
            }
        }
    }
}
