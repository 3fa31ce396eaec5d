//! The beginning of a forum, and what whoever runs the server may do without
//! signing in.

use chrono::TimeDelta;
use domain::people::{Constituency, Duty, Language};
use domain::text::Login;

use super::limits::{AddressKey, Attempt};
use super::registration::{Admission, Entrant, RegisterAccount, Registered};
use super::secret::hash;
use crate::{Error, Forum, Problem};

/// For how long a setup link is good.
const LINK_GOOD_FOR: TimeDelta = TimeDelta::hours(24);

/// An account that whoever runs the server makes. It is vouched for.
#[derive(Clone)]
pub struct InstallAccount {
    /// The name to sign in with.
    pub login: String,
    /// The name to be called by.
    pub display_name: String,
    /// The password.
    pub password: String,
    /// Whom the person speaks for.
    pub constituency: Constituency,
    /// The language the person reads.
    pub language: Language,
    /// What the person is trusted with.
    pub duties: Vec<Duty>,
}

impl InstallAccount {
    fn registration(&self) -> RegisterAccount {
        RegisterAccount {
            login: self.login.clone(),
            display_name: self.display_name.clone(),
            password: self.password.clone(),
            email: None,
            constituency: self.constituency,
            language: self.language,
            invitation_code: None,
        }
    }
}

impl Forum {
    /// Makes the token of a setup link, good for a day, in place of earlier
    /// ones; `None` once there is an administrator.
    pub async fn create_setup_link(&self) -> Result<Option<String>, Error> {
        if self.store.read().duty_is_held(Duty::Administrator).await? {
            return Ok(None);
        }
        let (token, hash) = self.new_token();
        let now = self.now();
        self.store
            .write(now, async |tx| {
                tx.replace_setup_link(&hash, now + LINK_GOOD_FOR).await?;
                tx.audit(storage::audit_log::Audited::new("createSetupLink", None));
                Ok::<_, Error>(())
            })
            .await?;
        Ok(Some(token))
    }

    /// Makes the first administrator, with the token of a setup link.
    pub async fn set_up(
        &self,
        token: &str,
        input: &RegisterAccount,
        address: AddressKey,
    ) -> Result<Registered, Error> {
        self.people
            .limits
            .attempt(self.now(), Attempt::SetUp, address)?;
        let names = self.read_names(input).await?;
        let password_hash = self.hash_password(&input.password).await?;
        let token = hash(self.settings.pepper(), token).to_vec();
        self.enter(Entrant {
            names,
            password_hash,
            constituency: input.constituency,
            language: input.language,
            admission: Admission::SetUp(token),
        })
        .await
    }

    /// Makes an account for whoever runs the server: an administrator from
    /// the command line, the people of a demonstration. The password is taken
    /// if it is strong enough.
    pub async fn install_account(&self, input: &InstallAccount) -> Result<Registered, Error> {
        let registration = input.registration();
        let names = self.read_names(&registration).await?;
        let password_hash = self.hash_password(&input.password).await?;
        self.enter(Entrant {
            names,
            password_hash,
            constituency: input.constituency,
            language: input.language,
            admission: Admission::Installed(input.duties.clone()),
        })
        .await
    }

    /// Makes an administrator.
    pub async fn create_administrator(
        &self,
        login: &str,
        display_name: &str,
        password: &str,
    ) -> Result<Registered, Error> {
        self.install_account(&InstallAccount {
            login: login.to_owned(),
            display_name: display_name.to_owned(),
            password: password.to_owned(),
            constituency: Constituency::CivilSociety,
            language: Language::En,
            duties: vec![Duty::Administrator],
        })
        .await
    }

    /// Sets a new password without a code, and ends every session.
    pub async fn reset_password_directly(&self, login: &str, new: &str) -> Result<(), Error> {
        let login =
            Login::parse(login).map_err(|error| Error::at("login", Problem::Text(error)))?;
        if let Some(problem) = self.password_problem(new, &[login.as_str()]).await? {
            return Err(Error::at("password", problem));
        }
        let account = self.store.read().account_by_login(login.as_str()).await?;
        let account = account.ok_or_else(|| Error::at("login", Problem::NotFound))?;
        let hash = self.hash_password(new).await?;
        let audited = storage::audit_log::Audited::new("resetPassword", None);
        self.replace_password(account.id, &hash, None, Some(audited))
            .await
    }
}
