//! Reading timelines.

use domain::id::{MoveId, ThreadId};
use domain::policy::{self, ThreadFacts};
use domain::thread::Opened;
use storage::concern::{Entry, Timelines};
use storage::thread::Slice;
use uuid::Uuid;

use crate::thread::sees;
use crate::{Error, Forum, Viewer};

/// The ids of concerns, and of those that the viewer reads whole.
fn of(viewer: &Viewer, threads: &[&ThreadFacts]) -> (Vec<ThreadId>, Vec<ThreadId>) {
    let whole = |facts: &&&ThreadFacts| policy::sees_before_release(&viewer.actor, facts);
    (
        threads.iter().map(|facts| facts.id).collect(),
        threads.iter().filter(whole).map(|facts| facts.id).collect(),
    )
}

impl Forum {
    /// Slices of the timelines of concerns that the viewer sees. What was
    /// between an author and the moderators before a release stays there.
    pub async fn timelines(
        &self,
        viewer: &Viewer,
        threads: &[&ThreadFacts],
        slice: Slice<Uuid>,
    ) -> Result<Vec<Entry>, Error> {
        let (threads, whole) = of(viewer, threads);
        let of = Timelines {
            threads: &threads,
            whole: &whole,
        };
        Ok(self.store.read().timelines(of, slice).await?)
    }

    /// How many entries the viewer sees in a concern's timeline.
    pub async fn timeline_count(
        &self,
        viewer: &Viewer,
        thread: &ThreadFacts,
    ) -> Result<i64, Error> {
        let (threads, whole) = of(viewer, &[thread]);
        let of = Timelines {
            threads: &threads,
            whole: &whole,
        };
        Ok(self.store.read().timeline_count(of).await?)
    }

    /// One entry, and what policy decides its thread by; `None` if there is none
    /// that the viewer may see. What is hidden costs as many statements as what
    /// is not there. What is seen tells of the concern as its text does, and is noted
    /// as its opening.
    pub async fn timeline_entry(
        &self,
        viewer: &Viewer,
        id: MoveId,
    ) -> Result<Option<(Entry, ThreadFacts)>, Error> {
        let read = self.store.read();
        let entry = read.timeline_entry(id).await?;
        let thread = entry.as_ref().map_or(ThreadId(id.0), |entry| entry.thread);
        let facts = read.thread_facts(&viewer.actor, thread).await?;
        let Some(facts) = facts.filter(|facts| sees(viewer, facts)) else {
            return Ok(None);
        };
        let whole = policy::sees_before_release(&viewer.actor, &facts);
        let seen = entry.filter(|entry| whole || !entry.kind.is_before_release());
        let Some(entry) = seen else {
            return Ok(None);
        };
        self.note_openings(viewer, &[&facts], Opened::Thread)
            .await?;
        Ok(Some((entry, facts)))
    }
}
