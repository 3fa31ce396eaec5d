//! Every object by its id, for whoever may see it.

use api::schema::global_id::{Kind, encode};
use mukalma_tests::{Client, TestForum};
use serde_json::{Value, json};
use uuid::Uuid;

use super::budgets::statements;

const NODE: &str = "query($id: ID!) { node(id: $id) { __typename id } nodes(ids: [$id]) { id } }";

/// The type of the object, if the client is given it.
async fn kind_of(client: &Client, id: &Value) -> Option<String> {
    let seen = client.run(NODE, json!({ "id": id })).await;
    assert_eq!(seen["node"]["id"], seen["nodes"][0]["id"]);
    seen["node"]["__typename"].as_str().map(str::to_owned)
}

/// An id of this kind under which there is nothing.
fn nothing(kind: Kind) -> Value {
    json!(encode(kind, Uuid::from_u128(1)).to_string())
}

/// What is not for this client answers and costs what nothing does.
async fn is_as_nothing(forum: &TestForum, client: &Client, id: &Value, kind: Kind) {
    let nothing = nothing(kind);
    let answers = [
        client.send(NODE, json!({ "id": id })).await,
        client.send(NODE, json!({ "id": nothing })).await,
    ];
    assert_eq!(
        answers[0].body["data"],
        json!({ "node": null, "nodes": [null] })
    );
    assert_eq!(answers[0].body, answers[1].body);
    let of_hidden = statements(forum, client, NODE, |_| json!({ "id": id })).await;
    let of_nothing = statements(forum, client, NODE, |_| json!({ "id": nothing })).await;
    assert_eq!(of_hidden, of_nothing);
}

#[tokio::test]
async fn an_account_and_its_sessions_are_found_by_their_owner_alone() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let document = "{ viewer { account { id sessions { id } } } }";
    let account = civil.run(document, json!({})).await["viewer"]["account"].take();
    let (id, session) = (&account["id"], &account["sessions"][0]["id"]);
    assert_eq!(kind_of(&civil, id).await.as_deref(), Some("Account"));
    assert_eq!(kind_of(&civil, session).await.as_deref(), Some("Session"));

    for other in [
        forum.visitor(),
        forum.sign_in("youth").await,
        forum.sign_in("moderator").await,
    ] {
        is_as_nothing(&forum, &other, id, Kind::Account).await;
        is_as_nothing(&forum, &other, session, Kind::Session).await;
    }
    let admin = forum.sign_in("admin").await;
    assert_eq!(kind_of(&admin, id).await.as_deref(), Some("Account"));
    is_as_nothing(&forum, &admin, session, Kind::Session).await;
}

#[tokio::test]
async fn an_author_is_found_where_something_by_him_is_seen() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    forum.open_concern(&civil).await;
    let document = "{ viewer { author { id } } }";
    let author = civil.run(document, json!({})).await["viewer"]["author"]["id"].take();
    for login in ["civil", "moderator", "officer"] {
        let reader = forum.sign_in(login).await;
        let found = kind_of(&reader, &author).await;
        assert_eq!(found.as_deref(), Some("Author"), "{login}");
    }
    let others = [
        forum.visitor(),
        forum.sign_in("youth").await,
        forum.sign_in("colleague").await,
        forum.sign_in("admin").await,
    ];
    for other in &others {
        is_as_nothing(&forum, other, &author, Kind::Author).await;
    }

    // A post that everybody reads is enough.
    let youth = forum.sign_in("youth").await;
    let talk = forum.open_discussion(&youth, "PUBLIC").await;
    let said = json!({ "threadId": talk, "body": "Said in public." });
    civil.done("addPost", said, "").await;
    for other in &others {
        let found = kind_of(other, &author).await;
        assert_eq!(found.as_deref(), Some("Author"));
    }
}

#[tokio::test]
async fn a_verdict_is_found_by_whoever_sees_its_concern() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let id = forum.open_concern(&civil).await;
    let officer = forum.sign_in("officer").await;
    let it = json!({ "threadId": id });
    officer.done("acknowledgeConcern", it.clone(), "").await;
    let answer = json!({ "threadId": id, "body": "It ended.", "outcome": { "resolved": true } });
    officer.done("respondToConcern", answer, "").await;
    let verdict = json!({ "threadId": id, "verdict": "PARTIAL" });
    civil.done("giveVerdict", verdict, "").await;
    let document = "query($id: ID!) { thread(id: $id) { responses { id verdict { id } } } }";
    let seen = civil.run(document, json!({ "id": id })).await;
    let response = &seen["thread"]["responses"][0];
    let verdict = &response["verdict"]["id"];
    for reader in [&civil, &officer] {
        assert_eq!(kind_of(reader, verdict).await.as_deref(), Some("Verdict"));
        let found = kind_of(reader, &response["id"]).await;
        assert_eq!(found.as_deref(), Some("Response"));
    }
    let youth = forum.sign_in("youth").await;
    is_as_nothing(&forum, &youth, verdict, Kind::Verdict).await;
    is_as_nothing(&forum, &youth, &response["id"], Kind::Response).await;
}
