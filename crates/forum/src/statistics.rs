//! What is counted of concerns, and what of it everyone is shown.
//!
//! A move has its concern counted anew, in its own transaction (`uncounted`).
//! Whoever counts looks at the concern with its row locked. So what is counted
//! is what a recount comes to. What everyone is shown are editions of it, which
//! are taken once a month (ADR 30).

mod count;
pub mod dictionary;
mod edition;

use std::collections::BTreeMap;

use chrono::{Datelike as _, Months, NaiveDate};
use domain::concern::OutcomeKind;
use domain::id::AgencyId;
use domain::policy::{self, Action};
use domain::statistics::{Measure, StatisticsBy, month_of, percentile};
use domain::thread::VerdictKind;
use storage::directory::{Agency, Directory};
pub use storage::edition::Edition;
use storage::edition::{Figure, Figures};

use crate::{Error, Forum, Problem, Viewer};

/// As many months are shown at once at most.
pub const MONTHS_MAX: u32 = 60;

/// As many months are shown where nobody says how many.
pub const MONTHS: u32 = 12;

/// Which figures are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// By what they are put together.
    pub by: StatisticsBy,
    /// How many months.
    pub months: i64,
    /// The last month, by any day in it.
    pub to: Option<NaiveDate>,
}

/// Figures that are shown to everyone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statistics {
    /// By what they are put together.
    pub by: StatisticsBy,
    /// The first month: `2025-11`.
    pub from: String,
    /// The last.
    pub to: String,
    /// The edition that they are of; `None` where none was taken yet.
    pub edition: Option<Edition>,
    /// Fewer than so many are not shown.
    pub least: u32,
    /// What they are of, and the figures, in order.
    pub rows: Vec<Row>,
    /// Of all that the rows show together.
    pub total: Row,
}

/// Some figures of one agency, category, region or month.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// The agency's or category's or region's code, or the month; empty for
    /// the total, and where a concern has none.
    pub key: String,
    /// The figures; `None` where there are none.
    pub figures: Option<Sums>,
}

/// Figures.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sums {
    /// Concerns that came to the agency.
    pub received: u64,
    /// Those that it said it has.
    pub acknowledged: u64,
    /// Those in time.
    pub acknowledged_in_time: u64,
    /// Those that it answered.
    pub answered: u64,
    /// Those in time.
    pub answered_in_time: u64,
    /// Those whose answer was disputed.
    pub reopened: u64,
    /// Those on which it was to act, and late, when the edition was taken.
    pub overdue: u64,
    days: BTreeMap<u16, u64>,
    outcomes: BTreeMap<OutcomeKind, u64>,
    judged: BTreeMap<(OutcomeKind, VerdictKind), u64>,
}

impl Sums {
    /// Adds what occurs so often.
    fn add(&mut self, measure: &str, value: i64) {
        let value = u64::try_from(value).unwrap_or_default();
        match measure.parse() {
            Ok(Measure::Received) => self.received += value,
            Ok(Measure::Acknowledged) => self.acknowledged += value,
            Ok(Measure::AcknowledgedInTime) => self.acknowledged_in_time += value,
            Ok(Measure::Answered) => self.answered += value,
            Ok(Measure::AnsweredInTime) => self.answered_in_time += value,
            Ok(Measure::Reopened) => self.reopened += value,
            Ok(Measure::Overdue) => self.overdue += value,
            Ok(Measure::Days(days)) => *self.days.entry(days).or_default() += value,
            Ok(Measure::Outcome(outcome)) => *self.outcomes.entry(outcome).or_default() += value,
            Ok(Measure::Judged(outcome, verdict)) => {
                *self.judged.entry((outcome, verdict)).or_default() += value;
            }
            Ok(Measure::Due(_)) | Err(_) => {}
        }
    }

    /// Adds all of others.
    pub fn add_all(&mut self, other: &Self) {
        self.received += other.received;
        self.acknowledged += other.acknowledged;
        self.acknowledged_in_time += other.acknowledged_in_time;
        self.answered += other.answered;
        self.answered_in_time += other.answered_in_time;
        self.reopened += other.reopened;
        self.overdue += other.overdue;
        for (days, value) in &other.days {
            *self.days.entry(*days).or_default() += value;
        }
        for (outcome, value) in &other.outcomes {
            *self.outcomes.entry(*outcome).or_default() += value;
        }
        for (judged, value) in &other.judged {
            *self.judged.entry(*judged).or_default() += value;
        }
    }

    /// As many working days at most took so many of a hundred first answers;
    /// `None` if there is no month whose answers are told apart.
    pub fn days(&self, percent: u64) -> Option<u16> {
        percentile(&self.days, percent)
    }

    /// What the newest answers came to, and what their raisers made of it;
    /// `None` if there is no month whose answers are told apart.
    pub fn outcomes(&self) -> Option<Vec<Outcome>> {
        let of = |(outcome, answers): (&OutcomeKind, &u64)| Outcome {
            outcome: *outcome,
            answers: *answers,
            verdicts: VerdictKind::ALL
                .iter()
                .map(|verdict| {
                    let judged = self.judged.get(&(*outcome, *verdict));
                    (*verdict, judged.copied().unwrap_or_default())
                })
                .collect(),
        };
        (!self.outcomes.is_empty()).then(|| self.outcomes.iter().map(of).collect())
    }
}

