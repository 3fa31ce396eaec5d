//! The public record of moderation: written once, never changed.

use audit::Recorded;
use chrono::{DateTime, Utc};
use domain::id::{AccountId, ModlogId, PersonaId, PostId, ThreadId};
use domain::moderation::{ModAct, ReasonCode, Stands, Subject};
use domain::people::Actor;
use domain::policy::{PostFacts, Scope, ThreadFacts};
use domain::thread::ModerationStatus;
use uuid::Uuid;

use crate::appeal::{APPEAL, Appeal, maybe_appeal};
use crate::conn::Conn;
use crate::error::StorageError;
use crate::params::Params;
use crate::row::Row;
use crate::scope::{compile, literals};
use crate::store::Backend;
use crate::thread::{Slice, fact_columns, facts};
use crate::write::Tx;

/// The record.
const RECORD: &str = "modlog";

/// As many entries of one thread or post are shown, the newest.
const OF_SUBJECT_MAX: i64 = 50;

/// An act of moderation, as the record keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The entry; its id says nothing of when.
    pub id: ModlogId,
    /// From when on it is shown: when it was done where everyone may read the
    /// thread, else the first moment of the month after.
    pub appears_at: DateTime<Utc>,
    /// Whether that is when it was done.
    pub exact: bool,
    /// What was done.
    pub act: ModAct,
    /// Why, as a code.
    pub code: ReasonCode,
    /// Why, in words for the author.
    pub reason: Option<String>,
    /// The thread, or the one that the post stands in.
    pub thread: ThreadId,
    /// The post, if it was done to one.
    pub post: Option<PostId>,
    /// The moderator's number; none where the forum did it.
    pub moderator: Option<i64>,
    /// The entry that it takes back.
    pub reverses: Option<ModlogId>,
}

impl Entry {
    /// To what it was done.
    pub fn subject(&self) -> Subject {
        self.post
            .map_or(Subject::Thread(self.thread), Subject::Post)
    }
}

/// An entry as it is read, with what policy decides by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadEntry {
    /// The entry.
    pub entry: Entry,
    /// The entry that took it back, once that is shown.
    pub reversed_by: Option<ModlogId>,
    /// The number of the moderator who proposed it, if it is a sanction on which
    /// another decided.
    pub proposer: Option<i64>,
    /// The appeal against it.
    pub appeal: Option<Appeal>,
    /// Its thread.
    pub facts: ThreadFacts,
    /// Its post.
    pub post: Option<PostFacts>,
}

/// What the record is narrowed to.
#[derive(Debug, Clone, Copy)]
pub struct RecordOf<'a> {
    /// Only acts of this kind.
    pub act: Option<ModAct>,
    /// Only what was done there.
    pub within: Option<Within<'a>>,
}

/// A thread, as far as somebody sees it.
#[derive(Debug, Clone, Copy)]
pub struct Within<'a> {
    /// The thread.
    pub thread: ThreadId,
    /// Which threads he sees.
    pub threads: &'a Scope,
    /// Which posts, in a thread that he sees.
    pub posts: &'a Scope,
}

impl RecordOf<'_> {
    /// Which entries are shown: as SQL over `m`, and over `p` and `t` where they are
    /// asked for within a thread.
    fn conditions(self, now: &str, params: &mut Params) -> Vec<String> {
        let mut all = vec![format!("m.appears_at <= {now}")];
        if let Some(act) = self.act {
            all.push(literals("m.act", [act.code()].into_iter()));
        }
        let Some(within) = self.within else {
            return all;
        };
        let thread = params.push(within.thread);
        // Whoever knew where it was would know who was sanctioned, or appealed. What an
        // appeal undid is none of these: it stands there undone, as in the whole record.
        let personal = ModAct::ALL.iter().filter(|act| act.is_personal());
        let personal = literals("m.act", personal.map(|act| act.code()));
        all.push(format!(
            "m.id IN (SELECT a.id FROM modlog a WHERE a.thread = {thread} AND a.post IS NULL \
             UNION ALL SELECT b.id FROM post x JOIN modlog b ON b.post = x.id \
             WHERE x.thread = {thread})"
        ));
        all.push(compile(within.threads, params));
        let posts = compile(within.posts, params);
        all.push(format!("(m.post IS NULL OR {posts})"));
        all.push(format!("NOT {personal}"));
        all
    }
}

/// A place in the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModlogPlace {
    /// When it appeared, in microseconds.
    pub micros: i64,
    /// The entry.
    pub id: Uuid,
}

const ENTRY: &str = "m.id, m.appears_at, m.exact, m.act, m.code, m.reason, m.thread, m.post, \
    m.moderator, m.reverses";

/// All that an entry says.
const WHOLE: &str =
    "id, appears_at, exact, act, code, reason, thread, post, moderator, reverses, nth";

