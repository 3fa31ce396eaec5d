//! What is counted of concerns, and what of it everyone is shown.
//!
//! A move has its concern counted anew, in its own transaction (`uncounted`).
//! Whoever counts looks at the concern with its row locked, and changes the
//! cells by what is different from the last time. So the cells are what a
//! recount comes to, and no move waits for a cell (ADR 30).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike as _, Months, NaiveDate, Utc};
use domain::clock::{ClockFor, RuledBy, ruled};
use domain::concern::OutcomeKind;
use domain::id::{AgencyId, ThreadId};
use domain::people::Actor;
use domain::policy::{self, Action};
use domain::statistics::{By, Measure, StatisticsBy, count, month_of, percentile, withheld};
use domain::thread::VerdictKind;
use storage::Tx;
use storage::statistic::{Cell, CountedConcern, Figure, Figures};

use crate::concern::lineage;
use crate::{Error, Forum, Problem, Viewer};

/// As many concerns are counted in one transaction.
const AT_ONCE: u32 = 100;

/// As many months are shown at once at most.
pub const MONTHS_MAX: u32 = 60;

/// As many months are shown where nobody says which.
const MONTHS: u32 = 12;

/// Which figures are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// By what they are put together.
    pub by: StatisticsBy,
    /// The first month, by any day in it.
    pub from: Option<NaiveDate>,
    /// The last month, by any day in it.
    pub to: Option<NaiveDate>,
}

/// Figures that may be shown to everyone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statistics {
    /// By what they are put together.
    pub by: StatisticsBy,
    /// The first month: `2025-11`.
    pub from: String,
    /// The last.
    pub to: String,
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
    /// Whether some months are left out because they would show too few.
    pub withheld: bool,
    /// The figures; `None` if all of it is left out.
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
    /// Those on which it is to act, and is late now.
    pub overdue: u64,
    days: BTreeMap<u16, u64>,
    outcomes: BTreeMap<OutcomeKind, u64>,
    judged: BTreeMap<(OutcomeKind, VerdictKind), u64>,
}

impl Sums {
    /// Adds what occurs so often in a month whose answers may be told apart
    /// or not.
    fn add(&mut self, measure: &str, value: i64, tells_answers: bool) {
        let value = u64::try_from(value).unwrap_or_default();
        if measure == "OVERDUE" {
            self.overdue += value;
            return;
        }
        match measure.parse() {
            Ok(Measure::Received) => self.received += value,
            Ok(Measure::Acknowledged) => self.acknowledged += value,
            Ok(Measure::AcknowledgedInTime) => self.acknowledged_in_time += value,
            Ok(Measure::Answered) => self.answered += value,
            Ok(Measure::AnsweredInTime) => self.answered_in_time += value,
            Ok(Measure::Reopened) => self.reopened += value,
            Ok(Measure::Days(_) | Measure::Outcome(_) | Measure::Judged(..)) if !tells_answers => {}
            Ok(Measure::Days(days)) => *self.days.entry(days).or_default() += value,
            Ok(Measure::Outcome(outcome)) => *self.outcomes.entry(outcome).or_default() += value,
            Ok(Measure::Judged(outcome, verdict)) => {
                *self.judged.entry((outcome, verdict)).or_default() += value;
            }
            Ok(Measure::Due(_)) | Err(_) => {}
        }
    }

    /// As many working days at most took so many of a hundred first answers;
    /// `None` if there is no month whose answers may be told apart.
    pub fn days(&self, percent: u64) -> Option<u16> {
        percentile(&self.days, percent)
    }

    /// What the newest answers came to, and what their raisers made of it;
    /// `None` if there is no month whose answers may be told apart.
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

/// What may not be shown of each month.
type Hidden = BTreeMap<String, BTreeSet<String>>;

/// What may not be shown of each month, where so much of this measure occurs.
fn withheld_of(figures: &[Figure], measure: &str, anyway: &Hidden, least: u64) -> Hidden {
    let mut months: BTreeMap<&str, BTreeMap<String, u64>> = BTreeMap::new();
    for one in figures.iter().filter(|one| one.measure == measure) {
        let cells = months.entry(&one.month).or_default();
        cells.insert(one.key.clone(), one.value.unsigned_abs());
    }
    let none = BTreeSet::new();
    months
        .into_iter()
        .map(|(month, cells)| {
            let anyway = anyway.get(month).unwrap_or(&none);
            (month.to_owned(), withheld(&cells, anyway, least))
        })
        .collect()
}

impl Forum {
    /// Counts the concerns that moved, until none is left.
    pub async fn count_concerns(&self) -> Result<(), Error> {
        while self.store.read().uncounted_waits().await? && self.count_some().await? {}
        Ok(())
    }

    async fn count_some(&self) -> Result<bool, Error> {
        self.store
            .write(self.now(), async |tx| {
                let some = tx.take_uncounted(AT_ONCE).await?;
                let mut changes: BTreeMap<Cell, i64> = BTreeMap::new();
                for id in &some {
                    let before = tx.counted(*id).await?;
                    let now = self.counted_now(&tx, *id).await?;
                    if before == now {
                        continue;
                    }
                    for (one, by) in [(&before, -1), (&now, 1)] {
                        for cell in one.iter().flat_map(CountedConcern::cells) {
                            *changes.entry(cell).or_default() += by;
                        }
                    }
                    tx.put_counted(*id, now.as_ref()).await?;
                }
                tx.change_cells(&changes).await?;
                Ok::<_, Error>(!some.is_empty())
            })
            .await
    }

