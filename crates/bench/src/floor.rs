//! The floor: what the database and HTTP cost when nothing else is done.
//!
//! A plain handler runs the fewest statements that answer, and writes their
//! rows straight to JSON: nobody signs in, nothing is decided, logged or
//! remembered. Written before the server and left alone since: a ratio means
//! something only while its floor stands still.

mod json;
mod postgres;
mod sqlite;
mod watch;

pub(crate) use postgres::connect;

use crate::clock;
use crate::output::line;
use anyhow::Context as _;
use axum::Router;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::net::TcpListener;
use uuid::Uuid;

/// Posts on a thread page.
const POSTS: i64 = 20;
/// Threads on a list.
const THREADS: i64 = 25;

/// What to serve.
#[derive(Debug, clap::Args)]
pub(crate) struct Floor {
    /// The seeded database: `postgres://…` or `sqlite://FILE`.
    #[arg(long)]
    database_url: String,
    /// Where to listen for HTTP; a second port is taken for the watchers.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
}

/// Where a floor listens: the first line it writes.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Addresses {
    pub(crate) http: SocketAddr,
    pub(crate) watch: SocketAddr,
}

/// Which page is asked for.
#[derive(Debug, Deserialize)]
struct PageQuery {
    id: Uuid,
}

/// Which list is asked for.
#[derive(Debug, Deserialize)]
struct ListQuery {
    category: String,
    state: String,
}

/// Whose desk is asked for.
#[derive(Debug, Deserialize)]
struct DeskQuery {
    agency: Uuid,
}

/// Which figures are asked for.
#[derive(Debug, Deserialize)]
struct FiguresQuery {
    by: String,
    from: String,
    to: String,
}

/// What a desk is counted by, in the order of the answer.
const COUNTS: &str = "COUNT(*), COUNT(CASE WHEN state = 'ASSIGNED' THEN 1 END), \
     COUNT(CASE WHEN state IN ('ACKNOWLEDGED', 'IN_PROGRESS') THEN 1 END), \
     COUNT(CASE WHEN state = 'IN_REVIEW' THEN 1 END), \
     COUNT(CASE WHEN state IN ('CLARIFICATION_REQUESTED', 'ANSWERED') THEN 1 END), \
     COUNT(CASE WHEN due_on < '2026-01-20' THEN 1 END), \
     COUNT(CASE WHEN very_overdue_on < '2026-01-20' THEN 1 END), \
     COUNT(CASE WHEN officer IS NULL THEN 1 END)";
/// How many columns those are.
const COUNTED: usize = 8;

/// Where a post goes and who writes it.
#[derive(Debug, Deserialize)]
struct PostQuery {
    id: Uuid,
    persona: Uuid,
}

/// A post that is about to be written.
#[derive(Debug)]
struct NewPost {
    id: Uuid,
    thread: Uuid,
    persona: Uuid,
    body: String,
    at: i64,
}

impl NewPost {
    fn new(query: &PostQuery, body: String) -> Self {
        let at = clock::micros();
        Self {
            id: ordered_id(at),
            thread: query.id,
            persona: query.persona,
            body,
            at,
        }
    }
}

/// An id in the order of time, as the server makes them.
fn ordered_id(micros: i64) -> Uuid {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let mut random = [0; 10];
    random[2..].copy_from_slice(&count.to_be_bytes());
    let millis = u64::try_from(micros / 1_000).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

pub(crate) async fn serve(args: Floor) -> anyhow::Result<()> {
    let (watchers, watch) = watch::listen(SocketAddr::new(args.listen.ip(), 0)).await?;
    let pages = match args.database_url.strip_prefix("sqlite://") {
        Some(path) => sqlite::router(path)?,
        None => postgres::router(&args.database_url).await?,
    };
    let router: Router = pages.merge(watch::router(watchers));
    let listener = TcpListener::bind(args.listen)
        .await
        .with_context(|| format!("cannot listen on {}", args.listen))?;
    let addresses = Addresses {
        http: listener.local_addr()?,
        watch,
    };
    line(&serde_json::to_string(&addresses)?)?;
    axum::serve(listener, router).await?;
    Ok(())
}

/// An answer of JSON bytes, or the error's text with 500.
fn answer(json: anyhow::Result<Vec<u8>>) -> Response {
    match json {
        Ok(json) => ([(CONTENT_TYPE, "application/json")], json).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error:#}")).into_response(),
    }
}
