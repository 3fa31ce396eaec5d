//! Bad input gets a clear error, and nothing of it is kept.

use mukalma_tests::{Client, TestForum};
use serde_json::{Value, json};

/// Texts that no text field takes, with the code that each gets where a body
/// is meant.
fn bad_bodies() -> Vec<(&'static str, Value, &'static str)> {
    vec![
        ("empty", json!(""), "BLANK"),
        ("white space", json!(" \n\t "), "BLANK"),
        ("a NUL", json!("a\u{0}b"), "BAD_CHARACTERS"),
        ("a control character", json!("a\u{7}b"), "BAD_CHARACTERS"),
        (
            "an override of direction",
            json!("a\u{202e}b"),
            "BAD_CHARACTERS",
        ),
        ("too long", json!("ا".repeat(20_001)), "TOO_LONG"),
    ]
}

async fn post_count(client: &Client, thread: &Value) -> Value {
    let document = "query($id: ID!) { thread(id: $id) { postCount posts { totalCount } } }";
    client.run(document, json!({ "id": thread })).await["thread"].take()
}

#[tokio::test]
async fn a_bad_text_is_refused_and_leaves_nothing() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let thread = forum.open_discussion(&civil, "MEMBERS").await;
    let before = post_count(&civil, &thread).await;
    for (what, body, code) in bad_bodies() {
        let input = json!({ "threadId": thread, "body": body });
        assert_eq!(civil.refused("addPost", input).await, code, "{what}");
    }
    assert_eq!(post_count(&civil, &thread).await, before);
}

#[tokio::test]
async fn a_text_may_be_as_long_as_its_limit() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let thread = forum.open_discussion(&civil, "MEMBERS").await;
    let input = json!({ "threadId": thread, "body": "ا".repeat(20_000) });
    civil.done("addPost", input, "").await;
}

#[tokio::test]
async fn every_problem_of_a_concern_is_named_at_once() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let input = json!({
        "title": "x", "body": "", "facts": "a\u{0}", "category": "NONE", "region": "XX",
        "themes": ["NOTHING"], "affectedGroups": vec!["WOMEN"; 9],
    });
    let payload = civil.act("raiseConcern", input, "thread { id }").await;
    let fields: Vec<&Value> = payload["userErrors"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|error| &error["field"][0])
        .collect();
    let expected = [
        "title",
        "body",
        "facts",
        "category",
        "region",
        "affectedGroups",
        "themes",
    ];
    assert_eq!(fields, expected.map(Value::from).iter().collect::<Vec<_>>());
    let list = civil.run("{ threads { totalCount } }", json!({})).await;
    assert_eq!(list["threads"]["totalCount"], 0);
}

#[tokio::test]
async fn an_id_that_names_nothing_is_not_found() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let thread = forum.open_discussion(&civil, "MEMBERS").await;
    let added = civil
        .done(
            "addPost",
            json!({ "threadId": thread, "body": "a" }),
            "post { id }",
        )
        .await;
    for id in [
        json!(""),
        json!("nothing"),
        json!("A".repeat(10_000)),
        json!("\u{0}"),
        added["post"]["id"].clone(),
        forum.thread_id_of_nothing(),
    ] {
        let input = json!({ "threadId": id, "body": "a" });
        assert_eq!(civil.refused("addPost", input).await, "NOT_FOUND");
        let document = "query($id: ID!) { thread(id: $id) { id } }";
        let seen = civil.run(document, json!({ "id": id })).await;
        assert_eq!(seen["thread"], Value::Null);
    }
}

#[tokio::test]
async fn somebody_elses_post_is_not_edited() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let youth = forum.sign_in("youth").await;
    let thread = forum.open_discussion(&civil, "MEMBERS").await;
    let added = civil
        .done(
            "addPost",
            json!({ "threadId": thread, "body": "mine" }),
            "post { id }",
        )
        .await;
    let edit = json!({ "postId": added["post"]["id"], "body": "yours" });
    assert_eq!(youth.refused("editPost", edit).await, "FORBIDDEN");
}

#[tokio::test]
async fn a_cursor_of_another_list_or_stream_is_refused() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let thread = forum.open_discussion(&civil, "MEMBERS").await;
    let other = forum.open_discussion(&civil, "MEMBERS").await;
    let document =
        "query($id: ID!) { thread(id: $id) { cursor } threads { pageInfo { endCursor } } }";
    let page = civil.run(document, json!({ "id": thread })).await;
    let posts = "query($id: ID!, $after: String) { thread(id: $id) { posts(after: $after) \
                 { nodes { id } } } }";
    for cursor in [
        page["threads"]["pageInfo"]["endCursor"].clone(),
        page["thread"]["cursor"].clone(),
        json!("x"),
        json!(""),
    ] {
        let answer = civil
            .send(posts, json!({ "id": thread, "after": cursor }))
            .await;
        assert_eq!(answer.code(), "BAD_USER_INPUT");
    }
    let live = "subscription($id: ID!, $after: String) { threadEvents(threadId: $id, \
                after: $after) { cursor } }";
    for cursor in [page["thread"]["cursor"].clone(), json!("x")] {
        let mut watch = civil
            .watch(live, json!({ "id": other, "after": cursor }))
            .await;
        assert_eq!(watch.end().await, "BAD_USER_INPUT");
    }
}

#[tokio::test]
async fn a_body_that_is_no_request_is_refused() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    for (body, status) in [
        (vec![0xff, 0xfe], 400),
        (b"{".to_vec(), 400),
        (b"[]".to_vec(), 400),
        (b"{\"query\": 1}".to_vec(), 400),
        (vec![b' '; 10 * 1024 * 1024], 413),
    ] {
        let answer = civil.post(body).await;
        assert_eq!(answer.status, status);
        assert_eq!(answer.code(), "BAD_USER_INPUT");
    }
    civil
        .run("{ viewer { account { login } } }", json!({}))
        .await;
}

#[tokio::test]
async fn a_move_that_is_not_legal_names_those_that_are() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let id = forum.open_concern(&civil).await;
    let verdict = json!({ "threadId": id, "verdict": "RELIEF_GRANTED" });
    let payload = civil.act("giveVerdict", verdict, "").await;
    assert_eq!(payload["userErrors"][0]["code"], "ILLEGAL_MOVE");
    let officer = forum.sign_in("officer").await;
    let outcome = json!({ "actionPlanned": { "by": "2020-01-01" } });
    let answer = json!({ "threadId": id, "body": "Soon", "outcome": outcome });
    officer
        .done("acknowledgeConcern", json!({ "threadId": id }), "")
        .await;
    let payload = officer.act("respondToConcern", answer, "").await;
    assert_eq!(payload["userErrors"][0]["field"], json!(["outcome"]));
}
