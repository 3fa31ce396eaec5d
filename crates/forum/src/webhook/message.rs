//! What a message says: ids, kind, cursor and time, and of the thread what
//! everyone may read.

use chrono::{DateTime, SecondsFormat, Utc};
use domain::event::{Position, StreamName};
use domain::id::ThreadId;
use domain::webhook::{MessageKind, ObjectKind};
use serde_json::{Map, Value, json};
use storage::thread::Thread;
use storage::webhook::NewMessage;
use uuid::Uuid;

use crate::ports::Names;

/// The body of a message about a thread that is seen, or about none.
pub(super) fn body(names: &dyn Names, message: &NewMessage, thread: Option<&Thread>) -> String {
    let mut data = Map::new();
    if let Some(place) = message.place {
        let cursor = names.cursor(Position {
            stream: StreamName::Feed,
            epoch: place.epoch,
            pos: place.pos,
        });
        data.insert("cursor".to_owned(), cursor.into());
    }
    if let Some(thread) = thread {
        data.insert("thread".to_owned(), shown(names, thread));
    } else if let Some(id) = message.thread {
        let id = names.id(ObjectKind::Thread, Uuid::from(id));
        data.insert("thread".to_owned(), json!({ "id": id }));
    }
    if let Some(object) = message.object {
        let id = json!({ "id": names.id(message.object_kind, object) });
        match message.object_kind {
            ObjectKind::Thread => {}
            ObjectKind::Post => drop(data.insert("post".to_owned(), id)),
            ObjectKind::Response => drop(data.insert("response".to_owned(), id)),
        }
    }
    if message.kind == MessageKind::ContentRetracted {
        data.insert("duty".to_owned(), "DELETE".into());
    }
    whole(message.kind, message.at, data)
}

fn whole(kind: MessageKind, at: DateTime<Utc>, data: Map<String, Value>) -> String {
    json!({
        "type": kind.code(),
        "timestamp": at.to_rfc3339_opts(SecondsFormat::Micros, true),
        "data": data,
    })
    .to_string()
}

/// A thread as every reader of it sees it in a list, without its author.
fn shown(names: &dyn Names, thread: &Thread) -> Value {
    let id: ThreadId = thread.facts.id;
    json!({
        "id": names.id(ObjectKind::Thread, Uuid::from(id)),
        "reference": thread.reference,
        "kind": thread.facts.kind.code(),
        "title": thread.title,
        "state": thread.concern.map(|concern| concern.state.code()),
        "category": thread.category,
        "region": thread.region,
    })
}
