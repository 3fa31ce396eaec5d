//! What was answered to one reader is given to another only where it is the
//! same for both.

use mukalma_tests::forum::thread_id;
use mukalma_tests::{Client, TestForum};
use sea_orm::{ConnectionTrait, Statement, Value as Sql};
use serde_json::{Value, json};

use super::budgets::statements;

const PAGE: &str = "query($id: ID!) { thread(id: $id) { title \
    posts(first: 20) { nodes { body author { name } } } responses { body } } }";

/// A concern that its audience reads, with sealed facts, at the desk of
/// `officer`.
async fn open_to(audience: &str, forum: &TestForum, raiser: &Client) -> Value {
    forum.open_discussion(raiser, "MEMBERS").await;
    let input = json!({
        "title": "Students are searched", "body": "Every Friday.",
        "facts": "FIR 0/26", "category": "DRG", "region": "PB", "audience": audience,
    });
    let raised = raiser.done("raiseConcern", input, "thread { id }").await;
    raised["thread"]["id"].clone()
}

/// Has every post of a thread hidden, as a moderator would.
async fn hide_posts(forum: &TestForum, thread: &Value) {
    let connection = forum.database.connect().await;
    let statement = Statement::from_sql_and_values(
        connection.get_database_backend(),
        "UPDATE post SET status = 'REMOVED' WHERE thread = $1",
        [Sql::from(thread_id(thread).0)],
    );
    let hidden = connection.execute_raw(statement).await.unwrap();
    assert_eq!(hidden.rows_affected(), 1);
}

/// A thread of somebody's for all members, and two of another constituency, of
/// whom the first wrote a post in it that is hidden.
async fn with_a_hidden_post(forum: &TestForum, of: &Client) -> (Value, Client, Client) {
    let id = forum.open_discussion(of, "MEMBERS").await;
    let (author, other) = (forum.sign_in("youth").await, forum.another_youth().await);
    let input = json!({ "threadId": id, "body": "Hidden" });
    author.done("addPost", input, "").await;
    hide_posts(forum, &id).await;
    (id, author, other)
}

async fn bodies(client: &Client, thread: &Value) -> Value {
    let page = client.run(PAGE, json!({ "id": thread })).await;
    page["thread"]["posts"]["nodes"].clone()
}

#[tokio::test]
async fn a_page_that_another_member_was_given_is_one_statement() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let id = forum.open_discussion(&civil, "MEMBERS").await;
    let post = |body: &str| json!({ "threadId": id, "body": body });
    civil.done("addPost", post("First"), "").await;
    let youth = forum.sign_in("youth").await;
    let page = |_| json!({ "id": id });

    let first = youth.run(PAGE, page(0)).await;
    assert_eq!(first["thread"]["posts"]["nodes"][0]["body"], "First");
    let student = forum.another_youth().await;
    assert_eq!(statements(&forum, &student, PAGE, page).await, 1);
    assert_eq!(student.run(PAGE, page(0)).await, first);

    civil.done("addPost", post("Second"), "").await;
    let second = youth.run(PAGE, page(0)).await;
    assert_eq!(second["thread"]["posts"]["nodes"][1]["body"], "Second");
}

#[tokio::test]
async fn a_hidden_post_is_shown_to_its_author_alone() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let (id, author, other) = with_a_hidden_post(&forum, &civil).await;
    for _ in 0..2 {
        assert_eq!(bodies(&author, &id).await[0]["body"], "Hidden");
        assert_eq!(bodies(&other, &id).await, json!([]));
    }
}

#[tokio::test]
async fn a_page_is_given_to_nobody_who_may_not_see_the_thread() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let id = forum.open_discussion(&civil, "MEMBERS").await;
    let youth = forum.sign_in("youth").await;
    for _ in 0..2 {
        assert_eq!(bodies(&youth, &id).await, json!([]));
        let visitor = forum.visitor().run(PAGE, json!({ "id": id })).await;
        assert_eq!(visitor["thread"], Value::Null);
    }
}

