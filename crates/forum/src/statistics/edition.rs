//! Taking an edition: the copy of the figures that everyone is shown until the
//! next month is over.
//!
//! The tables are made one of the other: what each shows of a month is part of
//! what the one before shows, less at least so many concerns. So nobody learns
//! of fewer by taking one table from another, and each keeps its figures until
//! at least so many concerns of a cell changed (`domain::statistics::edition`).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike as _, Months, NaiveDate, TimeDelta, Utc};
use domain::id::ThreadId;
use domain::statistics::edition::{Beside, Cell, Placed, Table, take_over};
use domain::statistics::{Measure, Part, StatisticsBy, month_of};
use storage::Tx;
use storage::edition::{Edition, Figure, TableOf};
use storage::statistic::CountedConcern;

use crate::{Error, Forum};

/// The tables, each made of the one before.
const TABLES: [StatisticsBy; 4] = [
    StatisticsBy::Month,
    StatisticsBy::Agency,
    StatisticsBy::Category,
    StatisticsBy::Region,
];

/// An edition that was taken so much later than now was taken by a clock that
/// went wrong: it is no reason to take none.
const AHEAD: TimeDelta = TimeDelta::days(1);

/// The last month that is over on a day, by its first day.
pub(super) fn month_over(today: NaiveDate) -> NaiveDate {
    let first = today.with_day(1).unwrap_or(today);
    first.checked_sub_months(Months::new(1)).unwrap_or(first)
}

/// Whether an edition is to be taken, after this one.
fn is_due(newest: Option<&Edition>, over: &str, now: DateTime<Utc>) -> bool {
    newest.is_none_or(|newest| newest.month.as_str() < over || newest.taken_at > now + AHEAD)
}

impl Forum {
    /// Takes an edition of the figures, if a month is over that none was taken
    /// of. Whoever takes it holds the work's row, and writes all of it in one
    /// transaction: so it is taken once, whatever restarts and however many
    /// try.
    pub async fn take_edition(&self) -> Result<(), Error> {
        let now = self.now();
        let over = month_of(month_over(self.today()));
        let newest = self.store.read().newest_edition().await?;
        if !is_due(newest.as_ref(), &over, now) {
            return Ok(());
        }
        self.count_concerns().await?;
        if !self.store.read().counted_until(&over).await? {
            return Ok(());
        }
        // Who answers may not have been heard of here.
        self.reload_directory().await?;
        let id = self.new_id();
        self.store
            .write(now, async |tx| {
                tx.hold_editions(id).await?;
                let newest = tx.newest_edition().await?;
                if !is_due(newest.as_ref(), &over, now) {
                    return Ok(());
                }
                let edition = Edition {
                    number: newest.map_or(1, |newest| newest.number + 1),
                    month: over.clone(),
                    taken_at: now,
                };
                self.write_edition(&tx, &edition).await
            })
            .await
    }

    async fn write_edition(&self, tx: &Tx, edition: &Edition) -> Result<(), Error> {
        tx.insert_edition(edition).await?;
        let least = usize::try_from(self.settings.statistics_least).unwrap_or(usize::MAX);
        let mut before: BTreeMap<TableOf, Table<CountedConcern>> = BTreeMap::new();
        for (table, id, of) in tx.edition_concerns().await? {
            let shown = before.entry(table).or_default();
            shown.insert(id, placed(table.by, of));
        }
        let counted = self.counted_by(tx, &edition.month).await?;
        let mut figures = Vec::new();
        for part in [Part::Moves, Part::Answers] {
            let mut source = self.part(&counted, part);
            let mut beside = Beside::Nothing;
            for by in TABLES {
                let table = TableOf { by, part };
                let now = source.into_iter().map(|(id, of)| (id, placed(by, of)));
                let was = before.remove(&table).unwrap_or_default();
                let shown = take_over(&was, &now.collect(), beside, least);
                tx.put_edition_concerns(table, &changed(&was, &shown))
                    .await?;
                figures.extend(sums(by, &shown));
                source = shown.into_iter().map(|(id, one)| (id, one.of)).collect();
                beside = Beside::Total;
            }
        }
        tx.replace_edition_cells(&figures).await?;
        Ok(())
    }

    /// What is counted of concerns that came to agencies that answer, in months
    /// up to and with this one.
    async fn counted_by(
        &self,
        tx: &Tx,
        month: &str,
    ) -> Result<Vec<(ThreadId, CountedConcern)>, Error> {
        let directory = self.directory();
        let answers = |id| directory.agency(id).is_some_and(|one| one.answers());
        let mut counted = tx.all_counted().await?;
        counted.retain(|(_, one)| one.month.as_str() <= month && answers(one.agency));
        Ok(counted)
    }

    /// What of it is shown in one part of the tables, today.
    fn part(
        &self,
        counted: &[(ThreadId, CountedConcern)],
        part: Part,
    ) -> BTreeMap<ThreadId, CountedConcern> {
        let today = self.today();
        let shown = |text: &String| {
            let measure: Measure = text.parse().ok()?;
            let (of, measure) = measure.shown(today)?;
            (of == part).then(|| measure.to_string())
        };
        let of = |one: &CountedConcern| CountedConcern {
            measures: one.measures.iter().filter_map(shown).collect(),
            ..one.clone()
        };
        let all = counted.iter().map(|(id, one)| (*id, of(one)));
        all.filter(|(_, one)| !one.measures.is_empty()).collect()
    }
}

fn placed(by: StatisticsBy, of: CountedConcern) -> Placed<CountedConcern> {
    let key = match by {
        StatisticsBy::Agency => of.agency.0.simple().to_string(),
        StatisticsBy::Category => of.category.clone(),
        StatisticsBy::Region => of.region.clone(),
        StatisticsBy::Month => of.month.clone(),
    };
    let month = of.month.clone();
    Placed {
        cell: Cell { month, key },
        of,
    }
}

/// The concerns of which something else is shown than before.
fn changed<'a>(
    was: &Table<CountedConcern>,
    shown: &'a Table<CountedConcern>,
) -> Vec<(ThreadId, Option<&'a CountedConcern>)> {
    let ids: BTreeSet<ThreadId> = was.keys().chain(shown.keys()).copied().collect();
    let differ = ids.into_iter().filter(|id| was.get(id) != shown.get(id));
    differ
        .map(|id| (id, shown.get(&id).map(|one| &one.of)))
        .collect()
}

/// How often what occurs in each cell.
fn sums(by: StatisticsBy, shown: &Table<CountedConcern>) -> Vec<Figure> {
    let mut sums: BTreeMap<(&Cell, &str), i64> = BTreeMap::new();
    for one in shown.values() {
        for measure in &one.of.measures {
            *sums.entry((&one.cell, measure)).or_default() += 1;
        }
    }
    let figure = |((cell, measure), value): ((&Cell, &str), i64)| Figure {
        by,
        key: cell.key.clone(),
        month: cell.month.clone(),
        measure: measure.to_owned(),
        value,
    };
    sums.into_iter().map(figure).collect()
}
