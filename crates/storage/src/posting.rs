//! What somebody wrote so far, and the rules for it.

use chrono::{DateTime, Utc};
use domain::id::{AccountId, PersonaId, ThreadId};
use domain::moderation::{History, PostingRule, PostingRules, ReviewStep, Tenure};
use domain::thread::{Audience, ModerationStatus};
use uuid::Uuid;

use crate::conn::Conn;
use crate::error::StorageError;
use crate::params::Params;
use crate::row::Row;
use crate::scope::literals;
use crate::write::Tx;

/// A text is compared with so many of the newest that newcomers wrote, with as many
/// that they changed last, and with as many of its author's own.
const COMPARED_MAX: i64 = 50;

/// From when on something counts.
#[derive(Debug, Clone, Copy)]
pub struct Since {
    /// Towards the limit of an hour.
    pub hour: DateTime<Utc>,
    /// Towards that of a day.
    pub day: DateTime<Utc>,
    /// As removed lately.
    pub removed: DateTime<Utc>,
}

/// How many, and when the first of them was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lately {
    /// How many.
    pub count: u32,
    /// When the first was.
    pub first: Option<DateTime<Utc>>,
}

impl Lately {
    fn and(self, other: Self) -> Self {
        let both = [self.first, other.first];
        Self {
            count: self.count.saturating_add(other.count),
            first: both.into_iter().flatten().min(),
        }
    }
}

/// What an account wrote so far: posts, and threads that are no concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wrote {
    /// When the account was made.
    pub since: DateTime<Utc>,
    /// Within an hour.
    pub hour: Lately,
    /// Within a day.
    pub day: Lately,
    /// What of it stands visible, concerns among it.
    pub accepted: u32,
    /// What of it was written lately and removed.
    pub removed: u32,
    /// How often it wrote the same text within a day.
    pub same: u32,
}

impl Wrote {
    /// What its tenure follows from.
    pub fn history(&self, now: DateTime<Utc>) -> History {
        History {
            age: now - self.since,
            accepted: self.accepted,
            removed: self.removed,
        }
    }
}

/// A text that is looked for in other threads.
#[derive(Debug, Clone, Copy)]
pub struct Sought<'a> {
    /// As its wording is kept at the beginning and at the end of the time that counts:
    /// a day at most.
    pub kept: [i64; 2],
    /// Since when what was written counts.
    pub since: DateTime<Utc>,
    /// Under which personas it is written now.
    pub personas: &'a [PersonaId],
    /// Whether what others wrote counts too.
    pub of_others: bool,
}

/// Of a status that has the whole audience read it, as SQL.
fn is_open(column: &str) -> String {
    let open = ModerationStatus::ALL.iter().filter(|one| one.is_open());
    literals(column, open.map(|one| one.code()))
}

/// In how many threads but this one the text stands, as SQL. Others' texts are those
/// that stand where everyone may read them, or whose audience is the same.
pub(crate) fn standing_elsewhere(
    of: &Sought<'_>,
    [thread, audience]: [&str; 2],
    params: &mut Params,
) -> String {
    let kept = of.kept.map(|kept| params.push(kept)).join(", ");
    let since = params.push(of.since);
    let mut counts = params.among("s.persona", of.personas);
    if of.of_others {
        let (text, thread) = (is_open("s.status"), is_open("w.status"));
        counts =
            format!("({counts} OR w.audience IN ('PUBLIC', {audience}) AND {text} AND {thread})");
    }
    let texts = |table: &str, thread: &str| {
        format!(
            "SELECT {thread} AS thread, persona, status FROM {table} WHERE said IN ({kept}) \
             AND COALESCE(edited_at, created_at) > {since}"
        )
    };
    format!(
        "(SELECT COUNT(DISTINCT s.thread) FROM ({} UNION ALL {}) s \
         JOIN thread w ON w.id = s.thread WHERE s.thread <> {thread} AND {counts})",
        texts("post", "thread"),
        texts("thread", "id"),
    )
}

