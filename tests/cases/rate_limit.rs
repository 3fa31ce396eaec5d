//! What whoever asks may ask for in a while, and how he learns of it.

use chrono::TimeDelta;
use domain::people::RegistrationMode;
use mukalma_tests::{Answer, Client, TestForum};
use serde_json::json;

/// Costs more than a dozen units.
const LIST: &str = "{ threads(first: 10) { nodes { id author { name } } } }";
const STANDS: &str = "{ rateLimit { cost limit remaining resetAt } }";

/// A forum whose accounts may spend 200 a minute, and addresses 300.
async fn limited() -> TestForum {
    let settings = [
        ("limits.cost", "200"),
        ("budget.account", "200"),
        ("budget.address", "300"),
    ];
    TestForum::with(true, RegistrationMode::Open, &settings).await
}

/// What remains, as the answer to a cheap request says.
async fn remaining(client: &Client) -> u64 {
    let seen = client.run(STANDS, json!({})).await;
    seen["rateLimit"]["remaining"].as_u64().unwrap()
}

/// Asks this until the budget is spent, and gives the answer that is refused.
async fn spend(client: &Client, query: &str) -> Answer {
    for _ in 0..400 {
        let answer = client.send(query, json!({})).await;
        if answer.status != 200 {
            return answer;
        }
    }
    panic!("the budget has no end");
}

#[tokio::test]
async fn every_answer_says_how_the_budget_stands() {
    let forum = limited().await;
    let civil = forum.sign_in("civil").await;
    let answer = civil.send(STANDS, json!({})).await;
    let stands = &answer.body["data"]["rateLimit"];
    assert_eq!(answer.header("ratelimit-policy"), "\"account\";q=200;w=60");
    assert_eq!(answer.header("ratelimit"), "\"account\";r=199;t=1");
    for (field, expected) in [("cost", 1), ("limit", 200), ("remaining", 199)] {
        assert_eq!(stands[field], expected, "{field}");
    }
    let reset: chrono::DateTime<chrono::Utc> = stands["resetAt"].as_str().unwrap().parse().unwrap();
    assert!(reset > forum.forum.time());

    let visitor = forum.visitor();
    let before = remaining(&visitor).await;
    let refused = visitor.send("{ nope }", json!({})).await;
    assert_eq!(refused.status, 400);
    let left = format!("\"address\";r={};t=", before - 1);
    let header = refused.header("ratelimit");
    assert!(header.starts_with(&left), "{header}");
    assert_eq!(refused.header("ratelimit-policy"), "\"address\";q=300;w=60");
}

#[tokio::test]
async fn whoever_spent_it_all_waits_and_nobody_else() {
    let forum = limited().await;
    let civil = forum.sign_in("civil").await;
    let another = forum.sign_in("youth").await;
    let over = spend(&civil, LIST).await;
    assert_eq!((over.status, over.code()), (429, "RATE_LIMITED"));
    assert!(over.body.get("data").is_none(), "{}", over.body);
    assert!(over.header("ratelimit").starts_with("\"account\";r="));
    let wait: i64 = over.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");

    assert_eq!(another.send(LIST, json!({})).await.status, 200);
    forum.clock.advance(TimeDelta::minutes(1));
    assert_eq!(civil.send(LIST, json!({})).await.status, 200);
}

#[tokio::test]
async fn what_is_over_runs_no_statement() {
    let forum = limited().await;
    let civil = forum.sign_in("civil").await;
    spend(&civil, LIST).await;
    let before = forum.store().statements();
    assert_eq!(civil.send(LIST, json!({})).await.status, 429);
    assert_eq!(forum.store().statements(), before);
}

#[tokio::test]
async fn a_websocket_spends_the_same_budget() {
    let forum = limited().await;
    let civil = forum.sign_in("civil").await;
    let before = remaining(&civil).await;
    let mut asked = civil.watch(STANDS, json!({})).await;
    let seen = asked.next().await;
    assert_eq!(seen["rateLimit"]["remaining"], before - 1);
    assert_eq!(seen["rateLimit"]["cost"], 1);
    spend(&civil, LIST).await;
    let mut refused = civil.watch(LIST, json!({})).await;
    assert_eq!(refused.end().await, "RATE_LIMITED");
}

#[tokio::test]
async fn a_token_that_is_not_good_costs_its_address() {
    let forum = limited().await;
    let visitor = forum.visitor();
    let before = remaining(&visitor).await;
    let stranger = Client::new(forum.address, Some("nope".to_owned()));
    assert_eq!(stranger.send(STANDS, json!({})).await.status, 401);
    assert_eq!(remaining(&visitor).await, before - 2);
    spend(&visitor, STANDS).await;
    assert_eq!(stranger.send(STANDS, json!({})).await.status, 429);
}

#[tokio::test]
async fn without_a_limit_nothing_is_said() {
    let settings = [("budget.account", "0"), ("budget.address", "0")];
    let forum = TestForum::with(true, RegistrationMode::Open, &settings).await;
    let answer = forum.visitor().send(STANDS, json!({})).await;
    assert_eq!(answer.body["data"], json!({ "rateLimit": null }));
    assert_eq!(answer.header("ratelimit"), "");
}
