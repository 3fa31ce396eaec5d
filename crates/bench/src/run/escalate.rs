//! A minute in which the clocks of many concerns run out at once, while people
//! write.

use super::measure::Bench;
use super::report::{Limit, Line};
use super::requests::Requests;
use super::subjects::Subjects;
use super::{Serving, Side, Workload, tell};
use crate::clock;
use crate::database::Database;
use crate::http::Connection;
use crate::load::{fill, milliseconds, says_error};
use crate::prepare::{Forum, make};
use anyhow::{Context as _, bail, ensure};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// In so many microseconds the clocks run out: time for the server to start and
/// for people to sign in.
const DUE_IN: i64 = 20_000_000;

/// The clocks began so many microseconds ago: 20 days, which is longer than an
/// office has to acknowledge, and shorter than silence may last.
const BEGAN_AGO: i64 = 20 * 86_400_000_000;

/// How many write at once meanwhile.
const WRITERS: usize = 4;

/// How often it is looked whether all is done.
const LOOK: Duration = Duration::from_millis(50);

/// How long that may take before the run is given up.
const PATIENCE: Duration = Duration::from_mins(5);

impl Bench<'_> {
    /// How long it takes until all are escalated, and how long a write takes
    /// meanwhile at most.
    pub(super) async fn escalations(&self) -> anyhow::Result<[Line; 2]> {
        let (args, count) = (self.args, self.args.escalations);
        tell(self.large, "escalations due at once")?;
        let forum = self.large.escalating(count);
        make(&args.prepare, &forum).await?;
        // A new server looks at every clock anew, which is not measured.
        let serving = args.serve(&forum).await?;
        until(&forum.database, CLOCKS_LOOKED_AT, "1").await?;
        serving.running.stop().await?;
        let due = clock::micros() + DUE_IN;
        for sql in all_due(&forum.database, count, due) {
            forum.database.rows(&sql).await?;
        }
        forum.database.settle().await?;
        let serving = args.serve(&forum).await?;
        let (took, longest) = escalated(&serving, &forum, due).await?;
        serving.running.stop().await?;
        let told = number(&forum.database, ESCALATED).await?;
        ensure!(
            told == u64::from(count),
            "of {count}, {told} were escalated"
        );
        let all = Limit {
            must: 10.0,
            aim: 5.0,
        };
        let write = Limit {
            must: 1_000.0,
            aim: 250.0,
        };
        let what = format!("{count} escalations due at once");
        Ok([
            self.absolute(&what, milliseconds(took) / 1_000.0, " s", all),
            self.absolute("Longest write meanwhile", longest, " ms", write),
        ])
    }
}

/// Whether a server has looked at every clock: `1` once it has.
const CLOCKS_LOOKED_AT: &str = "SELECT COUNT(*) FROM job WHERE kind = 'clocks' AND payload <> '' \
     AND NOT EXISTS (SELECT 1 FROM job WHERE kind = 'rewind')";

/// How many concerns were escalated.
const ESCALATED: &str = "SELECT COUNT(DISTINCT thread) FROM concern_move WHERE kind = 'ESCALATE'";

/// Puts so many concerns before their offices long ago, each with the job that
/// looks at its clock, due at one moment.
fn all_due(database: &Database, count: u32, due: i64) -> [String; 3] {
    let began = due - BEGAN_AGO;
    // An id as the payload of a job has it.
    let hex = match database {
        Database::Postgres(_) => "replace(CAST(id AS text), '-', '')",
        Database::Sqlite(_) => "lower(hex(id))",
    };
    [
        format!(
            "UPDATE agency SET participation = 'ANSWERING', accreditation = 'APPROVED', \
             answering_since = {} WHERE id IN (SELECT assigned_agency FROM thread)",
            began - BEGAN_AGO
        ),
        format!(
            "UPDATE thread SET state = 'ASSIGNED', status = 'VISIBLE', acknowledged_at = NULL, \
             answered_at = NULL, closed_at = NULL, clock_since = {began}, clock_told = 0 \
             WHERE id IN (SELECT id FROM thread WHERE assigned_office IS NOT NULL \
             ORDER BY id LIMIT {count})"
        ),
        format!(
            "INSERT INTO job (id, kind, once, payload, run_at, attempts) \
             SELECT id, 'clock', 'clock:' || {hex}, {hex}, {due}, 0 FROM thread \
             WHERE clock_since = {began}"
        ),
    ]
}

