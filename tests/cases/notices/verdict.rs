//! Whoever raised a concern is asked whether it helped.

use chrono::Duration;
use serde_json::json;

use super::{forum, later, reachable, wants};

#[tokio::test]
async fn a_verdict_is_asked_for_at_closing_and_again_and_may_be_given_late() {
    let forum = forum().await;
    let civil = forum.sign_in("civil").await;
    reachable(&forum, &civil, "civil@example.org").await;
    wants(&civil, "DUE", "IMMEDIATE").await;
    let concern = forum.open_concern(&civil).await;
    let officer = forum.sign_in("officer").await;
    officer
        .done("acknowledgeConcern", json!({ "threadId": concern }), "")
        .await;
    let answer = json!({
        "threadId": concern, "body": "It has ended.", "outcome": { "resolved": true },
    });
    officer.done("respondToConcern", answer, "").await;
    let asks = "Did the answer help?";
    let mut asked = Vec::new();
    for day in 1..=70 {
        let told = later(&forum, Duration::days(1)).await;
        if told.iter().any(|mail| mail.text.contains(asks)) {
            asked.push(day);
        }
        // Whoever is away for too long has to sign in again.
        civil.run("{ viewer { account { id } } }", json!({})).await;
    }
    // Closed, unconfirmed, when the 28th day is over; and as long after that.
    assert_eq!(asked, [29, 58]);
    let verdict = json!({ "threadId": concern, "verdict": "RELIEF_GRANTED" });
    let given = civil.done("giveVerdict", verdict, "thread { state }").await;
    assert_eq!(given["thread"]["state"], "CLOSED");
}
