//! Letters on paper to agencies that do not answer here.
//!
//! The forum makes the text; whoever prints it sends it. A moderator records
//! that it went and what came back. No clock runs, and the concern stays where
//! it is: nobody is counted who never said that he answers here.

mod words;

use chrono::NaiveDate;
use domain::event::EventKind;
use domain::id::{AgencyId, LetterId, ThreadId};
use domain::letter::LetterKind;
use domain::people::Language;
use domain::policy::{self, Action, Denial, Refusal, ThreadFacts};
use domain::text::ResponseBody;
use domain::thread::{Audience, Opened};
use storage::Tx;
use storage::directory::Agency;
use storage::letter::{Letter, NewLetter, PaperReply};
use storage::thread::Thread;

use crate::error::Problems;
use crate::message::AGENCIES;
use crate::once::{Once, Written, claimed};
use crate::thread::{sees, tell, tell_persona};
use crate::{Error, Forum, Problem, Viewer};

pub use words::joining;

/// To whom a letter goes, and how it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct To {
    /// The agency.
    pub agency: AgencyId,
    /// What goes to it.
    pub kind: LetterKind,
    /// In which language.
    pub language: Language,
}

/// A letter that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordDispatch {
    /// The concern.
    pub thread: ThreadId,
    /// The agency.
    pub agency: AgencyId,
    /// What went to it.
    pub kind: LetterKind,
    /// On which day.
    pub sent_on: NaiveDate,
}

/// A reply on paper, as it was typed.
#[derive(Debug, Clone)]
pub struct RecordPaperReply {
    /// The letter.
    pub letter: LetterId,
    /// The day on which it came.
    pub received_on: NaiveDate,
    /// What it says, in markdown.
    pub body: String,
}

impl Forum {
    /// The letter to an agency, as plain text; `None` for whoever may not have
    /// it made.
    pub async fn letter(
        &self,
        viewer: &Viewer,
        thread: &Thread,
        to: To,
    ) -> Result<Option<String>, Error> {
        let mut facts = thread.facts.clone();
        facts.frozen = self.store.read().frozen(facts.id).await?;
        match policy::decide(&viewer.actor, &Action::WriteLetter(&facts, to.agency)) {
            Ok(()) => {}
            // Whoever writes letters is told why not this one.
            Err(refusal @ Refusal::Denied(Denial::ConflictOfInterest)) => {
                return Err(refusal.into());
            }
            Err(_) => return Ok(None),
        }
        let directory = self.directory();
        let agency = unanswering(directory.agency(to.agency))?;
        let category = thread.category.as_deref();
        let region = thread.region.as_deref();
        let public = policy::is_public(facts.audience, facts.status);
        Ok(Some(words::letter(
            &words::Letter {
                kind: to.kind,
                day: self.today(),
                agency,
                reference: &thread.reference,
                category: category
                    .and_then(|code| directory.category(code))
                    .map(|one| &one.name),
                region: region
                    .and_then(|code| directory.region(code))
                    .map(|one| &one.name),
                text: public.then_some((&*thread.title, &*thread.body)),
                forum: directory.forum.as_ref().map_or("", |one| &one.name),
                place: self.settings.public_url.as_deref(),
            },
            to.language,
        )))
    }

    /// Records that a letter was sent.
    pub async fn record_dispatch(
        &self,
        viewer: &Viewer,
        input: &RecordDispatch,
        once: &Once,
    ) -> Result<Written<LetterId>, Error> {
        let mut problems = Problems::default();
        self.not_ahead(input.sent_on, "sentOn", &mut problems);
        problems.none()?;
        let thread_id = input.thread;
        let id: LetterId = self.new_id();
        let work = async |tx: Tx, thread: Thread| {
            policy::decide(&viewer.actor, &Action::RecordLetter(&thread.facts))?;
            let mut facts = thread.facts.clone();
            facts.frozen = tx.frozen(thread_id).await?;
            policy::decide(&viewer.actor, &Action::WriteLetter(&facts, input.agency))?;
            unanswering(self.directory().agency(input.agency))?;
            let raised = thread.created_at.with_timezone(&self.settings.zone);
            if input.sent_on < raised.date_naive() {
                let why = "a letter is no older than its concern";
                return Err(Error::at("sentOn", Problem::Invalid(why)));
            }
            let max = self.settings.letters_per_concern as usize;
            if tx.letters(&[thread_id]).await?.len() >= max {
                return Err(Error::whole(Problem::TooMany { max }));
            }
            tx.insert_letter(&NewLetter {
                id,
                thread: thread_id,
                agency: input.agency,
                kind: input.kind,
                sent_on: input.sent_on,
                persona: viewer.speaks_as.ok_or(Error::Internal("no persona"))?,
            })
            .await?;
            let audited = viewer.audited("recordDispatch").of(id);
            let exact = thread.facts.audience == Audience::Public;
            tx.audit(audited.saying(input.kind.code()).on_day(!exact));
            tell_of(&tx, &thread, id).await
        };
        self.act(viewer, "recordDispatch", once, thread_id, id, work)
            .await
    }

