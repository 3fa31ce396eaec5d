//! By when moderators look at what waits for them, what its author is told of
//! that, and what they are told when it is late.

use chrono::{DateTime, Duration, Utc};
use domain::people::{Constituency, Duty};
use mukalma_tests::{Client, TestForum, Watch};
use serde_json::{Value, json};

use super::super::budgets::statements;
use super::super::notices::{mails, reachable, wants};
use super::newcomers::{added, newcomer, set_rule};
use super::{Square, act, flag, queue, say};

/// A Friday; what arises then is due on Tuesday.
const FRIDAY: &str = "2025-11-21T05:00:00Z";

/// Tuesday ends at seven in the evening in UTC: a minute before and after.
const BEFORE: &str = "2025-11-25T18:59:00Z";
const AFTER: &str = "2025-11-25T19:01:00Z";

/// Lets time pass until a moment, and has done what is due.
async fn until(forum: &TestForum, moment: &str) {
    let moment: DateTime<Utc> = moment.parse().unwrap();
    forum.clock.advance(moment - forum.forum.time());
    forum.forum.run_clocks().await.expect("clocks run");
}

/// The same, for so long.
async fn later(forum: &TestForum, time: Duration) {
    forum.clock.advance(time);
    forum.forum.run_clocks().await.expect("clocks run");
}

/// What of the queue is late, the oldest first.
async fn late(who: &Client) -> Value {
    let document = "{ viewer { moderationDesk { reviewables(first: 20, \
                    filter: { overdue: true }, orderBy: { field: CREATED_AT, direction: ASC }) \
                    { totalCount nodes { subjectId isOverdue } } } } }";
    let mut seen = who.run(document, json!({})).await;
    seen["viewer"]["moderationDesk"]["reviewables"].take()
}

fn list(subjects: &[&Value]) -> Value {
    let of = |id: &&Value| json!({ "subjectId": id, "isOverdue": true });
    let nodes: Vec<Value> = subjects.iter().map(of).collect();
    json!({ "totalCount": nodes.len(), "nodes": nodes })
}

#[tokio::test]
async fn what_waits_is_late_when_its_second_working_day_is_over() {
    let square = Square::new().await;
    until(&square.forum, FRIDAY).await;
    flag(&square.youth, &square.post).await;
    until(&square.forum, "2025-11-24T05:00:00Z").await;
    flag(&square.youth, &square.thread).await;
    let (post, thread) = (&square.post, &square.thread);
    let fields = "subjectId dueOn dueAt";
    for one in queue(&square.moderator, fields).await {
        let day = if one["subjectId"] == *post { 25 } else { 26 };
        assert_eq!(one["dueOn"], format!("2025-11-{day}"));
        let at: DateTime<Utc> = one["dueAt"].as_str().unwrap().parse().unwrap();
        assert_eq!(at.to_rfc3339(), format!("2025-11-{day}T19:00:00+00:00"));
    }
    for (moment, found) in [
        (BEFORE, vec![]),
        (AFTER, vec![post]),
        ("2025-11-26T18:59:00Z", vec![post]),
        ("2025-11-26T19:01:00Z", vec![post, thread]),
    ] {
        until(&square.forum, moment).await;
        assert_eq!(late(&square.moderator).await, list(&found), "{moment}");
        // A page that was told before is told as it is now.
        let all = queue(&square.moderator, "isOverdue").await;
        let all = all.iter().filter(|one| one["isOverdue"] == true);
        assert_eq!(all.count(), found.len(), "{moment}");
    }
    let seen = queue(&square.moderator, "id").await;
    for one in &seen {
        let decision =
            json!({ "reviewableId": one["id"], "decision": "AGREE", "text": "So it is." });
        let selection = "reviewable { isOverdue }";
        let decided = square
            .moderator
            .done("decideReviewable", decision, selection)
            .await;
        assert_eq!(decided["reviewable"]["isOverdue"], false);
    }
    assert_eq!(late(&square.moderator).await, list(&[]));
}

#[tokio::test]
async fn within_how_many_days_moderators_look_is_set() {
    let square = Square::with(&[("clocks.release_days", "1")]).await;
    until(&square.forum, FRIDAY).await;
    flag(&square.youth, &square.post).await;
    let waiting = queue(&square.moderator, "dueOn").await;
    assert_eq!(waiting[0]["dueOn"], "2025-11-24");
    for (moment, found) in [
        ("2025-11-24T18:59:00Z", vec![]),
        ("2025-11-24T19:01:00Z", vec![&square.post]),
    ] {
        until(&square.forum, moment).await;
        assert_eq!(late(&square.moderator).await, list(&found), "{moment}");
    }
}

