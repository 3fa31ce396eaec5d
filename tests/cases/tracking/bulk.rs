//! Saying of many concerns at once that the office has them.

use domain::people::RegistrationMode;
use mukalma_tests::TestForum;
use serde_json::{Value, json};

use super::Stage;

const RESULTS: &str = "results { threadId thread { state } userErrors { code } }";

/// A stage on which two at most are acknowledged at once, and three concerns.
async fn stage() -> (Stage, Vec<Value>) {
    let settings = [("clocks.acknowledged_at_once", "2")];
    let stage = Stage::on(TestForum::with(true, RegistrationMode::Open, &settings).await).await;
    let mut ids = vec![stage.id.clone()];
    for _ in 0..2 {
        ids.push(stage.forum.open_concern(&stage.civil).await);
    }
    (stage, ids)
}

#[tokio::test]
async fn what_is_wrong_with_one_holds_up_no_other() {
    let (stage, ids) = stage().await;
    let both = json!({ "threadIds": [ids[0], ids[0], stage.forum.thread_id_of_nothing()] });
    let done = stage
        .officer
        .done("acknowledgeConcerns", both.clone(), RESULTS)
        .await;
    let results = json!([
        { "threadId": ids[0], "thread": { "state": "ACKNOWLEDGED" }, "userErrors": [] },
        { "threadId": stage.forum.thread_id_of_nothing(), "thread": null,
          "userErrors": [{ "code": "NOT_FOUND" }] },
    ]);
    assert_eq!(done["results"], results);
    // Where nothing was done, that is what comes of it.
    let refused = stage
        .officer
        .act("acknowledgeConcerns", both, RESULTS)
        .await;
    let codes = ["ILLEGAL_MOVE", "NOT_FOUND"].map(|code| json!({ "code": code }));
    let each = [0, 1].map(|n| refused["results"][n]["userErrors"][0].clone());
    assert_eq!(each, codes);
    assert_eq!(refused["userErrors"][0]["code"], "ILLEGAL_MOVE");
}

#[tokio::test]
async fn so_many_are_acknowledged_at_once_and_no_more() {
    let (stage, ids) = stage().await;
    for (input, code) in [(json!(ids), "TOO_MANY"), (json!([]), "INVALID")] {
        let input = json!({ "threadIds": input });
        assert_eq!(
            stage.officer.refused("acknowledgeConcerns", input).await,
            code
        );
    }
    assert_eq!(stage.sees(&stage.civil, "state").await["state"], "ASSIGNED");
    let input = json!({ "threadIds": ids[..2] });
    stage.officer.done("acknowledgeConcerns", input, "").await;
}

#[tokio::test]
async fn with_the_same_key_each_is_acknowledged_once() {
    let (stage, ids) = stage().await;
    let input = json!({ "threadIds": ids[..2], "clientMutationId": "a key" });
    let first = stage
        .officer
        .done("acknowledgeConcerns", input.clone(), RESULTS)
        .await;
    let second = stage
        .officer
        .done("acknowledgeConcerns", input, RESULTS)
        .await;
    assert_eq!(first, second);
    let count = stage.sees(&stage.civil, "timeline { totalCount }").await;
    assert_eq!(count["timeline"]["totalCount"], 3);
    let other = json!({ "threadIds": ids[1..], "clientMutationId": "a key" });
    let refused = stage.officer.refused("acknowledgeConcerns", other).await;
    assert_eq!(refused, "IDEMPOTENCY_KEY_REUSED");
}

#[tokio::test]
async fn nobody_acknowledges_many_who_may_not_acknowledge_one() {
    let (stage, ids) = stage().await;
    let input = json!({ "threadIds": [ids[0]] });
    for (who, code) in [
        (&stage.civil, "FORBIDDEN"),
        (&stage.colleague, "NOT_FOUND"),
        (&stage.oversight, "NOT_FOUND"),
    ] {
        let refused = who.refused("acknowledgeConcerns", input.clone()).await;
        assert_eq!(refused, code);
    }
}
