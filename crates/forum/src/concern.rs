//! A concern's life: the moves that sides make, and what they lead to.

mod ask;
mod bulk;
mod clock;
mod desk;
mod due;
mod refer;
mod retaliation;
mod review;
mod rule;
mod step;
mod timeline;

pub(crate) use clock::{Timed, due_by, lineage, wind};
pub(crate) use due::tell_office;
pub(crate) use step::{By, Said, Step};

use domain::concern::{Assignment, Concern, Move, State};
use domain::desk::WAITS_FOR_OFFICE;
use domain::event::EventKind;
use domain::id::{AgencyId, OfficeId, ThreadId};
use domain::policy::{self, Action};
use domain::text::Reason;
use domain::thread::Audience;
use storage::Tx;
use storage::thread::Thread;

use crate::error::Problems;
use crate::message::{AGENCIES, OFFICES};
use crate::once::{Once, Written};
use crate::thread::{call_desk, call_office, concern_of, tell, tell_persona};
use crate::{Error, Forum, Problem, Viewer};

pub use desk::{Blocker, DeskAct, MoveKind, Queue, of_agency, own_concerns};
pub use refer::ReferConcern;
pub use retaliation::{DecideRetaliation, ReportRetaliation, SeenReport};
pub use rule::{DeclareHoliday, Holiday, SetClockRule};

/// Why nothing is put before an agency.
const NOT_ANSWERING: &str = "this agency does not answer here yet, or has no office";

/// Before whom a concern is put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssignTo {
    /// An office.
    Office(OfficeId),
    /// An agency: its desk for the concern's region.
    Agency(AgencyId),
}

/// A move of the officer or the raiser, with what is said along with it, as
/// it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConcernAct {
    /// The office says that it has the concern.
    Acknowledge,
    /// The office begins.
    Start,
    /// The office asks the raiser this.
    RequestClarification(String),
    /// The raiser answers what was asked.
    Clarify(String),
    /// The raiser takes the concern back, and may say why.
    Withdraw(Option<String>),
}

impl ConcernAct {
    const fn operation(&self) -> &'static str {
        match self {
            Self::Acknowledge => "acknowledgeConcern",
            Self::Start => "startConcern",
            Self::RequestClarification(_) => "requestClarification",
            Self::Clarify(_) => "clarifyConcern",
            Self::Withdraw(_) => "withdrawConcern",
        }
    }

    /// What is said, and in which field of the input.
    fn said(&self) -> Option<(&'static str, &str)> {
        match self {
            Self::Acknowledge | Self::Start => None,
            Self::RequestClarification(question) => Some(("question", question)),
            Self::Clarify(answer) => Some(("answer", answer)),
            Self::Withdraw(reason) => reason.as_deref().map(|reason| ("reason", reason)),
        }
    }

    fn of(&self, concern: &Concern) -> Move {
        match self {
            Self::Acknowledge => Move::Acknowledge,
            Self::Start => Move::Start,
            Self::RequestClarification(_) => Move::RequestClarification,
            Self::Clarify(_) if concern.state == State::Dormant => Move::Reopen,
            Self::Clarify(_) => Move::Clarify,
            Self::Withdraw(_) => Move::Withdraw,
        }
    }
}

impl Forum {
    /// Puts a concern before an office.
    pub async fn assign_concern(
        &self,
        viewer: &Viewer,
        id: ThreadId,
        to: AssignTo,
        once: &Once,
    ) -> Result<Written<ThreadId>, Error> {
        let entry = self.new_entry_id();
        self.act(viewer, "assignConcern", once, id, id, async |tx, thread| {
            let concern = concern_of(&thread)?;
            let to = self.assignment(to, thread.region.as_deref())?;
            let mut facts = thread.facts.clone();
            facts.frozen = tx.frozen(id).await?;
            policy::decide(&viewer.actor, &Action::Assign(&facts, to.agency))?;
            let mv = match concern.state {
                State::Disputed | State::InReview => Move::Review(to),
                _ => Move::Assign(to),
            };
            // Whoever puts it before somebody is the moderator on it from then
            // on; nobody else of them needs to look.
            let on_it = viewer
                .speaks_as
                .filter(|_| facts.audience == Audience::Confidential && facts.claimed_by.is_none());
            if let Some(persona) = on_it {
                tx.save_claim(id, persona).await?;
                self.note_claim(&tx, viewer, &mut facts).await?;
            }
            let step = Step::new(entry, mv, By::Moderator(viewer.account));
            self.route_to(&tx, &thread, concern, step, to).await
        })
        .await
    }

    /// Puts a concern before an office by this step, and tells everyone.
    pub(crate) async fn route_to(
        &self,
        tx: &Tx,
        thread: &Thread,
        concern: Concern,
        step: Step,
        to: Assignment,
    ) -> Result<(), Error> {
        let (id, entry) = (thread.facts.id, step.id);
        let (concern, event) = step.make(tx, id, concern).await?;
        self.save_concern(tx, thread, &concern).await?;
        if thread.facts.wants_moderator {
            tx.set_wants_moderator(id, false).await?;
        }
        let object = Some(entry.into());
        tell(tx, &thread.facts, event, object);
        call_office(tx, to, id).await?;
        tell_persona(tx, thread.facts.raiser, id, event, object).await
    }

