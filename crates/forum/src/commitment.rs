//! What offices say that they will do, and what becomes of it.

mod act;
mod input;
mod lapse;
mod read;

pub(crate) use lapse::LAPSE;

use domain::commitment::{CommitmentAct, Life, may_commit_in};
use domain::concern::Assignment;
use domain::event::EventKind;
use domain::id::{CommitmentId, MoveId, ResponseId, ThreadId};
use domain::people::Language;
use domain::policy::{self, Action, Bound, Custodian, Custody};
use domain::timeline::{EntryKind, Side};
use storage::Tx;
use storage::commitment::{Commitment, NewCommitment, StepDetails};
use storage::concern::Entry;
use storage::job::NewJob;
use storage::thread::Thread;

use crate::concern::{signing, tell_office};
use crate::once::{Once, Written};
use crate::routing::desk;
use crate::thread::{call_desk, call_moderators, call_office, concern_of, tell, tell_persona};
use crate::{Error, Forum, Problem, Viewer};

pub use act::{CommitmentDeed, Ruling};
pub use input::Report;
pub use read::{CommitmentList, Within};

/// How commitments are set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommitmentSettings {
    /// How many offices make in one concern.
    pub per_concern: u32,
    /// How many milestones one has.
    pub milestones: u32,
    /// How often an office reports on one.
    pub reports: u32,
    /// How many pieces of evidence a report names.
    pub evidence: u32,
    /// How often an office names a later day.
    pub postponements: u32,
    /// How many days ahead its day lies at most.
    pub ahead_days: u32,
}

impl Default for CommitmentSettings {
    fn default() -> Self {
        Self {
            per_concern: 10,
            milestones: 10,
            reports: 50,
            evidence: 5,
            postponements: 3,
            ahead_days: 1_825,
        }
    }
}

/// What an office says that it will do, as it was typed.
#[derive(Debug, Clone)]
pub struct MakeCommitment {
    /// The concern.
    pub thread: ThreadId,
    /// What is to be done, in markdown.
    pub body: String,
    /// Its language.
    pub language: Option<Language>,
    /// By which day.
    pub due_on: chrono::NaiveDate,
    /// The steps on the way: what, and by which day.
    pub milestones: Vec<(String, chrono::NaiveDate)>,
    /// The response it goes with.
    pub response: Option<ResponseId>,
}

/// On whose part something is done to a commitment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// The concerned side's.
    Raiser,
    /// Of whoever is bound.
    Office(Assignment),
    /// Of whoever keeps the process.
    Custodian(Custodian),
    /// Time's.
    Forum,
}

impl Part {
    /// As the timeline names it.
    const fn side(self) -> (Side, Option<Assignment>) {
        match self {
            Self::Raiser => (Side::Raiser, None),
            Self::Office(office) | Self::Custodian(Custodian::Office(office)) => {
                (Side::Office, Some(office))
            }
            Self::Custodian(Custodian::Moderator) => (Side::Moderator, None),
            Self::Custodian(Custodian::Convenor) => (Side::Convenor, None),
            Self::Forum => (Side::Forum, None),
        }
    }
}

/// Something that was done to a commitment, as it is kept.
struct Kept<'a> {
    /// Its entry in the timeline, drawn outside.
    id: MoveId,
    commitment: CommitmentId,
    bound: Bound,
    act: CommitmentAct,
    part: Part,
    note: Option<&'a str>,
    details: StepDetails,
}

impl Forum {
    /// Commits the office that a concern is before to something.
    pub async fn make_commitment(
        &self,
        viewer: &Viewer,
        input: &MakeCommitment,
        once: &Once,
    ) -> Result<Written<CommitmentId>, Error> {
        let parsed = self.parse_commitment(input)?;
        let steps = input
            .milestones
            .iter()
            .map(|(text, _)| ("milestones", text.as_str()));
        let screened = once.screen([("statement", &*input.body)].into_iter().chain(steps));
        let language = input.language.or(viewer.language).unwrap_or(Language::En);
        let thread_id = input.thread;
        let id: CommitmentId = self.new_id();
        let step = self.new_entry_id();
        let work = async |tx: Tx, thread: Thread| {
            policy::decide(&viewer.actor, &Action::Commit(&thread.facts))?;
            screened.pass()?;
            let concern = concern_of(&thread)?;
            if !may_commit_in(concern.state) {
                let why = "an office commits itself once it has acknowledged the concern, and \
                           until that is withdrawn";
                return Err(Error::whole(Problem::Invalid(why)));
            }
            let max = self.settings.commitments.per_concern as usize;
            if tx.commitments(&[thread_id]).await?.len() >= max {
                return Err(Error::whole(Problem::TooMany { max }));
            }
            if let Some(response) = input.response {
                let found = tx.response(response).await?;
                if found.is_none_or(|one| one.thread != thread_id) {
                    return Err(Error::at("responseId", Problem::NotFound));
                }
            }
            let office = signing(viewer, &thread)?;
            let bound = Bound {
                agency: office.agency,
                office: office.office.ok_or(Error::Internal("no office"))?,
            };
            let persona = viewer.speaks_as.ok_or(Error::Internal("no persona"))?;
            tx.insert_commitment(&NewCommitment {
                id,
                thread: thread_id,
                persona,
                bound,
                response: input.response,
                body: parsed.body.clone(),
                language,
                due_on: input.due_on,
                milestones: parsed.milestones.clone(),
            })
            .await?;
            self.watch_day(&tx, id, thread_id, &Life::made(input.due_on))
                .await?;
            let kept = Kept {
                id: step,
                commitment: id,
                bound,
                act: CommitmentAct::Make,
                part: Part::Office(office),
                note: None,
                details: StepDetails {
                    persona: Some(persona),
                    due_on: Some(input.due_on),
                    ..StepDetails::default()
                },
            };
            self.keep_step(&tx, &thread, kept).await
        };
        self.act(viewer, "makeCommitment", once, thread_id, id, work)
            .await
    }

