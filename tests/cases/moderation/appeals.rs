//! Appeals: who looks again, by when, and what comes of it.

use std::sync::atomic::{AtomicU32, Ordering};

use chrono::Duration;
use mukalma_tests::Client;
use serde_json::{Value, json};

use super::acts::acts_in;
use super::{Square, act, flag, modlog, official, queue, say};

/// A second moderator, who decides on what the first did.
pub(super) async fn second(square: &Square) -> Client {
    let admin = square.forum.sign_in("admin").await;
    let seen = square
        .expert
        .run("{ viewer { account { id } } }", json!({}))
        .await;
    let input = json!({ "account": seen["viewer"]["account"]["id"], "duty": "MODERATOR" });
    admin.done("grantDuty", input, "").await;
    square.forum.sign_in("expert").await
}

/// A post that a moderator removed, and the entry of it as its author sees it.
async fn removed(square: &Square) -> (Value, Value) {
    static SAID: AtomicU32 = AtomicU32::new(0);
    let words = format!(
        "They take {} bribes there.",
        SAID.fetch_add(1, Ordering::Relaxed)
    );
    let post = say(&square.youth, &square.thread, &words).await;
    let input = act(&post, "REMOVE", "ABUSE");
    square.moderator.done("moderate", input, "").await;
    let fields = "moderation { id viewerCanAppeal }";
    let mut seen = square.sees(&square.youth, &post, fields).await;
    assert_eq!(seen["moderation"][0]["viewerCanAppeal"], true);
    (post, seen["moderation"][0]["id"].take())
}

fn appeal_of(entry: &Value) -> Value {
    json!({ "entryId": entry, "text": "It is true, and no insult." })
}

async fn appealed(square: &Square, entry: &Value) -> Value {
    let fields = "appeal { id dueOn outcome isOverdue viewerCanDecide }";
    let mut made = square.youth.done("appeal", appeal_of(entry), fields).await;
    assert_eq!(made["appeal"]["outcome"], Value::Null);
    assert_eq!(made["appeal"]["viewerCanDecide"], false);
    made["appeal"]["id"].take()
}

fn decision(appeal: &Value, outcome: &str) -> Value {
    json!({ "appealId": appeal, "outcome": outcome, "text": "We looked again." })
}

#[tokio::test]
async fn whoever_may_appeal_is_told_until_when() {
    let square = Square::with(&[("moderation.appeal_days", "7")]).await;
    let (post, _) = removed(&square).await;
    let told = async || {
        let fields = "moderation { appealUntil viewerCanAppeal }";
        square.sees(&square.youth, &post, fields).await["moderation"][0].take()
    };
    let until = told().await["appealUntil"].take();
    assert!(
        until.as_str().unwrap().starts_with("2025-11-24T"),
        "{until}"
    );
    square.forum.clock.advance(Duration::days(7));
    let over = json!({ "appealUntil": null, "viewerCanAppeal": false });
    assert_eq!(told().await, over);
}

#[tokio::test]
async fn an_appeal_that_wins_takes_back_what_was_done() {
    let square = Square::new().await;
    let second = second(&square).await;
    let (post, entry) = removed(&square).await;
    let appeal = appealed(&square, &entry).await;
    let input = decision(&appeal, "OVERTURNED");
    let own = square
        .moderator
        .refused("decideAppeal", input.clone())
        .await;
    assert_eq!(own, "CONFLICT_OF_INTEREST");
    second
        .done("decideAppeal", input.clone(), "appeal { outcome }")
        .await;
    assert_eq!(
        square.status(&square.forum.visitor(), &post).await,
        "VISIBLE"
    );
    assert_eq!(
        second.refused("decideAppeal", input).await,
        "ALREADY_DECIDED"
    );
    let log = modlog(&square.forum.visitor(), "act reason reversesId").await;
    for told in [
        json!({ "act": "OVERTURN", "reason": "APPEALED", "reversesId": null }),
        json!({ "act": "RESTORE", "reason": "APPEALED", "reversesId": entry }),
    ] {
        assert!(log[..2].contains(&told), "{told} in {log:?}");
    }
    // In its thread it is seen to be undone, and that he appealed by that alone.
    let acts = acts_in(&square.forum.visitor(), &square.thread).await;
    assert_eq!(acts, ["RELEASE", "REMOVE", "RESTORE"]);
    let fields = "moderation { id appealOutcome viewerCanAppeal }";
    let told = square.sees(&square.youth, &post, fields).await;
    let told = told["moderation"].as_array().unwrap();
    let of_entry = told.iter().find(|one| one["id"] == entry).unwrap();
    assert_eq!(of_entry["appealOutcome"], "OVERTURNED");
}

