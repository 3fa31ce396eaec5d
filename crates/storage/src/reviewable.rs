//! Flags, and the moderators' queue of what was flagged.

use chrono::{DateTime, Utc};
use domain::id::{AccountId, OrganizationId, PersonaId, PostId, ReviewableId, ThreadId};
use domain::moderation::{Decision, FlagReason, ReasonCode, Record, ReviewStep, Subject};
use domain::people::{Actor, Constituency};
use domain::policy::{Moderated, Scope, ThreadFacts};
use domain::thread::ModerationStatus;
use uuid::Uuid;

use crate::conn::Conn;
use crate::error::StorageError;
use crate::params::Params;
use crate::redaction::REVISIONS;
use crate::row::Row;
use crate::scope::{compile, literals};
use crate::thread::{Slice, Thread, Wanted, columns, fact_columns, facts, thread};
use crate::write::Tx;

/// As many flags, and as many steps, of one reviewable are shown, the newest.
const SHOWN_MAX: i64 = 20;

/// What waits in the moderators' queue, or did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reviewable {
    /// The reviewable.
    pub id: ReviewableId,
    /// The thread, or the one that the post stands in.
    pub thread: ThreadId,
    /// The post, if one was flagged.
    pub post: Option<PostId>,
    /// How the post stands now.
    pub post_status: Option<ModerationStatus>,
    /// Who wrote it.
    pub author: PersonaId,
    /// The thread's title when it was flagged.
    pub title: Option<String>,
    /// The text when it was flagged.
    pub body: String,
    /// What its flags weigh, in thousandths of a newcomer's.
    pub score: i64,
    /// The same of those flags that may hold it by themselves.
    pub pressure: i64,
    /// How many flagged it.
    pub flags: i64,
    /// Whether its flags held it, the forum did before anybody read it, or a
    /// moderator did.
    pub held: bool,
    /// The number of the moderator who took it.
    pub claimant: Option<i64>,
    /// When he did.
    pub claimed_at: Option<DateTime<Utc>>,
    /// When it was flagged first.
    pub created_at: DateTime<Utc>,
    /// What was decided.
    pub decision: Option<Decision>,
    /// The number of the moderator who decided.
    pub decider: Option<i64>,
    /// When he did.
    pub decided_at: Option<DateTime<Utc>>,
    /// The organization that its author wrote it for; in the queue of a moderator
    /// who is of none, nobody's.
    pub organization: Option<OrganizationId>,
}

impl Reviewable {
    /// What is flagged.
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
}

/// What waits in the queue, and where it stands.
#[derive(Debug, Clone)]
pub struct Queued {
    /// What waits.
    pub reviewable: Reviewable,
    /// Whether whoever looks flagged it himself.
    pub flagged: bool,
    /// Its thread.
    pub place: Place,
}

/// The thread of what waits, as far as it was wanted. Boxed: lists are moved.
#[derive(Debug, Clone)]
pub enum Place {
    /// What policy decides on it by.
    Facts(Box<ThreadFacts>),
    /// All that a list shows of it.
    Thread(Box<Thread>),
}

impl Place {
    /// What policy decides on the thread by.
    pub fn facts(&self) -> &ThreadFacts {
        match self {
            Self::Facts(facts) => facts,
            Self::Thread(thread) => &thread.facts,
        }
    }
}

/// A flag, without who raised it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    /// What is said to be wrong.
    pub reason: FlagReason,
    /// In words.
    pub note: Option<String>,
    /// For whom the flagger speaks.
    pub constituency: Option<Constituency>,
    /// When.
    pub created_at: DateTime<Utc>,
    /// How many texts there had been before the one that was flagged, where that
    /// is known.
    pub revision: Option<i64>,
}

/// A text as it was flagged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlaggedText {
    /// How many texts there had been before.
    pub revision: i64,
    /// Of a thread, its title.
    pub title: Option<String>,
    /// The text.
    pub body: String,
}

