//! Threads.

mod part;

pub use part::{About, AccessLedgerEntry, Participant};

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use domain::clock::Expected;
use domain::id::ThreadId;
use domain::moderation::Subject;
use domain::policy::{Action, decide};
use door::directive::{On, cost, depends, list_size, names, page};
use door::fault::Fault;
use forum::moderation::{thread_moderated, version_of};
use forum::views::thread as view;

use crate::kept::Seen;
use crate::schema::author::Author;
use crate::schema::batch::Batch;
use crate::schema::caller::{Caller, caller, read, reasons, told};
use crate::schema::clock::Clock;
use crate::schema::commitment::Commitment;
use crate::schema::directory::{AffectedGroup, Agency, Category, Circle, Office, Region, Theme};
use crate::schema::draft::ResponseDraft;
use crate::schema::enums::{
    Audience, Blocker, ConcernMove, ConcernState, Language, LetterKind, ModerationStatus,
    Proceedings, Reuse, ThreadKind, ThreadNotifications,
};
use crate::schema::global_id::{Kind, encode};
use crate::schema::hold::{Hold, hold_of};
use crate::schema::letter::Letter;
use crate::schema::modlog::{ModlogEntry, acts_on};
use crate::schema::page::{List, Paging};
use crate::schema::post::PostConnection;
use crate::schema::response::Response;
use crate::schema::retaliation::RetaliationReport;
use crate::schema::revision::Revision;
use crate::schema::scalar::Day;
use crate::schema::template::FittingTemplate;
use crate::schema::timeline::TimelineConnection;
use crate::schema::user_error::UserError;

/// A conversation. A concern is a thread whose answer is tracked; what is only
/// true of concerns is null for the other kinds.
#[derive(Debug, Clone)]
pub struct Thread {
    pub(crate) view: Arc<view::Thread>,
    batch: Arc<Batch>,
}

impl Thread {
    /// A thread that was read by itself.
    pub(crate) fn alone(_caller: &Caller, view: view::Thread) -> Self {
        let batch = Batch::alone(&view);
        Self {
            view: Arc::new(view),
            batch,
        }
    }

    /// The threads of a list.
    pub(crate) fn listed(views: Vec<view::Thread>) -> Vec<Self> {
        let batch = Batch::listed(&views);
        views
            .into_iter()
            .map(|view| Self {
                view: Arc::new(view),
                batch: Arc::clone(&batch),
            })
            .collect()
    }

    fn id_of(&self) -> ThreadId {
        self.view.facts.id
    }

    async fn other(
        &self,
        ctx: &Context<'_>,
        id: Option<ThreadId>,
    ) -> async_graphql::Result<Option<Self>> {
        let Some(id) = id else {
            return Ok(None);
        };
        of_another(ctx);
        self.batch.other(caller(ctx), id).await
    }
}

/// Has the answer not be kept, because it tells of another thread: what is kept
/// is kept by the version of one.
pub(crate) fn of_another(ctx: &Context<'_>) {
    if let Some(seen) = ctx.data_opt::<Arc<Seen>>() {
        seen.own();
    }
}

/// Whether the viewer may do this.
fn may(ctx: &Context<'_>, action: &Action<'_>) -> bool {
    decide(&caller(ctx).viewer.actor, action).is_ok()
}

/// A conversation. A concern is a thread whose answer is tracked; what is only
/// true of concerns is null for the other kinds.
#[Object(serial)]
impl Thread {
    /// The id of this thread.
    #[graphql(directive = depends::apply(On::Thread))]
    pub(crate) async fn id(&self) -> ID {
        encode(Kind::Thread, self.id_of())
    }

    /// The reference to say on the telephone: MKL-2026-….
    #[graphql(directive = depends::apply(On::Thread))]
    async fn reference(&self) -> &str {
        &self.view.reference
    }

