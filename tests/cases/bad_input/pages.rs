//! Cursors and page sizes that are not of the list or stream they are given
//! to.

use mukalma_tests::TestForum;
use serde_json::{Value, json};

use super::stage::Stage;

const THREADS: &str = "query($first: Int, $after: String, $last: Int, $before: String, \
    $by: ThreadOrder) { threads(first: $first, after: $after, last: $last, before: $before, \
    orderBy: $by) { nodes { id } pageInfo { endCursor } } }";
const POSTS: &str = "query($id: ID!, $first: Int, $after: String, $last: Int, $before: String) { \
    thread(id: $id) { cursor posts(first: $first, after: $after, last: $last, before: $before) \
    { nodes { id } pageInfo { endCursor } } } }";
const EVENTS: &str = "subscription($id: ID!, $after: String) { threadEvents(threadId: $id, \
    after: $after) { cursor } }";
const INBOX: &str = "subscription($after: String) { viewerEvents(after: $after) { cursor } }";

#[tokio::test]
async fn a_cursor_of_another_list_or_stream_is_refused() {
    let forum = TestForum::new().await;
    let stage = Stage::set(&forum).await;
    let civil = &stage.civil;
    let by_creation = json!({ "field": "CREATED_AT", "direction": "DESC" });
    let list = async |by: Value| {
        let page = civil.run(THREADS, json!({ "by": by })).await;
        page["threads"]["pageInfo"]["endCursor"].clone()
    };
    let by_activity = list(Value::Null).await;
    let created = list(by_creation.clone()).await;
    let page = civil.run(POSTS, json!({ "id": stage.thread })).await;
    let posts = page["thread"]["posts"]["pageInfo"]["endCursor"].clone();
    let live = page["thread"]["cursor"].clone();
    assert!(
        [&by_activity, &created, &posts, &live]
            .iter()
            .all(|cursor| cursor.is_string())
    );
    // One character of a good one turned.
    let turned = |cursor: &Value| {
        let mut text = cursor.as_str().expect("a cursor").to_owned();
        let first = text.remove(0);
        text.insert(0, if first == 'A' { 'B' } else { 'A' });
        json!(text)
    };
    let nonsense = [
        json!(""),
        json!("x"),
        json!("\u{0}"),
        json!("A".repeat(34)),
        json!("A".repeat(20_000)),
    ];

    let of_no_list = nonsense.iter().chain([&live]);
    for bad in of_no_list.clone().chain([&created, &posts]) {
        for side in ["after", "before"] {
            let answer = civil.send(THREADS, json!({ side: bad })).await;
            assert_eq!(answer.code(), "BAD_USER_INPUT", "threads {side} {bad}");
        }
    }
    let answer = civil
        .send(THREADS, json!({ "after": by_activity, "by": by_creation }))
        .await;
    assert_eq!(answer.code(), "BAD_USER_INPUT");
    for bad in of_no_list.chain([&by_activity, &created]) {
        for side in ["after", "before"] {
            let answer = civil
                .send(POSTS, json!({ "id": stage.thread, side: bad }))
                .await;
            assert_eq!(answer.code(), "BAD_USER_INPUT", "posts {side} {bad}");
        }
    }
    let turned = turned(&live);
    for bad in nonsense.iter().chain([&posts, &by_activity, &turned]) {
        let mut watch = civil
            .watch(EVENTS, json!({ "id": stage.thread, "after": bad }))
            .await;
        assert_eq!(watch.end().await, "BAD_USER_INPUT", "threadEvents {bad}");
    }
    // Of another thread's stream, and of a stream that is no thread's.
    let mut watch = civil
        .watch(EVENTS, json!({ "id": stage.answered, "after": live }))
        .await;
    assert_eq!(watch.end().await, "BAD_USER_INPUT");
    let mut watch = civil.watch(INBOX, json!({ "after": live })).await;
    assert_eq!(watch.end().await, "BAD_USER_INPUT");
    // The good ones are good.
    civil.run(THREADS, json!({ "after": by_activity })).await;
    civil
        .run(POSTS, json!({ "id": stage.thread, "after": posts }))
        .await;
}

