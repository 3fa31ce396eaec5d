//! An answer's fields come in the order of the question.

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
