//! The limits of webhooks, on both sides of each.

use api::schema::global_id::{Kind, expect};
use chrono::Duration;
use mukalma_tests::Reply;
use serde_json::json;

use super::Stage;
use super::once::{egress, names};

#[tokio::test]
async fn as_many_messages_wait_as_may() {
    let mut stage = Stage::with(&[("webhook.waiting", "2")]).await;
    let (webhook, _) = stage.webhook(json!({})).await;
    let set = |state| json!({ "webhookId": webhook, "state": state });
    stage.civil.done("updateWebhook", set("PAUSED"), "").await;
    let test = json!({ "webhookId": webhook });
    for _ in 0..2 {
        stage.civil.done("testWebhook", test.clone(), "").await;
    }
    let refused = stage.civil.refused("testWebhook", test.clone()).await;
    assert_eq!(refused, "TOO_MANY");
    stage.civil.done("updateWebhook", set("ACTIVE"), "").await;
    for _ in 0..2 {
        assert_eq!(stage.receiver.next().await.kind(), "webhook.test");
    }
    let delivered = |log: &[serde_json::Value]| log.iter().all(|one| one["state"] == "DELIVERED");
    stage.log(&webhook, delivered).await;
    stage.civil.done("testWebhook", test, "").await;
}

#[tokio::test]
async fn as_many_messages_are_under_way_as_may_on_all_nodes_together() {
    let mut stage = Stage::with(&[("webhook.at_once", "2")]).await;
    let (webhook, _) = stage.webhook(json!({})).await;
    let set = |state| json!({ "webhookId": webhook, "state": state });
    stage.civil.done("updateWebhook", set("PAUSED"), "").await;
    stage.receiver.reply([Reply::Held; 6]);
    for _ in 0..6 {
        let test = json!({ "webhookId": webhook });
        stage.civil.done("testWebhook", test, "").await;
    }
    stage.civil.done("updateWebhook", set("ACTIVE"), "").await;
    for _ in 0..2 {
        stage.receiver.next().await;
    }
    // Two are held: another node finds no room.
    let id = expect(Kind::Webhook, webhook.as_str().unwrap());
    let node = stage.forum.another_node().await;
    let taken = node.deliver(id, &egress(), &names()).await;
    assert_eq!(taken.unwrap(), 0);
    stage.receiver.let_go(6);
    for _ in 2..6 {
        stage.receiver.next().await;
    }
    assert_eq!(stage.receiver.most_held(), 2);
}

#[tokio::test]
async fn a_webhook_answers_in_time_or_is_tried_again() {
    let mut stage = Stage::with(&[("webhook.timeout_seconds", "1")]).await;
    let (webhook, _) = stage.webhook(json!({})).await;
    let test = json!({ "webhookId": webhook });
    let tried = |log: &[serde_json::Value]| log[0]["attempts"][0].is_object();
    for (reply, status, failure) in [
        (Reply::Held, json!(204), json!(null)),
        (Reply::Never, json!(null), json!("TIMEOUT")),
    ] {
        stage.receiver.reply([reply]);
        stage.receiver.let_go(1);
        stage.civil.done("testWebhook", test.clone(), "").await;
        stage.receiver.next().await;
        let log = stage.log(&webhook, tried).await;
        let attempt = json!({ "status": status, "failure": failure });
        assert_eq!(log[0]["attempts"][0], attempt);
    }
}

#[tokio::test]
async fn what_waited_while_a_webhook_was_paused_has_all_its_tries() {
    let mut stage = Stage::new().await;
    let (webhook, _) = stage.webhook(json!({})).await;
    let set = |state| json!({ "webhookId": webhook, "state": state });
    stage.civil.done("updateWebhook", set("PAUSED"), "").await;
    let test = json!({ "webhookId": webhook });
    stage.civil.done("testWebhook", test, "").await;
    stage.forum.clock.advance(Duration::days(4));
    stage.receiver.reply([Reply::Status(500)]);
    stage.civil.done("updateWebhook", set("ACTIVE"), "").await;
    let first = stage.receiver.next().await;
    stage
        .log(&webhook, |log| log[0]["attempts"][0]["status"] == 500)
        .await;
    stage.forum.clock.advance(Duration::minutes(1));
    let again = stage.receiver.next().await;
    assert_eq!(again.header("webhook-id"), first.header("webhook-id"));
}
