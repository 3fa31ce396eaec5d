//! What is counted of concerns, and what of it may be shown to everyone.

pub mod edition;

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};

use crate::calendar::{Calendar, Deadlines};
use crate::code::codes;
use crate::concern::{MoveKind, OutcomeKind};
use crate::id::AgencyId;
use crate::thread::VerdictKind;

codes! {
    /// By what figures are put together.
    pub enum StatisticsBy {
        /// By the agency that a concern is, or was last, before.
        Agency = "AGENCY",
        /// By its category.
        Category = "CATEGORY",
        /// By its region.
        Region = "REGION",
        /// By the month in which it came to the agency.
        Month = "MONTH",
    }
}

codes! {
    /// What is shown of concerns together.
    pub enum Part {
        /// How many came, and what was done.
        Moves = "MOVES",
        /// What tells answers apart: how soon, to what end, and whether it
        /// helped.
        Answers = "ANSWERS",
    }
}

/// One thing that is counted of a concern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Measure {
    /// It came to the agency.
    Received,
    /// The agency said that it has it.
    Acknowledged,
    /// It did so in time.
    AcknowledgedInTime,
    /// The agency answered.
    Answered,
    /// It did so in time.
    AnsweredInTime,
    /// The raiser disputed an answer.
    Reopened,
    /// The first answer took so many working days.
    Days(u16),
    /// What the newest answer came to.
    Outcome(OutcomeKind),
    /// What it came to, and what the raiser made of it.
    Judged(OutcomeKind, VerdictKind),
    /// The agency is to act by this day.
    Due(NaiveDate),
    /// It was to act by a day that was past when an edition was taken.
    Overdue,
}

impl Measure {
    /// With what of a concern it is shown in an edition that is taken on this
    /// day, and as what; `None` if it is not.
    pub fn shown(self, taken_on: NaiveDate) -> Option<(Part, Self)> {
        match self {
            Self::Received
            | Self::Acknowledged
            | Self::AcknowledgedInTime
            | Self::Answered
            | Self::AnsweredInTime
            | Self::Reopened
            | Self::Overdue => Some((Part::Moves, self)),
            Self::Days(_) | Self::Outcome(_) | Self::Judged(..) => Some((Part::Answers, self)),
            Self::Due(day) => (day < taken_on).then_some((Part::Moves, Self::Overdue)),
        }
    }
}

/// How a measure's text begins that has a value of its own.
const DAYS: &str = "DAYS:";
const OUTCOME: &str = "OUTCOME:";
const JUDGED: &str = "JUDGED:";
/// How the text of a day by which an agency is to act begins.
const DUE: &str = "DUE:";

impl std::fmt::Display for Measure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Received => f.write_str("RECEIVED"),
            Self::Acknowledged => f.write_str("ACKNOWLEDGED"),
            Self::AcknowledgedInTime => f.write_str("ACKNOWLEDGED_IN_TIME"),
            Self::Answered => f.write_str("ANSWERED"),
            Self::AnsweredInTime => f.write_str("ANSWERED_IN_TIME"),
            Self::Reopened => f.write_str("REOPENED"),
            Self::Days(days) => write!(f, "{DAYS}{days}"),
            Self::Outcome(outcome) => write!(f, "{OUTCOME}{outcome}"),
            Self::Judged(outcome, verdict) => write!(f, "{JUDGED}{outcome}:{verdict}"),
            Self::Due(day) => write!(f, "{DUE}{day}"),
            Self::Overdue => f.write_str("OVERDUE"),
        }
    }
}

/// A text that is no measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a measure")]
pub struct NotAMeasure;

impl std::str::FromStr for Measure {
    type Err = NotAMeasure;

