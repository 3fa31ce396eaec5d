//! Agencies and their offices, organizations, and vouched rooms.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use domain::id::{AgencyId, CircleId, OfficeId, OrganizationId};
use door::directive::{On, depends};
use forum::views::directory as view;

use super::{Names, Region, name_for};
use crate::schema::author::Author;
use crate::schema::caller::caller;
use crate::schema::enums::{Accreditation, AgencyKind, Language, Participation};
use crate::schema::global_id::{Kind, encode};

/// A state body that answers, or may be asked to.
#[derive(Debug, Clone)]
pub struct Agency(pub view::Agency);

impl Agency {
    /// The one with this id, if one is meant.
    pub(crate) fn of(ctx: &Context<'_>, id: Option<AgencyId>) -> Option<Self> {
        let directory = caller(ctx).forum.directory();
        directory.agency(id?).cloned().map(Self)
    }

    /// Whether the viewer is told who decided on it.
    fn is_told(&self, ctx: &Context<'_>) -> bool {
        let caller = caller(ctx);
        caller.forum.told_of_agency(&caller.viewer, self.0.id)
    }
}

/// A state body that answers, or may be asked to.
#[Object(serial)]
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

    /// Whether a second officer approves its answers before they are published.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn second_officer_approves(&self) -> bool {
        !self.0.one_officer
    }

    /// What joining the forum means, for an agency that does not answer here;
    /// null for one that does.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn joining(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "In which language; the reader's own where nothing is said.")]
        language: Option<Language>,
    ) -> Option<&'static str> {
        let language = language.map_or(caller(ctx).language, Into::into);
        forum::letter::joining(&self.0, language)
    }

    /// How far it is accepted.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn accreditation(&self) -> Accreditation {
        self.0.accreditation.into()
    }

    /// Who last decided how far it is accepted, as whom he spoke then: for its officers
    /// and administrators. Null for others, where nobody did, and where he is gone.
    async fn decided_by(&self, ctx: &Context<'_>) -> Option<Author> {
        let by = self.0.decided_by.as_deref()?;
        self.is_told(ctx).then(|| Author(by.clone()))
    }

    /// When it was last decided how far it is accepted; null for whoever is not told by
    /// whom.
    async fn decided_at(&self, ctx: &Context<'_>) -> Option<DateTime<Utc>> {
        self.0.decided_at.filter(|_| self.is_told(ctx))
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

impl Office {
    /// The one with this id, if one is meant.
    pub(crate) fn of(ctx: &Context<'_>, id: Option<OfficeId>) -> Option<Self> {
        let directory = caller(ctx).forum.directory();
        directory.office(id?).cloned().map(Self)
    }
}

/// A desk of an agency that work is assigned to.
#[Object(serial)]
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
        Agency::of(ctx, Some(self.0.agency))
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
pub struct Organization {
    view: view::Organization,
    /// Whether it was found out that the viewer is told who decided on it.
    told: bool,
}

impl From<view::Organization> for Organization {
    fn from(view: view::Organization) -> Self {
        Self { view, told: false }
    }
}

impl Organization {
    /// The one with this id, if one is meant.
    pub(crate) fn of(ctx: &Context<'_>, id: Option<OrganizationId>) -> Option<Self> {
        let directory = caller(ctx).forum.directory();
        directory.organization(id?).cloned().map(Self::from)
    }

    /// The same as whoever has a place in it sees it, who may be told who decided on it.
    pub(crate) fn of_member(self, told: bool) -> Self {
        Self { told, ..self }
    }

    /// Whether the viewer is told who decided on it.
    fn is_told(&self, ctx: &Context<'_>) -> bool {
        let caller = caller(ctx);
        self.told
            || caller
                .forum
                .told_of_organization(&caller.viewer, self.view.id)
    }
}

/// A civil-society organization, university or youth body.
#[Object(serial)]
impl Organization {
    /// The id of this organization.
    #[graphql(directive = depends::apply(On::Directory))]
    pub(crate) async fn id(&self) -> ID {
        encode(Kind::Organization, self.view.id)
    }

    /// What it is called.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn name(&self) -> &str {
        &self.view.name
    }

    /// How far it is accepted.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn accreditation(&self) -> Accreditation {
        self.view.accreditation.into()
    }

    /// Who last decided how far it is accepted, as whom he spoke then: for its members
    /// and administrators. Null for others, where nobody did, and where he is gone.
    async fn decided_by(&self, ctx: &Context<'_>) -> Option<Author> {
        let by = self.view.decided_by.as_deref()?;
        self.is_told(ctx).then(|| Author(by.clone()))
    }

    /// When it was last decided how far it is accepted; null for whoever is not told by
    /// whom.
    async fn decided_at(&self, ctx: &Context<'_>) -> Option<DateTime<Utc>> {
        self.view.decided_at.filter(|_| self.is_told(ctx))
    }
}

/// A vouched room.
#[derive(Debug, Clone)]
pub struct Circle(pub view::Circle);

impl Circle {
    /// The one with this id, if one is meant.
    pub(crate) fn of(ctx: &Context<'_>, id: Option<CircleId>) -> Option<Self> {
        let directory = caller(ctx).forum.directory();
        directory.circle(id?).cloned().map(Self)
    }
}

/// A vouched room.
#[Object(serial)]
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
