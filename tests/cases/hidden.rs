//! What somebody may not see is, for him, not there.

use mukalma_tests::TestForum;
use serde_json::{Value, json};

#[tokio::test]
async fn a_confidential_concern_is_absent_for_everyone_else() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let id = forum.open_concern(&civil).await;
    let reference = civil
        .run(
            "query($id: ID!) { thread(id: $id) { reference } }",
            json!({ "id": id }),
        )
        .await["thread"]["reference"]
        .take();
    for login in ["youth", "expert", "admin", "colleague", "oversight"] {
        let other = forum.sign_in(login).await;
        let document = "query($id: ID!, $reference: String!) { thread(id: $id) { id } \
                        byReference: thread(reference: $reference) { id } node(id: $id) { id } \
                        nodes(ids: [$id]) { id } threads { totalCount nodes { id } } }";
        let seen = other
            .run(document, json!({ "id": id, "reference": reference }))
            .await;
        let nothing = json!({
            "thread": null,
            "byReference": null,
            "node": null,
            "nodes": [null],
            "threads": { "totalCount": 0, "nodes": [] },
        });
        assert_eq!(seen, nothing, "{login}");
        for (act, input) in [
            ("addPost", json!({ "threadId": id, "body": "?" })),
            ("endorseThread", json!({ "threadId": id })),
            ("followThread", json!({ "threadId": id })),
            ("releaseThread", json!({ "threadId": id })),
            ("acknowledgeConcern", json!({ "threadId": id })),
            (
                "giveVerdict",
                json!({ "threadId": id, "verdict": "PARTIAL" }),
            ),
        ] {
            assert_eq!(
                other.refused(act, input).await,
                "NOT_FOUND",
                "{login} {act}"
            );
        }
        let document = "subscription($id: ID!) { threadEvents(threadId: $id) { cursor } }";
        let mut watch = other.watch(document, json!({ "id": id })).await;
        assert_eq!(watch.end().await, "NOT_FOUND", "{login}");
    }
}

#[tokio::test]
async fn what_is_held_is_seen_by_its_author_and_moderators() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let input =
        json!({ "kind": "DISCUSSION", "title": "First", "body": "x", "audience": "PUBLIC" });
    let started = civil.done("startThread", input, "thread { id }").await;
    let id = started["thread"]["id"].clone();
    let document = "query($id: ID!) { thread(id: $id) { status } }";
    for (login, sees) in [
        ("civil", true),
        ("moderator", true),
        ("youth", false),
        ("admin", false),
    ] {
        let client = forum.sign_in(login).await;
        let seen = client.run(document, json!({ "id": id })).await;
        assert_eq!(seen["thread"] != Value::Null, sees, "{login}");
    }
    assert_eq!(
        forum.visitor().run(document, json!({ "id": id })).await["thread"],
        Value::Null
    );
}

#[tokio::test]
async fn an_audience_reads_what_is_for_it() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let document = "query($id: ID!) { thread(id: $id) { id } }";
    let mut table = String::new();
    for audience in ["PUBLIC", "MEMBERS", "CAUCUS"] {
        let id = forum.open_discussion(&civil, audience).await;
        table.push_str(audience);
        for login in [
            "visitor",
            "youth",
            "expert",
            "officer",
            "moderator",
            "admin",
        ] {
            let client = match login {
                "visitor" => forum.visitor(),
                login => forum.sign_in(login).await,
            };
            let seen = client.run(document, json!({ "id": id })).await;
            let mark = if seen["thread"] == Value::Null {
                "-"
            } else {
                "+"
            };
            table.extend([" ", login, mark]);
        }
        table.push('\n');
    }
    insta::assert_snapshot!(table, @r"
    PUBLIC visitor+ youth+ expert+ officer+ moderator+ admin+
    MEMBERS visitor- youth+ expert+ officer+ moderator+ admin+
    CAUCUS visitor- youth+ expert+ officer- moderator+ admin+
    ");
}

#[tokio::test]
async fn sensitive_groups_are_not_shown_beside_a_name() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    forum.open_discussion(&civil, "PUBLIC").await;
    let input = json!({
        "title": "Treatment of witnesses", "body": "x", "category": "TIP", "region": "PB",
        "audience": "PUBLIC", "affectedGroups": ["WOMEN", "SURVIVORS"],
    });
    let raised = civil.done("raiseConcern", input, "thread { id }").await;
    let document = "query($id: ID!) { thread(id: $id) { affectedGroups { code } } }";
    let id = json!({ "id": raised["thread"]["id"] });
    let own = civil.run(document, id.clone()).await;
    let others = forum.sign_in("youth").await.run(document, id).await;
    assert_eq!(
        own["thread"]["affectedGroups"].as_array().map(Vec::len),
        Some(2)
    );
    assert_eq!(
        others["thread"]["affectedGroups"],
        json!([{ "code": "WOMEN" }])
    );
}
