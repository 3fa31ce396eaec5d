//! What happens in a thread is passed on: to the feed if everyone may read it,
//! and to its followers.

use domain::event::{Event, EventKind, NewEvent, StreamName};
use domain::id::ThreadId;
use futures_util::future::join_all;
use mukalma_tests::forum::thread_id;
use mukalma_tests::{Client, TestForum};
use serde_json::{Value, json};
use storage::outbox::PassOn;
use uuid::Uuid;

async fn speak(client: &Client, thread: &Value, times: usize) {
    join_all((0..times).map(|n| {
        let post = json!({ "threadId": thread, "body": format!("Post {n}") });
        client.done("addPost", post, "")
    }))
    .await;
}

/// What the log holds of a thread in a stream.
async fn of(forum: &TestForum, stream: StreamName, thread: ThreadId) -> Vec<Event> {
    let events = forum.store().read().events_after(stream, 0, 1_000).await;
    let mut events = events.unwrap();
    events.retain(|event| event.thread == Some(thread));
    events
}

/// The posts that were added, one after the other.
fn posts(events: &[Event]) -> Vec<Option<Uuid>> {
    let added = events
        .iter()
        .filter(|event| event.kind == EventKind::PostAdded);
    added.map(|event| event.object).collect()
}

/// Waits until everything is passed on.
async fn until_empty(forum: &TestForum) {
    while forum.store().read().outbox_waits().await.unwrap() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_everyone_may_read_is_in_the_feed_once_and_in_its_threads_order() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let threads = [
        forum.open_discussion(&civil, "PUBLIC").await,
        forum.open_discussion(&civil, "PUBLIC").await,
    ];
    join_all(threads.iter().map(|thread| speak(&civil, thread, 8))).await;
    until_empty(&forum).await;
    for thread in threads.iter().map(thread_id) {
        let said = of(&forum, StreamName::Thread(thread), thread).await;
        let fed = of(&forum, StreamName::Feed, thread).await;
        assert_eq!(posts(&fed), posts(&said));
        assert_eq!(posts(&fed).len(), 8);
    }
}

#[tokio::test]
async fn what_only_some_may_read_is_in_no_feed() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let thread = forum.open_discussion(&civil, "MEMBERS").await;
    speak(&civil, &thread, 3).await;
    until_empty(&forum).await;
    let id = thread_id(&thread);
    assert_eq!(of(&forum, StreamName::Feed, id).await, []);
}

#[tokio::test]
async fn two_who_pass_on_at_once_tell_everything_once() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let thread = forum.open_discussion(&civil, "PUBLIC").await;
    let passing = join_all((0..4).map(|_| async {
        for _ in 0..10 {
            forum.forum.empty_outbox().await.unwrap();
        }
    }));
    tokio::join!(speak(&civil, &thread, 12), passing);
    until_empty(&forum).await;
    let id = thread_id(&thread);
    let said = of(&forum, StreamName::Thread(id), id).await;
    let fed = of(&forum, StreamName::Feed, id).await;
    assert_eq!(posts(&fed), posts(&said));
    assert_eq!(posts(&fed).len(), 12);
}

#[tokio::test]
async fn what_another_process_left_behind_is_passed_on() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let thread = thread_id(&forum.open_discussion(&civil, "PUBLIC").await);
    let elsewhere = forum.database.open().await;
    let left = NewEvent {
        stream: StreamName::Thread(thread),
        kind: EventKind::ThreadChanged,
        thread: Some(thread),
        object: None,
    };
    let written = elsewhere.write(forum.forum.time(), async |tx| {
        tx.emit_to(left, PassOn::Everyone);
        Ok::<_, storage::StorageError>(())
    });
    written.await.unwrap();
    until_empty(&forum).await;
    let fed = of(&forum, StreamName::Feed, thread).await;
    assert_eq!(fed.last().unwrap().kind, EventKind::ThreadChanged);
}