const HOLD: &str = "hold { reason since dueOn }";

/// Why something is held, as somebody is told.
async fn hold(square: &Square, who: &Client, id: &Value) -> Value {
    square.sees(who, id, HOLD).await["hold"].take()
}

#[tokio::test]
async fn the_author_of_what_the_forum_holds_reads_why_and_until_when() {
    let square = Square::new().await;
    until(&square.forum, FRIDAY).await;
    let new = newcomer(&square.forum, "new").await;
    let input = json!({ "threadId": square.thread, "body": "I am new here." });
    let selection = format!("post {{ id createdAt {HOLD} }}");
    let said = new.done("addPost", input, &selection).await["post"].take();
    let told = json!({
        "reason": "FIRST_POST", "since": said["createdAt"], "dueOn": "2025-11-25",
    });
    assert_eq!(said["hold"], told);
    let document = format!(
        "query($id: ID!) {{ thread(id: $id) {{ posts(last: 1) {{ nodes {{ {HOLD} }} }} }} }}"
    );
    for who in [&new, &square.moderator] {
        assert_eq!(hold(&square, who, &said["id"]).await, told);
        let page = who.run(&document, json!({ "id": square.thread })).await;
        assert_eq!(page["thread"]["posts"]["nodes"], json!([{ "hold": told }]));
    }
    assert_eq!(hold(&square, &square.civil, &said["id"]).await, Value::Null);
    let waiting = queue(&square.moderator, "id").await;
    let decision = json!({
        "reviewableId": waiting[0]["id"], "decision": "DISAGREE", "text": "Nothing is wrong.",
    });
    square
        .moderator
        .done("decideReviewable", decision, "")
        .await;
    assert_eq!(hold(&square, &new, &said["id"]).await, Value::Null);
}

#[tokio::test]
async fn each_hold_is_told_for_what_it_is() {
    let square = Square::with(&[("moderation.hold_at", "2")]).await;
    let reason = async |who: &Client, id: &Value| hold(&square, who, id).await["reason"].take();
    assert_eq!(reason(&square.civil, &square.post).await, Value::Null);
    flag(&square.youth, &square.post).await;
    square.forum.clock.advance(Duration::days(4));
    flag(&square.expert, &square.post).await;
    let told = hold(&square, &square.civil, &square.post).await;
    // It is promised from when it was held, whenever it was flagged first.
    assert_eq!(told["reason"], "FLAGGED");
    assert_eq!(told["dueOn"], "2025-11-25");
    let post = say(&square.civil, &square.thread, "Come all of you.").await;
    let by_hand = act(&post, "HOLD", "SPAM");
    square.moderator.done("moderate", by_hand, "").await;
    let told = hold(&square, &square.civil, &post).await;
    assert_eq!(told["reason"], "MODERATOR");
    assert_eq!(told["dueOn"], "2025-11-25");
    let new = newcomer(&square.forum, "new").await;
    let talk = started(&new).await;
    assert_eq!(reason(&new, &talk).await, "FIRST_POST");
    let concern = raised(&new).await;
    assert_eq!(reason(&new, &concern).await, "FIRST_LOOK");
    let back = json!({ "threadId": concern, "reason": "Say where." });
    square.moderator.done("returnThread", back, "").await;
    let told = json!({ "reason": "RETURNED", "since": null, "dueOn": null });
    assert_eq!(hold(&square, &new, &concern).await, told);
    let again = json!({ "threadId": concern });
    new.done("resubmitThread", again, "").await;
    let told = hold(&square, &new, &concern).await;
    assert_eq!(told["reason"], "FIRST_LOOK");
    assert_eq!(told["dueOn"], "2025-11-25");
}

