//! Spam and brigades: the same again, nearly the same by several, at once or by
//! changing what was there, many at once in one thread, and the same in several.

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

const OFFER: &str = "Cheap phones at the old bus stand!";

/// The square's own thread and more like it, as many as this together.
async fn threads<const N: usize>(square: &Square, audience: &str) -> [Value; N] {
    let mut all = vec![square.thread.clone(); N];
    for one in &mut all[1..] {
        *one = square.forum.open_discussion(&square.civil, audience).await;
    }
    all.try_into().unwrap()
}

/// What waits although it is read by others.
async fn repeated(square: &Square) -> Vec<Value> {
    let fields = "subjectId heldByFlags flagCount history { kind }";
    let waiting = queue(&square.moderator, fields).await;
    let told = |one: &Value| {
        let history = json!([{ "kind": "REPEATED" }]);
        assert_eq!((&one["history"], &one["flagCount"]), (&history, &json!(0)));
        assert_eq!(one["heldByFlags"], false);
        one["subjectId"].clone()
    };
    waiting.iter().map(told).collect()
}

/// The moderator finds nothing wrong with what waits.
async fn decided(square: &Square) {
    for one in queue(&square.moderator, "id").await {
        let decision = json!({
            "reviewableId": one["id"], "decision": "DISAGREE", "text": "It is no spam.",
        });
        square
            .moderator
            .done("decideReviewable", decision, "")
            .await;
    }
}

#[tokio::test]
async fn what_a_member_repeats_in_a_third_thread_is_put_before_the_moderators_and_stays() {
    let square = Square::new().await;
    let [first, second, third, fourth] = &threads(&square, "PUBLIC").await;
    let visitor = square.forum.visitor();
    // Who says it twice in a thread, or quotes it in another, is no spammer.
    for thread in [first, first, second, second] {
        say(&square.civil, thread, OFFER).await;
    }
    say(&square.civil, third, "Cheap phones at the new bus stand!").await;
    assert_eq!(repeated(&square).await, [Value::Null; 0]);
    let again = say(&square.civil, third, "CHEAP phones, at the old bus-stand").await;
    assert_eq!(repeated(&square).await, std::slice::from_ref(&again));
    assert_eq!(square.status(&visitor, &again).await, "VISIBLE");
    decided(&square).await;
    square.forum.clock.advance(Duration::hours(24));
    say(&square.civil, fourth, OFFER).await;
    assert_eq!(repeated(&square).await, [Value::Null; 0]);
}

#[tokio::test]
async fn while_one_repeated_text_waits_the_same_by_others_adds_nothing() {
    let square = Square::new().await;
    let [first, second, third] = &threads(&square, "PUBLIC").await;
    say(&square.civil, first, ADVERTISEMENT).await;
    say(&square.civil, second, ADVERTISEMENT).await;
    let waits = say(&square.youth, third, ADVERTISEMENT).await;
    for thread in [third, first] {
        say(&square.expert, thread, ADVERTISEMENT).await;
    }
    assert_eq!(repeated(&square).await, [waits]);
    decided(&square).await;
    let again = say(&square.expert, third, ADVERTISEMENT).await;
    assert_eq!(repeated(&square).await, [again]);
}

#[tokio::test]
async fn while_one_repeated_text_waits_another_of_its_author_adds_nothing() {
    let square = Square::new().await;
    let [first, second, third] = &threads(&square, "PUBLIC").await;
    let mut said = Vec::new();
    for words in [OFFER, ADVERTISEMENT] {
        for thread in [first, second, third] {
            said.push(say(&square.civil, thread, words).await);
        }
    }
    assert_eq!(repeated(&square).await, [said[2].clone()]);
    decided(&square).await;
    let again = say(&square.civil, third, ADVERTISEMENT).await;
    assert_eq!(repeated(&square).await, [again]);
}

