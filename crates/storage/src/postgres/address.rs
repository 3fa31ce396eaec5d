//! Where the server is, and how it is spoken to.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::{Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::Fault;
use super::session::Session;
use crate::error::StorageError;

/// How long a line may be silent that should not be: then it is broken. As
/// long as the server lets a statement run.
const SILENCE: Duration = Duration::from_secs(30);

/// Where the server is, and how it is spoken to.
pub(crate) struct Address {
    config: Config,
    /// `None` where nothing is encrypted.
    tls: Option<MakeRustlsConnect>,
    /// How long a caller waits for a connection.
    pub(crate) patience: Duration,
    /// After how long without an answer the server is not there.
    deadline: Duration,
}

/// Without the configuration, which may hold a password.
impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Address")
            .field("patience", &self.patience)
            .finish_non_exhaustive()
    }
}

impl Address {
    /// Reads a URL: `postgres://user:password@host:port/name?options`. Of
    /// libpq's options for TLS it takes `sslmode` and `sslrootcert`; where
    /// `sslmode` is not said, nothing is encrypted to this machine, and
    /// elsewhere what the server can.
    pub(crate) fn parse(
        url: &str,
        patience: Duration,
        statement: Duration,
    ) -> Result<Self, StorageError> {
        let (plain, mode, roots) = split(url)?;
        let mut config: Config = plain.parse().map_err(|_| wrong("cannot be read"))?;
        let mode = mode.unwrap_or_else(|| {
            if config.get_hosts().iter().all(is_this_machine) {
                Mode::Disable
            } else {
                Mode::Prefer
            }
        });
        config
            .application_name("mukalma")
            .connect_timeout(patience)
            .tcp_user_timeout(SILENCE)
            .keepalives_idle(SILENCE)
            .ssl_mode(match mode {
                Mode::Disable => SslMode::Disable,
                Mode::Prefer => SslMode::Prefer,
                Mode::Require | Mode::Verify => SslMode::Require,
            });
        // No statement here is worth compiling: that takes longer than it runs.
        let limits = format!(
            "-c lock_timeout={} -c idle_in_transaction_session_timeout=30000 \
             -c statement_timeout={} -c default_transaction_read_only=on -c jit=off",
            patience.as_millis(),
            statement.as_millis()
        );
        if config
            .get_options()
            .is_some_and(|theirs| theirs.contains("statement_timeout"))
        {
            return Err(wrong(
                "sets statement_timeout, which is database.statement_timeout_ms here",
            ));
        }
        let options = match config.get_options() {
            Some(theirs) => format!("{limits} {theirs}"),
            None => limits,
        };
        config.options(options);
        let tls = match mode {
            Mode::Disable => None,
            mode => Some(MakeRustlsConnect::new(encryption(mode, roots.as_deref())?)),
        };
        Ok(Self {
            config,
            tls,
            patience,
            deadline: statement + patience,
        })
    }

    /// Connects.
    pub(crate) async fn connect(&self) -> Result<Session, Fault> {
        tokio::time::timeout(self.patience, self.connect_at_last())
            .await
            .map_err(|_| Fault::Late)?
    }

    async fn connect_at_last(&self) -> Result<Session, Fault> {
        let (client, line) = match &self.tls {
            None => {
                let connecting = self.config.connect(NoTls).await;
                let (client, connection) = connecting.map_err(Fault::Connect)?;
                (client, tokio::spawn(connection).abort_handle())
            }
            Some(tls) => {
                let connecting = self.config.connect(tls.clone()).await;
                let (client, connection) = connecting.map_err(Fault::Connect)?;
                (client, tokio::spawn(connection).abort_handle())
            }
        };
        Ok(Session::new(client, line, self.deadline))
    }
}

/// How much is encrypted, in libpq's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Disable,
    /// Encrypted if the server can; nobody checks who it is.
    Prefer,
    /// Encrypted; who the server is, is checked if roots are named.
    Require,
    /// Encrypted, and the server's certificate is checked.
    Verify,
}

