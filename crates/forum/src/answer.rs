//! The official's answer, and the raiser's judgement of it.

mod read;

use domain::concern::{Assignment, Concern, Move, Outcome, State};
use domain::event::EventKind;
use domain::id::{AgencyId, OfficeId, ResponseId, ThreadId, VerdictId};
use domain::people::Language;
use domain::policy::{self, Action};
use domain::text::{Reason, ResponseBody};
use domain::thread::VerdictKind;
use storage::Tx;
use storage::answer::{NewResponse, NewVerdict};
use storage::thread::Thread;

use crate::error::Problems;
use crate::message::{AGENCIES, OFFICES};
use crate::once::{Once, Written};
use crate::thread::{call_desk, concern_of, tell, tell_persona};
use crate::{Error, Forum, Problem, Viewer};

/// Before whom a concern is put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssignTo {
    /// An office.
    Office(OfficeId),
    /// An agency: its desk for the concern's region.
    Agency(AgencyId),
}

/// An office's answer, as it was typed.
#[derive(Debug, Clone)]
pub struct Respond {
    /// The concern.
    pub thread: ThreadId,
    /// The text, in markdown.
    pub body: String,
    /// Its language.
    pub language: Option<Language>,
    /// What came of the concern.
    pub outcome: OutcomeInput,
}

/// An outcome, as it was typed.
#[derive(Debug, Clone)]
pub enum OutcomeInput {
    /// What was wrong is right.
    Resolved,
    /// Some of it is.
    PartiallyResolved,
    /// Something will be done by a date.
    ActionPlanned(chrono::NaiveDate),
    /// Nothing more will be done, and why.
    NoFurtherAction(String),
    /// Another body is responsible, and which.
    NotResponsible(String),
    /// It repeats another concern.
    Duplicate(ThreadId),
    /// The law forbids to say, and which.
    CannotDisclose(String),
    /// A court has it; when the office looks again.
    SubJudice(chrono::NaiveDate),
}

/// What the raiser makes of the newest response, as it was typed.
#[derive(Debug, Clone)]
pub struct GiveVerdict {
    /// The concern.
    pub thread: ThreadId,
    /// The judgement. NOT_GRANTED disputes the answer.
    pub verdict: VerdictKind,
    /// In the raiser's words.
    pub comment: Option<String>,
}

/// A move of the officer or raiser that carries nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlainMove {
    /// The office says that it has the concern.
    Acknowledge,
    /// The office begins.
    Start,
    /// The office asks the raiser; the question is a post.
    RequestClarification,
    /// The raiser says; the answer is a post.
    Clarify,
    /// The raiser takes the concern back.
    Withdraw,
}

/// Who makes a move: the other side is told of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Maker {
    Officer,
    Raiser,
}

