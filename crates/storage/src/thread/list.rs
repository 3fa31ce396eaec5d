//! Listing threads: scopes, filters, keyset pages.

use chrono::NaiveDate;
use domain::concern::State;
use domain::id::{AgencyId, OfficeId, PersonaId};
use domain::people::Actor;
use domain::policy::Scope;
use domain::thread::{Audience, ModerationStatus, ThreadKind};
use uuid::Uuid;

use crate::conn::Conn;
use crate::error::StorageError;
use crate::params::Params;
use crate::scope::compile;
use crate::thread::Thread;
use crate::thread::read::{FROM, columns, exists, thread};

/// By what a list of threads is sorted. The id breaks ties.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThreadOrder {
    /// When something last became visible.
    LastActivityAt,
    /// When it was raised.
    CreatedAt,
    /// The day by which it is sorted on desks; of concerns on one.
    DeskOn,
}

impl ThreadOrder {
    const fn column(self) -> &'static str {
        match self {
            Self::LastActivityAt => "t.last_activity_at",
            Self::CreatedAt => "t.created_at",
            Self::DeskOn => "t.desk_on",
        }
    }
}

/// A place in a list: the sort value, and the id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThreadPlace {
    /// The sort value: microseconds, or of a day its number since the year 1.
    pub micros: i64,
    /// The thread.
    pub id: Uuid,
}

impl ThreadPlace {
    fn sorted_by(self, order: ThreadOrder, params: &mut Params) -> String {
        match order {
            ThreadOrder::LastActivityAt | ThreadOrder::CreatedAt => params.push(self.micros),
            ThreadOrder::DeskOn => {
                let days = i32::try_from(self.micros).ok();
                params.push(days.and_then(NaiveDate::from_num_days_from_ce_opt))
            }
        }
    }
}

/// A slice of a keyset list.
#[derive(Debug, Clone, Copy)]
pub struct Slice<P> {
    /// Only what comes after this place, in the direction of reading.
    pub after: Option<P>,
    /// Only what comes before this place.
    pub before: Option<P>,
    /// Sorted from the greatest down.
    pub descending: bool,
    /// Read from the end instead of the start.
    pub backward: bool,
    /// At most so many rows.
    pub limit: u32,
}

impl<P> Slice<P> {
    /// Which way rows are read.
    pub(crate) const fn way(&self) -> &'static str {
        if self.descending == self.backward {
            "ASC"
        } else {
            "DESC"
        }
    }

    /// Adds the conditions of a list that is sorted by these columns, the last of
    /// which breaks ties, and gives the statement's end: order and limit. `place`
    /// adds a place's values.
    pub(crate) fn keyset<const N: usize>(
        self,
        columns: [&str; N],
        conditions: &mut Vec<String>,
        params: &mut Params,
        place: impl Fn(P, &mut Params) -> [String; N],
    ) -> String {
        let limit = self.limit;
        let order = self.order(columns, conditions, params, place);
        let limit = params.push(i64::from(limit));
        format!("{order} LIMIT {limit}")
    }

    /// The same with the limit as a number, for a list that is read in the order of
    /// an index whatever is asked for: PostgreSQL plans it once. It would plan anew
    /// each time with a parameter, because a plan for any limit reads too much.
    pub(crate) fn keyset_of_index<const N: usize>(
        self,
        columns: [&str; N],
        conditions: &mut Vec<String>,
        params: &mut Params,
        place: impl Fn(P, &mut Params) -> [String; N],
    ) -> String {
        let limit = self.limit;
        let order = self.order(columns, conditions, params, place);
        format!("{order} LIMIT {limit}")
    }

    fn order<const N: usize>(
        self,
        columns: [&str; N],
        conditions: &mut Vec<String>,
        params: &mut Params,
        place: impl Fn(P, &mut Params) -> [String; N],
    ) -> String {
        let way = self.way();
        for (bound, less) in [
            (self.after, self.descending),
            (self.before, !self.descending),
        ] {
            if let Some(bound) = bound {
                let sign = if less { "<" } else { ">" };
                let values = place(bound, params).join(", ");
                conditions.push(format!("({}) {sign} ({values})", columns.join(", ")));
            }
        }
        let columns = columns.join(&format!(" {way}, "));
        format!("ORDER BY {columns} {way}")
    }
}

