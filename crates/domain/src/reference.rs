//! What a concern is called on paper: `MKL-2026-7K3QX9D0`.
//!
//! A forum's prefix, the year, seven random characters of Crockford's base 32
//! and a check character. The number is random because a counter would tell
//! how many concerns are hidden.
//!
//! # The check character
//!
//! Prefix, year, random characters and check character are read as elements
//! of GF(32) and weighed with ascending powers of a primitive element α, the
//! check character with α⁰; the sum is zero. No weight is zero, so every
//! single wrong character is caught; no two of the at most 17 weights are
//! alike (α has order 31), so every exchange of two different characters is
//! caught as well, adjacent or not.

use std::fmt;

use crate::text::{ascii_digit, is_invisible};

/// Crockford's base 32: no I, L, O (they look like digits) and no U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The random characters and the check character.
const CODE: usize = 8;
const YEAR: usize = 4;

/// The letters that a forum's references begin with.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Prefix(String);

impl Prefix {
    /// Reads a prefix: 2 to 5 ASCII capital letters.
    pub fn parse(text: &str) -> Result<Self, ReferenceError> {
        let letters = text.bytes().all(|byte| byte.is_ascii_uppercase());
        if letters && (2..=5).contains(&text.len()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(ReferenceError::Form)
        }
    }

    /// The letters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a text is no reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceError {
    /// It is not built as one.
    #[error("is not built like a reference (MKL-2026-7K3QX9D0)")]
    Form,
    /// It is, but the check character says that it was mistyped.
    #[error("is mistyped somewhere")]
    Check,
}

/// A reference in its canonical form.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Reference(String);

impl Reference {
    /// Makes a reference from 35 of the 40 random bits. Of the year, the last
    /// four digits are written.
    pub fn new(prefix: &Prefix, year: i32, random: [u8; 5]) -> Self {
        let bits = random
            .iter()
            .fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        let mut text = format!("{}-{:04}-", prefix.0, year.rem_euclid(10_000));
        for place in (1..CODE).rev() {
            text.push(symbol((bits >> (5 * place)).to_le_bytes()[0]));
        }
        let check = weigh(&text).map_or(0, times_alpha);
        text.push(symbol(check));
        Self(text)
    }

    /// Reads what a person typed: in capitals or not, with O for 0 and I or L
    /// for 1 after the year's first figure, with or without hyphens and
    /// spaces, with Urdu or Arabic digits.
    pub fn parse(text: &str) -> Result<Self, ReferenceError> {
        let typed: Vec<char> = text
            .chars()
            .filter(|c| !is_separator(*c))
            .map(plain)
            .collect();
        let letters = typed
            .len()
            .checked_sub(YEAR + CODE)
            .ok_or(ReferenceError::Form)?;
        let (prefix, number) = typed.split_at(letters);
        let prefix = Prefix::parse(&String::from_iter(prefix))?;
        // Were the year's first figure guessed too, the L of a prefix could
        // be taken for it where a character is missing.
        if !number.first().is_some_and(char::is_ascii_digit) {
            return Err(ReferenceError::Form);
        }
        let number: String = number.iter().copied().map(digit_meant).collect();
        let (year, code) = number.split_at_checked(YEAR).ok_or(ReferenceError::Form)?;
        if !year.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(ReferenceError::Form);
        }
        let text = format!("{}-{year}-{code}", prefix.0);
        match weigh(&text) {
            Some(0) => Ok(Self(text)),
            Some(_) => Err(ReferenceError::Check),
            None => Err(ReferenceError::Form),
        }
    }

    /// The canonical text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for Reference {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        Self::parse(text)
    }
}

/// What people and word processors put between the parts.
fn is_separator(c: char) -> bool {
    c.is_whitespace() || is_invisible(c) || matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

fn plain(c: char) -> char {
    match c {
        '۰'..='۹' => ascii_digit(c, '۰'),
        '٠'..='٩' => ascii_digit(c, '٠'),
        other => other.to_ascii_uppercase(),
    }
}

fn digit_meant(c: char) -> char {
    match c {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    }
}

/// The character of the lowest five bits.
fn symbol(bits: u8) -> char {
    char::from(ALPHABET[usize::from(bits & 31)])
}

/// The weighed sum of a reference, `None` if a character does not belong
/// there. Horner's rule: the last character weighs α⁰.
fn weigh(text: &str) -> Option<u8> {
    let prefix = text.find('-')?;
    let mut sum = 0;
    for (at, byte) in text.bytes().enumerate().filter(|(_, byte)| *byte != b'-') {
        let value = if at < prefix {
            // From 1 on, so that an A too many in front is not lost as a zero.
            byte.checked_sub(b'A')? + 1
        } else {
            u8::try_from(ALPHABET.iter().position(|symbol| *symbol == byte)?).ok()?
        };
        sum = times_alpha(sum) ^ value;
    }
    Some(sum)
}

/// Multiplies by α in GF(32) modulo x⁵ + x² + 1, of which α is a root and
/// primitive.
const fn times_alpha(value: u8) -> u8 {
    let doubled = value << 1;
    if doubled & 0b10_0000 == 0 {
        doubled
    } else {
        doubled ^ 0b10_0101
    }
}

#[cfg(test)]
mod tests;
