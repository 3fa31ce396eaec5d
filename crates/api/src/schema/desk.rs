//! Desks: what waits for an office, for a raiser, or for the moderators.

use async_graphql::{Context, Enum, InputObject, Object, SimpleObject};
use domain::desk::{WAITS_FOR_OFFICE, WAITS_FOR_RAISER, WAITS_FOR_ROUTE};
use domain::id::AgencyId;
use door::directive::{On, cost, depends, list_size, names, page};
use forum::commitment::{CommitmentList, Within};
use forum::concern::{Queue, of_agency};
use forum::views::desk as view;
use forum::views::thread::DeskFilter as Narrowed;
use forum::views::thread::ThreadFilter;

use crate::schema::appeal::AppealConnection;
use crate::schema::caller::{Caller, caller, read};
use crate::schema::commitment::{CommitmentConnection, DeskCommitmentFilter};
use crate::schema::directory::Agency;
use crate::schema::enums::Blocker;
use crate::schema::page::Paging;
use crate::schema::reviewable::{ReviewableConnection, ReviewableFilter, ReviewableOrder};
use crate::schema::sanction::{SanctionConnection, SanctionFilter};
use crate::schema::template::ResponseTemplate;
use crate::schema::threads::{ThreadConnection, due_page};

/// What a desk is narrowed to. Everything given must hold.
#[derive(InputObject, Debug, Clone, Copy, Default)]
pub struct DeskFilter {
    /// Only what the viewer took in hand.
    pub taken_by_viewer: Option<bool>,
    /// Only what the viewer has on his shortlist.
    pub shortlisted_by_viewer: Option<bool>,
    /// Only what waits for an office and nobody took.
    pub untaken: Option<bool>,
    /// Only what is before an office that the viewer holds.
    pub assigned_to_viewer: Option<bool>,
    /// Only what is late.
    pub overdue: Option<bool>,
    /// Only what is very late.
    pub very_overdue: Option<bool>,
    /// Only what the agency cannot go on with: it waits for another.
    pub blocked: Option<bool>,
    /// Only what waits for this side.
    pub blocked_on: Option<Blocker>,
}

impl DeskFilter {
    fn of(self, caller: &Caller, desk: &Desk) -> ThreadFilter {
        let yes = |flag: Option<bool>| flag == Some(true);
        let (forum, viewer) = (&caller.forum, &caller.viewer);
        let mut narrowed = Narrowed {
            taken_by: yes(self.taken_by_viewer).then(|| viewer.personas.clone()),
            shortlisted_by: yes(self.shortlisted_by_viewer).then(|| viewer.personas.clone()),
            untaken: yes(self.untaken),
            ..Narrowed::default()
        };
        let mut states = Vec::new();
        if narrowed.untaken {
            states.push(WAITS_FOR_OFFICE.to_vec());
        }
        if yes(self.blocked) {
            states.push([WAITS_FOR_RAISER, WAITS_FOR_ROUTE].concat());
        }
        match self.blocked_on {
            None => {}
            Some(Blocker::Raiser) => states.push(WAITS_FOR_RAISER.to_vec()),
            Some(Blocker::Moderator) => states.push(WAITS_FOR_ROUTE.to_vec()),
            Some(side @ (Blocker::Office | Blocker::Oversight)) => {
                let waits = desk.side(caller) == side;
                states.push(if waits {
                    WAITS_FOR_OFFICE.to_vec()
                } else {
                    Vec::new()
                });
            }
        }
        let every = states.into_iter().reduce(|mut kept, more| {
            kept.retain(|state| more.contains(state));
            kept
        });
        narrowed.states = every;
        if yes(self.overdue) {
            forum.late(&mut narrowed);
        }
        if yes(self.very_overdue) {
            forum.very_late(&mut narrowed);
        }
        ThreadFilter {
            assigned_offices: yes(self.assigned_to_viewer).then(|| viewer.offices.clone()),
            desk: Some(narrowed),
            ..of_agency(desk.agency)
        }
    }
}

/// What is on a desk, in numbers: as far as the viewer may see it.
#[derive(SimpleObject, Debug, Clone, Copy)]
#[graphql(serial)]
pub struct DeskCounts {
    /// Everything that is not over.
    pub all: i64,
    /// What no office said that it has yet.
    pub assigned: i64,
    /// What an office said that it has, or works on.
    pub acknowledged: i64,
    /// What is looked at again after a dispute.
    pub in_review: i64,
    /// What waits for its raiser.
    pub waiting_for_raiser: i64,
    /// What waits for a moderator to put it before a reviewer.
    pub waiting_for_moderator: i64,
    /// What is late, the very late included.
    pub overdue: i64,
    /// What is very late.
    pub very_overdue: i64,
    /// What waits for an office, and nobody took.
    pub untaken: i64,
}

