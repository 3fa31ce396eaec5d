//! What an office's answer comes to.

use chrono::NaiveDate;

use crate::code::codes;
use crate::id::ThreadId;
use crate::text::Reason;

codes! {
    /// An outcome, without its data.
    pub enum OutcomeKind {
        /// What was wrong is right.
        Resolved = "RESOLVED",
        /// Some of it is.
        PartiallyResolved = "PARTIALLY_RESOLVED",
        /// Something will be done, by a date.
        ActionPlanned = "ACTION_PLANNED",
        /// Nothing more will be done, for a reason.
        NoFurtherAction = "NO_FURTHER_ACTION",
        /// Another body is responsible.
        NotResponsible = "NOT_RESPONSIBLE",
        /// It is dealt with in another concern.
        Duplicate = "DUPLICATE",
        /// The law forbids to say.
        CannotDisclose = "CANNOT_DISCLOSE",
        /// A court has it.
        SubJudice = "SUB_JUDICE",
    }
}

/// What an answer comes to, with what must be said along with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// What was wrong is right.
    Resolved,
    /// Some of it is.
    PartiallyResolved,
    /// Something will be done.
    ActionPlanned {
        /// The day by which it will be.
        date: NaiveDate,
    },
    /// Nothing more will be done.
    NoFurtherAction {
        /// Why not.
        reason: Reason,
    },
    /// Another body is responsible.
    NotResponsible {
        /// Which one.
        responsible: Reason,
    },
    /// It is dealt with in another concern.
    Duplicate {
        /// In which one.
        of: ThreadId,
    },
    /// The law forbids to say.
    CannotDisclose {
        /// Which law.
        legal_basis: Reason,
    },
    /// A court has it.
    SubJudice {
        /// The day on which the office looks at it again.
        review_on: NaiveDate,
    },
}

/// Why an outcome cannot be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OutcomeError {
    /// What is announced lies in the past.
    #[error("{date} is past; today is {today}")]
    Past {
        /// The day that was named.
        date: NaiveDate,
        /// The day on which it was.
        today: NaiveDate,
    },
}

impl Outcome {
    /// The outcome without its data.
    pub const fn kind(&self) -> OutcomeKind {
        match self {
            Self::Resolved => OutcomeKind::Resolved,
            Self::PartiallyResolved => OutcomeKind::PartiallyResolved,
            Self::ActionPlanned { .. } => OutcomeKind::ActionPlanned,
            Self::NoFurtherAction { .. } => OutcomeKind::NoFurtherAction,
            Self::NotResponsible { .. } => OutcomeKind::NotResponsible,
            Self::Duplicate { .. } => OutcomeKind::Duplicate,
            Self::CannotDisclose { .. } => OutcomeKind::CannotDisclose,
            Self::SubJudice { .. } => OutcomeKind::SubJudice,
        }
    }

    /// Whether it can be given on this day of the forum's calendar. Today is
    /// not past.
    pub fn check(&self, today: NaiveDate) -> Result<(), OutcomeError> {
        match *self {
            Self::ActionPlanned { date } | Self::SubJudice { review_on: date } if date < today => {
                Err(OutcomeError::Past { date, today })
            }
            Self::Resolved
            | Self::PartiallyResolved
            | Self::ActionPlanned { .. }
            | Self::NoFurtherAction { .. }
            | Self::NotResponsible { .. }
            | Self::Duplicate { .. }
            | Self::CannotDisclose { .. }
            | Self::SubJudice { .. } => Ok(()),
        }
    }
}
