//! Accounts: who can sign in, and how each of them stands.
//!
//! What hangs on an account has files of its own: sessions, codes, what a
//! person belongs to, the bodies, and reference data.

use chrono::{DateTime, Utc};
use domain::id::AccountId;
use domain::people::{Constituency, Duty, Language, Standing};

use crate::conn::Conn;
use crate::error::StorageError;
use crate::row::Row;
use crate::write::Tx;

mod affiliation;
mod body;
mod code;
mod persona;
mod reference;
mod session;

pub use affiliation::{Affiliations, Holding};
pub use body::{Holder, Member, NewCircle, NewOffice};
pub use code::{Invitation, NewInvitation};
pub use persona::{Decision, Sight};
pub use reference::{NewAgency, NewForum, NewHoliday, Reference};
pub use session::{NewSession, Session, SignedIn};

/// A person who can sign in, or could.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// The account.
    pub id: AccountId,
    /// The name to sign in with.
    pub login: String,
    /// The name to be called by.
    pub display_name: String,
    /// An address for mail, if one was given.
    pub email: Option<String>,
    /// When it was known that mail there reaches the person.
    pub email_verified_at: Option<DateTime<Utc>>,
    /// The password's hash, a PHC string.
    pub password_hash: String,
    /// Whom the person speaks for, by his own word.
    pub constituency: Constituency,
    /// When somebody vouched for that.
    pub vouched_at: Option<DateTime<Utc>>,
    /// Where the account stands.
    pub standing: Standing,
    /// The language the person reads.
    pub language: Language,
    /// When a first thread was released.
    pub trusted_at: Option<DateTime<Utc>>,
    /// Since when it counts as established.
    pub established_at: Option<DateTime<Utc>>,
    /// Attempts to sign in since the last that succeeded.
    pub failed_sign_ins: u32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Until when a sanction of it may stand; `None` if none does.
    pub sanctioned_until: Option<DateTime<Utc>>,
}

/// Hides all but the id: names, addresses and hashes do not belong in a log.
impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl Account {
    /// Whether the constituency counts: vouched for where it must be.
    pub fn vouched(&self) -> bool {
        self.vouched_at.is_some() || !self.constituency.needs_vouching()
    }
}

/// An account about to be made.
#[derive(Clone)]
pub struct NewAccount {
    /// Its id.
    pub id: AccountId,
    /// The name to sign in with.
    pub login: String,
    /// The name to be called by.
    pub display_name: String,
    /// An address for mail.
    pub email: Option<String>,
    /// The password's hash.
    pub password_hash: String,
    /// Whom the person speaks for.
    pub constituency: Constituency,
    /// Where it stands.
    pub standing: Standing,
    /// The language the person reads.
    pub language: Language,
}

impl std::fmt::Debug for NewAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewAccount")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// What an attempt to sign in costs an account that has failed before.
#[derive(Debug, Clone, Copy)]
pub struct Backoff {
    /// From how many failures on the account rests.
    pub after: u32,
    /// Until when it then rests.
    pub until: DateTime<Utc>,
}

pub(crate) const ACCOUNT: &str = "a.id, a.login, a.display_name, a.email, a.email_verified_at, a.password_hash, a.constituency, \
    a.vouched_at, a.standing, a.language, a.trusted_at, a.established_at, \
    a.failed_sign_ins, a.created_at, a.sanctioned_until";

pub(crate) fn account(row: &mut Row) -> Result<Account, StorageError> {
    Ok(Account {
        id: row.id()?,
        login: row.get()?,
        display_name: row.get()?,
        email: row.get()?,
        email_verified_at: row.maybe_time()?,
        password_hash: row.get()?,
        constituency: row.code()?,
        vouched_at: row.maybe_time()?,
        standing: row.code()?,
        language: row.code()?,
        trusted_at: row.maybe_time()?,
        established_at: row.maybe_time()?,
        failed_sign_ins: row.count()?,
        created_at: row.time()?,
        sanctioned_until: row.maybe_time()?,
    })
}

