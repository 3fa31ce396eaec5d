//! What authorities demand by law.

use chrono::{DateTime, Duration, Utc};
use mukalma_tests::Client;
use serde_json::{Value, json};

use super::newcomers::newcomer;
use super::{Square, act, flag, modlog, queue, say};
use crate::cases::own_data::{delete, erased};
use crate::cases::transparency::until;

pub(super) fn demand(kind: &str, subject: &Value) -> Value {
    json!({
        "kind": kind, "instrument": "COURT_ORDER", "authority": "A district court",
        "reference": "12/2025", "scope": "The post alone.", "subjectId": subject,
        "receivedOn": "2025-11-17", "noticeBarred": false,
    })
}

/// A demand of whose author the law bars notice until tomorrow, which in Karachi is
/// over at 19:00 UTC.
fn barred(kind: &str, subject: &Value) -> Value {
    let mut input = demand(kind, subject);
    input["noticeBarred"] = json!(true);
    input["noticeBarredUntil"] = json!("2025-11-18");
    input
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
    complied(&square, barred("DISCLOSE", &square.thread)).await;
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
    let demand = registered(&admin, barred("TAKE_DOWN", &square.post)).await;
    let approve = decision(&demand, "APPROVE");
    status(&square.moderator, approve.clone()).await;
    let before = inbox(&square).await;
    status(&second(&square).await, approve).await;
    assert_eq!(inbox(&square).await, before);
    let told = square.sees(&square.civil, &square.post, "moderation { text }");
    assert_eq!(told.await["moderation"], json!([{ "text": null }]));
}

/// Lets time pass until that long after a bar until tomorrow ends, and has done what
/// is due.
async fn after_the_bar(square: &Square, by: Duration) {
    let end: DateTime<Utc> = "2025-11-18T19:00:00Z".parse().unwrap();
    let forum = &square.forum;
    forum.clock.advance(end + by - forum.forum.time());
    forum.forum.run_clocks().await.expect("clocks run");
    // The server looks at clocks itself, and may have it in hand.
    let leased = "SELECT COUNT(*) FROM job WHERE kind = 'bar' AND leased_until IS NOT NULL";
    while counted(square, leased).await > 0 {
        forum.forum.run_clocks().await.expect("clocks run");
    }
}

#[tokio::test]
async fn what_was_barred_is_told_with_the_end_of_its_last_day_in_the_forums_zone() {
    let square = Square::new().await;
    complied(&square, barred("DISCLOSE", &square.post)).await;
    let before = inbox(&square).await;
    after_the_bar(&square, -Duration::minutes(1)).await;
    assert_eq!(told(&square.civil).await, json!([]));
    assert_eq!(inbox(&square).await, before);
    after_the_bar(&square, Duration::zero()).await;
    assert_eq!(told(&square.civil).await[0]["subjectId"], square.post);
    assert_eq!(inbox(&square).await, before + 1);
    after_the_bar(&square, Duration::days(3)).await;
    assert_eq!(inbox(&square).await, before + 1);
}

#[tokio::test]
async fn a_clock_that_jumps_and_two_nodes_tell_of_what_was_barred_once() {
    let square = Square::new().await;
    complied(&square, barred("TAKE_DOWN", &square.post)).await;
    let before = inbox(&square).await;
    let other = square.forum.another_node().await;
    square.forum.clock.advance(Duration::days(9));
    let one = square.forum.forum.run_clocks();
    let (one, two) = tokio::join!(one, other.run_clocks());
    one.and(two).expect("clocks run");
    after_the_bar(&square, Duration::days(10)).await;
    assert_eq!(inbox(&square).await, before + 1);
    let civil = square.forum.sign_in("civil").await;
    assert_eq!(told(&civil).await[0]["kind"], "TAKE_DOWN");
}

#[tokio::test]
async fn what_is_lifted_while_it_is_barred_is_told_as_lifted_once_it_is_not() {
    let square = Square::new().await;
    let (admin, id) = complied(&square, barred("DISCLOSE", &square.post)).await;
    let before = inbox(&square).await;
    status(&admin, decision(&id, "LIFT")).await;
    assert_eq!(inbox(&square).await, before);
    after_the_bar(&square, Duration::zero()).await;
    assert_eq!(inbox(&square).await, before + 1);
    assert_eq!(told(&square.civil).await[0]["status"], "LIFTED");
}