/// The URL without the options that are read here, and those.
fn split(url: &str) -> Result<(String, Option<Mode>, Option<String>), StorageError> {
    let Some((plain, options)) = url.split_once('?') else {
        return Ok((url.to_owned(), None, None));
    };
    let (mut mode, mut roots) = (None, None);
    let mut rest = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in url::form_urlencoded::parse(options.as_bytes()) {
        match &*name {
            "sslmode" => {
                mode = Some(match &*value {
                    "disable" => Mode::Disable,
                    "allow" | "prefer" => Mode::Prefer,
                    "require" => Mode::Require,
                    "verify-ca" | "verify-full" => Mode::Verify,
                    _ => {
                        return Err(wrong(
                            "has an unknown sslmode: disable, prefer, require or verify-full",
                        ));
                    }
                });
            }
            "sslrootcert" => roots = Some(value.into_owned()),
            _ => {
                rest.append_pair(&name, &value);
            }
        }
    }
    // Spaces are written as %20 there, not as a plus.
    let rest = rest.finish().replace('+', "%20");
    let plain = if rest.is_empty() {
        plain.to_owned()
    } else {
        format!("{plain}?{rest}")
    };
    Ok((plain, mode, roots))
}

fn encryption(mode: Mode, roots: Option<&str>) -> Result<ClientConfig, StorageError> {
    let provider = Arc::new(ring::default_provider());
    let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|_| wrong("cannot be encrypted"))?;
    if mode != Mode::Verify && roots.is_none() {
        let anyone = Arc::new(Anyone(provider));
        return Ok(config
            .dangerous()
            .with_custom_certificate_verifier(anyone)
            .with_no_client_auth());
    }
    let mut trusted = RootCertStore::empty();
    if let Some(path) = roots {
        let found = CertificateDer::pem_file_iter(path)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|_| wrong("names a file of certificates that cannot be read"))?;
        trusted.add_parsable_certificates(found);
    } else {
        trusted.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    }
    if trusted.is_empty() {
        return Err(wrong(
            "is to be checked, but no certificate is there to check it with",
        ));
    }
    Ok(config.with_root_certificates(trusted).with_no_client_auth())
}

fn wrong(what: &str) -> StorageError {
    StorageError::Address(format!("the database's address {what}"))
}

/// Whether what is sent there stays on this machine. Encrypting it would cost
/// as much as the statements themselves, on both sides, and hide nothing.
fn is_this_machine(host: &Host) -> bool {
    match host {
        #[cfg(unix)]
        Host::Unix(_) => true,
        Host::Tcp(name) => {
            let address = name.trim_start_matches('[').trim_end_matches(']');
            name == "localhost"
                || address
                    .parse()
                    .is_ok_and(|address: IpAddr| address.is_loopback())
        }
    }
}

/// Takes whoever answers for the server, as libpq does unless it is told to
/// verify: what is sent is hidden from those who only listen.
#[derive(Debug)]
struct Anyone(Arc<CryptoProvider>);

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, known)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, known)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(url: &str) -> bool {
        Address::parse(url, Duration::from_secs(5), Duration::from_secs(30)).is_err()
    }

    fn address(url: &str) -> Address {
        Address::parse(url, Duration::from_secs(5), Duration::from_secs(30)).unwrap()
    }

    #[test]
    fn what_stays_on_the_machine_is_not_encrypted() {
        for host in [
            "localhost",
            "127.0.0.1",
            "127.8.0.1",
            "[::1]",
            "%2Frun%2Fpostgresql",
        ] {
            let here = address(&format!("postgres://root@{host}/forum"));
            assert!(here.tls.is_none(), "{host}");
        }
        for host in ["10.0.0.2", "localhost.example", "db", "127.0.0.1.example"] {
            let away = address(&format!("postgres://root@{host}/forum"));
            assert_eq!(away.config.get_ssl_mode(), SslMode::Prefer, "{host}");
            assert!(away.tls.is_some(), "{host}");
        }
    }

    #[test]
    fn what_the_address_says_of_encryption_is_done() {
        let said = |mode: &str| address(&format!("postgres://root@127.0.0.1/forum?sslmode={mode}"));
        assert!(said("disable").tls.is_none());
        assert_eq!(said("require").config.get_ssl_mode(), SslMode::Require);
        let url = "postgres://root@db/forum?sslmode=verify-full&sslrootcert=/nowhere/root.pem";
        assert!(refused(url));
        let limit = "postgres://root@db/forum?options=-c%20statement_timeout%3D0";
        assert!(refused(limit));
        let unknown = "postgres://root@db/forum?sslmode=perhaps";
        assert!(refused(unknown));
    }

    #[test]
    fn other_options_are_kept() {
        let url = "postgres://root@db/forum?sslmode=disable&options=-c%20work_mem%3D8MB";
        let options = address(url).config.get_options().unwrap().to_owned();
        assert!(options.contains("-c work_mem=8MB"), "{options}");
        assert!(options.contains("-c lock_timeout=5000"), "{options}");
    }
}
