//! The register of what authorities demand by law.

use chrono::{DateTime, NaiveDate, Utc};
use domain::id::{AccountId, DemandId, PersonaId, PostId, ThreadId};
use domain::legal::{DemandFacts, DemandKind, DemandStatus, Instrument};
use domain::moderation::{ModAct, ReasonCode, Subject};
use domain::thread::ModerationStatus;
use uuid::Uuid;

use crate::conn::Conn;
use crate::error::StorageError;
use crate::row::Row;
use crate::store::Backend;
use crate::thread::Slice;
use crate::write::Tx;

/// So many demands are shown to whom they are about.
const OWN_MAX: u32 = 50;

/// A demand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demand {
    /// Its id.
    pub id: DemandId,
    /// What is demanded.
    pub kind: DemandKind,
    /// By what.
    pub instrument: Instrument,
    /// Who demands it.
    pub authority: String,
    /// Under which number.
    pub reference: Option<String>,
    /// What it reaches, in words.
    pub scope: String,
    /// The thread, or the one that the post stands in.
    pub thread: Option<ThreadId>,
    /// The post.
    pub post: Option<PostId>,
    /// The reference of the thread, where it is named so; the thread itself is known
    /// once two approved.
    pub subject_reference: Option<String>,
    /// Who wrote that: for policy alone, also of a thread that is only named.
    pub author: Option<PersonaId>,
    /// The day on which it came.
    pub received_on: NaiveDate,
    /// Whether the law bars the forum from telling the person.
    pub notice_barred: bool,
    /// The last day on which it does.
    pub barred_until: Option<NaiveDate>,
    /// What became of it.
    pub status: DemandStatus,
    /// Who registered it; nobody where he left.
    pub registrar: Option<AccountId>,
    /// Who approved it first.
    pub approver: Option<AccountId>,
    /// Who approved it second, or refused it.
    pub decider: Option<AccountId>,
    /// Why.
    pub reason: Option<String>,
    /// When it was registered.
    pub created_at: DateTime<Utc>,
    /// When it was complied with or refused.
    pub decided_at: Option<DateTime<Utc>>,
}

impl Demand {
    /// What policy decides on.
    pub const fn facts(&self) -> DemandFacts {
        DemandFacts {
            registrar: self.registrar,
            approver: self.approver,
            author: self.author,
        }
    }

    /// Whether the law bars the forum on this day from telling the person. Only a
    /// server of before, beside a newer one, still writes a bar without an end.
    pub fn is_barred(&self, today: NaiveDate) -> bool {
        self.notice_barred && self.barred_until.is_none_or(|until| today <= until)
    }

    /// What it is about, if it is about a thread or a post.
    pub fn subject(&self) -> Option<Subject> {
        let post = self.post.map(Subject::Post);
        post.or(self.thread.map(Subject::Thread))
    }
}

/// A place in the register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DemandPlace {
    /// When it was registered, in microseconds.
    pub micros: i64,
    /// The demand.
    pub id: Uuid,
}

const DEMAND: &str = "d.id, d.kind, d.instrument, d.authority, d.reference, d.scope, d.thread, \
    d.post, d.subject_reference, \
    CASE WHEN d.post IS NOT NULL THEN (SELECT p.persona FROM post p WHERE p.id = d.post) \
    WHEN d.thread IS NOT NULL THEN (SELECT t.persona FROM thread t WHERE t.id = d.thread) \
    ELSE (SELECT t.persona FROM thread t WHERE t.reference = d.subject_reference) END, \
    d.received_on, d.notice_barred, d.barred_until, d.status, \
    d.registrar, d.approver, d.decider, d.reason, d.created_at, d.decided_at";

fn demand(mut row: Row) -> Result<Demand, StorageError> {
    Ok(Demand {
        id: row.id()?,
        kind: row.code()?,
        instrument: row.code()?,
        authority: row.get()?,
        reference: row.get()?,
        scope: row.get()?,
        thread: row.maybe_id()?,
        post: row.maybe_id()?,
        subject_reference: row.get()?,
        author: row.maybe_id()?,
        received_on: row.maybe_day()?.ok_or(StorageError::Corrupt("a day"))?,
        notice_barred: row.get()?,
        barred_until: row.maybe_day()?,
        status: row.code()?,
        registrar: row.maybe_id()?,
        approver: row.maybe_id()?,
        decider: row.maybe_id()?,
        reason: row.get()?,
        created_at: row.time()?,
        decided_at: row.maybe_time()?,
    })
}

