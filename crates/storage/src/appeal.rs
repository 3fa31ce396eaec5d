//! Appeals against acts of moderation.

use chrono::{DateTime, NaiveDate, Utc};
use domain::id::{AppealId, ModlogId, OrganizationId, PersonaId, PostId, ThreadId};
use domain::moderation::AppealOutcome;
use domain::people::Actor;
use domain::policy::Scope;
use uuid::Uuid;

use crate::conn::Conn;
use crate::error::StorageError;
use crate::modlog::{ReadEntry, columns, read_entry};
use crate::params::Params;
use crate::row::Row;
use crate::scope::compile;
use crate::thread::{Slice, fact_columns};
use crate::write::Tx;

/// The columns of an appeal, joined as `q`.
pub(crate) const APPEAL: &str = "q.id, q.persona, q.body, q.created_at, q.due_on, q.outcome, \
    q.reason, q.decider, q.decided_at";

/// What is read of its author, and of who proposed what it is against.
const OF_WHOM: &str = "JOIN persona w ON w.id = q.persona LEFT JOIN sanction s ON s.entry = m.id";

/// An appeal against an entry of the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appeal {
    /// The appeal.
    pub id: AppealId,
    /// What it is against.
    pub entry: ModlogId,
    /// Who appeals.
    pub persona: PersonaId,
    /// Why, in his words.
    pub body: String,
    /// When he did.
    pub created_at: DateTime<Utc>,
    /// The last day on which a decision is not late.
    pub due_on: NaiveDate,
    /// What was decided.
    pub outcome: Option<AppealOutcome>,
    /// Why, in words.
    pub reason: Option<String>,
    /// The number of the moderator who decided.
    pub decider: Option<i64>,
    /// When he did.
    pub decided_at: Option<DateTime<Utc>>,
}

/// An appeal that waits, with what it is against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The entry, with its appeal.
    pub read: ReadEntry,
    /// The organization for which its author wrote.
    pub organization: Option<OrganizationId>,
    /// The number of the moderator who proposed it, if it is a sanction.
    pub proposer: Option<i64>,
    /// Whether the forum did it, and whoever looks agreed to that.
    pub agreed: bool,
}

impl Waiting {
    /// Whether it is against what the moderator of this number, who looks, did,
    /// proposed or agreed to.
    pub fn is_against(&self, number: Option<i64>) -> bool {
        let doers = [self.read.entry.moderator, self.proposer];
        self.agreed || number.is_some() && doers.contains(&number)
    }
}

/// A place among the appeals that wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AppealPlace {
    /// When it was made, in microseconds.
    pub micros: i64,
    /// The appeal.
    pub id: Uuid,
}

/// Reads the columns of [`APPEAL`] of an entry, which may have none.
pub(crate) fn maybe_appeal(row: &mut Row, entry: ModlogId) -> Result<Option<Appeal>, StorageError> {
    let (id, persona) = (row.maybe_id()?, row.maybe_id()?);
    let body: Option<String> = row.get()?;
    let (created_at, due_on) = (row.maybe_time()?, row.maybe_day()?);
    let outcome = row.maybe_code()?;
    let (reason, decider) = (row.get()?, row.get()?);
    let decided_at = row.maybe_time()?;
    let made = id.zip(persona).zip(body).zip(created_at).zip(due_on);
    Ok(
        made.map(|((((id, persona), body), created_at), due_on)| Appeal {
            id,
            entry,
            persona,
            body,
            created_at,
            due_on,
            outcome,
            reason,
            decider,
            decided_at,
        }),
    )
}

impl Conn {
    /// The appeals that wait for a decision, of threads in a scope and by none
    /// of these authors. One statement.
    pub async fn appeals(
        &self,
        actor: &Actor,
        scope: &Scope,
        slice: Slice<AppealPlace>,
    ) -> Result<Vec<Waiting>, StorageError> {
        let mut params = self.params();
        let facts_of = fact_columns(actor, &mut params);
        let ever = params.push(i64::MAX);
        let agreed = agreed(actor, &mut params);
        let mut conditions = vec![waits(actor, scope, &mut params)];
        let page = slice.keyset(
            ["q.created_at", "q.id"],
            &mut conditions,
            &mut params,
            |place, params| [params.push(place.micros), params.push(place.id)],
        );
        let sql = format!(
            "SELECT {} {OF_WHOM} WHERE {} \
             {page}",
            columns(
                &ever,
                &format!("{facts_of}, w.organization, s.proposer, {agreed}"),
                "modlog"
            ),
            conditions.join(" AND "),
        );
        let rows = self.all(&sql, params).await?;
        rows.into_iter()
            .map(|mut row| waiting(&mut row, actor))
            .collect()
    }

