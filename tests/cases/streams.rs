//! Server-sent events: the same subscriptions as over a websocket.

use domain::people::RegistrationMode;
use mukalma_tests::{Client, Events, TestForum};
use serde_json::{Value, json};

const WATCH: &str = "subscription($id: ID!, $after: String) { threadEvents(threadId: $id, \
                     after: $after) { cursor ... on PostAdded { post { body } } } }";
const INBOX: &str = "subscription { viewerEvents { cursor } }";

async fn say(client: &Client, thread: &Value, body: &str) {
    let input = json!({ "threadId": thread, "body": body });
    client.done("addPost", input, "").await;
}

async fn post(events: &mut Events) -> (String, String) {
    let (data, id) = events.data().await;
    let body = &data["threadEvents"]["post"]["body"];
    (body.as_str().unwrap().to_owned(), id)
}

#[tokio::test]
async fn a_stream_goes_on_after_the_last_event_without_loss_or_repeat() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let id = forum.open_discussion(&civil, "MEMBERS").await;
    let about = json!({ "id": id });
    let mut events = Events::of(civil.streaming(WATCH, &about)).await;
    for body in ["0", "1", "2"] {
        say(&civil, &id, body).await;
    }
    let (first, mut last) = post(&mut events).await;
    assert_eq!(first, "0");
    assert_eq!(post(&mut events).await.0, "1");
    drop(events);
    say(&civil, &id, "3").await;
    for expected in ["1", "2", "3"] {
        // By GET as a browser does it, with the newest id in the header.
        let request = civil.streaming_by_get(WATCH, &about);
        let request = request.header("last-event-id", &last);
        let mut events = Events::of(request).await;
        let (body, id) = post(&mut events).await;
        assert_eq!(body, expected);
        last = id;
    }
}

#[tokio::test]
async fn whoever_comes_back_is_told_what_is_so_now_not_what_others_were_told() {
    let forum = TestForum::new().await;
    let (civil, youth) = (forum.sign_in("civil").await, forum.sign_in("youth").await);
    let id = forum.open_discussion(&civil, "MEMBERS").await;
    let about = json!({ "id": id });
    // One group, which keeps what it made.
    let mut stayed = Events::of(civil.streaming(WATCH, &about)).await;
    let mut left = Events::of(youth.streaming(WATCH, &about)).await;
    say(&civil, &id, "Before").await;
    let input = json!({ "threadId": id, "body": "My name" });
    let mut said = civil.done("addPost", input, "post { id }").await;
    let (_, before) = post(&mut left).await;
    assert_eq!(post(&mut left).await.0, "My name");
    drop(left);
    let post_id = said["post"]["id"].take();
    let edit = json!({ "postId": post_id, "body": "No name" });
    civil.done("editPost", edit, "").await;
    let about = json!({ "id": id, "after": before });
    let mut back = Events::of(youth.streaming(WATCH, &about)).await;
    assert_eq!(post(&mut back).await.0, "No name");
    assert_eq!(post(&mut stayed).await.0, "Before");
}

#[tokio::test]
async fn the_id_of_an_event_is_a_cursor() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let id = forum.open_discussion(&civil, "MEMBERS").await;
    let mut events = Events::of(civil.streaming(WATCH, &json!({ "id": id }))).await;
    say(&civil, &id, "0").await;
    say(&civil, &id, "1").await;
    let (_, after) = post(&mut events).await;
    let mut watch = civil
        .watch(WATCH, json!({ "id": id, "after": after }))
        .await;
    assert_eq!(watch.next().await["threadEvents"]["post"]["body"], "1");
}

#[tokio::test]
async fn a_query_and_a_mutation_are_one_result_each() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let id = forum.open_discussion(&civil, "PUBLIC").await;
    let query = "query($id: ID!) { thread(id: $id) { title } }";
    let mut events = Events::of(civil.streaming(query, &json!({ "id": id }))).await;
    assert_eq!(events.data().await.0["thread"]["title"], "A discussion");
    assert_eq!(events.end().await.as_deref(), Some("complete"));
    let add = "mutation($input: AddPostInput!) { addPost(input: $input) { post { body } } }";
    let input = json!({ "input": { "threadId": id, "body": "Said" } });
    let by_get = civil.streaming_by_get(add, &input).send().await.unwrap();
    assert_eq!(by_get.status().as_u16(), 405);
    let mut events = Events::of(civil.streaming(add, &input)).await;
    assert_eq!(events.data().await.0["addPost"]["post"]["body"], "Said");
    assert_eq!(civil.bodies(&id).await, ["Said"]);
}

