//! Coming back without the password: by a code that was mailed, or by one
//! kept on paper.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use domain::id::{AccountId, SessionId};
use domain::people::Language;
use domain::text::{Email, Login};
use storage::account::Account;
use storage::audit_log::Audited;
use storage::{StorageError, Store};
use uuid::Uuid;

use super::change::{Reached, settle};
use super::limits::{AddressKey, Attempt};
use super::registration::RECOVERY_CODES;
use super::secret::{Seed, hash_typed};
use crate::error::Problems;
use crate::ports::{Mail, Mailer};
use crate::{Error, Forum, Problem, Viewer};

/// For how long a mailed code is good.
const GOOD_FOR: TimeDelta = TimeDelta::hours(1);

/// To how many accounts of one address a code is sent at most.
const ACCOUNTS_OF_ADDRESS: u32 = 5;

/// A new password, by a code.
#[derive(Clone)]
pub struct ResetPassword {
    /// The name to sign in with.
    pub login: String,
    /// A mailed code, or a recovery code.
    pub code: String,
    /// The password to be.
    pub password: String,
}

impl Forum {
    /// Has a code sent to an account's address, if there are such. Answers at
    /// once and always the same: all work follows.
    pub fn request_password_reset(
        &self,
        login_or_email: &str,
        address: AddressKey,
    ) -> Result<(), Error> {
        let now = self.now();
        self.people.limits.attempt(now, Attempt::Reset, address)?;
        let sending = Sending {
            store: Arc::clone(&self.store),
            mailer: Arc::clone(&self.mailer),
            pepper: *self.settings.pepper(),
            seed: self.new_seed(),
            public_url: self.settings.public_url.clone(),
            now,
        };
        let asked = login_or_email.to_owned();
        tokio::spawn(async move {
            if sending.send_to(&asked).await.is_err() {
                tracing::warn!("a password reset could not be prepared");
            }
        });
        Ok(())
    }

    /// Sets a new password with a code, and ends every session.
    /// [`Problem::BadCode`] also if there is no such account.
    pub async fn reset_password(
        &self,
        input: &ResetPassword,
        address: AddressKey,
    ) -> Result<(), Error> {
        let now = self.now();
        self.people.limits.attempt(now, Attempt::Reset, address)?;
        let mut problems = Problems::default();
        let login = problems.take("login", Login::parse(&input.login));
        let known = login.as_ref().map_or("", Login::as_str);
        if let Some(problem) = self.password_problem(&input.password, &[known]).await? {
            problems.add("password", problem);
        }
        problems.none()?;
        let hash = self.hash_password(&input.password).await?;
        let account = self.store.read().account_by_login(known).await?;
        let id = account.map_or(AccountId(Uuid::nil()), |one| one.id);
        let code = hash_typed(self.settings.pepper(), &input.code);
        let seed = self.new_seed();
        self.store
            .write(now, async |tx| {
                let mailed = tx.use_reset_code(id, &code).await?;
                let kept = tx.use_recovery_code(id, &code).await?;
                if !mailed && !kept {
                    return Err(Error::at("code", Problem::BadCode));
                }
                tx.set_password(id, &hash).await?;
                tx.delete_sessions(id, None).await?;
                tx.delete_consents_by(id).await?;
                settle(&tx, &Reached::account(id), seed).await.map(drop)
            })
            .await?;
        self.forget_account(id);
        Ok(())
    }

    /// Makes new recovery codes in place of the old ones, for whoever knows
    /// the password. They are shown once.
    pub async fn regenerate_recovery_codes(
        &self,
        viewer: &Viewer,
        password: &str,
    ) -> Result<Vec<String>, Error> {
        let account = self.prove_password(viewer, "password", password).await?;
        let (codes, hashes) = self.new_recovery_codes();
        debug_assert_eq!(codes.len(), RECOVERY_CODES);
        self.store
            .write(self.now(), async |tx| {
                tx.replace_recovery_codes(account.id, &hashes).await
            })
            .await?;
        Ok(codes)
    }

