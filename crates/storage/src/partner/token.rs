//! Tokens: what an app presents, for a while.

use chrono::{DateTime, Utc};
use domain::id::{ClientId, ConsentId};
use domain::partner::AccessScopes;
use domain::people::Accreditation;

use super::{CLIENT, Client, client};
use crate::account::{ACCOUNT, Account, account};
use crate::conn::Conn;
use crate::error::StorageError;
use crate::write::Tx;

/// A token with its client, as it is found by its hash.
#[derive(Debug, Clone)]
pub struct Token {
    /// What it is good for.
    pub scopes: AccessScopes,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
    /// Whose it is.
    pub client: Client,
    /// How far the client's organization is accepted.
    pub accreditation: Accreditation,
    /// What it came of, and the account that the app acts for, if it does not
    /// act for its organization.
    pub person: Option<(ConsentId, Account)>,
}

/// A token about to be given out.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// Its hash.
    pub hash: Vec<u8>,
    /// Whose it is.
    pub client: ClientId,
    /// What it is good for.
    pub scopes: AccessScopes,
    /// What it came of; `None` where the app acts for its organization.
    pub consent: Option<ConsentId>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

impl Conn {
    /// A token with its client and whom that acts for. One statement.
    pub async fn client_token(&self, hash: &[u8]) -> Result<Option<Token>, StorageError> {
        let sql = format!(
            "SELECT t.scopes, t.expires_at, o.accreditation, {CLIENT}, n.id, {ACCOUNT} \
             FROM client_token t \
             JOIN client c ON c.id = t.client JOIN organization o ON o.id = c.organization \
             LEFT JOIN consent n ON n.id = t.consent LEFT JOIN account a ON a.id = n.account \
             WHERE t.token_hash = $1 AND c.revoked_at IS NULL",
        );
        let row = self.one(&sql, self.params().with(hash.to_vec())).await?;
        row.map(|mut row| {
            Ok(Token {
                scopes: row.code()?,
                expires_at: row.time()?,
                accreditation: row.code()?,
                client: client(&mut row)?,
                person: match row.maybe_id()? {
                    None => None,
                    Some(consent) => Some((consent, account(&mut row)?)),
                },
            })
        })
        .transpose()
    }
}

impl Tx {
    /// Writes a token, if its client stands; says whether it does.
    pub async fn insert_client_token(&self, new: &NewToken) -> Result<bool, StorageError> {
        let sql = "INSERT INTO client_token (token_hash, client, scopes, expires_at, consent) \
                   SELECT $1, id, $2, $3, $5 FROM client WHERE id = $4 AND revoked_at IS NULL";
        let params = self
            .params()
            .with(new.hash.clone())
            .with(new.scopes.to_string())
            .with(new.expires_at)
            .with(new.client)
            .with(new.consent);
        Ok(self.run(sql, params).await? > 0)
    }

    /// Ends a token of a client; says whether there was such a one.
    pub async fn delete_client_token(
        &self,
        client: ClientId,
        hash: &[u8],
    ) -> Result<bool, StorageError> {
        let sql = "DELETE FROM client_token WHERE token_hash = $1 AND client = $2";
        let params = self.params().with(hash.to_vec()).with(client);
        Ok(self.run(sql, params).await? > 0)
    }
}
