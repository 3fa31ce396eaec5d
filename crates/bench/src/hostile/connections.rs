//! Clients that do harm by how they connect, in the manner of slowhttptest, and
//! what they cost a server: its memory before, during and after, and whether
//! another client was answered meanwhile.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::http::request;
use crate::output::line;
use crate::prepare::neighbour;
use crate::process::{Program, Running};

/// How often the server is looked at, and another client asks.
const LOOK: Duration = Duration::from_millis(100);

/// How long another client waits for its answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long the server is left alone before its memory is read again.
const IDLE: Duration = Duration::from_secs(2);

/// How the server is attacked.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Attack {
    /// The directory of the demonstration that is attacked.
    #[arg(long, default_value = "target/bench/hostile")]
    directory: PathBuf,
    /// How many connections each attack holds.
    #[arg(long, default_value_t = 400)]
    connections: usize,
    /// How long each attack is held, in seconds.
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
}

/// What one attack does, over and over, on each of its connections.
#[derive(Debug, Clone, Copy)]
enum Harm {
    /// Connects and says nothing.
    Silence,
    /// Begins a head, and goes on byte by byte.
    SlowHead,
    /// Begins a body, and goes on byte by byte.
    SlowBody,
    /// Asks and asks, and reads nothing.
    Unread,
    /// Sends header fields without end.
    HeaderFlood,
    /// Opens a websocket with a subprotocol that is not spoken.
    Subprotocol,
    /// Opens a websocket and says nothing in it.
    SilentSocket,
    /// Says a text in it that is no text.
    NotUtf8,
    /// Begins a frame that is far too large, and sends it.
    LargeFrame,
    /// Asks ten thousand operations over it, and reads nothing.
    Operations,
}

const ALL: [(Harm, &str); 10] = [
    (Harm::Silence, "connections that say nothing"),
    (Harm::SlowHead, "heads that come slowly"),
    (Harm::SlowBody, "bodies that come slowly"),
    (Harm::Unread, "answers that are not read"),
    (Harm::HeaderFlood, "floods of header fields"),
    (Harm::Subprotocol, "sockets of another subprotocol"),
    (Harm::SilentSocket, "sockets that say nothing"),
    (Harm::NotUtf8, "sockets with text that is no text"),
    (Harm::LargeFrame, "sockets with frames too large"),
    (Harm::Operations, "10,000 operations on one socket"),
];

/// How an attack went.
#[derive(Debug, Default)]
struct Outcome {
    before: u64,
    most: u64,
    after: u64,
    asked: u32,
    answered: u32,
    slowest: Duration,
}

/// Attacks a server in every way, and prints what that did. Fails if another
/// client was not answered.
pub(super) async fn attack(
    args: &Attack,
    server: &Running,
    address: SocketAddr,
) -> anyhow::Result<bool> {
    line(&format!(
        "{:<34} {:>10} {:>10} {:>10} {:>10} {:>10}",
        "attack", "before KiB", "most KiB", "after KiB", "answered", "slowest"
    ))?;
    let mut unharmed = true;
    for (harm, what) in ALL {
        let went = suffer(args, server, address, harm).await?;
        let answered = format!("{}/{}", went.answered, went.asked);
        line(&format!(
            "{what:<34} {:>10} {:>10} {:>10} {answered:>10} {:>10.1?}",
            went.before, went.most, went.after, went.slowest
        ))?;
        unharmed &= went.answered == went.asked;
    }
    Ok(unharmed)
}

/// Starts a demonstration.
pub(super) async fn serve(args: &Attack) -> anyhow::Result<(Running, SocketAddr)> {
    let address = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let mut program = Program::new(&neighbour("mukalma")?, &["serve", "--demo"]);
    program.directory = Some(args.directory.clone());
    std::fs::create_dir_all(&args.directory)?;
    for (name, value) in [
        ("MUKALMA_LISTEN", address.to_string()),
        ("MUKALMA_LOG_LEVEL", "error".to_owned()),
        ("MUKALMA_BUDGET_ADDRESS", "1000000000".to_owned()),
    ] {
        program.environment.insert(name.to_owned(), value);
    }
    program.log = Some(std::path::absolute(&args.directory)?.join("server.log"));
    let server = program.start()?;
    let begin = Instant::now();
    while !is_answered(address).await {
        if begin.elapsed() > Duration::from_mins(1) {
            bail!("the server does not answer: see its log");
        }
        sleep(LOOK).await;
    }
    Ok((server, address))
}

/// Whether another client is answered.
async fn is_answered(address: SocketAddr) -> bool {
    let question = request(
        "POST",
        "/graphql",
        Some("application/json"),
        None,
        r#"{"query":"{ __typename }"}"#,
    );
    let asked = timeout(PATIENCE, crate::http::once(address, &question));
    matches!(asked.await, Ok(Ok(_)))
}

