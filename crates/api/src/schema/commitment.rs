//! What offices say that they will do, and what becomes of it.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Datelike as _, Utc};
use domain::commitment::Stage;
use domain::id::{CommitmentId, ThreadId};
use domain::policy::ThreadFacts;
use door::directive::{On, cost, depends, list_size, names, page};
use forum::commitment::{CommitmentList, Within};
use forum::views::answer;
use forum::views::commitment as view;

use crate::schema::batch::Together;
use crate::schema::caller::{Caller, caller, read};
use crate::schema::connection::connection;
use crate::schema::directory::{Agency, Office};
use crate::schema::enums::{CommitmentAct, CommitmentState, Language, TimelineSide};
use crate::schema::global_id::{Kind, encode};
use crate::schema::page::{List, Page, Paging, Place, seal, slice};
use crate::schema::response::Response;
use crate::schema::scalar::Day;
use crate::schema::thread::Thread;

/// What is read once for all commitments of a list.
#[derive(Debug)]
struct Shared {
    facts: Vec<ThreadFacts>,
    threads: Arc<Together<ThreadId, Thread>>,
    responses: Arc<Together<ThreadId, answer::Response>>,
    milestones: Arc<Together<CommitmentId, view::Milestone>>,
    steps: Arc<Together<CommitmentId, view::Step>>,
    evidence: Arc<Together<CommitmentId, view::Evidence>>,
}

/// What an office says that it will do. It is signed by the office, and as
/// visible as the concern it was made in.
#[derive(Debug, Clone)]
pub struct Commitment {
    view: Arc<view::Commitment>,
    shared: Arc<Shared>,
}

impl Commitment {
    /// Commitments that are read together, with what their threads are decided
    /// by.
    pub(crate) fn together(views: Vec<view::Commitment>, facts: Vec<ThreadFacts>) -> Vec<Self> {
        let ids: Vec<CommitmentId> = views.iter().map(|one| one.id).collect();
        let mut threads: Vec<ThreadId> = views.iter().map(|one| one.thread).collect();
        threads.sort_unstable();
        threads.dedup();
        let shared = Arc::new(Shared {
            facts,
            threads: Together::new(threads.clone()),
            responses: Together::new(threads),
            milestones: Together::new(ids.clone()),
            steps: Together::new(ids.clone()),
            evidence: Together::new(ids),
        });
        views
            .into_iter()
            .map(|view| Self {
                view: Arc::new(view),
                shared: Arc::clone(&shared),
            })
            .collect()
    }

    /// The one with this id, if the viewer may see it.
    pub(crate) async fn seen(
        caller: &Caller,
        id: CommitmentId,
    ) -> async_graphql::Result<Option<Self>> {
        let found = read(caller, caller.forum.commitment(&caller.viewer, id).await)?;
        let one = found.map(|(view, facts)| Self::together(vec![view], vec![facts]));
        Ok(one.and_then(|mut all| all.pop()))
    }

    pub(crate) fn key(&self) -> CommitmentId {
        self.view.id
    }

    pub(crate) fn thread_id(&self) -> ThreadId {
        self.view.thread
    }
}

/// What an office says that it will do. It is signed by the office, and as
/// visible as the concern it was made in.
#[Object(serial)]
impl Commitment {
    /// The id of this commitment.
    #[graphql(directive = depends::apply(On::Thread))]
    pub(crate) async fn id(&self) -> ID {
        encode(Kind::Commitment, self.view.id)
    }

