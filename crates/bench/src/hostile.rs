//! What hostile clients cost: the corpus of the guard, against the forum's
//! schema, in this process; and those who do harm by how they connect
//! (`connections`), against a server.

mod connections;

pub(crate) use connections::Attack;

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Context as _;
use api::document::{Admits, Ask, CACHE_BYTES, Documents, Strict};
use api::guard::corpus::{FORUM, corpus};
use api::guard::{Limits, SchemaTable};
use api::schema;
use async_graphql::ValidationMode;
use rustix::time::{ClockId, clock_gettime};

use crate::output::line;

/// The most that refusing one document may take.
const ALLOWED: Duration = Duration::from_millis(50);

/// How often `{ __typename }` is served to know what that takes.
const SERVED: u32 = 1_000;

/// What is measured of hostile clients.
#[derive(Debug, clap::Args)]
pub(crate) struct HostileRun {
    /// Leaves out the attacks on a server.
    #[arg(long)]
    documents_only: bool,
    #[command(flatten)]
    attack: Attack,
}

/// Refuses every document, and lets a server be attacked. Fails if either went
/// beyond what is allowed.
pub(crate) async fn measure(args: &HostileRun) -> anyhow::Result<bool> {
    let refused = refuse().await?;
    if args.documents_only {
        return Ok(refused);
    }
    line("")?;
    Ok(connections::attack(&args.attack).await? && refused)
}

/// The forum's schema that executes, and its documents.
fn schema_and_documents() -> anyhow::Result<(schema::ForumSchema, Documents)> {
    let executing = schema::builder()
        .validation_mode(ValidationMode::Fast)
        .finish();
    let table = SchemaTable::from_sdl(&executing.sdl())?;
    let strict = Strict::new(schema::builder());
    let documents = Documents::new(table, Limits::default(), CACHE_BYTES, strict);
    Ok((executing, documents))
}

/// The CPU that the guard and the cached document path take of a request.
pub(crate) async fn guarded(body: &str) -> anyhow::Result<Duration> {
    let (_, documents) = schema_and_documents()?;
    let prepare = async || {
        let asked = Ask::from_json(body.as_bytes()).ok().context("a request")?;
        let prepared = documents.prepare(asked, Admits::Any).await.ok();
        prepared.map(drop).context("a document")
    };
    prepare().await?;
    let begin = spent()?;
    for _ in 0..SERVED {
        prepare().await?;
    }
    Ok(spent()?.saturating_sub(begin) / SERVED)
}

/// Refuses every document of the corpus and says what that took, by family.
/// Fails if one passed, or took more than 50 ms of CPU, or if they took more
/// than serving `{ __typename }` ten times.
async fn refuse() -> anyhow::Result<bool> {
    let (executing, documents) = schema_and_documents()?;

    let trivial = br#"{"query": "{ __typename }"}"#;
    let begin = spent()?;
    for _ in 0..SERVED {
        let asked = Ask::from_json(trivial).ok().context("a request")?;
        let prepared = documents
            .prepare(asked, Admits::Any)
            .await
            .ok()
            .context("a document")?;
        let answer = executing.execute(prepared.into_request()).await;
        serde_json::to_vec(&answer)?;
    }
    let served = spent()?.saturating_sub(begin) / SERVED;

    let mut families: BTreeMap<&str, (u32, Duration, Duration)> = BTreeMap::new();
    let mut passed = 0_u32;
    for hostile in corpus(FORUM) {
        let begin = spent()?;
        let refused = match Ask::from_json(hostile.body.as_bytes()) {
            Ok(asked) => documents.prepare(asked, Admits::Any).await.is_err(),
            Err(_) => true,
        };
        let took = spent()?.saturating_sub(begin);
        passed += u32::from(!refused);
        let (count, total, most) = families.entry(hostile.family).or_default();
        *count += 1;
        *total += took;
        *most = (*most).max(took);
    }
    line(&format!(
        "{:<32} {:>6} {:>12} {:>12}",
        "family", "count", "mean", "most"
    ))?;
    let (mut count, mut total, mut most) = (0, Duration::ZERO, Duration::ZERO);
    for (family, (of, in_all, worst)) in &families {
        let mean = *in_all / *of;
        line(&format!(
            "{family:<32} {of:>6} {mean:>12.1?} {worst:>12.1?}"
        ))?;
        count += of;
        total += *in_all;
        most = most.max(*worst);
    }
    let mean = total / count.max(1);
    line(&format!(
        "{:<32} {count:>6} {mean:>12.1?} {most:>12.1?}",
        "all"
    ))?;
    line(&format!(
        "{{ __typename }}, read and executed: {served:.1?}; ten times: {:.1?}",
        served * 10
    ))?;
    let ratio = mean.as_secs_f64() / (served * 10).as_secs_f64();
    line(&format!(
        "a refused document to that, mean: {ratio:.2}x; allowed: 1x"
    ))?;
    line(&format!("passed: {passed}; allowed for one: {ALLOWED:.0?}"))?;
    Ok(passed == 0 && most <= ALLOWED && ratio <= 1.0)
}

/// The CPU time of this thread so far.
fn spent() -> anyhow::Result<Duration> {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Ok(Duration::new(
        time.tv_sec.try_into()?,
        time.tv_nsec.try_into()?,
    ))
}