    fn from_str(text: &str) -> Result<Self, NotAMeasure> {
        let after = |begins: &str| text.strip_prefix(begins);
        if let Some(days) = after(DAYS) {
            return days.parse().map(Self::Days).map_err(|_| NotAMeasure);
        }
        if let Some(day) = after(DUE) {
            return day.parse().map(Self::Due).map_err(|_| NotAMeasure);
        }
        if let Some(outcome) = after(OUTCOME) {
            return outcome.parse().map(Self::Outcome).map_err(|_| NotAMeasure);
        }
        if let Some(judged) = after(JUDGED) {
            let (outcome, verdict) = judged.split_once(':').ok_or(NotAMeasure)?;
            let outcome = outcome.parse().map_err(|_| NotAMeasure)?;
            let verdict = verdict.parse().map_err(|_| NotAMeasure)?;
            return Ok(Self::Judged(outcome, verdict));
        }
        Ok(match text {
            "RECEIVED" => Self::Received,
            "ACKNOWLEDGED" => Self::Acknowledged,
            "ACKNOWLEDGED_IN_TIME" => Self::AcknowledgedInTime,
            "ANSWERED" => Self::Answered,
            "ANSWERED_IN_TIME" => Self::AnsweredInTime,
            "REOPENED" => Self::Reopened,
            "OVERDUE" => Self::Overdue,
            _ => return Err(NotAMeasure),
        })
    }
}

/// A move of a concern's life, as far as it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// The move.
    pub kind: MoveKind,
    /// The agency that it was put before by it.
    pub to: Option<AgencyId>,
    /// When.
    pub at: DateTime<Utc>,
}

/// What is counted of one concern, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// The agency.
    pub agency: AgencyId,
    /// The month in which it came there: `2025-11`.
    pub month: String,
    /// What of it is counted, each once.
    pub measures: Vec<Measure>,
}

/// By what is counted.
pub struct By<'a> {
    /// The forum's days.
    pub calendar: &'a Calendar,
    /// How long steps may take where a clock of this agency began then.
    pub deadlines: &'a dyn Fn(AgencyId, DateTime<Utc>) -> Deadlines,
    /// Since when an agency answers; `None` if it does not.
    pub answering_since: &'a dyn Fn(AgencyId) -> Option<DateTime<Utc>>,
}

impl std::fmt::Debug for By<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("By").finish_non_exhaustive()
    }
}

/// The month of a day.
pub fn month_of(day: NaiveDate) -> String {
    format!("{:04}-{:02}", day.year(), day.month())
}

/// A concern at the agency that it is, or was last, put before.
struct There {
    agency: AgencyId,
    received: NaiveDate,
    /// How it was before the agency began to answer.
    early: Option<Early>,
    /// When the clock that runs began, and by what it goes.
    since: (NaiveDate, Deadlines),
    acknowledged: Option<bool>,
    answered: Option<bool>,
    days: usize,
    /// Since when the agency, and not the raiser, is to act.
    acts_since: Option<NaiveDate>,
    reopened: bool,
}

/// A concern that was put before an agency which did not answer yet. It counts
/// from the day on which the agency began, unless the agency moved it before:
/// then it answered at that time as well.
#[derive(Clone, Copy)]
struct Early {
    until: DateTime<Utc>,
    received: NaiveDate,
    since: (NaiveDate, Deadlines),
}

