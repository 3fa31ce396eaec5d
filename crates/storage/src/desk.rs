//! Desks: what is on them in numbers, and who has it in hand.

use chrono::NaiveDate;
use domain::desk::{WAITS_FOR_OFFICE, WAITS_FOR_RAISER, WAITS_FOR_ROUTE};
use domain::id::{AccountId, AgencyId, OfficeId, PersonaId, ThreadId};
use domain::policy::Scope;

use crate::conn::Conn;
use crate::error::StorageError;
use crate::thread::{Switch, ThreadFilter, codes, conditions};
use crate::write::Tx;

/// As many officers of an agency are listed.
const OFFICERS_MAX: usize = 200;

/// What is on an agency's desk, in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DeskCounts {
    /// Everything.
    pub all: i64,
    /// What no office said that it has yet.
    pub assigned: i64,
    /// What an office said that it has, and works on.
    pub acknowledged: i64,
    /// What is looked at again.
    pub in_review: i64,
    /// What waits for its raiser.
    pub waits_for_raiser: i64,
    /// What waits for a moderator.
    pub waits_for_moderator: i64,
    /// What is late, the very late included.
    pub overdue: i64,
    /// What is very late.
    pub very_overdue: i64,
    /// What waits for an office, and nobody took.
    pub untaken: i64,
}

/// What an officer has in hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfficerLoad {
    /// The officer.
    pub account: AccountId,
    /// What his colleagues call him.
    pub name: String,
    /// Concerns that he took and that are not over.
    pub taken: i64,
    /// Those of them that are late.
    pub overdue: i64,
}

/// The desk of an agency: what somebody may see of it.
#[derive(Debug, Clone, Copy)]
pub struct DeskOf<'a> {
    /// What he may see.
    pub scope: &'a Scope,
    /// What the desk is narrowed to.
    pub filter: &'a ThreadFilter,
    /// The day that it is.
    pub today: NaiveDate,
}

impl Conn {
    /// What is on a desk, in numbers. One statement.
    pub async fn desk_counts(&self, of: DeskOf<'_>) -> Result<DeskCounts, StorageError> {
        let mut params = self.params();
        let conditions = conditions(of.scope, of.filter, &mut params).join(" AND ");
        let today = params.push(of.today);
        let count = |condition: &str| format!("COUNT(CASE WHEN {condition} THEN 1 END)");
        let columns = [
            "COUNT(*)".to_owned(),
            count("t.state = 'ASSIGNED'"),
            count("t.state IN ('ACKNOWLEDGED', 'IN_PROGRESS')"),
            count("t.state = 'IN_REVIEW'"),
            count(&format!("t.state IN ({})", codes(WAITS_FOR_RAISER))),
            count(&format!("t.state IN ({})", codes(WAITS_FOR_ROUTE))),
            count(&format!("t.due_on < {today}")),
            count(&format!("t.very_overdue_on < {today}")),
            count(&format!(
                "t.officer IS NULL AND t.state IN ({})",
                codes(WAITS_FOR_OFFICE)
            )),
        ];
        let sql = format!(
            "SELECT {} FROM thread t WHERE {conditions}",
            columns.join(", ")
        );
        let row = self.one(&sql, params).await?;
        let mut row = row.ok_or(StorageError::Corrupt("a count"))?;
        Ok(DeskCounts {
            all: row.get()?,
            assigned: row.get()?,
            acknowledged: row.get()?,
            in_review: row.get()?,
            waits_for_raiser: row.get()?,
            waits_for_moderator: row.get()?,
            overdue: row.get()?,
            very_overdue: row.get()?,
            untaken: row.get()?,
        })
    }

