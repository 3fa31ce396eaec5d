//! Texts that cannot be wrong once they are held, and the one form in which
//! texts are searched.
//!
//! Each type is made by `parse`, which trims the text and refuses what the
//! type does not allow. Parsing what was parsed changes nothing. None of the
//! types shows its content through `Debug` or `Display`: what people write
//! here must not end in a log by accident.

mod search;

pub use search::search_form;
pub(crate) use search::{ascii_digit, is_sign, one_letter};

/// Why a text is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum TextError {
    /// Nothing that a reader could see.
    #[error("is empty")]
    Empty,
    /// Shorter than the type allows.
    #[error("must have at least {min} characters")]
    TooShort {
        /// The least number of Unicode scalar values.
        min: usize,
    },
    /// Longer than the type allows.
    #[error("must have at most {max} characters")]
    TooLong {
        /// The greatest number of Unicode scalar values.
        max: usize,
    },
    /// A control character, or an invisible one where names and titles must
    /// show all they hold.
    #[error("must not hold control or invisible characters")]
    Control,
    /// U+0000, which PostgreSQL cannot store.
    #[error("must not hold the NUL character")]
    Nul,
    /// A character that turns the direction of what follows it, with which a
    /// text can be made to read as another.
    #[error("must not hold characters that change the direction of the text")]
    Direction,
    /// Not built as the type must be: a login, an address.
    #[error("does not have the right form")]
    Form,
}

/// What a type of text allows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// One line by which somebody is known: nothing in it is invisible but
    /// the joiners (U+200C, U+200D) that Urdu spelling needs.
    Name,
    /// One line; also the marks U+200E and U+200F, which keep mixed English
    /// and Urdu in order.
    Line,
    /// Many lines. Invisible characters that come along when text is pasted
    /// are harmless here.
    Body,
}

macro_rules! texts {
    ($($(#[$meta:meta])* $name:ident: $min:literal ..= $max:literal, $parse:expr;)+) => {
        $(
            $(#[$meta])*
            #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
            pub struct $name(String);

            impl $name {
                /// The least number of Unicode scalar values, after trimming.
                pub const MIN: usize = $min;
                /// The greatest number of Unicode scalar values, after trimming.
                pub const MAX: usize = $max;

                /// Reads the text, without white space around it.
                pub fn parse(text: &str) -> Result<Self, TextError> {
                    let parse: fn(&str) -> Result<String, TextError> = $parse;
                    let text = parse(text)?;
                    within(&text, Self::MIN, Self::MAX)?;
                    Ok(Self(text))
                }

                /// The text.
                pub fn as_str(&self) -> &str {
                    &self.0
                }

                /// The text, taken out.
                pub fn into_string(self) -> String {
                    self.0
                }
            }

            impl std::fmt::Debug for $name {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    write!(f, "{}({} characters)", stringify!($name), self.0.chars().count())
                }
            }
        )+
    };
}

texts! {
    /// What a thread is called.
    Title: 3..=160, |text| clean(text, Shape::Line);
    /// The text a thread begins with; of a concern, what is wrong, fit to be
    /// read by its audience.
    IssueText: 1..=20_000, |text| clean(text, Shape::Body);
    /// The sealed facts of a concern: names, places, numbers.
    Facts: 1..=20_000, |text| clean(text, Shape::Body);
    /// The text of a post.
    PostBody: 1..=20_000, |text| clean(text, Shape::Body);
    /// The text of an office's answer.
    ResponseBody: 1..=20_000, |text| clean(text, Shape::Body);
    /// What a template is called.
    TemplateTitle: 1..=200, |text| clean(text, Shape::Line);
    /// The text of a template.
    TemplateBody: 1..=20_000, |text| clean(text, Shape::Body);
    /// What an office says that it will do.
    CommitmentText: 1..=2_000, |text| clean(text, Shape::Body);
    /// A step on the way of a commitment, or what a piece of evidence shows.
    StepText: 1..=300, |text| clean(text, Shape::Line);
    /// Why something was done.
    Reason: 1..=2_000, |text| clean(text, Shape::Body);
    /// The name a person wants to be called by.
    DisplayName: 2..=60, |text| clean(text, Shape::Name);
    /// The name a person signs in with: ASCII lowercase letters, digits and
    /// `.`, `_`, `-`, a letter first. Capitals are lowered.
    Login: 3..=40, login;
    /// What an organization, agency or office is called.
    OrganizationName: 2..=120, |text| clean(text, Shape::Name);
    /// An address for mail. Only its form is known, not that it exists. The
    /// domain is lowered, the part before the `@` is kept as it is.
    Email: 3..=254, email;
}

fn within(text: &str, min: usize, max: usize) -> Result<(), TextError> {
    let length = text.chars().count();
    if length < min {
        Err(TextError::TooShort { min })
    } else if length > max {
        Err(TextError::TooLong { max })
    } else {
        Ok(())
    }
}

fn clean(text: &str, shape: Shape) -> Result<String, TextError> {
    if text.contains('\0') {
        return Err(TextError::Nul);
    }
    let text = if shape == Shape::Body {
        // Line and paragraph separators (U+2028, U+2029) are line breaks under
        // other names; one form is enough for whoever reads the text later.
        text.replace("\r\n", "\n")
            .replace(['\u{2028}', '\u{2029}'], "\n")
    } else {
        text.to_owned()
    };
    let text = text.trim();
    for c in text.chars() {
        allow(c, shape)?;
    }
    if text.chars().all(|c| c.is_whitespace() || is_invisible(c)) {
        return Err(TextError::Empty);
    }
    Ok(text.to_owned())
}

fn allow(c: char, shape: Shape) -> Result<(), TextError> {
    let line_break = matches!(c, '\n' | '\t') && shape == Shape::Body;
    if c.is_control() && !line_break || matches!(c, '\u{2028}' | '\u{2029}') {
        return Err(TextError::Control);
    }
    if turns_direction(c) {
        return Err(TextError::Direction);
    }
    let visible_enough = match shape {
        Shape::Body => true,
        Shape::Line => is_joiner(c) || is_direction_mark(c) || !is_invisible(c),
        Shape::Name => is_joiner(c) || !is_invisible(c),
    };
    if visible_enough {
        Ok(())
    } else {
        Err(TextError::Control)
    }
}

/// Embeddings, overrides and isolates (UAX #9): their effect reaches beyond
/// themselves, which marks and joiners do not.
const fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

const fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200C}' | '\u{200D}')
}

const fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{200E}' | '\u{200F}')
}

/// Characters that a reader cannot see and that are no white space: the
/// format characters (Unicode category Cf) that hide something, and the
/// fillers that are letters by category and blank by sight.
pub(crate) const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{00AD}'
            | '\u{034F}'
            | '\u{061C}'
            | '\u{115F}'
            | '\u{1160}'
            | '\u{17B4}'
            | '\u{17B5}'
            | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{FEFF}'
            | '\u{FFA0}'
            | '\u{FFF9}'..='\u{FFFB}'
            | '\u{E0000}'..='\u{E01EF}'
    )
}

fn login(text: &str) -> Result<String, TextError> {
    let text = clean(text, Shape::Name)?.to_ascii_lowercase();
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-_".contains(c);
    let begins = text.starts_with(|c: char| c.is_ascii_lowercase());
    if begins && text.chars().all(allowed) {
        Ok(text)
    } else {
        Err(TextError::Form)
    }
}

fn email(text: &str) -> Result<String, TextError> {
    let text = clean(text, Shape::Name)?;
    let (local, domain) = text.split_once('@').ok_or(TextError::Form)?;
    let domain = domain.to_lowercase();
    // The characters that separate addresses, or make up comments and quoted
    // names in a header (RFC 5322 "specials"), are never needed in a mailbox.
    let in_local =
        |c: char| !c.is_whitespace() && !is_invisible(c) && !r#"()<>[]:;,\"@"#.contains(c);
    let in_label = |c: char| c.is_alphanumeric() || c == '-';
    let labels = domain
        .split('.')
        .all(|label| !label.is_empty() && label.chars().all(in_label));
    let dotted = domain.contains('.');
    if !local.is_empty() && local.chars().all(in_local) && labels && dotted {
        Ok(format!("{local}@{domain}"))
    } else {
        Err(TextError::Form)
    }
}

#[cfg(test)]
mod tests;
