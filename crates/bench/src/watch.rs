//! Many websockets that watch one thread, and the posts they watch for.
//!
//! Watchers and poster are one process, so that a delivery's time is a
//! difference of one clock: the post carries when it was sent.

use crate::http::Connection;
use crate::load::{UNIQUE, fill, milliseconds, says_error};
use crate::output::line;
use anyhow::{Context as _, bail};
use futures_util::{SinkExt as _, StreamExt as _, TryStreamExt as _};
use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::io::AsyncBufReadExt as _;
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

/// What stands before the time in a post's text.
pub(crate) const STAMP: &str = "sentat";

/// Sockets that are opened at once.
const OPENING: usize = 64;

/// How often a first post is sent until everybody receives it, and how long
/// each may take.
const WARM_UPS: u32 = 10;
const WARM_UP: Duration = Duration::from_secs(2);

/// The longest time of a delivery that is told from a longer one, in
/// microseconds.
const LONGEST: u64 = 60_000_000;

/// How long the last deliveries may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Whom to watch, and what to post.
#[derive(Debug, clap::Args)]
pub(crate) struct Watch {
    /// A JSON file that says both.
    #[arg(long)]
    plan: PathBuf,
    /// How many websockets watch.
    #[arg(long, default_value_t = 2_000)]
    watchers: usize,
    /// How many posts a second.
    #[arg(long, default_value_t = 20)]
    rate: u32,
    /// For how long.
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
}

/// The content of the plan's file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct WatchPlan {
    /// Where the websockets connect.
    pub(crate) watch: SocketAddr,
    /// The path of the websocket.
    pub(crate) path: String,
    /// What each says after the handshake; nothing where that is all.
    pub(crate) greeting: Option<Greeting>,
    /// Where posts are sent.
    pub(crate) post: SocketAddr,
    /// The whole HTTP request of a post, with room for its time.
    pub(crate) request: String,
}

/// The opening of the `graphql-transport-ws` protocol.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Greeting {
    /// The `connection_init` messages, one for each session; they take turns.
    pub(crate) init: Vec<String>,
    /// The `subscribe` message.
    pub(crate) subscribe: String,
}

/// What came of it: the last line of JSON.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Deliveries {
    /// Posts that were sent while it was measured.
    pub(crate) posts: u64,
    /// Deliveries there should have been.
    pub(crate) expected: u64,
    /// Deliveries there were.
    pub(crate) delivered: u64,
    /// The middle of the times from sending a post to having it.
    pub(crate) p50_ms: f64,
    /// What one in a hundred took longer than.
    pub(crate) p99_ms: f64,
}

/// What the watchers and the poster share.
#[derive(Debug)]
struct Shared {
    start: Instant,
    round: Mutex<Round>,
    complete: Notify,
}

/// The deliveries that are counted now.
#[derive(Debug)]
struct Round {
    /// Posts sent before this are not counted.
    from: u64,
    expected: u64,
    times: Histogram<u64>,
}

impl Shared {
    fn micros(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    fn round(&self) -> std::sync::MutexGuard<'_, Round> {
        self.round.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets what was counted and counts from here.
    fn begin(&self, expected: u64) {
        let mut round = self.round();
        round.from = self.micros();
        round.expected = expected;
        round.times.reset();
    }

    /// Counts one delivery of the post that was sent at this time.
    fn delivered(&self, sent: u64) {
        let took = self.micros().saturating_sub(sent);
        let mut round = self.round();
        if sent >= round.from {
            round.times.saturating_record(took);
            if round.times.len() == round.expected {
                self.complete.notify_one();
            }
        }
    }
}

pub(crate) async fn watch(args: Watch) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(&args.plan)
        .with_context(|| format!("cannot read {}", args.plan.display()))?;
    let plan: WatchPlan = serde_json::from_str(&text)?;
    let watchers = args.watchers as u64;
    let shared = Arc::new(Shared {
        start: Instant::now(),
        round: Mutex::new(Round {
            from: 0,
            expected: watchers,
            times: Histogram::new_with_bounds(1, LONGEST, 3)?,
        }),
        complete: Notify::new(),
    });
    let sockets: Vec<WebSocketStream<TcpStream>> = futures_util::stream::iter(0..args.watchers)
        .map(|number| open(&plan, number))
        .buffer_unordered(OPENING)
        .try_collect()
        .await?;
    for socket in sockets {
        tokio::spawn(follow(socket, Arc::clone(&shared)));
    }
    let mut poster = Connection::open(plan.post).await?;
    warm_up(&mut poster, &plan, &shared, watchers).await?;
    line("ready")?;
    let mut go = String::new();
    tokio::io::BufReader::new(tokio::io::stdin())
        .read_line(&mut go)
        .await?;

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a few thousand posts, never fewer than none"
    )]
    let posts = (f64::from(args.rate) * args.seconds).round() as u64;
    shared.begin(posts * watchers);
    let mut interval = tokio::time::interval(Duration::from_secs(1) / args.rate);
    for _ in 0..posts {
        interval.tick().await;
        post(&mut poster, &plan, &shared).await?;
    }
    // What has not come by then is missing in the figures.
    let _late = tokio::time::timeout(PATIENCE, shared.complete.notified()).await;
    let round = shared.round();
    let deliveries = Deliveries {
        posts,
        expected: posts * watchers,
        delivered: round.times.len(),
        p50_ms: milliseconds(round.times.value_at_quantile(0.5)),
        p99_ms: milliseconds(round.times.value_at_quantile(0.99)),
    };
    drop(round);
    line(&serde_json::to_string(&deliveries)?)?;
    Ok(())
}