impl PlainMove {
    const fn operation(self) -> &'static str {
        match self {
            Self::Acknowledge => "acknowledgeConcern",
            Self::Start => "startConcern",
            Self::RequestClarification => "requestClarification",
            Self::Clarify => "clarifyConcern",
            Self::Withdraw => "withdrawConcern",
        }
    }

    const fn maker(self) -> Maker {
        match self {
            Self::Acknowledge | Self::Start | Self::RequestClarification => Maker::Officer,
            Self::Clarify | Self::Withdraw => Maker::Raiser,
        }
    }

    fn of(self, concern: &Concern) -> Move {
        match self {
            Self::Acknowledge => Move::Acknowledge,
            Self::Start => Move::Start,
            Self::RequestClarification => Move::RequestClarification,
            Self::Clarify if concern.state == State::Dormant => Move::Reopen,
            Self::Clarify => Move::Clarify,
            Self::Withdraw => Move::Withdraw,
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
        self.act(viewer, "assignConcern", once, id, id, async |tx, thread| {
            let concern = concern_of(&thread)?;
            let to = self.assignment(to, &thread)?;
            policy::decide(&viewer.actor, &Action::Assign(&thread.facts, to.agency))?;
            let mv = if concern.state == State::Disputed {
                Move::Review(to)
            } else {
                Move::Assign(to)
            };
            let (concern, event) = concern.apply(mv, tx.now())?;
            tx.save_concern(id, &concern, self.due_on(&concern)?)
                .await?;
            tell(&tx, &thread.facts, event, None);
            call_desk(&tx, to, id);
            tell_persona(&tx, thread.facts.raiser, id, event, None).await?;
            Ok(())
        })
        .await
    }

    fn assignment(&self, to: AssignTo, thread: &Thread) -> Result<Assignment, Error> {
        let directory = self.directory();
        match to {
            AssignTo::Office(office) => {
                let office = directory
                    .office(office)
                    .filter(|office| !office.closed)
                    .ok_or_else(|| Error::at("office", Problem::Unknown(OFFICES)))?;
                Ok(Assignment {
                    agency: office.agency,
                    office: Some(office.id),
                })
            }
            AssignTo::Agency(agency) => {
                directory
                    .agency(agency)
                    .ok_or_else(|| Error::at("agency", Problem::Unknown(AGENCIES)))?;
                self.desk_of(agency, thread.region.as_deref())
                    .ok_or_else(|| {
                        Error::at(
                            "agency",
                            Problem::Invalid(
                                "this agency does not answer here yet, or has no office",
                            ),
                        )
                    })
            }
        }
    }

    /// Makes a move that carries nothing.
    pub async fn move_concern(
        &self,
        viewer: &Viewer,
        id: ThreadId,
        mv: PlainMove,
        once: &Once,
    ) -> Result<Written<ThreadId>, Error> {
        self.act(viewer, mv.operation(), once, id, id, async |tx, thread| {
            let action = match mv {
                PlainMove::Acknowledge | PlainMove::Start | PlainMove::RequestClarification => {
                    Action::Answer(&thread.facts)
                }
                PlainMove::Clarify => Action::Judge(&thread.facts),
                PlainMove::Withdraw => Action::Withdraw(&thread.facts),
            };
            policy::decide(&viewer.actor, &action)?;
            let concern = concern_of(&thread)?;
            let (concern, event) = concern.apply(mv.of(&concern), tx.now())?;
            self.save_move(&tx, &thread, &concern, event, None, mv.maker())
                .await?;
            Ok(())
        })
        .await
    }

    /// Answers a concern, with an outcome.
    pub async fn respond_to_concern(
        &self,
        viewer: &Viewer,
        input: &Respond,
        once: &Once,
    ) -> Result<Written<ResponseId>, Error> {
        let mut problems = Problems::default();
        let body = problems.take("body", ResponseBody::parse(&input.body));
        let outcome = self.outcome(&input.outcome, &mut problems);
        problems.none()?;
        let (Some(body), Some(outcome)) = (body, outcome) else {
            return Err(Error::Internal("an outcome neither accepted nor refused"));
        };
        let (body, outcome) = (body.into_string(), outcome);
        let thread_id = input.thread;
        let id: ResponseId = self.new_id();
        self.act(
            viewer,
            "respondToConcern",
            once,
            thread_id,
            id,
            async |tx, thread| {
                policy::decide(&viewer.actor, &Action::Answer(&thread.facts))?;
                if let Outcome::Duplicate { of } = outcome {
                    let other = tx.thread_facts(&viewer.actor, of).await?;
                    let seen = other.is_some_and(|facts| crate::thread::sees(viewer, &facts));
                    if !seen || of == thread_id {
                        return Err(Error::at("outcome", Problem::NotFound));
                    }
                }
                let concern = concern_of(&thread)?;
                let (concern, event) = concern.apply(Move::Answer, tx.now())?;
                let (agency, office) = signing(viewer, &thread)?;
                tx.insert_response(&NewResponse {
                    id,
                    thread: thread_id,
                    persona: viewer.speaks_as.ok_or(Error::Internal("no persona"))?,
                    agency,
                    office,
                    body: body.clone(),
                    language: input.language.or(viewer.language).unwrap_or(Language::En),
                    outcome: outcome.clone(),
                })
                .await?;
                self.save_move(
                    &tx,
                    &thread,
                    &concern,
                    event,
                    Some(id.into()),
                    Maker::Officer,
                )
                .await?;
                Ok(())
            },
        )
        .await
    }

    fn outcome(&self, input: &OutcomeInput, problems: &mut Problems) -> Option<Outcome> {
        let mut words = |text: &str| problems.take("outcome", Reason::parse(text));
        let outcome = match input {
            OutcomeInput::Resolved => Outcome::Resolved,
            OutcomeInput::PartiallyResolved => Outcome::PartiallyResolved,
            OutcomeInput::ActionPlanned(date) => Outcome::ActionPlanned { date: *date },
            OutcomeInput::NoFurtherAction(text) => Outcome::NoFurtherAction {
                reason: words(text)?,
            },
            OutcomeInput::NotResponsible(text) => Outcome::NotResponsible {
                responsible: words(text)?,
            },
            OutcomeInput::Duplicate(of) => Outcome::Duplicate { of: *of },
            OutcomeInput::CannotDisclose(text) => Outcome::CannotDisclose {
                legal_basis: words(text)?,
            },
            OutcomeInput::SubJudice(review_on) => Outcome::SubJudice {
                review_on: *review_on,
            },
        };
        match outcome.check(self.today()) {
            Ok(()) => Some(outcome),
            Err(error) => {
                problems.add("outcome", Problem::Outcome(error));
                None
            }
        }
    }

    /// Judges the newest response. RELIEF_GRANTED and PARTIAL accept it,
    /// NOT_GRANTED disputes it.
    pub async fn give_verdict(
        &self,
        viewer: &Viewer,
        input: &GiveVerdict,
        once: &Once,
    ) -> Result<Written<VerdictId>, Error> {
        let mut problems = Problems::default();
        let comment = input
            .comment
            .as_deref()
            .and_then(|text| problems.take("comment", Reason::parse(text)))
            .map(Reason::into_string);
        problems.none()?;
        let thread_id = input.thread;
        let id: VerdictId = self.new_id();
        self.act(
            viewer,
            "giveVerdict",
            once,
            thread_id,
            id,
            async |tx, thread| {
                policy::decide(&viewer.actor, &Action::Judge(&thread.facts))?;
                let concern = concern_of(&thread)?;
                let mv = match input.verdict {
                    VerdictKind::NotGranted => Move::Dispute,
                    VerdictKind::ReliefGranted | VerdictKind::Partial => Move::Accept,
                };
                let (concern, _) = concern.apply(mv, tx.now())?;
                let response = tx.newest_response(thread_id).await?;
                let response = response.ok_or(Error::Internal("an answer without response"))?;
                if response.verdict.is_some() {
                    return Err(Error::whole(Problem::Taken));
                }
                tx.insert_verdict(&NewVerdict {
                    id,
                    thread: thread_id,
                    response: response.id,
                    persona: thread.facts.raiser,
                    kind: input.verdict,
                    comment: comment.clone(),
                })
                .await?;
                let event = EventKind::VerdictGiven;
                self.save_move(
                    &tx,
                    &thread,
                    &concern,
                    event,
                    Some(id.into()),
                    Maker::Raiser,
                )
                .await?;
                Ok(())
            },
        )
        .await
    }

    /// Saves a concern's next life and tells the thread and whoever did not
    /// make the move: the raiser, or the desk.
    async fn save_move(
        &self,
        tx: &Tx,
        thread: &Thread,
        concern: &Concern,
        event: EventKind,
        object: Option<uuid::Uuid>,
        maker: Maker,
    ) -> Result<(), Error> {
        let id = thread.facts.id;
        tx.save_concern(id, concern, self.due_on(concern)?).await?;
        if thread.facts.status.is_open() {
            tx.touch_thread(id).await?;
        }
        tell(tx, &thread.facts, event, object);
        match (maker, concern.assignment) {
            (Maker::Officer, _) => {
                tell_persona(tx, thread.facts.raiser, id, event, object).await?;
            }
            (Maker::Raiser, Some(to)) => call_desk(tx, to, id),
            (Maker::Raiser, None) => {}
        }
        Ok(())
    }
}

/// In whose name the viewer answers: the assigned office.
fn signing(viewer: &Viewer, thread: &Thread) -> Result<(AgencyId, OfficeId), Error> {
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
    Ok((agency, office))
}