impl Conn {
    /// The register. One statement.
    pub async fn demands(&self, slice: Slice<DemandPlace>) -> Result<Vec<Demand>, StorageError> {
        let mut params = self.params();
        let mut conditions = vec!["1 = 1".to_owned()];
        let page = slice.keyset(
            ["d.created_at", "d.id"],
            &mut conditions,
            &mut params,
            |place, params| [params.push(place.micros), params.push(place.id)],
        );
        let sql = format!(
            "SELECT {DEMAND} FROM legal_demand d WHERE {} \
             {page}",
            conditions.join(" AND "),
        );
        let rows = self.all(&sql, params).await?;
        rows.into_iter().map(demand).collect()
    }

    /// The demands about what somebody wrote that took effect and that he may know
    /// of today, the newest first, at most 50. One statement.
    pub async fn demands_about(
        &self,
        account: AccountId,
        today: NaiveDate,
    ) -> Result<Vec<Demand>, StorageError> {
        let sql = format!(
            "SELECT {DEMAND} FROM legal_demand d LEFT JOIN post p ON p.id = d.post \
             LEFT JOIN thread t ON t.id = d.thread \
             WHERE d.status IN ('COMPLIED', 'LIFTED') \
             AND (NOT d.notice_barred OR d.barred_until < $2) \
             AND CASE WHEN d.post IS NULL THEN t.persona ELSE p.persona END \
             IN (SELECT a.id FROM persona a WHERE a.account = $1) \
             ORDER BY d.created_at DESC, d.id DESC LIMIT {OWN_MAX}"
        );
        let params = self.params().with(account).with(today);
        let rows = self.all(&sql, params).await?;
        rows.into_iter().map(demand).collect()
    }

    /// How many demands are registered.
    pub async fn demand_count(&self) -> Result<i64, StorageError> {
        let sql = "SELECT COUNT(*) FROM legal_demand";
        let row = self.one(sql, self.params()).await?;
        row.ok_or(StorageError::Corrupt("a count"))?.get()
    }

    /// Whether a demand that holds took this down.
    pub async fn is_down_by_order(&self, subject: Subject) -> Result<bool, StorageError> {
        let mut params = self.params();
        let of = params.about("d", subject);
        let sql = format!(
            "SELECT 1 FROM legal_demand d WHERE {of} \
             AND d.kind = 'TAKE_DOWN' AND d.status = 'COMPLIED'"
        );
        Ok(self.one(&sql, params).await?.is_some())
    }

    /// Whether it was an order that took this down last.
    pub async fn was_removed_by_order(&self, subject: Subject) -> Result<bool, StorageError> {
        let mut params = self.params();
        let of = params.about("m", subject);
        let sql = format!(
            "SELECT m.code = 'LEGAL_ORDER' FROM modlog m WHERE {of} AND m.act = 'REMOVE' \
             ORDER BY m.nth DESC, m.appears_at DESC LIMIT 1"
        );
        let row = self.one(&sql, params).await?;
        row.map_or(Ok(false), |mut row| row.get())
    }

    /// How this stood before an order took it down, the last that did, if that is known;
    /// not where a moderator agreed meanwhile that something is wrong with it.
    pub async fn stood_before_order(
        &self,
        subject: Subject,
    ) -> Result<Option<ModerationStatus>, StorageError> {
        let mut params = self.params();
        let of = params.about("d", subject);
        let sql = format!(
            "SELECT d.stood FROM legal_demand d WHERE {of} AND d.stood IS NOT NULL \
             AND NOT EXISTS (SELECT 1 FROM reviewable r \
             WHERE r.subject = COALESCE(d.post, d.thread) AND r.decision = 'AGREE' \
             AND r.decided_at > d.decided_at) \
             ORDER BY d.decided_at DESC, d.id DESC LIMIT 1"
        );
        let row = self.one(&sql, params).await?;
        row.map(|mut row| row.code()).transpose()
    }

