//! Apps that follow what happens, and their budgets.

use chrono::Duration;
use domain::people::RegistrationMode;
use mukalma_tests::{Client, Events, TestForum};
use serde_json::{Value, json};

use super::{App, READING, is_good, organization, post, stage};

const WATCH: &str = "subscription($id: ID!) { threadEvents(threadId: $id) { \
                     cursor ... on PostAdded { post { body } } } }";

async fn say(client: &Client, thread: &Value, body: &str) {
    let input = json!({ "threadId": thread, "body": body });
    client.done("addPost", input, "").await;
}

#[tokio::test]
async fn an_app_follows_what_it_sees_with_the_scope_for_it() {
    let (forum, member, app) = stage(&READING).await;
    let public = forum.open_discussion(&member, "PUBLIC").await;
    let members = forum.open_discussion(&member, "MEMBERS").await;
    let client = app.sign_in(&forum).await;
    let mut watch = client.watch(WATCH, json!({ "id": public })).await;
    let mut events = Events::of(client.streaming(WATCH, &json!({ "id": public }))).await;
    say(&member, &public, "Heard").await;
    assert_eq!(watch.next().await["threadEvents"]["post"]["body"], "Heard");
    assert_eq!(
        events.data().await.0["threadEvents"]["post"]["body"],
        "Heard"
    );
    let mut hidden = client.watch(WATCH, json!({ "id": members })).await;
    assert_eq!(hidden.end().await, "NOT_FOUND");
    let inbox = "subscription { viewerEvents { cursor } }";
    let mut inbox = client.watch(inbox, json!({})).await;
    assert_eq!(inbox.end().await, "FORBIDDEN");

    let narrow = post(&forum, "/oauth/token", &app.asks("&scope=threads:read")).await;
    let token = narrow.body["access_token"].as_str().map(str::to_owned);
    let narrow = Client::new(forum.address, token);
    let mut watch = narrow.watch(WATCH, json!({ "id": public })).await;
    assert_eq!(watch.end().await, "FORBIDDEN");
    let mut events = Events::of(narrow.streaming(WATCH, &json!({ "id": public }))).await;
    assert_eq!(events.refused().await, "FORBIDDEN");
    let mut list = narrow
        .watch("{ threads { nodes { id } } }", json!({}))
        .await;
    assert_eq!(list.next().await["threads"]["nodes"][0]["id"], public);
}

#[tokio::test]
async fn an_app_follows_the_feed_with_the_scopes_for_it() {
    let feed = "subscription { feedEvents { cursor ... on PostAdded { post { body } } } }";
    let (forum, member, app) = stage(&READING).await;
    let public = forum.open_discussion(&member, "PUBLIC").await;
    let members = forum.open_discussion(&member, "MEMBERS").await;
    forum.forum.empty_outbox().await.unwrap();
    let client = app.sign_in(&forum).await;
    let mut watch = client.watch(feed, json!({})).await;
    let mut events = Events::of(client.streaming(feed, &json!({}))).await;
    say(&member, &members, "Among ourselves").await;
    say(&member, &public, "Heard").await;
    assert_eq!(watch.next().await["feedEvents"]["post"]["body"], "Heard");
    assert_eq!(events.data().await.0["feedEvents"]["post"]["body"], "Heard");
    for scope in ["threads:read", "events:read"] {
        let asks = app.asks(&format!("&scope={scope}"));
        let narrow = post(&forum, "/oauth/token", &asks).await;
        let token = narrow.body["access_token"].as_str().map(str::to_owned);
        let narrow = Client::new(forum.address, token);
        let mut watch = narrow.watch(feed, json!({})).await;
        assert_eq!(watch.end().await, "FORBIDDEN", "{scope}");
    }
    let revoke = json!({ "client": app.id });
    member.done("revokeClient", revoke, "").await;
    assert_eq!(watch.end().await, "4403");
    assert_eq!(events.end().await, None);
}

#[tokio::test]
async fn a_revoked_apps_sockets_and_streams_close() {
    let (forum, member, app) = stage(&READING).await;
    let public = forum.open_discussion(&member, "PUBLIC").await;
    let client = app.sign_in(&forum).await;
    let mut watch = client.watch(WATCH, json!({ "id": public })).await;
    let mut events = Events::of(client.streaming(WATCH, &json!({ "id": public }))).await;
    member
        .done("revokeClient", json!({ "client": app.id }), "")
        .await;
    assert_eq!(watch.end().await, "4403");
    assert_eq!(events.end().await, None);
    assert!(!is_good(&client).await);
}

#[tokio::test]
async fn a_token_given_back_closes_what_it_opened_and_nothing_else() {
    let (forum, member, app) = stage(&READING).await;
    let public = forum.open_discussion(&member, "PUBLIC").await;
    let (gone, stays) = (app.sign_in(&forum).await, app.sign_in(&forum).await);
    let mut ends = gone.watch(WATCH, json!({ "id": public })).await;
    let mut goes_on = stays.watch(WATCH, json!({ "id": public })).await;
    let token = gone.token.as_ref().unwrap();
    let form = app.asks(&format!("&token={token}"));
    assert_eq!(post(&forum, "/oauth/revoke", &form).await.status, 200);
    assert_eq!(ends.end().await, "4403");
    say(&member, &public, "Still heard").await;
    let heard = goes_on.next().await;
    assert_eq!(heard["threadEvents"]["post"]["body"], "Still heard");
}

#[tokio::test]
async fn an_organization_that_is_suspended_takes_its_apps_sockets_with_it() {
    let forum = TestForum::new().await;
    let member = forum.sign_in("civil").await;
    let organization = organization(&forum, &member).await;
    let app = App::of(&member, &organization, &READING).await;
    let public = forum.open_discussion(&member, "PUBLIC").await;
    let client = app.sign_in(&forum).await;
    let mut watch = client.watch(WATCH, json!({ "id": public })).await;
    super::decide(&forum, &organization, "SUSPENDED").await;
    assert_eq!(watch.end().await, "4403");
}

#[tokio::test]
async fn all_tokens_of_an_app_spend_one_budget_and_no_other() {
    let settings = [("limits.cost", "200"), ("budget.client", "200")];
    let forum = TestForum::with(true, RegistrationMode::Open, &settings).await;
    let member = forum.sign_in("civil").await;
    let organization = organization(&forum, &member).await;
    let app = App::of(&member, &organization, &READING).await;
    let other = App::of(&member, &organization, &READING).await;
    let (one, two) = (app.sign_in(&forum).await, app.sign_in(&forum).await);
    let stands = "{ rateLimit { limit remaining } }";
    let answer = one.send(stands, json!({})).await;
    assert_eq!(answer.header("ratelimit-policy"), "\"client\";q=200;w=60");
    let left = two.run(stands, json!({})).await;
    let expected = json!({ "limit": 200, "remaining": 198 });
    assert_eq!(left["rateLimit"], expected);
    let mut last = 200;
    for _ in 0..200 {
        last = two.send(stands, json!({})).await.status;
        if last != 200 {
            break;
        }
    }
    assert_eq!(last, 429);
    assert_eq!(one.send(stands, json!({})).await.status, 429);
    let other = other.sign_in(&forum).await;
    assert_eq!(other.send(stands, json!({})).await.status, 200);
    assert_eq!(member.send(stands, json!({})).await.status, 200);
    forum.clock.advance(Duration::minutes(1));
    assert_eq!(one.send(stands, json!({})).await.status, 200);
}
