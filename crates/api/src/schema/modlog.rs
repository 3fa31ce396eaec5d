//! The public record of moderation.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object};
use chrono::{DateTime, Utc};
use domain::id::ModlogId;
use domain::moderation::Subject;
use door::directive::{On, cost, depends, list_size, names, page};
use forum::moderation::{ModlogFilter as Filter, SeenEntry};
use forum::views::modlog as view;

use crate::schema::batch::Together;
use crate::schema::caller::{Caller, caller, read};
use crate::schema::connection::connection;
use crate::schema::enums::{AppealOutcome, ModerationAct, ModerationReason, ModerationWarning};
use crate::schema::global_id::{Kind, encode, expect};
use crate::schema::page::{List, Page, Paging, Place, seal, slice};

/// To what something was done.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModeratedKind {
    /// To a thread.
    Thread,
    /// To a post.
    Post,
}

/// An act of moderation. Of a thread that not everyone may read, whoever does not
/// see it is told no more than what was done, why, and in which month, once the month
/// is over.
#[derive(Debug, Clone)]
pub struct ModlogEntry(Arc<SeenEntry>);

impl From<SeenEntry> for ModlogEntry {
    fn from(seen: SeenEntry) -> Self {
        Self(Arc::new(seen))
    }
}

impl ModlogEntry {
    /// The one with this id, once the record shows it.
    pub(crate) async fn seen(caller: &Caller, id: ModlogId) -> async_graphql::Result<Option<Self>> {
        let found = caller.forum.modlog_entry(&caller.viewer, id).await;
        Ok(read(caller, found)?.map(Self::from))
    }
}

/// An act of moderation. Of a thread that not everyone may read, whoever does not
/// see it is told no more than what was done, why, and in which month, once the month
/// is over.
#[Object(serial)]
impl ModlogEntry {
    /// The id of this entry.
    pub(crate) async fn id(&self) -> ID {
        encode(Kind::ModlogEntry, self.0.id)
    }

    /// When it was done; null where not everyone may read the thread.
    async fn at(&self) -> Option<DateTime<Utc>> {
        self.0.at
    }

    /// The month in which it was done, such as `2026-11`.
    async fn month(&self) -> &str {
        &self.0.month
    }

    /// What was done.
    async fn act(&self) -> ModerationAct {
        self.0.act.into()
    }

    /// Why.
    async fn reason(&self) -> ModerationReason {
        self.0.code.into()
    }

