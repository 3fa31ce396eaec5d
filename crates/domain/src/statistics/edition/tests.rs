use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;

const LEAST: usize = 3;

/// Month, key and what is shown, of each concern.
type World = BTreeMap<u8, (u8, u8, u8)>;

fn table(world: &World) -> Table<(u8, u8)> {
    let placed = |(month, key, of): &(u8, u8, u8)| Placed {
        cell: Cell {
            month: format!("2025-{month:02}"),
            key: key.to_string(),
        },
        of: (*key, *of),
    };
    let id = |id: &u8| ThreadId(Uuid::from_u128((*id).into()));
    world
        .iter()
        .map(|(one, at)| (id(one), placed(at)))
        .collect()
}

fn sizes(table: &Table<(u8, u8)>) -> BTreeMap<Cell, usize> {
    let mut sizes = BTreeMap::new();
    for one in table.values() {
        *sizes.entry(one.cell.clone()).or_default() += 1;
    }
    sizes
}

/// By how many concerns two tables differ, by what is made of their cells.
fn differs<K: Ord>(
    one: &Table<(u8, u8)>,
    other: &Table<(u8, u8)>,
    by: impl Fn(&Cell) -> K,
) -> BTreeMap<K, usize> {
    let mut differs: BTreeMap<K, BTreeSet<ThreadId>> = BTreeMap::new();
    for id in one.keys().chain(other.keys()) {
        let (a, b) = (one.get(id), other.get(id));
        if a != b {
            for placed in a.iter().chain(b.iter()) {
                differs.entry(by(&placed.cell)).or_default().insert(*id);
            }
        }
    }
    differs
        .into_iter()
        .map(|(at, ids)| (at, ids.len()))
        .collect()
}

/// What a recount may show of cells beside their sum: not those of fewer than
/// so many, and where these could be found out by taking the others from the
/// sum, not the next smaller ones.
fn withheld(cells: &BTreeMap<Cell, usize>) -> BTreeSet<Cell> {
    let mut hidden = BTreeSet::new();
    let months: BTreeSet<&str> = cells.keys().map(|cell| cell.month.as_str()).collect();
    for month in months {
        let mut all: Vec<(usize, &Cell)> = cells
            .iter()
            .filter(|(cell, _)| cell.month == month)
            .map(|(cell, count)| (*count, cell))
            .collect();
        all.sort();
        let mut sum = 0;
        for (count, cell) in all {
            if count >= LEAST && (sum == 0 || sum >= LEAST) {
                break;
            }
            hidden.insert(cell.clone());
            sum += count;
        }
    }
    hidden
}

fn world() -> impl Strategy<Value = World> {
    btree_map(0..40_u8, (1..3_u8, 0..4_u8, 0..3_u8), 0..40)
}

proptest! {
    #[test]
    fn an_edition_of_what_is_all_new_is_a_recount_with_suppression(world in world()) {
        let now = table(&world);
        let taken = take_over(&Table::new(), &now, Beside::Total, (&BTreeSet::new(), LEAST));
        let hidden = withheld(&sizes(&now));
        let mut recount = now;
        recount.retain(|_, one| !hidden.contains(&one.cell));
        prop_assert_eq!(taken, recount);
    }

    #[test]
    fn no_edition_tells_of_fewer_beside_another_or_beside_its_sum(
        worlds in vec(world(), 1..6),
        changes in vec((0..6_usize, 0..40_u8, (1..3_u8, 0..4_u8, 0..3_u8)), 0..30),
    ) {
        let (mut total, mut shown) = (Table::new(), Table::new());
        let mut world = World::new();
        for (number, fresh) in worlds.iter().enumerate() {
            // Now much changes, now little.
            if number % 2 == 0 {
                world.extend(fresh.iter().map(|(id, at)| (*id, *at)));
            }
            for (_, id, at) in changes.iter().filter(|(at, ..)| *at == number) {
                if world.remove(id).is_none() || at.2 > 0 {
                    world.insert(*id, *at);
                }
            }
            let mut months = table(&world);
            for one in months.values_mut() {
                one.cell.key.clear();
            }
            let next = take_over(&total, &months, Beside::Nothing, (&BTreeSet::new(), LEAST));
            check(&total, &next)?;
            total = next;
            let mut now = total.clone();
            for one in now.values_mut() {
                one.cell.key = one.of.0.to_string();
            }
            let next = take_over(&shown, &now, Beside::Total, (&BTreeSet::new(), LEAST));
            check(&shown, &next)?;
            let months: BTreeSet<String> = next.values().map(|one| one.cell.month.clone()).collect();
            for (month, count) in differs(&next, &now, |cell| cell.month.clone()) {
                prop_assert!(count >= LEAST || !months.contains(&month), "{month} lags by {count}");
            }
            shown = next;
        }
    }
}

