//! Letters on paper to agencies that do not answer here.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use domain::id::LetterId;
use door::directive::{On, cost, depends};
use forum::views::letter as view;

use crate::schema::caller::{Caller, read};
use crate::schema::directory::Agency;
use crate::schema::enums::LetterKind;
use crate::schema::global_id::{Kind, encode};
use crate::schema::scalar::Day;

/// A letter to an agency that does not answer here, and its reply: on paper,
/// recorded by a moderator. As visible as the concern; no clock runs for it.
#[derive(Debug, Clone)]
pub struct Letter(Arc<view::Letter>);

impl From<view::Letter> for Letter {
    fn from(letter: view::Letter) -> Self {
        Self(Arc::new(letter))
    }
}

impl Letter {
    /// The one with this id, if the viewer may see it.
    pub(crate) async fn seen(caller: &Caller, id: LetterId) -> async_graphql::Result<Option<Self>> {
        let found = caller.forum.recorded_letter(&caller.viewer, id).await;
        Ok(read(caller, found)?.map(Self::from))
    }
}

/// A letter to an agency that does not answer here, and its reply: on paper,
/// recorded by a moderator. As visible as the concern; no clock runs for it.
#[Object(serial)]
impl Letter {
    /// The id of this letter.
    #[graphql(directive = depends::apply(On::Thread))]
    pub(crate) async fn id(&self) -> ID {
        encode(Kind::Letter, self.0.id)
    }

    /// To whom it went.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn agency(&self, ctx: &Context<'_>) -> Option<Agency> {
        Agency::of(ctx, Some(self.0.agency))
    }

    /// What it was.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn kind(&self) -> LetterKind {
        self.0.kind.into()
    }

    /// The day on which it was sent.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn sent_on(&self) -> Day {
        Day(self.0.sent_on)
    }

    /// The day on which a reply came on paper; null while none did.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn reply_on(&self) -> Option<Day> {
        self.0.reply_on.map(Day)
    }

    /// What the reply says, in markdown, as a moderator recorded it.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn reply(&self) -> Option<&str> {
        self.0.reply.as_deref()
    }

    /// The same as sanitized HTML.
    #[graphql(directive = depends::apply(On::Thread), directive = cost::apply(2))]
    async fn reply_html(&self) -> Option<String> {
        self.0.reply.as_deref().map(forum::markdown::to_html)
    }

    /// When a moderator recorded that it was sent.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn recorded_at(&self) -> DateTime<Utc> {
        self.0.recorded_at
    }
}
