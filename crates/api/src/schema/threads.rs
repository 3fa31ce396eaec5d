//! Finding threads: one by its id or reference, or lists of them.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object, SelectionField};
use chrono::Datelike as _;
use domain::event::StreamName;
use domain::policy::reads_only;
use door::directive::{On, cost, depends, page};
use door::fault::Fault;
use forum::views::thread as view;

use crate::kept::{self, Seen};
use crate::schema::caller::{Caller, caller, read};
use crate::schema::code::parse_code;
use crate::schema::connection;
use crate::schema::enums::{Audience, ConcernState, ModerationStatus, OrderDirection, ThreadKind};
use crate::schema::global_id::{Kind, expect};
use crate::schema::page::{List, Page, Paging, Place, Window, nodes_of, seal, slice};
use crate::schema::thread::Thread;

/// By what threads are sorted.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThreadOrderField {
    /// When something last became visible to the whole audience.
    LastActivityAt,
    /// When it was begun.
    CreatedAt,
}

/// How threads are sorted.
#[derive(InputObject, Debug, Clone, Copy)]
pub struct ThreadOrder {
    /// By what.
    pub field: ThreadOrderField,
    /// Which way.
    pub direction: OrderDirection,
}

/// What threads are narrowed to. Everything given must hold.
#[derive(InputObject, Debug, Clone, Default)]
pub struct ThreadFilter {
    /// Only this kind.
    pub kind: Option<ThreadKind>,
    /// Only this audience.
    pub audience: Option<Audience>,
    /// Only this moderation status; what is not the viewer's to see stays out.
    pub status: Option<ModerationStatus>,
    /// Only the category with this code itself.
    pub category: Option<String>,
    /// Only the category with this code and those under it.
    pub under_category: Option<String>,
    /// Only the region with this code.
    pub region: Option<String>,
    /// Only threads with the theme of this code.
    pub theme: Option<String>,
    /// Only concerns in this state.
    pub state: Option<ConcernState>,
    /// Only concerns assigned to this agency: its id, or its code, such as
    /// POL_PB.
    pub assigned_agency: Option<ID>,
    /// Only concerns assigned to an office that the viewer holds.
    pub assigned_to_viewer: Option<bool>,
    /// Only threads that the viewer began.
    pub raised_by_viewer: Option<bool>,
    /// Only threads that the viewer follows.
    pub followed_by_viewer: Option<bool>,
    /// Only threads that are to be read first, or only the others.
    pub pinned: Option<bool>,
}

/// How a list of threads is read.
#[derive(Debug, Clone)]
pub(crate) struct Reading {
    filter: view::ThreadFilter,
    order: view::ThreadOrder,
    slice: view::Slice<view::ThreadPlace>,
}

impl Reading {
    /// Reads it for somebody.
    pub(crate) async fn rows(
        &self,
        caller: &Caller,
        wanted: view::Wanted,
    ) -> Result<Vec<view::Thread>, forum::Error> {
        let Self {
            filter,
            order,
            slice,
        } = self;
        caller
            .forum
            .threads(&caller.viewer, filter, *order, *slice, wanted)
            .await
    }

    /// Whether it is narrowed to what has to do with whoever asks.
    pub(crate) fn is_own(&self) -> bool {
        let view::ThreadFilter {
            assigned_offices,
            raised_by,
            followed_by,
            // The same for everyone.
            kind: _,
            audience: _,
            status: _,
            category: _,
            categories: _,
            region: _,
            theme: _,
            state: _,
            assigned_agency: _,
            pinned: _,
            desk,
        } = &self.filter;
        assigned_offices.is_some() || raised_by.is_some() || followed_by.is_some() || desk.is_some()
    }
}

fn filter(caller: &Caller, input: ThreadFilter) -> async_graphql::Result<view::ThreadFilter> {
    let directory = caller.forum.directory();
    let viewer = &caller.viewer;
    let personas = || viewer.personas.clone();
    let under = |code: String| {
        let below = |one: &&forum::views::directory::Category| {
            one.code == code || one.parent.as_deref() == Some(code.as_str())
        };
        directory
            .categories
            .iter()
            .filter(below)
            .map(|one| one.code.clone())
            .collect()
    };
    let yes = |flag: Option<bool>| flag == Some(true);
    let code = |text: Option<String>| text.map(parse_code).transpose();
    Ok(view::ThreadFilter {
        kind: input.kind.map(Into::into),
        audience: input.audience.map(Into::into),
        status: input.status.map(Into::into),
        category: code(input.category)?,
        categories: code(input.under_category)?.map(under),
        region: code(input.region)?,
        theme: code(input.theme)?,
        state: input.state.map(Into::into),
        assigned_agency: input.assigned_agency.map(|named| caller.agency(&named)),
        assigned_offices: yes(input.assigned_to_viewer).then(|| viewer.offices.clone()),
        raised_by: yes(input.raised_by_viewer).then(personas),
        followed_by: yes(input.followed_by_viewer).then(personas),
        desk: None,
        pinned: input.pinned,
    })
}

