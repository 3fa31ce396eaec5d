//! Registration: how somebody comes to have an account.

use domain::id::AccountId;
use domain::people::{Accreditation, Constituency, Duty, Language, RegistrationMode, Standing};
use domain::policy::{Grant, may_hold};
use domain::text::{DisplayName, Email, Login};
use storage::account::{Account, Invitation, NewAccount};
use storage::audit_log::Audited;
use storage::{StorageError, Tx};

use super::change::{Reached, settle};
use super::limits::AddressKey;
use super::secret::hash_typed;
use super::session::Stands;
use super::sign_in::Signed;
use crate::error::Problems;
use crate::{Error, Forum, Problem};

/// How many recovery codes an account has.
pub(super) const RECOVERY_CODES: usize = 10;

/// What a person gives to have an account.
#[derive(Clone)]
pub struct RegisterAccount {
    /// The name to sign in with.
    pub login: String,
    /// The name to be called by.
    pub display_name: String,
    /// The password.
    pub password: String,
    /// An address for mail; none is needed.
    pub email: Option<String>,
    /// Whom the person speaks for.
    pub constituency: Constituency,
    /// The language the person reads.
    pub language: Language,
    /// The code of an invitation.
    pub invitation_code: Option<String>,
}

/// An account that was made.
#[derive(Clone)]
pub struct Registered {
    /// The account.
    pub account: AccountId,
    /// Where it stands.
    pub standing: Standing,
    /// Codes to keep on paper, each good for one new password. They are shown
    /// once.
    pub recovery_codes: Vec<String>,
    /// The session that began, if the account needs no approval.
    pub session: Option<Signed>,
}

/// Hides the codes.
impl std::fmt::Debug for Registered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registered")
            .field("account", &self.account)
            .field("standing", &self.standing)
            .finish_non_exhaustive()
    }
}

/// Names that were read.
pub(super) struct Names {
    pub(super) login: Login,
    pub(super) display_name: DisplayName,
    pub(super) email: Option<Email>,
}

/// What lets somebody in.
pub(super) enum Admission {
    /// Nothing but the asking.
    Asked,
    /// An invitation, by the hash of its code.
    Invited(Vec<u8>),
    /// A setup link, by the hash of its token: the first administrator.
    SetUp(Vec<u8>),
    /// Whoever runs the server: vouched for, with these duties.
    Installed(Vec<Duty>),
}

/// Somebody about to have an account.
pub(super) struct Entrant {
    pub(super) names: Names,
    pub(super) password_hash: String,
    pub(super) constituency: Constituency,
    pub(super) language: Language,
    pub(super) admission: Admission,
}

impl Forum {
    /// Registers somebody, as the forum's mode allows. An invitation lets in
    /// at once, and vouches if it says for which constituency.
    pub async fn register_account(
        &self,
        input: &RegisterAccount,
        address: AddressKey,
    ) -> Result<Registered, Error> {
        self.people.limits.registration(self.now(), address)?;
        let closed = match self.settings.registration {
            RegistrationMode::Open | RegistrationMode::Approval => false,
            RegistrationMode::Invitation => input.invitation_code.is_none(),
            RegistrationMode::Closed => true,
        };
        if closed {
            return Err(Error::whole(Problem::RegistrationClosed));
        }
        let names = self.read_names(input).await?;
        let password_hash = self.hash_password(&input.password).await?;
        let admission = match &input.invitation_code {
            Some(code) => Admission::Invited(hash_typed(self.settings.pepper(), code).to_vec()),
            None => Admission::Asked,
        };
        self.enter(Entrant {
            names,
            password_hash,
            constituency: input.constituency,
            language: input.language,
            admission,
        })
        .await
    }

    /// Reads the names of a registration and looks at its password; all that
    /// is wrong is said at once.
    pub(super) async fn read_names(&self, input: &RegisterAccount) -> Result<Names, Error> {
        let mut problems = Problems::default();
        let login = problems.take("login", Login::parse(&input.login));
        let display_name = problems.take("displayName", DisplayName::parse(&input.display_name));
        let given = input
            .email
            .as_deref()
            .filter(|text| !text.trim().is_empty());
        let email = given.map(|text| problems.take("email", Email::parse(text)));
        let known = [
            &input.login,
            &input.display_name,
            input.email.as_ref().unwrap_or(&input.login),
        ];
        let known: Vec<String> = known
            .iter()
            .map(|text| text.chars().take(64).collect())
            .collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        if let Some(problem) = self.password_problem(&input.password, &known).await? {
            problems.add("password", problem);
        }
        problems.none()?;
        match (login, display_name) {
            (Some(login), Some(display_name)) => Ok(Names {
                login,
                display_name,
                email: email.flatten(),
            }),
            _ => Err(Error::Internal("a problem was lost")),
        }
    }

