//! Short writes that share a transaction, and its way to the disk.
//!
//! Each commit costs the server as much as several statements, whatever was
//! written. So writes that come while another is under way continue its
//! transaction, one after another, each in a savepoint; while the last group's
//! commit is on its way to the disk, the next stays open. Nobody is answered
//! before the commit of his group. One task leads, which nobody can cancel; a
//! write's statements are sent by whoever writes, when it is his turn.

use std::sync::Arc;

use domain::event::StreamName;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::Fault;
use super::transaction::{Transaction, Uncommitted, Writers};
use crate::error::{Failure as _, StorageError};
use crate::log::CommitSignal;

/// So many writes share a transaction at most: the server keeps so many
/// savepoints of a transaction in its shared memory, and twice that.
const MOST: usize = 32;

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
        let stops = || Told::Failed(StorageError::Unavailable("the server stops"));
        if over.send(Over::Done(Waiting { told, streams })).is_err() {
            return stops();
        }
        heard.await.unwrap_or_else(|_| stops())
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
        let mut group = match writers.begin().await {
            Ok(transaction) => Group::new(transaction),
            Err(fault) => {
                // Whoever has gone waits for nothing.
                let _gone = first.send(Err(fault));
                continue;
            }
        };
        let mut next = Some(first);
        while let Some(ask) = next {
            let whole = group.have(ask).await;
            next = if whole && group.done.len() < MOST {
                another(&mut asks, &mut committing).await
            } else {
                None
            };
        }
        let signal = Arc::clone(&signal);
        committing = Some(tokio::spawn(async move { group.commit(&signal).await }));
    }
}

/// Who comes next: who waits already, or comes while the last group's commit
/// is under way.
async fn another(
    asks: &mut mpsc::UnboundedReceiver<Ask>,
    committing: &mut Option<JoinHandle<()>>,
) -> Option<Ask> {
    if let Ok(ask) = asks.try_recv() {
        return Some(ask);
    }
    let under_way = committing.as_mut()?;
    tokio::select! {
        biased;
        ask = asks.recv() => ask,
        _ = under_way => {
            *committing = None;
            None
        }
    }
}

/// Those who share a transaction.
struct Group {
    /// `None` once it is taken back.
    transaction: Option<Arc<Transaction>>,
    /// Who waits for its commit.
    done: Vec<Waiting>,
    /// Whether there is a savepoint.
    saved: bool,
}

impl Group {
    fn new(transaction: Transaction) -> Self {
        Self {
            transaction: Some(Arc::new(transaction)),
            done: Vec::new(),
            saved: false,
        }
    }

    /// Gives somebody the turn and waits until it is over. Says whether the
    /// group can go on.
    async fn have(&mut self, ask: Ask) -> bool {
        let Some(transaction) = self.transaction.clone() else {
            return false;
        };
        if !self.done.is_empty() {
            transaction.later(if self.saved {
                "RELEASE SAVEPOINT turn; SAVEPOINT turn"
            } else {
                "SAVEPOINT turn"
            });
            self.saved = true;
        }
        let before = transaction.sent();
        let (over, ended) = oneshot::channel();
        let turn = Turn {
            transaction: Arc::clone(&transaction),
            over,
        };
        if ask.send(Ok(turn)).is_err() {
            return true;
        }
        let reply = match ended.await {
            Ok(Over::Done(waiting)) => {
                self.done.push(waiting);
                return true;
            }
            Ok(Over::Failed(reply)) => Some(reply),
            Err(_gone) => None,
        };
        // The server would forget with this write that one before it failed.
        let whole = transaction.settle(before).await.is_ok() && !transaction.is_closed();
        drop(transaction);
        let alone = self.done.is_empty();
        if alone || !whole {
            self.take_back().await;
        } else if let Some(transaction) = &self.transaction {
            transaction.later("ROLLBACK TO SAVEPOINT turn");
        }
        if let Some(reply) = reply {
            let _gone = reply.send(!alone && !whole);
        }
        !alone && whole
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
        let Some(transaction) = self.transaction.take() else {
            return;
        };
        if self.done.is_empty() {
            self.transaction = Some(transaction);
            return self.take_back().await;
        }
        let done = match Arc::into_inner(transaction) {
            Some(transaction) => transaction.commit().await,
            None => Err(Uncommitted::Failed(Fault::Kept)),
        };
        if done.is_ok() {
            // Before anybody is answered.
            signal.touch(self.done.iter().flat_map(|one| one.streams.iter().copied()));
        }
        let alone = self.done.len() == 1;
        for one in self.done {
            let told = match &done {
                Ok(()) => Told::Durable,
                Err(Uncommitted::Never(fault)) => Told::Again(fault.for_one()),
                Err(Uncommitted::Refused(fault)) if alone && !fault.is_lost() => {
                    Told::Failed(fault.for_one())
                }
                Err(Uncommitted::Refused(fault)) => Told::Again(fault.for_one()),
                Err(Uncommitted::Failed(fault)) => Told::Failed(fault.for_one()),
            };
            let _gone = one.told.send(told);
        }
    }
}
