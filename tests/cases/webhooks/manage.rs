//! Who may have webhooks, and what they may be.

use domain::people::RegistrationMode;
use mukalma_tests::TestForum;
use serde_json::{Value, json};

use super::super::budgets::statements;
use super::{Stage, accepted};

#[tokio::test]
async fn whoever_acts_for_the_organization_manages_its_webhooks() {
    let stage = Stage::new().await;
    let (webhook, secret) = stage.webhook(json!({})).await;
    assert!(secret.starts_with("whsec_"));
    let list = "query($id: ID!) { webhooks(organizationId: $id) { id label url } }";
    for client in [&stage.civil, &stage.admin] {
        let seen = client.run(list, json!({ "id": stage.organization })).await;
        assert_eq!(seen["webhooks"][0]["id"], webhook);
        assert_eq!(seen["webhooks"][0]["url"], stage.receiver.url());
    }
    // Somebody of another organization, of none, of an agency, and a visitor.
    let expert = stage.forum.sign_in("expert").await;
    accepted(&expert, &stage.admin, "Another one").await;
    for login in ["expert", "youth", "officer", "moderator"] {
        let client = stage.forum.sign_in(login).await;
        let answer = client.send(list, json!({ "id": stage.organization })).await;
        assert_eq!(answer.code(), "FORBIDDEN", "{login}");
        let found = client
            .run(
                "query($id: ID!) { node(id: $id) { id } }",
                json!({ "id": webhook }),
            )
            .await;
        assert!(found["node"].is_null(), "{login}");
        let input = json!({
            "organizationId": stage.organization, "label": "Mine", "url": stage.receiver.url(),
        });
        assert_eq!(client.refused("createWebhook", input).await, "FORBIDDEN");
        let input = json!({ "webhookId": webhook });
        for act in [
            "deleteWebhook",
            "testWebhook",
            "rotateWebhookKey",
            "updateWebhook",
        ] {
            assert_eq!(
                client.refused(act, input.clone()).await,
                "NOT_FOUND",
                "{act}"
            );
        }
    }
    let answer = stage
        .forum
        .visitor()
        .send(list, json!({ "id": stage.organization }))
        .await;
    assert_eq!(answer.code(), "UNAUTHENTICATED");
}

#[tokio::test]
async fn a_message_is_found_by_its_id_by_whoever_manages_its_webhook() {
    let stage = Stage::new().await;
    let (webhook, _) = stage.webhook(json!({})).await;
    let input = json!({ "webhookId": webhook });
    stage.civil.done("testWebhook", input, "messageId").await;
    let log = stage.log(&webhook, |log| !log.is_empty()).await;
    let node = "query($id: ID!) { node(id: $id) { id ... on WebhookMessage { messageId } } }";
    for (login, sees) in [("civil", true), ("admin", true), ("youth", false)] {
        let client = stage.forum.sign_in(login).await;
        let found = client.run(node, json!({ "id": log[0]["id"] })).await;
        assert_eq!(found["node"]["messageId"] == log[0]["messageId"], sees);
        assert_eq!(found["node"].is_null(), !sees, "{login}");
    }
}

/// The mutations that are tried with bad input here.
pub(in crate::cases) const ACTS: [&str; 7] = [
    "createWebhook",
    "deleteWebhook",
    "replayWebhook",
    "retryWebhookMessage",
    "rotateWebhookKey",
    "testWebhook",
    "updateWebhook",
];

