//! Bodies and reference data.

mod body;
mod reference;

pub use body::{Agency, Circle, Office, Organization};
pub use reference::{AffectedGroup, Category, Helpline, Region, Theme};

use async_graphql::{Context, Object, SimpleObject};
use domain::people::Language as Tongue;
use door::directive::{On, depends};
use forum::views::directory as view;

use crate::schema::caller::caller;
use crate::schema::code::parse_code;
use crate::schema::enums::Participation;

/// A name in the forum's two languages.
#[derive(SimpleObject, Debug, Clone)]
#[graphql(serial)]
pub struct Names {
    /// English.
    #[graphql(directive = depends::apply(On::Directory))]
    pub en: String,
    /// Urdu.
    #[graphql(directive = depends::apply(On::Directory))]
    pub ur: String,
}

impl From<&view::Name> for Names {
    fn from(name: &view::Name) -> Self {
        Self {
            en: name.en.clone(),
            ur: name.ur.clone(),
        }
    }
}

/// The name in the reader's language.
pub(crate) fn name_for(ctx: &Context<'_>, names: &Names) -> String {
    match caller(ctx).language {
        Tongue::En => names.en.clone(),
        Tongue::Ur => names.ur.clone(),
    }
}

/// A name as it is said in the reader's language.
pub(crate) fn said<'a>(ctx: &Context<'_>, name: &'a view::Name) -> &'a str {
    match caller(ctx).language {
        Tongue::En => &name.en,
        Tongue::Ur => &name.ur,
    }
}

/// What is looked up by code.
#[derive(Debug, Default)]
pub struct DirectoryQueries;

#[Object(serial)]
impl DirectoryQueries {
    /// What concerns are about.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn categories(&self, ctx: &Context<'_>) -> Vec<Category> {
        Category::all(ctx)
    }

    /// What is at stake beyond the crime.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn themes(&self, ctx: &Context<'_>) -> Vec<Theme> {
        caller(ctx)
            .forum
            .directory()
            .themes
            .iter()
            .map(Theme::from)
            .collect()
    }

    /// Where concerns come from.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn regions(&self, ctx: &Context<'_>) -> Vec<Region> {
        caller(ctx)
            .forum
            .directory()
            .regions
            .iter()
            .map(Region::from)
            .collect()
    }

    /// Groups that concerns affect.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn affected_groups(&self, ctx: &Context<'_>) -> Vec<AffectedGroup> {
        caller(ctx)
            .forum
            .directory()
            .groups
            .iter()
            .map(AffectedGroup::from)
            .collect()
    }

    /// Where to turn at once, in urgent danger.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn helplines(&self, ctx: &Context<'_>) -> Vec<Helpline> {
        caller(ctx)
            .forum
            .directory()
            .helplines
            .iter()
            .map(Helpline::from)
            .collect()
    }

    /// State bodies that answer, or may be asked to.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn agencies(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those with this participation.")] participation: Option<
            Participation,
        >,
        #[graphql(desc = "Only those of the region with this code.")] region: Option<String>,
    ) -> async_graphql::Result<Vec<Agency>> {
        let region = region.map(parse_code).transpose()?;
        let directory = caller(ctx).forum.directory();
        let wanted = |agency: &&view::Agency| {
            participation.is_none_or(|one| Participation::from(agency.participation) == one)
                && region.as_ref().is_none_or(|code| agency.region == *code)
        };
        let found = directory.agencies.iter().filter(wanted);
        Ok(found.cloned().map(Agency).collect())
    }

    /// A state body by its code.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn agency(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The agency's code, such as NCCIA.")] code: String,
    ) -> async_graphql::Result<Option<Agency>> {
        let code = parse_code(code)?;
        let directory = caller(ctx).forum.directory();
        Ok(directory.agency_by_code(&code).cloned().map(Agency))
    }

    /// Vouched rooms.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn circles(&self, ctx: &Context<'_>) -> Vec<Circle> {
        caller(ctx)
            .forum
            .directory()
            .circles
            .iter()
            .cloned()
            .map(Circle)
            .collect()
    }

    /// Accredited civil-society organizations.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn organizations(&self, ctx: &Context<'_>) -> Vec<Organization> {
        let directory = caller(ctx).forum.directory();
        let approved = |one: &&view::Organization| {
            one.accreditation == domain::people::Accreditation::Approved
        };
        directory
            .organizations
            .iter()
            .filter(approved)
            .cloned()
            .map(Organization::from)
            .collect()
    }
}
