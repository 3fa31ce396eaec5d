//! What a text says that its author may not have meant to say.
//!
//! Every use case that lets others read what somebody wrote screens it: the
//! texts of threads and posts, answers and their drafts, what is said with a
//! move, a verdict or a commitment, and replies that came on paper. What is
//! sealed (case facts, what a client consented to, reports of retaliation) and
//! what moderators say to an author or each other (flags, reasons) is not: it is
//! there that such things belong.
//!
//! Nothing of what is found is kept: it goes back to whoever wrote it, as places
//! in his text, and into no log.

use domain::id::AgencyId;
use domain::screen::{personal_information, tells_of_danger};
use domain::text::{PostBody, TextError};
use storage::directory::Helpline;
use storage::thread::Thread;

use crate::error::UserProblem;
use crate::routing::complained_of;
use crate::thread::{EditThread, RaiseThread};
use crate::{Error, Forum, Once, Problem};

pub use domain::screen::{PersonalKind, Span};

/// What was found in the texts of an act, and not confirmed.
#[derive(Debug)]
#[must_use = "what was found is to be refused once the act is known to be new"]
pub(crate) struct Screened(Vec<UserProblem>);

impl Screened {
    /// Refuses the act if there is any. Asked inside the transaction, once the
    /// key is claimed and policy decided: an act that was done is answered the
    /// same again although more is found today, and one that is refused gives
    /// its key back.
    pub(crate) fn pass(&self) -> Result<(), Error> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(Error::Problems(self.0.clone()))
        }
    }
}

impl Once {
    /// Screens texts as they were sent, each with the field that it is of. Done
    /// outside the transaction, which others wait for.
    pub(crate) fn screen<'a>(
        &self,
        texts: impl IntoIterator<Item = (&'static str, &'a str)>,
    ) -> Screened {
        if self.confirmed {
            return Screened(Vec::new());
        }
        let found = texts.into_iter().filter_map(|(field, text)| {
            let spans = personal_information(text);
            (!spans.is_empty()).then(|| UserProblem {
                field: vec![field],
                problem: Problem::PersonalInformation(spans),
            })
        });
        Screened(found.collect())
    }
}

/// What a text says that its author may not have meant to say.
#[derive(Debug)]
pub struct TextCheck {
    /// The personal information in it.
    pub spans: Vec<Span>,
    /// Where to turn at once, if it tells of danger.
    pub helplines: Vec<Helpline>,
}

impl Forum {
    /// Looks at a text that nobody sent yet, for whoever types it.
    pub fn check_text(
        &self,
        text: &str,
        region: Option<&str>,
        about: Option<AgencyId>,
    ) -> Result<TextCheck, Error> {
        if text.chars().count() > PostBody::MAX {
            let max = PostBody::MAX;
            return Err(Error::at("text", Problem::Text(TextError::TooLong { max })));
        }
        Ok(TextCheck {
            spans: personal_information(text),
            helplines: self.helplines_for(text, region, about),
        })
    }

    /// Where whoever begins such a thread can turn at once.
    pub fn helplines_of(&self, of: &RaiseThread) -> Vec<Helpline> {
        let about = complained_of(&self.directory(), of.about_agency, of.about_office);
        let texts = [Some(&*of.title), Some(&*of.body), of.facts.as_deref()];
        self.helplines_for_any(texts, of.region.as_deref(), about)
    }

    /// Where whoever puts these texts into a thread of his can turn at once.
    pub fn helplines_of_edit(&self, of: &EditThread, thread: Option<&Thread>) -> Vec<Helpline> {
        let texts = [&of.title, &of.body, &of.facts].map(Option::as_deref);
        let region = thread.and_then(|thread| thread.region.as_deref());
        let about = thread.and_then(|thread| thread.facts.about_agency);
        self.helplines_for_any(texts, region, about)
    }

    fn helplines_for_any(
        &self,
        texts: [Option<&str>; 3],
        region: Option<&str>,
        about: Option<AgencyId>,
    ) -> Vec<Helpline> {
        let found = texts.into_iter().flatten();
        found
            .map(|text| self.helplines_for(text, region, about))
            .find(|found| !found.is_empty())
            .unwrap_or_default()
    }

    /// Where whoever wrote this can turn at once; empty if it tells of no
    /// danger. Those of the region and the nationwide ones, if a region is
    /// named, and never one of the agency that is complained of.
    pub fn helplines_for(
        &self,
        text: &str,
        region: Option<&str>,
        about: Option<AgencyId>,
    ) -> Vec<Helpline> {
        if !tells_of_danger(text) {
            return Vec::new();
        }
        let directory = self.directory();
        let about = about.and_then(|id| directory.agency(id));
        let serves = |line: &&Helpline| {
            let there =
                region.is_none_or(|region| line.region == NATIONAL || line.region == region);
            let theirs = about.is_some_and(|agency| line.agency.as_ref() == Some(&agency.code));
            there && !theirs
        };
        directory.helplines.iter().filter(serves).cloned().collect()
    }
}

/// The code of the region that is all of them.
const NATIONAL: &str = "NATIONAL";
