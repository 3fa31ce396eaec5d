use std::fmt::Write as _;

use chrono::{TimeZone, WeekdaySet};
use chrono_tz::Tz;
use uuid::Uuid;

use super::*;
use crate::concern::{Assignment, Move};

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

fn noon(month: u32, day: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, month, day, 7, 0, 0).unwrap()
}

fn calendar() -> Calendar {
    Calendar::pakistan([(3, 23)], [day(2026, 3, 20)]).unwrap()
}

fn terms(calendar: &Calendar) -> Terms<'_> {
    Terms {
        calendar,
        deadlines: Deadlines::default(),
        answering_since: Some(noon(1, 1)),
        protected: false,
    }
}

fn to(number: u128) -> Assignment {
    Assignment {
        agency: Uuid::from_u128(number).into(),
        office: None,
    }
}

/// Moves, each made on a day of March.
fn after(moves: &[(Move, u32)]) -> Concern {
    let sent = Concern::sent(noon(3, 2));
    moves.iter().fold(sent, |concern, (mv, day)| {
        concern.apply(*mv, noon(3, *day)).unwrap().0
    })
}

const BEGINNING: [(Move, u32); 1] = [(Move::Release, 2)];

#[test]
fn a_concerns_life_by_its_clocks() {
    let calendar = calendar();
    let mut moves = BEGINNING.to_vec();
    let mut table = String::new();
    let life = [
        (Move::Assign(to(1)), 3),
        (Move::Acknowledge, 5),
        (Move::Start, 9),
        (Move::RequestClarification, 10),
        (Move::Clarify, 12),
        (Move::Answer, 16),
        (Move::Dispute, 17),
        (Move::Review(to(2)), 18),
    ];
    for step in life {
        moves.push(step);
        let concern = after(&moves);
        let clock = Clock::of(&concern, terms(&calendar)).unwrap();
        let (until, very) = (clock.due_on, clock.very_overdue_on);
        let very = very.map_or("-".to_owned(), |day| day.to_string());
        writeln!(
            table,
            "{}: {} {until} {very}",
            concern.state, clock.runs_for
        )
        .unwrap();
    }
    insta::assert_snapshot!(table, @r"
    ASSIGNED: ACKNOWLEDGE 2026-03-10 2026-04-30
    ACKNOWLEDGED: ANSWER 2026-04-02 2026-04-30
    IN_PROGRESS: ANSWER 2026-04-02 2026-04-30
    CLARIFICATION_REQUESTED: CLARIFY 2026-04-07 -
    IN_PROGRESS: ANSWER 2026-04-13 2026-05-11
    ANSWERED: VERDICT 2026-04-13 -
    DISPUTED: REVIEW 2026-04-16 2026-05-14
    IN_REVIEW: REVIEW 2026-04-17 2026-05-15
    ");
}

#[test]
fn it_is_late_from_the_end_of_the_day_on() {
    let calendar = calendar();
    let concern = after(&[BEGINNING[0], (Move::Assign(to(1)), 3)]);
    let clock = Clock::of(&concern, terms(&calendar)).unwrap();
    let second = TimeDelta::seconds(1);
    // The day ends at midnight in Karachi.
    assert_eq!(
        clock.due_at,
        Utc.with_ymd_and_hms(2026, 3, 10, 19, 0, 0).unwrap()
    );
    let very = clock.very_overdue_at.unwrap();
    for (at, lateness, level) in [
        (clock.due_at - second, Lateness::OnTime, 0),
        (clock.due_at, Lateness::Overdue, 1),
        (very - second, Lateness::Overdue, 1),
        (very, Lateness::VeryOverdue, 2),
    ] {
        assert_eq!(
            (clock.lateness(at), clock.escalation(at)),
            (lateness, level)
        );
    }
}

#[test]
fn an_offices_clock_runs_only_while_its_agency_answers_and_from_then_on() {
    let calendar = calendar();
    let concern = after(&[BEGINNING[0], (Move::Assign(to(1)), 3)]);
    let since = |answering_since| {
        let terms = Terms {
            answering_since,
            ..terms(&calendar)
        };
        Clock::of(&concern, terms).map(|clock| clock.since)
    };
    assert_eq!(since(None), None);
    assert_eq!(since(Some(noon(3, 2))), Some(day(2026, 3, 3)));
    assert_eq!(since(Some(noon(3, 9))), Some(day(2026, 3, 9)));
    // What is not the agency's to do does not wait for it.
    let sent = Clock::of(
        &Concern::sent(noon(3, 2)),
        Terms {
            answering_since: None,
            ..terms(&calendar)
        },
    );
    assert_eq!(sent.map(|clock| clock.runs_for), Some(ClockFor::Release));
}

#[test]
fn protected_voices_have_longer_to_judge() {
    let calendar = calendar();
    let concern = after(&[
        BEGINNING[0],
        (Move::Assign(to(1)), 3),
        (Move::Acknowledge, 3),
        (Move::Answer, 4),
    ]);
    let due = |protected| {
        Clock::of(
            &concern,
            Terms {
                protected,
                ..terms(&calendar)
            },
        )
        .unwrap()
        .due_on
    };
    assert_eq!((due(false), due(true)), (day(2026, 4, 1), day(2026, 6, 2)));
}

#[test]
fn a_day_ends_although_its_midnight_does_not_exist() {
    // Clocks were put forward at midnight on 9 September 2018.
    let calendar = Calendar::new(WeekdaySet::EMPTY, [], [], Tz::America__Santiago);
    let calendar = calendar.unwrap_or_else(|_| panic!("a calendar"));
    let end = calendar.end_of(day(2018, 8, 11));
    assert_eq!(calendar.today(end), day(2018, 8, 12));
    assert_eq!(
        calendar.today(end - TimeDelta::seconds(1)),
        day(2018, 8, 11)
    );
}

#[test]
fn the_more_special_rule_goes_over_the_more_general_from_its_day_on() {
    let agency = |n| Some(AgencyId(Uuid::from_u128(n)));
    let rule = |agency, category: Option<&str>, answer, since| ClockRule {
        agency,
        category: category.map(str::to_owned),
        acknowledge: None,
        answer,
        very_overdue: None,
        review: None,
        since,
    };
    let rules = [
        rule(None, None, Some(30), noon(1, 1)),
        rule(None, Some("DRG"), Some(25), noon(1, 1)),
        rule(agency(1), None, Some(15), noon(2, 1)),
        rule(agency(1), Some("DRG.SUB"), Some(10), noon(3, 1)),
        rule(agency(1), Some("DRG.SUB"), None, noon(4, 1)),
    ];
    let answer = |number, categories: &[&str], began| {
        let by = RuledBy {
            agency: agency(number),
            categories,
            began,
        };
        ruled(Deadlines::default(), &rules, by).answer
    };
    let under = ["DRG", "DRG.SUB"];
    assert_eq!(answer(1, &under, noon(1, 1) - TimeDelta::seconds(1)), 20);
    assert_eq!(answer(1, &["TIP"], noon(1, 1)), 30);
    assert_eq!(answer(1, &under, noon(1, 31)), 25);
    assert_eq!(answer(1, &under, noon(2, 28)), 15);
    assert_eq!(answer(1, &under, noon(3, 1)), 10);
    // A rule that says nothing leaves it to the more general one.
    assert_eq!(answer(1, &under, noon(4, 1)), 15);
    assert_eq!(answer(2, &under, noon(4, 1)), 25);
}