#[tokio::test]
async fn what_takes_effect_after_its_bar_is_told_at_once() {
    let square = Square::new().await;
    let admin = square.forum.sign_in("admin").await;
    let demand = registered(&admin, barred("TAKE_DOWN", &square.post)).await;
    let approve = decision(&demand, "APPROVE");
    status(&square.moderator, approve.clone()).await;
    after_the_bar(&square, Duration::zero()).await;
    let before = inbox(&square).await;
    status(&second(&square).await, approve).await;
    assert_eq!(inbox(&square).await, before + 1);
    let seen = square.sees(&square.civil, &square.post, "moderation { text }");
    let text = "A district court, 12/2025";
    assert_eq!(seen.await["moderation"], json!([{ "text": text }]));
}

#[tokio::test]
async fn a_bar_has_an_end_after_today_and_within_365_days() {
    let square = Square::new().await;
    let admin = square.forum.sign_in("admin").await;
    let bar = |barred: bool, until: Option<&str>| {
        let mut input = demand("DISCLOSE", &square.post);
        input["noticeBarred"] = json!(barred);
        input["noticeBarredUntil"] = json!(until);
        input
    };
    for (barred, until, code) in [
        (true, None, "INVALID"),
        (false, Some("2025-11-18"), "INVALID"),
        (true, Some("2025-11-17"), "NOT_AHEAD"),
        (true, Some("2026-11-18"), "INVALID"),
    ] {
        let payload = admin.act("registerLegalDemand", bar(barred, until), "");
        let error = payload.await["userErrors"][0].take();
        assert_eq!(error["code"], code, "{until:?}");
        assert_eq!(error["field"], json!(["noticeBarredUntil"]), "{until:?}");
    }
    let fields = "legalDemand { noticeBarredUntil }";
    for (barred, until) in [
        (true, Some("2025-11-18")),
        (true, Some("2026-11-17")),
        (false, None),
    ] {
        let made = admin.done("registerLegalDemand", bar(barred, until), fields);
        let end = made.await["legalDemand"]["noticeBarredUntil"].take();
        assert_eq!(end, json!(until));
    }
}

#[tokio::test]
async fn what_is_down_by_order_appears_again_once_the_demand_is_lifted() {
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
    let visitor = square.forum.visitor();
    assert_eq!(square.status(&visitor, &square.post).await, "VISIBLE");
    let log = modlog(&visitor, "act reason moderator").await;
    let entry = json!({ "act": "RESTORE", "reason": "LEGAL_ORDER", "moderator": null });
    assert_eq!(log[0], entry);
}

#[tokio::test]
async fn what_was_put_away_before_an_order_is_put_away_after_it() {
    let square = Square::new().await;
    let bench = bench(&square).await;
    for (who, doing, reason, stands) in [
        (&square.civil, "HOLD", "ABUSE", "HELD"),
        (&square.youth, "MINIMIZE", "SPAM", "MINIMIZED"),
        (&square.expert, "REMOVE", "SPAM", "REMOVED"),
    ] {
        let post = say(who, &square.thread, doing).await;
        let away = act(&post, doing, reason);
        square.moderator.done("moderate", away, "").await;
        let order = ordered(&bench, &post).await;
        status(&bench[0], decision(&order, "LIFT")).await;
        assert_eq!(square.status(who, &post).await, stands);
    }
    let waiting = queue(&square.moderator, "body history { kind reason }").await;
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0]["body"], "HOLD");
    let step = json!({ "kind": "HELD_BY_MODERATOR", "reason": "ABUSE" });
    assert_eq!(waiting[0]["history"][0], step);
}

