//! Partner apps: their clients, and the secrets and tokens of which only
//! hashes are kept.

use chrono::{DateTime, Utc};
use domain::id::{ClientId, OrganizationId};
use domain::partner::AccessScopes;
use domain::people::Accreditation;

use crate::conn::Conn;
use crate::error::StorageError;
use crate::row::Row;
use crate::write::Tx;

mod consent;
mod token;

pub use consent::{Code, Consent, NewConsent, Renewal};
pub use token::{NewToken, Token};

/// An app of an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// The client.
    pub id: ClientId,
    /// Whose it is.
    pub organization: OrganizationId,
    /// What it is called.
    pub name: String,
    /// What its tokens may be good for.
    pub scopes: AccessScopes,
    /// Whether it may only run documents that were registered.
    pub trusted_only: bool,
    /// Whether it is for development, against demonstration data alone.
    pub sandbox: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last used, to five minutes.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

impl Client {
    /// The scopes that are asked for, if it may have them; all that it may
    /// where nothing is said.
    pub fn wanted(&self, scopes: Option<&str>) -> Option<AccessScopes> {
        let Some(text) = scopes else {
            return Some(self.scopes.clone());
        };
        let wanted: AccessScopes = text.parse().ok()?;
        let has = !wanted.is_empty() && self.scopes.hold_all(&wanted);
        has.then_some(wanted)
    }
}

/// A client about to be made.
#[derive(Debug, Clone)]
pub struct NewClient {
    /// Its id.
    pub id: ClientId,
    /// Whose it is.
    pub organization: OrganizationId,
    /// What to call it.
    pub name: String,
    /// What its tokens may be good for.
    pub scopes: AccessScopes,
    /// Whether it may only run documents that were registered.
    pub trusted_only: bool,
    /// Whether it is for development, against demonstration data alone.
    pub sandbox: bool,
}

const CLIENT: &str = "c.id, c.organization, c.name, c.scopes, c.trusted_only, c.sandbox, \
    c.created_at, c.last_used_at, c.revoked_at";

fn client(row: &mut Row) -> Result<Client, StorageError> {
    Ok(Client {
        id: row.id()?,
        organization: row.id()?,
        name: row.get()?,
        scopes: row.code()?,
        trusted_only: row.get()?,
        sandbox: row.get()?,
        created_at: row.time()?,
        last_used_at: row.maybe_time()?,
        revoked_at: row.maybe_time()?,
    })
}

fn clients(rows: Vec<Row>) -> Result<Vec<Client>, StorageError> {
    rows.into_iter().map(|mut row| client(&mut row)).collect()
}

impl Conn {
    /// A client by its id.
    pub async fn client(&self, id: ClientId) -> Result<Option<Client>, StorageError> {
        let sql = format!("SELECT {CLIENT} FROM client c WHERE c.id = $1");
        let row = self.one(&sql, self.params().with(id)).await?;
        row.map(|mut row| client(&mut row)).transpose()
    }

    /// An organization's clients, the newest first, at most `limit`; those
    /// that were revoked last.
    pub async fn clients(
        &self,
        organization: OrganizationId,
        limit: u32,
    ) -> Result<Vec<Client>, StorageError> {
        let sql = format!(
            "SELECT {CLIENT} FROM client c WHERE c.organization = $1 \
             ORDER BY c.revoked_at IS NOT NULL, c.created_at DESC, c.id DESC LIMIT $2",
        );
        let params = self.params().with(organization).with(i64::from(limit));
        clients(self.all(&sql, params).await?)
    }