impl Conn {
    /// An account by its id.
    pub async fn account(&self, id: AccountId) -> Result<Option<Account>, StorageError> {
        let sql = format!("SELECT {ACCOUNT} FROM account a WHERE a.id = $1");
        self.one(&sql, self.params().with(id))
            .await?
            .map(|mut row| account(&mut row))
            .transpose()
    }

    /// An account by the name it signs in with.
    pub async fn account_by_login(&self, login: &str) -> Result<Option<Account>, StorageError> {
        let sql = format!("SELECT {ACCOUNT} FROM account a WHERE a.login = $1");
        let row = self.one(&sql, self.params().with(login)).await?;
        row.map(|mut row| account(&mut row)).transpose()
    }

    /// The accounts of which it is known that mail to this address reaches them,
    /// at most `limit`.
    pub async fn accounts_by_email(
        &self,
        email: &str,
        limit: u32,
    ) -> Result<Vec<Account>, StorageError> {
        let sql = format!(
            "SELECT {ACCOUNT} FROM account a WHERE a.email = $1 \
             AND a.email_verified_at IS NOT NULL ORDER BY a.id LIMIT $2"
        );
        let params = self.params().with(email).with(i64::from(limit));
        self.all(&sql, params)
            .await?
            .into_iter()
            .map(|mut row| account(&mut row))
            .collect()
    }

    /// The accounts that stand so, oldest first, at most `limit`.
    pub async fn accounts_of(
        &self,
        standing: Standing,
        limit: u32,
    ) -> Result<Vec<Account>, StorageError> {
        let sql = format!(
            "SELECT {ACCOUNT} FROM account a WHERE a.standing = $1 \
             ORDER BY a.created_at, a.id LIMIT $2",
        );
        let params = self.params().with(standing.code()).with(i64::from(limit));
        self.all(&sql, params)
            .await?
            .into_iter()
            .map(|mut row| account(&mut row))
            .collect()
    }

    /// Whether there is an account with another login than these.
    pub async fn anybody_but(&self, logins: &[String]) -> Result<bool, StorageError> {
        let mut params = self.params();
        let among = params.among_codes("login", logins);
        let sql = format!("SELECT 1 FROM account WHERE NOT ({among}) LIMIT 1");
        Ok(self.one(&sql, params).await?.is_some())
    }

    /// Whether anybody has this duty.
    pub async fn duty_is_held(&self, duty: Duty) -> Result<bool, StorageError> {
        let sql = "SELECT 1 FROM account_duty WHERE duty = $1 LIMIT 1";
        Ok(self
            .one(sql, self.params().with(duty.code()))
            .await?
            .is_some())
    }
}

impl Tx {
    /// Holds an account until the transaction ends: two who set what is its
    /// do so one after the other.
    pub async fn hold_account(&self, id: AccountId) -> Result<(), StorageError> {
        let sql = "UPDATE account SET standing = standing WHERE id = $1";
        self.run(sql, self.params().with(id)).await?;
        Ok(())
    }
    /// Makes an account. [`StorageError::Taken`] if its login is.
    pub async fn insert_account(&self, new: &NewAccount) -> Result<(), StorageError> {
        let sql = "INSERT INTO account (id, login, display_name, email, password_hash, \
                   constituency, standing, language, created_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        let params = self
            .params()
            .with(new.id)
            .with(new.login.as_str())
            .with(new.display_name.as_str())
            .with(new.email.clone())
            .with(new.password_hash.as_str())
            .with(new.constituency.code())
            .with(new.standing.code())
            .with(new.language.code())
            .with(self.now());
        self.run(sql, params).await?;
        Ok(())
    }

    /// Moves an account from one standing to another; says whether it stood
    /// there.
    pub async fn move_standing(
        &self,
        id: AccountId,
        from: Standing,
        to: Standing,
    ) -> Result<bool, StorageError> {
        let sql = "UPDATE account SET standing = $1 WHERE id = $2 AND standing = $3";
        let params = self.params().with(to.code()).with(id).with(from.code());
        Ok(self.run(sql, params).await? > 0)
    }

