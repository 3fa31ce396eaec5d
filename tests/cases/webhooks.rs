//! Webhooks, end to end: what is told, to whom, in which order, and how often.

mod limits;
mod manage;
mod once;
pub(super) mod retract;

pub(super) use manage::ACTS;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::Duration;
use domain::people::RegistrationMode;
use hmac::{Hmac, KeyInit as _, Mac as _};
use mukalma_tests::receiver::Received;
use mukalma_tests::{Client, Receiver, Reply, TestForum};
use serde_json::{Value, json};
use sha2::Sha256;

const HERE: [(&str, &str); 1] = [("webhook.insecure", "true")];

/// A forum with an accepted organization of `civil`'s, and a program that
/// listens.
struct Stage {
    forum: TestForum,
    civil: Client,
    admin: Client,
    organization: Value,
    receiver: Receiver,
}

impl Stage {
    async fn new() -> Self {
        Self::with(&[]).await
    }

    async fn with(settings: &[(&str, &str)]) -> Self {
        let settings: Vec<_> = HERE.iter().chain(settings).copied().collect();
        let forum = TestForum::with(true, RegistrationMode::Open, &settings).await;
        let civil = forum.sign_in("civil").await;
        let admin = forum.sign_in("admin").await;
        let organization = accepted(&civil, &admin, "Rights Now").await;
        Self {
            forum,
            civil,
            admin,
            organization,
            receiver: Receiver::start().await,
        }
    }

    /// A webhook of the organization's: its id and its secret.
    async fn webhook(&self, filter: Value) -> (Value, String) {
        // It is told what comes into the feed from now on.
        self.forum.forum.empty_outbox().await.unwrap();
        let input = json!({
            "organizationId": self.organization,
            "label": "Our app",
            "url": self.receiver.url(),
            "filter": filter,
        });
        let mut made = self
            .civil
            .done("createWebhook", input, "webhook { id } secret")
            .await;
        let secret = made["secret"].as_str().unwrap().to_owned();
        (made["webhook"]["id"].take(), secret)
    }

    /// A public discussion.
    async fn thread(&self) -> Value {
        self.forum.open_discussion(&self.civil, "PUBLIC").await
    }

    async fn post(&self, thread: &Value, body: &str) -> Value {
        let input = json!({ "threadId": thread, "body": body });
        self.civil.done("addPost", input, "post { id }").await["post"]["id"].take()
    }