#[tokio::test]
async fn an_appeal_that_loses_leaves_it_and_says_why() {
    let square = Square::new().await;
    let second = second(&square).await;
    let (post, entry) = removed(&square).await;
    let appeal = appealed(&square, &entry).await;
    second
        .done("decideAppeal", decision(&appeal, "UPHELD"), "")
        .await;
    assert_eq!(
        square.status(&square.forum.visitor(), &post).await,
        Value::Null
    );
    let document = "query($id: ID!) { node(id: $id) { ... on Appeal { outcome outcomeText } } }";
    let told = square.youth.run(document, json!({ "id": appeal })).await;
    let expected = json!({ "outcome": "UPHELD", "outcomeText": "We looked again." });
    assert_eq!(told["node"], expected);
    assert_eq!(modlog(&square.expert, "act").await[0]["act"], "UPHOLD");
    let again = square.youth.refused("appeal", appeal_of(&entry)).await;
    assert_eq!(again, "ALREADY_APPEALED");
}

#[tokio::test]
async fn nobody_appeals_twice_nor_for_another_nor_too_late() {
    let square = Square::with(&[("moderation.appeal_days", "30")]).await;
    let (_, entry) = removed(&square).await;
    for who in [&square.civil, &square.expert, &square.moderator] {
        assert_eq!(who.refused("appeal", appeal_of(&entry)).await, "NOT_FOUND");
    }
    assert_eq!(
        square.youth.refused("appeal", appeal_of(&json!("x"))).await,
        "NOT_FOUND"
    );
    appealed(&square, &entry).await;
    let again = square.youth.refused("appeal", appeal_of(&entry)).await;
    assert_eq!(again, "ALREADY_APPEALED");
    let (post, entry) = removed(&square).await;
    let input = act(&post, "RESTORE", "MISTAKEN");
    square.moderator.done("moderate", input, "").await;
    assert_eq!(
        square.youth.refused("appeal", appeal_of(&entry)).await,
        "INVALID"
    );
    let seen = square.sees(&square.youth, &post, "moderation { id }").await;
    let restored = &seen["moderation"][0]["id"];
    assert_eq!(
        square.youth.refused("appeal", appeal_of(restored)).await,
        "INVALID"
    );
    let (_, late) = removed(&square).await;
    let (_, in_time) = removed(&square).await;
    square
        .forum
        .clock
        .advance(Duration::days(30) - Duration::seconds(1));
    let youth = square.forum.sign_in("youth").await;
    youth.done("appeal", appeal_of(&in_time), "").await;
    square.forum.clock.advance(Duration::seconds(1));
    let youth = square.forum.sign_in("youth").await;
    assert_eq!(youth.refused("appeal", appeal_of(&late)).await, "INVALID");
}

#[tokio::test]
async fn a_moderator_who_becomes_an_official_decides_on_no_appeal() {
    let square = Square::new().await;
    second(&square).await;
    let (post, entry) = removed(&square).await;
    let appeal = appealed(&square, &entry).await;
    let official = official(&square.forum, "expert").await;
    for outcome in ["UPHELD", "OVERTURNED"] {
        let input = decision(&appeal, outcome);
        let code = official.refused("decideAppeal", input).await;
        assert_eq!(code, "FORBIDDEN", "{outcome}");
    }
    let visitor = square.forum.visitor();
    assert_eq!(square.status(&visitor, &post).await, Value::Null);
    // Another moderator still does.
    let another = super::queue::second(&square.forum).await;
    let input = decision(&appeal, "OVERTURNED");
    another.done("decideAppeal", input, "").await;
    assert_eq!(square.status(&visitor, &post).await, "VISIBLE");
}

