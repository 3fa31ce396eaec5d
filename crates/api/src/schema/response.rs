//! Offices' responses and raisers' verdicts.

use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use door::directive::{On, cost, depends};
use forum::views::answer as view;

use crate::schema::caller::{caller, read};
use crate::schema::directory::{Agency, Office};
use crate::schema::enums::{Language, OutcomeKind, VerdictKind};
use crate::schema::global_id::{Kind, encode};
use crate::schema::scalar::Day;
use crate::schema::thread::{Thread, of_another};

/// An office's formal answer to a concern. It is signed by the office, not by
/// the officer.
#[derive(Debug, Clone)]
pub struct Response(pub view::Response);

/// An office's formal answer to a concern. It is signed by the office, not by
/// the officer.
#[Object(serial)]
impl Response {
    /// The id of this response.
    #[graphql(directive = depends::apply(On::Thread))]
    pub(crate) async fn id(&self) -> ID {
        encode(Kind::Response, self.0.id)
    }

    /// The text, in markdown.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn body(&self) -> &str {
        &self.0.body
    }

    /// The text as sanitized HTML.
    #[graphql(directive = depends::apply(On::Thread), directive = cost::apply(2))]
    async fn body_html(&self) -> String {
        forum::markdown::to_html(&self.0.body)
    }

    /// The language of the text.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn language(&self) -> Language {
        self.0.language.into()
    }

    /// What came of the concern.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn outcome(&self) -> OutcomeKind {
        self.0.outcome.into()
    }

    /// The outcome's day: by which the planned action is done, or on which
    /// the office looks again.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn outcome_on(&self) -> Option<Day> {
        self.0.outcome_on.map(Day)
    }

    /// The outcome's words: why nothing more is done, who is responsible, on
    /// which law.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn outcome_text(&self) -> Option<&str> {
        self.0.outcome_text.as_deref()
    }

    /// The concern that this one repeats, if the viewer may see it.
    #[graphql(directive = cost::apply(5))]
    async fn duplicate_of(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Thread>> {
        let Some(id) = self.0.duplicate_of else {
            return Ok(None);
        };
        of_another(ctx);
        let caller = caller(ctx);
        let thread = read(caller, caller.forum.thread(&caller.viewer, id).await)?;
        Ok(thread.map(|thread| Thread::alone(caller, thread)))
    }

    /// The agency that answers.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn agency(&self, ctx: &Context<'_>) -> Option<Agency> {
        Agency::of(ctx, Some(self.0.agency))
    }

    /// The office that answers.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn office(&self, ctx: &Context<'_>) -> Option<Office> {
        Office::of(ctx, Some(self.0.office))
    }

    /// The raiser's judgement of it, if given.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn verdict(&self) -> Option<Verdict> {
        self.0.verdict.as_ref().map(Verdict::from)
    }

    /// When it was published.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}

/// What the raiser makes of a response.
#[derive(SimpleObject, Debug, Clone)]
#[graphql(serial)]
pub struct Verdict {
    /// The id of this verdict.
    #[graphql(directive = depends::apply(On::Thread), owned)]
    pub id: ID,
    /// What it says.
    #[graphql(directive = depends::apply(On::Thread))]
    pub kind: VerdictKind,
    /// In the raiser's words.
    #[graphql(directive = depends::apply(On::Thread))]
    pub comment: Option<String>,
    /// When it was given.
    #[graphql(directive = depends::apply(On::Thread))]
    pub created_at: DateTime<Utc>,
}

impl From<&view::Verdict> for Verdict {
    fn from(view: &view::Verdict) -> Self {
        Self {
            id: encode(Kind::Verdict, view.id),
            kind: view.kind.into(),
            comment: view.comment.clone(),
            created_at: view.created_at,
        }
    }
}
