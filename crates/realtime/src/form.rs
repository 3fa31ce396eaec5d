//! How what an operation says is written.

use std::sync::Arc;

use axum::extract::ws::Utf8Bytes;
use bytes::Bytes;

use crate::{event, message};

/// How an operation's words are written.
#[derive(Clone)]
pub(crate) enum Form {
    /// As messages of a websocket, under the operation's id, which is quoted.
    Message(Arc<str>),
    /// As server-sent events.
    Event,
}

impl Form {
    /// Tells apart frames of one payload. Quoted ids are never empty.
    pub(crate) fn key(&self) -> &str {
        match self {
            Self::Message(id) => id,
            Self::Event => "",
        }
    }

    /// An execution result; of an event, with the cursor to go on from.
    pub(crate) fn next(
        &self,
        payload: &[u8],
        cursor: impl FnOnce() -> Option<String>,
    ) -> Option<Utf8Bytes> {
        match self {
            Self::Message(id) => message::frame("next", id, payload).ok(),
            Self::Event => event::next(payload, cursor().as_deref()).ok(),
        }
    }

    /// An execution result as it goes over the wire of a websocket.
    pub(crate) fn wired(&self, payload: &[u8]) -> Option<Bytes> {
        match self {
            Self::Message(id) => message::wired("next", id, payload).ok(),
            Self::Event => None,
        }
    }

    pub(crate) fn refused(&self, errors: &[u8]) -> Option<Utf8Bytes> {
        match self {
            Self::Message(id) => message::frame("error", id, errors).ok(),
            Self::Event => event::refused(errors).ok(),
        }
    }

    pub(crate) fn complete(&self) -> Utf8Bytes {
        match self {
            Self::Message(id) => message::complete(id),
            Self::Event => Utf8Bytes::from_static(event::COMPLETE),
        }
    }
}
