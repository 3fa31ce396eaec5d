//! Sending a concern on to another office.

use domain::concern::Move;
use domain::id::ThreadId;
use domain::policy::{self, Action};
use domain::text::Reason;

use super::{AssignTo, By, Said, Step, signing};
use crate::error::Problems;
use crate::once::{Once, Written};
use crate::thread::concern_of;
use crate::{Error, Forum, Problem, Viewer};

/// A concern that is sent on, as it was typed.
#[derive(Debug, Clone)]
pub struct ReferConcern {
    /// The concern.
    pub thread: ThreadId,
    /// To whom.
    pub to: AssignTo,
    /// Why: for the raiser, and for whoever has it next.
    pub reason: String,
}

impl Forum {
    /// Sends a concern on to another office that answers here, so often and
    /// no more: then a moderator looks who is responsible.
    pub async fn refer_concern(
        &self,
        viewer: &Viewer,
        input: &ReferConcern,
        once: &Once,
    ) -> Result<Written<ThreadId>, Error> {
        let mut problems = Problems::default();
        let reason = problems.take("reason", Reason::parse(&input.reason));
        problems.none()?;
        let reason = reason.map(Reason::into_string);
        let screened = once.screen([("reason", input.reason.as_str())]);
        let (id, entry) = (input.thread, self.new_entry_id());
        let max = self.settings.referrals_max;
        self.act(viewer, "referConcern", once, id, id, async |tx, thread| {
            let facts = &thread.facts;
            // Whoever may not answer is not told which offices there are.
            policy::decide(&viewer.actor, &Action::Answer(facts))?;
            screened.pass()?;
            let concern = concern_of(&thread)?;
            let to = self.assignment(input.to, thread.region.as_deref())?;
            // That retaliation was reported of an agency is not told.
            if tx.frozen(id).await?.contains(&to.agency) {
                return Err(Error::whole(Problem::Invalid(super::NOT_ANSWERING)));
            }
            policy::decide(&viewer.actor, &Action::Refer(facts, to.agency))?;
            if concern.assignment == Some(to) {
                let problem = Problem::Invalid("the concern is before this office already");
                return Err(Error::whole(problem));
            }
            let by = By::Office(signing(viewer, &thread)?);
            let step = Step::new(entry, Move::Refer(to), by).saying(Said {
                note: reason.clone(),
                ..Said::default()
            });
            // A move that is illegal in any case is called so.
            concern.apply(step.mv, tx.now())?;
            if u32::from(concern.referrals) >= max {
                return Err(Error::whole(Problem::ReferredTooOften { max }));
            }
            tx.audit(viewer.audited("referConcern").of(id));
            self.route_to(&tx, &thread, concern, step, to).await
        })
        .await
    }
}
