//! What a concern's timeline keeps, and whom it is shown.

use mukalma_tests::{Client, TestForum};
use serde_json::{Value, json};

use super::super::budgets::statements;
use super::Stage;

const ITEM: &str = "__typename side state office { name } \
    ... on TimelineMove { kind reason } \
    ... on TimelineAssignment { isReview assignedOffice { name } } \
    ... on TimelineReferral { reason assignedOffice { name } } \
    ... on TimelineClarification { question answer } \
    ... on TimelineResponse { response { outcome } } \
    ... on TimelineVerdict { verdict comment } \
    ... on TimelineEscalation { level }";

/// A timeline, a line an item: what is null or plain is left out.
async fn timeline(stage: &Stage, who: &Client) -> String {
    let fields = format!("timeline(first: 100) {{ totalCount nodes {{ {ITEM} }} }}");
    let timeline = stage.sees(who, &fields).await["timeline"].take();
    let nodes = timeline["nodes"].as_array().expect("items");
    assert_eq!(timeline["totalCount"], nodes.len());
    let lines: Vec<String> = nodes.iter().map(line).collect();
    lines.join("\n")
}

fn line(item: &Value) -> String {
    let mut words = Vec::new();
    let first = ["__typename", "side", "state"].map(|key| &item[key]);
    let rest = item.as_object().expect("an item").iter();
    let rest = rest.filter(|(key, _)| !["__typename", "side", "state"].contains(&key.as_str()));
    for value in first.into_iter().chain(rest.map(|(_, value)| value)) {
        match value {
            Value::String(text) => words.push(text.clone()),
            Value::Object(inner) => words.extend(inner.values().map(ToString::to_string)),
            Value::Null => {}
            other => words.push(other.to_string()),
        }
    }
    words.join(" ")
}

/// Everything that can be said in a life.
async fn live(stage: &Stage) {
    stage
        .done(&stage.officer, "acknowledgeConcern", json!({}))
        .await;
    let ask = json!({ "question": "On which road?" });
    stage
        .done(&stage.officer, "requestClarification", ask)
        .await;
    let answer = json!({ "answer": "To the hostel." });
    stage.done(&stage.civil, "clarifyConcern", answer).await;
    stage.answer(&stage.officer).await;
    let verdict = json!({ "verdict": "NOT_GRANTED", "comment": "Not yet" });
    stage.done(&stage.civil, "giveVerdict", verdict).await;
    let refer = json!({ "agency": "POL_PB", "reason": "Ours no more" });
    assert_eq!(
        stage.refused(&stage.colleague, "referConcern", refer).await,
        "ILLEGAL_MOVE"
    );
    stage.answer(&stage.colleague).await;
    stage
        .done(
            &stage.civil,
            "withdrawConcern",
            json!({ "reason": "Enough" }),
        )
        .await;
}

#[tokio::test]
async fn every_move_is_kept_in_order_by_sides_and_offices() {
    let stage = Stage::new().await;
    live(&stage).await;
    insta::assert_snapshot!(timeline(&stage, &stage.civil).await);
}

#[tokio::test]
async fn a_timeline_is_read_in_pages_without_gap_or_repeat() {
    let stage = Stage::new().await;
    live(&stage).await;
    let all = stage
        .sees(&stage.civil, "timeline(first: 100) { edges { cursor } }")
        .await;
    let all = all["timeline"]["edges"].as_array().unwrap().clone();
    let document = "query($id: ID!, $first: Int, $after: String, $last: Int, $before: String) { \
        thread(id: $id) { timeline(first: $first, after: $after, last: $last, before: $before) \
        { edges { cursor } pageInfo { hasNextPage hasPreviousPage endCursor startCursor } } } }";
    for (size, from, more, end) in [
        ("first", "after", "hasNextPage", "endCursor"),
        ("last", "before", "hasPreviousPage", "startCursor"),
    ] {
        let (mut read, mut place) = (Vec::new(), Value::Null);
        loop {
            let variables = json!({ "id": stage.id, size: 3, from: place });
            let page = stage.civil.run(document, variables).await["thread"]["timeline"].take();
            let edges = page["edges"].as_array().unwrap().clone();
            if size == "first" {
                read.extend(edges);
            } else {
                read.splice(0..0, edges);
            }
            if page["pageInfo"][more] != true {
                break;
            }
            place = page["pageInfo"][end].clone();
        }
        assert_eq!(read, all, "{size}");
    }
}

