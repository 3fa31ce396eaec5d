//! What is counted of each concern.

use chrono::{DateTime, Utc};
use domain::concern::MoveKind;
use domain::id::{AgencyId, ThreadId};
use domain::statistics::Moved;
use domain::timeline::EntryKind;
use sea_orm::sea_query::ArrayType;

use crate::conn::Conn;
use crate::error::StorageError;
use crate::params::IntoParam as _;
use crate::row::Row;
use crate::store::Backend;
use crate::write::Tx;

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
    /// Reads agency, month, category, region and measures.
    pub(crate) fn read(row: &mut Row) -> Result<Self, StorageError> {
        let (agency, month) = (row.id()?, row.get()?);
        let (category, region) = (row.get()?, row.get()?);
        let measures: String = row.get()?;
        Ok(Self {
            agency,
            month,
            category,
            region,
            measures: measures.split(' ').map(str::to_owned).collect(),
        })
    }
}

impl Conn {
    /// Whether concerns are to be counted anew.
    pub async fn uncounted_waits(&self) -> Result<bool, StorageError> {
        let sql = "SELECT thread FROM uncounted LIMIT 1";
        Ok(self.one(sql, self.params()).await?.is_some())
    }

    /// What was counted of a concern.
    pub async fn counted(&self, thread: ThreadId) -> Result<Option<CountedConcern>, StorageError> {
        let sql = "SELECT agency, month, category, region, measures FROM counted WHERE thread = $1";
        let row = self.one(sql, self.params().with(thread)).await?;
        row.map(|mut row| CountedConcern::read(&mut row))
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

    /// The concerns that every member may read, and anybody can become one.
    pub async fn concerns_open_to_all(&self) -> Result<Vec<ThreadId>, StorageError> {
        let sql = "SELECT id FROM thread WHERE audience IN ('PUBLIC', 'MEMBERS') \
                   AND state IS NOT NULL";
        let rows = self.all(sql, self.params()).await?;
        rows.into_iter().map(|mut row| row.id()).collect()
    }

    /// What is counted of every concern, by id: what a recount has to come to.
    pub async fn all_counted(&self) -> Result<Vec<(ThreadId, CountedConcern)>, StorageError> {
        let sql = "SELECT thread, agency, month, category, region, measures FROM counted \
                   ORDER BY thread";
        let rows = self.all(sql, self.params()).await?;
        rows.into_iter()
            .map(|mut row| Ok((row.id()?, CountedConcern::read(&mut row)?)))
            .collect()
    }
}

impl Tx {
    /// Has concerns counted anew, whose rows are locked.
    pub async fn count_anew(&self, threads: &[ThreadId]) -> Result<(), StorageError> {
        if threads.is_empty() {
            return Ok(());
        }
        let mut params = self.params();
        let rows = threads.iter().map(|id| [id.into_param()]);
        let rows = params.rows([ArrayType::Uuid], rows.collect());
        let sql = format!(
            "INSERT INTO uncounted (thread) SELECT column1 FROM ({rows}) AS new WHERE 1 = 1 \
             ON CONFLICT (thread) DO NOTHING"
        );
        self.send(sql, params).await
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

    /// Keeps what is counted of a concern.
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

    /// Forgets all that was counted, and has every concern counted anew.
    pub async fn count_all_anew(&self) -> Result<(), StorageError> {
        for sql in [
            "DELETE FROM counted",
            "INSERT INTO uncounted (thread) SELECT id FROM thread WHERE state IS NOT NULL \
             ON CONFLICT (thread) DO NOTHING",
        ] {
            self.run(sql, self.params()).await?;
        }
        Ok(())
    }
}
