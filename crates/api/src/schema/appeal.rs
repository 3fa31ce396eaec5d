//! Appeals against acts of moderation.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::id::AppealId;
use door::directive::{On, cost, depends};
use door::fault::Fault;
use forum::moderation::SeenAppeal;
use forum::views::appeal as view;

use crate::schema::caller::{Caller, caller, read};
use crate::schema::connection::connection;
use crate::schema::enums::AppealOutcome;
use crate::schema::global_id::{Kind, encode};
use crate::schema::modlog::ModlogEntry;
use crate::schema::page::{List, Page, Paging, Place, seal, slice};
use crate::schema::scalar::Day;

/// A text as it stood before something was struck out of it.
#[derive(SimpleObject, Debug, Clone)]
#[graphql(serial)]
pub struct SealedOriginal {
    /// Of a thread, its title.
    pub title: Option<String>,
    /// The text, in markdown.
    pub body: String,
}

/// What an author asks others to look at again. For him, and for moderators who
/// see what it is about.
#[derive(Debug, Clone)]
pub struct Appeal {
    seen: Arc<SeenAppeal>,
    /// Whether it was read by itself.
    alone: bool,
}

impl Appeal {
    /// The one with this id, if the viewer may see it.
    pub(crate) async fn seen(caller: &Caller, id: AppealId) -> async_graphql::Result<Option<Self>> {
        let found = read(caller, caller.forum.appeal(&caller.viewer, id).await)?;
        Ok(found.map(|seen| Self {
            seen: Arc::new(seen),
            alone: true,
        }))
    }
}

/// What an author asks others to look at again. For him, and for moderators who
/// see what it is about.
#[Object(serial)]
impl Appeal {
    /// The id of this appeal.
    pub(crate) async fn id(&self) -> ID {
        encode(Kind::Appeal, self.seen.appeal.id)
    }

    /// What it is against.
    async fn entry(&self) -> ModlogEntry {
        self.seen.entry.clone().into()
    }

    /// Why it was wrong, in the author's words.
    async fn text(&self) -> &str {
        &self.seen.appeal.body
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.seen.appeal.created_at
    }

    /// The last day on which a decision is not late.
    async fn due_on(&self) -> Day {
        Day(self.seen.appeal.due_on)
    }

    /// Whether the decision is late, or was.
    async fn is_overdue(&self) -> bool {
        self.seen.overdue
    }

    /// What was decided; null while it waits.
    async fn outcome(&self) -> Option<AppealOutcome> {
        self.seen.appeal.outcome.map(Into::into)
    }

    /// Why, in words for the author.
    async fn outcome_text(&self) -> Option<&str> {
        self.seen.appeal.reason.as_deref()
    }

    /// The number by which the record knows the moderator who decided; null where
    /// not everyone may read the thread.
    async fn decided_by(&self) -> Option<i64> {
        let public = self.seen.entry.at.is_some();
        self.seen.appeal.decider.filter(|_| public)
    }

    /// When it was decided on.
    async fn decided_at(&self) -> Option<DateTime<Utc>> {
        self.seen.appeal.decided_at
    }

    /// The text as it stood before what the appeal is against was struck out of
    /// it, until it is destroyed: for its author and for whoever may decide, one
    /// appeal at a time. That a moderator read it is written into the audit log.
    #[graphql(directive = cost::apply(10))]
    async fn original(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<SealedOriginal>> {
        if !self.alone {
            let why = "Read what was struck out one appeal at a time.";
            return Err(Fault::BadUserInput.because(why));
        }
        let caller = caller(ctx);
        let found = caller.forum.original(&caller.viewer, &self.seen).await;
        Ok(read(caller, found)?.map(|found| SealedOriginal {
            title: found.title,
            body: found.body,
        }))
    }

    /// Whether the viewer may decide on it: neither on his own acts and what he agreed
    /// to, nor on what he or somebody of his own organization wrote.
    async fn viewer_can_decide(&self) -> bool {
        self.seen.may_decide
    }
}

/// What the appeals that wait are counted by.
#[derive(Debug, Clone, Copy)]
pub struct AppealTotal;

impl AppealTotal {
    async fn count(&self, caller: &Caller) -> async_graphql::Result<i64> {
        read(caller, caller.forum.appeal_count(&caller.viewer).await)
    }
}

connection! {
    /// Appeals that wait for a decision.
    AppealConnection, AppealEdge, Appeal, AppealTotal
}

impl AppealConnection {
    /// A page of those that wait, the oldest first.
    pub(crate) async fn read(ctx: &Context<'_>, paging: &Paging) -> async_graphql::Result<Self> {
        let caller = caller(ctx);
        let window = paging.check(List::Appeals)?;
        let slice = slice(window, false, |place| view::AppealPlace {
            micros: place.micros,
            id: place.id,
        });
        let rows = caller.forum.appeals(&caller.viewer, slice).await;
        let cut = Page::cut(read(caller, rows)?, window, |one| {
            let place = Place {
                micros: one.appeal.created_at.timestamp_micros(),
                id: one.appeal.id.into(),
            };
            seal(List::Appeals, place)
        });
        let items = cut.items.into_iter().map(|(at, seen)| {
            let seen = Arc::new(seen);
            (at, Appeal { seen, alone: false })
        });
        Ok(Self::new(items.collect(), cut.info, AppealTotal))
    }
}
