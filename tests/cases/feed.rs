//! Following the public feed, over a websocket and by server-sent events.

use mukalma_tests::forum::thread_id;
use mukalma_tests::{Client, Events, TestForum};
use serde_json::{Value, json};

use super::webhooks::retract::run;

const WATCH: &str = "subscription($filter: FeedFilterInput, $after: String) { \
    feedEvents(filter: $filter, after: $after) { __typename cursor \
    ... on PostAdded { post { body } thread { title } } } }";

async fn say(client: &Client, thread: &Value, body: &str) -> Value {
    let input = json!({ "threadId": thread, "body": body });
    client.done("addPost", input, "post { id }").await["post"]["id"].take()
}

/// A public discussion of which everything that happened is in the feed.
async fn discussion(forum: &TestForum, author: &Client) -> Value {
    let id = forum.open_discussion(author, "PUBLIC").await;
    forum.forum.empty_outbox().await.unwrap();
    id
}

fn body(data: &Value) -> &str {
    let body = data["feedEvents"]["post"]["body"].as_str();
    body.unwrap_or_else(|| panic!("not a post: {data}"))
}

#[tokio::test]
async fn members_follow_what_everyone_may_read_and_nothing_else() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let public = discussion(&forum, &civil).await;
    let mut watch = civil.watch(WATCH, json!({})).await;
    let mut events = Events::of(civil.streaming(WATCH, &json!({}))).await;
    forum.open_concern(&civil).await;
    for audience in ["MEMBERS", "CAUCUS"] {
        let thread = forum.open_discussion(&civil, audience).await;
        say(&civil, &thread, "Among ourselves").await;
    }
    say(&civil, &public, "For everyone").await;
    assert_eq!(body(&watch.next().await), "For everyone");
    assert_eq!(body(&events.data().await.0), "For everyone");
    let mut visitor = forum.visitor().watch(WATCH, json!({})).await;
    assert_eq!(visitor.end().await, "UNAUTHENTICATED");
    let visitor = forum.visitor();
    let mut events = Events::of(visitor.streaming(WATCH, &json!({}))).await;
    assert_eq!(events.refused().await, "UNAUTHENTICATED");
}

#[tokio::test]
async fn the_feed_is_narrowed_by_kind_thread_category_and_region() {
    let forum = TestForum::new().await;
    let (civil, youth) = (forum.sign_in("civil").await, forum.sign_in("youth").await);
    let (one, other) = (
        discussion(&forum, &civil).await,
        discussion(&forum, &civil).await,
    );
    let filed = |filter| json!({ "filter": filter });
    let mut narrow = Vec::new();
    for filter in [
        json!({ "kinds": ["POST_ADDED"], "threadId": one }),
        json!({ "threadKind": "DISCUSSION", "kinds": ["ENDORSEMENTS_CHANGED", "POST_ADDED"], "threadId": one }),
    ] {
        narrow.push(civil.watch(WATCH, filed(filter)).await);
    }
    let mut elsewhere = Vec::new();
    for filter in [
        json!({ "category": "DRG" }),
        json!({ "region": "PB" }),
        json!({ "threadKind": "CONCERN" }),
        json!({ "kinds": ["THREAD_CHANGED"] }),
    ] {
        elsewhere.push(civil.watch(WATCH, filed(filter)).await);
    }
    say(&civil, &other, "Elsewhere").await;
    let endorse = json!({ "threadId": one });
    youth.done("endorseThread", endorse, "").await;
    say(&civil, &one, "Here").await;
    assert_eq!(body(&narrow[0].next().await), "Here");
    let first = narrow[1].next().await;
    assert_eq!(first["feedEvents"]["__typename"], "EndorsementsChanged");
    assert_eq!(body(&narrow[1].next().await), "Here");
    // A concern that all of the others ask for comes first of all.
    let concern = json!({
        "title": "Searched without reason", "body": "Every Friday.", "category": "DRG",
        "region": "PB", "audience": "PUBLIC",
    });
    let mut raised = civil.done("raiseConcern", concern, "thread { id }").await;
    let id = raised["thread"]["id"].take();
    let edit = json!({ "threadId": id, "title": "Searched, and no reason given" });
    civil.done("editThread", edit, "").await;
    for watch in &mut elsewhere {
        let seen = watch.next().await["feedEvents"]["__typename"].take();
        assert!(["ThreadOpened", "ThreadChanged"].contains(&seen.as_str().unwrap()));
    }
}

