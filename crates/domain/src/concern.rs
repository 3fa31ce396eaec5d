//! A concern's life: its states, the moves between them, and what each move
//! changes.
//!
//! [`State::after`] is the whole table. [`Concern::apply`] adds the rules
//! that depend on what came before (one question back, two disputes) and
//! keeps the times. Who may make a move is `policy`'s to say; what time has
//! to pass before one, the caller's (see [`crate::calendar`]).

use chrono::{DateTime, Utc};

use crate::code::codes;
use crate::event::EventKind;
use crate::id::{AgencyId, OfficeId};

mod outcome;

pub use outcome::{Outcome, OutcomeError, OutcomeKind};

/// How often an office may ask the raiser back: the clock restarts once.
pub const MAX_CLARIFICATIONS: u8 = 1;

/// How often a raiser may dispute: the second goes to oversight and is final.
pub const MAX_DISPUTES: u8 = 2;

codes! {
    /// Where a concern stands.
    pub enum State {
        /// Waits for a moderator.
        Submitted = "SUBMITTED",
        /// Given back to its author, with a reason.
        Returned = "RETURNED",
        /// Released, and before nobody yet.
        Open = "OPEN",
        /// Before an agency or office.
        Assigned = "ASSIGNED",
        /// The office said that it has it.
        Acknowledged = "ACKNOWLEDGED",
        /// The office works on it.
        InProgress = "IN_PROGRESS",
        /// The office asked the raiser something.
        ClarificationRequested = "CLARIFICATION_REQUESTED",
        /// The raiser did not say; can be reopened.
        Dormant = "DORMANT",
        /// The office answered; the raiser has not said whether it helped.
        Answered = "ANSWERED",
        /// The answer was accepted, or nobody spoke against it in time.
        Closed = "CLOSED",
        /// The raiser does not accept the answer.
        Disputed = "DISPUTED",
        /// Another officer, or oversight, looks at it again.
        InReview = "IN_REVIEW",
        /// The raiser took it back.
        Withdrawn = "WITHDRAWN",
    }
}

codes! {
    /// A move, without its data.
    pub enum MoveKind {
        /// A moderator lets it appear.
        Release = "RELEASE",
        /// A moderator gives it back.
        Return = "RETURN",
        /// The author sends it again.
        Resubmit = "RESUBMIT",
        /// The router or a moderator puts it before an agency.
        Assign = "ASSIGN",
        /// The office sends it on to another.
        Refer = "REFER",
        /// The office says that it has it.
        Acknowledge = "ACKNOWLEDGE",
        /// The office begins.
        Start = "START",
        /// The office asks the raiser.
        RequestClarification = "REQUEST_CLARIFICATION",
        /// The raiser says.
        Clarify = "CLARIFY",
        /// The raiser did not say in time.
        GoDormant = "GO_DORMANT",
        /// The raiser says after all.
        Reopen = "REOPEN",
        /// The office, or the reviewer, answers.
        Answer = "ANSWER",
        /// The raiser accepts the answer.
        Accept = "ACCEPT",
        /// The raiser said nothing in time: closed, unconfirmed.
        Lapse = "LAPSE",
        /// The raiser does not accept the answer.
        Dispute = "DISPUTE",
        /// The router puts the dispute before a reviewer.
        Review = "REVIEW",
        /// The raiser takes it back.
        Withdraw = "WITHDRAW",
    }
}

