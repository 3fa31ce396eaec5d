//! One place decides. What else there is asks it.

use std::fs;
use std::path::{Path, PathBuf};

/// The crates above the domain that could decide by themselves.
const CRATES: [&str; 5] = ["forum", "api", "realtime", "server", "adapters"];

/// How a decision by a constituency or a duty would be written.
const SIGNS: [&str; 6] = [
    "has(Duty::",
    "has(domain::people::Duty::",
    "== Constituency::",
    "!= Constituency::",
    "contains(&Duty::",
    "matches!(constituency",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_owned();
        // People who are made up are put together, not decided on.
        if ["tests", "seed", "demo"].iter().any(|one| name == *one) {
            continue;
        }
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|one| one == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn nothing_but_the_policy_compares_constituencies_and_duties() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    let mut files = Vec::new();
    for name in CRATES {
        sources(&crates.join(name).join("src"), &mut files);
    }
    assert!(files.len() > 100);
    let mut decided = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        for line in text.lines() {
            if SIGNS.iter().any(|sign| line.contains(sign)) {
                decided.push(format!("{}: {}", file.display(), line.trim()));
            }
        }
    }
    assert_eq!(decided, Vec::<String>::new());
}
