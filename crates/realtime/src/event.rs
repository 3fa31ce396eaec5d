//! The events of `graphql-sse` in its distinct connections mode.
//!
//! Source: PROTOCOL.md of enisdenjo/graphql-sse, and the HTML standard, "Server-
//! sent events". A payload is JSON on one line: within texts, ends of lines are
//! escaped.

use std::str::Utf8Error;

use axum::extract::ws::Utf8Bytes;

/// Nothing follows. With empty data, or a browser would pass over it.
pub(crate) const COMPLETE: &str = "event: complete\ndata:\n\n";

/// A comment, so that nobody on the way takes the connection for dead.
pub(crate) const KEEPALIVE: &str = ":\n\n";

/// An execution result, with the cursor that `Last-Event-ID` then brings back.
///
/// Fails if the payload is not UTF-8.
pub(crate) fn next(payload: &[u8], cursor: Option<&str>) -> Result<Utf8Bytes, Utf8Error> {
    let (before, cursor) = match cursor {
        Some(cursor) => ("\nid: ", cursor),
        None => ("", ""),
    };
    let parts: [&[u8]; 6] = [
        b"event: next",
        before.as_bytes(),
        cursor.as_bytes(),
        b"\ndata: ",
        payload,
        b"\n\n",
    ];
    Utf8Bytes::try_from(parts.concat())
}

/// What was wrong with an operation, which ends with it; `errors` is a JSON
/// array.
///
/// Fails if the errors are not UTF-8.
pub(crate) fn refused(errors: &[u8]) -> Result<Utf8Bytes, Utf8Error> {
    let result = [br#"{"errors":"#, errors, b"}"].concat();
    let parts = [next(&result, None)?.as_str(), COMPLETE].concat();
    Ok(parts.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_is_one_event() {
        let next = |cursor| next(br#"{"data":{}}"#, cursor).expect("JSON");
        assert_eq!(
            next(Some("c-1")).as_str(),
            "event: next\nid: c-1\ndata: {\"data\":{}}\n\n"
        );
        assert_eq!(next(None).as_str(), "event: next\ndata: {\"data\":{}}\n\n");
        assert_eq!(
            refused(b"[]").expect("JSON").as_str(),
            "event: next\ndata: {\"errors\":[]}\n\nevent: complete\ndata:\n\n"
        );
    }
}