#[tokio::test]
async fn what_was_before_the_release_stays_between_the_author_and_moderators() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let moderator = forum.sign_in("moderator").await;
    let input = json!({
        "title": "A concern", "body": "On the road.", "category": "DRG", "region": "PB",
        "audience": "PUBLIC",
    });
    let id = civil.done("raiseConcern", input, "thread { id }").await["thread"]["id"].take();
    let on = |mut input: Value| {
        input["threadId"] = id.clone();
        input
    };
    moderator
        .done(
            "returnThread",
            on(json!({ "reason": "It names a person" })),
            "",
        )
        .await;
    let document = "query($id: ID!) { thread(id: $id) { cursor } }";
    let cursor = civil.run(document, json!({ "id": id })).await["thread"]["cursor"].take();
    civil.done("resubmitThread", on(json!({})), "").await;
    moderator.done("releaseThread", on(json!({})), "").await;
    let document = "query($id: ID!) { thread(id: $id) { timeline { totalCount nodes { \
        ... on TimelineMove { kind reason } } } } }";
    let kinds = async |who: &Client| {
        let seen = who.run(document, json!({ "id": id })).await["thread"]["timeline"].take();
        let nodes = seen["nodes"].as_array().unwrap().clone();
        assert_eq!(seen["totalCount"], nodes.len());
        nodes
            .iter()
            .filter_map(|one| one["kind"].as_str().map(str::to_owned))
            .collect::<Vec<_>>()
    };
    let whole = ["RETURN", "RESUBMIT", "RELEASE"];
    assert_eq!(kinds(&civil).await, whole);
    assert_eq!(kinds(&moderator).await, whole);
    for who in [
        forum.visitor(),
        forum.sign_in("youth").await,
        forum.sign_in("officer").await,
    ] {
        assert_eq!(kinds(&who).await, ["RELEASE"]);
        // Nor does the log tell of it.
        let document = "subscription($id: ID!, $after: String) { threadEvents(threadId: $id, \
            after: $after) { __typename ... on ConcernMoved { item { state } } } }";
        let variables = json!({ "id": id, "after": cursor });
        let moved = who.watch(document, variables).await.next().await["threadEvents"].take();
        assert_eq!(moved, json!({ "__typename": "ConcernMoved", "item": null }));
    }
}

#[tokio::test]
async fn every_move_is_told_as_it_is_made() {
    let stage = Stage::new().await;
    let document = format!(
        "subscription($id: ID!) {{ threadEvents(threadId: $id) {{ __typename \
         ... on ConcernAssigned {{ item {{ {ITEM} }} }} \
         ... on ConcernAcknowledged {{ item {{ {ITEM} }} }} \
         ... on ConcernMoved {{ item {{ {ITEM} }} }} \
         ... on ResponsePublished {{ item {{ {ITEM} }} }} \
         ... on VerdictGiven {{ item {{ {ITEM} }} }} }} }}"
    );
    let mut watch = stage
        .civil
        .watch(&document, json!({ "id": stage.id }))
        .await;
    live(&stage).await;
    let mut told = Vec::new();
    while told.len() < 8 {
        let event = watch.next().await["threadEvents"].take();
        told.push(format!(
            "{}: {}",
            event["__typename"].as_str().unwrap(),
            line(&event["item"])
        ));
    }
    insta::assert_snapshot!(told.join("\n"));
}

#[tokio::test]
async fn timelines_of_a_list_are_one_statement() {
    let stage = Stage::new().await;
    stage.answered().await;
    let page = "query($id: ID!) { thread(id: $id) { id timeline { nodes { at side \
        ... on TimelineResponse { response { outcome } } } } } }";
    let list = "{ threads(first: 10) { nodes { id timeline(first: 5) { nodes { at side \
        office { name } } } } } }";
    for _ in 0..2 {
        let variables = |_| json!({ "id": stage.id });
        assert_eq!(
            statements(&stage.forum, &stage.civil, page, variables).await,
            3
        );
        assert_eq!(
            statements(&stage.forum, &stage.civil, list, |_| json!({})).await,
            2
        );
        stage.forum.open_concern(&stage.civil).await;
    }
}
