//! The few rows that a test about something else needs, and its times.

use chrono::{DateTime, Utc};
use domain::event::{EventKind, NewEvent, StreamName};
use domain::id::{CircleId, PersonaId, PostId, ThreadId};
use domain::people::Language;
use domain::thread::{ModerationStatus, Reuse};
use storage::account::NewCircle;
use storage::directory::Name;
use storage::post::NewPost;
use uuid::Uuid;

/// The moment so many seconds after the tests' beginning of time.
pub(super) fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_780_000_000 + seconds, 0).unwrap()
}

/// A small row that refers to nothing and has a unique code.
pub(super) fn circle(id: u128, code: &str) -> NewCircle {
    let name = Name {
        en: "A room".to_owned(),
        ur: "کمرہ".to_owned(),
    };
    NewCircle {
        id: CircleId(Uuid::from_u128(id)),
        code: code.to_owned(),
        name,
    }
}

/// A post that the database refuses: there is no such thread.
pub(super) fn post_in_no_thread(id: u128) -> NewPost {
    NewPost {
        id: PostId(Uuid::from_u128(id)),
        thread: ThreadId(Uuid::from_u128(id)),
        persona: PersonaId(Uuid::from_u128(id)),
        body: "Said".to_owned(),
        language: Language::En,
        status: ModerationStatus::Visible,
        reuse: Reuse::CountOnly,
        fingerprint: None,
        said: None,
    }
}

/// An event of a stream that says nothing else.
pub(super) fn event(stream: StreamName) -> NewEvent {
    NewEvent {
        stream,
        kind: EventKind::DirectoryChanged,
        thread: None,
        object: None,
    }
}
