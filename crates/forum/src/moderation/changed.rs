//! What was changed in a text since it was judged.

use domain::thread::Audience;
use similar::{ChangeTag, TextDiff};
use storage::Tx;
use uuid::Uuid;

use super::{Found, TextPart, version_of};
use crate::Error;

/// What was changed in a text since it was judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// Which text stands there now.
    pub version: String,
    /// Word by word what was kept, taken out and put in, in the order of reading:
    /// of a thread first the title. Empty where the text that was judged is not
    /// kept any more.
    pub parts: Vec<ChangedPart>,
}

/// A part of a text that was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedPart {
    /// Of which text.
    pub of: TextPart,
    /// What was done with it.
    pub kind: ChangeKind,
    /// Its words, with the spaces between them.
    pub text: String,
}

/// What was done with a part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// It stands there as before.
    Kept,
    /// It was taken out.
    Removed,
    /// It was put in.
    Added,
}

impl Found {
    /// What was changed since a version of the text. Of what not everyone in its
    /// audience reads, and of what is confidential, only that it was: whoever
    /// reads it anew is written down.
    pub(super) async fn changed_since(&self, tx: &Tx, version: &str) -> Result<Changed, Error> {
        let facts = &self.thread.facts;
        let sealed = facts.audience == Audience::Confidential
            || !facts.status.is_open()
            || !self.stands().status.is_open();
        let object = Uuid::from(self.subject());
        let before = if sealed {
            Vec::new()
        } else {
            tx.revisions(&[object]).await?
        };
        let judged = before
            .iter()
            .map(|(_, one)| one)
            .find(|one| version_of(one.title.as_deref(), &one.body) == version);
        let mut parts = Vec::new();
        if let Some(judged) = judged {
            if let (Some(before), Some(now)) = (&judged.title, self.title()) {
                compare(TextPart::Title, before, now, &mut parts);
            }
            compare(TextPart::Body, &judged.body, self.body(), &mut parts);
        }
        Ok(Changed {
            version: version_of(self.title(), self.body()),
            parts,
        })
    }
}

/// Texts are compared word by word where at most so many words are between the
/// first and the last that differ: that takes the square of them at worst (Myers,
/// "An O(ND) Difference Algorithm and Its Variations", 1986). What an author makes
/// to be compared slowly is told to be replaced as a whole.
const COMPARED_MAX: usize = 2_000;

fn compare(of: TextPart, before: &str, now: &str, parts: &mut Vec<ChangedPart>) {
    let words = |text| -> Vec<&str> { str::split_inclusive(text, char::is_whitespace).collect() };
    let (before, now) = (words(before), words(now));
    let first = before.iter().zip(&now);
    let first = first.take_while(|(one, other)| one == other).count();
    let (kept, before) = before.split_at(first);
    let now = now.get(first..).unwrap_or_default();
    let last = before.iter().rev().zip(now.iter().rev());
    let last = last.take_while(|(one, other)| one == other).count();
    let (before, rest) = before.split_at(before.len() - last);
    let now = now.get(..now.len() - last).unwrap_or_default();
    let mut push = |kind, words: &[&str]| add(parts, of, kind, words);
    push(ChangeKind::Kept, kept);
    if before.len() + now.len() > COMPARED_MAX {
        push(ChangeKind::Removed, before);
        push(ChangeKind::Added, now);
    } else {
        for change in TextDiff::from_slices(before, now).iter_all_changes() {
            let kind = match change.tag() {
                ChangeTag::Equal => ChangeKind::Kept,
                ChangeTag::Delete => ChangeKind::Removed,
                ChangeTag::Insert => ChangeKind::Added,
            };
            push(kind, &[change.value()]);
        }
    }
    push(ChangeKind::Kept, rest);
}

fn add(parts: &mut Vec<ChangedPart>, of: TextPart, kind: ChangeKind, words: &[&str]) {
    if words.is_empty() {
        return;
    }
    match parts.last_mut() {
        Some(last) if last.of == of && last.kind == kind => last.text.extend(words.iter().copied()),
        _ => parts.push(ChangedPart {
            of,
            kind,
            text: words.concat(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::{ChangeKind, ChangedPart, TextPart, compare};

    fn compared(before: &str, now: &str) -> Vec<ChangedPart> {
        let mut parts = Vec::new();
        compare(TextPart::Body, before, now, &mut parts);
        parts
    }

    #[test]
    fn a_text_is_compared_word_by_word() {
        let parts = compared(
            "Ask Ali or Omar of Multan.",
            "Ask nobody or Omar, all of Multan.",
        );
        let told = parts.iter().map(|one| (one.kind, one.text.as_str()));
        let expected = [
            (ChangeKind::Kept, "Ask "),
            (ChangeKind::Removed, "Ali "),
            (ChangeKind::Added, "nobody "),
            (ChangeKind::Kept, "or "),
            (ChangeKind::Removed, "Omar "),
            (ChangeKind::Added, "Omar, all "),
            (ChangeKind::Kept, "of Multan."),
        ];
        assert!(told.eq(expected), "{parts:?}");
    }

    #[test]
    fn what_shares_too_little_is_told_to_be_replaced() {
        let (before, now) = ("a ".repeat(10_000), "b ".repeat(10_000));
        let parts = compared(&format!("The {before}end"), &format!("The {now}end"));
        let kinds: Vec<ChangeKind> = parts.iter().map(|one| one.kind).collect();
        let (kept, removed, added) = (ChangeKind::Kept, ChangeKind::Removed, ChangeKind::Added);
        assert_eq!(kinds, [kept, removed, added, kept]);
    }

    #[test]
    fn both_texts_are_put_together_again_from_the_parts() {
        let texts = ["", "a", "a b c", "b c a ", " a  b", "c c c b"];
        for (before, now) in texts
            .iter()
            .flat_map(|one| texts.map(|other| (*one, other)))
        {
            let parts = compared(before, now);
            let all = |but: ChangeKind| -> String {
                let parts = parts.iter().filter(|one| one.kind != but);
                parts.map(|one| one.text.as_str()).collect()
            };
            assert_eq!(all(ChangeKind::Added), before);
            assert_eq!(all(ChangeKind::Removed), now);
        }
    }
}
