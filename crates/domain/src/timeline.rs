//! What is kept of a concern's life, in order: who moved it, whom it was put
//! before, and what was said with it. By the side that acted and its office,
//! never by name.

use crate::code::codes;
use crate::commitment::CommitmentAct;
use crate::concern::MoveKind;

codes! {
    /// Which side acted.
    pub enum Side {
        /// Whoever raised the concern.
        Raiser = "RAISER",
        /// An office, for which one of its officers acted.
        Office = "OFFICE",
        /// A moderator.
        Moderator = "MODERATOR",
        /// A convenor.
        Convenor = "CONVENOR",
        /// The forum itself: its router, or a clock.
        Forum = "FORUM",
    }
}

/// What an entry tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// A move.
    Move(MoveKind),
    /// A clock ran out and a next level was told.
    Escalation,
    /// Something was done to a commitment.
    Commitment(CommitmentAct),
}

const ESCALATION: &str = "ESCALATE";

impl EntryKind {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Move(mv) => mv.code(),
            Self::Escalation => ESCALATION,
            Self::Commitment(act) => act.code(),
        }
    }

    /// Whether it was between the author and the moderators alone, before
    /// anybody else could see the thread.
    pub const fn is_before_release(self) -> bool {
        matches!(self, Self::Move(MoveKind::Return | MoveKind::Resubmit))
    }

    /// Every kind that was before a release.
    pub fn before_release() -> impl Iterator<Item = Self> {
        let moves = MoveKind::ALL.iter().copied().map(Self::Move);
        moves.filter(|kind| kind.is_before_release())
    }
}

impl std::str::FromStr for EntryKind {
    type Err = crate::UnknownCode;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            ESCALATION => Ok(Self::Escalation),
            _ => match text.parse() {
                Ok(act) => Ok(Self::Commitment(act)),
                Err(_) => text.parse().map(Self::Move),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::EntryKind;
    use crate::commitment::CommitmentAct;
    use crate::concern::MoveKind;

    #[test]
    fn an_entry_reads_back_as_what_it_tells_of() {
        let moves = MoveKind::ALL.iter().copied().map(EntryKind::Move);
        let acts = CommitmentAct::ALL
            .iter()
            .copied()
            .map(EntryKind::Commitment);
        for kind in moves.chain(acts).chain([EntryKind::Escalation]) {
            assert_eq!(kind.code().parse(), Ok(kind));
        }
        assert!("SLEEP".parse::<EntryKind>().is_err());
    }
}
