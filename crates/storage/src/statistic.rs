//! What is counted of concerns: cells by agency, month, category and region,
//! and what of each concern is in them.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::concern::MoveKind;
use domain::id::{AgencyId, ThreadId};
use domain::statistics::{DUE, Moved, StatisticsBy};
use domain::timeline::EntryKind;

use crate::conn::Conn;
use crate::error::StorageError;
use crate::store::Backend;
use crate::write::Tx;

/// Where something is counted. The order is that in which cells are written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// The agency.
    pub agency: AgencyId,
    /// The month in which concerns came there: `2025-11`.
    pub month: String,
    /// The code of their category; empty where they have none.
    pub category: String,
    /// The code of their region; empty where they have none.
    pub region: String,
    /// What is counted.
    pub measure: String,
}

/// What is counted of one concern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedConcern {
    /// The agency.
    pub agency: AgencyId,
    /// The month.
    pub month: String,
    /// The category.
    pub category: String,
    /// The region.
    pub region: String,
    /// What, each once.
    pub measures: Vec<String>,
}

impl CountedConcern {
    /// The cells that it is in.
    pub fn cells(&self) -> impl Iterator<Item = Cell> + '_ {
        self.measures.iter().map(|measure| Cell {
            agency: self.agency,
            month: self.month.clone(),
            category: self.category.clone(),
            region: self.region.clone(),
            measure: measure.clone(),
        })
    }
}

/// Which figures are read.
#[derive(Debug, Clone, Copy)]
pub struct Figures<'a> {
    /// By what they are put together.
    pub by: StatisticsBy,
    /// Of these agencies.
    pub agencies: &'a [AgencyId],
    /// From this month on.
    pub from: &'a str,
    /// Up to and with this one.
    pub to: &'a str,
    /// Whatever was due before this day is overdue.
    pub today: NaiveDate,
}

/// How often something occurs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// The agency's id in hexadecimal digits, the code, or the month.
    pub key: String,
    /// The month.
    pub month: String,
    /// What occurs: a measure, or `OVERDUE`.
    pub measure: String,
    /// How often.
    pub value: i64,
}

impl Conn {
    /// Whether concerns are to be counted anew.
    pub async fn uncounted_waits(&self) -> Result<bool, StorageError> {
        let sql = "SELECT thread FROM uncounted LIMIT 1";
        Ok(self.one(sql, self.params()).await?.is_some())
    }

    /// What of a concern is in the cells.
    pub async fn counted(&self, thread: ThreadId) -> Result<Option<CountedConcern>, StorageError> {
        let sql = "SELECT agency, month, category, region, measures FROM counted WHERE thread = $1";
        let row = self.one(sql, self.params().with(thread)).await?;
        row.map(|mut row| {
            let (agency, month) = (row.id()?, row.get()?);
            let (category, region) = (row.get()?, row.get()?);
            let measures: String = row.get()?;
            Ok(CountedConcern {
                agency,
                month,
                category,
                region,
                measures: measures.split(' ').map(str::to_owned).collect(),
            })
        })
        .transpose()
    }

    /// The moves of a concern, in order.
    pub async fn moves(&self, thread: ThreadId) -> Result<Vec<Moved>, StorageError> {
        let sql = "SELECT kind, to_agency, at FROM concern_move WHERE thread = $1 ORDER BY number";
        let mut moves = Vec::new();
        for mut row in self.all(sql, self.params().with(thread)).await? {
            let kind: EntryKind = row.code()?;
            let to: Option<AgencyId> = row.maybe_id()?;
            let at: DateTime<Utc> = row.time()?;
            let EntryKind::Move(kind) = kind else {
                continue;
            };
            let kind: MoveKind = kind;
            moves.push(Moved { kind, to, at });
        }
        Ok(moves)
    }

    /// How often what occurs, by key and month. One statement.
    pub async fn figures(&self, of: Figures<'_>) -> Result<Vec<Figure>, StorageError> {
        let mut params = self.params();
        let among = params.among("s.agency", of.agencies);
        let from = params.push(of.from);
        let to = params.push(of.to);
        let today = params.push(format!("{DUE}{}", of.today));
        let key = match (of.by, self.backend) {
            (StatisticsBy::Agency, Backend::Sqlite) => "lower(hex(s.agency))",
            (StatisticsBy::Agency, Backend::Postgres) => "replace(s.agency::text, '-', '')",
            (StatisticsBy::Category, _) => "s.category",
            (StatisticsBy::Region, _) => "s.region",
            (StatisticsBy::Month, _) => "s.month",
        };
        // Days compare as their texts do, byte by byte.
        let (measure, collate) = (
            "s.measure",
            match self.backend {
                Backend::Sqlite => "",
                Backend::Postgres => " COLLATE \"C\"",
            },
        );
        let sql = format!(
            "SELECT f.key, f.month, f.measure, CAST(SUM(f.value) AS bigint) FROM (\
             SELECT {key} AS key, s.month AS month, CASE WHEN {measure} LIKE '{DUE}%' THEN \
             CASE WHEN {measure}{collate} < {today} THEN 'OVERDUE' ELSE 'DUE' END \
             ELSE {measure} END AS measure, s.value AS value FROM statistic s \
             WHERE {among} AND s.month{collate} >= {from} AND s.month{collate} <= {to}) f \
             GROUP BY f.key, f.month, f.measure"
        );
        let rows = self.all(&sql, params).await?;
        rows.into_iter()
            .map(|mut row| {
                Ok(Figure {
                    key: row.get()?,
                    month: row.get()?,
                    measure: row.get()?,
                    value: row.get()?,
                })
            })
            .collect()
    }

