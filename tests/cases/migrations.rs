//! Migrations: up, down to nothing, and up again.

use chrono::{NaiveDate, NaiveTime};
use migrations::{Migrator, MigratorTrait as _};
use mukalma_tests::TestDatabase;
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement, Value};
use storage::Store;
use uuid::Uuid;

use super::introspect::{Schema, rows};

/// One row in every table. All ids are the same, and all codes: so every
/// reference finds its row.
pub(super) async fn fill(connection: &DatabaseConnection, schema: &Schema) {
    fill_some(connection, schema, &schema.in_order()).await;
}

/// One row in every table that has none.
async fn fill_empty(connection: &DatabaseConnection, schema: &Schema) {
    let counts = counts(connection, schema).await;
    let tables = schema.tables().into_iter().zip(counts);
    let empty: Vec<_> = tables.filter(|(_, count)| *count == 0).collect();
    let is_empty = |table: &&str| empty.iter().any(|(one, _)| one == table);
    let tables: Vec<&str> = schema.in_order().into_iter().filter(is_empty).collect();
    fill_some(connection, schema, &tables).await;
}

async fn fill_some(connection: &DatabaseConnection, schema: &Schema, tables: &[&str]) {
    for table in tables.iter().copied() {
        let columns: Vec<_> = schema.columns_of(table).collect();
        let names: Vec<String> = columns
            .iter()
            .map(|column| format!("\"{}\"", column.name))
            .collect();
        let places: Vec<String> = (1..=columns.len()).map(|n| format!("${n}")).collect();
        let values = columns.iter().map(|column| match column.kind.as_str() {
            "uuid" | "uuid_text" => Value::from(Uuid::from_u128(1)),
            "bytea" | "blob" => Value::from(vec![1_u8; 32]),
            "boolean" => Value::from(true),
            "bigint" | "integer" => Value::from(1_i64),
            _ => Value::from("X"),
        });
        let (names, places) = (names.join(", "), places.join(", "));
        let sql = format!("INSERT INTO \"{table}\" ({names}) VALUES ({places})");
        let backend = connection.get_database_backend();
        let statement = Statement::from_sql_and_values(backend, sql, values);
        connection.execute_raw(statement).await.unwrap();
    }
}

async fn counts(connection: &DatabaseConnection, schema: &Schema) -> Vec<i64> {
    let mut counts = Vec::new();
    for table in schema.tables() {
        let sql = format!("SELECT COUNT(*) FROM \"{table}\"");
        let count = rows(connection, &sql, |row| {
            row.try_get_by_index::<i64>(0).unwrap()
        })
        .await;
        counts.extend(count);
    }
    counts
}

async fn applied(store: &Store) -> Vec<bool> {
    store
        .migration_status()
        .await
        .unwrap()
        .into_iter()
        .map(|(_, applied)| applied)
        .collect()
}

/// Takes every migration back and applies them all again.
async fn down_and_up(database: &TestDatabase, store: &Store, before: &Schema) {
    let all = u32::try_from(applied(store).await.len()).unwrap();
    store.migrate_down(all).await.unwrap();
    assert!(applied(store).await.iter().all(|applied| !applied));
    let nothing = Schema::read(&database.connect().await).await;
    assert_eq!(nothing.tables().into_iter().collect::<Vec<_>>(), [""; 0]);

    store.migrate().await.unwrap();
    assert!(applied(store).await.iter().all(|applied| *applied));
    assert_eq!(Schema::read(&database.connect().await).await, *before);
}

/// How many migrations there are from this one on.
async fn since(store: &Store, name: &str) -> u32 {
    let all = store.migration_status().await.unwrap();
    let since = all.iter().skip_while(|(of, _)| !of.starts_with(name));
    u32::try_from(since.count()).unwrap()
}

#[tokio::test]
async fn an_empty_database_goes_up_down_to_nothing_and_up_again() {
    let database = TestDatabase::empty().await;
    let store = database.open().await;
    store.migrate().await.unwrap();
    let schema = Schema::read(&database.connect().await).await;
    assert!(schema.tables().len() > 30);
    down_and_up(&database, &store, &schema).await;
}