/// A flag that is about to be written.
#[derive(Debug, Clone)]
pub struct NewFlag {
    /// What is flagged.
    pub subject: Subject,
    /// Who flags it.
    pub account: AccountId,
    /// Its thread.
    pub thread: ThreadId,
    /// Where it is gathered.
    pub reviewable: ReviewableId,
    /// What is said to be wrong.
    pub reason: FlagReason,
    /// In words.
    pub note: Option<String>,
    /// What it weighs.
    pub weight: i64,
    /// With whom it counts once.
    pub side: Option<Uuid>,
    /// For whom the flagger speaks.
    pub constituency: Option<Constituency>,
}

/// Something that happened to a reviewable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The step.
    pub id: Uuid,
    /// The reviewable.
    pub reviewable: ReviewableId,
    /// What.
    pub step: ReviewStep,
    /// The moderator's number.
    pub moderator: Option<i64>,
    /// What was decided.
    pub decision: Option<Decision>,
    /// Why, as a code.
    pub code: Option<ReasonCode>,
    /// Why, in words.
    pub reason: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

/// By what the queue is ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueueOrder {
    /// By score.
    Score,
    /// By when it was flagged first.
    Age,
}

/// What the queue is narrowed to, and who looks.
#[derive(Debug, Clone, Copy)]
pub struct QueueOf<'a> {
    /// Which threads.
    pub scope: &'a Scope,
    /// Nothing by these authors.
    pub not_by: &'a [PersonaId],
    /// Only what was taken by this number.
    pub claimant: Option<i64>,
    /// Only what nobody took since this moment.
    pub unclaimed_since: Option<DateTime<Utc>>,
    /// Only what arose before this one.
    pub before: Option<DateTime<Utc>>,
}

impl QueueOf<'_> {
    fn condition(self, params: &mut Params) -> String {
        let mut all = vec![
            "r.decided_at IS NULL".to_owned(),
            compile(self.scope, params),
        ];
        if !self.not_by.is_empty() {
            all.push(format!("NOT ({})", params.among("r.persona", self.not_by)));
        }
        if let Some(claimant) = self.claimant {
            all.push(format!("r.claimant = {}", params.push(claimant)));
        }
        if let Some(since) = self.unclaimed_since {
            let since = params.push(since);
            all.push(format!("(r.claimed_at IS NULL OR r.claimed_at <= {since})"));
        }
        if let Some(before) = self.before {
            all.push(format!("r.created_at < {}", params.push(before)));
        }
        all.join(" AND ")
    }
}

/// A place in the queue: the score or the moment, and the reviewable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueuePlace {
    /// The score, or when it was flagged first in microseconds.
    pub value: i64,
    /// The reviewable.
    pub id: Uuid,
}

const REVIEWABLE: &str = "r.id, r.thread, r.post, r.persona, r.title, r.body, r.score, \
    r.pressure, r.flags, r.held, r.claimant, r.claimed_at, r.created_at, r.decision, r.decider, \
    r.decided_at, (SELECT s.status FROM post s WHERE s.id = r.post)";

/// Joins who wrote what was flagged.
const WRITER: &str = "JOIN persona w ON w.id = r.persona";

/// Reads one with who wrote it.
fn whole(condition: &str) -> String {
    format!("SELECT {REVIEWABLE}, w.organization FROM reviewable r {WRITER} WHERE {condition}")
}

/// Reads the last step that says by whom a reviewable is held.
fn last_holding(reviewable: &str) -> String {
    let all = ReviewStep::ALL.iter().filter(|step| step.holds());
    let holds = literals("s.step", all.map(|step| step.code()));
    format!(
        "SELECT s.step FROM review_step s WHERE s.reviewable = {reviewable} AND {holds} \
         ORDER BY s.at DESC, s.id DESC LIMIT 1"
    )
}

/// Which reviewables wait for nothing else than these steps, and what moderators do
/// about any: nobody flagged what they are about.
pub(crate) fn waits_only_for(steps: &[ReviewStep]) -> String {
    let handled = [
        ReviewStep::Claimed,
        ReviewStep::Released,
        ReviewStep::Deferred,
    ];
    let all = steps.iter().chain(&handled);
    let among = literals("s.step", all.map(|step| step.code()));
    format!(
        "decided_at IS NULL AND flags = 0 AND NOT EXISTS (SELECT 1 FROM review_step s \
         WHERE s.reviewable = reviewable.id AND NOT ({among}))"
    )
}

