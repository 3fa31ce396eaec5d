//! What authorities demand by law.

use mukalma_tests::Client;
use serde_json::{Value, json};

use super::{Square, act, modlog};
use crate::cases::transparency::until;

pub(super) fn demand(kind: &str, subject: &Value) -> Value {
    json!({
        "kind": kind, "instrument": "COURT_ORDER", "authority": "A district court",
        "reference": "12/2025", "scope": "The post alone.", "subjectId": subject,
        "receivedOn": "2025-11-17", "noticeBarred": false,
    })
}

async fn registered(admin: &Client, input: Value) -> Value {
    let fields = "legalDemand { id status viewerCanDecide }";
    let mut made = admin.done("registerLegalDemand", input, fields).await;
    let expected = json!("REGISTERED");
    assert_eq!(made["legalDemand"]["status"], expected);
    assert_eq!(made["legalDemand"]["viewerCanDecide"], false);
    made["legalDemand"]["id"].take()
}

pub(super) fn decision(demand: &Value, decision: &str) -> Value {
    json!({ "demandId": demand, "decision": decision, "text": "We read it." })
}

pub(super) async fn status(who: &Client, input: Value) -> Value {
    let mut done = who
        .done("decideLegalDemand", input, "legalDemand { status }")
        .await;
    done["legalDemand"]["status"].take()
}

/// A demand that was complied with, and its administrator.
pub(super) async fn complied(square: &Square, input: Value) -> (Client, Value) {
    let admin = square.forum.sign_in("admin").await;
    let demand = registered(&admin, input).await;
    let approve = decision(&demand, "APPROVE");
    status(&square.moderator, approve.clone()).await;
    assert_eq!(status(&second(square).await, approve).await, "COMPLIED");
    (admin, demand)
}

/// Another moderator.
async fn second(square: &Square) -> Client {
    use domain::people::{Constituency, Duty};
    let duties = [Duty::Moderator];
    square
        .forum
        .install("second", Constituency::Expert, &duties)
        .await;
    square.forum.sign_in("second").await
}

#[tokio::test]
async fn two_approve_what_a_third_registered_and_the_post_is_removed_by_order() {
    let square = Square::new().await;
    let admin = square.forum.sign_in("admin").await;
    let demand = registered(&admin, demand("TAKE_DOWN", &square.post)).await;
    let approve = decision(&demand, "APPROVE");
    let own = admin.refused("decideLegalDemand", approve.clone()).await;
    assert_eq!(own, "CONFLICT_OF_INTEREST");
    assert_eq!(
        status(&square.moderator, approve.clone()).await,
        "APPROVED_ONCE"
    );
    let again = square
        .moderator
        .refused("decideLegalDemand", approve.clone())
        .await;
    assert_eq!(again, "CONFLICT_OF_INTEREST");
    let visitor = square.forum.visitor();
    assert_eq!(square.status(&visitor, &square.post).await, "VISIBLE");
    let second = second(&square).await;
    assert_eq!(status(&second, approve.clone()).await, "COMPLIED");
    assert_eq!(square.status(&visitor, &square.post).await, Value::Null);
    assert_eq!(
        second.refused("decideLegalDemand", approve).await,
        "ALREADY_DECIDED"
    );
    let log = modlog(&visitor, "act reason moderator").await;
    let entry = json!({ "act": "REMOVE", "reason": "LEGAL_ORDER", "moderator": null });
    assert_eq!(log[0], entry);
    let told = square.sees(
        &square.civil,
        &square.post,
        "moderation { id reason text viewerCanAppeal }",
    );
    let told = told.await;
    assert_eq!(told["moderation"][0]["text"], "A district court, 12/2025");
    assert_eq!(told["moderation"][0]["reason"], "LEGAL_ORDER");
    assert_eq!(told["moderation"][0]["viewerCanAppeal"], false);
    until(&square.forum, "2026-01-01T00:00:00Z").await;
    let document = "{ transparencyReport { figures(section: DEMANDS) { key measure value } } }";
    let report = visitor.run(document, json!({})).await;
    let figures = json!([
        { "key": "COURT_ORDER", "measure": "COMPLIED", "value": 1 },
        { "key": "COURT_ORDER", "measure": "RECEIVED", "value": 1 },
    ]);
    assert_eq!(report["transparencyReport"]["figures"], figures);
}

/// What somebody is told was demanded of what he wrote.
async fn told(who: &Client) -> Value {
    let fields = "kind authority reference subjectId status";
    let document = format!("{{ viewer {{ account {{ legalDemands {{ {fields} }} }} }} }}");
    let mut seen = who.run(&document, json!({})).await;
    seen["viewer"]["account"]["legalDemands"].take()
}

#[tokio::test]
async fn whoever_wrote_what_is_disclosed_is_told_unless_the_law_bars_it() {
    let square = Square::new().await;
    let mut barred = demand("DISCLOSE", &square.thread);
    barred["noticeBarred"] = json!(true);
    complied(&square, barred).await;
    assert_eq!(told(&square.civil).await, json!([]));
    let admin = square.forum.sign_in("admin").await;
    let open = registered(&admin, demand("DISCLOSE", &square.post)).await;
    let approve = decision(&open, "APPROVE");
    status(&square.moderator, approve.clone()).await;
    assert_eq!(told(&square.civil).await, json!([]));
    status(&square.forum.sign_in("second").await, approve).await;
    let mut expected = json!({
        "kind": "DISCLOSE", "authority": "A district court", "reference": "12/2025",
        "subjectId": square.post, "status": "COMPLIED",
    });
    assert_eq!(told(&square.civil).await, json!([expected]));
    assert_eq!(told(&square.youth).await, json!([]));
    status(&admin, decision(&open, "LIFT")).await;
    expected["status"] = json!("LIFTED");
    assert_eq!(told(&square.civil).await, json!([expected]));
}

