//! Who looks at a disputed answer again.

use domain::concern::{Assignment, Concern, Move};
use domain::id::{MoveId, OfficeId, PersonaId};
use domain::policy::{Approval, ThreadFacts};
use domain::thread::Audience;
use storage::Tx;
use storage::thread::Thread;

use super::{By, Step};
use crate::routing::reviewers;
use crate::thread::want_moderator;
use crate::{Error, Forum};

impl Forum {
    /// How many of an office it takes to answer: where a second officer
    /// approves, and nobody but the office sees the concern, two.
    pub(crate) fn officers_needed(&self, facts: &ThreadFacts, to: Assignment) -> i64 {
        let approval = self.approval(Some(to.agency));
        let alone = approval == Approval::Alone || facts.audience != Audience::Confidential;
        if alone { 1 } else { 2 }
    }

    /// Puts a dispute before somebody else than whoever answered. Where the
    /// router finds nobody, it waits for a moderator.
    pub(crate) async fn route_dispute(
        &self,
        tx: &Tx,
        thread: &Thread,
        concern: Concern,
        entry: MoveId,
    ) -> Result<(), Error> {
        let groups = tx.groups_of(&[thread.facts.id]).await?;
        let groups: Vec<String> = groups.into_iter().map(|(_, code)| code).collect();
        let filing = crate::routing::Filing::of(thread, &groups);
        let mut all = reviewers(&self.directory(), &concern, filing);
        let frozen = tx.frozen(thread.facts.id).await?;
        all.retain(|to| !frozen.contains(&to.agency));
        let offices: Vec<OfficeId> = all.iter().filter_map(|to| to.office).collect();
        let before: Vec<PersonaId> = concern.reviewed().collect();
        let manned = tx
            .offices_without(&offices, &before, thread.facts.id)
            .await?;
        let has_another = |to: &Assignment| {
            let needed = self.officers_needed(&thread.facts, *to);
            let mut manned = manned.iter();
            manned.any(|(office, many)| to.office == Some(*office) && *many >= needed)
        };
        let Some(to) = all.into_iter().find(has_another) else {
            return want_moderator(tx, &thread.facts).await;
        };
        let step = Step::new(entry, Move::Review(to), By::Forum);
        self.route_to(tx, thread, concern, step, to).await
    }
}
