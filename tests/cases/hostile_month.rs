//! A hostile month, from outside: a spam wave of new accounts, a post that names
//! a man, a brigade, a moderator who errs, an appeal that wins, and an
//! administrator who edits the database by hand. It ends with a record, a report
//! and a verification that say what happened.

use chrono::Duration;
use domain::people::{Constituency, Duty};
use mukalma_tests::{Client, TestForum};
use serde_json::{Value, json};

use super::audit::{audit, by_hand, told, unguard};
use super::moderation::newcomers::newcomer;
use super::moderation::{Square, act, flag, modlog, queue, say, together};
use super::transparency::until;

const ADVERTISEMENT: &str = "Dear brothers and sisters, our new shop near the old bus stand sells \
    phones, chargers and covers at half of the price, come today and bring this message along";

/// The forum at its beginning, and a second moderator. Whoever is new may speak at
/// once.
async fn begun() -> (Square, Client) {
    let square = Square::with(&[("statistics.least", "1")]).await;
    let duties = [Duty::Moderator];
    let install = square
        .forum
        .install("second", Constituency::Expert, &duties);
    install.await;
    let second = square.forum.sign_in("second").await;
    let admin = square.forum.sign_in("admin").await;
    let rule = json!({
        "tenure": "NEWCOMER", "heldFirst": 0, "linksMax": 1, "postsPerHour": 10,
        "postsPerDay": 30, "minAgeDays": 0, "minPosts": 0,
    });
    admin.done("setPostingRule", rule, "").await;
    (square, second)
}

const QUEUED: &str = "id subjectId heldByFlags history { kind }";

/// A spam wave: three new accounts say nearly the same. The forum itself holds all
/// but the first, which goes by the flags of three members; a moderator agrees, and
/// removes it all.
async fn spam_wave(square: &Square) {
    let visitor = square.forum.visitor();
    let mut wave = Vec::new();
    for (login, word) in [("shop", "phones"), ("sale", "mobiles"), ("bazaar", "sets")] {
        let new = newcomer(&square.forum, login).await;
        let words = ADVERTISEMENT.replace("phones", word);
        wave.push(say(&new, &square.thread, &words).await);
    }
    assert_eq!(square.status(&visitor, &wave[0]).await, "VISIBLE");
    let another = square.forum.another_youth().await;
    for who in [&square.youth, &square.expert, &another] {
        flag(who, &wave[0]).await;
    }
    let waiting = queue(&square.moderator, QUEUED).await;
    let near = |one: &&Value| one["history"][0]["kind"] == "NEAR_DUPLICATE";
    assert_eq!((waiting.len(), waiting.iter().filter(near).count()), (3, 2));
    for one in &waiting {
        assert!(wave.contains(&one["subjectId"]));
        assert_eq!(
            square.status(&visitor, &one["subjectId"]).await,
            Value::Null
        );
        assert_eq!(one["heldByFlags"], true);
        let decision = json!({
            "reviewableId": one["id"], "decision": "AGREE", "act": "REMOVE", "reason": "SPAM",
            "text": "An advertisement.",
        });
        square
            .moderator
            .done("decideReviewable", decision, "")
            .await;
    }
}

/// A post that names a man and his number: its author is asked before, and a
/// moderator strikes it out after.
async fn doxxing(square: &Square) -> Value {
    let words = "Ask Bilal about it, 0300 1234567.";
    let typed = json!({ "threadId": square.thread, "body": words });
    let asked = square.youth.refused("addPost", typed.clone()).await;
    assert_eq!(asked, "PERSONAL_INFORMATION");
    let mut sent = typed;
    sent["confirm"] = json!(true);
    let mut said = square
        .youth
        .done("addPost", sent, "post { id version }")
        .await;
    let redact = json!({
        "subjectId": said["post"]["id"], "expectedVersion": said["post"]["version"],
        "spans": [
            { "start": 4, "end": 9, "kind": "NAME" }, { "start": 20, "end": 32, "kind": "PHONE" },
        ],
        "reason": "PERSONAL_INFORMATION", "text": "It names a private person.",
    });
    square.moderator.done("redact", redact, "").await;
    let seen = square
        .sees(&square.forum.visitor(), &said["post"]["id"], "body")
        .await;
    let left = "Ask \\[removed: name\\] about it, \\[removed: telephone number\\].";
    assert_eq!(seen["body"], left);
    said["post"]["id"].take()
}

/// A brigade of one organization flags a fair post, more of them than would hold it:
/// they count once, and hold nothing, also with somebody else; a moderator disagrees.
async fn brigade(square: &Square) {
    let fair = say(&square.expert, &square.thread, "The figures say otherwise.").await;
    for login in ["recruit", "comrade"] {
        let install = square.forum.install(login, Constituency::Youth, &[]);
        install.await;
    }
    let brigade = ["civil", "student", "recruit", "comrade"];
    let visitor = square.forum.visitor();
    for who in &together(&square.forum, brigade).await {
        flag(who, &fair).await;
    }
    assert_eq!(square.status(&visitor, &fair).await, "VISIBLE");
    flag(&square.youth, &fair).await;
    assert_eq!(square.status(&visitor, &fair).await, "VISIBLE");
    let waiting = queue(&square.moderator, QUEUED).await;
    let [one] = waiting.as_slice() else {
        panic!("one waits: {waiting:?}");
    };
    assert_eq!(
        (&one["subjectId"], &one["heldByFlags"]),
        (&fair, &json!(false))
    );
    let decision = json!({
        "reviewableId": one["id"], "decision": "DISAGREE", "text": "It is no advertisement.",
    });
    square
        .moderator
        .done("decideReviewable", decision, "")
        .await;
    assert_eq!(square.status(&visitor, &fair).await, "VISIBLE");
}

