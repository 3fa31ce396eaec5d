//! A concern's life: its states, the moves between them, and what each move
//! changes.
//!
//! [`State::after`] is the whole table of moves. [`Concern::apply`] adds the rules
//! that depend on what came before (one question back, two disputes) and
//! keeps the times. Who may make a move is `policy`'s to say; what time has
//! to pass before one, the caller's (see [`crate::calendar`]).

use chrono::{DateTime, Utc};

use crate::event::EventKind;
use crate::id::{AgencyId, OfficeId, PersonaId};

mod outcome;
mod state;

pub use outcome::{Outcome, OutcomeError, OutcomeKind};
pub use state::{MoveKind, State};

/// How often an office may ask the raiser back: the clock restarts once.
pub const MAX_CLARIFICATIONS: u8 = 1;

/// How often a raiser may dispute: the second goes to oversight and is final.
pub const MAX_DISPUTES: u8 = 2;

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
    /// How often an office sent it on since a moderator or the router put it
    /// before one.
    pub referrals: u8,
    /// Since when its clock runs: see [`crate::clock`]. Each move that begins
    /// a new one sets it; `None` where none runs.
    pub clock_since: Option<DateTime<Utc>>,
    /// How many stages of the clock that runs were told of.
    pub clock_told: u8,
    /// Who wrote the newest answer: another reviews it.
    pub answered_by: Option<PersonaId>,
    /// Who approved an answer last: nor does he review it.
    pub approved_by: Option<PersonaId>,
    /// The officer who took it from the desk; nobody once it is before
    /// another.
    pub taken_by: Option<PersonaId>,
    /// Who wrote the draft of an answer that waits for a second officer.
    pub drafted_by: Option<PersonaId>,
}

impl Concern {
    /// A concern in its first state, before any clock.
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
            referrals: 0,
            clock_since: None,
            clock_told: 0,
            answered_by: None,
            approved_by: None,
            taken_by: None,
            drafted_by: None,
        }
    }

    /// A concern that was sent at this moment.
    pub const fn sent(now: DateTime<Utc>) -> Self {
        Self {
            clock_since: Some(now),
            ..Self::submitted()
        }
    }

    /// Who gave the answer that is looked at again, while one is: who wrote it,
    /// and who approved it.
    pub fn reviewed(&self) -> impl Iterator<Item = PersonaId> + use<> {
        let gave = match self.state {
            State::Disputed | State::InReview => [self.answered_by, self.approved_by],
            _ => [None, None],
        };
        gave.into_iter().flatten()
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
        // What is before another, or answered, or asked about, or withdrawn has
        // no draft that waits.
        if let Move::Assign(_)
        | Move::Refer(_)
        | Move::Review(_)
        | Move::Answer
        | Move::RequestClarification
        | Move::Withdraw = mv
        {
            next.drafted_by = None;
        }
        match clock(kind) {
            Winds::On => {}
            Winds::Anew => (next.clock_since, next.clock_told) = (Some(now), 0),
            Winds::Off => (next.clock_since, next.clock_told) = (None, 0),
        }
        let event = match mv {
            Move::Assign(to) | Move::Refer(to) => {
                next.assignment = Some(to);
                next.taken_by = None;
                next.acknowledged_at = None;
                next.referrals = match kind {
                    MoveKind::Refer => self.referrals.saturating_add(1),
                    _ => 0,
                };
                EventKind::ConcernAssigned
            }
            Move::Review(to) => {
                next.assignment = Some(to);
                next.taken_by = None;
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
                // Asked again, the raiser may still say that it helped.
                next.closed_at = self.closed_at.or(Some(now));
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

/// What a move does to the clock of a concern.
enum Winds {
    /// It runs on.
    On,
    /// A new one begins.
    Anew,
    /// None runs.
    Off,
}

/// Acknowledging and beginning are steps within the time for the answer. A
/// clarification stops the office's clock, and has it begin anew, once: see
/// [`MAX_CLARIFICATIONS`].
const fn clock(mv: MoveKind) -> Winds {
    match mv {
        MoveKind::Acknowledge | MoveKind::Start => Winds::On,
        MoveKind::Resubmit
        | MoveKind::Assign
        | MoveKind::Refer
        | MoveKind::RequestClarification
        | MoveKind::Clarify
        | MoveKind::Reopen
        | MoveKind::Answer
        | MoveKind::Dispute
        | MoveKind::Review => Winds::Anew,
        MoveKind::Release
        | MoveKind::Return
        | MoveKind::GoDormant
        | MoveKind::Accept
        | MoveKind::Lapse
        | MoveKind::Withdraw => Winds::Off,
    }
}

#[cfg(test)]
mod tests;
