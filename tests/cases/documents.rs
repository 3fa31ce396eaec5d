//! Trusted documents: registered from a directory or by an administrator,
//! found by their hashes, and the only ones where the forum says so.

use domain::people::RegistrationMode;
use mukalma_tests::client::Answer;
use mukalma_tests::{Client, ServerProcess, TestForum};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

const NAME: &str = "query Name { forum: __typename }";
const OTHER: &str = "{ other: __typename }";

/// What trusts a document, as an administrator's tool sends it.
const TRUST: &str = "mutation($input: TrustDocumentInput!) { trustDocument(input: $input) { \
    document { id documentId text } userErrors { code message field } } }";

fn hash(text: &str) -> String {
    let digest = Sha256::digest(text);
    let halves = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    halves
        .filter_map(|half| char::from_digit(u32::from(half), 16))
        .collect()
}

async fn ask(client: &Client, body: &Value) -> Answer {
    client.post(body.to_string().into_bytes()).await
}

/// Asks with a hash alone, as a trusted document and as a persisted query.
async fn by_hash(client: &Client, text: &str) -> [Answer; 3] {
    let hash = hash(text);
    let extension = json!({"persistedQuery": {"version": 1, "sha256Hash": hash}});
    [
        ask(client, &json!({ "documentId": hash })).await,
        ask(client, &json!({ "documentId": format!("sha256:{hash}") })).await,
        ask(client, &json!({ "extensions": extension })).await,
    ]
}

async fn trust(admin: &Client, text: &str) -> Value {
    let selection = "document { id documentId text }";
    let input = json!({ "text": text });
    let mut done = admin.done("trustDocument", input, selection).await;
    done["document"].take()
}

/// A forum with a directory of documents.
async fn with_directory(
    files: &[(&str, &str)],
    settings: &[(&str, &str)],
) -> (TestForum, tempfile::TempDir) {
    let directory = tempfile::tempdir().unwrap();
    for (name, content) in files {
        std::fs::write(directory.path().join(name), content).unwrap();
    }
    let path = directory.path().to_str().unwrap().to_owned();
    let mut settings = settings.to_vec();
    settings.push(("documents.directory", &path));
    let forum = TestForum::with(true, RegistrationMode::Open, &settings).await;
    (forum, directory)
}

#[tokio::test]
async fn what_an_administrator_trusts_is_found_by_its_hash_alone() {
    let forum = TestForum::new().await;
    let visitor = forum.visitor();
    for answer in by_hash(&visitor, NAME).await {
        assert_eq!(answer.code(), "PERSISTED_QUERY_NOT_FOUND");
    }
    let document = trust(&forum.sign_in("admin").await, NAME).await;
    assert_eq!(document["documentId"], hash(NAME));
    assert_eq!(document["text"], NAME);
    for answer in by_hash(&visitor, NAME).await {
        assert_eq!(answer.body, json!({ "data": { "forum": "Query" } }));
    }
}

#[tokio::test]
async fn what_anybody_sent_is_not_trusted() {
    let forum = TestForum::new().await;
    forum.visitor().run(NAME, json!({})).await;
    let [trusted, prefixed, persisted] = by_hash(&forum.visitor(), NAME).await;
    assert_eq!(trusted.code(), "PERSISTED_QUERY_NOT_FOUND");
    assert_eq!(prefixed.code(), "PERSISTED_QUERY_NOT_FOUND");
    assert_eq!(persisted.body["data"]["forum"], "Query");
}

#[tokio::test]
async fn a_request_that_names_a_document_badly_is_told_so() {
    let forum = TestForum::new().await;
    for body in [
        json!({ "documentId": "7f" }),
        json!({ "documentId": "sha256:" }),
        json!({ "documentId": format!("md5:{}", hash(NAME)) }),
        json!({ "documentId": hash(NAME), "query": NAME }),
    ] {
        let answer = ask(&forum.visitor(), &body).await;
        assert_eq!(
            (answer.status, answer.code()),
            (400, "BAD_USER_INPUT"),
            "{body}"
        );
        assert!(answer.body.to_string().contains("documentId"), "{body}");
    }
}