#[tokio::test]
async fn what_is_refused_is_told_in_the_stream() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let expert = forum.sign_in("expert").await;
    let hidden = forum.open_concern(&civil).await;
    let open = forum.open_discussion(&civil, "MEMBERS").await;
    let cases = [
        ("{ nope }", json!({}), "BAD_USER_INPUT"),
        (
            "{ threads(first: 101) { totalCount } }",
            json!({}),
            "QUERY_TOO_COMPLEX",
        ),
        (WATCH, json!({ "id": hidden }), "NOT_FOUND"),
        (
            WATCH,
            json!({ "id": forum.thread_id_of_nothing() }),
            "NOT_FOUND",
        ),
        (
            WATCH,
            json!({ "id": open, "after": "nope" }),
            "BAD_USER_INPUT",
        ),
    ];
    for (query, variables, expected) in cases {
        let mut events = Events::of(expert.streaming(query, &variables)).await;
        assert_eq!(events.refused().await, expected, "{query} {variables}");
    }
    let request = expert.streaming(WATCH, &json!({ "id": open }));
    let mut events = Events::of(request.header("last-event-id", "nope")).await;
    assert_eq!(events.refused().await, "BAD_USER_INPUT");
}

#[tokio::test]
async fn a_cursor_of_another_stream_is_refused() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let id = forum.open_discussion(&civil, "MEMBERS").await;
    let mut events = Events::of(civil.streaming(WATCH, &json!({ "id": id }))).await;
    say(&civil, &id, "0").await;
    let (_, last) = post(&mut events).await;
    let request = civil
        .streaming(INBOX, &json!({}))
        .header("last-event-id", last);
    assert_eq!(Events::of(request).await.refused().await, "BAD_USER_INPUT");
}

#[tokio::test]
async fn losing_sight_of_a_thread_completes_the_stream() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let expert = forum.sign_in("expert").await;
    let id = forum.open_concern(&civil).await;
    let who = "{ viewer { account { author { id } } } }";
    let author = expert.run(who, json!({})).await["viewer"]["account"]["author"]["id"].take();
    let invitation = json!({ "threadId": id, "authorId": author });
    civil.done("inviteToThread", invitation.clone(), "").await;
    let mut events = Events::of(expert.streaming(WATCH, &json!({ "id": id }))).await;
    civil.done("uninviteFromThread", invitation, "").await;
    assert_eq!(events.end().await.as_deref(), Some("complete"));
}

#[tokio::test]
async fn signing_out_ends_the_stream() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let mut events = Events::of(civil.streaming(INBOX, &json!({}))).await;
    civil.done("signOut", json!({}), "").await;
    assert_eq!(events.end().await, None);
    let again = civil.streaming(INBOX, &json!({})).send().await.unwrap();
    assert_eq!(again.status().as_u16(), 401);
}

#[tokio::test]
async fn the_rules_of_the_front_door_hold() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let nothing = json!({});
    let request = || civil.streaming("{ __typename }", &nothing);
    let url = format!("http://{}/graphql/stream", forum.address);
    let put = reqwest::Client::new().put(&url);
    let plain = reqwest::Client::new()
        .post(&url)
        .header("content-type", "text/plain");
    let batch = reqwest::Client::new().post(&url).json(&json!([]));
    let mut json_only = request().build().unwrap();
    json_only
        .headers_mut()
        .insert("accept", "application/json".parse().unwrap());
    let json_only = reqwest::Client::new().execute(json_only).await.unwrap();
    assert_eq!(json_only.status().as_u16(), 406);
    let cases = [
        (request(), 200),
        (put, 405),
        (plain, 415),
        (batch, 400),
        (request().header("origin", "https://evil.example"), 403),
        (
            request().header("origin", format!("http://{}", forum.address)),
            200,
        ),
    ];
    for (request, expected) in cases {
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status().as_u16(), expected);
    }
}

#[tokio::test]
async fn streams_and_sockets_are_counted_together() {
    let settings = [("websocket.connections", "1")];
    let forum = TestForum::with(true, RegistrationMode::Open, &settings).await;
    let civil = forum.sign_in("civil").await;
    let mut watch = civil.watch(INBOX, json!({})).await;
    let refused = civil.streaming(INBOX, &json!({})).send().await.unwrap();
    assert_eq!(refused.status().as_u16(), 503);
    civil.done("signOut", json!({}), "").await;
    assert_eq!(watch.end().await, "4403");
}

#[tokio::test]
async fn a_stream_spends_the_same_budget() {
    let settings = [("limits.cost", "100"), ("budget.account", "100")];
    let forum = TestForum::with(true, RegistrationMode::Open, &settings).await;
    let civil = forum.sign_in("civil").await;
    let nothing = json!({});
    let ask = || civil.streaming("{ __typename }", &nothing).send();
    let first = ask().await.unwrap();
    assert_eq!(first.headers()["ratelimit"], "\"account\";r=99;t=1");
    for _ in 0..99 {
        assert_eq!(ask().await.unwrap().status().as_u16(), 200);
    }
    let over = ask().await.unwrap();
    assert_eq!(over.status().as_u16(), 429);
    assert_eq!(over.headers()["retry-after"], "1");
    assert_eq!(over.headers()["ratelimit"], "\"account\";r=0;t=60");
}
