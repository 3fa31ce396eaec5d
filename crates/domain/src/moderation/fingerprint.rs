//! Fingerprints of texts, by which those that are nearly the same are found.
//!
//! A fingerprint is the simhash of M. Charikar, "Similarity estimation
//! techniques from rounding algorithms" (STOC 2002), over single words and pairs
//! of neighbours: each of them, hashed, votes on every bit. Of texts that share
//! most words few bits differ; of others about half do. Of a text of few words it
//! is a hash of the letters and digits alone, which says only whether it is the
//! same. That hash is kept of every text by itself, as its wording.

#[cfg(test)]
mod tests;

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use crate::text::search_form;

/// Fingerprints that differ in at most so many of their 64 bits are of texts
/// that are nearly the same.
const NEAR_BITS: u32 = 10;

/// Of texts with fewer words nothing is said but whether they are the same: a
/// word more or less makes another text of them.
const TELLING_WORDS: usize = 12;

/// Of texts with fewer words nothing is said at all: too many people greet, thank
/// or agree in the same words.
const GREETING_WORDS: usize = 4;

/// The same of texts with fewer letters and digits.
const GREETING_LETTERS: usize = 20;

/// So many bits of a wording's hash are kept; those before them are the day's.
const HASH_BITS: u32 = 48;

const DAY_SECONDS: i64 = 86_400;

/// What is kept of a text to compare it with others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint {
    bits: u64,
    /// In so many bits at most those differ that are near; `None` where none is.
    near: Option<u32>,
}

impl Fingerprint {
    /// The fingerprint of a text, in the form in which it is searched.
    pub fn of(text: &str) -> Self {
        let form = search_form(text);
        let words: Vec<&str> = form.split(' ').filter(|word| !word.is_empty()).collect();
        if words.len() < TELLING_WORDS {
            return Self::of_few_words(&form);
        }
        let singles = words.iter().map(|word| hash(word.bytes()));
        let pairs = words.windows(2).map(|pair| {
            let both = pair[0].bytes().chain([b' ']).chain(pair[1].bytes());
            hash(both)
        });
        let mut seen = HashSet::new();
        let mut votes = [0_i32; 64];
        for feature in singles.chain(pairs).filter(|one| seen.insert(*one)) {
            for (bit, vote) in votes.iter_mut().enumerate() {
                *vote += if feature >> bit & 1 == 1 { 1 } else { -1 };
            }
        }
        let set = votes.iter().enumerate().filter(|(_, vote)| **vote > 0);
        Self {
            bits: set.fold(0, |bits, (bit, _)| bits | 1 << bit),
            near: Some(NEAR_BITS),
        }
    }

    /// The fingerprint of a text of few words, in the form in which it is searched.
    fn of_few_words(form: &str) -> Self {
        Self {
            bits: hash(letters(form).flat_map(str::bytes)),
            near: (!greets(form)).then_some(0),
        }
    }

    /// Whether the text is so long that another that is near says something.
    pub const fn is_telling(self) -> bool {
        self.near.is_some()
    }

    /// As it is kept.
    pub const fn kept(self) -> i64 {
        self.bits.cast_signed()
    }

    /// Whether the text is nearly the one of a kept fingerprint; of few words, the
    /// same. Never of one that is too short to tell.
    pub const fn is_near(self, kept: i64) -> bool {
        match self.near {
            None => false,
            Some(most) => (self.bits ^ kept.cast_unsigned()).count_ones() <= most,
        }
    }
}

/// What is kept of a text to find the same again, however it is spaced and
/// punctuated: a hash of its letters and digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wording {
    hash: u64,
    long: bool,
}

impl Wording {
    /// The wording of a text; `None` of one that is so short that the same again
    /// says nothing.
    pub fn of(text: &str) -> Option<Self> {
        let form = search_form(text);
        if greets(&form) {
            return None;
        }
        let words = form.split(' ').filter(|word| !word.is_empty());
        Some(Self {
            hash: hash(letters(&form).flat_map(str::bytes)),
            long: words.take(TELLING_WORDS).count() == TELLING_WORDS,
        })
    }

    /// Whether the text is so long that others do not write the same by chance.
    pub const fn is_long(self) -> bool {
        self.long
    }

    /// As it is kept of a text that was written at this moment: behind the number of
    /// the day, so that what was written lately stands together in an index and what
    /// is older is not met there.
    pub fn kept(self, at: DateTime<Utc>) -> i64 {
        let day = at.timestamp().div_euclid(DAY_SECONDS).cast_unsigned();
        ((day << HASH_BITS) | (self.hash >> (u64::BITS - HASH_BITS))).cast_signed()
    }
}

/// The words of a text that is in the form in which it is searched, of letters and
/// digits alone: how it is spaced and punctuated says nothing.
fn letters(form: &str) -> impl Iterator<Item = &str> {
    let words = form.split(|c: char| !c.is_alphanumeric());
    words.filter(|word| !word.is_empty())
}

/// Whether a text in that form is no longer than a greeting.
fn greets(form: &str) -> bool {
    let characters = letters(form).flat_map(str::chars);
    letters(form).take(GREETING_WORDS).count() < GREETING_WORDS
        || characters.take(GREETING_LETTERS).count() < GREETING_LETTERS
}

/// FNV-1a, with its bits mixed as `SplitMix64` does.
fn hash(bytes: impl Iterator<Item = u8>) -> u64 {
    let mut hash = bytes.fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
    });
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    hash ^ (hash >> 31)
}