impl From<view::DeskCounts> for DeskCounts {
    fn from(counts: view::DeskCounts) -> Self {
        Self {
            all: counts.all,
            assigned: counts.assigned,
            acknowledged: counts.acknowledged,
            in_review: counts.in_review,
            waiting_for_raiser: counts.waits_for_raiser,
            waiting_for_moderator: counts.waits_for_moderator,
            overdue: counts.overdue,
            very_overdue: counts.very_overdue,
            untaken: counts.untaken,
        }
    }
}

/// What an officer has in hand: for his colleagues in the agency.
#[derive(SimpleObject, Debug, Clone)]
#[graphql(serial)]
pub struct OfficerLoad {
    /// What his colleagues call him.
    pub name: String,
    /// Whether he is the viewer.
    pub is_viewer: bool,
    /// Concerns that he took in hand and that are not over, of those that the
    /// viewer may see.
    pub taken: i64,
    /// Those of them that are late.
    pub overdue: i64,
}

/// What is before the offices of the viewer's agency.
#[derive(Debug, Clone, Copy)]
pub struct Desk {
    agency: AgencyId,
}

impl Desk {
    /// The viewer's; `None` for whoever holds no office.
    pub(crate) fn of(caller: &Caller) -> Option<Self> {
        let agency = caller.forum.desk_agency(&caller.viewer)?;
        Some(Self { agency })
    }

    /// Whether this is the desk of an office or of an oversight body.
    fn side(&self, caller: &Caller) -> Blocker {
        let directory = caller.forum.directory();
        let kind = directory.agency(self.agency).map(|agency| agency.kind);
        match kind {
            Some(domain::people::AgencyKind::Oversight) => Blocker::Oversight,
            _ => Blocker::Office,
        }
    }
}

/// What is before the offices of the viewer's agency, as far as he may see it:
/// a confidential concern is seen by the office that it is before.
#[Object(serial)]
impl Desk {
    /// The agency.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn agency(&self, ctx: &Context<'_>) -> Option<Agency> {
        Agency::of(ctx, Some(self.agency))
    }

    /// The concerns that are not over, by the day on which the next official
    /// move is due; those that wait for their raiser come last.
    #[graphql(directive = page::apply(20), directive = cost::apply(5))]
    async fn concerns(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to narrow the list to.")] filter: Option<DeskFilter>,
        #[graphql(desc = "How many of the first, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many of the last, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<ThreadConnection> {
        let paging = Paging {
            first,
            after,
            last,
            before,
        };
        let filter = filter.unwrap_or_default().of(caller(ctx), self);
        due_page(ctx, filter, &paging).await
    }

    /// What the agency committed itself to and is not settled, by the day on
    /// which it is due: in concerns that the viewer may see.
    #[graphql(directive = page::apply(20), directive = cost::apply(5))]
    async fn commitments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to narrow the list to.")] filter: Option<DeskCommitmentFilter>,
        #[graphql(desc = "How many of the first, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many of the last, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<CommitmentConnection> {
        let paging = Paging {
            first,
            after,
            last,
            before,
        };
        let list = CommitmentList {
            agency: Some(self.agency),
            within: Within::Desk,
            state: filter.and_then(|one| one.state).map(Into::into),
        };
        CommitmentConnection::read(ctx, list, &paging).await
    }

    /// What is on the desk, in numbers.
    #[graphql(directive = cost::apply(20))]
    async fn counts(&self, ctx: &Context<'_>) -> async_graphql::Result<DeskCounts> {
        let caller = caller(ctx);
        let counts = caller.forum.desk_counts(&caller.viewer, self.agency).await;
        Ok(read(caller, counts)?.into())
    }

    /// The templates of the agency's answers that are not retired, the oldest
    /// first; at most 200.
    #[graphql(
        directive = list_size::apply(20, names(&[]), names(&[])),
        directive = cost::apply(5)
    )]
    async fn response_templates(
        &self,
        ctx: &Context<'_>,
    ) -> async_graphql::Result<Vec<ResponseTemplate>> {
        let caller = caller(ctx);
        let all = caller.forum.templates(&caller.viewer, self.agency).await;
        Ok(read(caller, all)?.into_iter().map(Into::into).collect())
    }

    /// What each officer of the agency has in hand, by name; at most 200.
    #[graphql(
        directive = list_size::apply(20, names(&[]), names(&[])),
        directive = cost::apply(20)
    )]
    async fn workload(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<OfficerLoad>> {
        let caller = caller(ctx);
        let load = caller.forum.workload(&caller.viewer, self.agency).await;
        let load = read(caller, load)?.into_iter();
        let is_viewer = |one: &view::OfficerLoad| Some(one.account) == caller.viewer.account;
        Ok(load
            .map(|one| OfficerLoad {
                is_viewer: is_viewer(&one),
                name: one.name,
                taken: one.taken,
                overdue: one.overdue,
            })
            .collect())
    }
}

