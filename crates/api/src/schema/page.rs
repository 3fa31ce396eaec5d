//! Relay connections over keyset lists.

use async_graphql::{SelectionField, SimpleObject};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use door::directive::{On, depends};
use door::fault::Fault;
use forum::views::thread::Slice;
use uuid::Uuid;

/// The most items of one page.
pub const PAGE_MAX: i32 = 100;
/// How many items a page has where nothing is said.
const PAGE_DEFAULT: i32 = 20;

/// Where a page lies in its list.
#[derive(SimpleObject, Debug, Clone, PartialEq, Eq)]
#[graphql(serial)]
pub struct PageInfo {
    /// Whether there are items after this page.
    #[graphql(directive = depends::apply(On::Thread))]
    pub has_next_page: bool,
    /// Whether there are items before this page.
    #[graphql(directive = depends::apply(On::Thread))]
    pub has_previous_page: bool,
    /// The cursor of the first item.
    #[graphql(directive = depends::apply(On::Thread))]
    pub start_cursor: Option<String>,
    /// The cursor of the last item.
    #[graphql(directive = depends::apply(On::Thread))]
    pub end_cursor: Option<String>,
}

/// The arguments of a connection, checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Window {
    /// Only what comes after this place.
    pub after: Option<Place>,
    /// Only what comes before this place.
    pub before: Option<Place>,
    /// How many items.
    pub size: u32,
    /// Whether they are the last ones.
    pub backward: bool,
}

/// A place in a list: the sort value, and the id that breaks ties.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Place {
    /// The sort value, in microseconds.
    pub micros: i64,
    /// The id.
    pub id: Uuid,
}

/// The arguments of a connection as they came.
#[derive(Debug, Default)]
pub struct Paging {
    /// How many of the first.
    pub first: Option<i32>,
    /// After which cursor.
    pub after: Option<String>,
    /// How many of the last.
    pub last: Option<i32>,
    /// Before which cursor.
    pub before: Option<String>,
}

impl Paging {
    /// Checks the arguments. `list` tells lists apart: a cursor of one is
    /// foreign to another.
    pub fn check(&self, list: List) -> async_graphql::Result<Window> {
        let bad = |text: &str| Fault::BadUserInput.because(text);
        let (size, backward) = match (self.first, self.last) {
            (Some(_), Some(_)) => return Err(bad("Give first or last, not both.")),
            (None, Some(last)) => (last, true),
            (first, None) => (first.unwrap_or(PAGE_DEFAULT), false),
        };
        let size = u32::try_from(size)
            .ok()
            .filter(|_| size <= PAGE_MAX)
            .ok_or_else(|| bad("A page has 0 to 100 items."))?;
        let place = |cursor: &Option<String>| match cursor {
            None => Ok(None),
            Some(cursor) => match open(list, cursor) {
                Some(place) => Ok(Some(place)),
                None => Err(bad("This cursor is not of this list.")),
            },
        };
        Ok(Window {
            after: place(&self.after)?,
            before: place(&self.before)?,
            size,
            backward,
        })
    }
}

/// Which list a cursor is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// Threads by last activity.
    ThreadsByActivity = 1,
    /// Threads by creation.
    ThreadsByCreation = 2,
    /// Posts of a thread.
    Posts = 3,
    /// Messages to a webhook.
    WebhookMessages = 5,
    /// A concern's timeline.
    Timeline = 6,
    /// A desk.
    Desk = 7,
    /// Commitments.
    Commitments = 8,
    /// What was flagged, by score.
    ReviewablesByScore = 20,
    /// What was flagged, by age.
    ReviewablesByAge = 21,
    /// The record of moderation.
    Modlog = 22,
    /// Appeals that wait.
    Appeals = 23,
    /// Demands by law.
    LegalDemands = 24,
    /// Sanctions.
    Sanctions = 25,
}

/// Makes a cursor. It says no more than what its item shows.
pub fn seal(list: List, place: Place) -> String {
    let mut bytes = [0; 25];
    bytes[0] = list as u8;
    bytes[1..9].copy_from_slice(&place.micros.to_be_bytes());
    bytes[9..].copy_from_slice(place.id.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

fn open(list: List, cursor: &str) -> Option<Place> {
    // 25 bytes are 34 characters of base64.
    if cursor.len() != 34 {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let (of, rest) = bytes.split_first()?;
    let (micros, id) = rest.split_at_checked(8)?;
    Some(Place {
        micros: i64::from_be_bytes(micros.try_into().ok()?),
        id: Uuid::from_slice(id).ok()?,
    })
    .filter(|_| *of == list as u8)
}

/// Rows read for a page, one more than asked for, in the order of reading.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// The items in the list's order, with their cursors.
    pub items: Vec<(String, T)>,
    /// Where they lie.
    pub info: PageInfo,
}

impl<T> Page<T> {
    /// Cuts a page from the rows that were read for it.
    pub fn cut(mut rows: Vec<T>, window: Window, cursor: impl Fn(&T) -> String) -> Self {
        let size = window.size as usize;
        let more = rows.len() > size;
        rows.truncate(size);
        if window.backward {
            rows.reverse();
        }
        let items: Vec<(String, T)> = rows.into_iter().map(|row| (cursor(&row), row)).collect();
        let (next, previous) = if window.backward {
            (window.before.is_some(), more)
        } else {
            (more, window.after.is_some())
        };
        let info = PageInfo {
            has_next_page: next,
            has_previous_page: previous,
            start_cursor: items.first().map(|(cursor, _)| cursor.clone()),
            end_cursor: items.last().map(|(cursor, _)| cursor.clone()),
        };
        Self { items, info }
    }
}

/// The nodes that the document asks for of a list, in either of the two ways.
pub(crate) fn nodes_of(list: SelectionField<'_>) -> Vec<SelectionField<'_>> {
    let mut nodes = Vec::new();
    for field in list.selection_set() {
        match field.name() {
            "nodes" => nodes.push(field),
            "edges" => nodes.extend(field.selection_set().filter(|one| one.name() == "node")),
            _ => {}
        }
    }
    nodes
}

/// What is read for a page: one row more, to know whether there are more.
pub(crate) fn slice<P>(window: Window, descending: bool, place: fn(Place) -> P) -> Slice<P> {
    Slice {
        after: window.after.map(place),
        before: window.before.map(place),
        descending,
        backward: window.backward,
        limit: window.size + 1,
    }
}
