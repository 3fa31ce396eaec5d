//! What moderators say, and those who turn to them.

use chrono::Duration;
use domain::people::{Constituency, Duty};
use mukalma_tests::{Client, TestForum};
use serde_json::{Value, json};

use super::{Shape, Text, text};
use crate::cases::bad_input::stage::Stage;
use crate::cases::moderation::{act, flag, say};

/// Every text of moderation. Each is about a post or a thread of its own.
pub(super) async fn table<'a>(forum: &TestForum, stage: &'a Stage) -> Vec<Text<'a>> {
    let Stage {
        civil,
        youth,
        moderator,
        admin,
        ..
    } = stage;
    let second = second(forum).await;
    let square = forum.open_discussion(civil, "PUBLIC").await;
    let elsewhere = forum.open_discussion(civil, "PUBLIC").await;
    let post = async || say(civil, &square, "Said").await;
    let mut table = Vec::new();
    // With this reason, a flag has to say what it is.
    let flagged = json!({ "subjectId": stage.post, "reason": "OTHER", "note": "x" });
    table.push(text(
        "flag",
        youth,
        flagged,
        "note",
        Shape::Reason,
        1..=2_000,
    ));
    let split = async || {
        json!({
            "threadId": square, "postIds": [post().await], "title": "A title",
            "reason": "OFF_TOPIC", "text": "x",
        })
    };
    table.push(text(
        "splitThread",
        moderator,
        split().await,
        "title",
        Shape::Line,
        3..=160,
    ));
    let moved = json!({
        "threadId": square, "postIds": [post().await], "toThreadId": elsewhere,
        "reason": "OFF_TOPIC", "text": "x",
    });
    let merged = json!({
        "threadId": forum.open_discussion(civil, "PUBLIC").await, "intoThreadId": elsewhere,
        "reason": "DUPLICATE", "text": "x",
    });
    let done = minimized(moderator, civil, &post().await).await;
    for (act, who, input) in [
        ("splitThread", moderator, split().await),
        ("movePosts", moderator, moved),
        ("mergeThreads", moderator, merged),
        (
            "moderate",
            moderator,
            act(&post().await, "MINIMIZE", "OFF_TOPIC"),
        ),
        (
            "redact",
            moderator,
            redaction(moderator, &post().await).await,
        ),
        (
            "decideReviewable",
            moderator,
            review(stage, &post().await).await,
        ),
        ("appeal", civil, json!({ "entryId": done, "text": "x" })),
        (
            "decideAppeal",
            moderator,
            appealed(&second, civil, &post().await).await,
        ),
    ] {
        table.push(text(act, who, input, "text", Shape::Body, 1..=2_000));
    }
    for (act, input) in sanctions(forum, moderator, &second, &square).await {
        table.push(text(act, moderator, input, "text", Shape::Body, 1..=2_000));
    }
    let demand = json!({
        "kind": "PRESERVE", "instrument": "COURT_ORDER", "authority": "A court",
        "reference": "12/2025", "scope": "The post", "subjectId": stage.post,
        "receivedOn": "2025-11-17", "noticeBarred": false,
    });
    for (at, shape, length) in [
        ("authority", Shape::Name, 2..=120),
        ("reference", Shape::Line, 1..=300),
        ("scope", Shape::Body, 1..=2_000),
    ] {
        let input = demand.clone();
        table.push(text("registerLegalDemand", admin, input, at, shape, length));
    }
    let mut made = admin
        .done("registerLegalDemand", demand, "legalDemand { id }")
        .await;
    let id = made["legalDemand"]["id"].take();
    let refusal = json!({ "demandId": id, "decision": "REFUSE", "text": "x" });
    table.push(text(
        "decideLegalDemand",
        moderator,
        refusal,
        "text",
        Shape::Body,
        1..=2_000,
    ));
    table
}

/// Another moderator, with whom `moderator` makes a mixed panel.
async fn second(forum: &TestForum) -> Client {
    let duties = [Duty::Moderator];
    forum.install("second", Constituency::Expert, &duties).await;
    forum.sign_in("second").await
}

/// Fields of a post, as somebody sees it.
async fn seen(who: &Client, post: &Value, fields: &str) -> Value {
    let document = format!("query($id: ID!) {{ node(id: $id) {{ ... on Post {{ {fields} }} }} }}");
    who.run(&document, json!({ "id": post })).await["node"].take()
}

/// A moderator folds a post away; gives what its author is told of it.
async fn minimized(moderator: &Client, author: &Client, post: &Value) -> Value {
    let minimize = act(post, "MINIMIZE", "OFF_TOPIC");
    moderator.done("moderate", minimize, "").await;
    let mut told = seen(author, post, "moderation { id }").await;
    told["moderation"][0]["id"].take()
}

/// What strikes out the first letter of a post.
async fn redaction(moderator: &Client, post: &Value) -> Value {
    let judged = seen(moderator, post, "version").await;
    json!({
        "subjectId": post, "expectedVersion": judged["version"],
        "spans": [{ "start": 0, "end": 1, "kind": "OTHER" }],
        "reason": "PERSONAL_INFORMATION", "text": "x",
    })
}

/// A decision on a post that was flagged.
async fn review(stage: &Stage, post: &Value) -> Value {
    flag(&stage.youth, post).await;
    let document = "{ viewer { moderationDesk { reviewables(first: 20) { nodes { \
                    id subjectId } } } } }";
    let queue = stage.moderator.run(document, json!({})).await;
    let nodes = &queue["viewer"]["moderationDesk"]["reviewables"]["nodes"];
    let nodes = nodes.as_array().expect("a queue");
    let waiting = nodes.iter().find(|one| one["subjectId"] == *post);
    let id = &waiting.expect("what was flagged")["id"];
    json!({ "reviewableId": id, "decision": "DISAGREE", "text": "x" })
}

/// A decision on an appeal against what another moderator did.
async fn appealed(second: &Client, author: &Client, post: &Value) -> Value {
    let entry = minimized(second, author, post).await;
    let appeal = json!({ "entryId": entry, "text": "x" });
    let mut made = author.done("appeal", appeal, "appeal { id }").await;
    json!({ "appealId": made["appeal"]["id"].take(), "outcome": "UPHELD", "text": "x" })
}

/// What `moderator` does with sanctions: he warns, decides on what `second`
/// proposed, and takes back what he approved of before.
async fn sanctions(
    forum: &TestForum,
    moderator: &Client,
    second: &Client,
    square: &Value,
) -> [(&'static str, Value); 3] {
    let expert = forum.sign_in("expert").await;
    let post = say(&expert, square, "Said").await;
    let until = forum.forum.time() + Duration::days(2);
    let silence = json!({
        "subjectId": post, "kind": "SILENCE", "scope": "THREAD", "until": until.to_rfc3339(),
        "reason": "ABUSE", "text": "x",
    });
    let propose = async || {
        let selection = "sanction { id }";
        let made = second.done("proposeSanction", silence.clone(), selection);
        made.await["sanction"]["id"].take()
    };
    let decide =
        |id: &Value, decision: &str| json!({ "sanctionId": id, "decision": decision, "text": "x" });
    let stands = propose().await;
    let approval = decide(&stands, "APPROVE");
    moderator.done("decideSanction", approval, "").await;
    let waits = propose().await;
    let warning = json!({ "subjectId": post, "kind": "WARN", "reason": "ABUSE", "text": "x" });
    let lifting = json!({ "sanctionId": stands, "reason": "MISTAKEN", "text": "x" });
    [
        ("proposeSanction", warning),
        ("decideSanction", decide(&waits, "REJECT")),
        ("liftSanction", lifting),
    ]
}