#[tokio::test]
async fn a_filter_that_cannot_be_is_named() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let hidden = forum.open_concern(&civil).await;
    for (filter, code) in [
        (json!({ "category": "NONE" }), "BAD_USER_INPUT"),
        (json!({ "region": "NOWHERE" }), "BAD_USER_INPUT"),
        (json!({ "kinds": ["CONTENT_RETRACTED"] }), "BAD_USER_INPUT"),
        // One's own, but not for everyone.
        (json!({ "threadId": hidden }), "NOT_FOUND"),
        (
            json!({ "threadId": forum.thread_id_of_nothing() }),
            "NOT_FOUND",
        ),
    ] {
        let about = json!({ "filter": filter });
        let mut watch = civil.watch(WATCH, about.clone()).await;
        assert_eq!(watch.end().await, code, "{filter}");
        let mut events = Events::of(civil.streaming(WATCH, &about)).await;
        assert_eq!(events.refused().await, code, "{filter}");
    }
}

#[tokio::test]
async fn the_feed_goes_on_from_a_cursor_without_loss_or_repeat() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let threads = [
        discussion(&forum, &civil).await,
        discussion(&forum, &civil).await,
    ];
    let mut watch = civil.watch(WATCH, json!({})).await;
    for n in 0..8 {
        say(&civil, &threads[n % 2], &n.to_string()).await;
    }
    let mut told = Vec::new();
    for _ in 0..8 {
        let data = watch.next().await;
        told.push((body(&data).to_owned(), data["feedEvents"]["cursor"].clone()));
    }
    for (at, (_, cursor)) in told[..7].iter().enumerate() {
        let mut again = civil.watch(WATCH, json!({ "after": cursor })).await;
        let request = civil.streaming_by_get(WATCH, &json!({}));
        let request = request.header("last-event-id", cursor.as_str().unwrap());
        let mut events = Events::of(request).await;
        for (expected, _) in &told[at + 1..] {
            assert_eq!(body(&again.next().await), expected);
            assert_eq!(body(&events.data().await.0), expected);
        }
    }
}

#[tokio::test]
async fn a_cursor_is_of_the_feed_and_can_be_read() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let id = discussion(&forum, &civil).await;
    let page = "query($id: ID!) { thread(id: $id) { cursor } }";
    let page = civil.run(page, json!({ "id": id })).await;
    for after in [json!("nope"), page["thread"]["cursor"].clone()] {
        let mut watch = civil.watch(WATCH, json!({ "after": after })).await;
        assert_eq!(watch.end().await, "BAD_USER_INPUT");
    }
}

#[tokio::test]
async fn a_cursor_of_another_life_of_the_feed_is_told_to_read_anew() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let id = discussion(&forum, &civil).await;
    let cursors = realtime::Cursors::new([7; 32]);
    let feed = domain::event::StreamName::Feed;
    let head = forum
        .store()
        .read()
        .stream_head(feed)
        .await
        .unwrap()
        .unwrap();
    for (epoch, pos) in [(head.epoch - 1, 0), (head.epoch, head.head + 100)] {
        let stream = feed;
        let after = cursors.seal(domain::event::Position { stream, epoch, pos });
        let mut watch = civil.watch(WATCH, json!({ "after": after })).await;
        assert_eq!(watch.next().await["feedEvents"]["__typename"], "Resync");
        say(&civil, &id, "After it").await;
        assert_eq!(body(&watch.next().await), "After it");
    }
}

#[tokio::test]
async fn what_was_narrowed_or_hidden_meanwhile_is_told_to_nobody() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let (narrowed, open) = (
        discussion(&forum, &civil).await,
        discussion(&forum, &civil).await,
    );
    let mut watch = civil.watch(WATCH, json!({})).await;
    say(&civil, &open, "Before").await;
    let before = watch.next().await["feedEvents"]["cursor"].take();
    say(&civil, &narrowed, "Once for everyone").await;
    assert_eq!(body(&watch.next().await), "Once for everyone");
    let narrow = "UPDATE thread SET audience = 'MEMBERS' WHERE id = {}";
    run(&forum, narrow, thread_id(&narrowed).into()).await;
    say(&civil, &open, "After").await;
    forum.forum.empty_outbox().await.unwrap();
    // Its author may see it; it is in the feed no more.
    let kinds = json!({ "kinds": ["POST_ADDED"] });
    let about = json!({ "filter": kinds, "after": before });
    let mut again = civil.watch(WATCH, about).await;
    assert_eq!(body(&again.next().await), "After");
}
