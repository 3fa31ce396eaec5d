//! Templates of agencies' answers, for their officers.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use door::directive::cost;
use forum::views::template as view;
use forum::views::thread::Thread;

use crate::schema::caller::{Caller, caller, read};
use crate::schema::directory::{Agency, Category, Office};
use crate::schema::enums::{ConcernState, Language};
use crate::schema::global_id::{Kind, encode};

/// What an agency answers again and again, for its officers to begin from. In
/// its texts, blanks such as `{{number}}` stand for what the concern fills them
/// with: see `saveResponseTemplate`.
#[derive(Debug, Clone)]
pub struct ResponseTemplate(Arc<view::Template>);

impl From<view::Template> for ResponseTemplate {
    fn from(template: view::Template) -> Self {
        Self(Arc::new(template))
    }
}

impl ResponseTemplate {
    /// The one with this id, if the viewer may see it.
    pub(crate) async fn seen(
        caller: &Caller,
        id: domain::id::TemplateId,
    ) -> async_graphql::Result<Option<Self>> {
        let found = read(caller, caller.forum.template(&caller.viewer, id).await)?;
        Ok(found.map(Self::from))
    }

    fn words(&self, language: domain::people::Language) -> Option<&view::Words> {
        self.0.words(language)
    }
}

/// What an agency answers again and again, for its officers to begin from. In
/// its texts, blanks such as `{{number}}` stand for what the concern fills them
/// with: see `saveResponseTemplate`.
#[Object(serial)]
impl ResponseTemplate {
    /// The id of this template.
    pub(crate) async fn id(&self) -> ID {
        encode(Kind::ResponseTemplate, self.0.id)
    }

    /// The agency whose officers use it.
    async fn agency(&self, ctx: &Context<'_>) -> Option<Agency> {
        Agency::of(ctx, Some(self.0.agency))
    }

    /// The office that wrote it last.
    async fn office(&self, ctx: &Context<'_>) -> Option<Office> {
        Office::of(ctx, Some(self.0.draft.office))
    }

    /// The category that it is meant for, with those under it; null where it is
    /// for any.
    async fn category(&self, ctx: &Context<'_>) -> Option<Category> {
        Category::of(ctx, self.0.draft.category.as_deref())
    }

    /// Where a concern stands that it is meant for; null where it is for any.
    async fn state(&self) -> Option<ConcernState> {
        self.0.draft.state.map(Into::into)
    }

    /// What it is called, in the reader's language if it is in that.
    async fn title(&self, ctx: &Context<'_>) -> Option<&str> {
        let own = self.words(caller(ctx).language);
        let words = own.or(self.0.draft.en.as_ref());
        let words = words.or(self.0.draft.ur.as_ref());
        words.map(|one| one.title.as_str())
    }

    /// What it is called in English.
    async fn title_en(&self) -> Option<&str> {
        self.0.draft.en.as_ref().map(|one| one.title.as_str())
    }

    /// The text in English, in markdown, with its blanks.
    async fn body_en(&self) -> Option<&str> {
        self.0.draft.en.as_ref().map(|one| one.body.as_str())
    }

    /// What it is called in Urdu.
    async fn title_ur(&self) -> Option<&str> {
        self.0.draft.ur.as_ref().map(|one| one.title.as_str())
    }

    /// The text in Urdu, in markdown, with its blanks.
    async fn body_ur(&self) -> Option<&str> {
        self.0.draft.ur.as_ref().map(|one| one.body.as_str())
    }

    /// Which version it is. Whoever changes it names the one that he read.
    async fn version(&self) -> String {
        self.0.version.to_string()
    }

    /// When it was first written.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was last changed.
    async fn changed_at(&self) -> DateTime<Utc> {
        self.0.changed_at
    }

    /// When it was retired, since when it is offered no more.
    async fn retired_at(&self) -> Option<DateTime<Utc>> {
        self.0.retired_at
    }

    /// Whether the viewer may change it, or retire it.
    async fn viewer_can_change(&self, ctx: &Context<'_>) -> bool {
        let caller = caller(ctx);
        caller.forum.may_write_template(&caller.viewer, &self.0)
    }
}

/// A template that fits a concern.
#[derive(Debug, Clone)]
pub struct FittingTemplate {
    template: ResponseTemplate,
    thread: Arc<Thread>,
}

impl FittingTemplate {
    /// A template beside the concern that fills it.
    pub(crate) fn of(template: view::Template, thread: Arc<Thread>) -> Self {
        Self {
            template: template.into(),
            thread,
        }
    }
}

/// A template that fits a concern.
#[Object(serial)]
impl FittingTemplate {
    /// The template.
    async fn template(&self) -> &ResponseTemplate {
        &self.template
    }

    /// Its text in markdown, with every blank filled from the concern; `[…]`
    /// stands where there is nothing to fill one with. Null where the template
    /// is not in the language that is asked for.
    #[graphql(directive = cost::apply(2))]
    async fn filled(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "In which language. Where nothing is said, that of the concern, or \
                          the one that the template is in."
        )]
        language: Option<Language>,
    ) -> async_graphql::Result<Option<String>> {
        let caller = caller(ctx);
        let language = language.map(Into::into);
        let filled = caller
            .forum
            .filled(&self.template.0, &self.thread, language);
        read(caller, filled)
    }
}
