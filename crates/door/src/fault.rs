//! The one place that knows the codes of top-level errors.
//!
//! What a person can cause is a `userError` in a payload. A top-level error is
//! the client's fault or ours, and its `extensions.code` is one of
//! [`Fault::ALL`]; a code from anywhere else is a bug, and [`finish`] turns it
//! into `INTERNAL` before it leaves.

use async_graphql::{Error, ErrorExtensionValues, Pos, Response, ServerError, Value};
use axum::http::StatusCode;

/// Why a request, or a part of it, was not served.
///
/// Deliberately not [`std::fmt::Display`]: async-graphql turns everything that
/// can be displayed into an error without a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// Nobody is signed in, or the token is unknown, ended or revoked.
    Unauthenticated,
    /// The caller is known and may not do this.
    Forbidden,
    /// The object does not exist, or the caller may not know that it does.
    NotFound,
    /// The request is not one we can read: syntax, types, variables, media.
    BadUserInput,
    /// The caller has spent its budget.
    RateLimited,
    /// The document asks for more than one request may.
    QueryTooComplex,
    /// The hash of a persisted query is not known here; send the text too.
    PersistedQueryNotFound,
    /// Something we depend on does not answer; trying again later may help.
    Unavailable,
    /// A defect of ours.
    Internal,
}

impl Fault {
    /// Every fault there is, in the order of `docs/api`.
    pub const ALL: [Self; 9] = [
        Self::Unauthenticated,
        Self::Forbidden,
        Self::NotFound,
        Self::BadUserInput,
        Self::RateLimited,
        Self::QueryTooComplex,
        Self::PersistedQueryNotFound,
        Self::Unavailable,
        Self::Internal,
    ];

    /// The value of `extensions.code`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden => "FORBIDDEN",
            Self::NotFound => "NOT_FOUND",
            Self::BadUserInput => "BAD_USER_INPUT",
            Self::RateLimited => "RATE_LIMITED",
            Self::QueryTooComplex => "QUERY_TOO_COMPLEX",
            Self::PersistedQueryNotFound => "PERSISTED_QUERY_NOT_FOUND",
            Self::Unavailable => "UNAVAILABLE",
            Self::Internal => "INTERNAL",
        }
    }

    /// The fault of a code, if it is one of ours.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fault| fault.code() == code)
    }

    /// The HTTP status of a response that consists of this fault alone.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::BadUserInput | Self::QueryTooComplex | Self::PersistedQueryNotFound => {
                StatusCode::BAD_REQUEST
            }
            Self::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What to say when there is nothing more exact to say.
    pub const fn message(self) -> &'static str {
        match self {
            Self::Unauthenticated => "Sign in first.",
            Self::Forbidden => "You may not do this.",
            Self::NotFound => "There is no such thing.",
            Self::BadUserInput => "The request cannot be read.",
            Self::RateLimited => "Too many requests; try again later.",
            Self::QueryTooComplex => "The document asks for too much at once.",
            Self::PersistedQueryNotFound => {
                "No document with this hash is known; send its text along."
            }
            Self::Unavailable => "The service cannot answer now; try again later.",
            Self::Internal => "Something went wrong on our side.",
        }
    }

    /// This fault as a resolver's error, with its own message.
    pub fn because(self, message: impl Into<String>) -> Error {
        Error {
            message: message.into(),
            source: None,
            extensions: Some(self.extensions()),
        }
    }

    /// This fault as an error of the whole request, with its own message and
    /// the places in the document that it is about.
    pub fn at(self, message: impl Into<String>, locations: Vec<Pos>) -> ServerError {
        let mut error = ServerError::new(message, None);
        error.locations = locations;
        error.extensions = Some(self.extensions());
        error
    }

    /// The fault that an error carries.
    pub fn of(error: &ServerError) -> Option<Self> {
        match error.extensions.as_ref()?.get("code")? {
            Value::String(code) => Self::from_code(code),
            _ => None,
        }
    }

    fn extensions(self) -> ErrorExtensionValues {
        let mut extensions = ErrorExtensionValues::default();
        extensions.set("code", self.code());
        extensions
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        fault.because(fault.message())
    }
}

