//! The least of an HTTP/1.1 client: one keep-alive connection, whole requests
//! in, whole answers out.

use anyhow::{Context as _, bail, ensure};
use std::net::SocketAddr;
use std::ops::Range;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// One connection and the answer it read last.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    body: Vec<u8>,
}

/// The bytes of a request.
pub(crate) fn request(
    method: &str,
    path: &str,
    content_type: Option<&str>,
    token: Option<&str>,
    body: &str,
) -> String {
    let content_type =
        content_type.map_or(String::new(), |name| format!("content-type: {name}\r\n"));
    let token = token.map_or(String::new(), |token| {
        format!("authorization: Bearer {token}\r\n")
    });
    format!(
        "{method} {path} HTTP/1.1\r\nhost: bench\r\naccept: application/json\r\n{content_type}{token}\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
}

impl Connection {
    pub(crate) async fn open(target: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(target)
            .await
            .with_context(|| format!("nobody answers at {target}"))?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: Vec::with_capacity(32 * 1024),
            body: Vec::with_capacity(32 * 1024),
        })
    }

    /// Sends a request and reads the answer: its status and its body, which
    /// is kept until the next.
    pub(crate) async fn send(&mut self, request: &[u8]) -> anyhow::Result<(u16, &[u8])> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        self.body.clear();
        let head_end = loop {
            if let Some(at) = find(&self.buffer, b"\r\n\r\n") {
                break at + 4;
            }
            self.read_more().await?;
        };
        let head = std::str::from_utf8(&self.buffer[..head_end])?;
        let status: u16 = head
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok())
            .context("the answer is no HTTP")?;
        match framing(head) {
            Framing::Length(length) => {
                while self.buffer.len() < head_end + length {
                    self.read_more().await?;
                }
                self.body
                    .extend_from_slice(&self.buffer[head_end..head_end + length]);
            }
            Framing::Chunked => self.read_chunks(head_end).await?,
        }
        Ok((status, &self.body))
    }

    async fn read_chunks(&mut self, mut at: usize) -> anyhow::Result<()> {
        loop {
            let line = self.line_at(at).await?;
            let size = std::str::from_utf8(&self.buffer[line.clone()])?;
            let size = usize::from_str_radix(size.split(';').next().unwrap_or(""), 16)?;
            let start = line.end + 2;
            while self.buffer.len() < start + size + 2 {
                self.read_more().await?;
            }
            if size == 0 {
                return Ok(());
            }
            self.body
                .extend_from_slice(&self.buffer[start..start + size]);
            at = start + size + 2;
        }
    }

    async fn line_at(&mut self, at: usize) -> anyhow::Result<Range<usize>> {
        loop {
            if let Some(length) = find(&self.buffer[at..], b"\r\n") {
                return Ok(at..at + length);
            }
            self.read_more().await?;
        }
    }

    async fn read_more(&mut self) -> anyhow::Result<()> {
        ensure!(
            self.stream.read_buf(&mut self.buffer).await? > 0,
            "the server closed the connection"
        );
        Ok(())
    }
}

/// Sends one request on a connection of its own and returns the body of its
/// answer, which must be a success.
pub(crate) async fn once(target: SocketAddr, request: &str) -> anyhow::Result<String> {
    let mut connection = Connection::open(target).await?;
    let (status, body) = connection.send(request.as_bytes()).await?;
    let body = String::from_utf8_lossy(body).into_owned();
    if status >= 300 {
        bail!("{target} answered {status}: {body}");
    }
    Ok(body)
}

#[derive(Debug, PartialEq, Eq)]
enum Framing {
    Length(usize),
    Chunked,
}

fn framing(head: &str) -> Framing {
    for (name, value) in head.lines().filter_map(|line| line.split_once(':')) {
        if name.eq_ignore_ascii_case("content-length") {
            return Framing::Length(value.trim().parse().unwrap_or(0));
        }
        if name.eq_ignore_ascii_case("transfer-encoding") {
            return Framing::Chunked;
        }
    }
    Framing::Length(0)
}

/// Where `needle` begins.
pub(crate) fn find(text: &[u8], needle: &[u8]) -> Option<usize> {
    text.windows(needle.len())
        .position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_an_answer_is_read_from_its_head() {
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n";
        assert_eq!(framing(head), Framing::Length(12));
        let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        assert_eq!(framing(head), Framing::Chunked);
        assert_eq!(
            framing("HTTP/1.1 204 No Content\r\n\r\n"),
            Framing::Length(0)
        );
    }
}