/// The counts of one table.
struct Counts {
    hour: Lately,
    day: Lately,
    accepted: u32,
    removed: u32,
    same: u32,
}

fn counts(row: &mut Row) -> Result<Counts, StorageError> {
    let mut lately = || {
        Ok::<_, StorageError>(Lately {
            count: row.count()?,
            first: row.maybe_time()?,
        })
    };
    let (hour, day) = (lately()?, lately()?);
    Ok(Counts {
        hour,
        day,
        accepted: row.count()?,
        removed: row.count()?,
        same: row.count()?,
    })
}

impl Conn {
    /// What an account wrote so far under these personas, and how often this
    /// text. One statement.
    pub async fn wrote(
        &self,
        account: AccountId,
        personas: &[PersonaId],
        since: Since,
        text: &str,
    ) -> Result<Option<Wrote>, StorageError> {
        let mut params = self.params();
        let own = params.among("persona", personas);
        let (hour, day) = (params.push(since.hour), params.push(since.day));
        let removed = params.push(since.removed);
        let text = params.push(text);
        let account = params.push(account);
        let of = |table: &str, counts: &str| {
            format!(
                "(SELECT COUNT(*) FILTER (WHERE {counts} AND created_at > {hour}) AS c1, \
                 MIN(created_at) FILTER (WHERE {counts} AND created_at > {hour}) AS c2, \
                 COUNT(*) FILTER (WHERE {counts} AND created_at > {day}) AS c3, \
                 MIN(created_at) FILTER (WHERE {counts} AND created_at > {day}) AS c4, \
                 COUNT(*) FILTER (WHERE status = 'VISIBLE') AS c5, \
                 COUNT(*) FILTER (WHERE status = 'REMOVED' AND created_at > {removed}) AS c6, \
                 COUNT(*) FILTER (WHERE {counts} AND created_at > {day} AND body = {text}) AS c7 \
                 FROM {table} WHERE {own})"
            )
        };
        // Nobody is held up who brings a concern to few.
        let few = literals("audience", Audience::NAMING.iter().map(|one| one.code()));
        let judged = format!("NOT (kind = 'CONCERN' AND {few})");
        let sql = format!(
            "SELECT a.created_at, p.c1, p.c2, p.c3, p.c4, p.c5, p.c6, p.c7, \
             t.c1, t.c2, t.c3, t.c4, t.c5, t.c6, t.c7 \
             FROM account a CROSS JOIN {} p CROSS JOIN {} t WHERE a.id = {account}",
            of("post", "1 = 1"),
            of("thread", &judged),
        );
        let row = self.one(&sql, params).await?;
        row.map(|mut row| {
            let since = row.time()?;
            let (posts, threads) = (counts(&mut row)?, counts(&mut row)?);
            Ok(Wrote {
                since,
                hour: posts.hour.and(threads.hour),
                day: posts.day.and(threads.day),
                accepted: posts.accepted.saturating_add(threads.accepted),
                removed: posts.removed.saturating_add(threads.removed),
                same: posts.same.saturating_add(threads.same),
            })
        })
        .transpose()
    }