impl State {
    /// Where a move leads from here, `None` if nowhere.
    pub const fn after(self, mv: MoveKind) -> Option<Self> {
        use MoveKind as M;
        match self {
            Self::Submitted => match mv {
                M::Release => Some(Self::Open),
                M::Return => Some(Self::Returned),
                M::Withdraw => Some(Self::Withdrawn),
                _ => None,
            },
            Self::Returned => match mv {
                M::Resubmit => Some(Self::Submitted),
                M::Withdraw => Some(Self::Withdrawn),
                _ => None,
            },
            Self::Open => match mv {
                M::Assign => Some(Self::Assigned),
                M::Withdraw => Some(Self::Withdrawn),
                _ => None,
            },
            Self::Assigned => match mv {
                M::Assign | M::Refer => Some(Self::Assigned),
                M::Acknowledge => Some(Self::Acknowledged),
                M::Withdraw => Some(Self::Withdrawn),
                _ => None,
            },
            Self::Acknowledged => match mv {
                M::Refer => Some(Self::Assigned),
                M::Start => Some(Self::InProgress),
                M::RequestClarification => Some(Self::ClarificationRequested),
                M::Answer => Some(Self::Answered),
                M::Withdraw => Some(Self::Withdrawn),
                _ => None,
            },
            Self::InProgress => match mv {
                M::Refer => Some(Self::Assigned),
                M::RequestClarification => Some(Self::ClarificationRequested),
                M::Answer => Some(Self::Answered),
                M::Withdraw => Some(Self::Withdrawn),
                _ => None,
            },
            Self::ClarificationRequested => match mv {
                M::Clarify => Some(Self::InProgress),
                M::GoDormant => Some(Self::Dormant),
                M::Withdraw => Some(Self::Withdrawn),
                _ => None,
            },
            Self::Dormant => match mv {
                M::Reopen => Some(Self::InProgress),
                M::Withdraw => Some(Self::Withdrawn),
                _ => None,
            },
            Self::Answered => match mv {
                M::Accept | M::Lapse => Some(Self::Closed),
                M::Dispute => Some(Self::Disputed),
                M::Withdraw => Some(Self::Withdrawn),
                _ => None,
            },
            Self::Closed => match mv {
                M::Dispute => Some(Self::Disputed),
                _ => None,
            },
            Self::Disputed => match mv {
                M::Review => Some(Self::InReview),
                M::Withdraw => Some(Self::Withdrawn),
                _ => None,
            },
            Self::InReview => match mv {
                M::Answer => Some(Self::Answered),
                M::Withdraw => Some(Self::Withdrawn),
                _ => None,
            },
            Self::Withdrawn => None,
        }
    }

    /// Every move that the state allows, in the order of declaration.
    pub fn legal_moves(self) -> Vec<MoveKind> {
        MoveKind::ALL
            .iter()
            .copied()
            .filter(|mv| self.after(*mv).is_some())
            .collect()
    }
}

/// Whom a concern is before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Assignment {
    /// The agency that answers.
    pub agency: AgencyId,
    /// The desk in it, once one is known.
    pub office: Option<OfficeId>,
}

/// A move, with what of it changes the concern. The texts that go with a
/// move (the reason of a return or referral, the answer and its outcome) are
/// records of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    /// See [`MoveKind::Release`].
    Release,
    /// See [`MoveKind::Return`].
    Return,
    /// See [`MoveKind::Resubmit`].
    Resubmit,
    /// See [`MoveKind::Assign`].
    Assign(Assignment),
    /// See [`MoveKind::Refer`].
    Refer(Assignment),
    /// See [`MoveKind::Acknowledge`].
    Acknowledge,
    /// See [`MoveKind::Start`].
    Start,
    /// See [`MoveKind::RequestClarification`].
    RequestClarification,
    /// See [`MoveKind::Clarify`].
    Clarify,
    /// See [`MoveKind::GoDormant`].
    GoDormant,
    /// See [`MoveKind::Reopen`].
    Reopen,
    /// See [`MoveKind::Answer`].
    Answer,
    /// See [`MoveKind::Accept`].
    Accept,
    /// See [`MoveKind::Lapse`].
    Lapse,
    /// See [`MoveKind::Dispute`].
    Dispute,
    /// See [`MoveKind::Review`]. Whoever reviews also answers, and so the
    /// concern is assigned there: to the same office for a first dispute
    /// (another officer takes it), to oversight for a second.
    Review(Assignment),
    /// See [`MoveKind::Withdraw`].
    Withdraw,
}

impl Move {
    /// The move without its data.
    pub const fn kind(self) -> MoveKind {
        match self {
            Self::Release => MoveKind::Release,
            Self::Return => MoveKind::Return,
            Self::Resubmit => MoveKind::Resubmit,
            Self::Assign(_) => MoveKind::Assign,
            Self::Refer(_) => MoveKind::Refer,
            Self::Acknowledge => MoveKind::Acknowledge,
            Self::Start => MoveKind::Start,
            Self::RequestClarification => MoveKind::RequestClarification,
            Self::Clarify => MoveKind::Clarify,
            Self::GoDormant => MoveKind::GoDormant,
            Self::Reopen => MoveKind::Reopen,
            Self::Answer => MoveKind::Answer,
            Self::Accept => MoveKind::Accept,
            Self::Lapse => MoveKind::Lapse,
            Self::Dispute => MoveKind::Dispute,
            Self::Review(_) => MoveKind::Review,
            Self::Withdraw => MoveKind::Withdraw,
        }
    }
}

