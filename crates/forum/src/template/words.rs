//! What the blanks of a template are filled with.

use domain::clock::Expected;
use domain::concern::State;
use domain::people::Language;
use domain::template::{Placeholder, fill};
use storage::directory::Name;
use storage::thread::Thread;

use crate::message::urdu_state;
use crate::{Error, Forum};

impl Forum {
    /// A text of a template, filled from a concern. Whoever may see the concern
    /// sees everything that is put in: nothing of whoever raised it.
    pub(super) fn fill_words(
        &self,
        text: &str,
        thread: &Thread,
        language: Language,
    ) -> Result<String, Error> {
        let directory = self.directory();
        let facts = &thread.facts;
        let name = |of: &Name| match language {
            Language::En => of.en.clone(),
            Language::Ur => of.ur.clone(),
        };
        let day = |at: chrono::DateTime<chrono::Utc>| {
            at.with_timezone(&self.settings.zone)
                .date_naive()
                .to_string()
        };
        let clock = self.clock_of(thread)?;
        let due = clock.filter(|clock| clock.runs_for.expects() != Expected::Raiser);
        let region = thread.region.as_deref();
        let category = thread.category.as_deref();
        Ok(fill(text, |placeholder| match placeholder {
            Placeholder::Number => Some(thread.reference.clone()),
            Placeholder::Title => Some(thread.title.clone()),
            Placeholder::Agency => {
                let agency = directory.agency(facts.assigned_agency?)?;
                Some(name(&agency.name))
            }
            Placeholder::Office => {
                let office = directory.office(facts.assigned_office?)?;
                Some(name(&office.name))
            }
            Placeholder::Category => Some(name(&directory.category(category?)?.name)),
            Placeholder::Region => Some(name(&directory.region(region?)?.name)),
            Placeholder::RaisedOn => Some(day(thread.created_at)),
            Placeholder::AcknowledgedOn => thread.concern?.acknowledged_at.map(day),
            Placeholder::DueOn => due.as_ref().map(|clock| clock.due_on.to_string()),
            Placeholder::State => Some(state(thread.concern?.state, language).to_owned()),
            Placeholder::Today => Some(self.today().to_string()),
            Placeholder::Forum => directory.forum.as_ref().map(|one| one.name.clone()),
        }))
    }
}

/// Where a concern stands, in words that follow "the concern …".
const fn state(state: State, language: Language) -> &'static str {
    if matches!(language, Language::Ur) {
        return urdu_state(state);
    }
    match state {
        State::Submitted => "waits for a moderator",
        State::Returned => "was given back",
        State::Open => "is open",
        State::Assigned => "is before an office",
        State::Acknowledged => "was received by the office",
        State::InProgress => "is being worked on",
        State::ClarificationRequested => "waits for what was asked",
        State::Dormant => "rests, because nothing was said",
        State::Answered => "was answered",
        State::Closed => "is closed",
        State::Disputed => "is disputed",
        State::InReview => "is looked at again",
        State::Withdrawn => "was withdrawn",
    }
}
