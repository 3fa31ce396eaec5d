//! A database that is locked, or whose disk is full.

use std::time::Duration;

use mukalma_tests::{Line, Mishap, TestDatabase, TestForum};
use sea_orm::ConnectionTrait;
use serde_json::json;

use super::{ADD, EVENTS, heard, post};

/// A server that cannot write says so, goes on reading, and writes again as
/// soon as it can. `hinder` makes writing impossible, and `free` possible.
async fn writes_wait_and_reads_go_on(
    forum: &TestForum,
    hinder: impl AsyncFnOnce(),
    free: impl AsyncFnOnce(),
) {
    let civil = forum.sign_in("civil").await;
    let thread = forum.open_discussion(&civil, "PUBLIC").await;
    civil.done("addPost", post(&thread, "before"), "").await;
    let mut watch = civil.watch(EVENTS, json!({ "id": thread })).await;
    hinder().await;
    let during = json!({ "input": post(&thread, "during") });
    let refused = civil.send(ADD, during.clone()).await;
    assert_eq!(refused.code(), "UNAVAILABLE", "{}", refused.body);
    assert!(refused.body["data"]["addPost"].is_null());
    // Everybody reads on, and so does who comes now.
    assert_eq!(civil.bodies(&thread).await, ["before"]);
    assert_eq!(forum.visitor().bodies(&thread).await, ["before"]);
    free().await;
    // The same key: what was refused was not written.
    civil.done("addPost", post(&thread, "during"), "").await;
    assert_eq!(civil.bodies(&thread).await, ["before", "during"]);
    assert_eq!(heard(&watch.next().await).1, "during");
}

#[tokio::test]
async fn a_locked_database_refuses_writes_and_is_read_on() {
    let database = TestDatabase::new().await;
    let settings = storage::Settings {
        patience: Duration::from_secs(3),
        ..database.settings()
    };
    let lock = if database.is_postgres() {
        "BEGIN; LOCK TABLE post IN EXCLUSIVE MODE"
    } else {
        "BEGIN EXCLUSIVE"
    };
    let forum = TestForum::on(database, &settings).await;
    let outside = forum.database.connect().await;
    let say = async |sql: &str| {
        outside.execute_unprepared(sql).await.unwrap();
    };
    writes_wait_and_reads_go_on(
        &forum,
        async || say(lock).await,
        async || {
            say("COMMIT").await;
        },
    )
    .await;
}

/// A PostgreSQL server's disk is not a test's to fill: on the line to it, what
/// writes is exchanged for what fails as on a full disk.
#[tokio::test]
async fn a_server_with_a_full_disk_refuses_writes_and_is_read_on() {
    for mishap in [Mishap::FullDisk, Mishap::FullDiskAtCommit] {
        let database = TestDatabase::new().await;
        let Some(line) = Line::to(&database).await else {
            return;
        };
        let settings = line.settings(&database);
        let forum = TestForum::on(database, &settings).await;
        writes_wait_and_reads_go_on(&forum, async || line.has(mishap), async || line.mend()).await;
    }
}

/// A SQLite file is really full, at its `max_page_count`.
#[tokio::test]
async fn a_file_on_a_full_disk_refuses_writes_and_is_read_on() {
    let database = TestDatabase::new().await;
    if database.is_postgres() {
        return;
    }
    let settings = database.settings();
    let small = storage::Settings {
        max_page_count: Some(700),
        ..settings.clone()
    };
    let forum = TestForum::on(database, &small).await;
    let civil = forum.sign_in("civil").await;
    let thread = forum.open_discussion(&civil, "MEMBERS").await;
    let body = |n: usize| format!("{n} {}", "x".repeat(19_000));
    let said = |n: usize| json!({ "threadId": thread, "body": body(n), "clientMutationId": n.to_string() });
    let mut written = Vec::new();
    let refused = loop {
        let n = written.len();
        let answer = civil.send(ADD, json!({ "input": said(n) })).await;
        if answer.body["errors"].is_array() {
            break answer;
        }
        written.push(body(n));
        assert!(n < 1_000, "the disk fills up");
    };
    assert_eq!(refused.code(), "UNAVAILABLE");
    assert!(written.len() > 3, "there was room for some");
    assert_eq!(civil.bodies(&thread).await, written);
    civil
        .run(
            "{ threads { totalCount nodes { title } } viewer { account { login } } }",
            json!({}),
        )
        .await;

    // With room again, what was refused is written, and all is there.
    let forum = forum.again(&settings).await;
    let civil = civil.at(forum.address);
    civil.done("addPost", said(written.len()), "").await;
    written.push(body(written.len()));
    assert_eq!(civil.bodies(&thread).await, written);
}
