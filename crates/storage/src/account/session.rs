//! Sessions: where an account is signed in.

use chrono::{DateTime, Utc};
use domain::id::{AccountId, SessionId};

use super::{ACCOUNT, Account, account};
use crate::conn::Conn;
use crate::error::StorageError;
use crate::write::Tx;

/// One signed-in device or program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The session.
    pub id: SessionId,
    /// What its owner called it, or the program he came with.
    pub label: Option<String>,
    /// When he signed in.
    pub created_at: DateTime<Utc>,
    /// When it was last used, to five minutes.
    pub last_used_at: DateTime<Utc>,
    /// When it ends in any case.
    pub expires_at: DateTime<Utc>,
}

/// A session with its account, as a token finds it.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The session.
    pub session: Session,
    /// Its account.
    pub account: Account,
}

/// A session about to begin.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// The hash of its token.
    pub token_hash: Vec<u8>,
    /// Its id.
    pub id: SessionId,
    /// Whose it is.
    pub account: AccountId,
    /// What to call it.
    pub label: Option<String>,
    /// When it ends in any case.
    pub expires_at: DateTime<Utc>,
}

impl Conn {
    /// The session and account of a token.
    pub async fn signed_in(&self, token_hash: &[u8]) -> Result<Option<SignedIn>, StorageError> {
        let sql = format!(
            "SELECT s.id, s.label, s.created_at, s.last_used_at, s.expires_at, {ACCOUNT} \
             FROM session s JOIN account a ON a.id = s.account WHERE s.token_hash = $1",
        );
        let row = self
            .one(&sql, self.params().with(token_hash.to_vec()))
            .await?;
        row.map(|mut row| {
            Ok(SignedIn {
                session: Session {
                    id: row.id()?,
                    label: row.get()?,
                    created_at: row.time()?,
                    last_used_at: row.time()?,
                    expires_at: row.time()?,
                },
                account: account(&mut row)?,
            })
        })
        .transpose()
    }

    /// An account's sessions, the last used first.
    pub async fn sessions(&self, account: AccountId) -> Result<Vec<Session>, StorageError> {
        let sql = "SELECT id, label, created_at, last_used_at, expires_at FROM session \
                   WHERE account = $1 ORDER BY last_used_at DESC, id";
        let rows = self.all(sql, self.params().with(account)).await?;
        rows.into_iter()
            .map(|mut row| {
                Ok(Session {
                    id: row.id()?,
                    label: row.get()?,
                    created_at: row.time()?,
                    last_used_at: row.time()?,
                    expires_at: row.time()?,
                })
            })
            .collect()
    }
}

impl Tx {
    /// Begins a session.
    pub async fn insert_session(&self, new: &NewSession) -> Result<(), StorageError> {
        let sql = "INSERT INTO session (token_hash, id, account, label, created_at, \
                   last_used_at, expires_at) VALUES ($1, $2, $3, $4, $5, $5, $6)";
        let params = self
            .params()
            .with(new.token_hash.clone())
            .with(new.id)
            .with(new.account)
            .with(new.label.clone())
            .with(self.now())
            .with(new.expires_at);
        self.run(sql, params).await?;
        Ok(())
    }

    /// Writes that a session is used now.
    pub async fn touch_session(&self, id: SessionId) -> Result<(), StorageError> {
        let sql = "UPDATE session SET last_used_at = $1 WHERE id = $2";
        self.run(sql, self.params().with(self.now()).with(id))
            .await?;
        Ok(())
    }

    /// Ends those sessions of an account that were not used for longest, so that it
    /// has so many with the one that begins now; says how many.
    pub async fn end_sessions_beyond(
        &self,
        account: AccountId,
        begins: SessionId,
        most: u32,
    ) -> Result<u64, StorageError> {
        let sql = "DELETE FROM session WHERE token_hash IN (SELECT s.token_hash FROM \
                   (SELECT token_hash, ROW_NUMBER() OVER \
                   (ORDER BY last_used_at DESC, created_at DESC, id DESC) AS place \
                   FROM session WHERE account = $1 AND id <> $2) s WHERE s.place >= $3)";
        let params = self.params().with(account).with(begins);
        self.run(sql, params.with(i64::from(most))).await
    }

    /// Ends one session of an account; says whether there was such a one.
    pub async fn delete_session(
        &self,
        account: AccountId,
        id: SessionId,
    ) -> Result<bool, StorageError> {
        let sql = "DELETE FROM session WHERE id = $1 AND account = $2";
        Ok(self.run(sql, self.params().with(id).with(account)).await? > 0)
    }

    /// Ends the sessions of an account but one, or all; says how many.
    pub async fn delete_sessions(
        &self,
        account: AccountId,
        but: Option<SessionId>,
    ) -> Result<u64, StorageError> {
        let sql = "DELETE FROM session WHERE account = $1 AND id IS DISTINCT FROM $2";
        self.run(sql, self.params().with(account).with(but)).await
    }
}