    /// Removes an account that waits for approval, with its codes and its
    /// persona: it has done nothing yet. Says whether it waited.
    pub async fn delete_waiting_account(&self, id: AccountId) -> Result<bool, StorageError> {
        let waits = "SELECT id FROM account WHERE id = $1 AND standing = $2";
        for table in ["recovery_code", "reset_code", "persona"] {
            let sql = format!("DELETE FROM {table} WHERE account IN ({waits})");
            let params = self.params().with(id).with(Standing::Pending.code());
            self.run(&sql, params).await?;
        }
        let sql = "DELETE FROM account WHERE id = $1 AND standing = $2";
        Ok(self
            .run(sql, self.params().with(id).with(Standing::Pending.code()))
            .await?
            > 0)
    }

    /// Writes that somebody vouched for an account's constituency now.
    pub async fn set_vouched(
        &self,
        id: AccountId,
        by: Option<AccountId>,
    ) -> Result<(), StorageError> {
        let sql = "UPDATE account SET vouched_by = $1, vouched_at = $2 WHERE id = $3";
        self.run(sql, self.params().with(by).with(self.now()).with(id))
            .await?;
        Ok(())
    }

    /// Takes back that somebody vouched.
    pub async fn clear_vouched(&self, id: AccountId) -> Result<(), StorageError> {
        let sql = "UPDATE account SET vouched_by = NULL, vouched_at = NULL WHERE id = $1";
        self.run(sql, self.params().with(id)).await?;
        Ok(())
    }

    /// Replaces a password's hash and forgets the failures before.
    pub async fn set_password(&self, id: AccountId, hash: &str) -> Result<(), StorageError> {
        let sql = "UPDATE account SET password_hash = $1, failed_sign_ins = 0, \
                   locked_until = NULL WHERE id = $2";
        self.run(sql, self.params().with(hash).with(id)).await?;
        Ok(())
    }

    /// Counts an attempt to sign in as failed until it is known that it did
    /// not, unless the account rests; says whether it was counted. An id that
    /// no account has takes the same statement.
    pub async fn count_attempt(
        &self,
        id: AccountId,
        backoff: Backoff,
    ) -> Result<bool, StorageError> {
        let sql = "UPDATE account SET failed_sign_ins = failed_sign_ins + 1, \
                   locked_until = CASE WHEN failed_sign_ins + 1 < $1 THEN NULL \
                   ELSE CAST($2 AS BIGINT) END \
                   WHERE id = $3 AND (locked_until IS NULL OR locked_until <= $4)";
        let params = self
            .params()
            .with(i64::from(backoff.after))
            .with(backoff.until)
            .with(id)
            .with(self.now());
        Ok(self.run(sql, params).await? > 0)
    }

    /// Forgets the failed attempts of an account.
    pub async fn clear_attempts(&self, id: AccountId) -> Result<(), StorageError> {
        let sql = "UPDATE account SET failed_sign_ins = 0, locked_until = NULL WHERE id = $1";
        self.run(sql, self.params().with(id)).await?;
        Ok(())
    }

    /// Gives a duty; says whether that is new.
    pub async fn insert_duty(
        &self,
        id: AccountId,
        duty: Duty,
        by: Option<AccountId>,
    ) -> Result<bool, StorageError> {
        let sql = "INSERT INTO account_duty (account, duty, granted_by, granted_at) \
                   VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
        let params = self
            .params()
            .with(id)
            .with(duty.code())
            .with(by)
            .with(self.now());
        Ok(self.run(sql, params).await? > 0)
    }

    /// Takes a duty back; says whether it was held.
    pub async fn delete_duty(&self, id: AccountId, duty: Duty) -> Result<bool, StorageError> {
        let sql = "DELETE FROM account_duty WHERE account = $1 AND duty = $2";
        Ok(self
            .run(sql, self.params().with(id).with(duty.code()))
            .await?
            > 0)
    }
}
