//! Bad input gets a clear error, nothing of it is kept, and the server goes
//! on answering.

mod ids;
mod pages;
mod questions;
mod stage;
mod texts;
mod values;

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{BaseType, Type, TypeKind, TypeSystemDefinition};
use mukalma_tests::{Client, TestForum};
use serde_json::{Value, json};

/// What takes nothing that a person types or picks.
const NOTHING_TO_TAKE: [&str; 2] = ["signOut", "revokeOtherSessions"];

/// The texts and ids that stand in neither table, and why.
const ELSEWHERE: [(&str, &[&str]); 9] = [
    (
        "compared with what is kept; see `sessions`, `own_data` and `notices`",
        &[
            "changeEmail/password",
            "changePassword/currentPassword",
            "confirmEmail/code",
            "confirmEmail/email",
            "deleteAccount/password",
            "regenerateRecoveryCodes/password",
            "requestPasswordReset/loginOrEmail",
            "signIn/login",
            "signIn/password",
        ],
    ),
    (
        "takes a code that only one person has; see `texts` and `sessions`",
        &[
            "registerAccount/invitationCode",
            "resetPassword/code",
            "resetPassword/login",
            "resetPassword/password",
            "setUp/displayName",
            "setUp/email",
            "setUp/login",
            "setUp/password",
            "setUp/token",
        ],
    ),
    (
        "left out where it is not good: nothing depends on it",
        &["signIn/label"],
    ),
    (
        "one of what is known; see `values`, `tracking` and `webhooks`",
        &[
            "createOffice/region",
            "createWebhook/filter/category",
            "createWebhook/filter/region",
            "createWebhook/filter/threadId",
            "raiseConcern/affectedGroups",
            "raiseConcern/category",
            "raiseConcern/circle",
            "raiseConcern/region",
            "raiseConcern/themes",
            "saveResponseTemplate/category",
            "setClockRule/category",
            "startThread/category",
            "startThread/circle",
            "startThread/region",
            "startThread/themes",
            "updateWebhook/filter/category",
            "updateWebhook/filter/region",
            "updateWebhook/filter/threadId",
        ],
    ),
    (
        "which text was meant; see `moderation` and `tracking`",
        &[
            "decideReviewable/expectedVersion",
            "moderate/expectedVersion",
            "proposeSanction/expectedVersion",
            "redact/expectedVersion",
            "saveResponseTemplate/expectedVersion",
        ],
    ),
    (
        "what stands on a paper; see `moderation`",
        &["registerLegalDemand/subjectReference"],
    ),
    (
        "an address, or what an app sends; see `partners` and `tracking`",
        &[
            "createClient/redirectUris",
            "decideAuthorization/request/codeChallenge",
            "decideAuthorization/request/codeChallengeMethod",
            "decideAuthorization/request/redirectUri",
            "decideAuthorization/request/responseType",
            "decideAuthorization/request/scope",
            "decideAuthorization/request/state",
            "reportProgress/evidence/url",
        ],
    ),
    (
        "answered each for itself, and uses up its key; see `tracking`",
        &["acknowledgeConcerns/threadIds"],
    ),
    (
        "takes a listener, or a document; see `webhooks` and `documents`",
        &[
            "createWebhook/label",
            "createWebhook/url",
            "replayWebhook/after",
            "retryWebhookMessage/messageId",
            "trustDocument/text",
            "updateWebhook/label",
            "updateWebhook/url",
        ],
    ),
];

/// A place in the input of a mutation, wherever in a list it is.
fn place(act: &str, at: &str) -> String {
    let names = at.split('/').filter(|name| name.parse::<usize>().is_err());
    let path: Vec<&str> = std::iter::once(act).chain(names).collect();
    path.join("/")
}

/// The types of the schema, by their names.
fn types() -> BTreeMap<String, TypeKind> {
    let schema = parse_schema(api::schema::sdl()).unwrap();
    let mut types = BTreeMap::new();
    for definition in schema.definitions {
        if let TypeSystemDefinition::Type(definition) = definition {
            let definition = definition.node;
            types.insert(definition.name.node.to_string(), definition.kind);
        }
    }
    types
}

/// Adds the places of a type's texts and ids. The key, which every mutation
/// has, is tried in `values`.
fn add_places(
    types: &BTreeMap<String, TypeKind>,
    of: &Type,
    at: &str,
    places: &mut BTreeSet<String>,
) {
    let name = match &of.base {
        BaseType::List(of) => return add_places(types, of, at, places),
        BaseType::Named(name) => name.as_str(),
    };
    if let Some(TypeKind::InputObject(input)) = types.get(name) {
        for field in &input.fields {
            let field = &field.node;
            if field.name.node != "clientMutationId" {
                let at = format!("{at}/{}", field.name.node);
                add_places(types, &field.ty.node, &at, places);
            }
        }
    } else if ["String", "ID"].contains(&name) {
        places.insert(at.to_owned());
    }
}

#[tokio::test]
async fn every_mutation_has_bad_input_in_a_table() {
    let forum = TestForum::new().await;
    let stage = stage::Stage::set(&forum).await;
    let types = types();
    let Some(TypeKind::Object(mutation)) = types.get("Mutation") else {
        panic!("there are mutations");
    };
    let (mut acts, mut places) = (BTreeSet::new(), BTreeSet::new());
    for field in &mutation.fields {
        let act = field.node.name.node.as_str();
        acts.insert(act);
        for argument in &field.node.arguments {
            add_places(&types, &argument.node.ty.node, act, &mut places);
        }
    }
    assert!(acts.len() > 40, "the mutations were found");
    // Each text and each id, and nothing that is none.
    let mut tried = texts::places(&forum, &stage).await;
    tried.extend(ids::places(&stage));
    for at in ELSEWHERE.iter().flat_map(|(_, places)| *places) {
        assert!(tried.insert((*at).to_owned()), "{at} has a row");
    }
    let differ: Vec<&String> = places.symmetric_difference(&tried).collect();
    assert_eq!(differ, [""; 0]);
    // And what takes numbers, days and choices alone.
    for place in &tried {
        acts.remove(place.split('/').next().expect("a mutation"));
    }
    for tried in NOTHING_TO_TAKE
        .iter()
        .chain(&super::tracking::ACTS)
        .chain(&super::moderation::ACTS)
        .chain(&super::webhooks::ACTS)
        .chain(&super::notices::ACTS)
    {
        acts.remove(*tried);
    }
    assert_eq!(acts, BTreeSet::new());
}

#[tokio::test]
async fn every_question_has_bad_input_in_a_table() {
    let forum = TestForum::new().await;
    let asker = questions::Asker::set(&forum).await;
    let types = types();
    let mut places = BTreeSet::new();
    for (name, kind) in types.iter().filter(|(name, _)| *name != "Mutation") {
        let TypeKind::Object(object) = kind else {
            continue;
        };
        for field in &object.fields {
            let field = &field.node;
            for argument in &field.arguments {
                let argument = &argument.node;
                let at = format!("{name}/{}/{}", field.name.node, argument.name.node);
                add_places(&types, &argument.ty.node, &at, &mut places);
            }
        }
    }
    assert!(places.len() > 60, "the questions were found");
    // Each text and each id, and nothing that is none.
    let tried = questions::places(&asker);
    let differ: Vec<&String> = places.symmetric_difference(&tried).collect();
    assert_eq!(differ, [""; 0]);
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