#[tokio::test]
async fn an_appeal_waits_in_the_moderators_list_until_it_is_late() {
    let square = Square::with(&[("moderation.appeal_working_days", "2")]).await;
    let (_, entry) = removed(&square).await;
    let appeal = appealed(&square, &entry).await;
    let list = "{ viewer { moderationDesk { appeals(first: 5) { totalCount \
                nodes { id isOverdue viewerCanDecide text entry { act } } } } } }";
    let seen = square.moderator.run(list, json!({})).await;
    let node = json!({
        "id": appeal, "isOverdue": false, "viewerCanDecide": false,
        "text": "It is true, and no insult.", "entry": { "act": "REMOVE" },
    });
    assert_eq!(
        seen["viewer"]["moderationDesk"]["appeals"]["nodes"][0],
        node
    );
    assert_eq!(seen["viewer"]["moderationDesk"]["appeals"]["totalCount"], 1);
    // It is Monday: Wednesday is the last day.
    square.forum.clock.advance(Duration::days(3));
    let second = second(&square).await;
    let seen = second.run(list, json!({})).await;
    let node = &seen["viewer"]["moderationDesk"]["appeals"]["nodes"][0];
    assert_eq!(
        (&node["isOverdue"], &node["viewerCanDecide"]),
        (&json!(true), &json!(true))
    );
    second
        .done("decideAppeal", decision(&appeal, "UPHELD"), "")
        .await;
    let seen = second.run(list, json!({})).await;
    assert_eq!(
        seen["viewer"]["moderationDesk"]["appeals"]["nodes"],
        json!([])
    );
}

#[tokio::test]
async fn whoever_decides_on_a_redaction_reads_what_stood_there_and_the_log_says_so() {
    let square = Square::with(&[("moderation.appeal_days", "30")]).await;
    let second = second(&square).await;
    let post = say(&square.youth, &square.thread, "The shop of Gul sells it.").await;
    let seen = square.sees(&square.moderator, &post, "version").await;
    let input = json!({
        "subjectId": post, "spans": [{ "start": 12, "end": 15, "kind": "NAME" }],
        "reason": "PERSONAL_INFORMATION", "text": "A name.", "expectedVersion": seen["version"],
    });
    square.moderator.done("redact", input, "").await;
    let seen = square.sees(&square.youth, &post, "moderation { id }").await;
    let appeal = appealed(&square, &seen["moderation"][0]["id"]).await;
    let document = "query($id: ID!) { node(id: $id) { ... on Appeal { original { body } } } }";
    let read = |who: Client| {
        let id = appeal.clone();
        async move { who.run(document, json!({ "id": id })).await["node"]["original"].take() }
    };
    let original = json!({ "body": "The shop of Gul sells it." });
    assert_eq!(read(square.youth.clone()).await, original);
    assert_eq!(read(square.moderator.clone()).await, Value::Null);
    assert_eq!(read(square.civil.clone()).await, Value::Null);
    assert_eq!(read(second.clone()).await, original);
    let log = crate::cases::audit::told(&square.forum, "view").await;
    assert!(log.iter().any(|line| line.contains("ORIGINAL")), "{log:?}");
    // As long as nobody decided it is not destroyed.
    square.forum.clock.advance(Duration::days(31));
    square.forum.forum.forget_over().await.unwrap();
    let second = square.forum.sign_in("expert").await;
    second
        .done("decideAppeal", decision(&appeal, "OVERTURNED"), "")
        .await;
    let seen = square.sees(&second, &post, "body").await;
    assert_eq!(seen["body"], "The shop of Gul sells it.");
}