/// What an entry says, as the audit log commits to it.
fn recorded(row: &mut Row) -> Result<(Uuid, Recorded), StorageError> {
    let id: Uuid = row.get()?;
    let (at, exact): (i64, bool) = (row.get()?, row.get()?);
    let (act, code): (String, String) = (row.get()?, row.get()?);
    let reason: Option<String> = row.get()?;
    let (thread, post): (Uuid, Option<Uuid>) = (row.get()?, row.get()?);
    let (moderator, reverses): (Option<i64>, Option<Uuid>) = (row.get()?, row.get()?);
    let nth: i64 = row.get()?;
    let said = [
        Some(at.to_string()),
        Some(exact.to_string()),
        Some(act),
        Some(code),
        reason,
        Some(thread.to_string()),
        post.map(|id| id.to_string()),
        moderator.map(|number| number.to_string()),
        reverses.map(|id| id.to_string()),
        Some(nth.to_string()),
    ];
    Ok((id, Recorded::of(id.to_string(), &said)))
}

fn entry(row: &mut Row) -> Result<Entry, StorageError> {
    Ok(Entry {
        id: row.id()?,
        appears_at: row.time()?,
        exact: row.get()?,
        act: row.code()?,
        code: row.code()?,
        reason: row.get()?,
        thread: row.id()?,
        post: row.maybe_id()?,
        moderator: row.get()?,
        reverses: row.maybe_id()?,
    })
}

pub(crate) fn read_entry(row: &mut Row, actor: &Actor) -> Result<ReadEntry, StorageError> {
    let entry = entry(row)?;
    let (reversed_by, proposer) = (row.maybe_id()?, row.get()?);
    let appeal = maybe_appeal(row, entry.id)?;
    let (author, status): (Option<PersonaId>, Option<ModerationStatus>) =
        (row.maybe_id()?, row.maybe_code()?);
    let post = entry.post.zip(author).zip(status);
    Ok(ReadEntry {
        post: post.map(|((id, author), status)| PostFacts { id, author, status }),
        facts: facts(row, actor)?,
        entry,
        reversed_by,
        proposer,
        appeal,
    })
}

/// Entries with the thread that the post of each stands in now.
fn with_threads(entries: &str) -> String {
    format!(
        "{entries} m LEFT JOIN post p ON p.id = m.post \
         JOIN thread t ON t.id = COALESCE(p.thread, m.thread)"
    )
}

/// Everything of an entry of these, with the thread that its post stands in now; `now` is the place of the present moment.
pub(crate) fn columns(now: &str, facts_of: &str, entries: &str) -> String {
    format!(
        "{ENTRY}, (SELECT n.id FROM modlog n WHERE n.reverses = m.id AND n.appears_at <= {now} \
         LIMIT 1), (SELECT d.proposer FROM sanction d WHERE d.entry = m.id \
         AND d.decider IS NOT NULL LIMIT 1), {APPEAL}, p.persona, p.status, {facts_of} \
         FROM {} LEFT JOIN appeal q ON q.entry = m.id",
        with_threads(entries),
    )
}

impl Conn {
    /// The record, as far as it is wanted. One statement.
    pub async fn modlog(
        &self,
        actor: &Actor,
        now: DateTime<Utc>,
        of: RecordOf<'_>,
        slice: Slice<ModlogPlace>,
    ) -> Result<Vec<ReadEntry>, StorageError> {
        let mut params = self.params();
        let facts_of = fact_columns(actor, &mut params);
        let now = params.push(now);
        let mut conditions = of.conditions(&now, &mut params);
        let page = slice.keyset(
            ["m.appears_at", "m.id"],
            &mut conditions,
            &mut params,
            |place, params| [params.push(place.micros), params.push(place.id)],
        );
        let sql = format!(
            "SELECT {} WHERE {} {page}",
            columns(&now, &facts_of, RECORD),
            conditions.join(" AND "),
        );
        let rows = self.all(&sql, params).await?;
        rows.into_iter()
            .map(|mut row| read_entry(&mut row, actor))
            .collect()
    }

    /// One entry, once the record shows it.
    pub async fn modlog_entry(
        &self,
        actor: &Actor,
        now: DateTime<Utc>,
        id: ModlogId,
    ) -> Result<Option<ReadEntry>, StorageError> {
        let mut params = self.params();
        let facts_of = fact_columns(actor, &mut params);
        let (now, id) = (params.push(now), params.push(id));
        let sql = format!(
            "SELECT {} WHERE m.id = {id} AND m.appears_at <= {now}",
            columns(&now, &facts_of, RECORD),
        );
        let row = self.one(&sql, params).await?;
        row.map(|mut row| read_entry(&mut row, actor)).transpose()
    }

