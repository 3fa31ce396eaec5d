//! What is written down of who was given sealed or held words to read.

use std::collections::BTreeSet;
use std::time::Duration;

use domain::id::AccountId;
use domain::moderation::Subject;
use domain::policy::{self, ThreadFacts};
use domain::thread::{Audience, ModerationStatus, Opened};
use moka::sync::Cache;
use storage::Tx;
use storage::post::Post;
use storage::reviewable::Reviewable;
use uuid::Uuid;

use crate::Viewer;

/// Of what the same person is given again, the audit log is told once in so
/// long.
const QUIET: Duration = Duration::from_hours(1);

/// So many views are remembered. Of what is forgotten sooner the log is told
/// once more.
const REMEMBERED: u64 = 20_000;

/// Somebody is given words to read that are sealed, or held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct View {
    by: AccountId,
    /// The thread, or the post.
    object: Uuid,
    what: &'static str,
}

/// Of a thread that is held or removed.
const HELD: &str = "HELD";
/// Of a post that is.
const HELD_POST: &str = "HELD_POST";

impl View {
    /// The view of what a moderator judged.
    pub(crate) fn judged(viewer: &Viewer, subject: Subject) -> Option<Self> {
        let (object, what) = match subject {
            Subject::Thread(id) => (id.into(), HELD),
            Subject::Post(id) => (id.into(), HELD_POST),
        };
        let by = viewer.account?;
        Some(Self { by, object, what })
    }

    /// The view of a text as it stood before something was struck out of it.
    pub(crate) fn of_original(viewer: &Viewer, object: Uuid) -> Option<Self> {
        let by = viewer.account?;
        let what = "ORIGINAL";
        Some(Self { by, object, what })
    }

    /// The view of a thread; `None` where it is neither sealed nor held, or
    /// belongs to whoever looks.
    pub(super) fn of(viewer: &Viewer, facts: &ThreadFacts, opened: Opened) -> Option<Self> {
        if policy::is_raiser(&viewer.actor, facts) {
            return None;
        }
        let what = match opened {
            Opened::Facts => "FACTS",
            Opened::Thread if facts.audience == Audience::Confidential => "CONFIDENTIAL",
            Opened::Thread if !facts.status.is_open() => HELD,
            Opened::Thread | Opened::Claim => return None,
        };
        Some(Self {
            by: viewer.account?,
            object: facts.id.into(),
            what,
        })
    }

    /// The view of a text as it was flagged, where it does not stand there for its
    /// audience, or may stand there no more: whoever held or removed it.
    pub(crate) fn of_flagged(
        viewer: &Viewer,
        flagged: &Reviewable,
        thread: ModerationStatus,
    ) -> Option<Self> {
        let post = flagged.post_status;
        let stands = thread.is_open() && post.is_none_or(ModerationStatus::is_open);
        let open = stands && !flagged.held && flagged.decision.is_none();
        let seen = Self::judged(viewer, flagged.subject());
        seen.filter(|_| !open)
    }

    /// The view of a post that was held or removed, by another than its author.
    pub(super) fn of_post(viewer: &Viewer, post: &Post) -> Option<Self> {
        let own = viewer.personas.contains(&post.facts.author);
        if own || post.facts.status.is_open() {
            return None;
        }
        Some(Self {
            by: viewer.account?,
            object: post.facts.id.into(),
            what: HELD_POST,
        })
    }

    pub(super) fn audit(&self, tx: &Tx, viewer: &Viewer) {
        tx.audit(viewer.audited("view").of(self.object).saying(self.what));
    }
}

/// The views that the audit log was told of lately.
pub(crate) struct Views(Cache<View, ()>);

impl Views {
    pub(crate) fn new() -> Self {
        let cache = Cache::builder().max_capacity(REMEMBERED);
        Self(cache.time_to_live(QUIET).build())
    }

    /// Those that the log is to be told of, each once.
    pub(super) fn unknown(&self, views: impl Iterator<Item = View>) -> BTreeSet<View> {
        views.filter(|view| !self.0.contains_key(view)).collect()
    }

    /// Remembers what was committed.
    pub(crate) fn know<'a>(&self, views: impl IntoIterator<Item = &'a View>) {
        for view in views {
            self.0.insert(*view, ());
        }
    }
}
