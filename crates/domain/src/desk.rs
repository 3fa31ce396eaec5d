//! Desks: what waits for whom, and in which order.

use chrono::NaiveDate;

use crate::code::codes;
use crate::concern::{MoveKind, State};
use crate::people::AgencyKind;

codes! {
    /// Whom a concern waits for.
    pub enum Blocker {
        /// A moderator: to release it, or to put it before somebody.
        Moderator = "MODERATOR",
        /// The office that it is before.
        Office = "OFFICE",
        /// The oversight body that it is before.
        Oversight = "OVERSIGHT",
        /// The raiser.
        Raiser = "RAISER",
    }
}

/// Where what has no day stands among what is due: after everything else.
const LATER: NaiveDate = match NaiveDate::from_ymd_opt(9999, 12, 31) {
    Some(day) => day,
    None => NaiveDate::MAX,
};

/// The states in which a concern waits for its raiser.
pub const WAITS_FOR_RAISER: &[State] = &[
    State::Returned,
    State::ClarificationRequested,
    State::Dormant,
    State::Answered,
];

/// The states in which it waits for whoever it is before.
pub const WAITS_FOR_OFFICE: &[State] = &[
    State::Assigned,
    State::Acknowledged,
    State::InProgress,
    State::InReview,
];

/// The states in which it waits for a moderator to put it before somebody.
pub const WAITS_FOR_ROUTE: &[State] = &[State::Open, State::Disputed];

/// Whom a concern waits for that stands so, and is before an agency of this
/// kind; `None` once nobody is expected to act.
pub const fn blocked_on(state: State, before: Option<AgencyKind>) -> Option<Blocker> {
    match state {
        State::Submitted | State::Open | State::Disputed => Some(Blocker::Moderator),
        State::Assigned | State::Acknowledged | State::InProgress | State::InReview => {
            Some(match before {
                Some(AgencyKind::Oversight) => Blocker::Oversight,
                Some(AgencyKind::LawEnforcement | AgencyKind::Government) | None => Blocker::Office,
            })
        }
        State::Returned | State::ClarificationRequested | State::Dormant | State::Answered => {
            Some(Blocker::Raiser)
        }
        State::Closed | State::Withdrawn => None,
    }
}

/// The moves by which whoever a concern waits for goes on with it.
pub const fn expected_moves(state: State) -> &'static [MoveKind] {
    match state {
        State::Submitted => &[MoveKind::Release, MoveKind::Return],
        State::Returned => &[MoveKind::Resubmit],
        State::Open => &[MoveKind::Assign],
        State::Assigned => &[MoveKind::Acknowledge],
        State::Acknowledged | State::InProgress | State::InReview => &[MoveKind::Answer],
        State::ClarificationRequested => &[MoveKind::Clarify],
        State::Dormant => &[MoveKind::Reopen],
        State::Answered => &[MoveKind::Accept, MoveKind::Dispute],
        State::Disputed => &[MoveKind::Review],
        State::Closed | State::Withdrawn => &[],
    }
}

/// By which day a concern is sorted on the desks: that by which the next
/// official move is due. What waits for its raiser, or has no day, comes last;
/// `None` for what is on no desk any more.
pub fn desk_on(state: State, due_on: Option<NaiveDate>) -> Option<NaiveDate> {
    blocked_on(state, None).map(|_| due_on.unwrap_or(LATER))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_waited_for_has_a_move() {
        for state in State::ALL {
            let waits = blocked_on(*state, None).is_some();
            assert_eq!(!expected_moves(*state).is_empty(), waits, "{state}");
            assert_eq!(desk_on(*state, None).is_some(), waits, "{state}");
            for mv in expected_moves(*state) {
                assert!(state.after(*mv).is_some(), "{state} {mv}");
            }
        }
    }

    #[test]
    fn every_state_waits_for_one_side_or_for_nobody() {
        for state in State::ALL {
            let lists = [WAITS_FOR_RAISER, WAITS_FOR_OFFICE, WAITS_FOR_ROUTE];
            let in_lists = lists.iter().filter(|list| list.contains(state)).count();
            let alone = matches!(state, State::Submitted | State::Closed | State::Withdrawn);
            assert_eq!(in_lists, usize::from(!alone), "{state}");
        }
    }

    #[test]
    fn what_has_no_day_comes_after_what_has_one() {
        let day = NaiveDate::from_ymd_opt(2026, 1, 2);
        assert_eq!(desk_on(State::Assigned, day), day);
        assert!(desk_on(State::Answered, None) > day);
        assert_eq!(desk_on(State::Closed, day), None);
    }
}
