//! The types of the settings' values, and how each is read from text.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use chrono::{Weekday, WeekdaySet};
use domain::people::RegistrationMode;
use domain::reference::Prefix;
use ipnet::IpNet;
use secrecy::SecretString;

/// A value that a setting's text may stand for.
pub(super) trait FromText: Sized {
    /// The value, if the text is one.
    fn from_text(text: &str) -> Option<Self>;
}

macro_rules! from_text_by_parsing {
    ($($type:ty),+) => {
        $(impl FromText for $type {
            fn from_text(text: &str) -> Option<Self> {
                text.parse().ok()
            }
        })+
    };
}

from_text_by_parsing!(
    bool,
    u16,
    u32,
    u64,
    usize,
    String,
    PathBuf,
    SocketAddr,
    Weekday,
    chrono_tz::Tz
);

impl FromText for SecretString {
    fn from_text(text: &str) -> Option<Self> {
        Some(Self::from(text))
    }
}

impl<T: FromText> FromText for Option<T> {
    fn from_text(text: &str) -> Option<Self> {
        if text.is_empty() {
            Some(None)
        } else {
            T::from_text(text).map(Some)
        }
    }
}

impl<T: FromText> FromText for Vec<T> {
    fn from_text(text: &str) -> Option<Self> {
        if text.trim().is_empty() {
            return Some(Self::new());
        }
        text.split(',')
            .map(|part| T::from_text(part.trim()))
            .collect()
    }
}

impl FromText for Prefix {
    fn from_text(text: &str) -> Option<Self> {
        Self::parse(text).ok()
    }
}

impl FromText for IpNet {
    fn from_text(text: &str) -> Option<Self> {
        // A lone address is the network of that one address.
        text.parse()
            .ok()
            .or_else(|| text.parse::<IpAddr>().ok().map(Self::from))
    }
}

/// The days of the week on which nobody works; not all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weekend(pub WeekdaySet);

impl FromText for Weekend {
    fn from_text(text: &str) -> Option<Self> {
        let days: Vec<Weekday> = Vec::from_text(text)?;
        let set: WeekdaySet = days.into_iter().collect();
        (set != WeekdaySet::ALL).then_some(Self(set))
    }
}

