//! What is typed of a commitment, and what of it can be accepted.

use chrono::{Days, NaiveDate};
use domain::commitment::DONE;
use domain::text::{CommitmentText, Reason, StepText};
use url::Url;

use super::MakeCommitment;
use crate::error::Problems;
use crate::{Error, Forum, Problem};

/// As many bytes an address of evidence has.
const URL_MAX: usize = 2_048;

/// A commitment that can be made.
pub(super) struct Parsed {
    pub(super) body: String,
    pub(super) milestones: Vec<(String, NaiveDate)>,
}

/// What an office says of how far it is, as it was typed.
#[derive(Debug, Clone)]
pub struct Report {
    /// What was done.
    pub note: String,
    /// How far it is, in percent.
    pub percent: i32,
    /// The milestone that is reached.
    pub milestone: Option<i64>,
    /// Where it can be seen: address, and what it shows.
    pub evidence: Vec<(String, String)>,
}

/// A report that can be given.
pub(super) struct ParsedReport {
    pub(super) note: String,
    pub(super) percent: u8,
    pub(super) evidence: Vec<(String, String)>,
}

impl Forum {
    /// The last day on which something can be due.
    fn farthest(&self) -> NaiveDate {
        let days = Days::new(self.settings.commitments.ahead_days.into());
        let last = self.today().checked_add_days(days);
        last.unwrap_or(NaiveDate::MAX)
    }

    /// A day on which a commitment can be due: today is early enough.
    pub(super) fn due_day(&self, day: NaiveDate, field: &'static str, problems: &mut Problems) {
        let (today, last) = (self.today(), self.farthest());
        let before = today.pred_opt().unwrap_or(today);
        problems.require(day >= today, field, Problem::NotAhead(before));
        problems.require(day <= last, field, Problem::TooFar(last));
    }

    pub(super) fn parse_commitment(&self, input: &MakeCommitment) -> Result<Parsed, Error> {
        let mut problems = Problems::default();
        let body = problems.take("statement", CommitmentText::parse(&input.body));
        self.due_day(input.due_on, "dueOn", &mut problems);
        let max = self.settings.commitments.milestones as usize;
        let field = "milestones";
        let few = input.milestones.len() <= max;
        problems.require(few, field, Problem::TooMany { max });
        let mut milestones = Vec::new();
        for (text, day) in input.milestones.iter().take(max) {
            let text = problems.take(field, StepText::parse(text));
            let today = self.today();
            let before = today.pred_opt().unwrap_or(today);
            problems.require(*day >= today, field, Problem::NotAhead(before));
            let last = input.due_on;
            problems.require(*day <= last, field, Problem::TooFar(last));
            milestones.extend(text.map(|text| (text.into_string(), *day)));
        }
        problems.none()?;
        let body = body.ok_or(Error::Internal("a text neither accepted nor refused"))?;
        Ok(Parsed {
            body: body.into_string(),
            milestones,
        })
    }

    pub(super) fn parse_report(&self, report: &Report) -> Result<ParsedReport, Error> {
        let mut problems = Problems::default();
        let note = problems.take("note", Reason::parse(&report.note));
        let percent = u8::try_from(report.percent).ok().filter(|one| *one <= DONE);
        let why = "how far it is goes from 0 to 100 percent";
        problems.require(percent.is_some(), "percent", Problem::Invalid(why));
        let field = "evidence";
        let max = self.settings.commitments.evidence as usize;
        let few = report.evidence.len() <= max;
        problems.require(few, field, Problem::TooMany { max });
        let mut evidence = Vec::new();
        for (url, text) in report.evidence.iter().take(max) {
            let text = problems.take(field, StepText::parse(text));
            let url = address(url);
            let why = "evidence has an address of http or https, without a password, of at most \
                       2048 bytes";
            problems.require(url.is_some(), field, Problem::Invalid(why));
            evidence.extend(url.zip(text.map(StepText::into_string)));
        }
        let shown = percent != Some(DONE) || !report.evidence.is_empty();
        let why = "whoever says that it is done shows where that can be seen";
        problems.require(shown, field, Problem::Invalid(why));
        problems.none()?;
        let (Some(note), Some(percent)) = (note, percent) else {
            return Err(Error::Internal("a report neither accepted nor refused"));
        };
        Ok(ParsedReport {
            note: note.into_string(),
            percent,
            evidence,
        })
    }
}

/// An address of the web. Nothing is ever fetched from it.
fn address(text: &str) -> Option<String> {
    // What a parser takes out silently is not what was typed.
    if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return None;
    }
    let url = Url::parse(text).ok()?;
    let web = matches!(url.scheme(), "http" | "https") && url.has_host();
    let plain = url.username().is_empty() && url.password().is_none();
    let text = String::from(url);
    (web && plain && text.len() <= URL_MAX).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::{URL_MAX, address};

    #[test]
    fn evidence_is_at_an_address_of_the_web() {
        for good in [
            "https://gazette.example/2026/17",
            "http://example.org",
            "https://مثال.example/الف",
        ] {
            assert!(address(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "gazette",
            "//example.org",
            "javascript:alert(1)",
            "data:text/html,x",
            "ftp://example.org/",
            "file:///etc/passwd",
            "https://user:secret@example.org/",
            "https://user@example.org/",
            "https://exa\nmple.org/",
            " https://example.org/",
            "https://",
        ] {
            assert_eq!(address(bad), None, "{bad}");
        }
    }

    #[test]
    fn an_address_has_so_many_bytes_and_no_more() {
        let of = |length: usize| format!("https://a.example/{}", "a".repeat(length - 18));
        assert!(address(&of(URL_MAX)).is_some());
        assert_eq!(address(&of(URL_MAX + 1)), None);
    }
}