    /// Replaces a password's hash, and ends every session but one and what
    /// apps were allowed: whoever knew the password before may have allowed it.
    pub(super) async fn replace_password(
        &self,
        id: AccountId,
        hash: &str,
        but: Option<SessionId>,
        audited: Option<Audited>,
    ) -> Result<(), Error> {
        let seed = self.new_seed();
        self.store
            .write(self.now(), async |tx| {
                tx.set_password(id, hash).await?;
                tx.delete_sessions(id, but).await?;
                tx.delete_consents_by(id).await?;
                if let Some(act) = &audited {
                    tx.audit(act.clone().about([id]));
                }
                settle(&tx, &Reached::account(id), seed).await.map(drop)
            })
            .await?;
        self.forget_account(id);
        Ok(())
    }
}

/// What sending a code needs after the answer was given.
struct Sending {
    store: Arc<Store>,
    mailer: Arc<dyn Mailer>,
    pepper: [u8; 32],
    seed: Seed,
    public_url: Option<String>,
    now: DateTime<Utc>,
}

impl Sending {
    async fn send_to(&self, asked: &str) -> Result<(), StorageError> {
        let read = self.store.read();
        let accounts = if let Ok(email) = Email::parse(asked) {
            read.accounts_by_email(email.as_str(), ACCOUNTS_OF_ADDRESS)
                .await?
        } else if let Ok(login) = Login::parse(asked) {
            read.account_by_login(login.as_str())
                .await?
                .into_iter()
                .collect()
        } else {
            Vec::new()
        };
        for account in accounts.iter().filter(|one| one.standing.may_sign_in()) {
            // A mistyped address is somebody else's: no password is reset there.
            let confirmed = account.email_verified_at.is_some();
            if let Some(email) = account.email.as_ref().filter(|_| confirmed) {
                self.send_code(account, email).await?;
            }
        }
        Ok(())
    }

    async fn send_code(&self, account: &Account, email: &str) -> Result<(), StorageError> {
        let code = self.seed.code(account.id.0);
        let hash = hash_typed(&self.pepper, &code);
        self.store
            .write(self.now, async |tx| {
                tx.replace_reset_code(account.id, &hash, self.now + GOOD_FOR)
                    .await
            })
            .await?;
        let mail = self.mail(account, email, &code);
        if let Err(error) = self.mailer.send(mail).await {
            tracing::warn!(%error, "a mail was not sent");
        }
        Ok(())
    }

    /// The mail. It may be seen on a locked screen: its subject names neither
    /// the forum nor anything in it.
    fn mail(&self, account: &Account, email: &str, code: &str) -> Mail {
        let place = self
            .public_url
            .as_deref()
            .map(|url| format!("\n{url}\n"))
            .unwrap_or_default();
        let login = &account.login;
        let (subject, text) = match account.language {
            Language::En => (
                "Your code",
                format!(
                    "Somebody asked for a new password for the account {login}.\n\
                     If it was you, enter this code within an hour:\n\n    {code}\n{place}\n\
                     If it was not you, nothing has changed and nothing needs to be done.\n",
                ),
            ),
            Language::Ur => (
                "آپ کا کوڈ",
                format!(
                    "کسی نے اکاؤنٹ {login} کے لیے نیا پاس ورڈ مانگا ہے۔\n\
                     اگر یہ آپ تھے تو ایک گھنٹے کے اندر یہ کوڈ درج کریں:\n\n    {code}\n{place}\n\
                     اگر یہ آپ نہیں تھے تو کچھ نہیں بدلا اور کچھ کرنے کی ضرورت نہیں۔\n",
                ),
            ),
        };
        Mail {
            to: email.to_owned(),
            subject: subject.to_owned(),
            text,
            language: account.language,
            id: None,
            unsubscribe: None,
        }
    }
}
