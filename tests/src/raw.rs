//! A connection on which a test writes what it likes.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

/// A test that waits longer than this has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// Bytes that a client which reads little keeps for what is to be read.
const NARROW: u32 = 4 * 1024;

/// A connection of bytes.
pub struct Raw {
    stream: TcpStream,
    unread: Vec<u8>,
}

impl Raw {
    /// Connects to a server.
    pub async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.expect("a connection");
        Self {
            stream,
            unread: Vec::new(),
        }
    }

    /// Connects with little room for what the server sends.
    pub async fn narrow(address: SocketAddr) -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_recv_buffer_size(NARROW).expect("a small buffer");
        let stream = socket.connect(address).await.expect("a connection");
        Self {
            stream,
            unread: Vec::new(),
        }
    }

    /// Writes bytes; says whether the server still took them.
    pub async fn say(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        let writing = self.stream.write_all(bytes.as_ref());
        let written = tokio::time::timeout(PATIENCE, writing).await;
        written.expect("the server takes or breaks off").is_ok()
    }

    /// The head of the next answer, and its body if that has a length.
    pub async fn answer(&mut self) -> String {
        loop {
            let text = String::from_utf8_lossy(&self.unread);
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let length = head.lines().find_map(|line| {
                    let (name, value) = line.split_once(':')?;
                    let length = name.eq_ignore_ascii_case("content-length");
                    length.then(|| value.trim().parse().expect("a length"))
                });
                let length = length.unwrap_or(0);
                if body.len() >= length {
                    let whole = head.len() + 4 + length;
                    let answer = text[..whole].to_owned();
                    self.unread.drain(..whole);
                    return answer;
                }
            }
            assert!(self.hear().await, "the server answers: {:?}", self.unread);
        }
    }

    /// Everything until the server closes, as text.
    pub async fn rest(&mut self) -> String {
        String::from_utf8_lossy(&self.rest_bytes().await).into_owned()
    }

    /// Everything until the server closes.
    pub async fn rest_bytes(&mut self) -> Vec<u8> {
        while self.hear().await {}
        std::mem::take(&mut self.unread)
    }

    /// Reads some; says whether there may be more.
    async fn hear(&mut self) -> bool {
        let mut part = [0; 4096];
        let reading = tokio::time::timeout(PATIENCE, self.stream.read(&mut part));
        let read = reading.await.expect("the server answers or closes");
        // A connection that is reset is closed.
        let read = read.unwrap_or(0);
        self.unread.extend_from_slice(&part[..read]);
        read > 0
    }
}
