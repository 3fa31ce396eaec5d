//! What is answered, in OAuth's words.

use axum::Json;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use forum::account::GivenToken;
use serde_json::json;

/// What is said of a client that did not prove who it is, whatever the reason.
pub(super) const UNKNOWN: &str = "The client is not known, or its secret is wrong.";

/// What is wrong, as RFC 6749, section 5.2, has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Code {
    InvalidRequest,
    InvalidClient,
    InvalidGrant,
    UnauthorizedClient,
    UnsupportedGrantType,
    InvalidScope,
}

impl Code {
    const fn word(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::InvalidScope => "invalid_scope",
        }
    }
}

/// Why there is no token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrong {
    /// What was asked, in words of the specification's and in a sentence.
    Asked(Code, &'static str),
    /// It was not asked by POST.
    Method,
    /// The body is too large.
    Size,
    /// The body did not come.
    Late,
    /// Too many attempts; so many seconds are to be waited.
    Busy(u64),
    /// The forum cannot tell now.
    Unavailable,
}

impl Wrong {
    pub(super) const fn of(code: Code, why: &'static str) -> Self {
        Self::Asked(code, why)
    }
}

/// Answers what went wrong.
pub(super) fn wrong(why: &Wrong) -> Response {
    // Of what RFC 6749 has no word for, the status says what it is.
    let (status, word, said) = match *why {
        Wrong::Asked(Code::InvalidClient, said) => {
            (StatusCode::UNAUTHORIZED, Code::InvalidClient.word(), said)
        }
        Wrong::Asked(code, said) => (StatusCode::BAD_REQUEST, code.word(), said),
        Wrong::Method => (
            StatusCode::METHOD_NOT_ALLOWED,
            "invalid_request",
            "Only POST is served here.",
        ),
        Wrong::Size => (
            StatusCode::PAYLOAD_TOO_LARGE,
            "invalid_request",
            "The body is too large.",
        ),
        Wrong::Late => (
            StatusCode::REQUEST_TIMEOUT,
            "invalid_request",
            "The body took too long.",
        ),
        Wrong::Busy(_) => (
            StatusCode::TOO_MANY_REQUESTS,
            "temporarily_unavailable",
            "Too many attempts; try again later.",
        ),
        Wrong::Unavailable => (
            StatusCode::SERVICE_UNAVAILABLE,
            "temporarily_unavailable",
            "The forum cannot answer now; try again later.",
        ),
    };
    let body = json!({ "error": word, "error_description": said });
    let mut response = (status, Json(body)).into_response();
    let headers = response.headers_mut();
    match *why {
        Wrong::Asked(Code::InvalidClient, _) => {
            let challenge = HeaderValue::from_static(r#"Basic realm="mukalma", charset="UTF-8""#);
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        Wrong::Method => {
            headers.insert(header::ALLOW, HeaderValue::from_static("POST"));
        }
        Wrong::Busy(seconds) => {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        Wrong::Asked(..) | Wrong::Size | Wrong::Late | Wrong::Unavailable => {}
    }
    not_to_be_kept(response)
}

/// Answers a token (RFC 6749, section 5.1).
pub(super) fn given(given: &GivenToken) -> Response {
    let mut body = json!({
        "access_token": given.token,
        "token_type": "Bearer",
        "expires_in": given.lasts.num_seconds(),
        "scope": given.scopes.to_string(),
    });
    if let Some(renewal) = &given.renewal {
        body["refresh_token"] = renewal.as_str().into();
    }
    not_to_be_kept(Json(body).into_response())
}

/// Answers that a token is good no more.
pub(super) fn revoked() -> Response {
    not_to_be_kept(Response::new(Body::empty()))
}

fn not_to_be_kept(mut response: Response) -> Response {
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (HeaderName::from_static("pragma"), "no-cache"),
    ] {
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
    response
}
