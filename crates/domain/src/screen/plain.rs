//! The form in which texts are screened.

use crate::text::{ascii_digit, is_invisible, is_sign, one_letter};

/// A text in plain form, and where each piece of it came from.
///
/// Letters that are taken for one another are one, and small; digits, dashes
/// and the wide and mathematical forms of all these are ASCII; white space
/// within a line is a space. What is invisible is left out.
pub(super) struct Plain<'a> {
    source: &'a str,
    text: String,
    /// For each byte of the plain text, the byte of the source at which the
    /// character begins that it stands for.
    from: Vec<usize>,
}

impl<'a> Plain<'a> {
    pub(super) fn of(source: &'a str) -> Self {
        let mut text = String::with_capacity(source.len());
        let mut from = Vec::with_capacity(source.len());
        for (at, c) in source.char_indices() {
            if c.is_ascii() {
                text.push(ascii(c));
            } else if is_sign(c) || is_invisible(c) {
                continue;
            } else {
                text.extend(letter(c).to_lowercase());
            }
            from.resize(text.len(), at);
        }
        Self { source, text, from }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// Where in the source, in bytes, a piece of the plain text came from.
    pub(super) fn source(&self, start: usize, end: usize) -> (usize, usize) {
        let place = |at: usize| self.from.get(at).copied().unwrap_or(self.source.len());
        let last = end.checked_sub(1).map_or(0, place);
        let length = self.source[last..].chars().next().map_or(0, char::len_utf8);
        (place(start), last + length)
    }

    /// A piece of the plain text as it was written.
    pub(super) fn written(&self, start: usize, end: usize) -> &'a str {
        let (start, end) = self.source(start, end);
        &self.source[start..end]
    }
}

const fn ascii(c: char) -> char {
    match c {
        '\t' => ' ',
        '\r' => '\n',
        other => other.to_ascii_lowercase(),
    }
}

/// One character in its plain form, capitals still apart.
pub(super) fn letter(c: char) -> char {
    match c {
        // The wide forms stand in the order of ASCII.
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        // Five alphabets of ten mathematical digits.
        '\u{1D7CE}'..='\u{1D7FF}' => {
            let row = (u32::from(c) - 0x1D7CE) / 10 * 10;
            char::from_u32(0x1D7CE + row).map_or(c, |zero| ascii_digit(c, zero))
        }
        '०'..='९' => ascii_digit(c, '०'),
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' => '-',
        '\u{2028}' | '\u{2029}' => '\n',
        '٫' | '۔' => '.',
        '،' => ',',
        '’' | '′' => '\'',
        '”' | '″' => '"',
        c if c.is_whitespace() => ' ',
        other => one_letter(other),
    }
}
