//! Removing what is past its time, again and again, in small bites.
//!
//! A durable job says when it is time, and its lease has one node do it. What
//! was removed is gone, and what was not is found by whoever goes on: so a
//! process that dies in between leaves nothing to be mended.

use chrono::{DateTime, TimeDelta, Utc};
use storage::job::NewJob;
use storage::retention::{Before, OVER, Over};

use crate::{Error, Forum};

/// The kind, and the name, of the job.
const RETENTION: &str = "retention";

/// How long a lease lasts. Where it takes longer, another node may help.
const LEASE: TimeDelta = TimeDelta::minutes(5);

/// How what is past its time is removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetentionSettings {
    /// How many minutes lie between the end of one round and the next.
    pub every_minutes: u32,
    /// How many rows go in one transaction at most.
    pub rows_at_once: u32,
    /// For how many days after the decision moderators read what was flagged as it
    /// was then.
    pub flagged_text_days: u32,
}

impl Default for RetentionSettings {
    fn default() -> Self {
        Self {
            every_minutes: 10,
            rows_at_once: 500,
            flagged_text_days: 90,
        }
    }
}

impl Forum {
    /// Has what is past its time removed from now on, if that was not begun
    /// before.
    pub async fn begin_retention(&self) -> Result<(), Error> {
        let job = self.next_retention(self.now());
        let begun = self
            .store
            .write(self.now(), async |tx| tx.schedule_if_none(&job).await);
        Ok(begun.await?)
    }

    /// Removes what is past its time, if it is time to and no other node does.
    pub async fn run_retention(&self) -> Result<(), Error> {
        let now = self.now();
        if !self.store.read().jobs_due(RETENTION, now).await? {
            return Ok(());
        }
        let leased = self.store.write(now, async |tx| {
            tx.lease_jobs(RETENTION, now + LEASE, 1).await
        });
        if leased.await?.is_empty() {
            return Ok(());
        }
        self.forget_over().await?;
        let pause = TimeDelta::minutes(self.settings.retention.every_minutes.into());
        let job = self.next_retention(self.now() + pause);
        let next = self
            .store
            .write(self.now(), async |tx| tx.schedule(&job).await);
        Ok(next.await?)
    }

    fn next_retention(&self, run_at: DateTime<Utc>) -> NewJob {
        NewJob {
            id: self.new_id(),
            kind: RETENTION,
            once: RETENTION.to_owned(),
            payload: String::new(),
            run_at,
        }
    }

    /// Removes all that is past its time now; says how many rows.
    pub async fn forget_over(&self) -> Result<u64, Error> {
        let now = self.now();
        let mut gone = 0;
        for line in OVER {
            gone += self
                .forget_all(*line, self.before(line.before, now))
                .await?;
        }
        Ok(gone)
    }

    async fn forget_all(&self, line: Over, before: DateTime<Utc>) -> Result<u64, Error> {
        let most = self.settings.retention.rows_at_once;
        let mut gone = 0;
        loop {
            let some = self
                .store
                .write(self.now(), async |tx| {
                    tx.forget_over(line, before, most).await
                })
                .await?;
            gone += some;
            if some < u64::from(most) {
                return Ok(gone);
            }
        }
    }

    fn before(&self, before: Before, now: DateTime<Utc>) -> DateTime<Utc> {
        match before {
            Before::Now => now,
            Before::Idle => now - TimeDelta::days(self.settings.session_idle_days.into()),
            Before::Log => now - self.settings.webhooks.log,
            Before::Judged => {
                now - TimeDelta::days(self.settings.retention.flagged_text_days.into())
            }
        }
    }
}
