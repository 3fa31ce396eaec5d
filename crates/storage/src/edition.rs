//! Editions: copies of the figures, taken once a month, which everyone is shown.

use chrono::{DateTime, Utc};
use domain::id::ThreadId;
use domain::statistics::{Part, StatisticsBy};
use sea_orm::Value;

use crate::conn::Conn;
use crate::error::StorageError;
use crate::params::IntoParam as _;
use crate::row::Row;
use crate::statistic::CountedConcern;
use crate::write::Tx;

/// As many concerns are named in one statement.
const AT_ONCE: usize = 1_000;

/// An edition of the figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    /// Its number, from 1: the highest is shown.
    pub number: i64,
    /// The last month that was over when it was taken: `2025-11`.
    pub month: String,
    /// When it was taken.
    pub taken_at: DateTime<Utc>,
}

/// One table of an edition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TableOf {
    /// By what figures are put together in it.
    pub by: StatisticsBy,
    /// What of the concerns is shown in it.
    pub part: Part,
}

/// How often something occurs in an edition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// By what figures are put together.
    pub by: StatisticsBy,
    /// The agency's id in hexadecimal digits, the code, or the month.
    pub key: String,
    /// The month; empty for the sum of several.
    pub month: String,
    /// What occurs.
    pub measure: String,
    /// How often.
    pub value: i64,
}

/// Which figures are read as sums of months.
#[derive(Debug, Clone, Copy)]
pub struct Figures<'a> {
    /// By what they are put together.
    pub by: StatisticsBy,
    /// Under this key alone.
    pub key: Option<&'a str>,
    /// From this month on.
    pub from: &'a str,
    /// Up to and with this one.
    pub to: &'a str,
}

impl Conn {
    /// The edition that is shown.
    pub async fn newest_edition(&self) -> Result<Option<Edition>, StorageError> {
        let sql = "SELECT number, month, taken_at FROM edition ORDER BY number DESC LIMIT 1";
        let row = self.one(sql, self.params()).await?;
        row.map(|mut row| edition(&mut row)).transpose()
    }

    /// Whether a concern is counted in a month up to and with this one.
    pub async fn counted_until(&self, month: &str) -> Result<bool, StorageError> {
        let sql = format!(
            "SELECT thread FROM counted WHERE month{} <= $1 LIMIT 1",
            self.bytewise()
        );
        let row = self.one(&sql, self.params().with(month)).await?;
        Ok(row.is_some())
    }

    /// The newest edition, and of some of its figures the sums of months. One
    /// statement.
    pub async fn edition_figures(
        &self,
        of: Figures<'_>,
    ) -> Result<(Option<Edition>, Vec<Figure>), StorageError> {
        let mut params = self.params();
        let kind = params.push(of.by.code());
        let (from, to) = (params.push(of.from), params.push(of.to));
        let key = of.key.map(|key| params.push(key));
        let key = key.map_or(String::new(), |place| format!("AND key = {place}"));
        let collate = self.bytewise();
        let cells = format!(
            "SELECT kind, key, '' AS month, measure, CAST(SUM(value) AS bigint) AS value \
             FROM edition_cell WHERE kind = {kind} AND month{collate} >= {from} \
             AND month{collate} <= {to} {key} GROUP BY kind, key, measure"
        );
        self.figures_among(&cells, params).await
    }

    /// The newest edition, and all its figures from a month on, month by month.
    /// One statement.
    pub async fn whole_edition(
        &self,
        from: &str,
    ) -> Result<(Option<Edition>, Vec<Figure>), StorageError> {
        let mut params = self.params();
        let from = params.push(from);
        let cells = format!(
            "SELECT kind, key, month, measure, value FROM edition_cell \
             WHERE month{} >= {from}",
            self.bytewise()
        );
        self.figures_among(&cells, params).await
    }

