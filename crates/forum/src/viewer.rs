//! Who looks and acts: an actor, with what is needed to show him.

use chrono::{DateTime, Utc};
use domain::id::SessionId;
use domain::people::{Actor, Language};
use storage::thread::Author;

/// Somebody at the door, signed in or not.
#[derive(Debug, Clone, Default)]
pub struct Viewer {
    /// What policy decides on.
    pub actor: Actor,
    /// The persona he speaks as, as others see it.
    pub author: Option<Author>,
    /// His session.
    pub session: Option<SessionId>,
    /// When the session ends by itself.
    pub expires_at: Option<DateTime<Utc>>,
    /// The language he reads, where he chose one.
    pub language: Option<Language>,
    /// Whether a first thread of his was released before.
    pub trusted: bool,
    /// Whether whoever asks for him may only use trusted documents.
    pub only_trusted_documents: bool,
}

impl Viewer {
    /// Somebody without an account.
    pub fn visitor() -> Self {
        Self::default()
    }
}

impl std::ops::Deref for Viewer {
    type Target = Actor;

    fn deref(&self) -> &Actor {
        &self.actor
    }
}