#[tokio::test]
async fn what_a_moderator_holds_is_due_like_the_rest_and_waits_until_it_is_let_go() {
    let square = Square::new().await;
    until(&square.forum, FRIDAY).await;
    let by_hand = act(&square.post, "HOLD", "ABUSE");
    square.moderator.done("moderate", by_hand.clone(), "").await;
    let told = hold(&square, &square.civil, &square.post).await;
    assert_eq!(told["reason"], "MODERATOR");
    assert_eq!(told["dueOn"], "2025-11-25");
    let fields = "subjectId dueOn heldByFlags history { kind reason }";
    let history = json!([{ "kind": "HELD_BY_MODERATOR", "reason": "ABUSE" }]);
    let waits = json!([{
        "subjectId": square.post, "dueOn": "2025-11-25", "heldByFlags": true, "history": history,
    }]);
    let waiting = queue(&square.moderator, fields).await;
    assert_eq!(Value::from(waiting), waits);
    until(&square.forum, BEFORE).await;
    assert_eq!(late(&square.moderator).await, list(&[]));
    until(&square.forum, AFTER).await;
    assert_eq!(late(&square.moderator).await, list(&[&square.post]));
    for (doing, reason) in [("RELEASE", "REVIEWED"), ("REMOVE", "ABUSE")] {
        let input = act(&square.post, doing, reason);
        square.moderator.done("moderate", input, "").await;
        assert!(queue(&square.moderator, "id").await.is_empty(), "{doing}");
        if doing == "RELEASE" {
            square.moderator.done("moderate", by_hand.clone(), "").await;
            assert_eq!(queue(&square.moderator, "id").await.len(), 1);
        }
    }
}

#[tokio::test]
async fn a_discussion_that_a_moderator_holds_is_given_back_like_one_that_waits() {
    let square = Square::new().await;
    until(&square.forum, FRIDAY).await;
    let by_hand = act(&square.thread, "HOLD", "OFF_TOPIC");
    square.moderator.done("moderate", by_hand, "").await;
    let told = hold(&square, &square.civil, &square.thread).await;
    assert_eq!(told["reason"], "MODERATOR");
    assert_eq!(told["dueOn"], "2025-11-25");
    let back = json!({ "threadId": square.thread, "reason": "Say of what." });
    square.moderator.done("returnThread", back, "").await;
    assert!(queue(&square.moderator, "id").await.is_empty());
    let told = json!({ "reason": "RETURNED", "since": null, "dueOn": null });
    assert_eq!(hold(&square, &square.civil, &square.thread).await, told);
    let again = json!({ "threadId": square.thread });
    square.civil.done("resubmitThread", again.clone(), "").await;
    let told = hold(&square, &square.civil, &square.thread).await;
    assert_eq!(told["dueOn"], "2025-11-25");
    square.moderator.done("releaseThread", again, "").await;
    let visitor = square.forum.visitor();
    assert_eq!(square.status(&visitor, &square.thread).await, "VISIBLE");
}

/// A discussion that waits for a moderator.
async fn started(who: &Client) -> Value {
    let input = json!({
        "kind": "DISCUSSION", "title": "Talk", "body": "Let us talk.", "audience": "PUBLIC",
    });
    who.done("startThread", input, "thread { id }").await["thread"]["id"].take()
}

/// A concern that does.
async fn raised(who: &Client) -> Value {
    let input = json!({
        "title": "They search us", "body": "Every Friday.", "category": "DRG", "region": "PB",
    });
    who.done("raiseConcern", input, "thread { id }").await["thread"]["id"].take()
}

#[tokio::test]
async fn why_posts_are_held_takes_one_statement_for_many_as_for_one_and_none_for_none() {
    let square = Square::new().await;
    let new = newcomer(&square.forum, "new").await;
    let page = |more: &str| {
        format!(
            "query($id: ID!) {{ thread(id: $id) {{ viewerHasEndorsed \
             posts(first: 9) {{ nodes {{ id {more} }} }} }} }}"
        )
    };
    let id = json!({ "id": square.thread });
    let taken = async |who: &Client, more: &str| {
        statements(&square.forum, who, &page(more), |_| id.clone()).await
    };
    let plain = taken(&new, "").await;
    assert_eq!(taken(&new, HOLD).await, plain);
    for n in 0..3 {
        assert_eq!(added(&new, &square.thread, &n.to_string()).await, "HELD");
        assert_eq!(taken(&new, HOLD).await, plain + 1);
    }
}

const TOLD: &str = "subscription($after: String) { viewerEvents(after: $after) { __typename \
                    cursor ... on ReviewOverdue { thread { id } \
                    reviewable { subjectId claimIsStale } } } }";

async fn watch(who: &Client) -> Watch {
    who.watch(TOLD, json!({})).await
}

/// The next event of an inbox.
async fn next(inbox: &mut Watch) -> Value {
    inbox.next().await["viewerEvents"].take()
}