async fn suffer(
    args: &Attack,
    server: &Running,
    address: SocketAddr,
    harm: Harm,
) -> anyhow::Result<Outcome> {
    let before = server.resident_kib()?;
    let mut went = Outcome {
        before,
        most: before,
        ..Outcome::default()
    };
    let mut attackers = JoinSet::new();
    let connections = if matches!(harm, Harm::Operations) {
        1
    } else {
        args.connections
    };
    for _ in 0..connections {
        attackers.spawn(async move {
            // Whoever is turned away comes again.
            loop {
                do_harm(address, harm).await.ok();
                sleep(LOOK).await;
            }
        });
    }
    let begin = Instant::now();
    while begin.elapsed().as_secs_f64() < args.seconds {
        let asks = Instant::now();
        went.asked += 1;
        went.answered += u32::from(is_answered(address).await);
        went.slowest = went.slowest.max(asks.elapsed());
        went.most = went.most.max(server.resident_kib()?);
        sleep(LOOK).await;
    }
    attackers.shutdown().await;
    sleep(IDLE).await;
    went.after = server.resident_kib()?;
    Ok(went)
}

const HOST: &str = "host: bench\r\n";

async fn do_harm(address: SocketAddr, harm: Harm) -> anyhow::Result<()> {
    let mut stream = TcpStream::connect(address).await?;
    match harm {
        Harm::Silence => heard(&mut stream).await,
        Harm::SlowHead => {
            let begun = format!("GET / HTTP/1.1\r\n{HOST}");
            drip(&mut stream, &begun, b"x").await
        }
        Harm::SlowBody => {
            let begun = format!(
                "POST /graphql HTTP/1.1\r\n{HOST}content-type: application/json\r\n\
                 content-length: 30000\r\n\r\n{{\"query\":\""
            );
            drip(&mut stream, &begun, b"a").await
        }
        Harm::Unread => {
            let question = format!("GET / HTTP/1.1\r\n{HOST}\r\n").repeat(64);
            loop {
                stream.write_all(question.as_bytes()).await?;
            }
        }
        Harm::HeaderFlood => {
            let begun = format!("GET / HTTP/1.1\r\n{HOST}");
            stream.write_all(begun.as_bytes()).await?;
            let fields = "x-flood: of fields\r\n".repeat(64);
            loop {
                stream.write_all(fields.as_bytes()).await?;
            }
        }
        Harm::Subprotocol => {
            shake(&mut stream, "graphql-ws").await?;
            heard(&mut stream).await
        }
        Harm::SilentSocket => {
            shake(&mut stream, "graphql-transport-ws").await?;
            heard(&mut stream).await
        }
        Harm::NotUtf8 => {
            shake(&mut stream, "graphql-transport-ws").await?;
            stream
                .write_all(&[0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28])
                .await?;
            heard(&mut stream).await
        }
        Harm::LargeFrame => {
            shake(&mut stream, "graphql-transport-ws").await?;
            let length = 1_u64 << 30;
            stream.write_all(&[0x81, 0xff]).await?;
            stream.write_all(&length.to_be_bytes()).await?;
            stream.write_all(&[0; 4]).await?;
            loop {
                stream.write_all(&[b' '; 4096]).await?;
            }
        }
        Harm::Operations => {
            shake(&mut stream, "graphql-transport-ws").await?;
            stream
                .write_all(&frame(r#"{"type":"connection_init"}"#))
                .await?;
            for n in 0..10_000 {
                let operation = format!(
                    r#"{{"id":"{n}","type":"subscribe","payload":{{"query":"{{ threads(first: 1) {{ nodes {{ id }} }} }}"}}}}"#
                );
                stream.write_all(&frame(&operation)).await?;
            }
            std::future::pending().await
        }
    }
}

/// Reads until the server closes.
async fn heard(stream: &mut TcpStream) -> anyhow::Result<()> {
    let mut part = [0; 1024];
    while stream.read(&mut part).await? > 0 {}
    Ok(())
}

/// Says something, and then one byte after another.
async fn drip(stream: &mut TcpStream, begun: &str, byte: &[u8]) -> anyhow::Result<()> {
    stream.write_all(begun.as_bytes()).await?;
    loop {
        sleep(10 * LOOK).await;
        stream.write_all(byte).await?;
    }
}

/// Opens a websocket.
async fn shake(stream: &mut TcpStream, protocol: &str) -> anyhow::Result<()> {
    let head = format!(
        "GET /graphql/ws HTTP/1.1\r\n{HOST}upgrade: websocket\r\nconnection: upgrade\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         sec-websocket-protocol: {protocol}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await?;
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        answer.push(stream.read_u8().await.context("no handshake")?);
    }
    Ok(())
}

/// A frame of text, masked with zeros.
fn frame(text: &str) -> Vec<u8> {
    let mut frame = vec![0x81];
    if let Ok(length @ ..126) = u8::try_from(text.len()) {
        frame.push(0x80 | length);
    } else {
        frame.push(0xfe);
        let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
        frame.extend_from_slice(&length.to_be_bytes());
    }
    frame.extend_from_slice(&[0; 4]);
    frame.extend_from_slice(text.as_bytes());
    frame
}