    /// The log of a webhook, once it is as it must be.
    async fn log(&self, webhook: &Value, is: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        let document = "query($id: ID!) { node(id: $id) { ... on Webhook { state \
            messages(first: 20) { nodes { id messageId kind state threadId eventCursor \
            attempts { status failure } } } } } }";
        let looking = async {
            loop {
                let seen = self.civil.run(document, json!({ "id": webhook })).await;
                let log = seen["node"]["messages"]["nodes"]
                    .as_array()
                    .unwrap()
                    .clone();
                if is(&log) {
                    return log;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(20), looking)
            .await
            .expect("the log comes to be so")
    }
}

/// An organization that is accepted, whose member this is.
async fn accepted(member: &Client, admin: &Client, name: &str) -> Value {
    let asked = member
        .done(
            "requestAccreditation",
            json!({ "name": name }),
            "organization { id }",
        )
        .await;
    let id = asked["organization"]["id"].clone();
    let decision = json!({ "organization": id, "accreditation": "APPROVED" });
    admin.done("decideAccreditation", decision, "").await;
    id
}

/// What the secret signs of a message.
fn signature(secret: &str, received: &Received) -> String {
    let key = STANDARD
        .decode(secret.strip_prefix("whsec_").unwrap())
        .unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    for part in [
        received.header("webhook-id"),
        ".",
        received.header("webhook-timestamp"),
        ".",
        &received.raw,
    ] {
        mac.update(part.as_bytes());
    }
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

#[tokio::test]
async fn a_webhook_is_told_what_everyone_may_read() {
    let mut stage = Stage::new().await;
    let (_, secret) = stage.webhook(json!({})).await;
    let thread = stage.thread().await;
    let opened = stage.receiver.next().await;
    assert_eq!(opened.path, "/hook?key=letmein");
    assert_eq!(opened.kind(), "thread.moderated");
    let post = stage.post(&thread, "Nobody is told this text.").await;
    let added = stage.receiver.next().await;
    assert_eq!(added.kind(), "post.added");
    assert_eq!(
        added.header("webhook-signature"),
        signature(&secret, &added)
    );
    assert_eq!(added.header("content-type"), "application/json");
    assert_eq!(added.body["data"]["thread"]["id"], thread);
    assert_eq!(added.body["data"]["thread"]["title"], "A discussion");
    assert_eq!(added.body["data"]["post"], json!({ "id": post }));
    assert!(added.body["data"]["cursor"].is_string());
    // Neither who wrote nor what.
    for hidden in ["civil", "Nobody is told", "author"] {
        assert!(!added.raw.contains(hidden), "{hidden}: {}", added.raw);
    }
}

#[tokio::test]
async fn what_is_not_for_everyone_is_told_to_no_webhook() {
    let mut stage = Stage::new().await;
    let (webhook, _) = stage.webhook(json!({})).await;
    stage.forum.open_concern(&stage.civil).await;
    for audience in ["MEMBERS", "CAUCUS"] {
        let thread = stage.forum.open_discussion(&stage.civil, audience).await;
        stage.post(&thread, "Among ourselves.").await;
    }
    stage
        .civil
        .done("testWebhook", json!({ "webhookId": webhook }), "")
        .await;
    assert_eq!(stage.receiver.next().await.kind(), "webhook.test");
    let log = stage
        .log(&webhook, |log| log[0]["state"] == "DELIVERED")
        .await;
    assert_eq!(log.len(), 1, "{log:?}");
}

#[tokio::test]
async fn a_webhook_is_told_only_what_it_asks_for() {
    let mut stage = Stage::new().await;
    let (one, other) = (stage.thread().await, stage.thread().await);
    let filter = json!({ "kinds": ["POST_ADDED"], "threadId": one });
    stage.webhook(filter).await;
    stage.post(&other, "elsewhere").await;
    let input = json!({ "threadId": one });
    let youth = stage.forum.sign_in("youth").await;
    youth.done("endorseThread", input, "").await;
    let post = stage.post(&one, "here").await;
    let told = stage.receiver.next().await;
    assert_eq!(told.body["data"]["post"]["id"], post);
    assert!(stage.receiver.is_quiet());
}

#[tokio::test]
async fn the_messages_of_a_thread_come_in_order_whatever_fails() {
    let mut stage = Stage::new().await;
    let (one, other) = (stage.thread().await, stage.thread().await);
    stage.webhook(json!({ "kinds": ["POST_ADDED"] })).await;
    stage.receiver.reply([Reply::Status(500)]);
    let first = stage.post(&one, "1").await;
    assert_eq!(
        stage.receiver.next().await.body["data"]["post"]["id"],
        first
    );
    let second = stage.post(&one, "2").await;
    // Another thread does not wait for it.
    let aside = stage.post(&other, "aside").await;
    assert_eq!(
        stage.receiver.next().await.body["data"]["post"]["id"],
        aside
    );
    stage.forum.clock.advance(Duration::minutes(1));
    for post in [first, second] {
        assert_eq!(stage.receiver.next().await.body["data"]["post"]["id"], post);
    }
    assert!(stage.receiver.is_quiet());
}

#[tokio::test]
async fn a_message_is_tried_for_days_and_then_given_up() {
    let mut stage = Stage::with(&[("webhook.give_up_seconds", "172800")]).await;
    let thread = stage.thread().await;
    let (webhook, _) = stage.webhook(json!({})).await;
    stage.receiver.reply([Reply::Status(503); 20]);
    let post = stage.post(&thread, "1").await;
    let mut ids = Vec::new();
    loop {
        let came = stage.receiver.next().await;
        assert_eq!(came.body["data"]["post"]["id"], post);
        ids.push(came.header("webhook-id").to_owned());
        let tries = ids.len();
        let tried = stage.log(&webhook, |log| {
            log.len() == 1 && log[0]["attempts"].as_array().unwrap().len() == tries
        });
        tried.await;
        // Attempts are read after the state that they lead to: read it again.
        let log = stage.log(&webhook, |_| true).await;
        if log[0]["state"] == "DEAD" {
            break;
        }
        stage.forum.clock.advance(Duration::hours(15));
    }
    // Nine waits make two days.
    assert_eq!(ids.len(), 10);
    ids.dedup();
    assert_eq!(ids.len(), 1, "a message keeps its name");
    let log = stage.log(&webhook, |_| true).await;
    assert_eq!(
        log[0]["attempts"][0],
        json!({ "status": 503, "failure": "REFUSED" })
    );
    assert_eq!(log[0]["messageId"], ids[0].as_str());
    // It does not hold up what comes after it, and may be sent once more.
    let input = json!({ "webhookId": webhook, "messageId": ids[0] });
    stage
        .civil
        .done("retryWebhookMessage", input, "messageId")
        .await;
    assert_eq!(stage.receiver.next().await.header("webhook-id"), ids[0]);
}

#[tokio::test]
async fn no_redirect_is_followed_and_what_is_gone_is_paused() {
    let mut stage = Stage::new().await;
    let thread = stage.thread().await;
    let (webhook, _) = stage.webhook(json!({})).await;
    stage.receiver.reply([Reply::Redirect, Reply::Status(410)]);
    stage.post(&thread, "1").await;
    assert_eq!(stage.receiver.next().await.path, "/hook?key=letmein");
    let failed =
        |number: usize| move |log: &[Value]| log[0]["attempts"].as_array().unwrap().len() == number;
    let log = stage.log(&webhook, failed(1)).await;
    assert_eq!(
        log[0]["attempts"][0],
        json!({ "status": 302, "failure": "REDIRECTED" })
    );
    stage.forum.clock.advance(Duration::minutes(1));
    assert_eq!(stage.receiver.next().await.path, "/hook?key=letmein");
    let log = stage.log(&webhook, failed(2)).await;
    assert_eq!(log[0]["attempts"][0]["failure"], "GONE");
    let document = "query($id: ID!) { node(id: $id) { ... on Webhook { state } } }";
    let seen = stage.civil.run(document, json!({ "id": webhook })).await;
    assert_eq!(seen["node"]["state"], "PAUSED");
    // What waited is told when it goes on.
    let input = json!({ "webhookId": webhook, "state": "ACTIVE" });
    stage.civil.done("updateWebhook", input, "").await;
    assert_eq!(stage.receiver.next().await.kind(), "post.added");
}

#[tokio::test]
async fn a_replaced_secret_signs_for_a_while_beside_the_new_one() {
    let mut stage = Stage::new().await;
    let (webhook, old) = stage.webhook(json!({})).await;
    let input = json!({ "webhookId": webhook });
    let selection = "secret webhook { oldSecretUntil }";
    let rotated = stage
        .civil
        .done("rotateWebhookKey", input.clone(), selection)
        .await;
    assert!(rotated["webhook"]["oldSecretUntil"].is_string());
    let new = rotated["secret"].as_str().unwrap();
    assert_ne!(new, old);
    stage
        .civil
        .done("testWebhook", input.clone(), "messageId")
        .await;
    let both = stage.receiver.next().await;
    let signed = format!("{} {}", signature(new, &both), signature(&old, &both));
    assert_eq!(both.header("webhook-signature"), signed);
    stage.forum.clock.advance(Duration::hours(25));
    stage.civil.done("testWebhook", input, "messageId").await;
    let one = stage.receiver.next().await;
    assert_eq!(one.header("webhook-signature"), signature(new, &one));
}

#[tokio::test]
async fn what_came_after_a_cursor_is_told_again_under_the_same_names() {
    let mut stage = Stage::new().await;
    let thread = stage.thread().await;
    let (webhook, _) = stage.webhook(json!({})).await;
    let mut told = Vec::new();
    for n in 0..4 {
        stage.post(&thread, &n.to_string()).await;
        let came = stage.receiver.next().await;
        let cursor = came.body["data"]["cursor"].clone();
        told.push((came.header("webhook-id").to_owned(), cursor));
    }
    let log = stage.log(&webhook, |log| {
        log.iter().all(|one| one["state"] == "DELIVERED")
    });
    let log = log.await;
    assert_eq!(log[3]["eventCursor"], told[0].1);
    let input = json!({ "webhookId": webhook, "after": told[1].1 });
    stage
        .civil
        .done("replayWebhook", input, "webhook { id }")
        .await;
    for (name, _) in &told[2..] {
        assert_eq!(stage.receiver.next().await.header("webhook-id"), name);
    }
    assert!(stage.receiver.is_quiet());
    for after in ["", "nonsense", "AAAA"] {
        let input = json!({ "webhookId": webhook, "after": after });
        assert_eq!(stage.civil.refused("replayWebhook", input).await, "INVALID");
    }
}

#[tokio::test]
async fn a_paused_webhook_is_told_later_and_loses_nothing() {
    let mut stage = Stage::with(&[("webhook.waiting", "2")]).await;
    let thread = stage.thread().await;
    let (webhook, _) = stage.webhook(json!({})).await;
    let input = |state| json!({ "webhookId": webhook, "state": state });
    stage.civil.done("updateWebhook", input("PAUSED"), "").await;
    let mut posts = Vec::new();
    for n in 0..7 {
        posts.push(stage.post(&thread, &n.to_string()).await);
    }
    stage.civil.done("updateWebhook", input("ACTIVE"), "").await;
    // More than may wait at once.
    for post in posts {
        assert_eq!(stage.receiver.next().await.body["data"]["post"]["id"], post);
    }
}
