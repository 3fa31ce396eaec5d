//! Bad input gets a clear error, nothing of it is kept, and the server goes
//! on answering.

mod ids;
mod pages;
mod stage;
mod texts;
mod values;

use std::collections::BTreeSet;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};
use mukalma_tests::{Client, TestForum};
use serde_json::{Value, json};

/// What takes nothing that a person types or picks.
const NOTHING_TO_TAKE: [&str; 2] = ["signOut", "revokeOtherSessions"];

/// What answers the same to whatever it is given; see `sessions` and
/// `own_data`.
const ONE_ANSWER: [&str; 4] = [
    "signIn",
    "requestPasswordReset",
    "regenerateRecoveryCodes",
    "deleteAccount",
];

/// What takes a document; see `documents`.
const OF_DOCUMENTS: [&str; 1] = ["trustDocument"];

#[test]
fn every_mutation_has_bad_input_in_a_table() {
    let mut tried: BTreeSet<String> = NOTHING_TO_TAKE.into_iter().map(str::to_owned).collect();
    tried.extend(ONE_ANSWER.into_iter().map(str::to_owned));
    tried.extend(OF_DOCUMENTS.into_iter().map(str::to_owned));
    tried.extend(texts::ACTS.into_iter().map(str::to_owned));
    tried.extend(ids::ACTS.into_iter().map(str::to_owned));
    tried.extend(super::tracking::ACTS.into_iter().map(str::to_owned));
    tried.extend(super::moderation::ACTS.into_iter().map(str::to_owned));
    tried.extend(super::webhooks::ACTS.into_iter().map(str::to_owned));
    tried.extend(super::notices::ACTS.into_iter().map(str::to_owned));
    let schema = parse_schema(api::schema::sdl()).unwrap();
    let mut all = BTreeSet::new();
    for definition in schema.definitions {
        if let TypeSystemDefinition::Type(definition) = definition
            && definition.node.name.node == "Mutation"
            && let TypeKind::Object(mutation) = &definition.node.kind
        {
            all.extend(
                mutation
                    .fields
                    .iter()
                    .map(|field| field.node.name.node.to_string()),
            );
        }
    }
    assert!(all.len() > 40, "the mutations were found");
    assert_eq!(all.difference(&tried).collect::<Vec<_>>(), [""; 0]);
}

/// A request with this text as a variable, byte by byte.
fn with_bytes(thread: &Value, text: &[u8]) -> Vec<u8> {
    let query = "mutation($input: AddPostInput!) { addPost(input: $input) { post { id } } }";
    let mut body = format!(
        "{{\"query\": {}, \"variables\": {{\"input\": {{\"threadId\": {thread}, \"body\": \"",
        json!(query)
    )
    .into_bytes();
    body.extend_from_slice(text);
    body.extend_from_slice(b"\"}}}");
    body
}

#[tokio::test]
async fn a_body_that_is_no_request_is_refused() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let thread = forum.open_discussion(&civil, "MEMBERS").await;
    let before = stage::content(&forum).await;
    let bad = "BAD_USER_INPUT";
    for (body, status, code) in [
        (vec![0xff, 0xfe], 400, bad),
        (b"".to_vec(), 400, bad),
        (b"{".to_vec(), 400, bad),
        (b"[]".to_vec(), 400, bad),
        (b"null".to_vec(), 400, bad),
        (b"{\"query\": 1}".to_vec(), 400, bad),
        (b"{\"query\": \"{ viewer { \"}".to_vec(), 400, bad),
        (b"[".repeat(100_000), 400, bad),
        (with_bytes(&thread, b"\xc3\x28"), 400, bad),
        (with_bytes(&thread, b"\xed\xa0\x80"), 400, bad),
        (with_bytes(&thread, b"\\ud800"), 400, bad),
        (with_bytes(&thread, b"\x07"), 400, bad),
        (
            with_bytes(&thread, &b"x".repeat(256 * 1024)),
            400,
            "QUERY_TOO_COMPLEX",
        ),
        (with_bytes(&thread, &b"x".repeat(1024 * 1024)), 413, bad),
        (
            with_bytes(&thread, &b"x".repeat(10 * 1024 * 1024)),
            413,
            bad,
        ),
        (b" ".repeat(10 * 1024 * 1024), 413, bad),
    ] {
        let beginning = String::from_utf8_lossy(&body[..body.len().min(300)]).into_owned();
        let answer = civil.post(body).await;
        let answered = (answer.status, answer.code());
        assert_eq!(answered, (status, code), "{beginning} {}", answer.body);
        assert!(answer.body.get("data").is_none(), "{beginning}");
    }
    assert_eq!(stage::content(&forum).await, before);
    civil
        .done(
            "addPost",
            json!({ "threadId": thread, "body": "Still here" }),
            "",
        )
        .await;
}

