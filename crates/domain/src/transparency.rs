//! The quarterly report: what members flagged, what moderators did, how long
//! it took, and what came of appeals. Numbers only.

pub mod cells;
mod table;

#[cfg(test)]
mod tests;

use chrono::{DateTime, Datelike as _, Months, NaiveDate, Utc};

use crate::calendar::Calendar;
use crate::code::codes;
use crate::legal::{DemandStatus, Instrument};
use crate::moderation::{AppealOutcome, Decision, FlagReason, ModAct, ReasonCode};
use crate::people::Constituency;

use self::table::Tables;

codes! {
    /// A table of the report.
    pub enum Section {
        /// Acts by what was done and why. The record shows each of them.
        Acts = "ACTS",
        /// Acts by category.
        ActsByCategory = "ACTS_BY_CATEGORY",
        /// Acts by whom the authors of what was acted on speak for.
        ActsByConstituency = "ACTS_BY_CONSTITUENCY",
        /// Acts that were taken back.
        Reversals = "REVERSALS",
        /// Acts that were taken back, by category.
        ReversalsByCategory = "REVERSALS_BY_CATEGORY",
        /// Acts that were taken back, by whom the authors of what was acted on
        /// speak for.
        ReversalsByConstituency = "REVERSALS_BY_CONSTITUENCY",
        /// Flags by what they said and what was decided.
        Flags = "FLAGS",
        /// Flags by whom the flaggers speak for.
        FlagsByConstituency = "FLAGS_BY_CONSTITUENCY",
        /// Flags by category.
        FlagsByCategory = "FLAGS_BY_CATEGORY",
        /// What was decided on what was flagged, and how long it took.
        Decisions = "DECISIONS",
        /// Decisions, and how long they took, by category.
        DecisionsByCategory = "DECISIONS_BY_CATEGORY",
        /// Decisions, and how long they took, by whom the authors of what was
        /// decided on speak for.
        DecisionsByConstituency = "DECISIONS_BY_CONSTITUENCY",
        /// Appeals by what they were against, and how long they took.
        Appeals = "APPEALS",
        /// Appeals, and how long they took, by category.
        AppealsByCategory = "APPEALS_BY_CATEGORY",
        /// Appeals, and how long they took, by whom those speak for who appealed.
        AppealsByConstituency = "APPEALS_BY_CONSTITUENCY",
        /// Whether what was sent or held was looked at first in time.
        FirstLooks = "FIRST_LOOKS",
        /// What authorities demanded by law, and what became of it.
        Demands = "DEMANDS",
    }
}

codes! {
    /// What waits for a moderator's first look.
    pub enum Awaiting {
        /// A concern that was sent.
        Concerns = "CONCERNS",
        /// A post that the forum held.
        Posts = "POSTS",
        /// A thread that is no concern, and was held when it was begun.
        Discussions = "DISCUSSIONS",
        /// A thread or a post that a moderator held.
        Holds = "HELD_BY_MODERATORS",
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
    /// For whom the author of what it was done to speaks.
    pub constituency: Option<Constituency>,
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

/// A decision on what was flagged, or held by the forum or a moderator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// What was decided.
    pub decision: Decision,
    /// When it was flagged first, or held.
    pub since: DateTime<Utc>,
    /// When it was decided.
    pub at: DateTime<Utc>,
    /// The thread's category.
    pub category: Option<String>,
    /// For whom the author of what was decided on speaks.
    pub constituency: Option<Constituency>,
}

/// An appeal that was made or decided on in the quarter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appealed {
    /// What it was against.
    pub act: ModAct,
    /// When it was made.
    pub since: DateTime<Utc>,
    /// The last day on which a decision is not late.
    pub due_on: NaiveDate,
    /// What came of it, and when.
    pub outcome: Option<(AppealOutcome, DateTime<Utc>)>,
    /// The thread's category.
    pub category: Option<String>,
    /// For whom he speaks who appealed.
    pub constituency: Option<Constituency>,
}

/// A first look at what waited for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Looked {
    /// What waited.
    pub of: Awaiting,
    /// Since when it waited.
    pub since: DateTime<Utc>,
    /// When a moderator released, returned or removed it; `None` while it waits.
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
    /// First looks, and what waits for one.
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

impl Terms<'_> {
    /// Whether the quarter holds a moment.
    fn hold(self, at: DateTime<Utc>) -> bool {
        let day = self.calendar.today(at);
        self.quarter.first_day() <= day && day < self.quarter.next().first_day()
    }
}

/// Where a thread has no category.
pub const NO_CATEGORY: &str = "NONE";

/// Where nobody said for whom somebody speaks.
pub const NO_CONSTITUENCY: &str = "NONE";

/// What is kept back of a total, together: in place of a key, or of a measure.
pub const REST: &str = "REST";

/// What is counted where a key says it.
pub const COUNT: &str = "COUNT";

/// The time that half of the cases took at most, and the one that nine in ten did,
/// in whole hours. Where there is more than one measure, these follow its name.
pub const TIMES: [(u64, &str); 2] = [(50, "MEDIAN_HOURS"), (90, "P90_HOURS")];

