//! What the audit log adds to an act that stands in it.

use super::measure::{Bench, Pair};
use super::report::{Limit, Line, median};
use super::tell;
use crate::clock::{micros, process_cpu};
use crate::database::Database;
use crate::http::Connection;
use crate::load::fill;
use crate::prepare::Forum;
use crate::process::postgres_cpu_seconds;
use anyhow::{Context as _, ensure};
use audit::{Key, MODERATE, Recorded};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::DateTime;
use domain::id::{AccountId, ThreadId};
use std::time::{Duration, Instant};
use storage::audit_log::Audited;
use storage::{Settings, StorageError, Store};
use uuid::Uuid;

/// At most so many threads are locked and opened again, in turn.
const THREADS: usize = 512;

/// What is done to each, turn about, with a reason that fits.
const ACTS: [(&str, &str); 2] = [("LOCK", "HEATED"), ("UNLOCK", "REVIEWED")];

/// What a moderator's acts took.
#[derive(Debug)]
pub(super) struct Acts {
    /// CPU seconds of a thousand, with all that comes of them.
    cost: f64,
    moderator: AccountId,
    threads: Vec<Uuid>,
}

impl Pair<'_> {
    /// Has a moderator lock and open threads, one act after the other: as they come in
    /// life, and as the log by itself is written below.
    pub(super) async fn acts(&self) -> anyhow::Result<Acts> {
        tell(self.bench.large, "audited acts of a moderator")?;
        let login = self.requests.moderator()?;
        let database = &self.bench.large.database;
        let moderator = account(database, login).await?;
        let threads = threads(database, login).await?;
        let pairs = threads
            .iter()
            .flat_map(|thread| ACTS.map(|act| self.requests.moderate(*thread, act)));
        let pairs = serde_json::to_string(&pairs.collect::<Vec<_>>())?;
        let pairs = self.bench.write("acts.json", &pairs)?;
        let mut costs = Vec::new();
        for _ in 0..self.bench.args.rounds {
            costs.push(self.cost_in_turn(&pairs).await?);
            self.open(&threads).await?;
        }
        Ok(Acts {
            cost: median(costs),
            moderator,
            threads,
        })
    }

    /// Opens what a round left locked. What is open is refused that.
    async fn open(&self, threads: &[Uuid]) -> anyhow::Result<()> {
        let [_, open] = ACTS;
        let mut connection = Connection::open(self.ours.http).await?;
        for (number, thread) in (0_u64..).zip(threads) {
            let mut request = self.requests.moderate(*thread, open).into_bytes();
            fill(&mut request, number);
            let (status, _) = connection.send(&request).await?;
            ensure!(status < 300, "a moderator was answered {status}");
        }
        Ok(())
    }
}