    /// Why this was held last, if nothing else became of it than that an order took it
    /// down.
    pub async fn last_hold(&self, subject: Subject) -> Result<Option<ReasonCode>, StorageError> {
        let mut params = self.params();
        let of = params.about("m", subject);
        let sql = format!(
            "SELECT m.act, m.code FROM modlog m WHERE {of} AND m.act IN \
             ('HOLD', 'RELEASE', 'RETURN', 'MINIMIZE', 'REMOVE', 'RESTORE') \
             AND m.code <> 'LEGAL_ORDER' ORDER BY m.nth DESC, m.appears_at DESC LIMIT 1"
        );
        let Some(mut row) = self.one(&sql, params).await? else {
            return Ok(None);
        };
        let (act, code): (ModAct, ReasonCode) = (row.code()?, row.code()?);
        Ok((act == ModAct::Hold).then_some(code))
    }

    /// One demand.
    pub async fn demand(&self, id: DemandId) -> Result<Option<Demand>, StorageError> {
        let sql = format!("SELECT {DEMAND} FROM legal_demand d WHERE d.id = $1");
        let row = self.one(&sql, self.params().with(id)).await?;
        row.map(demand).transpose()
    }
}

impl Tx {
    /// Whether the same demand waits already, or holds.
    pub async fn is_demanded(&self, new: &Demand) -> Result<bool, StorageError> {
        let sql = "SELECT 1 FROM legal_demand WHERE kind = $1 AND authority = $2 \
                   AND reference IS NOT DISTINCT FROM $3 AND thread IS NOT DISTINCT FROM $4 \
                   AND post IS NOT DISTINCT FROM $5 AND subject_reference IS NOT DISTINCT FROM $6 \
                   AND instrument = $7 AND barred_until IS NOT DISTINCT FROM $8 AND scope = $9 \
                   AND received_on = $10 AND status IN ('REGISTERED', 'APPROVED_ONCE', 'COMPLIED')";
        let params = self
            .params()
            .with(new.kind.code())
            .with(new.authority.as_str())
            .with(new.reference.clone())
            .with(new.thread)
            .with(new.post)
            .with(new.subject_reference.clone())
            .with(new.instrument.code())
            .with(new.barred_until)
            .with(new.scope.as_str())
            .with(new.received_on);
        Ok(self.one(sql, params).await?.is_some())
    }

    /// Registers a demand.
    pub async fn insert_demand(&self, new: &Demand) -> Result<(), StorageError> {
        let sql = "INSERT INTO legal_demand (id, kind, instrument, authority, reference, scope, \
                   thread, post, subject_reference, received_on, notice_barred, barred_until, \
                   status, registrar, created_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
        let params = self
            .params()
            .with(new.id)
            .with(new.kind.code())
            .with(new.instrument.code())
            .with(new.authority.as_str())
            .with(new.reference.clone())
            .with(new.scope.as_str())
            .with(new.thread)
            .with(new.post)
            .with(new.subject_reference.clone())
            .with(new.received_on)
            .with(new.notice_barred)
            .with(new.barred_until)
            .with(new.status.code())
            .with(new.registrar)
            .with(new.created_at);
        self.run(sql, params).await?;
        Ok(())
    }

    /// Writes down how something stood that a demand takes down.
    pub async fn note_before_order(
        &self,
        demand: DemandId,
        stood: ModerationStatus,
    ) -> Result<(), StorageError> {
        let sql = "UPDATE legal_demand SET stood = $1 WHERE id = $2";
        let params = self.params().with(stood.code()).with(demand);
        self.run(sql, params).await?;
        Ok(())
    }

    /// A demand, its row locked.
    pub async fn demand_for_update(&self, id: DemandId) -> Result<Option<Demand>, StorageError> {
        if self.backend == Backend::Postgres {
            let sql = "SELECT 1 FROM legal_demand WHERE id = $1 FOR UPDATE";
            self.one(sql, self.params().with(id)).await?;
        }
        self.demand(id).await
    }

    /// Saves what became of a demand, and which thread was found to be the one that it
    /// names.
    pub async fn save_demand(&self, of: &Demand) -> Result<(), StorageError> {
        let sql = "UPDATE legal_demand SET status = $1, approver = $2, decider = $3, \
                   reason = $4, decided_at = $5, thread = $6 WHERE id = $7";
        let params = self
            .params()
            .with(of.status.code())
            .with(of.approver)
            .with(of.decider)
            .with(of.reason.clone())
            .with(of.decided_at)
            .with(of.thread)
            .with(of.id);
        self.run(sql, params).await?;
        Ok(())
    }
}