    /// One entry, whether the record shows it yet or not: for whoever is told at
    /// once.
    pub async fn entry_whenever(
        &self,
        actor: &Actor,
        id: ModlogId,
    ) -> Result<Option<ReadEntry>, StorageError> {
        let mut params = self.params();
        let facts_of = fact_columns(actor, &mut params);
        let (ever, id) = (params.push(i64::MAX), params.push(id));
        let columns = columns(&ever, &facts_of, RECORD);
        let sql = format!("SELECT {columns} WHERE m.id = {id}");
        let row = self.one(&sql, params).await?;
        row.map(|mut row| read_entry(&mut row, actor)).transpose()
    }

    /// How many such entries the record shows.
    pub async fn modlog_count(
        &self,
        now: DateTime<Utc>,
        of: RecordOf<'_>,
    ) -> Result<i64, StorageError> {
        let mut params = self.params();
        let now = params.push(now);
        let conditions = of.conditions(&now, &mut params).join(" AND ");
        // Without a thread it is a count of its index.
        let from = if of.within.is_some() {
            with_threads(RECORD)
        } else {
            format!("{RECORD} m")
        };
        let sql = format!("SELECT COUNT(*) FROM {from} WHERE {conditions}");
        let row = self.one(&sql, params).await?;
        row.ok_or(StorageError::Corrupt("a count"))?.get()
    }

    /// What was done to threads' own texts, and to posts, the newest first; for
    /// whoever is told at once. One statement whatever their number.
    pub async fn modlog_of(
        &self,
        actor: &Actor,
        subjects: &[Subject],
    ) -> Result<Vec<ReadEntry>, StorageError> {
        let mut params = self.params();
        let facts_of = fact_columns(actor, &mut params);
        let ever = params.push(i64::MAX);
        let (mut threads, mut posts) = (Vec::new(), Vec::new());
        for subject in subjects {
            match subject {
                Subject::Thread(id) => threads.push(*id),
                Subject::Post(id) => posts.push(*id),
            }
        }
        let threads = params.among("n.thread", &threads);
        let posts = params.among("n.post", &posts);
        let newest = format!(
            "(SELECT n.*, ROW_NUMBER() OVER (PARTITION BY COALESCE(n.post, n.thread) \
             ORDER BY n.nth DESC, n.appears_at DESC, n.id DESC) AS place FROM {RECORD} n \
             WHERE (n.post IS NULL AND {threads}) OR {posts})"
        );
        let sql = format!(
            "SELECT {} WHERE m.place <= {OF_SUBJECT_MAX} \
             ORDER BY m.nth DESC, m.appears_at DESC, m.id DESC",
            columns(&ever, &facts_of, &newest),
        );
        let rows = self.all(&sql, params).await?;
        rows.into_iter()
            .map(|mut row| read_entry(&mut row, actor))
            .collect()
    }
}

impl Conn {
    /// What entries say, in the order of their ids after one, at most `limit`; and
    /// the last of them. One statement.
    pub(crate) async fn recorded_after(
        &self,
        after: Option<Uuid>,
        limit: u32,
    ) -> Result<(Option<Uuid>, Vec<Recorded>), StorageError> {
        let mut params = self.params();
        let place = match after {
            None => String::new(),
            Some(id) => format!("WHERE id > {}", params.push(id)),
        };
        let limit = params.push(i64::from(limit));
        let sql = format!("SELECT {WHOLE} FROM {RECORD} {place} ORDER BY id LIMIT {limit}");
        let (mut last, mut found) = (None, Vec::new());
        for mut row in self.all(&sql, params).await? {
            let (id, said) = recorded(&mut row)?;
            last = Some(id);
            found.push(said);
        }
        Ok((last, found))
    }
}

impl Tx {
    /// Writes an act into the record, with the entry that it takes back; for the
    /// audit log, which has to commit to it. The one place where the record is
    /// written; the thread's row is locked.
    #[must_use = "whoever audits the act commits to what it wrote"]
    pub async fn write_modlog(&self, new: &Entry) -> Result<Recorded, StorageError> {
        let reverses = match new.reverses {
            None => self.still_done(new.act, new.thread, new.post).await?,
            known => known,
        };
        let of = match new.post {
            None => "n.post IS NULL AND n.thread = $7",
            Some(_) => "n.post = $8",
        };
        let sql = format!(
            "INSERT INTO modlog (id, appears_at, exact, act, code, reason, thread, post, \
             moderator, reverses, nth) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, \
             (SELECT COALESCE(MAX(n.nth), 0) + 1 FROM modlog n WHERE {of})) RETURNING {WHOLE}"
        );
        let params = self
            .params()
            .with(new.id)
            .with(new.appears_at)
            .with(new.exact)
            .with(new.act.code())
            .with(new.code.code())
            .with(new.reason.clone())
            .with(new.thread)
            .with(new.post)
            .with(new.moderator)
            .with(reverses);
        let row = self.one(&sql, params).await?;
        let (_, said) = recorded(&mut row.ok_or(StorageError::Corrupt("an entry"))?)?;
        Ok(said)
    }

