//! A forum that tells nothing of its schema.

use domain::people::RegistrationMode;
use mukalma_tests::TestForum;
use serde_json::json;

#[tokio::test]
async fn the_schema_cannot_be_asked_for() {
    let settings = [("schema.introspection", "false")];
    let forum = TestForum::with(true, RegistrationMode::Open, &settings).await;
    let visitor = forum.visitor();
    for query in [
        "{ __schema { types { name } } }",
        "{ __type(name: \"Thread\") { name } }",
        "{ ...F } fragment F on Query { a: __schema { queryType { name } } }",
        "{ __typename ... on Query { __type(name: \"Thread\") { name } } }",
        "mutation { signOut(input: {}) { query { __schema { queryType { name } } } } }",
    ] {
        let answer = visitor.send(query, json!({})).await;
        assert_eq!(
            (answer.status, answer.code()),
            (403, "FORBIDDEN"),
            "{query}"
        );
        assert!(answer.body.get("data").is_none(), "{query}");
    }
    // What one already has is told by its name.
    let seen = visitor.run("{ __typename }", json!({})).await;
    assert_eq!(seen["__typename"], "Query");
}

#[tokio::test]
async fn guessing_names_teaches_nothing_of_their_neighbours() {
    let settings = [("schema.introspection", "false"), ("schema.hints", "false")];
    let forum = TestForum::with(true, RegistrationMode::Open, &settings).await;
    let visitor = forum.visitor();
    let guesses = [
        // A field, an argument, a type, a value, an input's field, each almost right.
        ("{ thraeds { totalCount } }", json!({})),
        ("{ threads(frist: 1) { totalCount } }", json!({})),
        ("{ threads { nodes { titel } } }", json!({})),
        ("{ node(id: \"a\") { ... on Thraed { id } } }", json!({})),
        (
            "{ threads(filter: {kind: CONCRN}) { totalCount } }",
            json!({}),
        ),
        (
            "{ threads(filter: {knd: CONCERN}) { totalCount } }",
            json!({}),
        ),
        ("{ threads }", json!({})),
        ("mutation { addPost(input: {}) { post { id } } }", json!({})),
        (
            "query($v: ThreadFilter) { threads(filter: $v) { totalCount } }",
            json!({"v": {"knd": 1}}),
        ),
        (
            "query($v: ThreadFilter) { threads(filter: $v) { totalCount } }",
            json!({"v": {"kind": "CONCRN"}}),
        ),
        ("query($v: AddPostInput!) { __typename }", json!({"v": {}})),
        ("query($v: Nope) { __typename }", json!({})),
        ("subscription { threadEvent { cursor } }", json!({})),
    ];
    let mut answers: Vec<String> = Vec::new();
    for (query, variables) in guesses {
        let answer = visitor.send(query, variables).await;
        assert_eq!(
            (answer.status, answer.code()),
            (400, "BAD_USER_INPUT"),
            "{query}"
        );
        answers.push(answer.body.to_string());
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:#?}");
}

#[tokio::test]
async fn names_are_explained_where_nothing_else_is_said() {
    let forum = TestForum::new().await;
    let answer = forum.visitor().send("{ thread_ }", json!({})).await;
    let message = answer.body["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("Did you mean \"thread"), "{message}");
}