fn check(before: &Table<(u8, u8)>, next: &Table<(u8, u8)>) -> Result<(), TestCaseError> {
    for (cell, size) in sizes(next) {
        prop_assert!(size >= LEAST, "{cell:?} shows {size}");
    }
    for (cell, count) in differs(before, next, Cell::clone) {
        prop_assert!(count >= LEAST, "{cell:?} changes by {count}");
    }
    Ok(())
}

/// So many concerns of one cell, from this number on.
fn cell(from: u8, count: u8, key: u8, of: u8) -> World {
    (from..from + count).map(|id| (id, (1, key, of))).collect()
}

#[test]
fn a_cell_keeps_its_value_until_so_many_of_its_concerns_changed() {
    let before = table(&cell(0, 5, 0, 0));
    for changed in [0, LEAST - 1, LEAST] {
        let mut world = cell(0, 5, 0, 0);
        world.extend(cell(0, u8::try_from(changed).unwrap(), 0, 1));
        let now = table(&world);
        let taken = take_over(&before, &now, Beside::Nothing, (&BTreeSet::new(), LEAST));
        let expected = if changed < LEAST { &before } else { &now };
        assert_eq!(&taken, expected, "{changed}");
    }
}

#[test]
fn a_cell_appears_from_so_many_on() {
    for count in [2_u8, 3] {
        let now = table(&cell(0, count, 0, 0));
        let taken = take_over(
            &Table::new(),
            &now,
            Beside::Nothing,
            (&BTreeSet::new(), LEAST),
        );
        assert_eq!(taken.len(), if count < 3 { 0 } else { 3 });
    }
}

#[test]
fn what_everyone_reads_hides_nobody() {
    let now = table(&cell(0, 6, 0, 0));
    let id = |n: u128| ThreadId(Uuid::from_u128(n));
    for (open, shown) in [(3, 6), (4, 0), (5, 0), (6, 6)] {
        let open: BTreeSet<ThreadId> = (0..open).map(id).collect();
        let taken = take_over(&Table::new(), &now, Beside::Nothing, (&open, LEAST));
        assert_eq!(taken.len(), shown, "{open:?}");
    }
}

#[test]
fn what_the_sum_would_tell_is_kept_back_with_it() {
    let mut world = cell(0, 2, 0, 0);
    world.extend(cell(10, 4, 1, 0));
    world.extend(cell(20, 9, 2, 0));
    let now = table(&world);
    let keys = |beside| {
        let taken = take_over(&Table::new(), &now, beside, (&BTreeSet::new(), LEAST));
        let keys: BTreeSet<String> = taken.into_values().map(|one| one.cell.key).collect();
        keys.into_iter().collect::<Vec<_>>()
    };
    assert_eq!(keys(Beside::Nothing), ["1", "2"]);
    assert_eq!(keys(Beside::Total), ["2"]);
}

#[test]
fn a_concern_that_moves_leaves_one_cell_only_as_it_comes_to_the_other() {
    let mut world = cell(0, 6, 0, 0);
    world.extend(cell(10, 4, 1, 0));
    let before = table(&world);
    world.extend(cell(0, 1, 1, 0));
    let one = take_over(
        &before,
        &table(&world),
        Beside::Nothing,
        (&BTreeSet::new(), LEAST),
    );
    assert_eq!(one, before);
    world.extend(cell(0, 3, 1, 0));
    let now = table(&world);
    assert_eq!(
        take_over(&before, &now, Beside::Nothing, (&BTreeSet::new(), LEAST)),
        now
    );
}

#[test]
fn a_higher_least_withdraws_what_it_would_not_have_shown() {
    let before = table(&cell(0, 5, 0, 0));
    assert_eq!(
        take_over(&before, &before, Beside::Nothing, (&BTreeSet::new(), 5)),
        before
    );
    assert_eq!(
        take_over(&before, &before, Beside::Nothing, (&BTreeSet::new(), 6)),
        Table::new()
    );
}
