//! Posting to webhooks, on the public internet and nowhere else.
//!
//! The name is resolved first, every address it leads to is looked at, and
//! the connection goes to an address that was looked at: nobody can answer
//! something else in between. One that leads to any address that is closed is
//! refused whole. Nothing is followed, no proxy is used, no connection is
//! kept, and of the answer nothing but its head is read.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use domain::webhook::{Failure, is_public};
use forum::ports::{Egress, Outgoing};
use forum::webhook::{Endpoint, Reach};
use http::header::{CONNECTION, CONTENT_TYPE, HOST, USER_AGENT};
use http_body_util::Full;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::OnceCell;
use tokio_rustls::TlsConnector;
use url::Host;

/// The largest head of an answer, in bytes.
const HEAD_MAX: usize = 16 * 1024;

/// The most header fields of an answer.
const FIELDS_MAX: usize = 64;

/// As many addresses of a name are tried.
const ADDRESSES_MAX: usize = 4;

/// Resolves names.
#[async_trait]
pub trait Resolve: Send + Sync {
    /// Every address of a name, with this port.
    async fn resolve(&self, name: &str, port: u16) -> io::Result<Vec<SocketAddr>>;
}

/// The system's resolver.
#[derive(Debug, Clone, Copy)]
pub struct SystemResolver;

#[async_trait]
impl Resolve for SystemResolver {
    async fn resolve(&self, name: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        Ok(tokio::net::lookup_host((name, port)).await?.collect())
    }
}

/// How posting is limited.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Where webhooks may be.
    pub reach: Reach,
    /// How long one may take in all: to resolve, connect and answer.
    pub timeout: Duration,
}

/// Posts by HTTP/1.1 over TLS.
pub struct HttpEgress {
    limits: Limits,
    resolver: Arc<dyn Resolve>,
    /// Made when the first post needs it: most forums have no webhook, and the
    /// system's authorities are some hundred certificates.
    tls: OnceCell<TlsConnector>,
}

impl std::fmt::Debug for HttpEgress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpEgress")
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

impl HttpEgress {
    /// Posts to names that the system resolves, and whose certificates the
    /// system's authorities vouch for.
    pub fn new(limits: Limits) -> Self {
        Self::with(limits, Arc::new(SystemResolver))
    }

    /// Posts to names that this resolves.
    pub fn with(limits: Limits, resolver: Arc<dyn Resolve>) -> Self {
        Self {
            limits,
            resolver,
            tls: OnceCell::new(),
        }
    }

    async fn tls(&self) -> Result<&TlsConnector, Failure> {
        let make = async || {
            // The certificates are files.
            let made = tokio::task::spawn_blocking(connector).await;
            made.ok().and_then(Result::ok).ok_or(Failure::Tls)
        };
        self.tls.get_or_try_init(make).await
    }

    /// The addresses to connect to. None of them is closed.
    async fn addresses(&self, endpoint: &Endpoint) -> Result<Vec<SocketAddr>, Failure> {
        let url = endpoint.url();
        let port = url.port_or_known_default().ok_or(Failure::Closed)?;
        let found = match url.host().ok_or(Failure::Closed)? {
            Host::Ipv4(address) => vec![SocketAddr::from((address, port))],
            Host::Ipv6(address) => vec![SocketAddr::from((address, port))],
            Host::Domain(name) => {
                let found = self.resolver.resolve(name, port).await;
                found.map_err(|_| Failure::Unresolved)?
            }
        };
        if found.is_empty() {
            return Err(Failure::Unresolved);
        }
        let open = |address: &SocketAddr| {
            self.limits.reach == Reach::Anywhere
                || is_public(address.ip()) && address.port() == port
        };
        if found.iter().all(open) {
            Ok(found)
        } else {
            Err(Failure::Closed)
        }
    }

    async fn exchange(&self, outgoing: &Outgoing) -> Result<u16, Failure> {
        // What may be posted to may have changed since the address was given.
        let endpoint = Endpoint::parse(outgoing.endpoint.as_str(), self.limits.reach)
            .map_err(|_| Failure::Closed)?;
        let stream = connect(&self.addresses(&endpoint).await?).await?;
        let request = request(&endpoint, outgoing).ok_or(Failure::Broken)?;
        if endpoint.url().scheme() != "https" {
            return ask(stream, request).await;
        }
        let name = endpoint.url().host_str().ok_or(Failure::Tls)?;
        let name = name.trim_start_matches('[').trim_end_matches(']');
        let name = ServerName::try_from(name.to_owned()).map_err(|_| Failure::Tls)?;
        let stream = self.tls().await?.connect(name, stream).await;
        ask(stream.map_err(|_| Failure::Tls)?, request).await
    }
}

#[async_trait]
impl Egress for HttpEgress {
    async fn post(&self, outgoing: &Outgoing) -> Result<u16, Failure> {
        tokio::time::timeout(self.limits.timeout, self.exchange(outgoing))
            .await
            .unwrap_or(Err(Failure::Timeout))
    }
}

/// Trusts whom the system's authorities vouch for.
fn connector() -> Result<TlsConnector, rustls::Error> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

async fn connect(addresses: &[SocketAddr]) -> Result<TcpStream, Failure> {
    for address in addresses.iter().take(ADDRESSES_MAX) {
        if let Ok(stream) = TcpStream::connect(address).await {
            return Ok(stream);
        }
    }
    Err(Failure::Unreachable)
}

fn request(endpoint: &Endpoint, outgoing: &Outgoing) -> Option<http::Request<Full<Bytes>>> {
    let url = endpoint.url();
    let host = match url.port() {
        Some(port) => format!("{}:{port}", url.host_str()?),
        None => url.host_str()?.to_owned(),
    };
    let target = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    let mut request = http::Request::post(target)
        .header(HOST, host)
        .header(USER_AGENT, concat!("mukalma/", env!("CARGO_PKG_VERSION")))
        .header(CONTENT_TYPE, "application/json")
        .header(CONNECTION, "close");
    for (name, value) in &outgoing.headers {
        request = request.header(*name, value);
    }
    let body = Bytes::from(outgoing.body.clone());
    request.body(Full::new(body)).ok()
}

/// Asks once, and gives the status of the answer.
async fn ask(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send,
    request: http::Request<Full<Bytes>>,
) -> Result<u16, Failure> {
    let (mut sender, connection) = hyper::client::conn::http1::Builder::new()
        .max_buf_size(HEAD_MAX)
        .max_headers(FIELDS_MAX)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(|_| Failure::Broken)?;
    let answer = sender.send_request(request);
    tokio::pin!(connection, answer);
    let answer = tokio::select! {
        biased;
        answer = &mut answer => answer,
        // What ends the connection ends the answer, too.
        _ = &mut connection => answer.await,
    };
    Ok(answer.map_err(|_| Failure::Broken)?.status().as_u16())
}

#[cfg(test)]
mod tests;