    /// The fingerprints of the posts that newcomers wrote last since a moment, of
    /// those whose text they changed last, of the threads that they began last, and of
    /// the newest of either under these personas; without this post. Others' are those
    /// of threads that everyone may read, or whose audience is the same, and none that
    /// is held or was removed: whoever is told that a text is near to another learns
    /// nothing of what he may not read. One statement.
    pub async fn fingerprints(
        &self,
        personas: &[PersonaId],
        since: DateTime<Utc>,
        without: Uuid,
        audience: Audience,
    ) -> Result<Vec<i64>, StorageError> {
        let mut params = self.params();
        let own = format!(" AND {}", params.among("persona", personas));
        let (since, without) = (params.push(since), params.push(without));
        let newest = |table: &str, by: &str, and: &str| {
            format!(
                "SELECT f FROM (SELECT fingerprint AS f FROM {table} \
                 WHERE fingerprint IS NOT NULL AND {by} > {since} AND id <> {without}{and} \
                 ORDER BY {by} DESC LIMIT {COMPARED_MAX}) n"
            )
        };
        let read = format!("IN ('PUBLIC', {})", params.push(audience.code()));
        let open = is_open("status");
        let of_posts = format!(
            " AND {open} AND (SELECT t.audience FROM thread t WHERE t.id = post.thread \
             AND {}) {read}",
            is_open("t.status"),
        );
        let of_threads = format!(" AND {open} AND audience {read}");
        let parts = [
            newest("post", "created_at", &of_posts),
            newest("post", "edited_at", &of_posts),
            newest("post", "created_at", &own),
            newest("thread", "created_at", &of_threads),
            newest("thread", "created_at", &own),
        ];
        let rows = self.all(&parts.join(" UNION ALL "), params).await?;
        rows.into_iter().map(|mut row| row.get()).collect()
    }

    /// In how many threads but this one, of this audience, a text stands. One
    /// statement.
    pub async fn elsewhere(
        &self,
        of: &Sought<'_>,
        thread: ThreadId,
        audience: Audience,
    ) -> Result<i64, StorageError> {
        let mut params = self.params();
        let thread = params.push(thread);
        // No parameter is sent that the statement does not speak of.
        let audience = of.of_others.then(|| params.push(audience.code()));
        let audience = audience.unwrap_or_default();
        let count = standing_elsewhere(of, [&thread, &audience], &mut params);
        let row = self.one(&format!("SELECT {count}"), params).await?;
        row.ok_or(StorageError::Corrupt("a count"))?.get()
    }

    /// Whether this text already waits in the queue because it was repeated, or another
    /// of the same author does. One statement.
    pub async fn repeat_waits(&self, of: &Sought<'_>) -> Result<bool, StorageError> {
        let mut params = self.params();
        let own = params.among("r.persona", of.personas);
        let kept = of.kept.map(|kept| params.push(kept)).join(", ");
        let sql = format!(
            "SELECT 1 FROM reviewable r JOIN thread t ON t.id = r.thread \
             LEFT JOIN post p ON p.id = r.post WHERE r.decided_at IS NULL \
             AND ({own} OR CASE WHEN r.post IS NULL THEN t.said ELSE p.said END IN ({kept})) \
             AND EXISTS (SELECT 1 FROM review_step s WHERE s.reviewable = r.id \
             AND s.step = '{}') LIMIT 1",
            ReviewStep::Repeated.code(),
        );
        Ok(self.one(&sql, params).await?.is_some())
    }

    /// In which of these threads whoever speaks as one of these personas has to wait
    /// before he speaks again, because everyone does there, and for how many seconds.
    /// One statement.
    pub async fn waits(
        &self,
        threads: &[ThreadId],
        personas: &[PersonaId],
        now: DateTime<Utc>,
    ) -> Result<Vec<(ThreadId, i64)>, StorageError> {
        let mut params = self.params();
        let among = params.among("t.id", threads);
        let own = params.among("p.persona", personas);
        let place = params.push(now);
        let sql = format!(
            "SELECT t.id, t.slow_seconds, MAX(p.created_at) FROM thread t \
             JOIN post p ON p.thread = t.id \
             WHERE {among} AND t.slow_seconds IS NOT NULL AND {own} \
             AND p.created_at > {place} - t.slow_seconds * 1000000 \
             GROUP BY t.id, t.slow_seconds"
        );
        let rows = self.all(&sql, params).await?;
        let wait = |mut row: Row| {
            let (thread, pace): (ThreadId, i64) = (row.id()?, row.get()?);
            Ok((thread, pace - (now - row.time()?).num_seconds()))
        };
        rows.into_iter().map(wait).collect()
    }

