use std::collections::BTreeMap;

use uuid::Uuid;

use super::*;

#[test]
fn percentiles_are_values_that_occur() {
    let values: BTreeMap<u16, u64> = [(1, 4), (3, 5), (40, 1)].into();
    assert_eq!(percentile(&values, 50), Some(3));
    assert_eq!(percentile(&values, 90), Some(3));
    assert_eq!(percentile(&values, 91), Some(40));
    assert_eq!(percentile(&BTreeMap::new(), 50), None);
}

#[test]
fn a_measure_reads_back_as_it_is_written() {
    let day = NaiveDate::from_ymd_opt(2025, 11, 24).unwrap();
    for measure in [
        Measure::Received,
        Measure::Acknowledged,
        Measure::AcknowledgedInTime,
        Measure::Answered,
        Measure::AnsweredInTime,
        Measure::Reopened,
        Measure::Days(12),
        Measure::Outcome(OutcomeKind::SubJudice),
        Measure::Judged(OutcomeKind::Resolved, VerdictKind::Partial),
        Measure::Due(day),
    ] {
        assert_eq!(measure.to_string().parse(), Ok(measure));
    }
    assert!("DAYS:x".parse::<Measure>().is_err());
}

#[test]
fn the_time_in_which_the_raiser_is_asked_is_not_the_offices() {
    let calendar = Calendar::pakistan([], []).unwrap();
    let deadlines = |_, _| Deadlines::default();
    let by = By {
        calendar: &calendar,
        deadlines: &deadlines,
        answering_since: &|_| None,
    };
    let agency = AgencyId(Uuid::from_u128(1));
    let moved = |kind, day: u32, to| Moved {
        kind,
        to,
        at: format!("2025-11-{day:02}T06:00:00Z").parse().unwrap(),
    };
    // The 3rd is a Monday.
    let moves = [
        moved(MoveKind::Release, 3, None),
        moved(MoveKind::Assign, 3, Some(agency)),
        moved(MoveKind::Acknowledge, 11, None),
        moved(MoveKind::RequestClarification, 12, None),
        moved(MoveKind::Clarify, 24, None),
        moved(MoveKind::Answer, 26, None),
        moved(MoveKind::Dispute, 27, None),
    ];
    let newest = Some((OutcomeKind::Resolved, Some(VerdictKind::NotGranted)));
    let counted = count(&moves, newest, None, &by).unwrap();
    assert_eq!(
        (counted.agency, counted.month.as_str()),
        (agency, "2025-11")
    );
    // Late with the first word; seven working days, and two.
    let expected = [
        Measure::Received,
        Measure::Acknowledged,
        Measure::Answered,
        Measure::AnsweredInTime,
        Measure::Days(9),
        Measure::Outcome(OutcomeKind::Resolved),
        Measure::Judged(OutcomeKind::Resolved, VerdictKind::NotGranted),
        Measure::Reopened,
    ];
    assert_eq!(counted.measures, expected);
    assert_eq!(count(&moves[..1], None, None, &by), None);
}

#[test]
fn an_agency_is_not_judged_for_days_before_it_began_to_answer() {
    let calendar = Calendar::pakistan([], []).unwrap();
    let agency = AgencyId(Uuid::from_u128(1));
    let on = |day: u32, month: u32| -> DateTime<Utc> {
        format!("2025-{month:02}-{day:02}T06:00:00Z")
            .parse()
            .unwrap()
    };
    let by = By {
        calendar: &calendar,
        deadlines: &|_, _| Deadlines::default(),
        answering_since: &|_| Some(on(3, 11)),
    };
    let moved = |kind, at, to| Moved { kind, to, at };
    let assigned = moved(MoveKind::Assign, on(1, 9), Some(agency));
    let late = |kind, at| count(&[assigned, moved(kind, at, None)], None, None, &by);
    // Two working days after it began; two months after it came.
    let counted = late(MoveKind::Answer, on(5, 11)).unwrap();
    assert_eq!(counted.month, "2025-11");
    let expected = [
        Measure::Received,
        Measure::Answered,
        Measure::AnsweredInTime,
        Measure::Days(2),
    ];
    assert_eq!(counted.measures, expected);
    // What was withdrawn before was never before one that answers.
    assert_eq!(late(MoveKind::Withdraw, on(2, 10)), None);
    // It answered at that time, and began anew.
    let counted = late(MoveKind::Acknowledge, on(2, 9)).unwrap();
    assert_eq!(counted.month, "2025-09");
    assert_eq!(
        late(MoveKind::Withdraw, on(4, 11)).unwrap().month,
        "2025-11"
    );
}
