//! Sanctions, and what is proposed of them.
//!
//! A sanction names a persona, and no account: whose it is says the persona.

use chrono::{DateTime, Utc};
use domain::id::{AccountId, ModlogId, OrganizationId, PersonaId, PostId, SanctionId, ThreadId};
use domain::moderation::{ReasonCode, SanctionDecision, SanctionKind, SanctionReach, Subject};
use domain::people::{Actor, Constituency, Duty};
use domain::policy::{Moderated, Proposer, Scope, ThreadFacts};
use domain::thread::ModerationStatus;
use uuid::Uuid;

use crate::conn::Conn;
use crate::error::StorageError;
use crate::params::Params;
use crate::row::Row;
use crate::scope::compile;
use crate::thread::{Slice, fact_columns, facts};
use crate::write::Tx;

/// As many sanctions of one's own are shown, the newest.
const OWN_MAX: i64 = 50;

/// A sanction, or what is proposed to be one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sanction {
    /// The sanction; its id says nothing of when.
    pub id: SanctionId,
    /// Who wrote what it is for.
    pub author: PersonaId,
    /// The organization that he wrote it for.
    pub organization: Option<OrganizationId>,
    /// The thread, or the one that the post stands in.
    pub thread: ThreadId,
    /// The post, if it is for one.
    pub post: Option<PostId>,
    /// The thread's title when it was proposed.
    pub title: Option<String>,
    /// The text when it was proposed.
    pub body: String,
    /// How moderation stands on it now.
    pub status: ModerationStatus,
    /// What is done.
    pub kind: SanctionKind,
    /// How far it reaches.
    pub reach: Option<SanctionReach>,
    /// The code of the category that it is of.
    pub category: Option<String>,
    /// When it ends by itself.
    pub until: Option<DateTime<Utc>>,
    /// Why, as a code.
    pub code: ReasonCode,
    /// Why, in words for whoever is sanctioned.
    pub reason: String,
    /// The number of the moderator who proposed it.
    pub proposer: i64,
    /// When he did.
    pub proposed_at: DateTime<Utc>,
    /// What was decided.
    pub decision: Option<SanctionDecision>,
    /// The number of the moderator who decided; none of a warning.
    pub decider: Option<i64>,
    /// Why, in words for the moderators.
    pub decision_reason: Option<String>,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
    /// Its entry in the record, once it took effect.
    pub entry: Option<ModlogId>,
    /// When it was taken back.
    pub lifted_at: Option<DateTime<Utc>>,
}

impl Sanction {
    /// For what it is.
    pub fn subject(&self) -> Subject {
        self.post
            .map_or(Subject::Thread(self.thread), Subject::Post)
    }

    /// What policy decides on.
    pub const fn moderated(&self) -> Moderated {
        Moderated {
            author: self.author,
            organization: self.organization,
        }
    }

    /// Whether it took effect, is not over and was not taken back. A warning is
    /// never over.
    pub fn stands(&self, now: DateTime<Utc>) -> bool {
        self.decision == Some(SanctionDecision::Approve)
            && self.lifted_at.is_none()
            && self.until.is_none_or(|end| end > now)
    }
}

/// A sanction of an account that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// What it is.
    pub kind: SanctionKind,
    /// How far it reaches.
    pub reach: SanctionReach,
    /// The thread that it is for something in.
    pub thread: ThreadId,
    /// The code of the category that it is of.
    pub category: Option<String>,
    /// When it ends by itself.
    pub until: Option<DateTime<Utc>>,
}

/// Which sanctions the moderators are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Those that wait for a decision, and were proposed after this moment.
    Waiting(DateTime<Utc>),
    /// Those that stand; of warnings none.
    Standing,
}

/// What the moderators are shown, and who looks.
#[derive(Debug, Clone, Copy)]
pub struct DeskOf<'a> {
    /// Which threads.
    pub scope: &'a Scope,
    /// Nothing of these authors.
    pub not_of: &'a [PersonaId],
    /// Which sanctions.
    pub which: Which,
    /// The present moment.
    pub now: DateTime<Utc>,
}

