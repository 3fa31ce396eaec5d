//! Webhooks, as those see them who manage them.

mod filter;
mod message;

pub use filter::FeedFilterInput;
pub use message::{
    MessageTotal, WebhookAttempt, WebhookFailure, WebhookMessage, WebhookMessageConnection,
    WebhookMessageEdge, WebhookMessageFilter, WebhookMessageKind, WebhookMessageState,
};

use async_graphql::{Context, Enum, ID, Object};
use chrono::{DateTime, Utc};
use domain::id::WebhookId;
use domain::webhook::MessageState;
use door::directive::{cost, list_size, names, page};
use forum::webhook as view;

use crate::names::Outside;
use crate::schema::caller::{Caller, caller, read};
use crate::schema::directory::Organization;
use crate::schema::enums::{ThreadKind, mirror};
use crate::schema::global_id::{Kind, encode, expect};
use crate::schema::page::{List, Page, Paging, Place, seal, slice};

mirror! {
    /// Whether a webhook is told anything.
    WebhookState of domain::webhook::WebhookState {
        /// It is told what happens.
        Active,
        /// It rests; what happens meanwhile is told when it goes on. A webhook
        /// that answers 410 is paused by itself.
        Paused,
    }
}

/// An address of an organization's that is told what happens.
#[derive(Debug, Clone)]
pub struct Webhook(pub view::Webhook);

impl Webhook {
    /// The one with this id, if the caller manages it.
    pub(crate) async fn seen(
        caller: &Caller,
        id: WebhookId,
    ) -> async_graphql::Result<Option<Self>> {
        let found = caller.forum.webhook(&caller.viewer, id).await;
        Ok(read(caller, found)?.map(Self))
    }
}

/// An address of an organization's that is told what happens: what everyone
/// may read, by messages that are signed after the Standard Webhooks
/// specification.
#[Object(serial)]
impl Webhook {
    /// The id of this webhook.
    pub(crate) async fn id(&self) -> ID {
        encode(Kind::Webhook, self.0.id)
    }

    /// The organization it belongs to.
    async fn organization(&self, ctx: &Context<'_>) -> Option<Organization> {
        Organization::of(ctx, Some(self.0.organization))
    }

    /// What its owners call it.
    async fn label(&self) -> &str {
        &self.0.label
    }

    /// Where messages are posted to.
    async fn url(&self) -> &str {
        &self.0.url.0
    }

    /// Whether it is told anything.
    async fn state(&self) -> WebhookState {
        self.0.state.into()
    }

    /// It is told only this; everything where the list is empty.
    #[graphql(directive = list_size::apply(12, names(&[]), names(&[])))]
    async fn kinds(&self) -> Vec<WebhookMessageKind> {
        let kinds = &self.0.filter.kinds;
        kinds.iter().copied().map(Into::into).collect()
    }

    /// It is told only of the thread with this id.
    async fn thread_id(&self) -> Option<ID> {
        let id = self.0.filter.thread?;
        Some(encode(Kind::Thread, id))
    }

    /// It is told only of threads of this kind.
    async fn thread_kind(&self) -> Option<ThreadKind> {
        self.0.filter.thread_kind.map(Into::into)
    }

    /// It is told only of threads of the category with this code.
    async fn category_code(&self) -> Option<&str> {
        self.0.filter.category.as_deref()
    }

    /// It is told only of threads of the region with this code.
    async fn region_code(&self) -> Option<&str> {
        self.0.filter.region.as_deref()
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// Until when the secret before signs, too; null where there is none that
    /// does.
    async fn old_secret_until(&self, ctx: &Context<'_>) -> Option<DateTime<Utc>> {
        let until = self.0.old.as_ref().map(|(_, until)| *until);
        until.filter(|until| *until > caller(ctx).forum.time())
    }

    /// The messages to it, the newest first: those that wait, and for a while
    /// those that ended.
    #[graphql(directive = page::apply(20), directive = cost::apply(2))]
    async fn messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to narrow the list to.")] filter: Option<WebhookMessageFilter>,
        #[graphql(desc = "How many of the first; 20 where nothing is said, at most 100.")]
        first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many of the last, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<WebhookMessageConnection> {
        let paging = Paging {
            first,
            after,
            last,
            before,
        };
        let window = paging.check(List::WebhookMessages)?;
        let place = |place: Place| view::MessagePlace(place.micros);
        let caller = caller(ctx);
        let state = filter.and_then(|filter| filter.state);
        let state: Option<MessageState> = state.map(Into::into);
        let rows = caller
            .forum
            .messages(&self.0, state, slice(window, true, place))
            .await;
        let cut = Page::cut(read(caller, rows)?, window, |row| {
            let place = Place {
                micros: row.seq,
                id: row.message.id.into(),
            };
            seal(List::WebhookMessages, place)
        });
        let total = MessageTotal {
            webhook: self.0.id,
            state,
        };
        let items = WebhookMessage::listed(cut.items);
        Ok(WebhookMessageConnection::new(items, cut.info, total))
    }
}

impl Caller {
    /// How things are named outside.
    pub(crate) fn outside(&self) -> Outside {
        Outside(std::sync::Arc::clone(&self.cursors))
    }
}

/// Webhooks.
#[derive(Debug, Default)]
pub struct WebhookQueries;

#[Object(serial)]
impl WebhookQueries {
    /// The webhooks of an organization, the oldest first; for vouched members
    /// of the organization and administrators.
    #[graphql(directive = list_size::apply(5, names(&[]), names(&[])))]
    async fn webhooks(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The organization.")] organization_id: ID,
    ) -> async_graphql::Result<Vec<Webhook>> {
        let caller = caller(ctx);
        let id = expect(Kind::Organization, &organization_id);
        let found = caller.forum.webhooks(&caller.viewer, id).await;
        Ok(read(caller, found)?.into_iter().map(Webhook).collect())
    }
}
