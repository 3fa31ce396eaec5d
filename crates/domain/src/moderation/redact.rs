//! Striking out parts of a text.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation as _;

use crate::code::codes;

codes! {
    /// What kind of thing was struck out of a text.
    pub enum RedactedKind {
        /// The number of an identity card.
        Cnic = "CNIC",
        /// The number of a bank account.
        Iban = "IBAN",
        /// An address for mail.
        Email = "EMAIL",
        /// A telephone number.
        Phone = "PHONE",
        /// Where somebody is, in degrees or as a link to a map.
        Coordinates = "COORDINATES",
        /// Where somebody lives or works.
        Address = "ADDRESS",
        /// The number of a vehicle.
        NumberPlate = "NUMBER_PLATE",
        /// The name of a person.
        Name = "NAME",
        /// What tells of a case so much that somebody can be found by it.
        CaseDetail = "CASE_DETAIL",
        /// An insult or a threat.
        Abuse = "ABUSE",
        /// Something else.
        Other = "OTHER",
    }
}

/// A part of a text to strike out: from one Unicode scalar value up to, and
/// without, another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Strike {
    /// The first scalar value.
    pub start: usize,
    /// The first scalar value after it.
    pub end: usize,
    /// What stands there.
    pub kind: RedactedKind,
}

impl Strike {
    /// So many parts are struck out of a text at once.
    pub const MAX: usize = 100;
}

/// Why a part cannot be struck out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum StrikeError {
    /// It ends where it begins, or before.
    #[error("a span ends after it begins")]
    Empty,
    /// It ends beyond the text.
    #[error("the text ends before the span does")]
    Beyond,
    /// It begins or ends within what a reader takes for one character.
    #[error("a span begins and ends between characters")]
    WithinCharacter,
    /// It reaches over another.
    #[error("two spans overlap")]
    Overlap,
    /// It takes one of two marks that belong together.
    #[error("a span does not begin within markup that it does not end in")]
    Markup,
}

/// A part with where it lies in the bytes of the text.
type Place = (Range<usize>, Strike);

/// Where these parts lie in the bytes of the text, from its beginning on; or
/// which of them cannot be struck out, by its place in the list.
pub fn places(text: &str, strikes: &[Strike]) -> Result<Vec<Place>, (usize, StrikeError)> {
    // Between characters: how many scalar values and bytes lie before.
    let mut between = Vec::new();
    let mut scalars = 0;
    for (at, character) in text.grapheme_indices(true) {
        between.push((scalars, at));
        scalars += character.chars().count();
    }
    between.push((scalars, text.len()));
    let byte = |scalar: usize| {
        if scalar > scalars {
            return Err(StrikeError::Beyond);
        }
        let found = between.binary_search_by_key(&scalar, |(before, _)| *before);
        let found = found.ok().and_then(|place| between.get(place));
        found
            .map(|(_, byte)| *byte)
            .ok_or(StrikeError::WithinCharacter)
    };
    let mut found = Vec::with_capacity(strikes.len());
    for (index, strike) in strikes.iter().enumerate() {
        let range = || {
            let (start, end) = (byte(strike.start)?, byte(strike.end)?);
            if start < end {
                Ok(start..end)
            } else {
                Err(StrikeError::Empty)
            }
        };
        found.push((index, range().map_err(|why| (index, why))?));
    }
    found.sort_by_key(|(_, range)| range.start);
    for pair in found.windows(2) {
        if let [(_, before), (index, after)] = pair
            && after.start < before.end
        {
            return Err((*index, StrikeError::Overlap));
        }
    }
    let strike = |(index, range)| strikes.get(index).map(|strike| (range, *strike));
    Ok(found.into_iter().filter_map(strike).collect())
}

/// The text without these parts of it, each replaced by what is given for it.
pub fn strike_out(text: &str, parts: &[(Range<usize>, String)]) -> String {
    let mut left = String::with_capacity(text.len());
    let mut from = 0;
    for (range, instead) in parts {
        left.push_str(text.get(from..range.start).unwrap_or_default());
        left.push_str(instead);
        from = range.end;
    }
    left.push_str(text.get(from..).unwrap_or_default());
    left
}
