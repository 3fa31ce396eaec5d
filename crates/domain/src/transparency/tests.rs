mod parts;

use chrono::{TimeDelta, TimeZone as _};
use proptest::prelude::*;

use super::table::told;
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
        constituency: Some(Constituency::Youth),
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
    for by in [Section::ActsByCategory, Section::ActsByConstituency] {
        assert_eq!(value(&figures, by, REST, "REMOVE"), Some(None));
        let told = figures.iter().filter(|one| one.section == by);
        assert_eq!(told.count(), 1, "{by}");
    }
    assert_eq!(
        value(&figures, Section::Reversals, "REMOVE", "REVERSED"),
        Some(None)
    );
    let counted = Counted {
        acts: vec![acted(4), acted(3)],
        ..Counted::default()
    };
    let figures = of(&counted, 5);
    for (by, key) in [
        (Section::ActsByCategory, "TIP"),
        (Section::ActsByConstituency, "YOUTH"),
    ] {
        assert_eq!(value(&figures, by, key, "REMOVE"), Some(Some(5)));
        assert_eq!(value(&figures, by, REST, "REMOVE"), None);
    }
}

/// So many flags of spam that nobody decided on yet.
fn flagged(category: &str, constituency: Constituency, times: u64) -> Flagged {
    Flagged {
        reason: FlagReason::Spam,
        outcome: None,
        category: Some(category.to_owned()),
        constituency: Some(constituency),
        times,
    }
}

#[test]
fn with_a_small_number_goes_the_next_larger_one() {
    let counted = Counted {
        flags: vec![
            flagged("TIP", Constituency::Youth, 20),
            flagged("TIP", Constituency::Expert, 10),
            flagged("DRG", Constituency::Official, 2),
        ],
        ..Counted::default()
    };
    let figures = of(&counted, 5);
    let told = |by, key| value(&figures, by, key, "SPAM");
    let by = Section::FlagsByConstituency;
    assert_eq!(told(by, "YOUTH"), Some(Some(20)));
    assert_eq!((told(by, "EXPERT"), told(by, "OFFICIAL")), (None, None));
    assert_eq!(told(by, REST), Some(Some(10)));
    // Of two nothing is left to be told.
    let by = Section::FlagsByCategory;
    assert_eq!((told(by, "TIP"), told(by, "DRG")), (None, None));
    assert_eq!(told(by, REST), Some(Some(30)));
    // What was decided on the flags of one kind adds up, too.
    let flags = value(&figures, Section::Flags, "SPAM", "WAITING");
    assert_eq!(flags, Some(Some(30)));
}

#[test]
fn a_first_look_is_in_time_by_working_days() {
    // The 3rd of July 2026 is a Friday.
    let look = |since, at| Looked {
        of: Awaiting::Concerns,
        since,
        at,
    };
    let counted = Counted {
        looks: vec![
            look(at(7, 3), Some(at(7, 7))),
            look(at(7, 3), Some(at(7, 8))),
            look(at(9, 25), None),
            look(at(9, 29), None),
            Looked {
                of: Awaiting::Posts,
                ..look(at(7, 3), Some(at(7, 8)))
            },
        ],
        ..Counted::default()
    };
    let figures = of(&counted, 1);
    let told = |measure| value(&figures, Section::FirstLooks, "CONCERNS", measure);
    let posts = value(&figures, Section::FirstLooks, "POSTS", "LATE");
    assert_eq!(posts, Some(Some(1)));
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
        category: Some("TIP".to_owned()),
        constituency: Some(Constituency::Youth),
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
    for (section, key) in [
        (Section::Appeals, "REMOVE"),
        (Section::AppealsByCategory, "TIP"),
        (Section::AppealsByConstituency, "YOUTH"),
    ] {
        let told = |measure| value(&figures, section, key, measure);
        assert_eq!(told("MADE"), Some(Some(3)), "{section}");
        assert_eq!(told("OVERTURNED"), Some(Some(1)), "{section}");
        assert_eq!(told("OVERTURNED_MEDIAN_HOURS"), Some(Some(240)));
        assert_eq!(told("UPHELD"), Some(Some(1)), "{section}");
        assert_eq!(told("UPHELD_P90_HOURS"), Some(Some(288)));
        assert_eq!(told("LATE"), Some(Some(2)), "{section}");
        assert_eq!(told("MADE_MEDIAN_HOURS"), None);
    }
}

fn decided(category: &str, hours: i64) -> Decided {
    Decided {
        decision: Decision::Agree,
        since: at(7, 3),
        at: at(7, 3) + TimeDelta::hours(hours),
        category: Some(category.to_owned()),
        constituency: None,
    }
}

#[test]
fn half_of_the_decisions_took_so_long_and_nine_in_ten() {
    let hours = [1, 30, 5, 2, 90, 4, 3, 8, 6, 7];
    let counted = Counted {
        decisions: hours.map(|hours| decided("TIP", hours)).to_vec(),
        ..Counted::default()
    };
    let figures = of(&counted, 10);
    let overall = |measure| value(&figures, Section::Decisions, "AGREE", measure);
    assert_eq!(overall("MEDIAN_HOURS"), Some(Some(5)));
    assert_eq!(overall("P90_HOURS"), Some(Some(30)));
    for (by, key) in [
        (Section::DecisionsByCategory, "TIP"),
        (Section::DecisionsByConstituency, NO_CONSTITUENCY),
    ] {
        let told = |measure| value(&figures, by, key, measure);
        assert_eq!(told("AGREE"), Some(Some(10)), "{by}");
        assert_eq!(told("AGREE_MEDIAN_HOURS"), Some(Some(5)), "{by}");
        assert_eq!(told("AGREE_P90_HOURS"), Some(Some(30)), "{by}");
    }
}

#[test]
fn how_long_few_took_is_not_told_nor_what_is_counted_with_them() {
    let mut decisions = vec![decided("TIP", 1), decided("DRG", 2)];
    decisions.extend((0..5).map(|hours| decided("COR", hours)));
    let counted = Counted {
        decisions,
        ..Counted::default()
    };
    let figures = of(&counted, 5);
    let measures = figures
        .iter()
        .filter(|one| one.section == Section::DecisionsByCategory)
        .map(|one| (one.key.as_str(), one.measure.as_str(), one.value));
    assert_eq!(measures.collect::<Vec<_>>(), [(REST, "AGREE", Some(5))]);
    let figures = of(&counted, 8);
    let overall = |measure| value(&figures, Section::Decisions, "AGREE", measure);
    assert_eq!(overall(COUNT), Some(None));
    assert_eq!(overall("MEDIAN_HOURS"), Some(None));
    assert_eq!(overall("P90_HOURS"), Some(None));
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
