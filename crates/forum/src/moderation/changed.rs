//! What was changed in a text since it was judged.

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
    /// What was changed since a version of the text.
    pub(super) async fn changed_since(&self, tx: &Tx, version: &str) -> Result<Changed, Error> {
        let object = Uuid::from(self.subject());
        let before = tx.revisions(object).await?;
        let judged = before
            .iter()
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

fn compare(of: TextPart, before: &str, now: &str, parts: &mut Vec<ChangedPart>) {
    let diff = TextDiff::from_words(before, now);
    for change in diff.iter_all_changes() {
        let kind = match change.tag() {
            ChangeTag::Equal => ChangeKind::Kept,
            ChangeTag::Delete => ChangeKind::Removed,
            ChangeTag::Insert => ChangeKind::Added,
        };
        match parts.last_mut() {
            Some(last) if last.of == of && last.kind == kind => last.text.push_str(change.value()),
            _ => parts.push(ChangedPart {
                of,
                kind,
                text: change.value().to_owned(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ChangeKind, TextPart, compare};

    #[test]
    fn a_text_is_compared_word_by_word() {
        let mut parts = Vec::new();
        let (before, now) = ("Ask Ali of Multan.", "Ask nobody of Multan.");
        compare(TextPart::Body, before, now, &mut parts);
        let told = parts.iter().map(|one| (one.kind, one.text.as_str()));
        let expected = [
            (ChangeKind::Kept, "Ask "),
            (ChangeKind::Removed, "Ali"),
            (ChangeKind::Added, "nobody"),
            (ChangeKind::Kept, " of Multan."),
        ];
        assert!(told.eq(expected));
    }
}
