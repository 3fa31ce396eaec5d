//! Whatever is changed is found.

use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::Index;

use super::*;
use crate::Key;

/// A log as a database holds it, and what was kept elsewhere.
#[derive(Debug, Clone, PartialEq)]
struct Log {
    entries: Vec<StoredEntry>,
    head: Head,
    outside: Vec<Checkpoint>,
}

fn key() -> Key {
    Key::of_seed([7; 32])
}

fn log(size: u8) -> Log {
    log_of(size, None)
}

/// A log whose first entry tells of so many who were erased.
fn log_of(size: u8, erased: Option<&str>) -> Log {
    let key = key();
    let mut tree = Frontier::default();
    let mut entries = Vec::new();
    let mut outside = Vec::new();
    for index in 0..size {
        let account = [index % 3; 16];
        let salt = vec![index; 32];
        let body = Entry {
            index: index.into(),
            at: i64::from(index) * 1_000_000,
            act: match erased.filter(|_| index == 0) {
                Some(_) => ERASE.to_owned(),
                None => "grantDuty".to_owned(),
            },
            by: Some(commit(&salt, &account)),
            about: Vec::new(),
            object: Some(format!("thread/{index}")),
            detail: erased.filter(|_| index == 0).map(str::to_owned),
            record: None,
        }
        .body();
        tree.push(leaf(body.as_bytes()));
        entries.push(StoredEntry {
            index: index.into(),
            leaf: leaf(body.as_bytes()).to_vec(),
            body,
            openings: vec![Opening {
                place: 0,
                salt,
                account,
            }],
        });
        let (size, root) = (tree.size(), tree.root());
        outside.push(Checkpoint { size, root });
    }
    let head = Head {
        size: size.into(),
        frontier: tree.to_bytes(),
        note: key.sign(tree.size(), &tree.root()),
    };
    Log {
        entries,
        head,
        outside,
    }
}

/// Logs of no entry, one, two, ….
static WHOLE: LazyLock<Vec<Log>> = LazyLock::new(|| (0..24).map(log).collect());

fn faults(log: &Log) -> Vec<Fault> {
    static KEY: LazyLock<Key> = LazyLock::new(key);
    let mut check = Check::new(KEY.public(), log.outside.clone());
    for entry in &log.entries {
        check.entry(entry);
    }
    check.finish(&log.head).faults
}

/// What somebody does to it by hand.
#[derive(Debug, Clone)]
enum Tampering {
    Body(Index, Index, u8),
    BodyAndLeaf(Index, Index, u8),
    Leaf(Index, Index, u8),
    Renumber(Index, i64),
    Remove(Index),
    Swap(Index, Index),
    Repeat(Index),
    Cut(Index),
    CutWithHead(Index),
    Rewrite(Index),
    Salt(Index, Index, u8),
    Account(Index, u8),
    Size(i64),
    Frontier(Index, u8),
    Note(Index, u8),
}

fn tampering() -> impl Strategy<Value = Tampering> {
    let at = any::<Index>;
    let flip = 1_u8..=127;
    prop_oneof![
        (at(), at(), flip.clone()).prop_map(|(a, b, c)| Tampering::Body(a, b, c)),
        (at(), at(), flip.clone()).prop_map(|(a, b, c)| Tampering::BodyAndLeaf(a, b, c)),
        (at(), at(), flip.clone()).prop_map(|(a, b, c)| Tampering::Leaf(a, b, c)),
        (at(), -3_i64..40).prop_map(|(a, b)| Tampering::Renumber(a, b)),
        at().prop_map(Tampering::Remove),
        (at(), at()).prop_map(|(a, b)| Tampering::Swap(a, b)),
        at().prop_map(Tampering::Repeat),
        at().prop_map(Tampering::Cut),
        at().prop_map(Tampering::CutWithHead),
        at().prop_map(Tampering::Rewrite),
        (at(), at(), flip.clone()).prop_map(|(a, b, c)| Tampering::Salt(a, b, c)),
        (at(), flip.clone()).prop_map(|(a, b)| Tampering::Account(a, b)),
        (-3_i64..40).prop_map(Tampering::Size),
        (at(), flip.clone()).prop_map(|(a, b)| Tampering::Frontier(a, b)),
        (at(), flip).prop_map(|(a, b)| Tampering::Note(a, b)),
    ]
}

