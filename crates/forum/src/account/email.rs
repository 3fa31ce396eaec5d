//! The address for mail, and knowing that mail there reaches its person.
//!
//! Nothing is mailed to an address of which that is not known, but the code
//! that is to show it.

use chrono::{DateTime, TimeDelta, Utc};
use domain::id::AccountId;
use domain::people::Language;
use domain::policy::{self, Action};
use domain::text::Email;
use subtle::ConstantTimeEq as _;

use super::change::{Reached, settle};
use super::limits::Attempt;
use super::secret::{code, hash_typed};
use crate::error::Problems;
use crate::ports::Mail;
use crate::webhook::secret::mac;
use crate::{Error, Forum, Problem, Viewer};

/// A code is good for the hour in which it was made, and the next.
const HOUR: i64 = 3_600;

impl Forum {
    /// Sends a code to the address that mail is to go to, at once and without a
    /// promise, for whoever knows the password: passwords are reset by it. The
    /// address before stays until the code is told; without another, it is
    /// taken away.
    pub async fn change_email(
        &self,
        viewer: &Viewer,
        email: Option<&str>,
        password: &str,
    ) -> Result<AccountId, Error> {
        let account = self.prove_password(viewer, "password", password).await?;
        let mut problems = Problems::default();
        let email = email.and_then(|text| problems.take("email", Email::parse(text)));
        problems.none()?;
        let email = email.map(Email::into_string);
        if let Some(email) = &email {
            self.may_mail_code(email)?;
            self.mail_confirmation(account.id, account.language, email);
        } else {
            self.save_email(account.id, None).await?;
        }
        Ok(account.id)
    }

    /// Counts a code that is to be mailed to an address, whoever asks for it.
    pub(super) fn may_mail_code(&self, email: &str) -> Result<(), Error> {
        let key = mac(self.settings.pepper(), &[b"mailed", email.as_bytes()]);
        self.people.limits.mailed_code(self.now(), key)
    }

    /// Mails the code that shows that mail to this address reaches somebody, at
    /// once and without a promise.
    pub(super) fn mail_confirmation(&self, id: AccountId, language: Language, email: &str) {
        let mailer = std::sync::Arc::clone(&self.mailer);
        let mail = self.confirmation(id, language, email);
        tokio::spawn(async move {
            if let Err(error) = mailer.send(mail).await {
                tracing::warn!(%error, "a mail was not sent");
            }
        });
    }

    async fn save_email(&self, id: AccountId, email: Option<&str>) -> Result<(), Error> {
        let seed = self.new_seed();
        self.store
            .write(self.now(), async |tx| {
                tx.set_email(id, email).await?;
                settle(&tx, &Reached::account(id), seed).await.map(drop)
            })
            .await?;
        self.forget_account(id);
        Ok(())
    }

    /// Shows by a code that mail to an address reaches the viewer: from then on
    /// it is his.
    pub async fn confirm_email(
        &self,
        viewer: &Viewer,
        email: &str,
        typed: &str,
    ) -> Result<AccountId, Error> {
        policy::decide(&viewer.actor, &Action::ManageOwnAccount)?;
        let id = viewer.account.ok_or_else(Error::not_found)?;
        let now = self.now();
        self.people.limits.attempt_of(now, Attempt::Password, id)?;
        let mut problems = Problems::default();
        let email = problems.take("email", Email::parse(email));
        problems.none()?;
        let email = email.map(Email::into_string).unwrap_or_default();
        let pepper = self.settings.pepper();
        let given = hash_typed(pepper, typed);
        let good = [now, now - TimeDelta::seconds(HOUR)].map(|at| {
            let right = hash_typed(pepper, &self.email_code(id, &email, at));
            bool::from(right.ct_eq(&given))
        });
        if !good.contains(&true) {
            return Err(Error::at("code", Problem::BadCode));
        }
        self.save_email(id, Some(&email)).await?;
        Ok(id)
    }

    /// The code that shows of this address in this hour that mail there comes
    /// to the account.
    fn email_code(&self, account: AccountId, email: &str, at: DateTime<Utc>) -> String {
        let hour = (at.timestamp() / HOUR).to_be_bytes();
        let parts: [&[u8]; 4] = [
            b"confirm mail",
            account.0.as_bytes(),
            &hour,
            email.as_bytes(),
        ];
        let whole = mac(self.settings.pepper(), &parts);
        code(std::array::from_fn(|at| whole[at]))
    }

    /// The mail. Its subject names neither the forum nor anything in it.
    fn confirmation(&self, id: AccountId, language: Language, email: &str) -> Mail {
        let code = self.email_code(id, email, self.now());
        let (subject, text) = match language {
            Language::En => (
                "Your code",
                format!(
                    "Enter this code within an hour, and mail will come to this address:\n\n    \
                     {code}\n\nIf you did not ask for it, nothing needs to be done.\n",
                ),
            ),
            Language::Ur => (
                "آپ کا کوڈ",
                format!(
                    "ایک گھنٹے کے اندر یہ کوڈ درج کریں تاکہ ای میل اس پتے پر آئے:\n\n    \
                     {code}\n\nاگر یہ آپ نے نہیں مانگا تو کچھ کرنے کی ضرورت نہیں۔\n",
                ),
            ),
        };
        Mail {
            to: email.to_owned(),
            subject: subject.to_owned(),
            text,
            language,
            id: None,
            unsubscribe: None,
        }
    }
}
