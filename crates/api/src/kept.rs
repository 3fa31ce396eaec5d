//! Answers that are kept for visitors, by the version of what they show.
//!
//! A page of one thread, read by somebody who is not signed in, is the same
//! for all of them until the thread's stream or the directory's moves. It is
//! kept under the heads that it was read at; a hit asks the database only how
//! far the thread's stream reaches now.

use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::parser::types::{OperationType, Selection};
use bytes::Bytes;
use domain::event::{StreamHead, StreamName};
use moka::sync::Cache;
use sha2::{Digest, Sha256};

use crate::document::Prepared;
use crate::schema::caller::Caller;

/// How many bytes of answers are kept. 64 MiB.
const KEPT_BYTES: u64 = 64 * 1024 * 1024;

/// What names an answer: document, operation, variables and language.
pub(crate) type Key = [u8; 32];

/// The heads that an answer was read at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Version {
    pub(crate) stream: StreamName,
    pub(crate) thread: StreamHead,
    pub(crate) directory: Option<StreamHead>,
}

/// Where the resolver of the thread leaves the head that it read.
#[derive(Debug, Default)]
pub(crate) struct Seen(Mutex<Option<(StreamName, StreamHead)>>);

impl Seen {
    pub(crate) fn set(&self, stream: StreamName, head: StreamHead) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((stream, head));
    }

    pub(crate) fn take(&self) -> Option<(StreamName, StreamHead)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
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

    pub(crate) fn put(&self, key: Key, version: Version, answer: Bytes) {
        self.0.insert(key, Arc::new((version, answer)));
    }
}

/// Under what an answer may be kept; `None` if it may not: somebody is signed
/// in, or it is not a page of one thread.
pub(crate) fn key(caller: &Caller, prepared: &Prepared) -> Option<Key> {
    if caller.viewer.account.is_some() || prepared.kind() != OperationType::Query {
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
    let mut hash = Sha256::new();
    hash.update(prepared.document().hash());
    hash.update(prepared.operation_name().unwrap_or_default());
    hash.update([0, caller.language as u8]);
    hash.update(serde_json::to_vec(prepared.variables()).ok()?);
    Some(hash.finalize().into())
}
