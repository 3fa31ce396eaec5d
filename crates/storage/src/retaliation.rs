//! Reports of retaliation, and which agencies' access they freeze.

use chrono::{DateTime, Utc};
use domain::id::{AccountId, AgencyId, OrganizationId, PersonaId, RetaliationId, ThreadId};
use domain::policy::RetaliationFacts;

use crate::conn::Conn;
use crate::error::StorageError;
use crate::row::Row;
use crate::write::Tx;

/// A report that somebody is made to suffer for a concern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retaliation {
    /// The report.
    pub id: RetaliationId,
    /// The concern.
    pub thread: ThreadId,
    /// The agency whose people are said to retaliate.
    pub agency: AgencyId,
    /// Who reported it.
    pub reporter: PersonaId,
    /// What happened, sealed.
    pub body: String,
    /// The moderators whom it was brought to.
    pub moderators: [Option<PersonaId>; 2],
    /// The oversight body that it was brought to.
    pub oversight: Option<AgencyId>,
    /// When it was reported.
    pub created_at: DateTime<Utc>,
    /// When it was decided on.
    pub decided_at: Option<DateTime<Utc>>,
    /// Why so.
    pub reason: Option<String>,
    /// Since when the agency's access is no longer frozen by it.
    pub lifted_at: Option<DateTime<Utc>>,
}

impl Retaliation {
    /// What policy decides on; `overseen` where an oversight body answers that
    /// may decide.
    pub const fn facts(&self, overseen: bool) -> RetaliationFacts {
        RetaliationFacts {
            reporter: self.reporter,
            agency: self.agency,
            moderators: self.moderators,
            oversight: self.oversight,
            overseen,
        }
    }
}

const RETALIATION: &str = "r.id, r.thread, r.agency, r.persona, r.body, r.moderator, \
    r.second_moderator, r.oversight, r.created_at, r.decided_at, r.reason, r.lifted_at";

fn retaliation(mut row: Row) -> Result<Retaliation, StorageError> {
    Ok(Retaliation {
        id: row.id()?,
        thread: row.id()?,
        agency: row.id()?,
        reporter: row.id()?,
        body: row.get()?,
        moderators: [row.maybe_id()?, row.maybe_id()?],
        oversight: row.maybe_id()?,
        created_at: row.time()?,
        decided_at: row.maybe_time()?,
        reason: row.get()?,
        lifted_at: row.maybe_time()?,
    })
}

impl Conn {
    /// The reports of a concern, the newest first.
    pub async fn retaliations(&self, thread: ThreadId) -> Result<Vec<Retaliation>, StorageError> {
        let sql = format!(
            "SELECT {RETALIATION} FROM retaliation r WHERE r.thread = $1 \
             ORDER BY r.created_at DESC, r.id DESC"
        );
        let rows = self.all(&sql, self.params().with(thread)).await?;
        rows.into_iter().map(retaliation).collect()
    }

    /// One report.
    pub async fn retaliation(
        &self,
        id: RetaliationId,
    ) -> Result<Option<Retaliation>, StorageError> {
        let sql = format!("SELECT {RETALIATION} FROM retaliation r WHERE r.id = $1");
        let row = self.one(&sql, self.params().with(id)).await?;
        row.map(retaliation).transpose()
    }

    /// The reports that nobody decided on yet which were brought to one of these
    /// moderators, or to this body: the oldest first,
    /// at most `limit`.
    pub async fn retaliations_waiting(
        &self,
        moderators: &[PersonaId],
        oversight: Option<AgencyId>,
        limit: u32,
    ) -> Result<Vec<Retaliation>, StorageError> {
        let mut params = self.params();
        let first = params.among("r.moderator", moderators);
        let second = params.among("r.second_moderator", moderators);
        let body = params.push(oversight);
        let limit = params.push(i64::from(limit));
        let sql = format!(
            "SELECT {RETALIATION} FROM retaliation r \
             WHERE r.decided_at IS NULL AND ({first} OR {second} OR r.oversight = {body}) \
             ORDER BY r.created_at, r.id LIMIT {limit}"
        );
        let rows = self.all(&sql, params).await?;
        rows.into_iter().map(retaliation).collect()
    }

