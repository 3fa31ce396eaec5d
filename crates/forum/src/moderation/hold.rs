//! Why something is held, told to its author and to moderators.

use chrono::{DateTime, Utc};
use domain::moderation::{Hold, HoldReason, Subject};
use domain::policy::{self, Action};
use storage::hold::Held;

use super::LookBy;
use crate::{Error, Forum, Viewer};

/// Why something is held, and by when moderators look at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeenHold {
    /// Why.
    pub reason: HoldReason,
    /// Since when it waits for them, and by when they look; none where they are
    /// not waited for.
    pub waits: Option<(DateTime<Utc>, LookBy)>,
}

impl Forum {
    /// Why threads' own texts, and posts, are held, as far as they are: for their
    /// authors and whoever may moderate them; for others nothing. One statement
    /// for threads and one for posts, whatever their number.
    pub async fn holds_of(
        &self,
        viewer: &Viewer,
        subjects: &[Subject],
    ) -> Result<Vec<(Subject, SeenHold)>, Error> {
        if subjects.is_empty() {
            return Ok(Vec::new());
        }
        let found = self.store.read().held(&viewer.actor, subjects).await?;
        let calendar = self.calendar(&self.directory())?;
        let told = found.into_iter().filter(|one| is_told(viewer, one));
        let of = |one: Held| {
            let Hold { reason, since } = one.traces.hold();
            let waits = since.map(|since| (since, self.look_by(&calendar, since)));
            (one.subject(), SeenHold { reason, waits })
        };
        Ok(told.map(of).collect())
    }
}

/// Whether somebody is told why something was done to it.
fn is_told(viewer: &Viewer, held: &Held) -> bool {
    let action = Action::ViewReasons(&held.facts, held.post.as_ref());
    policy::decide(&viewer.actor, &action).is_ok()
}