/// Fields that ask for nothing but what every list reads of a thread. One that
/// is not here is answered all the same: then the whole row is read.
const ALWAYS_READ: &[&str] = &[
    "__typename",
    "id",
    "reference",
    "kind",
    "audience",
    "status",
    "title",
    "category",
    "state",
    "postCount",
    "lastActivityAt",
    "createdAt",
];

/// The same, of its author.
const ALWAYS_READ_OF_AUTHOR: &[&str] = &["__typename", "id", "name", "voice"];

/// What the document asks of each thread of a list.
fn wanted(ctx: &Context<'_>) -> view::Wanted {
    let mut wanted = view::Wanted::LEAST;
    for node in nodes_of(ctx.field()) {
        add_wanted(&mut wanted, node);
    }
    wanted
}

/// What the document asks of a thread in this field.
pub(crate) fn wanted_of(thread: SelectionField<'_>) -> view::Wanted {
    let mut wanted = view::Wanted::LEAST;
    add_wanted(&mut wanted, thread);
    wanted
}

fn add_wanted(wanted: &mut view::Wanted, thread: SelectionField<'_>) {
    for field in thread.selection_set() {
        match field.name() {
            "body" | "bodyHtml" | "letter" | "version" => wanted.body = true,
            "viewerHasEndorsed" | "viewerIsFollowing" | "viewerNotifications" => {
                wanted.own = true;
            }
            "author" => {
                wanted.details |= field
                    .selection_set()
                    .any(|one| !ALWAYS_READ_OF_AUTHOR.contains(&one.name()));
            }
            name => wanted.details |= !ALWAYS_READ.contains(&name),
        }
    }
}

/// What a list of threads is counted by.
#[derive(Debug, Clone)]
pub struct ThreadTotal(view::ThreadFilter);

impl ThreadTotal {
    async fn count(&self, caller: &Caller) -> async_graphql::Result<i64> {
        read(
            caller,
            caller.forum.thread_count(&caller.viewer, &self.0).await,
        )
    }
}

connection::connection! {
    /// Threads that the viewer may see.
    ThreadConnection, ThreadEdge, Thread, ThreadTotal
}

/// A page of concerns on desks, by the day on which the next official move is
/// due.
pub(crate) async fn due_page(
    ctx: &Context<'_>,
    filter: view::ThreadFilter,
    paging: &Paging,
) -> async_graphql::Result<ThreadConnection> {
    page_of(ctx, filter, paging, (view::ThreadOrder::DeskOn, List::Desk)).await
}

/// A page of threads, the newest activity first.
pub(crate) async fn active_page(
    ctx: &Context<'_>,
    filter: view::ThreadFilter,
    paging: &Paging,
) -> async_graphql::Result<ThreadConnection> {
    let by = (view::ThreadOrder::LastActivityAt, List::ThreadsByActivity);
    page_of(ctx, filter, paging, by).await
}

async fn page_of(
    ctx: &Context<'_>,
    filter: view::ThreadFilter,
    paging: &Paging,
    (order, list): (view::ThreadOrder, List),
) -> async_graphql::Result<ThreadConnection> {
    let caller = caller(ctx);
    let window = paging.check(list)?;
    let descending = order != view::ThreadOrder::DeskOn;
    let reading = Reading {
        filter,
        order,
        slice: slice(window, descending, place),
    };
    let wanted = view::Wanted {
        details: true,
        ..wanted(ctx)
    };
    let rows = read(caller, reading.rows(caller, wanted).await)?;
    Ok(connection(reading, rows, window, list))
}

const fn place(place: Place) -> view::ThreadPlace {
    view::ThreadPlace {
        micros: place.micros,
        id: place.id,
    }
}

