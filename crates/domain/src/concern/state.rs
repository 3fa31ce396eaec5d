//! A concern's states, and the table of the moves between them.

use crate::code::codes;

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
                M::Assign | M::Refer => Some(Self::Assigned),
                M::Start => Some(Self::InProgress),
                M::RequestClarification => Some(Self::ClarificationRequested),
                M::Answer => Some(Self::Answered),
                M::Withdraw => Some(Self::Withdrawn),
                _ => None,
            },
            Self::InProgress => match mv {
                M::Assign | M::Refer => Some(Self::Assigned),
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
                M::Accept => Some(Self::Closed),
                M::Dispute => Some(Self::Disputed),
                _ => None,
            },
            Self::Disputed => match mv {
                M::Review => Some(Self::InReview),
                M::Withdraw => Some(Self::Withdrawn),
                _ => None,
            },
            Self::InReview => match mv {
                M::Review => Some(Self::InReview),
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