#[tokio::test]
async fn sealed_facts_reach_no_other_watcher_of_the_same_document() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let id = open_to("MEMBERS", &forum, &civil).await;
    let document = "subscription($id: ID!) { threadEvents(threadId: $id) { \
        ... on PostAdded { thread { caseFacts } post { body } } } }";
    // The official first: whoever watches first must not answer for all.
    let mut watches = Vec::new();
    for login in ["officer", "youth", "expert"] {
        let client = forum.sign_in(login).await;
        watches.push(client.watch(document, json!({ "id": id })).await);
    }
    let input = json!({ "threadId": id, "body": "Said" });
    civil.done("addPost", input, "").await;
    for (watch, facts) in watches
        .iter_mut()
        .zip([json!("FIR 0/26"), Value::Null, Value::Null])
    {
        let event = watch.next().await["threadEvents"].take();
        assert_eq!(event["post"]["body"], "Said");
        assert_eq!(event["thread"]["caseFacts"], facts);
    }
}

#[tokio::test]
async fn a_hidden_post_reaches_no_other_watcher_of_the_same_document() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let (id, author, other) = with_a_hidden_post(&forum, &civil).await;
    let document = "subscription($id: ID!) { threadEvents(threadId: $id) { \
        ... on PostAdded { thread { posts(first: 9) { nodes { body } } } } } }";
    let mut watches = Vec::new();
    for client in [&author, &other] {
        watches.push(client.watch(document, json!({ "id": id })).await);
    }
    let input = json!({ "threadId": id, "body": "Said" });
    civil.done("addPost", input, "").await;
    for watch in &mut watches {
        let event = watch.next().await["threadEvents"].take();
        let posts = &event["thread"]["posts"]["nodes"];
        assert_eq!(posts, &json!([{ "body": "Said" }]));
    }
}

const LIST: &str = "{ threads(first: 20) { nodes { id title postCount author { name } } \
    pageInfo { endCursor hasNextPage } } }";

/// A clock goes on without anything happening.
#[tokio::test]
async fn a_page_with_a_clock_is_given_to_nobody_later() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let id = open_to("PUBLIC", &forum, &civil).await;
    let document = "query($id: ID!) { thread(id: $id) { clock { lateness } } }";
    for (days, lateness) in [(0, "ON_TIME"), (10, "OVERDUE"), (80, "VERY_OVERDUE")] {
        forum.clock.advance(chrono::Duration::days(days));
        let page = forum.visitor().run(document, json!({ "id": id })).await;
        assert_eq!(page["thread"]["clock"]["lateness"], lateness);
    }
}

#[tokio::test]
async fn a_list_that_was_given_before_shows_what_changed_since() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let id = forum.open_discussion(&civil, "MEMBERS").await;
    let (youth, student) = (forum.sign_in("youth").await, forum.another_youth().await);
    for posts in 0..3 {
        let list = youth.run(LIST, json!({})).await;
        assert_eq!(list["threads"]["nodes"][0]["postCount"], posts);
        assert_eq!(student.run(LIST, json!({})).await, list);
        let post = json!({ "threadId": id, "body": "Said" });
        civil.done("addPost", post, "").await;
    }
    forum.open_discussion(&civil, "PUBLIC").await;
    for (reader, shown) in [(&youth, 2), (&student, 2), (&forum.visitor(), 1)] {
        let list = reader.run(LIST, json!({})).await;
        assert_eq!(list["threads"]["nodes"].as_array().unwrap().len(), shown);
    }
}

#[tokio::test]
async fn a_list_that_was_given_before_shows_nobody_what_is_not_for_him() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    open_to("CONFIDENTIAL", &forum, &civil).await;
    let (youth, student) = (forum.sign_in("youth").await, forum.another_youth().await);
    for _ in 0..2 {
        for (reader, shown) in [(&civil, 2), (&youth, 1), (&student, 1), (&civil, 2)] {
            let list = reader.run(LIST, json!({})).await;
            assert_eq!(list["threads"]["nodes"].as_array().unwrap().len(), shown);
        }
    }
}

