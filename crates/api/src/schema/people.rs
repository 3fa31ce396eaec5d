//! People as they see themselves, and as those see them who decide on them.

mod account;

pub use account::{Account, MailPreference, Session};

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::policy::{Action, decide};
use door::directive::{On, cost, depends, list_size, names, page};
use door::fault::Fault;
use forum::account as view;
use forum::concern::own_concerns;
use forum::views::directory as body;

use crate::schema::author::Author;
use crate::schema::caller::{caller, read};
use crate::schema::client::Client;
use crate::schema::desk::{Desk, ModerationDesk, OwnConcernFilter};
use crate::schema::directory::Organization;
use crate::schema::enums::{Accreditation, Language, RegistrationMode};
use crate::schema::global_id::{Kind, encode, expect};
use crate::schema::legal::LegalDemandConnection;
use crate::schema::page::Paging;
use crate::schema::retaliation::RetaliationReport;
use crate::schema::thread::Thread;
use crate::schema::threads::{ThreadConnection, active_page};

/// Who asks, signed in or not.
#[derive(Debug, Clone)]
pub struct Viewer(pub Arc<forum::Viewer>);

/// Who asks, signed in or not.
#[Object(serial)]
impl Viewer {
    /// The viewer's account; null for a visitor.
    #[graphql(directive = cost::apply(3))]
    async fn account(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Account>> {
        Account::own(caller(ctx), &self.0).await
    }

    /// As whom the viewer speaks; null for a visitor.
    async fn author(&self) -> Option<Author> {
        self.0.author.clone().map(Author)
    }

    /// The partner app that asks; null for whoever asks himself.
    async fn client(&self) -> Option<Client> {
        self.0.client.clone().map(Client::alone)
    }

    /// The language in which messages come.
    async fn language(&self, ctx: &Context<'_>) -> Language {
        self.0.language.unwrap_or(caller(ctx).language).into()
    }

    /// When the session or the app's token ends by itself; null for a
    /// visitor.
    async fn session_expires_at(&self) -> Option<DateTime<Utc>> {
        self.0.expires_at
    }

    /// Whether the viewer decides on accounts, accreditations, offices and
    /// duties.
    async fn can_administer(&self) -> bool {
        decide(&self.0.actor, &Action::Administer).is_ok()
    }

    /// What is before the offices of the viewer's agency; null for whoever
    /// holds no office.
    async fn desk(&self, ctx: &Context<'_>) -> Option<Desk> {
        Desk::of(caller(ctx))
    }

    /// What waits for the moderators; null for whoever is none.
    async fn moderation_desk(&self, ctx: &Context<'_>) -> Option<ModerationDesk> {
        ModerationDesk::of(caller(ctx))
    }

    /// What authorities demand by law, the newest first: for administrators and
    /// moderators; null for others.
    #[graphql(directive = page::apply(20), directive = cost::apply(10))]
    async fn legal_demands(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many of the first, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many of the last, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<Option<LegalDemandConnection>> {
        let caller = caller(ctx);
        if !caller.forum.sees_demands(&caller.viewer) {
            return Ok(None);
        }
        let paging = Paging {
            first,
            after,
            last,
            before,
        };
        LegalDemandConnection::read(ctx, &paging).await.map(Some)
    }

    /// Reports of retaliation that nobody decided on yet and that were brought to
    /// the viewer, the oldest first, at most 50.
    #[graphql(
        directive = list_size::apply(50, names(&[]), names(&[])),
        directive = cost::apply(5)
    )]
    async fn retaliation_reports(
        &self,
        ctx: &Context<'_>,
    ) -> async_graphql::Result<Vec<RetaliationReport>> {
        let caller = caller(ctx);
        let waiting = caller.forum.retaliations_waiting(&caller.viewer).await;
        let (reports, threads): (Vec<_>, Vec<_>) = read(caller, waiting)?.into_iter().unzip();
        let threads = Thread::listed(threads).into_iter();
        let both = reports.into_iter().zip(threads);
        let of = |(report, thread)| RetaliationReport::of(report, Some(thread));
        Ok(both.map(of).collect())
    }

