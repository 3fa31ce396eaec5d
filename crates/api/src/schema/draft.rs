//! Drafts of offices' answers, seen only inside the agency.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use door::directive::cost;
use forum::views::draft as view;

use crate::schema::caller::{Caller, caller, read};
use crate::schema::directory::Office;
use crate::schema::enums::{Language, OutcomeKind};
use crate::schema::global_id::{Kind, encode};
use crate::schema::response::Response;
use crate::schema::scalar::Day;
use crate::schema::thread::Thread;

/// A version of an office's answer before it is published; for the officers of
/// the agency that answers. The newest waits for a second officer, and takes
/// the place of those before.
#[derive(Debug, Clone)]
pub struct ResponseDraft(pub(crate) Arc<view::Draft>);

impl ResponseDraft {
    /// The one with this id, if the viewer may see it.
    pub(crate) async fn seen(
        caller: &Caller,
        id: domain::id::DraftId,
    ) -> async_graphql::Result<Option<Self>> {
        let found = read(caller, caller.forum.draft(&caller.viewer, id).await)?;
        Ok(found.map(|draft| Self(Arc::new(draft))))
    }
}

/// A version of an office's answer before it is published; for the officers of
/// the agency that answers. The newest waits for a second officer, and takes
/// the place of those before.
#[Object(serial)]
impl ResponseDraft {
    /// The id of this draft.
    pub(crate) async fn id(&self) -> ID {
        encode(Kind::ResponseDraft, self.0.id)
    }

    /// The how manieth draft of the concern it is, from 1.
    async fn number(&self) -> i64 {
        self.0.number
    }

    /// The text, in markdown.
    async fn body(&self) -> &str {
        &self.0.body
    }

    /// The text as sanitized HTML.
    #[graphql(directive = cost::apply(2))]
    async fn body_html(&self) -> String {
        forum::markdown::to_html(&self.0.body)
    }

    /// The language of the text.
    async fn language(&self) -> Language {
        self.0.language.into()
    }

    /// What is to come of the concern.
    async fn outcome(&self) -> OutcomeKind {
        self.0.outcome.into()
    }

    /// The outcome's day.
    async fn outcome_on(&self) -> Option<Day> {
        self.0.outcome_on.map(Day)
    }

    /// The outcome's words.
    async fn outcome_text(&self) -> Option<&str> {
        self.0.outcome_text.as_deref()
    }

    /// The concern that this one repeats, if the viewer may see it.
    #[graphql(directive = cost::apply(5))]
    async fn duplicate_of(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Thread>> {
        let Some(id) = self.0.duplicate_of else {
            return Ok(None);
        };
        let caller = caller(ctx);
        let thread = read(caller, caller.forum.thread(&caller.viewer, id).await)?;
        Ok(thread.map(|thread| Thread::alone(caller, thread)))
    }

    /// The office in which it was written.
    async fn office(&self, ctx: &Context<'_>) -> Option<Office> {
        Office::of(ctx, Some(self.0.office))
    }

    /// Whether the viewer wrote it.
    async fn viewer_is_author(&self, ctx: &Context<'_>) -> bool {
        caller(ctx).viewer.personas.contains(&self.0.persona)
    }

    /// When it was written.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When a second officer approved it; null where none did.
    async fn approved_at(&self) -> Option<DateTime<Utc>> {
        self.0.approved_at
    }

    /// The response that was published from it.
    #[graphql(directive = cost::apply(2))]
    async fn response(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Response>> {
        let Some(id) = self.0.response else {
            return Ok(None);
        };
        let caller = caller(ctx);
        let response = read(caller, caller.forum.response(&caller.viewer, id).await)?;
        Ok(response.map(Response))
    }
}