    /// What it is for.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn kind(&self) -> ThreadKind {
        self.view.facts.kind.into()
    }

    /// Who may read it.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn audience(&self) -> Audience {
        self.view.facts.audience.into()
    }

    /// The circle, where that is the audience.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn circle(&self, ctx: &Context<'_>) -> Option<Circle> {
        Circle::of(ctx, self.view.facts.circle)
    }

    /// How moderation stands on it.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn status(&self) -> ModerationStatus {
        self.view.facts.status.into()
    }

    /// Why a moderator returned or removed it, or what was said when it was released; for
    /// its author and moderators.
    async fn status_reason(&self, ctx: &Context<'_>) -> Option<&str> {
        let viewer = &caller(ctx).viewer;
        let own = viewer.personas.contains(&self.view.facts.raiser);
        let moderates = may(ctx, &Action::Release(&self.view.facts));
        self.view
            .status_reason
            .as_deref()
            .filter(|_| own || moderates)
    }

    /// Whether a moderator closed it to speaking.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn locked(&self) -> bool {
        self.view.facts.locked
    }

    /// Whether a moderator ended its conversation.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn closed(&self) -> bool {
        self.view.facts.ended
    }

    /// Whether it is among those to be read first.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn pinned(&self) -> bool {
        self.view.pinned
    }

    /// The thread that took its posts when it was merged, if the viewer sees it.
    #[graphql(directive = cost::apply(5))]
    async fn merged_into(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Self>> {
        self.other(ctx, self.view.merged_into).await
    }

    /// The thread that its first posts were split from, if the viewer sees it.
    #[graphql(directive = cost::apply(5))]
    async fn split_from(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Self>> {
        self.other(ctx, self.view.split_from).await
    }

    /// How many seconds everyone waits in it after he spoke; null where nobody
    /// does.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn slow_seconds(&self) -> Option<i64> {
        self.view.slow_seconds
    }

    /// What it is called.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn title(&self) -> &str {
        &self.view.title
    }

    /// The text it begins with, in markdown.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn body(&self, ctx: &Context<'_>) -> async_graphql::Result<&str> {
        self.batch.opened(caller(ctx)).await?;
        Ok(&self.view.body)
    }

    /// The text it begins with as sanitized HTML.
    #[graphql(directive = depends::apply(On::Thread), directive = cost::apply(2))]
    async fn body_html(&self, ctx: &Context<'_>) -> async_graphql::Result<String> {
        self.batch.opened(caller(ctx)).await?;
        Ok(forum::markdown::to_html(&self.view.body))
    }

    /// Which text it is: the same title and text are the same version. A
    /// moderator names the one that he judged.
    #[graphql(directive = depends::apply(On::Thread), directive = cost::apply(1))]
    async fn version(&self, ctx: &Context<'_>) -> async_graphql::Result<String> {
        self.batch.opened(caller(ctx)).await?;
        Ok(version_of(Some(&self.view.title), &self.view.body))
    }

    /// What moderators did to it and why, the newest first, at most 50: for its
    /// author and for moderators. The author may `appeal` against an entry.
    #[graphql(
        directive = list_size::apply(5, names(&[]), names(&[])),
        directive = cost::apply(5)
    )]
    async fn moderation(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<ModlogEntry>> {
        let subject = Subject::Thread(self.view.facts.id);
        acts_on(caller(ctx), &self.batch.acts, subject).await
    }

    /// Why it is held and by when moderators look at it: for its author and for
    /// moderators. Null where it is not held.
    #[graphql(directive = cost::apply(5))]
    async fn hold(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Hold>> {
        let subject = Subject::Thread(self.view.facts.id);
        hold_of(caller(ctx), &self.batch.holds, subject).await
    }

    /// The title and text that it began with before its author changed them, the
    /// newest first, at most 50, and 200 of a list: for its author, and for whoever may
    /// moderate it; empty for whoever else asks. Nothing of what was struck out is in
    /// them.
    #[graphql(
        directive = list_size::apply(10, names(&[]), names(&[])),
        directive = cost::apply(1)
    )]
    async fn revisions(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Revision>> {
        let caller = caller(ctx);
        let all = self.batch.revisions(caller, self.id_of()).await?;
        if !all.is_empty() {
            // They tell of the concern as its text does.
            self.batch.opened(caller).await?;
        }
        Ok(all)
    }

    /// The language of the texts.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn language(&self) -> Language {
        self.view.language.into()
    }

    /// The sealed case facts of a concern: for its raiser, the assigned office,
    /// the moderator on it and oversight, except whoever is complained about.
    /// Opening them is noted for the raiser to see. One concern at a time.
    #[graphql(directive = cost::apply(10))]
    async fn case_facts(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<String>> {
        if !self.batch.is_single() {
            return Err(Fault::BadUserInput.because("Open case facts one concern at a time."));
        }
        let caller = caller(ctx);
        read(
            caller,
            caller
                .forum
                .case_facts(&caller.viewer, &self.view.facts)
                .await,
        )
    }

    /// What it is about.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn category(&self, ctx: &Context<'_>) -> Option<Category> {
        Category::of(ctx, self.view.category.as_deref())
    }

    /// Where it happens.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn region(&self, ctx: &Context<'_>) -> Option<Region> {
        let code = self.view.region.as_deref()?;
        caller(ctx).forum.directory().region(code).map(Region::from)
    }

    /// What is at stake beyond the crime.
    #[graphql(directive = depends::apply(On::Directory), directive = cost::apply(3))]
    async fn themes(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Theme>> {
        let caller = caller(ctx);
        let directory = caller.forum.directory();
        let codes = self.batch.themes(caller, self.id_of()).await?;
        Ok(codes
            .iter()
            .filter_map(|code| directory.theme(code))
            .map(Theme::from)
            .collect())
    }

    /// Groups it affects. Those never shown beside a name are left out for
    /// whoever may not open the case facts.
    #[graphql(directive = cost::apply(3))]
    async fn affected_groups(
        &self,
        ctx: &Context<'_>,
    ) -> async_graphql::Result<Vec<AffectedGroup>> {
        let caller = caller(ctx);
        let directory = caller.forum.directory();
        let codes = self.batch.groups(caller, self.id_of()).await?;
        Ok(codes
            .iter()
            .filter_map(|code| directory.group(code))
            .map(AffectedGroup::from)
            .collect())
    }

    /// What the law already has of it.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn proceedings(&self) -> Proceedings {
        self.view.proceedings.into()
    }

    /// What may be done with its text in findings and reports.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn reuse(&self) -> Reuse {
        self.view.reuse.into()
    }

    /// Who began it.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn author(&self) -> Author {
        Author(self.view.author.clone())
    }

    /// Whom a concern complains of.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn about(&self, ctx: &Context<'_>) -> Option<About> {
        About::of(ctx, &self.view.facts)
    }

    /// Where a concern stands in its life.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn state(&self) -> Option<ConcernState> {
        self.view.concern.map(|concern| concern.state.into())
    }

    /// The moves that the viewer may make now.
    async fn legal_moves(&self, ctx: &Context<'_>) -> Option<Vec<ConcernMove>> {
        self.view.concern?;
        let moves = caller(ctx)
            .forum
            .legal_moves(&caller(ctx).viewer, &self.view);
        Some(moves.into_iter().map(Into::into).collect())
    }

    /// Whom a concern waits for; null once nobody is expected to act.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn blocked_on(&self, ctx: &Context<'_>) -> Option<Blocker> {
        let blocked_on = caller(ctx).forum.blocked_on(&self.view);
        blocked_on.map(Into::into)
    }

    /// The moves that a concern waits for the viewer to make: one of them.
    async fn expected_of_viewer(&self, ctx: &Context<'_>) -> Vec<ConcernMove> {
        let moves = caller(ctx)
            .forum
            .expected_of(&caller(ctx).viewer, &self.view);
        moves.into_iter().map(Into::into).collect()
    }

    /// Whether an officer has it in hand; null for whoever is not of the agency
    /// that it is before.
    async fn is_taken(&self, ctx: &Context<'_>) -> Option<bool> {
        let viewer = &caller(ctx).viewer;
        let agency = caller(ctx).forum.desk_agency(viewer)?;
        (self.view.facts.assigned_agency == Some(agency))
            .then(|| self.view.concern.is_some_and(|one| one.taken_by.is_some()))
    }

    /// Whether it is the viewer who has it in hand.
    async fn viewer_has_taken(&self, ctx: &Context<'_>) -> bool {
        let officer = self.view.concern.and_then(|one| one.taken_by);
        officer.is_some_and(|one| caller(ctx).viewer.personas.contains(&one))
    }

    /// Whether the viewer has it on his shortlist.
    #[graphql(directive = cost::apply(1))]
    async fn viewer_has_shortlisted(&self, ctx: &Context<'_>) -> async_graphql::Result<bool> {
        self.batch.shortlisted(caller(ctx), self.id_of()).await
    }

    /// Whether the viewer may take it in hand for the office, put it back, put it
    /// on his shortlist, or step back from it.
    async fn viewer_can_take(&self, ctx: &Context<'_>) -> bool {
        may(ctx, &Action::Take(&self.view.facts))
    }

    /// The agency a concern is assigned to.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn assigned_agency(&self, ctx: &Context<'_>) -> Option<Agency> {
        Agency::of(ctx, self.view.facts.assigned_agency)
    }

    /// The office a concern is assigned to.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn assigned_office(&self, ctx: &Context<'_>) -> Option<Office> {
        Office::of(ctx, self.view.facts.assigned_office)
    }

    /// The oversight body that owns a concern about someone's conduct, or has
    /// a copy of one about a practice.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn oversight_agency(&self, ctx: &Context<'_>) -> Option<Agency> {
        Agency::of(ctx, self.view.facts.oversight_agency)
    }

    /// When the office said that it has the concern.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn acknowledged_at(&self) -> Option<DateTime<Utc>> {
        self.view.concern?.acknowledged_at
    }

    /// When the newest answer was given.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn answered_at(&self) -> Option<DateTime<Utc>> {
        self.view.concern?.answered_at
    }

    /// When the concern was closed. Closed is not fixed: see the verdict.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn closed_at(&self) -> Option<DateTime<Utc>> {
        self.view.concern?.closed_at
    }

    /// The clock that runs now: for what, until when, and how late it is.
    async fn clock(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Clock>> {
        let caller = caller(ctx);
        // It goes on without an event: no answer that shows it is kept.
        if let Some(seen) = ctx.data_opt::<Arc<Seen>>() {
            seen.own();
        }
        let clock = read(caller, caller.forum.clock_of(&self.view))?;
        Ok(clock.map(|clock| Clock::at(&clock, caller.forum.time())))
    }

    /// The day by which the next official move is due.
    async fn due_on(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Day>> {
        let caller = caller(ctx);
        let clock = read(caller, caller.forum.clock_of(&self.view))?;
        let official = clock.filter(|clock| clock.runs_for.expects() != Expected::Raiser);
        Ok(official.map(|clock| Day(clock.due_on)))
    }

    /// Posts that the viewer may read, oldest first.
    #[graphql(
        directive = depends::apply(On::Thread),
        directive = page::apply(20),
        directive = cost::apply(2)
    )]
    async fn posts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many of the first, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many of the last, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<PostConnection> {
        let paging = Paging {
            first,
            after,
            last,
            before,
        };
        let window = paging.check(List::Posts)?;
        let rows = self.batch.posts(caller(ctx), self.id_of(), window).await?;
        if let Some(seen) = ctx.data_opt::<Arc<Seen>>()
            && rows.iter().any(|post| !post.facts.status.is_open())
        {
            seen.own();
        }
        if !rows.is_empty() {
            self.batch.opened(caller(ctx)).await?;
        }
        Ok(PostConnection::page(
            rows,
            window,
            &self.view.facts,
            self.batch.is_single(),
        ))
    }

    /// What happened in a concern's life, oldest first: every move, with the
    /// side that made it, referrals, answers and verdicts.
    #[graphql(
        directive = depends::apply(On::Thread),
        directive = page::apply(20),
        directive = cost::apply(2)
    )]
    async fn timeline(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many of the first, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many of the last, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<TimelineConnection> {
        let paging = Paging {
            first,
            after,
            last,
            before,
        };
        let window = paging.check(List::Timeline)?;
        let facts = &self.view.facts;
        let rows = self.batch.timeline(caller(ctx), facts, window).await?;
        self.batch.opened(caller(ctx)).await?;
        Ok(TimelineConnection::page(rows, window, facts, &self.batch))
    }

    /// The offices' responses, oldest first.
    #[graphql(
        directive = depends::apply(On::Thread),
        directive = door::directive::list_size::apply(4, names(&[]), names(&[])),
        directive = cost::apply(2)
    )]
    async fn responses(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Response>> {
        let responses = self.batch.responses(caller(ctx), self.id_of()).await?;
        if !responses.is_empty() {
            self.batch.opened(caller(ctx)).await?;
        }
        Ok(responses.into_iter().map(Response).collect())
    }

    /// What offices say that they will do about it, the oldest first; at most
    /// 20.
    #[graphql(
        directive = depends::apply(On::Thread),
        directive = door::directive::list_size::apply(10, names(&[]), names(&[])),
        directive = cost::apply(2)
    )]
    async fn commitments(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Commitment>> {
        let caller = caller(ctx);
        let all = self.batch.commitments(caller, self.id_of()).await?;
        if !all.is_empty() {
            // They tell of the concern as its text does.
            self.batch.opened(caller).await?;
        }
        Ok(all)
    }

    /// Letters about it to agencies that do not answer here, the oldest first;
    /// at most 50. They went on paper, and a moderator recorded them.
    #[graphql(
        directive = depends::apply(On::Thread),
        directive = door::directive::list_size::apply(20, names(&[]), names(&[])),
        directive = cost::apply(2)
    )]
    async fn letters(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Letter>> {
        let caller = caller(ctx);
        let all = self.batch.letters(caller, self.id_of()).await?;
        if !all.is_empty() {
            // They tell of the concern as its text does.
            self.batch.opened(caller).await?;
        }
        Ok(all)
    }

    /// The letter to print and post to an agency that does not answer here, as
    /// plain text; for the raiser and moderators, null for whoever else asks. It
    /// holds neither case facts nor who raised the concern, and its text only
    /// where everybody may read that. One concern at a time.
    #[graphql(directive = cost::apply(5))]
    async fn letter(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The agency: its id, or its code, such as POL_SD.")] agency: ID,
        #[graphql(desc = "What kind of letter.")] kind: LetterKind,
        #[graphql(desc = "The language to write it in.")] language: Language,
    ) -> async_graphql::Result<Option<String>> {
        if !self.batch.is_single() {
            return Err(Fault::BadUserInput.because("Write one concern's letter at a time."));
        }
        let caller = caller(ctx);
        let to = forum::letter::To {
            agency: caller.agency(&agency),
            kind: kind.into(),
            language: language.into(),
        };
        let text = caller.forum.letter(&caller.viewer, &self.view, to).await;
        read(caller, text)
    }

    /// The versions of the office's answer before it is published, the newest
    /// first, at most 50; null for whoever is not of the agency that answers.
    /// One concern at a time.
    #[graphql(
        directive = door::directive::list_size::apply(50, names(&[]), names(&[])),
        directive = cost::apply(5)
    )]
    async fn drafts(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Vec<ResponseDraft>>> {
        if !self.batch.is_single() {
            return Err(Fault::BadUserInput.because("Read one concern's drafts at a time."));
        }
        let caller = caller(ctx);
        let drafts = caller.forum.drafts(&caller.viewer, &self.view.facts).await;
        let drafts = read(caller, drafts)?;
        if drafts.is_some() {
            // They tell of the concern as its text does.
            self.batch.opened(caller).await?;
        }
        Ok(drafts.map(|all| {
            all.into_iter()
                .map(|one| ResponseDraft(Arc::new(one)))
                .collect()
        }))
    }

    /// The templates of the agency's that fit the concern as it stands, with
    /// their blanks filled, the best first: the nearest category before those
    /// above it, and what is meant for the state before what is for any. At most
    /// 200; null for whoever is not of the agency that answers.
    #[graphql(
        directive = door::directive::list_size::apply(10, names(&[]), names(&[])),
        directive = cost::apply(5)
    )]
    async fn response_templates(
        &self,
        ctx: &Context<'_>,
    ) -> async_graphql::Result<Option<Vec<FittingTemplate>>> {
        let caller = caller(ctx);
        let facts = &self.view.facts;
        let Some(agency) = caller.forum.templates_for(&caller.viewer, facts) else {
            return Ok(None);
        };
        let all = self.batch.templates(caller, agency).await?;
        let fitting = caller.forum.fitting(all, &self.view).into_iter();
        let of = |one| FittingTemplate::of(one, Arc::clone(&self.view));
        Ok(Some(fitting.map(of).collect()))
    }

    /// Reports that somebody is made to suffer for it, the newest first, at most
    /// 10; empty for whoever may not read them. One concern at a time.
    #[graphql(
        directive = door::directive::list_size::apply(10, names(&[]), names(&[])),
        directive = cost::apply(5)
    )]
    async fn retaliation_reports(
        &self,
        ctx: &Context<'_>,
    ) -> async_graphql::Result<Vec<RetaliationReport>> {
        if !self.batch.is_single() {
            return Err(Fault::BadUserInput.because("Read one concern's reports at a time."));
        }
        let caller = caller(ctx);
        let reports = caller
            .forum
            .retaliations(&caller.viewer, &self.view.facts)
            .await;
        let reports = read(caller, reports)?.into_iter();
        let of = |report| RetaliationReport::of(report, Some(self.clone()));
        Ok(reports.map(of).collect())
    }

    /// Who opened the concern or its facts, newest first, at most 100; for its
    /// raiser and for oversight.
    #[graphql(directive = cost::apply(10))]
    async fn access_ledger(
        &self,
        ctx: &Context<'_>,
    ) -> async_graphql::Result<Option<Vec<AccessLedgerEntry>>> {
        if !self.batch.is_single() {
            return Err(Fault::BadUserInput.because("Read one concern's ledger at a time."));
        }
        let ledger = caller(ctx)
            .forum
            .access_ledger(&caller(ctx).viewer, &self.view.facts, 100)
            .await;
        let entries = read(caller(ctx), ledger)?;
        let entry = |one| AccessLedgerEntry::of(ctx, one);
        Ok(entries.map(|all| all.into_iter().map(entry).collect()))
    }

    /// Who takes part in a confidential or circle thread by name, the longest first,
    /// at most 100; for its raiser and the moderator on it, null for whoever else
    /// asks.
    #[graphql(
        directive = list_size::apply(20, names(&[]), names(&[])),
        directive = cost::apply(2)
    )]
    async fn participants(
        &self,
        ctx: &Context<'_>,
    ) -> async_graphql::Result<Option<Vec<Participant>>> {
        if !may(ctx, &Action::ViewParticipants(&self.view.facts)) {
            return Ok(None);
        }
        let caller = caller(ctx);
        let all = self.batch.participants(caller, self.id_of()).await?;
        // They tell of the concern as its text does.
        self.batch.opened(caller).await?;
        let all = all.iter().map(|one| Participant::from(&**one));
        Ok(Some(all.collect()))
    }

    /// Posts that the whole audience may read.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn post_count(&self) -> i64 {
        self.view.post_count
    }

    /// Members whom it concerns too.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn endorsement_count(&self) -> i64 {
        self.view.endorsement_count
    }

    /// When something last became visible to the whole audience.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn last_activity_at(&self) -> DateTime<Utc> {
        self.view.last_activity_at
    }

    /// When it was begun.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn created_at(&self) -> DateTime<Utc> {
        self.view.created_at
    }

    /// When its texts were last changed.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn edited_at(&self) -> Option<DateTime<Utc>> {
        self.view.edited_at
    }

    /// Where the thread's live events stood when it was read: give it to
    /// `threadEvents(after:)` to miss nothing.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn cursor(&self, ctx: &Context<'_>) -> Option<String> {
        let head = self.view.head?;
        let stream = domain::event::StreamName::Thread(self.id_of());
        let position = domain::event::Position {
            stream,
            epoch: head.epoch,
            pos: head.head,
        };
        Some(caller(ctx).cursors.seal(position))
    }

    /// Whether the viewer said that it concerns him too.
    async fn viewer_has_endorsed(&self) -> bool {
        self.view.viewer_endorses
    }

    /// Whether the viewer follows it.
    async fn viewer_is_following(&self) -> bool {
        self.view.viewer_follows
    }

    /// What of it the viewer wants to be told; ALL where he said nothing.
    async fn viewer_notifications(&self) -> ThreadNotifications {
        self.view.viewer_notices.into()
    }

    /// Whether the viewer may speak in it now.
    #[graphql(directive = cost::apply(1))]
    async fn viewer_can_post(&self, ctx: &Context<'_>) -> async_graphql::Result<bool> {
        let kept = self.batch.kept_from_speaking(caller(ctx), self.id_of());
        Ok(kept.await?.is_empty())
    }

    /// Why the viewer may not speak in it now: what `addPost` would answer, whatever
    /// he says. Empty where he may; what a text is refused for, and that somebody new
    /// wrote as much as he may, it tells only then. A visitor is told to sign in
    /// (FORBIDDEN), where it answers UNAUTHENTICATED as a whole.
    #[graphql(directive = list_size::apply(1, names(&[]), names(&[])))]
    async fn viewer_cannot_post_reasons(
        &self,
        ctx: &Context<'_>,
    ) -> async_graphql::Result<Vec<UserError>> {
        let caller = caller(ctx);
        let kept = self.batch.kept_from_speaking(caller, self.id_of()).await?;
        Ok(told(caller, kept))
    }

    /// Whether the viewer may change its texts.
    async fn viewer_can_edit(&self, ctx: &Context<'_>) -> bool {
        may(ctx, &Action::EditThread(&self.view.facts))
    }

    /// Why the viewer may not change its texts: what `editThread` would answer,
    /// whatever they say. Empty where he may.
    #[graphql(directive = list_size::apply(1, names(&[]), names(&[])))]
    async fn viewer_cannot_edit_reasons(&self, ctx: &Context<'_>) -> Vec<UserError> {
        reasons(caller(ctx), &Action::EditThread(&self.view.facts))
    }

    /// Whether the viewer may endorse it, or take that back.
    async fn viewer_can_endorse(&self, ctx: &Context<'_>) -> bool {
        may(ctx, &Action::Endorse(&self.view.facts))
    }

    /// Why the viewer may not endorse it: what `endorseThread` would answer. Empty
    /// where he may.
    #[graphql(directive = list_size::apply(1, names(&[]), names(&[])))]
    async fn viewer_cannot_endorse_reasons(&self, ctx: &Context<'_>) -> Vec<UserError> {
        reasons(caller(ctx), &Action::Endorse(&self.view.facts))
    }

    /// Whether the viewer flagged its text; nobody else is told, and no app.
    #[graphql(directive = cost::apply(1))]
    async fn viewer_has_flagged(&self, ctx: &Context<'_>) -> async_graphql::Result<bool> {
        self.batch.flagged(caller(ctx), self.id_of()).await
    }

    /// Whether the viewer may flag it, if he did not yet: see `viewerHasFlagged`.
    async fn viewer_can_flag(&self, ctx: &Context<'_>) -> bool {
        may(ctx, &Action::Flag(&self.view.facts, None))
    }

    /// Why the viewer may not flag it: what `flag` would answer. Empty where he may;
    /// that he flagged it already, or flags too often, it tells only then.
    #[graphql(directive = list_size::apply(1, names(&[]), names(&[])))]
    async fn viewer_cannot_flag_reasons(&self, ctx: &Context<'_>) -> Vec<UserError> {
        reasons(caller(ctx), &Action::Flag(&self.view.facts, None))
    }

    /// Whether the viewer may release or return it while it is held, and
    /// assign it once it is open.
    async fn viewer_can_moderate(&self, ctx: &Context<'_>) -> bool {
        let own = Action::Moderate(&self.view.facts, thread_moderated(&self.view));
        let released = self.view.facts.status.is_open();
        may(ctx, &Action::Release(&self.view.facts)) && (released || may(ctx, &own))
    }

    /// Whether the viewer may take it over as the moderator on it.
    async fn viewer_can_claim(&self, ctx: &Context<'_>) -> bool {
        may(ctx, &Action::Claim(&self.view.facts))
    }

    /// Whether the viewer may acknowledge and answer it for the office.
    async fn viewer_can_answer(&self, ctx: &Context<'_>) -> bool {
        may(ctx, &Action::Answer(&self.view.facts))
    }

    /// Whether the viewer may write a draft of an answer for the office now.
    async fn viewer_can_draft(&self, ctx: &Context<'_>) -> bool {
        let caller = caller(ctx);
        caller.forum.may_draft(&caller.viewer, &self.view)
    }

    /// Whether the viewer may approve the draft that waits for a second
    /// officer, if one does.
    async fn viewer_can_approve(&self, ctx: &Context<'_>) -> bool {
        let caller = caller(ctx);
        caller.forum.may_approve(&caller.viewer, &self.view)
    }

    /// Whether the viewer may report that somebody is made to suffer for it.
    async fn viewer_can_report_retaliation(&self, ctx: &Context<'_>) -> bool {
        may(ctx, &Action::ReportRetaliation(&self.view.facts))
    }

    /// Whether the viewer may commit the office to something now.
    async fn viewer_can_commit(&self, ctx: &Context<'_>) -> bool {
        let caller = caller(ctx);
        caller.forum.may_commit(&caller.viewer, &self.view)
    }

    /// Whether the viewer may judge the answer.
    async fn viewer_can_judge(&self, ctx: &Context<'_>) -> bool {
        may(ctx, &Action::Judge(&self.view.facts))
    }

    /// Whether the viewer may open the case facts.
    async fn viewer_can_open_case_facts(&self, ctx: &Context<'_>) -> bool {
        may(ctx, &Action::ViewCaseFacts(&self.view.facts))
    }
}