impl Bench<'_> {
    /// What of these acts is the audit log's, in percent of what they take without it:
    /// by what a small write takes more that has it tell of such an act. Nobody serves
    /// meanwhile.
    pub(super) async fn audited(
        &self,
        acts: &Acts,
        postmaster: Option<u32>,
    ) -> anyhow::Result<Line> {
        tell(self.large, "the audit log by itself")?;
        let settings = Settings {
            readers: 1,
            writers: 1,
            ..Settings::new(self.large.database.url())
        };
        let store = Store::open(&settings).await?;
        // What the salts hide is nobody's here.
        store.audit_with(key(self.large)?, |salt| salt.fill(7));
        let (mut plain, mut audited) = (Vec::new(), Vec::new());
        for _ in 0..self.args.rounds {
            for (by, costs) in [(None, &mut plain), (Some(acts.moderator), &mut audited)] {
                let begin = spent(postmaster)?;
                let writes = self.writes(&store, &acts.threads, by).await?;
                costs.push((spent(postmaster)? - begin) * 1_000.0 / f64::from(writes));
            }
        }
        store.close().await;
        let added = median(audited) - median(plain);
        let without = acts.cost - added;
        let limit = Limit {
            must: 10.0,
            aim: 5.0,
        };
        let what = "Audit log of a moderator's act";
        let line = self.absolute(what, added / without * 100.0, " %", limit);
        Ok(Line {
            floor: Some(without),
            ours: Some(acts.cost),
            ..line
        })
    }

    /// Writes for as long as a round is, and has the log tell of what somebody did, if
    /// anybody; says how often.
    async fn writes(
        &self,
        store: &Store,
        threads: &[Uuid],
        by: Option<AccountId>,
    ) -> anyhow::Result<u32> {
        let until = Instant::now() + Duration::from_secs_f64(self.args.seconds);
        let mut writes = 0;
        for (thread, act) in threads.iter().cycle().zip(ACTS.iter().cycle()) {
            if Instant::now() >= until {
                break;
            }
            let now = DateTime::from_timestamp_micros(micros()).context("a moment")?;
            let written = store.write(now, async |tx| {
                tx.touch_thread(ThreadId::from(*thread)).await?;
                if let Some(by) = by {
                    tx.audit(audited(by, *thread, *act));
                }
                Ok::<_, StorageError>(())
            });
            written.await?;
            writes += 1;
        }
        ensure!(writes > 0, "nothing was written in a round");
        Ok(writes)
    }
}

/// As the server tells of such an act, with an entry of the public record as long as
/// one is; there is none of what was not done.
fn audited(by: AccountId, thread: Uuid, (act, reason): (&str, &str)) -> Audited {
    let said = ["2026-01-01", "true", act, reason, "It was heated.", "1000"];
    let said = said.map(|one| Some(one.to_owned()));
    let record = Recorded::of(thread.to_string(), &said);
    let audited = Audited::new(MODERATE, Some(by)).of(thread);
    audited.recording(record).saying(format!("{act} {reason}"))
}

/// CPU seconds of this process and of the database so far.
fn spent(postmaster: Option<u32>) -> anyhow::Result<f64> {
    let database = postmaster.map_or(Ok(0.0), postgres_cpu_seconds)?;
    Ok(process_cpu()?.as_secs_f64() + database)
}

/// The key by which a forum's server signs its log, which it would not go on with by
/// another.
fn key(forum: &Forum) -> anyhow::Result<Key> {
    let path = forum.directory.join("data/secrets/audit.key");
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read {}", path.display()))?;
    let seed = <[u8; 32]>::try_from(STANDARD.decode(text.trim())?);
    Ok(Key::of_seed(seed.ok().context("32 bytes of a key")?))
}

/// The account behind a login.
async fn account(database: &Database, login: &str) -> anyhow::Result<AccountId> {
    let sql = format!("SELECT id FROM account WHERE login = '{login}'");
    let ids = ids(database, &sql).await?;
    let id = ids.first().context("the moderator has an account")?;
    Ok(AccountId::from(*id))
}

/// Discussions that others began than the moderator.
async fn threads(database: &Database, moderator: &str) -> anyhow::Result<Vec<Uuid>> {
    let sql = format!(
        "SELECT id FROM thread WHERE kind = 'DISCUSSION' AND status = 'VISIBLE' \
         AND locked_at IS NULL AND audience IN ('PUBLIC', 'MEMBERS') AND persona NOT IN \
         (SELECT p.id FROM persona p JOIN account a ON a.id = p.account \
         WHERE a.login = '{moderator}') ORDER BY id LIMIT {THREADS}"
    );
    let threads = ids(database, &sql).await?;
    ensure!(
        !threads.is_empty(),
        "the forum is too small to be moderated: seed more threads"
    );
    Ok(threads)
}

async fn ids(database: &Database, sql: &str) -> anyhow::Result<Vec<Uuid>> {
    let rows = database.rows(sql).await?;
    let ids = rows.iter().filter_map(|row| row.first()?.parse().ok());
    Ok(ids.collect())
}
