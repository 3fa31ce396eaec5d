//! The moderators' queue of what was flagged.

use std::collections::HashSet;
use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object, SelectionField, SimpleObject};
use chrono::{DateTime, Utc};
use domain::id::{ReviewableId, ThreadId};
use door::directive::{On, cost, depends, list_size, names};
use forum::moderation::{QueueFilter, SeenReviewable, version_of};
use forum::views::reviewable as view;
use forum::views::thread::{Slice, Wanted};

use crate::kept::{self, Seen};
use crate::schema::batch::{Together, TogetherBy};
use crate::schema::caller::{Caller, caller, read};
use crate::schema::connection::connection;
use crate::schema::enums::{
    Constituency, FlagReason, ModerationReason, OrderDirection, ReviewDecision, ReviewStepKind,
};
use crate::schema::global_id::{Kind, encode};
use crate::schema::modlog::subject_id;
use crate::schema::page::{List, Page, Paging, Place, nodes_of, seal, slice};
use crate::schema::scalar::Day;
use crate::schema::thread::Thread;
use crate::schema::threads::wanted_of;

/// A text as it was flagged.
#[derive(Debug, Clone)]
pub struct FlaggedText(Arc<view::FlaggedText>);

/// A text as it was flagged.
#[Object(serial)]
impl FlaggedText {
    /// Of a thread, its title.
    async fn title(&self) -> Option<&str> {
        self.0.title.as_deref()
    }

    /// The text, in markdown.
    async fn body(&self) -> &str {
        &self.0.body
    }

    /// Which text it is: compare it with the `version` of the thread or post.
    async fn version(&self) -> String {
        version_of(self.0.title.as_deref(), &self.0.body)
    }
}

/// A flag, without who raised it.
#[derive(Debug, Clone)]
pub struct Flag {
    raised: view::Flag,
    /// In what it is gathered.
    of: (ReviewableId, bool),
    /// What those of all that are read with it were raised on.
    texts: Arc<Together<(ReviewableId, bool), Arc<view::FlaggedText>>>,
}

/// A flag, without who raised it.
#[Object(serial)]
impl Flag {
    /// What is said to be wrong.
    async fn reason(&self) -> FlagReason {
        self.raised.reason.into()
    }

    /// In words.
    async fn note(&self) -> Option<&str> {
        self.raised.note.as_deref()
    }

    /// For whom the flagger speaks; null where few take part in the thread.
    async fn constituency(&self) -> Option<Constituency> {
        self.raised.constituency.map(Into::into)
    }

    /// The day on which it was raised, by the forum's days.
    async fn on(&self, ctx: &Context<'_>) -> Day {
        Day(caller(ctx).forum.day_of(self.raised.created_at))
    }

    /// The text as it stood when this flag was raised; its author may have changed
    /// it since. Without what was struck out of it; null where something was struck
    /// out of the text that he put in its place, where his words are gone, and a while
    /// after the decision.
    async fn text_as_flagged(
        &self,
        ctx: &Context<'_>,
    ) -> async_graphql::Result<Option<FlaggedText>> {
        let Some(revision) = self.raised.revision else {
            return Ok(None);
        };
        let caller = caller(ctx);
        let load = async |of: &[(ReviewableId, bool)]| {
            let found = caller.forum.texts_as_flagged(&caller.viewer, of).await;
            let found = read(caller, found)?.into_iter();
            Ok(found.map(|(key, text)| (key, Arc::new(text))).collect())
        };
        let mut texts = self.texts.of(self.of, load).await?.into_iter();
        Ok(texts.find(|one| one.revision == revision).map(FlaggedText))
    }
}

