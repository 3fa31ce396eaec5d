//! Subscriptions: what happens, as it happens.
//!
//! A subscription is planned once: its resolver runs with a [`Plan`] slot in
//! its data and says which stream it follows and from where. Then it runs once
//! an item, with the [`Item`] in its data, and yields that item's payload.

use std::sync::{Arc, Mutex};

use async_graphql::{Context, ID, Interface, Object};
use chrono::{DateTime, Utc};
use domain::event::{Event, EventKind, Position, StreamName};
use domain::id::ThreadId;
use domain::policy::{Action, decide, reads_only};
use domain::webhook::Filter;
use door::directive::{On, depends};
use door::fault::Fault;
use forum::webhook::wants_event;
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use realtime::{Item, Known, Start};

use crate::schema::appeal::Appeal;
use crate::schema::caller::{caller, read};
use crate::schema::global_id::{Kind, expect};
use crate::schema::post::Post;
use crate::schema::response::Response;
use crate::schema::reviewable::Reviewable;
use crate::schema::sanction::OwnSanction;
use crate::schema::thread::Thread;
use crate::schema::timeline::TimelineItem;
use crate::schema::webhook::FeedFilterInput;
use crate::service::Service;

/// What a subscription turns out to follow.
#[derive(Debug, Clone)]
pub struct Planned {
    /// The stream.
    pub stream: StreamName,
    /// From where.
    pub start: Start,
    /// Whether the viewer sees there what every reader does.
    pub reads_only: bool,
    /// Of the feed, what is asked for.
    pub filter: Option<Arc<Filter>>,
}

/// Where a resolver that is asked to plan leaves what it follows.
#[derive(Debug, Default)]
pub struct Plan(Mutex<Option<Planned>>);

impl Plan {
    fn set(&self, planned: Planned) {
        *self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = Some(planned);
    }

    /// What was planned; `None` if the subscription was refused.
    pub fn take(&self) -> Option<Planned> {
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .take()
    }
}

/// What happened, with a cursor from which to go on after it.
#[derive(Interface, Debug)]
#[graphql(
    field(
        name = "cursor",
        ty = "String",
        desc = "Give it as `after` to go on from here without loss or repeat.",
        directive = depends::apply(On::Thread)
    ),
    field(
        name = "at",
        ty = "DateTime<Utc>",
        desc = "When it happened; of what followers are told in `viewerEvents`, when it was passed on.",
        directive = depends::apply(On::Thread)
    )
)]
pub enum LiveEvent {
    /// A post was added.
    PostAdded(PostAdded),
    /// A post's text changed.
    PostEdited(PostEdited),
    /// A moderator changed how a post stands.
    PostModerated(PostModerated),
    /// A thread appeared.
    ThreadOpened(ThreadOpened),
    /// A thread's texts, audience or filing changed.
    ThreadChanged(ThreadChanged),
    /// A moderator changed how a thread stands.
    ThreadModerated(ThreadModerated),
    /// A concern was put before an office.
    ConcernAssigned(ConcernAssigned),
    /// The office said that it has the concern.
    ConcernAcknowledged(ConcernAcknowledged),
    /// A concern's state moved otherwise, or a letter about it was recorded.
    ConcernMoved(ConcernMoved),
    /// A time ran out, and silence was passed on.
    ConcernEscalated(ConcernEscalated),
    /// The viewer is expected to act, and the time for it ends soon.
    ReminderDue(ReminderDue),
    /// The office answered.
    ResponsePublished(ResponsePublished),
    /// The raiser judged the answer.
    VerdictGiven(VerdictGiven),
    /// The viewer is asked whether what was answered helped.
    VerdictAsked(VerdictAsked),
    /// An office committed itself.
    CommitmentMade(CommitmentMade),
    /// A commitment was reported on, contested, postponed or taken back.
    CommitmentChanged(CommitmentChanged),
    /// A commitment was kept.
    CommitmentKept(CommitmentKept),
    /// The day of a commitment passed without its being kept.
    CommitmentLapsed(CommitmentLapsed),
    /// The number of endorsements changed.
    EndorsementsChanged(EndorsementsChanged),
    /// Who takes part in a confidential or circle thread changed.
    ParticipantsChanged(ParticipantsChanged),
    /// Something waits for the viewer's office or duty.
    WorkArrived(WorkArrived),
    /// Something waits for moderators, of whom the viewer is one, for too long.
    ReviewOverdue(ReviewOverdue),
    /// A sanction of the viewer took effect or was taken back, or an appeal against
    /// it was decided on.
    SanctionChanged(SanctionChanged),
    /// What came before could not be continued.
    Resync(Resync),
}