/// A moderator takes a hard word for an insult; its author appeals, and another
/// moderator gives it back.
async fn error_and_appeal(square: &Square, second: &Client) {
    let hard = say(
        &square.youth,
        &square.thread,
        "They look away when the boys are sold.",
    )
    .await;
    let removal = act(&hard, "REMOVE", "ABUSE");
    square.moderator.done("moderate", removal, "").await;
    let told = square.sees(&square.youth, &hard, "moderation { id }").await;
    let appeal = json!({ "entryId": told["moderation"][0]["id"], "text": "It insults nobody." });
    let made = square.youth.done("appeal", appeal, "appeal { id }").await;
    let decision = json!({
        "appealId": made["appeal"]["id"], "outcome": "OVERTURNED", "text": "It is a grave word, and fair.",
    });
    let own = square
        .moderator
        .refused("decideAppeal", decision.clone())
        .await;
    assert_eq!(own, "CONFLICT_OF_INTEREST");
    second.done("decideAppeal", decision, "").await;
    assert_eq!(
        square.status(&square.forum.visitor(), &hard).await,
        "VISIBLE"
    );
}

/// How often each act stands in the record.
async fn recorded(forum: &TestForum, act: &str) -> usize {
    let log = modlog(&forum.visitor(), "act").await;
    log.iter().filter(|one| one["act"] == act).count()
}

#[tokio::test]
async fn a_hostile_month_ends_with_a_record_a_report_and_a_verification_that_tell_it() {
    let (square, second) = begun().await;
    spam_wave(&square).await;
    doxxing(&square).await;
    square.forum.clock.advance(Duration::days(1));
    brigade(&square).await;
    error_and_appeal(&square, &second).await;
    // The record tells every act, and of none what it took away.
    let forum = &square.forum;
    for (act, times) in [
        ("HOLD", 1),
        ("REMOVE", 4),
        ("REDACT", 1),
        ("OVERTURN", 1),
        ("RESTORE", 1),
    ] {
        assert_eq!(recorded(forum, act).await, times, "{act}");
    }
    let log = Value::from(modlog(&forum.visitor(), "act reason text").await).to_string();
    for hidden in ["Bilal", "1234567", "phones", "sold"] {
        assert!(!log.contains(hidden), "{hidden}");
    }
    // So does the report.
    until(forum, "2026-01-01T00:00:00Z").await;
    let document = "{ transparencyReport { figures { section key measure value } } }";
    let report = forum.visitor().run(document, json!({})).await;
    let figures = report["transparencyReport"]["figures"].as_array().unwrap();
    for (section, key, measure, value) in [
        ("ACTS", "HOLD", "FLAGGED", 1),
        ("ACTS", "REMOVE", "SPAM", 3),
        ("ACTS", "REMOVE", "ABUSE", 1),
        ("ACTS", "REDACT", "PERSONAL_INFORMATION", 1),
        ("APPEALS", "REMOVE", "OVERTURNED", 1),
        ("REVERSALS", "REMOVE", "REVERSED", 1),
        ("FLAGS", "SPAM", "AGREE", 3),
        ("FLAGS", "SPAM", "DISAGREE", 5),
        ("DECISIONS", "AGREE", "COUNT", 3),
        ("DECISIONS", "DISAGREE", "COUNT", 1),
    ] {
        let told = json!({ "section": section, "key": key, "measure": measure, "value": value });
        assert!(figures.contains(&told), "{told} in {figures:?}");
    }
    // An administrator makes the error vanish by hand, and is found.
    let (content, said) = audit(forum, &["verify"]).await;
    assert!(content, "{said}");
    let mut error = told(forum, "moderate").await;
    error.retain(|line| line.ends_with("\tREMOVE ABUSE"));
    let index = error[0].split('\t').next().unwrap();
    unguard(forum).await;
    for sql in [
        "UPDATE audit_entry SET body = replace(body, 'REMOVE ABUSE', 'REMOVE SPAM') \
         WHERE body LIKE '%REMOVE ABUSE%'",
        "UPDATE modlog SET code = 'SPAM' WHERE act = 'REMOVE' AND code = 'ABUSE'",
    ] {
        assert_eq!(by_hand(forum, sql).await.unwrap(), 1, "{sql}");
    }
    let (content, said) = audit(forum, &["verify"]).await;
    assert!(!content, "{said}");
    for changed in [
        &*format!("entry {index} was changed"),
        "of the public record was changed",
    ] {
        assert!(said.contains(changed), "{changed} in {said}");
    }
}