fn flip(text: &str, at: &Index, with: u8) -> String {
    let mut bytes = text.as_bytes().to_vec();
    *at.get_mut(&mut bytes) ^= with;
    String::from_utf8_lossy(&bytes).into_owned()
}

fn tamper(log: &mut Log, how: &Tampering) {
    let size = log.entries.len();
    match how {
        Tampering::Body(at, byte, with) => {
            let entry = at.get_mut(&mut log.entries);
            entry.body = flip(&entry.body, byte, *with);
        }
        Tampering::BodyAndLeaf(at, byte, with) => {
            let entry = at.get_mut(&mut log.entries);
            entry.body = flip(&entry.body, byte, *with);
            entry.leaf = leaf(entry.body.as_bytes()).to_vec();
        }
        Tampering::Leaf(at, byte, with) => {
            *byte.get_mut(&mut at.get_mut(&mut log.entries).leaf) ^= with;
        }
        Tampering::Renumber(at, to) => at.get_mut(&mut log.entries).index = *to,
        Tampering::Remove(at) => drop(log.entries.remove(at.index(size))),
        Tampering::Swap(a, b) => log.entries.swap(a.index(size), b.index(size)),
        Tampering::Repeat(at) => log.entries.push(at.get(&log.entries).clone()),
        Tampering::Cut(at) => log.entries.truncate(at.index(size)),
        // With a head that was signed when there were no more.
        Tampering::CutWithHead(at) => {
            let outside = log.outside.clone();
            *log = WHOLE[at.index(size)].clone();
            log.outside = outside;
        }
        // The whole log from there on, by somebody without the key.
        Tampering::Rewrite(at) => {
            let mut tree = Frontier::default();
            for (place, entry) in log.entries.iter_mut().enumerate() {
                if place >= at.index(size) {
                    entry.body = entry.body.replace("thread/", "post/");
                    entry.leaf = leaf(entry.body.as_bytes()).to_vec();
                }
                tree.push(leaf(entry.body.as_bytes()));
            }
            log.head.frontier = tree.to_bytes();
            log.outside.clear();
        }
        Tampering::Salt(at, byte, with) => {
            *byte.get_mut(&mut at.get_mut(&mut log.entries).openings[0].salt) ^= with;
        }
        Tampering::Account(at, with) => {
            at.get_mut(&mut log.entries).openings[0].account[3] ^= with;
        }
        Tampering::Size(to) => log.head.size = *to,
        Tampering::Frontier(byte, with) => *byte.get_mut(&mut log.head.frontier) ^= with,
        Tampering::Note(byte, with) => log.head.note = flip(&log.head.note, byte, *with),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]
    #[test]
    fn a_thousand_tamperings_are_all_found(size in 1_u8..24, how in tampering()) {
        let whole = &WHOLE[usize::from(size)];
        let mut tampered = whole.clone();
        tamper(&mut tampered, &how);
        prop_assert_eq!(faults(&tampered).is_empty(), tampered == *whole);
    }
}

#[test]
fn what_nobody_touched_is_whole() {
    assert!(WHOLE[1..].iter().all(|log| faults(log).is_empty()));
}

#[test]
fn whom_it_means_can_be_erased_if_an_entry_tells_of_it() {
    let mut log = log_of(3, Some("1"));
    // Somebody put it back.
    assert_eq!(faults(&log), [Fault::Erased(0, 1)]);
    log.entries[1].openings.clear();
    assert_eq!(faults(&log), []);
    log.entries[2].openings.clear();
    assert_eq!(faults(&log), [Fault::Erased(2, 1)]);
}

#[test]
fn what_an_entry_is_opened_with_twice_is_a_fault() {
    let mut log = log(3);
    let again = log.entries[1].openings[0].clone();
    log.entries[1].openings.push(again);
    assert_eq!(faults(&log), [Fault::Opening(1)]);
}

#[test]
fn what_stands_beside_the_log_is_a_fault() {
    let (key, empty) = (key(), log(0));
    let mut check = Check::new(key.public(), Vec::new());
    check.stray(7);
    check.heads(0);
    check.heads(1);
    let head = Head {
        note: String::new(),
        ..empty.head
    };
    let faults = check.finish(&head).faults;
    assert_eq!(faults, [Fault::Stray(7), Fault::Heads(1)]);
}

#[test]
fn a_log_without_entries_is_in_order() {
    let empty = Log {
        head: Head {
            note: String::new(),
            ..log(0).head
        },
        ..log(0)
    };
    assert_eq!(faults(&empty), []);
}