/// What a list of threads is narrowed to, beside what the actor may see.
#[derive(Debug, Clone, Default)]
pub struct ThreadFilter {
    /// Only this kind.
    pub kind: Option<ThreadKind>,
    /// Only this audience.
    pub audience: Option<Audience>,
    /// Only this moderation status.
    pub status: Option<ModerationStatus>,
    /// Only this category itself.
    pub category: Option<String>,
    /// Only these categories.
    pub categories: Option<Vec<String>>,
    /// Only this region.
    pub region: Option<String>,
    /// Only this theme.
    pub theme: Option<String>,
    /// Only concerns in this state.
    pub state: Option<State>,
    /// Only concerns assigned to this agency.
    pub assigned_agency: Option<AgencyId>,
    /// Only concerns assigned to one of these offices.
    pub assigned_offices: Option<Vec<OfficeId>>,
    /// Only threads raised by one of these personas.
    pub raised_by: Option<Vec<PersonaId>>,
    /// Only threads followed by one of these personas.
    pub followed_by: Option<Vec<PersonaId>>,
    /// Only concerns on a desk, narrowed further.
    pub desk: Option<DeskFilter>,
    /// Only those that are to be read first, or only the others.
    pub pinned: Option<bool>,
}

/// What a desk is narrowed to. Whatever is on one is not over.
#[derive(Debug, Clone, Default)]
pub struct DeskFilter {
    /// Only concerns in one of these states.
    pub states: Option<Vec<State>>,
    /// Only those before one of these agencies.
    pub before: Option<Vec<AgencyId>>,
    /// Only those that one of these officers' personas took.
    pub taken_by: Option<Vec<PersonaId>>,
    /// Only those that one of these officers' personas has on a shortlist.
    pub shortlisted_by: Option<Vec<PersonaId>>,
    /// Only those that nobody took.
    pub untaken: bool,
    /// Only those that were due before this day.
    pub due_before: Option<NaiveDate>,
    /// Only those that are very overdue since before this day.
    pub very_overdue_before: Option<NaiveDate>,
    /// Only those that offices sent on so often, or more.
    pub referrals_from: Option<u32>,
}

impl DeskFilter {
    fn conditions(&self, params: &mut Params) -> Vec<String> {
        let mut all = vec!["t.desk_on IS NOT NULL".to_owned()];
        if let Some(states) = &self.states {
            all.push(format!("t.state IN ({})", codes(states)));
        }
        if let Some(agencies) = &self.before {
            all.push(params.among("t.assigned_agency", agencies));
        }
        if let Some(personas) = &self.taken_by {
            all.push(params.among("t.officer", personas));
        }
        if let Some(personas) = &self.shortlisted_by {
            let personas = params.among("j.persona", personas);
            all.push(format!(
                "t.id IN (SELECT j.thread FROM shortlist j WHERE {personas})"
            ));
        }
        if self.untaken {
            all.push("t.officer IS NULL".to_owned());
        }
        if let Some(day) = self.due_before {
            all.push(format!("t.due_on < {}", params.push(day)));
        }
        if let Some(day) = self.very_overdue_before {
            all.push(format!("t.very_overdue_on < {}", params.push(day)));
        }
        if let Some(times) = self.referrals_from {
            all.push(format!("t.referrals >= {}", params.push(i64::from(times))));
        }
        all
    }
}

/// States, where the planner sees them. Among none there is nothing.
pub(crate) fn codes(states: &[State]) -> String {
    if states.is_empty() {
        return "NULL".to_owned();
    }
    let codes: Vec<String> = states
        .iter()
        .map(|state| format!("'{}'", state.code()))
        .collect();
    codes.join(", ")
}

