use std::fmt::Write as _;

use chrono::{NaiveDate, TimeDelta};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use uuid::Uuid;

use super::*;
use crate::id::ThreadId;
use crate::text::Reason;

fn assignment(number: u128) -> Assignment {
    Assignment {
        agency: Uuid::from_u128(number).into(),
        office: None,
    }
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
}

fn with_data(kind: MoveKind) -> Move {
    match kind {
        MoveKind::Release => Move::Release,
        MoveKind::Return => Move::Return,
        MoveKind::Resubmit => Move::Resubmit,
        MoveKind::Assign => Move::Assign(assignment(1)),
        MoveKind::Refer => Move::Refer(assignment(2)),
        MoveKind::Acknowledge => Move::Acknowledge,
        MoveKind::Start => Move::Start,
        MoveKind::RequestClarification => Move::RequestClarification,
        MoveKind::Clarify => Move::Clarify,
        MoveKind::GoDormant => Move::GoDormant,
        MoveKind::Reopen => Move::Reopen,
        MoveKind::Answer => Move::Answer,
        MoveKind::Accept => Move::Accept,
        MoveKind::Lapse => Move::Lapse,
        MoveKind::Dispute => Move::Dispute,
        MoveKind::Review => Move::Review(assignment(3)),
        MoveKind::Withdraw => Move::Withdraw,
    }
}

/// Makes legal moves, one a second from second 1 on.
fn after(moves: &[Move]) -> Concern {
    (1..)
        .zip(moves)
        .fold(Concern::submitted(), |concern, (second, mv)| {
            concern.apply(*mv, at(second)).unwrap().0
        })
}

fn answered() -> Vec<Move> {
    vec![
        Move::Release,
        Move::Assign(assignment(1)),
        Move::Acknowledge,
        Move::Answer,
    ]
}