    /// The concerns that the viewer raised, the newest activity first.
    #[graphql(directive = page::apply(20), directive = cost::apply(5))]
    async fn concerns(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to narrow the list to.")] filter: Option<OwnConcernFilter>,
        #[graphql(desc = "How many of the first, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many of the last, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<ThreadConnection> {
        let paging = Paging {
            first,
            after,
            last,
            before,
        };
        let waiting = filter.unwrap_or_default().waiting_for_viewer == Some(true);
        let filter = own_concerns(&caller(ctx).viewer, waiting);
        active_page(ctx, filter, &paging).await
    }

    /// Whether the viewer may ask for an organization to be accepted, or to
    /// join one.
    async fn can_request_accreditation(&self) -> bool {
        decide(&self.0.actor, &Action::RequestAccreditation).is_ok()
    }
}

/// Somebody's place in an organization.
#[derive(Debug, Clone)]
pub struct OrganizationMember(pub(crate) view::SeenMember);

/// Somebody's place in an organization.
#[Object(serial)]
impl OrganizationMember {
    /// The id of the person's account.
    async fn account_id(&self) -> ID {
        encode(Kind::Account, self.0.member.account)
    }

    /// The person's account; null if the viewer may not see it.
    #[graphql(directive = cost::apply(3))]
    async fn account(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Account>> {
        let caller = caller(ctx);
        Account::seen(caller, &caller.viewer, self.0.member.account).await
    }

    /// The organization.
    async fn organization(&self, ctx: &Context<'_>) -> Option<Organization> {
        let organization = Organization::of(ctx, Some(self.0.member.organization));
        organization.map(|one| one.of_member(self.0.told))
    }

    /// As whom the person speaks, by which members know who asks; null if the
    /// account cannot sign in.
    #[graphql(directive = cost::apply(2))]
    async fn author(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Author>> {
        let caller = caller(ctx);
        let account = self.0.member.account;
        let stands = read(caller, caller.forum.viewer_of_account(account).await)?;
        Ok(stands.and_then(|one| one.author.clone()).map(Author))
    }

    /// How far the person is accepted.
    async fn accreditation(&self) -> Accreditation {
        self.0.member.accreditation.into()
    }

    /// When the person asked.
    async fn requested_at(&self) -> DateTime<Utc> {
        self.0.member.requested_at
    }

    /// Who decided, as whom he spoke then; null where nobody did, or he is gone.
    async fn decided_by(&self) -> Option<Author> {
        self.0.decided_by.as_deref().cloned().map(Author)
    }

    /// When it was decided.
    async fn decided_at(&self) -> Option<DateTime<Utc>> {
        self.0.member.decided_at
    }

    /// Why it was decided so.
    async fn reason(&self) -> Option<&str> {
        self.0.member.reason.as_deref()
    }
}

/// Somebody's time in an office.
#[derive(Debug, Clone)]
pub struct OfficeHolder(pub(crate) view::Holder);

/// Somebody's time in an office.
#[Object(serial)]
impl OfficeHolder {
    /// The id of the person's account.
    async fn account_id(&self) -> ID {
        encode(Kind::Account, self.0.account)
    }

    /// The person's account; null if the viewer may not see it.
    #[graphql(directive = cost::apply(3))]
    async fn account(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Account>> {
        let caller = caller(ctx);
        Account::seen(caller, &caller.viewer, self.0.account).await
    }

    /// Since when.
    async fn since(&self) -> DateTime<Utc> {
        self.0.since
    }

    /// Until when; null while it lasts.
    async fn until(&self) -> Option<DateTime<Utc>> {
        self.0.until
    }
}

/// How an organization came to stand as it does, for those who decide on it.
#[derive(SimpleObject, Debug, Clone)]
#[graphql(serial)]
pub struct OrganizationRequest {
    /// The organization.
    pub organization: Organization,
    /// When somebody asked for it to be accepted.
    pub requested_at: DateTime<Utc>,
    /// Who last decided, as whom he spoke then; null where nobody did, or he is gone.
    pub decided_by: Option<Author>,
    /// When it was last decided.
    pub decided_at: Option<DateTime<Utc>>,
    /// Why it was decided so.
    pub reason: Option<String>,
}

impl From<&body::Organization> for OrganizationRequest {
    fn from(view: &body::Organization) -> Self {
        Self {
            organization: view.clone().into(),
            requested_at: view.requested_at,
            decided_by: view.decided_by.as_deref().cloned().map(Author),
            decided_at: view.decided_at,
            reason: view.reason.clone(),
        }
    }
}

/// Who asks, and who waits to be decided on.
#[derive(Debug, Default)]
pub struct PeopleQueries;

#[Object(serial)]
impl PeopleQueries {
    /// Who asks, signed in or not.
    async fn viewer(&self, ctx: &Context<'_>) -> Viewer {
        Viewer(Arc::clone(&caller(ctx).viewer))
    }

    /// Who may make an account here.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn registration_mode(&self, ctx: &Context<'_>) -> RegistrationMode {
        caller(ctx).forum.settings().registration.into()
    }

    /// An account by its id or by the name it signs in with, exactly one of
    /// the two; for administrators. Null if there is none.
    #[graphql(directive = cost::apply(4))]
    async fn account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The account's id.")] id: Option<ID>,
        #[graphql(desc = "The name it signs in with.")] login: Option<String>,
    ) -> async_graphql::Result<Option<Account>> {
        let caller = caller(ctx);
        match (id, login) {
            (Some(id), None) => {
                Account::seen(caller, &caller.viewer, expect(Kind::Account, &id)).await
            }
            (None, Some(login)) => {
                let found = caller.forum.account_by_login(&caller.viewer, &login).await;
                Ok(read(caller, found)?.map(|view| Account::shown(caller, view)))
            }
            _ => Err(Fault::BadUserInput.because("Give either id or login.")),
        }
    }

    /// Accounts that wait for approval, the oldest first, at most 100; for
    /// administrators.
    #[graphql(
        directive = list_size::apply(100, names(&[]), names(&[]))
    )]
    async fn accounts_waiting(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Account>> {
        let caller = caller(ctx);
        let waiting = read(caller, caller.forum.waiting_accounts(&caller.viewer).await)?;
        Ok(waiting
            .into_iter()
            .map(|view| Account::shown(caller, view))
            .collect())
    }

    /// Organizations that asked to be accepted, or stand as the argument
    /// says; for administrators.
    #[graphql(directive = list_size::apply(100, names(&[]), names(&[])))]
    async fn organizations_waiting(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How far they are accepted: REQUESTED where nothing is said.")]
        accreditation: Option<Accreditation>,
    ) -> async_graphql::Result<Vec<OrganizationRequest>> {
        let caller = caller(ctx);
        let allowed = decide(&caller.viewer.actor, &Action::Administer);
        read(caller, allowed.map_err(forum::Error::from))?;
        let wanted = accreditation.unwrap_or(Accreditation::Requested).into();
        let directory = caller.forum.directory();
        let found = directory
            .organizations
            .iter()
            .filter(|one| one.accreditation == wanted);
        Ok(found.map(OrganizationRequest::from).collect())
    }

    /// Who is or asked to be a member of an organization; for its members and
    /// administrators.
    #[graphql(
        directive = list_size::apply(50, names(&[]), names(&[]))
    )]
    async fn organization_members(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The organization.")] organization: ID,
    ) -> async_graphql::Result<Vec<OrganizationMember>> {
        let caller = caller(ctx);
        let id = expect(Kind::Organization, &organization);
        let members = read(caller, caller.forum.members(&caller.viewer, id).await)?;
        Ok(members.into_iter().map(OrganizationMember).collect())
    }

    /// Who held an office when, the newest first; for administrators.
    #[graphql(
        directive = list_size::apply(20, names(&[]), names(&[]))
    )]
    async fn office_holders(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The office.")] office: ID,
    ) -> async_graphql::Result<Vec<OfficeHolder>> {
        let caller = caller(ctx);
        let id = expect(Kind::Office, &office);
        let holders = read(caller, caller.forum.holders(&caller.viewer, id).await)?;
        Ok(holders.into_iter().map(OfficeHolder).collect())
    }
}
