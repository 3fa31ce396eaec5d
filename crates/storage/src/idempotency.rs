//! Acts that are done once however often they are asked for.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::error::StorageError;
use crate::params::Params;
use crate::write::Tx;

/// What a key stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// A hash over who acts and the key he chose.
    pub key_hash: Vec<u8>,
    /// The operation's name.
    pub operation: &'static str,
    /// A hash of its input.
    pub input_hash: Vec<u8>,
    /// The id that the result will have, drawn beforehand.
    pub result: Uuid,
    /// When the key is forgotten.
    pub expires_at: DateTime<Utc>,
}

impl Claim {
    /// Writes it, unless the key is taken and not forgotten yet.
    pub(crate) fn insert(&self, now: DateTime<Utc>, params: &mut Params) -> String {
        let key_hash = params.push(self.key_hash.clone());
        let operation = params.push(self.operation);
        let input_hash = params.push(self.input_hash.clone());
        let result = params.push(self.result);
        let expires_at = params.push(self.expires_at);
        let now = params.push(now);
        format!(
            "INSERT INTO idempotency (key_hash, operation, input_hash, result, expires_at) \
             VALUES ({key_hash}, {operation}, {input_hash}, {result}, {expires_at}) \
             ON CONFLICT (key_hash) DO UPDATE SET operation = excluded.operation, \
             input_hash = excluded.input_hash, result = excluded.result, \
             expires_at = excluded.expires_at WHERE idempotency.expires_at < {now}"
        )
    }
}

/// What claiming a key found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claimed {
    /// The act is new.
    New,
    /// The same act was done; its result.
    Done(Uuid),
    /// The key stands for another act.
    Reused,
}

impl Tx {
    /// Claims a key. One statement if the act is new.
    pub async fn claim(&self, claim: &Claim) -> Result<Claimed, StorageError> {
        let mut params = self.params();
        let sql = claim.insert(self.now(), &mut params);
        if self.run(&sql, params).await? > 0 {
            return Ok(Claimed::New);
        }
        self.claimed_before(claim).await
    }

    /// What stands under a key that is taken.
    pub(crate) async fn claimed_before(&self, claim: &Claim) -> Result<Claimed, StorageError> {
        let sql = "SELECT operation, input_hash, result FROM idempotency WHERE key_hash = $1";
        let params = self.params().with(claim.key_hash.clone());
        let mut row = self
            .one(sql, params)
            .await?
            .ok_or(StorageError::Corrupt("a key"))?;
        let operation: String = row.get()?;
        let input_hash: Vec<u8> = row.get()?;
        let result = row.get()?;
        Ok(
            if operation != claim.operation || input_hash != claim.input_hash {
                Claimed::Reused
            } else {
                Claimed::Done(result)
            },
        )
    }
}