/// Has something told to whoever follows the thread: what comes before it in an
/// inbox was told before.
async fn mark(square: &Square) {
    say(&square.civil, &square.thread, "And so on.").await;
    square.forum.forum.empty_outbox().await.unwrap();
}

/// What an inbox was told of until the next mark.
async fn until_mark(inbox: &mut Watch) -> Vec<Value> {
    let mut told = Vec::new();
    loop {
        let event = next(inbox).await;
        if event["__typename"] == "PostAdded" {
            return told;
        }
        assert_eq!(event["__typename"], "ReviewOverdue");
        told.push(event);
    }
}

/// A square whose moderator follows its thread, and his inbox.
async fn followed(settings: &[(&str, &str)]) -> (Square, Watch) {
    let square = Square::with(settings).await;
    square.forum.forum.empty_outbox().await.unwrap();
    let follow = json!({ "threadId": square.thread });
    square.moderator.done("followThread", follow, "").await;
    let inbox = watch(&square.moderator).await;
    (square, inbox)
}

#[tokio::test]
async fn moderators_are_told_once_of_what_is_late() {
    let (square, mut inbox) = followed(&[]).await;
    until(&square.forum, FRIDAY).await;
    flag(&square.youth, &square.post).await;
    until(&square.forum, BEFORE).await;
    mark(&square).await;
    assert!(until_mark(&mut inbox).await.is_empty());
    until(&square.forum, AFTER).await;
    until(&square.forum, "2025-11-28T05:00:00Z").await;
    mark(&square).await;
    let told = until_mark(&mut inbox).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0]["thread"]["id"], square.thread);
    assert_eq!(told[0]["reviewable"]["subjectId"], square.post);
}

#[tokio::test]
async fn moderators_are_told_of_what_one_of_them_holds_for_too_long() {
    let square = Square::new().await;
    let kept = say(&square.civil, &square.thread, "Buy dear phones.").await;
    for post in [&square.post, &kept] {
        let by_hand = act(post, "HOLD", "SPAM");
        square.moderator.done("moderate", by_hand, "").await;
    }
    let release = act(&square.post, "RELEASE", "MENDED");
    square.moderator.done("moderate", release, "").await;
    square.forum.forum.empty_outbox().await.unwrap();
    let mut inbox = watch(&square.moderator).await;
    later(&square.forum, Duration::days(4)).await;
    // The other was held before, and would have been told of before.
    let told = next(&mut inbox).await;
    assert_eq!(told["reviewable"]["subjectId"], kept);
}

#[tokio::test]
async fn what_was_decided_in_time_is_told_to_nobody() {
    let (square, mut inbox) = followed(&[]).await;
    flag(&square.youth, &square.post).await;
    let waiting = queue(&square.moderator, "id").await;
    let decision = json!({
        "reviewableId": waiting[0]["id"], "decision": "AGREE", "text": "So it is.",
    });
    square
        .moderator
        .done("decideReviewable", decision, "")
        .await;
    until(&square.forum, AFTER).await;
    mark(&square).await;
    assert!(until_mark(&mut inbox).await.is_empty());
}

#[tokio::test]
async fn a_clock_that_jumps_and_two_nodes_tell_of_each_once() {
    let (square, mut inbox) = followed(&[]).await;
    let mut late = vec![square.post.clone()];
    for n in 0..3 {
        late.push(say(&square.civil, &square.thread, &n.to_string()).await);
    }
    for post in &late {
        flag(&square.youth, post).await;
    }
    square.forum.forum.empty_outbox().await.unwrap();
    let other = square.forum.another_node().await;
    square.forum.clock.advance(Duration::days(8));
    let one = square.forum.forum.run_clocks();
    let (one, two) = tokio::join!(one, other.run_clocks());
    one.and(two).expect("clocks run");
    later(&square.forum, Duration::days(1)).await;
    mark(&square).await;
    let mut told = Vec::new();
    // Three posts were added before.
    for _ in 0..4 {
        told.extend(until_mark(&mut inbox).await);
    }
    let told: Vec<&Value> = told
        .iter()
        .map(|one| &one["reviewable"]["subjectId"])
        .collect();
    assert_eq!(told, late.iter().collect::<Vec<_>>());
}

