//! Positions as opaque texts that clients keep and give back.
//!
//! A cursor says (stream, epoch, position) and names no viewer, so that the
//! bytes of a payload can be shared; whoever resumes from it is authorized
//! anew. It is encrypted and authenticated, so that it tells nobody how many
//! events there are and cannot be made up.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use domain::event::{Position, StreamName};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use uuid::Uuid;

/// The first byte: which format and which key. Another key gets another byte.
const VERSION: u8 = 1;
const NONCE: usize = 24;
const TAG: usize = 16;
/// One byte for the kind of stream, sixteen for its id, epoch, position. The
/// length is the same for every stream, so that it says nothing.
const PLAIN: usize = 1 + 16 + 8 + 8;
const SEALED: usize = 1 + NONCE + PLAIN + TAG;
/// Length of the text: base64 of `SEALED` bytes without padding.
const TEXT: usize = (SEALED * 4).div_ceil(3);

/// A text that is no cursor of this forum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor of this forum")]
pub struct CursorError;

/// Seals and opens cursors.
pub struct Cursors {
    cipher: XChaCha20Poly1305,
    nonces: [u8; 32],
}

impl std::fmt::Debug for Cursors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cursors").finish_non_exhaustive()
    }
}

impl Cursors {
    /// Cursors under a secret key, which all nodes of a forum share.
    pub fn new(key: [u8; 32]) -> Self {
        let cipher = derive(&key, b"mukalma cursor encryption");
        Self {
            cipher: XChaCha20Poly1305::new(&cipher.into()),
            nonces: derive(&key, b"mukalma cursor nonce"),
        }
    }

