//! Answers that are kept, by the version of what they show.
//!
//! A page of one thread is the same for everyone who reads it as one of its
//! audience and is not named in it, until the thread's stream or the
//! directory's moves: for whoever is not signed in always, for others where
//! the document asks for nothing that depends on who asks. It is kept under
//! the heads that it was read at. A hit asks the database how the thread
//! stands now, and policy decides on that anew; only a visitor's is asked
//! nothing where this process alone can write, and did not.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_graphql::parser::types::{OperationType, Selection};
use bytes::Bytes;
use domain::event::{StreamHead, StreamName};
use domain::people::{Actor, Language};
use domain::policy;
use moka::sync::Cache;
use sha2::{Digest, Sha256};

use crate::directive::On;
use crate::document::Prepared;
use crate::schema::caller::Caller;

/// How many bytes of answers are kept. 64 MiB.
const KEPT_BYTES: u64 = 64 * 1024 * 1024;

/// What names an answer: document, operation, variables, language, and what
/// sort of reader it is for.
pub(crate) type Key = [u8; 32];

/// The heads that an answer was read at.
#[derive(Debug)]
pub(crate) struct Version {
    pub(crate) stream: StreamName,
    pub(crate) thread: StreamHead,
    pub(crate) directory: Option<StreamHead>,
    /// How many commits there were when the heads were last looked at;
    /// [`NEVER`] where that says nothing.
    commits: AtomicU64,
}

/// More commits than there can be.
const NEVER: u64 = u64::MAX;

impl Version {
    pub(crate) fn new(
        stream: StreamName,
        thread: StreamHead,
        directory: Option<StreamHead>,
    ) -> Self {
        Self {
            stream,
            thread,
            directory,
            commits: AtomicU64::new(NEVER),
        }
    }

    /// Whether nothing at all was written since the heads were looked at.
    pub(crate) fn holds_since(&self, commits: Option<u64>) -> bool {
        commits.is_some_and(|commits| self.commits.load(Ordering::Acquire) == commits)
    }

    /// The heads were looked at after so many commits.
    pub(crate) fn checked(&self, commits: Option<u64>) {
        self.commits
            .store(commits.unwrap_or(NEVER), Ordering::Release);
    }
}

/// What the resolvers say of an answer while it is made.
#[derive(Debug, Default)]
pub(crate) struct Seen(Mutex<Sight>);

#[derive(Debug, Default)]
struct Sight {
    read_at: Option<(StreamName, StreamHead)>,
    /// Something is in it that is not for every reader.
    own: bool,
}

impl Seen {
    fn sight(&self) -> MutexGuard<'_, Sight> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The thread that was read, and how far its stream reached.
    pub(crate) fn set(&self, stream: StreamName, head: StreamHead) {
        self.sight().read_at = Some((stream, head));
    }

    /// The answer is for nobody else, or shows more than the one thread.
    pub(crate) fn own(&self) {
        self.sight().own = true;
    }

    /// What the answer was read at, if it may be given to others.
    pub(crate) fn take(&self) -> Option<(StreamName, StreamHead)> {
        let sight = std::mem::take(&mut *self.sight());
        sight.read_at.filter(|_| !sight.own)
    }
}

/// The answers that are kept.
#[derive(Debug)]
pub(crate) struct Kept(Cache<Key, Arc<(Version, Bytes)>>);

impl Default for Kept {
    fn default() -> Self {
        let weigh = |_: &Key, kept: &Arc<(Version, Bytes)>| {
            u32::try_from(kept.1.len() + 256).unwrap_or(u32::MAX)
        };
        Self(
            Cache::builder()
                .max_capacity(KEPT_BYTES)
                .weigher(weigh)
                .build(),
        )
    }
}

impl Kept {
    pub(crate) fn get(&self, key: &Key) -> Option<Arc<(Version, Bytes)>> {
        self.0.get(key)
    }

    pub(crate) fn remove(&self, key: &Key) {
        self.0.invalidate(key);
    }

    pub(crate) fn put(&self, key: Key, version: Version, answer: Bytes) {
        self.0.insert(key, Arc::new((version, answer)));
    }
}

/// Under what an answer may be kept; `None` if it may not: it depends on who
/// asks, or is not a page of one thread.
pub(crate) fn key(caller: &Caller, prepared: &Prepared) -> Option<Key> {
    let signed_in = caller.viewer.account.is_some();
    let app = caller.viewer.through.is_some();
    let own = (signed_in || app) && prepared.depends() == On::Viewer;
    if own || prepared.kind() != OperationType::Query {
        return None;
    }
    let [root] = prepared.root()?.items.as_slice() else {
        return None;
    };
    let Selection::Field(field) = &root.node else {
        return None;
    };
    if field.node.name.node != "thread" {
        return None;
    }
    let reader = policy::reader(&caller.viewer.actor)?;
    let mut hash = named(prepared, caller.language, &reader);
    hash.update(serde_json::to_vec(prepared.variables()).ok()?);
    Some(hash.finalize().into())
}

/// A hash of what an answer is to, without its variables: the document, and
/// all that is left of the reader.
pub(crate) fn named(prepared: &Prepared, language: Language, reader: &Actor) -> Sha256 {
    let Actor {
        account,
        constituency,
        vouched,
        circles,
        through,
        // A reader has nothing of these.
        personas: _,
        speaks_as: _,
        duties: _,
        silenced: _,
        organization: _,
        agency: _,
        agency_answers: _,
        agency_oversees: _,
        offices: _,
    } = reader;
    let mut hash = Sha256::new();
    hash.update(prepared.document().hash());
    hash.update(prepared.operation_name().unwrap_or_default());
    let constituency = constituency.map_or(u8::MAX, |one| one as u8);
    let flags = [account.is_some(), *vouched].map(u8::from);
    hash.update([0, language as u8, constituency, flags[0], flags[1]]);
    hash.update((circles.len() as u64).to_be_bytes());
    for circle in circles {
        hash.update(circle.0);
    }
    if let Some(through) = through {
        hash.update(through.client.0);
        hash.update(through.scopes.to_string());
    }
    hash
}
