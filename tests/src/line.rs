//! The line between a forum and its PostgreSQL server, on which things go
//! wrong when a test says so.
//!
//! It knows as much of PostgreSQL's protocol as it must to tell what a
//! message asks for. What the server answers it passes on as it is.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use storage::Settings;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::database::TestDatabase;

/// What a server with a full disk answers: the line has it say so, and so the
/// transaction has really failed.
const FULL_DISK: &[u8] = b"DO $$ BEGIN RAISE EXCEPTION 'could not extend file' \
                           USING ERRCODE = '53100'; END $$\0";

/// The first words of a client that asks for encryption, by TLS or by GSSAPI.
const ENCRYPTION: [u32; 2] = [80_877_103, 80_877_104];

/// What stands in the server's answer to a commit that it did (CommandComplete).
const COMMITTED: &[u8] = b"COMMIT\0";

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mishap {
    /// Until it is mended, the disk is full for every statement that writes.
    FullDisk,
    /// Until it is mended, the disk is full for every commit.
    FullDiskAtCommit,
    /// The next statement that writes a post breaks its connection and is not
    /// done.
    BreakAtPost,
    /// The next commit of a post breaks its connection and is not done.
    BreakBeforeCommit,
    /// The next commit of a post is done and breaks its connection.
    BreakAfterCommit,
    /// Until it is mended, nothing that is asked arrives, and no connection breaks.
    Silence,
}

/// What a message asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// To write: a post, or anything else.
    Write { post: bool },
    /// To commit, and with it a post or not.
    Commit { post: bool },
    /// What does no harm.
    Other,
}

