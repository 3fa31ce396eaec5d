//! Accounts as they are shown: to their owners, and to who decides on them.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::id::{AccountId, AgencyId, OfficeId, OrganizationId, PersonaId};
use domain::people::{Accreditation, Constituency, Duty, Language, Standing};
use domain::policy::{self, Action};
use domain::text::Login;
use storage::account::{Account, Affiliations, Decision, Holder, Member, Sight};
use storage::thread::Author;

use crate::{Error, Forum, Problem, Viewer};

/// Somebody's place in an organization, and who decided on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenMember {
    /// The place.
    pub member: Member,
    /// Who decided, as whom he did; `None` where nobody did, or he is gone.
    pub decided_by: Option<Arc<Author>>,
    /// Whether whoever is shown it is told who decided on the organization.
    pub told: bool,
}

/// How many accounts a list of those that wait holds at most.
const WAITING_MAX: u32 = 100;

/// An account as its owner sees it; to others without what is his alone.
#[derive(Clone, PartialEq, Eq)]
pub struct AccountView {
    /// The account.
    pub id: AccountId,
    /// The name to sign in with.
    pub login: String,
    /// The name to be called by.
    pub display_name: String,
    /// The address for mail; shown to the owner alone.
    pub email: Option<String>,
    /// Whether mail there is known to reach the owner; shown to him alone.
    pub email_confirmed: bool,
    /// Whom the person speaks for.
    pub constituency: Constituency,
    /// Whether that counts: somebody vouched where it is needed.
    pub vouched: bool,
    /// Where it stands.
    pub standing: Standing,
    /// The language the person reads.
    pub language: Language,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Its duties, sorted.
    pub duties: Vec<Duty>,
    /// The accredited organization it belongs to.
    pub organization: Option<OrganizationId>,
    /// The offices it holds, the newest first.
    pub offices: Vec<OfficeId>,
    /// How many recovery codes are left; counted for the owner alone.
    pub recovery_codes_left: Option<u32>,
}