#[tokio::test]
async fn what_cannot_be_executed_cannot_be_trusted_and_it_is_said_why() {
    let settings = [("schema.hints", "false")];
    let forum = TestForum::with(true, RegistrationMode::Open, &settings).await;
    let admin = forum.sign_in("admin").await;
    let deep = format!("{{ {} __typename {} }}", "a{".repeat(20), "}".repeat(20));
    let long = format!("{{ __typename }} #{}", "x".repeat(16_384));
    for (text, why) in [
        ("{ thraeds { totalCount } }", "thraeds"),
        ("not a document", "document"),
        ("fragment F on Query { __typename }", "operation"),
        (&deep, "At most 10 levels"),
        (&long, "16384"),
    ] {
        let input = json!({ "text": text });
        let payload = admin.act("trustDocument", input, "document { id }").await;
        let error = &payload["userErrors"][0];
        assert_eq!(error["code"], "INVALID_DOCUMENT", "{text}");
        assert_eq!(error["field"], json!(["text"]), "{text}");
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(why), "{text}: {message}");
        assert_eq!(payload["document"], Value::Null, "{text}");
    }
}

#[tokio::test]
async fn nobody_but_an_administrator_trusts_or_sees_documents() {
    let forum = TestForum::new().await;
    let document = trust(&forum.sign_in("admin").await, NAME).await;
    let node = "query($id: ID!) { node(id: $id) { id } }";
    for login in ["civil", "moderator", "officer"] {
        let somebody = forum.sign_in(login).await;
        let text = json!({ "text": "not a document" });
        assert_eq!(somebody.refused("trustDocument", text).await, "FORBIDDEN");
        let id = json!({ "id": document["id"] });
        let refused = somebody.refused("distrustDocument", id.clone()).await;
        assert_eq!(refused, "FORBIDDEN");
        assert_eq!(somebody.run(node, id).await["node"], Value::Null);
    }
    let admin = forum.sign_in("admin").await;
    let seen = admin.run(node, json!({ "id": document["id"] })).await;
    assert_eq!(seen["node"]["id"], document["id"]);
    let visitor = forum.visitor();
    let variables = json!({ "input": { "text": NAME } });
    assert_eq!(
        visitor.send(TRUST, variables).await.code(),
        "UNAUTHENTICATED"
    );
}

#[tokio::test]
async fn what_is_trusted_no_longer_is_not_found() {
    let forum = TestForum::new().await;
    let admin = forum.sign_in("admin").await;
    let document = trust(&admin, NAME).await;
    let input = json!({ "id": document["id"] });
    let selection = "document { documentId text }";
    let gone = admin
        .done("distrustDocument", input.clone(), selection)
        .await;
    let expected = json!({ "documentId": hash(NAME), "text": null });
    assert_eq!(gone["document"], expected);
    for answer in by_hash(&forum.visitor(), NAME).await {
        assert_eq!(answer.code(), "PERSISTED_QUERY_NOT_FOUND");
    }
    assert_eq!(admin.refused("distrustDocument", input).await, "NOT_FOUND");
}

#[tokio::test]
async fn a_document_trusted_twice_is_one() {
    let forum = TestForum::new().await;
    let admin = forum.sign_in("admin").await;
    let first = trust(&admin, NAME).await;
    assert_eq!(trust(&admin, NAME).await, first);
    let input = json!({ "text": NAME, "clientMutationId": "once" });
    for _ in 0..2 {
        let done = admin.done("trustDocument", input.clone(), "document { id }");
        assert_eq!(done.await["document"]["id"], first["id"]);
    }
}