/// A list of what waits for the moderators.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModerationQueue {
    /// Concerns that are before nobody, and disputes for which no reviewer was
    /// found.
    Unassigned,
    /// Concerns that offices sent on often.
    ReferredOften,
    /// Concerns with which whoever they wait for is late.
    Overdue,
    /// Concerns before an agency that does not answer here any more, because it
    /// was suspended or left: to be put before another.
    Stranded,
}

impl From<ModerationQueue> for Queue {
    fn from(queue: ModerationQueue) -> Self {
        match queue {
            ModerationQueue::Unassigned => Self::Unassigned,
            ModerationQueue::ReferredOften => Self::ReferredOften,
            ModerationQueue::Overdue => Self::Overdue,
            ModerationQueue::Stranded => Self::Stranded,
        }
    }
}

/// What the moderators' concerns are narrowed to.
#[derive(InputObject, Debug, Clone, Copy, Default)]
pub struct ModerationFilter {
    /// Only what is in this list.
    pub queue: Option<ModerationQueue>,
}

/// What the viewer's own concerns are narrowed to.
#[derive(InputObject, Debug, Clone, Copy, Default)]
pub struct OwnConcernFilter {
    /// Only those that wait for the viewer: to be sent again, to say what was
    /// asked, or to judge an answer.
    pub waiting_for_viewer: Option<bool>,
}

/// What waits for the moderators.
#[derive(Debug, Clone, Copy)]
pub struct ModerationDesk;

impl ModerationDesk {
    /// The viewer's; `None` for whoever is no moderator.
    pub(crate) fn of(caller: &Caller) -> Option<Self> {
        caller.forum.sees_moderation(&caller.viewer).then_some(Self)
    }
}

/// What waits for the moderators, as far as the viewer may see it.
#[Object(serial)]
impl ModerationDesk {
    /// The concerns that are not over, or those of one list, by the day on which the next official
    /// move is due; those without one come last.
    #[graphql(directive = page::apply(20), directive = cost::apply(5))]
    async fn concerns(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to narrow the list to.")] filter: Option<ModerationFilter>,
        #[graphql(desc = "How many of the first, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many of the last, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<ThreadConnection> {
        let paging = Paging {
            first,
            after,
            last,
            before,
        };
        let queue = filter.unwrap_or_default().queue;
        let queue = queue.map(|one| caller(ctx).forum.queue(one.into()));
        let filter = ThreadFilter {
            desk: Some(queue.unwrap_or_default()),
            ..ThreadFilter::default()
        };
        due_page(ctx, filter, &paging).await
    }

    /// What was flagged and nobody decided on yet; the weightiest first where
    /// nothing is said. What the viewer wrote himself is left out.
    #[graphql(directive = page::apply(20), directive = cost::apply(10))]
    #[expect(
        clippy::too_many_arguments,
        reason = "the arguments of a Relay connection"
    )]
    async fn reviewables(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to narrow the list to.")] filter: Option<ReviewableFilter>,
        #[graphql(desc = "How to sort the list.")] order_by: Option<ReviewableOrder>,
        #[graphql(desc = "How many of the first, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many of the last, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<ReviewableConnection> {
        let paging = Paging {
            first,
            after,
            last,
            before,
        };
        ReviewableConnection::read(ctx, filter, order_by, &paging).await
    }

    /// The appeals that wait for a decision, the oldest first. The viewer's own
    /// are left out.
    #[graphql(directive = page::apply(20), directive = cost::apply(10))]
    async fn appeals(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many of the first, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many of the last, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<AppealConnection> {
        let paging = Paging {
            first,
            after,
            last,
            before,
        };
        AppealConnection::read(ctx, &paging).await
    }

    /// The sanctions that wait for a second moderator, or those that stand; those
    /// that were proposed last first. What is for the viewer's own words is left
    /// out.
    #[graphql(directive = page::apply(20), directive = cost::apply(10))]
    async fn sanctions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to narrow the list to.")] filter: Option<SanctionFilter>,
        #[graphql(desc = "How many of the first, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many of the last, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<SanctionConnection> {
        let paging = Paging {
            first,
            after,
            last,
            before,
        };
        SanctionConnection::read(ctx, filter, &paging).await
    }
}
