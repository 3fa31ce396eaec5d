//! The lists of what is given out, what goes and what has an end, held to the
//! tables.

use std::collections::BTreeSet;

use domain::id::AccountId;
use domain::policy;
use mukalma_tests::TestDatabase;
use storage::data_map::{self, Class, Column, Erasure, Retention};
use storage::erasure::{AT_LAST, AT_ONCE, BY_SOME, EMPTIED, EMPTIED_AT_ONCE, WITH_A_TRACE, WORDS};
use storage::own_data::{SECTIONS, UNSHOWN};
use storage::retention::{BY_ITS_WORK, OVER};
use uuid::Uuid;

use super::super::introspect::Schema;
use super::super::migrations::fill;

async fn schema() -> Schema {
    let database = TestDatabase::new().await;
    Schema::read(&database.connect().await).await
}

/// Whether a section gives a column out, or finds its owner's rows by it.
fn is_given(column: &Column) -> bool {
    let sql = format!("x.{}", column.column);
    SECTIONS.iter().any(|section| {
        let words = section
            .own
            .split(|c: char| !(c.is_alphanumeric() || "._".contains(c)));
        section.table == column.table
            && (section.fields.iter().any(|field| field.sql == sql)
                || words.into_iter().any(|word| word == sql))
    })
}

#[test]
fn whatever_says_something_of_a_person_is_given_out_to_him_or_named() {
    let mut forgotten = Vec::new();
    for column in data_map::columns().filter(|one| one.class != Class::None) {
        let named =
            |(table, name, _): &&(&str, &str, _)| *table == column.table && *name == column.column;
        let unshown = UNSHOWN.iter().find(named).is_some();
        let given = is_given(&column);
        assert!(!(given && unshown), "{column:?} is said to be hidden");
        if !given && !unshown {
            forgotten.push(format!("{}.{}", column.table, column.column));
        }
    }
    // See `storage::own_data::sections`.
    assert_eq!(forgotten, [""; 0]);
}

#[test]
fn no_secret_is_given_out() {
    for column in data_map::columns().filter(|one| one.class == Class::Secret) {
        let sql = format!("x.{}", column.column);
        let mut sections = SECTIONS.iter().filter(|one| one.table == column.table);
        let given = sections.any(|one| one.fields.iter().any(|field| field.sql == sql));
        assert!(!given, "{column:?}");
    }
}

#[tokio::test]
async fn whatever_refers_to_a_person_is_classed_as_personal() {
    for key in schema().await.keys {
        if !["account", "persona"].contains(&key.target.as_str()) {
            continue;
        }
        let mut columns = data_map::columns();
        let column = columns.find(|one| one.table == key.table && one.column == key.column);
        let class = column.map(|one| one.class);
        assert!(class != Some(Class::None) && class.is_some(), "{key:?}");
    }
}

/// Every statement runs, on either database, and gives what it says.
#[tokio::test]
async fn every_section_is_read_from_a_filled_database() {
    let database = TestDatabase::new().await;
    let connection = database.connect().await;
    fill(&connection, &Schema::read(&connection).await).await;
    let store = database.open().await;
    let scope = policy::scope(&domain::people::Actor::visitor());
    let me = AccountId(Uuid::from_u128(1));
    let mut empty = Vec::new();
    for section in SECTIONS {
        let read = store.read();
        let rows = read.own_rows(section, me, &scope, None).await.unwrap();
        assert!(rows.next.is_none());
        if rows.rows.is_empty() {
            empty.push(section.name);
        } else {
            assert_eq!(rows.rows[0].len(), section.fields.len());
        }
    }
    // What is somebody's only in a way that a row of ones is not: of an author
    // without an office, in sight, or in his inbox.
    let own = |name: &str| SECTIONS.iter().find(|one| one.name == name).unwrap();
    for name in empty {
        let section = own(name);
        let special = ["{own}", "{inbox}", "'RAISER'", "'APPROVE'"];
        assert!(
            section.in_sight || special.iter().any(|word| section.own.contains(word)),
            "{name} found no row"
        );
    }
}

#[tokio::test]
async fn whatever_goes_with_the_account_goes_and_whatever_is_emptied_is() {
    let gone: BTreeSet<&str> = AT_ONCE
        .iter()
        .chain(AT_LAST)
        .map(|line| line.table)
        .chain(BY_SOME.iter().map(|line| line.table))
        .chain(WITH_A_TRACE.iter().copied())
        .collect();
    let emptied: BTreeSet<(&str, &str)> = EMPTIED.iter().chain(EMPTIED_AT_ONCE).copied().collect();
    for column in data_map::columns() {
        match column.erasure {
            Erasure::WithAccount => assert!(gone.contains(column.table), "{column:?} stays"),
            Erasure::Erase => {
                let column = (column.table, column.column);
                assert!(emptied.contains(&column), "{column:?} stays");
            }
            Erasure::Keep | Erasure::WithThread => {}
        }
    }
    // Nothing is left that points at nobody.
    for key in schema()
        .await
        .keys
        .iter()
        .filter(|key| key.target == "account")
    {
        let emptied = emptied.contains(&(key.table.as_str(), key.column.as_str()));
        assert!(emptied || gone.contains(key.table.as_str()), "{key:?}");
    }
}

#[test]
fn what_becomes_of_somebodys_words_is_said_of_every_column() {
    let said: BTreeSet<(&str, &str)> = WORDS
        .iter()
        .flat_map(|(table, columns, _)| columns.iter().map(|column| (*table, *column)))
        .collect();
    let with_thread = |one: &Column| one.erasure == Erasure::WithThread;
    let words: BTreeSet<(&str, &str)> = data_map::columns()
        .filter(|one| matches!(one.class, Class::Content | Class::Sensitive) && with_thread(one))
        .map(|one| (one.table, one.column))
        .collect();
    assert_eq!(said, words);
}

#[test]
fn every_table_with_an_end_has_a_line_of_the_runner() {
    let over: BTreeSet<&str> = OVER.iter().map(|line| line.table).collect();
    let by_work: BTreeSet<&str> = BY_ITS_WORK.iter().map(|(table, _)| *table).collect();
    for column in data_map::columns() {
        let table = column.table;
        match column.retention {
            Retention::Expiry => assert!(over.contains(table), "{table} is never cleared"),
            Retention::Done => assert!(
                over.contains(table) || by_work.contains(table),
                "{table} is never cleared"
            ),
            Retention::Forum | Retention::Account | Retention::Thread => {}
        }
    }
}