    async fn figures_among(
        &self,
        cells: &str,
        params: crate::params::Params,
    ) -> Result<(Option<Edition>, Vec<Figure>), StorageError> {
        let sql = format!(
            "SELECT e.number, e.month, e.taken_at, f.kind, f.key, f.month, f.measure, f.value \
             FROM edition e LEFT JOIN ({cells}) f ON 1 = 1 \
             WHERE e.number = (SELECT MAX(number) FROM edition)"
        );
        let (mut newest, mut figures) = (None, Vec::new());
        for mut row in self.all(&sql, params).await? {
            newest = Some(edition(&mut row)?);
            let Some(by) = row.maybe_code()? else {
                continue;
            };
            figures.push(Figure {
                by,
                key: row.get()?,
                month: row.get()?,
                measure: row.get()?,
                value: row.get()?,
            });
        }
        Ok((newest, figures))
    }

    /// What of each concern is in the newest edition, table by table.
    pub async fn edition_concerns(
        &self,
    ) -> Result<Vec<(TableOf, ThreadId, CountedConcern)>, StorageError> {
        let sql = "SELECT kind, part, thread, agency, month, category, region, measures \
                   FROM edition_concern";
        let rows = self.all(sql, self.params()).await?;
        rows.into_iter()
            .map(|mut row| {
                let (by, part) = (row.code()?, row.code()?);
                let table = TableOf { by, part };
                Ok((table, row.id()?, CountedConcern::read(&mut row)?))
            })
            .collect()
    }

    /// Months compare as their texts do, byte by byte.
    pub(crate) fn bytewise(&self) -> &'static str {
        match self.backend {
            crate::Backend::Sqlite => "",
            crate::Backend::Postgres => " COLLATE \"C\"",
        }
    }
}

fn edition(row: &mut Row) -> Result<Edition, StorageError> {
    Ok(Edition {
        number: row.get()?,
        month: row.get()?,
        taken_at: row.time()?,
    })
}

impl Tx {
    /// Begins an edition.
    pub async fn insert_edition(&self, new: &Edition) -> Result<(), StorageError> {
        let sql = "INSERT INTO edition (number, month, taken_at) VALUES ($1, $2, $3)";
        let params = self
            .params()
            .with(new.number)
            .with(new.month.as_str())
            .with(new.taken_at);
        self.run(sql, params).await?;
        Ok(())
    }

    /// Writes what of some concerns is in a table from now on; nothing of those
    /// that come with `None`.
    pub async fn put_edition_concerns(
        &self,
        table: TableOf,
        changed: &[(ThreadId, Option<CountedConcern>)],
    ) -> Result<(), StorageError> {
        const COLUMNS: [&str; 8] = [
            "thread", "kind", "part", "agency", "month", "category", "region", "measures",
        ];
        for some in changed.chunks(AT_ONCE) {
            let ids: Vec<ThreadId> = some.iter().map(|(id, _)| *id).collect();
            let mut params = self.params().with(table.by.code()).with(table.part.code());
            let among = params.among("thread", &ids);
            let sql =
                format!("DELETE FROM edition_concern WHERE kind = $1 AND part = $2 AND {among}");
            self.run(&sql, params).await?;
        }
        let put = changed.iter().filter_map(|(id, of)| {
            let of = of.as_ref()?;
            Some(vec![
                id.into_param(),
                table.by.code().into_param(),
                table.part.code().into_param(),
                of.agency.into_param(),
                of.month.as_str().into_param(),
                of.category.as_str().into_param(),
                of.region.as_str().into_param(),
                of.measures.join(" ").into_param(),
            ])
        });
        let rows: Vec<Vec<Value>> = put.collect();
        self.insert_values("edition_concern", &COLUMNS, &rows)
            .await?;
        Ok(())
    }

    /// Writes the figures of the newest edition, in place of those before.
    pub async fn replace_edition_cells(&self, figures: &[Figure]) -> Result<(), StorageError> {
        const COLUMNS: [&str; 5] = ["kind", "key", "month", "measure", "value"];
        self.run("DELETE FROM edition_cell", self.params()).await?;
        let rows = figures.iter().map(|one| {
            vec![
                one.by.code().into_param(),
                one.key.as_str().into_param(),
                one.month.as_str().into_param(),
                one.measure.as_str().into_param(),
                one.value.into_param(),
            ]
        });
        let rows: Vec<Vec<Value>> = rows.collect();
        self.insert_values("edition_cell", &COLUMNS, &rows).await?;
        Ok(())
    }
}
