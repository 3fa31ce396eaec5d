//! Where commitments are listed, for whom, and at what cost.

use mukalma_tests::{Client, TestForum};
use serde_json::{Value, json};

use super::super::super::budgets::statements;
use super::super::Stage;
use super::{commitment, done, shown};

const PUBLIC: &str = "query($state: CommitmentState, $first: Int, $after: String) { \
    commitments(filter: { agency: \"POL_PB\", state: $state }, first: $first, after: $after) { \
    totalCount nodes { id statement state } pageInfo { endCursor hasNextPage } } }";

const DESK: &str = "query($state: CommitmentState) { viewer { desk { \
    commitments(filter: { state: $state }) { totalCount nodes { id } } } } }";

/// A concern that everybody reads, with a commitment due on this day.
async fn open(forum: &TestForum, due_on: &str) -> Value {
    let [civil, officer] = [forum.sign_in("civil").await, forum.sign_in("officer").await];
    let input = json!({
        "title": "A concern", "body": "On the road.", "category": "DRG", "region": "PB",
        "audience": "PUBLIC",
    });
    let id = civil.done("raiseConcern", input, "thread { id }").await["thread"]["id"].take();
    officer
        .done("acknowledgeConcern", json!({ "threadId": id }), "")
        .await;
    let input = json!({ "threadId": id, "statement": "Lights.", "dueOn": due_on });
    let made = officer
        .done("makeCommitment", input, "commitment { id }")
        .await;
    made["commitment"]["id"].clone()
}

async fn ids(who: &Client, document: &str, variables: Value, at: &str) -> Vec<Value> {
    let seen = who.run(document, variables).await;
    let list = seen.pointer(at).unwrap();
    let nodes = list["nodes"].as_array().unwrap();
    assert_eq!(list["totalCount"], nodes.len());
    nodes.iter().map(|one| one["id"].clone()).collect()
}

#[tokio::test]
async fn everybody_lists_what_is_public_and_officers_what_is_on_their_desk() {
    let stage = Stage::acknowledged().await;
    let hidden = stage.committed(commitment()).await;
    let later = open(&stage.forum, "2025-12-20").await;
    let sooner = open(&stage.forum, "2025-12-10").await;
    let (public, desk) = ("/commitments", "/viewer/desk/commitments");
    for who in [stage.forum.visitor(), stage.forum.sign_in("youth").await] {
        let all = ids(&who, PUBLIC, json!({}), public).await;
        assert_eq!(all, [sooner.clone(), later.clone()]);
    }
    let all = ids(&stage.officer, DESK, json!({}), desk).await;
    assert_eq!(all, [hidden, sooner.clone(), later.clone()]);
    // A colleague at another desk of the agency does not see the confidential one.
    let all = ids(&stage.colleague, DESK, json!({}), desk).await;
    assert_eq!(all, [sooner.clone(), later.clone()]);
    let confirm = json!({ "commitmentId": sooner });
    stage.civil.done("confirmCommitment", confirm, "").await;
    let kept = json!({ "state": "KEPT" });
    assert_eq!(
        ids(&stage.forum.visitor(), PUBLIC, kept, public).await,
        [sooner]
    );
    let open = json!({ "state": "OPEN" });
    assert_eq!(
        ids(&stage.forum.visitor(), PUBLIC, open, public).await,
        std::slice::from_ref(&later)
    );
    assert_eq!(ids(&stage.colleague, DESK, json!({}), desk).await, [later]);
}

#[tokio::test]
async fn a_list_is_read_in_pages_without_gap_or_repeat() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    forum.open_discussion(&civil, "MEMBERS").await;
    let mut made = Vec::new();
    for day in ["2025-12-10", "2025-12-10", "2025-12-11"] {
        made.push(open(&forum, day).await);
    }
    let (mut read, mut after) = (Vec::new(), Value::Null);
    loop {
        let variables = json!({ "first": 1, "after": after });
        let page = forum.visitor().run(PUBLIC, variables).await["commitments"].take();
        read.extend(
            page["nodes"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one["id"].clone()),
        );
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(read.len(), made.len());
    let whole = ids(&forum.visitor(), PUBLIC, json!({}), "/commitments").await;
    assert_eq!(read, whole);
}

#[tokio::test]
async fn lists_are_one_statement_and_one_for_each_list_in_them() {
    let stage = Stage::acknowledged().await;
    let page = "query($id: ID!) { thread(id: $id) { id commitments { id statement state \
        milestones { number } history { act evidence { url } } } } }";
    let public = "{ commitments(first: 5) { nodes { id statement state thread { id } \
        milestones { number } history { act evidence { url } } } } }";
    for _ in 0..2 {
        stage.committed(commitment()).await;
        open(&stage.forum, "2025-12-10").await;
        let on = |_| json!({ "id": stage.id });
        assert_eq!(statements(&stage.forum, &stage.civil, page, on).await, 5);
        // The list, its threads, milestones, history and evidence.
        let all = |_| json!({});
        assert_eq!(statements(&stage.forum, &stage.civil, public, all).await, 5);
    }
}

