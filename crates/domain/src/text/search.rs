//! The form in which texts are indexed and queries are asked.

use super::is_invisible;

/// Brings a text into the form in which it is searched.
///
/// Index and query go through this one function, or they do not meet. What a
/// reader takes for the same letter becomes one letter: Arabic ي and ك are
/// the Urdu ی and ک, letters with hamza or madda are their carriers, ه and ہ
/// are one (ھ, which makes another consonant, stays). Vowel signs, tatweel
/// and invisible characters go; Urdu and Arabic digits are ASCII digits;
/// letters are lowered; white space is single spaces, none around.
///
/// Applying it twice changes nothing.
pub fn search_form(text: &str) -> String {
    let mut form = String::with_capacity(text.len());
    let mut space = false;
    for c in text.chars() {
        if c.is_whitespace() {
            space = true;
            continue;
        }
        if is_sign(c) || is_invisible(c) || c.is_control() {
            continue;
        }
        if space && !form.is_empty() {
            form.push(' ');
        }
        space = false;
        form.extend(one_letter(c).to_lowercase());
    }
    form
}

/// Signs written over, under or between letters, which writers leave out as
/// they like.
pub(crate) const fn is_sign(c: char) -> bool {
    matches!(
        c,
        // Honorifics and small letters above.
        '\u{0610}'..='\u{061A}'
            // Tatweel.
            | '\u{0640}'
            // Harakat; with them combining madda and hamza, so that a letter
            // written in two characters is found as the one written in one.
            | '\u{064B}'..='\u{065F}'
            | '\u{0670}'
            | '\u{0674}'
            // Marks of recitation.
            | '\u{06D6}'..='\u{06DC}'
            | '\u{06DF}'..='\u{06E4}'
            | '\u{06E7}'
            | '\u{06E8}'
            | '\u{06EA}'..='\u{06ED}'
    )
}

/// The one letter that stands for all that readers take for it.
pub(crate) fn one_letter(c: char) -> char {
    match c {
        'آ' | 'أ' | 'إ' | 'ٱ' | 'ٲ' | 'ٳ' | 'ٵ' => 'ا',
        'ؤ' | 'ٶ' => 'و',
        'ي' | 'ى' | 'ئ' | 'ٸ' => 'ی',
        'ۓ' => 'ے',
        'ك' => 'ک',
        'ه' | 'ە' | 'ۀ' | 'ۂ' => 'ہ',
        'ة' => 'ۃ',
        '۰'..='۹' => ascii_digit(c, '۰'),
        '٠'..='٩' => ascii_digit(c, '٠'),
        other => other,
    }
}

/// The ASCII digit of `c` in a row of ten digits that begins with `zero`.
pub(crate) fn ascii_digit(c: char, zero: char) -> char {
    u32::from(c)
        .checked_sub(u32::from(zero))
        .and_then(|value| char::from_digit(value, 10))
        .unwrap_or(c)
}