impl DeskOf<'_> {
    fn condition(self, params: &mut Params) -> String {
        let mut all = vec![compile(self.scope, params)];
        if !self.not_of.is_empty() {
            all.push(format!("NOT ({})", params.among("s.persona", self.not_of)));
        }
        all.push(match self.which {
            Which::Waiting(since) => {
                let since = params.push(since);
                format!("s.decided_at IS NULL AND s.proposed_at > {since}")
            }
            Which::Standing => format!("s.kind <> 'WARN' AND {IN_EFFECT}"),
        });
        let now = params.push(self.now);
        all.push(format!("(s.until IS NULL OR s.until > {now})"));
        all.join(" AND ")
    }
}

/// A place in the moderators' list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SanctionPlace {
    /// When it was proposed, in microseconds.
    pub micros: i64,
    /// The sanction.
    pub id: Uuid,
}

const SANCTION: &str = "s.id, s.persona, a.organization, s.thread, s.post, s.title, s.body, \
    CASE WHEN s.post IS NULL THEN (SELECT u.status FROM thread u WHERE u.id = s.thread) \
    ELSE (SELECT u.status FROM post u WHERE u.id = s.post) END, s.kind, s.reach, s.category, s.until, s.code, s.reason, s.proposer, s.proposed_at, \
    s.decision, s.decider, s.decision_reason, s.decided_at, s.entry, s.lifted_at";

const FROM: &str = "FROM sanction s JOIN persona a ON a.id = s.persona";

/// It was decided on, and not taken back.
const IN_EFFECT: &str = "s.decision = 'APPROVE' AND s.lifted_at IS NULL";

fn sanction(row: &mut Row) -> Result<Sanction, StorageError> {
    Ok(Sanction {
        id: row.id()?,
        author: row.id()?,
        organization: row.maybe_id()?,
        thread: row.id()?,
        post: row.maybe_id()?,
        title: row.get()?,
        body: row.get()?,
        status: row.code()?,
        kind: row.code()?,
        reach: row.maybe_code()?,
        category: row.get()?,
        until: row.maybe_time()?,
        code: row.code()?,
        reason: row.get()?,
        proposer: row.get()?,
        proposed_at: row.time()?,
        decision: row.maybe_code()?,
        decider: row.get()?,
        decision_reason: row.get()?,
        decided_at: row.maybe_time()?,
        entry: row.maybe_id()?,
        lifted_at: row.maybe_time()?,
    })
}

/// What is known of whoever proposed a sanction, of an account joined as `b`.
const PROPOSER: &str = "b.id, b.constituency, b.vouched_at, b.sanctioned_until, \
    EXISTS (SELECT 1 FROM account_duty d WHERE d.account = b.id AND d.duty = 'MODERATOR')";

fn proposer(row: &mut Row, now: DateTime<Utc>) -> Result<Proposer, StorageError> {
    let account: Option<AccountId> = row.maybe_id()?;
    let constituency: Option<Constituency> = row.maybe_code()?;
    let vouched: Option<DateTime<Utc>> = row.maybe_time()?;
    let sanctioned: Option<DateTime<Utc>> = row.maybe_time()?;
    let moderates: bool = row.get()?;
    let duties = if moderates && sanctioned.is_none_or(|end| end <= now) {
        vec![Duty::Moderator]
    } else {
        Vec::new()
    };
    Ok(Proposer::known(&Actor {
        account,
        constituency,
        vouched: vouched.is_some() || constituency.is_some_and(|one| !one.needs_vouching()),
        duties,
        ..Actor::visitor()
    }))
}

impl Conn {
    /// A sanction, decided on or not.
    pub async fn sanction(&self, id: SanctionId) -> Result<Option<Sanction>, StorageError> {
        let sql = format!("SELECT {SANCTION} {FROM} WHERE s.id = $1");
        let row = self.one(&sql, self.params().with(id)).await?;
        row.map(|mut row| sanction(&mut row)).transpose()
    }