#[tokio::test]
async fn a_commitment_is_absent_for_whoever_does_not_see_its_concern() {
    let stage = Stage::acknowledged().await;
    let id = stage.committed(commitment()).await;
    stage.reported_done(&id).await;
    let nothing = json!(
        api::schema::global_id::encode(
            api::schema::global_id::Kind::Commitment,
            uuid::Uuid::from_u128(1)
        )
        .to_string()
    );
    let node = "query($id: ID!) { node(id: $id) { id } }";
    for login in ["youth", "colleague", "oversight", "admin"] {
        let other = stage.forum.sign_in(login).await;
        assert_eq!(shown(&other, &id, "id").await, Value::Null, "{login}");
        for (act, more) in [
            ("confirmCommitment", json!({})),
            ("contestCommitment", json!({ "reason": "x" })),
            ("decideCommitment", json!({ "reason": "x", "kept": true })),
            ("reportProgress", json!({ "note": "x", "percent": 1 })),
            ("withdrawCommitment", json!({ "reason": "x" })),
        ] {
            let of = |id: &Value| {
                let mut input = more.clone();
                input["commitmentId"] = id.clone();
                input
            };
            let [hidden, absent] = [
                other.act(act, of(&id), "").await,
                other.act(act, of(&nothing), "").await,
            ];
            assert_eq!(hidden, absent, "{login} {act}");
            assert_eq!(hidden["userErrors"][0]["code"], "NOT_FOUND");
        }
        let of = |id: &Value| {
            let id = id.clone();
            move |_| json!({ "id": id })
        };
        assert_eq!(
            statements(&stage.forum, &other, node, of(&id)).await,
            statements(&stage.forum, &other, node, of(&nothing)).await,
        );
    }
    // Whoever opens it for an office is noted for the raiser.
    let ledger = stage
        .sees(&stage.civil, "accessLedger { office { name } }")
        .await;
    assert_ne!(ledger["accessLedger"], json!([]));
}

#[tokio::test]
async fn a_list_holds_those_that_stand_so_and_no_others() {
    let forum = TestForum::new().await;
    let [civil, officer] = [forum.sign_in("civil").await, forum.sign_in("officer").await];
    forum.open_discussion(&civil, "MEMBERS").await;
    let mut made = Vec::new();
    for _ in 0..8 {
        made.push(open(&forum, "2025-11-28").await);
    }
    let on = |id: &Value| json!({ "commitmentId": id, "reason": "So" });
    for id in [&made[0], &made[1]] {
        officer.done("reportProgress", done(id), "").await;
    }
    civil.done("contestCommitment", on(&made[1]), "").await;
    let confirm = |id: &Value| json!({ "commitmentId": id });
    civil.done("confirmCommitment", confirm(&made[2]), "").await;
    officer.done("withdrawCommitment", on(&made[4]), "").await;
    let states = async || {
        let all = forum.visitor().run(PUBLIC, json!({})).await["commitments"]["nodes"].take();
        for state in [
            "OPEN",
            "REPORTED_DONE",
            "CONTESTED",
            "LAPSED",
            "KEPT",
            "WITHDRAWN",
        ] {
            let of = json!({ "state": state });
            let listed = ids(&forum.visitor(), PUBLIC, of, "/commitments").await;
            let standing = all.as_array().unwrap().iter();
            let standing = standing.filter(|one| one["state"] == state);
            let standing: Vec<Value> = standing.map(|one| one["id"].clone()).collect();
            assert_eq!(listed, standing, "{state}");
        }
        let all = all.as_array().unwrap().iter();
        let mut all: Vec<&str> = all.map(|one| one["state"].as_str().unwrap()).collect();
        all.sort_unstable();
        all.join(" ")
    };
    assert_eq!(
        states().await,
        "CONTESTED KEPT OPEN OPEN OPEN OPEN REPORTED_DONE WITHDRAWN"
    );
    forum.clock.advance(chrono::Duration::days(12));
    forum.forum.run_clocks().await.expect("clocks run");
    let civil = forum.sign_in("civil").await;
    civil.done("confirmCommitment", confirm(&made[3]), "").await;
    assert_eq!(
        states().await,
        "KEPT KEPT LAPSED LAPSED LAPSED LAPSED LAPSED WITHDRAWN"
    );
}
