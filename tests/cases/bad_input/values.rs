//! Numbers, days, codes and keys: each on both sides of its limit.

use mukalma_tests::TestForum;
use serde_json::{Value, json};

use super::stage::{self, Stage, content};

fn concern() -> Value {
    json!({ "title": "A concern", "body": "x", "category": "DRG", "region": "PB" })
}

fn with(mut input: Value, field: &str, value: Value) -> Value {
    input[field] = value;
    input
}

#[tokio::test]
async fn a_concern_has_at_most_eight_themes_and_groups() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let known = civil
        .run("{ themes { code } affectedGroups { code } }", json!({}))
        .await;
    let codes = |list: &str| {
        let codes = known[list].as_array().expect("a list");
        codes
            .iter()
            .map(|one| one["code"].clone())
            .collect::<Vec<_>>()
    };
    for (field, list) in [("themes", "themes"), ("affectedGroups", "affectedGroups")] {
        let plain = codes(list).into_iter().filter(|code| {
            // These ask whom the concern is about.
            !domain::thread::THEMES_REQUIRING_ABOUT.contains(&code.as_str().unwrap_or_default())
        });
        let many: Vec<Value> = plain.cycle().take(9).collect();
        let input = with(concern(), field, json!(many));
        assert_eq!(
            civil.refused("raiseConcern", input).await,
            "TOO_MANY",
            "{field}"
        );
        civil
            .done("raiseConcern", with(concern(), field, json!(many[..8])), "")
            .await;
        for bad in ["", "women", "\u{0}", "WOMEN ", "' OR 1=1 --"] {
            let input = with(concern(), field, json!([bad]));
            assert_eq!(
                civil.refused("raiseConcern", input).await,
                "UNKNOWN",
                "{field} {bad:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_code_that_is_not_known_is_refused() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let admin = forum.sign_in("admin").await;
    let before = content(&forum).await;
    for bad in [
        "",
        "drg",
        "\u{0}",
        "DRG\u{200b}",
        "' OR 1=1 --",
        &"A".repeat(10_000),
    ] {
        for field in ["category", "region"] {
            let input = with(concern(), field, json!(bad));
            assert_eq!(
                civil.refused("raiseConcern", input).await,
                "UNKNOWN",
                "{field} {bad:?}"
            );
        }
        for (field, value) in [
            ("category", json!(bad)),
            ("region", json!(bad)),
            ("themes", json!([bad])),
        ] {
            let start = json!({ "kind": "QUESTION", "title": "A question", "body": "x" });
            let input = with(start, field, value);
            assert_eq!(
                civil.refused("startThread", input).await,
                "UNKNOWN",
                "{field} {bad:?}"
            );
        }
        let office = json!({
            "agency": "POL_PB", "nameEn": "Desk", "nameUr": "Desk", "region": bad,
        });
        let code = admin.refused("createOffice", office).await;
        assert_eq!(code, "UNKNOWN", "{bad:?}");
    }
    assert_eq!(content(&forum).await, before);
}

#[tokio::test]
async fn a_circle_goes_with_the_audience_circle() {
    let forum = TestForum::new().await;
    let stage = Stage::set(&forum).await;
    let before = content(&forum).await;
    let civil = &stage.civil;
    let start = json!({ "kind": "DISCUSSION", "title": "A discussion", "body": "x" });
    for (act, input) in [("raiseConcern", concern()), ("startThread", start)] {
        let audience = |audience: &str| with(input.clone(), "audience", json!(audience));
        let beside = with(audience("MEMBERS"), "circle", stage.circle.clone());
        assert_eq!(civil.refused(act, beside).await, "INVALID", "{act}");
        // He is in none.
        for circle in [stage.circle.clone(), json!("nothing"), Value::Null] {
            let inside = with(audience("CIRCLE"), "circle", circle);
            assert_eq!(civil.refused(act, inside).await, "FORBIDDEN", "{act}");
        }
    }
    assert_eq!(content(&forum).await, before);
}

#[tokio::test]
async fn a_day_that_must_lie_ahead_is_today_or_later() {
    let forum = TestForum::new().await;
    let stage = Stage::set(&forum).await;
    let (yesterday, today) = ("2025-11-16", "2025-11-17");
    let before = content(&forum).await;
    let outcomes = |day: &str| {
        [
            json!({ "actionPlanned": { "by": day } }),
            json!({ "subJudice": { "reviewOn": day } }),
        ]
    };
    let consent = |day: &str| {
        let of = json!({ "consent": "By telephone", "consentUntil": day });
        with(concern(), "onBehalfOf", of)
    };
    for outcome in outcomes(yesterday) {
        let input = json!({ "threadId": stage.acknowledged, "body": "x", "outcome": outcome });
        assert_eq!(
            stage.officer.refused("respondToConcern", input).await,
            "NOT_AHEAD"
        );
    }
    assert_eq!(
        stage
            .civil
            .refused("raiseConcern", consent(yesterday))
            .await,
        "NOT_AHEAD"
    );
    assert_eq!(content(&forum).await, before);
    for outcome in outcomes(today) {
        let concern = stage::acknowledged(&forum, &stage.civil, &stage.officer).await;
        let input = json!({ "threadId": concern, "body": "x", "outcome": outcome });
        stage.officer.done("respondToConcern", input, "").await;
    }
    stage.civil.done("raiseConcern", consent(today), "").await;
}

#[tokio::test]
async fn an_invitation_is_good_for_one_to_ninety_days() {
    let forum = TestForum::new().await;
    let admin = forum.sign_in("admin").await;
    for days in [0, 91, i32::MAX] {
        let refused = admin
            .refused("createInvitation", json!({ "days": days }))
            .await;
        assert_eq!(refused, "INVALID", "{days}");
    }
    for days in [1, 90] {
        admin
            .done("createInvitation", json!({ "days": days }), "")
            .await;
    }
}

#[tokio::test]
async fn a_key_has_one_to_255_bytes() {
    let forum = TestForum::new().await;
    let stage = Stage::set(&forum).await;
    let before = content(&forum).await;
    for key in [String::new(), "k".repeat(256), "ک".repeat(128)] {
        for (act, input) in [
            ("addPost", json!({ "threadId": stage.thread, "body": "x" })),
            ("raiseConcern", concern()),
            ("endorseThread", json!({ "threadId": stage.thread })),
            (
                "requestAccreditation",
                json!({ "name": "Another organization" }),
            ),
        ] {
            let input = with(input, "clientMutationId", json!(key));
            let payload = stage.civil.act(act, input, "").await;
            let error = &payload["userErrors"][0];
            assert_eq!(error["code"], "INVALID", "{act}");
            assert_eq!(error["field"], json!(["clientMutationId"]), "{act}");
        }
    }
    assert_eq!(content(&forum).await, before);
    for key in ["k".to_owned(), "k".repeat(255), "\u{0}\u{202e}".to_owned()] {
        let input = json!({ "threadId": stage.thread, "body": key.len().to_string(), "clientMutationId": key });
        for _ in 0..2 {
            stage.civil.done("addPost", input.clone(), "").await;
        }
    }
    let said = stage.civil.bodies(&stage.thread).await;
    assert_eq!(said, ["Said", "1", "255", "4"]);
}

#[tokio::test]
async fn a_move_that_is_not_legal_names_those_that_are() {
    let forum = TestForum::new().await;
    let stage = Stage::set(&forum).await;
    let before = content(&forum).await;
    let verdict = json!({ "threadId": stage.acknowledged, "verdict": "RELIEF_GRANTED" });
    let payload = stage.civil.act("giveVerdict", verdict, "").await;
    let error = &payload["userErrors"][0];
    assert_eq!(error["code"], "ILLEGAL_MOVE");
    assert!(
        error["message"]
            .as_str()
            .unwrap_or_default()
            .contains("ANSWER"),
        "{error}"
    );
    let on = |thread: &Value| json!({ "threadId": thread });
    let clarify = json!({ "threadId": stage.answered, "answer": "x" });
    for (who, act, input) in [
        (&stage.officer, "acknowledgeConcern", on(&stage.answered)),
        (&stage.civil, "clarifyConcern", clarify),
    ] {
        assert_eq!(who.refused(act, input).await, "ILLEGAL_MOVE", "{act}");
    }
    assert_eq!(
        stage
            .moderator
            .refused("releaseThread", on(&stage.thread))
            .await,
        "ILLEGAL_MOVE"
    );
    assert_eq!(
        stage
            .civil
            .refused("withdrawConcern", on(&stage.thread))
            .await,
        "FORBIDDEN"
    );
    assert_eq!(content(&forum).await, before);
}

#[tokio::test]
async fn an_outcome_is_said_to_be_true_or_not_at_all() {
    let forum = TestForum::new().await;
    let stage = Stage::set(&forum).await;
    let before = content(&forum).await;
    let document = "mutation($input: RespondToConcernInput!) { respondToConcern(input: $input) \
                    { response { outcome } } }";
    for outcome in ["resolved", "partiallyResolved"] {
        let input =
            json!({ "threadId": stage.acknowledged, "body": "x", "outcome": { outcome: false } });
        let refused = stage
            .officer
            .send(document, json!({ "input": input }))
            .await;
        let code = &refused.body["errors"][0]["extensions"]["code"];
        assert_eq!(code, "BAD_USER_INPUT", "{}", refused.body);
    }
    assert_eq!(content(&forum).await, before);
}
