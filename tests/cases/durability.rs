//! Acknowledged means durable: what a server that stops has answered is there.

use domain::event::{EventKind, StreamName};
use mukalma_tests::{Client, TestForum};
use serde_json::{Value, json};

/// Speaks until the server is gone; gives the keys that were answered.
async fn speak(client: Client, thread: Value, from: usize) -> Vec<String> {
    let mut answered = Vec::new();
    for n in 0.. {
        let key = format!("{from}-{n}");
        let input = json!({ "threadId": thread, "body": key, "clientMutationId": key });
        let document = "mutation($input: AddPostInput!) { addPost(input: $input) \
                        { post { id } userErrors { code } } }";
        match client.try_send(document, json!({ "input": input })).await {
            Some(answer) if answer.body["data"]["addPost"]["post"]["id"].is_string() => {
                answered.push(key);
            }
            _ => break,
        }
    }
    answered
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_stops_in_the_middle_of_writing_loses_nothing_it_answered() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let thread = forum.open_discussion(&civil, "MEMBERS").await;
    let speaking: Vec<_> = (0..4)
        .map(|n| tokio::spawn(speak(civil.clone(), thread.clone(), n)))
        .collect();
    forum.until_posts(&civil, &thread, 20).await;
    let forum = forum.stop_and_start_again().await;
    let mut answered = Vec::new();
    for one in speaking {
        answered.extend(one.await.expect("a speaker ends"));
    }
    let civil = forum.sign_in("civil").await;

    // Whatever was answered is there; asking again writes nothing twice.
    for key in &answered {
        let input = json!({ "threadId": thread, "body": key, "clientMutationId": key });
        civil.done("addPost", input, "").await;
    }
    let bodies = forum.bodies(&civil, &thread).await;
    for key in &answered {
        assert_eq!(
            bodies.iter().filter(|body| *body == key).count(),
            1,
            "{key}"
        );
    }

    // Every post has its one event, and no position is missing.
    let id = forum.thread_id(&thread);
    let events = forum.store().read();
    let events = events
        .events_after(StreamName::Thread(id), 0, 10_000)
        .await
        .expect("the log");
    let positions: Vec<i64> = events.iter().map(|event| event.at.pos).collect();
    assert_eq!(
        positions,
        (1..=i64::try_from(events.len()).expect("few")).collect::<Vec<_>>()
    );
    let added = events
        .iter()
        .filter(|event| event.kind == EventKind::PostAdded)
        .count();
    assert_eq!(added, bodies.len());
}

#[tokio::test]
async fn a_full_disk_refuses_writes_and_loses_nothing() {
    let forum = TestForum::with_pages(Some(700)).await;
    let Some(forum) = forum else {
        return; // A PostgreSQL server's disk is not a test's to fill.
    };
    let civil = forum.sign_in("civil").await;
    let thread = forum.open_discussion(&civil, "MEMBERS").await;
    let body = "x".repeat(20_000);
    let document = "mutation($input: AddPostInput!) { addPost(input: $input) { post { id } } }";
    let mut written = 0;
    let refused = loop {
        let input = json!({ "threadId": thread, "body": body });
        let answer = civil.send(document, json!({ "input": input })).await;
        if answer.body["errors"].is_array() {
            break answer;
        }
        written += 1;
        assert!(written < 1_000, "the disk fills up");
    };
    assert_eq!(refused.code(), "UNAVAILABLE");
    assert_eq!(forum.bodies(&civil, &thread).await.len(), written);
}
