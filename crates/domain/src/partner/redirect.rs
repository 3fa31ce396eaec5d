//! Where a browser is sent back to once a person has decided on an app.

use std::fmt;

/// Characters of an address at most.
const LONGEST: usize = 512;

/// An address that an app registered: of `https`, or of this very machine,
/// where apps without a server listen. It is compared as it is written (RFC
/// 9700, section 2.1).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RedirectUri(String);

/// A text that is no such address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an address to send a browser back to")]
pub struct NotARedirect;

impl RedirectUri {
    /// The address as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads an address.
    pub fn parse(text: &str) -> Result<Self, NotARedirect> {
        let plain = text
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !b"\"#<>\\^`{|}*".contains(&byte));
        let (scheme, rest) = text.split_once("://").ok_or(NotARedirect)?;
        let authority = rest.split(['/', '?']).next().unwrap_or_default();
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !authority.ends_with(']') => (host, Some(port)),
            _ => (authority, None),
        };
        let own = ["127.0.0.1", "[::1]", "localhost"].contains(&host);
        let named = !host.is_empty()
            && (own
                || host
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-'));
        let reached = port.is_none_or(|port| {
            port.bytes().all(|b| b.is_ascii_digit())
                && port.parse::<u16>().is_ok_and(|port| port > 0)
        });
        let safe = scheme == "https" || scheme == "http" && own;
        if plain && named && reached && safe && text.len() <= LONGEST {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotARedirect)
        }
    }
}

impl fmt::Display for RedirectUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, RedirectUri};

    #[test]
    fn an_address_is_of_https_or_of_this_machine() {
        for good in [
            "https://app.example.org/back",
            "https://app.example.org:8443/back?of=us",
            "http://127.0.0.1:7000/back",
            "http://[::1]/back",
            "http://localhost",
        ] {
            assert!(RedirectUri::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "app.example.org",
            "http://app.example.org/back",
            "http://127.0.0.1.example.org/",
            "http://127.0.0.1:7000@example.org/",
            "https://user@example.org/",
            "https:///back",
            "https://example.org:0/",
            "https://example.org:+443/",
            "https://example.org:/",
            "https://example.org/#part",
            "https://*.example.org/",
            "https://example.org\\@other.org/",
            "https://example.org/ back",
            "javascript://example.org/%0aalert(1)",
            "HTTPS://example.org/",
        ] {
            assert!(RedirectUri::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_address_is_no_longer_than_its_limit() {
        let of = |length: usize| {
            let start = "https://example.org/";
            RedirectUri::parse(&format!("{start}{}", "a".repeat(length - start.len())))
        };
        assert!(of(LONGEST).is_ok() && of(LONGEST + 1).is_err());
    }
}