#[tokio::test]
async fn what_became_late_while_no_server_ran_is_told_by_the_next() {
    let (square, mut inbox) = followed(&[]).await;
    flag(&square.youth, &square.post).await;
    mark(&square).await;
    let cursor = next(&mut inbox).await["cursor"].take();
    let Square { forum, post, .. } = square;
    forum.clock.advance(Duration::days(4));
    let settings = forum.database.settings();
    let forum = forum.again(&settings).await;
    // Whichever is first, the server's own look or this.
    forum.forum.run_clocks().await.expect("clocks run");
    let moderator = forum.sign_in("moderator").await;
    let mut inbox = moderator.watch(TOLD, json!({ "after": cursor })).await;
    assert_eq!(next(&mut inbox).await["reviewable"]["subjectId"], post);
}

#[tokio::test]
async fn nobody_is_told_of_what_he_may_not_decide_on() {
    let (square, mut inbox) = followed(&[]).await;
    let duties = [Duty::Moderator];
    let civil = Constituency::CivilSociety;
    square.forum.install("second", civil, &duties).await;
    let second = square.forum.sign_in("second").await;
    let mut other = watch(&second).await;
    let own = say(&square.moderator, &square.thread, "I moderate.").await;
    flag(&square.youth, &own).await;
    later(&square.forum, Duration::days(4)).await;
    assert_eq!(next(&mut other).await["reviewable"]["subjectId"], own);
    mark(&square).await;
    // He follows what he says himself, too.
    for _ in 0..2 {
        assert!(until_mark(&mut inbox).await.is_empty());
    }
}

#[tokio::test]
async fn moderators_are_told_of_threads_that_wait_for_their_first_look_for_too_long() {
    let (square, mut inbox) = followed(&[]).await;
    let new = newcomer(&square.forum, "new").await;
    let talk = started(&new).await;
    let concern = raised(&new).await;
    let other = newcomer(&square.forum, "other").await;
    square.forum.open_discussion(&other, "PUBLIC").await;
    later(&square.forum, Duration::days(4)).await;
    later(&square.forum, Duration::days(4)).await;
    mark(&square).await;
    let told = until_mark(&mut inbox).await;
    let told: Vec<Value> = told
        .iter()
        .map(|one| json!([one["thread"]["id"], one["reviewable"]]))
        .collect();
    assert_eq!(told, [json!([talk, null]), json!([concern, null])]);
}

#[tokio::test]
async fn a_discussion_that_is_held_for_what_it_repeats_is_told_of_once() {
    let (square, mut inbox) = followed(&[]).await;
    set_rule(&square.forum, "NEWCOMER", json!({ "heldFirst": 0 })).await;
    until(&square.forum, FRIDAY).await;
    let new = newcomer(&square.forum, "new").await;
    let mut begun = Value::Null;
    for title in ["Phones", "Mobiles"] {
        let text = "Our new shop near the old bus stand sells phones and chargers at half price";
        let input = json!({
            "kind": "DISCUSSION", "title": title, "body": format!("{text}, {title}!"),
            "audience": "PUBLIC",
        });
        begun = new.done("startThread", input, "thread { id status }").await;
    }
    assert_eq!(begun["thread"]["status"], "HELD");
    until(&square.forum, AFTER).await;
    mark(&square).await;
    let told = until_mark(&mut inbox).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0]["reviewable"]["subjectId"], begun["thread"]["id"]);
}

#[tokio::test]
async fn a_discussion_that_was_given_back_is_sent_again_and_waits_anew() {
    let square = Square::new().await;
    let new = newcomer(&square.forum, "new").await;
    let talk = started(&new).await;
    let again = json!({ "threadId": talk });
    let code = new.refused("resubmitThread", again.clone()).await;
    assert_eq!(code, "ILLEGAL_MOVE");
    let back = json!({ "threadId": talk, "reason": "Say where." });
    square.moderator.done("returnThread", back, "").await;
    let told = hold(&square, &new, &talk).await;
    assert_eq!(told["reason"], "RETURNED");
    until(&square.forum, FRIDAY).await;
    new.done("resubmitThread", again.clone(), "").await;
    let told = hold(&square, &new, &talk).await;
    assert_eq!(told["reason"], "FIRST_POST");
    assert_eq!(told["dueOn"], "2025-11-25");
    let code = new.refused("resubmitThread", again.clone()).await;
    assert_eq!(code, "ILLEGAL_MOVE");
    square.forum.forum.empty_outbox().await.unwrap();
    let mut inbox = watch(&square.moderator).await;
    until(&square.forum, AFTER).await;
    assert_eq!(next(&mut inbox).await["thread"]["id"], talk);
    square.moderator.done("releaseThread", again, "").await;
    assert_eq!(square.status(&square.civil, &talk).await, "VISIBLE");
}

