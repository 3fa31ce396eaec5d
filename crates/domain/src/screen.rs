//! What a text says that may hurt somebody: who and where a person is, and
//! that somebody is in danger.
//!
//! The text is brought into a plain form, in which digits, letters and dashes
//! are what they mean however they are written, and read in two ways: runs of
//! digits by `number`, everything else by the patterns of `pattern`, which
//! never go back over what they read. Whoever writes decides on what is found;
//! it is neither kept nor sent on. So a pattern rather misses a rare form than
//! asks about every date, sum or section of a law.

mod number;
mod pattern;
mod plain;

use unicode_segmentation::UnicodeSegmentation;

use crate::code::codes;

use plain::Plain;

codes! {
    /// What kind of personal information a text holds. Where two overlap they
    /// are one, of the kind that stands first here.
    pub enum PersonalKind {
        /// The number of an identity card, old or new.
        Cnic = "CNIC",
        /// The number of a bank account, with its right check digits
        /// (ISO 13616).
        Iban = "IBAN",
        /// An address for mail.
        Email = "EMAIL",
        /// A telephone number, of Pakistan or another country.
        Phone = "PHONE",
        /// Where somebody is, in degrees, as a plus code or as a link to a map.
        Coordinates = "COORDINATES",
        /// The number of a house or street, and what follows it.
        Address = "ADDRESS",
        /// The number of a vehicle.
        NumberPlate = "NUMBER_PLATE",
        /// The name of somebody who is accused, or whose parent is named.
        Name = "NAME",
    }
}

/// Where a text holds personal information: from one Unicode scalar value up
/// to, and without, another. A span never ends within what a reader takes for
/// one character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Span {
    /// The first scalar value.
    pub start: usize,
    /// The first scalar value after it.
    pub end: usize,
    /// What is there.
    pub kind: PersonalKind,
}

impl Span {
    /// So many are named of one text; whoever takes these out asks again.
    pub const MAX: usize = 100;
}

/// The personal information in a text, from its beginning on, none of it over
/// another and at most [`Span::MAX`].
pub fn personal_information(text: &str) -> Vec<Span> {
    let plain = Plain::of(text);
    let mut hits = number::hits(plain.as_str());
    pattern::hits(&plain, &mut hits);
    hits.sort_unstable_by_key(|hit| (hit.start, hit.kind));
    let mut apart: Vec<Hit> = Vec::with_capacity(hits.len());
    for hit in hits {
        match apart.last_mut() {
            Some(last) if hit.start < last.end => {
                last.end = last.end.max(hit.end);
                last.kind = last.kind.min(hit.kind);
            }
            _ => apart.push(hit),
        }
    }
    apart.truncate(Span::MAX);
    spans(text, &plain, &apart)
}

/// Whether a text says that somebody is in danger now: of killing himself, of
/// being killed, beaten, taken or sold, or of what is done to a child.
pub fn tells_of_danger(text: &str) -> bool {
    pattern::tells_of_danger(Plain::of(text).as_str())
}

/// What was found, in bytes of the plain text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Hit {
    start: usize,
    end: usize,
    kind: PersonalKind,
}

/// The same in the text as it was sent, widened to what readers take for
/// whole characters; what then touches the same one is joined.
fn spans(text: &str, plain: &Plain, hits: &[Hit]) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::with_capacity(hits.len());
    let mut waiting = hits.iter().peekable();
    if waiting.peek().is_none() {
        return spans;
    }
    let mut open = false;
    let mut scalars = 0;
    for (at, cluster) in text.grapheme_indices(true) {
        let (start, end) = (scalars, scalars + cluster.chars().count());
        scalars = end;
        while let Some(hit) = waiting.peek() {
            let (from, to) = plain.source(hit.start, hit.end);
            if from >= at + cluster.len() {
                break;
            }
            match spans.last_mut() {
                Some(last) if open || last.end > start => {
                    last.end = end;
                    last.kind = last.kind.min(hit.kind);
                }
                _ => spans.push(Span {
                    start,
                    end,
                    kind: hit.kind,
                }),
            }
            open = to > at + cluster.len();
            if open {
                break;
            }
            waiting.next();
        }
    }
    spans
}

/// Whether what lies between two places stands by itself, and is not a part of
/// a longer word or number.
fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let before = text[..start].chars().next_back();
    let after = text[end..].chars().next();
    !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
}

#[cfg(test)]
mod tests;
