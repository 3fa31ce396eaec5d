//! A PostgreSQL server that goes away and comes back.
//!
//! A SQLite file is always there, or locked, or full.

use std::time::Duration;

use futures_util::future::join_all;
use mukalma_tests::{Client, Line, Mishap, TestDatabase, TestForum};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use storage::Settings;

use super::{ADD, EVENTS, heard, on_a_line, post};

/// Reads and writes as many at once as have every pool open all of its
/// connections.
async fn have_connections(civil: &Client, thread: &Value, name: &str) {
    let writes = (0..4).map(|n| async move {
        let post = post(thread, &format!("{name} {n}"));
        civil.done("addPost", post, "").await;
    });
    let reads = (0..4).map(|_| civil.bodies(thread));
    tokio::join!(join_all(writes), join_all(reads));
}

#[tokio::test]
async fn a_database_that_cannot_be_reached_is_unavailable_and_comes_back() {
    let Some((line, forum, civil, thread)) = on_a_line().await else {
        return;
    };
    let mut watch = civil.watch(EVENTS, json!({ "id": thread })).await;
    civil.done("addPost", post(&thread, "before"), "").await;
    assert_eq!(heard(&watch.next().await).1, "before");

    line.cut().await;
    let during = json!({ "input": post(&thread, "during") });
    let refused = civil.send(ADD, during).await;
    assert_eq!(refused.code(), "UNAVAILABLE", "{}", refused.body);
    let read = "query($id: ID!) { thread(id: $id) { title } }";
    let refused = civil.send(read, json!({ "id": thread })).await;
    assert_eq!(refused.code(), "UNAVAILABLE", "{}", refused.body);
    // Who is signed in is not sent away because nobody can tell now.
    let nobody = Client::new(forum.address, Some("A".repeat(43)));
    let refused = nobody.send(read, json!({ "id": thread })).await;
    assert_eq!(refused.code(), "UNAVAILABLE", "{}", refused.body);

    line.mend();
    civil.done("addPost", post(&thread, "during"), "").await;
    assert_eq!(civil.bodies(&thread).await, ["before", "during"]);
    assert_eq!(heard(&watch.next().await).1, "during");
}

#[tokio::test]
async fn a_server_that_falls_silent_is_unavailable_and_comes_back() {
    let database = TestDatabase::new().await;
    let Some(line) = Line::to(&database).await else {
        return;
    };
    let settings = Settings {
        patience: Duration::from_secs(1),
        statement: Duration::from_secs(2),
        ..line.settings(&database)
    };
    let forum = TestForum::on(database, &settings).await;
    let civil = forum.sign_in("civil").await;
    let thread = forum.open_discussion(&civil, "MEMBERS").await;
    civil.done("addPost", post(&thread, "before"), "").await;

    line.has(Mishap::Silence);
    let during = json!({ "input": post(&thread, "during") });
    let read = "query($id: ID!) { thread(id: $id) { title } }";
    let (written, seen) = tokio::join!(
        civil.send(ADD, during),
        civil.send(read, json!({ "id": thread }))
    );
    assert_eq!(written.code(), "UNAVAILABLE", "{}", written.body);
    assert_eq!(seen.code(), "UNAVAILABLE", "{}", seen.body);

    line.mend();
    civil.done("addPost", post(&thread, "during"), "").await;
    assert_eq!(civil.bodies(&thread).await, ["before", "during"]);
}

#[tokio::test]
async fn nobody_notices_that_connections_broke_meanwhile() {
    let Some((line, forum, civil, thread)) = on_a_line().await else {
        return;
    };
    let mut watch = civil.watch(EVENTS, json!({ "id": thread })).await;
    let outside = forum.database.connect().await;
    let mut followed = Vec::new();
    for n in 0..4 {
        have_connections(&civil, &thread, &n.to_string()).await;
        while followed.len() < n * 5 + 4 {
            followed.push(heard(&watch.next().await).1);
        }
        if n < 2 {
            line.cut().await;
            line.mend();
        } else {
            // An administrator ends them, or the server stops and starts.
            let sql = "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity \
                       WHERE datname = current_database() AND pid <> pg_backend_pid()";
            outside.execute_unprepared(sql).await.unwrap();
        }
        // The very next read, and the very next write.
        let after = format!("after {n}");
        if n % 2 == 0 {
            assert_eq!(civil.bodies(&thread).await.len(), n * 5 + 4);
            civil.done("addPost", post(&thread, &after), "").await;
        } else {
            civil.done("addPost", post(&thread, &after), "").await;
            assert_eq!(civil.bodies(&thread).await.len(), n * 5 + 5);
        }
        followed.push(heard(&watch.next().await).1);
        assert_eq!(followed.last(), Some(&after));
    }
    followed.sort_unstable();
    let mut found = civil.bodies(&thread).await;
    found.sort_unstable();
    assert_eq!(followed, found);
}

#[tokio::test]
async fn a_write_whose_connection_breaks_is_done_on_another() {
    let Some((line, _forum, civil, thread)) = on_a_line().await else {
        return;
    };
    line.has(Mishap::BreakAtPost);
    civil.done("addPost", post(&thread, "once"), "").await;
    assert_eq!(line.mishap(), None, "it went wrong");
    assert_eq!(civil.bodies(&thread).await, ["once"]);
}

/// Nobody can tell whether a commit was done whose answer did not come: it is
/// not done again of itself, and whoever asks again with the same key finds
/// it done once.
#[tokio::test]
async fn a_commit_without_an_answer_is_asked_for_again() {
    for (mishap, written) in [
        (Mishap::BreakBeforeCommit, &[][..]),
        (Mishap::BreakAfterCommit, &["once"]),
    ] {
        let Some((line, _forum, civil, thread)) = on_a_line().await else {
            return;
        };
        line.has(mishap);
        let input = json!({ "input": post(&thread, "once") });
        let refused = civil.send(ADD, input).await;
        assert_eq!(line.mishap(), None, "it went wrong");
        assert_eq!(refused.code(), "UNAVAILABLE", "{}", refused.body);
        assert_eq!(civil.bodies(&thread).await, written, "{mishap:?}");
        civil.done("addPost", post(&thread, "once"), "").await;
        assert_eq!(civil.bodies(&thread).await, ["once"], "{mishap:?}");
    }
}
