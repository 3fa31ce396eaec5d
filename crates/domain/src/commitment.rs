//! What an office says that it will do, and what becomes of it.
//!
//! An office may say that it has done it. Only the concerned side, or who keeps
//! the process, says that it was kept; and what was not kept when its day is
//! over has lapsed, which stays visible whatever comes later.

use chrono::{DateTime, NaiveDate, Utc};

use crate::code::codes;
use crate::concern::State;
use crate::event::EventKind;

#[cfg(test)]
mod tests;

codes! {
    /// How far a commitment is, whatever the day.
    pub enum Stage {
        /// It is to be done.
        Open = "OPEN",
        /// The office says that it is done.
        ReportedDone = "REPORTED_DONE",
        /// The concerned side says that it is not.
        Contested = "CONTESTED",
        /// It was kept.
        Kept = "KEPT",
        /// The office took it back.
        Withdrawn = "WITHDRAWN",
    }
}

impl Stage {
    /// Every stage in which something is still to come.
    pub const UNSETTLED: [Self; 3] = [Self::Open, Self::ReportedDone, Self::Contested];

    /// Whether nothing is to come any more.
    pub const fn is_settled(self) -> bool {
        matches!(self, Self::Kept | Self::Withdrawn)
    }
}

codes! {
    /// Where a commitment stands in public.
    pub enum CommitmentState {
        /// It is to be done, and there is time.
        Open = "OPEN",
        /// The office says that it is done; the concerned side has not said so.
        ReportedDone = "REPORTED_DONE",
        /// The concerned side says that it is not done.
        Contested = "CONTESTED",
        /// Its day is over, and nobody but the office says that it was kept.
        Lapsed = "LAPSED",
        /// It was kept, in time or late.
        Kept = "KEPT",
        /// The office took it back.
        Withdrawn = "WITHDRAWN",
    }
}

codes! {
    /// What is done to a commitment. The codes are those of timelines.
    pub enum CommitmentAct {
        /// An office commits itself.
        Make = "COMMITMENT_MAKE",
        /// The office says how far it is.
        Report = "COMMITMENT_REPORT",
        /// The office says that it is done.
        ReportDone = "COMMITMENT_REPORT_DONE",
        /// The concerned side says that it was kept.
        Confirm = "COMMITMENT_CONFIRM",
        /// The concerned side says that it is not done.
        Contest = "COMMITMENT_CONTEST",
        /// Who keeps the process decides that it was kept.
        DecideKept = "COMMITMENT_DECIDE_KEPT",
        /// Who keeps the process decides that it was not.
        DecideNotKept = "COMMITMENT_DECIDE_NOT_KEPT",
        /// The office names a later day.
        Postpone = "COMMITMENT_POSTPONE",
        /// Its day is over.
        Lapse = "COMMITMENT_LAPSE",
        /// The office takes it back.
        Withdraw = "COMMITMENT_WITHDRAW",
    }
}

/// With what the codes of acts begin, so that none is that of a concern's move.
const PREFIX: &str = "COMMITMENT_";

impl CommitmentAct {
    /// The word for it where only commitments are spoken of.
    pub fn word(self) -> &'static str {
        self.code().strip_prefix(PREFIX).unwrap_or(self.code())
    }

    /// What the log says of it.
    pub const fn event(self) -> EventKind {
        match self {
            Self::Make => EventKind::CommitmentMade,
            Self::Confirm | Self::DecideKept => EventKind::CommitmentKept,
            Self::Lapse => EventKind::CommitmentLapsed,
            Self::Report
            | Self::ReportDone
            | Self::Contest
            | Self::DecideNotKept
            | Self::Postpone
            | Self::Withdraw => EventKind::CommitmentChanged,
        }
    }
}

/// The percentage at which an office says that a commitment is done.
pub const DONE: u8 = 100;

/// An act, with what of it changes the commitment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    /// The office says how far it is: [`DONE`] says that it is done.
    Report(u8),
    /// See [`CommitmentAct::Confirm`].
    Confirm,
    /// See [`CommitmentAct::Contest`].
    Contest,
    /// Who keeps the process decides.
    Decide(Ruling),
    /// The office names this later day.
    Postpone(NaiveDate),
    /// See [`CommitmentAct::Lapse`].
    Lapse,
    /// See [`CommitmentAct::Withdraw`].
    Withdraw,
}

/// What is decided of a commitment of which the office says that it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ruling {
    /// It was kept.
    Kept,
    /// It was not: it is to be done as before.
    NotKept,
}

impl Doing {
    /// The act without its data.
    pub const fn act(self) -> CommitmentAct {
        match self {
            Self::Report(DONE..) => CommitmentAct::ReportDone,
            Self::Report(_) => CommitmentAct::Report,
            Self::Confirm => CommitmentAct::Confirm,
            Self::Contest => CommitmentAct::Contest,
            Self::Decide(Ruling::Kept) => CommitmentAct::DecideKept,
            Self::Decide(Ruling::NotKept) => CommitmentAct::DecideNotKept,
            Self::Postpone(_) => CommitmentAct::Postpone,
            Self::Lapse => CommitmentAct::Lapse,
            Self::Withdraw => CommitmentAct::Withdraw,
        }
    }
}