#[tokio::test]
async fn what_flags_held_before_an_order_is_decided_on_after_it() {
    let square = Square::with(&[("moderation.hold_at", "2")]).await;
    let bench = bench(&square).await;
    for who in [&square.youth, &square.expert] {
        flag(who, &square.post).await;
    }
    assert_eq!(square.status(&square.civil, &square.post).await, "HELD");
    let order = ordered(&bench, &square.post).await;
    status(&bench[0], decision(&order, "LIFT")).await;
    assert_eq!(square.status(&square.civil, &square.post).await, "HELD");
    let waiting = queue(&square.moderator, "id").await;
    let lets = json!({
        "reviewableId": waiting[0]["id"], "decision": "DISAGREE", "text": "Nothing is wrong.",
    });
    square.moderator.done("decideReviewable", lets, "").await;
    assert_eq!(square.status(&square.civil, &square.post).await, "VISIBLE");
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

/// A concern that waits for its first look.
async fn waiting(who: &Client, audience: &str) -> Value {
    let input = json!({
        "title": "A road", "body": "It is shut.", "category": "DRG", "region": "PB",
        "audience": audience,
    });
    let mut raised = who.done("raiseConcern", input, "thread { id }").await;
    raised["thread"]["id"].take()
}

/// An administrator who moderates too, and so sees what waits; and two moderators.
async fn bench(square: &Square) -> [Client; 3] {
    use domain::people::{Constituency, Duty};
    let duties = [Duty::Administrator, Duty::Moderator];
    let install = square.forum.install("both", Constituency::Youth, &duties);
    install.await;
    let second = second(square).await;
    let first = square.forum.sign_in("moderator").await;
    [square.forum.sign_in("both").await, first, second]
}

/// Takes something down by order; gives the demand.
async fn ordered([admin, first, second]: &[Client; 3], subject: &Value) -> Value {
    let demand = registered(admin, demand("TAKE_DOWN", subject)).await;
    let approve = decision(&demand, "APPROVE");
    assert_eq!(status(first, approve.clone()).await, "APPROVED_ONCE");
    assert_eq!(status(second, approve).await, "COMPLIED");
    demand
}

#[tokio::test]
async fn a_concern_that_waits_for_its_first_look_is_taken_down_and_waits_again_once_that_is_over() {
    let square = Square::new().await;
    let bench = bench(&square).await;
    let [admin, first, _] = &bench;
    // What few read no moderator sees once it is removed.
    for (raiser, audience, code) in [
        (&square.youth, "PUBLIC", "ILLEGAL_MOVE"),
        (&square.expert, "CONFIDENTIAL", "NOT_FOUND"),
    ] {
        let concern = waiting(raiser, audience).await;
        let release = json!({ "threadId": concern });
        let order = ordered(&bench, &concern).await;
        assert_eq!(square.status(raiser, &concern).await, "REMOVED");
        let refused = first.refused("releaseThread", release.clone()).await;
        assert_eq!(refused, code);
        status(admin, decision(&order, "LIFT")).await;
        for who in [raiser, first] {
            assert_eq!(square.status(who, &concern).await, "HELD");
        }
        first.done("releaseThread", release, "").await;
        assert_eq!(square.status(raiser, &concern).await, "VISIBLE");
    }
}

#[tokio::test]
async fn what_was_given_back_and_taken_down_is_sent_again_once_no_order_holds() {
    let square = Square::new().await;
    let bench = bench(&square).await;
    let [admin, first, _] = &bench;
    let concern = waiting(&square.youth, "PUBLIC").await;
    let back = json!({ "threadId": concern, "reason": "Say where." });
    first.done("returnThread", back, "").await;
    let mut another = demand("TAKE_DOWN", &concern);
    another["reference"] = json!("13/2025");
    let one = registered(admin, another).await;
    let orders = [ordered(&bench, &concern).await, one];
    let approve = decision(&orders[1], "APPROVE");
    for who in &bench[1..] {
        status(who, approve.clone()).await;
    }
    let again = json!({ "threadId": concern });
    for order in &orders {
        let code = square.youth.refused("resubmitThread", again.clone());
        assert_eq!(code.await, "ILLEGAL_MOVE");
        status(admin, decision(order, "LIFT")).await;
    }
    square.youth.done("resubmitThread", again, "").await;
    assert_eq!(square.status(first, &concern).await, "HELD");
}

#[tokio::test]
async fn what_waits_again_after_an_order_is_due_from_then_on() {
    let square = Square::new().await;
    let bench = bench(&square).await;
    let concern = waiting(&square.youth, "PUBLIC").await;
    let order = ordered(&bench, &concern).await;
    // From Monday to Friday.
    square.forum.clock.advance(Duration::days(4));
    status(&bench[0], decision(&order, "LIFT")).await;
    let seen = square.sees(&square.youth, &concern, "hold { reason dueOn }");
    let waits = json!({ "reason": "FIRST_LOOK", "dueOn": "2025-11-25" });
    assert_eq!(seen.await["hold"], waits);
}

#[tokio::test]
async fn what_was_withdrawn_before_its_first_look_is_down_no_longer_than_the_order_holds() {
    let square = Square::new().await;
    let bench = bench(&square).await;
    for (raiser, audience) in [(&square.youth, "PUBLIC"), (&square.expert, "CONFIDENTIAL")] {
        let concern = waiting(raiser, audience).await;
        let order = ordered(&bench, &concern).await;
        let withdraw = json!({ "threadId": concern });
        raiser.done("withdrawConcern", withdraw, "").await;
        assert_eq!(square.status(raiser, &concern).await, "REMOVED");
        status(&bench[0], decision(&order, "LIFT")).await;
        // Nobody let it appear.
        assert_eq!(square.status(raiser, &concern).await, "HELD");
        let visitor = square.forum.visitor();
        assert_eq!(square.status(&visitor, &concern).await, Value::Null);
    }
}

#[tokio::test]
async fn what_a_moderator_held_is_out_of_the_queue_once_an_order_takes_it_down() {
    let square = Square::new().await;
    let bench = bench(&square).await;
    let [_, first, second] = &bench;
    let officer = square.forum.sign_in("officer").await;
    let concern = square.forum.open_concern(&square.civil).await;
    let post = say(&officer, &concern, "Come to the station.").await;
    flag(&square.civil, &post).await;
    let waiting = queue(first, "id").await;
    let hold = json!({
        "reviewableId": waiting[0]["id"], "decision": "AGREE", "act": "HOLD", "reason": "ABUSE",
        "text": "It is a threat.",
    });
    first.done("decideReviewable", hold, "").await;
    assert_eq!(queue(second, "id").await.len(), 1);
    ordered(&bench, &post).await;
    assert_eq!(square.status(&officer, &post).await, "REMOVED");
    assert!(queue(second, "id").await.is_empty());
    assert_eq!(square.status(second, &concern).await, Value::Null);
}

/// How many events stand in inboxes.
async fn inbox(square: &Square) -> i64 {
    let sql = "SELECT COUNT(*) FROM event WHERE stream LIKE 'i:%' AND kind = 'post.moderated'";
    counted(square, sql).await
}

async fn counted(square: &Square, sql: &str) -> i64 {
    let connection = square.forum.database.connect().await;
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

/// A demand that names a thread by its reference.
fn by_reference(kind: &str, reference: &str) -> Value {
    let mut input = demand(kind, &Value::Null);
    input["subjectReference"] = json!(reference);
    input
}

async fn reference_of(who: &Client, thread: &Value) -> String {
    let document = "query($id: ID!) { thread(id: $id) { reference } }";
    let seen = who.run(document, json!({ "id": thread })).await;
    seen["thread"]["reference"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_an_administrator_does_not_see_is_named_by_its_reference_and_taken_down() {
    let square = Square::new().await;
    let concern = square.forum.open_concern(&square.civil).await;
    let reference = reference_of(&square.civil, &concern).await;
    let (admin, id) = complied(&square, by_reference("TAKE_DOWN", &reference)).await;
    let document = "query($id: ID!, $thread: ID!) { thread: node(id: $thread) { id } \
                    node(id: $id) { ... on LegalDemand { subjectReference subjectId } } }";
    let ids = json!({ "id": id, "thread": concern });
    let named = json!({ "subjectReference": reference, "subjectId": concern });
    // Not one who is on it.
    for who in [admin, square.forum.sign_in("second").await] {
        let seen = who.run(document, ids.clone()).await;
        assert_eq!(seen, json!({ "thread": null, "node": named }));
    }
    assert_eq!(told(&square.civil).await[0]["subjectId"], concern);
    let seen = square.sees(&square.civil, &concern, "moderation { reason }");
    let removed = json!({ "reason": "LEGAL_ORDER" });
    let seen = seen.await["moderation"].take();
    assert!(seen.as_array().unwrap().contains(&removed), "{seen}");
}

#[tokio::test]
async fn a_concern_that_few_read_appears_again_once_no_order_holds_it_down() {
    let square = Square::new().await;
    let concern = square.forum.open_concern(&square.civil).await;
    let reference = reference_of(&square.civil, &concern).await;
    let (admin, id) = complied(&square, by_reference("TAKE_DOWN", &reference)).await;
    assert_eq!(square.status(&square.civil, &concern).await, "REMOVED");
    status(&admin, decision(&id, "LIFT")).await;
    let officer = square.forum.sign_in("officer").await;
    for who in [&square.civil, &officer] {
        assert_eq!(square.status(who, &concern).await, "VISIBLE");
    }
    let hidden = square.status(&square.moderator, &concern).await;
    assert_eq!(hidden, Value::Null);
}

#[tokio::test]
async fn whether_there_is_what_a_demand_names_shows_only_once_two_approve() {
    use domain::reference::{Prefix, Reference};
    let square = Square::new().await;
    let admin = square.forum.sign_in("admin").await;
    let concern = square.forum.open_concern(&square.civil).await;
    let hidden = reference_of(&square.civil, &concern).await;
    let absent = Reference::new(&Prefix::parse("MKL").unwrap(), 2025, [7; 5]);
    let second = second(&square).await;
    let fields = "legalDemand { status subjectId }";
    for (reference, there) in [(hidden.as_str(), true), (absent.as_str(), false)] {
        let input = by_reference("DISCLOSE", reference);
        let id = registered(&admin, input).await;
        let approve = decision(&id, "APPROVE");
        let first = square
            .moderator
            .done("decideLegalDemand", approve.clone(), fields);
        let waits = json!({ "status": "APPROVED_ONCE", "subjectId": null });
        assert_eq!(first.await["legalDemand"], waits);
        if there {
            assert_eq!(status(&second, approve).await, "COMPLIED");
        } else {
            let code = second.refused("decideLegalDemand", approve).await;
            assert_eq!(code, "INVALID");
            assert_eq!(status(&second, decision(&id, "REFUSE")).await, "REFUSED");
        }
    }
}

#[tokio::test]
async fn a_reference_is_named_alone_and_as_it_stands_on_the_paper() {
    let square = Square::new().await;
    let admin = square.forum.sign_in("admin").await;
    let reference = reference_of(&square.civil, &square.thread).await;
    let mut twice = by_reference("PRESERVE", &reference);
    twice["subjectId"] = square.thread.clone();
    for bad in [
        by_reference("PRESERVE", "12/2025"),
        by_reference("PRESERVE", &format!("{reference}0")),
        twice,
    ] {
        let payload = admin.act("registerLegalDemand", bad, "").await;
        let error = &payload["userErrors"][0];
        assert_eq!(error["code"], "INVALID", "{payload}");
        assert_eq!(error["field"], json!(["subjectReference"]), "{payload}");
    }
    let typed = by_reference("PRESERVE", &reference.to_lowercase().replace('-', " "));
    let made = admin.done(
        "registerLegalDemand",
        typed,
        "legalDemand { subjectReference }",
    );
    let made = made.await["legalDemand"]["subjectReference"].take();
    assert_eq!(made, reference);
}

#[tokio::test]
async fn the_same_paper_is_registered_again_only_once_it_was_refused_or_lifted() {
    let square = Square::new().await;
    let (admin, first) = complied(&square, demand("DISCLOSE", &square.post)).await;
    let same = demand("DISCLOSE", &square.post);
    let again = admin.refused("registerLegalDemand", same.clone()).await;
    assert_eq!(again, "ALREADY_PROPOSED");
    let mut other = same.clone();
    other["reference"] = json!("Another number");
    registered(&admin, other).await;
    assert_eq!(status(&admin, decision(&first, "LIFT")).await, "LIFTED");
    registered(&admin, same).await;
}

#[tokio::test]
async fn nobody_decides_on_a_demand_about_what_he_wrote_himself() {
    let square = Square::new().await;
    let admin = square.forum.sign_in("admin").await;
    let own = say(&square.moderator, &square.thread, "Be kind.").await;
    let demand = registered(&admin, demand("TAKE_DOWN", &own)).await;
    for decided in ["APPROVE", "REFUSE"] {
        let input = decision(&demand, decided);
        let code = square.moderator.refused("decideLegalDemand", input).await;
        assert_eq!(code, "CONFLICT_OF_INTEREST", "{decided}");
    }
    let refusal = decision(&demand, "REFUSE");
    let refused = status(&second(&square).await, refusal).await;
    assert_eq!(refused, "REFUSED");
}

#[tokio::test]
async fn whoever_wrote_what_a_demand_names_by_its_reference_does_not_refuse_it() {
    let square = Square::new().await;
    let [author, ..] = bench(&square).await;
    let admin = square.forum.sign_in("admin").await;
    let own = square.forum.open_discussion(&author, "PUBLIC").await;
    let reference = reference_of(&author, &own).await;
    let demand = registered(&admin, by_reference("DISCLOSE", &reference)).await;
    for decided in ["REFUSE", "APPROVE"] {
        let code = author.refused("decideLegalDemand", decision(&demand, decided));
        assert_eq!(code.await, "CONFLICT_OF_INTEREST", "{decided}");
    }
}

#[tokio::test]
async fn whoever_wrote_what_an_order_took_down_does_not_lift_it() {
    let square = Square::new().await;
    let [author, first, second] = bench(&square).await;
    let admin = square.forum.sign_in("admin").await;
    let own = say(&author, &square.thread, "I decide here.").await;
    let order = ordered(&[admin.clone(), first, second], &own).await;
    let lift = decision(&order, "LIFT");
    let code = author.refused("decideLegalDemand", lift.clone()).await;
    assert_eq!(code, "CONFLICT_OF_INTEREST");
    assert_eq!(status(&admin, lift).await, "LIFTED");
}

#[tokio::test]
async fn what_nobody_looked_at_before_an_order_does_not_appear_after_it() {
    let square = Square::new().await;
    let bench = bench(&square).await;
    let new = newcomer(&square.forum, "new").await;
    let input = json!({
        "kind": "DISCUSSION", "title": "Talk", "body": "Let us talk.", "audience": "PUBLIC",
    });
    let made = new.done("startThread", input, "thread { id status }").await;
    assert_eq!(made["thread"]["status"], "HELD");
    let talk = &made["thread"]["id"];
    let order = ordered(&bench, talk).await;
    status(&bench[0], decision(&order, "LIFT")).await;
    assert_eq!(square.status(&new, talk).await, "HELD");
    assert!(queue(&square.moderator, "id").await.is_empty());
}

#[tokio::test]
async fn what_moderators_found_wrong_while_an_order_held_does_not_appear_after_it() {
    let square = Square::new().await;
    let bench = bench(&square).await;
    flag(&square.youth, &square.post).await;
    let waiting = queue(&square.moderator, "id").await;
    let order = ordered(&bench, &square.post).await;
    let agreed = json!({
        "reviewableId": waiting[0]["id"], "decision": "AGREE", "text": "It is spam.",
    });
    square.moderator.done("decideReviewable", agreed, "").await;
    status(&bench[0], decision(&order, "LIFT")).await;
    assert_eq!(square.status(&square.civil, &square.post).await, "REMOVED");
}

#[tokio::test]
async fn what_its_author_erased_while_an_order_held_does_not_appear_after_it() {
    let square = Square::new().await;
    let bench = bench(&square).await;
    let post = say(&square.youth, &square.thread, "I was there.").await;
    let order = ordered(&bench, &post).await;
    delete(&square.youth, "ERASE").await;
    erased(&square.forum).await;
    let admin = square.forum.sign_in("both").await;
    status(&admin, decision(&order, "LIFT")).await;
    assert_eq!(square.status(&square.civil, &post).await, Value::Null);
}