    /// The agencies whose access to a thread is frozen.
    pub async fn frozen(&self, thread: ThreadId) -> Result<Vec<AgencyId>, StorageError> {
        let frozen = self.frozen_in(&[thread]).await?;
        Ok(frozen.into_iter().map(|(_, agency)| agency).collect())
    }

    /// The agencies whose access to these threads is frozen, by thread. One
    /// statement whatever their number.
    pub async fn frozen_in(
        &self,
        threads: &[ThreadId],
    ) -> Result<Vec<(ThreadId, AgencyId)>, StorageError> {
        let mut params = self.params();
        let among = params.among("thread", threads);
        let sql = format!(
            "SELECT DISTINCT thread, agency FROM retaliation WHERE {among} AND lifted_at IS NULL"
        );
        let rows = self.all(&sql, params).await?;
        rows.into_iter()
            .map(|mut row| Ok((row.id()?, row.id()?)))
            .collect()
    }

    /// Everybody who may sign in and is a moderator, with an organization of his.
    pub async fn moderators(
        &self,
    ) -> Result<Vec<(AccountId, Option<OrganizationId>)>, StorageError> {
        let sql = "SELECT d.account, m.organization FROM account_duty d \
                   JOIN account a ON a.id = d.account \
                   LEFT JOIN membership m ON m.account = d.account AND m.accreditation = 'APPROVED' \
                   WHERE d.duty = 'MODERATOR' AND a.standing = 'ACTIVE' \
                   ORDER BY d.account, m.organization";
        let rows = self.all(sql, self.params()).await?;
        let mut all: Vec<(AccountId, Option<OrganizationId>)> = Vec::new();
        for mut row in rows {
            let (account, organization) = (row.id()?, row.maybe_id()?);
            if all.last().is_none_or(|(last, _)| *last != account) {
                all.push((account, organization));
            }
        }
        Ok(all)
    }
}

impl Tx {
    /// Takes somebody out of the threads to which he was brought as a moderator
    /// because of a report.
    pub async fn leave_retaliations(&self, account: AccountId) -> Result<(), StorageError> {
        let sql = "DELETE FROM participant \
                   WHERE persona IN (SELECT id FROM persona WHERE account = $1) \
                   AND EXISTS (SELECT 1 FROM retaliation r WHERE r.thread = participant.thread \
                   AND (r.moderator = participant.persona \
                   OR r.second_moderator = participant.persona))";
        self.run(sql, self.params().with(account)).await?;
        Ok(())
    }

    /// Writes a report, of a concern whose row is locked.
    pub async fn insert_retaliation(&self, new: &Retaliation) -> Result<(), StorageError> {
        let sql = "INSERT INTO retaliation (id, thread, agency, persona, body, moderator, \
                   second_moderator, oversight, created_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        let [first, second] = new.moderators;
        let params = self
            .params()
            .with(new.id)
            .with(new.thread)
            .with(new.agency)
            .with(new.reporter)
            .with(new.body.as_str())
            .with(first)
            .with(second)
            .with(new.oversight)
            .with(new.created_at);
        self.run(sql, params).await?;
        Ok(())
    }

    /// Writes what was decided on a report; where it is lifted, the agency's
    /// access is no longer frozen by it.
    pub async fn decide_retaliation(
        &self,
        id: RetaliationId,
        by: PersonaId,
        reason: &str,
        lift: bool,
    ) -> Result<(), StorageError> {
        let sql = "UPDATE retaliation SET decided_at = $1, decided_by = $2, reason = $3, \
                   lifted_at = $4 WHERE id = $5";
        let params = self
            .params()
            .with(self.now())
            .with(by)
            .with(reason)
            .with(lift.then(|| self.now()))
            .with(id);
        self.run(sql, params).await?;
        Ok(())
    }
}
