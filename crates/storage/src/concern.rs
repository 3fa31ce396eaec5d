//! A concern's life: how it stands, and its timeline.

use chrono::{DateTime, Utc};
use domain::concern::{Assignment, Concern, State};
use domain::desk::desk_on;
use domain::id::{AgencyId, CommitmentId, MoveId, OfficeId, ResponseId, ThreadId};
use domain::thread::VerdictKind;
use domain::timeline::{EntryKind, Side};
use sea_orm::sea_query::ArrayType;
use uuid::Uuid;

use crate::conn::Conn;
use crate::error::StorageError;
use crate::params::{IntoParam as _, Params};
use crate::row::Row;
use crate::thread::{Due, Slice};
use crate::write::Tx;

/// An entry of a concern's timeline. It names sides and offices, and nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The entry. That of a response or a verdict has its id.
    pub id: MoveId,
    /// The concern.
    pub thread: ThreadId,
    /// What it tells of.
    pub kind: EntryKind,
    /// Which side acted.
    pub side: Side,
    /// The agency that acted, or that the concern was before when a clock ran
    /// out.
    pub agency: Option<AgencyId>,
    /// Its office.
    pub office: Option<OfficeId>,
    /// Where the concern stood afterwards.
    pub state: State,
    /// Whom it was put before, if anybody.
    pub to: Option<Assignment>,
    /// The office's answer, if it is one.
    pub response: Option<ResponseId>,
    /// The raiser's judgement, if it is one.
    pub verdict: Option<VerdictKind>,
    /// How far silence was passed on, if it was.
    pub level: Option<u8>,
    /// The commitment to which something was done, if it was.
    pub commitment: Option<CommitmentId>,
    /// What was said with it: a reason, a question, an answer.
    pub note: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

const ENTRY: &str = "m.id, m.thread, m.kind, m.side, m.agency, m.office, m.state, m.to_agency, \
    m.to_office, m.response, m.verdict, m.level, s.commitment, m.note, m.at";

fn entry(mut row: Row) -> Result<Entry, StorageError> {
    let row = &mut row;
    Ok(Entry {
        id: row.id()?,
        thread: row.id()?,
        kind: row.code()?,
        side: row.code()?,
        agency: row.maybe_id()?,
        office: row.maybe_id()?,
        state: row.code()?,
        to: match (row.maybe_id()?, row.maybe_id()?) {
            (Some(agency), office) => Some(Assignment { agency, office }),
            (None, _) => None,
        },
        response: row.maybe_id()?,
        verdict: row.maybe_code()?,
        level: row
            .get::<Option<i64>>()?
            .and_then(|level| u8::try_from(level).ok()),
        commitment: row.maybe_id()?,
        note: row.get()?,
        at: row.time()?,
    })
}

/// Whose timelines are read, and of which also what was before the release.
#[derive(Debug, Clone, Copy)]
pub struct Timelines<'a> {
    /// The concerns.
    pub threads: &'a [ThreadId],
    /// Those of them that are read whole.
    pub whole: &'a [ThreadId],
}

impl Timelines<'_> {
    /// Which entries those are, as SQL over `m`.
    fn condition(self, params: &mut Params) -> String {
        let among = params.among("m.thread", self.threads);
        let kinds: Vec<String> = EntryKind::before_release()
            .map(|kind| format!("'{}'", kind.code()))
            .collect();
        let whole = params.among("m.thread", self.whole);
        format!(
            "{among} AND (m.kind NOT IN ({}) OR {whole})",
            kinds.join(", ")
        )
    }
}

impl Conn {
    /// Slices of concerns' timelines, by concern, each in the order of
    /// reading. One statement whatever their number.
    pub async fn timelines(
        &self,
        of: Timelines<'_>,
        slice: Slice<Uuid>,
    ) -> Result<Vec<Entry>, StorageError> {
        let mut params = self.params();
        let mut conditions = vec![of.condition(&mut params)];
        for (place, sign) in [(slice.after, ">"), (slice.before, "<")] {
            if let Some(id) = place {
                let id = params.push(id);
                conditions.push(format!(
                    "m.number {sign} (SELECT number FROM concern_move WHERE id = {id})"
                ));
            }
        }
        let way = if slice.backward { "DESC" } else { "ASC" };
        let limit = params.push(i64::from(slice.limit));
        let sql = format!(
            "SELECT {ENTRY} FROM (SELECT m.*, ROW_NUMBER() OVER \
             (PARTITION BY m.thread ORDER BY m.number {way}) AS place \
             FROM concern_move m WHERE {}) m LEFT JOIN commitment_step s ON s.id = m.id \
             WHERE m.place <= {limit} \
             ORDER BY m.thread, m.place",
            conditions.join(" AND "),
        );
        let rows = self.all(&sql, params).await?;
        rows.into_iter().map(entry).collect()
    }

    /// How many entries timelines have.
    pub async fn timeline_count(&self, of: Timelines<'_>) -> Result<i64, StorageError> {
        let mut params = self.params();
        let condition = of.condition(&mut params);
        let sql = format!("SELECT COUNT(*) FROM concern_move m WHERE {condition}");
        let row = self.one(&sql, params).await?;
        row.ok_or(StorageError::Corrupt("a count"))?.get()
    }