    /// The sanction whose taking effect an entry of the record tells.
    pub async fn sanction_of_entry(
        &self,
        entry: ModlogId,
    ) -> Result<Option<Sanction>, StorageError> {
        let sql = format!("SELECT {SANCTION} {FROM} WHERE s.entry = $1");
        let row = self.one(&sql, self.params().with(entry)).await?;
        row.map(|mut row| sanction(&mut row)).transpose()
    }

    /// Those sanctions of an account that stand, but for warnings.
    pub async fn standing_sanctions(
        &self,
        account: AccountId,
        now: DateTime<Utc>,
    ) -> Result<Vec<Standing>, StorageError> {
        let sql = format!(
            "SELECT s.kind, s.reach, s.thread, s.category, s.until {FROM} \
             WHERE a.account = $1 AND s.reach IS NOT NULL AND {IN_EFFECT} \
             AND (s.until IS NULL OR s.until > $2) ORDER BY s.id"
        );
        let rows = self
            .all(&sql, self.params().with(account).with(now))
            .await?;
        rows.into_iter()
            .map(|mut row| {
                Ok(Standing {
                    kind: row.code()?,
                    reach: row.code()?,
                    thread: row.id()?,
                    category: row.get()?,
                    until: row.maybe_time()?,
                })
            })
            .collect()
    }

    /// The sanctions of an account that took effect, the newest first.
    pub async fn sanctions_of(&self, account: AccountId) -> Result<Vec<Sanction>, StorageError> {
        let sql = format!(
            "SELECT {SANCTION} {FROM} WHERE a.account = $1 AND s.decision = 'APPROVE' \
             ORDER BY s.decided_at DESC, s.id DESC LIMIT {OWN_MAX}"
        );
        let rows = self.all(&sql, self.params().with(account)).await?;
        rows.into_iter().map(|mut row| sanction(&mut row)).collect()
    }

    /// What the moderators are shown, each with whoever proposed it and what
    /// policy decides on its thread by. One statement.
    pub async fn sanctions(
        &self,
        actor: &Actor,
        of: DeskOf<'_>,
        slice: Slice<SanctionPlace>,
    ) -> Result<Vec<(Sanction, Proposer, ThreadFacts)>, StorageError> {
        let mut params = self.params();
        let facts_of = fact_columns(actor, &mut params);
        let mut conditions = vec![of.condition(&mut params)];
        let page = slice.keyset(
            ["s.proposed_at", "s.id"],
            &mut conditions,
            &mut params,
            |place, params| [params.push(place.micros), params.push(place.id)],
        );
        let sql = format!(
            "SELECT {SANCTION}, {PROPOSER}, {facts_of} {FROM} \
             JOIN thread t ON t.id = s.thread \
             LEFT JOIN moderator_number n ON n.number = s.proposer \
             LEFT JOIN account b ON b.id = n.account WHERE {} \
             {page}",
            conditions.join(" AND "),
        );
        let rows = self.all(&sql, params).await?;
        rows.into_iter()
            .map(|mut row| {
                let sanction = sanction(&mut row)?;
                let proposer = proposer(&mut row, of.now)?;
                Ok((sanction, proposer, facts(&mut row, actor)?))
            })
            .collect()
    }

    /// How many such there are.
    pub async fn sanction_count(&self, of: DeskOf<'_>) -> Result<i64, StorageError> {
        let mut params = self.params();
        let condition = of.condition(&mut params);
        let sql =
            format!("SELECT COUNT(*) {FROM} JOIN thread t ON t.id = s.thread WHERE {condition}");
        let row = self.one(&sql, params).await?;
        row.ok_or(StorageError::Corrupt("a count"))?.get()
    }