/// Scheme, host and port of a web site, as a browser sends it in `Origin`:
/// lower case, without a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    /// The origin as a browser sends it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the site is reached over TLS.
    pub fn is_secure(&self) -> bool {
        self.0.starts_with("https://")
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromText for Origin {
    fn from_text(text: &str) -> Option<Self> {
        let uri: http::Uri = text.parse().ok()?;
        let scheme = uri
            .scheme_str()
            .filter(|scheme| ["http", "https"].contains(scheme))?;
        let authority = uri
            .authority()
            .filter(|authority| !authority.as_str().contains('@'))?;
        if uri.path() != "/" || uri.query().is_some() || text.contains('#') {
            return None;
        }
        // A browser leaves out the port that the scheme implies.
        let usual = if scheme == "https" { 443 } else { 80 };
        let host = authority.host().to_ascii_lowercase();
        // A colon without a number is no port.
        if authority.as_str().ends_with(':') {
            return None;
        }
        let port = authority.port_u16().filter(|port| *port != usual);
        let port = port.map_or_else(String::new, |port| format!(":{port}"));
        Some(Self(format!("{scheme}://{host}{port}")))
    }
}

/// The URL of a mail server, with the name and password to use there.
#[derive(Debug, Clone)]
pub struct MailUrl(SecretString);

impl MailUrl {
    /// The URL, password included.
    pub fn expose(&self) -> &str {
        secrecy::ExposeSecret::expose_secret(&self.0)
    }
}

impl FromText for MailUrl {
    fn from_text(text: &str) -> Option<Self> {
        let uri: http::Uri = text.parse().ok()?;
        let host = uri.host().filter(|host| !host.is_empty())?;
        let here = ["localhost", "127.0.0.1", "[::1]"].contains(&host);
        let upgraded = uri
            .query()
            .is_some_and(|query| query.split('&').any(|part| part == "tls=required"));
        // Mail carries reset codes: it leaves this machine over TLS or not at all.
        let accepted = match uri.scheme_str()? {
            "smtps" => true,
            "smtp" => upgraded || here,
            _ => false,
        };
        accepted.then(|| Self(SecretString::from(text)))
    }
}

/// Declares an enum of the words that a setting takes.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($(#[$vmeta])* $variant),+ }

        impl $name {
            /// The words, in the order of the variants.
            pub const WORDS: &'static [&'static str] = &[$($word),+];
        }

        impl FromText for $name {
            fn from_text(text: &str) -> Option<Self> {
                match text {
                    $($word => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
    };
}

words! {
    /// Who may make an account.
    Registration {
        /// Everybody.
        Open = "open",
        /// Everybody may ask; an administrator approves.
        Approval = "approval",
        /// Whoever holds an invitation.
        Invitation = "invitation",
        /// Nobody.
        Closed = "closed",
    }
}

impl From<Registration> for RegistrationMode {
    fn from(registration: Registration) -> Self {
        match registration {
            Registration::Open => Self::Open,
            Registration::Approval => Self::Approval,
            Registration::Invitation => Self::Invitation,
            Registration::Closed => Self::Closed,
        }
    }
}

words! {
    /// Which documents are executed.
    Documents {
        /// Whichever the guard lets pass.
        Any = "any",
        /// Those that are trusted.
        Only = "only",
    }
}

impl From<Documents> for door::document::Admits {
    fn from(documents: Documents) -> Self {
        match documents {
            Documents::Any => Self::Any,
            Documents::Only => Self::Trusted,
        }
    }
}

words! {
    /// Where mail goes.
    MailTransport {
        /// Into a directory, a file a message.
        File = "file",
        /// To a mail server.
        Smtp = "smtp",
    }
}

words! {
    /// How log lines look.
    LogFormat {
        /// Lines for a person to read.
        Text = "text",
        /// An object a line.
        Json = "json",
    }
}

words! {
    /// The least important log lines to write.
    LogLevel {
        /// What went wrong.
        Error = "error",
        /// What may go wrong.
        Warn = "warn",
        /// What happens.
        Info = "info",
        /// How it happens.
        Debug = "debug",
        /// Everything.
        Trace = "trace",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(text: &str) -> Option<String> {
        Origin::from_text(text).map(|origin| origin.to_string())
    }

    #[test]
    fn an_origin_is_written_as_a_browser_sends_it() {
        assert_eq!(
            origin("https://Forum.Example.org/").as_deref(),
            Some("https://forum.example.org")
        );
        assert_eq!(
            origin("https://forum.example.org:443").as_deref(),
            Some("https://forum.example.org")
        );
        assert_eq!(
            origin("http://[::1]:3000").as_deref(),
            Some("http://[::1]:3000")
        );
    }

    #[test]
    fn what_is_more_or_less_than_an_origin_is_none() {
        for wrong in [
            "",
            "*",
            "null",
            "forum.example.org",
            "https://",
            "https://forum.example.org/path",
            "https://forum.example.org/?q",
            "https://forum.example.org#top",
            "https://user@forum.example.org",
            "https://forum.example.org:",
            "ftp://forum.example.org",
        ] {
            assert_eq!(origin(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn mail_leaves_the_machine_over_tls_only() {
        assert!(MailUrl::from_text("smtps://u:p@mail.example.org:465").is_some());
        assert!(MailUrl::from_text("smtp://u:p@mail.example.org:587?tls=required").is_some());
        assert!(MailUrl::from_text("smtp://localhost:1025").is_some());
        assert!(MailUrl::from_text("smtp://mail.example.org:25").is_none());
        assert!(MailUrl::from_text("smtp://mail.example.org:587?tls=opportunistic").is_none());
        assert!(MailUrl::from_text("https://mail.example.org").is_none());
    }

    #[test]
    fn a_lone_address_is_its_own_network() {
        let networks = Vec::<IpNet>::from_text("10.0.0.0/8, ::1").unwrap();
        assert_eq!(
            networks.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["10.0.0.0/8", "::1/128"]
        );
        assert!(Vec::<IpNet>::from_text("10.0.0.0/33").is_none());
        assert!(Vec::<IpNet>::from_text("10.0.0.1,").is_none());
    }
}