#[tokio::test]
async fn a_list_reads_the_texts_and_the_readers_marks_wherever_they_are_asked_for() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let id = forum.open_discussion(&civil, "MEMBERS").await;
    let youth = forum.sign_in("youth").await;
    let input = json!({ "threadId": id });
    youth.done("endorseThread", input.clone(), "").await;
    youth.done("followThread", input, "").await;
    for (selection, at) in [
        ("nodes { said: body }", "/nodes/0/said"),
        (
            "nodes { ...Texts } } } fragment Texts on Thread { text: body ... on Thread { said: bodyHtml",
            "/nodes/0/text",
        ),
        (
            "edges { ... on ThreadEdge { node { body } } }",
            "/edges/0/node/body",
        ),
    ] {
        let list = youth
            .run(&format!("{{ threads {{ {selection} }} }}"), json!({}))
            .await;
        assert_eq!(
            list["threads"].pointer(at).unwrap(),
            "Let us talk.",
            "{selection}"
        );
    }
    let marks =
        "{ threads { nodes { a: viewerHasEndorsed } edges { node { b: viewerIsFollowing } } } }";
    let list = youth.run(marks, json!({})).await["threads"].take();
    assert_eq!(list["nodes"][0]["a"], true);
    assert_eq!(list["edges"][0]["node"]["b"], true);
}

/// A list reads of a row what the document shows: whatever it shows is what
/// the thread alone shows.
#[tokio::test]
async fn each_field_of_a_list_is_that_of_the_thread_alone() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let id = forum.open_concern(&civil).await;
    let officer = forum.sign_in("officer").await;
    let input = json!({ "threadId": id });
    officer.done("acknowledgeConcern", input, "").await;
    let fields = "{ __type(name: \"Thread\") { fields { name type { kind ofType { kind } } } } }";
    let fields = civil.run(fields, json!({})).await["__type"]["fields"].take();
    let mut compared = 0;
    for field in fields.as_array().unwrap() {
        let kinds = [&field["type"]["kind"], &field["type"]["ofType"]["kind"]];
        let name = field["name"].as_str().unwrap();
        let is_leaf = kinds
            .iter()
            .any(|kind| *kind == "SCALAR" || *kind == "ENUM");
        // Only one thread by itself says where its stream stands; a letter is
        // asked for with arguments.
        if !is_leaf || ["cursor", "letter"].contains(&name) {
            continue;
        }
        let both = format!(
            "query($id: ID!) {{ alone: thread(id: $id) {{ {name} }} listed: threads {{ nodes {{ {name} }} }} }}"
        );
        let mut both = civil.run(&both, json!({ "id": id })).await;
        let listed = both["listed"]["nodes"][0].take();
        assert_eq!(listed, both["alone"], "{name}");
        compared += usize::from(!listed[name].is_null());
    }
    assert!(compared > 20, "{compared} fields had something to compare");
}

#[tokio::test]
async fn a_visitors_page_costs_nothing_until_something_is_written() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let id = forum.open_discussion(&civil, "PUBLIC").await;
    let (visitor, page) = (forum.visitor(), |_| json!({ "id": id }));
    let titles = async || visitor.run(PAGE, page(0)).await["thread"]["title"].take();
    titles().await;
    // On a server, another node may have written.
    let statements = statements(&forum, &visitor, PAGE, page).await;
    assert_eq!(statements, u64::from(forum.database.is_postgres()));

    for title in ["Another title", "A third one"] {
        let input = json!({ "threadId": id, "title": title });
        civil.done("editThread", input, "").await;
        assert_eq!(titles().await, title);
    }
}

#[tokio::test]
async fn a_visitors_page_that_shows_another_thread_shows_it_as_it_is() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let shown = open_to("PUBLIC", &forum, &civil).await;
    let other = open_to("PUBLIC", &forum, &civil).await;
    let officer = forum.sign_in("officer").await;
    let concern = json!({ "threadId": shown });
    officer.done("acknowledgeConcern", concern, "").await;
    let outcome = json!({ "duplicate": { "of": other } });
    let answer = json!({ "threadId": shown, "body": "See there.", "outcome": outcome });
    officer.done("respondToConcern", answer, "").await;
    let document = "query($id: ID!) { thread(id: $id) { responses { duplicateOf { title } } } }";
    for title in ["Another title", "A third one"] {
        let input = json!({ "threadId": other, "title": title });
        civil.done("editThread", input, "").await;
        let page = forum.visitor().run(document, json!({ "id": shown })).await;
        assert_eq!(
            page["thread"]["responses"][0]["duplicateOf"]["title"],
            title
        );
    }
}