/// What all events of a thread have.
#[derive(Debug, Clone, Copy)]
pub struct OfThread {
    position: Position,
    at: DateTime<Utc>,
    thread: Option<ThreadId>,
    object: Option<uuid::Uuid>,
}

impl OfThread {
    async fn load_thread(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Thread>> {
        let Some(id) = self.thread else {
            return Ok(None);
        };
        let caller = caller(ctx);
        let thread = read(caller, caller.forum.thread(&caller.viewer, id).await)?;
        Ok(thread.map(|thread| Thread::alone(caller, thread)))
    }

    async fn load_post(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Post>> {
        let Some(id) = self.object else {
            return Ok(None);
        };
        let caller = caller(ctx);
        // What the event was decided on need not be loaded again.
        let known = ctx.data_opt::<Known<Service>>();
        let known = known.and_then(|known| known.get()?.as_ref());
        let post = match known {
            Some(happened) => {
                caller
                    .forum
                    .post_in(&caller.viewer, happened, id.into())
                    .await
            }
            None => caller.forum.post(&caller.viewer, id.into()).await,
        };
        let post = read(caller, post)?;
        // What was moved to another thread since is told there.
        let here = post.filter(|(post, _)| Some(post.thread) == self.thread);
        Ok(here.map(Post::alone))
    }

    async fn load_item(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<TimelineItem>> {
        let Some(id) = self.object else {
            return Ok(None);
        };
        let caller = caller(ctx);
        let found = caller.forum.timeline_entry(&caller.viewer, id.into()).await;
        Ok(read(caller, found)?.map(|(entry, facts)| TimelineItem::alone(entry, facts)))
    }

    async fn load_response(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Response>> {
        let Some(id) = self.object else {
            return Ok(None);
        };
        let caller = caller(ctx);
        let response = read(
            caller,
            caller.forum.response(&caller.viewer, id.into()).await,
        )?;
        Ok(response.map(Response))
    }

    async fn load_reviewable(
        &self,
        ctx: &Context<'_>,
    ) -> async_graphql::Result<Option<Reviewable>> {
        let Some(id) = self.object else {
            return Ok(None);
        };
        Reviewable::seen(caller(ctx), id.into()).await
    }

    async fn load_appeal(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Appeal>> {
        let Some(id) = self.object else {
            return Ok(None);
        };
        Appeal::seen(caller(ctx), id.into()).await
    }
}

/// Declares an event of a thread, with more fields where it has them: what every
/// reader sees, and what depends on the viewer.
macro_rules! event {
    (
        $(#[$meta:meta])* $name:ident { $($(#[$fmeta:meta])* $field:ident: $ty:ty = $load:ident),* }
        $(, of the viewer { $($(#[$own:meta])* $mine:ident: $of:ty = $find:ident),* })?
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy)]
        pub struct $name(OfThread);

        $(#[$meta])*
        #[Object(serial)]
        impl $name {
            /// Give it as `after` to go on from here without loss or repeat.
            #[graphql(directive = depends::apply(On::Thread))]
            pub(crate) async fn cursor(&self, ctx: &Context<'_>) -> String {
                caller(ctx).cursors.seal(self.0.position)
            }

            /// When it happened; of what followers are told in `viewerEvents`, when it was
            /// passed on.
            #[graphql(directive = depends::apply(On::Thread))]
            pub(crate) async fn at(&self) -> DateTime<Utc> {
                self.0.at
            }

            /// The thread as it is now; null if the viewer may not see it any
            /// more.
            #[graphql(directive = depends::apply(On::Thread))]
            async fn thread(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Thread>> {
                self.0.load_thread(ctx).await
            }

            $(
                $(#[$fmeta])*
                #[graphql(directive = depends::apply(On::Thread))]
                async fn $field(&self, ctx: &Context<'_>) -> async_graphql::Result<$ty> {
                    self.0.$load(ctx).await
                }
            )*

            $($(
                $(#[$own])*
                async fn $mine(&self, ctx: &Context<'_>) -> async_graphql::Result<$of> {
                    self.0.$find(ctx).await
                }
            )*)?
        }
    };
}

event! {
    /// A post was added.
    PostAdded {
        /// The post; null if it is gone by now.
        post: Option<Post> = load_post
    }
}
event! {
    /// A post's text changed.
    PostEdited {
        /// The post as it is now; null if it is gone by now.
        post: Option<Post> = load_post
    }
}
event! {
    /// A moderator changed how a post stands: it is hidden, or appears, also for the
    /// first time after it waited.
    PostModerated {
        /// The post as it is now; null if readers of the thread see it no more. Its
        /// author finds it in `viewerEvents` and by its id.
        post: Option<Post> = load_post
    }
}
event! {
    /// A thread appeared.
    ThreadOpened {}
}
event! {
    /// A thread's texts, audience or filing changed.
    ThreadChanged {}
}
event! {
    /// A moderator changed how a thread stands.
    ThreadModerated {}
}
event! {
    /// A concern was put before an office.
    ConcernAssigned {
        /// What the concern's timeline says of it.
        item: Option<TimelineItem> = load_item
    }
}
event! {
    /// The office said that it has the concern.
    ConcernAcknowledged {
        /// What the concern's timeline says of it.
        item: Option<TimelineItem> = load_item
    }
}
event! {
    /// A concern's state moved otherwise, or a letter about it was recorded.
    ConcernMoved {
        /// What the concern's timeline says of it; null of a letter.
        item: Option<TimelineItem> = load_item
    }
}
event! {
    /// A time ran out, and silence was passed on.
    ConcernEscalated {
        /// What the concern's timeline says of it.
        item: Option<TimelineItem> = load_item
    }
}
event! {
    /// The viewer is expected to act, and the time for it ends soon.
    ReminderDue {}
}
event! {
    /// The office answered.
    ResponsePublished {
        /// The response.
        response: Option<Response> = load_response,
        /// What the concern's timeline says of it.
        item: Option<TimelineItem> = load_item
    }
}
event! {
    /// The raiser judged the answer.
    VerdictGiven {
        /// What the concern's timeline says of it.
        item: Option<TimelineItem> = load_item
    }
}
event! {
    /// The viewer is asked whether what was answered helped: as the concern is
    /// closed without a word from him, and again some time after it was closed.
    VerdictAsked {}
}
event! {
    /// An office committed itself.
    CommitmentMade {
        /// What the concern's timeline says of it.
        item: Option<TimelineItem> = load_item
    }
}
event! {
    /// A commitment was reported on, contested, postponed or taken back.
    CommitmentChanged {
        /// What the concern's timeline says of it.
        item: Option<TimelineItem> = load_item
    }
}
event! {
    /// A commitment was kept.
    CommitmentKept {
        /// What the concern's timeline says of it.
        item: Option<TimelineItem> = load_item
    }
}
event! {
    /// The day of a commitment passed without its being kept.
    CommitmentLapsed {
        /// What the concern's timeline says of it.
        item: Option<TimelineItem> = load_item
    }
}
event! {
    /// The number of endorsements changed.
    EndorsementsChanged {}
}
event! {
    /// Who takes part in a confidential or circle thread changed.
    ParticipantsChanged {}
}
event! {
    /// Something waits for the viewer's office or duty.
    WorkArrived {}
}

event! {
    /// Something waits for moderators, of whom the viewer is one, for too long: its day
    /// is past, or whoever took it has had it for too long.
    ReviewOverdue {}, of the viewer {
        /// What waits, as it is now; null where it is the thread, which waits for its
        /// first look, or an appeal.
        reviewable: Option<Reviewable> = load_reviewable,
        /// The appeal that waits, as it is now; null where it is something else.
        appeal: Option<Appeal> = load_appeal
    }
}

/// A sanction of the viewer took effect or was taken back, or an appeal against it
/// was decided on.
#[derive(Debug, Clone, Copy)]
pub struct SanctionChanged(OfThread);

/// A sanction of the viewer took effect or was taken back, or an appeal against it
/// was decided on.
#[Object(serial)]
impl SanctionChanged {
    /// Give it as `after` to go on from here without loss or repeat.
    #[graphql(directive = depends::apply(On::Thread))]
    pub(crate) async fn cursor(&self, ctx: &Context<'_>) -> String {
        caller(ctx).cursors.seal(self.0.position)
    }

    /// When it happened.
    #[graphql(directive = depends::apply(On::Thread))]
    pub(crate) async fn at(&self) -> DateTime<Utc> {
        self.0.at
    }

    /// The sanction as it is now, with why, and how to appeal.
    async fn sanction(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<OwnSanction>> {
        let all = OwnSanction::all(caller(ctx)).await?;
        Ok(all.into_iter().find(|one| one.is(self.0.object)))
    }
}

/// What came before could not be continued: read anew, and go on from here.
#[derive(Debug, Clone, Copy)]
pub struct Resync(Position);

/// What came before could not be continued: read anew, and go on from here.
#[Object(serial)]
impl Resync {
    /// Give it as `after` to go on from here.
    #[graphql(directive = depends::apply(On::Thread))]
    pub(crate) async fn cursor(&self, ctx: &Context<'_>) -> String {
        caller(ctx).cursors.seal(self.0)
    }

    /// When the server said so.
    #[graphql(directive = depends::apply(On::Thread))]
    pub(crate) async fn at(&self, ctx: &Context<'_>) -> DateTime<Utc> {
        caller(ctx).forum.time()
    }
}

impl LiveEvent {
    /// The payload of an item; `None` for what subscriptions say nothing of.
    pub(crate) fn of(item: &Item) -> Option<Self> {
        let event: &Event = match item {
            Item::Resync { at } => return Some(Self::Resync(Resync(*at))),
            Item::Event(event) => event,
        };
        let of = OfThread {
            position: event.at,
            at: event.time,
            thread: event.thread,
            object: event.object,
        };
        Some(match event.kind {
            EventKind::ThreadOpened => Self::ThreadOpened(ThreadOpened(of)),
            EventKind::ThreadChanged => Self::ThreadChanged(ThreadChanged(of)),
            EventKind::ThreadModerated => Self::ThreadModerated(ThreadModerated(of)),
            EventKind::PostAdded => Self::PostAdded(PostAdded(of)),
            EventKind::PostEdited => Self::PostEdited(PostEdited(of)),
            EventKind::PostModerated => Self::PostModerated(PostModerated(of)),
            EventKind::ConcernAssigned => Self::ConcernAssigned(ConcernAssigned(of)),
            EventKind::ConcernAcknowledged => Self::ConcernAcknowledged(ConcernAcknowledged(of)),
            EventKind::ConcernMoved => Self::ConcernMoved(ConcernMoved(of)),
            EventKind::ConcernEscalated => Self::ConcernEscalated(ConcernEscalated(of)),
            EventKind::ReminderDue => Self::ReminderDue(ReminderDue(of)),
            EventKind::VerdictAsked => Self::VerdictAsked(VerdictAsked(of)),
            EventKind::ResponsePublished => Self::ResponsePublished(ResponsePublished(of)),
            EventKind::VerdictGiven => Self::VerdictGiven(VerdictGiven(of)),
            EventKind::CommitmentMade => Self::CommitmentMade(CommitmentMade(of)),
            EventKind::CommitmentChanged => Self::CommitmentChanged(CommitmentChanged(of)),
            EventKind::CommitmentKept => Self::CommitmentKept(CommitmentKept(of)),
            EventKind::CommitmentLapsed => Self::CommitmentLapsed(CommitmentLapsed(of)),
            EventKind::EndorsementsChanged => Self::EndorsementsChanged(EndorsementsChanged(of)),
            EventKind::ParticipantsChanged => Self::ParticipantsChanged(ParticipantsChanged(of)),
            EventKind::WorkArrived => Self::WorkArrived(WorkArrived(of)),
            EventKind::ReviewOverdue => Self::ReviewOverdue(ReviewOverdue(of)),
            EventKind::SanctionChanged => Self::SanctionChanged(SanctionChanged(of)),
            EventKind::ConcernOpened | EventKind::DirectoryChanged | EventKind::AccessChanged => {
                return None;
            }
        })
    }
}

type Events = BoxStream<'static, LiveEvent>;

/// What happens, as it happens.
#[derive(Debug, Default, Clone, Copy)]
pub struct Subscription;

/// What happens, as it happens.
#[async_graphql::Subscription]
impl Subscription {
    /// What happens in a thread. Ends when the viewer may not see it any more.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn thread_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The thread.")] thread_id: ID,
        #[graphql(desc = "A cursor to go on from; from now on where nothing is said.")]
        after: Option<String>,
    ) -> async_graphql::Result<Events> {
        if let Some(item) = ctx.data_opt::<Item>() {
            return Ok(one(item));
        }
        let caller = caller(ctx);
        let id: ThreadId = expect(Kind::Thread, &thread_id);
        let found = read(caller, caller.forum.thread(&caller.viewer, id).await)?;
        let found = found.ok_or(Fault::NotFound)?;
        let watched = decide(&caller.viewer.actor, &Action::Watch(&found.facts));
        read(caller, watched.map_err(forum::Error::from))?;
        let alike = reads_only(&caller.viewer.actor, &found.facts);
        follow(ctx, StreamName::Thread(id), after.as_deref(), alike, None)
    }

    /// What happens in all threads that everyone may read, as far as the filter
    /// asks for it; for members and partner apps. The cursors are those of
    /// webhooks' messages, too. What may not be seen any more is not told here:
    /// that is `ThreadModerated` and `PostModerated` in `threadEvents`, and
    /// `content.retracted` of webhooks.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn feed_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is told; everything where nothing is said.")] filter: Option<
            FeedFilterInput,
        >,
        #[graphql(desc = "A cursor to go on from; from now on where nothing is said.")]
        after: Option<String>,
    ) -> async_graphql::Result<Events> {
        let filter: Filter = filter.unwrap_or_default().into();
        if let Some(item) = ctx.data_opt::<Item>() {
            // What nobody asks for is not made.
            let wanted = match item {
                Item::Event(event) => wants_event(&filter, event),
                Item::Resync { .. } => true,
            };
            return Ok(if wanted {
                one(item)
            } else {
                stream::empty().boxed()
            });
        }
        let caller = caller(ctx);
        let allowed = caller.forum.watch_feed(&caller.viewer, &filter).await;
        read(caller, allowed)?;
        let filter = Some(Arc::new(filter));
        follow(ctx, StreamName::Feed, after.as_deref(), true, filter)
    }

    /// What is addressed to the viewer: what happens to his concerns, and in
    /// threads he follows.
    async fn viewer_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A cursor to go on from; from now on where nothing is said.")]
        after: Option<String>,
    ) -> async_graphql::Result<Events> {
        if let Some(item) = ctx.data_opt::<Item>() {
            return Ok(one(item));
        }
        let account = caller(ctx).viewer.account.ok_or(Fault::Unauthenticated)?;
        follow(
            ctx,
            StreamName::Inbox(account),
            after.as_deref(),
            false,
            None,
        )
    }
}

fn one(item: &Item) -> Events {
    stream::iter(LiveEvent::of(item)).boxed()
}

fn follow(
    ctx: &Context<'_>,
    stream: StreamName,
    after: Option<&str>,
    reads_only: bool,
    filter: Option<Arc<Filter>>,
) -> async_graphql::Result<Events> {
    let start = match after {
        None => Start::Head,
        Some(cursor) => {
            let bad = || Fault::BadUserInput.because("This cursor cannot be read.");
            let position = caller(ctx).cursors.open(cursor).map_err(|_| bad())?;
            if position.stream != stream {
                return Err(Fault::BadUserInput.because("This cursor is of another stream."));
            }
            Start::After(position)
        }
    };
    match ctx.data_opt::<Arc<Plan>>() {
        Some(plan) => plan.set(Planned {
            stream,
            start,
            reads_only,
            filter,
        }),
        None => return Err(Fault::Internal.into()),
    }
    Ok(stream::empty().boxed())
}
