//! Bodies and reference data.

use async_graphql::{ComplexObject, Context, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::people::Language as Tongue;
use forum::views::directory as view;

use crate::directive::{On, depends};
use crate::schema::caller::caller;
use crate::schema::enums::{Accreditation, AgencyKind, Participation};
use crate::schema::global_id::{Kind, encode};

/// A name in the forum's two languages.
#[derive(SimpleObject, Debug, Clone)]
#[graphql(directive = depends::apply(On::Directory))]
pub struct Names {
    /// English.
    pub en: String,
    /// Urdu.
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

/// What a concern is about.
#[derive(SimpleObject, Debug, Clone)]
#[graphql(complex, directive = depends::apply(On::Directory))]
pub struct Category {
    /// The stable code.
    pub code: String,
    /// The code of the category this one belongs to.
    pub parent_code: Option<String>,
    /// Its name in every language of the forum.
    pub names: Names,
    /// The convention or classification it comes from.
    pub basis: String,
    /// Whether young people named it in their pledge.
    pub youth_priority: bool,
}

#[ComplexObject]
impl Category {
    /// Its name in the reader's language.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn name(&self, ctx: &Context<'_>) -> String {
        name_for(ctx, &self.names)
    }
}

impl From<&view::Category> for Category {
    fn from(view: &view::Category) -> Self {
        Self {
            code: view.code.clone(),
            parent_code: view.parent.clone(),
            names: (&view.name).into(),
            basis: view.basis.clone(),
            youth_priority: view.youth_priority,
        }
    }
}

/// What is at stake beyond the crime.
#[derive(SimpleObject, Debug, Clone)]
#[graphql(complex, directive = depends::apply(On::Directory))]
pub struct Theme {
    /// The stable code.
    pub code: String,
    /// Its name in every language of the forum.
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
#[graphql(complex, directive = depends::apply(On::Directory))]
pub struct Region {
    /// The stable code.
    pub code: String,
    /// The code of ISO 3166-2, where there is one.
    pub iso31662: Option<String>,
    /// Province, territory and so on.
    pub kind: String,
    /// Its name in every language of the forum.
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
#[graphql(complex, directive = depends::apply(On::Directory))]
pub struct AffectedGroup {
    /// The stable code.
    pub code: String,
    /// Its name in every language of the forum.
    pub names: Names,
    /// Whether it is never shown beside a name.
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
#[graphql(directive = depends::apply(On::Directory))]
pub struct Helpline {
    /// The number to call.
    pub number: String,
    /// What it is for.
    pub purpose: String,
    /// State or civil society: some callers are victims of officials.
    pub run_by: String,
    /// The code of its region.
    pub region_code: String,
    /// The code of the agency that runs it, if one does.
    pub agency_code: Option<String>,
    /// Whether it is still to be called before it is relied on.
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

/// A state body that answers, or may be asked to.
#[derive(Debug, Clone)]
pub struct Agency(pub view::Agency);

/// A state body that answers, or may be asked to.
#[Object(directive = depends::apply(On::Directory))]
impl Agency {
    /// The id of this agency.
    #[graphql(directive = depends::apply(On::Directory))]
    pub(crate) async fn id(&self) -> ID {
        encode(Kind::Agency, self.0.id)
    }

    /// Its stable code.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// What kind of body it is.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn kind(&self) -> AgencyKind {
        self.0.kind.into()
    }

    /// Its name in the reader's language.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn name(&self, ctx: &Context<'_>) -> String {
        name_for(ctx, &(&self.0.name).into())
    }

    /// Its name in every language of the forum.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn names(&self) -> Names {
        (&self.0.name).into()
    }

    /// The region it works in.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn region(&self, ctx: &Context<'_>) -> Option<Region> {
        caller(ctx)
            .forum
            .directory()
            .region(&self.0.region)
            .map(Region::from)
    }

    /// Whether it takes part.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn participation(&self) -> Participation {
        self.0.participation.into()
    }

    /// Since when it answers.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn answering_since(&self) -> Option<DateTime<Utc>> {
        self.0.answering_since
    }

    /// How far it is accepted.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn accreditation(&self) -> Accreditation {
        self.0.accreditation.into()
    }

    /// Codes of the categories it is responsible for.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn mandate_codes(&self) -> &[String] {
        &self.0.mandate
    }

    /// Its offices that are open.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn offices(&self, ctx: &Context<'_>) -> Vec<Office> {
        let directory = caller(ctx).forum.directory();
        let of_this = |office: &&view::Office| office.agency == self.0.id && !office.closed;
        directory
            .offices
            .iter()
            .filter(of_this)
            .cloned()
            .map(Office)
            .collect()
    }
}

