//! Answers that a second officer approves before they are published.

use domain::concern::{Move, OutcomeError};
use domain::id::{AgencyId, DraftId, ResponseId, ThreadId};
use domain::policy::{self, Action, Approval, ThreadFacts};
use domain::thread::Opened;
use storage::draft::Draft;
use storage::thread::Thread;

use super::Respond;
use crate::concern::signing;
use crate::once::{Once, Written, claimed};
use crate::thread::{call_desk, concern_of, sees};
use crate::{Error, Forum, Problem, Viewer};

/// As many drafts of one concern an officer may write.
const DRAFTS_MAX: u32 = 50;

impl Forum {
    /// Whether an agency's answers take a second officer.
    pub fn approval(&self, agency: Option<AgencyId>) -> Approval {
        let directory = self.directory();
        let agency = agency.and_then(|id| directory.agency(id));
        if agency.is_some_and(|agency| agency.one_officer) {
            Approval::Alone
        } else {
            Approval::SecondOfficer
        }
    }

    /// Whether the viewer may approve the draft that waits, if one does.
    pub fn may_approve(&self, viewer: &Viewer, thread: &Thread) -> bool {
        thread.concern.is_some_and(|concern| {
            let legal = concern.apply(Move::Answer, self.now()).is_ok();
            legal && policy::may_approve(&viewer.actor, &thread.facts, &concern).is_ok()
        })
    }

    /// Whether the viewer may write a draft now.
    pub fn may_draft(&self, viewer: &Viewer, thread: &Thread) -> bool {
        thread.concern.is_some_and(|concern| {
            let legal = concern.apply(Move::Answer, self.now()).is_ok();
            legal && policy::may_answer(&viewer.actor, &thread.facts, &concern).is_ok()
        })
    }

    /// Writes a draft of an answer, in the place of the one before. It is seen
    /// only inside the agency.
    pub async fn draft_response(
        &self,
        viewer: &Viewer,
        input: &Respond,
        once: &Once,
    ) -> Result<Written<DraftId>, Error> {
        let parsed = self.parse_answer(input, viewer)?;
        let screened = once.screen(input.texts());
        let thread_id = input.thread;
        let id: DraftId = self.new_id();
        self.act(
            viewer,
            "draftResponse",
            once,
            thread_id,
            id,
            async |tx, thread| {
                let concern = concern_of(&thread)?;
                policy::may_answer(&viewer.actor, &thread.facts, &concern)?;
                screened.pass()?;
                self.check_duplicate(&tx, viewer, thread_id, &parsed.outcome)
                    .await?;
                concern.apply(Move::Answer, tx.now())?;
                let writer = viewer.speaks_as.ok_or(Error::Internal("no persona"))?;
                let before = tx.newest_draft(thread_id).await?;
                if tx.drafts_by(thread_id, writer).await? >= i64::from(DRAFTS_MAX) {
                    let max = DRAFTS_MAX as usize;
                    return Err(Error::whole(Problem::TooMany { max }));
                }
                let office = signing(viewer, &thread)?;
                let new = parsed.signed(ResponseId(id.0), thread_id, viewer, office)?;
                tx.insert_draft(&new, before + 1).await?;
                call_desk(&tx, office, thread_id);
                Ok(())
            },
        )
        .await
    }

    /// Approves the newest draft of an answer, which publishes it: another
    /// officer of the agency than whoever wrote it does. Of two who do so at
    /// once, or of one and a newer draft, one is in time.
    pub async fn approve_response(
        &self,
        viewer: &Viewer,
        id: DraftId,
        once: &Once,
    ) -> Result<Written<ResponseId>, Error> {
        let response: ResponseId = self.new_id();
        let claim = self.claim(viewer, "approveResponse", once, response.0)?;
        self.store
            .write(self.now(), async |tx| {
                if let Some(before) = claimed(&tx, claim.as_ref()).await? {
                    return Ok(Written::Before(before));
                }
                let draft = tx.draft(id).await?;
                let thread_id = draft.as_ref().map_or(ThreadId(id.0), |one| one.thread);
                let found = tx.thread_for_update(&viewer.actor, thread_id).await?;
                let found = found.filter(|found| sees(viewer, &found.facts));
                let (Some(thread), Some(draft)) = (found, draft) else {
                    return Err(Error::not_found());
                };
                if !sees_draft(viewer, &thread.facts, &draft) {
                    return Err(Error::not_found());
                }
                let concern = concern_of(&thread)?;
                let newest = tx.newest_draft(thread_id).await?;
                if concern.drafted_by.is_none() || draft.number != newest {
                    let problem = Problem::Invalid("this draft waits for nobody any more");
                    return Err(Error::whole(problem));
                }
                policy::may_approve(&viewer.actor, &thread.facts, &concern)?;
                let today = self.today();
                if let Some(date) = draft.outcome_on.filter(|date| *date < today) {
                    let past = OutcomeError::Past { date, today };
                    return Err(Error::whole(Problem::Outcome(past)));
                }
                concern.apply(Move::Answer, tx.now())?;
                let office = signing(viewer, &thread)?;
                let signs = office.office.ok_or(Error::Internal("no office"))?;
                let approver = viewer.speaks_as.ok_or(Error::Internal("no persona"))?;
                tx.publish_draft(id, approver, response, signs).await?;
                self.answered(&tx, &thread, concern, office, response)
                    .await?;
                tx.audit(viewer.audited("approveResponse").of(response));
                Ok(Written::Now(response))
            })
            .await
    }

    /// The drafts of a concern, the newest first; `None` for whoever is not of
    /// the agency that answers.
    pub async fn drafts(
        &self,
        viewer: &Viewer,
        facts: &ThreadFacts,
    ) -> Result<Option<Vec<Draft>>, Error> {
        let (Ok(()), Some(agency)) = (
            policy::decide(&viewer.actor, &Action::ViewDrafts(facts)),
            facts.assigned_agency,
        ) else {
            return Ok(None);
        };
        let drafts = self.store.read().drafts(facts.id, agency, DRAFTS_MAX).await;
        Ok(Some(drafts?))
    }

    /// One draft, and what policy decides its thread by; `None` if there is
    /// none that the viewer may see.
    pub async fn draft(&self, viewer: &Viewer, id: DraftId) -> Result<Option<Draft>, Error> {
        let read = self.store.read();
        let draft = read.draft(id).await?;
        let thread = draft.as_ref().map_or(ThreadId(id.0), |draft| draft.thread);
        let facts = read.thread_facts(&viewer.actor, thread).await?;
        let Some((draft, facts)) = draft.zip(facts) else {
            return Ok(None);
        };
        if !sees_draft(viewer, &facts, &draft) {
            return Ok(None);
        }
        self.note_openings(viewer, &[&facts], Opened::Thread)
            .await?;
        Ok(Some(draft))
    }
}

fn sees_draft(viewer: &Viewer, facts: &ThreadFacts, draft: &Draft) -> bool {
    policy::decide(&viewer.actor, &Action::ViewDrafts(facts)).is_ok()
        && facts.assigned_agency == Some(draft.agency)
}
