//! What is known of one setting: everything the loader, the reference and
//! the error messages say comes from here.

use std::net::SocketAddr;

use ipnet::IpNet;

use super::value::{FromText, MailUrl, Origin, Weekend};

/// One setting, as declared.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Its place in `mukalma.toml`: `name`, or `section.name`.
    pub key: &'static str,
    /// What it does, in the lines of its declaration.
    pub description: &'static [&'static str],
    /// The value where nothing else is said; empty where there is none.
    /// `{data_dir}` stands for the setting of that name.
    pub default: &'static str,
    /// What values it takes.
    pub kind: Kind,
    /// The flag of the command line that sets it, where it has one of its own.
    pub flag: Option<&'static str>,
    /// How much of its value may be shown.
    pub shown: Shown,
}

/// How much of a setting's value may be printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// All of it.
    Whole,
    /// All but the password in a URL.
    WithoutPassword,
    /// Nothing but that it is set.
    Never,
}

/// What values a setting takes.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// A whole number in a range, both ends included.
    Whole {
        /// The least.
        min: u64,
        /// The most.
        max: u64,
        /// What is counted.
        unit: &'static str,
    },
    /// `true` or `false`.
    Boolean,
    /// One of a few words.
    OneOf(&'static [&'static str]),
    /// A text whose length, in characters, is in a range.
    Text {
        /// The shortest.
        min: usize,
        /// The longest.
        max: usize,
    },
    /// Capital letters.
    Capitals {
        /// The fewest.
        min: usize,
        /// The most.
        max: usize,
    },
    /// An address to listen on, with its port.
    Address,
    /// A file or directory.
    Path,
    /// Where the database is.
    DatabaseUrl,
    /// A mail server.
    MailUrl,
    /// A mail address.
    MailAddress,
    /// A time zone by its name in the IANA database.
    Zone,
    /// Days of the week, at most six.
    Weekdays,
    /// Scheme, host and port of a web site.
    Origin,
    /// A list of origins.
    Origins,
    /// A list of IP addresses and networks.
    Networks,
}

impl Setting {
    /// The environment variable that sets it.
    pub fn variable(&self) -> String {
        format!(
            "{}{}",
            super::PREFIX,
            self.key.replace('.', "_").to_ascii_uppercase()
        )
    }

    /// Whether it may be left without a value.
    pub fn is_optional(&self) -> bool {
        self.default.is_empty()
    }

    /// Whether this text is one of its values.
    pub fn accepts(&self, text: &str) -> bool {
        (text.is_empty() && self.is_optional()) || self.kind.accepts(text)
    }

    /// The text as far as it may be shown.
    pub fn show(&self, text: &str) -> String {
        match self.shown {
            Shown::Whole => text.to_owned(),
            Shown::Never if text.is_empty() => String::new(),
            Shown::Never => "(hidden)".to_owned(),
            Shown::WithoutPassword => without_password(text),
        }
    }
}

impl Kind {
    /// What it takes, as the end of a sentence that begins "allowed: ".
    pub fn allowed(&self) -> String {
        match *self {
            Self::Whole { min, max, unit } => format!("a whole number from {min} to {max} ({unit})"),
            Self::Boolean => "true or false".to_owned(),
            Self::OneOf(words) => words.join(", "),
            Self::Text { min, max } => format!("a text of {min} to {max} characters on one line"),
            Self::Capitals { min, max } => format!("{min} to {max} capital letters (A-Z)"),
            Self::Address => "an IP address and a port, such as 127.0.0.1:8080 or [::1]:8080".to_owned(),
            Self::Path => "a path".to_owned(),
            Self::DatabaseUrl => {
                "sqlite://path/of/file.db, or postgres://user:password@host:5432/database".to_owned()
            }
            Self::MailUrl => "smtps://user:password@host:465, or smtp://user:password@host:587?tls=required; \
                              without TLS only to this machine itself"
                .to_owned(),
            Self::MailAddress => "a mail address, such as forum@example.org".to_owned(),
            Self::Zone => "a time zone of the IANA database, such as Asia/Karachi".to_owned(),
            Self::Weekdays => "days of the week separated by commas, at most six of them, such as saturday,sunday".to_owned(),
            Self::Origin => "scheme, host and perhaps port, such as https://forum.example.org".to_owned(),
            Self::Origins => {
                "origins (scheme, host and perhaps port), such as https://app.example.org, separated by commas".to_owned()
            }
            Self::Networks => "IP addresses or networks, such as 10.0.0.0/8, separated by commas".to_owned(),
        }
    }

