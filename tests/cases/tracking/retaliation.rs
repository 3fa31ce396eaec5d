//! Reports that somebody is made to suffer for a concern.

use domain::people::{Constituency, Duty};
use mukalma_tests::{Client, TestForum};
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};

use super::super::budgets::statements;
use super::super::moderation::reasons::{speaking, told};
use super::Stage;

const REPORTS: &str = "retaliationReports { id body agency { code } freezes decidedAt reason \
    viewerCanDecide }";

/// A stage with three moderators.
async fn stage() -> Stage {
    let forum = TestForum::new().await;
    for login in ["second-moderator", "third-moderator"] {
        let duties = [Duty::Moderator];
        forum
            .install(login, Constituency::CivilSociety, &duties)
            .await;
    }
    Stage::on(forum).await
}

/// Those of the moderators whom the report was brought to, and the others.
async fn moderators(stage: &Stage) -> (Vec<Client>, Vec<Client>) {
    let (mut brought, mut others) = (Vec::new(), Vec::new());
    for login in ["moderator", "second-moderator", "third-moderator"] {
        let who = stage.forum.sign_in(login).await;
        let is_one = !waiting(&who).await.is_empty();
        if is_one { &mut brought } else { &mut others }.push(who);
    }
    (brought, others)
}

async fn waiting(who: &Client) -> Vec<Value> {
    let document = "{ viewer { retaliationReports { id body thread { id } } } }";
    let mut seen = who.run(document, json!({})).await;
    let all = seen["viewer"]["retaliationReports"].take();
    all.as_array().expect("a list").clone()
}

impl Stage {
    async fn reports(&self, who: &Client) -> Value {
        self.done(
            who,
            "reportRetaliation",
            json!({ "body": "They came to my home." }),
        )
        .await;
        self.sees(who, REPORTS).await["retaliationReports"][0]["id"].take()
    }
}

#[tokio::test]
async fn whoever_moderates_no_more_is_out_of_what_a_report_brought_him_to() {
    let stage = stage().await;
    stage.reports(&stage.civil).await;
    let admin = stage.forum.sign_in("admin").await;
    for who in moderators(&stage).await.0 {
        assert_ne!(stage.sees(&who, "id").await, Value::Null);
        let seen = who.run("{ viewer { account { id } } }", json!({})).await;
        let duty = json!({ "account": seen["viewer"]["account"]["id"], "duty": "MODERATOR" });
        admin.done("revokeDuty", duty, "").await;
        assert_eq!(stage.sees(&who, "id").await, Value::Null);
    }
}

#[tokio::test]
async fn whom_a_report_brought_is_shown_as_a_moderator_and_not_by_his_name() {
    let stage = stage().await;
    stage.reports(&stage.civil).await;
    let fields = "participants { author { id } duty role since }";
    let seen = stage.sees(&stage.civil, fields).await;
    let brought = json!({ "author": null, "duty": "MODERATOR", "role": "INVITED",
        "since": seen["participants"][0]["since"] });
    assert_eq!(seen["participants"], json!([brought, brought]));
}

#[tokio::test]
async fn a_report_freezes_the_agencys_access_at_once_and_reaches_oversight_and_two_moderators() {
    let stage = stage().await;
    let facts = "caseFacts";
    assert_ne!(stage.sees(&stage.officer, facts).await, Value::Null);
    stage.reports(&stage.civil).await;
    assert_eq!(stage.sees(&stage.officer, "id").await, Value::Null);
    for (act, input) in [
        ("acknowledgeConcern", json!({})),
        ("addPost", json!({ "body": "We know who you are." })),
    ] {
        let code = stage.refused(&stage.officer, act, input).await;
        assert_eq!(code, "NOT_FOUND", "{act}");
    }
    let (brought, others) = moderators(&stage).await;
    assert_eq!((brought.len(), others.len()), (2, 1));
    for who in brought.iter().chain([&stage.oversight]) {
        let seen = stage.sees(who, REPORTS).await;
        assert_eq!(
            seen["retaliationReports"][0]["body"],
            "They came to my home."
        );
        assert_eq!(waiting(who).await[0]["thread"]["id"], stage.id);
    }
    for who in [&stage.officer, &stage.colleague, &others[0]] {
        assert_eq!(waiting(who).await, [] as [Value; 0]);
    }
    // The raiser sees who opened it.
    let ledger = stage.sees(&stage.civil, "accessLedger { opened }").await;
    assert!(ledger["accessLedger"].to_string().contains("FACTS"));
}