    /// The desk that is meant.
    fn assignment(&self, to: AssignTo, region: Option<&str>) -> Result<Assignment, Error> {
        let directory = self.directory();
        match to {
            AssignTo::Office(office) => {
                let office = directory
                    .office(office)
                    .filter(|office| !office.closed)
                    .ok_or_else(|| Error::at("office", Problem::Unknown(OFFICES)))?;
                // Nobody there could see or do anything.
                let agency = directory.agency(office.agency);
                if !agency.is_some_and(storage::directory::Agency::answers) {
                    return Err(Error::at("office", Problem::Invalid(NOT_ANSWERING)));
                }
                Ok(Assignment {
                    agency: office.agency,
                    office: Some(office.id),
                })
            }
            AssignTo::Agency(agency) => {
                directory
                    .agency(agency)
                    .ok_or_else(|| Error::at("agency", Problem::Unknown(AGENCIES)))?;
                self.desk_of(agency, region)
                    .ok_or_else(|| Error::at("agency", Problem::Invalid(NOT_ANSWERING)))
            }
        }
    }

    /// Makes a move of the officer or the raiser.
    pub async fn move_concern(
        &self,
        viewer: &Viewer,
        id: ThreadId,
        act: &ConcernAct,
        once: &Once,
    ) -> Result<Written<ThreadId>, Error> {
        let mut problems = Problems::default();
        let said = act.said();
        let screened = once.screen(said);
        let note = said.and_then(|(field, text)| problems.take(field, Reason::parse(text)));
        problems.none()?;
        let note = note.map(Reason::into_string);
        let entry = self.new_entry_id();
        self.act(viewer, act.operation(), once, id, id, async |tx, thread| {
            let facts = &thread.facts;
            let action = match act {
                ConcernAct::Acknowledge
                | ConcernAct::Start
                | ConcernAct::RequestClarification(_) => Action::Answer(facts),
                ConcernAct::Clarify(_) => Action::Judge(facts),
                ConcernAct::Withdraw(_) => Action::Withdraw(facts),
            };
            policy::decide(&viewer.actor, &action)?;
            screened.pass()?;
            let by = match act {
                ConcernAct::Clarify(_) | ConcernAct::Withdraw(_) => By::Raiser,
                _ => By::Office(signing(viewer, &thread)?),
            };
            let concern = concern_of(&thread)?;
            let step = Step::new(entry, act.of(&concern), by).saying(Said {
                note: note.clone(),
                ..Said::default()
            });
            let (concern, event) = step.make(&tx, id, concern).await?;
            // It stops the office's own clock.
            if matches!(act, ConcernAct::RequestClarification(_)) {
                tx.audit(viewer.audited(act.operation()).of(id));
            }
            self.save_move(&tx, &thread, &concern, event, step).await
        })
        .await
    }

    /// Saves a concern's next life and tells the thread and whoever did not
    /// make the move: the raiser, or the desk.
    pub(crate) async fn save_move(
        &self,
        tx: &Tx,
        thread: &Thread,
        concern: &Concern,
        event: EventKind,
        step: Step,
    ) -> Result<(), Error> {
        let id = thread.facts.id;
        self.save_concern(tx, thread, concern).await?;
        // It goes on, or is over.
        let goes_on = matches!(step.by, By::Office(_));
        let over = matches!(concern.state, State::Closed | State::Withdrawn);
        if thread.facts.wants_moderator && (goes_on || over) {
            tx.set_wants_moderator(id, false).await?;
        }
        if thread.facts.status.is_open() {
            tx.touch_thread(id).await?;
        }
        let object = Some(step.id.into());
        tell(tx, &thread.facts, event, object);
        match (step.by, concern.assignment) {
            (By::Office(_) | By::Moderator(_), _) | (_, None) => {}
            (By::Raiser | By::Forum, Some(to)) => {
                if WAITS_FOR_OFFICE.contains(&concern.state) {
                    call_office(tx, to, id).await?;
                } else {
                    // Nothing is expected of it, but its desk is another.
                    call_desk(tx, to, id);
                }
            }
        }
        if step.by != By::Raiser {
            tell_persona(tx, thread.facts.raiser, id, event, object).await?;
        }
        self.ask_for_verdict(tx, thread, concern, step.mv).await
    }
}

/// In whose name the viewer acts: the assigned office.
pub(crate) fn signing(viewer: &Viewer, thread: &Thread) -> Result<Assignment, Error> {
    let office = thread
        .facts
        .assigned_office
        .or_else(|| viewer.offices.first().copied())
        .ok_or(Error::Internal("an officer without office"))?;
    let agency = thread
        .facts
        .assigned_agency
        .or(viewer.agency)
        .ok_or(Error::Internal("an officer without agency"))?;
    Ok(Assignment {
        agency,
        office: Some(office),
    })
}
