//! Checkpoints: the size and root of the log, signed.
//!
//! Their text is the C2SP checkpoint (c2sp.org/tlog-checkpoint), their
//! signature that of a C2SP signed note (c2sp.org/signed-note) with Ed25519.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};

use crate::hex;
use crate::merkle::{HASH_BYTES, Hash};

/// The number of Ed25519 among the algorithms of signed notes.
const ED25519: u8 = 1;
/// What a line of a signature begins with.
const SIGNED_BY: &str = "\u{2014} ";
/// The bytes of a key's id.
const ID_BYTES: usize = 4;

/// The key that checkpoints are signed with.
#[derive(Clone)]
pub struct Key {
    signing: SigningKey,
    public: PublicKey,
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Key").field(&self.public).finish()
    }
}

impl Key {
    /// The key made of this seed.
    ///
    /// Its log is named after the public key: so no two logs have one name, and
    /// the name outlives the forum's address.
    pub fn of_seed(seed: [u8; 32]) -> Self {
        let signing = SigningKey::from_bytes(&seed);
        let verifying = signing.verifying_key();
        let digest = Sha256::digest(verifying.as_bytes());
        let name = hex(digest.as_slice().split_at(8).0);
        let public = PublicKey {
            name: format!("mukalma/audit/{name}"),
            verifying,
        };
        Self { signing, public }
    }

    /// What its signatures are checked with.
    pub const fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Signs the state of the log.
    pub fn sign(&self, size: u64, root: &Hash) -> String {
        let text = format!("{}\n{size}\n{}\n", self.public.name, STANDARD.encode(root));
        let signature = self.signing.sign(text.as_bytes()).to_bytes();
        let signed = [self.public.id().as_slice(), &signature].concat();
        format!(
            "{text}\n{SIGNED_BY}{} {}\n",
            self.public.name,
            STANDARD.encode(signed)
        )
    }
}

/// What checkpoints are checked with: as text, the verifier key of a signed
/// note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    name: String,
    verifying: VerifyingKey,
}

impl PublicKey {
    /// The name of the log.
    pub fn name(&self) -> &str {
        &self.name
    }

    fn typed(&self) -> [u8; 33] {
        let mut typed = [ED25519; 33];
        typed[1..].copy_from_slice(self.verifying.as_bytes());
        typed
    }

    fn id(&self) -> [u8; ID_BYTES] {
        let mut hash = Sha256::new();
        hash.update(self.name.as_bytes());
        hash.update(b"\n");
        hash.update(self.typed());
        let hash: Hash = hash.finalize().into();
        let [a, b, c, d, ..] = hash;
        [a, b, c, d]
    }

    /// Reads the checkpoint at the beginning of a text that it signed, and gives
    /// what stands after it.
    pub fn read<'t>(&self, text: &'t str) -> Result<(Checkpoint, &'t str), NoteError> {
        let (signed, rest) = text.split_once("\n\n").ok_or(NoteError::Form)?;
        let mut end = 0;
        for line in rest.split_inclusive('\n') {
            if !line.starts_with(SIGNED_BY) {
                break;
            }
            end += line.len();
        }
        let (signatures, rest) = rest.split_at(end);
        let signed = format!("{signed}\n");
        let mut lines = signed.lines();
        let mut next = || lines.next().ok_or(NoteError::Form);
        let (name, size, root) = (next()?, next()?, next()?);
        if name != self.name {
            return Err(NoteError::AnotherLog);
        }
        let number: u64 = size.parse().map_err(|_| NoteError::Form)?;
        let root = STANDARD.decode(root).map_err(|_| NoteError::Form)?;
        let root: Hash = root.try_into().map_err(|_| NoteError::Form)?;
        // One number has one text.
        if number.to_string() != size {
            return Err(NoteError::Form);
        }
        let known = signatures.lines().any(|line| self.signed(&signed, line));
        let checkpoint = Checkpoint { size: number, root };
        known
            .then_some((checkpoint, rest))
            .ok_or(NoteError::Signature)
    }

    /// Reads a checkpoint that stands as [`Key::sign`] wrote it, to the byte: with no
    /// other signature, and with every line ended. Where nobody else writes, whatever
    /// else stands there was put in by hand.
    pub fn read_own(&self, text: &str) -> Result<Checkpoint, NoteError> {
        let (checkpoint, rest) = self.read(text)?;
        // Three lines that are signed, an empty one, and the signature.
        let lines = text.strip_suffix('\n').map(|text| text.split('\n').count());
        let own = rest.is_empty() && lines == Some(5) && !text.contains('\r');
        own.then_some(checkpoint).ok_or(NoteError::Form)
    }

    fn signed(&self, text: &str, line: &str) -> bool {
        let named = line
            .strip_prefix(SIGNED_BY)
            .and_then(|line| line.split_once(' '))
            .filter(|(name, _)| *name == self.name);
        let bytes = named.and_then(|(_, bytes)| STANDARD.decode(bytes).ok());
        let bytes = bytes.as_deref().and_then(|bytes| bytes.split_first_chunk());
        let Some((_, signature)) = bytes.filter(|(id, _)| **id == self.id()) else {
            return false;
        };
        Signature::from_slice(signature).is_ok_and(|signature| {
            self.verifying
                .verify_strict(text.as_bytes(), &signature)
                .is_ok()
        })
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = STANDARD.encode(self.typed());
        write!(f, "{}+{}+{key}", self.name, hex(&self.id()))
    }
}

