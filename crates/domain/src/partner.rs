//! Partner apps: whose they are, and what a token of theirs is good for.

mod redirect;

pub use redirect::{NotARedirect, RedirectUri};

use crate::code::codes;
use crate::id::ClientId;

codes! {
    /// What a token is good for (RFC 6749, section 3.3). A scope only ever
    /// narrows what the policy gives to the one an app acts for.
    pub enum AccessScope {
        /// To read threads and posts.
        ThreadsRead = "threads:read",
        /// To begin threads and speak in them, for a person who allowed it.
        ThreadsWrite = "threads:write",
        /// To be told of what happens in threads, as it happens.
        EventsRead = "events:read",
        /// To read statistics.
        StatsRead = "stats:read",
    }
}

/// Some scopes, each once, in the order of their declaration.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct AccessScopes(Vec<AccessScope>);

impl AccessScopes {
    /// Whether this scope is among them.
    pub fn hold(&self, scope: AccessScope) -> bool {
        self.0.contains(&scope)
    }

    /// Whether all of those are among these.
    pub fn hold_all(&self, those: &Self) -> bool {
        those.0.iter().all(|one| self.hold(*one))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = AccessScope> + '_ {
        self.0.iter().copied()
    }
}

impl FromIterator<AccessScope> for AccessScopes {
    fn from_iter<I: IntoIterator<Item = AccessScope>>(scopes: I) -> Self {
        let mut scopes: Vec<_> = scopes.into_iter().collect();
        scopes.sort_unstable();
        scopes.dedup();
        Self(scopes)
    }
}

/// As RFC 6749 writes them: with one space between two.
impl std::fmt::Display for AccessScopes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (at, scope) in self.0.iter().enumerate() {
            let space = if at == 0 { "" } else { " " };
            write!(f, "{space}{scope}")?;
        }
        Ok(())
    }
}

impl std::str::FromStr for AccessScopes {
    type Err = crate::UnknownCode;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let words = text.split(' ').filter(|word| !word.is_empty());
        words.map(str::parse::<AccessScope>).collect()
    }
}

/// Through what somebody acts who does not act himself.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Through {
    /// The app.
    pub client: ClientId,
    /// What its token is good for.
    pub scopes: AccessScopes,
}

#[cfg(test)]
mod tests {
    use super::{AccessScope, AccessScopes};

    #[test]
    fn scopes_read_back_as_they_are_written() {
        let text = "events:read  threads:read events:read";
        let scopes: AccessScopes = text.parse().unwrap();
        assert_eq!(scopes.to_string(), "threads:read events:read");
        assert_eq!(scopes.to_string().parse(), Ok(scopes));
        assert!("".parse::<AccessScopes>().unwrap().is_empty());
        assert!("threads:all".parse::<AccessScopes>().is_err());
    }

    #[test]
    fn some_scopes_hold_fewer_and_no_more() {
        let all: AccessScopes = AccessScope::ALL.iter().copied().collect();
        let one: AccessScopes = [AccessScope::StatsRead].into_iter().collect();
        assert!(all.hold_all(&one) && !one.hold_all(&all));
        assert!(one.hold_all(&AccessScopes::default()));
    }
}