#[tokio::test]
async fn one_refuses_and_nothing_is_taken_down() {
    let square = Square::new().await;
    let admin = square.forum.sign_in("admin").await;
    let demand = registered(&admin, demand("TAKE_DOWN", &square.thread)).await;
    let refuse = decision(&demand, "REFUSE");
    assert_eq!(status(&square.moderator, refuse.clone()).await, "REFUSED");
    let visitor = square.forum.visitor();
    assert_eq!(square.status(&visitor, &square.thread).await, "VISIBLE");
    let approve = decision(&demand, "APPROVE");
    assert_eq!(
        second(&square)
            .await
            .refused("decideLegalDemand", approve)
            .await,
        "ALREADY_DECIDED"
    );
}

#[tokio::test]
async fn where_the_law_bars_notice_the_author_is_not_told_live() {
    let square = Square::new().await;
    let admin = square.forum.sign_in("admin").await;
    let mut input = demand("TAKE_DOWN", &square.post);
    input["noticeBarred"] = json!(true);
    let demand = registered(&admin, input).await;
    let approve = decision(&demand, "APPROVE");
    status(&square.moderator, approve.clone()).await;
    let before = inbox(&square).await;
    status(&second(&square).await, approve).await;
    assert_eq!(inbox(&square).await, before);
    let told = square.sees(&square.civil, &square.post, "moderation { text }");
    assert_eq!(told.await["moderation"], json!([{ "text": null }]));
}

#[tokio::test]
async fn what_is_down_by_order_is_restored_once_the_demand_is_lifted() {
    let square = Square::new().await;
    let (admin, id) = complied(&square, demand("TAKE_DOWN", &square.post)).await;
    let restore = act(&square.post, "RESTORE", "MISTAKEN");
    let by_moderator = square.moderator.refused("moderate", restore.clone()).await;
    assert_eq!(by_moderator, "INVALID");
    let lift = decision(&id, "LIFT");
    let fields = "query($id: ID!) { node(id: $id) { ... on LegalDemand { viewerCanLift } } }";
    for (who, may) in [(&square.moderator, false), (&admin, true)] {
        let seen = who.run(fields, json!({ "id": id })).await;
        assert_eq!(seen["node"]["viewerCanLift"], may);
    }
    let code = square.moderator.refused("decideLegalDemand", lift.clone());
    assert_eq!(code.await, "FORBIDDEN");
    assert_eq!(status(&admin, lift.clone()).await, "LIFTED");
    let again = admin.refused("decideLegalDemand", lift).await;
    assert_eq!(again, "ALREADY_DECIDED");
    square.moderator.done("moderate", restore, "").await;
    let visitor = square.forum.visitor();
    assert_eq!(square.status(&visitor, &square.post).await, "VISIBLE");
}

#[tokio::test]
async fn only_what_was_complied_with_is_lifted() {
    let square = Square::new().await;
    let admin = square.forum.sign_in("admin").await;
    let id = registered(&admin, demand("PRESERVE", &square.post)).await;
    let lift = decision(&id, "LIFT");
    let early = admin.refused("decideLegalDemand", lift.clone()).await;
    assert_eq!(early, "INVALID");
    status(&square.moderator, decision(&id, "REFUSE")).await;
    let late = admin.refused("decideLegalDemand", lift).await;
    assert_eq!(late, "ALREADY_DECIDED");
}

/// How many events stand in inboxes.
async fn inbox(square: &Square) -> i64 {
    let connection = square.forum.database.connect().await;
    let sql = "SELECT COUNT(*) FROM event WHERE stream LIKE 'i:%' AND kind = 'post.moderated'";
    let count = |row: sea_orm::QueryResult| row.try_get_by_index::<i64>(0).unwrap();
    crate::cases::introspect::rows(&connection, sql, count).await[0]
}

#[tokio::test]
async fn the_register_is_for_administrators_and_moderators_and_takes_what_fits() {
    let square = Square::new().await;
    let admin = square.forum.sign_in("admin").await;
    let good = demand("TAKE_DOWN", &square.post);
    for who in [&square.youth, &square.moderator] {
        assert_eq!(
            who.refused("registerLegalDemand", good.clone()).await,
            "FORBIDDEN"
        );
    }
    for (field, value, code) in [
        ("authority", json!(" "), "BLANK"),
        ("scope", json!(""), "BLANK"),
        ("receivedOn", json!("2025-11-18"), "INVALID"),
        ("subjectId", Value::Null, "INVALID"),
        ("subjectId", json!("x"), "NOT_FOUND"),
    ] {
        let mut bad = good.clone();
        bad[field] = value;
        assert_eq!(
            admin.refused("registerLegalDemand", bad).await,
            code,
            "{field}"
        );
    }
    let id = registered(&admin, good).await;
    let document = "query($id: ID!) { node(id: $id) { id } \
                    viewer { legalDemands(first: 5) { totalCount nodes { id authority } } } }";
    let seen = square.moderator.run(document, json!({ "id": id })).await;
    assert_eq!(seen["viewer"]["legalDemands"]["totalCount"], 1);
    let seen = square.youth.run(document, json!({ "id": id })).await;
    assert_eq!(
        seen,
        json!({ "node": null, "viewer": { "legalDemands": null } })
    );
    let code = square
        .youth
        .refused("decideLegalDemand", decision(&id, "REFUSE"))
        .await;
    assert_eq!(code, "FORBIDDEN");
}
