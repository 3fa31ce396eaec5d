//! No message lost, whatever ends in between; none sent by two at once.

use std::collections::BTreeSet;
use std::sync::Arc;

use adapters::egress::{HttpEgress, Limits};
use api::names::Outside;
use chrono::Duration;
use forum::webhook::Reach;
use mukalma_tests::{Receiver, Reply, ServerProcess, TestDatabase};
use realtime::Cursors;
use serde_json::json;

use super::{Stage, accepted};

/// How another node posts.
pub(super) fn egress() -> HttpEgress {
    let limits = Limits {
        reach: Reach::Anywhere,
        timeout: std::time::Duration::from_secs(10),
    };
    HttpEgress::new(limits)
}

/// How another node names things.
pub(super) fn names() -> Outside {
    Outside(Arc::new(Cursors::new([7; 32])))
}

#[tokio::test]
async fn a_restart_between_sending_and_writing_it_down_loses_no_message() {
    let mut stage = Stage::new().await;
    let thread = stage.thread().await;
    let (webhook, _) = stage.webhook(json!({ "kinds": ["POST_ADDED"] })).await;
    // It has the message, and the server does not know.
    stage.receiver.reply([Reply::Never]);
    let first = stage.post(&thread, "1").await;
    let second = stage.post(&thread, "2").await;
    let came = stage.receiver.next().await;
    let settings = storage::Settings::new(stage.forum.database.url());
    stage.forum = stage.forum.again(&settings).await;
    stage.civil = stage.forum.sign_in("civil").await;
    // Whoever held it may still be at it: it is left to him for a while.
    assert!(stage.receiver.is_quiet());
    stage.forum.clock.advance(Duration::minutes(2));
    let again = stage.receiver.next().await;
    assert_eq!(again.header("webhook-id"), came.header("webhook-id"));
    assert_eq!(again.body["data"]["post"]["id"], first);
    assert_eq!(
        stage.receiver.next().await.body["data"]["post"]["id"],
        second
    );
    let log = stage.log(&webhook, |log| {
        log.iter().all(|one| one["state"] == "DELIVERED")
    });
    assert_eq!(log.await.len(), 2);
}

#[tokio::test]
async fn a_server_that_is_killed_while_it_sends_sends_again() {
    let database = TestDatabase::new().await;
    let server = ServerProcess::start(&database, 1).await;
    let (civil, admin) = (server.sign_in("civil").await, server.sign_in("admin").await);
    let organization = accepted(&civil, &admin, "Rights Now").await;
    let mut receiver = Receiver::start().await;
    let input = json!({ "organizationId": organization, "label": "Ours", "url": receiver.url() });
    civil.done("createWebhook", input, "secret").await;
    receiver.reply([Reply::Never]);
    let input = json!({
        "kind": "DISCUSSION", "title": "A discussion", "body": "Let us talk.",
        "audience": "PUBLIC",
    });
    let mut started = civil.done("startThread", input, "thread { id }").await;
    let thread = started["thread"]["id"].take();
    let moderator = server.sign_in("moderator").await;
    moderator
        .done("releaseThread", json!({ "threadId": thread }), "")
        .await;
    let input = json!({ "threadId": thread, "body": "1" });
    civil.done("addPost", input, "").await;
    let came = receiver.next().await;
    server.kill().await;
    // The next one has the clock of a later day.
    let _server = ServerProcess::start(&database, 2).await;
    let again = receiver.next().await;
    assert_eq!(again.header("webhook-id"), came.header("webhook-id"));
    assert_eq!(receiver.next().await.kind(), "post.added");
}

#[tokio::test]
async fn several_nodes_send_no_message_at_once() {
    let mut stage = Stage::new().await;
    let thread = stage.thread().await;
    let (webhook, _) = stage.webhook(json!({ "kinds": ["POST_ADDED"] })).await;
    let paused = |state: &str| json!({ "webhookId": webhook, "state": state });
    stage
        .civil
        .done("updateWebhook", paused("PAUSED"), "")
        .await;
    let mut posts = Vec::new();
    for n in 0..12 {
        posts.push(stage.post(&thread, &n.to_string()).await);
        stage.thread().await;
    }
    stage
        .civil
        .done("updateWebhook", paused("ACTIVE"), "")
        .await;
    // The forum's own runner, and two more nodes, all at it.
    let (egress, names) = (egress(), names());
    let nodes = [
        stage.forum.another_node().await,
        stage.forum.another_node().await,
    ];
    let run = |node: Arc<forum::Forum>| {
        let (egress, names) = (&egress, &names);
        async move {
            for _ in 0..20 {
                node.queue_messages().await.unwrap();
                for due in node.due_webhooks().await.unwrap() {
                    node.deliver(due, egress, names).await.unwrap();
                }
            }
        }
    };
    let [one, other] = nodes;
    tokio::join!(run(one), run(other));
    let mut seen = BTreeSet::new();
    for post in posts {
        let came = stage.receiver.next().await;
        assert!(seen.insert(came.header("webhook-id").to_owned()));
        assert_eq!(came.body["data"]["post"]["id"], post);
    }
    assert!(stage.receiver.is_quiet());
}

#[tokio::test]
async fn the_log_forgets_what_ended_long_ago() {
    let mut stage = Stage::with(&[("webhook.log_days", "2")]).await;
    let (webhook, _) = stage.webhook(json!({})).await;
    stage
        .civil
        .done("testWebhook", json!({ "webhookId": webhook }), "")
        .await;
    stage.receiver.next().await;
    stage
        .log(&webhook, |log| log[0]["state"] == "DELIVERED")
        .await;
    stage
        .forum
        .clock
        .advance(Duration::days(2) - Duration::minutes(1));
    stage.forum.forum.forget_over().await.unwrap();
    assert_eq!(stage.log(&webhook, |_| true).await.len(), 1);
    stage.forum.clock.advance(Duration::minutes(2));
    stage.forum.forum.forget_over().await.unwrap();
    assert_eq!(stage.log(&webhook, |_| true).await.len(), 0);
}