#[tokio::test]
async fn an_id_or_a_text_that_is_not_good_is_named() {
    let stage = Stage::new().await;
    let (webhook, _) = stage.webhook(json!({})).await;
    let mut swapped = webhook.as_str().unwrap().to_owned();
    let last = if swapped.pop() == Some('A') { 'Q' } else { 'A' };
    swapped.push(last);
    for act in ACTS {
        for bad in [
            "",
            "\u{0}",
            "nothing",
            "' OR 1=1 --",
            &swapped,
            &"A".repeat(10_000),
        ] {
            let mut input = json!({ "webhookId": bad, "clientMutationId": "the same for all" });
            match act {
                "createWebhook" => {
                    input = json!({ "organizationId": bad, "label": "Ours", "url": stage.receiver.url() });
                }
                "replayWebhook" => input["after"] = json!("a"),
                "retryWebhookMessage" => input["messageId"] = json!("msg_a"),
                _ => {}
            }
            assert_eq!(
                stage.admin.refused(act, input).await,
                "NOT_FOUND",
                "{act} {bad:?}"
            );
        }
    }
    for bad in [
        "",
        "msg_",
        "nothing",
        "msg_00000000000000000000000000000001",
    ] {
        let input = json!({ "webhookId": webhook, "messageId": bad });
        assert_eq!(
            stage.civil.refused("retryWebhookMessage", input).await,
            "NOT_FOUND"
        );
    }
    for (label, code) in [
        ("", "BLANK"),
        ("a", "TOO_SHORT"),
        (&*"a".repeat(121), "TOO_LONG"),
        ("a\u{0}b", "BAD_CHARACTERS"),
        ("a\u{202e}b", "BAD_CHARACTERS"),
    ] {
        let input = json!({ "webhookId": webhook, "label": label });
        assert_eq!(
            stage.civil.refused("updateWebhook", input).await,
            code,
            "{label:?}"
        );
    }
    for label in ["ab", &*"a".repeat(120)] {
        let input = json!({ "webhookId": webhook, "label": label });
        stage.civil.done("updateWebhook", input, "").await;
    }
}

#[tokio::test]
async fn an_organization_has_so_many_webhooks_and_no_more() {
    let stage = Stage::with(&[("webhook.per_organization", "2")]).await;
    stage.webhook(json!({})).await;
    let (webhook, _) = stage.webhook(json!({})).await;
    let input = json!({
        "organizationId": stage.organization, "label": "One more", "url": stage.receiver.url(),
    });
    assert_eq!(
        stage.civil.refused("createWebhook", input.clone()).await,
        "TOO_MANY"
    );
    stage
        .civil
        .done(
            "deleteWebhook",
            json!({ "webhookId": webhook }),
            "webhookId",
        )
        .await;
    stage.civil.done("createWebhook", input, "secret").await;
}

#[tokio::test]
async fn an_organization_that_is_not_accepted_has_none() {
    let stage = Stage::new().await;
    let expert = stage.forum.sign_in("expert").await;
    let asked = expert
        .done(
            "requestAccreditation",
            json!({ "name": "Not yet" }),
            "organization { id }",
        )
        .await;
    let input = json!({
        "organizationId": asked["organization"]["id"], "label": "Ours",
        "url": stage.receiver.url(),
    });
    assert_eq!(
        stage.admin.refused("createWebhook", input.clone()).await,
        "NOT_FOUND"
    );
    assert_eq!(expert.refused("createWebhook", input).await, "FORBIDDEN");
}

#[tokio::test]
async fn an_organization_that_is_accepted_no_longer_is_told_nothing() {
    let mut stage = Stage::new().await;
    let thread = stage.thread().await;
    let (webhook, _) = stage.webhook(json!({})).await;
    let decision = |to: &str| json!({ "organization": stage.organization, "accreditation": to, "reason": "A doubt." });
    stage
        .admin
        .done("decideAccreditation", decision("SUSPENDED"), "")
        .await;
    let late = stage.post(&thread, "late").await;
    stage
        .admin
        .done("testWebhook", json!({ "webhookId": webhook }), "")
        .await;
    assert_eq!(stage.forum.forum.due_webhooks().await.unwrap(), []);
    assert!(stage.receiver.is_quiet());
    // What happened meanwhile is told when it is accepted again.
    stage
        .admin
        .done("decideAccreditation", decision("APPROVED"), "")
        .await;
    let came = [stage.receiver.next().await, stage.receiver.next().await];
    assert!(
        came.iter()
            .any(|one| one.body["data"]["post"]["id"] == late)
    );
}