/// Hides all but the id.
impl std::fmt::Debug for AccountView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccountView")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl Forum {
    /// One's own account; `None` for a visitor.
    pub async fn own_account(&self, viewer: &Viewer) -> Result<Option<AccountView>, Error> {
        match viewer.account {
            Some(id) => self.account(viewer, id).await,
            None => Ok(None),
        }
    }

    /// An account: one's own, or any for an administrator. To others there is
    /// none.
    pub async fn account(
        &self,
        viewer: &Viewer,
        id: AccountId,
    ) -> Result<Option<AccountView>, Error> {
        // An app is not shown what is its person's alone.
        let own = viewer.account == Some(id)
            && policy::decide(&viewer.actor, &Action::ManageOwnAccount).is_ok();
        if !own && policy::decide(&viewer.actor, &Action::Administer).is_err() {
            return Ok(None);
        }
        let read = self.store.read();
        let Some(account) = read.account(id).await? else {
            return Ok(None);
        };
        let affiliations = read.affiliations(id).await?;
        let mut shown = show(account, affiliations);
        if own {
            shown.recovery_codes_left = Some(read.recovery_codes_left(id).await?);
        } else {
            shown.email = None;
            shown.email_confirmed = false;
        }
        Ok(Some(shown))
    }

    /// An author; `None` unless the viewer sees something by him. One
    /// statement, whoever asks for whom.
    pub async fn author(&self, viewer: &Viewer, id: PersonaId) -> Result<Option<Author>, Error> {
        let sight = Sight {
            own: &viewer.personas,
            threads: &policy::scope(&viewer.actor),
            posts: &policy::post_scope(&viewer.actor),
        };
        Ok(self.store.read().author_in_sight(id, sight).await?)
    }

    /// An account by the name it signs in with, for an administrator.
    pub async fn account_by_login(
        &self,
        viewer: &Viewer,
        login: &str,
    ) -> Result<Option<AccountView>, Error> {
        policy::decide(&viewer.actor, &Action::Administer)?;
        let login = Login::parse(login);
        let login = login.map_err(|error| Error::at("login", Problem::Text(error)))?;
        match self.store.read().account_by_login(login.as_str()).await? {
            Some(account) => self.account(viewer, account.id).await,
            None => Ok(None),
        }
    }

    /// The accounts that wait for approval, oldest first, at most a hundred.
    pub async fn waiting_accounts(&self, viewer: &Viewer) -> Result<Vec<AccountView>, Error> {
        policy::decide(&viewer.actor, &Action::Administer)?;
        let waiting = self
            .store
            .read()
            .accounts_of(Standing::Pending, WAITING_MAX)
            .await?;
        Ok(waiting
            .into_iter()
            .map(|account| AccountView {
                email: None,
                email_confirmed: false,
                ..show(account, Affiliations::default())
            })
            .collect())
    }

    /// Who is or asked to be a member of an organization: for its members and
    /// an administrator.
    pub async fn members(
        &self,
        viewer: &Viewer,
        organization: OrganizationId,
    ) -> Result<Vec<SeenMember>, Error> {
        policy::decide(&viewer.actor, &Action::ViewMembers(organization))?;
        let members = self.store.read().members(organization).await?;
        self.with_deciders(members, |_| true).await
    }

    /// One's own places in organizations, however they were decided on, the newest
    /// first, at most 50.
    pub async fn own_places(&self, viewer: &Viewer) -> Result<Vec<SeenMember>, Error> {
        policy::decide(&viewer.actor, &Action::ManageOwnAccount)?;
        let account = viewer.account.ok_or_else(Error::not_found)?;
        let places = self.store.read().places(account).await?;
        let told = |one: &Member| match one.accreditation {
            Accreditation::Approved => true,
            // It is his own that was refused, or whose answer he waits for.
            Accreditation::Requested => {
                self.accreditation(one.organization) != Some(Accreditation::Approved)
            }
            Accreditation::Rejected | Accreditation::Suspended => false,
        };
        self.with_deciders(places, told).await
    }

    /// One statement, whatever their number.
    async fn with_deciders(
        &self,
        members: Vec<Member>,
        told: impl Fn(&Member) -> bool,
    ) -> Result<Vec<SeenMember>, Error> {
        let decision = |one: &Member| one.decided_by.zip(one.decided_at);
        let decisions: Vec<Decision> = members.iter().filter_map(decision).collect();
        let deciders = self.store.read().spoke_as(&decisions).await?;
        let seen = |member: Member| SeenMember {
            decided_by: decision(&member).and_then(|one| deciders.get(&one).cloned()),
            told: told(&member),
            member,
        };
        Ok(members.into_iter().map(seen).collect())
    }

    /// Whether the viewer is told who decided on an organization: its members are,
    /// and administrators.
    pub fn told_of_organization(&self, viewer: &Viewer, id: OrganizationId) -> bool {
        policy::decide(&viewer.actor, &Action::ViewMembers(id)).is_ok()
    }

    /// Whether the viewer is told who decided on an agency: its officers are, and
    /// administrators.
    pub fn told_of_agency(&self, viewer: &Viewer, id: AgencyId) -> bool {
        let administers = policy::decide(&viewer.actor, &Action::Administer).is_ok();
        administers || self.desk_agency(viewer) == Some(id)
    }

    /// Who held an office when, the newest first: for an administrator.
    pub async fn holders(&self, viewer: &Viewer, office: OfficeId) -> Result<Vec<Holder>, Error> {
        policy::decide(&viewer.actor, &Action::Administer)?;
        Ok(self.store.read().holders(office).await?)
    }
}

fn show(account: Account, affiliations: Affiliations) -> AccountView {
    AccountView {
        vouched: account.vouched(),
        id: account.id,
        login: account.login,
        display_name: account.display_name,
        email_confirmed: account.email_verified_at.is_some(),
        email: account.email,
        constituency: account.constituency,
        standing: account.standing,
        language: account.language,
        created_at: account.created_at,
        duties: affiliations.duties,
        organization: affiliations.organization,
        offices: affiliations.holdings.iter().map(|one| one.office).collect(),
        recovery_codes_left: None,
    }
}