/// Where a thread stands in a list.
fn sorted_at(thread: &view::Thread, order: view::ThreadOrder) -> i64 {
    match order {
        view::ThreadOrder::LastActivityAt => thread.last_activity_at.timestamp_micros(),
        view::ThreadOrder::CreatedAt => thread.created_at.timestamp_micros(),
        view::ThreadOrder::DeskOn => {
            let day = thread.desk_on.unwrap_or_default();
            day.num_days_from_ce().into()
        }
    }
}

/// The page of what was read.
fn connection(
    reading: Reading,
    rows: Vec<view::Thread>,
    window: Window,
    list: List,
) -> ThreadConnection {
    let cut = Page::cut(rows, window, |thread| {
        let place = Place {
            micros: sorted_at(thread, reading.order),
            id: thread.facts.id.into(),
        };
        seal(list, place)
    });
    let (cursors, views): (Vec<_>, Vec<_>) = cut.items.into_iter().unzip();
    let items = cursors.into_iter().zip(Thread::listed(views)).collect();
    ThreadConnection::new(items, cut.info, ThreadTotal(reading.filter))
}

/// Threads, one or many.
#[derive(Debug, Default)]
pub struct ThreadQueries;

#[Object(serial)]
impl ThreadQueries {
    /// One thread, by its id or its reference; null if there is none that the
    /// viewer may see.
    #[graphql(directive = depends::apply(On::Thread), directive = cost::apply(2))]
    async fn thread(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The thread's id.")] id: Option<ID>,
        #[graphql(desc = "The thread's reference, however it is typed.")] reference: Option<String>,
    ) -> async_graphql::Result<Option<Thread>> {
        let caller = caller(ctx);
        let found = match (id, reference) {
            (Some(id), None) => {
                caller
                    .forum
                    .thread(&caller.viewer, expect(Kind::Thread, &id))
                    .await
            }
            (None, Some(reference)) => {
                caller
                    .forum
                    .thread_by_reference(&caller.viewer, &reference)
                    .await
            }
            _ => return Err(Fault::BadUserInput.because("Give either id or reference.")),
        };
        let found = read(caller, found)?;
        if let (Some(seen), Some(thread)) = (ctx.data_opt::<Arc<Seen>>(), &found)
            && let Some(head) = thread.head
            && reads_only(&caller.viewer.actor, &thread.facts)
        {
            seen.page(StreamName::Thread(thread.facts.id), head);
        }
        Ok(found.map(|thread| Thread::alone(caller, thread)))
    }

    /// The threads that the viewer may see.
    #[graphql(
        directive = depends::apply(On::Thread),
        directive = page::apply(20),
        directive = cost::apply(5)
    )]
    #[expect(
        clippy::too_many_arguments,
        reason = "the arguments of a Relay connection"
    )]
    async fn threads(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to narrow the list to.")] filter: Option<ThreadFilter>,
        #[graphql(desc = "How to sort; newest activity first where nothing is said.")]
        order_by: Option<ThreadOrder>,
        #[graphql(desc = "How many of the first, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many of the last, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<ThreadConnection> {
        let caller = caller(ctx);
        let (order, list) = match order_by.map(|order| order.field) {
            Some(ThreadOrderField::CreatedAt) => {
                (view::ThreadOrder::CreatedAt, List::ThreadsByCreation)
            }
            Some(ThreadOrderField::LastActivityAt) | None => {
                (view::ThreadOrder::LastActivityAt, List::ThreadsByActivity)
            }
        };
        let descending = order_by.is_none_or(|order| order.direction == OrderDirection::Desc);
        let window = Paging {
            first,
            after,
            last,
            before,
        }
        .check(list)?;
        let reading = Reading {
            filter: self::filter(caller, filter.unwrap_or_default())?,
            order,
            slice: slice(window, descending, place),
        };
        let (seen, wanted) = (ctx.data_opt::<Arc<Seen>>(), wanted(ctx));
        let rows = match seen.map(|seen| seen.read()) {
            Some(kept::Read::List(rows)) => rows,
            _ => read(caller, reading.rows(caller, wanted).await)?,
        };
        if let Some(seen) = seen
            && wanted == view::Wanted::LEAST
            && let Some(list) = kept::List::new(&caller.viewer.actor, &reading, &rows)
        {
            seen.list(list);
        }
        Ok(connection(reading, rows, window, list))
    }
}
