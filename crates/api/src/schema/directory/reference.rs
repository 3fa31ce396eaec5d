//! Reference data: what concerns are filed under, and where to turn.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Object, SimpleObject};
use door::directive::{On, depends};
use forum::views::directory as view;

use super::{Names, name_for, said};
use crate::schema::caller::caller;

/// What a concern is about.
///
/// It is read where it lies: every thread of a list has one.
#[derive(Debug, Clone)]
pub struct Category {
    directory: Arc<view::Directory>,
    at: usize,
}

impl Category {
    /// The category of this code.
    pub(crate) fn of(ctx: &Context<'_>, code: Option<&str>) -> Option<Self> {
        let directory = caller(ctx).forum.directory();
        let at = directory.category_at(code?)?;
        Some(Self { directory, at })
    }

    /// Every category.
    pub(crate) fn all(ctx: &Context<'_>) -> Vec<Self> {
        let directory = caller(ctx).forum.directory();
        (0..directory.categories.len())
            .map(|at| Self {
                directory: Arc::clone(&directory),
                at,
            })
            .collect()
    }

    fn view(&self) -> &view::Category {
        &self.directory.categories[self.at]
    }
}

/// What a concern is about.
#[Object(serial)]
impl Category {
    /// The stable code.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn code(&self) -> &str {
        &self.view().code
    }

    /// The code of the category this one belongs to.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn parent_code(&self) -> Option<&str> {
        self.view().parent.as_deref()
    }

    /// Its name in every language of the forum.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn names(&self) -> Names {
        (&self.view().name).into()
    }

    /// The convention or classification it comes from.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn basis(&self) -> &str {
        &self.view().basis
    }

    /// Whether young people named it in their pledge.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn youth_priority(&self) -> bool {
        self.view().youth_priority
    }

    /// Its name in the reader's language.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn name(&self, ctx: &Context<'_>) -> &str {
        said(ctx, &self.view().name)
    }
}

/// What is at stake beyond the crime.
#[derive(SimpleObject, Debug, Clone)]
#[graphql(serial, complex)]
pub struct Theme {
    /// The stable code.
    #[graphql(directive = depends::apply(On::Directory))]
    pub code: String,
    /// Its name in every language of the forum.
    #[graphql(directive = depends::apply(On::Directory))]
    pub names: Names,
}

#[ComplexObject]
impl Theme {
    /// Its name in the reader's language.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn name(&self, ctx: &Context<'_>) -> String {
        name_for(ctx, &self.names)
    }
}

impl From<&view::Theme> for Theme {
    fn from(view: &view::Theme) -> Self {
        Self {
            code: view.code.clone(),
            names: (&view.name).into(),
        }
    }
}

/// A region of the country, or one of the forum's own.
#[derive(SimpleObject, Debug, Clone)]
#[graphql(serial, complex)]
pub struct Region {
    /// The stable code.
    #[graphql(directive = depends::apply(On::Directory))]
    pub code: String,
    /// The code of ISO 3166-2, where there is one.
    pub iso31662: Option<String>,
    /// Province, territory and so on.
    #[graphql(directive = depends::apply(On::Directory))]
    pub kind: String,
    /// Its name in every language of the forum.
    #[graphql(directive = depends::apply(On::Directory))]
    pub names: Names,
}

#[ComplexObject]
impl Region {
    /// Its name in the reader's language.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn name(&self, ctx: &Context<'_>) -> String {
        name_for(ctx, &self.names)
    }
}

impl From<&view::Region> for Region {
    fn from(view: &view::Region) -> Self {
        Self {
            code: view.code.clone(),
            iso31662: view.iso_3166_2.clone(),
            kind: view.kind.clone(),
            names: (&view.name).into(),
        }
    }
}

/// A group that a concern affects.
#[derive(SimpleObject, Debug, Clone)]
#[graphql(serial, complex)]
pub struct AffectedGroup {
    /// The stable code.
    #[graphql(directive = depends::apply(On::Directory))]
    pub code: String,
    /// Its name in every language of the forum.
    #[graphql(directive = depends::apply(On::Directory))]
    pub names: Names,
    /// Whether it is never shown beside a name.
    #[graphql(directive = depends::apply(On::Directory))]
    pub sensitive: bool,
}

#[ComplexObject]
impl AffectedGroup {
    /// Its name in the reader's language.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn name(&self, ctx: &Context<'_>) -> String {
        name_for(ctx, &self.names)
    }
}

impl From<&view::AffectedGroup> for AffectedGroup {
    fn from(view: &view::AffectedGroup) -> Self {
        Self {
            code: view.code.clone(),
            names: (&view.name).into(),
            sensitive: view.sensitive,
        }
    }
}

/// Where to turn at once.
#[derive(SimpleObject, Debug, Clone)]
#[graphql(serial)]
pub struct Helpline {
    /// The number to call.
    #[graphql(directive = depends::apply(On::Directory))]
    pub number: String,
    /// What it is for.
    #[graphql(directive = depends::apply(On::Directory))]
    pub purpose: String,
    /// State or civil society: some callers are victims of officials.
    #[graphql(directive = depends::apply(On::Directory))]
    pub run_by: String,
    /// The code of its region.
    #[graphql(directive = depends::apply(On::Directory))]
    pub region_code: String,
    /// The code of the agency that runs it, if one does.
    #[graphql(directive = depends::apply(On::Directory))]
    pub agency_code: Option<String>,
    /// Whether it is still to be called before it is relied on.
    #[graphql(directive = depends::apply(On::Directory))]
    pub check_before_use: bool,
}

impl From<&view::Helpline> for Helpline {
    fn from(view: &view::Helpline) -> Self {
        Self {
            number: view.number.clone(),
            purpose: view.purpose.clone(),
            run_by: view.run_by.clone(),
            region_code: view.region.clone(),
            agency_code: view.agency.clone(),
            check_before_use: view.check_before_use,
        }
    }
}
