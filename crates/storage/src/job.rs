//! Durable jobs: what is to be done later, once, whatever restarts in between.
//!
//! A job is written with what it follows from, in one transaction. Whoever
//! runs it leases it first, so that two nodes do not do the same work; what it
//! comes to is written together with its end, and only by whoever still has
//! the lease. A lease that is over is given to the next who asks.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::ArrayType;
use uuid::Uuid;

use crate::conn::Conn;
use crate::error::StorageError;
use crate::params::IntoParam as _;
use crate::write::Tx;

/// The kind, and the name, of the row that keeps by what clocks go.
const CLOCKS: &str = "clocks";

/// The same of the row that whoever writes an edition of the figures holds.
const EDITIONS: &str = "editions";

/// The same of the row that keeps of what rules the audit log told the last time.
const RULES: &str = "rules";

/// The same of the row that keeps with which epoch the forum was served the last time.
const EPOCH: &str = "epoch";

/// A job to be done once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// Its id, if it is new.
    pub id: Uuid,
    /// What kind of job it is.
    pub kind: &'static str,
    /// What it is: another under the same name takes its place.
    pub once: String,
    /// What it is about: ids and codes, never text.
    pub payload: String,
    /// From when on.
    pub run_at: DateTime<Utc>,
}

/// A job that somebody does now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeasedJob {
    /// The job.
    pub id: Uuid,
    /// What it is about.
    pub payload: String,
    /// How often it was tried before.
    pub attempts: u32,
    /// Until when it is leased, which tells this lease from any other.
    pub until: DateTime<Utc>,
}

impl Conn {
    /// Whether a job of this kind is due that nobody does now.
    pub async fn jobs_due(&self, kind: &str, now: DateTime<Utc>) -> Result<bool, StorageError> {
        let sql = "SELECT 1 FROM job WHERE kind = $1 AND run_at <= $2 \
                   AND (leased_until IS NULL OR leased_until <= $2) LIMIT 1";
        let params = self.params().with(kind).with(now);
        Ok(self.one(sql, params).await?.is_some())
    }
}

impl Tx {
    /// Has a job done from a moment on, and no more at another. A lease on it
    /// ends: whoever has it did not see what changed.
    pub async fn schedule(&self, job: &NewJob) -> Result<(), StorageError> {
        self.schedule_all(std::slice::from_ref(job)).await
    }

    /// The same of several, each of another name. One statement.
    pub async fn schedule_all(&self, jobs: &[NewJob]) -> Result<(), StorageError> {
        if jobs.is_empty() {
            return Ok(());
        }
        let rows = jobs.iter().map(|job| {
            [
                job.id.into_param(),
                job.kind.into_param(),
                job.once.as_str().into_param(),
                job.payload.as_str().into_param(),
                job.run_at.into_param(),
            ]
        });
        let kinds = {
            use ArrayType::{BigInt, String, Uuid};
            [Uuid, String, String, String, BigInt]
        };
        let mut params = self.params();
        let rows = params.rows(kinds, rows.collect());
        let sql = format!(
            "INSERT INTO job (id, kind, once, payload, run_at) \
             SELECT column1, column2, column3, column4, column5 FROM ({rows}) AS new WHERE 1 = 1 \
             ON CONFLICT (once) DO UPDATE SET payload = excluded.payload, \
             run_at = excluded.run_at, attempts = 0, leased_until = NULL"
        );
        self.run(&sql, params).await?;
        Ok(())
    }

    /// Has a job not done.
    pub async fn unschedule(&self, once: &str) -> Result<(), StorageError> {
        let sql = "DELETE FROM job WHERE once = $1";
        self.run(sql, self.params().with(once)).await?;
        Ok(())
    }

