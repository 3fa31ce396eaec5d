//! What the documents name is there: files of the code, the tests that hold what they
//! say, and the reasons that fit an act.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use domain::moderation::ModAct;

/// Where the code is.
const FOLDERS: [&str; 4] = ["crates", "migrations", "tests", "xtask"];

/// The example in `CONTRIBUTING.md`, and what no file is called.
const NOT_THERE: [&str; 3] = ["poll.rs", "polls.rs", "mod.rs"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn files(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, ending, found);
        } else if path.extension().is_some_and(|one| one == ending) {
            found.push(path);
        }
    }
}

/// The names of all functions in a text.
fn functions(text: &str) -> impl Iterator<Item = &str> {
    let rest = text.split("fn ").skip(1);
    rest.filter_map(|rest| {
        rest.split(|c: char| !c.is_alphanumeric() && c != '_')
            .next()
    })
}

/// Whether a name is as long as those of tests are.
fn is_of_a_test(name: &str) -> bool {
    let plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_';
    name.bytes().all(plain) && name.matches('_').count() >= 3
}

#[test]
fn whatever_file_and_test_the_documents_name_is_there() {
    let (mut code, mut known) = (Vec::new(), BTreeSet::new());
    for folder in FOLDERS {
        files(&root().join(folder), "rs", &mut code);
    }
    for file in &code {
        let text = fs::read_to_string(file).unwrap();
        known.extend(functions(&text).map(str::to_owned));
    }
    let mut documents = vec![
        root().join("ARCHITECTURE.md"),
        root().join("CONTRIBUTING.md"),
    ];
    files(&root().join("docs/adr"), "md", &mut documents);
    let (mut found, mut missing) = (0, Vec::new());
    for document in &documents {
        let text = fs::read_to_string(document).unwrap();
        let quoted = text
            .lines()
            .flat_map(|line| line.split('`').skip(1).step_by(2));
        for name in quoted {
            let path = Path::new(name);
            let there = if path.extension().is_some_and(|one| one == "rs") {
                NOT_THERE.iter().any(|one| path.ends_with(one))
                    || code.iter().any(|file| file.ends_with(path))
            } else if is_of_a_test(name) {
                known.contains(name)
            } else {
                continue;
            };
            found += 1;
            if !there {
                missing.push(format!("{}: {name}", document.display()));
            }
        }
    }
    assert!(found > 300, "the names were found");
    assert_eq!(missing, [""; 0]);
}

#[test]
fn every_decision_says_what_enforces_it() {
    let mut decisions = Vec::new();
    files(&root().join("docs/adr"), "md", &mut decisions);
    assert!(decisions.len() > 40, "the decisions were found");
    decisions.retain(|one| {
        !fs::read_to_string(one)
            .unwrap()
            .contains("\n## Enforced by\n")
    });
    assert_eq!(decisions, [""; 0].map(PathBuf::from));
}

/// The rows of the table of a page that begins with this column.
fn rows<'a>(page: &'a str, first: &str) -> Vec<Vec<&'a str>> {
    let head = format!("| {first} |");
    let table = page.lines().skip_while(|line| !line.starts_with(&head));
    let rows = table.skip(2).take_while(|line| line.starts_with('|'));
    let cells = |row: &'a str| row.trim_matches('|').split('|').map(str::trim).collect();
    rows.map(cells).collect()
}

/// Whether `moderate` does it: not what has a mutation of its own.
fn is_by_moderate(act: ModAct) -> bool {
    let apart = act.is_sanction() || act.is_of_appeals() || act.asks_for_more();
    !apart && act != ModAct::Return
}

#[test]
fn the_page_names_the_reasons_that_fit_each_act_and_no_others() {
    let page = fs::read_to_string(root().join("docs/api/moderation.md")).unwrap();
    let mut told = BTreeMap::new();
    for row in rows(&page, "Act") {
        let [acts, by, reasons] = row[..] else {
            panic!("three columns: {row:?}");
        };
        let reasons = Some(reasons).filter(|reasons| *reasons != "none");
        let reasons = reasons.into_iter().flat_map(|all| all.split(", "));
        let reasons: Vec<&str> = reasons.collect();
        for act in acts.split(", ") {
            let before = told.insert(act, (by.contains("`moderate`"), reasons.clone()));
            assert_eq!(before, None, "{act} stands once");
        }
    }
    let known = ModAct::ALL.iter().map(|act| {
        let reasons: Vec<&str> = act.reasons().iter().map(|one| one.code()).collect();
        (act.code(), (is_by_moderate(*act), reasons))
    });
    assert_eq!(told, known.collect::<BTreeMap<_, _>>());
}