    /// The act that this one takes back, if one stands that was not yet.
    pub async fn still_done(
        &self,
        act: ModAct,
        thread: ThreadId,
        post: Option<PostId>,
    ) -> Result<Option<ModlogId>, StorageError> {
        let acts = act.reverses();
        if acts.is_empty() {
            return Ok(None);
        }
        let mut params = self.params();
        let of = params.about("m", post.map_or(Subject::Thread(thread), Subject::Post));
        let acts = literals("m.act", acts.iter().map(|act| act.code()));
        let sql = format!(
            "SELECT m.id FROM modlog m WHERE {of} AND {acts} AND NOT EXISTS \
             (SELECT 1 FROM modlog n WHERE n.reverses = m.id) \
             ORDER BY m.nth DESC, m.appears_at DESC, m.id DESC LIMIT 1"
        );
        let row = self.one(&sql, params).await?;
        row.map_or(Ok(None), |mut row| row.maybe_id())
    }

    /// The number by which the record knows a moderator: the first of these that
    /// is free, if he has none yet.
    pub async fn moderator_number(
        &self,
        account: AccountId,
        candidates: &[i64],
    ) -> Result<Option<i64>, StorageError> {
        if let Some(known) = self.known_number(account).await? {
            return Ok(Some(known));
        }
        for candidate in candidates {
            let sql = "INSERT INTO moderator_number (account, number) VALUES ($1, $2) \
                       ON CONFLICT DO NOTHING";
            let params = self.params().with(account).with(*candidate);
            self.run(sql, params).await?;
            if let Some(known) = self.known_number(account).await? {
                return Ok(Some(known));
            }
        }
        Ok(None)
    }

    /// Saves how moderation stands on a thread that was released before, and for
    /// how many seconds everyone waits in it. It is no activity of its audience.
    pub async fn save_thread_stands(
        &self,
        id: ThreadId,
        stands: Stands,
        reason: Option<&str>,
        slow_seconds: Option<i64>,
    ) -> Result<(), StorageError> {
        let sql = "UPDATE thread SET status = $1, status_reason = $2, slow_seconds = $3, \
                   locked_at = CASE WHEN $4 THEN COALESCE(locked_at, $7) END, \
                   ended_at = CASE WHEN $5 THEN COALESCE(ended_at, $7) END, \
                   pinned_at = CASE WHEN $6 THEN COALESCE(pinned_at, $7) END WHERE id = $8";
        let params = self
            .params()
            .with(stands.status.code())
            .with(reason.map(str::to_owned))
            .with(slow_seconds.filter(|_| stands.slow))
            .with(stands.locked)
            .with(stands.ended)
            .with(stands.pinned)
            .with(self.now())
            .with(id);
        self.run(sql, params).await?;
        Ok(())
    }

    /// Saves how moderation stands on a post. `shown` is how many more posts of
    /// the thread its whole audience may see: -1, 0 or 1.
    pub async fn save_post_status(
        &self,
        post: PostId,
        thread: ThreadId,
        status: ModerationStatus,
        reason: Option<&str>,
        shown: i64,
    ) -> Result<(), StorageError> {
        let sql = "UPDATE post SET status = $1, status_reason = $2 WHERE id = $3";
        let params = self
            .params()
            .with(status.code())
            .with(reason.map(str::to_owned))
            .with(post);
        self.run(sql, params).await?;
        if shown != 0 {
            let sql = "UPDATE thread SET post_count = post_count + $1 WHERE id = $2";
            self.run(sql, self.params().with(shown).with(thread))
                .await?;
        }
        Ok(())
    }

    /// Locks an account's row, so that what is counted of it stays so.
    pub async fn lock_account(&self, account: AccountId) -> Result<(), StorageError> {
        // SQLite has one writer at a time.
        if self.backend == Backend::Postgres {
            let sql = "SELECT 1 FROM account WHERE id = $1 FOR UPDATE";
            self.one(sql, self.params().with(account)).await?;
        }
        Ok(())
    }
}

impl Conn {
    /// The number by which the record knows a moderator, if he acted before.
    pub async fn known_number(&self, account: AccountId) -> Result<Option<i64>, StorageError> {
        let sql = "SELECT number FROM moderator_number WHERE account = $1";
        let row = self.one(sql, self.params().with(account)).await?;
        row.map_or(Ok(None), |mut row| row.get())
    }
}
