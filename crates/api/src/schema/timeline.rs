//! A concern's timeline: what happened in its life, in order.

use std::sync::Arc;

use async_graphql::{Context, Interface, Object};
use chrono::{DateTime, Utc};
use domain::concern::MoveKind;
use domain::people::Voice;
use domain::policy::ThreadFacts;
use domain::timeline::EntryKind;
use door::directive::{On, cost, depends};
use forum::views::concern as view;

use crate::schema::batch::Batch;
use crate::schema::caller::{Caller, caller, read};
use crate::schema::commitment::Commitment;
use crate::schema::connection::connection;
use crate::schema::directory::{Agency, Office};
use crate::schema::enums::{CommitmentAct, ConcernMove, ConcernState, TimelineSide, VerdictKind};
use crate::schema::page::{List, Page, Place, Window, seal};
use crate::schema::response::Response;

/// What happened in a concern's life. The side that acted is named, and its
/// office; never a person.
#[derive(Interface, Debug, Clone)]
#[graphql(
    field(
        name = "at",
        ty = "DateTime<Utc>",
        desc = "When it happened.",
        directive = depends::apply(On::Thread)
    ),
    field(
        name = "side",
        ty = "TimelineSide",
        desc = "Which side acted.",
        directive = depends::apply(On::Thread)
    ),
    field(
        name = "agency",
        ty = "Option<Agency>",
        desc = "The agency that acted, if one did.",
        directive = depends::apply(On::Directory)
    ),
    field(
        name = "office",
        ty = "Option<Office>",
        desc = "The office that acted, if one did.",
        directive = depends::apply(On::Directory)
    ),
    field(
        name = "state",
        ty = "ConcernState",
        desc = "Where the concern stood afterwards.",
        directive = depends::apply(On::Thread)
    )
)]
pub enum TimelineItem {
    /// A move that is none of the others.
    Move(TimelineMove),
    /// The concern was put before an office.
    Assignment(TimelineAssignment),
    /// An office sent it on to another.
    Referral(TimelineReferral),
    /// An office asked the raiser, or the raiser answered.
    Clarification(TimelineClarification),
    /// An office answered.
    Response(TimelineResponse),
    /// The raiser judged the answer.
    Verdict(TimelineVerdict),
    /// A time ran out.
    Escalation(TimelineEscalation),
    /// Something was done to a commitment.
    Commitment(TimelineCommitment),
}

#[derive(Debug, Clone)]
struct Of {
    entry: Arc<view::Entry>,
    batch: Arc<Batch>,
}

