//! Sanctions: one's own, and those that the moderators see.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object};
use chrono::{DateTime, Utc};
use domain::id::{SanctionId, ThreadId};
use door::directive::{On, cost, depends};
use forum::moderation::{SanctionFilter as Filter, SeenSanction, version_of};
use forum::views::sanction as view;

use crate::schema::batch::Together;
use crate::schema::caller::{Caller, caller, read};
use crate::schema::connection::connection;
use crate::schema::directory::Category;
use crate::schema::enums::{ModerationReason, SanctionDecision, SanctionKind, SanctionScope};
use crate::schema::global_id::{Kind, encode};
use crate::schema::modlog::subject_id;
use crate::schema::page::{List, Page, Paging, Place, seal, slice};
use crate::schema::thread::Thread;

/// A sanction of the viewer, with why, and how to appeal. Nobody else is told
/// whose it is.
#[derive(Debug, Clone)]
pub struct OwnSanction {
    of: Arc<view::Sanction>,
    stands: bool,
    appeal_until: Option<DateTime<Utc>>,
}

impl OwnSanction {
    /// Those of whoever asks.
    pub(crate) async fn all(caller: &Caller) -> async_graphql::Result<Vec<Self>> {
        let all = read(caller, caller.forum.own_sanctions(&caller.viewer).await)?;
        let own = |one: forum::moderation::OwnSanction| Self {
            of: Arc::new(one.sanction),
            stands: one.stands,
            appeal_until: one.appeal_until,
        };
        Ok(all.into_iter().map(own).collect())
    }

    /// Whether it is the one with this id.
    pub(crate) fn is(&self, id: Option<uuid::Uuid>) -> bool {
        id == Some(self.of.id.into())
    }
}

/// A sanction of the viewer, with why, and how to appeal. Nobody else is told
/// whose it is.
#[Object(serial)]
impl OwnSanction {
    /// What was done.
    async fn kind(&self) -> SanctionKind {
        self.of.kind.into()
    }

    /// How far it reaches; null of a warning.
    async fn scope(&self) -> Option<SanctionScope> {
        self.of.reach.map(Into::into)
    }

    /// The category that it is of; it holds in those under it, too.
    async fn category(&self, ctx: &Context<'_>) -> Option<Category> {
        Category::of(ctx, self.of.category.as_deref())
    }

    /// When it ends by itself; null of a warning and of a ban.
    async fn until(&self) -> Option<DateTime<Utc>> {
        self.of.until
    }

    /// Why.
    async fn reason(&self) -> ModerationReason {
        self.of.code.into()
    }

    /// Why, in words.
    async fn text(&self) -> &str {
        &self.of.reason
    }

    /// The id of the thread or post that it is for.
    async fn subject_id(&self) -> ID {
        subject_id(self.of.subject())
    }

    /// When it took effect.
    async fn since(&self) -> Option<DateTime<Utc>> {
        self.of.decided_at
    }

    /// The entry of the modlog by which it is appealed.
    async fn entry_id(&self) -> Option<ID> {
        self.of.entry.map(|id| encode(Kind::ModlogEntry, id))
    }

    /// The moment from which on nobody appeals against it any more, whether or not
    /// somebody did; null once it is past.
    async fn appeal_until(&self) -> Option<DateTime<Utc>> {
        self.appeal_until
    }

    /// When it was taken back.
    async fn lifted_at(&self) -> Option<DateTime<Utc>> {
        self.of.lifted_at
    }

    /// Whether it stands: it is not over, and was not taken back.
    async fn stands(&self) -> bool {
        self.stands
    }
}

/// A sanction, or what is proposed to be one: what it is for, and not whose
/// account it is of. For moderators.
#[derive(Debug, Clone)]
pub struct Sanction {
    seen: Arc<SeenSanction>,
    /// The threads of all that are read with it.
    threads: Arc<Together<ThreadId, Thread>>,
}

impl Sanction {
    /// The one with this id, if the viewer may see it.
    pub(crate) async fn seen(
        caller: &Caller,
        id: SanctionId,
    ) -> async_graphql::Result<Option<Self>> {
        let found = read(caller, caller.forum.sanction(&caller.viewer, id).await)?;
        Ok(Self::together(found.into_iter().collect()).pop())
    }

    /// Those of one list.
    fn together(all: Vec<SeenSanction>) -> Vec<Self> {
        let mut threads: Vec<ThreadId> = all.iter().map(|one| one.sanction.thread).collect();
        threads.sort_unstable();
        threads.dedup();
        let threads = Together::new(threads);
        let of = |seen| Self {
            seen: Arc::new(seen),
            threads: Arc::clone(&threads),
        };
        all.into_iter().map(of).collect()
    }

    fn of(&self) -> &view::Sanction {
        &self.seen.sanction
    }
}

/// A sanction, or what is proposed to be one: what it is for, and not whose
/// account it is of. For moderators.
#[Object(serial)]
impl Sanction {
    /// The id of this sanction.
    pub(crate) async fn id(&self) -> ID {
        encode(Kind::Sanction, self.of().id)
    }

    /// What is done.
    async fn kind(&self) -> SanctionKind {
        self.of().kind.into()
    }

    /// How far it reaches; null of a warning.
    async fn scope(&self) -> Option<SanctionScope> {
        self.of().reach.map(Into::into)
    }

    /// The category that it is of; it holds in those under it, too.
    async fn category(&self, ctx: &Context<'_>) -> Option<Category> {
        Category::of(ctx, self.of().category.as_deref())
    }