/// A desk of an agency that work is assigned to.
#[derive(Debug, Clone)]
pub struct Office(pub view::Office);

/// A desk of an agency that work is assigned to.
#[Object(directive = depends::apply(On::Directory))]
impl Office {
    /// The id of this office.
    #[graphql(directive = depends::apply(On::Directory))]
    pub(crate) async fn id(&self) -> ID {
        encode(Kind::Office, self.0.id)
    }

    /// Its name in the reader's language.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn name(&self, ctx: &Context<'_>) -> String {
        name_for(ctx, &(&self.0.name).into())
    }

    /// Its name in every language of the forum.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn names(&self) -> Names {
        (&self.0.name).into()
    }

    /// The agency it belongs to.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn agency(&self, ctx: &Context<'_>) -> Option<Agency> {
        caller(ctx)
            .forum
            .directory()
            .agency(self.0.agency)
            .cloned()
            .map(Agency)
    }

    /// The region it works for, if it is for one.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn region(&self, ctx: &Context<'_>) -> Option<Region> {
        let code = self.0.region.as_deref()?;
        caller(ctx).forum.directory().region(code).map(Region::from)
    }
}

/// A civil-society organization, university or youth body.
#[derive(Debug, Clone)]
pub struct Organization(pub view::Organization);

/// A civil-society organization, university or youth body.
#[Object(directive = depends::apply(On::Directory))]
impl Organization {
    /// The id of this organization.
    #[graphql(directive = depends::apply(On::Directory))]
    pub(crate) async fn id(&self) -> ID {
        encode(Kind::Organization, self.0.id)
    }

    /// What it is called.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// How far it is accepted.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn accreditation(&self) -> Accreditation {
        self.0.accreditation.into()
    }
}

/// A vouched room.
#[derive(Debug, Clone)]
pub struct Circle(pub view::Circle);

/// A vouched room.
#[Object(directive = depends::apply(On::Directory))]
impl Circle {
    /// The id of this circle.
    #[graphql(directive = depends::apply(On::Directory))]
    pub(crate) async fn id(&self) -> ID {
        encode(Kind::Circle, self.0.id)
    }

    /// Its stable code.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// Its name in the reader's language.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn name(&self, ctx: &Context<'_>) -> String {
        name_for(ctx, &(&self.0.name).into())
    }
}

/// What is looked up by code.
#[derive(Debug, Default)]
pub struct DirectoryQueries;

#[Object]
impl DirectoryQueries {
    /// What concerns are about.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn categories(&self, ctx: &Context<'_>) -> Vec<Category> {
        caller(ctx)
            .forum
            .directory()
            .categories
            .iter()
            .map(Category::from)
            .collect()
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
    ) -> Vec<Agency> {
        let directory = caller(ctx).forum.directory();
        let wanted = |agency: &&view::Agency| {
            participation.is_none_or(|one| Participation::from(agency.participation) == one)
                && region.as_ref().is_none_or(|code| agency.region == *code)
        };
        directory
            .agencies
            .iter()
            .filter(wanted)
            .cloned()
            .map(Agency)
            .collect()
    }

    /// A state body by its code.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn agency(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The agency's code, such as NCCIA.")] code: String,
    ) -> Option<Agency> {
        caller(ctx)
            .forum
            .directory()
            .agency_by_code(&code)
            .cloned()
            .map(Agency)
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
            .map(Organization)
            .collect()
    }
}
