//! Why a request is not executed.

use async_graphql::ServerError;

use crate::fault::Fault;

/// Why an [`Ask`](super::Ask) is not executed.
#[derive(Debug)]
pub struct Refusal {
    /// What is wrong with what.
    pub about: About,
    /// At least one error, each with a code.
    pub errors: Vec<ServerError>,
}

/// What a [`Refusal`] is about. GraphQL over HTTP answers the two differently
/// to a client that accepts only `application/json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// This is no GraphQL request at all.
    Request,
    /// It is one, but its document, its operation or its variables are not
    /// acceptable.
    Document,
}

impl Refusal {
    /// A refusal with one error.
    pub fn one(about: About, fault: Fault, message: impl Into<String>) -> Self {
        Self {
            about,
            errors: vec![fault.at(message, Vec::new())],
        }
    }

    /// The fault of the first error.
    pub fn fault(&self) -> Fault {
        let first = self.errors.first().and_then(Fault::of);
        first.unwrap_or(Fault::Internal)
    }

    /// Everything that is wrong, in one line.
    pub fn reason(&self) -> String {
        let messages = self.errors.iter().map(|error| error.message.as_str());
        messages.collect::<Vec<_>>().join(" ")
    }

    pub(super) fn document(errors: Vec<ServerError>) -> Self {
        let about = About::Document;
        Self { about, errors }
    }
}

/// The refusal of what does not fit the schema. Where nothing is to be learned
/// of it, the errors are all alike: also the names of arguments, types and
/// values stand in them.
pub(super) fn unfit(mut errors: Vec<ServerError>, hints: bool) -> Refusal {
    if !hints {
        let bad = |error: &ServerError| Fault::of(error) == Some(Fault::BadUserInput);
        if errors.iter().any(bad) {
            let message = "The document or its variables do not fit the schema.";
            errors = vec![Fault::BadUserInput.at(message, Vec::new())];
        }
    }
    Refusal::document(errors)
}