/// A move that cannot be made from where the concern stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IllegalMove {
    /// Where the concern stands.
    pub from: State,
    /// What was tried.
    pub attempted: MoveKind,
    /// What can be done instead; empty if nothing can.
    pub legal: Vec<MoveKind>,
}

impl std::fmt::Display for IllegalMove {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} is not possible for a concern that is {}; ",
            self.attempted, self.from
        )?;
        if self.legal.is_empty() {
            return f.write_str("nothing is");
        }
        let legal: Vec<_> = self.legal.iter().map(|mv| mv.code()).collect();
        write!(f, "possible: {}", legal.join(", "))
    }
}

impl std::error::Error for IllegalMove {}

/// A concern as it stands. Plain data: storage loads and saves it as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Concern {
    /// Where it stands.
    pub state: State,
    /// Whom it is before; kept after the end.
    pub assignment: Option<Assignment>,
    /// When the office it is before said that it has it.
    pub acknowledged_at: Option<DateTime<Utc>>,
    /// When the newest answer was given.
    pub answered_at: Option<DateTime<Utc>>,
    /// When it was closed, while it is.
    pub closed_at: Option<DateTime<Utc>>,
    /// How often an office asked the raiser; at most [`MAX_CLARIFICATIONS`].
    pub clarifications: u8,
    /// How often the raiser disputed; at most [`MAX_DISPUTES`].
    pub disputes: u8,
    /// Whether it was closed without a word from the raiser.
    pub unconfirmed: bool,
}

impl Concern {
    /// A concern that was just sent.
    pub const fn submitted() -> Self {
        Self {
            state: State::Submitted,
            assignment: None,
            acknowledged_at: None,
            answered_at: None,
            closed_at: None,
            clarifications: 0,
            disputes: 0,
            unconfirmed: false,
        }
    }

    /// Every move that can be made now, in the order of declaration.
    pub fn legal_moves(&self) -> Vec<MoveKind> {
        let mut moves = self.state.legal_moves();
        moves.retain(|mv| self.has_left(*mv));
        moves
    }

    /// Makes a move: the next concern, and what the log says of it.
    pub fn apply(self, mv: Move, now: DateTime<Utc>) -> Result<(Self, EventKind), IllegalMove> {
        let kind = mv.kind();
        let Some(state) = self.state.after(kind).filter(|_| self.has_left(kind)) else {
            return Err(IllegalMove {
                from: self.state,
                attempted: kind,
                legal: self.legal_moves(),
            });
        };
        let mut next = Self { state, ..self };
        let event = match mv {
            Move::Assign(to) | Move::Refer(to) => {
                next.assignment = Some(to);
                next.acknowledged_at = None;
                EventKind::ConcernAssigned
            }
            Move::Review(to) => {
                next.assignment = Some(to);
                EventKind::ConcernAssigned
            }
            Move::Acknowledge => {
                next.acknowledged_at = Some(now);
                EventKind::ConcernAcknowledged
            }
            Move::RequestClarification => {
                next.clarifications = self.clarifications.saturating_add(1);
                EventKind::ConcernMoved
            }
            Move::Answer => {
                next.answered_at = Some(now);
                EventKind::ResponsePublished
            }
            Move::Accept | Move::Lapse => {
                next.closed_at = Some(now);
                next.unconfirmed = kind == MoveKind::Lapse;
                EventKind::ConcernMoved
            }
            Move::Dispute => {
                next.disputes = self.disputes.saturating_add(1);
                next.closed_at = None;
                next.unconfirmed = false;
                EventKind::ConcernMoved
            }
            Move::Release
            | Move::Return
            | Move::Resubmit
            | Move::Start
            | Move::Clarify
            | Move::GoDormant
            | Move::Reopen
            | Move::Withdraw => EventKind::ConcernMoved,
        };
        Ok((next, event))
    }

    /// Whether a move that may be made only so often has any left.
    const fn has_left(&self, mv: MoveKind) -> bool {
        match mv {
            MoveKind::RequestClarification => self.clarifications < MAX_CLARIFICATIONS,
            MoveKind::Dispute => self.disputes < MAX_DISPUTES,
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests;
