//! What is told to whoever chose some of what happens: a webhook, or somebody
//! who follows the feed.

use domain::event::Event;
use domain::policy::{self, Action};
use domain::webhook::{Filter, MessageKind};

use crate::error::Problems;
use crate::message::{CATEGORIES, REGIONS};
use crate::{Error, Forum, Problem, Viewer};

/// Whether an event is of a kind that a filter asks for.
pub fn wants_event(filter: &Filter, event: &Event) -> bool {
    MessageKind::of(event.kind).is_some_and(|kind| filter.wants_kind(kind))
}

impl Forum {
    /// Lets somebody follow the feed through a filter.
    pub async fn watch_feed(&self, viewer: &Viewer, filter: &Filter) -> Result<(), Error> {
        policy::decide(&viewer.actor, &Action::WatchFeed)?;
        let mut problems = Problems::default();
        self.check_filter(&mut problems, filter).await?;
        problems.none()
    }

    pub(super) async fn check_filter(
        &self,
        problems: &mut Problems,
        filter: &Filter,
    ) -> Result<(), Error> {
        let directory = self.directory();
        let chosen = filter.kinds.iter().all(|kind| kind.is_chosen());
        problems.require(
            chosen,
            "kinds",
            Problem::Invalid("messages of this kind come in any case"),
        );
        let code = filter.category.as_deref();
        let known = code.is_none_or(|code| directory.category(code).is_some());
        problems.require(known, "category", Problem::Unknown(CATEGORIES));
        let code = filter.region.as_deref();
        let known = code.is_none_or(|code| directory.region(code).is_some());
        problems.require(known, "region", Problem::Unknown(REGIONS));
        if let Some(thread) = filter.thread {
            // As for whoever is told of it: what he does not see is not there.
            let found = self.thread(&Viewer::visitor(), thread).await?;
            problems.require(found.is_some(), "threadId", Problem::NotFound);
        }
        Ok(())
    }
}
