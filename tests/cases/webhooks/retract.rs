//! What was told and may not be seen any more is to be deleted.

use domain::event::{EventKind, NewEvent, StreamName};
use domain::id::ThreadId;
use mukalma_tests::forum::thread_id;
use mukalma_tests::{Reply, TestForum};
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};

use super::Stage;

/// Runs a statement about an object that no use case runs yet; `{}` stands for
/// its id.
pub(in crate::cases) async fn run(forum: &TestForum, sql: &str, id: uuid::Uuid) {
    let id = if forum.database.is_postgres() {
        format!("'{id}'")
    } else {
        format!("x'{}'", id.simple())
    };
    let connection = forum.database.connect().await;
    let sql = sql.replace("{}", &id);
    connection.execute_unprepared(&sql).await.unwrap();
}

impl Stage {
    /// Says in the log what a moderator's act on a thread says.
    async fn closed(&self, thread: ThreadId) {
        self.forum
            .store()
            .write(self.forum.forum.time(), async |tx| {
                tx.emit(NewEvent {
                    stream: StreamName::Retraction,
                    kind: EventKind::ThreadModerated,
                    thread: Some(thread),
                    object: None,
                });
                Ok::<_, storage::StorageError>(())
            })
            .await
            .unwrap();
    }
}

fn post_id(post: &Value) -> uuid::Uuid {
    let id = post.as_str().unwrap();
    api::schema::global_id::expect(api::schema::global_id::Kind::Post, id)
}

#[tokio::test]
async fn what_is_hidden_or_narrowed_is_retracted() {
    for change in [
        "UPDATE thread SET status = 'REMOVED' WHERE id = {}",
        "UPDATE thread SET status = 'HELD' WHERE id = {}",
        "UPDATE thread SET audience = 'MEMBERS' WHERE id = {}",
    ] {
        let mut stage = Stage::new().await;
        let thread = stage.thread().await;
        stage.webhook(json!({ "kinds": ["POST_ADDED"] })).await;
        stage.post(&thread, "1").await;
        assert_eq!(stage.receiver.next().await.kind(), "post.added");
        let id = thread_id(&thread);
        run(&stage.forum, change, id.into()).await;
        stage.closed(id).await;
        let came = stage.receiver.next().await;
        assert_eq!(came.kind(), "content.retracted", "{change}");
        let expected = json!({ "thread": { "id": thread }, "duty": "DELETE" });
        assert_eq!(came.body["data"], expected);
        // It is asked once.
        stage.closed(id).await;
        stage.forum.forum.retract_closed().await.unwrap();
        stage.forum.forum.retract_hidden().await.unwrap();
        assert!(stage.receiver.is_quiet());
    }
}

#[tokio::test]
async fn a_post_that_is_hidden_is_retracted_alone() {
    let mut stage = Stage::new().await;
    let thread = stage.thread().await;
    stage.webhook(json!({})).await;
    stage.post(&thread, "stays").await;
    let post = stage.post(&thread, "goes").await;
    stage.receiver.next().await;
    stage.receiver.next().await;
    let hide = "UPDATE post SET status = 'REMOVED' WHERE id = {}";
    run(&stage.forum, hide, post_id(&post)).await;
    stage.closed(thread_id(&thread)).await;
    let came = stage.receiver.next().await;
    assert_eq!(came.kind(), "content.retracted");
    assert_eq!(came.body["data"]["post"]["id"], post);
    assert_eq!(came.body["data"]["thread"], json!({ "id": thread }));
}

#[tokio::test]
async fn a_post_that_was_moved_is_retracted_when_the_thread_that_took_it_is_hidden() {
    let mut stage = Stage::new().await;
    let (thread, other) = (stage.thread().await, stage.thread().await);
    stage.webhook(json!({ "kinds": ["POST_ADDED"] })).await;
    let post = stage.post(&thread, "goes elsewhere").await;
    assert_eq!(stage.receiver.next().await.kind(), "post.added");
    let moderator = stage.forum.sign_in("moderator").await;
    let input = json!({
        "threadId": thread, "postIds": [post], "toThreadId": other, "reason": "OFF_TOPIC",
        "text": "It is of something else.",
    });
    moderator.done("movePosts", input, "").await;
    let hide = json!({
        "subjectId": other, "act": "REMOVE", "reason": "ABUSE", "text": "By the rules.",
    });
    moderator.done("moderate", hide, "").await;
    let came = stage.receiver.next().await;
    assert_eq!(came.kind(), "content.retracted");
    assert_eq!(came.body["data"]["post"]["id"], post);
    assert_eq!(came.body["data"]["thread"], json!({ "id": thread }));
}

