//! Accounts and their sessions.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::id::AccountId;
use door::directive::{cost, list_size, names};
use forum::account as view;

use super::OrganizationMember;
use crate::export;
use crate::schema::author::Author;
use crate::schema::caller::{Caller, caller, read};
use crate::schema::consent::Consent;
use crate::schema::directory::{Agency, Circle, Office, Organization};
use crate::schema::enums::{
    Constituency, Duty, Language, MailFrequency, NotificationReason, Standing,
};
use crate::schema::global_id::{Kind, encode};
use crate::schema::legal::OwnLegalDemand;
use crate::schema::sanction::OwnSanction;

/// An account as somebody sees it.
#[derive(Debug, Clone)]
pub struct Account {
    view: Arc<view::AccountView>,
    eyes: Arc<forum::Viewer>,
}

impl Account {
    /// An account as these eyes see it, if they may.
    pub(crate) async fn seen(
        caller: &Caller,
        eyes: &Arc<forum::Viewer>,
        id: AccountId,
    ) -> async_graphql::Result<Option<Self>> {
        let view = read(caller, caller.forum.account(eyes, id).await)?;
        Ok(view.map(|view| Self {
            view: Arc::new(view),
            eyes: Arc::clone(eyes),
        }))
    }

    /// The account whose eyes these are; `None` for a visitor.
    pub(crate) async fn own(
        caller: &Caller,
        eyes: &Arc<forum::Viewer>,
    ) -> async_graphql::Result<Option<Self>> {
        match eyes.account {
            Some(id) => Self::seen(caller, eyes, id).await,
            None => Ok(None),
        }
    }

    /// An account that was changed just now, if the caller may see it.
    pub(crate) async fn changed(
        caller: &Caller,
        id: AccountId,
    ) -> async_graphql::Result<Option<Self>> {
        let eyes = &caller.viewer;
        if eyes.account != Some(id) {
            return Self::seen(caller, eyes, id).await;
        }
        // What the caller was when he asked is not what he is now.
        let now = read(caller, caller.forum.viewer_of_account(id).await)?;
        let eyes = now.map_or_else(
            || Arc::clone(eyes),
            |now| {
                let (session, expires_at) = (eyes.session, eyes.expires_at);
                Arc::new(forum::Viewer {
                    session,
                    expires_at,
                    ..(*now).clone()
                })
            },
        );
        Self::seen(caller, &eyes, id).await
    }

    /// An account that the caller was shown already.
    pub(super) fn shown(caller: &Caller, view: view::AccountView) -> Self {
        Self {
            view: Arc::new(view),
            eyes: Arc::clone(&caller.viewer),
        }
    }

    fn is_own(&self) -> bool {
        self.eyes.account == Some(self.view.id)
    }

    /// What the account may do; `None` if it cannot sign in.
    async fn stands(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Arc<forum::Viewer>>> {
        if self.is_own() {
            return Ok(Some(Arc::clone(&self.eyes)));
        }
        let caller = caller(ctx);
        read(caller, caller.forum.viewer_of_account(self.view.id).await)
    }
}

/// A person's account: seen by its owner, and by administrators without what
/// is the owner's alone. Content names authors instead.
#[Object(serial)]
impl Account {
    /// The id of this account.
    pub(crate) async fn id(&self) -> ID {
        encode(Kind::Account, self.view.id)
    }

    /// The name to sign in with.
    async fn login(&self) -> &str {
        &self.view.login
    }

    /// The name to be called by.
    async fn display_name(&self) -> &str {
        &self.view.display_name
    }

    /// The address for mail, if one was given; null for others than the
    /// owner.
    async fn email(&self) -> Option<&str> {
        self.view.email.as_deref()
    }

    /// Whether mail to that address is known to reach the owner; no other mail
    /// goes there before. False for others than the owner.
    async fn email_confirmed(&self) -> bool {
        self.view.email_confirmed
    }