#[tokio::test]
async fn who_changes_a_post_to_and_fro_is_put_before_the_moderators_once() {
    let square = open_square(&[]).await;
    let [first, second, third] = &threads(&square, "PUBLIC").await;
    let new = newcomer(&square.forum, "new").await;
    let own = say(&new, third, "I am new here.").await;
    say(&square.civil, first, ADVERTISEMENT).await;
    say(&square.youth, second, ADVERTISEMENT).await;
    for body in [ADVERTISEMENT, "I am new here.", ADVERTISEMENT] {
        assert_eq!(changed(&new, &own, body).await, "VISIBLE");
    }
    // Nothing but the one step.
    assert_eq!(repeated(&square).await, [own]);
}

#[tokio::test]
async fn what_others_wrote_and_nobody_reads_is_compared_with_nothing() {
    let square = Square::with(&[("moderation.repeat_threads", "2")]).await;
    let [thread, elsewhere] = &threads(&square, "PUBLIC").await;
    let [first, second] = two(&square).await;
    assert_eq!(added(&first, thread, ADVERTISEMENT).await, "HELD");
    set_rule(&square.forum, "NEWCOMER", json!({ "heldFirst": 0 })).await;
    // Of his own all counts.
    let near = ADVERTISEMENT.replace("sisters", "friends");
    assert_eq!(added(&first, thread, &near).await, "HELD");
    let near = ADVERTISEMENT.replace("phones", "mobiles");
    assert_eq!(added(&second, thread, &near).await, "VISIBLE");
    let again = say(&square.civil, elsewhere, ADVERTISEMENT).await;
    let waiting = kinds(&square).await;
    assert!(
        waiting.iter().all(|one| one[0] != again),
        "{again} in {waiting:?}"
    );
}

#[tokio::test]
async fn a_text_that_gets_another_title_counts_from_when_it_was_said() {
    let square = Square::with(&[("moderation.repeat_threads", "2")]).await;
    let begun = square
        .civil
        .done("startThread", discussion(OFFER), "thread { id }");
    let thread = begun.await["thread"]["id"].take();
    square.forum.clock.advance(Duration::hours(48));
    let title = json!({ "threadId": thread, "title": "Another talk" });
    square.civil.done("editThread", title, "").await;
    say(&square.civil, &square.thread, OFFER).await;
    assert_eq!(repeated(&square).await, [Value::Null; 0]);
}

#[tokio::test]
async fn from_how_many_threads_on_a_repeated_text_is_looked_at_is_set() {
    let square = Square::with(&[("moderation.repeat_threads", "2")]).await;
    let [first, second] = &threads(&square, "PUBLIC").await;
    say(&square.civil, first, OFFER).await;
    assert_eq!(repeated(&square).await, [Value::Null; 0]);
    let again = say(&square.civil, second, OFFER).await;
    assert_eq!(repeated(&square).await, [again]);
}

#[tokio::test]
async fn the_same_long_text_by_several_counts_and_the_same_few_words_do_not() {
    let square = Square::new().await;
    let [first, second, third] = &threads(&square, "PUBLIC").await;
    let by = [
        (first, &square.civil),
        (second, &square.youth),
        (third, &square.expert),
    ];
    for (thread, who) in by {
        say(who, thread, OFFER).await;
    }
    assert_eq!(repeated(&square).await, [Value::Null; 0]);
    let mut last = Value::Null;
    for (thread, who) in by {
        assert_eq!(repeated(&square).await, [Value::Null; 0]);
        last = say(who, thread, ADVERTISEMENT).await;
    }
    assert_eq!(repeated(&square).await, [last]);
}

#[tokio::test]
async fn what_others_repeat_where_not_everyone_reads_counts_there_alone() {
    let square = Square::new().await;
    let [public, second, third, fourth] = &threads(&square, "MEMBERS").await;
    for thread in [second, third] {
        say(&square.civil, thread, ADVERTISEMENT).await;
    }
    say(&square.youth, public, ADVERTISEMENT).await;
    assert_eq!(repeated(&square).await, [Value::Null; 0]);
    let there = say(&square.expert, fourth, ADVERTISEMENT).await;
    assert_eq!(repeated(&square).await, [there]);
    decided(&square).await;
    // What somebody wrote himself counts wherever it was.
    let own = say(&square.civil, public, ADVERTISEMENT).await;
    assert_eq!(repeated(&square).await, [own]);
}