    /// Records what came back on paper.
    pub async fn record_paper_reply(
        &self,
        viewer: &Viewer,
        input: &RecordPaperReply,
        once: &Once,
    ) -> Result<Written<LetterId>, Error> {
        let mut problems = Problems::default();
        let body = problems.take("body", ResponseBody::parse(&input.body));
        self.not_ahead(input.received_on, "receivedOn", &mut problems);
        problems.none()?;
        let body = body.ok_or(Error::Internal("a text neither accepted nor refused"))?;
        let screened = once.screen([("body", input.body.as_str())]);
        let id = input.letter;
        let claim = self.claim(viewer, "recordPaperReply", once, id.into())?;
        self.store
            .write(self.now(), async |tx| {
                if let Some(before) = claimed(&tx, claim.as_ref()).await? {
                    return Ok(Written::Before(before));
                }
                let of = tx.letter(id).await?.map(|one| one.thread);
                let thread = of.unwrap_or(ThreadId(id.0));
                let found = tx.thread_for_update(&viewer.actor, thread).await?;
                let found = found.filter(|found| sees(viewer, &found.facts));
                let Some(thread) = found.filter(|_| of.is_some()) else {
                    return Err(Error::not_found());
                };
                policy::decide(&viewer.actor, &Action::RecordLetter(&thread.facts))?;
                screened.pass()?;
                // It is as it is now that the concern is held.
                let letter = tx.letter(id).await?.ok_or_else(Error::not_found)?;
                if letter.reply_on.is_some() {
                    let why = "the reply to this letter was recorded already";
                    return Err(Error::whole(Problem::Invalid(why)));
                }
                if input.received_on < letter.sent_on {
                    let why = "a reply comes on the day of its letter or later";
                    return Err(Error::at("receivedOn", Problem::Invalid(why)));
                }
                tx.save_paper_reply(PaperReply {
                    letter: id,
                    received_on: input.received_on,
                    body: body.as_str(),
                    persona: viewer.speaks_as.ok_or(Error::Internal("no persona"))?,
                })
                .await?;
                let audited = viewer.audited("recordPaperReply").of(id);
                let exact = thread.facts.audience == Audience::Public;
                tx.audit(audited.on_day(!exact));
                tell_of(&tx, &thread, id).await?;
                Ok(Written::Now(id))
            })
            .await
    }

    /// The letters about concerns that the viewer sees, the oldest first.
    pub async fn letters(&self, threads: &[ThreadId]) -> Result<Vec<Letter>, Error> {
        Ok(self.store.read().letters(threads).await?)
    }

    /// One letter; `None` if there is none that the viewer may see. What is
    /// hidden costs as many statements as what is not there.
    pub async fn recorded_letter(
        &self,
        viewer: &Viewer,
        id: LetterId,
    ) -> Result<Option<Letter>, Error> {
        let read = self.store.read();
        let letter = read.letter(id).await?;
        let thread = letter.as_ref().map_or(ThreadId(id.0), |one| one.thread);
        let facts = read.thread_facts(&viewer.actor, thread).await?;
        let seen = |(_, facts): &(Letter, ThreadFacts)| sees(viewer, facts);
        let Some((letter, facts)) = letter.zip(facts).filter(seen) else {
            return Ok(None);
        };
        self.note_openings(viewer, &[&facts], Opened::Thread)
            .await?;
        Ok(Some(letter))
    }

    /// A day on which something happened: none that is still to come.
    fn not_ahead(&self, day: NaiveDate, field: &'static str, problems: &mut Problems) {
        let today = self.today();
        problems.require(day <= today, field, Problem::TooFar(today));
    }
}

/// An agency that is written to. One that answers here has a desk instead.
fn unanswering(agency: Option<&Agency>) -> Result<&Agency, Error> {
    let agency = agency.ok_or_else(|| Error::at("agency", Problem::Unknown(AGENCIES)))?;
    if agency.answers() {
        let why = "this agency answers here: put the concern before it";
        return Err(Error::at("agency", Problem::Invalid(why)));
    }
    Ok(agency)
}

/// Tells the thread and its raiser that a letter was recorded.
async fn tell_of(tx: &Tx, thread: &Thread, letter: LetterId) -> Result<(), Error> {
    let (id, event, object) = (
        thread.facts.id,
        EventKind::ConcernMoved,
        Some(letter.into()),
    );
    if thread.facts.status.is_open() {
        tx.touch_thread(id).await?;
    }
    tell(tx, &thread.facts, event, object);
    tell_persona(tx, thread.facts.raiser, id, event, object).await
}