/// Posts until one post has reached everybody: then everybody listens.
async fn warm_up(
    poster: &mut Connection,
    plan: &WatchPlan,
    shared: &Shared,
    watchers: u64,
) -> anyhow::Result<()> {
    for _ in 0..WARM_UPS {
        shared.begin(watchers);
        post(poster, plan, shared).await?;
        let reached = tokio::time::timeout(WARM_UP, shared.complete.notified()).await;
        if reached.is_ok() {
            return Ok(());
        }
    }
    let reached = shared.round().times.len();
    bail!("a post reached {reached} of {watchers} watchers")
}

/// Opens a websocket and says what the plan wants said.
async fn open(plan: &WatchPlan, number: usize) -> anyhow::Result<WebSocketStream<TcpStream>> {
    let stream = TcpStream::connect(plan.watch).await?;
    stream.set_nodelay(true)?;
    let mut request = format!("ws://{}{}", plan.watch, plan.path).into_client_request()?;
    if plan.greeting.is_some() {
        let protocol = HeaderValue::from_static("graphql-transport-ws");
        request
            .headers_mut()
            .insert("sec-websocket-protocol", protocol);
    }
    let config = WebSocketConfig::default()
        .read_buffer_size(4 * 1024)
        .write_buffer_size(1024)
        .max_write_buffer_size(64 * 1024);
    let (mut socket, _) =
        tokio_tungstenite::client_async_with_config(request, stream, Some(config)).await?;
    if let Some(greeting) = &plan.greeting {
        let init = &greeting.init[number % greeting.init.len()];
        socket.send(Message::text(init.as_str())).await?;
        match socket.next().await {
            Some(Ok(Message::Text(text))) if text.contains("connection_ack") => {}
            other => bail!("instead of connection_ack came {other:?}"),
        }
        socket
            .send(Message::text(greeting.subscribe.as_str()))
            .await?;
    }
    Ok(socket)
}

/// Counts what comes, and answers pings of the protocol; those of the
/// websocket are answered below.
async fn follow(mut socket: WebSocketStream<TcpStream>, shared: Arc<Shared>) -> anyhow::Result<()> {
    while let Some(message) = socket.next().await {
        let Message::Text(text) = message? else {
            continue;
        };
        if let Some(sent) = sent_at(&text) {
            shared.delivered(sent);
        } else if text.contains("\"ping\"") {
            socket.send(Message::text(r#"{"type":"pong"}"#)).await?;
        }
    }
    Ok(())
}

/// When the post in this message was sent.
fn sent_at(text: &str) -> Option<u64> {
    let at = text.find(STAMP)? + STAMP.len();
    u64::from_str_radix(text.get(at..at + UNIQUE.len())?, 16).ok()
}

async fn post(poster: &mut Connection, plan: &WatchPlan, shared: &Shared) -> anyhow::Result<()> {
    let mut request = plan.request.clone().into_bytes();
    fill(&mut request, shared.micros());
    let (status, body) = poster.send(&request).await?;
    if status >= 300 || says_error(body) {
        bail!(
            "a post was answered {status}: {}",
            String::from_utf8_lossy(body)
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_says_when_its_post_was_sent() {
        let text = r#"{"post":{"body":"<p>sentat00000000000000ff hello</p>"}}"#;
        assert_eq!(sent_at(text), Some(255));
        assert_eq!(sent_at(r#"{"type":"ping"}"#), None);
    }
}