/// Declares an item, with more fields where it has them.
macro_rules! item {
    ($(#[$meta:meta])* $name:ident { $($fields:item)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone)]
        pub struct $name(Of);

        $(#[$meta])*
        #[Object(serial)]
        impl $name {
            /// When it happened.
            #[graphql(directive = depends::apply(On::Thread))]
            pub(crate) async fn at(&self) -> DateTime<Utc> {
                self.0.entry.at
            }

            /// Which side acted.
            #[graphql(directive = depends::apply(On::Thread))]
            pub(crate) async fn side(&self) -> TimelineSide {
                self.0.entry.side.into()
            }

            /// The agency that acted, if one did.
            #[graphql(directive = depends::apply(On::Directory))]
            pub(crate) async fn agency(&self, ctx: &Context<'_>) -> Option<Agency> {
                Agency::of(ctx, self.0.entry.agency)
            }

            /// The office that acted, if one did.
            #[graphql(directive = depends::apply(On::Directory))]
            pub(crate) async fn office(&self, ctx: &Context<'_>) -> Option<Office> {
                Office::of(ctx, self.0.entry.office)
            }

            /// Where the concern stood afterwards.
            #[graphql(directive = depends::apply(On::Thread))]
            pub(crate) async fn state(&self) -> ConcernState {
                self.0.entry.state.into()
            }

            $($fields)*
        }
    };
}

item! {
    /// A move of a concern that is none of the others.
    TimelineMove {
        /// The move.
        #[graphql(directive = depends::apply(On::Thread))]
        async fn kind(&self) -> ConcernMove {
            self.0.kind().into()
        }

        /// Why, if it was said.
        #[graphql(directive = depends::apply(On::Thread))]
        async fn reason(&self) -> Option<&str> {
            self.0.entry.note.as_deref()
        }
    }
}

item! {
    /// A concern was put before an office, by the router or a moderator.
    TimelineAssignment {
        /// The agency that has it since.
        #[graphql(directive = depends::apply(On::Directory))]
        async fn assigned_agency(&self, ctx: &Context<'_>) -> Option<Agency> {
            self.0.to_agency(ctx)
        }

        /// The office that has it since.
        #[graphql(directive = depends::apply(On::Directory))]
        async fn assigned_office(&self, ctx: &Context<'_>) -> Option<Office> {
            self.0.to_office(ctx)
        }

        /// Whether it is to look at a disputed answer again.
        #[graphql(directive = depends::apply(On::Thread))]
        async fn is_review(&self) -> bool {
            self.0.kind() == MoveKind::Review
        }
    }
}

item! {
    /// An office sent a concern on to another.
    TimelineReferral {
        /// The agency that has it since.
        #[graphql(directive = depends::apply(On::Directory))]
        async fn assigned_agency(&self, ctx: &Context<'_>) -> Option<Agency> {
            self.0.to_agency(ctx)
        }

        /// The office that has it since.
        #[graphql(directive = depends::apply(On::Directory))]
        async fn assigned_office(&self, ctx: &Context<'_>) -> Option<Office> {
            self.0.to_office(ctx)
        }

        /// Why.
        #[graphql(directive = depends::apply(On::Thread))]
        async fn reason(&self) -> &str {
            self.0.note()
        }
    }
}

item! {
    /// What an office asked the raiser, or what the raiser answered.
    TimelineClarification {
        /// What was asked; null where the raiser answers.
        #[graphql(directive = depends::apply(On::Thread))]
        async fn question(&self) -> Option<&str> {
            (self.0.kind() == MoveKind::RequestClarification).then(|| self.0.note())
        }

        /// What the raiser answered; null where he is asked.
        #[graphql(directive = depends::apply(On::Thread))]
        async fn answer(&self) -> Option<&str> {
            (self.0.kind() != MoveKind::RequestClarification).then(|| self.0.note())
        }
    }
}

item! {
    /// An office answered.
    TimelineResponse {
        /// The answer.
        #[graphql(directive = depends::apply(On::Thread), directive = cost::apply(2))]
        async fn response(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Response>> {
            let Of { entry, batch } = &self.0;
            let all = batch.responses(caller(ctx), entry.thread).await?;
            let found = all.into_iter().find(|one| Some(one.id) == entry.response);
            Ok(found.map(Response))
        }
    }
}

item! {
    /// The raiser judged an answer.
    TimelineVerdict {
        /// What the raiser makes of it.
        #[graphql(directive = depends::apply(On::Thread))]
        async fn verdict(&self) -> Option<VerdictKind> {
            self.0.entry.verdict.map(Into::into)
        }

        /// In the raiser's words.
        #[graphql(directive = depends::apply(On::Thread))]
        async fn comment(&self) -> Option<&str> {
            self.0.entry.note.as_deref()
        }
    }
}

item! {
    /// A time ran out, and silence was passed on.
    TimelineEscalation {
        /// How far: 1 to the agency, or to the moderators for what waits for
        /// them; 2 to oversight.
        #[graphql(directive = depends::apply(On::Thread))]
        async fn level(&self) -> i32 {
            self.0.entry.level.unwrap_or_default().into()
        }
    }
}

item! {
    /// Something was done to a commitment.
    TimelineCommitment {
        /// What was done.
        #[graphql(directive = depends::apply(On::Thread))]
        async fn act(&self) -> Option<CommitmentAct> {
            match self.0.entry.kind {
                EntryKind::Commitment(act) => Some(act.into()),
                EntryKind::Move(_) | EntryKind::Escalation => None,
            }
        }

        /// What was said with it: a reason, or what was done.
        #[graphql(directive = depends::apply(On::Thread))]
        async fn note(&self) -> Option<&str> {
            self.0.entry.note.as_deref()
        }

        /// The commitment as it is now.
        #[graphql(directive = depends::apply(On::Thread), directive = cost::apply(2))]
        async fn commitment(
            &self,
            ctx: &Context<'_>,
        ) -> async_graphql::Result<Option<Commitment>> {
            let Of { entry, batch } = &self.0;
            let all = batch.commitments(caller(ctx), entry.thread).await?;
            let own = |one: &Commitment| Some(one.key()) == entry.commitment;
            Ok(all.into_iter().find(own))
        }
    }
}

impl Of {
    fn kind(&self) -> MoveKind {
        match self.entry.kind {
            EntryKind::Move(mv) => mv,
            // The others have no fields that ask.
            EntryKind::Escalation | EntryKind::Commitment(_) => MoveKind::Start,
        }
    }

    fn note(&self) -> &str {
        self.entry.note.as_deref().unwrap_or_default()
    }

    fn to_agency(&self, ctx: &Context<'_>) -> Option<Agency> {
        Agency::of(ctx, self.entry.to.map(|to| to.agency))
    }

    fn to_office(&self, ctx: &Context<'_>) -> Option<Office> {
        Office::of(ctx, self.entry.to.and_then(|to| to.office))
    }
}

impl TimelineItem {
    /// An entry that was read by itself.
    pub(crate) fn alone(entry: view::Entry, facts: ThreadFacts) -> Self {
        Self::of(entry, &Batch::noted(facts, Voice::Named))
    }

    /// An entry as it is shown.
    pub(crate) fn of(entry: view::Entry, batch: &Arc<Batch>) -> Self {
        let kind = entry.kind;
        let verdict = entry.verdict.is_some();
        let of = Of {
            entry: Arc::new(entry),
            batch: Arc::clone(batch),
        };
        match kind {
            EntryKind::Escalation => Self::Escalation(TimelineEscalation(of)),
            EntryKind::Commitment(_) => Self::Commitment(TimelineCommitment(of)),
            _ if verdict => Self::Verdict(TimelineVerdict(of)),
            EntryKind::Move(mv) => match mv {
                MoveKind::Assign | MoveKind::Review => Self::Assignment(TimelineAssignment(of)),
                MoveKind::Refer => Self::Referral(TimelineReferral(of)),
                MoveKind::RequestClarification | MoveKind::Clarify | MoveKind::Reopen => {
                    Self::Clarification(TimelineClarification(of))
                }
                MoveKind::Answer => Self::Response(TimelineResponse(of)),
                MoveKind::Release
                | MoveKind::Return
                | MoveKind::Resubmit
                | MoveKind::Acknowledge
                | MoveKind::Start
                | MoveKind::GoDormant
                | MoveKind::Accept
                | MoveKind::Lapse
                | MoveKind::Dispute
                | MoveKind::Withdraw => Self::Move(TimelineMove(of)),
            },
        }
    }
}

/// What a timeline is counted by.
#[derive(Debug, Clone)]
pub struct TimelineTotal(Arc<ThreadFacts>);

impl TimelineTotal {
    async fn count(&self, caller: &Caller) -> async_graphql::Result<i64> {
        let counted = caller.forum.timeline_count(&caller.viewer, &self.0).await;
        read(caller, counted)
    }
}

connection! {
    /// What happened in a concern's life, oldest first.
    TimelineConnection, TimelineEdge, TimelineItem, TimelineTotal
}

impl TimelineConnection {
    /// A page of a concern's timeline.
    pub(super) fn page(
        rows: Vec<view::Entry>,
        window: Window,
        thread: &ThreadFacts,
        batch: &Arc<Batch>,
    ) -> Self {
        let cut = Page::cut(rows, window, |entry| {
            let place = Place {
                micros: entry.at.timestamp_micros(),
                id: entry.id.into(),
            };
            seal(List::Timeline, place)
        });
        let items = cut.items.into_iter();
        let items = items.map(|(cursor, entry)| (cursor, TimelineItem::of(entry, batch)));
        let total = TimelineTotal(Arc::new(thread.clone()));
        Self::new(items.collect(), cut.info, total)
    }
}