/// A line to the server of a test's database.
#[derive(Debug)]
pub struct Line {
    address: SocketAddr,
    state: Arc<State>,
    accepting: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct State(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    cut: bool,
    mishap: Option<Mishap>,
    connections: Vec<JoinHandle<()>>,
}

impl Line {
    /// A line to the database's server; `None` for a file.
    pub async fn to(database: &TestDatabase) -> Option<Self> {
        if !database.is_postgres() {
            return None;
        }
        let (from, to) = authority(database.url());
        let server = database.url()[from..to].to_owned();
        let server = if server.contains(':') {
            server
        } else {
            format!("{server}:5432")
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let state = Arc::<State>::default();
        let accepting = tokio::spawn(accept(listener, server, Arc::clone(&state)));
        Some(Self {
            address,
            state,
            accepting,
        })
    }

    /// How a test opens the database over this line.
    pub fn settings(&self, database: &TestDatabase) -> Settings {
        let url = database.url();
        let (from, to) = authority(url);
        Settings {
            url: format!("{}{}{}", &url[..from], self.address, &url[to..]),
            ..database.settings()
        }
    }

    /// Breaks every connection, and lets no other come about. They are broken
    /// when this returns.
    pub async fn cut(&self) {
        let connections = {
            let mut state = self.state.lock();
            state.cut = true;
            std::mem::take(&mut state.connections)
        };
        for connection in connections {
            connection.abort();
            connection.await.ok();
        }
    }

    /// Has this go wrong.
    pub fn has(&self, mishap: Mishap) {
        self.state.lock().mishap = Some(mishap);
    }

    /// What is still to go wrong.
    pub fn mishap(&self) -> Option<Mishap> {
        self.state.lock().mishap
    }

    /// Puts everything right.
    pub fn mend(&self) {
        let mut state = self.state.lock();
        state.cut = false;
        state.mishap = None;
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl State {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What befalls a message that asks for this.
    fn befalls(&self, asked: Asked) -> Option<Mishap> {
        let mut state = self.lock();
        let mishap = state.mishap?;
        match (mishap, asked) {
            (Mishap::Silence, _)
            | (Mishap::FullDisk, Asked::Write { .. })
            | (Mishap::FullDiskAtCommit, Asked::Commit { .. }) => {}
            (Mishap::BreakAtPost, Asked::Write { post: true })
            | (
                Mishap::BreakBeforeCommit | Mishap::BreakAfterCommit,
                Asked::Commit { post: true },
            ) => state.mishap = None,
            _ => return None,
        }
        Some(mishap)
    }
}

/// Where a server's name and port stand in its address.
fn authority(url: &str) -> (usize, usize) {
    let from = url.find("://").map_or(0, |at| at + 3);
    let to = url[from..].find('/').map_or(url.len(), |at| from + at);
    let from = url[from..to].rfind('@').map_or(from, |at| from + at + 1);
    (from, to)
}

async fn accept(listener: TcpListener, server: String, state: Arc<State>) {
    while let Ok((near, _)) = listener.accept().await {
        let mut open = state.lock();
        if !open.cut {
            let carrying = carry(near, server.clone(), Arc::clone(&state));
            open.connections.push(tokio::spawn(async move {
                // A connection that ends has ended, whatever the reason.
                carrying.await.ok();
            }));
        }
    }
}

async fn carry(near: TcpStream, server: String, state: Arc<State>) -> std::io::Result<()> {
    let far = TcpStream::connect(server).await?;
    near.set_nodelay(true)?;
    far.set_nodelay(true)?;
    let (near_in, mut near_out) = near.into_split();
    let (far_in, mut far_out) = far.into_split();
    let mut near_in = BufReader::new(near_in);
    begin(&mut near_in, &mut near_out, &mut far_out).await?;
    let broken = AtomicBool::new(false);
    tokio::select! {
        ended = there(near_in, far_out, &state, &broken) => ended,
        ended = back(far_in, near_out, &broken) => ended,
    }
}

/// The first message, which has no kind. No encryption is offered.
async fn begin(
    near_in: &mut (impl AsyncRead + Unpin),
    near_out: &mut (impl AsyncWrite + Unpin),
    far_out: &mut (impl AsyncWrite + Unpin),
) -> std::io::Result<()> {
    loop {
        let body = read_body(near_in).await?;
        if ENCRYPTION.iter().any(|code| body == code.to_be_bytes()) {
            near_out.write_all(b"N").await?;
        } else {
            return far_out.write_all(&with_length(&body)).await;
        }
    }
}

/// Carries what the forum asks, as many messages at once as make one
/// question.
async fn there(
    mut near: impl AsyncRead + Unpin,
    mut far: impl AsyncWrite + Unpin,
    state: &State,
    broken: &AtomicBool,
) -> std::io::Result<()> {
    let mut prepared: HashMap<Vec<u8>, Asked> = HashMap::new();
    let mut question = Vec::new();
    let mut asked = Asked::Other;
    // Whether the transaction has written a post.
    let mut posted = false;
    loop {
        let kind = near.read_u8().await?;
        let body = read_body(&mut near).await?;
        question.push(kind);
        question.extend(with_length(&body));
        let mut texts = body.split(|byte| *byte == 0);
        let mut text = || texts.next().unwrap_or_default();
        match kind {
            // Parse: a name and a statement.
            b'P' => {
                let name = text().to_vec();
                prepared.insert(name, asked_by(text()));
                continue;
            }
            // Bind: a portal, and the name of what was parsed.
            b'B' => {
                text();
                asked = prepared.get(text()).copied().unwrap_or(Asked::Other);
                continue;
            }
            // Describe, Execute, Close: a Sync follows.
            b'D' | b'E' | b'C' => continue,
            // Query: a statement.
            b'Q' => {
                asked = match asked_by(text()) {
                    Asked::Commit { .. } => Asked::Commit { post: posted },
                    asked => asked,
                };
                posted = false;
            }
            _ => {}
        }
        posted |= asked == Asked::Write { post: true };
        match state.befalls(asked) {
            None => far.write_all(&question).await?,
            Some(Mishap::Silence) => {}
            Some(Mishap::FullDisk | Mishap::FullDiskAtCommit) => {
                far.write_all(b"Q").await?;
                far.write_all(&with_length(FULL_DISK)).await?;
            }
            Some(Mishap::BreakAtPost | Mishap::BreakBeforeCommit) => return Ok(()),
            Some(Mishap::BreakAfterCommit) => {
                broken.store(true, Ordering::SeqCst);
                far.write_all(&question).await?;
            }
        }
        question.clear();
        asked = Asked::Other;
    }
}

/// Carries what the server answers, until the line is broken and the server says
/// that it committed: before that, it need not have. What it answers meanwhile to
/// what was asked before is lost.
async fn back(
    mut far: impl AsyncRead + Unpin,
    mut near: impl AsyncWrite + Unpin,
    broken: &AtomicBool,
) -> std::io::Result<()> {
    let mut answer = vec![0; 16 * 1024];
    let mut lost = Vec::new();
    loop {
        let length = far.read(&mut answer).await?;
        if length == 0 {
            return Ok(());
        }
        if !broken.load(Ordering::SeqCst) {
            near.write_all(&answer[..length]).await?;
            continue;
        }
        lost.extend_from_slice(&answer[..length]);
        if lost.windows(COMMITTED.len()).any(|part| part == COMMITTED) {
            return Ok(());
        }
    }
}

fn asked_by(statement: &[u8]) -> Asked {
    let begins = |words: &str| statement.starts_with(words.as_bytes());
    let has = |words: &str| {
        let mut parts = statement.windows(words.len());
        parts.any(|part| part == words.as_bytes())
    };
    // What several tables are written by begins with what is written first.
    if ["INSERT ", "UPDATE ", "DELETE ", "WITH "]
        .into_iter()
        .any(begins)
    {
        Asked::Write {
            post: has("INSERT INTO post "),
        }
    } else if has("COMMIT") {
        Asked::Commit { post: false }
    } else {
        Asked::Other
    }
}

/// What follows a message's kind: its length, which counts itself, and this
/// much of a body.
async fn read_body(from: &mut (impl AsyncRead + Unpin)) -> std::io::Result<Vec<u8>> {
    let length = from.read_u32().await?;
    let length = usize::try_from(length).expect("a length");
    let mut body = vec![0; length.saturating_sub(4)];
    from.read_exact(&mut body).await?;
    Ok(body)
}

fn with_length(body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).expect("a message that is not too long");
    let mut message = length.to_be_bytes().to_vec();
    message.extend_from_slice(body);
    message
}
