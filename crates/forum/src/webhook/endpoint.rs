//! Where a webhook is.

use std::net::IpAddr;

use domain::webhook::is_public;
use url::{Host, Url};

/// The greatest length of an address, in bytes.
const LENGTH_MAX: usize = 2_048;

/// The ports of HTTPS that may be posted to.
const PORTS: [u16; 2] = [443, 8443];

/// Where webhooks may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// On the public internet, by HTTPS.
    Public,
    /// Also on this machine, by HTTP, on any port: for tests.
    Anywhere,
}

/// The address of a webhook.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint(Url);

/// Hides it: it may hold a secret of its owner's.
impl std::fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Endpoint(..)")
    }
}

impl Endpoint {
    /// Reads an address, or says what is wrong with it.
    pub fn parse(text: &str, reach: Reach) -> Result<Self, &'static str> {
        if text.len() > LENGTH_MAX {
            return Err("a webhook's address has at most 2048 bytes");
        }
        let url = Url::parse(text.trim()).map_err(|_| "this is not an address")?;
        let public = reach == Reach::Public;
        match url.scheme() {
            "https" => {}
            "http" if !public => {}
            _ => return Err("a webhook's address begins with https://"),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("a webhook's address holds no user's name or password");
        }
        if url.fragment().is_some() {
            return Err("a webhook's address holds no fragment");
        }
        let port = url.port_or_known_default().unwrap_or(0);
        if public && !PORTS.contains(&port) {
            return Err("a webhook's port is 443 or 8443");
        }
        let fits = match url.host() {
            Some(Host::Domain(name)) => !public || is_public_name(name),
            Some(Host::Ipv4(address)) => !public || is_public(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => !public || is_public(IpAddr::V6(address)),
            None => false,
        };
        if !fits {
            return Err("this address is not on the public internet");
        }
        Ok(Self(url))
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The address in its parts.
    pub fn url(&self) -> &Url {
        &self.0
    }
}

/// Whether a name can be one of the public internet: it has a domain, which
/// is none of those for local use (RFC 6761, RFC 6762, RFC 8375, and what
/// ICANN keeps for private use). What it leads to is looked at when it is
/// posted to.
fn is_public_name(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let Some((_, top)) = name.rsplit_once('.') else {
        return false;
    };
    ![
        "localhost",
        "local",
        "internal",
        "arpa",
        "onion",
        "test",
        "invalid",
    ]
    .contains(&top)
}

#[cfg(test)]
mod tests {
    use super::{Endpoint, Reach};

    #[test]
    fn an_address_is_of_the_public_internet() {
        for text in [
            "https://example.org/hook",
            "https://example.org:8443/hook?token=a",
            "https://example.org:443",
            "https://xn--mgbh0fb.example/",
            "https://8.8.8.8/hook",
            "https://[2606:4700:4700::1111]/",
        ] {
            assert!(Endpoint::parse(text, Reach::Public).is_ok(), "{text}");
        }
        for text in [
            "",
            "example.org",
            "http://example.org/",
            "ftp://example.org/",
            "file:///etc/passwd",
            "gopher://example.org/",
            "https://",
            "https://a:b@example.org/",
            "https://a@example.org/",
            "https://example.org/#part",
            "https://example.org:80/",
            "https://example.org:444/",
            "https://example.org:5432/",
            "https://example.org:0/",
            "https://localhost/",
            "https://LOCALHOST./",
            "https://a.localhost/",
            "https://printer.local/",
            "https://metadata.google.internal/",
            "https://intranet/",
            "https://10.0.0.1/",
            "https://127.0.0.1/",
            "https://127.1/",
            "https://0x7f.1/",
            "https://0177.0.0.1/",
            "https://2130706433/",
            "https://169.254.169.254/",
            "https://0/",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://[64:ff9b::a00:1]/",
            "https://①②⑦.0.0.1/",
        ] {
            assert!(Endpoint::parse(text, Reach::Public).is_err(), "{text}");
        }
    }

    #[test]
    fn an_address_has_at_most_2048_bytes() {
        let of = |length: usize| {
            let start = "https://example.org/";
            format!("{start}{}", "a".repeat(length - start.len()))
        };
        assert!(Endpoint::parse(&of(2_048), Reach::Public).is_ok());
        assert!(Endpoint::parse(&of(2_049), Reach::Public).is_err());
    }

    #[test]
    fn a_test_may_be_anywhere() {
        let here = Endpoint::parse("http://127.0.0.1:1234/a", Reach::Anywhere).unwrap();
        assert_eq!(here.as_str(), "http://127.0.0.1:1234/a");
        assert!(Endpoint::parse("ftp://127.0.0.1/", Reach::Anywhere).is_err());
        assert_eq!(format!("{here:?}"), "Endpoint(..)");
    }
}