    /// Why, in words: for the author and for whoever may moderate it, else null.
    async fn text(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// To what.
    async fn kind(&self) -> ModeratedKind {
        if self.0.of_post {
            ModeratedKind::Post
        } else {
            ModeratedKind::Thread
        }
    }

    /// The thread or the post; null where the viewer does not see it.
    async fn subject_id(&self) -> Option<ID> {
        self.0.subject.map(subject_id)
    }

    /// The number by which the record knows the moderator who did it, or decided on
    /// a sanction; null where the forum did it by itself. Of a thread that not
    /// everyone may read, and of a sanction, for whoever is told the `subjectId`; in
    /// a confidential or circle thread for moderators alone.
    async fn moderator(&self) -> Option<i64> {
        self.0.moderator
    }

    /// The number of the moderator who proposed a sanction on which another
    /// decided; for whoever is told the number of the other.
    async fn proposed_by(&self) -> Option<i64> {
        self.0.proposer
    }

    /// The entry that it took back.
    async fn reverses_id(&self) -> Option<ID> {
        let id = self.0.reverses;
        id.map(|id| encode(Kind::ModlogEntry, id))
    }

    /// The entry that took it back.
    async fn reversed_by_id(&self) -> Option<ID> {
        let id = self.0.reversed_by;
        id.map(|id| encode(Kind::ModlogEntry, id))
    }

    /// The appeal against it: for its author and for whoever may moderate it.
    async fn appeal_id(&self) -> Option<ID> {
        let appeal = self.0.appeal.as_ref();
        appeal.map(|appeal| encode(Kind::Appeal, appeal.id))
    }

    /// What came of the appeal: for its author and for whoever may moderate it.
    async fn appeal_outcome(&self) -> Option<AppealOutcome> {
        let appeal = self.0.appeal.as_ref();
        appeal.and_then(|appeal| appeal.outcome).map(Into::into)
    }

    /// Whether the viewer may appeal against it now, with `appeal`.
    async fn viewer_can_appeal(&self) -> bool {
        self.0.appeal_until.is_some()
    }

    /// The moment from which on he may not any more; null where he may not now.
    async fn appeal_until(&self) -> Option<DateTime<Utc>> {
        self.0.appeal_until
    }
}

/// The global id of a thread or a post.
pub(crate) fn subject_id(subject: Subject) -> ID {
    match subject {
        Subject::Thread(id) => encode(Kind::Thread, id),
        Subject::Post(id) => encode(Kind::Post, id),
    }
}

/// What was done to threads or posts that are read together.
pub(crate) type Acts = Together<Subject, ModlogEntry>;

/// What was done to one of them, as the viewer is told.
pub(crate) async fn acts_on(
    caller: &Caller,
    acts: &Acts,
    subject: Subject,
) -> async_graphql::Result<Vec<ModlogEntry>> {
    let load = async |subjects: &[Subject]| {
        let found = caller.forum.acts_on(&caller.viewer, subjects).await;
        let found = read(caller, found)?.into_iter();
        Ok(found.map(|(of, entry)| (of, entry.into())).collect())
    };
    acts.of(subject, load).await
}

/// What the record is narrowed to. Everything given must hold.
#[derive(InputObject, Debug, Clone, Default)]
pub struct ModlogFilter {
    /// Only acts of this kind.
    pub act: Option<ModerationAct>,
    /// Only what was done to this thread and to what stands in it now, as far as the
    /// viewer sees both: entries whose `subjectId` he is told. Sanctions, UPHOLD and
    /// OVERTURN are not among them; the act by which something is taken back after an
    /// appeal is.
    pub thread_id: Option<ID>,
}

/// What the record is counted by.
#[derive(Debug, Clone, Copy)]
pub struct ModlogTotal(Filter);

impl ModlogTotal {
    async fn count(&self, caller: &Caller) -> async_graphql::Result<i64> {
        let counted = caller.forum.modlog_count(&caller.viewer, self.0).await;
        read(caller, counted)
    }
}

connection! {
    /// Acts of moderation, the newest first.
    ModlogConnection, ModlogEdge, ModlogEntry, ModlogTotal
}

/// The public record of moderation.
#[derive(Debug, Default)]
pub struct ModlogQueries;

#[Object(serial)]
impl ModlogQueries {
    /// What moderators did, for everyone: the newest first.
    #[graphql(directive = page::apply(20), directive = cost::apply(5))]
    async fn modlog(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to narrow the list to.")] filter: Option<ModlogFilter>,
        #[graphql(desc = "How many of the first, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many of the last, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<ModlogConnection> {
        let paging = Paging {
            first,
            after,
            last,
            before,
        };
        let caller = caller(ctx);
        let filter = filter.unwrap_or_default();
        let filter = Filter {
            act: filter.act.map(Into::into),
            thread: filter.thread_id.map(|id| expect(Kind::Thread, &id)),
        };
        let window = paging.check(List::Modlog)?;
        let slice = slice(window, true, |place| view::ModlogPlace {
            micros: place.micros,
            id: place.id,
        });
        let rows = caller.forum.modlog(&caller.viewer, filter, slice).await;
        let cut = Page::cut(read(caller, rows)?, window, |one| {
            let place = Place {
                micros: one.appears_at.timestamp_micros(),
                id: one.id.into(),
            };
            seal(List::Modlog, place)
        });
        let items = cut.items.into_iter();
        let items = items.map(|(at, one)| (at, ModlogEntry::from(one)));
        Ok(ModlogConnection::new(
            items.collect(),
            cut.info,
            ModlogTotal(filter),
        ))
    }

    /// What is to be warned of in who moderates: they should be of more than one
    /// organization, with women and with people under 30 among them.
    #[graphql(
        directive = list_size::apply(3, names(&[]), names(&[])),
        directive = cost::apply(5)
    )]
    async fn moderation_warnings(
        &self,
        ctx: &Context<'_>,
    ) -> async_graphql::Result<Vec<ModerationWarning>> {
        let caller = caller(ctx);
        let warnings = read(caller, caller.forum.moderation_warnings().await)?;
        Ok(warnings.into_iter().map(Into::into).collect())
    }
}
