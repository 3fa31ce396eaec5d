use chrono::TimeZone as _;
use proptest::prelude::*;

use super::*;

fn calendar() -> Calendar {
    Calendar::pakistan([], []).expect("a calendar")
}

fn at(month: u32, day: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, month, day, 9, 0, 0).unwrap()
}

fn of(counted: &Counted, least: u64) -> Vec<Figure> {
    let calendar = calendar();
    report(
        counted,
        Terms {
            quarter: "2026-Q3".parse().expect("a quarter"),
            calendar: &calendar,
            look_days: 2,
            least,
        },
    )
}

#[expect(
    clippy::option_option,
    reason = "whether there is a figure, and whether it is told"
)]
fn value(figures: &[Figure], section: Section, key: &str, measure: &str) -> Option<Option<u64>> {
    let is = |one: &&Figure| one.section == section && one.key == key && one.measure == measure;
    figures.iter().find(is).map(|one| one.value)
}

#[test]
fn a_quarter_is_written_and_read_and_has_a_next() {
    let last: Quarter = "2026-Q4".parse().unwrap();
    assert_eq!(last.to_string(), "2026-Q4");
    assert_eq!(last.next().to_string(), "2027-Q1");
    assert_eq!(last.first_day().to_string(), "2026-10-01");
    for no in [
        "2026-Q0", "2026-Q5", "2026Q1", "26-Q1", "+026-Q1", "", "2026-Q11",
    ] {
        assert_eq!(no.parse::<Quarter>(), Err(NotAQuarter), "{no}");
    }
}

#[test]
fn what_the_record_shows_is_told_and_of_few_nothing_else() {
    let acted = |times| Acted {
        act: ModAct::Remove,
        code: ReasonCode::Spam,
        category: Some("TIP".to_owned()),
        times,
        reversed: 1,
    };
    let counted = Counted {
        acts: vec![acted(4)],
        ..Counted::default()
    };
    let figures = of(&counted, 5);
    assert_eq!(
        value(&figures, Section::Acts, "REMOVE", "SPAM"),
        Some(Some(4))
    );
    assert_eq!(
        value(&figures, Section::ActsByCategory, "TIP", "REMOVE"),
        Some(None)
    );
    assert_eq!(
        value(&figures, Section::Reversals, "REMOVE", "REVERSED"),
        Some(None)
    );
    let counted = Counted {
        acts: vec![acted(4), acted(3)],
        ..Counted::default()
    };
    let figures = of(&counted, 5);
    assert_eq!(
        value(&figures, Section::ActsByCategory, "TIP", "REMOVE"),
        Some(Some(5))
    );
}

#[test]
fn a_first_look_is_in_time_by_working_days() {
    // The 3rd of July 2026 is a Friday.
    let look = |since, at| Looked { since, at };
    let counted = Counted {
        looks: vec![
            look(at(7, 3), Some(at(7, 7))),
            look(at(7, 3), Some(at(7, 8))),
            look(at(9, 25), None),
            look(at(9, 29), None),
        ],
        ..Counted::default()
    };
    let figures = of(&counted, 1);
    let told = |measure| value(&figures, Section::FirstLooks, "CONCERNS", measure);
    assert_eq!(told("IN_TIME"), Some(Some(1)));
    assert_eq!(told("LATE"), Some(Some(1)));
    assert_eq!(told("WAITING_LATE"), Some(Some(1)));
}

#[test]
fn an_appeal_counts_when_it_was_made_and_when_it_was_decided() {
    let appeal = |since, due: DateTime<Utc>, outcome| Appealed {
        act: ModAct::Remove,
        since,
        due_on: due.date_naive(),
        outcome,
    };
    let counted = Counted {
        appeals: vec![
            appeal(
                at(6, 29),
                at(7, 9),
                Some((AppealOutcome::Overturned, at(7, 9))),
            ),
            appeal(
                at(7, 29),
                at(8, 9),
                Some((AppealOutcome::Upheld, at(8, 10))),
            ),
            appeal(at(9, 1), at(9, 11), None),
            appeal(at(9, 29), at(10, 9), None),
        ],
        ..Counted::default()
    };
    let figures = of(&counted, 1);
    let told = |measure| value(&figures, Section::Appeals, "REMOVE", measure);
    assert_eq!(told("MADE"), Some(Some(3)));
    assert_eq!(told("OVERTURNED"), Some(Some(1)));
    assert_eq!(told("UPHELD"), Some(Some(1)));
    assert_eq!(told("LATE"), Some(Some(2)));
}

#[test]
fn half_of_the_decisions_took_so_long() {
    let decided = |hours| Decided {
        decision: Decision::Agree,
        since: at(7, 3),
        at: at(7, 3) + TimeDelta::hours(hours),
    };
    let counted = Counted {
        decisions: vec![decided(1), decided(30), decided(5)],
        ..Counted::default()
    };
    let median = |least| {
        value(
            &of(&counted, least),
            Section::Decisions,
            "AGREE",
            "MEDIAN_HOURS",
        )
    };
    assert_eq!(median(3), Some(Some(5)));
    assert_eq!(median(4), Some(None));
}

proptest! {
    #[test]
    fn no_figure_but_of_acts_is_small_or_exact(times in 0_u64..1_000, least in 1_u64..20) {
        let told = told(Section::Flags, times, least);
        match told {
            None => prop_assert!(times < least),
            Some(value) => {
                prop_assert!(value >= least && value % least == 0);
                prop_assert!(value.abs_diff(times) * 2 <= least);
            }
        }
    }
}
