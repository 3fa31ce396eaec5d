//! What an agency answers again and again: texts with blanks that a concern
//! fills.

use crate::code::codes;
use crate::concern::State;

#[cfg(test)]
mod tests;

codes! {
    /// What a blank in a template, `{{number}}`, is filled with. Nothing of
    /// whoever raised the concern is among them.
    pub enum Placeholder {
        /// The reference of the concern.
        Number = "number",
        /// What it is called.
        Title = "title",
        /// The agency that it is before.
        Agency = "agency",
        /// The office that it is before.
        Office = "office",
        /// What it is about.
        Category = "category",
        /// Where it happens.
        Region = "region",
        /// The day on which it was raised.
        RaisedOn = "raised_on",
        /// The day on which the office said that it has it.
        AcknowledgedOn = "acknowledged_on",
        /// The day by which the office's next move is due.
        DueOn = "due_on",
        /// Where it stands.
        State = "state",
        /// The day on which the template is filled.
        Today = "today",
        /// What the forum is called.
        Forum = "forum",
    }
}

/// What stands where there is nothing to fill a blank with, for the officer to
/// see and mend. In markdown it is itself.
pub const BLANK: &str = "[…]";

/// As many characters of an unknown placeholder are said back.
const SAID: usize = 40;

/// A part of a template's text.
enum Part<'a> {
    Words(&'a str),
    Blank(&'a str),
}

/// A text in parts. A blank that nothing closes goes on to the end, and is no
/// placeholder.
fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((words, after)) = rest.split_once("{{") {
        let open = &rest[words.len()..];
        let (name, after) = after.split_once("}}").unwrap_or((open, ""));
        parts.extend([Part::Words(words), Part::Blank(name.trim())]);
        rest = after;
    }
    parts.push(Part::Words(rest));
    parts
}

/// The first blank of a text that is no placeholder, as it was written.
pub fn unknown_placeholder(text: &str) -> Option<String> {
    let unknown = |part: &Part<'_>| match part {
        Part::Blank(name) if name.parse::<Placeholder>().is_err() => {
            Some(name.chars().take(SAID).collect())
        }
        _ => None,
    };
    parts(text).iter().find_map(unknown)
}

/// A template's text in markdown, with its blanks filled. A value is text, not
/// markdown, and not looked through for blanks again.
pub fn fill(text: &str, value: impl Fn(Placeholder) -> Option<String>) -> String {
    let filled = parts(text).into_iter().map(|part| match part {
        Part::Words(words) => words.to_owned(),
        Part::Blank(name) => {
            let value = name.parse().ok().and_then(&value);
            value.map_or_else(|| BLANK.to_owned(), |value| as_text(&value))
        }
    });
    filled.collect()
}

/// Words that mean nothing in markdown but themselves.
fn as_text(words: &str) -> String {
    let mut text = String::with_capacity(words.len());
    for c in words.chars() {
        // A dot or a hyphen only means something where a line begins.
        if c.is_ascii_punctuation() && !matches!(c, '.' | ',' | '-' | '\'' | '"' | '/') {
            text.push('\\');
        }
        text.push(c);
    }
    text
}

/// For what a template is meant: everything where nothing is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MeantFor<'a> {
    /// The code of a category, with those under it.
    pub category: Option<&'a str>,
    /// Where a concern stands.
    pub state: Option<State>,
}

/// How closely a template fits a concern; the greatest fits best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fit {
    category: usize,
    state: bool,
}

impl MeantFor<'_> {
    /// How closely it fits a concern that stands here, in the last of these
    /// categories, which stand under each other; `None` where it does not.
    pub fn fit(self, categories: &[&str], state: State) -> Option<Fit> {
        let category = match self.category {
            None => 0,
            Some(code) => 1 + categories.iter().position(|one| *one == code)?,
        };
        if self.state.is_some_and(|meant| meant != state) {
            return None;
        }
        Some(Fit {
            category,
            state: self.state.is_some(),
        })
    }
}
