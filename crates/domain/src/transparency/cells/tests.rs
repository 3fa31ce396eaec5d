use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// What everybody is told of the parts: the number of each, or nothing, both of
/// those that are kept back and of those of none.
fn told(parts: &[u64], least: u64) -> Vec<Option<u64>> {
    let back = kept_back(parts.iter().copied().enumerate(), least);
    let parts = parts.iter().enumerate();
    let told = |(key, times): (usize, &u64)| (*times > 0 && !back.contains(&key)).then_some(*times);
    parts.map(told).collect()
}

/// Every way in which so many come apart into so many parts.
fn ways(parts: usize, total: u64) -> Vec<Vec<u64>> {
    let Some(others) = parts.checked_sub(1) else {
        return if total == 0 {
            vec![Vec::new()]
        } else {
            Vec::new()
        };
    };
    let first = |first: u64| {
        let after = ways(others, total - first).into_iter();
        after.map(move |after| [vec![first], after].concat())
    };
    (0..=total).flat_map(first).collect()
}

/// All tables of the same total of which the same is told.
fn alike(parts: &[u64], least: u64) -> Vec<Vec<u64>> {
    let seen = told(parts, least);
    let silent = seen.iter().filter(|one| one.is_none()).count();
    let rest = parts.iter().sum::<u64>() - seen.iter().flatten().sum::<u64>();
    let fill = |way: Vec<u64>| -> Vec<u64> {
        let mut way = way.into_iter();
        let filled = seen.iter().map(|one| one.or_else(|| way.next()));
        filled.flatten().collect()
    };
    let tables = ways(silent, rest).into_iter().map(fill);
    tables.filter(|table| told(table, least) == seen).collect()
}

#[test]
fn what_is_kept_back_is_named() {
    let back = |parts: &[u64], least| -> Vec<usize> {
        let back = kept_back(parts.iter().copied().enumerate(), least);
        back.into_iter().collect()
    };
    // Nothing is small.
    assert_eq!(back(&[9, 0, 5], 5), Vec::<usize>::new());
    assert_eq!(back(&[1, 1], 1), Vec::<usize>::new());
    // The total alone would tell a single one.
    assert_eq!(back(&[9, 2, 6], 5), [1, 2]);
    // Several small ones are enough, if they differ.
    assert_eq!(back(&[9, 2, 6, 3], 5), [1, 3]);
    assert_eq!(back(&[9, 4, 6, 4], 5), [1, 2, 3]);
    // Of two of the same number both are kept back.
    assert_eq!(back(&[9, 1, 6, 6], 5), [1, 2, 3]);
    // All of them are few.
    assert_eq!(back(&[1, 0, 2], 5), [0, 2]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whoever_knows_the_total_and_the_rule_finds_out_no_part_that_is_kept_back(
        parts in vec(0..8_u64, 3..6), least in 2..6_u64,
    ) {
        let back = kept_back(parts.iter().copied().enumerate(), least);
        let tables = alike(&parts, least);
        prop_assert!(tables.contains(&parts));
        for key in back {
            let known = tables.iter().all(|table| table[key] == parts[key]);
            prop_assert!(!known, "{parts:?}: {} is known of {key}", parts[key]);
        }
    }

    #[test]
    fn what_the_shown_parts_leave_of_a_total_is_nothing_or_not_few(
        parts in vec(0..40_u64, 0..12), least in 1..10_u64,
    ) {
        let (total, seen) = (parts.iter().sum::<u64>(), told(&parts, least));
        let rest = total - seen.iter().flatten().sum::<u64>();
        prop_assert!(seen.iter().flatten().all(|times| *times >= least));
        prop_assert!(rest == 0 || rest >= least || rest == total, "{parts:?} leave {rest}");
        let small = parts.iter().any(|times| (1..least).contains(times));
        prop_assert_eq!(rest > 0, small);
    }
}