    /// Leases jobs of a kind that are due, the longest due first.
    pub async fn lease_jobs(
        &self,
        kind: &str,
        until: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<LeasedJob>, StorageError> {
        let skip = match self.backend {
            crate::Backend::Postgres => "FOR UPDATE SKIP LOCKED",
            crate::Backend::Sqlite => "",
        };
        let sql = format!(
            "UPDATE job SET leased_until = $1 WHERE id IN (SELECT id FROM job \
             WHERE kind = $2 AND run_at <= $3 AND (leased_until IS NULL OR leased_until <= $3) \
             ORDER BY run_at, id LIMIT $4 {skip}) RETURNING id, payload, attempts"
        );
        let params = self
            .params()
            .with(until)
            .with(kind)
            .with(self.now())
            .with(i64::from(limit));
        let rows = self.all(&sql, params).await?;
        rows.into_iter()
            .map(|mut row| {
                Ok(LeasedJob {
                    id: row.get()?,
                    payload: row.get()?,
                    attempts: row.count()?,
                    until,
                })
            })
            .collect()
    }

    /// Ends a job, if it is still leased so: says whether what it comes to may
    /// be written.
    pub async fn finish_job(&self, job: &LeasedJob) -> Result<bool, StorageError> {
        let ended = self.finish_jobs(std::slice::from_ref(job)).await?;
        Ok(!ended.is_empty())
    }

    /// Ends those of these jobs that are still leased so, and says which. They
    /// were leased together. One statement.
    pub async fn finish_jobs(&self, jobs: &[LeasedJob]) -> Result<Vec<Uuid>, StorageError> {
        let Some(first) = jobs.first() else {
            return Ok(Vec::new());
        };
        let ids: Vec<Uuid> = jobs.iter().map(|job| job.id).collect();
        let mut params = self.params();
        let until = params.push(first.until);
        let among = params.among("id", &ids);
        let sql = format!("DELETE FROM job WHERE leased_until = {until} AND {among} RETURNING id");
        let rows = self.all(&sql, params).await?;
        rows.into_iter().map(|mut row| row.get()).collect()
    }

    /// Has a job that failed tried again later.
    pub async fn retry_job(
        &self,
        job: &LeasedJob,
        run_at: DateTime<Utc>,
    ) -> Result<(), StorageError> {
        let sql = "UPDATE job SET attempts = attempts + 1, run_at = $1, leased_until = NULL \
                   WHERE id = $2 AND leased_until = $3";
        let params = self.params().with(run_at).with(job.id).with(job.until);
        self.run(sql, params).await?;
        Ok(())
    }

    /// By what settings every clock was looked at the last time; empty if by
    /// none. `id` names the row that keeps it, if that is new. It is held until
    /// the transaction ends.
    pub async fn hold_clocks(&self, id: Uuid) -> Result<String, StorageError> {
        self.hold_work(id, CLOCKS, "").await
    }

    /// Keeps by what settings every clock is looked at. Whoever does holds it.
    pub async fn save_clocks(&self, set: &str) -> Result<(), StorageError> {
        self.save_work(CLOCKS, set).await
    }

    /// Of what rules of the configuration the audit log told the last time; empty if
    /// of none. `id` names the row that keeps it, if that is new. It is held until
    /// the transaction ends.
    pub async fn hold_rules(&self, id: Uuid) -> Result<String, StorageError> {
        self.hold_work(id, RULES, "").await
    }

    /// Keeps of what rules it tells. Whoever does holds it.
    pub async fn save_rules(&self, rules: &str) -> Result<(), StorageError> {
        self.save_work(RULES, rules).await
    }

    /// With which epoch of its streams the forum was served the last time; empty if it
    /// was not. `id` names the row that keeps it, if that is new. It is held until the
    /// transaction ends.
    pub async fn hold_epoch(&self, id: Uuid) -> Result<String, StorageError> {
        self.hold_work(id, EPOCH, "").await
    }

    /// Keeps with which it is. Whoever does holds it.
    pub async fn save_epoch(&self, epoch: &str) -> Result<(), StorageError> {
        self.save_work(EPOCH, epoch).await
    }

    /// Makes this the one transaction that writes an edition of the figures, until
    /// it ends. `id` names the row that is held, if that is new.
    pub async fn hold_editions(&self, id: Uuid) -> Result<(), StorageError> {
        self.hold_work(id, EDITIONS, "").await?;
        Ok(())
    }

    /// Keeps how far a work is that this transaction does.
    pub(crate) async fn save_work(&self, work: &str, place: &str) -> Result<(), StorageError> {
        let sql = "UPDATE job SET payload = $1 WHERE once = $2";
        self.run(sql, self.params().with(place).with(work)).await?;
        Ok(())
    }

    /// Makes this the one transaction that does a work that has no end, until
    /// it ends itself, and gives how far the work was. `id` names the row that
    /// is held, if it is new; then the work begins at `first`.
    pub(crate) async fn hold_work(
        &self,
        id: Uuid,
        work: &str,
        first: &str,
    ) -> Result<String, StorageError> {
        let sql = "INSERT INTO job (id, kind, once, payload, run_at) VALUES ($1, $2, $2, $3, $4) \
                   ON CONFLICT (once) DO UPDATE SET run_at = excluded.run_at RETURNING payload";
        let params = self
            .params()
            .with(id)
            .with(work)
            .with(first)
            .with(self.now());
        let row = self.one(sql, params).await?;
        row.ok_or(StorageError::Corrupt("a place"))?.get()
    }
}