/// What of a list's threads is read besides what nearly everyone asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Wanted {
    /// The texts they begin with; without it they are empty.
    pub body: bool,
    /// Whether the actor endorses and follows them; without it he does not.
    pub own: bool,
    /// What else stands in their rows and their authors'; without it, only
    /// their reference, title, category, state, post count and moments of
    /// creation and last activity are read, and what their authors are called.
    pub details: bool,
}

impl Wanted {
    /// None of it.
    pub const LEAST: Self = Self {
        body: false,
        own: false,
        details: false,
    };

    /// All of it.
    pub const ALL: Self = Self {
        body: true,
        own: true,
        details: true,
    };
}

impl Conn {
    /// The threads in a scope, filtered and sorted, at most `limit`. In the
    /// order of reading; read from the end, that is reversed.
    pub async fn threads(
        &self,
        actor: &Actor,
        scope: &Scope,
        filter: &ThreadFilter,
        order: ThreadOrder,
        slice: Slice<ThreadPlace>,
        wanted: Wanted,
    ) -> Result<Vec<Thread>, StorageError> {
        let mut params = self.params();
        let columns = columns(actor, wanted, &mut params);
        let mut conditions = conditions(scope, filter, &mut params);
        let column = order.column();
        let page = slice.keyset(
            [column, "t.id"],
            &mut conditions,
            &mut params,
            |place, params| [place.sorted_by(order, params), params.push(place.id)],
        );
        let sql = format!(
            "SELECT {columns} {FROM} WHERE {} {page}",
            conditions.join(" AND "),
        );
        self.all(&sql, params)
            .await?
            .into_iter()
            .map(|mut row| thread(&mut row, actor, wanted))
            .collect()
    }

    /// How many threads are in a scope and pass a filter.
    pub async fn thread_count(
        &self,
        scope: &Scope,
        filter: &ThreadFilter,
    ) -> Result<i64, StorageError> {
        let mut params = self.params();
        let conditions = conditions(scope, filter, &mut params);
        let sql = format!(
            "SELECT COUNT(*) FROM thread t WHERE {}",
            conditions.join(" AND ")
        );
        self.one(&sql, params)
            .await?
            .ok_or(StorageError::Corrupt("a count"))?
            .get()
    }
}

pub(crate) fn conditions(scope: &Scope, filter: &ThreadFilter, params: &mut Params) -> Vec<String> {
    let mut all = vec![compile(scope, params)];
    let mut equal = |column: &str, code: Option<&str>| {
        if let Some(code) = code {
            all.push(format!("{column} = {}", params.push(code)));
        }
    };
    equal("t.kind", filter.kind.map(ThreadKind::code));
    equal("t.audience", filter.audience.map(Audience::code));
    equal("t.status", filter.status.map(ModerationStatus::code));
    equal("t.category", filter.category.as_deref());
    equal("t.region", filter.region.as_deref());
    equal("t.state", filter.state.map(State::code));
    if let Some(categories) = &filter.categories {
        all.push(params.among_codes("t.category", categories));
    }
    if let Some(theme) = &filter.theme {
        let place = params.push(theme.as_str());
        all.push(format!(
            "EXISTS (SELECT 1 FROM thread_theme j WHERE j.thread = t.id AND j.theme = {place})"
        ));
    }
    if let Some(agency) = filter.assigned_agency {
        all.push(params.among("t.assigned_agency", &[agency]));
    }
    if let Some(offices) = &filter.assigned_offices {
        all.push(params.among("t.assigned_office", offices));
    }
    if let Some(personas) = &filter.raised_by {
        all.push(params.among("t.persona", personas));
    }
    if let Some(personas) = &filter.followed_by {
        all.push(exists("follow", "persona", personas, params));
    }
    if let Some(desk) = &filter.desk {
        all.extend(desk.conditions(params));
    }
    if let Some(pinned) = filter.pinned {
        let not = if pinned { "NOT " } else { "" };
        all.push(format!("t.pinned_at IS {not}NULL"));
    }
    all
}