    /// What each officer of an agency has in hand of a desk, also those who
    /// have nothing: by name. One statement.
    pub async fn workload(
        &self,
        agency: AgencyId,
        of: DeskOf<'_>,
    ) -> Result<Vec<OfficerLoad>, StorageError> {
        let mut params = self.params();
        let conditions = conditions(of.scope, of.filter, &mut params).join(" AND ");
        let today = params.push(of.today);
        let agency = params.push(agency);
        let sql = format!(
            "SELECT a.id, a.display_name, COALESCE(l.taken, 0), COALESCE(l.late, 0) \
             FROM account a LEFT JOIN (SELECT p.account AS account, COUNT(*) AS taken, \
             COUNT(CASE WHEN t.due_on < {today} THEN 1 END) AS late \
             FROM thread t JOIN persona p ON p.id = t.officer \
             WHERE t.officer IS NOT NULL AND {conditions} GROUP BY p.account) l \
             ON l.account = a.id \
             WHERE a.id IN (SELECT h.account FROM holder h JOIN office f ON f.id = h.office \
             WHERE f.agency = {agency} AND h.until IS NULL AND f.closed_at IS NULL)"
        );
        let rows = self.all(&sql, params).await?;
        let mut all = rows
            .into_iter()
            .map(|mut row| {
                Ok(OfficerLoad {
                    account: row.id()?,
                    name: row.get()?,
                    taken: row.get()?,
                    overdue: row.get()?,
                })
            })
            .collect::<Result<Vec<_>, StorageError>>()?;
        // Sorted here because the databases sort text differently.
        all.sort_by(|a, b| (&a.name, a.account).cmp(&(&b.name, b.account)));
        all.truncate(OFFICERS_MAX);
        Ok(all)
    }
}

impl Conn {
    /// Those of these threads that one of these personas has on his shortlist.
    /// One statement.
    pub async fn shortlisted(
        &self,
        threads: &[ThreadId],
        personas: &[PersonaId],
    ) -> Result<Vec<ThreadId>, StorageError> {
        let mut params = self.params();
        let threads = params.among("thread", threads);
        let personas = params.among("persona", personas);
        let sql = format!("SELECT DISTINCT thread FROM shortlist WHERE {threads} AND {personas}");
        let rows = self.all(&sql, params).await?;
        rows.into_iter().map(|mut row| row.id()).collect()
    }
}

impl Tx {
    /// Puts a concern on an officer's shortlist, or takes it off whichever of
    /// these personas put it there.
    pub async fn set_shortlisted(
        &self,
        thread: ThreadId,
        persona: PersonaId,
        personas: &[PersonaId],
        on: Switch,
    ) -> Result<(), StorageError> {
        match on {
            Switch::On => {
                let sql = "INSERT INTO shortlist (thread, persona, since) VALUES ($1, $2, $3) \
                           ON CONFLICT DO NOTHING";
                let params = self.params().with(thread).with(persona).with(self.now());
                self.run(sql, params).await?;
            }
            Switch::Off => {
                let mut params = self.params();
                let thread = params.push(thread);
                let personas = params.among("persona", personas);
                let sql = format!("DELETE FROM shortlist WHERE thread = {thread} AND {personas}");
                self.run(&sql, params).await?;
            }
        }
        Ok(())
    }

    /// Writes that an officer stepped back from a concern.
    pub async fn insert_recusal(
        &self,
        thread: ThreadId,
        persona: PersonaId,
    ) -> Result<(), StorageError> {
        let sql = "INSERT INTO recusal (thread, persona, since) VALUES ($1, $2, $3) \
                   ON CONFLICT DO NOTHING";
        let params = self.params().with(thread).with(persona).with(self.now());
        self.run(sql, params).await?;
        Ok(())
    }

    /// Writes who has a concern in hand.
    pub async fn save_officer(
        &self,
        thread: ThreadId,
        officer: Option<PersonaId>,
    ) -> Result<(), StorageError> {
        let sql = "UPDATE thread SET officer = $1 WHERE id = $2";
        self.run(sql, self.params().with(officer).with(thread))
            .await?;
        Ok(())
    }

    /// Gives what an officer has in hand of an office to another, or back to
    /// the desk: also what the other stepped back from.
    pub async fn pass_on_taken(
        &self,
        office: OfficeId,
        from: AccountId,
        to: Option<PersonaId>,
    ) -> Result<(), StorageError> {
        let sql = "UPDATE thread SET officer = CASE WHEN id IN (SELECT r.thread FROM recusal r \
                   JOIN persona p ON p.id = r.persona JOIN persona q ON q.account = p.account \
                   WHERE q.id = $1) THEN NULL ELSE $2 END WHERE assigned_office = $3 \
                   AND officer IN (SELECT id FROM persona WHERE account = $4)";
        let params = self.params().with(to).with(to).with(office).with(from);
        self.run(sql, params).await?;
        Ok(())
    }
}