    /// Of what the owner is told by mail, and when; null for others than the
    /// owner.
    #[graphql(directive = list_size::apply(5, names(&[]), names(&[])))]
    async fn mail_preferences(
        &self,
        ctx: &Context<'_>,
    ) -> async_graphql::Result<Option<Vec<MailPreference>>> {
        if !self.is_own() {
            return Ok(None);
        }
        let caller = caller(ctx);
        let set = read(caller, caller.forum.mail_preferences(&self.eyes).await)?;
        Ok(Some(set.into_iter().map(MailPreference::from).collect()))
    }

    /// Whom the person speaks for, by his own word.
    async fn constituency(&self) -> Constituency {
        self.view.constituency.into()
    }

    /// Whether the constituency counts: YOUTH and OFFICIAL only once somebody
    /// vouched.
    async fn vouched(&self) -> bool {
        self.view.vouched
    }

    /// What the person is trusted to do besides speaking.
    async fn duties(&self) -> Vec<Duty> {
        self.view.duties.iter().map(|duty| (*duty).into()).collect()
    }

    /// Where the account stands.
    async fn standing(&self) -> Standing {
        self.view.standing.into()
    }

    /// The language the person reads.
    async fn language(&self) -> Language {
        self.view.language.into()
    }

    /// The accepted organization the person belongs to.
    async fn organization(&self, ctx: &Context<'_>) -> Option<Organization> {
        let directory = caller(ctx).forum.directory();
        self.view
            .organization
            .and_then(|id| directory.organization(id))
            .cloned()
            .map(Organization::from)
    }

    /// The agency whose offices the person holds.
    async fn agency(&self, ctx: &Context<'_>) -> Option<Agency> {
        let directory = caller(ctx).forum.directory();
        let office = self
            .view
            .offices
            .first()
            .and_then(|id| directory.office(*id))?;
        directory.agency(office.agency).cloned().map(Agency)
    }