fn reviewable(row: &mut Row) -> Result<Reviewable, StorageError> {
    Ok(Reviewable {
        id: row.id()?,
        thread: row.id()?,
        post: row.maybe_id()?,
        author: row.id()?,
        title: row.get()?,
        body: row.get()?,
        score: row.get()?,
        pressure: row.get()?,
        flags: row.get()?,
        held: row.get()?,
        claimant: row.get()?,
        claimed_at: row.maybe_time()?,
        created_at: row.time()?,
        decision: row.maybe_code()?,
        decider: row.get()?,
        decided_at: row.maybe_time()?,
        post_status: row.maybe_code()?,
        organization: row.maybe_id()?,
    })
}

impl Conn {
    /// The queue, with their threads as far as that is wanted. One statement.
    pub async fn reviewables(
        &self,
        actor: &Actor,
        of: QueueOf<'_>,
        order: QueueOrder,
        slice: Slice<QueuePlace>,
        wanted: Option<Wanted>,
    ) -> Result<Vec<Queued>, StorageError> {
        let by = match order {
            QueueOrder::Score => "r.score",
            QueueOrder::Age => "r.created_at",
        };
        let mut params = self.params();
        let (of_thread, author) = match wanted {
            None => (fact_columns(actor, &mut params), ""),
            Some(wanted) => {
                let whole = columns(actor, wanted, &mut params);
                (whole, "JOIN persona a ON a.id = t.persona")
            }
        };
        // Whose organization wrote it is for those to know who are of one.
        let (organization, writer) = match actor.organization {
            None => ("CAST(NULL AS uuid)", ""),
            Some(_) => ("w.organization", WRITER),
        };
        let himself = params.push(actor.account.map_or_else(Uuid::nil, Uuid::from));
        let mut conditions = vec![of.condition(&mut params)];
        let page = slice.keyset_of_index(
            [by, "r.id"],
            &mut conditions,
            &mut params,
            |place, params| [params.push(place.value), params.push(place.id)],
        );
        let sql = format!(
            "SELECT {REVIEWABLE}, {organization}, EXISTS (SELECT 1 FROM flag f \
             WHERE f.subject = r.subject AND f.account = {himself} AND f.reviewable = r.id), \
             {of_thread} FROM reviewable r {writer} \
             JOIN thread t ON t.id = r.thread {author} WHERE {} {page}",
            conditions.join(" AND "),
        );
        let rows = self.all(&sql, params).await?;
        rows.into_iter()
            .map(|mut row| {
                let (reviewable, flagged) = (reviewable(&mut row)?, row.get()?);
                let place = match wanted {
                    None => Place::Facts(Box::new(facts(&mut row, actor)?)),
                    Some(wanted) => Place::Thread(Box::new(thread(&mut row, actor, wanted)?)),
                };
                Ok(Queued {
                    reviewable,
                    flagged,
                    place,
                })
            })
            .collect()
    }

    /// How many such are in the queue.
    pub async fn reviewable_count(&self, of: QueueOf<'_>) -> Result<i64, StorageError> {
        let mut params = self.params();
        let condition = of.condition(&mut params);
        let sql = format!(
            "SELECT COUNT(*) FROM reviewable r JOIN thread t ON t.id = r.thread WHERE {condition}"
        );
        let row = self.one(&sql, params).await?;
        row.ok_or(StorageError::Corrupt("a count"))?.get()
    }

    /// One reviewable.
    pub async fn reviewable(&self, id: ReviewableId) -> Result<Option<Reviewable>, StorageError> {
        let sql = whole("r.id = $1");
        let row = self.one(&sql, self.params().with(id)).await?;
        row.map(|mut row| reviewable(&mut row)).transpose()
    }

