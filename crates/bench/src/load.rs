//! The load: as many requests as are answered, over connections that stay.

use crate::http::{Connection, find};
use crate::output::line;
use anyhow::Context as _;
use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Where a request says this, a number stands that no other request has.
pub(crate) const UNIQUE: &str = "################";

/// So many connections send at once, where nothing else is said.
pub(crate) const CONNECTIONS: usize = 32;

/// Every so-manieth answer is read for errors.
const LOOK_EVERY: usize = 64;

/// What to send.
#[derive(Debug, clap::Args)]
pub(crate) struct Load {
    /// Whom to send it to.
    #[arg(long)]
    target: SocketAddr,
    /// A JSON file: a list of whole HTTP requests as text, sent in turn.
    #[arg(long)]
    requests: PathBuf,
    /// How many connections send at once.
    #[arg(long, default_value_t = CONNECTIONS)]
    connections: usize,
    /// For how long.
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
    /// What the unique numbers begin with.
    #[arg(long, default_value_t = 0)]
    nonce: u32,
}

/// What came of it: one line of JSON.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Outcome {
    /// Requests that were answered.
    pub(crate) requests: u64,
    /// Requests whose answer was an error.
    pub(crate) failures: u64,
    /// The first of these answers.
    pub(crate) failure: Option<String>,
    /// How long it took.
    pub(crate) seconds: f64,
    /// The middle of the times to answer.
    pub(crate) p50_ms: f64,
    /// What one in a hundred took longer than.
    pub(crate) p99_ms: f64,
}

struct Sent {
    times: Histogram<u64>,
    failures: u64,
    failure: Option<String>,
}

pub(crate) async fn load(args: Load) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(&args.requests)
        .with_context(|| format!("cannot read {}", args.requests.display()))?;
    let requests: Vec<String> = serde_json::from_str(&text)?;
    anyhow::ensure!(!requests.is_empty(), "there is nothing to send");
    let requests: Arc<Vec<Vec<u8>>> =
        Arc::new(requests.into_iter().map(String::into_bytes).collect());
    let unique = Arc::new(AtomicU64::new(u64::from(args.nonce) << 32));
    let start = Instant::now();
    let end = start + Duration::from_secs_f64(args.seconds);
    let mut senders = Vec::new();
    for number in 0..args.connections {
        let first = number * requests.len() / args.connections;
        let requests = Arc::clone(&requests);
        let sending = send(args.target, requests, first, Arc::clone(&unique), end);
        senders.push(tokio::spawn(sending));
    }
    let mut all = Sent::new()?;
    for sender in senders {
        let sent = sender.await??;
        all.times.add(&sent.times)?;
        all.failures += sent.failures;
        all.failure = all.failure.or(sent.failure);
    }
    let outcome = Outcome {
        requests: all.times.len(),
        failures: all.failures,
        failure: all.failure,
        seconds: start.elapsed().as_secs_f64(),
        p50_ms: milliseconds(all.times.value_at_quantile(0.5)),
        p99_ms: milliseconds(all.times.value_at_quantile(0.99)),
    };
    line(&serde_json::to_string(&outcome)?)?;
    Ok(())
}

impl Sent {
    fn new() -> anyhow::Result<Self> {
        Ok(Self {
            times: Histogram::new(3)?,
            failures: 0,
            failure: None,
        })
    }
}

async fn send(
    target: SocketAddr,
    requests: Arc<Vec<Vec<u8>>>,
    first: usize,
    unique: Arc<AtomicU64>,
    end: Instant,
) -> anyhow::Result<Sent> {
    let mut connection = Connection::open(target).await?;
    let mut sent = Sent::new()?;
    for (count, request) in requests.iter().cycle().skip(first).enumerate() {
        let begin = Instant::now();
        if begin >= end {
            break;
        }
        let (status, body) = if find(request, UNIQUE.as_bytes()).is_some() {
            let mut request = request.clone();
            fill(&mut request, unique.fetch_add(1, Ordering::Relaxed));
            connection.send(&request).await?
        } else {
            connection.send(request).await?
        };
        let took = begin.elapsed();
        sent.times.record(u64::try_from(took.as_micros())?)?;
        let failed = status >= 300 || (count.is_multiple_of(LOOK_EVERY) && says_error(body));
        if failed {
            sent.failures += 1;
            sent.failure.get_or_insert_with(|| {
                format!(
                    "{status}: {}",
                    String::from_utf8_lossy(&body[..body.len().min(400)])
                )
            });
        }
    }
    Ok(sent)
}

/// Puts the number where the request has room for one.
pub(crate) fn fill(request: &mut [u8], number: u64) {
    let digits = format!("{number:016x}");
    let mut from = 0;
    while let Some(at) = find(&request[from..], UNIQUE.as_bytes()) {
        let at = from + at;
        from = at + UNIQUE.len();
        request[at..from].copy_from_slice(digits.as_bytes());
    }
}

/// Whether an answer of GraphQL reports an error, of whichever kind.
pub(crate) fn says_error(body: &[u8]) -> bool {
    find(body, b"\"errors\":[").is_some() || find(body, b"\"userErrors\":[{").is_some()
}

#[expect(
    clippy::cast_precision_loss,
    reason = "times of requests are far below 2^52 microseconds"
)]
pub(crate) fn milliseconds(micros: u64) -> f64 {
    micros as f64 / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_for_a_number_is_filled_with_the_same() {
        let mut request = b"a ################ b ################".to_vec();
        fill(&mut request, 0x2a);
        assert_eq!(request, b"a 000000000000002a b 000000000000002a");
    }

    #[test]
    fn errors_of_both_kinds_are_seen() {
        assert!(says_error(br#"{"data":null,"errors":[{"message":"x"}]}"#));
        assert!(says_error(
            br#"{"data":{"addPost":{"userErrors":[{"code":"X"}]}}}"#
        ));
        assert!(!says_error(br#"{"data":{"addPost":{"userErrors":[]}}}"#));
    }
}
