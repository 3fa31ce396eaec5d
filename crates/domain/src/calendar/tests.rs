use chrono::{Days, TimeZone};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::*;

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

/// The weekend and fixed holidays of Pakistan, with Eid al-Fitr 2026.
fn calendar() -> Calendar {
    let fixed = [(2, 5), (3, 23), (5, 1), (5, 28), (8, 14), (11, 9), (12, 25)];
    let eid = [day(2026, 3, 20), day(2026, 3, 21), day(2026, 3, 22)];
    Calendar::pakistan(fixed, eid).unwrap()
}

#[test]
fn the_day_changes_at_midnight_in_the_forums_zone() {
    let utc = |hour, minute| Utc.with_ymd_and_hms(2026, 3, 2, hour, minute, 0).unwrap();
    assert_eq!(calendar().today(utc(18, 59)), day(2026, 3, 2));
    assert_eq!(calendar().today(utc(19, 0)), day(2026, 3, 3));
}

#[test]
fn weekends_and_holidays_are_not_worked_on() {
    let table = [
        (day(2026, 3, 18), true),
        (day(2026, 3, 19), true),
        (day(2026, 3, 20), false),
        (day(2026, 3, 23), false),
        (day(2026, 3, 24), true),
        (day(2026, 3, 28), false),
        (day(2026, 3, 29), false),
        (day(2027, 3, 22), true),
        (day(2027, 3, 23), false),
    ];
    for (day, works) in table {
        assert_eq!(calendar().is_working_day(day), works, "{day}");
    }
}

#[test]
fn deadlines_step_over_free_days() {
    let calendar = calendar();
    // Wednesday; Thursday, then Eid, the weekend and Pakistan Day.
    let from = day(2026, 3, 18);
    let table = [
        (0, from),
        (1, day(2026, 3, 19)),
        (2, day(2026, 3, 24)),
        (5, day(2026, 3, 27)),
        (6, day(2026, 3, 30)),
    ];
    for (n, due) in table {
        assert_eq!(calendar.add_working_days(from, n), due, "{n}");
    }
    assert_eq!(
        calendar.add_working_days(day(2026, 3, 21), 1),
        day(2026, 3, 24)
    );
    assert_eq!(
        calendar.add_working_days(day(2026, 3, 21), 0),
        day(2026, 3, 21)
    );
}

#[test]
fn working_days_are_counted_without_the_first_and_with_the_last() {
    let calendar = calendar();
    let between = |from, to| calendar.working_days_between(day(2026, 3, from), day(2026, 3, to));
    assert_eq!(between(18, 18), 0);
    assert_eq!(between(18, 19), 1);
    assert_eq!(between(18, 23), 1);
    assert_eq!(between(18, 24), 2);
    assert_eq!(between(24, 18), 0);
}

#[test]
fn what_began_before_a_weekend_is_late_after_two_days_of_work() {
    let utc = |day, hour, minute| {
        Utc.with_ymd_and_hms(2025, 11, day, hour, minute, 0)
            .unwrap()
    };
    let before = |day, hour, minute| calendar().late_before(utc(day, hour, minute), 2);
    // On the 25th, a Tuesday, only what began until Thursday night is late. The day
    // ends at seven in the evening in UTC; then the weekend is, too.
    assert_eq!(before(25, 18, 59), utc(20, 19, 0));
    assert_eq!(before(25, 19, 0), utc(23, 19, 0));
    assert_eq!(before(26, 18, 59), utc(23, 19, 0));
    assert_eq!(before(26, 19, 0), utc(24, 19, 0));
}

#[test]
fn the_end_of_time_is_a_day_like_any_other() {
    let calendar = calendar();
    assert_eq!(
        calendar.add_working_days(NaiveDate::MAX, 20),
        NaiveDate::MAX
    );
    assert_eq!(
        calendar.working_days_between(NaiveDate::MAX, NaiveDate::MAX),
        0
    );
}

#[test]
fn a_calendar_without_working_days_cannot_be() {
    let whole_year = || {
        day(2000, 1, 1)
            .iter_days()
            .take(366)
            .map(|day| (day.month(), day.day()))
    };
    let make = |weekend, fixed: Vec<_>| Calendar::new(weekend, fixed, [], Tz::UTC);
    let none = Err(CalendarError::NoWorkingDay);
    assert_eq!(make(WeekdaySet::ALL, vec![]), none);
    assert_eq!(make(WeekdaySet::EMPTY, whole_year().collect()), none);
    let but_one = make(WeekdaySet::EMPTY, whole_year().skip(1).collect()).unwrap();
    assert_eq!(
        but_one.add_working_days(day(2026, 1, 1), 2),
        day(2028, 1, 1)
    );
    let none = Err(CalendarError::NoSuchDay { month: 2, day: 30 });
    assert_eq!(make(WeekdaySet::EMPTY, vec![(2, 29), (2, 30)]), none);
}

proptest! {
    #![proptest_config(ProptestConfig {
        rng_seed: RngSeed::Fixed(1),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn counting_undoes_adding(start in 0_u64..3_000, n in 0_u16..200) {
        let calendar = calendar();
        let from = day(2024, 1, 1) + Days::new(start);
        let due = calendar.add_working_days(from, n);
        prop_assert_eq!(calendar.working_days_between(from, due), usize::from(n));
        prop_assert!(n == 0 || calendar.is_working_day(due));
    }

    #[test]
    fn what_is_late_is_so_by_one_comparison(
        began in 0_i64..4_000_000, later in -3_000_i64..90_000, n in 0_u16..20,
    ) {
        let calendar = calendar();
        let midnight = Utc.with_ymd_and_hms(2020, 1, 1, 0, 0, 0).unwrap();
        let began = midnight + chrono::TimeDelta::minutes(began);
        let now = began + chrono::TimeDelta::minutes(later);
        let due = calendar.add_working_days(calendar.today(began), n);
        prop_assert_eq!(began < calendar.late_before(now, n), calendar.end_of(due) <= now);
    }

    #[test]
    fn adding_in_two_steps_is_adding_at_once(start in 0_u64..3_000, n in 0_u16..60, m in 0_u16..60) {
        let calendar = calendar();
        let from = day(2024, 1, 1) + Days::new(start);
        let halfway = calendar.add_working_days(from, n);
        prop_assert_eq!(
            calendar.add_working_days(halfway, m),
            calendar.add_working_days(from, n + m)
        );
    }
}
