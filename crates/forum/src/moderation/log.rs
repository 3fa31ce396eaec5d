//! The public record of moderation, and who moderates.

use chrono::{DateTime, Utc};
use domain::id::{ModlogId, OrganizationId, ThreadId};
use domain::moderation::{Bench, ModAct, ReasonCode, Subject, Warning};
use domain::policy::{self, Action, Scope};
use storage::appeal::Appeal;
use storage::modlog::{ModlogPlace, ReadEntry, RecordOf, Within};
use storage::thread::Slice;

use crate::{Error, Forum, Viewer};

/// An entry of the record, as far as the viewer may see it.
#[derive(Debug, Clone)]
pub struct SeenEntry {
    /// The entry.
    pub id: ModlogId,
    /// From when on it is shown.
    pub appears_at: DateTime<Utc>,
    /// When it was done; of what not everyone may read, nothing is said.
    pub at: Option<DateTime<Utc>>,
    /// The month in which it was done, as `2026-11`.
    pub month: String,
    /// What was done.
    pub act: ModAct,
    /// Why.
    pub code: ReasonCode,
    /// In words: for the author and whoever may moderate it.
    pub reason: Option<String>,
    /// Whether it was done to a post.
    pub of_post: bool,
    /// To what, if the viewer sees it.
    pub subject: Option<Subject>,
    /// The moderator's number; none where the forum did it, or the viewer is not to
    /// know.
    pub moderator: Option<i64>,
    /// That of who proposed it, if it is a sanction on which another decided; none
    /// where the viewer is not to know.
    pub proposer: Option<i64>,
    /// What it took back.
    pub reverses: Option<ModlogId>,
    /// What took it back.
    pub reversed_by: Option<ModlogId>,
    /// The appeal against it: for the author and whoever may moderate it.
    pub appeal: Option<Appeal>,
    /// Until when the viewer may appeal against it, if he may now.
    pub appeal_until: Option<DateTime<Utc>>,
    /// To what it was done, whether the viewer sees it or not: never shown.
    pub(super) of: Subject,
}

/// What the record is narrowed to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ModlogFilter {
    /// Only acts of this kind.
    pub act: Option<ModAct>,
    /// Only what was done to this thread and what stands in it now, of which the
    /// viewer is told to what it was done.
    pub thread: Option<ThreadId>,
}

/// The thread that is asked for, and what somebody sees of threads and posts.
struct Sight {
    thread: ThreadId,
    threads: Scope,
    posts: Scope,
}

impl Sight {
    fn of(viewer: &Viewer, filter: ModlogFilter) -> Option<Self> {
        filter.thread.map(|thread| Self {
            thread,
            threads: policy::scope(&viewer.actor),
            posts: policy::post_scope(&viewer.actor),
        })
    }

    const fn within(&self) -> Within<'_> {
        Within {
            thread: self.thread,
            threads: &self.threads,
            posts: &self.posts,
        }
    }
}

impl Forum {
    /// The record: for everyone.
    pub async fn modlog(
        &self,
        viewer: &Viewer,
        filter: ModlogFilter,
        slice: Slice<ModlogPlace>,
    ) -> Result<Vec<SeenEntry>, Error> {
        let sight = Sight::of(viewer, filter);
        let of = RecordOf {
            act: filter.act,
            within: sight.as_ref().map(Sight::within),
        };
        let read = self.store.read();
        let found = read.modlog(&viewer.actor, self.now(), of, slice).await?;
        let seen = |entry| self.seen_entry(viewer, entry);
        Ok(found.into_iter().map(seen).collect())
    }

    /// One entry, once the record shows it.
    pub async fn modlog_entry(
        &self,
        viewer: &Viewer,
        id: ModlogId,
    ) -> Result<Option<SeenEntry>, Error> {
        let read = self.store.read();
        let found = read.modlog_entry(&viewer.actor, self.now(), id).await?;
        Ok(found.map(|entry| self.seen_entry(viewer, entry)))
    }

