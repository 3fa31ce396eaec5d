//! What the hub needs of the event log.

use async_trait::async_trait;
use domain::event::{Event, StreamHead, StreamName};

/// The log could not be read; the same question may be answered later.
#[derive(Debug, thiserror::Error)]
#[error("the event log cannot be read: {0}")]
pub struct LogError(#[source] Box<dyn std::error::Error + Send + Sync>);

impl LogError {
    /// An error with its cause. The cause is logged: it holds no content.
    pub fn new(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}

/// The event log as its readers see it.
#[async_trait]
pub trait Log: Send + Sync + 'static {
    /// How far a stream reaches; `None` before its first event.
    async fn head(&self, stream: StreamName) -> Result<Option<StreamHead>, LogError>;

    /// How far each of several streams reaches, leaving out those without an
    /// event. Asked each second for every stream that has subscribers, so a
    /// log with a way to ask for all at once should use it.
    async fn heads(
        &self,
        streams: &[StreamName],
    ) -> Result<Vec<(StreamName, StreamHead)>, LogError> {
        let mut heads = Vec::with_capacity(streams.len());
        for &stream in streams {
            heads.extend(self.head(stream).await?.map(|head| (stream, head)));
        }
        Ok(heads)
    }

    /// At most `limit` events after a position, oldest first.
    async fn events_after(
        &self,
        stream: StreamName,
        pos: i64,
        limit: u32,
    ) -> Result<Vec<Event>, LogError>;

    /// Waits for commits, and returns the streams they touched since the last
    /// call. A hint: it may say too much or too little. For one waiter.
    async fn touched(&self) -> Vec<StreamName>;
}
