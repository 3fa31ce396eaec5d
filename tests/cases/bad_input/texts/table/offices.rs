//! What offices say besides their answers, and what is said of them.

use mukalma_tests::TestForum;
use serde_json::{Value, json};

use super::{Shape, Text, text};
use crate::cases::bad_input::stage::{self, Stage};

/// Every text of commitments, templates, letters and reports of retaliation.
pub(super) async fn table<'a>(forum: &TestForum, stage: &'a Stage) -> Vec<Text<'a>> {
    let Stage {
        civil,
        officer,
        oversight,
        moderator,
        ..
    } = stage;
    let mut table = Vec::new();
    let template = json!({ "titleEn": "x", "bodyEn": "x", "titleUr": "x", "bodyUr": "x" });
    for (at, shape, max) in [
        ("titleEn", Shape::Line, 120),
        ("bodyEn", Shape::Body, 10_000),
        ("titleUr", Shape::Line, 120),
        ("bodyUr", Shape::Body, 10_000),
    ] {
        let input = template.clone();
        table.push(text(
            "saveResponseTemplate",
            officer,
            input,
            at,
            shape,
            1..=max,
        ));
    }
    let commitment = json!({
        "threadId": stage::acknowledged(forum, civil, officer).await,
        "statement": "x", "dueOn": "2025-11-28",
        "milestones": [{ "statement": "x", "dueOn": "2025-11-20" }],
    });
    let report = reported(&committed(stage).await, 50);
    for (act, input, at, shape, max) in [
        (
            "makeCommitment",
            &commitment,
            "statement",
            Shape::Body,
            2_000,
        ),
        (
            "makeCommitment",
            &commitment,
            "milestones/0/statement",
            Shape::Line,
            300,
        ),
        ("reportProgress", &report, "note", Shape::Body, 2_000),
        (
            "reportProgress",
            &report,
            "evidence/0/description",
            Shape::Line,
            300,
        ),
    ] {
        table.push(text(act, officer, input.clone(), at, shape, 1..=max));
    }
    for (act, who) in [
        ("postponeCommitment", officer),
        ("withdrawCommitment", officer),
        ("contestCommitment", civil),
        ("decideCommitment", moderator),
    ] {
        let id = committed(stage).await;
        let mut input = json!({ "commitmentId": id, "reason": "x" });
        match act {
            "postponeCommitment" => input["dueOn"] = json!("2025-12-24"),
            "contestCommitment" => {
                officer.done("reportProgress", reported(&id, 100), "").await;
            }
            "decideCommitment" => {
                officer.done("reportProgress", reported(&id, 100), "").await;
                civil.done("contestCommitment", input.clone(), "").await;
                input["kept"] = json!(true);
            }
            _ => {}
        }
        table.push(text(act, who, input, "reason", Shape::Body, 1..=2_000));
    }
    let sent = json!({
        "threadId": stage.open, "agency": "POL_SD", "kind": "LETTER", "sentOn": "2025-11-17",
    });
    let mut letter = moderator
        .done("recordDispatch", sent, "letter { id }")
        .await;
    let reply = json!({
        "letterId": letter["letter"]["id"].take(), "receivedOn": "2025-11-17", "body": "x",
    });
    table.push(text(
        "recordPaperReply",
        moderator,
        reply,
        "body",
        Shape::Body,
        1..=20_000,
    ));
    let suffered = async || {
        let concern = stage::acknowledged(forum, civil, officer).await;
        json!({ "threadId": concern, "body": "x" })
    };
    table.push(text(
        "reportRetaliation",
        civil,
        suffered().await,
        "body",
        Shape::Body,
        1..=20_000,
    ));
    let mut made = civil
        .done("reportRetaliation", suffered().await, "report { id }")
        .await;
    let id = made["report"]["id"].take();
    let decision = json!({ "reportId": id, "uphold": true, "reason": "x" });
    table.push(text(
        "decideRetaliation",
        oversight,
        decision,
        "reason",
        Shape::Body,
        1..=2_000,
    ));
    table
}

/// What the office committed itself to, in a concern that members read.
async fn committed(stage: &Stage) -> Value {
    let concern = json!({
        "title": "A concern", "body": "x", "category": "DRG", "region": "PB",
        "audience": "MEMBERS",
    });
    let mut raised = stage
        .civil
        .done("raiseConcern", concern, "thread { id }")
        .await;
    let id = raised["thread"]["id"].take();
    let on = json!({ "threadId": id });
    stage.officer.done("acknowledgeConcern", on, "").await;
    let commitment = json!({ "threadId": id, "statement": "x", "dueOn": "2025-11-28" });
    let mut made = stage
        .officer
        .done("makeCommitment", commitment, "commitment { id }")
        .await;
    made["commitment"]["id"].take()
}

/// How far the office is.
fn reported(commitment: &Value, percent: i32) -> Value {
    json!({
        "commitmentId": commitment, "note": "x", "percent": percent,
        "evidence": [{ "url": "https://gazette.example/17", "description": "x" }],
    })
}