    /// The text of a position. Equal positions give equal texts.
    pub fn seal(&self, position: Position) -> String {
        let plain = encode(position);
        let nonce = self.nonce(&plain);
        let payload = Payload {
            msg: &plain,
            aad: &[VERSION],
        };
        let sealed = self
            .cipher
            .encrypt(&XNonce::from(nonce), payload)
            .expect("a few bytes are within what the cipher can take");
        let mut bytes = Vec::with_capacity(SEALED);
        bytes.push(VERSION);
        bytes.extend_from_slice(&nonce);
        bytes.extend_from_slice(&sealed);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The position of a text.
    ///
    /// Anything but a cursor sealed under this key is an error, found before
    /// decoding if its length is wrong.
    pub fn open(&self, text: &str) -> Result<Position, CursorError> {
        if text.len() != TEXT {
            return Err(CursorError);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| CursorError)?;
        let (version, rest) = bytes.split_first_chunk::<1>().ok_or(CursorError)?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE>().ok_or(CursorError)?;
        if *version != [VERSION] {
            return Err(CursorError);
        }
        let payload = Payload {
            msg: sealed,
            aad: &[VERSION],
        };
        let plain = self
            .cipher
            .decrypt(&XNonce::from(*nonce), payload)
            .map_err(|_| CursorError)?;
        decode(&plain).ok_or(CursorError)
    }

    /// A nonce made from the plaintext, so that no randomness is needed: two
    /// different positions never share one, and the same position under the
    /// same nonce is the same text.
    fn nonce(&self, plain: &[u8]) -> [u8; NONCE] {
        let full = derive(&self.nonces, plain);
        let mut nonce = [0; NONCE];
        nonce.copy_from_slice(&full[..NONCE]);
        nonce
    }
}

fn derive(key: &[u8; 32], label: &[u8]) -> [u8; 32] {
    let mut mac =
        <Hmac<Sha256> as KeyInit>::new_from_slice(key).expect("any length of key will do");
    mac.update(label);
    mac.finalize().into_bytes().into()
}

fn encode(position: Position) -> [u8; PLAIN] {
    let (kind, id) = match position.stream {
        StreamName::Thread(id) => (1, id.0),
        StreamName::Inbox(id) => (2, id.0),
        StreamName::PersonaInbox(id) => (3, id.0),
        StreamName::Desk(id) => (4, id.0),
        StreamName::Moderation => (5, Uuid::nil()),
        StreamName::Feed => (6, Uuid::nil()),
        StreamName::Directory => (7, Uuid::nil()),
        StreamName::Access => (8, Uuid::nil()),
        StreamName::Retraction => (10, Uuid::nil()),
    };
    let mut plain = [0; PLAIN];
    plain[0] = kind;
    plain[1..17].copy_from_slice(id.as_bytes());
    plain[17..25].copy_from_slice(&position.epoch.to_be_bytes());
    plain[25..33].copy_from_slice(&position.pos.to_be_bytes());
    plain
}

fn decode(plain: &[u8]) -> Option<Position> {
    let (kind, rest) = plain.split_first()?;
    let (id, rest) = rest.split_first_chunk::<16>()?;
    let (epoch, rest) = rest.split_first_chunk::<8>()?;
    let pos = rest.try_into().ok()?;
    let id = Uuid::from_bytes(*id);
    let stream = match kind {
        1 => StreamName::Thread(id.into()),
        2 => StreamName::Inbox(id.into()),
        3 => StreamName::PersonaInbox(id.into()),
        4 => StreamName::Desk(id.into()),
        5 => StreamName::Moderation,
        6 if id.is_nil() => StreamName::Feed,
        7 => StreamName::Directory,
        8 => StreamName::Access,
        10 => StreamName::Retraction,
        _ => return None,
    };
    Some(Position {
        stream,
        epoch: i64::from_be_bytes(*epoch),
        pos: i64::from_be_bytes(pos),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn positions() -> Vec<Position> {
        let id = Uuid::from_u128(0x0123_4567_89ab_cdef);
        [
            StreamName::Thread(id.into()),
            StreamName::Inbox(id.into()),
            StreamName::PersonaInbox(id.into()),
            StreamName::Desk(id.into()),
            StreamName::Moderation,
            StreamName::Feed,
            StreamName::Directory,
            StreamName::Access,
            StreamName::Retraction,
        ]
        .into_iter()
        .map(|stream| Position {
            stream,
            epoch: 7,
            pos: i64::MAX,
        })
        .collect()
    }

    #[test]
    fn every_kind_of_stream_comes_back_as_it_went_in() {
        let cursors = Cursors::new([1; 32]);
        for position in positions() {
            assert_eq!(cursors.open(&cursors.seal(position)), Ok(position));
        }
    }

    #[test]
    fn equal_positions_give_equal_texts_of_one_length() {
        let cursors = Cursors::new([1; 32]);
        for position in positions() {
            let text = cursors.seal(position);
            assert_eq!(text, Cursors::new([1; 32]).seal(position));
            assert_eq!(text.len(), TEXT);
        }
    }

    #[test]
    fn neighbours_have_nothing_in_common() {
        let cursors = Cursors::new([1; 32]);
        let at = |pos| {
            cursors.seal(Position {
                stream: StreamName::Moderation,
                epoch: 1,
                pos,
            })
        };
        let (one, two) = (at(1), at(2));
        let same = one.bytes().zip(two.bytes()).filter(|(a, b)| a == b).count();
        assert!(same < 12, "{same} of {TEXT} characters are the same");
    }

    #[test]
    fn any_changed_character_is_refused() {
        let cursors = Cursors::new([1; 32]);
        let text = cursors.seal(positions()[0]);
        // The last character carries unused bits, which the decoder refuses
        // by itself; every other one reaches the cipher.
        for index in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[index] = if bytes[index] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            assert_eq!(cursors.open(&changed), Err(CursorError), "at {index}");
        }
    }

    #[test]
    fn a_cursor_of_another_forum_is_refused() {
        let text = Cursors::new([1; 32]).seal(positions()[0]);
        assert_eq!(Cursors::new([2; 32]).open(&text), Err(CursorError));
    }

    #[test]
    fn garbage_of_any_length_is_refused() {
        let cursors = Cursors::new([1; 32]);
        for length in (0..300).chain([1_000_000]) {
            assert_eq!(cursors.open(&"A".repeat(length)), Err(CursorError));
        }
        assert_eq!(cursors.open(&"é".repeat(TEXT / 2)), Err(CursorError));
    }
}