/// Something that happened to what was flagged.
#[derive(SimpleObject, Debug, Clone)]
#[graphql(serial)]
pub struct ReviewStep {
    /// What.
    pub kind: ReviewStepKind,
    /// The moderator's number; null where the forum did it.
    pub moderator: Option<i64>,
    /// What was decided.
    pub decision: Option<ReviewDecision>,
    /// Why something was done with it.
    pub reason: Option<ModerationReason>,
    /// Why, in words.
    pub text: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

/// A thread or a post that was flagged: what its audience sees, as it was then,
/// and its flags. For moderators.
#[derive(Debug, Clone)]
pub struct Reviewable {
    seen: Arc<SeenReviewable>,
    /// The threads of all that are read with it.
    threads: Arc<TogetherBy<Wanted, ThreadId, Thread>>,
    flags: Arc<Together<(ReviewableId, bool), view::Flag>>,
    texts: Arc<Together<(ReviewableId, bool), Arc<view::FlaggedText>>>,
    steps: Arc<Together<(ReviewableId, bool), view::Step>>,
}

impl Reviewable {
    /// The one with this id, if the viewer may see it.
    pub(crate) async fn seen(
        caller: &Caller,
        id: ReviewableId,
    ) -> async_graphql::Result<Option<Self>> {
        let found = read(caller, caller.forum.reviewable(&caller.viewer, id).await)?;
        Ok(Self::together(found.into_iter().collect(), None).pop())
    }

    /// Those of one list, whose threads were read with them as far as that was
    /// wanted.
    fn together(mut all: Vec<SeenReviewable>, wanted: Option<Wanted>) -> Vec<Self> {
        let mut ids = HashSet::new();
        let once = |one: &mut SeenReviewable| {
            let first = ids.insert(one.reviewable.thread);
            one.thread.take().filter(|_| first).map(|thread| *thread)
        };
        let found: Vec<_> = all.iter_mut().filter_map(once).collect();
        let threads = match wanted {
            None => TogetherBy::new(ids),
            Some(wanted) => {
                let found = Thread::listed(found).into_iter();
                TogetherBy::known(wanted, found.map(|one| (one.view.facts.id, one)))
            }
        };
        let keys = || all.iter().map(key);
        let (flags, steps) = (Together::new(keys()), Together::new(keys()));
        let texts = Together::new(keys());
        let of = |seen| Self {
            seen: Arc::new(seen),
            threads: Arc::clone(&threads),
            flags: Arc::clone(&flags),
            texts: Arc::clone(&texts),
            steps: Arc::clone(&steps),
        };
        all.into_iter().map(of).collect()
    }
}

/// A thread or a post that was flagged: what its audience sees, as it was then,
/// and its flags. For moderators.
#[Object(serial)]
impl Reviewable {
    /// The id of this reviewable.
    pub(crate) async fn id(&self) -> ID {
        encode(Kind::Reviewable, self.seen.reviewable.id)
    }

    /// The id of the thread or post that was flagged.
    async fn subject_id(&self) -> ID {
        subject_id(self.seen.reviewable.subject())
    }

