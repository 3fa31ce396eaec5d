//! What an app sees: what a visitor sees, and less where a scope is missing.

use mukalma_tests::Client;
use serde_json::{Value, json};

use super::super::budgets::statements;
use super::{READING, is_good, stage};

const THREAD: &str = "query($id: ID!) { thread(id: $id) { id title } }";
const NODE: &str = "query($id: ID!) { node(id: $id) { id } }";

#[tokio::test]
async fn an_app_sees_what_everyone_may_see_and_nothing_more() {
    let (forum, member, app) = stage(&READING).await;
    let public = forum.open_discussion(&member, "PUBLIC").await;
    let members = forum.open_discussion(&member, "MEMBERS").await;
    let sealed = forum.open_concern(&member).await;
    let client = app.sign_in(&forum).await;
    let list = client
        .run("{ threads { totalCount nodes { id } } }", json!({}))
        .await;
    let expected = json!({ "totalCount": 1, "nodes": [{ "id": public }] });
    assert_eq!(list["threads"], expected);
    for (id, seen) in [(&public, true), (&members, false), (&sealed, false)] {
        let about = json!({ "id": id });
        let thread = client.run(THREAD, about.clone()).await;
        assert_eq!(thread["thread"].is_object(), seen);
        let node = client.run(NODE, about).await;
        assert_eq!(node["node"].is_object(), seen);
    }
}

/// The challenge that an operation is refused with, and its code.
async fn barred(client: &Client, query: &str) -> (u16, String, String) {
    let id = json!({ "id": "x" });
    let answer = client.send(query, id).await;
    assert!(
        answer.body.get("data").is_none(),
        "{query}: {}",
        answer.body
    );
    let challenge = answer.header("www-authenticate").to_owned();
    (answer.status, answer.code().to_owned(), challenge)
}

#[tokio::test]
async fn a_root_field_without_its_scope_is_forbidden_and_named() {
    let (forum, _, app) = stage(&["STATS_READ"]).await;
    let client = app.sign_in(&forum).await;
    let lacks = r#"Bearer error="insufficient_scope", scope="threads:read""#;
    for query in [
        "{ threads { nodes { id } } }",
        "{ rateLimit { cost } some: threads { totalCount } }",
        "{ ... on Query { thread(id: \"x\") { id } } }",
        "{ ...one } fragment one on Query { ...two } fragment two on Query { threads { totalCount } }",
    ] {
        let expected = (403, "FORBIDDEN".to_owned(), lacks.to_owned());
        assert_eq!(barred(&client, query).await, expected, "{query}");
    }
    // What is for everybody is for an app without any scope that opens it.
    let open = "{ viewer { client { name } } rateLimit { cost } categories { code } }";
    assert!(client.run(open, json!({})).await["categories"].is_array());
}

#[tokio::test]
async fn what_is_named_by_its_id_is_absent_without_the_scope() {
    let (forum, member, app) = stage(&["STATS_READ"]).await;
    let public = forum.open_discussion(&member, "PUBLIC").await;
    let author = "query($id: ID!) { thread(id: $id) { author { id } } }";
    let author = member.run(author, json!({ "id": public })).await;
    let client = app.sign_in(&forum).await;
    for id in [public, author["thread"]["author"]["id"].clone()] {
        assert!(forum.visitor().run(NODE, json!({ "id": id })).await["node"].is_object());
        let about = json!({ "id": id });
        assert_eq!(client.run(NODE, about).await["node"], Value::Null);
    }
    let nodes = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let nothing = json!({ "ids": [forum.thread_id_of_nothing()] });
    assert_eq!(client.run(nodes, nothing).await["nodes"], json!([null]));
}