/// A text is no verifier key of Ed25519.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is no verifier key of a signed note with Ed25519")]
pub struct KeyError;

impl FromStr for PublicKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let mut parts = text.trim().splitn(3, '+');
        let mut next = || parts.next().ok_or(KeyError);
        let (name, id, key) = (next()?, next()?, next()?);
        let key = STANDARD.decode(key).map_err(|_| KeyError)?;
        let key = match key.split_first() {
            Some((&ED25519, key)) => VerifyingKey::try_from(key).map_err(|_| KeyError)?,
            _ => return Err(KeyError),
        };
        let read = Self {
            name: name.to_owned(),
            verifying: key,
        };
        (hex(&read.id()) == id).then_some(read).ok_or(KeyError)
    }
}

/// The state of the log at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checkpoint {
    /// How many entries it had.
    pub size: u64,
    /// The root of the tree over them.
    pub root: [u8; HASH_BYTES],
}

/// Why a text is no checkpoint of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// It has not the form of one.
    #[error("it has not the form of a checkpoint")]
    Form,
    /// It is one of another log.
    #[error("it is a checkpoint of another log")]
    AnotherLog,
    /// It is not signed with the log's key.
    #[error("it is not signed with the log's key")]
    Signature,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_is_read_by_whoever_has_the_public_key() {
        let key = Key::of_seed([7; 32]);
        let public: PublicKey = key.public().to_string().parse().unwrap();
        let text = key.sign(3, &[1; 32]) + &key.sign(4, &[2; 32]);
        let (first, rest) = public.read(&text).unwrap();
        assert_eq!((first.size, first.root), (3, [1; 32]));
        assert_eq!(
            public.read(rest).unwrap(),
            (
                Checkpoint {
                    size: 4,
                    root: [2; 32]
                },
                ""
            )
        );
    }

    #[test]
    fn whatever_is_changed_in_a_checkpoint_is_refused() {
        let key = Key::of_seed([7; 32]);
        let text = key.sign(3, &[1; 32]);
        for at in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[at] ^= 1;
            let read =
                String::from_utf8(changed).map(|changed| key.public().read(&changed).is_ok());
            assert_ne!(read, Ok(true), "byte {at}");
        }
    }

    #[test]
    fn what_stands_beside_a_checkpoint_is_none_of_ones_own() {
        let key = Key::of_seed([7; 32]);
        let text = key.sign(3, &[1; 32]);
        assert!(key.public().read_own(&text).is_ok());
        let line = text.trim_end();
        for changed in [
            line.to_owned(),
            format!("{line}\r\n"),
            format!("{text}\n"),
            format!("{text}{text}"),
            format!("{text}{SIGNED_BY}another AAAA\n"),
        ] {
            assert!(key.public().read_own(&changed).is_err(), "{changed:?}");
        }
    }

    #[test]
    fn another_key_signs_nothing_of_this_log() {
        let text = Key::of_seed([8; 32]).sign(3, &[1; 32]);
        assert_eq!(
            Key::of_seed([7; 32]).public().read(&text),
            Err(NoteError::AnotherLog)
        );
    }
}
