//! The connections that write, each for one transaction at a time.

use std::pin::Pin;
use std::sync::{Arc, Mutex};

use futures_util::FutureExt as _;
use sea_orm::Value;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::address::Address;
use super::session::Session;
use super::{Fault, lock};
use crate::error::Failure as _;

/// The connections that write.
#[derive(Debug)]
pub(crate) struct Writers {
    address: Arc<Address>,
    connections: u32,
    free: Arc<Semaphore>,
    idle: Mutex<Vec<Arc<Session>>>,
}

impl Writers {
    /// Opens one of `connections`, at least 1.
    pub(crate) async fn open(address: Arc<Address>, connections: u32) -> Result<Self, Fault> {
        let connections = connections.max(1);
        let first = Arc::new(address.connect().await?);
        Ok(Self {
            address,
            connections,
            free: Arc::new(Semaphore::new(connections as usize)),
            idle: Mutex::new(vec![first]),
        })
    }

    /// How many connections there are at most.
    pub(crate) fn connections(&self) -> usize {
        self.connections as usize
    }

    /// The address that they lead to.
    pub(crate) fn address(&self) -> &Arc<Address> {
        &self.address
    }

    /// Begins a transaction, on a connection that nobody else has.
    pub(crate) async fn begin(self: &Arc<Self>) -> Result<Transaction, Fault> {
        self.begin_with("BEGIN READ WRITE").await
    }

    /// Begins one with these words. Without a transaction nothing can be
    /// written on its connection, so nothing can be if they fail.
    pub(super) async fn begin_with(
        self: &Arc<Self>,
        words: &'static str,
    ) -> Result<Transaction, Fault> {
        let waiting = Arc::clone(&self.free).acquire_owned();
        let permit = tokio::time::timeout(self.address.patience, waiting)
            .await
            .map_err(|_| Fault::Late)?
            .map_err(|_| Fault::Closed)?;
        let session = match self.idle_session() {
            Some(session) => session,
            None => Arc::new(self.address.connect().await?),
        };
        let transaction = Transaction {
            session,
            sent: Mutex::default(),
            home: Some((Arc::clone(self), permit)),
        };
        // With the first statement; whether it began shows there.
        transaction.later(words);
        Ok(transaction)
    }

    fn idle_session(&self) -> Option<Arc<Session>> {
        let mut idle = lock(&self.idle);
        while let Some(session) = idle.pop() {
            if !session.is_closed() {
                return Some(session);
            }
        }
        None
    }

    /// Closes them, once what runs has ended.
    pub(crate) async fn close(&self) {
        // Whoever still writes holds a permit.
        let ended = self.free.acquire_many(self.connections);
        // A writer that does not end is cut off.
        let _ = tokio::time::timeout(self.address.patience, ended).await;
        self.free.close();
        lock(&self.idle).clear();
    }
}

/// Why a transaction was not committed.
#[derive(Debug)]
pub(crate) enum Uncommitted {
    /// Its connection was broken before the commit was asked for: it may run
    /// again.
    Never(Fault),
    /// The server refused one of its statements, and took it back.
    Refused(Fault),
    /// The commit failed, or nobody knows.
    Failed(Fault),
}

type Answer = Pin<Box<dyn Future<Output = Result<u64, Fault>> + Send>>;

/// A transaction. One that is dropped before its end takes its connection
/// along, and the server takes it back.
pub(crate) struct Transaction {
    session: Arc<Session>,
    /// Statements that were sent, and whose answers nobody has read.
    sent: Mutex<Vec<Answer>>,
    /// Where its connection belongs; `None` if it has one of its own.
    home: Option<(Arc<Writers>, OwnedSemaphorePermit)>,
}

impl std::fmt::Debug for Transaction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transaction").finish_non_exhaustive()
    }
}

impl Transaction {
    /// One that only reads, in the state of this moment, on a connection of
    /// its own that is closed at its end.
    pub(crate) async fn moment(address: &Address) -> Result<Self, Fault> {
        let session = Arc::new(address.connect().await?.without_deadline());
        session
            .say("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            .await?;
        Ok(Self {
            session,
            sent: Mutex::default(),
            home: None,
        })
    }

    /// Where its statements run.
    pub(crate) fn session(&self) -> &Session {
        &self.session
    }

    /// Sends a statement without waiting for its answer: whether it succeeded
    /// shows at the commit, which fails if it did not. Statements run in the
    /// order in which they are sent.
    pub(crate) async fn send(&self, sql: String, values: Vec<Value>) -> Result<(), Fault> {
        let statement = self.session.prepared(&sql, &values).await?;
        let session = Arc::clone(&self.session);
        // It is sent here, and never behind the commit: it asks for nothing else
        // than that statement.
        let mut answer: Answer =
            Box::pin(async move { session.run_prepared(&statement, &values).await });
        if let Some(answered) = answer.as_mut().now_or_never() {
            return answered.map(|_| ());
        }
        lock(&self.sent).push(answer);
        Ok(())
    }

    /// Sends words that have no parameters and no rows, in the same way.
    pub(super) fn later(&self, words: &'static str) {
        let session = Arc::clone(&self.session);
        let mut answer: Answer = Box::pin(async move { session.say(words).await.map(|()| 0) });
        // They are sent when it is first polled.
        if let Some(answered) = answer.as_mut().now_or_never() {
            answer = Box::pin(std::future::ready(answered));
        }
        lock(&self.sent).push(answer);
    }

    /// Makes it durable. The connection may break while the commit is under
    /// way: then nobody knows whether it was done.
    pub(crate) async fn commit(mut self) -> Result<(), Uncommitted> {
        let session = Arc::clone(&self.session);
        let was_closed = session.is_closed();
        // Sent at once behind what was sent: the server takes all of it back if
        // one of those failed.
        let mut commit = Box::pin(async move { session.say("COMMIT").await });
        let at_once = commit.as_mut().now_or_never();
        let sent = std::mem::take(&mut *lock(&self.sent));
        let mut failed = None;
        for answer in sent {
            if let Err(fault) = answer.await {
                failed = failed.or(Some(fault));
            }
        }
        let committed = match at_once {
            Some(committed) => committed,
            None => commit.await,
        };
        let done = match (failed, committed) {
            (None, Ok(())) => Ok(()),
            (Some(fault), _) | (None, Err(fault)) if was_closed => Err(Uncommitted::Never(fault)),
            (Some(fault), _) if !fault.is_broken() => Err(Uncommitted::Refused(fault)),
            (Some(fault), _) | (None, Err(fault)) => Err(Uncommitted::Failed(fault)),
        };
        let whole = match &done {
            Ok(()) => true,
            // The server has ended it, unless it never heard of the commit.
            Err(Uncommitted::Refused(fault) | Uncommitted::Failed(fault)) => {
                !fault.is_broken() && self.session.say("ROLLBACK").await.is_ok()
            }
            Err(Uncommitted::Never(_)) => false,
        };
        if whole {
            self.give_back();
        }
        done
    }

    /// Takes it back.
    pub(crate) async fn roll_back(mut self) -> Result<(), Fault> {
        let sent = std::mem::take(&mut *lock(&self.sent));
        for answer in sent {
            // What failed is taken back with the rest.
            let _ = answer.await;
        }
        self.session.say("ROLLBACK").await?;
        self.give_back();
        Ok(())
    }

    fn give_back(&mut self) {
        if let Some((writers, permit)) = self.home.take() {
            lock(&writers.idle).push(Arc::clone(&self.session));
            drop(permit);
        }
    }
}
