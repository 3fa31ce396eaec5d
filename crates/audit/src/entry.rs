//! What an entry says.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::hex;

/// The bytes of a salt.
pub const SALT_BYTES: usize = 32;

/// Stands for a person: whoever has the opening can tell whom it means, and
/// once that is destroyed nobody can.
pub type Commitment = String;

/// An entry. Its JSON, with the fields in this order and nothing between them,
/// is what the tree is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The how manieth it is, from 0.
    pub index: u64,
    /// When it was done, in microseconds since 1970.
    pub at: i64,
    /// What was done, as a code.
    pub act: String,
    /// Who did it; none where the forum did, or its operator.
    pub by: Option<Commitment>,
    /// To whom.
    pub about: Vec<Commitment>,
    /// To what: the id of a thread, an agency, an app.
    pub object: Option<String>,
    /// What else there is to it, as a code.
    pub detail: Option<String>,
    /// What it wrote into the public record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<Recorded>,
}

/// An entry of the public record, and what stands in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recorded {
    /// Its id, which is random.
    pub id: String,
    /// The hash of the id and all that it says.
    pub hash: String,
}

impl Recorded {
    /// Commits to what an entry of the record says, column by column.
    pub fn of(id: String, said: &[Option<String>]) -> Self {
        // Strings, and lists of them, always have a JSON.
        let whole = serde_json::to_vec(&(&id, said)).unwrap_or_default();
        let mut hash = Sha256::new();
        hash.update(b"mukalma public record\n");
        hash.update(whole);
        Self {
            hash: hex(&hash.finalize()),
            id,
        }
    }
}

impl Entry {
    /// The bytes that the tree is over.
    pub fn body(&self) -> String {
        // Strings, numbers and lists of them always have a JSON.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads a body. `None` if it is not, byte for byte, the body of an entry.
    pub fn of_body(body: &str) -> Option<Self> {
        let read: Self = serde_json::from_str(body).ok()?;
        (read.body() == body).then_some(read)
    }

    /// Those that it stands for people with: who did it, then to whom.
    pub fn commitments(&self) -> impl Iterator<Item = &Commitment> {
        self.by.iter().chain(&self.about)
    }
}

/// What a commitment of an entry means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// Which of the entry's commitments, from 0.
    pub place: u32,
    /// What was hashed before it.
    pub salt: Vec<u8>,
    /// The id of the account.
    pub account: [u8; 16],
}

/// Commits to an account.
pub fn commit(salt: &[u8], account: &[u8; 16]) -> Commitment {
    let mut hash = Sha256::new();
    hash.update(b"mukalma audit account\n");
    hash.update(salt);
    hash.update(account);
    hex(&hash.finalize())
}