/// What is counted of a concern with these moves, of which the newest answer
/// came to this; `None` before it was put before any agency. A review counts
/// for the agency whose answer is reviewed.
pub fn count(
    moves: &[Moved],
    newest: Option<(OutcomeKind, Option<VerdictKind>)>,
    due: Option<NaiveDate>,
    by: &By<'_>,
) -> Option<Counted> {
    let mut there: Option<There> = None;
    for one in moves {
        let today = by.calendar.today(one.at);
        if let (MoveKind::Assign | MoveKind::Refer, Some(agency)) = (one.kind, one.to) {
            let began = (by.answering_since)(agency).filter(|began| one.at < *began);
            let at = began.unwrap_or(one.at);
            let day = by.calendar.today(at);
            let since = (day, (by.deadlines)(agency, at));
            let early = began.map(|until| Early {
                until,
                received: today,
                since: (today, (by.deadlines)(agency, one.at)),
            });
            match &mut there {
                Some(there) if there.agency == agency => {
                    there.since = since;
                    if there.answered.is_none() {
                        there.acts_since.get_or_insert(day);
                    }
                }
                _ => {
                    there = Some(There {
                        agency,
                        received: day,
                        early,
                        since,
                        acknowledged: None,
                        answered: None,
                        days: 0,
                        acts_since: Some(day),
                        reopened: false,
                    });
                }
            }
            continue;
        }
        let waits = |there: &There| there.early.is_some_and(|early| one.at < early.until);
        if one.kind == MoveKind::Withdraw && there.as_ref().is_some_and(waits) {
            // The agency never had it.
            there = None;
        }
        let Some(there) = &mut there else { continue };
        if waits(there) && ANSWERS.contains(&one.kind) {
            there.answered_then();
        }
        let within =
            |days: u16, since: NaiveDate| today <= by.calendar.add_working_days(since, days);
        let (since, deadlines) = there.since;
        match one.kind {
            MoveKind::Acknowledge if there.acknowledged.is_none() => {
                there.acknowledged = Some(within(deadlines.acknowledge, since));
            }
            MoveKind::RequestClarification | MoveKind::Answer if there.answered.is_none() => {
                if let Some(acts) = there.acts_since.take() {
                    there.days += by.calendar.working_days_between(acts, today);
                }
                if one.kind == MoveKind::Answer {
                    there.answered = Some(within(deadlines.answer, since));
                }
            }
            MoveKind::Clarify | MoveKind::Reopen if there.answered.is_none() => {
                there.since = (today, (by.deadlines)(there.agency, one.at));
                there.acts_since = Some(today);
            }
            MoveKind::Dispute => there.reopened = true,
            _ => {}
        }
    }
    there.map(|there| there.counted(newest, due))
}

/// The moves of an agency that answers.
const ANSWERS: [MoveKind; 4] = [
    MoveKind::Acknowledge,
    MoveKind::Start,
    MoveKind::RequestClarification,
    MoveKind::Answer,
];

impl There {
    /// The agency answered before it began anew.
    fn answered_then(&mut self) {
        if let Some(early) = self.early.take() {
            self.received = early.received;
            self.since = early.since;
            self.acts_since = Some(early.received);
        }
    }

    fn counted(
        &self,
        newest: Option<(OutcomeKind, Option<VerdictKind>)>,
        due: Option<NaiveDate>,
    ) -> Counted {
        let mut measures = vec![Measure::Received];
        if let Some(in_time) = self.acknowledged {
            measures.push(Measure::Acknowledged);
            measures.extend(in_time.then_some(Measure::AcknowledgedInTime));
        }
        if let Some(in_time) = self.answered {
            measures.push(Measure::Answered);
            measures.extend(in_time.then_some(Measure::AnsweredInTime));
            measures.push(Measure::Days(u16::try_from(self.days).unwrap_or(u16::MAX)));
            if let Some((outcome, verdict)) = newest {
                measures.push(Measure::Outcome(outcome));
                measures.extend(verdict.map(|verdict| Measure::Judged(outcome, verdict)));
            }
        }
        measures.extend(self.reopened.then_some(Measure::Reopened));
        measures.extend(due.map(Measure::Due));
        Counted {
            agency: self.agency,
            month: month_of(self.received),
            measures,
        }
    }
}

/// The smallest value that so many of a hundred do not exceed (the nearest
/// rank); `None` of nothing. Each value stands with how often it occurs.
pub fn percentile(values: &BTreeMap<u16, u64>, percent: u64) -> Option<u16> {
    let all: u64 = values.values().sum();
    let rank = (all * percent).div_ceil(100).max(1);
    let mut seen = 0;
    values.iter().find_map(|(value, count)| {
        seen += count;
        (seen >= rank && all > 0).then_some(*value)
    })
}

#[cfg(test)]
mod tests;