    /// What of a concern is counted as it stands.
    async fn counted_now(&self, tx: &Tx, id: ThreadId) -> Result<Option<CountedConcern>, Error> {
        let thread = tx.thread_for_update(&Actor::visitor(), id).await?;
        let Some(thread) = thread.filter(|one| one.facts.status.is_open()) else {
            return Ok(None);
        };
        let moves = tx.moves(id).await?;
        let newest = tx.newest_response(id).await?;
        let newest = newest.map(|one| (one.outcome, one.verdict.map(|verdict| verdict.kind)));
        let directory = self.directory();
        let calendar = self.calendar(&directory)?;
        let categories = lineage(&directory, thread.category.as_deref());
        let deadlines = |agency: AgencyId, began: DateTime<Utc>| {
            let by = RuledBy {
                agency: Some(agency),
                categories: &categories,
                began,
            };
            ruled(self.settings.deadlines, &directory.clock_rules, by)
        };
        let by = By {
            calendar: &calendar,
            deadlines: &deadlines,
        };
        let clock = self.clock_of(&thread)?;
        let due = clock
            .filter(|clock| matches!(clock.runs_for, ClockFor::Acknowledge | ClockFor::Answer))
            .map(|clock| clock.due_on);
        Ok(
            count(&moves, newest, due, &by).map(|counted| CountedConcern {
                agency: counted.agency,
                month: counted.month,
                category: thread.category.clone().unwrap_or_default(),
                region: thread.region.clone().unwrap_or_default(),
                measures: counted.measures.iter().map(ToString::to_string).collect(),
            }),
        )
    }

    /// Forgets all that was counted, and counts it anew.
    pub async fn recount_concerns(&self) -> Result<(), Error> {
        self.store
            .write(self.now(), async |tx| tx.count_all_anew().await)
            .await?;
        self.count_concerns().await
    }

    /// Figures for everyone: of agencies that answer, of months that are over.
    /// Of a demonstration alone: they change with each move of a concern, which
    /// whoever looks again and again would see. One statement.
    pub async fn statistics(&self, viewer: &Viewer, wanted: Wanted) -> Result<Statistics, Error> {
        policy::decide(&viewer.actor, &Action::ViewStatistics)?;
        let (from, to) = self.months(wanted)?;
        let directory = self.directory();
        let agencies: Vec<AgencyId> = directory
            .agencies
            .iter()
            .filter(|one| one.answers() && self.settings.demonstration)
            .map(|one| one.id)
            .collect();
        let figures = self
            .store
            .read()
            .figures(Figures {
                by: wanted.by,
                agencies: &agencies,
                from: &from,
                to: &to,
                today: self.today(),
            })
            .await?;
        // Each month by itself decides what of it may be shown: so the figures
        // of two spans of months tell nothing of what is in one alone.
        let least = u64::from(self.settings.statistics_least);
        let hidden = withheld_of(&figures, "RECEIVED", &Hidden::new(), least);
        // So do the answers of a month, of what they came to and how soon.
        let untold = withheld_of(&figures, "ANSWERED", &hidden, least);
        let mut total = Row::default();
        let mut rows: BTreeMap<String, Row> = BTreeMap::new();
        for one in figures {
            let row = rows.entry(one.key.clone()).or_insert_with(|| Row {
                key: one.key.clone(),
                ..Row::default()
            });
            let told = |hidden: &Hidden| {
                let keys = hidden.get(&one.month);
                !keys.is_some_and(|keys| keys.contains(&one.key))
            };
            if !told(&hidden) {
                row.withheld = true;
                total.withheld = true;
                continue;
            }
            for sums in [&mut row.figures, &mut total.figures] {
                let sums = sums.get_or_insert_default();
                sums.add(&one.measure, one.value, told(&untold));
            }
        }
        let mut rows: Vec<Row> = rows.into_values().collect();
        if wanted.by == StatisticsBy::Agency {
            for row in &mut rows {
                let id = uuid::Uuid::try_parse(&row.key).unwrap_or_default();
                let agency = directory.agency(id.into());
                row.key = agency.map_or_else(String::new, |one| one.code.clone());
            }
            rows.sort_by(|one, other| one.key.cmp(&other.key));
        }
        Ok(Statistics {
            by: wanted.by,
            from,
            to,
            least: self.settings.statistics_least,
            rows,
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
            from: None,
            to: None,
        };
        let found = self.statistics(viewer, wanted).await?;
        let directory = self.directory();
        let Some(agency) = directory.agency(agency).filter(|one| one.answers()) else {
            return Ok(None);
        };
        // What is withheld is decided among all agencies, here as there.
        let mut rows = found.rows.into_iter();
        let row = rows.find(|row| row.key == agency.code);
        Ok(Some(row.unwrap_or_default()))
    }

    /// The first and the last month: the last twelve that are over, where
    /// nobody says which. One that is not over yet is never shown: its figures
    /// would tell of each concern as it comes.
    fn months(&self, wanted: Wanted) -> Result<(String, String), Error> {
        let first = |day: NaiveDate| day.with_day(1).unwrap_or(day);
        let before = |day: NaiveDate, months| day.checked_sub_months(Months::new(months));
        let newest = before(first(self.today()), 1).unwrap_or_default();
        let to = wanted.to.map_or(newest, first);
        if to > newest {
            return Err(Error::at(
                "to",
                Problem::Invalid("this month is not over yet"),
            ));
        }
        let from = wanted.from.map(first);
        let from = from.or_else(|| before(to, MONTHS - 1)).unwrap_or(to);
        if from > to {
            return Err(Error::at(
                "from",
                Problem::Invalid("it is after the last month"),
            ));
        }
        let oldest = before(to, MONTHS_MAX - 1).unwrap_or(to);
        if from < oldest {
            return Err(Error::at("from", Problem::Invalid("at most 60 months")));
        }
        Ok((month_of(from), month_of(to)))
    }
}