    /// The thread, or the one that the post stands in.
    #[graphql(directive = cost::apply(5))]
    async fn thread(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Thread>> {
        let caller = caller(ctx);
        let wanted = wanted_of(ctx.field());
        let load = async |ids: &[ThreadId]| {
            let found = caller.forum.threads_among(&caller.viewer, ids, wanted);
            let found = found.await;
            let found = read(caller, found)?.into_iter().flatten();
            let threads = Thread::listed(found.collect()).into_iter();
            Ok(threads
                .map(|thread| (thread.view.facts.id, thread))
                .collect())
        };
        let id = self.seen.reviewable.thread;
        let of = self.threads.of(wanted, id, load).await?;
        Ok(of.into_iter().next())
    }

    /// The thread's title when it was flagged first; null a while after the decision.
    async fn title(&self) -> Option<&str> {
        self.seen.reviewable.title.as_deref()
    }

    /// The text when it was flagged first, in markdown; empty a while after the
    /// decision.
    async fn body(&self) -> &str {
        &self.seen.reviewable.body
    }

    /// Which text that was: compare it with the `version` of the thread or post.
    async fn version(&self) -> String {
        let of = &self.seen.reviewable;
        version_of(of.title.as_deref(), &of.body)
    }

    /// What the flags weigh, in flags of newcomers. Those of one organization or
    /// agency count once; a flagger whose flags were right before counts more.
    async fn score(&self) -> f64 {
        thousandths(self.seen.reviewable.score)
    }

    /// How many flagged it.
    async fn flag_count(&self) -> i64 {
        self.seen.reviewable.flags
    }

    /// Whether its flags held it, the forum did before anybody read it, or a
    /// moderator did; `history` says which.
    async fn held_by_flags(&self) -> bool {
        self.seen.reviewable.held
    }

    /// When it was flagged first.
    async fn created_at(&self) -> DateTime<Utc> {
        self.seen.reviewable.created_at
    }

    /// The last day on which a decision is not late, counted in working days from the
    /// one on which it was flagged first.
    async fn due_on(&self) -> Day {
        Day(self.seen.due.due_on)
    }

    /// From when on it is late: the end of that day.
    async fn due_at(&self) -> DateTime<Utc> {
        self.seen.due.due_at
    }

    /// Whether it is late, and nobody decided on it.
    async fn is_overdue(&self) -> bool {
        self.seen.overdue
    }

    /// The number of the moderator who took it.
    async fn claimed_by(&self) -> Option<i64> {
        self.seen.reviewable.claimant
    }

    /// When he did.
    async fn claimed_at(&self) -> Option<DateTime<Utc>> {
        self.seen.reviewable.claimed_at
    }

    /// Whether he has had it for too long: another may take it.
    async fn claim_is_stale(&self) -> bool {
        self.seen.stale
    }

    /// What was decided.
    async fn decision(&self) -> Option<ReviewDecision> {
        self.seen.reviewable.decision.map(Into::into)
    }

    /// When it was.
    async fn decided_at(&self) -> Option<DateTime<Utc>> {
        self.seen.reviewable.decided_at
    }

    /// The newest flags, at most 20.
    #[graphql(directive = list_size::apply(20, names(&[]), names(&[])))]
    async fn flags(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Flag>> {
        let caller = caller(ctx);
        let load = async |of: &[(ReviewableId, bool)]| {
            read(caller, caller.forum.flags_of(&caller.viewer, of).await)
        };
        let key = key(&self.seen);
        let flags = self.flags.of(key, load).await?;
        let of = |raised| Flag {
            raised,
            of: key,
            texts: Arc::clone(&self.texts),
        };
        Ok(flags.into_iter().map(of).collect())
    }

    /// What happened to it, the newest first, at most 20.
    #[graphql(directive = list_size::apply(20, names(&[]), names(&[])))]
    async fn history(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<ReviewStep>> {
        let caller = caller(ctx);
        let load = async |of: &[(ReviewableId, bool)]| {
            read(caller, caller.forum.steps_of(&caller.viewer, of).await)
        };
        let steps = self.steps.of(key(&self.seen), load).await?;
        let of = |step: &view::Step| ReviewStep {
            kind: step.step.into(),
            moderator: step.moderator,
            decision: step.decision.map(Into::into),
            reason: step.code.map(Into::into),
            text: step.reason.clone(),
            at: step.at,
        };
        Ok(steps.iter().map(of).collect())
    }

    /// Whether the viewer may decide on it: neither on what somebody of his own
    /// organization wrote, nor on what he flagged himself.
    async fn viewer_can_decide(&self) -> bool {
        self.seen.may_decide
    }
}

/// What the document asks of the threads of a list: of those it asks for first,
/// where it does so in several ways.
fn threads_wanted(ctx: &Context<'_>) -> Option<Wanted> {
    let nodes = nodes_of(ctx.field());
    let threads = |node: &SelectionField<'_>| {
        let mut fields = node.selection_set();
        fields.find(|field| field.name() == "thread").map(wanted_of)
    };
    nodes.iter().find_map(threads)
}

/// By what flags and history are found.
fn key(of: &SeenReviewable) -> (ReviewableId, bool) {
    (of.reviewable.id, of.few)
}

fn thousandths(of: i64) -> f64 {
    f64::from(i32::try_from(of).unwrap_or(i32::MAX)) / 1_000.0
}

/// By what the queue is sorted.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReviewableOrderField {
    /// What the flags weigh.
    Score,
    /// When it was flagged first.
    CreatedAt,
}

/// How the queue is sorted.
#[derive(InputObject, Debug, Clone, Copy)]
pub struct ReviewableOrder {
    /// By what.
    pub field: ReviewableOrderField,
    /// Which way.
    pub direction: OrderDirection,
}

/// What the queue is narrowed to. Everything given must hold.
#[derive(InputObject, Debug, Clone, Copy, Default)]
pub struct ReviewableFilter {
    /// Only what the viewer took.
    pub claimed_by_viewer: Option<bool>,
    /// Only what nobody has in hand, or for too long.
    pub unclaimed: Option<bool>,
    /// Only what is late.
    pub overdue: Option<bool>,
}

/// What the queue is counted by.
#[derive(Debug, Clone, Copy)]
pub struct ReviewableTotal(QueueFilter);

impl ReviewableTotal {
    async fn count(&self, caller: &Caller) -> async_graphql::Result<i64> {
        let counted = caller.forum.reviewable_count(&caller.viewer, self.0).await;
        read(caller, counted)
    }
}

/// How a page of the queue is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct QueueReading {
    filter: QueueFilter,
    by: view::QueueOrder,
    slice: Slice<view::QueuePlace>,
    wanted: Option<Wanted>,
}

impl QueueReading {
    /// Reads it for a moderator.
    pub(crate) async fn rows(&self, caller: &Caller) -> Result<Vec<SeenReviewable>, forum::Error> {
        let Self {
            filter,
            by,
            slice,
            wanted,
        } = *self;
        let forum = &caller.forum;
        forum
            .reviewables(&caller.viewer, filter, by, slice, wanted)
            .await
    }
}

connection! {
    /// What was flagged and nobody decided on yet.
    ReviewableConnection, ReviewableEdge, Reviewable, ReviewableTotal
}

impl ReviewableConnection {
    /// A page of the queue: the weightiest first where nothing is said.
    pub(crate) async fn read(
        ctx: &Context<'_>,
        filter: Option<ReviewableFilter>,
        order: Option<ReviewableOrder>,
        paging: &Paging,
    ) -> async_graphql::Result<Self> {
        let caller = caller(ctx);
        let filter = filter.unwrap_or_default();
        let filter = QueueFilter {
            own: filter.claimed_by_viewer == Some(true),
            unclaimed: filter.unclaimed == Some(true),
            overdue: filter.overdue == Some(true),
        };
        let field = order.map_or(ReviewableOrderField::Score, |order| order.field);
        let (by, list) = match field {
            ReviewableOrderField::Score => (view::QueueOrder::Score, List::ReviewablesByScore),
            ReviewableOrderField::CreatedAt => (view::QueueOrder::Age, List::ReviewablesByAge),
        };
        let descending = order.is_none_or(|order| order.direction == OrderDirection::Desc);
        let window = paging.check(list)?;
        let slice = slice(window, descending, |place| view::QueuePlace {
            value: place.micros,
            id: place.id,
        });
        let reading = QueueReading {
            filter,
            by,
            slice,
            wanted: threads_wanted(ctx),
        };
        let seen = ctx.data_opt::<Arc<Seen>>();
        let rows = match seen.map(|seen| seen.read()) {
            Some(kept::Read::Queue(rows)) => rows,
            _ => read(caller, reading.rows(caller).await)?,
        };
        if let Some(seen) = seen
            && reading.wanted.is_none_or(|wanted| wanted == Wanted::LEAST)
        {
            seen.queue(kept::Queue::new(&caller.viewer.actor, reading, &rows));
        }
        let wanted = reading.wanted;
        let cut = Page::cut(rows, window, |one| {
            let of = &one.reviewable;
            let micros = match by {
                view::QueueOrder::Score => of.score,
                view::QueueOrder::Age => of.created_at.timestamp_micros(),
            };
            let id = of.id.into();
            seal(list, Place { micros, id })
        });
        let (cursors, seen): (Vec<_>, Vec<_>) = cut.items.into_iter().unzip();
        let items = cursors.into_iter().zip(Reviewable::together(seen, wanted));
        Ok(Self::new(
            items.collect(),
            cut.info,
            ReviewableTotal(filter),
        ))
    }
}