    /// Concerns whose clocks began, by id, after this one.
    pub async fn concerns_after(
        &self,
        after: ThreadId,
        limit: u32,
    ) -> Result<Vec<ThreadId>, StorageError> {
        let sql = "SELECT id FROM thread WHERE id > $1 AND clock_since IS NOT NULL \
                   ORDER BY id LIMIT $2";
        let params = self.params().with(after).with(i64::from(limit));
        let rows = self.all(sql, params).await?;
        rows.into_iter().map(|mut row| row.id()).collect()
    }

    /// One entry.
    pub async fn timeline_entry(&self, id: MoveId) -> Result<Option<Entry>, StorageError> {
        let sql = format!(
            "SELECT {ENTRY} FROM concern_move m LEFT JOIN commitment_step s ON s.id = m.id \
             WHERE m.id = $1"
        );
        let row = self.one(&sql, self.params().with(id)).await?;
        row.map(entry).transpose()
    }
}

impl Tx {
    /// Whether a concern ever appeared: a moderator let it, or it did not have to wait.
    pub async fn was_released(&self, id: ThreadId) -> Result<bool, StorageError> {
        let sql = "SELECT 1 FROM concern_move WHERE thread = $1 AND kind = 'RELEASE'";
        Ok(self.one(sql, self.params().with(id)).await?.is_some())
    }

    /// Saves a concern's life.
    pub async fn save_concern(
        &self,
        id: ThreadId,
        concern: &Concern,
        due: Due,
    ) -> Result<(), StorageError> {
        let sql = "UPDATE thread SET state = $1, assigned_agency = $2, assigned_office = $3, \
                   acknowledged_at = $4, answered_at = $5, closed_at = $6, clarifications = $7, \
                   disputes = $8, unconfirmed = $9, referrals = $10, clock_since = $11, \
                   clock_told = $12, due_on = $13, very_overdue_on = $14, desk_on = $15, \
                   officer = $16, drafter = $17 WHERE id = $18";
        let params = self
            .params()
            .with(concern.state.code())
            .with(concern.assignment.map(|assignment| assignment.agency))
            .with(concern.assignment.and_then(|assignment| assignment.office))
            .with(concern.acknowledged_at)
            .with(concern.answered_at)
            .with(concern.closed_at)
            .with(i64::from(concern.clarifications))
            .with(i64::from(concern.disputes))
            .with(concern.unconfirmed)
            .with(i64::from(concern.referrals))
            .with(concern.clock_since)
            .with(i64::from(concern.clock_told))
            .with(due.on)
            .with(due.very_overdue_on)
            .with(desk_on(concern.state, due.on))
            .with(concern.taken_by)
            .with(concern.drafted_by)
            .with(id);
        self.run(sql, params).await?;
        Ok(())
    }

    /// Adds an entry to the timeline of a concern whose row is locked.
    pub async fn insert_entry(&self, new: &Entry) -> Result<(), StorageError> {
        self.insert_entries(&[new]).await
    }

    /// Adds entries to the timelines of concerns whose rows are locked, one each:
    /// one statement whatever their number.
    pub async fn insert_entries(&self, all: &[&Entry]) -> Result<(), StorageError> {
        if all.is_empty() {
            return Ok(());
        }
        let rows = all.iter().map(|new| {
            [
                new.id.into_param(),
                new.thread.into_param(),
                new.kind.code().into_param(),
                new.side.code().into_param(),
                new.agency.into_param(),
                new.office.into_param(),
                new.state.code().into_param(),
                new.to.map(|to| to.agency).into_param(),
                new.to.and_then(|to| to.office).into_param(),
                new.response.into_param(),
                new.verdict.map(VerdictKind::code).into_param(),
                new.level.map(i64::from).into_param(),
                new.note.clone().into_param(),
                new.at.into_param(),
            ]
        });
        let kinds = {
            use ArrayType::{BigInt, String, Uuid};
            [
                Uuid, Uuid, String, String, Uuid, Uuid, String, Uuid, Uuid, Uuid, String, BigInt,
                String, BigInt,
            ]
        };
        let mut params = self.params();
        let rows = params.rows(kinds, rows.collect());
        let sql = format!(
            "INSERT INTO concern_move (id, thread, kind, side, agency, office, state, to_agency, \
             to_office, response, verdict, level, note, at, number) \
             SELECT column1, column2, column3, column4, column5, column6, column7, column8, \
             column9, column10, column11, column12, column13, column14, \
             (SELECT COALESCE(MAX(m.number), 0) + 1 FROM concern_move m \
             WHERE m.thread = column2) FROM ({rows}) AS new"
        );
        self.run(&sql, params).await?;
        Ok(())
    }

    /// Saves how far concerns' clocks were told, and nothing else of them. Their
    /// rows are locked. One statement whatever their number.
    pub async fn save_told(&self, told: &[(ThreadId, u8)]) -> Result<(), StorageError> {
        if told.is_empty() {
            return Ok(());
        }
        let rows = told.iter();
        let rows = rows.map(|(id, told)| [id.into_param(), i64::from(*told).into_param()]);
        let mut params = self.params();
        let rows = params.rows([ArrayType::Uuid, ArrayType::BigInt], rows.collect());
        let sql = format!(
            "UPDATE thread SET clock_told = column2 FROM ({rows}) AS new WHERE id = column1"
        );
        self.run(&sql, params).await?;
        Ok(())
    }
}
