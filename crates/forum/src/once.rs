//! Acts that are done once however often they are asked for.

use chrono::Duration;
use sha2::{Digest, Sha256};
use storage::Tx;
use storage::idempotency::{Claim, Claimed};
use uuid::Uuid;

use crate::{Error, Forum, Problem, Viewer};

/// For how long a repeated key gives the same result.
const KEPT_FOR: Duration = Duration::days(7);

/// The greatest length of a `clientMutationId`, in bytes.
const KEY_MAX: usize = 255;

/// What makes a mutation repeatable: the key its caller chose, and a hash of
/// the input without it.
#[derive(Debug, Clone, Default)]
pub struct Once {
    /// `clientMutationId`, if one was given.
    pub key: Option<String>,
    /// A hash of the rest of the input.
    pub input_hash: [u8; 32],
    /// Whether its author knows of the personal information in its texts.
    pub confirmed: bool,
}

impl Once {
    /// The same, as its author confirms it or not.
    #[must_use]
    pub fn confirmed(self, confirmed: bool) -> Self {
        Self { confirmed, ..self }
    }
}

/// What came of a repeatable write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written<T> {
    /// It was done now.
    Now(T),
    /// It had been done; the id of its result, to be looked up under the
    /// rights of now.
    Before(Uuid),
}

impl<T> Written<T> {
    /// The id of the result.
    pub fn id(&self, of: impl FnOnce(&T) -> Uuid) -> Uuid {
        match self {
            Self::Now(value) => of(value),
            Self::Before(id) => *id,
        }
    }
}

impl Forum {
    /// What to claim for an act of this viewer whose result will have this
    /// id. `None` without a key.
    pub(crate) fn claim(
        &self,
        viewer: &Viewer,
        operation: &'static str,
        once: &Once,
        result: Uuid,
    ) -> Result<Option<Claim>, Error> {
        let Some(key) = &once.key else {
            return Ok(None);
        };
        if key.is_empty() || key.len() > KEY_MAX {
            return Err(Error::at(
                "clientMutationId",
                Problem::Invalid("a key has 1 to 255 bytes"),
            ));
        }
        let account = viewer.actor.account.map(Uuid::from).unwrap_or_default();
        // Hashed together with the actor: a dump does not tell whose key it is.
        let mut hash = Sha256::new();
        hash.update(self.settings.pepper());
        hash.update(account.as_bytes());
        hash.update(key.as_bytes());
        Ok(Some(Claim {
            key_hash: hash.finalize().to_vec(),
            operation,
            input_hash: once.input_hash.to_vec(),
            result,
            expires_at: self.now() + KEPT_FOR,
        }))
    }
}

/// Claims inside a transaction. `Some` is the result of before.
pub(crate) async fn claimed(tx: &Tx, claim: Option<&Claim>) -> Result<Option<Uuid>, Error> {
    let Some(claim) = claim else {
        return Ok(None);
    };
    match tx.claim(claim).await? {
        Claimed::New => Ok(None),
        Claimed::Done(id) => Ok(Some(id)),
        Claimed::Reused => Err(reused()),
    }
}

/// What is said of a key that stands for another act.
pub(crate) fn reused() -> Error {
    Error::at("clientMutationId", Problem::IdempotencyKeyReused)
}
