//! Tokens and codes: made here, given out once, kept as hashes only.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::text::search_form;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::Forum;

/// The length of a token: 256 bits in base64url (RFC 4648, section 5).
pub(super) const TOKEN_LENGTH: usize = 43;

/// How many characters a code has, of five bits each: 140 bits.
const CODE_LENGTH: usize = 28;

/// So many characters stand together.
const GROUP: usize = 4;

/// Crockford's base 32, in which no two characters are taken for each other.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The hash under which a secret is kept. Secrets have at least 128 bits, so
/// that one round is enough; without the pepper, a dump does not even tell
/// whether a secret that leaked elsewhere is one of ours.
pub(super) fn hash(pepper: &[u8; 32], secret: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(pepper);
    hash.update(secret.as_bytes());
    hash.finalize().into()
}

/// The hash of a code as somebody typed it: in capitals or not, with O for 0
/// and I or L for 1, with or without hyphens and spaces, with Urdu digits.
pub(super) fn hash_typed(pepper: &[u8; 32], typed: &str) -> [u8; 32] {
    // Anything much longer is no code; what is beyond cannot make it one.
    let typed: String = typed.chars().take(4 * CODE_LENGTH).collect();
    let plain: String = search_form(&typed)
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect();
    hash(pepper, &plain)
}

/// A code out of random bytes, in groups of four: `7K3Q-X9DB-…`.
pub(super) fn code(random: [u8; CODE_LENGTH]) -> String {
    let mut code = String::with_capacity(CODE_LENGTH + CODE_LENGTH / GROUP);
    for (at, byte) in random.iter().enumerate() {
        if at > 0 && at % GROUP == 0 {
            code.push('-');
        }
        code.push(char::from(ALPHABET[usize::from(byte & 31)]));
    }
    code
}

/// Randomness drawn once, outside a transaction, for a number of objects that
/// is known only within. Running again gives the same.
#[derive(Clone, Copy)]
pub(super) struct Seed([u8; 32]);

impl Seed {
    /// Bytes for one object.
    pub(super) fn bytes<const N: usize>(&self, object: Uuid) -> [u8; N] {
        const { assert!(N <= 32) };
        let mut hash = Sha256::new();
        hash.update(self.0);
        hash.update(object.as_bytes());
        let whole: [u8; 32] = hash.finalize().into();
        std::array::from_fn(|at| whole[at])
    }

    /// A code for one object.
    pub(super) fn code(&self, object: Uuid) -> String {
        code(self.bytes(object))
    }
}

impl Forum {
    /// A secret to give out that begins with these characters, by which
    /// programs that look for leaks know it, and the hash to keep.
    pub(super) fn new_secret(&self, prefix: &str) -> (String, Vec<u8>) {
        let secret = format!("{prefix}{}", URL_SAFE_NO_PAD.encode(self.random::<32>()));
        let hash = hash(self.settings.pepper(), &secret).to_vec();
        (secret, hash)
    }

    /// A token to give out, and the hash to keep.
    pub(super) fn new_token(&self) -> (String, Vec<u8>) {
        self.new_secret("")
    }

    /// A code to give out, and the hash to keep.
    pub(super) fn code_to_give(&self) -> (String, Vec<u8>) {
        let code = code(self.random());
        let hash = hash_typed(self.settings.pepper(), &code).to_vec();
        (code, hash)
    }

    /// Randomness for what is made within a transaction.
    pub(super) fn new_seed(&self) -> Seed {
        Seed(self.random())
    }
}

#[cfg(test)]
mod tests {
    use super::{CODE_LENGTH, code, hash_typed};

    #[test]
    fn a_code_is_found_however_it_is_typed() {
        let code = code(std::array::from_fn(|at| u8::try_from(at).unwrap()));
        assert_eq!(code, "0123-4567-89AB-CDEF-GHJK-MNPQ-RSTV");
        let hash = hash_typed(&[7; 32], &code);
        for typed in [
            "0123456789abcdefghjkmnpqrstv",
            " O123 4567 89AB CDEF GHJK MNPQ RSTV ",
            "o l 2 3-4567-89AB-CDEF-GHJK-MNPQ-RSTV",
            "۰۱۲۳-۴۵۶۷-۸۹AB-CDEF-GHJK-MNPQ-RSTV",
        ] {
            assert_eq!(hash_typed(&[7; 32], typed), hash, "{typed}");
        }
        assert_ne!(hash_typed(&[8; 32], &code), hash);
        assert_ne!(hash_typed(&[7; 32], &code[..CODE_LENGTH]), hash);
    }
}