    /// The person's places in organizations, however they were decided on, the newest
    /// first, at most 50; null for others than the owner.
    #[graphql(
        directive = list_size::apply(5, names(&[]), names(&[])),
        directive = cost::apply(2)
    )]
    async fn memberships(
        &self,
        ctx: &Context<'_>,
    ) -> async_graphql::Result<Option<Vec<OrganizationMember>>> {
        if !self.is_own() {
            return Ok(None);
        }
        let caller = caller(ctx);
        let places = read(caller, caller.forum.own_places(&self.eyes).await)?;
        Ok(Some(places.into_iter().map(OrganizationMember).collect()))
    }

    /// The offices the person holds, the newest first.
    #[graphql(directive = list_size::apply(5, names(&[]), names(&[])))]
    async fn offices(&self, ctx: &Context<'_>) -> Vec<Office> {
        let directory = caller(ctx).forum.directory();
        let offices = self
            .view
            .offices
            .iter()
            .filter_map(|id| directory.office(*id));
        offices.cloned().map(Office).collect()
    }

    /// The vouched rooms the person was brought into.
    #[graphql(directive = list_size::apply(5, names(&[]), names(&[])))]
    async fn circles(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Circle>> {
        let directory = caller(ctx).forum.directory();
        let stands = self.stands(ctx).await?;
        let ids = stands.as_ref().map_or(&[][..], |one| &one.circles);
        Ok(ids
            .iter()
            .filter_map(|id| directory.circle(*id))
            .cloned()
            .map(Circle)
            .collect())
    }

    /// As whom the person speaks; null if the account cannot sign in.
    #[graphql(directive = cost::apply(2))]
    async fn author(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Author>> {
        Ok(self
            .stands(ctx)
            .await?
            .and_then(|one| one.author.clone())
            .map(Author))
    }

    /// Where the account is signed in, the last used first; null for others
    /// than the owner.
    #[graphql(
        directive = list_size::apply(20, names(&[]), names(&[]))
    )]
    async fn sessions(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Vec<Session>>> {
        if !self.is_own() {
            return Ok(None);
        }
        let caller = caller(ctx);
        let sessions = read(caller, caller.forum.sessions(&self.eyes).await)?;
        Ok(Some(
            sessions
                .into_iter()
                .map(|one| Session::new(one, &self.eyes))
                .collect(),
        ))
    }

    /// What the person lets partner apps do, the newest first; null for others
    /// than the owner.
    #[graphql(directive = list_size::apply(20, names(&[]), names(&[])))]
    async fn consents(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Vec<Consent>>> {
        if !self.is_own() {
            return Ok(None);
        }
        let caller = caller(ctx);
        let consents = read(caller, caller.forum.consents(&self.eyes).await)?;
        Ok(Some(consents.into_iter().map(Consent).collect()))
    }

    /// The sanctions of the person that took effect, the newest first, at most
    /// 50, each with why, and how to appeal; null for others than the owner.
    #[graphql(
        directive = list_size::apply(50, names(&[]), names(&[])),
        directive = cost::apply(5)
    )]
    async fn sanctions(
        &self,
        ctx: &Context<'_>,
    ) -> async_graphql::Result<Option<Vec<OwnSanction>>> {
        if !self.is_own() {
            return Ok(None);
        }
        Ok(Some(OwnSanction::all(caller(ctx)).await?))
    }

    /// What authorities demanded by law about what the person wrote and the forum
    /// complied with, the newest first, at most 50; not what the law bars the forum
    /// from telling, as long as it does. Null for others than the owner.
    #[graphql(
        directive = list_size::apply(50, names(&[]), names(&[])),
        directive = cost::apply(5)
    )]
    async fn legal_demands(
        &self,
        ctx: &Context<'_>,
    ) -> async_graphql::Result<Option<Vec<OwnLegalDemand>>> {
        if !self.is_own() {
            return Ok(None);
        }
        Ok(Some(OwnLegalDemand::all(caller(ctx)).await?))
    }

    /// How many recovery codes are left; null for others than the owner.
    async fn recovery_codes_left(&self) -> Option<u32> {
        self.view.recovery_codes_left
    }

    /// Where everything that is kept of the owner is given out to him, as
    /// JSON and as a page to be read: GET, with his session; null for others
    /// than the owner.
    #[graphql(directive = list_size::apply(2, names(&[]), names(&[])))]
    async fn export_paths(&self) -> Option<Vec<&'static str>> {
        self.is_own().then(|| vec![export::JSON, export::HTML])
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.view.created_at
    }
}

/// When somebody is told of something by mail.
#[derive(SimpleObject, Debug, Clone, Copy)]
#[graphql(serial)]
pub struct MailPreference {
    /// Of what.
    pub reason: NotificationReason,
    /// When.
    pub frequency: MailFrequency,
}

impl From<forum::notice::MailPreference> for MailPreference {
    fn from(set: forum::notice::MailPreference) -> Self {
        Self {
            reason: set.reason.into(),
            frequency: set.frequency.into(),
        }
    }
}

/// A device or program that is signed in.
#[derive(SimpleObject, Debug, Clone)]
#[graphql(serial)]
pub struct Session {
    /// The id of this session.
    #[graphql(owned)]
    pub id: ID,
    /// What its owner called it.
    pub label: Option<String>,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When it was last used, to five minutes.
    pub last_used_at: DateTime<Utc>,
    /// When it ends in any case; unused for long, it ends before.
    pub expires_at: DateTime<Utc>,
    /// Whether it is the one that asks.
    pub current: bool,
}

impl Session {
    pub(crate) fn new(view: view::Session, eyes: &forum::Viewer) -> Self {
        Self {
            id: encode(Kind::Session, view.id),
            label: view.label,
            created_at: view.created_at,
            last_used_at: view.last_used_at,
            expires_at: view.expires_at,
            current: eyes.session == Some(view.id),
        }
    }
}
