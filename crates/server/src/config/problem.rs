//! What can be wrong with a configuration, in words that say what to do.

use miette::Diagnostic;

/// A configuration that cannot be used, with everything that is wrong.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("the configuration cannot be used")]
#[diagnostic(help("`mukalma config reference` describes every setting"))]
pub struct ConfigError {
    /// What is wrong; at least one.
    #[related]
    pub problems: Vec<Problem>,
}

/// One thing that is wrong with a configuration.
#[derive(Debug, thiserror::Error, Diagnostic, PartialEq, Eq)]
#[error("{message}")]
pub struct Problem {
    /// What is wrong, and where it was said.
    pub message: String,
    /// What is allowed, or what to do.
    #[help]
    pub help: String,
}

impl Problem {
    /// A value that its setting does not take.
    pub(super) fn wrong(key: &str, shown: &str, origin: &str, allowed: &str) -> Self {
        Self {
            message: format!("{key} cannot be `{shown}` ({origin})"),
            help: format!("allowed: {allowed}"),
        }
    }

    /// A name that no setting has.
    pub(super) fn unknown(name: &str, origin: &str, closest: Option<&str>) -> Self {
        Self {
            message: format!("there is no setting {name} ({origin})"),
            help: match closest {
                Some(closest) => format!("the closest is {closest}"),
                None => "remove it, or see `mukalma config reference`".to_owned(),
            },
        }
    }

    /// A source that cannot be read.
    pub(super) fn unreadable(source: &str, reason: &str) -> Self {
        Self {
            message: format!("{source} cannot be read"),
            help: reason.to_owned(),
        }
    }

    /// Settings that do not go together.
    pub(super) fn contradiction(message: &str, help: &str) -> Self {
        Self {
            message: message.to_owned(),
            help: help.to_owned(),
        }
    }
}

/// The candidate that is most like a mistyped name, if one is like it at all.
pub(super) fn closest<'a>(
    name: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    /// Below this, a suggestion would be a guess.
    const ALIKE: f64 = 0.8;
    candidates
        .map(|candidate| (strsim::jaro_winkler(name, candidate), candidate))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| candidate)
}