    /// What is to be done, in markdown.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn statement(&self) -> &str {
        &self.view.body
    }

    /// What is to be done, as sanitized HTML.
    #[graphql(directive = depends::apply(On::Thread), directive = cost::apply(2))]
    async fn statement_html(&self) -> String {
        forum::markdown::to_html(&self.view.body)
    }

    /// The language of the texts.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn language(&self) -> Language {
        self.view.language.into()
    }

    /// Where it stands.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn state(&self) -> CommitmentState {
        self.view.life.state().into()
    }

    /// Whether the office says that it is done; also of one that lapsed.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn is_reported_done(&self) -> bool {
        matches!(self.view.life.stage, Stage::ReportedDone | Stage::Contested)
    }

    /// Whether the concerned side says that it is not; also of one that lapsed.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn is_contested(&self) -> bool {
        self.view.life.stage == Stage::Contested
    }

    /// How far the office says it is, from 0 to 100 percent.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn percent(&self) -> i32 {
        self.view.life.percent.into()
    }

    /// The day by which it is to be kept: the newest that was named.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn due_on(&self) -> Day {
        Day(self.view.life.due_on)
    }

    /// The day that was named first; those between stand in the history.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn first_due_on(&self) -> Day {
        Day(self.view.first_due_on)
    }

    /// When its day was over without its being kept. It stays when it is kept
    /// late.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn lapsed_at(&self) -> Option<DateTime<Utc>> {
        self.view.life.lapsed_at
    }

    /// When the concerned side, or whoever keeps the process, said that it was
    /// kept.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn kept_at(&self) -> Option<DateTime<Utc>> {
        self.view.life.kept_at
    }

    /// The agency that is bound.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn agency(&self, ctx: &Context<'_>) -> Option<Agency> {
        Agency::of(ctx, Some(self.view.bound.agency))
    }

    /// The office that is bound.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn office(&self, ctx: &Context<'_>) -> Option<Office> {
        Office::of(ctx, Some(self.view.bound.office))
    }

    /// When it was made.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn created_at(&self) -> DateTime<Utc> {
        self.view.created_at
    }

    /// The concern it was made in.
    #[graphql(directive = cost::apply(2))]
    async fn thread(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Thread>> {
        let caller = caller(ctx);
        let load = async |ids: &[ThreadId]| {
            let found = caller.forum.threads_by_id(&caller.viewer, ids).await;
            let found = read(caller, found)?.into_iter().flatten().collect();
            let all = Thread::listed(found).into_iter();
            Ok(all.map(|one| (one.view.facts.id, one)).collect())
        };
        let found = self.shared.threads.of(self.view.thread, load).await?;
        Ok(found.into_iter().next())
    }

    /// The response it goes with, if it does.
    #[graphql(directive = depends::apply(On::Thread), directive = cost::apply(2))]
    async fn response(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Response>> {
        let Some(id) = self.view.response else {
            return Ok(None);
        };
        let caller = caller(ctx);
        let load = async |ids: &[ThreadId]| {
            let all = read(caller, caller.forum.responses(ids).await)?.into_iter();
            Ok(all.map(|one| (one.thread, one)).collect())
        };
        let all = self.shared.responses.of(self.view.thread, load).await?;
        Ok(all.into_iter().find(|one| one.id == id).map(Response))
    }

    /// The steps on the way, as they were announced.
    #[graphql(
        directive = depends::apply(On::Thread),
        directive = list_size::apply(5, names(&[]), names(&[])),
        directive = cost::apply(2)
    )]
    async fn milestones(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Milestone>> {
        let caller = caller(ctx);
        let load = async |ids: &[CommitmentId]| {
            let all = read(caller, caller.forum.milestones(ids).await)?.into_iter();
            Ok(all.map(|one| (one.commitment, one)).collect())
        };
        let all = self.shared.milestones.of(self.view.id, load).await?;
        Ok(all.into_iter().map(Milestone::from).collect())
    }

    /// What was done to it, the newest first, at most 100: every report, every
    /// day that was named, every word on it.
    #[graphql(
        directive = depends::apply(On::Thread),
        directive = list_size::apply(10, names(&[]), names(&[])),
        directive = cost::apply(2)
    )]
    async fn history(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<CommitmentStep>> {
        let caller = caller(ctx);
        let load = async |ids: &[CommitmentId]| {
            let all = read(caller, caller.forum.commitment_steps(ids).await)?.into_iter();
            Ok(all.map(|one| (one.commitment, one)).collect())
        };
        let all = self.shared.steps.of(self.view.id, load).await?;
        let step = |view| CommitmentStep {
            view: Arc::new(view),
            shared: Arc::clone(&self.shared),
        };
        Ok(all.into_iter().map(step).collect())
    }

    /// What the viewer may do to it now.
    async fn legal_acts(&self, ctx: &Context<'_>) -> Vec<CommitmentAct> {
        let caller = caller(ctx);
        let mut facts = self.shared.facts.iter();
        let facts = facts.find(|one| one.id == self.view.thread);
        let acts = facts.map_or_else(Vec::new, |facts| {
            let forum = &caller.forum;
            forum.legal_acts(&caller.viewer, facts, &self.view)
        });
        acts.into_iter().map(Into::into).collect()
    }
}

/// A step on the way of a commitment, as it was announced.
#[derive(SimpleObject, Debug, Clone)]
#[graphql(serial)]
pub struct Milestone {
    /// The how manieth it is, from 1.
    #[graphql(directive = depends::apply(On::Thread))]
    pub number: i64,
    /// What is to be reached.
    #[graphql(directive = depends::apply(On::Thread))]
    pub statement: String,
    /// By which day.
    #[graphql(directive = depends::apply(On::Thread))]
    pub due_on: Day,
    /// When the office said that it was.
    #[graphql(directive = depends::apply(On::Thread))]
    pub reached_at: Option<DateTime<Utc>>,
}

impl From<view::Milestone> for Milestone {
    fn from(view: view::Milestone) -> Self {
        Self {
            number: view.number,
            statement: view.body,
            due_on: Day(view.due_on),
            reached_at: view.reached_at,
        }
    }
}

/// Where it can be seen what was done.
#[derive(SimpleObject, Debug, Clone)]
#[graphql(serial)]
pub struct Evidence {
    /// Its address, of http or https. The forum vouches for nothing that is
    /// there.
    #[graphql(directive = depends::apply(On::Thread))]
    pub url: String,
    /// What it shows.
    #[graphql(directive = depends::apply(On::Thread))]
    pub description: String,
}