    /// How many such entries it has.
    pub async fn modlog_count(&self, viewer: &Viewer, filter: ModlogFilter) -> Result<i64, Error> {
        let sight = Sight::of(viewer, filter);
        let of = RecordOf {
            act: filter.act,
            within: sight.as_ref().map(Sight::within),
        };
        Ok(self.store.read().modlog_count(self.now(), of).await?)
    }

    /// What was done to threads' own texts, and to posts: at once, for their
    /// authors and whoever may moderate them; for others nothing. One statement
    /// whatever their number.
    pub async fn acts_on(
        &self,
        viewer: &Viewer,
        subjects: &[Subject],
    ) -> Result<Vec<(Subject, SeenEntry)>, Error> {
        let read = self.store.read();
        let found = read.modlog_of(&viewer.actor, subjects).await?.into_iter();
        let told = found.filter(|one| is_told(viewer, one));
        let of = |one: ReadEntry| (one.entry.subject(), self.seen_entry(viewer, one));
        Ok(told.map(of).collect())
    }

    pub(super) fn seen_entry(&self, viewer: &Viewer, read: ReadEntry) -> SeenEntry {
        let told = is_told(viewer, &read);
        let appeal = Action::Appeal(&read.facts, read.post.as_ref());
        let may_appeal = policy::decide(&viewer.actor, &appeal).is_ok()
            && self.can_be_appealed(&read, self.now()).is_ok();
        let until = self.appeal_ends(read.entry.appears_at);
        let subject = read.entry.subject();
        let ReadEntry {
            entry,
            reversed_by,
            proposer,
            appeal,
            facts,
            post,
        } = read;
        let sees = match &post {
            Some(post) => Action::ViewPost(&facts, post),
            None => Action::ViewThread(&facts),
        };
        let sees = policy::decide(&viewer.actor, &sees).is_ok();
        // Whoever knew the text would know who was sanctioned, or appealed.
        let shown = Some(subject).filter(|_| sees && (told || !entry.act.is_personal()));
        let concerned = told || shown.is_some();
        let by_number = entry.exact || concerned && policy::told_number(&viewer.actor, &facts);
        // One that is not exact appears with the month after.
        let done = if entry.exact {
            entry.appears_at
        } else {
            entry.appears_at - chrono::Duration::days(1)
        };
        let month = done.with_timezone(&self.settings.zone).format("%Y-%m");
        SeenEntry {
            id: entry.id,
            appears_at: entry.appears_at,
            at: entry.exact.then_some(entry.appears_at),
            month: month.to_string(),
            act: entry.act,
            code: entry.code,
            reason: entry.reason.filter(|_| told),
            of_post: entry.post.is_some(),
            subject: shown,
            moderator: entry.moderator.filter(|_| by_number),
            proposer: proposer.filter(|_| by_number),
            reverses: entry.reverses,
            reversed_by,
            appeal: appeal.filter(|_| told),
            appeal_until: may_appeal.then_some(until),
            of: subject,
        }
    }

    /// What is to be warned of in who moderates.
    pub async fn moderation_warnings(&self) -> Result<Vec<Warning>, Error> {
        let moderators = self.store.read().moderators().await?;
        // What whoever runs the forum says of them is true of nobody who left.
        let there = u32::try_from(moderators.len()).unwrap_or(u32::MAX);
        let mut organizations: Vec<OrganizationId> =
            moderators.into_iter().filter_map(|(_, of)| of).collect();
        organizations.sort_unstable();
        organizations.dedup();
        let bench = Bench {
            organizations: organizations.len(),
            women: self.settings.moderation.women.min(there),
            under_thirty: self.settings.moderation.under_thirty.min(there),
        };
        Ok(bench.warnings())
    }
}

/// Whether somebody is told in words why it was done.
fn is_told(viewer: &Viewer, read: &ReadEntry) -> bool {
    let action = Action::ViewReasons(&read.facts, read.post.as_ref());
    policy::decide(&viewer.actor, &action).is_ok()
}