    /// Every cell, in order: what a recount has to come to.
    pub async fn cells(&self) -> Result<Vec<(Cell, i64)>, StorageError> {
        let sql = "SELECT agency, month, category, region, measure, value FROM statistic";
        let mut cells = Vec::new();
        for mut row in self.all(sql, self.params()).await? {
            let cell = Cell {
                agency: row.id()?,
                month: row.get()?,
                category: row.get()?,
                region: row.get()?,
                measure: row.get()?,
            };
            cells.push((cell, row.get()?));
        }
        cells.sort();
        Ok(cells)
    }
}

impl Tx {
    /// Has a concern counted anew, whose row is locked.
    pub async fn count_anew(&self, thread: ThreadId) -> Result<(), StorageError> {
        let sql = "INSERT INTO uncounted (thread) VALUES ($1) ON CONFLICT (thread) DO NOTHING";
        self.send(sql.to_owned(), self.params().with(thread)).await
    }

    /// Takes some concerns that are to be counted anew, by id, and locks their
    /// rows: so whatever had one counted is seen. One whose row is locked is
    /// left for later; who locked it may be about to have it counted, and would
    /// wait for this.
    pub async fn take_uncounted(&self, limit: u32) -> Result<Vec<ThreadId>, StorageError> {
        let skip = match self.backend {
            Backend::Postgres => " FOR UPDATE SKIP LOCKED",
            Backend::Sqlite => "",
        };
        let sql = format!(
            "DELETE FROM uncounted WHERE thread IN (SELECT id FROM thread WHERE id IN \
             (SELECT thread FROM uncounted ORDER BY thread LIMIT $1){skip}) RETURNING thread"
        );
        let rows = self.all(&sql, self.params().with(i64::from(limit))).await?;
        let ids = rows.into_iter().map(|mut row| row.id());
        let mut ids: Vec<ThreadId> = ids.collect::<Result<_, _>>()?;
        ids.sort_unstable();
        Ok(ids)
    }

    /// Remembers what of a concern is in the cells.
    pub async fn put_counted(
        &self,
        thread: ThreadId,
        counted: Option<&CountedConcern>,
    ) -> Result<(), StorageError> {
        let Some(counted) = counted else {
            let sql = "DELETE FROM counted WHERE thread = $1";
            self.run(sql, self.params().with(thread)).await?;
            return Ok(());
        };
        let sql = "INSERT INTO counted (thread, agency, month, category, region, measures) \
                   VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (thread) DO UPDATE SET \
                   agency = excluded.agency, month = excluded.month, \
                   category = excluded.category, region = excluded.region, \
                   measures = excluded.measures";
        let params = self
            .params()
            .with(thread)
            .with(counted.agency)
            .with(counted.month.as_str())
            .with(counted.category.as_str())
            .with(counted.region.as_str())
            .with(counted.measures.join(" "));
        self.run(sql, params).await?;
        Ok(())
    }

    /// Changes cells by so much, in their order, so that two who count do not
    /// wait for each other in a circle. A cell that comes to nothing goes.
    pub async fn change_cells(&self, by: &BTreeMap<Cell, i64>) -> Result<(), StorageError> {
        for (cell, change) in by.iter().filter(|(_, change)| **change != 0) {
            let sql = "INSERT INTO statistic (agency, month, category, region, measure, value) \
                       VALUES ($1, $2, $3, $4, $5, $6) \
                       ON CONFLICT (agency, month, category, region, measure) \
                       DO UPDATE SET value = statistic.value + excluded.value";
            let params = self
                .params()
                .with(cell.agency)
                .with(cell.month.as_str())
                .with(cell.category.as_str())
                .with(cell.region.as_str())
                .with(cell.measure.as_str())
                .with(*change);
            self.run(sql, params).await?;
            if *change < 0 {
                let sql = "DELETE FROM statistic WHERE agency = $1 AND month = $2 \
                           AND category = $3 AND region = $4 AND measure = $5 AND value = 0";
                let params = self
                    .params()
                    .with(cell.agency)
                    .with(cell.month.as_str())
                    .with(cell.category.as_str())
                    .with(cell.region.as_str())
                    .with(cell.measure.as_str());
                self.run(sql, params).await?;
            }
        }
        Ok(())
    }

    /// Forgets all that was counted, and has every concern counted anew.
    pub async fn count_all_anew(&self) -> Result<(), StorageError> {
        for sql in [
            "DELETE FROM statistic",
            "DELETE FROM counted",
            "INSERT INTO uncounted (thread) SELECT id FROM thread WHERE state IS NOT NULL \
             ON CONFLICT (thread) DO NOTHING",
        ] {
            self.run(sql, self.params()).await?;
        }
        Ok(())
    }
}
