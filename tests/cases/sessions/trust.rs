//! Whom the forum trusts with what.

use domain::people::RegistrationMode;
use mukalma_tests::{Client, TestForum};
use serde_json::{Value, json};

use super::{account_id, register};

#[tokio::test]
async fn duties_that_do_not_go_together_are_refused() {
    let forum = TestForum::new().await;
    let admin = forum.sign_in("admin").await;
    let officer = account_id(&forum.sign_in("officer").await).await;
    let civil = account_id(&forum.sign_in("civil").await).await;
    let own = account_id(&admin).await;
    let give = async |account: &Value, duty: &str| {
        let input = json!({ "account": account, "duty": duty });
        let query = "mutation($input: GrantDutyInput!) { grantDuty(input: $input) \
                     { userErrors { code } account { duties } } }";
        admin.run(query, json!({ "input": input })).await["grantDuty"].take()
    };
    for duty in ["MODERATOR", "CUSTODIAN", "CONVENOR", "ADMINISTRATOR"] {
        let refused = give(&officer, duty).await;
        assert_eq!(
            refused["userErrors"][0]["code"], "CONFLICT_OF_INTEREST",
            "{duty}"
        );
    }
    let refused = give(&own, "CUSTODIAN").await;
    assert_eq!(refused["userErrors"][0]["code"], "CONFLICT_OF_INTEREST");
    assert_eq!(
        give(&civil, "CUSTODIAN").await["account"]["duties"],
        json!(["CUSTODIAN"])
    );
    let refused = give(&civil, "ADMINISTRATOR").await;
    assert_eq!(refused["userErrors"][0]["code"], "CONFLICT_OF_INTEREST");
}

#[tokio::test]
async fn what_an_officer_said_keeps_his_name_when_the_office_goes_on() {
    let forum = TestForum::new().await;
    let (civil, admin) = (forum.sign_in("civil").await, forum.sign_in("admin").await);
    let officer = forum.sign_in("officer").await;
    let colleague = forum.sign_in("colleague").await;
    let id = forum.open_concern(&civil).await;
    officer
        .done(
            "addPost",
            json!({ "threadId": id, "body": "On which road?" }),
            "",
        )
        .await;
    let read = "query($id: ID!) { thread(id: $id) { assignedOffice { id } \
                posts { nodes { body author { id name } } } } }";
    let before = civil.run(read, json!({ "id": id })).await["thread"].take();
    assert_eq!(
        colleague
            .refused("acknowledgeConcern", json!({ "threadId": id }))
            .await,
        "NOT_FOUND"
    );

    let hand_over = json!({
        "office": before["assignedOffice"]["id"],
        "from": account_id(&officer).await,
        "to": account_id(&colleague).await,
    });
    assert_eq!(
        officer.refused("handOver", hand_over.clone()).await,
        "FORBIDDEN"
    );
    admin
        .done("handOver", hand_over, "office { id } holders { until }")
        .await;

    // Who has the desk now goes on; who left it sees the concern no longer.
    colleague
        .done("acknowledgeConcern", json!({ "threadId": id }), "")
        .await;
    colleague
        .done("addPost", json!({ "threadId": id, "body": "I see." }), "")
        .await;
    let gone = officer.run(read, json!({ "id": id })).await;
    assert_eq!(gone["thread"], Value::Null);
    let after = civil.run(read, json!({ "id": id })).await["thread"].take();
    let (old, new) = (&after["posts"]["nodes"][0], &after["posts"]["nodes"][1]);
    assert_eq!(*old, before["posts"]["nodes"][0]);
    assert_eq!(old["author"]["name"], "SP Investigation, Lahore");
    assert_ne!(old["author"]["id"], new["author"]["id"]);
}

#[tokio::test]
async fn a_real_forum_takes_no_concern_about_what_somebody_did() {
    for (demonstration, code) in [(false, Some("FORBIDDEN")), (true, None)] {
        let forum = TestForum::with(demonstration, RegistrationMode::Open, &[]).await;
        let civil = forum.sign_in("civil").await;
        let concern = |kind: &str| {
            json!({
                "title": "Students are searched without reason", "body": "Every Friday.",
                "category": "DRG", "region": "PB", "about": { "kind": kind },
            })
        };
        let conduct = civil
            .act("raiseConcern", concern("CONDUCT"), "thread { id }")
            .await;
        assert_eq!(conduct["userErrors"][0]["code"].as_str(), code);
        assert_eq!(conduct["thread"].is_null(), code.is_some());
        civil.done("raiseConcern", concern("PRACTICE"), "").await;
    }
}

#[tokio::test]
async fn the_first_thread_of_an_account_waits_and_the_second_does_not() {
    let forum = TestForum::new().await;
    let (somebody, _) = register(&forum, "somebody").await;
    let thread = |body: &str| json!({ "kind": "QUESTION", "title": "A question", "body": body });
    let start = "thread { id status }";
    for body in ["Who knows?", "Who says so?"] {
        let held = somebody.done("startThread", thread(body), start).await;
        assert_eq!(held["thread"]["status"], "HELD", "none is released yet");
    }
    let held = somebody
        .done("startThread", thread("Who else?"), start)
        .await;
    let release = json!({ "threadId": held["thread"]["id"] });
    assert_eq!(
        somebody.refused("releaseThread", release.clone()).await,
        "FORBIDDEN"
    );
    forum
        .sign_in("moderator")
        .await
        .done("releaseThread", release, "")
        .await;
    let free = somebody
        .done("startThread", thread("Who now?"), start)
        .await;
    assert_eq!(free["thread"]["status"], "VISIBLE");
}

#[tokio::test]
async fn what_is_no_concern_waits_by_the_rules_and_a_concern_whatever_they_say() {
    let forum = TestForum::new().await;
    let admin = forum.sign_in("admin").await;
    let thread = |audience: &str| json!({ "kind": "DISCUSSION", "title": "Talk", "body": audience, "audience": audience });
    let (first, _) = register(&forum, "first").await;
    let (second, _) = register(&forum, "second").await;
    let civil = forum.sign_in("civil").await;
    let status = async |who: &Client, act: &str, input: Value| {
        who.done(act, input, "thread { status }").await["thread"]["status"].take()
    };
    for who in [&first, &civil] {
        assert_eq!(status(who, "startThread", thread("PUBLIC")).await, "HELD");
    }
    // What few are to read is not for every moderator.
    let among_few = status(&first, "startThread", thread("CONFIDENTIAL")).await;
    assert_eq!(among_few, "VISIBLE");
    let rule = json!({
        "tenure": "NEWCOMER", "heldFirst": 0, "linksMax": 1, "postsPerHour": 10,
        "postsPerDay": 30, "minAgeDays": 0, "minPosts": 0,
    });
    admin.done("setPostingRule", rule, "").await;
    for who in [&second, &civil] {
        assert_eq!(
            status(who, "startThread", thread("MEMBERS")).await,
            "VISIBLE"
        );
    }
    let concern = json!({
        "title": "They search us", "body": "Every Friday.", "category": "DRG", "region": "PB",
    });
    assert_eq!(status(&second, "raiseConcern", concern).await, "HELD");
}
