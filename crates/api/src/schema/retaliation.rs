//! Reports that somebody is made to suffer for a concern.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use door::directive::cost;
use forum::concern::SeenReport;

use crate::schema::caller::{Caller, caller, read};
use crate::schema::directory::Agency;
use crate::schema::global_id::{Kind, encode};
use crate::schema::thread::Thread;

/// A report that somebody is made to suffer for a concern. It freezes the
/// agency's access to the concern until it is decided on, and longer where it is
/// upheld. For whoever reported it, the raiser, oversight, and the two moderators
/// whom it was brought to; nothing of it stands in the thread.
#[derive(Debug, Clone)]
pub struct RetaliationReport {
    seen: Arc<SeenReport>,
    /// The concern, where it was read along with the report.
    thread: Option<Thread>,
}

impl RetaliationReport {
    /// The one with this id, if the viewer may see it.
    pub(crate) async fn seen(
        caller: &Caller,
        id: domain::id::RetaliationId,
    ) -> async_graphql::Result<Option<Self>> {
        let found = read(caller, caller.forum.retaliation(&caller.viewer, id).await)?;
        Ok(found.map(|report| Self::of(report, None)))
    }

    /// A report, and its concern where that is at hand.
    pub(crate) fn of(seen: SeenReport, thread: Option<Thread>) -> Self {
        let seen = Arc::new(seen);
        Self { seen, thread }
    }
}

/// A report that somebody is made to suffer for a concern. It freezes the
/// agency's access to the concern until it is decided on, and longer where it is
/// upheld. For whoever reported it, the raiser, oversight, and the two moderators
/// whom it was brought to; nothing of it stands in the thread.
#[Object(serial)]
impl RetaliationReport {
    /// The id of this report.
    pub(crate) async fn id(&self) -> ID {
        encode(Kind::RetaliationReport, self.seen.report.id)
    }

    /// The concern.
    #[graphql(directive = cost::apply(5))]
    async fn thread(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Thread>> {
        if self.thread.is_some() {
            return Ok(self.thread.clone());
        }
        let caller = caller(ctx);
        let id = self.seen.report.thread;
        let thread = caller.forum.thread(&caller.viewer, id).await;
        let thread = read(caller, thread)?;
        Ok(thread.map(|thread| Thread::alone(caller, thread)))
    }

    /// The agency whose people are said to retaliate.
    async fn agency(&self, ctx: &Context<'_>) -> Option<Agency> {
        let directory = caller(ctx).forum.directory();
        directory
            .agency(self.seen.report.agency)
            .cloned()
            .map(Agency)
    }

    /// What happened.
    async fn body(&self) -> &str {
        &self.seen.report.body
    }

    /// When it was reported.
    async fn created_at(&self) -> DateTime<Utc> {
        self.seen.report.created_at
    }

    /// When it was decided on; null while it waits.
    async fn decided_at(&self) -> Option<DateTime<Utc>> {
        self.seen.report.decided_at
    }

    /// Whether the agency's access is frozen by it.
    async fn freezes(&self) -> bool {
        self.seen.report.lifted_at.is_none()
    }

    /// Why it was decided so.
    async fn reason(&self) -> Option<&str> {
        self.seen.report.reason.as_deref()
    }

    /// Whether the viewer may decide on it now.
    async fn viewer_can_decide(&self) -> bool {
        self.seen.may_decide
    }
}
