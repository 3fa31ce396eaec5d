//! How the API names things to those who are told of them outside of it.

use std::sync::Arc;

use domain::event::Position;
use domain::webhook::ObjectKind;
use forum::ports::Names;
use realtime::Cursors;
use uuid::Uuid;

use crate::schema::global_id::{Kind, encode};

/// The names that the API itself gives: its ids, and its cursors.
#[derive(Debug, Clone)]
pub struct Outside(pub Arc<Cursors>);

impl Names for Outside {
    fn cursor(&self, position: Position) -> String {
        self.0.seal(position)
    }

    fn position(&self, cursor: &str) -> Option<Position> {
        self.0.open(cursor).ok()
    }

    fn id(&self, kind: ObjectKind, id: Uuid) -> String {
        let kind = match kind {
            ObjectKind::Thread => Kind::Thread,
            ObjectKind::Post => Kind::Post,
            ObjectKind::Response => Kind::Response,
        };
        encode(kind, id).to_string()
    }
}
