//! Short writes that share a transaction, and its way to the disk.
//!
//! Each commit costs the server as much as several statements, whatever was
//! written. So writes that come while another is under way continue its
//! transaction, one after another, each in a savepoint; while the last group's
//! commit is on its way to the disk, the next stays open. Nobody is answered
//! before the commit of his group. One task leads, which nobody can cancel; a
//! write's statements are sent by whoever writes, when it is his turn.

use std::sync::Arc;
use std::time::Duration;

use domain::event::StreamName;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::Fault;
use super::transaction::{Transaction, Uncommitted, Writers};
use crate::error::{Failure as _, StorageError};
use crate::log::CommitSignal;

/// So many writes share a transaction at most. PostgreSQL keeps twice as many
/// savepoints of one in shared memory (PGPROC_MAX_CACHED_SUBXIDS is 64); with
/// more, everyone's snapshots cost more.
const MOST: usize = 32;

/// The longest that a group stays open for others once one of it is done. He
/// waits, it holds locks, and the commit that it waits for may wait for
/// somebody who wants one of them.
const LONGEST: Duration = Duration::from_millis(20);

/// How a group begins. Whoever finds a row locked for long waits for it by
/// himself: the time is short of that after which the server looks for
/// deadlocks, since groups of two processes may want each other's rows.
const BEGIN: &str = "BEGIN READ WRITE; SET LOCAL lock_timeout = '100ms'";

/// What ends the last turn. It fails where the server has given the
/// transaction up, which a commit would not tell.
const LAST_TURN: &str = "RELEASE SAVEPOINT turn; COMMIT";

/// Why a write that had nothing wrong is not durable.
const ANOTHER: StorageError = StorageError::Unavailable("a write beside it failed");

type Ask = oneshot::Sender<Result<Turn, Fault>>;

/// The line of those who write together.
#[derive(Debug)]
pub(crate) struct Together {
    line: mpsc::UnboundedSender<Ask>,
    writers: Arc<Writers>,
}

/// Whoever has this writes. Dropped before it is over, its write is taken
/// back.
pub(crate) struct Turn {
    transaction: Arc<Transaction>,
    over: oneshot::Sender<Over>,
}

/// How a turn ended.
enum Over {
    /// What was written is to become durable.
    Done(Waiting),
    /// What was written is to be taken back; whether somebody else was to
    /// blame is said.
    Failed(oneshot::Sender<bool>),
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
        tokio::spawn(lead(Arc::clone(&writers), signal, asks));
        Self { line, writers }
    }

    /// Waits for its turn and begins a write.
    pub(crate) async fn begin(&self) -> Result<Turn, Fault> {
        let (ask, asked) = oneshot::channel();
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

    /// Takes the write back. Says whether it failed because of another's.
    pub(crate) async fn failed(self) -> bool {
        let Self { transaction, over } = self;
        drop(transaction);
        let (reply, heard) = oneshot::channel();
        over.send(Over::Failed(reply)).is_ok() && heard.await.unwrap_or(false)
    }
}

/// Leads one group after another, until nobody can come any more.
async fn lead(
    writers: Arc<Writers>,
    signal: Arc<CommitSignal>,
    mut asks: mpsc::UnboundedReceiver<Ask>,
) {
    let mut committing: Option<JoinHandle<()>> = None;
    while let Some(first) = asks.recv().await {
        if first.is_closed() {
            continue;
        }
        let mut group = match writers.begin_with(BEGIN).await {
            Ok(transaction) => Group::new(transaction, writers.address().patience),
            Err(fault) => {
                // Whoever has gone waits for nothing.
                let _gone = first.send(Err(fault));
                continue;
            }
        };
        let mut next = Some(first);
        while let Some(ask) = next {
            next = match group.have(ask).await {
                Some(until) => another(&mut asks, &mut committing, until).await,
                None => None,
            };
        }
        if !group.done.is_empty() {
            let signal = Arc::clone(&signal);
            committing = Some(tokio::spawn(async move { group.commit(&signal).await }));
        }
    }
}

/// Who comes next: who waits already, or comes while the last group's commit
/// is under way.
async fn another(
    asks: &mut mpsc::UnboundedReceiver<Ask>,
    committing: &mut Option<JoinHandle<()>>,
    until: Instant,
) -> Option<Ask> {
    if until <= Instant::now() {
        return None;
    }
    while let Ok(ask) = asks.try_recv() {
        if !ask.is_closed() {
            return Some(ask);
        }
    }
    let under_way = committing.as_mut()?;
    tokio::select! {
        biased;
        ask = asks.recv() => ask,
        _ = under_way => {
            *committing = None;
            None
        }
        () = tokio::time::sleep_until(until) => None,
    }
}