    /// Whoever a number of the record stands for, as a proposer is known; nobody
    /// where his account is gone.
    pub async fn proposer(
        &self,
        number: i64,
        now: DateTime<Utc>,
    ) -> Result<Proposer, StorageError> {
        let sql = format!(
            "SELECT {PROPOSER} FROM moderator_number n JOIN account b ON b.id = n.account \
             WHERE n.number = $1"
        );
        match self.one(&sql, self.params().with(number)).await? {
            Some(mut row) => proposer(&mut row, now),
            None => Ok(Proposer::known(&Actor::visitor())),
        }
    }
}

impl Tx {
    /// The same sanctions for the same text that were proposed since a moment and wait,
    /// and the warnings that stand; asked where the thread's row is locked.
    pub async fn alike(
        &self,
        new: &Sanction,
        since: DateTime<Utc>,
    ) -> Result<Vec<Sanction>, StorageError> {
        let mut params = self.params();
        let of = params.about("s", new.subject());
        let body = params.push(new.body.as_str());
        let kind = params.push(new.kind.code());
        let reach = params.push(new.reach.map(SanctionReach::code));
        let (since, now) = (params.push(since), params.push(self.now()));
        let sql = format!(
            "SELECT {SANCTION} {FROM} WHERE {of} AND s.body = {body} \
             AND s.kind = {kind} AND s.reach IS NOT DISTINCT FROM {reach} AND (s.kind = 'WARN' \
             OR s.decided_at IS NULL AND s.proposed_at > {since} \
             AND (s.until IS NULL OR s.until > {now})) AND s.lifted_at IS NULL"
        );
        let rows = self.all(&sql, params).await?;
        rows.into_iter().map(|mut row| sanction(&mut row)).collect()
    }

    /// Writes a sanction that is proposed, for something in a thread whose row is
    /// locked.
    pub async fn insert_sanction(&self, new: &Sanction) -> Result<(), StorageError> {
        let sql = "INSERT INTO sanction (id, persona, thread, post, title, body, kind, reach, \
                   category, until, code, reason, proposer, proposed_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
        let params = self
            .params()
            .with(new.id)
            .with(new.author)
            .with(new.thread)
            .with(new.post)
            .with(new.title.clone())
            .with(new.body.as_str())
            .with(new.kind.code())
            .with(new.reach.map(SanctionReach::code))
            .with(new.category.clone())
            .with(new.until)
            .with(new.code.code())
            .with(new.reason.as_str())
            .with(new.proposer)
            .with(new.proposed_at);
        self.run(sql, params).await?;
        Ok(())
    }

    /// Saves what was decided on a sanction, and its entry in the record.
    pub async fn save_sanction(&self, of: &Sanction) -> Result<(), StorageError> {
        let sql = "UPDATE sanction SET decision = $1, decider = $2, decision_reason = $3, \
                   decided_at = $4, entry = $5, lifted_at = $6 WHERE id = $7";
        let params = self
            .params()
            .with(of.decision.map(SanctionDecision::code))
            .with(of.decider)
            .with(of.decision_reason.clone())
            .with(of.decided_at)
            .with(of.entry)
            .with(of.lifted_at)
            .with(of.id);
        self.run(sql, params).await?;
        Ok(())
    }

    /// Counts anew until when a sanction of an account stands. Its row is locked,
    /// so that of two at once the second sees what the first did.
    pub async fn count_sanctions(&self, account: AccountId) -> Result<(), StorageError> {
        self.lock_account(account).await?;
        let sql = format!(
            "UPDATE account SET sanctioned_until = (SELECT MAX(COALESCE(s.until, {FOR_EVER})) {FROM} \
             WHERE a.account = $1 AND s.reach IS NOT NULL AND {IN_EFFECT} \
             AND (s.until IS NULL OR s.until > $2)) WHERE id = $1"
        );
        let params = self.params().with(account).with(self.now());
        self.run(&sql, params).await?;
        Ok(())
    }
}

/// The moment at which what has no end is over, in microseconds: the end of the
/// year 9999.
const FOR_EVER: i64 = 253_402_300_799_000_000;