#[tokio::test]
async fn nothing_of_a_report_stands_in_a_public_thread_and_its_office_does_nothing_there() {
    let stage = stage().await;
    let connection = stage.forum.database.connect().await;
    connection
        .execute_unprepared("UPDATE thread SET audience = 'PUBLIC'")
        .await
        .unwrap();
    let seen = "title state cursor timeline { totalCount } postCount oversightAgency { code }";
    let before = stage.sees(&stage.forum.visitor(), seen).await;
    let id = stage.reports(&stage.civil).await;
    assert_eq!(stage.sees(&stage.forum.visitor(), seen).await, before);
    let asked = format!("caseFacts viewerCanPost viewerCanAnswer {REPORTS}");
    let nothing = json!({ "caseFacts": null, "viewerCanPost": false, "viewerCanAnswer": false,
        "retaliationReports": [] });
    assert_eq!(stage.sees(&stage.officer, &asked).await, nothing);
    let node = "query($id: ID!) { node(id: $id) { id } }";
    for who in [&stage.officer, &stage.colleague, &stage.forum.visitor()] {
        let seen = who.run(node, json!({ "id": id })).await;
        assert_eq!(seen["node"], Value::Null);
    }
    let answered = stage
        .refused(&stage.officer, "acknowledgeConcern", json!({}))
        .await;
    assert_eq!(answered, "FORBIDDEN");
    let desk = "{ viewer { desk { concerns { totalCount } } } }";
    let desk = stage.officer.run(desk, json!({})).await;
    assert_eq!(desk["viewer"]["desk"]["concerns"]["totalCount"], 0);
}

#[tokio::test]
async fn why_an_officer_may_not_speak_says_no_more_than_trying_it() {
    let stage = stage().await;
    let connection = stage.forum.database.connect().await;
    connection
        .execute_unprepared("UPDATE thread SET audience = 'PUBLIC'")
        .await
        .unwrap();
    stage
        .done(&stage.officer, "recuseFromConcern", json!({}))
        .await;
    stage.reports(&stage.civil).await;
    for (who, message) in [
        (
            &stage.officer,
            "Whoever stepped back from a concern does not act on it.",
        ),
        (&stage.colleague, "This is not for your constituency."),
    ] {
        let why = told(who, speaking(&stage.id, 0)).await;
        assert_eq!(why[0]["message"], message);
    }
}

#[tokio::test]
async fn oversight_decides_and_what_is_frozen_goes_elsewhere_or_back() {
    let stage = stage().await;
    let id = stage.reports(&stage.civil).await;
    let (brought, _) = moderators(&stage).await;
    let decide = |uphold| json!({ "reportId": id, "uphold": uphold, "reason": "We looked." });
    // Nobody takes it back, who may be made to.
    for (who, code) in [
        (&stage.civil, "FORBIDDEN"),
        (&brought[0], "FORBIDDEN"),
        (&stage.officer, "NOT_FOUND"),
    ] {
        assert_eq!(who.refused("decideRetaliation", decide(false)).await, code);
    }
    let back = json!({ "agency": "POL_PB" });
    let refused = stage.refused(&brought[0], "assignConcern", back).await;
    assert_eq!(refused, "CONFLICT_OF_INTEREST");
    let there = json!({ "agency": "FIA" });
    assert_eq!(
        stage.refused(&brought[0], "assignConcern", there).await,
        "INVALID"
    );
    stage
        .oversight
        .done("decideRetaliation", decide(true), "")
        .await;
    assert_eq!(stage.sees(&stage.officer, "id").await, Value::Null);
    let again = stage
        .oversight
        .refused("decideRetaliation", decide(false))
        .await;
    assert_eq!(again, "INVALID");
    // Where all reports are lifted the office goes on.
    let stage = self::stage().await;
    let id = stage.reports(&stage.civil).await;
    let lift = json!({ "reportId": id, "uphold": false, "reason": "Somebody else." });
    stage.oversight.done("decideRetaliation", lift, "").await;
    stage
        .done(&stage.officer, "acknowledgeConcern", json!({}))
        .await;
    let seen = stage.sees(&stage.civil, REPORTS).await;
    let report = &seen["retaliationReports"][0];
    assert_eq!(
        (&report["freezes"], &report["reason"]),
        (&json!(false), &json!("Somebody else."))
    );
}

