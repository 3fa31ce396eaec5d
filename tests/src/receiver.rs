//! A program that is told by webhooks.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// A test that waits longer than this has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// How a message is answered.
#[derive(Debug, Clone, Copy)]
pub enum Reply {
    /// With this status.
    Status(u16),
    /// By sending it elsewhere.
    Redirect,
    /// Never.
    Never,
    /// With 204, once the test lets go of it.
    Held,
}

/// A message as it came.
#[derive(Debug)]
pub struct Received {
    /// The path it was posted to.
    pub path: String,
    /// Its header fields.
    pub headers: HeaderMap,
    /// Its body as it came.
    pub raw: String,
    /// Its body, read.
    pub body: Value,
}

impl Received {
    /// A header field.
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default()
    }

    /// What it is about.
    pub fn kind(&self) -> &str {
        self.body["type"].as_str().unwrap_or_default()
    }
}

/// A program that listens on a port of its own, and answers 204 where nothing
/// else is said.
pub struct Receiver {
    /// Where it listens.
    pub address: SocketAddr,
    desk: Arc<Desk>,
    came: UnboundedReceiver<Received>,
    task: tokio::task::JoinHandle<std::io::Result<()>>,
}

struct Desk {
    replies: Mutex<VecDeque<Reply>>,
    came: UnboundedSender<Received>,
    let_go: Semaphore,
    held: AtomicUsize,
    most_held: AtomicUsize,
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Receiver {
    /// Begins to listen.
    pub async fn start() -> Self {
        let (sender, came) = unbounded_channel();
        let desk = Arc::new(Desk {
            replies: Mutex::default(),
            came: sender,
            let_go: Semaphore::new(0),
            held: AtomicUsize::new(0),
            most_held: AtomicUsize::new(0),
        });
        let router = Router::new().fallback(take).with_state(Arc::clone(&desk));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a free port");
        let address = listener.local_addr().expect("an address");
        Self {
            address,
            desk,
            came,
            task: tokio::spawn(axum::serve(listener, router).into_future()),
        }
    }

    /// The address of a webhook here.
    pub fn url(&self) -> String {
        format!("http://{}/hook?key=letmein", self.address)
    }

    /// Answers the next messages so.
    pub fn reply(&self, replies: impl IntoIterator<Item = Reply>) {
        let mut waiting = lock(&self.desk);
        waiting.extend(replies);
    }

    /// Lets go of so many messages that are held, or will be.
    pub fn let_go(&self, messages: usize) {
        self.desk.let_go.add_permits(messages);
    }

    /// How many messages were held at once at most.
    pub fn most_held(&self) -> usize {
        self.desk.most_held.load(Ordering::SeqCst)
    }

    /// The next message.
    pub async fn next(&mut self) -> Received {
        tokio::time::timeout(PATIENCE, self.came.recv())
            .await
            .expect("a message in time")
            .expect("the receiver listens")
    }

    /// Whether nothing came that was not taken.
    pub fn is_quiet(&mut self) -> bool {
        self.came.try_recv().is_err()
    }
}

fn lock(desk: &Desk) -> std::sync::MutexGuard<'_, VecDeque<Reply>> {
    desk.replies.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn take(
    State(desk): State<Arc<Desk>>,
    uri: axum::http::Uri,
    headers: HeaderMap,
    raw: String,
) -> Response {
    let reply = lock(&desk).pop_front().unwrap_or(Reply::Status(204));
    if matches!(reply, Reply::Held) {
        let held = desk.held.fetch_add(1, Ordering::SeqCst) + 1;
        desk.most_held.fetch_max(held, Ordering::SeqCst);
    }
    let body = serde_json::from_str(&raw).unwrap_or(Value::Null);
    desk.came
        .send(Received {
            path: uri.to_string(),
            headers,
            raw,
            body,
        })
        .ok();
    match reply {
        Reply::Status(status) => StatusCode::from_u16(status)
            .expect("a status")
            .into_response(),
        Reply::Redirect => (StatusCode::FOUND, [(header::LOCATION, "/elsewhere")]).into_response(),
        Reply::Never => std::future::pending().await,
        Reply::Held => {
            let let_go = desk.let_go.acquire().await.expect("it is never closed");
            let_go.forget();
            desk.held.fetch_sub(1, Ordering::SeqCst);
            StatusCode::NO_CONTENT.into_response()
        }
    }
}
