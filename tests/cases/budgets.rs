//! How many statements an operation may run, whatever the size of its answer.

use domain::people::RegistrationMode;
use mukalma_tests::{Client, TestForum};
use serde_json::{Value, json};

use super::moderation::newcomers::{newcomer, set_rule};

/// Statements of one operation, the session being known: the least of three
/// runs, since a change of rights that is heard of in between has the session
/// looked up again.
pub(super) async fn statements(
    forum: &TestForum,
    client: &Client,
    query: &str,
    variables: impl Fn(u32) -> Value,
) -> u64 {
    let mut least = u64::MAX;
    for run in 0..3 {
        client.run("{ viewer { account { id } } }", json!({})).await;
        let before = forum.store().statements();
        client.run(query, variables(run)).await;
        least = least.min(forum.store().statements() - before);
    }
    least
}

const PAGE: &str = "query($id: ID!, $first: Int) { thread(id: $id) { id title body createdAt \
    author { name constituency } category { code name } assignedAgency { code name } \
    posts(first: $first) { nodes { id body createdAt author { name constituency } } \
    pageInfo { endCursor hasNextPage } } \
    responses { id body outcome createdAt office { name } } } }";

#[tokio::test]
async fn a_thread_page_is_three_statements() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let id = forum.open_discussion(&civil, "MEMBERS").await;
    for posts in [1, 20] {
        for n in 0..posts {
            civil
                .done(
                    "addPost",
                    json!({ "threadId": id, "body": n.to_string() }),
                    "",
                )
                .await;
        }
        let variables = |_| json!({ "id": id, "first": 20 });
        assert_eq!(statements(&forum, &civil, PAGE, variables).await, 3);
    }
}

#[tokio::test]
async fn a_list_is_one_statement_and_one_for_each_connection_in_it() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let list = "{ threads(first: 25) { nodes { id title lastActivityAt author { name } \
                category { code name } postCount } pageInfo { endCursor } } }";
    let nested = "{ threads(first: 10) { totalCount nodes { id themes { code } \
                  posts(first: 3) { nodes { id } } responses { id } } } }";
    for _ in 0..2 {
        for _ in 0..3 {
            let id = forum.open_discussion(&civil, "PUBLIC").await;
            civil
                .done("addPost", json!({ "threadId": id, "body": "A post" }), "")
                .await;
        }
        assert_eq!(statements(&forum, &civil, list, |_| json!({})).await, 1);
        // The list, its count, and one each for themes, posts and responses.
        assert_eq!(statements(&forum, &civil, nested, |_| json!({})).await, 5);
    }
}

#[tokio::test]
async fn adding_a_post_keeps_to_its_budget() {
    let forum = TestForum::new().await;
    let postgres = forum.database.is_postgres();
    let budget = if postgres { 5 } else { 8 };
    let civil = forum.sign_in("civil").await;
    let add = "mutation($input: AddPostInput!) { addPost(input: $input) \
               { post { id author { name } } userErrors { code } } }";
    // What is long enough is looked for in other threads.
    let long = "They stop every student on the road to the hostel and search all the bags.";
    for (audience, body) in [("MEMBERS", "Said"), ("PUBLIC", "Said"), ("PUBLIC", long)] {
        let id = forum.open_discussion(&civil, audience).await;
        let input = |run| {
            let key = format!("{audience} {run} {body}");
            json!({ "input": { "threadId": id, "body": body, "clientMutationId": key } })
        };
        assert_eq!(statements(&forum, &civil, add, input).await, budget);
    }
}

#[tokio::test]
async fn a_newcomers_post_keeps_to_a_budget_of_its_own() {
    let forum = TestForum::with(true, RegistrationMode::Open, &[]).await;
    // Beside what an established member's takes (ADR 42): what he wrote so far is
    // counted, with his account locked where others write too; the thread counts the
    // post once it is known that it does not wait, and how many newcomers wrote in it.
    let usual = if forum.database.is_postgres() {
        5 + 4
    } else {
        8 + 3
    };
    let civil = forum.sign_in("civil").await;
    let thread = forum.open_discussion(&civil, "PUBLIC").await;
    let new = newcomer(&forum, "new").await;
    let add = "mutation($input: AddPostInput!) { addPost(input: $input) \
               { post { id author { name } } userErrors { code } } }";
    let input = |body: &str, run: u32| {
        let body = format!("{body} {run}");
        json!({ "input": { "threadId": thread, "body": body, "clientMutationId": body } })
    };
    // A first one waits: a reviewable and why, and the thread does not count it.
    let first = statements(&forum, &new, add, |run| input("Hello", run)).await;
    assert_eq!(first, usual + 1);
    set_rule(&forum, "NEWCOMER", json!({ "heldFirst": 0 })).await;
    let short = statements(&forum, &new, add, |run| input("Said", run)).await;
    assert_eq!(short, usual);
    // What is long enough is compared with what newcomers wrote, and looked for in other
    // threads once his account is locked.
    let long = "The road by the school is closed again, on day";
    let long = statements(&forum, &new, add, |run| input(long, run)).await;
    assert_eq!(long, usual + 2);
}

#[tokio::test]
async fn what_is_hidden_costs_what_is_absent_costs() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let expert = forum.sign_in("expert").await;
    let hidden = forum.open_concern(&civil).await;
    let absent = forum.thread_id_of_nothing();
    let add = "mutation($input: AddPostInput!) { addPost(input: $input) \
               { post { id } userErrors { code message } } }";
    let input = |id: &Value| json!({ "input": { "threadId": id, "body": "Said" } });
    for (query, variables) in [
        (PAGE, [json!({ "id": hidden }), json!({ "id": absent })]),
        (
            "query($id: ID!) { node(id: $id) { id } }",
            [json!({ "id": hidden }), json!({ "id": absent })],
        ),
        (
            "query($id: ID!) { modlog(filter: { threadId: $id }) { totalCount nodes { id } } }",
            [json!({ "id": hidden }), json!({ "id": absent })],
        ),
        (add, [input(&hidden), input(&absent)]),
    ] {
        let [of_hidden, of_absent] = variables;
        assert_eq!(
            statements(&forum, &expert, query, |_| of_hidden.clone()).await,
            statements(&forum, &expert, query, |_| of_absent.clone()).await,
            "{query}"
        );
        let answers = [
            expert.send(query, of_hidden).await,
            expert.send(query, of_absent).await,
        ];
        assert_eq!(answers[0].status, answers[1].status);
        assert_eq!(answers[0].body, answers[1].body);
    }
}
