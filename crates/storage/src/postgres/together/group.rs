//! Those who share a transaction: who still writes, who waits for its commit.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use tokio::sync::oneshot;
use tokio::time::Instant;
use uuid::Uuid;

use super::{ANOTHER, Ask, Blame, Names, Over, Told, Turn, Waiting};
use crate::error::Failure as _;
use crate::log::CommitSignal;
use crate::postgres::Fault;
use crate::postgres::transaction::{Transaction, Uncommitted};

/// So many writes share a transaction at most: as many are done again where one
/// fails.
const MOST: usize = 32;

/// The longest that a group stays open for others once one of it is done. He
/// waits, it holds locks, and the commit that it waits for may wait for
/// somebody who wants one of them.
const LONGEST: Duration = Duration::from_millis(20);

type Ended = Result<Result<Over, oneshot::error::RecvError>, tokio::time::error::Elapsed>;
type Writing = BoxFuture<'static, (Names, Ended)>;

/// Those who share a transaction.
pub(super) struct Group {
    transaction: Arc<Transaction>,
    /// How long a turn may take.
    patience: Duration,
    /// How many were let in.
    pub(super) turns: usize,
    /// What they write to.
    pub(super) places: Vec<Uuid>,
    /// Who still writes.
    pub(super) writing: FuturesUnordered<Writing>,
    /// Who waits for its commit.
    pub(super) done: Vec<Waiting>,
    /// Who waits for it to be taken back.
    failed: Vec<oneshot::Sender<bool>>,
    /// Until when others may come, once one is done.
    pub(super) until: Option<Instant>,
    /// Whether it is to be taken back.
    pub(super) spoilt: bool,
}

impl Group {
    pub(super) fn new(transaction: Transaction, patience: Duration) -> Self {
        Self {
            transaction: Arc::new(transaction),
            patience,
            turns: 0,
            places: Vec::new(),
            writing: FuturesUnordered::new(),
            done: Vec::new(),
            failed: Vec::new(),
            until: None,
            spoilt: false,
        }
    }

    /// Whether others may come.
    pub(super) fn is_open(&self) -> bool {
        let in_time = self.until.is_none_or(|until| Instant::now() < until);
        in_time && !self.spoilt && self.turns < MOST
    }

    pub(super) fn let_in(&mut self, ask: Ask) {
        let Ask { names, reply } = ask;
        let (over, ended) = oneshot::channel();
        let turn = Turn {
            transaction: Arc::clone(&self.transaction),
            over,
        };
        if reply.send(Ok(turn)).is_err() {
            // He has gone before he wrote anything.
            return;
        }
        self.turns += 1;
        self.places.push(names[1]);
        let ended = tokio::time::timeout(self.patience, ended);
        self.writing
            .push(Box::pin(async move { (names, ended.await) }));
    }

    /// Takes note of how a turn ended, and says who is to blame for what happens
    /// to the others.
    pub(super) fn note(&mut self, ended: Ended) -> Blame {
        match ended {
            Ok(Ok(Over::Done(waiting))) => {
                self.until.get_or_insert_with(|| Instant::now() + LONGEST);
                self.done.push(waiting);
                Blame::Nobody
            }
            Ok(Ok(Over::Failed { blame, reply })) => {
                self.spoilt = true;
                self.failed.push(reply);
                blame
            }
            // He has gone, or takes longer than anybody waits.
            Ok(Err(_)) | Err(_) => {
                self.spoilt = true;
                Blame::Writer
            }
        }
    }

    /// Takes it back, before anybody asked for its commit.
    pub(super) async fn take_back(self) {
        if let Some(transaction) = Arc::into_inner(self.transaction) {
            // A connection that is broken, or not given back, is closed: the
            // server takes the transaction back by itself.
            let _broken = transaction.roll_back().await;
        }
        for one in self.done {
            let _gone = one.told.send(Told::Again(ANOTHER));
        }
        for reply in self.failed {
            let _gone = reply.send(self.turns > 1);
        }
    }

    /// Makes it durable, and tells everybody.
    pub(super) async fn commit(mut self, signal: &CommitSignal) {
        let done = match Arc::into_inner(self.transaction) {
            Some(transaction) => transaction.commit().await,
            None => Err(Uncommitted::Never(Fault::Closed)),
        };
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
