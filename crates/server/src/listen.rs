//! The listener: takes connections, and lets none of them cost more than its
//! share. A head that does not come, a connection that rests, an answer that is
//! not read and a flood of header fields each find their end here; what is said
//! over a connection is the API's business.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, header};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use realtime::{Wire, WiredStream};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::{Sleep, sleep};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

use crate::config::Config;

/// Bytes of a request's head. The longest document fits into an address, each
/// of its characters written as three.
const HEAD_BYTES: usize = 64 * 1024;

/// Header fields of a request.
const FIELDS: usize = 100;

/// How long nothing is taken where the system has no more to give.
const EXHAUSTED: Duration = Duration::from_secs(1);

/// What connections may cost.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How many there are at once. Whoever comes beyond waits for his turn.
    pub connections: usize,
    /// How long a head may take, and a connection may rest before the next.
    pub head: Duration,
    /// How long a client may leave unread what is written to it.
    pub stall: Duration,
}

impl Limits {
    /// As configured.
    pub fn of(config: &Config) -> Self {
        let set = &config.connection;
        Self {
            connections: set.most,
            head: Duration::from_secs(set.head_seconds),
            stall: Duration::from_secs(set.stall_seconds),
        }
    }
}

/// Serves until it is told to stop, and then until what is under way has
/// ended.
pub async fn serve(listener: TcpListener, router: Router, limits: Limits, stop: CancellationToken) {
    let places = Arc::new(Semaphore::new(limits.connections));
    let connections = TaskTracker::new();
    loop {
        // Whoever comes beyond waits with the system, which bounds its queue.
        let accepted = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            () = stop.cancelled() => break,
            accepted = accepted => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                // What is written at once goes out at once.
                stream.set_nodelay(true).ok();
                let stream = WiredStream::new(stream);
                let wire = stream.wire().clone();
                let stream = Patient::new(stream, limits.stall, place);
                connections.spawn(connection(
                    stream,
                    (peer, wire),
                    router.clone(),
                    limits.head,
                    stop.clone(),
                ));
            }
            Err(error) if is_the_clients(&error) => {}
            Err(error) => {
                tracing::warn!(%error, "no connection can be taken");
                sleep(EXHAUSTED).await;
            }
        }
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}

/// Whether whoever connected was gone again.
fn is_the_clients(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}

async fn connection(
    stream: Patient<WiredStream, impl Send + Unpin + 'static>,
    (peer, wire): (SocketAddr, Wire),
    router: Router,
    head: Duration,
    stop: CancellationToken,
) {
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        let is_upgrade = request.headers().contains_key(header::UPGRADE);
        let extensions = request.extensions_mut();
        extensions.insert(ConnectInfo(peer));
        // What a websocket is told may be written past its task.
        if is_upgrade {
            extensions.insert(wire.clone());
        }
        router.clone().oneshot(request)
    });
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head)
        .max_buf_size(HEAD_BYTES)
        .max_header_size(HEAD_BYTES)
        .max_headers(FIELDS)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    tokio::pin!(serving);
    // That a client hangs up or says what is not HTTP is nobody's concern.
    let ended = tokio::select! {
        ended = serving.as_mut() => Some(ended),
        () = stop.cancelled() => None,
    };
    if ended.is_none() {
        serving.as_mut().graceful_shutdown();
        serving.await.ok();
    }
}

/// A connection that breaks when what is written to it is not read for long. It
/// has its place as long as it is there, also as a websocket.
struct Patient<S, P> {
    stream: S,
    patience: Duration,
    _place: P,
    /// Runs while writing is stuck. Made once it first is.
    stuck: Option<Pin<Box<Sleep>>>,
}

impl<S, P> Patient<S, P> {
    fn new(stream: S, patience: Duration, place: P) -> Self {
        Self {
            stream,
            patience,
            _place: place,
            stuck: None,
        }
    }

    /// What came of writing; an error if it has been stuck for too long.
    fn wait<T>(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stuck = None;
            return written;
        }
        let patience = self.patience;
        let stuck = self.stuck.get_or_insert_with(|| Box::pin(sleep(patience)));
        ready!(stuck.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin, P: Unpin> AsyncRead for Patient<S, P> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl<S: AsyncWrite + Unpin, P: Unpin> AsyncWrite for Patient<S, P> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.wait(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.wait(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        self.wait(cx, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_reader_may_rest_as_long_as_was_said_and_no_longer() {
        let (near, mut far) = tokio::io::duplex(4);
        let mut near = Patient::new(near, Duration::from_secs(10), ());
        let mut heard = [0; 4];
        for (rests, is_left) in [(9, false), (11, true)] {
            near.write_all(b"full").await.unwrap();
            let writes = near.write_all(b"more");
            let reads = async {
                sleep(Duration::from_secs(rests)).await;
                far.read_exact(&mut heard).await.unwrap();
            };
            let (written, ()) = tokio::join!(writes, reads);
            let left = written.map_err(|error| error.kind());
            assert_eq!(
                left,
                if is_left {
                    Err(io::ErrorKind::TimedOut)
                } else {
                    Ok(())
                }
            );
            if !is_left {
                far.read_exact(&mut heard).await.unwrap();
            }
        }
    }
}
