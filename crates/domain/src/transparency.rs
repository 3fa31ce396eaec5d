//! The quarterly report: what members flagged, what moderators did, how long
//! it took, and what came of appeals. Numbers only.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike as _, Months, NaiveDate, TimeDelta, Utc};

use crate::calendar::Calendar;
use crate::code::codes;
use crate::legal::{DemandStatus, Instrument};
use crate::moderation::{AppealOutcome, Decision, FlagReason, ModAct, ReasonCode};
use crate::people::Constituency;

codes! {
    /// A table of the report.
    pub enum Section {
        /// Acts by what was done and why. The record shows each of them.
        Acts = "ACTS",
        /// Acts by category.
        ActsByCategory = "ACTS_BY_CATEGORY",
        /// Acts that were taken back.
        Reversals = "REVERSALS",
        /// Flags by what they said and what was decided.
        Flags = "FLAGS",
        /// Flags by whom the flaggers speak for.
        FlagsByConstituency = "FLAGS_BY_CONSTITUENCY",
        /// Flags by category.
        FlagsByCategory = "FLAGS_BY_CATEGORY",
        /// What was decided on what was flagged, and how long it took.
        Decisions = "DECISIONS",
        /// Appeals by what they were against.
        Appeals = "APPEALS",
        /// Whether concerns were looked at first in time.
        FirstLooks = "FIRST_LOOKS",
        /// What authorities demanded by law, and what became of it.
        Demands = "DEMANDS",
    }
}

/// A quarter of a year, by the forum's days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Quarter {
    year: i32,
    /// 1 to 4.
    number: u32,
}

impl Quarter {
    /// The quarter that a day lies in.
    pub fn of(day: NaiveDate) -> Self {
        Self {
            year: day.year(),
            number: day.month0() / 3 + 1,
        }
    }

    /// Its first day.
    pub fn first_day(self) -> NaiveDate {
        let month = self.number * 3 - 2;
        NaiveDate::from_ymd_opt(self.year, month, 1).unwrap_or(NaiveDate::MIN)
    }

    /// The quarter after it.
    #[must_use]
    pub fn next(self) -> Self {
        let next = self.first_day().checked_add_months(Months::new(3));
        next.map_or(self, Self::of)
    }
}

impl std::fmt::Display for Quarter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-Q{}", self.year, self.number)
    }
}

/// A text that is no quarter: one is written `2026-Q3`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a quarter is written like 2026-Q3")]
pub struct NotAQuarter;

impl std::str::FromStr for Quarter {
    type Err = NotAQuarter;

    fn from_str(text: &str) -> Result<Self, NotAQuarter> {
        let (year, number) = text.split_once("-Q").ok_or(NotAQuarter)?;
        let plain = year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit());
        let number = match number {
            "1" => 1,
            "2" => 2,
            "3" => 3,
            "4" => 4,
            _ => return Err(NotAQuarter),
        };
        let year = year.parse().ok().filter(|_| plain).ok_or(NotAQuarter)?;
        Ok(Self { year, number })
    }
}

/// A number of the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// In which table.
    pub section: Section,
    /// Of what: a code.
    pub key: String,
    /// What is counted: a code.
    pub measure: String,
    /// How many; `None` where they are too few to be told.
    pub value: Option<u64>,
}

/// Acts of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acted {
    /// What was done.
    pub act: ModAct,
    /// Why.
    pub code: ReasonCode,
    /// The thread's category.
    pub category: Option<String>,
    /// How often.
    pub times: u64,
    /// How many of them were taken back.
    pub reversed: u64,
}

/// Flags of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flagged {
    /// What they said.
    pub reason: FlagReason,
    /// What was decided, if anything was.
    pub outcome: Option<Decision>,
    /// For whom the flaggers speak.
    pub constituency: Option<Constituency>,
    /// The thread's category.
    pub category: Option<String>,
    /// How many.
    pub times: u64,
}

/// A decision on what was flagged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decided {
    /// What was decided.
    pub decision: Decision,
    /// When it was flagged first.
    pub since: DateTime<Utc>,
    /// When it was decided.
    pub at: DateTime<Utc>,
}

/// An appeal that was made or decided on in the quarter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appealed {
    /// What it was against.
    pub act: ModAct,
    /// When it was made.
    pub since: DateTime<Utc>,
    /// The last day on which a decision is not late.
    pub due_on: NaiveDate,
    /// What came of it, and when.
    pub outcome: Option<(AppealOutcome, DateTime<Utc>)>,
}

/// A first look at a concern that waited for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Looked {
    /// Since when it waited.
    pub since: DateTime<Utc>,
    /// When a moderator released or returned it; `None` while it waits.
    pub at: Option<DateTime<Utc>>,
}

/// What the report of a quarter is made of.
#[derive(Debug, Clone, Default)]
pub struct Counted {
    /// Acts of moderation.
    pub acts: Vec<Acted>,
    /// Flags.
    pub flags: Vec<Flagged>,
    /// Decisions.
    pub decisions: Vec<Decided>,
    /// Appeals.
    pub appeals: Vec<Appealed>,
    /// First looks, and concerns that wait for one.
    pub looks: Vec<Looked>,
    /// Demands by law that were received or decided on in the quarter.
    pub demands: Vec<Demanded>,
}

/// A demand by law.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Demanded {
    /// By what it is demanded.
    pub instrument: Instrument,
    /// When it was registered.
    pub since: DateTime<Utc>,
    /// What became of it, and when.
    pub outcome: Option<(DemandStatus, DateTime<Utc>)>,
}