/// Those who share a transaction.
struct Group {
    /// `None` once it is taken back.
    transaction: Option<Arc<Transaction>>,
    /// How long a turn may take.
    patience: Duration,
    /// How many had a turn.
    turns: usize,
    /// Who waits for its commit.
    done: Vec<Waiting>,
    /// When it has to be committed.
    until: Instant,
    /// Whether there is a savepoint.
    saved: bool,
}

impl Group {
    fn new(transaction: Transaction, patience: Duration) -> Self {
        Self {
            transaction: Some(Arc::new(transaction)),
            patience,
            turns: 0,
            done: Vec::new(),
            until: Instant::now(),
            saved: false,
        }
    }

    /// Gives somebody the turn and waits until it is over. Says until when
    /// others may have one; `None` if nobody may.
    async fn have(&mut self, ask: Ask) -> Option<Instant> {
        let transaction = self.transaction.clone()?;
        if !self.done.is_empty() {
            transaction.later(if self.saved {
                "RELEASE SAVEPOINT turn; SAVEPOINT turn"
            } else {
                "SAVEPOINT turn"
            });
            self.saved = true;
        }
        self.turns += 1;
        let before = transaction.sent();
        let (over, ended) = oneshot::channel();
        let turn = Turn {
            transaction: Arc::clone(&transaction),
            over,
        };
        // If he has gone, so has the turn.
        let _gone = ask.send(Ok(turn));
        let reply = match tokio::time::timeout(self.patience, ended).await {
            Ok(Ok(Over::Done(waiting))) => {
                if self.done.is_empty() {
                    self.until = Instant::now() + LONGEST;
                }
                self.done.push(waiting);
                return self.until_when();
            }
            Ok(Ok(Over::Failed(reply))) => Some(reply),
            Ok(Err(_gone)) => None,
            Err(_late) => {
                drop(transaction);
                self.take_back().await;
                return None;
            }
        };
        // The server would forget with this write that one before it failed.
        let whole = transaction.settle(before).await.is_ok() && !transaction.is_closed();
        let alone = self.done.is_empty();
        if !alone && whole {
            transaction.later("ROLLBACK TO SAVEPOINT turn");
        } else {
            drop(transaction);
            self.take_back().await;
        }
        if let Some(reply) = reply {
            let _gone = reply.send(!alone && !whole);
        }
        self.until_when()
    }

    fn until_when(&self) -> Option<Instant> {
        (self.transaction.is_some() && self.turns < MOST).then_some(self.until)
    }

    /// Takes it back, before anybody asked for its commit.
    async fn take_back(&mut self) {
        if let Some(transaction) = self.transaction.take().and_then(Arc::into_inner) {
            // A connection that is broken, or not given back, is closed: the
            // server takes the transaction back by itself.
            let _broken = transaction.roll_back().await;
        }
        for one in self.done.drain(..) {
            let _gone = one.told.send(Told::Again(ANOTHER));
        }
    }

    /// Makes it durable, and tells everybody.
    async fn commit(mut self, signal: &CommitSignal) {
        let Some(transaction) = self.transaction.take().and_then(Arc::into_inner) else {
            return self.take_back().await;
        };
        let done = transaction.commit(self.saved.then_some(LAST_TURN)).await;
        if done.is_ok() {
            // Before anybody is answered.
            signal.touch(self.done.iter().flat_map(|one| one.streams.iter().copied()));
        }
        if self.done.len() == 1
            && let Some(one) = self.done.pop()
        {
            let told = match done {
                Ok(()) => Told::Durable,
                Err(Uncommitted::Refused(fault)) if !fault.is_lost() && !fault.is_late() => {
                    Told::Failed(fault.into())
                }
                Err(Uncommitted::Never(fault) | Uncommitted::Refused(fault)) => {
                    Told::Again(fault.into())
                }
                Err(Uncommitted::Failed(fault)) => Told::Failed(fault.into()),
            };
            let _gone = one.told.send(told);
            return;
        }
        for one in self.done {
            let told = match &done {
                Ok(()) => Told::Durable,
                Err(Uncommitted::Never(_) | Uncommitted::Refused(_)) => Told::Again(ANOTHER),
                Err(Uncommitted::Failed(fault)) => Told::Failed(fault.for_one()),
            };
            let _gone = one.told.send(told);
        }
    }
}