#[tokio::test]
async fn a_cursor_is_no_key_to_what_somebody_may_not_see() {
    let forum = TestForum::new().await;
    let stage = Stage::set(&forum).await;
    let page = stage
        .civil
        .run(POSTS, json!({ "id": stage.answered }))
        .await;
    let cursor = page["thread"]["cursor"].clone();
    let mut watch = stage
        .youth
        .watch(EVENTS, json!({ "id": stage.answered, "after": cursor }))
        .await;
    assert_eq!(watch.end().await, "NOT_FOUND");
    let mut watch = stage
        .youth
        .watch(EVENTS, json!({ "id": stage.thread, "after": cursor }))
        .await;
    assert_eq!(watch.end().await, "BAD_USER_INPUT");
}

#[tokio::test]
async fn a_cursor_of_another_epoch_is_answered_with_resync() {
    use sea_orm::ConnectionTrait as _;
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let thread = forum.open_discussion(&civil, "MEMBERS").await;
    let page = civil.run(POSTS, json!({ "id": thread })).await;
    let settings = forum.database.settings();
    // As after a restore: the stream began anew.
    let connection = forum.database.connect().await;
    connection
        .execute_unprepared("UPDATE stream SET epoch = epoch + 1")
        .await
        .unwrap();
    let forum = forum.again(&settings).await;
    let civil = civil.at(forum.address);
    let document = "subscription($id: ID!, $after: String) { threadEvents(threadId: $id, \
                    after: $after) { __typename cursor } }";
    let variables = json!({ "id": thread, "after": page["thread"]["cursor"] });
    let mut watch = civil.watch(document, variables).await;
    let event = watch.next().await["threadEvents"].take();
    assert_eq!(event["__typename"], "Resync");
    // And from there it goes on.
    civil
        .done("addPost", json!({ "threadId": thread, "body": "x" }), "")
        .await;
    let mut watch = civil
        .watch(document, json!({ "id": thread, "after": event["cursor"] }))
        .await;
    assert_eq!(
        watch.next().await["threadEvents"]["__typename"],
        "PostAdded"
    );
}

#[tokio::test]
async fn a_page_has_nothing_to_a_hundred_items() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let thread = forum.open_discussion(&civil, "MEMBERS").await;
    for (document, mut variables) in [(THREADS, json!({})), (POSTS, json!({ "id": thread }))] {
        for (sizes, good) in [
            (json!({ "first": 0 }), true),
            (json!({ "first": 100 }), true),
            (json!({ "last": 100 }), true),
            (json!({ "first": -1 }), false),
            (json!({ "first": 101 }), false),
            (json!({ "last": 101 }), false),
            (json!({ "first": 2_147_483_647 }), false),
            (json!({ "first": 2_147_483_648_i64 }), false),
            (json!({ "first": 1, "last": 1 }), false),
            (json!({ "first": "1" }), false),
        ] {
            for size in ["first", "last"] {
                variables[size] = sizes[size].clone();
            }
            let answer = civil.send(document, variables.clone()).await;
            let code = answer.code();
            let refused = ["BAD_USER_INPUT", "QUERY_TOO_COMPLEX"].contains(&code);
            assert_eq!(refused, !good, "{sizes} {}", answer.body);
            assert!(refused || code.is_empty(), "{sizes} {}", answer.body);
        }
    }
    let nodes = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    for (count, good) in [(100, true), (101, false)] {
        let answer = civil
            .send(nodes, json!({ "ids": vec![&thread; count] }))
            .await;
        assert_eq!(
            answer.body["errors"].is_null(),
            good,
            "{count} {}",
            answer.body
        );
    }
}