    /// The client that this secret opens now, with how far its organization
    /// is accepted. One statement, whatever is asked for.
    pub async fn client_of_secret(
        &self,
        id: ClientId,
        secret_hash: &[u8],
        now: DateTime<Utc>,
    ) -> Result<Option<(Client, Accreditation)>, StorageError> {
        let sql = format!(
            "SELECT o.accreditation, {CLIENT} FROM client_secret s \
             JOIN client c ON c.id = s.client JOIN organization o ON o.id = c.organization \
             WHERE s.secret_hash = $1 AND s.client = $2 AND c.revoked_at IS NULL \
             AND (s.expires_at IS NULL OR s.expires_at > $3)",
        );
        let params = self.params();
        let params = params.with(secret_hash.to_vec()).with(id).with(now);
        let row = self.one(&sql, params).await?;
        row.map(|mut row| Ok((row.code()?, client(&mut row)?)))
            .transpose()
            .map(|found| found.map(|(accreditation, client)| (client, accreditation)))
    }
}

impl Tx {
    /// How many clients of an organization are not revoked, while nobody else
    /// makes one.
    pub async fn count_clients(&self, organization: OrganizationId) -> Result<u32, StorageError> {
        self.hold_organization(organization).await?;
        let sql = "SELECT COUNT(*) FROM client WHERE organization = $1 AND revoked_at IS NULL";
        let row = self.one(sql, self.params().with(organization)).await?;
        row.ok_or(StorageError::Corrupt("a count"))?.count()
    }

    /// Holds a client until the transaction ends, if it stands; says whether
    /// it does.
    pub async fn hold_client(&self, id: ClientId) -> Result<bool, StorageError> {
        let sql = "UPDATE client SET name = name WHERE id = $1 AND revoked_at IS NULL";
        Ok(self.run(sql, self.params().with(id)).await? > 0)
    }

    /// Makes a client.
    pub async fn insert_client(&self, new: &NewClient) -> Result<(), StorageError> {
        let sql = "INSERT INTO client (id, organization, name, scopes, trusted_only, sandbox, \
                   created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let params = self
            .params()
            .with(new.id)
            .with(new.organization)
            .with(new.name.as_str())
            .with(new.scopes.to_string())
            .with(new.trusted_only)
            .with(new.sandbox)
            .with(self.now());
        self.run(sql, params).await?;
        Ok(())
    }

    /// Gives a client a secret.
    pub async fn insert_client_secret(
        &self,
        client: ClientId,
        hash: &[u8],
    ) -> Result<(), StorageError> {
        let sql = "INSERT INTO client_secret (secret_hash, client, created_at) VALUES ($1, $2, $3)";
        let params = self.params().with(hash.to_vec()).with(client);
        self.run(sql, params.with(self.now())).await?;
        Ok(())
    }

    /// Lets the secret of a client that is good without end be good until
    /// then, and ends those that were replaced before.
    pub async fn retire_client_secrets(
        &self,
        client: ClientId,
        until: DateTime<Utc>,
    ) -> Result<(), StorageError> {
        let sql = "DELETE FROM client_secret WHERE client = $1 AND expires_at IS NOT NULL";
        self.run(sql, self.params().with(client)).await?;
        let sql = "UPDATE client_secret SET expires_at = $1 WHERE client = $2";
        self.run(sql, self.params().with(until).with(client))
            .await?;
        Ok(())
    }

    /// Revokes a client, its secrets and tokens; says whether it stood.
    pub async fn revoke_client(&self, id: ClientId) -> Result<bool, StorageError> {
        let sql = "UPDATE client SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL";
        let params = self.params().with(self.now()).with(id);
        if self.run(sql, params).await? == 0 {
            return Ok(false);
        }
        for table in ["client_secret", "client_token"] {
            let sql = format!("DELETE FROM {table} WHERE client = $1");
            self.run(&sql, self.params().with(id)).await?;
        }
        self.delete_consents_of(id).await?;
        Ok(true)
    }

    /// Writes that a client is used now, unless that was written since.
    pub async fn touch_client(
        &self,
        id: ClientId,
        since: DateTime<Utc>,
    ) -> Result<(), StorageError> {
        let sql = "UPDATE client SET last_used_at = $1 \
                   WHERE id = $2 AND (last_used_at IS NULL OR last_used_at <= $3)";
        let params = self.params().with(self.now()).with(id).with(since);
        self.run(sql, params).await?;
        Ok(())
    }
}