    /// The newest flags of reviewables. One statement whatever their number.
    pub async fn flags_of(
        &self,
        of: &[ReviewableId],
    ) -> Result<Vec<(ReviewableId, Flag)>, StorageError> {
        let mut params = self.params();
        let among = params.among("f.reviewable", of);
        let sql = format!(
            "SELECT f.reviewable, f.reason, f.note, f.constituency, f.created_at, f.revision FROM \
             (SELECT f.*, ROW_NUMBER() OVER (PARTITION BY f.reviewable \
             ORDER BY f.created_at DESC, f.account) AS place FROM flag f WHERE {among}) f \
             WHERE f.place <= {SHOWN_MAX} ORDER BY f.reviewable, f.place"
        );
        let rows = self.all(&sql, params).await?;
        rows.into_iter()
            .map(|mut row| {
                Ok((
                    row.id()?,
                    Flag {
                        reason: row.code()?,
                        note: row.get()?,
                        constituency: row.maybe_code()?,
                        created_at: row.time()?,
                        revision: row.get()?,
                    },
                ))
            })
            .collect()
    }

    /// The texts that the newest flags of reviewables were raised on, each once: the
    /// one that was kept when it was replaced, or the one that stands there since.
    /// None where nobody wrote down which it was, or where it was sealed. One
    /// statement whatever their number.
    pub async fn texts_as_flagged(
        &self,
        of: &[ReviewableId],
    ) -> Result<Vec<(ReviewableId, FlaggedText)>, StorageError> {
        let mut params = self.params();
        let among = params.among("s.reviewable", of);
        let sql = format!(
            "SELECT f.reviewable, f.revision, CASE WHEN v.object IS NULL THEN t.title \
             ELSE v.title END, COALESCE(v.body, p.body, t.body) FROM \
             (SELECT DISTINCT n.reviewable, n.subject, n.revision FROM \
             (SELECT s.reviewable, s.subject, s.revision, ROW_NUMBER() OVER \
             (PARTITION BY s.reviewable ORDER BY s.created_at DESC, s.account) AS place \
             FROM flag s WHERE {among}) n \
             WHERE n.place <= {SHOWN_MAX} AND n.revision IS NOT NULL) f \
             LEFT JOIN revision v ON v.object = f.subject AND v.number = f.revision + 1 \
             LEFT JOIN post p ON p.id = f.subject LEFT JOIN thread t ON t.id = f.subject \
             WHERE v.object IS NOT NULL OR NOT (\
             EXISTS (SELECT 1 FROM revision x WHERE x.object = f.subject \
             AND x.number > f.revision) \
             OR EXISTS (SELECT 1 FROM sealed_original x WHERE x.object = f.subject \
             AND x.number > f.revision) \
             OR EXISTS (SELECT 1 FROM flag x WHERE x.subject = f.subject \
             AND x.revision > f.revision))"
        );
        let rows = self.all(&sql, params).await?;
        rows.into_iter()
            .map(|mut row| {
                Ok((
                    row.id()?,
                    FlaggedText {
                        revision: row.get()?,
                        title: row.get()?,
                        body: row.get()?,
                    },
                ))
            })
            .collect()
    }

    /// What happened to reviewables, the newest first. One statement whatever
    /// their number.
    pub async fn review_steps(&self, of: &[ReviewableId]) -> Result<Vec<Step>, StorageError> {
        let mut params = self.params();
        let among = params.among("s.reviewable", of);
        let sql = format!(
            "SELECT s.id, s.reviewable, s.step, s.moderator, s.decision, s.code, s.reason, s.at \
             FROM (SELECT s.*, ROW_NUMBER() OVER (PARTITION BY s.reviewable \
             ORDER BY s.at DESC, s.id DESC) AS place FROM review_step s WHERE {among}) s \
             WHERE s.place <= {SHOWN_MAX} ORDER BY s.reviewable, s.place"
        );
        let rows = self.all(&sql, params).await?;
        rows.into_iter()
            .map(|mut row| {
                Ok(Step {
                    id: row.get()?,
                    reviewable: row.id()?,
                    step: row.code()?,
                    moderator: row.get()?,
                    decision: row.maybe_code()?,
                    code: row.maybe_code()?,
                    reason: row.get()?,
                    at: row.time()?,
                })
            })
            .collect()
    }

    /// By which step something that waits is held, if by any: the last of them.
    pub async fn holding_step(&self, of: ReviewableId) -> Result<Option<ReviewStep>, StorageError> {
        let sql = last_holding("$1");
        let row = self.one(&sql, self.params().with(of)).await?;
        row.map(|mut row| row.code()).transpose()
    }

