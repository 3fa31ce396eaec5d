//! The official's answer, and the raiser's judgement of it.

mod draft;
mod read;

use domain::concern::{Assignment, Concern, Move, Outcome};
use domain::event::EventKind;
use domain::id::{ResponseId, ThreadId, VerdictId};
use domain::people::Language;
use domain::policy::{self, Action, Approval};
use domain::text::{Reason, ResponseBody};
use domain::thread::VerdictKind;
use storage::Tx;
use storage::answer::{NewResponse, NewVerdict};
use storage::thread::Thread;

use crate::concern::{By, Said, Step, signing};
use crate::error::Problems;
use crate::once::{Once, Written};
use crate::thread::concern_of;
use crate::{Error, Forum, Problem, Viewer};

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

impl Respond {
    /// The texts that are published, each with its field.
    fn texts(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let outcome = match &self.outcome {
            OutcomeInput::NoFurtherAction(text)
            | OutcomeInput::NotResponsible(text)
            | OutcomeInput::CannotDisclose(text) => Some(("outcome", text.as_str())),
            OutcomeInput::Resolved
            | OutcomeInput::PartiallyResolved
            | OutcomeInput::ActionPlanned(_)
            | OutcomeInput::Duplicate(_)
            | OutcomeInput::SubJudice(_) => None,
        };
        [("body", self.body.as_str())].into_iter().chain(outcome)
    }
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

/// An answer that can be given.
struct Parsed {
    body: String,
    language: Language,
    outcome: Outcome,
}

impl Parsed {
    /// The answer of an office.
    fn signed(
        &self,
        id: ResponseId,
        thread: ThreadId,
        viewer: &Viewer,
        office: Assignment,
    ) -> Result<NewResponse, Error> {
        Ok(NewResponse {
            id,
            thread,
            persona: viewer.speaks_as.ok_or(Error::Internal("no persona"))?,
            agency: office.agency,
            office: office.office.ok_or(Error::Internal("no office"))?,
            body: self.body.clone(),
            language: self.language,
            outcome: self.outcome.clone(),
        })
    }
}

impl Forum {
    /// Answers a concern, with an outcome, where the agency has one officer
    /// answer alone.
    pub async fn respond_to_concern(
        &self,
        viewer: &Viewer,
        input: &Respond,
        once: &Once,
    ) -> Result<Written<ResponseId>, Error> {
        let parsed = self.parse_answer(input, viewer)?;
        let screened = once.screen(input.texts());
        let thread_id = input.thread;
        let id: ResponseId = self.new_id();
        self.act(
            viewer,
            "respondToConcern",
            once,
            thread_id,
            id,
            async |tx, thread| {
                let concern = concern_of(&thread)?;
                policy::may_answer(&viewer.actor, &thread.facts, &concern)?;
                screened.pass()?;
                self.check_duplicate(&tx, viewer, thread_id, &parsed.outcome)
                    .await?;
                // An illegal move writes nothing.
                concern.apply(Move::Answer, tx.now())?;
                let office = signing(viewer, &thread)?;
                if self.approval(Some(office.agency)) == Approval::SecondOfficer {
                    return Err(Error::whole(Problem::SecondOfficerRequired));
                }
                let new = parsed.signed(id, thread_id, viewer, office)?;
                tx.insert_response(&new).await?;
                self.answered(&tx, &thread, concern, office, id).await
            },
        )
        .await
    }

    /// Makes the move by which a response that is written is given.
    async fn answered(
        &self,
        tx: &Tx,
        thread: &Thread,
        concern: Concern,
        office: Assignment,
        response: ResponseId,
    ) -> Result<(), Error> {
        let entry = uuid::Uuid::from(response).into();
        let step = Step::new(entry, Move::Answer, By::Office(office)).saying(Said {
            response: Some(response),
            ..Said::default()
        });
        let (concern, event) = step.make(tx, thread.facts.id, concern).await?;
        self.save_move(tx, thread, &concern, event, step).await
    }

    fn parse_answer(&self, input: &Respond, viewer: &Viewer) -> Result<Parsed, Error> {
        let mut problems = Problems::default();
        let body = problems.take("body", ResponseBody::parse(&input.body));
        let outcome = self.outcome(&input.outcome, &mut problems);
        problems.none()?;
        let (Some(body), Some(outcome)) = (body, outcome) else {
            return Err(Error::Internal("an outcome neither accepted nor refused"));
        };
        Ok(Parsed {
            body: body.into_string(),
            language: input.language.or(viewer.language).unwrap_or(Language::En),
            outcome,
        })
    }

    /// What a concern repeats is another one that its officer sees.
    async fn check_duplicate(
        &self,
        tx: &Tx,
        viewer: &Viewer,
        thread: ThreadId,
        outcome: &Outcome,
    ) -> Result<(), Error> {
        let Outcome::Duplicate { of } = *outcome else {
            return Ok(());
        };
        let other = tx.thread_facts(&viewer.actor, of).await?;
        let seen = other.is_some_and(|facts| crate::thread::sees(viewer, &facts));
        if !seen || of == thread {
            return Err(Error::at("outcome", Problem::NotFound));
        }
        Ok(())
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
    /// NOT_GRANTED disputes it, also after it was accepted: then somebody else
    /// is found who looks at it again.
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
        let comment_typed = input.comment.as_deref();
        let screened = once.screen(comment_typed.map(|text| ("comment", text)));
        let thread_id = input.thread;
        let id: VerdictId = self.new_id();
        let review = self.new_entry_id();
        self.act(
            viewer,
            "giveVerdict",
            once,
            thread_id,
            id,
            async |tx, thread| {
                policy::decide(&viewer.actor, &Action::Judge(&thread.facts))?;
                screened.pass()?;
                let concern = concern_of(&thread)?;
                let mv = match input.verdict {
                    VerdictKind::NotGranted => Move::Dispute,
                    VerdictKind::ReliefGranted | VerdictKind::Partial => Move::Accept,
                };
                concern.apply(mv, tx.now())?;
                let response = tx.newest_response(thread_id).await?;
                let response = response.ok_or(Error::Internal("an answer without response"))?;
                tx.put_verdict(&NewVerdict {
                    id,
                    thread: thread_id,
                    response: response.id,
                    persona: thread.facts.raiser,
                    kind: input.verdict,
                    comment: comment.clone(),
                })
                .await?;
                let entry = uuid::Uuid::from(id).into();
                let step = Step::new(entry, mv, By::Raiser).saying(Said {
                    note: comment.clone(),
                    verdict: Some(input.verdict),
                    ..Said::default()
                });
                let (concern, _) = step.make(&tx, thread_id, concern).await?;
                let event = EventKind::VerdictGiven;
                self.save_move(&tx, &thread, &concern, event, step).await?;
                if mv == Move::Dispute {
                    self.route_dispute(&tx, &thread, concern, review).await?;
                }
                Ok(())
            },
        )
        .await
    }
}