/// Has people write until all are escalated: how long that took from the moment
/// at which they were due, in microseconds, and the longest write since then,
/// in milliseconds.
async fn escalated(serving: &Serving, forum: &Forum, due: i64) -> anyhow::Result<(u64, f64)> {
    let subjects = Subjects::of(&forum.database).await?;
    let requests = Requests::new(serving.http, subjects).await?;
    let requests = Arc::new(requests.of(Workload::AddPost, Side::Ours));
    ensure!(
        clock::micros() < due,
        "the clocks ran out before anybody could write"
    );
    let done = Arc::new(AtomicBool::new(false));
    let unique = Arc::new(AtomicU64::new(0));
    let writers: Vec<_> = (0..WRITERS)
        .map(|number| {
            let writer = Writer {
                requests: Arc::clone(&requests),
                unique: Arc::clone(&unique),
                done: Arc::clone(&done),
                due,
            };
            tokio::spawn(writer.write(serving.http, number))
        })
        .collect();
    let left = format!("SELECT COUNT(*) FROM job WHERE kind = 'clock' AND run_at <= {due}");
    let ended = until(&forum.database, &left, "0").await;
    let took = clock::micros() - due;
    done.store(true, Ordering::Relaxed);
    let mut longest = 0;
    for writer in writers {
        longest = longest.max(writer.await??);
    }
    ended?;
    let took = u64::try_from(took).context("they were escalated before they were due")?;
    Ok((took, milliseconds(longest)))
}

/// Somebody who adds posts, one after the other.
struct Writer {
    requests: Arc<Vec<String>>,
    unique: Arc<AtomicU64>,
    done: Arc<AtomicBool>,
    due: i64,
}

impl Writer {
    /// Writes until all is done; the longest write that ended after the clocks
    /// had run out, in microseconds.
    async fn write(self, target: SocketAddr, number: usize) -> anyhow::Result<u64> {
        let mut connection = Connection::open(target).await?;
        let mut longest = 0;
        let requests = self.requests.iter().cycle();
        for request in requests.skip(number * self.requests.len() / WRITERS) {
            if self.done.load(Ordering::Relaxed) {
                break;
            }
            let mut request = request.clone().into_bytes();
            fill(&mut request, self.unique.fetch_add(1, Ordering::Relaxed));
            let begin = clock::micros();
            let (status, body) = connection.send(&request).await?;
            if status >= 300 || says_error(body) {
                bail!("{status}: {}", String::from_utf8_lossy(body));
            }
            let end = clock::micros();
            if end >= self.due {
                longest = longest.max(u64::try_from(end - begin).unwrap_or(0));
            }
        }
        Ok(longest)
    }
}

/// Waits until a query answers with this.
async fn until(database: &Database, sql: &str, wanted: &str) -> anyhow::Result<()> {
    let give_up = tokio::time::Instant::now() + PATIENCE;
    loop {
        let rows = database.rows(sql).await?;
        if rows.first().and_then(|row| row.first()).map(String::as_str) == Some(wanted) {
            return Ok(());
        }
        ensure!(
            tokio::time::Instant::now() < give_up,
            "{sql} did not come to {wanted}"
        );
        tokio::time::sleep(LOOK).await;
    }
}

async fn number(database: &Database, sql: &str) -> anyhow::Result<u64> {
    let rows = database.rows(sql).await?;
    let found = rows.first().and_then(|row| row.first());
    Ok(found.context("a count")?.parse()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn so_many_of_what_is_before_an_office_become_due_in_one_moment() {
        let path = std::env::temp_dir().join(format!("bench-escalate-{}.db", std::process::id()));
        let connection = rusqlite::Connection::open(&path).unwrap();
        connection
            .execute_batch(
                "CREATE TABLE agency
                     (id BLOB, participation TEXT, accreditation TEXT, answering_since INTEGER);
                 CREATE TABLE thread (id BLOB, assigned_agency BLOB, assigned_office BLOB,
                     state TEXT, status TEXT, acknowledged_at INTEGER, answered_at INTEGER,
                     closed_at INTEGER, clock_since INTEGER, clock_told INTEGER);
                 CREATE TABLE job (id BLOB, kind TEXT, once TEXT, payload TEXT, run_at INTEGER,
                     attempts INTEGER);
                 INSERT INTO agency (id) VALUES (x'01'), (x'02');
                 INSERT INTO thread (id, assigned_agency, assigned_office)
                     VALUES (x'0a', x'01', x'03'), (x'0b', x'01', NULL), (x'0c', x'01', x'03'),
                         (x'0d', x'01', x'03');",
            )
            .unwrap();
        let database = Database::Sqlite(path.clone());
        for sql in all_due(&database, 2, 7) {
            database.rows(&sql).await.unwrap();
        }
        let jobs = "SELECT once, payload, run_at FROM job ORDER BY id";
        let jobs = database.rows(jobs).await.unwrap();
        assert_eq!(jobs, [["clock:0a", "0a", "7"], ["clock:0c", "0c", "7"]]);
        let due = "SELECT COUNT(*) FROM thread WHERE state = 'ASSIGNED' AND clock_told = 0";
        assert_eq!(number(&database, due).await.unwrap(), 2);
        until(&database, due, "2").await.unwrap();
        drop(connection);
        std::fs::remove_file(path).unwrap();
    }
}
