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
use storage::directory::Agency;
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
    /// of. It is made outside, because that takes a while; whoever writes it
    /// holds the work's row, looks whether the edition before is still the one
    /// that it was made after, and writes all of it in one transaction. So it is
    /// taken once, whatever restarts and however many try.
    pub async fn take_edition(&self) -> Result<(), Error> {
        let (now, today) = (self.now(), self.today());
        let over = month_of(month_over(today));
        let conn = self.store.read();
        let newest = conn.newest_edition().await?;
        if !is_due(newest.as_ref(), &over, now) {
            return Ok(());
        }
        self.count_concerns().await?;
        // What another counts just now would be missing: then it is taken later.
        if conn.uncounted_waits().await? || !conn.counted_until(&over).await? {
            return Ok(());
        }
        // Who answers may not have been heard of here.
        self.reload_directory().await?;
        let directory = self.directory();
        let answers = |id| directory.agency(id).is_some_and(Agency::answers);
        let before = conn.edition_concerns().await?;
        let mut counted = conn.all_counted().await?;
        counted.retain(|(_, one)| one.month <= over && answers(one.agency));
        let open = conn.concerns_open_to_all().await?.into_iter().collect();
        let least = usize::try_from(self.settings.statistics_least).unwrap_or(usize::MAX);
        let making =
            tokio::task::spawn_blocking(move || make(before, &counted, today, (&open, least)));
        let made = making.await.map_err(|_| Error::Internal("an edition"))?;
        let edition = Edition {
            number: newest.map_or(1, |newest| newest.number + 1),
            month: over,
            taken_at: now,
        };
        let id = self.new_id();
        self.store
            .write(now, async |tx| {
                tx.hold_editions(id).await?;
                let newest = tx.newest_edition().await?;
                if newest.map_or(1, |newest| newest.number + 1) != edition.number {
                    return Ok(());
                }
                tx.insert_edition(&edition).await?;
                for (table, changed) in &made.changed {
                    tx.put_edition_concerns(*table, changed).await?;
                }
                tx.replace_edition_cells(&made.figures).await?;
                Ok::<_, Error>(())
            })
            .await
    }
}

/// An edition before it is written.
struct Made {
    /// Of which concerns something else is shown than before.
    changed: Vec<(TableOf, Vec<Changed>)>,
    figures: Vec<Figure>,
}

type Changed = (ThreadId, Option<CountedConcern>);

/// Makes an edition of what is counted now, after what was shown before.
fn make(
    shown: Vec<(TableOf, ThreadId, CountedConcern)>,
    counted: &[(ThreadId, CountedConcern)],
    today: NaiveDate,
    least: (&BTreeSet<ThreadId>, usize),
) -> Made {
    let mut before: BTreeMap<TableOf, Table<CountedConcern>> = BTreeMap::new();
    for (table, id, of) in shown {
        let shown = before.entry(table).or_default();
        shown.insert(id, placed(table.by, of));
    }
    let mut made = Made {
        changed: Vec::new(),
        figures: Vec::new(),
    };
    for part in [Part::Moves, Part::Answers] {
        let mut source = part_of(counted, part, today);
        let mut beside = Beside::Nothing;
        for by in TABLES {
            let table = TableOf { by, part };
            let now = source.into_iter().map(|(id, of)| (id, placed(by, of)));
            let was = before.remove(&table).unwrap_or_default();
            let shown = take_over(&was, &now.collect(), beside, least);
            made.changed.push((table, changed(&was, &shown)));
            made.figures.extend(sums(by, &shown));
            source = shown.into_iter().map(|(id, one)| (id, one.of)).collect();
            beside = Beside::Total;
        }
    }
    made
}

/// What of that is counted is shown in one part of the tables, on a day.
fn part_of(
    counted: &[(ThreadId, CountedConcern)],
    part: Part,
    today: NaiveDate,
) -> BTreeMap<ThreadId, CountedConcern> {
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
fn changed(was: &Table<CountedConcern>, shown: &Table<CountedConcern>) -> Vec<Changed> {
    let ids: BTreeSet<ThreadId> = was.keys().chain(shown.keys()).copied().collect();
    let differ = ids.into_iter().filter(|id| was.get(id) != shown.get(id));
    differ
        .map(|id| (id, shown.get(&id).map(|one| one.of.clone())))
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