#[tokio::test]
async fn a_filled_database_goes_down_to_nothing_and_up_again() {
    let database = TestDatabase::new().await;
    let store = database.open_as_owner().await;
    let connection = database.connect().await;
    let schema = Schema::read(&connection).await;
    fill(&connection, &schema).await;
    assert_eq!(
        counts(&connection, &schema).await,
        vec![1; schema.tables().len()]
    );
    down_and_up(&database, &store, &schema).await;
    let connection = database.connect().await;
    assert_eq!(
        counts(&connection, &schema).await,
        vec![0; schema.tables().len()]
    );
    fill(&connection, &schema).await;
}

#[tokio::test]
async fn every_migration_goes_down_and_up_on_a_filled_database() {
    let database = TestDatabase::new().await;
    let store = database.open_as_owner().await;
    for left in (0..applied(&store).await.len()).rev() {
        let connection = database.connect().await;
        let schema = Schema::read(&connection).await;
        // What was not taken away is still filled.
        fill_empty(&connection, &schema).await;
        store.migrate_down(1).await.unwrap();
        Migrator::up(&connection, Some(1)).await.unwrap();
        let again = Schema::read(&database.connect().await).await;
        assert_eq!(again, schema, "with {left} below it");
        store.migrate_down(1).await.unwrap();
    }
}

#[tokio::test]
async fn a_bar_on_notice_that_had_no_end_ends_a_year_after_it_and_not_within_a_month() {
    let database = TestDatabase::new().await;
    let store = database.open_as_owner().await;
    let connection = database.connect().await;
    fill(&connection, &Schema::read(&connection).await).await;
    for sql in [
        "UPDATE legal_demand SET status = 'COMPLIED'",
        "DELETE FROM job",
    ] {
        connection.execute_unprepared(sql).await.unwrap();
    }
    let steps = since(&store, "m0038").await;
    store.migrate_down(steps).await.unwrap();
    store.migrate().await.unwrap();
    let connection = database.connect().await;
    let text = |row: sea_orm::QueryResult| row.try_get_by_index::<String>(0).unwrap();
    // The year was over in 1971: a month from now remains to enter it anew.
    let soon = NaiveDate::from_ymd_opt(2020, 1, 1).unwrap();
    let until = rows(&connection, "SELECT barred_until FROM legal_demand", text).await;
    assert!(until[0].parse::<NaiveDate>().unwrap() > soon, "{until:?}");
    let from = soon.and_time(NaiveTime::MIN).and_utc().timestamp_micros();
    let jobs = format!("SELECT once FROM job WHERE kind = 'bar' AND run_at > {from}");
    let once = format!("bar:{}", Uuid::from_u128(1).simple());
    assert_eq!(rows(&connection, &jobs, text).await, [once]);
}

#[tokio::test]
async fn what_a_moderator_held_before_waits_for_the_moderators_from_then_on() {
    let database = TestDatabase::new().await;
    let store = database.open_as_owner().await;
    let connection = database.connect().await;
    fill(&connection, &Schema::read(&connection).await).await;
    // Before the record was guarded.
    let steps = since(&store, "m0035").await;
    store.migrate_down(steps).await.unwrap();
    let connection = database.connect().await;
    for sql in [
        "DELETE FROM flag",
        "DELETE FROM review_step",
        "DELETE FROM reviewable",
        "UPDATE post SET status = 'HELD'",
        "UPDATE modlog SET act = 'HOLD'",
    ] {
        connection.execute_unprepared(sql).await.unwrap();
    }
    store.migrate().await.unwrap();
    let connection = database.connect().await;
    let text = |row: sea_orm::QueryResult| row.try_get_by_index::<String>(0).unwrap();
    let waits = "SELECT s.step FROM review_step s JOIN reviewable r ON r.id = s.reviewable \
                 JOIN post p ON p.id = r.post \
                 WHERE r.held AND r.decided_at IS NULL AND r.created_at > 1";
    assert_eq!(rows(&connection, waits, text).await, ["HELD_BY_MODERATOR"]);
}

