//! What is still to be passed on: to a thread's followers, and to the public
//! feed.

use domain::event::EventKind;
use domain::id::{AccountId, ThreadId};
use domain::notice::ThreadNotices;
use domain::thread::{Audience, ModerationStatus};
use uuid::Uuid;

use crate::append::QUEUE;
use crate::conn::Conn;
use crate::error::StorageError;
use crate::store::Backend;
use crate::write::Tx;

/// The kind, and the name, of the row that one who empties the outbox holds.
const KIND: &str = "outbox";

/// To whom something that happens in a thread is passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PassOn {
    /// To those who follow the thread, as far as its kind concerns them.
    Followers,
    /// To the public feed, too.
    Everyone,
}

/// So many places of the outbox belong to one of a stream: which of them is
/// taken says to whom it goes.
pub(crate) const PLACES: i64 = 2;

impl PassOn {
    pub(crate) const fn place(self) -> i64 {
        match self {
            Self::Followers => 0,
            Self::Everyone => 1,
        }
    }
}

/// Something that happened in a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passed {
    /// The thread.
    pub thread: ThreadId,
    /// Its place in the thread's stream.
    pub pos: i64,
    /// To whom it goes.
    pub to: PassOn,
    /// What happened.
    pub kind: EventKind,
    /// The object that changed.
    pub object: Option<Uuid>,
    /// When it was written, in microseconds. Writers draw it before they wait
    /// for one another: within a thread the place decides.
    pub at: i64,
    /// Whom the thread is for by now, if it is still there.
    pub reach: Option<Reach>,
}

/// Whom a thread is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// Who may read it.
    pub audience: Audience,
    /// How it stands with the moderators.
    pub status: ModerationStatus,
}

/// Somebody who follows a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Follower {
    /// The account of the persona that follows.
    pub account: AccountId,
    /// Whether it raised the thread.
    pub is_raiser: bool,
    /// What of it he wants to be told.
    pub notices: ThreadNotices,
}

impl Tx {
    /// Makes this the one transaction that empties the outbox until it ends.
    /// `id` names the row that it holds, if that is new.
    pub async fn hold_outbox(&self, id: Uuid) -> Result<(), StorageError> {
        self.hold_work(id, KIND, "").await?;
        Ok(())
    }

    /// Takes at most `limit` out of the outbox: of each thread the oldest, in
    /// the order of its stream. Whoever takes must hold it.
    pub async fn take_from_outbox(&self, limit: u32) -> Result<Vec<Passed>, StorageError> {
        // Nobody else changes them, so where they stand names them.
        let (named, open, close) = match self.backend {
            Backend::Postgres => ("ctid", "= ANY(ARRAY(", "))"),
            Backend::Sqlite => ("(stream, pos)", "IN (", ")"),
        };
        let columns = named.trim_matches(['(', ')']);
        let sql = format!(
            "DELETE FROM event WHERE {named} {open}SELECT {columns} FROM event \
             WHERE stream >= $1 AND stream < $2 ORDER BY stream, pos LIMIT $3{close} \
             RETURNING thread, pos, kind, object, at, \
             (SELECT t.audience FROM thread t WHERE t.id = event.thread), \
             (SELECT t.status FROM thread t WHERE t.id = event.thread)"
        );
        let params = self
            .params()
            .with(QUEUE)
            .with(QUEUE_END)
            .with(i64::from(limit));
        let mut taken = Vec::new();
        for mut row in self.all(&sql, params).await? {
            let thread = row.id()?;
            let place: i64 = row.get()?;
            taken.push(Passed {
                thread,
                pos: place / PLACES,
                to: if place % PLACES == PassOn::Everyone.place() {
                    PassOn::Everyone
                } else {
                    PassOn::Followers
                },
                kind: row.code()?,
                object: row.maybe_id()?,
                at: row.get()?,
                reach: match (row.maybe_code()?, row.maybe_code()?) {
                    (Some(audience), Some(status)) => Some(Reach { audience, status }),
                    _ => None,
                },
            });
        }
        taken.sort_unstable_by_key(|passed| (passed.thread, passed.pos));
        Ok(taken)
    }
}

/// The first name after all that begin with [`QUEUE`].
const QUEUE_END: &str = "o;";

impl Conn {
    /// Whether there is anything in the outbox.
    pub async fn outbox_waits(&self) -> Result<bool, StorageError> {
        let sql = "SELECT pos FROM event WHERE stream >= $1 AND stream < $2 \
                   ORDER BY stream, pos LIMIT 1";
        let params = self.params().with(QUEUE).with(QUEUE_END);
        Ok(self.one(sql, params).await?.is_some())
    }

    /// The accounts that follow one of these threads, by thread. One
    /// statement whatever their number.
    pub async fn followers(
        &self,
        threads: &[ThreadId],
    ) -> Result<Vec<(ThreadId, Follower)>, StorageError> {
        let mut params = self.params();
        let among = params.among("f.thread", threads);
        let sql = format!(
            "SELECT f.thread, a.account, f.persona = t.persona, (SELECT n.level \
             FROM thread_notice n JOIN persona o ON o.id = n.persona \
             WHERE n.thread = f.thread AND o.account = a.account LIMIT 1) FROM follow f \
             JOIN persona a ON a.id = f.persona JOIN thread t ON t.id = f.thread \
             WHERE {among} AND a.account IS NOT NULL",
        );
        let mut all = Vec::new();
        for mut row in self.all(&sql, params).await? {
            let thread = row.id()?;
            let (account, is_raiser) = (row.id()?, row.get()?);
            let level: Option<ThreadNotices> = row.maybe_code()?;
            all.push((
                thread,
                Follower {
                    account,
                    is_raiser,
                    notices: level.unwrap_or(ThreadNotices::All),
                },
            ));
        }
        Ok(all)
    }
}
