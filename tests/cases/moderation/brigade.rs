//! Spam and brigades: the same again, nearly the same by several, at once or by
//! changing what was there, and many at once in one thread.

use chrono::Duration;
use mukalma_tests::Client;
use serde_json::{Value, json};

use super::newcomers::{added, newcomer, set_rule};
use super::{Square, flag, modlog, queue, say};

const ADVERTISEMENT: &str = "Dear brothers and sisters, our new shop near the old bus stand sells \
    phones, chargers and covers at half of the price, come today and bring this message along";

/// A square where nothing waits for being first.
async fn open_square(settings: &[(&str, &str)]) -> Square {
    let square = Square::with(settings).await;
    set_rule(&square.forum, "NEWCOMER", json!({ "heldFirst": 0 })).await;
    square
}

/// Two who are new.
async fn two(square: &Square) -> [Client; 2] {
    [
        newcomer(&square.forum, "first").await,
        newcomer(&square.forum, "second").await,
    ]
}

fn text(post: &Value, body: &str) -> Value {
    json!({ "postId": post, "body": body })
}

/// The status of a post whose text is changed now.
async fn changed(who: &Client, post: &Value, body: &str) -> Value {
    let done = who.done("editPost", text(post, body), "post { status }");
    done.await["post"]["status"].take()
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
async fn the_same_few_words_by_new_accounts_wait_and_a_greeting_does_not() {
    let square = open_square(&[]).await;
    let [first, second] = two(&square).await;
    let thread = &square.thread;
    let words = "Cheap phones at the old bus stand!";
    assert_eq!(added(&first, thread, words).await, "VISIBLE");
    let other = "Cheap phones at the new bus stand!";
    assert_eq!(added(&second, thread, other).await, "VISIBLE");
    for again in [
        "CHEAP phones, at the old bus-stand",
        "Cheap phones at the old bus stand...",
    ] {
        assert_eq!(added(&second, thread, again).await, "HELD", "{again}");
    }
    for greeting in ["I agree.", "Thank you very much!"] {
        for who in [&first, &second] {
            assert_eq!(added(who, thread, greeting).await, "VISIBLE", "{greeting}");
        }
    }
}

#[tokio::test]
async fn what_is_said_among_few_is_compared_with_nothing() {
    let square = open_square(&[]).await;
    let [first, second] = two(&square).await;
    let concern = square.forum.open_concern(&first).await;
    assert_eq!(added(&first, &concern, ADVERTISEMENT).await, "VISIBLE");
    let other = ADVERTISEMENT.replace("phones", "mobiles");
    assert_eq!(added(&second, &square.thread, &other).await, "VISIBLE");
    let own = say(&first, &concern, "They came again.").await;
    assert_eq!(changed(&first, &own, &other).await, "VISIBLE");
}

#[tokio::test]
async fn what_is_changed_into_nearly_what_another_new_account_wrote_waits() {
    let square = open_square(&[]).await;
    let [first, second] = two(&square).await;
    let visitor = square.forum.visitor();
    say(&first, &square.thread, ADVERTISEMENT).await;
    let own = say(&second, &square.thread, "I am new here.").await;
    assert_eq!(square.status(&visitor, &own).await, "VISIBLE");
    let near = ADVERTISEMENT.replace("phones", "mobiles");
    assert_eq!(changed(&second, &own, &near).await, "HELD");
    assert_eq!(square.status(&visitor, &own).await, Value::Null);
    let waiting = queue(&square.moderator, "id body history { kind }").await;
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0]["body"], near);
    assert_eq!(waiting[0]["history"], json!([{ "kind": "NEAR_DUPLICATE" }]));
    let log = modlog(&visitor, "act reason moderator").await;
    let entry = json!({ "act": "HOLD", "reason": "UNREAD", "moderator": null });
    assert_eq!(log[0], entry);
    let decision = json!({
        "reviewableId": waiting[0]["id"], "decision": "DISAGREE", "text": "Two shops.",
    });
    square
        .moderator
        .done("decideReviewable", decision, "")
        .await;
    assert_eq!(square.status(&visitor, &own).await, "VISIBLE");
    // What a moderator found nothing wrong with is corrected freely.
    let corrected = near.to_uppercase();
    assert_eq!(changed(&second, &own, &corrected).await, "VISIBLE");
}

#[tokio::test]
async fn a_flagged_post_that_is_changed_so_waits_in_the_same_place() {
    let square = open_square(&[]).await;
    let [first, second] = two(&square).await;
    say(&first, &square.thread, ADVERTISEMENT).await;
    let own = say(&second, &square.thread, "I am new here.").await;
    flag(&square.youth, &own).await;
    assert_eq!(changed(&second, &own, ADVERTISEMENT).await, "HELD");
    let waiting = queue(&square.moderator, "subjectId flagCount heldByFlags").await;
    let one = json!({ "subjectId": own, "flagCount": 1, "heldByFlags": true });
    assert_eq!(waiting, [one]);
}

#[tokio::test]
async fn a_correction_of_ones_own_text_is_compared_neither_with_it_nor_with_its_copies() {
    let square = open_square(&[]).await;
    let [first, second] = two(&square).await;
    let own = say(&first, &square.thread, ADVERTISEMENT).await;
    for word in ["phones", "handsets", "phones", "mobiles"] {
        let text = ADVERTISEMENT.replace("phones", word);
        assert_eq!(changed(&first, &own, &text).await, "VISIBLE", "{word}");
    }
    let copy = added(&second, &square.thread, ADVERTISEMENT);
    assert_eq!(copy.await, "HELD");
    assert_eq!(changed(&first, &own, ADVERTISEMENT).await, "VISIBLE");
}

#[tokio::test]
async fn what_older_posts_are_changed_into_is_compared_for_a_day() {
    let square = open_square(&[]).await;
    let [first, second] = two(&square).await;
    let third = newcomer(&square.forum, "third").await;
    let mut own = Vec::new();
    for who in [&first, &second, &third] {
        own.push(say(who, &square.thread, "I am new here.").await);
    }
    square.forum.clock.advance(Duration::hours(24));
    assert_eq!(changed(&first, &own[0], ADVERTISEMENT).await, "VISIBLE");
    assert_eq!(changed(&second, &own[1], ADVERTISEMENT).await, "HELD");
    square.forum.clock.advance(Duration::hours(24));
    assert_eq!(changed(&third, &own[2], ADVERTISEMENT).await, "VISIBLE");
}

#[tokio::test]
async fn nobody_new_changes_a_text_into_another_that_he_wrote() {
    let square = open_square(&[]).await;
    let new = newcomer(&square.forum, "new").await;
    say(&new, &square.thread, "Buy here.").await;
    let own = say(&new, &square.thread, "Hello.").await;
    let again = new.refused("editPost", text(&own, "Buy here."));
    assert_eq!(again.await, "DUPLICATE");
    assert_eq!(changed(&new, &own, "Hello.").await, "VISIBLE");
}

#[tokio::test]
async fn whose_next_post_would_wait_as_one_of_his_first_his_changes_wait_too() {
    let square = open_square(&[]).await;
    let new = newcomer(&square.forum, "new").await;
    let own = say(&new, &square.thread, "I am new here.").await;
    for (first, status) in [(1, "VISIBLE"), (2, "HELD")] {
        let rule = json!({ "heldFirst": first });
        set_rule(&square.forum, "NEWCOMER", rule).await;
        let body = format!("I am new here, {first}.");
        assert_eq!(changed(&new, &own, &body).await, status);
    }
    assert_eq!(kinds(&square).await, [json!([own, "FIRST_POST"])]);
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
