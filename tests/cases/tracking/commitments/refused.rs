//! What cannot be accepted of commitments: it is named, and nothing is kept.

use domain::people::RegistrationMode;
use mukalma_tests::TestForum;
use serde_json::{Value, json};

use super::super::Stage;
use super::{commitment, done, november};

fn with(base: &Value, more: &Value) -> Value {
    let mut input = base.clone();
    for (key, value) in more.as_object().unwrap() {
        input[key] = value.clone();
    }
    input
}

#[tokio::test]
async fn bad_input_is_named_and_makes_no_commitment() {
    let stage = Stage::acknowledged().await;
    let step = |statement: &str, due: &str| json!({ "milestones": [{ "statement": statement, "dueOn": due }] });
    let many = vec![json!({ "statement": "x", "dueOn": november(20) }); 11];
    for (more, field, code) in [
        (json!({ "statement": "" }), "statement", "BLANK"),
        (json!({ "statement": " \u{200b}" }), "statement", "BLANK"),
        (
            json!({ "statement": "a\u{0}" }),
            "statement",
            "BAD_CHARACTERS",
        ),
        (
            json!({ "statement": "a\u{202e}b" }),
            "statement",
            "BAD_CHARACTERS",
        ),
        (
            json!({ "statement": "x".repeat(2_001) }),
            "statement",
            "TOO_LONG",
        ),
        (json!({ "dueOn": november(16) }), "dueOn", "NOT_AHEAD"),
        (json!({ "dueOn": "1066-10-14" }), "dueOn", "NOT_AHEAD"),
        (json!({ "dueOn": "9999-12-31" }), "dueOn", "INVALID"),
        (json!({ "dueOn": "2030-11-17" }), "dueOn", "INVALID"),
        (step("", &november(20)), "milestones", "BLANK"),
        (step("a\nb", &november(20)), "milestones", "BAD_CHARACTERS"),
        (
            step(&"x".repeat(301), &november(20)),
            "milestones",
            "TOO_LONG",
        ),
        (step("x", &november(16)), "milestones", "NOT_AHEAD"),
        (step("x", &november(29)), "milestones", "INVALID"),
        (json!({ "milestones": many }), "milestones", "TOO_MANY"),
        (json!({ "responseId": "x" }), "responseId", "NOT_FOUND"),
        (json!({ "threadId": "x" }), "", "NOT_FOUND"),
    ] {
        let mut input = with(&stage.with(commitment()), &more);
        input["clientMutationId"] = json!("the same for all");
        let payload = stage
            .officer
            .act("makeCommitment", input, "commitment { id }")
            .await;
        let errors = payload["userErrors"].as_array().unwrap();
        assert_eq!(errors.len(), 1, "{more}: {payload}");
        assert_eq!(errors[0]["code"], code, "{more}: {payload}");
        assert_eq!(
            errors[0]["field"][0].as_str().unwrap_or(""),
            field,
            "{more}"
        );
    }
    let all = stage.sees(&stage.civil, "commitments { id }").await;
    assert_eq!(all["commitments"], json!([]));
    // Each limit itself is within.
    let most = vec![json!({ "statement": "x".repeat(300), "dueOn": november(17) }); 10];
    stage
        .committed(
            json!({ "statement": "x".repeat(2_000), "dueOn": "2030-11-16", "milestones": most }),
        )
        .await;
    let today = json!({ "statement": "x", "dueOn": november(17) });
    stage.committed(today).await;
}

