//! Accounts as they are shown: to their owners, and to who decides on them.

use chrono::{DateTime, Utc};
use domain::id::{AccountId, OfficeId, OrganizationId, PersonaId};
use domain::people::{Constituency, Duty, Language, Standing};
use domain::policy::{self, Action};
use domain::text::Login;
use storage::account::{Account, Affiliations, Holder, Member, Sight};
use storage::thread::Author;

use crate::{Error, Forum, Viewer};

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
        let Ok(login) = Login::parse(login) else {
            return Ok(None);
        };
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
    ) -> Result<Vec<Member>, Error> {
        policy::decide(&viewer.actor, &Action::ViewMembers(organization))?;
        Ok(self.store.read().members(organization).await?)
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