    /// Those of these threads and posts that an account flagged. One statement.
    pub async fn flagged(
        &self,
        subjects: &[Subject],
        account: AccountId,
    ) -> Result<Vec<Subject>, StorageError> {
        let mut params = self.params();
        let among = params.among("subject", subjects);
        let account = params.push(account);
        let sql = format!("SELECT subject FROM flag WHERE {among} AND account = {account}");
        let rows = self.all(&sql, params).await?.into_iter();
        let flagged: Result<Vec<Uuid>, StorageError> = rows.map(|mut row| row.id()).collect();
        let flagged = flagged?;
        let mut all = subjects.to_vec();
        all.retain(|one| flagged.contains(&Uuid::from(*one)));
        Ok(all)
    }

    /// Whether an account raised one of the flags of a reviewable.
    pub async fn flagged_in(
        &self,
        id: ReviewableId,
        account: AccountId,
    ) -> Result<bool, StorageError> {
        let sql = "SELECT 1 FROM flag WHERE reviewable = $1 AND account = $2";
        let params = self.params().with(id).with(account);
        Ok(self.one(sql, params).await?.is_some())
    }

    /// How many flags an account raised since a moment, and what its flags came
    /// to ever.
    pub async fn flagger(
        &self,
        account: AccountId,
        since: DateTime<Utc>,
    ) -> Result<(i64, Record), StorageError> {
        let sql = "SELECT COUNT(*) FILTER (WHERE created_at > $2), \
                   COUNT(*) FILTER (WHERE outcome = 'AGREE'), \
                   COUNT(*) FILTER (WHERE outcome = 'DISAGREE') FROM flag WHERE account = $1";
        let row = self
            .one(sql, self.params().with(account).with(since))
            .await?;
        let mut row = row.ok_or(StorageError::Corrupt("a count"))?;
        let lately = row.get()?;
        let (agreed, disagreed) = (row.count()?, row.count()?);
        Ok((lately, Record { agreed, disagreed }))
    }

    /// The reviewable of a subject that nobody decided on yet.
    pub async fn open_reviewable(
        &self,
        subject: Subject,
    ) -> Result<Option<Reviewable>, StorageError> {
        let sql = whole("r.subject = $1 AND r.decided_at IS NULL");
        let params = self.params().with(Uuid::from(subject));
        let row = self.one(&sql, params).await?;
        row.map(|mut row| reviewable(&mut row)).transpose()
    }

    /// Whether a thread's own text waits in the queue, and when somebody last
    /// decided on it.
    pub async fn reviewed(
        &self,
        thread: ThreadId,
    ) -> Result<(bool, Option<DateTime<Utc>>), StorageError> {
        let sql = "SELECT COUNT(*) FILTER (WHERE decided_at IS NULL), MAX(decided_at) \
                   FROM reviewable WHERE thread = $1 AND post IS NULL";
        let row = self.one(sql, self.params().with(thread)).await?;
        let mut row = row.ok_or(StorageError::Corrupt("a count"))?;
        let waiting: i64 = row.get()?;
        Ok((waiting > 0, row.maybe_time()?))
    }

    /// What the weightiest flag of a side weighs in a reviewable.
    pub async fn weightiest_of_side(
        &self,
        id: ReviewableId,
        side: Uuid,
    ) -> Result<Option<i64>, StorageError> {
        let sql = "SELECT MAX(weight) FROM flag WHERE reviewable = $1 AND side = $2";
        let row = self.one(sql, self.params().with(id).with(side)).await?;
        row.map_or(Ok(None), |mut row| row.get())
    }
}

impl Tx {
    /// Begins a reviewable, of a thread whose row is locked.
    pub async fn insert_reviewable(&self, new: &Reviewable) -> Result<(), StorageError> {
        let sql = "INSERT INTO reviewable (id, subject, thread, post, persona, title, body, \
                   held, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        let params = self
            .params()
            .with(new.id)
            .with(Uuid::from(new.subject()))
            .with(new.thread)
            .with(new.post)
            .with(new.author)
            .with(new.title.clone())
            .with(new.body.as_str())
            .with(new.held)
            .with(new.created_at);
        self.run(sql, params).await?;
        Ok(())
    }

