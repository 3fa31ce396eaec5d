//! What detection adds to a post: looking for personal information, for danger, for
//! the same and the nearly same elsewhere, and for links.

use std::hint::black_box;
use std::time::Duration;

use domain::moderation::{Fingerprint, Wording};
use domain::screen::{personal_information, tells_of_danger};
use forum::markdown::links;

use crate::clock::thread_cpu;
use crate::output::line;

/// As long as a long post: so many characters.
const CHARACTERS: usize = 5_000;
/// How often each text is read; the middle counts.
const TIMES: usize = 200;
/// The most CPU that all of it may take of one post.
pub(crate) const MUST: Duration = Duration::from_millis(1);

/// A column's name, and what looks at a text.
type Part = (&'static str, fn(&str));

/// What is looked for, by the names of the columns. All of it in what new accounts
/// write; in others' posts, all but the fingerprint.
const PARTS: [Part; 5] = [
    ("personal", |text: &str| {
        black_box(personal_information(text));
    }),
    ("danger", |text: &str| {
        black_box(tells_of_danger(text));
    }),
    ("print", |text: &str| {
        black_box(Fingerprint::of(text));
    }),
    ("wording", |text: &str| {
        black_box(Wording::of(text));
    }),
    ("links", |text: &str| {
        black_box(links(text));
    }),
];

/// A text.
struct Text {
    language: &'static str,
    what: &'static str,
    /// What it is made of, over and over.
    piece: &'static str,
}

const fn text(language: &'static str, what: &'static str, piece: &'static str) -> Text {
    Text {
        language,
        what,
        piece,
    }
}

/// The texts of each language, one after the other. None tells of danger: of one that
/// does the rest is not looked at.
const TEXTS: &[Text] = &[
    text(
        "English",
        "nothing in it",
        "The people of our village are afraid, and nobody has come since the meeting of last month. ",
    ),
    text(
        "English",
        "dates and sums",
        "On 28-11-2025 FIR No. 123/2024 under 302 PPC, and Rs. 50,000 were paid to the accused. ",
    ),
    text(
        "English",
        "full of it",
        "The accused, 0300-1234567, 35202-1234567-1, a.b@example.org, House No. 12, Street 5, \
         LEA-1234, https://example.org/a. ",
    ),
    text(
        "Urdu",
        "nothing in it",
        "ہمارے گاؤں کے لوگ ڈرے ہوئے ہیں اور پچھلے مہینے کی ملاقات کے بعد کوئی نہیں آیا۔ ",
    ),
    text(
        "Urdu",
        "full of it",
        "ملزم احمد خان 0300-1234567 35202-1234567-1 a.b@example.org مکان نمبر 12 گلی نمبر 5 \
         https://example.org/a ",
    ),
    text(
        "Roman Urdu",
        "nothing in it",
        "Hamare gaon ke log dare hue hain aur pichle mahine ki mulaqat ke baad koi nahi aya. ",
    ),
    text(
        "Roman Urdu",
        "mixed, nothing in it",
        "Hamare gaon ke log ڈرے ہوئے ہیں and nobody came, mulzim ne kaha ke wo nahi tha. ",
    ),
    text(
        "Roman Urdu",
        "full of it",
        "Mulzim ka number 0300-1234567 hai, shanakhti card 35202-1234567-1, a.b@example.org, \
         makan No. 12, gali 5, LEA-1234, https://example.org/a. ",
    ),
    text("made to be slow", "digits apart", "1 2 3 4 5 6 7 8 9 0 "),
    text(
        "made to be slow",
        "words that announce",
        "accused son of ملزم house no ",
    ),
];

impl Text {
    /// What each part takes of it.
    fn parts(&self) -> anyhow::Result<[Duration; PARTS.len()]> {
        let text: String = self.piece.chars().cycle().take(CHARACTERS).collect();
        let mut parts = [Duration::ZERO; PARTS.len()];
        for (took, (_, part)) in parts.iter_mut().zip(PARTS) {
            *took = middle(part, &text)?;
        }
        Ok(parts)
    }
}

/// The middle of the CPU times that a part takes of a text.
fn middle(part: fn(&str), text: &str) -> anyhow::Result<Duration> {
    let mut times = Vec::with_capacity(TIMES);
    for _ in 0..TIMES {
        let begin = thread_cpu()?;
        part(black_box(text));
        times.push(thread_cpu()?.saturating_sub(begin));
    }
    times.sort_unstable();
    Ok(times.get(TIMES / 2).copied().unwrap_or_default())
}

/// The most that a text of each language takes.
pub(crate) fn slowest() -> anyhow::Result<Vec<(&'static str, Duration)>> {
    let mut slowest: Vec<(&'static str, Duration)> = Vec::new();
    for text in TEXTS {
        let took: Duration = text.parts()?.iter().sum();
        match slowest.last_mut() {
            Some((language, most)) if *language == text.language => *most = (*most).max(took),
            _ => slowest.push((text.language, took)),
        }
    }
    Ok(slowest)
}

/// Prints what each text takes, in microseconds. Fails if one takes more than it may.
pub(crate) fn measure() -> anyhow::Result<bool> {
    let columns = PARTS.map(|(name, _)| format!("{name:>10}")).concat();
    line(&format!(
        "{:<38}{columns}{:>10}",
        "text of 5,000 characters, us", "all"
    ))?;
    let mut most = Duration::ZERO;
    for text in TEXTS {
        let parts = text.parts()?;
        let all: Duration = parts.iter().sum();
        most = most.max(all);
        let name = format!("{}, {}", text.language, text.what);
        let columns = parts.map(|took| format!("{:>10}", took.as_micros()));
        line(&format!(
            "{name:<38}{}{:>10}",
            columns.concat(),
            all.as_micros()
        ))?;
    }
    line(&format!("most: {most:.0?}; allowed: {MUST:.0?}"))?;
    Ok(most <= MUST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_text_is_said_to_hold_is_in_it_and_none_tells_of_danger() {
        for text in TEXTS {
            let found = !personal_information(text.piece).is_empty();
            assert!(!tells_of_danger(text.piece), "{}", text.piece);
            match text.what {
                "full of it" => assert!(found && links(text.piece) > 0, "{}", text.piece),
                "nothing in it" => assert!(!found, "{}", text.piece),
                _ => {}
            }
        }
    }
}