    /// Has it looked at when the day of a commitment is over, if anything is
    /// still to come of it.
    async fn watch_day(
        &self,
        tx: &Tx,
        id: CommitmentId,
        thread: ThreadId,
        life: &Life,
    ) -> Result<(), Error> {
        let once = format!("{LAPSE}:{}", id.0.simple());
        if life.stage.is_settled() || life.lapsed_at.is_some() {
            return Ok(tx.unschedule(&once).await?);
        }
        let calendar = self.calendar(&self.directory())?;
        tx.schedule(&NewJob {
            // A commitment has one such job: its own id serves.
            id: id.0,
            kind: LAPSE,
            once,
            payload: thread.0.simple().to_string(),
            run_at: calendar.end_of(life.due_on),
        })
        .await?;
        Ok(())
    }

    /// Saves a commitment's next life.
    async fn save_life(&self, tx: &Tx, commitment: &Commitment, life: &Life) -> Result<(), Error> {
        tx.save_commitment(commitment.id, life).await?;
        self.watch_day(tx, commitment.id, commitment.thread, life)
            .await
    }

    /// Adds what was done to the timeline of a concern whose row is locked, and
    /// tells the thread and whoever did not do it.
    async fn keep_step(&self, tx: &Tx, thread: &Thread, step: Kept<'_>) -> Result<(), Error> {
        let id = thread.facts.id;
        let (side, office) = step.part.side();
        tx.insert_entry(&Entry {
            id: step.id,
            thread: id,
            kind: EntryKind::Commitment(step.act),
            side,
            agency: office.map(|one| one.agency),
            office: office.and_then(|one| one.office),
            state: concern_of(thread)?.state,
            to: None,
            response: None,
            verdict: None,
            level: None,
            commitment: Some(step.commitment),
            note: step.note.map(str::to_owned),
            at: tx.now(),
        })
        .await?;
        tx.insert_step(step.id, step.commitment, &step.details)
            .await?;
        if thread.facts.status.is_open() {
            tx.touch_thread(id).await?;
        }
        let (event, object) = (step.act.event(), Some(step.id.into()));
        tell(tx, &thread.facts, event, object);
        if step.part != Part::Raiser {
            tell_persona(tx, thread.facts.raiser, id, event, object).await?;
        }
        let bound = Assignment {
            agency: step.bound.agency,
            office: Some(step.bound.office),
        };
        match step.part {
            Part::Office(_) => {}
            Part::Forum => {
                call_desk(tx, bound, id);
                tell_office(tx, bound.office, id, event).await?;
            }
            Part::Raiser | Part::Custodian(_) => call_office(tx, bound, id).await?,
        }
        // Somebody has to decide what is contested, and to see what lapsed.
        match step.act {
            CommitmentAct::Contest | CommitmentAct::Lapse => {
                self.call_custodian(tx, thread, step.bound).await
            }
            _ => Ok(()),
        }
    }

    /// Tells whoever keeps the process that something waits for him.
    async fn call_custodian(&self, tx: &Tx, thread: &Thread, bound: Bound) -> Result<(), Error> {
        let (id, event) = (thread.facts.id, EventKind::WorkArrived);
        match policy::custody(&thread.facts, bound.agency) {
            Custody::Forum => call_moderators(tx, id, event),
            Custody::Oversight(body) => {
                let directory = self.directory();
                if let Some(over) = desk(&directory, body, thread.region.as_deref()) {
                    call_office(tx, over, id).await?;
                }
            }
        }
        Ok(())
    }
}