#[tokio::test]
async fn an_appeal_that_wins_takes_back_no_other_act() {
    let square = Square::new().await;
    let second = second(&square).await;
    let post = say(&square.youth, &square.thread, "They take bribes there.").await;
    for (doing, reason) in [("MINIMIZE", "OFF_TOPIC"), ("REMOVE", "SPAM")] {
        let input = act(&post, doing, reason);
        square.moderator.done("moderate", input, "").await;
    }
    let told = square.sees(&square.youth, &post, "moderation { id act }");
    let mut told = told.await["moderation"].take();
    assert_eq!(told[1]["act"], "MINIMIZE");
    let appeal = appealed(&square, &told[1]["id"].take()).await;
    let input = decision(&appeal, "OVERTURNED");
    second.done("decideAppeal", input, "").await;
    let status = square.status(&square.forum.visitor(), &post).await;
    assert_eq!(status, Value::Null);
}

#[tokio::test]
async fn whoever_agreed_to_what_flags_held_decides_on_no_appeal_against_that() {
    let square = Square::with(&[("moderation.hold_at", "2")]).await;
    let another = super::queue::second(&square.forum).await;
    let post = say(&square.youth, &square.thread, "They take bribes there.").await;
    for who in [&square.civil, &square.expert] {
        flag(who, &post).await;
    }
    let told = square.sees(&square.youth, &post, "moderation { id reason }");
    let told = told.await["moderation"][0].take();
    assert_eq!(told["reason"], "FLAGGED");
    let appeal = appealed(&square, &told["id"]).await;
    let waiting = queue(&square.moderator, "id").await;
    let agree = json!({
        "reviewableId": waiting[0]["id"], "decision": "AGREE", "act": "REMOVE", "reason": "ABUSE",
        "text": "It insults.",
    });
    square.moderator.done("decideReviewable", agree, "").await;
    let list = "{ viewer { moderationDesk { appeals(first: 5) { nodes { viewerCanDecide } } } } }";
    for (who, may) in [(&square.moderator, false), (&another, true)] {
        let seen = who.run(list, json!({})).await;
        let seen = &seen["viewer"]["moderationDesk"]["appeals"]["nodes"];
        assert_eq!(*seen, json!([{ "viewerCanDecide": may }]));
    }
    let input = decision(&appeal, "UPHELD");
    let code = square
        .moderator
        .refused("decideAppeal", input.clone())
        .await;
    assert_eq!(code, "CONFLICT_OF_INTEREST");
    // As what comes back into the queue after an upgrade.
    let reopened = "UPDATE reviewable SET decision = NULL, decider = NULL, decided_at = NULL";
    let reopened = crate::cases::audit::by_hand(&square.forum, reopened).await;
    assert_eq!(reopened.unwrap(), 1);
    let code = square
        .moderator
        .refused("decideAppeal", input.clone())
        .await;
    assert_eq!(code, "CONFLICT_OF_INTEREST");
    another.done("decideAppeal", input, "").await;
}

#[tokio::test]
async fn an_appeal_that_wins_lets_appear_what_a_moderator_left_held() {
    let square = Square::with(&[("moderation.hold_at", "2")]).await;
    let another = super::queue::second(&square.forum).await;
    let post = say(&square.youth, &square.thread, "They take bribes there.").await;
    for who in [&square.civil, &square.expert] {
        flag(who, &post).await;
    }
    let waiting = queue(&square.moderator, "id").await;
    let agree = json!({
        "reviewableId": waiting[0]["id"], "decision": "AGREE", "act": "HOLD", "reason": "ABUSE",
        "text": "It insults.",
    });
    square.moderator.done("decideReviewable", agree, "").await;
    let told = square.sees(&square.youth, &post, "moderation { id reason }");
    let told = told.await["moderation"][0].take();
    assert_eq!(told["reason"], "ABUSE");
    let appeal = appealed(&square, &told["id"]).await;
    let input = decision(&appeal, "OVERTURNED");
    another.done("decideAppeal", input, "").await;
    let status = square.status(&square.forum.visitor(), &post).await;
    assert_eq!(status, "VISIBLE");
}