/// The figures of a quarter, in the order of sections, keys and measures.
///
/// What the record shows of each act is told as it is. Everything else is told
/// from `least` on, to the nearest multiple of it; of the parts of a total those
/// are kept back that [`cells::kept_back`] names: so that no table, alone or
/// taken from another, tells of few.
pub fn report(counted: &Counted, terms: Terms<'_>) -> Vec<Figure> {
    let mut tables = Tables::default();
    for acted in &counted.acts {
        add_acts(&mut tables, acted);
    }
    for flagged in &counted.flags {
        add_flags(&mut tables, flagged);
    }
    for decided in &counted.decisions {
        add_decision(&mut tables, decided);
    }
    for appeal in &counted.appeals {
        add_appeal(&mut tables, appeal, terms);
    }
    for demand in &counted.demands {
        add_demand(&mut tables, demand, terms);
    }
    for look in &counted.looks {
        add_look(&mut tables, look, terms);
    }
    tables.figures(terms.least)
}

fn add_acts(tables: &mut Tables, acted: &Acted) {
    let (act, times) = (acted.act.code(), acted.times);
    let (category, constituency) = keys(acted.category.as_deref(), acted.constituency);
    tables.add(Section::Acts, act, acted.code.code(), times);
    tables.add(Section::ActsByCategory, category, act, times);
    tables.add(Section::ActsByConstituency, constituency, act, times);
    let reversed = acted.reversed;
    tables.add(Section::Reversals, act, "REVERSED", reversed);
    tables.add(Section::ReversalsByCategory, category, act, reversed);
    tables.add(
        Section::ReversalsByConstituency,
        constituency,
        act,
        reversed,
    );
}

fn add_flags(tables: &mut Tables, flagged: &Flagged) {
    let (reason, times) = (flagged.reason.code(), flagged.times);
    let outcome = flagged.outcome.map_or("WAITING", Decision::code);
    let (category, constituency) = keys(flagged.category.as_deref(), flagged.constituency);
    tables.add(Section::Flags, reason, outcome, times);
    tables.add(Section::FlagsByConstituency, constituency, reason, times);
    tables.add(Section::FlagsByCategory, category, reason, times);
}

fn add_decision(tables: &mut Tables, decided: &Decided) {
    let (decision, took) = (decided.decision.code(), decided.at - decided.since);
    let (category, constituency) = keys(decided.category.as_deref(), decided.constituency);
    for (section, key, measure) in [
        (Section::Decisions, decision, COUNT),
        (Section::DecisionsByCategory, category, decision),
        (Section::DecisionsByConstituency, constituency, decision),
    ] {
        tables.add_case(section, key, measure, Some(took));
    }
}

fn add_appeal(tables: &mut Tables, appeal: &Appealed, terms: Terms<'_>) {
    let (category, constituency) = keys(appeal.category.as_deref(), appeal.constituency);
    let mut add = |measure, took| {
        for (section, key) in [
            (Section::Appeals, appeal.act.code()),
            (Section::AppealsByCategory, category),
            (Section::AppealsByConstituency, constituency),
        ] {
            tables.add_case(section, key, measure, took);
        }
    };
    let today = |at| terms.calendar.today(at);
    let after = terms.quarter.next().first_day();
    if terms.hold(appeal.since) {
        add("MADE", None);
    }
    let late = if let Some((outcome, at)) = appeal.outcome.filter(|(_, at)| terms.hold(*at)) {
        add(outcome.code(), Some(at - appeal.since));
        appeal.due_on < today(at)
    } else {
        let waited = appeal.outcome.is_none_or(|(_, at)| today(at) >= after);
        waited && appeal.due_on < after
    };
    if late {
        add("LATE", None);
    }
}

fn add_demand(tables: &mut Tables, demand: &Demanded, terms: Terms<'_>) {
    let instrument = demand.instrument.code();
    if terms.hold(demand.since) {
        tables.add(Section::Demands, instrument, "RECEIVED", 1);
    }
    if let Some((status, _)) = demand.outcome.filter(|(_, at)| terms.hold(*at)) {
        tables.add(Section::Demands, instrument, status.code(), 1);
    }
}

fn add_look(tables: &mut Tables, look: &Looked, terms: Terms<'_>) {
    let since = terms.calendar.today(look.since);
    let due = terms.calendar.add_working_days(since, terms.look_days);
    let measure = match look.at.filter(|at| terms.hold(*at)) {
        Some(at) if terms.calendar.today(at) <= due => "IN_TIME",
        Some(_) => "LATE",
        None if due < terms.quarter.next().first_day() => "WAITING_LATE",
        None => return,
    };
    tables.add(Section::FirstLooks, look.of.code(), measure, 1);
}

/// Under what something stands by category, and by constituency.
fn keys(category: Option<&str>, constituency: Option<Constituency>) -> (&str, &str) {
    let constituency = constituency.map_or(NO_CONSTITUENCY, Constituency::code);
    (category.unwrap_or(NO_CATEGORY), constituency)
}