/// An act that cannot be done to a commitment that stands so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IllegalAct {
    /// Where it stands.
    pub state: CommitmentState,
    /// What can be done instead; empty if nothing can.
    pub legal: Vec<CommitmentAct>,
}

/// A commitment's life. Plain data: storage loads and saves it as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Life {
    /// How far it is.
    pub stage: Stage,
    /// The day by which it is to be kept: the newest that was named.
    pub due_on: NaiveDate,
    /// How often the office named a later day.
    pub postponed: u32,
    /// How far the office says it is, from 0 to [`DONE`].
    pub percent: u8,
    /// When it lapsed, if it did. It stays so when it is kept late.
    pub lapsed_at: Option<DateTime<Utc>>,
    /// When it was said that it was kept.
    pub kept_at: Option<DateTime<Utc>>,
}

impl Life {
    /// A commitment that is made.
    pub const fn made(due_on: NaiveDate) -> Self {
        Self {
            stage: Stage::Open,
            due_on,
            postponed: 0,
            percent: 0,
            lapsed_at: None,
            kept_at: None,
        }
    }

    /// Where it stands in public. Nobody escapes a day that is over by saying
    /// on the last evening that it is done.
    pub const fn state(&self) -> CommitmentState {
        match (self.stage, self.lapsed_at) {
            (Stage::Kept, _) => CommitmentState::Kept,
            (Stage::Withdrawn, _) => CommitmentState::Withdrawn,
            (Stage::Open | Stage::ReportedDone | Stage::Contested, Some(_)) => {
                CommitmentState::Lapsed
            }
            (Stage::Open, None) => CommitmentState::Open,
            (Stage::ReportedDone, None) => CommitmentState::ReportedDone,
            (Stage::Contested, None) => CommitmentState::Contested,
        }
    }

    /// How far it is after an act on this day; `None` if that is not possible.
    fn after(&self, act: CommitmentAct, today: NaiveDate) -> Option<Stage> {
        let claimed = matches!(self.stage, Stage::ReportedDone | Stage::Contested);
        let over = today > self.due_on;
        if self.stage.is_settled() {
            return None;
        }
        match act {
            CommitmentAct::Make => None,
            // A few percent less do not end that the other side says no.
            CommitmentAct::Report if self.stage == Stage::Contested => Some(Stage::Contested),
            CommitmentAct::Report => Some(Stage::Open),
            CommitmentAct::ReportDone => Some(Stage::ReportedDone),
            CommitmentAct::Confirm => Some(Stage::Kept),
            CommitmentAct::Contest => {
                (self.stage == Stage::ReportedDone).then_some(Stage::Contested)
            }
            CommitmentAct::DecideKept => claimed.then_some(Stage::Kept),
            CommitmentAct::DecideNotKept => claimed.then_some(Stage::Open),
            // What has lapsed is late for good: it can be kept, not moved.
            CommitmentAct::Postpone => (!over && self.lapsed_at.is_none()).then_some(Stage::Open),
            CommitmentAct::Lapse => (over && self.lapsed_at.is_none()).then_some(self.stage),
            // Nor is a day that is over taken back.
            CommitmentAct::Withdraw => {
                (!over && self.lapsed_at.is_none()).then_some(Stage::Withdrawn)
            }
        }
    }

    /// Every act that can be done on this day, in the order of declaration.
    pub fn legal_acts(&self, today: NaiveDate) -> Vec<CommitmentAct> {
        let mut acts = CommitmentAct::ALL.to_vec();
        // Time does this one.
        acts.retain(|act| *act != CommitmentAct::Lapse && self.after(*act, today).is_some());
        acts
    }

    /// Does something to it at a moment of this day.
    pub fn apply(
        self,
        doing: Doing,
        today: NaiveDate,
        now: DateTime<Utc>,
    ) -> Result<Self, IllegalAct> {
        let Some(stage) = self.after(doing.act(), today) else {
            return Err(IllegalAct {
                state: self.state(),
                legal: self.legal_acts(today),
            });
        };
        let mut next = Self { stage, ..self };
        // The day is over, whether or not that was told yet.
        if stage == Stage::Kept && today > self.due_on {
            next.lapsed_at = self.lapsed_at.or(Some(now));
        }
        match doing {
            Doing::Report(percent) => next.percent = percent.min(DONE),
            Doing::Confirm | Doing::Decide(Ruling::Kept) => next.kept_at = Some(now),
            Doing::Postpone(day) => {
                next.due_on = day;
                next.postponed = self.postponed.saturating_add(1);
            }
            Doing::Lapse => next.lapsed_at = Some(now),
            Doing::Contest | Doing::Decide(Ruling::NotKept) | Doing::Withdraw => {}
        }
        Ok(next)
    }
}

/// Whether an office commits itself in a concern that stands so: once it has
/// said that it has the concern, and until that is withdrawn.
pub const fn may_commit_in(state: State) -> bool {
    match state {
        State::Acknowledged
        | State::InProgress
        | State::ClarificationRequested
        | State::Dormant
        | State::Answered
        | State::Closed
        | State::Disputed
        | State::InReview => true,
        State::Submitted | State::Returned | State::Open | State::Assigned | State::Withdrawn => {
            false
        }
    }
}
