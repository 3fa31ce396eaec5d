//! Webhooks, as those see them who manage them.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::id::{MessageId, WebhookId};
use domain::webhook::MessageState;
use forum::webhook as view;

use crate::directive::{On, cost, depends, list_size, names, page};
use crate::names::Outside;
use crate::schema::caller::{Caller, caller, read};
use crate::schema::connection::connection;
use crate::schema::directory::Organization;
use crate::schema::enums::{ThreadKind, mirror};
use crate::schema::global_id::{Kind, encode, expect};
use crate::schema::page::{List, Page, Paging, Place, seal, slice};

mirror! {
    /// What a message to a webhook is about.
    WebhookMessageKind of domain::webhook::MessageKind {
        /// A thread appeared.
        ThreadOpened,
        /// A thread's texts, audience or filing changed.
        ThreadChanged,
        /// A moderator changed how a thread stands.
        ThreadModerated,
        /// A post was added.
        PostAdded,
        /// A post's text changed.
        PostEdited,
        /// A moderator changed how a post stands.
        PostModerated,
        /// A concern was put before an office.
        ConcernAssigned,
        /// The office said that it has the concern.
        ConcernAcknowledged,
        /// The state of a concern moved otherwise.
        ConcernMoved,
        /// The office answered.
        ResponsePublished,
        /// The raiser judged the answer.
        VerdictGiven,
        /// The number of endorsements changed.
        EndorsementsChanged,
        /// What was told before is to be deleted; comes in any case.
        ContentRetracted,
        /// The log was restored: read anew what came between; comes in any
        /// case.
        FeedResync,
        /// Sent by `testWebhook`.
        WebhookTest,
    }
}

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

mirror! {
    /// Where a message stands.
    WebhookMessageState of domain::webhook::MessageState {
        /// It is to be sent, for the first time or again.
        Pending,
        /// The webhook took it.
        Delivered,
        /// It was given up after every attempt.
        Dead,
        /// It was not sent: what it is about may not be seen any more.
        Withheld,
    }
}

mirror! {
    /// Why an attempt did not reach a webhook, or was not taken.
    WebhookFailure of domain::webhook::Failure {
        /// The webhook answered, and not that it took the message.
        Refused,
        /// It answered with a redirect; none is followed.
        Redirected,
        /// It answered that it is gone for good.
        Gone,
        /// Its name cannot be resolved.
        Unresolved,
        /// Its name leads to an address that is not on the public internet.
        Closed,
        /// It cannot be connected to.
        Unreachable,
        /// It does not prove by a certificate who it is.
        Tls,
        /// It did not answer in time.
        Timeout,
        /// What it answered is not HTTP, is too large, or broke off.
        Broken,
    }
}

/// What the messages of a webhook are narrowed to.
#[derive(InputObject, Debug, Clone, Copy)]
pub struct WebhookMessageFilter {
    /// Only those that stand so; `DEAD` are the ones that were given up.
    pub state: Option<WebhookMessageState>,
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
#[Object]
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
        let items = cut
            .items
            .into_iter()
            .map(|(cursor, row)| (cursor, WebhookMessage(row)))
            .collect();
        let total = MessageTotal {
            webhook: self.0.id,
            state,
        };
        Ok(WebhookMessageConnection::new(items, cut.info, total))
    }
}

/// How many messages there are.
#[derive(Debug, Clone, Copy)]
pub struct MessageTotal {
    webhook: WebhookId,
    state: Option<MessageState>,
}

impl MessageTotal {
    async fn count(self, caller: &Caller) -> async_graphql::Result<i64> {
        let count = caller.forum.message_count(self.webhook, self.state).await;
        read(caller, count)
    }
}

connection! {
    /// Messages to a webhook.
    WebhookMessageConnection, WebhookMessageEdge, WebhookMessage, MessageTotal
}

/// A message to a webhook, however often it is sent.
#[derive(Debug, Clone)]
pub struct WebhookMessage(pub(crate) view::Message);

impl WebhookMessage {
    /// The one with this id, if the caller manages its webhook.
    pub(crate) async fn seen(
        caller: &Caller,
        id: MessageId,
    ) -> async_graphql::Result<Option<Self>> {
        let found = caller.forum.message(&caller.viewer, id).await;
        Ok(read(caller, found)?.map(Self))
    }
}

/// A message to a webhook, however often it is sent. What it says is decided
/// each time it is sent.
#[Object]
impl WebhookMessage {
    /// The id of this message.
    pub(crate) async fn id(&self) -> ID {
        encode(Kind::WebhookMessage, self.0.message.id)
    }

    /// The name of the message, as the webhook gets it in `webhook-id`.
    async fn message_id(&self, ctx: &Context<'_>) -> String {
        caller(ctx).forum.message_name(self.0.message.id)
    }

    /// What it is about.
    async fn kind(&self) -> WebhookMessageKind {
        self.0.message.kind.into()
    }

    /// The id of the thread it is about.
    async fn thread_id(&self) -> Option<ID> {
        let id = self.0.message.thread?;
        Some(encode(Kind::Thread, id))
    }

    /// The cursor of what happened: give it to `replayWebhook` to have what
    /// came after it told again.
    async fn event_cursor(&self, ctx: &Context<'_>) -> Option<String> {
        let place = self.0.message.place?;
        Some(caller(ctx).cursors.seal(domain::event::Position {
            stream: domain::event::StreamName::Feed(place.shard),
            epoch: place.epoch,
            pos: place.pos,
        }))
    }

    /// When that happened.
    async fn at(&self) -> DateTime<Utc> {
        self.0.message.at
    }

    /// Where it stands.
    async fn state(&self) -> WebhookMessageState {
        self.0.state.into()
    }

    /// When it came into the queue, the last time it did.
    async fn queued_at(&self) -> DateTime<Utc> {
        self.0.queued_at
    }

    /// When it is tried next, at the earliest; null if it is not.
    async fn next_attempt_at(&self) -> Option<DateTime<Utc>> {
        self.0.next_at
    }

    /// When it was delivered, given up or withheld.
    async fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.0.ended_at
    }

    /// The attempts to send it, the newest first, at most 10.
    #[graphql(
        directive = list_size::apply(10, names(&[]), names(&[])),
        directive = cost::apply(2)
    )]
    async fn attempts(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<WebhookAttempt>> {
        let caller = caller(ctx);
        let attempts = caller.forum.attempts(self.0.message.id, 10).await;
        let attempts = read(caller, attempts)?;
        Ok(attempts.into_iter().map(WebhookAttempt::from).collect())
    }
}

/// One attempt to send a message.
#[derive(SimpleObject, Debug, Clone)]
pub struct WebhookAttempt {
    /// When it began.
    pub at: DateTime<Utc>,
    /// The status that was answered, if anything was. The body of an answer
    /// is not read.
    pub status: Option<i32>,
    /// Why it was not taken; null if it was.
    pub failure: Option<WebhookFailure>,
    /// How long it took, in milliseconds.
    pub milliseconds: i32,
}

impl From<view::Attempt> for WebhookAttempt {
    fn from(attempt: view::Attempt) -> Self {
        Self {
            at: attempt.at,
            status: attempt.status.map(i32::from),
            failure: attempt.failure.map(Into::into),
            milliseconds: i32::try_from(attempt.millis).unwrap_or(i32::MAX),
        }
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

#[Object]
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
