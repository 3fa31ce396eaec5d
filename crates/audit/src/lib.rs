//! The format of the audit log: entries, the Merkle tree over them, and the
//! signed checkpoints by which anybody who kept one can tell whether the log
//! was changed since.
//!
//! Nothing here reads or writes: the same code seals what the server writes and
//! proves, away from it, what a copy of its database says.

mod entry;
mod merkle;
mod note;
mod verify;

pub use entry::{Commitment, Entry, Opening, Recorded, SALT_BYTES, commit};
pub use merkle::{Frontier, HASH_BYTES, Hash, included, leaf, prove};
pub use note::{Checkpoint, Key, KeyError, NoteError, PublicKey};
pub use verify::{Check, ERASE, FAULTS_MAX, Fault, Head, MODERATE, Report, StoredEntry};

/// Bytes as pairs of hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing into a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
