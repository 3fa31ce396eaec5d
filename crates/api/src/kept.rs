//! Answers that are kept, by the version of what they show.
//!
//! A page of one thread is the same for everyone who reads it as one of its
//! audience and is not named in it, until the thread's stream or the
//! directory's moves: for whoever is not signed in always, for others where
//! the document asks for nothing that depends on who asks. It is kept under
//! the heads that it was read at. A hit asks the database how the thread
//! stands now, and policy decides on that anew; only a visitor's is asked
//! nothing where this process alone can write, and did not.
//!
//! A list of threads is kept with the rows that it was made of, and how they
//! were read. Whoever asks for one has his own rows read, in his own scope;
//! where they are the same, so is what would be made of them. Otherwise it is
//! made of those. So is a moderator's queue, for himself alone.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_graphql::parser::types::{Field, OperationType, Selection};
use bytes::Bytes;
use domain::event::{StreamHead, StreamName};
use domain::people::{Actor, Language};
use domain::policy;
use door::directive::On;
use door::document::Prepared;
use forum::moderation::SeenReviewable;
use forum::views::thread::Thread;
use moka::sync::Cache;
use sha2::{Digest, Sha256};

use crate::schema::caller::Caller;
use crate::schema::reviewable::QueueReading;
use crate::schema::threads::Reading;

/// How many bytes of answers are kept. 64 MiB.
const KEPT_BYTES: u64 = 64 * 1024 * 1024;

/// What names an answer: document, operation, variables, language, and what
/// sort of reader it is for.
pub(crate) type Key = [u8; 32];

/// The head that a page was read at.
#[derive(Debug)]
pub(crate) struct Version {
    pub(crate) stream: StreamName,
    pub(crate) thread: StreamHead,
    /// How many commits there were when the heads were last looked at;
    /// [`NEVER`] where that says nothing.
    commits: AtomicU64,
}

/// More commits than there can be.
const NEVER: u64 = u64::MAX;