/// Something that was done to a commitment. The side is named, and its office;
/// never a person.
#[derive(Debug, Clone)]
pub struct CommitmentStep {
    view: Arc<view::Step>,
    shared: Arc<Shared>,
}

/// Something that was done to a commitment. The side is named, and its office;
/// never a person.
#[Object(serial)]
impl CommitmentStep {
    /// What was done.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn act(&self) -> CommitmentAct {
        self.view.act.into()
    }

    /// Which side did it.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn side(&self) -> TimelineSide {
        self.view.side.into()
    }

    /// The agency that did it, if one did.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn agency(&self, ctx: &Context<'_>) -> Option<Agency> {
        Agency::of(ctx, self.view.agency)
    }

    /// The office that did it, if one did.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn office(&self, ctx: &Context<'_>) -> Option<Office> {
        Office::of(ctx, self.view.office)
    }

    /// What was said with it: a reason, or what was done.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn note(&self) -> Option<&str> {
        self.view.note.as_deref()
    }

    /// How far the office said it is, of a report.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn percent(&self) -> Option<i64> {
        self.view.percent
    }

    /// The number of the milestone that the office said to be reached.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn milestone(&self) -> Option<i64> {
        self.view.milestone
    }

    /// The day that was named, or that is over.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn due_on(&self) -> Option<Day> {
        self.view.due_on.map(Day)
    }

    /// The day in the place of which it was named.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn was_due_on(&self) -> Option<Day> {
        self.view.was_due_on.map(Day)
    }

    /// Where it can be seen what was done.
    #[graphql(
        directive = depends::apply(On::Thread),
        directive = list_size::apply(2, names(&[]), names(&[])),
        directive = cost::apply(1)
    )]
    async fn evidence(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Evidence>> {
        let caller = caller(ctx);
        let load = async |ids: &[CommitmentId]| {
            let all = read(caller, caller.forum.evidence(ids).await)?.into_iter();
            Ok(all.map(|one| (one.commitment, one)).collect())
        };
        let of = self.view.commitment;
        let all = self.shared.evidence.of(of, load).await?.into_iter();
        let own = all.filter(|one| one.step == self.view.id);
        Ok(own
            .map(|one| Evidence {
                url: one.url,
                description: one.body,
            })
            .collect())
    }

    /// When.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn at(&self) -> DateTime<Utc> {
        self.view.at
    }
}

/// What commitments are narrowed to.
#[derive(InputObject, Debug, Clone, Default)]
pub struct CommitmentFilter {
    /// Only those of this agency: its id, or its code, such as POL_PB.
    pub agency: Option<ID>,
    /// Only those that stand so.
    pub state: Option<CommitmentState>,
}

/// What the commitments of the viewer's agency are narrowed to.
#[derive(InputObject, Debug, Clone, Copy, Default)]
pub struct DeskCommitmentFilter {
    /// Only those that stand so.
    pub state: Option<CommitmentState>,
}

/// What a list of commitments is counted by.
#[derive(Debug, Clone, Copy)]
pub struct CommitmentTotal(CommitmentList);

impl CommitmentTotal {
    async fn count(&self, caller: &Caller) -> async_graphql::Result<i64> {
        let counted = caller.forum.commitment_count(&caller.viewer, self.0).await;
        read(caller, counted)
    }
}

connection! {
    /// Commitments, by the day on which they are due.
    CommitmentConnection, CommitmentEdge, Commitment, CommitmentTotal
}

impl CommitmentConnection {
    /// A page of commitments.
    pub(crate) async fn read(
        ctx: &Context<'_>,
        list: CommitmentList,
        paging: &Paging,
    ) -> async_graphql::Result<Self> {
        let caller = caller(ctx);
        let window = paging.check(List::Commitments)?;
        let slice = slice(window, false, |place| view::CommitmentPlace {
            days: place.micros,
            id: place.id,
        });
        let rows = caller.forum.commitments_of(&caller.viewer, list, slice);
        let (views, facts) = read(caller, rows.await)?.into_iter().unzip();
        let cut = Page::cut(Commitment::together(views, facts), window, |one| {
            let place = Place {
                micros: one.view.life.due_on.num_days_from_ce().into(),
                id: one.view.id.into(),
            };
            seal(List::Commitments, place)
        });
        Ok(Self::new(cut.items, cut.info, CommitmentTotal(list)))
    }
}

/// What agencies say that they will do.
#[derive(Debug, Default)]
pub struct CommitmentQueries;

#[Object(serial)]
impl CommitmentQueries {
    /// What agencies committed themselves to in concerns that everybody may
    /// read, by the day on which it is due.
    #[graphql(directive = page::apply(20), directive = cost::apply(5))]
    async fn commitments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to narrow the list to.")] filter: Option<CommitmentFilter>,
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
        let filter = filter.unwrap_or_default();
        let list = CommitmentList {
            agency: filter.agency.map(|named| caller(ctx).agency(&named)),
            within: Within::Public,
            state: filter.state.map(Into::into),
        };
        CommitmentConnection::read(ctx, list, &paging).await
    }
}
