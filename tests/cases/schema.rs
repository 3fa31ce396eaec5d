//! Rules that every table keeps.

use std::collections::BTreeSet;

use mukalma_tests::TestDatabase;
use storage::data_map::{self, Class, Erasure, Retention};

use super::introspect::{OWN_LIST, Schema, rows};

async fn schema() -> Schema {
    let database = TestDatabase::new().await;
    Schema::read(&database.connect().await).await
}

#[tokio::test]
async fn every_foreign_key_has_an_index() {
    let schema = schema().await;
    assert!(schema.keys.len() > 50, "the keys were found");
    for key in &schema.keys {
        let present = format!("{} is not null", key.column);
        let serves = schema.indexes.iter().any(|index| {
            let all = index.condition.as_ref().is_none_or(|condition| {
                condition.to_lowercase().replace(['"', '(', ')'], "") == present
            });
            index.table == key.table && index.first == key.column && all
        });
        assert!(serves, "no index starts with {}.{}", key.table, key.column);
    }
}

/// Where an account may stand beside content or a persona, and why.
const BOTH: &[(&str, &str)] = &[
    ("persona", "a NAMED persona carries its account"),
    (
        "endorsement",
        "\"this concerns me too\" is said under one's name, once",
    ),
    (
        "flag",
        "somebody flags a thing once, and under his name; moderators are not told",
    ),
    (
        "legal_demand",
        "who registered and decided on a demand, and what it is about: nobody's authorship",
    ),
    (
        "event",
        "an inbox is named by its account; what is for a protected voice has another",
    ),
];

const CONTENT: [&str; 5] = ["thread", "post", "response", "verdict", "persona"];

#[tokio::test]
async fn no_table_holds_both_an_account_and_content_or_a_persona() {
    let schema = schema().await;
    let mut found = BTreeSet::new();
    for table in schema.tables() {
        let names_account = |column: &str| {
            // The name of a stream may be that of an account's inbox.
            schema.target(table, column) == Some("account")
                || ["account", "stream"].contains(&column)
                || column.ends_with("_by") && schema.target(table, column).is_none()
        };
        let names_content = |column: &str| {
            schema
                .target(table, column)
                .is_some_and(|target| CONTENT.contains(&target))
                || [&CONTENT[..], &["object", "raiser", "author"]]
                    .concat()
                    .contains(&column)
                || column == "id" && CONTENT.contains(&table)
        };
        let any = |names: &dyn Fn(&str) -> bool| {
            schema.columns_of(table).any(|column| names(&column.name))
        };
        if any(&names_account) && any(&names_content) {
            found.insert(table);
        }
    }
    let allowed: BTreeSet<&str> = BOTH.iter().map(|(table, _)| *table).collect();
    assert_eq!(found, allowed);
}

#[tokio::test]
async fn on_sqlite_no_table_tells_the_order_of_its_rows() {
    let database = TestDatabase::new().await;
    if database.is_postgres() {
        return;
    }
    let sql = "SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table'";
    let tables = rows(&database.connect().await, sql, |row| {
        let name: String = row.try_get_by_index(0).unwrap();
        let without_rowid: bool = row.try_get_by_index(1).unwrap();
        (name, without_rowid)
    })
    .await;
    assert!(tables.len() > 30, "the tables were found");
    for (name, without_rowid) in tables {
        let own = name == OWN_LIST || name.starts_with("sqlite_");
        assert!(without_rowid || own, "{name} has a rowid");
    }
}

#[tokio::test]
async fn every_column_is_classed_and_every_class_has_its_column() {
    let schema = schema().await;
    let columns: BTreeSet<(&str, &str)> = schema
        .columns
        .iter()
        .map(|column| (column.table.as_str(), column.name.as_str()))
        .collect();
    let classed: Vec<(&str, &str)> = data_map::columns()
        .map(|column| (column.table, column.column))
        .collect();
    let once: BTreeSet<(&str, &str)> = classed.iter().copied().collect();
    let without_entry: Vec<_> = columns.difference(&once).collect();
    let without_column: Vec<_> = once.difference(&columns).collect();
    assert!(
        without_entry.is_empty(),
        "not classed in storage::data_map: {without_entry:?}"
    );
    assert!(
        without_column.is_empty(),
        "classed in storage::data_map, and not there: {without_column:?}"
    );
    assert_eq!(classed.len(), once.len(), "a column is classed twice");
}

#[tokio::test]
async fn the_data_map_agrees_with_itself() {
    for column in data_map::columns() {
        let name = format!("{}.{}", column.table, column.column);
        // What says something of a person does not outlive the person, or
        // the thread in which he said it, unless it is a persona's: that
        // belongs to the posts.
        let stays = column.erasure == Erasure::Keep && column.retention == Retention::Forum;
        let harmless = matches!(column.class, Class::None)
            || matches!(column.class, Class::Personal) && column.table == "persona"
            || matches!(column.class, Class::Secret)
                && ["invitation", "former_login"].contains(&column.table);
        assert!(!stays || harmless, "{name} is kept for ever");
        if column.erasure == Erasure::WithThread {
            assert_eq!(column.retention, Retention::Thread, "{name}");
        }
        if column.column.ends_with("_hash") && column.column != "input_hash" {
            assert_eq!(column.class, Class::Secret, "{name}");
        }
    }
}

#[tokio::test]
async fn columns_are_of_the_five_kinds_that_both_databases_know() {
    let schema = schema().await;
    // The last is what SQLite says for a number of 64 bits.
    let known = [
        "uuid",
        "uuid_text",
        "bytea",
        "blob",
        "boolean",
        "text",
        "bigint",
        "integer",
    ];
    for column in &schema.columns {
        let kind = column.kind.as_str();
        assert!(
            column.table == OWN_LIST || known.contains(&kind),
            "{column:?}"
        );
    }
}
