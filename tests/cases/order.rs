//! An answer has the shape of its question: its fields come in that order, and null
//! stands where one failed.

use mukalma_tests::TestForum;
use serde_json::json;

/// Some wait for the database, some do not.
const ASKED: &str = "{ second: threads(first: 1) { pageInfo { hasNextPage } nodes { id } totalCount } \
    first: modlog(first: 1) { totalCount nodes { act } } registrationMode \
    fourth: threads(last: 1) { totalCount nodes { title } } agencies { code } }";

#[tokio::test]
async fn fields_come_in_the_order_in_which_they_were_asked_for() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    forum.open_discussion(&civil, "PUBLIC").await;
    let asked = json!({ "query": ASKED }).to_string();
    for _ in 0..8 {
        let sent = reqwest::Client::new()
            .post(format!("http://{}/graphql", forum.address))
            .header("content-type", "application/json")
            .body(asked.clone());
        let text = sent.send().await.unwrap().text().await.unwrap();
        let names = ["second", "first", "registrationMode", "fourth", "agencies"];
        let places = names.map(|name| text.find(&format!("\"{name}\":")).unwrap());
        assert!(places.is_sorted(), "{text}");
    }
}

#[tokio::test]
async fn null_stands_where_a_field_failed_and_the_others_are_answered() {
    let forum = TestForum::new().await;
    let asked = json!({ "query": "{ agency(code: \"no code\") { id } registrationMode }" });
    let visitor = forum.visitor();
    let over_http = visitor.post(asked.to_string().into_bytes()).await.body;
    let over_websocket = visitor.subscribe(&asked).await.answer().await;
    for answer in [over_http, over_websocket] {
        let expected = json!({ "agency": null, "registrationMode": "OPEN" });
        assert_eq!(answer["data"], expected, "{answer}");
        assert_eq!(answer["errors"][0]["path"], json!(["agency"]));
    }
}