/// Sends a mutation as it is and gives the code of its top-level error.
async fn fault(client: &Client, name: &str, of: &str, input: Value) -> String {
    let query =
        format!("mutation($input: {of}!) {{ {name}(input: $input) {{ userErrors {{ code }} }} }}");
    let answer = client.send(&query, json!({ "input": input })).await;
    assert!(answer.body["data"].is_null(), "{name} {}", answer.body);
    answer.code().to_owned()
}

#[tokio::test]
async fn a_value_that_is_not_of_its_type_is_refused_before_anything_is_done() {
    let forum = TestForum::new().await;
    let stage = stage::Stage::set(&forum).await;
    let before = stage::content(&forum).await;
    let (thread, concern) = (&stage.thread, &stage.acknowledged);
    let answer = |outcome: Value| json!({ "threadId": concern, "body": "x", "outcome": outcome });
    let table = [
        ("addPost", "AddPostInput", json!({ "threadId": thread })),
        ("addPost", "AddPostInput", json!({ "body": "x" })),
        (
            "addPost",
            "AddPostInput",
            json!({ "threadId": thread, "body": null }),
        ),
        (
            "addPost",
            "AddPostInput",
            json!({ "threadId": thread, "body": 1 }),
        ),
        (
            "addPost",
            "AddPostInput",
            json!({ "threadId": thread, "body": ["x"] }),
        ),
        (
            "addPost",
            "AddPostInput",
            json!({ "threadId": [], "body": "x" }),
        ),
        (
            "addPost",
            "AddPostInput",
            json!({ "threadId": thread, "body": "x", "author": "y" }),
        ),
        (
            "addPost",
            "AddPostInput",
            json!({ "threadId": thread, "body": "x", "language": "DE" }),
        ),
        (
            "giveVerdict",
            "GiveVerdictInput",
            json!({ "threadId": concern, "verdict": "FINE" }),
        ),
        (
            "giveVerdict",
            "GiveVerdictInput",
            json!({ "threadId": concern, "verdict": "" }),
        ),
        (
            "respondToConcern",
            "RespondToConcernInput",
            answer(json!({})),
        ),
        (
            "respondToConcern",
            "RespondToConcernInput",
            answer(json!("RESOLVED")),
        ),
        (
            "respondToConcern",
            "RespondToConcernInput",
            answer(json!({ "resolved": true, "duplicate": { "of": thread } })),
        ),
        (
            "respondToConcern",
            "RespondToConcernInput",
            answer(json!({ "resolved": null })),
        ),
        (
            "createInvitation",
            "CreateInvitationInput",
            json!({ "days": -1 }),
        ),
        (
            "createInvitation",
            "CreateInvitationInput",
            json!({ "days": 1.5 }),
        ),
        (
            "createInvitation",
            "CreateInvitationInput",
            json!({ "days": 9_999_999_999_i64 }),
        ),
        (
            "grantDuty",
            "GrantDutyInput",
            json!({ "account": stage.civil_account, "duty": "KING" }),
        ),
        (
            "raiseConcern",
            "RaiseConcernInput",
            json!({ "title": "A concern" }),
        ),
    ];
    for (name, of, input) in table {
        let shown = input.to_string();
        assert_eq!(
            fault(&stage.civil, name, of, input).await,
            "BAD_USER_INPUT",
            "{name} {shown}"
        );
    }
    for day in [
        "",
        "2026-1-2",
        "2026-02-30",
        "yesterday",
        "2026-11-12T00:00:00Z",
        "99999-01-01",
    ] {
        let input = answer(json!({ "actionPlanned": { "by": day } }));
        let code = fault(
            &stage.officer,
            "respondToConcern",
            "RespondToConcernInput",
            input,
        )
        .await;
        assert_eq!(code, "BAD_USER_INPUT", "{day}");
    }
    assert_eq!(stage::content(&forum).await, before);
}

#[tokio::test]
async fn whoever_is_not_signed_in_is_told_so_and_writes_nothing() {
    let forum = TestForum::new().await;
    let stage = stage::Stage::set(&forum).await;
    let before = stage::content(&forum).await;
    let visitor = forum.visitor();
    let query = "mutation($input: AddPostInput!) { addPost(input: $input) { post { id } } }";
    let input = json!({ "input": { "threadId": stage.thread, "body": "x" } });
    assert_eq!(
        visitor.send(query, input.clone()).await.code(),
        "UNAUTHENTICATED"
    );
    for token in [
        "",
        "x",
        &"A".repeat(43),
        &"A".repeat(10_000),
        "\u{e9}\u{e9}",
    ] {
        let nobody = Client::new(forum.address, Some(token.to_owned()));
        let answer = nobody.send(query, input.clone()).await;
        assert_eq!(
            (answer.status, answer.code()),
            (401, "UNAUTHENTICATED"),
            "{token}"
        );
    }
    assert_eq!(stage::content(&forum).await, before);
}