#[tokio::test]
async fn what_cannot_be_reported_or_decided_is_named() {
    let stage = stage().await;
    let report = |body: &str| json!({ "body": body });
    for (who, input, code) in [
        (&stage.civil, report(" "), "BLANK"),
        (&stage.civil, report(&"x".repeat(20_001)), "TOO_LONG"),
        (
            &stage.civil,
            json!({ "body": "x", "agency": "NONE" }),
            "UNKNOWN",
        ),
        (&stage.officer, report("x"), "FORBIDDEN"),
        (&stage.colleague, report("x"), "NOT_FOUND"),
    ] {
        assert_eq!(stage.refused(who, "reportRetaliation", input).await, code);
    }
    let input = json!({ "threadId": stage.forum.thread_id_of_nothing(), "body": "x" });
    let nothing = stage.civil.refused("reportRetaliation", input).await;
    assert_eq!(nothing, "NOT_FOUND");
    for n in 1..=3 {
        let input = json!({ "body": "x".repeat(20_000), "agency": "FIA", "clientMutationId": n.to_string() });
        stage.done(&stage.civil, "reportRetaliation", input).await;
    }
    let more = stage
        .refused(&stage.civil, "reportRetaliation", report("x"))
        .await;
    assert_eq!(more, "TOO_MANY");
    // Of another agency: the office goes on.
    stage
        .done(&stage.officer, "acknowledgeConcern", json!({}))
        .await;
    for id in [stage.forum.thread_id_of_nothing(), json!("no id")] {
        let input = json!({ "reportId": id, "uphold": true, "reason": "x" });
        assert_eq!(
            stage.oversight.refused("decideRetaliation", input).await,
            "NOT_FOUND"
        );
    }
    let blank = json!({ "reportId": stage.id, "uphold": true, "reason": "" });
    assert_eq!(
        stage.oversight.refused("decideRetaliation", blank).await,
        "BLANK"
    );
}

#[tokio::test]
async fn the_body_complained_of_is_not_the_one_that_decides() {
    let stage = stage().await;
    let about = json!({ "title": "They sent me away", "body": "Twice.", "category": "DRG",
        "region": "PB", "audience": "CONFIDENTIAL", "about": { "agency": "NCHR", "kind": "PRACTICE" } });
    let mut raised = stage
        .civil
        .done("raiseConcern", about, "thread { id }")
        .await;
    let stage = Stage {
        id: raised["thread"]["id"].take(),
        ..stage
    };
    let body = json!({ "body": "They called my employer.", "agency": "POL_PB" });
    stage.done(&stage.civil, "reportRetaliation", body).await;
    assert_eq!(waiting(&stage.oversight).await, [] as [Value; 0]);
    let (brought, _) = moderators(&stage).await;
    let seen = stage.sees(&brought[0], REPORTS).await;
    let report = &seen["retaliationReports"][0];
    assert_eq!(report["viewerCanDecide"], true);
    let lift = json!({ "reportId": report["id"], "uphold": false, "reason": "A mistake." });
    brought[0].done("decideRetaliation", lift, "").await;
}

#[tokio::test]
async fn what_waits_is_read_by_as_many_statements_for_all_as_for_one() {
    let stage = stage().await;
    let document = "{ viewer { retaliationReports { body viewerCanDecide agency { code } \
        thread { title state } } } }";
    let mut cost = Vec::new();
    for _ in 0..2 {
        let report = json!({ "body": "Again." });
        stage.done(&stage.civil, "reportRetaliation", report).await;
        cost.push(statements(&stage.forum, &stage.oversight, document, |_| json!({})).await);
    }
    assert_eq!(cost[0], cost[1]);
}