#[tokio::test]
async fn what_was_flagged_and_a_moderator_held_before_waits_for_whoever_may_see_it() {
    for (duty, who) in [("CASEWORKER", "ALL"), ("MODERATOR", "CLAIMANT")] {
        let database = TestDatabase::new().await;
        let store = database.open_as_owner().await;
        let connection = database.connect().await;
        fill(&connection, &Schema::read(&connection).await).await;
        let steps = since(&store, "m0035").await;
        store.migrate_down(steps).await.unwrap();
        let connection = database.connect().await;
        let duty = format!("UPDATE account_duty SET duty = '{duty}'");
        for sql in [
            "DELETE FROM review_step",
            "UPDATE reviewable SET held = FALSE, decision = NULL, decided_at = NULL",
            "UPDATE thread SET audience = 'CONFIDENTIAL'",
            "UPDATE post SET status = 'HELD'",
            "UPDATE modlog SET act = 'HOLD'",
            "UPDATE account SET standing = 'ACTIVE'",
            duty.as_str(),
        ] {
            connection.execute_unprepared(sql).await.unwrap();
        }
        store.migrate().await.unwrap();
        let text = |row: sea_orm::QueryResult| row.try_get_by_index::<String>(0).unwrap();
        let seen = "SELECT CASE WHEN t.wanted_by_queue THEN 'ALL' ELSE 'CLAIMANT' END \
                    FROM review_step s JOIN reviewable r ON r.id = s.reviewable \
                    JOIN thread t ON t.id = r.thread \
                    WHERE s.step = 'HELD_BY_MODERATOR' AND r.held AND r.decided_at IS NULL";
        let seen = rows(&database.connect().await, seen, text).await;
        assert_eq!(seen, [who], "{duty}");
    }
}

#[tokio::test]
async fn what_was_only_agreed_to_and_is_held_still_comes_back_into_the_queue_once() {
    let database = TestDatabase::new().await;
    let store = database.open_as_owner().await;
    let connection = database.connect().await;
    fill(&connection, &Schema::read(&connection).await).await;
    connection
        .execute_unprepared("DELETE FROM review_step")
        .await
        .unwrap();
    let steps = since(&store, "m0042").await;
    let comes_back = async |status: &str, decision: &str| {
        let connection = database.connect().await;
        for sql in [
            "UPDATE thread SET audience = 'CONFIDENTIAL', wanted_by_queue = FALSE".to_owned(),
            format!("UPDATE post SET status = '{status}'"),
            format!("UPDATE reviewable SET decision = '{decision}', decided_at = 1"),
        ] {
            connection.execute_unprepared(&sql).await.unwrap();
        }
        store.migrate_down(steps).await.unwrap();
        store.migrate().await.unwrap();
        // No moderator is on its thread: each sees it.
        let sql = "SELECT COUNT(*) FROM reviewable r JOIN review_step s ON s.reviewable = r.id \
                   JOIN thread t ON t.id = r.thread AND t.wanted_by_queue \
                   WHERE r.decided_at IS NULL AND r.decision IS NULL AND s.step = 'REOPENED'";
        let count = |row: sea_orm::QueryResult| row.try_get_by_index::<i64>(0).unwrap();
        rows(&database.connect().await, sql, count).await
    };
    assert_eq!(comes_back("HELD", "DISAGREE").await, [0]);
    assert_eq!(comes_back("REMOVED", "AGREE").await, [0]);
    assert_eq!(comes_back("HELD", "AGREE").await, [1]);
    // A moderator holds it since: what becomes of it was said.
    let connection = database.connect().await;
    let sql = "INSERT INTO modlog (id, appears_at, exact, act, code, thread, post, moderator) \
               SELECT $1, appears_at, exact, 'HOLD', code, thread, post, moderator FROM modlog";
    let backend = connection.get_database_backend();
    let values = [Value::from(Uuid::from_u128(2))];
    let statement = Statement::from_sql_and_values(backend, sql, values);
    connection.execute_raw(statement).await.unwrap();
    assert_eq!(comes_back("HELD", "AGREE").await, [0]);
}

#[tokio::test]
async fn what_is_migrated_already_stays_as_it_is() {
    let database = TestDatabase::new().await;
    let store = database.open().await;
    let connection = database.connect().await;
    let schema = Schema::read(&connection).await;
    fill(&connection, &schema).await;
    store.migrate().await.unwrap();
    assert_eq!(Schema::read(&connection).await, schema);
    assert_eq!(
        counts(&connection, &schema).await,
        vec![1; schema.tables().len()]
    );
}

#[cfg(unix)]
#[tokio::test]
async fn a_database_is_for_the_servers_user_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mukalma.db");
    let settings = storage::Settings::new(format!("sqlite://{}", file.display()));
    let store = storage::Store::open(&settings).await.unwrap();
    store.migrate().await.unwrap();
    for suffix in ["", "-wal", "-shm"] {
        let path = format!("{}{suffix}", file.display());
        let mode = std::fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{suffix}");
    }
}