#[tokio::test]
async fn what_is_erased_without_a_word_is_found_and_retracted() {
    let mut stage = Stage::new().await;
    let thread = stage.thread().await;
    stage.webhook(json!({})).await;
    let post = stage.post(&thread, "goes").await;
    stage.receiver.next().await;
    let id = post_id(&post);
    run(&stage.forum, "DELETE FROM search_doc WHERE object = {}", id).await;
    run(&stage.forum, "DELETE FROM post WHERE id = {}", id).await;
    stage.forum.forum.retract_hidden().await.unwrap();
    let came = stage.receiver.next().await;
    assert_eq!(came.kind(), "content.retracted");
    assert_eq!(came.body["data"]["post"]["id"], post);
}

#[tokio::test]
async fn what_its_author_erased_is_retracted() {
    let mut stage = Stage::new().await;
    let thread = stage.thread().await;
    stage.webhook(json!({ "kinds": ["POST_ADDED"] })).await;
    let youth = stage.forum.sign_in("youth").await;
    let input = json!({ "threadId": thread, "body": "Goes." });
    let post = youth.done("addPost", input, "post { id }").await["post"]["id"].take();
    stage.receiver.next().await;
    let input = json!({ "password": mukalma_tests::PASSWORD, "posts": "ERASE" });
    youth.done("deleteAccount", input, "").await;
    stage.forum.forum.run_clocks().await.unwrap();
    let came = stage.receiver.next().await;
    assert_eq!(came.kind(), "content.retracted");
    assert_eq!(came.body["data"]["post"]["id"], post);
}

#[tokio::test]
async fn a_webhook_that_was_told_nothing_is_not_asked_to_delete() {
    let stage = Stage::new().await;
    let (one, other) = (stage.thread().await, stage.thread().await);
    let (webhook, _) = stage.webhook(json!({ "threadId": one })).await;
    let id = thread_id(&other);
    let hide = "UPDATE thread SET status = 'REMOVED' WHERE id = {}";
    run(&stage.forum, hide, id.into()).await;
    stage.closed(id).await;
    // Nor of what never was public.
    let confidential = stage.forum.open_concern(&stage.civil).await;
    stage.closed(thread_id(&confidential)).await;
    stage.forum.forum.retract_closed().await.unwrap();
    stage.forum.forum.retract_hidden().await.unwrap();
    assert_eq!(stage.log(&webhook, |_| true).await, Vec::<Value>::new());
}

/// By the rights of the moment of sending, not of the moment of queueing.
#[tokio::test]
async fn what_is_hidden_before_it_is_sent_is_withheld() {
    let mut stage = Stage::new().await;
    let thread = stage.thread().await;
    let (webhook, _) = stage.webhook(json!({})).await;
    stage.receiver.reply([Reply::Status(500)]);
    stage.post(&thread, "1").await;
    stage.receiver.next().await;
    stage.post(&thread, "2").await;
    stage
        .log(&webhook, |log| {
            log.len() == 2 && log[1]["attempts"][0]["status"] == 500
        })
        .await;
    let hide = "UPDATE thread SET status = 'REMOVED' WHERE id = {}";
    run(&stage.forum, hide, thread_id(&thread).into()).await;
    stage.forum.clock.advance(chrono::Duration::minutes(1));
    let log = stage.log(&webhook, |log| {
        log.iter().all(|one| one["state"] != "PENDING")
    });
    let states: Vec<_> = log.await.iter().map(|one| one["state"].clone()).collect();
    assert_eq!(states, ["WITHHELD", "WITHHELD"]);
    assert!(stage.receiver.is_quiet());
    // It may have kept what it answered 500 to.
    stage.closed(thread_id(&thread)).await;
    let came = stage.receiver.next().await;
    assert_eq!(came.kind(), "content.retracted");
    assert_eq!(came.body["data"]["thread"]["id"], thread);
}
