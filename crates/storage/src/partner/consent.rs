//! What a person allowed an app, and what came of it: a code, then tokens
//! that are renewed.

use chrono::{DateTime, Utc};
use domain::id::{AccountId, ClientId, ConsentId};
use domain::partner::AccessScopes;
use uuid::Uuid;

use super::{CLIENT, Client, client};
use crate::conn::Conn;
use crate::error::StorageError;
use crate::write::Tx;

/// What a person allowed an app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// The consent.
    pub id: ConsentId,
    /// What the app may do for him.
    pub scopes: AccessScopes,
    /// When he allowed it.
    pub created_at: DateTime<Utc>,
    /// When the app last used it, to five minutes.
    pub last_used_at: Option<DateTime<Utc>>,
    /// The app.
    pub client: Client,
}

/// A consent about to be written, with its code.
#[derive(Debug, Clone)]
pub struct NewConsent {
    /// Its id.
    pub id: ConsentId,
    /// The app.
    pub client: ClientId,
    /// Who allows it.
    pub account: AccountId,
    /// What the app may do for him.
    pub scopes: AccessScopes,
    /// The hash of the code.
    pub code_hash: Vec<u8>,
    /// Where the code is sent.
    pub redirect_uri: String,
    /// The challenge that whoever uses the code must meet (RFC 7636).
    pub challenge: String,
    /// When the code is over.
    pub code_expires_at: DateTime<Utc>,
}

/// A code as it is found by its hash.
#[derive(Debug, Clone)]
pub struct Code {
    /// What it came of.
    pub consent: ConsentId,
    /// Whose it is.
    pub client: ClientId,
    /// What it is good for.
    pub scopes: AccessScopes,
    /// Where it was sent.
    pub redirect_uri: String,
    /// The challenge to meet.
    pub challenge: String,
    /// When it is over.
    pub expires_at: DateTime<Utc>,
}

/// A token that renews another, as it is found by its hash.
#[derive(Debug, Clone)]
pub struct Renewal {
    /// What it came of.
    pub consent: ConsentId,
    /// Whose it is.
    pub client: ClientId,
    /// What it is good for.
    pub scopes: AccessScopes,
    /// When it is over.
    pub expires_at: DateTime<Utc>,
}

impl Conn {
    /// What a person allowed, the newest first.
    pub async fn consents(&self, account: AccountId) -> Result<Vec<Consent>, StorageError> {
        let sql = format!(
            "SELECT n.id, n.scopes, n.created_at, n.last_used_at, {CLIENT} FROM consent n \
             JOIN client c ON c.id = n.client WHERE n.account = $1 \
             ORDER BY n.created_at DESC, n.id DESC",
        );
        let rows = self.all(&sql, self.params().with(account)).await?;
        rows.into_iter()
            .map(|mut row| {
                Ok(Consent {
                    id: row.id()?,
                    scopes: row.code()?,
                    created_at: row.time()?,
                    last_used_at: row.maybe_time()?,
                    client: client(&mut row)?,
                })
            })
            .collect()
    }

    /// The addresses that each of several clients registered. One statement
    /// whatever their number.
    pub async fn redirects(
        &self,
        clients: &[ClientId],
    ) -> Result<Vec<(ClientId, String)>, StorageError> {
        let mut params = self.params();
        let among = params.among("client", clients);
        let sql = format!("SELECT client, uri FROM client_redirect WHERE {among} ORDER BY uri");
        let rows = self.all(&sql, params).await?;
        rows.into_iter()
            .map(|mut row| Ok((row.id()?, row.get()?)))
            .collect()
    }

    /// A code, used or not.
    pub async fn client_code(&self, hash: &[u8]) -> Result<Option<Code>, StorageError> {
        let sql = "SELECT n.id, n.client, n.scopes, k.redirect_uri, k.challenge, k.expires_at \
                   FROM client_code k JOIN consent n ON n.id = k.consent WHERE k.code_hash = $1";
        let row = self.one(sql, self.params().with(hash.to_vec())).await?;
        row.map(|mut row| {
            Ok(Code {
                consent: row.id()?,
                client: row.id()?,
                scopes: row.code()?,
                redirect_uri: row.get()?,
                challenge: row.get()?,
                expires_at: row.time()?,
            })
        })
        .transpose()
    }

    /// A token that renews another, used or not.
    pub async fn client_renewal(&self, hash: &[u8]) -> Result<Option<Renewal>, StorageError> {
        let sql = "SELECT n.id, n.client, n.scopes, r.expires_at FROM client_renewal r \
                   JOIN consent n ON n.id = r.consent WHERE r.token_hash = $1";
        let row = self.one(sql, self.params().with(hash.to_vec())).await?;
        row.map(|mut row| {
            Ok(Renewal {
                consent: row.id()?,
                client: row.id()?,
                scopes: row.code()?,
                expires_at: row.time()?,
            })
        })
        .transpose()
    }
}