#[tokio::test]
async fn a_bad_report_is_named_and_changes_nothing() {
    let stage = Stage::acknowledged().await;
    let mut input = commitment();
    input["milestones"] = json!([{ "statement": "A gate", "dueOn": november(20) }]);
    let id = stage.committed(input).await;
    let shows = |url: &str| json!({ "evidence": [{ "url": url, "description": "x" }] });
    let piece = json!({ "url": "https://gazette.example/", "description": "x" });
    for (more, field, code) in [
        (json!({ "note": "" }), "note", "BLANK"),
        (json!({ "note": "x".repeat(2_001) }), "note", "TOO_LONG"),
        (json!({ "percent": -1 }), "percent", "INVALID"),
        (json!({ "percent": 101 }), "percent", "INVALID"),
        (json!({ "percent": 100 }), "evidence", "INVALID"),
        (shows("javascript:alert(1)"), "evidence", "INVALID"),
        (shows("gazette"), "evidence", "INVALID"),
        (shows("https://a:b@gazette.example/"), "evidence", "INVALID"),
        (
            json!({ "evidence": vec![piece.clone(); 6] }),
            "evidence",
            "TOO_MANY",
        ),
        (
            json!({ "evidence": [{ "url": "https://a.example/", "description": "" }] }),
            "evidence",
            "BLANK",
        ),
        (json!({ "milestone": 2 }), "milestone", "INVALID"),
        (json!({ "milestone": 0 }), "milestone", "INVALID"),
        (json!({ "commitmentId": "x" }), "", "NOT_FOUND"),
    ] {
        let base = json!({ "commitmentId": id, "note": "Half.", "percent": 50 });
        let payload = stage
            .officer
            .act("reportProgress", with(&base, &more), "")
            .await;
        let errors = payload["userErrors"].as_array().unwrap();
        assert_eq!(errors.len(), 1, "{more}: {payload}");
        assert_eq!(errors[0]["code"], code, "{more}: {payload}");
        assert_eq!(
            errors[0]["field"][0].as_str().unwrap_or(""),
            field,
            "{more}"
        );
    }
    let most = json!({ "milestone": 1, "evidence": vec![piece; 5] });
    stage
        .officer
        .done("reportProgress", with(&done(&id), &most), "")
        .await;
    let again = json!({ "commitmentId": id, "note": "x", "percent": 1, "milestone": 1 });
    assert_eq!(
        stage.officer.refused("reportProgress", again).await,
        "INVALID"
    );
    for (who, act, more) in [
        (&stage.civil, "contestCommitment", json!({})),
        (&stage.officer, "withdrawCommitment", json!({})),
        (
            &stage.officer,
            "postponeCommitment",
            json!({ "dueOn": "2025-12-24" }),
        ),
        (
            &stage.moderator,
            "decideCommitment",
            json!({ "kept": true }),
        ),
    ] {
        for reason in ["", "a\u{7}", &"x".repeat(2_001)] {
            let base = json!({ "commitmentId": id, "reason": reason });
            let code = who.refused(act, with(&base, &more)).await;
            assert!(
                ["BLANK", "BAD_CHARACTERS", "TOO_LONG"].contains(&code.as_str()),
                "{act} {code}"
            );
        }
        let nothing = with(&json!({ "commitmentId": "x", "reason": "x" }), &more);
        assert_eq!(who.refused(act, nothing).await, "NOT_FOUND", "{act}");
    }
    for (day, code) in [
        (november(16), "NOT_AHEAD"),
        ("9999-12-31".to_owned(), "INVALID"),
    ] {
        let later = json!({ "commitmentId": id, "reason": "x", "dueOn": day });
        assert_eq!(
            stage.officer.refused("postponeCommitment", later).await,
            code
        );
    }
    let nothing = json!({ "commitmentId": "x" });
    assert_eq!(
        stage.civil.refused("confirmCommitment", nothing).await,
        "NOT_FOUND"
    );
}

#[tokio::test]
async fn an_office_commits_itself_while_it_has_the_concern_and_so_often() {
    let settings = [
        ("commitments.per_concern", "2"),
        ("commitments.reports", "2"),
    ];
    let forum = TestForum::with(true, RegistrationMode::Open, &settings).await;
    let stage = Stage::on(forum).await;
    let refused = async || {
        stage
            .refused(&stage.officer, "makeCommitment", commitment())
            .await
    };
    assert_eq!(refused().await, "INVALID", "not acknowledged");
    stage
        .done(&stage.officer, "acknowledgeConcern", json!({}))
        .await;
    assert_eq!(
        stage.sees(&stage.officer, "viewerCanCommit").await["viewerCanCommit"],
        true
    );
    let id = stage.committed(commitment()).await;
    let report = json!({ "commitmentId": id, "note": "x", "percent": 1 });
    for _ in 0..2 {
        stage
            .officer
            .done("reportProgress", report.clone(), "")
            .await;
    }
    assert_eq!(
        stage.officer.refused("reportProgress", report).await,
        "TOO_MANY"
    );
    stage.committed(commitment()).await;
    assert_eq!(refused().await, "TOO_MANY");
    stage.done(&stage.civil, "withdrawConcern", json!({})).await;
    assert_eq!(refused().await, "INVALID", "withdrawn");
    assert_eq!(
        stage.sees(&stage.officer, "viewerCanCommit").await["viewerCanCommit"],
        false
    );
}