impl Version {
    fn new(stream: StreamName, thread: StreamHead) -> Self {
        Self {
            stream,
            thread,
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

/// What an answer was made of.
#[derive(Debug)]
pub(crate) enum Made {
    /// Of one thread.
    Page(Version),
    /// Of a list of threads.
    List(Box<List>),
    /// Of a moderator's queue.
    Queue(Box<Queue>),
}

/// A list of threads, of which nothing is shown but what stands in its rows
/// and in the directory.
#[derive(Debug)]
pub(crate) struct List {
    pub(crate) reading: Reading,
    rows: Vec<Thread>,
}

impl List {
    /// `None` if it is not for every reader who has the same rows: which they
    /// are depends on who asks, or one of them shows him more.
    pub(crate) fn new(actor: &Actor, reading: &Reading, rows: &[Thread]) -> Option<Self> {
        let alike = !reading.is_own() && reads_only(actor, rows);
        alike.then(|| Self {
            reading: reading.clone(),
            rows: rows.to_vec(),
        })
    }

    /// Whether it is what these rows would be made into for this actor.
    pub(crate) fn is_of(&self, actor: &Actor, rows: &[Thread]) -> bool {
        self.rows == rows && reads_only(actor, rows)
    }
}

/// A moderator's queue, of which nothing is shown but what stands in its rows and
/// in the directory.
#[derive(Debug)]
pub(crate) struct Queue {
    actor: Actor,
    pub(crate) reading: QueueReading,
    rows: Vec<SeenReviewable>,
}

impl Queue {
    pub(crate) fn new(actor: &Actor, reading: QueueReading, rows: &[SeenReviewable]) -> Self {
        Self {
            actor: actor.clone(),
            reading,
            rows: rows.to_vec(),
        }
    }

    /// Whether it is what these rows would be made into for this actor.
    pub(crate) fn is_of(&self, actor: &Actor, rows: &[SeenReviewable]) -> bool {
        self.actor == *actor && self.rows == rows
    }
}

fn reads_only(actor: &Actor, rows: &[Thread]) -> bool {
    rows.iter().all(|row| policy::reads_only(actor, &row.facts))
}

impl Made {
    /// About how many bytes of memory it takes.
    fn weight(&self) -> usize {
        match self {
            Self::Page(_) => size_of::<Self>(),
            Self::List(list) => list.rows.len() * (size_of::<Thread>() + TEXTS_OF_A_ROW),
            Self::Queue(queue) => {
                let of_row = size_of::<SeenReviewable>() + size_of::<Thread>() + TEXTS_OF_A_ROW;
                let bodies = queue.rows.iter().map(|row| row.reviewable.body.len());
                queue.rows.len() * of_row + bodies.sum::<usize>()
            }
        }
    }
}

/// About how many bytes the texts of a list's row take.
const TEXTS_OF_A_ROW: usize = 256;

/// An answer that is kept.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) made: Made,
    /// How far the directory's stream reached.
    pub(crate) directory: Option<StreamHead>,
    pub(crate) json: Bytes,
}

/// What the resolvers say of an answer while it is made.
#[derive(Debug, Default)]
pub(crate) struct Seen(Mutex<Sight>);

#[derive(Debug, Default)]
struct Sight {
    made: Option<Made>,
    /// Something is in it that is not for every reader.
    own: bool,
    /// What is asked for, where it was read already.
    read: Read,
}

/// The rows of what is asked for, where they were read already.
#[derive(Debug, Default)]
pub(crate) enum Read {
    #[default]
    Nothing,
    List(Vec<Thread>),
    Queue(Vec<SeenReviewable>),
}

impl Seen {
    /// For what was read to see whether it was answered before.
    pub(crate) fn with(read: Read) -> Self {
        Self(Mutex::new(Sight {
            read,
            ..Sight::default()
        }))
    }

    fn sight(&self) -> MutexGuard<'_, Sight> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The rows of what is asked for, if they were read already.
    pub(crate) fn read(&self) -> Read {
        std::mem::take(&mut self.sight().read)
    }

    /// The thread that was read, and how far its stream reached.
    pub(crate) fn page(&self, stream: StreamName, head: StreamHead) {
        self.sight().made = Some(Made::Page(Version::new(stream, head)));
    }

    /// The list that was read.
    pub(crate) fn list(&self, list: List) {
        self.sight().made = Some(Made::List(Box::new(list)));
    }

    /// The queue that was read.
    pub(crate) fn queue(&self, queue: Queue) {
        self.sight().made = Some(Made::Queue(Box::new(queue)));
    }

    /// The answer is for nobody else, or shows more than the one thread.
    pub(crate) fn own(&self) {
        self.sight().own = true;
    }

    /// What the answer was made of, if it may be given to others.
    pub(crate) fn take(&self) -> Option<Made> {
        let sight = std::mem::take(&mut *self.sight());
        sight.made.filter(|_| !sight.own)
    }
}

/// The answers that are kept.
#[derive(Debug)]
pub(crate) struct Kept(Cache<Key, Arc<Answer>>);

impl Default for Kept {
    fn default() -> Self {
        let weigh = |_: &Key, kept: &Arc<Answer>| {
            u32::try_from(kept.json.len() + kept.made.weight() + 256).unwrap_or(u32::MAX)
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
    pub(crate) fn get(&self, key: &Key) -> Option<Arc<Answer>> {
        self.0.get(key)
    }

    pub(crate) fn remove(&self, key: &Key) {
        self.0.invalidate(key);
    }

    pub(crate) fn put(&self, key: Key, answer: Answer) {
        self.0.insert(key, Arc::new(answer));
    }
}

/// Under what an answer may be kept; `None` if it may not: it depends on who
/// asks, or is neither a page of one thread, nor a list of threads, nor a
/// moderator's queue.
pub(crate) fn key(caller: &Caller, prepared: &Prepared) -> Option<Key> {
    let signed_in = caller.viewer.account.is_some();
    let app = caller.viewer.through.is_some();
    if prepared.kind() != OperationType::Query {
        return None;
    }
    let [root] = prepared.root()?.items.as_slice() else {
        return None;
    };
    let Selection::Field(field) = &root.node else {
        return None;
    };
    let own = prepared.depends() == On::Viewer;
    let mut alone = None;
    let kept = match field.node.name.node.as_str() {
        // Visitors are all alike.
        "thread" => !(own && (signed_in || app)),
        // Of what depends on who asks, a list's rows do not tell.
        "threads" => !own,
        "viewer" => {
            // It is kept with who he is.
            alone = caller.viewer.account;
            signed_in && !app && is_queue(&field.node)
        }
        _ => false,
    };
    if !kept {
        return None;
    }
    let reader = match alone {
        Some(account) => Actor {
            account: Some(account),
            ..Actor::default()
        },
        None => policy::reader(&caller.viewer.actor)?,
    };
    let mut hash = named(prepared, caller.language, &reader);
    if let Some(account) = alone {
        hash.update(account.0);
    }
    hash.update(serde_json::to_vec(prepared.variables()).ok()?);
    Some(hash.finalize().into())
}

/// Fields, each with what may be asked of it.
#[derive(Clone, Copy)]
struct Fields(&'static [(&'static str, Fields)]);

const NONE: Fields = Fields(&[]);

/// Of the moderators' queue, what stands in its rows.
const QUEUE: Fields = Fields(&[
    ("nodes", REVIEWABLE),
    ("edges", Fields(&[("node", REVIEWABLE), ("cursor", NONE)])),
    ("pageInfo", PAGE_INFO),
]);
const PAGE_INFO: Fields = Fields(&[
    ("endCursor", NONE),
    ("hasNextPage", NONE),
    ("hasPreviousPage", NONE),
    ("startCursor", NONE),
]);
const REVIEWABLE: Fields = Fields(&[
    ("body", NONE),
    ("claimIsStale", NONE),
    ("claimedAt", NONE),
    ("claimedBy", NONE),
    ("createdAt", NONE),
    ("dueAt", NONE),
    ("dueOn", NONE),
    ("flagCount", NONE),
    ("heldByFlags", NONE),
    ("id", NONE),
    ("isOverdue", NONE),
    ("score", NONE),
    ("subjectId", NONE),
    ("thread", THREAD),
    ("title", NONE),
    ("version", NONE),
    ("viewerCanDecide", NONE),
]);
const THREAD: Fields = Fields(&[
    (
        "author",
        Fields(&[("id", NONE), ("name", NONE), ("voice", NONE)]),
    ),
    ("createdAt", NONE),
    ("id", NONE),
    ("kind", NONE),
    ("lastActivityAt", NONE),
    ("postCount", NONE),
    ("reference", NONE),
    ("title", NONE),
]);

/// Whether somebody is asked for one page of his queue and nothing else: the rows of
/// one tell nothing of another.
fn is_queue(viewer: &Field) -> bool {
    let list = only(viewer, "moderationDesk").and_then(|desk| only(desk, "reviewables"));
    list.is_some_and(|list| shows_only(list, QUEUE))
}

/// The one field that is asked of another, if it is this.
fn only<'f>(of: &'f Field, name: &str) -> Option<&'f Field> {
    match of.selection_set.node.items.as_slice() {
        [one] => match &one.node {
            Selection::Field(field) if field.node.name.node == name => Some(&field.node),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a field is asked for nothing but this, in its own words: fragments are
/// not looked into.
fn shows_only(field: &Field, fields: Fields) -> bool {
    field.selection_set.node.items.iter().all(|one| {
        let Selection::Field(one) = &one.node else {
            return false;
        };
        let name = one.node.name.node.as_str();
        let known = fields.0.iter().find(|(known, _)| *known == name);
        name == "__typename" || known.is_some_and(|(_, of)| shows_only(&one.node, *of))
    })
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
        sanctions: _,
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