#[tokio::test]
async fn so_many_documents_may_be_trusted_and_no_more() {
    let settings = [("documents.most", "2")];
    let forum = TestForum::with(true, RegistrationMode::Open, &settings).await;
    let admin = forum.sign_in("admin").await;
    trust(&admin, NAME).await;
    trust(&admin, OTHER).await;
    let third = json!({ "text": "{ third: __typename }" });
    assert_eq!(admin.refused("trustDocument", third).await, "TOO_MANY");
    // What was trusted before takes no more room.
    trust(&admin, NAME).await;
    for answer in by_hash(&forum.visitor(), "{ third: __typename }").await {
        assert_eq!(answer.code(), "PERSISTED_QUERY_NOT_FOUND");
    }
}

#[tokio::test]
async fn what_the_directory_holds_is_trusted_from_the_start() {
    let manifest = json!({ hash(OTHER): OTHER }).to_string();
    let named = format!("\n{NAME}\n");
    let files = [("name.graphql", named.as_str()), ("all.json", &manifest)];
    let (forum, _directory) = with_directory(&files, &[]).await;
    for text in [NAME, OTHER] {
        for answer in by_hash(&forum.visitor(), text).await {
            assert!(answer.body["errors"].is_null(), "{}", answer.body);
        }
    }
}

#[tokio::test]
async fn where_only_trusted_documents_are_executed_others_are_refused_for_everyone() {
    let only = [("documents.trusted", "only")];
    let files = [("name.graphql", NAME), ("trust.graphql", TRUST)];
    let (forum, _directory) = with_directory(&files, &only).await;
    let visitor = forum.visitor();
    assert_eq!(visitor.run(NAME, json!({})).await["forum"], "Query");
    for answer in by_hash(&visitor, NAME).await {
        assert_eq!(answer.body["data"]["forum"], "Query");
    }
    for text in [
        OTHER,
        "{ __schema { queryType { name } } }",
        "not a document",
    ] {
        let answer = visitor.send(text, json!({})).await;
        assert_eq!((answer.status, answer.code()), (403, "FORBIDDEN"), "{text}");
        assert!(answer.body.get("data").is_none(), "{text}");
    }
    for answer in by_hash(&visitor, OTHER).await {
        assert_eq!(answer.code(), "PERSISTED_QUERY_NOT_FOUND");
    }
    // Sending the text along with its hash persists nothing.
    let extension = json!({"persistedQuery": {"version": 1, "sha256Hash": hash(OTHER)}});
    let body = json!({ "query": OTHER, "extensions": extension });
    assert_eq!(ask(&visitor, &body).await.code(), "FORBIDDEN");
}

#[tokio::test]
async fn over_a_websocket_the_same_documents_are_refused() {
    let only = [("documents.trusted", "only")];
    let (forum, _directory) = with_directory(&[("name.graphql", NAME)], &only).await;
    let visitor = forum.visitor();
    let mut refused = visitor.watch(OTHER, json!({})).await;
    assert_eq!(refused.end().await, "FORBIDDEN");
    for payload in [
        json!({ "query": NAME }),
        json!({ "documentId": hash(NAME) }),
    ] {
        let mut served = visitor.subscribe(&payload).await;
        assert_eq!(served.next().await["forum"], "Query");
    }
    let both = json!({ "query": NAME, "documentId": hash(NAME) });
    let mut refused = visitor.subscribe(&both).await;
    assert_eq!(refused.end().await, "BAD_USER_INPUT");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_server_of_the_forum_learns_what_is_trusted() {
    let forum = TestForum::new().await;
    let other = ServerProcess::start(&forum.database, 1).await;
    let elsewhere = forum.visitor().at(other.address);
    let [before, ..] = by_hash(&elsewhere, NAME).await;
    assert_eq!(before.code(), "PERSISTED_QUERY_NOT_FOUND");
    trust(&forum.sign_in("admin").await, NAME).await;
    let learnt = async {
        loop {
            let [answer, ..] = by_hash(&elsewhere, NAME).await;
            if answer.body["data"]["forum"] == "Query" {
                return;
            }
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), learnt)
        .await
        .expect("the other server hears of it");
}
