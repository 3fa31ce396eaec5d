//! What hostile clients cost: the corpus of the guard, against the forum's
//! schema, in this process; and those who do harm by how they connect
//! (`connections`), against a server.

mod connections;

pub(crate) use connections::Attack;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use api::schema;
use door::document::{Admits, Ask, CACHE_BYTES, Documents, Strict};
use door::guard::corpus::{FORUM, corpus};
use door::guard::{Limits, SchemaTable};

use crate::clock::thread_cpu;
use crate::http::{Connection, request};
use crate::output::line;
use crate::process::Running;

/// The most that refusing one document may take.
const ALLOWED: Duration = Duration::from_millis(50);

/// How often a page is asked for to know what its guard takes.
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

/// Refuses every document, and lets a server be attacked with them and by how
/// clients connect. Fails if any of it went beyond what is allowed.
pub(crate) async fn measure(args: &HostileRun) -> anyhow::Result<bool> {
    let refused = refuse().await?;
    if args.documents_only {
        return Ok(refused);
    }
    let (server, address) = connections::serve(&args.attack).await?;
    line("")?;
    let cheap = compare(&server, address).await?;
    line("")?;
    let unharmed = connections::attack(&args.attack, &server, address).await?;
    server.stop().await?;
    Ok(refused && cheap && unharmed)
}

/// What a server takes to refuse every document, against serving
/// `{ __typename }` ten times for each. Fails if that was more.
async fn compare(server: &Running, address: SocketAddr) -> anyhow::Result<bool> {
    let ask = |body: &str| request("POST", "/graphql", Some("application/json"), None, body);
    let hostile: Vec<String> = corpus(FORUM).iter().map(|one| ask(&one.body)).collect();
    let count = u32::try_from(hostile.len())?;
    let trivial = ask(r#"{"query":"{ __typename }"}"#);
    let mut connection = Connection::open(address).await?;
    let begin = server.cpu_seconds()?;
    for _ in 0..10 * count {
        let (status, _) = connection.send(trivial.as_bytes()).await?;
        ensure!(status == 200, "{{ __typename }} was answered {status}");
    }
    let served = server.cpu_seconds()? - begin;
    let begin = server.cpu_seconds()?;
    for document in &hostile {
        if connection.send(document.as_bytes()).await.is_err() {
            // It was so large that the connection was closed behind it.
            connection = Connection::open(address).await?;
        }
    }
    let refused = server.cpu_seconds()? - begin;
    let each = |seconds: f64| Duration::from_secs_f64(seconds / f64::from(count));
    line(&format!(
        "over HTTP: a refused document {:.1?}, {{ __typename }} ten times {:.1?}",
        each(refused),
        each(served)
    ))?;
    let ratio = refused / served;
    line(&format!(
        "a refused document to that, mean: {ratio:.2}x; allowed: 1x"
    ))?;
    Ok(ratio <= 1.0)
}

/// The documents of the forum's schema.
fn documents() -> anyhow::Result<Documents> {
    let table = SchemaTable::from_sdl(&schema::builder().finish().sdl())?;
    let strict = Strict::new(schema::builder());
    Ok(Documents::new(
        table,
        Limits::default(),
        CACHE_BYTES,
        strict,
    ))
}

/// The CPU that the guard and the cached document path take of a request.
pub(crate) async fn guarded(body: &str) -> anyhow::Result<Duration> {
    let documents = documents()?;
    let prepare = async || {
        let asked = Ask::from_json(body.as_bytes()).ok().context("a request")?;
        let prepared = documents.prepare(asked, Admits::Any).await.ok();
        prepared.map(drop).context("a document")
    };
    prepare().await?;
    let begin = thread_cpu()?;
    for _ in 0..SERVED {
        prepare().await?;
    }
    Ok(thread_cpu()?.saturating_sub(begin) / SERVED)
}

/// Refuses every document of the corpus and says what that took, by family.
/// Fails if one passed, or took more than 50 ms of CPU.
async fn refuse() -> anyhow::Result<bool> {
    let documents = documents()?;

    let mut families: BTreeMap<&str, (u32, Duration, Duration)> = BTreeMap::new();
    let mut passed = 0_u32;
    for hostile in corpus(FORUM) {
        let begin = thread_cpu()?;
        let refused = match Ask::from_json(hostile.body.as_bytes()) {
            Ok(asked) => documents.prepare(asked, Admits::Any).await.is_err(),
            Err(_) => true,
        };
        let took = thread_cpu()?.saturating_sub(begin);
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
    line(&format!("passed: {passed}; allowed for one: {ALLOWED:.0?}"))?;
    Ok(passed == 0 && most <= ALLOWED)
}