#[tokio::test]
async fn what_is_repeated_among_few_or_in_ones_own_concern_counts_nowhere() {
    let square = Square::new().await;
    let mut concern = public_concern("They come every Friday to the hostel and search us all.");
    let own = raised(&square.civil, &concern).await;
    concern["audience"] = json!("CONFIDENTIAL");
    let sealed = raised(&square.civil, &concern).await;
    for thread in [&own, &sealed, &square.thread] {
        say(&square.civil, thread, OFFER).await;
    }
    let other = square.forum.open_discussion(&square.civil, "PUBLIC").await;
    say(&square.civil, &other, OFFER).await;
    assert_eq!(repeated(&square).await, [Value::Null; 0]);
}

#[tokio::test]
async fn what_somebody_new_changes_a_post_into_is_looked_for_elsewhere_too() {
    let square = open_square(&[]).await;
    let [first, second, third] = &threads(&square, "PUBLIC").await;
    let new = newcomer(&square.forum, "new").await;
    let own = say(&new, third, "I am new here.").await;
    say(&square.civil, first, ADVERTISEMENT).await;
    say(&square.youth, second, ADVERTISEMENT).await;
    assert_eq!(changed(&new, &own, ADVERTISEMENT).await, "VISIBLE");
    assert_eq!(repeated(&square).await, std::slice::from_ref(&own));
    // The same words again, corrected, are no other text.
    assert_eq!(
        changed(&new, &own, &ADVERTISEMENT.to_uppercase()).await,
        "VISIBLE"
    );
    assert_eq!(repeated(&square).await, [own]);
}

#[tokio::test]
async fn what_was_struck_out_of_is_looked_for_no_more() {
    let square = Square::new().await;
    let [first, second, third] = &threads(&square, "PUBLIC").await;
    let post = say(&square.civil, first, OFFER).await;
    say(&square.civil, second, OFFER).await;
    let seen = square.sees(&square.moderator, &post, "version").await;
    let redact = json!({
        "subjectId": post, "expectedVersion": seen["version"],
        "spans": [{ "start": 0, "end": 5, "kind": "OTHER" }],
        "reason": "PERSONAL_INFORMATION", "text": "It says too much.",
    });
    square.moderator.done("redact", redact, "").await;
    say(&square.civil, third, OFFER).await;
    assert_eq!(repeated(&square).await, [Value::Null; 0]);
}

fn discussion(body: &str) -> Value {
    json!({ "kind": "DISCUSSION", "title": "Talk", "body": body, "audience": "PUBLIC" })
}

/// A concern about an agency that everyone is to read.
fn public_concern(body: &str) -> Value {
    json!({
        "title": "The hostel", "body": body, "category": "DRG", "region": "PB",
        "audience": "PUBLIC", "about": { "kind": "PRACTICE", "agency": "NCCIA" },
    })
}

async fn raised(who: &Client, concern: &Value) -> Value {
    let done = who.done("raiseConcern", concern.clone(), "thread { id }");
    done.await["thread"]["id"].take()
}