/// What the report goes by.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// The quarter.
    pub quarter: Quarter,
    /// Which days are worked on.
    pub calendar: &'a Calendar,
    /// Within how many working days a first look is in time.
    pub look_days: u16,
    /// Of fewer than so many nothing is told; more are told in multiples of it.
    pub least: u64,
}

/// Where a thread has no category.
pub const NO_CATEGORY: &str = "NONE";

type Cells = BTreeMap<(Section, String, String), u64>;

/// The figures of a quarter, in the order of sections, keys and measures.
///
/// What the record shows of each act is told as it is. Everything else is told
/// from `least` on, to the nearest multiple of it: so that no table, alone or
/// taken from another, tells of few.
pub fn report(counted: &Counted, terms: Terms<'_>) -> Vec<Figure> {
    let mut cells = Cells::new();
    let mut add = |section, key: &str, measure: &str, times| {
        let cell = (section, key.to_owned(), measure.to_owned());
        *cells.entry(cell).or_default() += times;
    };
    for acted in &counted.acts {
        let category = acted.category.as_deref().unwrap_or(NO_CATEGORY);
        let act = acted.act.code();
        add(Section::Acts, act, acted.code.code(), acted.times);
        add(Section::ActsByCategory, category, act, acted.times);
        if acted.reversed > 0 {
            add(Section::Reversals, act, "REVERSED", acted.reversed);
        }
    }
    for flagged in &counted.flags {
        let reason = flagged.reason.code();
        let outcome = flagged.outcome.map_or("WAITING", Decision::code);
        let category = flagged.category.as_deref().unwrap_or(NO_CATEGORY);
        let constituency = flagged.constituency.map_or("NONE", Constituency::code);
        let times = flagged.times;
        add(Section::Flags, reason, outcome, times);
        add(Section::FlagsByConstituency, constituency, reason, times);
        add(Section::FlagsByCategory, category, reason, times);
    }
    for decided in &counted.decisions {
        add(Section::Decisions, decided.decision.code(), "COUNT", 1);
    }
    let first = terms.quarter.first_day();
    let after = terms.quarter.next().first_day();
    let within = |at: DateTime<Utc>| {
        let day = terms.calendar.today(at);
        first <= day && day < after
    };
    for appeal in &counted.appeals {
        let act = appeal.act.code();
        if within(appeal.since) {
            add(Section::Appeals, act, "MADE", 1);
        }
        let decided = appeal.outcome.filter(|(_, at)| within(*at));
        if let Some((outcome, at)) = decided {
            add(Section::Appeals, act, outcome.code(), 1);
            if appeal.due_on < terms.calendar.today(at) {
                add(Section::Appeals, act, "LATE", 1);
            }
        } else if appeal
            .outcome
            .is_none_or(|(_, at)| terms.calendar.today(at) >= after)
            && appeal.due_on < after
        {
            add(Section::Appeals, act, "LATE", 1);
        }
    }
    for demand in &counted.demands {
        let instrument = demand.instrument.code();
        if within(demand.since) {
            add(Section::Demands, instrument, "RECEIVED", 1);
        }
        if let Some((status, _)) = demand.outcome.filter(|(_, at)| within(*at)) {
            add(Section::Demands, instrument, status.code(), 1);
        }
    }
    for look in &counted.looks {
        let since = terms.calendar.today(look.since);
        let due = terms.calendar.add_working_days(since, terms.look_days);
        let measure = match look.at.filter(|at| within(*at)) {
            Some(at) if terms.calendar.today(at) <= due => "IN_TIME",
            Some(_) => "LATE",
            None if due < after => "WAITING_LATE",
            None => continue,
        };
        add(Section::FirstLooks, "CONCERNS", measure, 1);
    }
    let mut figures: Vec<Figure> = cells
        .into_iter()
        .map(|((section, key, measure), value)| Figure {
            value: told(section, value, terms.least),
            section,
            key,
            measure,
        })
        .collect();
    figures.extend(medians(counted, terms.least));
    figures.sort_by(|a, b| (a.section, &a.key, &a.measure).cmp(&(b.section, &b.key, &b.measure)));
    figures
}

/// How many are told.
fn told(section: Section, value: u64, least: u64) -> Option<u64> {
    // Demands name nobody, and each of them is everybody's business.
    if matches!(section, Section::Acts | Section::Demands) {
        return Some(value);
    }
    let least = least.max(1);
    let nearest = (value + least / 2) / least * least;
    (value >= least).then_some(nearest)
}

/// How many hours half of the decisions took, of enough of them.
fn medians(counted: &Counted, least: u64) -> Vec<Figure> {
    let mut took: BTreeMap<Decision, Vec<TimeDelta>> = BTreeMap::new();
    for decided in &counted.decisions {
        let all = took.entry(decided.decision).or_default();
        all.push(decided.at - decided.since);
    }
    let median = |(decision, mut all): (Decision, Vec<TimeDelta>)| {
        all.sort_unstable();
        let middle = all.get(all.len() / 2).copied().unwrap_or_default();
        let enough = all.len() as u64 >= least.max(1);
        Figure {
            section: Section::Decisions,
            key: decision.code().to_owned(),
            measure: "MEDIAN_HOURS".to_owned(),
            value: enough.then(|| u64::try_from(middle.num_hours()).unwrap_or(0)),
        }
    };
    took.into_iter().map(median).collect()
}