impl From<Fault> for ServerError {
    fn from(fault: Fault) -> Self {
        fault.at(fault.message(), Vec::new())
    }
}

/// Gives every error of a response a code of ours.
///
/// An error without a code and without a path is about the document, and keeps
/// its message. An error without a code below a field is a value that a scalar
/// would not read, which is the client's; or else a defect, whose message may
/// say anything and therefore stays here.
pub fn finish(response: &mut Response) {
    finish_errors(&mut response.errors);
}

/// [`finish`] for errors that are not in a response yet.
pub fn finish_errors(errors: &mut [ServerError]) {
    for error in errors {
        if Fault::of(error).is_some() {
            continue;
        }
        let coded = error
            .extensions
            .as_ref()
            .is_some_and(|extensions| extensions.get("code").is_some());
        let fault = if !coded && (error.path.is_empty() || is_unreadable_value(error)) {
            Fault::BadUserInput
        } else {
            tracing::error!(path = ?error.path, "an error without a known code reached the edge");
            fault_message(error);
            Fault::Internal
        };
        error
            .extensions
            .get_or_insert_default()
            .set("code", fault.code());
    }
}

fn fault_message(error: &mut ServerError) {
    Fault::Internal.message().clone_into(&mut error.message);
    error.source = None;
    error.extensions = None;
}

/// Whether async-graphql refused an argument's value. Those errors carry no
/// source and no code, only these beginnings (`InputValueError` in its source).
fn is_unreadable_value(error: &ServerError) -> bool {
    error.source.is_none()
        && (error.message.starts_with("Failed to parse \"")
            || error.message.starts_with("Expected input type \""))
}

#[cfg(test)]
mod tests {
    use async_graphql::PathSegment;

    use super::*;

    fn code(error: ServerError) -> (Option<Fault>, String) {
        let mut response = Response::from_errors(vec![error]);
        finish(&mut response);
        let error = response.errors.remove(0);
        (Fault::of(&error), error.message)
    }

    fn below(message: &str) -> ServerError {
        ServerError::new(message, None).with_path(vec![PathSegment::Field("thread".into())])
    }

    #[test]
    fn every_code_reads_back_as_its_fault() {
        for fault in Fault::ALL {
            assert_eq!(Fault::from_code(fault.code()), Some(fault));
            assert_eq!(Fault::of(&ServerError::from(fault)), Some(fault));
        }
    }

    #[test]
    fn an_error_about_the_document_keeps_its_message() {
        let error = ServerError::new("Unknown field \"x\"", None);
        assert_eq!(
            code(error),
            (Some(Fault::BadUserInput), "Unknown field \"x\"".into())
        );
    }

    #[test]
    fn a_value_that_a_scalar_would_not_read_is_the_clients() {
        let (fault, message) = code(below("Failed to parse \"DateTime\": no"));
        assert_eq!(fault, Some(Fault::BadUserInput));
        assert_eq!(message, "Failed to parse \"DateTime\": no");
    }

    #[test]
    fn a_defect_says_nothing_about_itself() {
        let (fault, message) = code(below("relation \"post\" does not exist"));
        assert_eq!(fault, Some(Fault::Internal));
        assert_eq!(message, Fault::Internal.message());
    }

    #[test]
    fn a_code_that_is_not_ours_becomes_internal() {
        let mut error = below("secret");
        error
            .extensions
            .get_or_insert_default()
            .set("code", "E_OOPS");
        let (fault, message) = code(error);
        assert_eq!(fault, Some(Fault::Internal));
        assert_eq!(message, Fault::Internal.message());
    }

    #[test]
    fn a_fault_keeps_its_code_through_a_resolver() {
        let error = Error::from(Fault::NotFound).into_server_error(Pos::default());
        assert_eq!(code(error).0, Some(Fault::NotFound));
    }
}