#[tokio::test]
async fn an_app_does_nothing_in_its_organizations_name() {
    let (forum, member, app) = stage(&["THREADS_READ", "THREADS_WRITE", "EVENTS_READ"]).await;
    let public = forum.open_discussion(&member, "PUBLIC").await;
    let client = app.sign_in(&forum).await;
    let challenge = r#"Bearer error="insufficient_scope""#.to_owned();
    let expected = (403, "FORBIDDEN".to_owned(), challenge);
    for (act, input) in [
        ("addPost", r#"threadId: "x", body: "x""#),
        ("followThread", r#"threadId: "x""#),
        ("signIn", r#"login: "civil", password: "x""#),
        (
            "createClient",
            r#"organization: "x", name: "x", scopes: []"#,
        ),
        ("revokeClient", r#"client: "x""#),
    ] {
        let query = format!("mutation {{ {act}(input: {{ {input} }}) {{ clientMutationId }} }}");
        assert_eq!(barred(&client, &query).await, expected, "{act}");
    }
    for query in [
        "{ accountsWaiting { id } }",
        r#"{ account(login: "civil") { id } }"#,
    ] {
        assert_eq!(barred(&client, query).await, expected, "{query}");
    }
    assert_eq!(member.bodies(&public).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_token_that_is_not_good_is_answered_so() {
    let (forum, _, app) = stage(&READING).await;
    let good = app.sign_in(&forum).await.token.unwrap();
    let last = if good.ends_with('A') { 'E' } else { 'A' };
    let other = format!("{}{last}", &good[..good.len() - 1]);
    for token in ["nope", "mka_nope", other.as_str(), app.secret.as_str()] {
        let client = Client::new(forum.address, Some(token.to_owned()));
        let answer = client.send("{ __typename }", json!({})).await;
        assert_eq!((answer.status, answer.code()), (401, "UNAUTHENTICATED"));
        let challenge = answer.header("www-authenticate");
        assert_eq!(challenge, r#"Bearer error="invalid_token""#);
    }
}

#[tokio::test]
async fn a_token_is_looked_up_in_one_statement_and_then_kept() {
    let (forum, _, app) = stage(&READING).await;
    let client = app.sign_in(&forum).await;
    let lookup = async || {
        let before = forum.store().statements();
        assert!(is_good(&client).await);
        forum.store().statements() - before
    };
    // The token was given in this very moment: its use is not written anew.
    let mut least = [u64::MAX; 2];
    for _ in 0..3 {
        forum.forum.forget_every_account();
        for count in &mut least {
            *count = lookup().await.min(*count);
        }
    }
    assert_eq!(least, [1, 0]);
    let member = forum.sign_in("civil").await;
    let public = forum.open_discussion(&member, "PUBLIC").await;
    let about = |_| json!({ "id": public });
    assert!(statements(&forum, &client, THREAD, about).await <= 1);
}

#[tokio::test]
async fn a_page_that_was_kept_for_others_shows_an_app_nothing_of_theirs() {
    let (forum, member, app) = stage(&READING).await;
    let id = forum.open_discussion(&member, "MEMBERS").await;
    let client = app.sign_in(&forum).await;
    let youth = forum.sign_in("youth").await;
    for _ in 0..2 {
        assert!(youth.run(THREAD, json!({ "id": id })).await["thread"].is_object());
        let seen = client.run(THREAD, json!({ "id": id })).await;
        assert_eq!(seen["thread"], Value::Null);
    }
}

#[tokio::test]
async fn an_app_that_may_only_run_trusted_documents_runs_no_other() {
    let (forum, member, _) = stage(&READING).await;
    let organization = super::organization(&forum, &member).await;
    let input = json!({
        "organization": organization, "name": "A careful app", "scopes": READING,
        "trustedOnly": true,
    });
    let made = member.done("createClient", input, super::SHOWN).await;
    let client = super::App::shown(&made).sign_in(&forum).await;
    let text = "{ rateLimit { cost } }";
    let untrusted = client.send(text, json!({})).await;
    assert_eq!((untrusted.status, untrusted.code()), (403, "FORBIDDEN"));
    let admin = forum.sign_in("admin").await;
    let trust = json!({ "text": text });
    admin.done("trustDocument", trust, "document { id }").await;
    client.run(text, json!({})).await;
}