#[tokio::test]
async fn moderators_who_may_decide_are_told_once_of_an_appeal_that_is_late() {
    let square = Square::with(&[("moderation.appeal_working_days", "2")]).await;
    let another = super::queue::second(&square.forum).await;
    let remove = act(&square.post, "REMOVE", "SPAM");
    square.moderator.done("moderate", remove, "").await;
    let told = square.sees(&square.civil, &square.post, "moderation { id }");
    let entry = told.await["moderation"][0]["id"].take();
    let input = json!({ "entryId": entry, "text": "It is none." });
    square.civil.done("appeal", input, "").await;
    square.forum.forum.empty_outbox().await.unwrap();
    let [mut own, mut other] = [watch(&square.moderator).await, watch(&another).await];
    // It is Monday: Wednesday is the last day.
    later(&square.forum, Duration::days(2)).await;
    let said = say(&square.youth, &square.thread, "And so on.").await;
    flag(&square.civil, &said).await;
    later(&square.forum, Duration::days(1)).await;
    let late = next(&mut other).await;
    assert_eq!(late["thread"]["id"], square.thread);
    assert_eq!(late["reviewable"], Value::Null);
    // What comes next is told to both, and is no appeal.
    later(&square.forum, Duration::days(4)).await;
    for inbox in [&mut own, &mut other] {
        assert_eq!(next(inbox).await["reviewable"]["subjectId"], said);
    }
}

#[tokio::test]
async fn whoever_flagged_something_is_not_told_that_it_is_late() {
    let (square, mut inbox) = followed(&[]).await;
    let another = super::queue::second(&square.forum).await;
    let mut other = watch(&another).await;
    flag(&square.moderator, &square.post).await;
    later(&square.forum, Duration::days(4)).await;
    let told = next(&mut other).await["reviewable"].take();
    assert_eq!(told["subjectId"], square.post);
    mark(&square).await;
    assert!(until_mark(&mut inbox).await.is_empty());
}

#[tokio::test]
async fn moderators_are_told_once_of_what_one_of_them_has_had_for_too_long() {
    let (square, mut inbox) = followed(&[("moderation.claim_hours", "2")]).await;
    flag(&square.youth, &square.post).await;
    let seen = queue(&square.moderator, "id").await;
    let input = json!({ "reviewableId": seen[0]["id"] });
    let claim = async || {
        let claimed = square.moderator.done("claimReviewable", input.clone(), "");
        claimed.await
    };
    claim().await;
    later(&square.forum, Duration::minutes(119)).await;
    mark(&square).await;
    assert!(until_mark(&mut inbox).await.is_empty());
    for _ in 0..2 {
        later(&square.forum, Duration::minutes(2)).await;
        let stale = json!({ "subjectId": square.post, "claimIsStale": true });
        assert_eq!(next(&mut inbox).await["reviewable"], stale);
        later(&square.forum, Duration::minutes(121)).await;
        mark(&square).await;
        assert!(until_mark(&mut inbox).await.is_empty());
        claim().await;
        later(&square.forum, Duration::minutes(119)).await;
    }
    square
        .moderator
        .done("releaseReviewable", input.clone(), "")
        .await;
    later(&square.forum, Duration::hours(3)).await;
    mark(&square).await;
    assert!(until_mark(&mut inbox).await.is_empty());
}

#[tokio::test]
async fn a_mail_tells_a_moderator_that_something_is_late_and_not_what() {
    let square = Square::with(&[("public_url", "https://forum.example")]).await;
    let forum = &square.forum;
    reachable(forum, &square.moderator, "moderator@example.org").await;
    wants(&square.moderator, "DUE", "IMMEDIATE").await;
    flag(&square.youth, &square.post).await;
    later(forum, Duration::days(4)).await;
    let told = mails(forum).await;
    assert_eq!(told.len(), 1);
    let text = &told[0].text;
    assert!(
        text.contains("Something waits here for a moderator for too long"),
        "{text}"
    );
    for word in ["phones", "advertisement", "The civil", "The youth"] {
        assert!(!text.contains(word), "{text}");
    }
    later(forum, Duration::days(1)).await;
    assert_eq!(mails(forum).await.len(), 0);
}
