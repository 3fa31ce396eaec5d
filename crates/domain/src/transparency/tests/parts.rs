//! Whatever a quarter was like, its report does not say less or more of the parts of
//! a total than it may.

use std::collections::BTreeMap;

use proptest::collection::vec;

use super::*;

/// What happened: of which kind, how often, under which category and constituency.
type Happened = (u8, u64, usize, usize);

/// In how many ways something happens here.
const KINDS: u8 = 8;

const CATEGORIES: [Option<&str>; 4] = [None, Some("COR"), Some("DRG"), Some("TIP")];

/// Of two kinds of the same, the one or the other.
fn is_first(kind: u8) -> bool {
    kind.is_multiple_of(2)
}

fn constituency(number: usize) -> Option<Constituency> {
    Constituency::ALL.get(number).copied()
}

fn counted(happened: &[Happened]) -> Counted {
    let mut counted = Counted::default();
    for (kind, times, category, of) in happened {
        let category = CATEGORIES[*category].map(str::to_owned);
        let constituency = constituency(*of);
        let first = is_first(*kind);
        let (act, decision) = if first {
            (ModAct::Remove, Decision::Agree)
        } else {
            (ModAct::Lock, Decision::Disagree)
        };
        match kind / 2 {
            0 => counted.acts.push(Acted {
                act,
                code: ReasonCode::Spam,
                category,
                constituency,
                times: *times,
                reversed: times / 2,
            }),
            1 => counted.flags.push(Flagged {
                reason: FlagReason::Spam,
                outcome: first.then_some(decision),
                category,
                constituency,
                times: *times,
            }),
            2 => counted.decisions.extend((0..*times).map(|_| Decided {
                decision,
                since: at(7, 3),
                at: at(7, 4),
                category: category.clone(),
                constituency,
            })),
            _ => counted.appeals.extend((0..*times).map(|_| Appealed {
                act,
                since: at(7, 3),
                due_on: at(7, 15).date_naive(),
                outcome: Some((AppealOutcome::Upheld, at(7, 4))),
                category: category.clone(),
                constituency,
            })),
        }
    }
    counted
}

/// The parts of each total, by the table and what is counted in it; of flags by
/// reason, by what they are about.
type Totals = BTreeMap<(Section, &'static str), BTreeMap<&'static str, u64>>;

fn totals(happened: &[Happened]) -> Totals {
    let mut totals = Totals::new();
    let mut add = |section, of, part, times| {
        let parts = totals.entry((section, of)).or_default();
        *parts.entry(part).or_default() += times;
    };
    for (kind, times, category, of) in happened {
        let category = CATEGORIES[*category].unwrap_or(NO_CATEGORY);
        let constituency = constituency(*of).map_or(NO_CONSTITUENCY, Constituency::code);
        let either = |one, other| if is_first(*kind) { one } else { other };
        let act = either("REMOVE", "LOCK");
        match kind / 2 {
            0 => {
                add(Section::ActsByCategory, act, category, *times);
                add(Section::ActsByConstituency, act, constituency, *times);
                add(Section::ReversalsByCategory, act, category, times / 2);
                let by = Section::ReversalsByConstituency;
                add(by, act, constituency, times / 2);
            }
            1 => {
                add(Section::Flags, "SPAM", either("AGREE", "WAITING"), *times);
                add(Section::FlagsByCategory, "SPAM", category, *times);
                add(Section::FlagsByConstituency, "SPAM", constituency, *times);
            }
            2 => {
                let decision = either("AGREE", "DISAGREE");
                add(Section::DecisionsByCategory, decision, category, *times);
                let by = Section::DecisionsByConstituency;
                add(by, decision, constituency, *times);
            }
            _ => {
                for measure in ["MADE", "UPHELD"] {
                    add(Section::Appeals, measure, act, *times);
                    add(Section::AppealsByCategory, measure, category, *times);
                    let by = Section::AppealsByConstituency;
                    add(by, measure, constituency, *times);
                }
            }
        }
    }
    totals
}

/// What the report says of a part of a total.
#[expect(
    clippy::option_option,
    reason = "whether there is a figure, and whether it is told"
)]
fn said(figures: &[Figure], (section, of): (Section, &str), part: &str) -> Option<Option<u64>> {
    match section {
        Section::Flags => value(figures, section, of, part),
        _ => value(figures, section, part, of),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whoever_takes_what_is_told_from_a_total_is_left_with_nothing_or_not_few(
        happened in vec((0..KINDS, 1..6_u64, 0..4_usize, 0..5_usize), 0..60), least in 1..8_u64,
    ) {
        let figures = of(&counted(&happened), least);
        let mut all = 0;
        for (total, parts) in totals(&happened) {
            let sum: u64 = parts.values().sum();
            let (mut rest, mut kept) = (sum, 0);
            for (part, times) in parts.iter().filter(|(_, times)| **times > 0) {
                if let Some(told) = said(&figures, total, part) {
                    let nearest = (times + least / 2) / least * least;
                    prop_assert!(*times >= least, "{total:?} tells of {times}");
                    prop_assert_eq!(told, Some(nearest));
                    rest -= times;
                    all += 1;
                } else {
                    kept += 1;
                }
            }
            let together = said(&figures, total, REST);
            if kept == 0 {
                prop_assert_eq!(together, None);
                continue;
            }
            all += 1;
            prop_assert_eq!(together, Some(told(total.0, rest, least)));
            prop_assert!(rest == sum || rest >= least, "{total:?} leave {rest}");
            prop_assert!(sum < least || kept > 1, "{total:?} leave one");
        }
        // Nothing else is told of them, but how long what is told took.
        let others = [
            Section::Acts, Section::Reversals, Section::Decisions, Section::FirstLooks,
            Section::Demands,
        ];
        let parts = figures.iter().filter(|one| !others.contains(&one.section));
        let (times, counts): (Vec<&Figure>, Vec<&Figure>) =
            parts.partition(|one| one.measure.ends_with("_HOURS"));
        prop_assert_eq!(counts.len(), all);
        for one in times {
            let of = one.measure.trim_end_matches("_HOURS");
            let of = of.trim_end_matches("_MEDIAN").trim_end_matches("_P90");
            let count = value(&figures, one.section, &one.key, of);
            prop_assert!(count.flatten().is_some() && one.key != REST, "{one:?}");
            prop_assert_eq!(one.value, Some(24));
        }
    }
}
