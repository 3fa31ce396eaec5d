//! Reading commitments: as visible as the concern they were made in.

use domain::commitment::{CommitmentAct, CommitmentState, DONE, Doing, Ruling};
use domain::id::{AgencyId, CommitmentId, ThreadId};
use domain::policy::{self, Action, Scope, ThreadFacts};
use domain::thread::Opened;
use storage::commitment::{Commitment, CommitmentPlace, CommitmentsOf, Evidence, Milestone, Step};
use storage::thread::{Slice, Thread};

use super::act::action;
use crate::thread::sees;
use crate::{Error, Forum, Viewer};

/// As many steps of one commitment are shown, the newest.
const STEPS_MAX: u32 = 100;

/// Of which threads commitments are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Within {
    /// Those that everybody may read.
    Public,
    /// Those that the viewer sees on his agency's desk: what is not settled.
    Desk,
}

impl Within {
    fn scope(self, viewer: &Viewer) -> Scope {
        match self {
            Self::Public => policy::public_scope(&viewer.actor),
            Self::Desk => policy::desk_scope(&viewer.actor),
        }
    }
}

/// A list of commitments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommitmentList {
    /// The agency that is bound; any where nothing is said.
    pub agency: Option<AgencyId>,
    /// In which threads.
    pub within: Within,
    /// Those that stand so; all where nothing is said.
    pub state: Option<CommitmentState>,
}

impl CommitmentList {
    fn of<'a>(&self, scope: &'a Scope) -> CommitmentsOf<'a> {
        CommitmentsOf {
            agency: self.agency,
            scope,
            state: self.state,
            unsettled: self.within == Within::Desk,
        }
    }
}

impl Forum {
    /// Whether the viewer may commit the office now.
    pub fn may_commit(&self, viewer: &Viewer, thread: &Thread) -> bool {
        let stands = |state| domain::commitment::may_commit_in(state);
        thread.concern.is_some_and(|concern| stands(concern.state))
            && policy::decide(&viewer.actor, &Action::Commit(&thread.facts)).is_ok()
    }

    /// What the viewer may do now to a commitment in a thread that he sees.
    pub fn legal_acts(
        &self,
        viewer: &Viewer,
        facts: &ThreadFacts,
        commitment: &Commitment,
    ) -> Vec<CommitmentAct> {
        let may = |act: &CommitmentAct| {
            let doing = match act {
                CommitmentAct::Make | CommitmentAct::Lapse => return false,
                CommitmentAct::Report => Doing::Report(0),
                CommitmentAct::ReportDone => Doing::Report(DONE),
                CommitmentAct::Confirm => Doing::Confirm,
                CommitmentAct::Contest => Doing::Contest,
                CommitmentAct::DecideKept => Doing::Decide(Ruling::Kept),
                CommitmentAct::DecideNotKept => Doing::Decide(Ruling::NotKept),
                CommitmentAct::Postpone => {
                    if commitment.life.postponed >= self.settings.commitments.postponements {
                        return false;
                    }
                    Doing::Postpone(commitment.life.due_on)
                }
                CommitmentAct::Withdraw => Doing::Withdraw,
            };
            policy::decide(&viewer.actor, &action(doing, facts, commitment)).is_ok()
        };
        let mut acts = commitment.life.legal_acts(self.today());
        acts.retain(may);
        acts
    }

    /// The commitments of concerns that the viewer sees, the oldest first.
    pub async fn commitments(&self, threads: &[ThreadId]) -> Result<Vec<Commitment>, Error> {
        Ok(self.store.read().commitments(threads).await?)
    }

    /// One commitment, and what policy decides its thread by; `None` if there
    /// is none that the viewer may see. What is hidden costs as many statements
    /// as what is not there.
    pub async fn commitment(
        &self,
        viewer: &Viewer,
        id: CommitmentId,
    ) -> Result<Option<(Commitment, ThreadFacts)>, Error> {
        let read = self.store.read();
        let commitment = read.commitment(id).await?;
        let thread = commitment.as_ref().map_or(ThreadId(id.0), |one| one.thread);
        let facts = read.thread_facts(&viewer.actor, thread).await?;
        let Some((commitment, facts)) = commitment.zip(facts) else {
            return Ok(None);
        };
        if !sees(viewer, &facts) {
            return Ok(None);
        }
        self.note_openings(viewer, &[&facts], Opened::Thread)
            .await?;
        Ok(Some((commitment, facts)))
    }

    /// Commitments by their days.
    pub async fn commitments_of(
        &self,
        viewer: &Viewer,
        list: CommitmentList,
        slice: Slice<CommitmentPlace>,
    ) -> Result<Vec<(Commitment, ThreadFacts)>, Error> {
        may_list(viewer, list)?;
        let scope = list.within.scope(viewer);
        let read = self.store.read();
        let found = read
            .commitments_of(&viewer.actor, list.of(&scope), slice)
            .await?;
        // They tell of confidential concerns as their texts do.
        let facts: Vec<&ThreadFacts> = found.iter().map(|(_, facts)| facts).collect();
        self.note_openings(viewer, &facts, Opened::Thread).await?;
        Ok(found)
    }

    /// How many commitments such a list has.
    pub async fn commitment_count(
        &self,
        viewer: &Viewer,
        list: CommitmentList,
    ) -> Result<i64, Error> {
        may_list(viewer, list)?;
        let scope = list.within.scope(viewer);
        Ok(self.store.read().commitment_count(list.of(&scope)).await?)
    }

    /// The milestones of commitments in threads that the viewer sees.
    pub async fn milestones(&self, of: &[CommitmentId]) -> Result<Vec<Milestone>, Error> {
        Ok(self.store.read().milestones(of).await?)
    }

    /// What was done to commitments in threads that the viewer sees, the newest
    /// first.
    pub async fn commitment_steps(&self, of: &[CommitmentId]) -> Result<Vec<Step>, Error> {
        Ok(self.store.read().commitment_steps(of, STEPS_MAX).await?)
    }

    /// What is named as evidence of commitments in threads that the viewer sees.
    pub async fn evidence(&self, of: &[CommitmentId]) -> Result<Vec<Evidence>, Error> {
        Ok(self.store.read().evidence(of).await?)
    }
}

fn may_list(viewer: &Viewer, list: CommitmentList) -> Result<(), Error> {
    match list.within {
        Within::Public => Ok(()),
        Within::Desk => Ok(policy::decide(&viewer.actor, &Action::ViewDesk)?),
    }
}
