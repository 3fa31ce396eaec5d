//! Spam and brigades: the same again, nearly the same by several, and many at
//! once in one thread.

use chrono::Duration;
use serde_json::{Value, json};

use super::newcomers::{added, newcomer, set_rule};
use super::{Square, queue, say};

const ADVERTISEMENT: &str = "Dear brothers and sisters, our new shop near the old bus stand sells \
    phones, chargers and covers at half of the price, come today and bring this message along";

/// A square where nothing waits for being first.
async fn open_square(settings: &[(&str, &str)]) -> Square {
    let square = Square::with(settings).await;
    set_rule(&square.forum, "NEWCOMER", json!({ "heldFirst": 0 })).await;
    square
}

async fn kinds(square: &Square) -> Vec<Value> {
    let waiting = queue(&square.moderator, "subjectId history { kind }").await;
    let kind = |one: &Value| json!([one["subjectId"], one["history"][0]["kind"]]);
    waiting.iter().map(kind).collect()
}

#[tokio::test]
async fn the_same_text_is_refused_to_its_author_for_a_day() {
    let square = open_square(&[]).await;
    let new = newcomer(&square.forum, "new").await;
    let other = newcomer(&square.forum, "other").await;
    let elsewhere = square.forum.open_discussion(&square.civil, "MEMBERS").await;
    say(&new, &square.thread, "Buy here.").await;
    for thread in [&square.thread, &elsewhere] {
        let input = json!({ "threadId": thread, "body": "Buy here." });
        assert_eq!(new.refused("addPost", input).await, "DUPLICATE");
    }
    say(&other, &square.thread, "Buy here.").await;
    square.forum.clock.advance(Duration::hours(24));
    say(&new, &square.thread, "Buy here.").await;
}

#[tokio::test]
async fn nearly_the_same_by_new_accounts_waits_and_another_text_does_not() {
    let square = open_square(&[]).await;
    let [first, second, third] = [
        newcomer(&square.forum, "first").await,
        newcomer(&square.forum, "second").await,
        newcomer(&square.forum, "third").await,
    ];
    let thread = &square.thread;
    // What established members write is compared with nothing.
    say(&square.civil, thread, ADVERTISEMENT).await;
    assert_eq!(added(&first, thread, ADVERTISEMENT).await, "VISIBLE");
    let changed = ADVERTISEMENT.replace("sisters", "friends");
    assert_eq!(added(&first, thread, &changed).await, "HELD");
    let changed = ADVERTISEMENT.replace("phones", "mobiles");
    assert_eq!(added(&second, thread, &changed).await, "HELD");
    let other = "The shop near the old bus stand was searched by the police today, and the \
                 phones of my brothers were taken along without a message to anybody at home";
    assert_eq!(added(&second, thread, other).await, "VISIBLE");
    // Of few words nothing is said.
    assert_eq!(added(&second, thread, "I agree.").await, "VISIBLE");
    assert_eq!(added(&third, thread, "I agree.").await, "VISIBLE");
    let waiting = kinds(&square).await;
    assert_eq!(waiting.len(), 2);
    assert!(
        waiting.iter().all(|one| one[1] == "NEAR_DUPLICATE"),
        "{waiting:?}"
    );
    square.forum.clock.advance(Duration::hours(24));
    assert_eq!(added(&third, thread, ADVERTISEMENT).await, "VISIBLE");
}

#[tokio::test]
async fn what_is_said_among_few_is_compared_with_nothing() {
    let square = open_square(&[]).await;
    let first = newcomer(&square.forum, "first").await;
    let second = newcomer(&square.forum, "second").await;
    let concern = square.forum.open_concern(&first).await;
    assert_eq!(added(&first, &concern, ADVERTISEMENT).await, "VISIBLE");
    let changed = ADVERTISEMENT.replace("phones", "mobiles");
    assert_eq!(added(&second, &square.thread, &changed).await, "VISIBLE");
}

#[tokio::test]
async fn a_burst_of_newcomers_brings_the_thread_before_the_moderators_once() {
    let settings = [
        ("moderation.burst_posts", "3"),
        ("moderation.burst_minutes", "10"),
    ];
    let square = open_square(&settings).await;
    let thread = &square.thread;
    let mut new = Vec::new();
    for login in ["one", "two", "three"] {
        new.push(newcomer(&square.forum, login).await);
    }
    for n in 0..5 {
        say(&square.civil, thread, &n.to_string()).await;
    }
    say(&new[0], thread, "Shame.").await;
    say(&new[1], thread, "Shame!").await;
    square.forum.clock.advance(Duration::minutes(10));
    say(&new[2], thread, "Shame on them.").await;
    say(&new[0], thread, "Shame on all.").await;
    assert_eq!(kinds(&square).await, [Value::Null; 0]);
    say(&new[1], thread, "Shame on you.").await;
    assert_eq!(kinds(&square).await, [json!([thread, "BURST"])]);
    say(&new[2], thread, "Shame on us.").await;
    assert_eq!(kinds(&square).await.len(), 1);
    let id = queue(&square.moderator, "id").await[0]["id"].take();
    let decision = json!({ "reviewableId": id, "decision": "DISAGREE", "text": "A debate." });
    square
        .moderator
        .done("decideReviewable", decision, "")
        .await;
    // What was written before is decided on.
    square.forum.clock.advance(Duration::minutes(1));
    for (who, body) in new.iter().zip(["Again.", "And again.", "And once more."]) {
        assert_eq!(kinds(&square).await, [Value::Null; 0]);
        say(who, thread, body).await;
    }
    assert_eq!(kinds(&square).await, [json!([thread, "BURST"])]);
    assert_eq!(
        square.status(&square.forum.visitor(), thread).await,
        "VISIBLE"
    );
}
