//! A connection that others than its task may write whole messages to.
//!
//! What is one message for thousands of sockets is written to one after the
//! other by whoever has it ready, as long as a connection takes it whole. What
//! it does not take is left to its task.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

use crate::lock;

/// A connection's stream. Its [`Wire`] is for those who write to it besides.
#[derive(Debug)]
pub struct WiredStream {
    reading: OwnedReadHalf,
    wire: Wire,
}

/// The writing side of a [`WiredStream`]. It does not keep the connection open.
#[derive(Clone)]
pub struct Wire(Arc<Mutex<Writing>>);

impl std::fmt::Debug for Wire {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wire").finish_non_exhaustive()
    }
}

struct Writing {
    /// `None` once the connection is gone.
    half: Option<OwnedWriteHalf>,
    /// What is left of a message that the connection did not take whole.
    rest: Bytes,
    /// Whether the stream's last write was cut short: what follows belongs to
    /// the same message.
    cut: bool,
}

/// What came of writing a message at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrote {
    All,
    /// The stream has to be flushed: it writes the rest first.
    Part,
    Nothing,
}

impl WiredStream {
    /// A stream that others may write to: what they write, and what comes
    /// through the stream, goes over the connection as it is. Nothing that
    /// encrypts or compresses may stand above it.
    pub fn new(stream: TcpStream) -> Self {
        let (reading, half) = stream.into_split();
        let writing = Writing {
            half: Some(half),
            rest: Bytes::new(),
            cut: false,
        };
        Self {
            reading,
            wire: Wire(Arc::new(Mutex::new(writing))),
        }
    }

    /// By which others write to it.
    pub fn wire(&self) -> &Wire {
        &self.wire
    }

    /// Writes by `write`, after what is left of a message, and says how much of
    /// `length` bytes that took.
    fn poll_writing(
        &self,
        cx: &mut Context<'_>,
        length: usize,
        write: impl FnOnce(Pin<&mut OwnedWriteHalf>, &mut Context<'_>) -> Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        let writing = &mut *lock(&self.wire.0);
        let written = ready!(write(ready!(writing.poll_rest(cx))?, cx))?;
        writing.cut = written < length;
        Poll::Ready(Ok(written))
    }
}

impl Drop for WiredStream {
    fn drop(&mut self) {
        let mut writing = lock(&self.wire.0);
        writing.half = None;
        writing.rest = Bytes::new();
    }
}

impl Writing {
    /// Writes what is left of a message.
    fn poll_rest(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Pin<&mut OwnedWriteHalf>>> {
        let Some(half) = &mut self.half else {
            return Poll::Ready(Err(io::ErrorKind::NotConnected.into()));
        };
        while !self.rest.is_empty() {
            let written = ready!(Pin::new(&mut *half).poll_write(cx, &self.rest))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.rest.advance(written);
        }
        self.rest = Bytes::new();
        Poll::Ready(Ok(Pin::new(half)))
    }
}

impl Wire {
    /// Writes a whole message between the stream's own, as far as the
    /// connection takes it at once. Whoever calls this knows that nothing waits
    /// to be written above the stream.
    pub(crate) fn try_write(&self, message: &Bytes) -> Wrote {
        let mut writing = lock(&self.0);
        let Some(half) = &writing.half else {
            return Wrote::Nothing;
        };
        if writing.cut || !writing.rest.is_empty() {
            return Wrote::Nothing;
        }
        match half.try_write(message) {
            Ok(written) if written == message.len() => Wrote::All,
            // What is wrong with the connection its task finds out.
            Ok(0) | Err(_) => Wrote::Nothing,
            Ok(written) => {
                writing.rest = message.slice(written..);
                Wrote::Part
            }
        }
    }

    /// Whether something is left of a message.
    pub(crate) fn has_rest(&self) -> bool {
        !lock(&self.0).rest.is_empty()
    }
}

impl AsyncRead for WiredStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.reading).poll_read(cx, buf)
    }
}

impl AsyncWrite for WiredStream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_writing(cx, buf.len(), |half, cx| half.poll_write(cx, buf))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let length = bufs.iter().map(|buf| buf.len()).sum();
        self.poll_writing(cx, length, |half, cx| half.poll_write_vectored(cx, bufs))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(lock(&self.wire.0).poll_rest(cx))?.poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(lock(&self.wire.0).poll_rest(cx))?.poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    async fn connected() -> (WiredStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let far = TcpStream::connect(listener.local_addr().unwrap());
        let (far, near) = tokio::join!(far, listener.accept());
        (WiredStream::new(near.unwrap().0), far.unwrap())
    }

    /// Writes one message after the other until the connection has no room.
    fn fill(wire: &Wire, message: &Bytes) -> usize {
        let mut taken = 0;
        loop {
            match wire.try_write(message) {
                Wrote::All => taken += message.len(),
                Wrote::Part => return taken + message.len(),
                Wrote::Nothing => return taken,
            }
        }
    }

    #[tokio::test]
    async fn what_the_connection_has_no_room_for_comes_before_anything_else() {
        let (mut near, mut far) = connected().await;
        let wire = near.wire().clone();
        // Not a length that room for messages ends at.
        let message = Bytes::from(vec![b'm'; 100_003]);
        near.write_all(b"begin").await.unwrap();
        let filled = fill(&wire, &message);
        assert!(wire.has_rest() && wire.try_write(&message) == Wrote::Nothing);
        let writes = async {
            near.write_all(b"end").await.unwrap();
            near.shutdown().await.unwrap();
        };
        let mut heard = Vec::new();
        let (read, ()) = tokio::join!(far.read_to_end(&mut heard), writes);
        assert_eq!(read.unwrap(), 5 + filled + 3);
        assert_eq!(filled % message.len(), 0);
        assert!(heard.starts_with(b"beginm") && heard.ends_with(b"mend"));
    }

    #[tokio::test]
    async fn nothing_is_written_into_a_message_of_the_stream() {
        let (mut near, _far) = connected().await;
        let wire = near.wire().clone();
        let message = vec![b'm'; 64 * 1024 * 1024];
        let written = near.write(&message).await.unwrap();
        assert!(written < message.len());
        assert_eq!(wire.try_write(&Bytes::from_static(b"x")), Wrote::Nothing);
        assert!(!wire.has_rest());
    }

    #[tokio::test]
    async fn a_wire_does_not_keep_its_connection_open() {
        let (near, mut far) = connected().await;
        let wire = near.wire().clone();
        drop(near);
        assert_eq!(far.read(&mut [0]).await.unwrap(), 0);
        assert_eq!(wire.try_write(&Bytes::from_static(b"x")), Wrote::Nothing);
    }
}
