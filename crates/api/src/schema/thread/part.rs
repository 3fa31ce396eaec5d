//! What a thread is made of besides its own fields.

use async_graphql::{Context, SimpleObject};
use chrono::{DateTime, Utc};
use domain::policy::ThreadFacts;
use door::directive::{On, depends};
use forum::thread::SeenParticipant;
use forum::views::thread as view;

use crate::schema::author::Author;
use crate::schema::directory::{Agency, Office};
use crate::schema::enums::{AboutKind, Duty, Opened, ParticipantRole};

/// Whom a concern complains of.
#[derive(SimpleObject, Debug, Clone)]
#[graphql(serial)]
pub struct About {
    /// What is complained of.
    #[graphql(directive = depends::apply(On::Directory))]
    pub kind: AboutKind,
    /// The agency, if one is named.
    #[graphql(directive = depends::apply(On::Directory))]
    pub agency: Option<Agency>,
    /// The office, if one is named.
    #[graphql(directive = depends::apply(On::Directory))]
    pub office: Option<Office>,
}

impl About {
    /// Whom this thread complains of, if of anybody.
    pub(super) fn of(ctx: &Context<'_>, facts: &ThreadFacts) -> Option<Self> {
        Some(Self {
            kind: facts.about_kind?.into(),
            agency: Agency::of(ctx, facts.about_agency),
            office: Office::of(ctx, facts.about_office),
        })
    }
}

/// Who opened a confidential concern, and when.
#[derive(SimpleObject, Debug, Clone)]
#[graphql(serial)]
pub struct AccessLedgerEntry {
    /// The office of whoever opened it, if by an office.
    pub office: Option<Office>,
    /// The duty of whoever opened it, if by a duty.
    pub duty: Option<Duty>,
    /// What was opened.
    pub opened: Opened,
    /// When. The same office or duty is noted once an hour.
    pub at: DateTime<Utc>,
}

impl AccessLedgerEntry {
    /// An entry as it is shown.
    pub(super) fn of(ctx: &Context<'_>, entry: view::LedgerEntry) -> Self {
        Self {
            office: Office::of(ctx, entry.office),
            duty: entry
                .duty
                .and_then(|code| code.parse::<domain::people::Duty>().ok())
                .map(Into::into),
            opened: entry.opened.into(),
            at: entry.at,
        }
    }
}

/// Somebody who takes part in a confidential or circle thread by name.
#[derive(SimpleObject, Debug, Clone)]
#[graphql(serial)]
pub struct Participant {
    /// Who it is, an official by the office; null of whom a report of retaliation
    /// brought as a moderator.
    pub author: Option<Author>,
    /// The duty by which he takes part, where he does not as an author.
    pub duty: Option<Duty>,
    /// His number, if he takes part as a moderator and has one.
    pub moderator: Option<i64>,
    /// As what he was invited.
    pub role: ParticipantRole,
    /// Since when.
    pub since: DateTime<Utc>,
}

impl From<&SeenParticipant> for Participant {
    fn from(of: &SeenParticipant) -> Self {
        Self {
            author: of.author.clone().map(Author),
            duty: of.author.is_none().then_some(Duty::Moderator),
            moderator: of.number,
            role: of.role.into(),
            since: of.since,
        }
    }
}