    /// How many they are.
    pub async fn appeal_count(&self, actor: &Actor, scope: &Scope) -> Result<i64, StorageError> {
        let mut params = self.params();
        let waits = waits(actor, scope, &mut params);
        let sql =
            format!("SELECT COUNT(*) FROM appeal q JOIN thread t ON t.id = q.thread WHERE {waits}");
        let row = self.one(&sql, params).await?;
        row.ok_or(StorageError::Corrupt("a count"))?.get()
    }

    /// One appeal, decided on or not, with what it is against.
    pub async fn appeal(
        &self,
        actor: &Actor,
        id: AppealId,
    ) -> Result<Option<Waiting>, StorageError> {
        let mut params = self.params();
        let facts_of = fact_columns(actor, &mut params);
        let ever = params.push(i64::MAX);
        let agreed = agreed(actor, &mut params);
        let id = params.push(id);
        let sql = format!(
            "SELECT {} {OF_WHOM} WHERE q.id = {id}",
            columns(
                &ever,
                &format!("{facts_of}, w.organization, s.proposer, {agreed}"),
                "modlog"
            ),
        );
        let row = self.one(&sql, params).await?;
        row.map(|mut row| waiting(&mut row, actor)).transpose()
    }
}

/// Which appeals wait for an actor: as SQL over `q` and `t`.
fn waits(actor: &Actor, scope: &Scope, params: &mut Params) -> String {
    let seen = compile(scope, params);
    if actor.personas.is_empty() {
        return format!("q.decided_at IS NULL AND {seen}");
    }
    let own = params.among("q.persona", &actor.personas);
    format!("q.decided_at IS NULL AND {seen} AND NOT ({own})")
}

/// Whether a moderator of this number agreed to what the forum did, also where that came
/// back into the queue since: as SQL over `m`.
pub(crate) fn agreed_to(number: &str) -> String {
    format!(
        "m.moderator IS NULL AND EXISTS (SELECT 1 FROM reviewable a \
         WHERE (a.decision = 'AGREE' AND a.decider = {number} \
         OR EXISTS (SELECT 1 FROM review_step b WHERE b.reviewable = a.id \
         AND b.step = 'DECIDED' AND b.decision = 'AGREE' AND b.moderator = {number})) \
         AND (a.post = m.post OR a.post IS NULL AND m.post IS NULL AND a.thread = m.thread))"
    )
}

/// The same, of an actor.
fn agreed(actor: &Actor, params: &mut Params) -> String {
    let himself = params.push(actor.account.map_or_else(Uuid::nil, Uuid::from));
    agreed_to(&format!(
        "(SELECT n.number FROM moderator_number n WHERE n.account = {himself})"
    ))
}

fn waiting(row: &mut Row, actor: &Actor) -> Result<Waiting, StorageError> {
    Ok(Waiting {
        read: read_entry(row, actor)?,
        organization: row.maybe_id()?,
        proposer: row.get()?,
        agreed: row.get()?,
    })
}

impl Tx {
    /// Writes an appeal; says whether there was none against that entry.
    pub async fn insert_appeal(
        &self,
        (thread, post): (ThreadId, Option<PostId>),
        new: &Appeal,
    ) -> Result<bool, StorageError> {
        let sql = "INSERT INTO appeal (id, entry, thread, post, persona, body, created_at, due_on) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (entry) DO NOTHING";
        let params = self
            .params()
            .with(new.id)
            .with(new.entry)
            .with(thread)
            .with(post)
            .with(new.persona)
            .with(new.body.as_str())
            .with(new.created_at)
            .with(new.due_on);
        Ok(self.run(sql, params).await? > 0)
    }

    /// Saves what was decided on an appeal.
    pub async fn save_appeal(
        &self,
        id: AppealId,
        outcome: AppealOutcome,
        reason: &str,
        decider: i64,
    ) -> Result<(), StorageError> {
        let sql = "UPDATE appeal SET outcome = $1, reason = $2, decider = $3, decided_at = $4 \
                   WHERE id = $5";
        let params = self
            .params()
            .with(outcome.code())
            .with(reason)
            .with(decider)
            .with(self.now())
            .with(id);
        self.run(sql, params).await?;
        Ok(())
    }
}