impl Tx {
    /// Registers an address of a client.
    pub async fn insert_redirect(&self, client: ClientId, uri: &str) -> Result<(), StorageError> {
        let sql = "INSERT INTO client_redirect (client, uri) VALUES ($1, $2)";
        self.run(sql, self.params().with(client).with(uri)).await?;
        Ok(())
    }

    /// Writes what a person allowed, with its code.
    pub async fn insert_consent(&self, new: &NewConsent) -> Result<(), StorageError> {
        let sql = "INSERT INTO consent (id, client, account, scopes, created_at) \
                   VALUES ($1, $2, $3, $4, $5)";
        let params = self
            .params()
            .with(new.id)
            .with(new.client)
            .with(new.account)
            .with(new.scopes.to_string())
            .with(self.now());
        self.run(sql, params).await?;
        let sql = "INSERT INTO client_code (code_hash, consent, redirect_uri, challenge, \
                   expires_at) VALUES ($1, $2, $3, $4, $5)";
        let params = self
            .params()
            .with(new.code_hash.clone())
            .with(new.id)
            .with(new.redirect_uri.as_str())
            .with(new.challenge.as_str())
            .with(new.code_expires_at);
        self.run(sql, params).await?;
        Ok(())
    }

    /// Uses a code up; says whether it was unused.
    pub async fn use_client_code(&self, hash: &[u8]) -> Result<bool, StorageError> {
        let sql = "UPDATE client_code SET used_at = $1 WHERE code_hash = $2 AND used_at IS NULL";
        let params = self.params().with(self.now()).with(hash.to_vec());
        Ok(self.run(sql, params).await? > 0)
    }

    /// Writes a token that renews another.
    pub async fn insert_client_renewal(
        &self,
        hash: &[u8],
        consent: ConsentId,
        expires_at: DateTime<Utc>,
    ) -> Result<(), StorageError> {
        let sql = "INSERT INTO client_renewal (token_hash, consent, expires_at) \
                   VALUES ($1, $2, $3)";
        let params = self.params().with(hash.to_vec()).with(consent);
        self.run(sql, params.with(expires_at)).await?;
        Ok(())
    }

    /// Uses a token up that renews another; says whether it was unused.
    pub async fn use_client_renewal(&self, hash: &[u8]) -> Result<bool, StorageError> {
        let sql =
            "UPDATE client_renewal SET used_at = $1 WHERE token_hash = $2 AND used_at IS NULL";
        let params = self.params().with(self.now()).with(hash.to_vec());
        Ok(self.run(sql, params).await? > 0)
    }

    /// Takes a consent back with all that came of it; says whether there was
    /// such a one.
    pub async fn delete_consent(&self, id: ConsentId) -> Result<bool, StorageError> {
        for table in ["client_token", "client_renewal", "client_code"] {
            let sql = format!("DELETE FROM {table} WHERE consent = $1");
            self.run(&sql, self.params().with(id)).await?;
        }
        let sql = "DELETE FROM consent WHERE id = $1";
        Ok(self.run(sql, self.params().with(id)).await? > 0)
    }

    /// Takes back what people allowed an app.
    pub(super) async fn delete_consents_of(&self, client: ClientId) -> Result<(), StorageError> {
        self.delete_consents("client", client.0).await
    }

    /// Takes back what somebody allowed apps.
    pub async fn delete_consents_by(&self, account: AccountId) -> Result<(), StorageError> {
        self.delete_consents("account", account.0).await
    }

    async fn delete_consents(&self, column: &str, of: Uuid) -> Result<(), StorageError> {
        for table in ["client_token", "client_renewal", "client_code"] {
            let sql = format!(
                "DELETE FROM {table} WHERE consent IN (SELECT id FROM consent WHERE {column} = $1)"
            );
            self.run(&sql, self.params().with(of)).await?;
        }
        let sql = format!("DELETE FROM consent WHERE {column} = $1");
        self.run(&sql, self.params().with(of)).await?;
        Ok(())
    }

    /// Writes that a consent is used now, unless that was written since.
    pub async fn touch_consent(
        &self,
        id: ConsentId,
        since: DateTime<Utc>,
    ) -> Result<(), StorageError> {
        let sql = "UPDATE consent SET last_used_at = $1 \
                   WHERE id = $2 AND (last_used_at IS NULL OR last_used_at <= $3)";
        let params = self.params().with(self.now()).with(id).with(since);
        self.run(sql, params).await?;
        Ok(())
    }
}
