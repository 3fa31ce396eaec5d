//! The messages to a webhook, and how sending them went.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::id::{MessageId, WebhookId};
use domain::webhook::MessageState;
use door::directive::{On, cost, depends, list_size, names};
use forum::webhook as view;

use crate::schema::batch::Together;
use crate::schema::caller::{Caller, caller, read};
use crate::schema::connection::connection;
use crate::schema::enums::mirror;
use crate::schema::global_id::{Kind, encode};

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
        /// An office committed itself.
        CommitmentMade,
        /// A commitment was reported on, contested, postponed or taken back.
        CommitmentChanged,
        /// A commitment was kept.
        CommitmentKept,
        /// The day of a commitment passed without its being kept.
        CommitmentLapsed,
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

/// How many messages there are.
#[derive(Debug, Clone, Copy)]
pub struct MessageTotal {
    pub(super) webhook: WebhookId,
    pub(super) state: Option<MessageState>,
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
pub struct WebhookMessage {
    row: view::Message,
    /// Those of all messages that were listed with it.
    attempts: Arc<Together<MessageId, view::Attempt>>,
}

impl WebhookMessage {
    /// The one with this id, if the caller manages its webhook.
    pub(crate) async fn seen(
        caller: &Caller,
        id: MessageId,
    ) -> async_graphql::Result<Option<Self>> {
        let found = caller.forum.message(&caller.viewer, id).await;
        Ok(read(caller, found)?.map(|row| Self {
            attempts: Together::new([row.message.id]),
            row,
        }))
    }

    /// Those of a list, each with its cursor.
    pub(super) fn listed(rows: Vec<(String, view::Message)>) -> Vec<(String, Self)> {
        let attempts = Together::new(rows.iter().map(|(_, row)| row.message.id));
        rows.into_iter()
            .map(|(cursor, row)| {
                let attempts = Arc::clone(&attempts);
                (cursor, Self { row, attempts })
            })
            .collect()
    }
}

/// A message to a webhook, however often it is sent. What it says is decided
/// each time it is sent.
#[Object(serial)]
impl WebhookMessage {
    /// The id of this message.
    pub(crate) async fn id(&self) -> ID {
        encode(Kind::WebhookMessage, self.row.message.id)
    }

    /// The name of the message, as the webhook gets it in `webhook-id`.
    async fn message_id(&self, ctx: &Context<'_>) -> String {
        caller(ctx).forum.message_name(self.row.message.id)
    }

    /// What it is about.
    async fn kind(&self) -> WebhookMessageKind {
        self.row.message.kind.into()
    }

    /// The id of the thread it is about.
    async fn thread_id(&self) -> Option<ID> {
        let id = self.row.message.thread?;
        Some(encode(Kind::Thread, id))
    }

    /// The cursor of what happened: give it to `replayWebhook` to have what
    /// came after it told again.
    async fn event_cursor(&self, ctx: &Context<'_>) -> Option<String> {
        let place = self.row.message.place?;
        Some(caller(ctx).cursors.seal(domain::event::Position {
            stream: domain::event::StreamName::Feed,
            epoch: place.epoch,
            pos: place.pos,
        }))
    }

    /// When that happened.
    async fn at(&self) -> DateTime<Utc> {
        self.row.message.at
    }

    /// Where it stands.
    async fn state(&self) -> WebhookMessageState {
        self.row.state.into()
    }

    /// When it came into the queue, the last time it did.
    async fn queued_at(&self) -> DateTime<Utc> {
        self.row.queued_at
    }

    /// When it is tried next, at the earliest; null if it is not.
    async fn next_attempt_at(&self) -> Option<DateTime<Utc>> {
        self.row.next_at
    }

    /// When it was delivered, given up or withheld.
    async fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.row.ended_at
    }

    /// The attempts to send it, the newest first, at most 10.
    #[graphql(
        directive = list_size::apply(10, names(&[]), names(&[])),
        directive = cost::apply(2)
    )]
    async fn attempts(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<WebhookAttempt>> {
        let caller = caller(ctx);
        let load = async |ids| read(caller, caller.forum.attempts(ids, 10).await);
        let attempts = self.attempts.of(self.row.message.id, load).await?;
        Ok(attempts.into_iter().map(WebhookAttempt::from).collect())
    }
}

/// One attempt to send a message.
#[derive(SimpleObject, Debug, Clone)]
#[graphql(serial)]
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