#[tokio::test]
async fn a_discussion_that_a_newcomer_begins_nearly_as_others_wrote_waits() {
    let square = open_square(&[]).await;
    let [first, second] = two(&square).await;
    let visitor = square.forum.visitor();
    let start = "thread { id status hold { reason } }";
    let begun = first.done("startThread", discussion(ADVERTISEMENT), start);
    assert_eq!(begun.await["thread"]["status"], "VISIBLE");
    let near = ADVERTISEMENT.replace("phones", "mobiles");
    assert_eq!(added(&second, &square.thread, &near).await, "HELD");
    let near = ADVERTISEMENT.replace("phones", "handsets");
    let mut begun = second.done("startThread", discussion(&near), start).await;
    let thread = begun["thread"]["id"].take();
    let held = json!({ "id": null, "status": "HELD", "hold": { "reason": "NEAR_DUPLICATE" } });
    assert_eq!(begun["thread"], held);
    assert_eq!(square.status(&visitor, &thread).await, Value::Null);
    let waiting = queue(&square.moderator, "id subjectId history { kind }").await;
    let one = waiting.iter().find(|one| one["subjectId"] == thread);
    assert_eq!(waiting.len(), 2);
    let decision = json!({
        "reviewableId": one.unwrap()["id"], "decision": "DISAGREE", "text": "Two shops.",
    });
    square
        .moderator
        .done("decideReviewable", decision, "")
        .await;
    assert_eq!(square.status(&visitor, &thread).await, "VISIBLE");
    let other = "The shop near the old bus stand was searched by the police today, and the \
                 phones of my brothers were taken along without a message to anybody at home";
    let begun = second.done("startThread", discussion(other), start).await;
    assert_eq!(begun["thread"]["status"], "VISIBLE");
}

#[tokio::test]
async fn a_first_look_also_answers_whether_a_discussion_repeats_another() {
    let square = open_square(&[]).await;
    let [first, second] = two(&square).await;
    let plain = discussion(ADVERTISEMENT);
    first.done("startThread", plain, "").await;
    for (act, field, word) in [
        ("returnThread", "reason", "mobiles"),
        ("releaseThread", "text", "handsets"),
    ] {
        let near = discussion(&ADVERTISEMENT.replace("phones", word));
        let mut begun = second.done("startThread", near, "thread { id }").await;
        assert_eq!(queue(&square.moderator, "id").await.len(), 1, "{act}");
        let mut look = json!({ "threadId": begun["thread"]["id"].take() });
        look[field] = json!("Say it once.");
        square.moderator.done(act, look, "").await;
        assert!(queue(&square.moderator, "id").await.is_empty(), "{act}");
    }
}

#[tokio::test]
async fn a_concern_that_is_like_another_is_looked_at_and_never_held() {
    let square = open_square(&[]).await;
    let [first, second] = two(&square).await;
    // Each had a concern released before: it is the second that need not wait.
    for (new, body) in [(&first, "Every Friday."), (&second, "Each week.")] {
        let before = raised(new, &public_concern(body)).await;
        let release = json!({ "threadId": before });
        square.moderator.done("releaseThread", release, "").await;
    }
    let visitor = square.forum.visitor();
    let words = "They stop every student on the road to the hostel on Fridays and search the bags \
                 of all of us without saying why, and nobody writes down what they take";
    raised(&first, &public_concern(words)).await;
    assert_eq!(repeated(&square).await, [Value::Null; 0]);
    let near = words.replace("road", "way");
    let concern = raised(&second, &public_concern(&near)).await;
    assert_eq!(repeated(&square).await, std::slice::from_ref(&concern));
    assert_eq!(square.status(&visitor, &concern).await, "VISIBLE");
}

#[tokio::test]
async fn what_anybody_begins_with_the_same_text_a_third_time_is_looked_at_and_stays() {
    let square = Square::new().await;
    let visitor = square.forum.visitor();
    for concerns in [false, true] {
        let mut begun = Vec::new();
        for _ in 0..3 {
            assert_eq!(repeated(&square).await, [Value::Null; 0]);
            begun.push(if concerns {
                let text = "On the road to the hostel, every Friday.";
                raised(&square.civil, &public_concern(text)).await
            } else {
                let done = square
                    .civil
                    .done("startThread", discussion(OFFER), "thread { id }");
                done.await["thread"]["id"].take()
            });
        }
        assert_eq!(repeated(&square).await, [begun[2].clone()]);
        assert_eq!(square.status(&visitor, &begun[2]).await, "VISIBLE");
        decided(&square).await;
    }
}