    /// A short name for the reference's table.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Whole { .. } => "number",
            Self::Boolean => "boolean",
            Self::OneOf(_) => "word",
            Self::Text { .. } | Self::Capitals { .. } => "text",
            Self::Address => "address",
            Self::Path => "path",
            Self::DatabaseUrl | Self::MailUrl => "URL",
            Self::MailAddress => "mail address",
            Self::Zone => "time zone",
            Self::Weekdays => "list of days",
            Self::Origin => "origin",
            Self::Origins | Self::Networks => "list",
        }
    }

    fn accepts(&self, text: &str) -> bool {
        match *self {
            Self::Whole { min, max, .. } => text
                .parse::<u64>()
                .is_ok_and(|number| (min..=max).contains(&number)),
            Self::Boolean => bool::from_text(text).is_some(),
            Self::OneOf(words) => words.contains(&text),
            Self::Text { min, max } => {
                (min..=max).contains(&text.chars().count()) && !text.chars().any(char::is_control)
            }
            Self::Capitals { min, max } => {
                (min..=max).contains(&text.len())
                    && text.bytes().all(|byte| byte.is_ascii_uppercase())
            }
            Self::Address => SocketAddr::from_text(text).is_some(),
            Self::Path => !text.is_empty() && !text.contains('\0'),
            Self::DatabaseUrl => is_database_url(text),
            Self::MailUrl => MailUrl::from_text(text).is_some(),
            Self::MailAddress => is_mail_address(text),
            Self::Zone => chrono_tz::Tz::from_text(text).is_some(),
            Self::Weekdays => Weekend::from_text(text).is_some(),
            Self::Origin => Origin::from_text(text).is_some(),
            Self::Origins => Vec::<Origin>::from_text(text).is_some(),
            Self::Networks => Vec::<IpNet>::from_text(text).is_some(),
        }
    }
}

fn is_database_url(text: &str) -> bool {
    let has_rest = |scheme: &str| {
        text.strip_prefix(scheme)
            .is_some_and(|rest| !rest.is_empty())
    };
    // Each connection of a pool would get an empty database of its own.
    let in_memory = text.contains(":memory:") || text.contains("mode=memory");
    !in_memory
        && ["sqlite://", "postgres://", "postgresql://"]
            .into_iter()
            .any(has_rest)
}

/// Whether the text could be a mail address; the mail server has the last
/// word. A name before the address is not taken: the forum's own is used.
fn is_mail_address(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, host)| {
        let plain = |part: &str| {
            !part.is_empty()
                && !part.contains('@')
                && part
                    .chars()
                    .all(|c| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"' | ','))
        };
        plain(local) && plain(host)
    })
}

/// A URL whose password is replaced.
fn without_password(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else {
        return text.to_owned();
    };
    // The authority ends before the path; a password may hold an `@` of its own.
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    // A password may also be given as a parameter, which PostgreSQL understands.
    let path = match path.split_once("password=") {
        Some((before, secret)) => {
            let after = secret.find('&').map_or("", |at| &secret[at..]);
            format!("{before}password=***{after}")
        }
        None => path.to_owned(),
    };
    match authority.rsplit_once('@') {
        Some((who, host)) => {
            let user = who.split_once(':').map_or(who, |(user, _)| user);
            let password = if who.contains(':') { ":***" } else { "" };
            format!("{scheme}://{user}{password}@{host}{path}")
        }
        None => format!("{scheme}://{authority}{path}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_shown_without_its_password() {
        assert_eq!(
            without_password("postgres://u:p@h:5432/d"),
            "postgres://u:***@h:5432/d"
        );
        assert_eq!(
            without_password("postgres://u:p@q@h/d"),
            "postgres://u:***@h/d"
        );
        assert_eq!(without_password("postgres://u@h/d"), "postgres://u@h/d");
        assert_eq!(
            without_password("sqlite://data/mukalma.db"),
            "sqlite://data/mukalma.db"
        );
        assert_eq!(
            without_password("postgres://h/d?user=u&password=p&sslmode=require"),
            "postgres://h/d?user=u&password=***&sslmode=require"
        );
    }

    #[test]
    fn a_mail_address_has_two_parts() {
        assert!(is_mail_address("forum@example.org"));
        for wrong in [
            "",
            "forum",
            "@example.org",
            "forum@",
            "a@b@c",
            "Forum <forum@example.org>",
            "a b@example.org",
        ] {
            assert!(!is_mail_address(wrong), "{wrong:?}");
        }
    }
}