#[tokio::test]
async fn a_webhook_is_on_the_public_internet() {
    let forum = TestForum::with(true, RegistrationMode::Open, &[]).await;
    let (civil, admin) = (forum.sign_in("civil").await, forum.sign_in("admin").await);
    let organization = accepted(&civil, &admin, "Rights Now").await;
    let input = |url: &str| json!({ "organizationId": organization, "label": "Ours", "url": url });
    for url in [
        "http://example.org/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://localhost/",
        "https://169.254.169.254/latest/meta-data",
        "https://2130706433/",
        "https://example.org:5432/",
        "https://a:b@example.org/",
        "nonsense",
    ] {
        assert_eq!(
            civil.refused("createWebhook", input(url)).await,
            "INVALID",
            "{url}"
        );
    }
    let made = civil
        .done(
            "createWebhook",
            input("https://example.org/hook"),
            "webhook { id }",
        )
        .await;
    let input = json!({ "webhookId": made["webhook"]["id"], "url": "https://10.0.0.1/" });
    assert_eq!(civil.refused("updateWebhook", input).await, "INVALID");
}

#[tokio::test]
async fn what_is_wrong_with_a_webhook_is_named_at_once() {
    let stage = Stage::new().await;
    let confidential = stage.forum.open_concern(&stage.civil).await;
    let input = json!({
        "organizationId": stage.organization, "label": "", "url": "nonsense",
        "filter": {
            "kinds": ["CONTENT_RETRACTED"], "category": "XX", "region": "XX",
            "threadId": confidential,
        },
    });
    let payload = stage.civil.act("createWebhook", input, "").await;
    let errors = payload["userErrors"].as_array().unwrap();
    let found: Vec<_> = errors
        .iter()
        .map(|one| {
            (
                one["field"][0].as_str().unwrap(),
                one["code"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            ("label", "BLANK"),
            ("url", "INVALID"),
            ("kinds", "INVALID"),
            ("category", "UNKNOWN"),
            ("region", "UNKNOWN"),
            ("threadId", "NOT_FOUND"),
        ]
    );
}

#[tokio::test]
async fn a_webhook_is_changed_and_gone_with_its_log() {
    let mut stage = Stage::new().await;
    let thread = stage.thread().await;
    let (webhook, _) = stage.webhook(json!({ "kinds": ["VERDICT_GIVEN"] })).await;
    let input = json!({
        "webhookId": webhook, "label": "Another name",
        "filter": { "kinds": ["POST_ADDED", "POST_ADDED"], "threadKind": "DISCUSSION" },
        "clientMutationId": "a",
    });
    let selection = "webhook { label kinds threadKind state }";
    for _ in 0..2 {
        let changed = stage
            .civil
            .done("updateWebhook", input.clone(), selection)
            .await;
        let expected = json!({
            "label": "Another name", "kinds": ["POST_ADDED"], "threadKind": "DISCUSSION",
            "state": "ACTIVE",
        });
        assert_eq!(changed["webhook"], expected);
    }
    stage.post(&thread, "1").await;
    assert_eq!(stage.receiver.next().await.kind(), "post.added");
    stage
        .log(&webhook, |log| log[0]["state"] == "DELIVERED")
        .await;
    stage
        .civil
        .done(
            "deleteWebhook",
            json!({ "webhookId": webhook }),
            "webhookId",
        )
        .await;
    stage.post(&thread, "2").await;
    assert_eq!(stage.forum.forum.due_webhooks().await.unwrap(), []);
    let found = stage
        .civil
        .run(
            "query($id: ID!) { node(id: $id) { id } }",
            json!({ "id": webhook }),
        )
        .await;
    assert!(found["node"].is_null());
    assert!(stage.receiver.is_quiet());
}

#[tokio::test]
async fn a_log_with_its_attempts_costs_the_same_however_long_it_is() {
    let stage = Stage::new().await;
    let (webhook, _) = stage.webhook(json!({})).await;
    for n in 0..5 {
        let input = json!({ "webhookId": webhook, "clientMutationId": n.to_string() });
        stage.civil.done("testWebhook", input, "").await;
    }
    let tried = |log: &[_]| log.iter().all(|one: &Value| one["state"] == "DELIVERED");
    stage
        .log(&webhook, |log| log.len() == 5 && tried(log))
        .await;
    let log = "query($id: ID!, $first: Int) { node(id: $id) { ... on Webhook { \
        messages(first: $first) { nodes { id attempts { at status } } } } } }";
    let mut costs = Vec::new();
    for first in [1, 5] {
        let about = |_| json!({ "id": webhook, "first": first });
        costs.push(statements(&stage.forum, &stage.civil, log, about).await);
    }
    assert_eq!(costs[0], costs[1]);
}
