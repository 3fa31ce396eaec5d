//! Listing threads: scopes, filters, keyset pages.

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
}

/// A place in a list: the sort value in microseconds, and the id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThreadPlace {
    /// The sort value.
    pub micros: i64,
    /// The thread.
    pub id: Uuid,
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
}

/// What of a list's threads is read besides what nearly everyone asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// The texts they begin with; without it they are empty.
    pub body: bool,
    /// Whether the actor endorses and follows them; without it he does not.
    pub own: bool,
    /// What else stands in their rows; without it, only their reference,
    /// title, category, state, post count and moments of creation and last
    /// activity are read.
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
        let column = match order {
            ThreadOrder::LastActivityAt => "t.last_activity_at",
            ThreadOrder::CreatedAt => "t.created_at",
        };
        for (place, less) in [
            (slice.after, slice.descending),
            (slice.before, !slice.descending),
        ] {
            if let Some(place) = place {
                let sign = if less { "<" } else { ">" };
                let micros = params.push(place.micros);
                let id = params.push(place.id);
                conditions.push(format!("({column}, t.id) {sign} ({micros}, {id})"));
            }
        }
        let way = if slice.descending == slice.backward {
            "ASC"
        } else {
            "DESC"
        };
        let limit = params.push(i64::from(slice.limit));
        let sql = format!(
            "SELECT {columns} {FROM} WHERE {} ORDER BY {column} {way}, t.id {way} LIMIT {limit}",
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

fn conditions(scope: &Scope, filter: &ThreadFilter, params: &mut Params) -> Vec<String> {
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
    all
}
