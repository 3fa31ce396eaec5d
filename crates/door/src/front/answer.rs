//! Answers, written once into one buffer.

use std::fmt;
use std::io::Write as _;

use async_graphql::{ServerError, Value};
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http_body_util::BodyExt as _;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::Turned;
use super::accept::Media;
use crate::budget::Standing;
use crate::document::{About, Refusal};
use crate::fault::{Fault, finish};

/// A request error: no `data` (GraphQL, section 7.1).
#[derive(Serialize)]
struct Errors<'a> {
    errors: &'a [ServerError],
}

/// What was executed, or what was refused in place of execution.
pub(super) fn executed(media: Media, mut response: async_graphql::Response) -> Response {
    finish(&mut response);
    let refused = response.data == Value::Null
        && !response.errors.is_empty()
        && response.errors.iter().all(|error| error.path.is_empty());
    if refused {
        let refusal = Refusal {
            about: About::Request,
            errors: response.errors,
        };
        let mut answer = refuse(media, &refusal, refusal.fault().status());
        answer.headers_mut().extend(response.http_headers);
        return answer;
    }
    let mut answer = json(StatusCode::OK, media, &response);
    answer.headers_mut().extend(response.http_headers);
    answer
}

/// An answer that was kept from before, as JSON.
pub(super) fn kept(media: Media, answer: bytes::Bytes) -> Response {
    respond(StatusCode::OK, media, Body::from(answer))
}

/// A request that is not executed.
pub fn refused(media: Media, refusal: &Refusal, status: StatusCode) -> Response {
    refuse(media, refusal, status)
}

/// Turns somebody away before his request is read.
pub fn turned(media: Media, turned: Turned) -> Response {
    match turned {
        Turned::Fault(fault) => {
            let refusal = Refusal::one(About::Request, fault, fault.message());
            let mut response = refuse(media, &refusal, fault.status());
            if fault == Fault::Unauthenticated {
                // Something was presented, and is not good (RFC 6750, section 3).
                let challenge = HeaderValue::from_static(r#"Bearer error="invalid_token""#);
                let headers = response.headers_mut();
                headers.insert(header::WWW_AUTHENTICATE, challenge);
            }
            response
        }
        Turned::Over(over) => {
            let fault = Fault::RateLimited;
            let refusal = Refusal::one(About::Request, fault, over.message());
            let mut response = refuse(media, &refusal, fault.status());
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, over.retry_after.into());
            response
        }
    }
}

/// What is no GraphQL request.
pub fn malformed(status: StatusCode, media: Media, message: &str) -> Response {
    let refusal = Refusal::one(About::Request, Fault::BadUserInput, message);
    refuse(media, &refusal, status)
}

/// Says which methods are served.
pub fn allow(mut response: Response, methods: &'static str) -> Response {
    let methods = HeaderValue::from_static(methods);
    response.headers_mut().insert(header::ALLOW, methods);
    response
}

/// A read, with a tag of what it says; without a body where the client has just
/// that (RFC 9110, sections 8.8.3 and 13.1.2). The tag is weak: compressed or
/// not, it is the same.
pub(super) async fn tagged(asked: &HeaderMap, response: Response) -> Response {
    if response.status() != StatusCode::OK {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(body) = body.collect().await else {
        return Response::from_parts(parts, Body::empty());
    };
    let body = body.to_bytes();
    let tag = format!(
        "\"{}\"",
        URL_SAFE_NO_PAD.encode(&Sha256::digest(&body)[..18])
    );
    let has = asked.get_all(header::IF_NONE_MATCH).iter();
    let has = has.filter_map(|value| value.to_str().ok());
    let mut has = has.flat_map(|value| value.split(',')).map(str::trim);
    let same = has.any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag);
    if let Ok(value) = HeaderValue::try_from(format!("W/{tag}")) {
        parts.headers.insert(header::ETAG, value);
    }
    if !same {
        return Response::from_parts(parts, Body::from(body));
    }
    parts.status = StatusCode::NOT_MODIFIED;
    parts.headers.remove(header::CONTENT_TYPE);
    Response::from_parts(parts, Body::empty())
}

/// How a budget is told (draft-ietf-httpapi-ratelimit-headers: its policy's
/// name, quota and window; what remains, and in how many seconds all does).
pub fn tell_standing(headers: &mut HeaderMap, stands: &Standing) {
    let Standing { policy, .. } = stands;
    let (limit, window) = (stands.limit, stands.window);
    let (remaining, reset) = (stands.remaining, stands.reset);
    for (name, value) in [
        (
            POLICY,
            brief(format_args!("\"{policy}\";q={limit};w={window}")),
        ),
        (
            LIMIT,
            brief(format_args!("\"{policy}\";r={remaining};t={reset}")),
        ),
    ] {
        if let Some(value) = value {
            headers.insert(name, value);
        }
    }
}

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// A short value of a header field.
fn brief(value: fmt::Arguments<'_>) -> Option<HeaderValue> {
    let mut bytes = [0; 64];
    let mut free = bytes.as_mut_slice();
    free.write_fmt(value).ok()?;
    let left = free.len();
    HeaderValue::from_bytes(&bytes[..bytes.len() - left]).ok()
}

fn refuse(media: Media, refusal: &Refusal, status: StatusCode) -> Response {
    let errors = &refusal.errors;
    let mut answer = json(status, media, &Errors { errors });
    if status == StatusCode::UNAUTHORIZED {
        // RFC 9110, section 11.6.1: a 401 names the scheme; and RFC 6750, section 3, has
        // it say something more.
        let scheme = HeaderValue::from_static(r#"Bearer realm="mukalma""#);
        answer
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, scheme);
    }
    answer
}

fn json(status: StatusCode, media: Media, body: &impl Serialize) -> Response {
    let mut buffer = Vec::with_capacity(4 * 1024);
    let status = match serde_json::to_writer(&mut buffer, body) {
        Ok(()) => status,
        Err(error) => {
            tracing::error!(%error, "an answer cannot be written as JSON");
            buffer.clear();
            buffer.extend_from_slice(
                br#"{"errors":[{"message":"Something went wrong on our side.","extensions":{"code":"INTERNAL"}}]}"#,
            );
            StatusCode::INTERNAL_SERVER_ERROR
        }
    };
    respond(status, media, Body::from(buffer))
}

fn respond(status: StatusCode, media: Media, body: Body) -> Response {
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, media.content_type()),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::VARY, "accept, origin, authorization, cookie"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    answer
}
