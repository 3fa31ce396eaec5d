//! The messages of `graphql-transport-ws`.
//!
//! Source: PROTOCOL.md of enisdenjo/graphql-ws.

use std::borrow::Cow;
use std::fmt::Write as _;

use axum::extract::ws::Utf8Bytes;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio_tungstenite::tungstenite;
use tokio_tungstenite::tungstenite::protocol::frame::FrameHeader;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use crate::gate::OperationRequest;

/// What a message needs beside its text on its way to a client, in bytes.
pub(crate) const FRAME_HEADER: usize = 10;
/// Longest operation id, in bytes. Clients use numbers or UUIDs.
const LONGEST_ID: usize = 128;
/// Longest reason of a close frame, in bytes (RFC 6455, 5.5: 125 with the
/// code).
const LONGEST_REASON: usize = 123;

/// What a client says.
#[derive(Debug)]
pub(crate) enum Said {
    Init(Option<Box<RawValue>>),
    Ping(Option<Box<RawValue>>),
    Pong,
    Subscribe {
        id: Box<str>,
        request: OperationRequest,
    },
    Complete {
        id: Box<str>,
    },
}

/// Why a socket is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Close {
    Invalid(&'static str),
    Unauthorized,
    Forbidden,
    Subprotocol,
    InitTimeout,
    TooManyInits,
    Silent,
    Restart,
    Unavailable,
}

impl Close {
    pub(crate) fn code(self) -> u16 {
        match self {
            Self::Silent => 1001,
            Self::Restart => 1012,
            Self::Unavailable => 1013,
            Self::Invalid(_) => 4400,
            Self::Unauthorized => 4401,
            Self::Forbidden => 4403,
            Self::Subprotocol => 4406,
            Self::InitTimeout => 4408,
            Self::TooManyInits => 4429,
        }
    }

    pub(crate) fn reason(self) -> &'static str {
        match self {
            Self::Silent => "No answer to a ping",
            Self::Restart => "Service restart",
            Self::Unavailable => "Try again later",
            Self::Invalid(what) => what,
            Self::Unauthorized => "Unauthorized",
            Self::Forbidden => "Forbidden",
            Self::Subprotocol => "Subprotocol not acceptable",
            Self::InitTimeout => "Connection initialisation timeout",
            Self::TooManyInits => "Too many initialisation requests",
        }
    }
}

/// The close code of a second subscription under one id.
pub(crate) const DUPLICATE: u16 = 4409;

