//! Authors as content knows them.

use async_graphql::{Context, ID, Object};
use domain::people::Language;
use door::directive::{On, depends};
use forum::views::thread as view;

use crate::schema::caller::caller;
use crate::schema::directory::{Agency, Office, Organization, said};
use crate::schema::enums::{Constituency, Voice};
use crate::schema::global_id::{Kind, encode};

/// An author as content knows it. With a new affiliation an account speaks as a
/// new author, and what was said before stays as it was. Only the name goes,
/// with the account.
#[derive(Debug, Clone)]
pub struct Author(pub view::Author);

/// An author as content knows it. With a new affiliation an account speaks as a
/// new author, and what was said before stays as it was. Only the name goes,
/// with the account.
#[Object(serial)]
impl Author {
    /// The id of this author.
    #[graphql(directive = depends::apply(On::Directory))]
    pub(crate) async fn id(&self) -> ID {
        encode(Kind::Author, self.0.persona)
    }

    /// What to call this author. An official is called by the office, whoever
    /// deleted his account "a former member".
    #[graphql(directive = depends::apply(On::Directory))]
    async fn name(&self, ctx: &Context<'_>) -> String {
        let directory = caller(ctx).forum.directory();
        if let Some(office) = self.0.office.and_then(|id| directory.office(id)) {
            return said(ctx, &office.name).to_owned();
        }
        let name = self.0.display_name.as_deref();
        name.unwrap_or_else(|| former(ctx)).to_owned()
    }

    /// How this author appears.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn voice(&self) -> Voice {
        self.0.voice.into()
    }

    /// Whom this author speaks for.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn constituency(&self) -> Option<Constituency> {
        self.0.constituency.map(Into::into)
    }

    /// The organization this author spoke for.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn organization(&self, ctx: &Context<'_>) -> Option<Organization> {
        Organization::of(ctx, self.0.organization)
    }

    /// The agency this author spoke for.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn agency(&self, ctx: &Context<'_>) -> Option<Agency> {
        Agency::of(ctx, self.0.agency)
    }

    /// The office this author spoke for.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn office(&self, ctx: &Context<'_>) -> Option<Office> {
        Office::of(ctx, self.0.office)
    }
}

/// What whoever left is called.
fn former(ctx: &Context<'_>) -> &'static str {
    match caller(ctx).language {
        Language::En => "a former member",
        Language::Ur => "سابق رکن",
    }
}
