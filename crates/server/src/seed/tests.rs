use super::*;
use chrono::TimeZone as _;
use std::collections::{HashMap, HashSet};
use storage::Value;

fn plan(threads: usize, posts: u64) -> Plan {
    let agencies = vec![Uuid::from_u128(1), Uuid::from_u128(2)];
    Plan {
        seed: 7,
        threads,
        posts,
        now: Utc.with_ymd_and_hms(2026, 1, 15, 9, 0, 0).unwrap(),
        password_hash: "a hash".to_owned(),
        epoch: 1,
        prefix: Prefix::parse("MKL").unwrap(),
        known: Known {
            categories: vec!["DRG".to_owned(), "DRG.SYN".to_owned(), "TIP".to_owned()],
            regions: vec!["PB".to_owned(), "SD".to_owned()],
            themes: vec!["SAFE_SPACES".to_owned(), "RETALIATION".to_owned()],
            groups: vec!["WOMEN".to_owned()],
            agencies,
            offices: Vec::new(),
        },
    }
}

/// Runs a plan and gathers the rows of each table.
fn tables(plan: &Plan) -> (Progress, HashMap<&'static str, Rows>) {
    let mut tables: HashMap<&'static str, Rows> = HashMap::new();
    let run = run(
        plan,
        async |batch| {
            for rows in batch {
                let table = tables
                    .entry(rows.table)
                    .or_insert_with(|| Rows::new(rows.table, rows.columns));
                for row in rows.values {
                    table.push(row);
                }
            }
            Ok::<(), std::convert::Infallible>(())
        },
        |_| {},
    );
    let progress = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(run)
        .unwrap();
    (progress, tables)
}

fn column<'a>(rows: &'a Rows, name: &str) -> Vec<&'a Value> {
    let at = rows
        .columns
        .iter()
        .position(|column| *column == name)
        .unwrap();
    rows.values.iter().map(|row| &row[at]).collect()
}

fn number(value: &Value) -> i64 {
    let Value::BigInt(Some(number)) = value else {
        panic!("{value:?} is no number");
    };
    *number
}

#[test]
fn as_many_threads_and_posts_are_written_as_were_asked_for() {
    let (progress, tables) = tables(&plan(1_200, 9_000));
    assert_eq!(tables["thread"].values.len(), 1_200);
    assert_eq!(tables["post"].values.len(), 9_000);
    assert_eq!(
        progress,
        Progress {
            threads: 1_200,
            posts: 9_000,
            responses: tables["response"].values.len() as u64,
        }
    );
    assert!((1_500..2_200).contains(&progress.responses));
}

#[test]
fn the_same_plan_writes_the_same_forum_and_another_seed_another() {
    let one = plan(60, 300);
    let other = Plan {
        seed: 8,
        ..one.clone()
    };
    assert_eq!(tables(&one).1, tables(&one).1);
    assert_ne!(tables(&one).1, tables(&other).1);
}

#[test]
fn what_a_thread_counts_is_what_its_posts_and_answers_say() {
    let plan = plan(900, 6_000);
    let (_, tables) = tables(&plan);
    let posts = &tables["post"];
    let mut counted: HashMap<String, (i64, i64)> = HashMap::new();
    for ((thread, status), at) in column(posts, "thread")
        .into_iter()
        .zip(column(posts, "status"))
        .zip(column(posts, "created_at"))
    {
        let seen = [Value::from("VISIBLE"), Value::from("MINIMIZED")].contains(status);
        let entry = counted.entry(format!("{thread:?}")).or_default();
        if seen {
            entry.0 += 1;
            entry.1 = entry.1.max(number(at));
        }
    }
    let responses = &tables["response"];
    for (thread, at) in column(responses, "thread")
        .into_iter()
        .zip(column(responses, "created_at"))
    {
        let entry = counted.entry(format!("{thread:?}")).or_default();
        entry.1 = entry.1.max(number(at));
    }
    let threads = &tables["thread"];
    for (at, id) in column(threads, "id").into_iter().enumerate() {
        let (posts, last) = counted.get(&format!("{id:?}")).copied().unwrap_or_default();
        let created = number(column(threads, "created_at")[at]);
        assert_eq!(number(column(threads, "post_count")[at]), posts);
        assert_eq!(
            number(column(threads, "last_activity_at")[at]),
            last.max(created)
        );
        assert!(last.max(created) <= micros(plan.now));
    }
}

#[test]
fn references_and_logins_are_each_used_once() {
    let (_, tables) = tables(&plan(3_000, 0));
    for (table, name) in [
        ("thread", "reference"),
        ("thread", "id"),
        ("account", "login"),
        ("stream", "id"),
    ] {
        let values = column(&tables[table], name);
        let distinct: HashSet<String> = values.iter().map(|value| format!("{value:?}")).collect();
        assert_eq!(distinct.len(), values.len(), "{table}.{name}");
    }
    assert_eq!(
        column(&tables["account"], "login")[0],
        &Value::from("seed-00001")
    );
}

#[test]
fn a_confidential_thread_is_spoken_in_by_its_raiser_its_desk_and_the_invited_alone() {
    let (_, tables) = tables(&plan(900, 6_000));
    let threads = &tables["thread"];
    let mut there: HashSet<(String, String)> = HashSet::new();
    let mut confidential = HashSet::new();
    for (at, id) in column(threads, "id").into_iter().enumerate() {
        if column(threads, "audience")[at] == &Value::from("CONFIDENTIAL") {
            confidential.insert(format!("{id:?}"));
            there.insert((
                format!("{id:?}"),
                format!("{:?}", column(threads, "persona")[at]),
            ));
        }
    }
    for table in ["participant", "response"] {
        let rows = &tables[table];
        for (thread, persona) in column(rows, "thread")
            .into_iter()
            .zip(column(rows, "persona"))
        {
            there.insert((format!("{thread:?}"), format!("{persona:?}")));
        }
    }
    // An assigned desk that has not answered yet may have spoken as well.
    let officials: HashSet<String> = column(&tables["persona"], "id")
        .into_iter()
        .zip(column(&tables["persona"], "constituency"))
        .filter(|(_, constituency)| **constituency == Value::from("OFFICIAL"))
        .map(|(id, _)| format!("{id:?}"))
        .collect();
    assert!(!confidential.is_empty());
    let posts = &tables["post"];
    for (thread, persona) in column(posts, "thread")
        .into_iter()
        .zip(column(posts, "persona"))
    {
        let (thread, persona) = (format!("{thread:?}"), format!("{persona:?}"));
        if confidential.contains(&thread) && !officials.contains(&persona) {
            assert!(there.contains(&(thread, persona)));
        }
    }
}

#[test]
fn a_forum_without_reference_data_is_refused() {
    let mut plan = plan(1, 0);
    plan.known.regions.clear();
    assert_eq!(
        check::<std::convert::Infallible>(&plan),
        Err(SeedError::Missing("regions"))
    );
}
