//! How a socket ends.

use std::error::Error as _;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use futures_util::SinkExt as _;
use tokio_tungstenite::tungstenite::{self, error::ProtocolError};

use crate::message::Close;

/// Ends a socket, in words if there is somebody to hear them. The caller sets
/// the time this may take.
pub(crate) async fn farewell(mut socket: WebSocket, end: End) {
    match end {
        End::Closed { code, reason } => {
            tracing::debug!(code, "socket closed by us");
            say_why(&mut socket, code, reason).await;
            while let Some(Ok(_)) = socket.recv().await {}
        }
        End::Unreadable => {
            let close = Close::Invalid("Invalid message");
            tracing::debug!(code = close.code(), "socket closed by us");
            say_why(
                &mut socket,
                close.code(),
                Utf8Bytes::from_static(close.reason()),
            )
            .await;
            // Nothing can be read after what could not, so the client is only
            // left the time to read why.
            std::future::pending::<()>().await;
        }
        End::Left => {
            tracing::debug!("socket closed by the client");
            drop(socket.close().await);
        }
        End::Stalled => tracing::debug!("socket dropped: its reader stalled"),
    }
}

/// Says why the socket is closed. The caller then waits for the client's side
/// of the close: a connection that is dropped with words unread is reset, and
/// the client might never see why.
async fn say_why(socket: &mut WebSocket, code: u16, reason: Utf8Bytes) {
    drop(
        socket
            .send(Message::Close(Some(CloseFrame { code, reason })))
            .await,
    );
}

/// Why a socket ended.
pub(crate) enum End {
    Closed { code: u16, reason: Utf8Bytes },
    Unreadable,
    Left,
    Stalled,
}

impl From<Close> for End {
    fn from(close: Close) -> Self {
        Self::Closed {
            code: close.code(),
            reason: Utf8Bytes::from_static(close.reason()),
        }
    }
}

/// Whether the client said something that cannot be read, rather than went
/// away.
pub(crate) fn is_unreadable(error: &axum::Error) -> bool {
    match error.source().and_then(|cause| cause.downcast_ref()) {
        Some(tungstenite::Error::Protocol(error)) => {
            *error != ProtocolError::ResetWithoutClosingHandshake
        }
        Some(tungstenite::Error::Capacity(_) | tungstenite::Error::Utf8(_)) => true,
        _ => false,
    }
}
