//! The floor of the fan-out: one frame, encoded once, in a loop of writes.

use anyhow::Context as _;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

/// The sockets of the watchers, and the frames to write to them.
#[derive(Debug, Clone)]
pub(super) struct Watchers {
    frames: mpsc::Sender<Vec<u8>>,
}

/// Listens for watchers and writes each frame to all of them.
pub(super) async fn listen(address: SocketAddr) -> anyhow::Result<(Watchers, SocketAddr)> {
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    let sockets: Arc<Mutex<Vec<std::net::TcpStream>>> = Arc::default();
    let (frames, to_write) = mpsc::channel::<Vec<u8>>();
    let writing = Arc::clone(&sockets);
    std::thread::Builder::new()
        .name("fan-out".to_owned())
        .spawn(move || {
            for frame in to_write {
                let mut sockets = writing.lock().unwrap_or_else(PoisonError::into_inner);
                // A socket whose buffer is full or that is gone is dropped.
                sockets.retain_mut(|socket| {
                    socket
                        .write(&frame)
                        .is_ok_and(|written| written == frame.len())
                });
            }
        })?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let sockets = Arc::clone(&sockets);
            tokio::spawn(async move {
                if let Ok(socket) = greet(stream).await {
                    sockets
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .push(socket);
                }
            });
        }
    });
    Ok((Watchers { frames }, address))
}

/// Answers the handshake (RFC 6455, section 4.2) and hands the socket over to
/// the writing thread.
async fn greet(mut stream: TcpStream) -> anyhow::Result<std::net::TcpStream> {
    stream.set_nodelay(true)?;
    let mut head = Vec::with_capacity(512);
    while !head.ends_with(b"\r\n\r\n") {
        anyhow::ensure!(stream.read_buf(&mut head).await? > 0, "the client hung up");
    }
    let head = std::str::from_utf8(&head)?;
    let key = head
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("sec-websocket-key"))
        .map(|(_, key)| key.trim())
        .context("no websocket key")?;
    let accept = derive_accept_key(key.as_bytes());
    let answer = format!(
        "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-accept: {accept}\r\n\r\n"
    );
    stream.write_all(answer.as_bytes()).await?;
    Ok(stream.into_std()?)
}

/// `POST /w4`: the body goes to every watcher.
pub(super) fn router(watchers: Watchers) -> Router {
    Router::new()
        .route("/w4", post(publish))
        .with_state(watchers)
}

async fn publish(State(watchers): State<Watchers>, body: String) -> StatusCode {
    match watchers.frames.send(text_frame(&body)) {
        Ok(()) => StatusCode::NO_CONTENT,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// A whole text message as a server sends it: final and unmasked (RFC 6455,
/// section 5.2).
fn text_frame(payload: &str) -> Vec<u8> {
    let mut frame = vec![0x81];
    match u16::try_from(payload.len()) {
        Ok(length @ 0..=125) => frame.push(length.to_be_bytes()[1]),
        Ok(length) => {
            frame.push(126);
            frame.extend_from_slice(&length.to_be_bytes());
        }
        Err(_) => {
            frame.push(127);
            frame.extend_from_slice(&(payload.len() as u64).to_be_bytes());
        }
    }
    frame.extend_from_slice(payload.as_bytes());
    frame
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_says_its_length_in_the_shortest_form() {
        assert_eq!(text_frame("ab"), [0x81, 2, b'a', b'b']);
        assert_eq!(text_frame(&"a".repeat(126))[..4], [0x81, 126, 0, 126]);
        assert_eq!(text_frame(&"a".repeat(65_536))[..4], [0x81, 127, 0, 0]);
    }
}