/// What answers came to, beside what raisers made of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What they came to.
    pub outcome: OutcomeKind,
    /// How many.
    pub answers: u64,
    /// How many raisers judged them so.
    pub verdicts: Vec<(VerdictKind, u64)>,
}

/// A whole edition, month by month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The edition; `None` where none was taken yet.
    pub edition: Option<Edition>,
    /// By what, under which code or month, of which month, and the figures.
    pub rows: BTreeMap<(StatisticsBy, String, String), Sums>,
}

impl Forum {
    /// Figures for everyone, of the newest edition. One statement.
    pub async fn statistics(&self, viewer: &Viewer, wanted: Wanted) -> Result<Statistics, Error> {
        self.statistics_under(viewer, wanted, None).await
    }

    async fn statistics_under(
        &self,
        viewer: &Viewer,
        wanted: Wanted,
        key: Option<&str>,
    ) -> Result<Statistics, Error> {
        policy::decide(&viewer.actor, &Action::ViewStatistics)?;
        let (from, to) = self.months(wanted)?;
        let (by, conn) = (wanted.by, self.store.read());
        let figures = Figures {
            by,
            key,
            from: &from,
            to: &to,
        };
        let (edition, figures) = conn.edition_figures(figures).await?;
        let directory = self.directory();
        let mut rows: BTreeMap<String, Sums> = BTreeMap::new();
        let mut total = Row::default();
        for Figure {
            key,
            measure,
            value,
            ..
        } in figures
        {
            let sums = rows.entry(code_of(&directory, by, key)).or_default();
            sums.add(&measure, value);
            let all = total.figures.get_or_insert_default();
            all.add(&measure, value);
        }
        let row = |(key, sums)| Row {
            key,
            figures: Some(sums),
        };
        Ok(Statistics {
            by,
            from,
            to,
            edition,
            least: self.settings.statistics_least,
            rows: rows.into_iter().map(row).collect(),
            total,
        })
    }

    /// Figures of an agency for everyone, of the last months that are over;
    /// `None` while it does not answer. One statement.
    pub async fn answer_clock(
        &self,
        viewer: &Viewer,
        agency: AgencyId,
    ) -> Result<Option<Row>, Error> {
        let wanted = Wanted {
            by: StatisticsBy::Agency,
            months: MONTHS.into(),
            to: None,
        };
        let key = agency.0.simple().to_string();
        let found = self.statistics_under(viewer, wanted, Some(&key)).await?;
        let directory = self.directory();
        let answers = directory.agency(agency).is_some_and(Agency::answers);
        Ok(answers.then(|| found.rows.into_iter().next().unwrap_or_default()))
    }

    /// The edition that everyone is shown. One statement.
    pub async fn newest_edition(&self) -> Result<Option<Edition>, Error> {
        Ok(self.store.read().newest_edition().await?)
    }

    /// All of the newest edition that is shown at once at most, for everyone.
    /// One statement.
    pub async fn published(&self) -> Result<Published, Error> {
        let newest = edition::month_over(self.today());
        let from = newest.checked_sub_months(Months::new(MONTHS_MAX - 1));
        let from = month_of(from.unwrap_or(newest));
        let (edition, figures) = self.store.read().whole_edition(&from).await?;
        let directory = self.directory();
        let mut rows: BTreeMap<_, Sums> = BTreeMap::new();
        for one in figures {
            let key = code_of(&directory, one.by, one.key);
            let sums = rows.entry((one.by, key, one.month)).or_default();
            sums.add(&one.measure, one.value);
        }
        Ok(Published { edition, rows })
    }

    /// The first and the last month: the last that are over, where nobody says
    /// which.
    fn months(&self, wanted: Wanted) -> Result<(String, String), Error> {
        let newest = edition::month_over(self.today());
        let to = wanted
            .to
            .map_or(newest, |day| day.with_day(1).unwrap_or(day));
        if to > newest {
            return Err(Error::at(
                "to",
                Problem::Invalid("this month is not over yet"),
            ));
        }
        let months = u32::try_from(wanted.months).ok();
        let months = months.filter(|months| (1..=MONTHS_MAX).contains(months));
        let Some(months) = months else {
            return Err(Error::at("months", Problem::Invalid("1 to 60 months")));
        };
        let from = to.checked_sub_months(Months::new(months - 1));
        Ok((month_of(from.unwrap_or(to)), month_of(to)))
    }
}

/// What figures are shown under: an agency by its code.
fn code_of(directory: &Directory, by: StatisticsBy, key: String) -> String {
    if by != StatisticsBy::Agency {
        return key;
    }
    let id = uuid::Uuid::try_parse(&key).unwrap_or_default();
    let agency = directory.agency(id.into());
    agency.map_or_else(String::new, |one| one.code.clone())
}