    /// When it ends by itself; null of a warning and of a ban.
    async fn until(&self) -> Option<DateTime<Utc>> {
        self.of().until
    }

    /// Why.
    async fn reason(&self) -> ModerationReason {
        self.of().code.into()
    }

    /// Why, in words for whoever is sanctioned.
    async fn text(&self) -> &str {
        &self.of().reason
    }

    /// The id of the thread or post that it is for.
    async fn subject_id(&self) -> ID {
        subject_id(self.of().subject())
    }

    /// The thread, or the one that the post stands in.
    #[graphql(directive = cost::apply(5))]
    async fn thread(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Thread>> {
        let caller = caller(ctx);
        let load = async |ids: &[ThreadId]| {
            let found = caller.forum.threads_by_id(&caller.viewer, ids).await;
            let found = read(caller, found)?.into_iter().flatten();
            let threads = Thread::listed(found.collect()).into_iter();
            Ok(threads
                .map(|thread| (thread.view.facts.id, thread))
                .collect())
        };
        let of = self.threads.of(self.of().thread, load).await?;
        Ok(of.into_iter().next())
    }

    /// The thread's title when it was proposed.
    async fn title(&self) -> Option<&str> {
        self.of().title.as_deref()
    }

    /// The text when it was proposed, in markdown.
    async fn body(&self) -> &str {
        &self.of().body
    }

    /// Which text that was: compare it with the `version` of the thread or post.
    async fn version(&self) -> String {
        version_of(self.of().title.as_deref(), &self.of().body)
    }

    /// The number of the moderator who proposed it.
    async fn proposed_by(&self) -> i64 {
        self.of().proposer
    }

    /// When he did.
    async fn proposed_at(&self) -> DateTime<Utc> {
        self.of().proposed_at
    }

    /// When the proposal lapses, if nobody decides; null of a warning, which nobody
    /// decides on.
    async fn lapses_at(&self) -> Option<DateTime<Utc>> {
        let waits = self.of().kind != domain::moderation::SanctionKind::Warn;
        waits.then_some(self.seen.lapses_at)
    }

    /// What was decided.
    async fn decision(&self) -> Option<SanctionDecision> {
        self.of().decision.map(Into::into)
    }

    /// The number of the moderator who decided; null of a warning.
    async fn decided_by(&self) -> Option<i64> {
        self.of().decider
    }

    /// When he did.
    async fn decided_at(&self) -> Option<DateTime<Utc>> {
        self.of().decided_at
    }

    /// Why he decided so, in words for the moderators.
    async fn decision_text(&self) -> Option<&str> {
        self.of().decision_reason.as_deref()
    }

    /// Its entry in the modlog, once it took effect.
    async fn entry_id(&self) -> Option<ID> {
        self.of().entry.map(|id| encode(Kind::ModlogEntry, id))
    }

    /// When it was taken back.
    async fn lifted_at(&self) -> Option<DateTime<Utc>> {
        self.of().lifted_at
    }

    /// Whether it stands: it took effect, is not over, and was not taken back.
    async fn stands(&self) -> bool {
        self.seen.stands
    }

    /// Whether the viewer may decide on it: somebody else proposed it, who is of
    /// another constituency and still moderates.
    async fn viewer_can_decide(&self) -> bool {
        self.seen.may_decide
    }

    /// Whether the viewer may take it back: not if he proposed it.
    async fn viewer_can_lift(&self) -> bool {
        self.seen.may_lift
    }
}

/// Which sanctions.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum SanctionState {
    /// Those that wait for a second moderator.
    Waiting,
    /// Those that stand; of warnings none.
    Standing,
}

/// What the moderators' sanctions are narrowed to.
#[derive(InputObject, Debug, Clone, Copy, Default)]
pub struct SanctionFilter {
    /// Which; those that wait where nothing is said.
    pub state: Option<SanctionState>,
}

/// What they are counted by.
#[derive(Debug, Clone, Copy)]
pub struct SanctionTotal(Filter);

impl SanctionTotal {
    async fn count(&self, caller: &Caller) -> async_graphql::Result<i64> {
        let counted = caller.forum.sanction_count(&caller.viewer, self.0).await;
        read(caller, counted)
    }
}

connection! {
    /// Sanctions, those that were proposed last first.
    SanctionConnection, SanctionEdge, Sanction, SanctionTotal
}

impl SanctionConnection {
    /// A page of them.
    pub(crate) async fn read(
        ctx: &Context<'_>,
        filter: Option<SanctionFilter>,
        paging: &Paging,
    ) -> async_graphql::Result<Self> {
        let caller = caller(ctx);
        let filter = match filter.unwrap_or_default().state {
            None | Some(SanctionState::Waiting) => Filter::Waiting,
            Some(SanctionState::Standing) => Filter::Standing,
        };
        let window = paging.check(List::Sanctions)?;
        let slice = slice(window, true, |place| view::SanctionPlace {
            micros: place.micros,
            id: place.id,
        });
        let rows = caller.forum.sanctions(&caller.viewer, filter, slice).await;
        let cut = Page::cut(read(caller, rows)?, window, |one| {
            let place = Place {
                micros: one.sanction.proposed_at.timestamp_micros(),
                id: one.sanction.id.into(),
            };
            seal(List::Sanctions, place)
        });
        let (cursors, seen): (Vec<_>, Vec<_>) = cut.items.into_iter().unzip();
        let items = cursors.into_iter().zip(Sanction::together(seen));
        Ok(Self::new(items.collect(), cut.info, SanctionTotal(filter)))
    }
}