    /// How many posts of a thread newcomers wrote since a moment.
    pub async fn posts_of_newcomers(
        &self,
        thread: ThreadId,
        since: DateTime<Utc>,
    ) -> Result<i64, StorageError> {
        let sql = "SELECT COUNT(*) FROM post WHERE thread = $1 AND created_at > $2 \
                   AND fingerprint IS NOT NULL";
        let row = self
            .one(sql, self.params().with(thread).with(since))
            .await?;
        row.ok_or(StorageError::Corrupt("a count"))?.get()
    }

    /// The rules of posting: those of the code where none was set.
    pub(crate) async fn posting_rules(&self) -> Result<PostingRules, StorageError> {
        let sql = "SELECT tenure, held_first, links_max, posts_per_hour, posts_per_day, \
                   min_age_days, min_posts FROM posting_rule";
        let mut rules = PostingRules::default();
        let limit = |of: Option<i64>| of.and_then(|of| u32::try_from(of).ok());
        for mut row in self.all(sql, self.params()).await? {
            let tenure: Tenure = row.code()?;
            let rule = PostingRule {
                held_first: row.count()?,
                links_max: row.count()?,
                posts_per_hour: limit(row.get()?),
                posts_per_day: limit(row.get()?),
                min_age_days: row.count()?,
                min_posts: row.count()?,
            };
            rules.set(tenure, rule);
        }
        Ok(rules)
    }
}

impl Tx {
    /// Sets the rule of a tenure.
    pub async fn put_posting_rule(
        &self,
        tenure: Tenure,
        rule: &PostingRule,
    ) -> Result<(), StorageError> {
        let sql = "INSERT INTO posting_rule (tenure, held_first, links_max, posts_per_hour, \
                   posts_per_day, min_age_days, min_posts) VALUES ($1, $2, $3, $4, $5, $6, $7) \
                   ON CONFLICT (tenure) DO UPDATE SET held_first = excluded.held_first, \
                   links_max = excluded.links_max, posts_per_hour = excluded.posts_per_hour, \
                   posts_per_day = excluded.posts_per_day, \
                   min_age_days = excluded.min_age_days, min_posts = excluded.min_posts";
        let params = self
            .params()
            .with(tenure.code())
            .with(i64::from(rule.held_first))
            .with(i64::from(rule.links_max))
            .with(rule.posts_per_hour.map(i64::from))
            .with(rule.posts_per_day.map(i64::from))
            .with(i64::from(rule.min_age_days))
            .with(i64::from(rule.min_posts));
        self.run(sql, params).await?;
        Ok(())
    }

    /// Remembers that an account is established: what it writes is counted no
    /// more.
    pub async fn establish(&self, id: AccountId) -> Result<(), StorageError> {
        let sql = "UPDATE account SET established_at = $1 WHERE id = $2 AND established_at IS NULL";
        self.run(sql, self.params().with(self.now()).with(id))
            .await?;
        Ok(())
    }

    /// Has what the account behind a persona writes counted again, if that was
    /// no more; gives the account then.
    pub async fn unsettle(&self, persona: PersonaId) -> Result<Option<AccountId>, StorageError> {
        let sql = "UPDATE account SET established_at = NULL WHERE established_at IS NOT NULL \
                   AND id = (SELECT account FROM persona WHERE id = $1) RETURNING id";
        let row = self.one(sql, self.params().with(persona)).await?;
        row.map_or(Ok(None), |mut row| row.maybe_id())
    }

    /// Counts one more post of a thread that its audience sees.
    pub async fn count_shown(&self, id: ThreadId) -> Result<(), StorageError> {
        let sql = "UPDATE thread SET post_count = post_count + 1, last_activity_at = $1 \
                   WHERE id = $2";
        self.run(sql, self.params().with(self.now()).with(id))
            .await?;
        Ok(())
    }
}
