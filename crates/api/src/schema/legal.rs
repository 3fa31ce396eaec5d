//! The register of what authorities demand by law.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use domain::id::DemandId;
use door::directive::{On, cost, depends};
use forum::legal::SeenDemand;
use forum::views::legal as view;

use crate::schema::caller::{Caller, caller, read};
use crate::schema::connection::connection;
use crate::schema::enums::{LegalDemandKind, LegalDemandStatus, LegalInstrument};
use crate::schema::global_id::{Kind, encode};
use crate::schema::modlog::subject_id;
use crate::schema::page::{List, Page, Paging, Place, seal, slice};
use crate::schema::scalar::Day;

/// What an authority demands by law. For administrators and moderators; how many
/// there were, `transparencyReport` tells everyone.
#[derive(Debug, Clone)]
pub struct LegalDemand(Arc<SeenDemand>);

impl LegalDemand {
    /// The one with this id, if the viewer sees the register.
    pub(crate) async fn seen(caller: &Caller, id: DemandId) -> async_graphql::Result<Option<Self>> {
        let found = read(caller, caller.forum.demand(&caller.viewer, id).await)?;
        Ok(found.map(|seen| Self(Arc::new(seen))))
    }
}

/// What an authority demands by law. For administrators and moderators; how many
/// there were, `transparencyReport` tells everyone.
#[Object(serial)]
impl LegalDemand {
    /// The id of this demand.
    pub(crate) async fn id(&self) -> ID {
        encode(Kind::LegalDemand, self.0.demand.id)
    }

    /// What is demanded.
    async fn kind(&self) -> LegalDemandKind {
        self.0.demand.kind.into()
    }

    /// By what.
    async fn instrument(&self) -> LegalInstrument {
        self.0.demand.instrument.into()
    }

    /// Who demands it.
    async fn authority(&self) -> &str {
        &self.0.demand.authority
    }

    /// Under which number.
    async fn reference(&self) -> Option<&str> {
        self.0.demand.reference.as_deref()
    }

    /// What it reaches, in words.
    async fn scope(&self) -> &str {
        &self.0.demand.scope
    }

    /// The thread or post that it is about; where it is named by its reference, once
    /// two approved.
    async fn subject_id(&self) -> Option<ID> {
        self.0.demand.subject().map(subject_id)
    }

    /// The reference of the thread that it is about, where it is named so: also of one
    /// that the viewer does not see.
    async fn subject_reference(&self) -> Option<&str> {
        self.0.demand.subject_reference.as_deref()
    }

    /// The day on which it came.
    async fn received_on(&self) -> Day {
        Day(self.0.demand.received_on)
    }

    /// Whether the law bars the forum from telling the person, or did until
    /// `noticeBarredUntil`.
    async fn notice_barred(&self) -> bool {
        self.0.demand.notice_barred
    }

    /// The last day on which the law bars it. With the end of that day the person is
    /// told.
    async fn notice_barred_until(&self) -> Option<Day> {
        self.0.demand.barred_until.map(Day)
    }

    /// What became of it.
    async fn status(&self) -> LegalDemandStatus {
        self.0.demand.status.into()
    }

    /// Why, in words of whoever decided last.
    async fn text(&self) -> Option<&str> {
        self.0.demand.reason.as_deref()
    }

    /// When it was registered.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.demand.created_at
    }

    /// When it was complied with or refused.
    async fn decided_at(&self) -> Option<DateTime<Utc>> {
        self.0.demand.decided_at
    }

    /// Whether the viewer may approve or refuse it: neither registered it nor
    /// approved it before.
    async fn viewer_can_decide(&self) -> bool {
        self.0.may_decide
    }

    /// Whether the viewer may say that it holds no longer.
    async fn viewer_can_lift(&self) -> bool {
        self.0.may_lift
    }
}

/// What an authority demanded by law about what the viewer wrote. Whoever is told
/// can go to a court; the forum cannot decide on it.
#[derive(Debug, Clone)]
pub struct OwnLegalDemand(view::Demand);

impl OwnLegalDemand {
    /// Those of whoever asks.
    pub(crate) async fn all(caller: &Caller) -> async_graphql::Result<Vec<Self>> {
        let all = read(caller, caller.forum.own_demands(&caller.viewer).await)?;
        Ok(all.into_iter().map(Self).collect())
    }
}

/// What an authority demanded by law about what the viewer wrote. Whoever is told
/// can go to a court; the forum cannot decide on it.
#[Object(serial)]
impl OwnLegalDemand {
    /// What was demanded.
    async fn kind(&self) -> LegalDemandKind {
        self.0.kind.into()
    }

    /// By what.
    async fn instrument(&self) -> LegalInstrument {
        self.0.instrument.into()
    }

    /// Who demanded it.
    async fn authority(&self) -> &str {
        &self.0.authority
    }

    /// Under which number.
    async fn reference(&self) -> Option<&str> {
        self.0.reference.as_deref()
    }

    /// The thread or post that it is about.
    async fn subject_id(&self) -> Option<ID> {
        self.0.subject().map(subject_id)
    }

    /// COMPLIED, or LIFTED once it holds no longer.
    async fn status(&self) -> LegalDemandStatus {
        self.0.status.into()
    }

    /// When it was complied with.
    async fn decided_at(&self) -> Option<DateTime<Utc>> {
        self.0.decided_at
    }
}

/// What demands are counted by.
#[derive(Debug, Clone, Copy)]
pub struct DemandTotal;

impl DemandTotal {
    async fn count(&self, caller: &Caller) -> async_graphql::Result<i64> {
        read(caller, caller.forum.demand_count(&caller.viewer).await)
    }
}

connection! {
    /// What authorities demand by law, the newest first.
    LegalDemandConnection, LegalDemandEdge, LegalDemand, DemandTotal
}

impl LegalDemandConnection {
    /// A page of the register.
    pub(crate) async fn read(ctx: &Context<'_>, paging: &Paging) -> async_graphql::Result<Self> {
        let caller = caller(ctx);
        let window = paging.check(List::LegalDemands)?;
        let slice = slice(window, true, |place| view::DemandPlace {
            micros: place.micros,
            id: place.id,
        });
        let rows = caller.forum.demands(&caller.viewer, slice).await;
        let cut = Page::cut(read(caller, rows)?, window, |one| {
            let place = Place {
                micros: one.demand.created_at.timestamp_micros(),
                id: one.demand.id.into(),
            };
            seal(List::LegalDemands, place)
        });
        let items = cut.items.into_iter();
        let items = items.map(|(at, seen)| (at, LegalDemand(Arc::new(seen))));
        Ok(Self::new(items.collect(), cut.info, DemandTotal))
    }
}
