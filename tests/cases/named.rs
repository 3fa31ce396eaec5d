//! What the documents name is there: files of the code, and the tests that hold what
//! they say.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

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
