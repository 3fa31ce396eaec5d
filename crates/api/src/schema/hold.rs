//! Why something is held.

use std::sync::Arc;

use async_graphql::SimpleObject;
use chrono::{DateTime, Utc};
use domain::moderation::Subject;
use forum::moderation::SeenHold;

use crate::schema::batch::Together;
use crate::schema::caller::{Caller, read};
use crate::schema::enums::HoldReason;
use crate::schema::scalar::Day;

/// Why a thread or a post is held, and by when moderators look at it.
#[derive(SimpleObject, Debug, Clone, Copy)]
#[graphql(serial)]
pub struct Hold {
    /// Why.
    pub reason: HoldReason,
    /// Since when it waits for a moderator; null where none is waited for.
    pub since: Option<DateTime<Utc>>,
    /// The last day on which moderators are not late; null where none is waited for.
    pub due_on: Option<Day>,
    /// From when on they are: the end of that day.
    pub due_at: Option<DateTime<Utc>>,
}

impl From<SeenHold> for Hold {
    fn from(SeenHold { reason, waits }: SeenHold) -> Self {
        let by = waits.map(|(_, by)| by);
        Self {
            reason: reason.into(),
            since: waits.map(|(since, _)| since),
            due_on: by.map(|by| Day(by.due_on)),
            due_at: by.map(|by| by.due_at),
        }
    }
}

/// Why those are held that are read together, of what is held among them.
pub(crate) type Holds = Together<Subject, Hold>;

/// Those of these that are held, each with whether it is.
pub(crate) fn held_among(all: impl IntoIterator<Item = (Subject, bool)>) -> Arc<Holds> {
    let held = all.into_iter().filter(|(_, held)| *held);
    Together::new(held.map(|(subject, _)| subject))
}

/// Why one of them is held, as the viewer is told.
pub(crate) async fn hold_of(
    caller: &Caller,
    holds: &Holds,
    subject: Subject,
) -> async_graphql::Result<Option<Hold>> {
    let load = async |subjects: &[Subject]| {
        let found = caller.forum.holds_of(&caller.viewer, subjects).await;
        let found = read(caller, found)?.into_iter();
        Ok(found.map(|(of, hold)| (of, hold.into())).collect())
    };
    Ok(holds.of(subject, load).await?.pop())
}