#[test]
fn every_move_from_every_state() {
    let mut table = String::new();
    for state in State::ALL {
        let concern = Concern {
            state: *state,
            ..Concern::submitted()
        };
        let mut refused = Vec::new();
        writeln!(table, "{state}").unwrap();
        for kind in MoveKind::ALL {
            match concern.apply(with_data(*kind), at(0)) {
                Ok((next, event)) => {
                    writeln!(table, "    {kind} -> {} ({event})", next.state).unwrap();
                }
                Err(_) => refused.push(kind.code()),
            }
        }
        writeln!(table, "    refused: {}", refused.join(" ")).unwrap();
    }
    insta::assert_snapshot!(table, @r"
    SUBMITTED
        RELEASE -> OPEN (concern.moved)
        RETURN -> RETURNED (concern.moved)
        WITHDRAW -> WITHDRAWN (concern.moved)
        refused: RESUBMIT ASSIGN REFER ACKNOWLEDGE START REQUEST_CLARIFICATION CLARIFY GO_DORMANT REOPEN ANSWER ACCEPT LAPSE DISPUTE REVIEW
    RETURNED
        RESUBMIT -> SUBMITTED (concern.moved)
        WITHDRAW -> WITHDRAWN (concern.moved)
        refused: RELEASE RETURN ASSIGN REFER ACKNOWLEDGE START REQUEST_CLARIFICATION CLARIFY GO_DORMANT REOPEN ANSWER ACCEPT LAPSE DISPUTE REVIEW
    OPEN
        ASSIGN -> ASSIGNED (concern.assigned)
        WITHDRAW -> WITHDRAWN (concern.moved)
        refused: RELEASE RETURN RESUBMIT REFER ACKNOWLEDGE START REQUEST_CLARIFICATION CLARIFY GO_DORMANT REOPEN ANSWER ACCEPT LAPSE DISPUTE REVIEW
    ASSIGNED
        ASSIGN -> ASSIGNED (concern.assigned)
        REFER -> ASSIGNED (concern.assigned)
        ACKNOWLEDGE -> ACKNOWLEDGED (concern.acknowledged)
        WITHDRAW -> WITHDRAWN (concern.moved)
        refused: RELEASE RETURN RESUBMIT START REQUEST_CLARIFICATION CLARIFY GO_DORMANT REOPEN ANSWER ACCEPT LAPSE DISPUTE REVIEW
    ACKNOWLEDGED
        ASSIGN -> ASSIGNED (concern.assigned)
        REFER -> ASSIGNED (concern.assigned)
        START -> IN_PROGRESS (concern.moved)
        REQUEST_CLARIFICATION -> CLARIFICATION_REQUESTED (concern.moved)
        ANSWER -> ANSWERED (response.published)
        WITHDRAW -> WITHDRAWN (concern.moved)
        refused: RELEASE RETURN RESUBMIT ACKNOWLEDGE CLARIFY GO_DORMANT REOPEN ACCEPT LAPSE DISPUTE REVIEW
    IN_PROGRESS
        ASSIGN -> ASSIGNED (concern.assigned)
        REFER -> ASSIGNED (concern.assigned)
        REQUEST_CLARIFICATION -> CLARIFICATION_REQUESTED (concern.moved)
        ANSWER -> ANSWERED (response.published)
        WITHDRAW -> WITHDRAWN (concern.moved)
        refused: RELEASE RETURN RESUBMIT ACKNOWLEDGE START CLARIFY GO_DORMANT REOPEN ACCEPT LAPSE DISPUTE REVIEW
    CLARIFICATION_REQUESTED
        CLARIFY -> IN_PROGRESS (concern.moved)
        GO_DORMANT -> DORMANT (concern.moved)
        WITHDRAW -> WITHDRAWN (concern.moved)
        refused: RELEASE RETURN RESUBMIT ASSIGN REFER ACKNOWLEDGE START REQUEST_CLARIFICATION REOPEN ANSWER ACCEPT LAPSE DISPUTE REVIEW
    DORMANT
        REOPEN -> IN_PROGRESS (concern.moved)
        WITHDRAW -> WITHDRAWN (concern.moved)
        refused: RELEASE RETURN RESUBMIT ASSIGN REFER ACKNOWLEDGE START REQUEST_CLARIFICATION CLARIFY GO_DORMANT ANSWER ACCEPT LAPSE DISPUTE REVIEW
    ANSWERED
        ACCEPT -> CLOSED (concern.moved)
        LAPSE -> CLOSED (concern.moved)
        DISPUTE -> DISPUTED (concern.moved)
        WITHDRAW -> WITHDRAWN (concern.moved)
        refused: RELEASE RETURN RESUBMIT ASSIGN REFER ACKNOWLEDGE START REQUEST_CLARIFICATION CLARIFY GO_DORMANT REOPEN ANSWER REVIEW
    CLOSED
        ACCEPT -> CLOSED (concern.moved)
        DISPUTE -> DISPUTED (concern.moved)
        refused: RELEASE RETURN RESUBMIT ASSIGN REFER ACKNOWLEDGE START REQUEST_CLARIFICATION CLARIFY GO_DORMANT REOPEN ANSWER LAPSE REVIEW WITHDRAW
    DISPUTED
        REVIEW -> IN_REVIEW (concern.assigned)
        WITHDRAW -> WITHDRAWN (concern.moved)
        refused: RELEASE RETURN RESUBMIT ASSIGN REFER ACKNOWLEDGE START REQUEST_CLARIFICATION CLARIFY GO_DORMANT REOPEN ANSWER ACCEPT LAPSE DISPUTE
    IN_REVIEW
        ANSWER -> ANSWERED (response.published)
        REVIEW -> IN_REVIEW (concern.assigned)
        WITHDRAW -> WITHDRAWN (concern.moved)
        refused: RELEASE RETURN RESUBMIT ASSIGN REFER ACKNOWLEDGE START REQUEST_CLARIFICATION CLARIFY GO_DORMANT REOPEN ACCEPT LAPSE DISPUTE
    WITHDRAWN
        refused: RELEASE RETURN RESUBMIT ASSIGN REFER ACKNOWLEDGE START REQUEST_CLARIFICATION CLARIFY GO_DORMANT REOPEN ANSWER ACCEPT LAPSE DISPUTE REVIEW WITHDRAW
    ");
}

#[test]
fn an_illegal_move_says_what_is_legal() {
    let error = Concern::submitted().apply(Move::Answer, at(0)).unwrap_err();
    insta::assert_snapshot!(
        error,
        @"ANSWER is not possible for a concern that is SUBMITTED; possible: RELEASE, RETURN, WITHDRAW"
    );
    let error = after(&[Move::Withdraw])
        .apply(Move::Withdraw, at(9))
        .unwrap_err();
    insta::assert_snapshot!(
        error,
        @"WITHDRAW is not possible for a concern that is WITHDRAWN; nothing is"
    );
}

#[test]
fn times_are_those_of_the_moves() {
    let mut moves = answered();
    let concern = after(&moves);
    assert_eq!(concern.acknowledged_at, Some(at(3)));
    assert_eq!(concern.answered_at, Some(at(4)));
    assert_eq!(concern.closed_at, None);
    moves.push(Move::Accept);
    assert_eq!(after(&moves).closed_at, Some(at(5)));
}

#[test]
fn a_referral_must_be_acknowledged_anew() {
    let assigned = [
        Move::Release,
        Move::Assign(assignment(1)),
        Move::Acknowledge,
    ];
    let concern = after(&assigned);
    assert_eq!(concern.assignment, Some(assignment(1)));
    let (concern, _) = concern.apply(Move::Refer(assignment(2)), at(9)).unwrap();
    assert_eq!(concern.state, State::Assigned);
    assert_eq!(concern.assignment, Some(assignment(2)));
    assert_eq!(concern.acknowledged_at, None);
}

#[test]
fn an_office_may_ask_back_once() {
    let mut moves = answered();
    moves.truncate(3);
    moves.extend([Move::RequestClarification, Move::Clarify]);
    let concern = after(&moves);
    assert_eq!(
        (concern.state, concern.clarifications),
        (State::InProgress, 1)
    );
    let error = concern
        .apply(Move::RequestClarification, at(9))
        .unwrap_err();
    assert_eq!(
        error.legal,
        [
            MoveKind::Assign,
            MoveKind::Refer,
            MoveKind::Answer,
            MoveKind::Withdraw
        ]
    );
    // Nor may the office it is sent on to.
    moves.extend([Move::Refer(assignment(2)), Move::Acknowledge]);
    assert!(
        after(&moves)
            .apply(Move::RequestClarification, at(9))
            .is_err()
    );
}

#[test]
fn a_dormant_concern_comes_back() {
    let mut moves = answered();
    moves.truncate(3);
    moves.extend([Move::RequestClarification, Move::GoDormant, Move::Reopen]);
    assert_eq!(after(&moves).state, State::InProgress);
}

#[test]
fn a_lapse_closes_unconfirmed_and_an_acceptance_does_not() {
    for (mv, unconfirmed) in [(Move::Accept, false), (Move::Lapse, true)] {
        let mut moves = answered();
        moves.push(mv);
        let concern = after(&moves);
        assert_eq!(
            (concern.state, concern.unconfirmed),
            (State::Closed, unconfirmed)
        );
    }
}

#[test]
fn a_second_dispute_is_the_last() {
    let mut moves = answered();
    moves.extend([Move::Lapse, Move::Dispute]);
    let concern = after(&moves);
    assert_eq!((concern.closed_at, concern.unconfirmed), (None, false));
    moves.extend([Move::Review(assignment(1)), Move::Answer, Move::Dispute]);
    moves.extend([Move::Review(assignment(3)), Move::Answer]);
    let concern = after(&moves);
    assert_eq!(concern.assignment, Some(assignment(3)));
    assert_eq!(concern.answered_at, Some(at(11)));
    let error = concern.apply(Move::Dispute, at(20)).unwrap_err();
    assert_eq!(
        error.legal,
        [MoveKind::Accept, MoveKind::Lapse, MoveKind::Withdraw]
    );
    moves.push(Move::Accept);
    // Asked again, the raiser may still say whether it helped.
    assert_eq!(after(&moves).legal_moves(), [MoveKind::Accept]);
}

#[test]
fn outcomes_announce_nothing_in_the_past() {
    let day = |day| NaiveDate::from_ymd_opt(2026, 3, day).unwrap();
    let reason = || Reason::parse("because").unwrap();
    let dated: [fn(NaiveDate) -> Outcome; 2] = [
        |date| Outcome::ActionPlanned { date },
        |review_on| Outcome::SubJudice { review_on },
    ];
    for outcome in dated {
        let past = Err(OutcomeError::Past {
            date: day(9),
            today: day(10),
        });
        assert_eq!(outcome(day(9)).check(day(10)), past);
        assert_eq!(outcome(day(10)).check(day(10)), Ok(()));
        assert_eq!(outcome(day(11)).check(day(10)), Ok(()));
    }
    let all = [
        Outcome::Resolved,
        Outcome::PartiallyResolved,
        dated[0](day(10)),
        Outcome::NoFurtherAction { reason: reason() },
        Outcome::NotResponsible {
            responsible: reason(),
        },
        Outcome::Duplicate {
            of: ThreadId(Uuid::nil()),
        },
        Outcome::CannotDisclose {
            legal_basis: reason(),
        },
        dated[1](day(10)),
    ];
    let kinds: Vec<_> = all.iter().map(Outcome::kind).collect();
    assert_eq!(kinds, OutcomeKind::ALL);
    assert!(all.iter().all(|outcome| outcome.check(day(10)).is_ok()));
}

/// What holds of every concern, however it came to be.
fn assert_sound(concern: &Concern) {
    use State as S;
    // State; whether it has been assigned, acknowledged, answered. `None`
    // where both can be.
    let (assigned, acknowledged, answered) = match concern.state {
        S::Submitted | S::Returned | S::Open => (Some(false), Some(false), Some(false)),
        S::Assigned => (Some(true), Some(false), Some(false)),
        S::Acknowledged | S::InProgress | S::ClarificationRequested | S::Dormant => {
            (Some(true), Some(true), Some(false))
        }
        S::Answered | S::Closed | S::Disputed | S::InReview => (Some(true), Some(true), Some(true)),
        S::Withdrawn => (None, None, None),
    };
    let holds = |expected: Option<bool>, found| expected.is_none_or(|expected| expected == found);
    assert!(holds(assigned, concern.assignment.is_some()), "{concern:?}");
    assert!(
        holds(acknowledged, concern.acknowledged_at.is_some()),
        "{concern:?}"
    );
    assert!(
        holds(answered, concern.answered_at.is_some()),
        "{concern:?}"
    );
    assert_eq!(
        concern.closed_at.is_some(),
        concern.state == S::Closed,
        "{concern:?}"
    );
    assert!(
        !concern.unconfirmed || concern.state == S::Closed,
        "{concern:?}"
    );
    assert!(concern.clarifications <= MAX_CLARIFICATIONS, "{concern:?}");
    assert!(concern.disputes <= MAX_DISPUTES, "{concern:?}");
    let times = [
        concern.acknowledged_at,
        concern.answered_at,
        concern.closed_at,
    ];
    assert!(times.iter().flatten().is_sorted(), "{concern:?}");
}

proptest! {
    #![proptest_config(ProptestConfig {
        rng_seed: RngSeed::Fixed(1),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_life_of_legal_moves_is_sound(choices in proptest::collection::vec(any::<usize>(), 0..60)) {
        let mut concern = Concern::submitted();
        assert_sound(&concern);
        for (second, choice) in (1..).zip(choices) {
            let legal = concern.legal_moves();
            for kind in MoveKind::ALL {
                let made = concern.apply(with_data(*kind), at(second));
                prop_assert_eq!(made.is_ok(), legal.contains(kind));
                if let Err(error) = made {
                    prop_assert_eq!(error.from, concern.state);
                    prop_assert_eq!(error.attempted, *kind);
                    prop_assert_eq!(&error.legal, &legal);
                }
            }
            // Lives that end at once say little: withdraw only now and then.
            let stay: Vec<_> = legal
                .iter()
                .filter(|kind| choice % 29 == 0 || **kind != MoveKind::Withdraw)
                .collect();
            let Some(kind) = stay.get(choice % stay.len().max(1)) else { break };
            concern = concern.apply(with_data(**kind), at(second)).unwrap().0;
            assert_sound(&concern);
        }
    }
}