    /// Makes an account, and a session if it may have one.
    pub(super) async fn enter(&self, entrant: Entrant) -> Result<Registered, Error> {
        let Entrant {
            names,
            password_hash,
            constituency,
            language,
            admission,
        } = entrant;
        let by_approval = self.settings.registration == RegistrationMode::Approval;
        let standing = match admission {
            Admission::Asked if by_approval => Standing::Pending,
            _ => Standing::Active,
        };
        let new = NewAccount {
            id: self.new_id(),
            login: names.login.into_string(),
            display_name: names.display_name.into_string(),
            email: names.email.map(Email::into_string),
            password_hash,
            constituency,
            standing,
            language,
        };
        let former = self.former_login(&new.login);
        let (codes, hashes) = self.new_recovery_codes();
        let signs_in =
            standing == Standing::Active && !matches!(admission, Admission::Installed(_));
        let beginning = signs_in.then(|| self.beginning(new.id, None));
        let seed = self.new_seed();
        let reached = Reached::account(new.id);
        let session = self
            .store
            .write(self.now(), async |tx| {
                insert_account(&tx, &new, &former).await?;
                tx.replace_recovery_codes(new.id, &hashes).await?;
                admit(&tx, &new, &admission).await?;
                settle(&tx, &reached, seed).await?;
                let Some(beginning) = &beginning else {
                    return Ok::<_, Error>(None);
                };
                let account = tx
                    .account(new.id)
                    .await?
                    .ok_or(Error::Internal("an account"))?;
                let stands = self.begin_session(&tx, beginning, &account).await?;
                Ok(Some((account, stands)))
            })
            .await?;
        // Where too many codes were mailed, another is asked for later.
        if let Some(email) = new
            .email
            .as_ref()
            .filter(|one| self.may_mail_code(one).is_ok())
        {
            self.mail_confirmation(new.id, new.language, email);
        }
        let session: Option<(Account, Stands)> = session;
        let session = beginning
            .zip(session)
            .map(|(beginning, (account, stands))| self.signed(beginning, &account, &stands));
        Ok(Registered {
            account: new.id,
            standing,
            recovery_codes: codes,
            session,
        })
    }

    /// Recovery codes to give out, and their hashes to keep.
    pub(super) fn new_recovery_codes(&self) -> (Vec<String>, Vec<Vec<u8>>) {
        (0..RECOVERY_CODES).map(|_| self.code_to_give()).unzip()
    }
}

/// Makes an account, unless its login is taken, or was somebody's who left.
async fn insert_account(tx: &Tx, new: &NewAccount, former: &[u8]) -> Result<(), Error> {
    if tx.login_was_deleted(former).await? {
        return Err(Error::at("login", Problem::Taken));
    }
    match tx.insert_account(new).await {
        Err(StorageError::Taken) => Err(Error::at("login", Problem::Taken)),
        other => Ok(other?),
    }
}

/// Gives a new account what lets it in.
async fn admit(tx: &Tx, new: &NewAccount, admission: &Admission) -> Result<(), Error> {
    match admission {
        Admission::Asked => Ok(()),
        Admission::Invited(hash) => {
            let invitation = tx.use_invitation(hash).await?;
            let bad = || Error::at("invitationCode", Problem::BadCode);
            grant(tx, new, invitation.ok_or_else(bad)?).await
        }
        Admission::SetUp(hash) => {
            let unused = tx.use_setup_link(hash).await?;
            if !unused || tx.duty_is_held(Duty::Administrator).await? {
                return Err(Error::at("token", Problem::BadCode));
            }
            install(tx, new, &[Duty::Administrator], "setUpForum").await
        }
        Admission::Installed(duties) => install(tx, new, duties, "installAccount").await,
    }
}

async fn install(
    tx: &Tx,
    new: &NewAccount,
    duties: &[Duty],
    act: &'static str,
) -> Result<(), Error> {
    tx.set_vouched(new.id, None).await?;
    // Whoever runs the server knows him.
    tx.establish(new.id).await?;
    for (at, duty) in duties.iter().enumerate() {
        may_hold(new.constituency, &duties[..at], *duty)
            .map_err(|conflict| Error::at("constituency", Problem::Duties(conflict)))?;
        tx.insert_duty(new.id, *duty, None).await?;
    }
    let codes: Vec<&str> = duties.iter().map(|duty| duty.code()).collect();
    let audited = Audited::new(act, None).about([new.id]);
    tx.audit(audited.saying(codes.join(" ")));
    Ok(())
}

async fn grant(tx: &Tx, new: &NewAccount, invitation: Invitation) -> Result<(), Error> {
    let Invitation {
        constituency,
        organization,
        office,
        created_by,
    } = invitation;
    let grant = Grant {
        constituency,
        office: office.is_some(),
        organization: organization.is_some(),
    };
    if !grant.is_for(new.constituency) {
        let problem = Problem::Invalid("the invitation is for another constituency");
        return Err(Error::at("constituency", problem));
    }
    if grant.vouches_for().is_some() {
        tx.set_vouched(new.id, created_by).await?;
    }
    if let Some(organization) = organization {
        tx.insert_membership(organization, new.id).await?;
        let approved = Accreditation::Approved;
        tx.decide_membership(organization, new.id, approved, created_by, None)
            .await?;
    }
    if let Some(office) = office {
        tx.insert_holding(office, new.id).await?;
    }
    tx.audit(Audited::new("acceptInvitation", created_by).about([new.id]));
    Ok(())
}
