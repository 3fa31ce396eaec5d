//! Codes that open something once. Only their hashes are kept.

use chrono::{DateTime, Utc};
use domain::id::{AccountId, InvitationId, OfficeId, OrganizationId};
use domain::people::Constituency;

use crate::conn::Conn;
use crate::error::StorageError;
use crate::write::Tx;

/// An invitation about to be written.
#[derive(Debug, Clone)]
pub struct NewInvitation {
    /// Its id.
    pub id: InvitationId,
    /// The hash of its code.
    pub code_hash: Vec<u8>,
    /// What it grants.
    pub grants: Invitation,
    /// When it is over.
    pub expires_at: DateTime<Utc>,
}

/// What an invitation grants to whoever registers with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Invitation {
    /// The constituency that it vouches for; `None` if the guest chooses and
    /// nobody vouches.
    pub constituency: Option<Constituency>,
    /// The organization that it makes him a member of.
    pub organization: Option<OrganizationId>,
    /// The office that it makes him a holder of.
    pub office: Option<OfficeId>,
    /// Who invites.
    pub created_by: Option<AccountId>,
}

impl Conn {
    /// How many recovery codes of an account are unused.
    pub async fn recovery_codes_left(&self, account: AccountId) -> Result<u32, StorageError> {
        let sql = "SELECT COUNT(*) FROM recovery_code WHERE account = $1 AND used_at IS NULL";
        let row = self.one(sql, self.params().with(account)).await?;
        row.ok_or(StorageError::Corrupt("a count"))?.count()
    }
}

impl Tx {
    /// Replaces the recovery codes of an account.
    pub async fn replace_recovery_codes(
        &self,
        account: AccountId,
        hashes: &[Vec<u8>],
    ) -> Result<(), StorageError> {
        let sql = "DELETE FROM recovery_code WHERE account = $1";
        self.run(sql, self.params().with(account)).await?;
        let mut params = self.params();
        let account = params.push(account);
        let rows: Vec<String> = hashes
            .iter()
            .map(|hash| format!("({}, {account})", params.push(hash.clone())))
            .collect();
        let sql = format!(
            "INSERT INTO recovery_code (code_hash, account) VALUES {}",
            rows.join(", ")
        );
        self.run(&sql, params).await?;
        Ok(())
    }

    /// Uses a recovery code of an account up; says whether it was one.
    pub async fn use_recovery_code(
        &self,
        account: AccountId,
        hash: &[u8],
    ) -> Result<bool, StorageError> {
        let sql = "UPDATE recovery_code SET used_at = $1 \
                   WHERE code_hash = $2 AND account = $3 AND used_at IS NULL";
        let params = self
            .params()
            .with(self.now())
            .with(hash.to_vec())
            .with(account);
        Ok(self.run(sql, params).await? > 0)
    }

    /// Writes a reset code in place of earlier ones.
    pub async fn replace_reset_code(
        &self,
        account: AccountId,
        hash: &[u8],
        expires_at: DateTime<Utc>,
    ) -> Result<(), StorageError> {
        let sql = "DELETE FROM reset_code WHERE account = $1";
        self.run(sql, self.params().with(account)).await?;
        let sql = "INSERT INTO reset_code (code_hash, account, expires_at) VALUES ($1, $2, $3)";
        let params = self
            .params()
            .with(hash.to_vec())
            .with(account)
            .with(expires_at);
        self.run(sql, params).await?;
        Ok(())
    }

    /// Uses a reset code of an account up; says whether it was one.
    pub async fn use_reset_code(
        &self,
        account: AccountId,
        hash: &[u8],
    ) -> Result<bool, StorageError> {
        let sql =
            "DELETE FROM reset_code WHERE code_hash = $1 AND account = $2 AND expires_at > $3";
        let params = self
            .params()
            .with(hash.to_vec())
            .with(account)
            .with(self.now());
        Ok(self.run(sql, params).await? > 0)
    }

    /// Writes a setup link in place of earlier ones.
    pub async fn replace_setup_link(
        &self,
        hash: &[u8],
        expires_at: DateTime<Utc>,
    ) -> Result<(), StorageError> {
        self.run("DELETE FROM setup_link", self.params()).await?;
        let sql = "INSERT INTO setup_link (code_hash, expires_at) VALUES ($1, $2)";
        self.run(sql, self.params().with(hash.to_vec()).with(expires_at))
            .await?;
        Ok(())
    }

    /// Uses a setup link up; says whether it was one.
    pub async fn use_setup_link(&self, hash: &[u8]) -> Result<bool, StorageError> {
        let sql = "DELETE FROM setup_link WHERE code_hash = $1 AND expires_at > $2";
        Ok(self
            .run(sql, self.params().with(hash.to_vec()).with(self.now()))
            .await?
            > 0)
    }

    /// Writes an invitation.
    pub async fn insert_invitation(&self, new: &NewInvitation) -> Result<(), StorageError> {
        let sql = "INSERT INTO invitation (id, code_hash, constituency, organization, office, \
                   created_by, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        let params = self
            .params()
            .with(new.id)
            .with(new.code_hash.clone())
            .with(new.grants.constituency.map(Constituency::code))
            .with(new.grants.organization)
            .with(new.grants.office)
            .with(new.grants.created_by)
            .with(self.now())
            .with(new.expires_at);
        self.run(sql, params).await?;
        Ok(())
    }

    /// Uses an invitation up: what it grants, `None` if it is none, used or
    /// over.
    pub async fn use_invitation(&self, hash: &[u8]) -> Result<Option<Invitation>, StorageError> {
        let sql = "UPDATE invitation SET used_at = $1 \
                   WHERE code_hash = $2 AND used_at IS NULL AND expires_at > $1 \
                   RETURNING constituency, organization, office, created_by";
        let row = self
            .one(sql, self.params().with(self.now()).with(hash.to_vec()))
            .await?;
        row.map(|mut row| {
            Ok(Invitation {
                constituency: row.maybe_code()?,
                organization: row.maybe_id()?,
                office: row.maybe_id()?,
                created_by: row.maybe_id()?,
            })
        })
        .transpose()
    }
}