    /// Writes a flag, with which text it is of; says whether the account had not
    /// flagged it yet. The row of what is flagged is locked.
    pub async fn insert_flag(&self, new: &NewFlag) -> Result<bool, StorageError> {
        let sql = format!(
            "INSERT INTO flag (subject, account, thread, reviewable, reason, note, weight, \
             side, constituency, created_at, revision) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, \
             (SELECT COALESCE(MAX(n.number), 0) FROM {REVISIONS} n)) ON CONFLICT DO NOTHING"
        );
        let params = self
            .params()
            .with(Uuid::from(new.subject))
            .with(new.account)
            .with(new.thread)
            .with(new.reviewable)
            .with(new.reason.code())
            .with(new.note.clone())
            .with(new.weight)
            .with(new.side)
            .with(new.constituency.map(Constituency::code))
            .with(self.now());
        Ok(self.run(&sql, params).await? > 0)
    }

    /// Saves what a reviewable's flags come to, whether they held it, and who
    /// took it.
    pub async fn save_reviewable(&self, of: &Reviewable) -> Result<(), StorageError> {
        let sql = "UPDATE reviewable SET score = $1, pressure = $2, flags = $3, held = $4, \
                   claimant = $5, claimed_at = $6 WHERE id = $7";
        let params = self
            .params()
            .with(of.score)
            .with(of.pressure)
            .with(of.flags)
            .with(of.held)
            .with(of.claimant)
            .with(of.claimed_at)
            .with(of.id);
        self.run(sql, params).await?;
        Ok(())
    }

    /// Saves the decision on a reviewable, and what its flags came to.
    pub async fn save_review(
        &self,
        id: ReviewableId,
        decision: Decision,
        decider: i64,
    ) -> Result<(), StorageError> {
        let sql = "UPDATE reviewable SET decision = $1, decider = $2, decided_at = $3 \
                   WHERE id = $4";
        let params = self
            .params()
            .with(decision.code())
            .with(decider)
            .with(self.now())
            .with(id);
        self.run(sql, params).await?;
        let sql = "UPDATE flag SET outcome = $1 WHERE reviewable = $2";
        self.run(sql, self.params().with(decision.code()).with(id))
            .await?;
        Ok(())
    }

    /// Saves what was decided by ending the hold of something that is in the queue
    /// for these steps alone; gives the reviewable, if it was there. Nobody decided
    /// where it was no moderator who ended it.
    pub async fn end_hold(
        &self,
        of: Subject,
        steps: &[ReviewStep],
        decision: Decision,
        decider: Option<i64>,
    ) -> Result<Option<ReviewableId>, StorageError> {
        let sql = format!(
            "UPDATE reviewable SET decision = $1, decider = $2, decided_at = $3 \
             WHERE subject = $4 AND {} RETURNING id",
            waits_only_for(steps)
        );
        let params = self
            .params()
            .with(decision.code())
            .with(decider)
            .with(self.now())
            .with(Uuid::from(of));
        let row = self.one(&sql, params).await?;
        row.map(|mut row| row.id()).transpose()
    }

    /// Saves that a moderator holds something no more which waits for another reason,
    /// too: flags may hold it again.
    pub async fn let_go(&self, of: Subject) -> Result<(), StorageError> {
        let sql = format!(
            "UPDATE reviewable SET held = FALSE WHERE subject = $1 AND decided_at IS NULL \
             AND held AND ({}) = 'HELD_BY_MODERATOR'",
            last_holding("reviewable.id")
        );
        let params = self.params().with(Uuid::from(of));
        self.run(&sql, params).await?;
        Ok(())
    }

    /// Writes what happened to a reviewable.
    pub async fn insert_review_step(&self, step: &Step) -> Result<(), StorageError> {
        let sql = "INSERT INTO review_step (id, reviewable, step, moderator, decision, code, \
                   reason, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        let params = self
            .params()
            .with(step.id)
            .with(step.reviewable)
            .with(step.step.code())
            .with(step.moderator)
            .with(step.decision.map(Decision::code))
            .with(step.code.map(ReasonCode::code))
            .with(step.reason.clone())
            .with(step.at);
        self.run(sql, params).await?;
        Ok(())
    }
}
