//! Who looks and acts: an actor, with what is needed to show him.

use chrono::{DateTime, Utc};
use domain::id::SessionId;
use domain::people::{Actor, Language};
use storage::audit_log::Audited;
use storage::partner::Client;
use storage::thread::Author;
use uuid::Uuid;

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
    /// When a sanction of his ends by itself: until then he stands as he does.
    pub curbed_until: Option<DateTime<Utc>>,
    /// The language he reads, where he chose one.
    pub language: Option<Language>,
    /// Whether a first thread of his was released before.
    pub trusted: bool,
    /// Whether he spoke here for so long that what he writes is not counted.
    pub established: bool,
    /// The partner app that acts, if one does.
    pub client: Option<Client>,
}

impl Viewer {
    /// Somebody without an account.
    pub fn visitor() -> Self {
        Self::default()
    }

    /// An act of his for the audit log, by the name of its mutation.
    pub(crate) fn audited(&self, act: &'static str) -> Audited {
        debug_assert!(crate::AUDITED.contains(&act), "{act} is not in the list");
        Audited::new(act, self.account)
    }

    /// Until when at most this is what he is: his session ends, or a sanction of
    /// his does.
    pub fn holds_until(&self) -> Option<DateTime<Utc>> {
        self.expires_at.into_iter().chain(self.curbed_until).min()
    }

    /// Whether whoever asks may only use trusted documents.
    pub fn only_trusted_documents(&self) -> bool {
        self.client.as_ref().is_some_and(|one| one.trusted_only)
    }

    /// The account and the app that act: whoever hears of a change of one of
    /// them looks anew.
    pub fn holders(&self) -> impl Iterator<Item = Uuid> + use<> {
        let client = self.through.as_ref().map(|one| one.client.0);
        self.account.map(Uuid::from).into_iter().chain(client)
    }
}

impl std::ops::Deref for Viewer {
    type Target = Actor;

    fn deref(&self) -> &Actor {
        &self.actor
    }
}
