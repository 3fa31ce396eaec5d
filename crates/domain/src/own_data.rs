//! What becomes of somebody's data when he deletes his account.

use crate::code::codes;

/// Stands in place of words that their author erased.
pub const ERASED_EN: &str = "(erased by the author)";

/// The same in Urdu.
pub const ERASED_UR: &str = "(مصنف نے مٹا دیا)";

codes! {
    /// What becomes of what somebody wrote.
    pub enum OwnWords {
        /// It stays, and its author has no name.
        Keep = "KEEP",
        /// It goes. A mark stands in place of what somebody answered.
        Erase = "ERASE",
    }
}

codes! {
    /// What stays of a person who deleted his account.
    pub enum Staying {
        /// What he wrote, without a name.
        Words = "WORDS",
        /// A mark in place of each text that somebody answered.
        Marks = "MARKS",
        /// Whom he spoke for, beside what he wrote.
        Constituency = "CONSTITUENCY",
        /// That he withdrew a concern, and how it stood.
        Timelines = "TIMELINES",
        /// Answers, drafts and commitments of the offices that he held.
        OfficeWords = "OFFICE_WORDS",
        /// What moderators did with what he wrote, and what he did as one.
        ModerationRecord = "MODERATION_RECORD",
        /// How many flagged something, him included.
        FlagCounts = "FLAG_COUNTS",
        /// Entries of the audit log, which commit to somebody nobody can name.
        AuditLog = "AUDIT_LOG",
        /// Figures that were published.
        Statistics = "STATISTICS",
        /// A keyed hash of the login.
        Login = "LOGIN",
        /// For a week, hashes of the keys of his last mutations.
        Keys = "KEYS",
        /// Copies of the database that were made before.
        Copies = "COPIES",
    }
}

impl Staying {
    /// What stays, in the order of importance, of somebody who chose this and
    /// held an office or not.
    pub fn of(words: OwnWords, held_office: bool) -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(move |one| match one {
            Self::Words => words == OwnWords::Keep,
            Self::Marks => words == OwnWords::Erase,
            Self::OfficeWords => held_office,
            Self::Constituency
            | Self::Timelines
            | Self::ModerationRecord
            | Self::FlagCounts
            | Self::AuditLog
            | Self::Statistics
            | Self::Login
            | Self::Keys
            | Self::Copies => true,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{OwnWords, Staying};

    #[test]
    fn what_stays_goes_by_what_was_chosen_and_held() {
        let codes = |words, office| {
            let all: Vec<&str> = Staying::of(words, office).map(Staying::code).collect();
            all
        };
        assert!(codes(OwnWords::Keep, false).contains(&"WORDS"));
        assert!(!codes(OwnWords::Keep, false).contains(&"MARKS"));
        assert!(!codes(OwnWords::Erase, false).contains(&"WORDS"));
        assert!(!codes(OwnWords::Erase, false).contains(&"OFFICE_WORDS"));
        assert_eq!(codes(OwnWords::Erase, true).len(), Staying::ALL.len() - 1);
    }
}
