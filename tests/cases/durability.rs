//! Acknowledged means durable: what a server that stops, or that cannot
//! write, has answered is there; what it has not answered is asked again.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use domain::event::{EventKind, StreamName};
use mukalma_tests::forum::thread_id;
use mukalma_tests::{Client, Line, ServerProcess, TestDatabase, TestForum};
use serde_json::{Value, json};

mod connections;
mod hindered;
mod mishaps;

/// A forum on a line to its server, somebody in it, and an open discussion;
/// `None` on SQLite, which has no line.
async fn on_a_line() -> Option<(Line, TestForum, Client, Value)> {
    let database = TestDatabase::new().await;
    let line = Line::to(&database).await?;
    let settings = line.settings(&database);
    let forum = TestForum::on(database, &settings).await;
    let civil = forum.sign_in("civil").await;
    let thread = forum.open_discussion(&civil, "MEMBERS").await;
    Some((line, forum, civil, thread))
}

/// The test program as a server; see [`ServerProcess`].
#[tokio::test]
#[ignore = "it is started, and killed, by another test"]
async fn a_server_in_a_process_of_its_own() {
    mukalma_tests::process::serve().await;
}

const ADD: &str = "mutation($input: AddPostInput!) { addPost(input: $input) \
    { post { id } userErrors { code } } }";
const EVENTS: &str = "subscription($id: ID!, $after: String) { threadEvents(threadId: $id, \
    after: $after) { __typename cursor ... on PostAdded { post { body } } } }";

fn post(thread: &Value, key: &str) -> Value {
    json!({ "threadId": thread, "body": key, "clientMutationId": key })
}

/// What somebody said until the server was gone.
struct Said {
    /// What was answered.
    answered: Vec<String>,
    /// What was asked last and may have been written or not.
    unanswered: String,
}

async fn speak(client: Client, thread: Value, name: usize, heard: &AtomicUsize) -> Said {
    let mut answered = Vec::new();
    for n in 0.. {
        let key = format!("{name}-{n}");
        let input = json!({ "input": post(&thread, &key) });
        match client.try_send(ADD, input).await {
            Some(answer) => {
                assert!(
                    answer.body["data"]["addPost"]["post"]["id"].is_string(),
                    "{}",
                    answer.body
                );
                answered.push(key);
                heard.fetch_add(1, Ordering::SeqCst);
            }
            None => {
                return Said {
                    answered,
                    unanswered: key,
                };
            }
        }
    }
    unreachable!("the server is killed before")
}

/// The cursor and the text of a post's event.
fn heard(event: &Value) -> (Value, String) {
    let event = &event["threadEvents"];
    assert_eq!(event["__typename"], "PostAdded", "{event}");
    let body = event["post"]["body"].as_str().expect("a post's text");
    (event["cursor"].clone(), body.to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_loses_and_repeats_nothing() {
    let database = TestDatabase::new().await;
    let server = ServerProcess::start(&database, 1).await;
    let civil = server.sign_in("civil").await;
    let moderator = server.sign_in("moderator").await;
    let input = json!({ "kind": "DISCUSSION", "title": "A discussion", "body": "Let us talk." });
    let started = civil.done("startThread", input, "thread { id }").await;
    let thread = started["thread"]["id"].clone();
    let release = json!({ "threadId": thread });
    let released = moderator
        .done("releaseThread", release, "thread { cursor }")
        .await;
    let cursor = released["thread"]["cursor"].clone();

    // Killed again and again, each time in the middle of four who write.
    let mut civil = civil;
    let mut server = server;
    let mut answered: Vec<String> = Vec::new();
    let mut asked: Vec<String> = Vec::new();
    let mut after = cursor.clone();
    let mut followed: Vec<String> = Vec::new();
    for run in 0..3 {
        let variables = json!({ "id": thread, "after": after });
        let watch = civil.watch(EVENTS, variables).await;
        let watching = tokio::spawn(watch.until_gone());
        let so_many = AtomicUsize::new(0);
        let speaking = async {
            let speakers =
                (0..4).map(|n| speak(civil.clone(), thread.clone(), run * 10 + n, &so_many));
            futures_util::future::join_all(speakers).await
        };
        let killing = async {
            while so_many.load(Ordering::SeqCst) < 15 {
                tokio::task::yield_now().await;
            }
            server.kill().await;
        };
        let (said, ()) = tokio::join!(speaking, killing);
        for one in said {
            asked.push(one.unanswered);
            answered.extend(one.answered);
        }
        for event in watching.await.unwrap() {
            let (cursor, body) = heard(&event);
            after = cursor;
            followed.push(body);
        }
        server = ServerProcess::start(&database, u32::try_from(run).unwrap() + 2).await;
        // The session lasted.
        civil = civil.at(server.address);
    }
    asked.extend(answered.iter().cloned());

    // What was answered is there before anybody asks again.
    let bodies = civil.bodies(&thread).await;
    for key in &answered {
        assert!(bodies.contains(key), "{key} was answered and is lost");
    }
    // Whoever asks again has each written once.
    for key in &asked {
        civil
            .done("addPost", post(&thread, key), "post { id }")
            .await;
    }
    let bodies = civil.bodies(&thread).await;
    let mut once = asked.clone();
    once.sort_unstable();
    let mut found = bodies.clone();
    found.sort_unstable();
    assert_eq!(found, once);

    // One event a post, no position missing.
    let store = database.open().await;
    let id = thread_id(&thread);
    let events = store
        .read()
        .events_after(StreamName::Thread(id), 0, 10_000)
        .await
        .unwrap();
    let positions: Vec<i64> = events.iter().map(|event| event.at.pos).collect();
    let head = store
        .read()
        .stream_head(StreamName::Thread(id))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(positions, (1..=head.head).collect::<Vec<_>>());
    let added = events
        .iter()
        .filter(|event| event.kind == EventKind::PostAdded);
    let objects: BTreeSet<_> = added.clone().map(|event| event.object).collect();
    assert_eq!((objects.len(), added.count()), (bodies.len(), bodies.len()));

    // Who followed through every kill, and who was away meanwhile, heard
    // every post once and in one order.
    let mut goes_on = civil
        .watch(EVENTS, json!({ "id": thread, "after": after }))
        .await;
    while followed.len() < bodies.len() {
        followed.push(heard(&goes_on.next().await).1);
    }
    let mut was_away = civil
        .watch(EVENTS, json!({ "id": thread, "after": cursor }))
        .await;
    let mut anew = Vec::new();
    while anew.len() < bodies.len() {
        anew.push(heard(&was_away.next().await).1);
    }
    assert_eq!(anew, followed);
    anew.sort_unstable();
    assert_eq!(anew, once);
}

#[tokio::test]
async fn what_was_committed_without_waking_anybody_is_delivered() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let thread = forum.open_discussion(&civil, "MEMBERS").await;
    let mut watch = civil.watch(EVENTS, json!({ "id": thread })).await;
    // Another process writes into the same log, whose commits nobody hears.
    let elsewhere = forum.database.open().await;
    let id = thread_id(&thread);
    elsewhere
        .write(forum.forum.time(), async |tx| {
            tx.emit(domain::event::NewEvent {
                stream: StreamName::Thread(id),
                kind: EventKind::ThreadChanged,
                thread: Some(id),
                object: None,
            });
            Ok::<_, storage::StorageError>(())
        })
        .await
        .unwrap();
    let event = watch.next().await;
    assert_eq!(event["threadEvents"]["__typename"], "ThreadChanged");
}