/// The reason that goes with [`DUPLICATE`].
pub(crate) fn duplicate_reason(id: &str) -> String {
    let reason = format!("Subscriber for {id} already exists");
    if reason.len() > LONGEST_REASON {
        return "Subscriber for this id already exists".to_owned();
    }
    reason
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    payload: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Operation {
    query: Option<String>,
    #[serde(rename = "documentId")]
    document_id: Option<String>,
    #[serde(rename = "operationName")]
    name: Option<String>,
    variables: Option<Box<RawValue>>,
    extensions: Option<Box<RawValue>>,
}

/// Reads a client's message, or says what is wrong with it.
pub(crate) fn parse(text: &str) -> Result<Said, Close> {
    let envelope: Envelope<'_> =
        serde_json::from_str(text).map_err(|_| Close::Invalid("Invalid message"))?;
    let payload = envelope.payload.filter(|payload| payload.get() != "null");
    let object = || match payload {
        Some(payload) if !is_object(payload) => {
            Err(Close::Invalid("The payload must be an object"))
        }
        payload => Ok(payload.map(ToOwned::to_owned)),
    };
    match &*envelope.kind {
        "connection_init" => Ok(Said::Init(object()?)),
        "ping" => Ok(Said::Ping(object()?)),
        "pong" => object().map(|_| Said::Pong),
        "subscribe" => {
            let id = operation_id(envelope.id)?;
            Ok(Said::Subscribe {
                id,
                request: operation(payload)?,
            })
        }
        "complete" => Ok(Said::Complete {
            id: operation_id(envelope.id)?,
        }),
        _ => Err(Close::Invalid("Unknown message type")),
    }
}

fn operation_id(id: Option<Cow<'_, str>>) -> Result<Box<str>, Close> {
    match id {
        Some(id) if !id.is_empty() && id.len() <= LONGEST_ID => Ok(id.into()),
        _ => Err(Close::Invalid("The id must be a text of 1 to 128 bytes")),
    }
}

fn operation(payload: Option<&RawValue>) -> Result<OperationRequest, Close> {
    const WRONG: Close = Close::Invalid("The payload must be an operation");
    let payload = payload.filter(|payload| is_object(payload)).ok_or(WRONG)?;
    let operation: Operation = serde_json::from_str(payload.get()).map_err(|_| WRONG)?;
    for part in [&operation.variables, &operation.extensions]
        .into_iter()
        .flatten()
    {
        if !is_object(part) {
            return Err(WRONG);
        }
    }
    let Operation {
        query, document_id, ..
    } = &operation;
    if query.is_none() && document_id.is_none() && operation.extensions.is_none() {
        return Err(WRONG);
    }
    Ok(OperationRequest {
        query: operation.query,
        document_id: operation.document_id,
        operation_name: operation.name,
        variables: operation.variables,
        extensions: operation.extensions,
    })
}

fn is_object(value: &RawValue) -> bool {
    value.get().starts_with('{')
}

/// A text as JSON, quotes included.
pub(crate) fn quoted(text: &str) -> Box<str> {
    serde_json::to_string(text).expect("a text is JSON").into()
}

/// The `error` payload of an operation above a socket's cap.
pub(crate) const TOO_MANY: &str = r#"[{"message":"Too many operations at once on this connection.","extensions":{"code":"RATE_LIMITED"}}]"#;
/// The errors of a subscription that is to go on after an event of another
/// stream.
pub(crate) const OTHER_STREAM: &str =
    r#"[{"message":"This cursor is of another stream.","extensions":{"code":"BAD_USER_INPUT"}}]"#;
/// The `error` payload while the event log is away.
pub(crate) const UNAVAILABLE: &str =
    r#"[{"message":"Try again later.","extensions":{"code":"UNAVAILABLE"}}]"#;
/// The `error` payload of an operation that broke down.
pub(crate) const INTERNAL: &str =
    r#"[{"message":"Something went wrong.","extensions":{"code":"INTERNAL"}}]"#;
/// The execution result that stands for one that is too large for a socket.
pub(crate) const TOO_LARGE: &str = r#"{"data":null,"errors":[{"message":"The answer is too large.","extensions":{"code":"QUERY_TOO_COMPLEX"}}]}"#;
/// The `connection_ack` message.
pub(crate) const ACK: &str = r#"{"type":"connection_ack"}"#;

pub(crate) fn pong(payload: Option<&RawValue>) -> String {
    match payload {
        None => r#"{"type":"pong"}"#.to_owned(),
        Some(payload) => format!(r#"{{"type":"pong","payload":{payload}}}"#),
    }
}

/// A ping that tells each operation's newest cursor. `id` is quoted already.
pub(crate) fn ping<'a>(cursors: impl Iterator<Item = (&'a str, String)>) -> String {
    let mut text = r#"{"type":"ping","payload":{"cursors":{"#.to_owned();
    for (index, (id, cursor)) in cursors.enumerate() {
        let comma = if index == 0 { "" } else { "," };
        write!(text, r#"{comma}{id}:"{cursor}""#).expect("writing to a string cannot fail");
    }
    text.push_str("}}}");
    text
}

/// `next` or `error` with a payload that is JSON already; `id` is quoted.
///
/// Fails if the payload is not UTF-8.
pub(crate) fn frame(
    kind: &str,
    id: &str,
    payload: &[u8],
) -> Result<Utf8Bytes, std::str::Utf8Error> {
    Utf8Bytes::try_from(parts(kind, id, payload).concat())
}

/// A message as [`frame`] makes it, as it goes over the wire: whole, and as a
/// server sends it unmasked (RFC 6455, 5.2).
pub(crate) fn wired(kind: &str, id: &str, payload: &[u8]) -> Result<Bytes, tungstenite::Error> {
    std::str::from_utf8(payload)?;
    let parts = parts(kind, id, payload);
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let header = FrameHeader {
        opcode: OpCode::Data(Data::Text),
        ..FrameHeader::default()
    };
    let mut message = Vec::with_capacity(length + FRAME_HEADER);
    header.format(length as u64, &mut message)?;
    for part in parts {
        message.extend_from_slice(part);
    }
    Ok(message.into())
}

fn parts<'a>(kind: &'a str, id: &'a str, payload: &'a [u8]) -> [&'a [u8]; 7] {
    [
        br#"{"id":"#,
        id.as_bytes(),
        br#","type":""#,
        kind.as_bytes(),
        br#"","payload":"#,
        payload,
        b"}",
    ]
}

/// `complete`; `id` is quoted.
pub(crate) fn complete(id: &str) -> Utf8Bytes {
    format!(r#"{{"id":{id},"type":"complete"}}"#).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_protocol_does_not_know_is_invalid() {
        for text in [
            "",
            "{",
            "[]",
            "null",
            "\"ping\"",
            r"{}",
            r#"{"type":1}"#,
            r#"{"type":"start"}"#,
            r#"{"type":"connection_ack"}"#,
            r#"{"type":"next","id":"1","payload":{}}"#,
            r#"{"type":"ping","type":"pong"}"#,
            r#"{"type":"ping","payload":[]}"#,
            r#"{"type":"pong","payload":1}"#,
            r#"{"type":"connection_init","payload":"token"}"#,
            r#"{"type":"complete"}"#,
            r#"{"type":"complete","id":""}"#,
            r#"{"type":"complete","id":1}"#,
            r#"{"type":"subscribe","payload":{"query":"{a}"}}"#,
            r#"{"type":"subscribe","id":"1"}"#,
            r#"{"type":"subscribe","id":"1","payload":null}"#,
            r#"{"type":"subscribe","id":"1","payload":[]}"#,
            r#"{"type":"subscribe","id":"1","payload":{}}"#,
            r#"{"type":"subscribe","id":"1","payload":{"query":1}}"#,
            r#"{"type":"subscribe","id":"1","payload":{"query":"{a}","variables":[]}}"#,
            r#"{"type":"subscribe","id":"1","payload":{"query":"{a}","extensions":1}}"#,
            r#"{"type":"subscribe","id":"1","payload":{"query":"{a}","operationName":1}}"#,
            r#"{"type":"subscribe","id":"1","payload":{"documentId":1}}"#,
        ] {
            let close = parse(text).expect_err(text);
            assert_eq!(close.code(), 4400, "{text}");
        }
        let long = format!(
            r#"{{"type":"complete","id":"{}"}}"#,
            "x".repeat(LONGEST_ID + 1)
        );
        assert_eq!(parse(&long).unwrap_err().code(), 4400);
    }

    #[test]
    fn nulls_stand_for_what_is_absent() {
        for text in [
            r#"{"type":"connection_init","payload":null}"#,
            r#"{"type":"ping"}"#,
            r#"{"type":"subscribe","id":"é","payload":{"query":"{a}","variables":null,"operationName":null,"extensions":null}}"#,
            r#"{"type":"subscribe","id":"1","payload":{"documentId":"a"}}"#,
            r#"{"type":"subscribe","id":"\u00e9","payload":{"extensions":{"persistedQuery":{}}},"more":1}"#,
        ] {
            parse(text).expect(text);
        }
    }

    #[test]
    fn an_id_comes_back_escaped() {
        let Ok(Said::Complete { id }) = parse(r#"{"type":"complete","id":"a\"\\\u0001"}"#) else {
            panic!("a complete message");
        };
        assert_eq!(
            complete(&quoted(&id)).as_str(),
            r#"{"id":"a\"\\\u0001","type":"complete"}"#
        );
    }

    #[test]
    fn a_reason_fits_into_a_close_frame() {
        assert_eq!(duplicate_reason("7"), "Subscriber for 7 already exists");
        assert!(duplicate_reason(&"é".repeat(60)).len() <= LONGEST_REASON);
    }
}
