//! Flagging: once, not one's own, not too often, and what enough flags do.

use chrono::Duration;
use domain::event::StreamName;
use futures_util::future::join_all;
use mukalma_tests::Client;
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};

use super::super::budgets::statements;
use super::super::transparency::until;
use super::{Square, flag, flag_of, legal, queue, say, together};

#[tokio::test]
async fn a_flag_is_raised_once_and_names_nobody() {
    let square = Square::new().await;
    flag(&square.youth, &square.post).await;
    let again = square.youth.refused("flag", flag_of(&square.post)).await;
    assert_eq!(again, "ALREADY_FLAGGED");
    let own = square.civil.refused("flag", flag_of(&square.post)).await;
    assert_eq!(own, "CONFLICT_OF_INTEREST");
    let other = json!({ "subjectId": square.thread, "reason": "OTHER" });
    assert_eq!(square.youth.refused("flag", other).await, "INVALID");
    let long = json!({ "subjectId": square.thread, "reason": "OTHER", "note": "x".repeat(2_001) });
    assert_eq!(square.youth.refused("flag", long).await, "TOO_LONG");
    let fields = "subjectId body flagCount score heldByFlags viewerCanDecide \
                  flags { reason note constituency } history { kind moderator }";
    let seen = queue(&square.moderator, fields).await;
    let flagged = json!([{
        "subjectId": square.post,
        "body": "Buy cheap phones.",
        "flagCount": 1,
        "score": 1.0,
        "heldByFlags": false,
        "viewerCanDecide": true,
        "flags": [{ "reason": "SPAM", "note": "An advertisement.", "constituency": "YOUTH" }],
        "history": [{ "kind": "OPENED", "moderator": null }],
    }]);
    assert_eq!(Value::from(seen), flagged);
    assert!(!flagged.to_string().contains("The youth"));
}

#[tokio::test]
async fn each_flag_is_read_with_the_text_that_it_was_raised_on() {
    let square = Square::new().await;
    let student = square.forum.another_youth().await;
    let mut seen = Vec::new();
    for (who, next) in [
        (&square.youth, "Buy cheap watches."),
        (&square.expert, "Buy cheap boots."),
        (&student, "Buy cheap hats."),
    ] {
        let edit = json!({ "postId": square.post, "body": next });
        square.civil.done("editPost", edit, "").await;
        let text = square.sees(&square.moderator, &square.post, "body version");
        seen.insert(0, json!({ "textAsFlagged": text.await }));
        flag(who, &square.post).await;
        square.forum.clock.advance(Duration::minutes(1));
    }
    let fields = "body flags { textAsFlagged { body version } }";
    let waiting = queue(&square.moderator, fields).await;
    assert_eq!(waiting[0]["body"], "Buy cheap watches.");
    assert_eq!(waiting[0]["flags"], Value::from(seen));
}

/// What waits in the queue of a subject.
async fn reviewable_of(moderator: &Client, subject: &Value) -> Value {
    let waiting = queue(moderator, "id subjectId").await;
    let of = waiting.iter().find(|one| one["subjectId"] == *subject);
    of.unwrap()["id"].clone()
}

/// Agrees to what was flagged, and does nothing with it.
async fn agreed(moderator: &Client, reviewable: &Value) {
    let decision = json!({
        "reviewableId": reviewable, "decision": "AGREE", "text": "So it is.",
    });
    moderator.done("decideReviewable", decision, "").await;
}

/// What moderators read of something that was flagged, once time passed and what is
/// over was removed.
async fn read_after(square: &Square, time: Duration, reviewable: &Value) -> Value {
    square.forum.clock.advance(time);
    square.forum.forum.forget_over().await.unwrap();
    let document = "query($id: ID!) { node(id: $id) { ... on Reviewable { \
                    body flags { reason textAsFlagged { body } } } } }";
    let moderator = square.forum.sign_in("moderator").await;
    let id = json!({ "id": reviewable });
    moderator.run(document, id).await["node"].take()
}

fn kept(body: &str) -> Value {
    let flag = json!({ "reason": "SPAM", "textAsFlagged": { "body": body } });
    json!({ "body": body, "flags": [flag] })
}

fn forgotten() -> Value {
    json!({ "body": "", "flags": [{ "reason": "SPAM", "textAsFlagged": null }] })
}

#[tokio::test]
async fn what_was_flagged_is_read_for_so_long_after_the_decision_and_what_waits_for_longer() {
    let square = Square::with(&[("retention.flagged_text_days", "20")]).await;
    for subject in [&square.post, &square.thread] {
        flag(&square.youth, subject).await;
    }
    let of_post = reviewable_of(&square.moderator, &square.post).await;
    let of_thread = reviewable_of(&square.moderator, &square.thread).await;
    agreed(&square.moderator, &of_post).await;
    let edit = json!({ "postId": square.post, "body": "Ask me." });
    square.civil.done("editPost", edit, "").await;
    let before = Duration::days(20) - Duration::minutes(1);
    let seen = read_after(&square, before, &of_post).await;
    assert_eq!(seen, kept("Buy cheap phones."));
    let seen = read_after(&square, Duration::minutes(1), &of_post).await;
    assert_eq!(seen, forgotten());
    let seen = read_after(&square, Duration::zero(), &of_thread).await;
    assert_eq!(seen, kept("Let us talk."));
}

#[tokio::test]
async fn what_was_flagged_is_kept_while_an_appeal_about_it_waits_or_a_law_has_it_preserved() {
    let square = Square::with(&[("retention.flagged_text_days", "2")]).await;
    let other = say(&square.civil, &square.thread, "And cheap watches.").await;
    let mut reviewables = Vec::new();
    for subject in [&square.post, &other] {
        flag(&square.youth, subject).await;
        let id = reviewable_of(&square.moderator, subject).await;
        agreed(&square.moderator, &id).await;
        reviewables.push(id);
    }
    let [of_post, of_other] = reviewables.as_slice() else {
        panic!("two were flagged: {reviewables:?}");
    };
    let demand = legal::demand("PRESERVE", &square.post);
    let (admin, demand) = legal::complied(&square, demand).await;
    let remove = super::act(&other, "REMOVE", "SPAM");
    square.moderator.done("moderate", remove, "").await;
    let told = square.sees(&square.civil, &other, "moderation { id }");
    let entry = told.await["moderation"][0]["id"].take();
    let appeal = json!({ "entryId": entry, "text": "They are good." });
    let appeal = square.civil.done("appeal", appeal, "appeal { id }").await;
    let seen = read_after(&square, Duration::days(5), of_post).await;
    assert_eq!(seen, kept("Buy cheap phones."));
    let seen = read_after(&square, Duration::zero(), of_other).await;
    assert_eq!(seen, kept("And cheap watches."));
    legal::status(&admin, legal::decision(&demand, "LIFT")).await;
    let upheld = json!({
        "appealId": appeal["appeal"]["id"], "outcome": "UPHELD", "text": "It is spam.",
    });
    let second = square.forum.sign_in("second").await;
    second.done("decideAppeal", upheld, "").await;
    for reviewable in [of_post, of_other] {
        let seen = read_after(&square, Duration::zero(), reviewable).await;
        assert_eq!(seen, forgotten());
    }
}

#[tokio::test]
async fn what_is_flagged_in_a_circle_is_its_own_moderators_to_read() {
    let square = Square::new().await;
    let admin = square.forum.sign_in("admin").await;
    let circle = json!({ "code": "STREETS", "nameEn": "Streets", "nameUr": "گلیاں" });
    let circle = admin.done("createCircle", circle, "circle { id }").await["circle"]["id"].take();
    let join = async |who: &Client| {
        let seen = who.run("{ viewer { account { id } } }", json!({})).await;
        let account = &seen["viewer"]["account"]["id"];
        let input = json!({ "account": account, "circle": circle });
        admin.done("addCircleMember", input, "").await;
    };
    for who in [&square.civil, &square.youth] {
        join(who).await;
    }
    let input = json!({
        "title": "Among us", "body": "Of us alone.", "kind": "DISCUSSION", "audience": "CIRCLE",
        "circle": circle,
    });
    let begun = square
        .civil
        .done("startThread", input, "thread { id }")
        .await;
    let thread = &begun["thread"]["id"];
    flag(&square.youth, thread).await;
    let seen = square.sees(&square.moderator, thread, "id").await;
    assert_eq!(seen, Value::Null);
    assert!(queue(&square.moderator, "id").await.is_empty());
    join(&square.moderator).await;
    assert_eq!(queue(&square.moderator, "id").await.len(), 1);
}

#[tokio::test]
async fn what_is_hidden_is_flagged_like_what_never_was() {
    let square = Square::new().await;
    let concern = square.forum.open_concern(&square.civil).await;
    let nothing = square.forum.thread_id_of_nothing();
    let post = say(&square.civil, &concern, "They came again.").await;
    for subject in [&concern, &post, &nothing, &json!("nonsense")] {
        let code = square.youth.refused("flag", flag_of(subject)).await;
        assert_eq!(code, "NOT_FOUND", "{subject}");
        let code = square
            .youth
            .refused("moderate", super::act(subject, "REMOVE", "SPAM"))
            .await;
        assert_eq!(code, "NOT_FOUND", "{subject}");
    }
    // What is held is there for its author alone, who does not flag his own.
    let hold = super::act(&square.post, "HOLD", "SPAM");
    square.moderator.done("moderate", hold, "").await;
    let code = square.youth.refused("flag", flag_of(&square.post)).await;
    assert_eq!(code, "NOT_FOUND");
}

#[tokio::test]
async fn somebody_flags_so_often_in_an_hour_and_no_more() {
    let square = Square::with(&[("moderation.flags_per_hour", "2")]).await;
    let mut posts = Vec::new();
    for n in 0..4 {
        posts.push(say(&square.civil, &square.thread, &n.to_string()).await);
    }
    flag(&square.youth, &posts[0]).await;
    flag(&square.youth, &posts[1]).await;
    let code = square.youth.refused("flag", flag_of(&posts[2])).await;
    assert_eq!(code, "TOO_MANY");
    square.forum.clock.advance(Duration::hours(1));
    flag(&square.youth, &posts[2]).await;
}

#[tokio::test]
async fn of_two_hundred_attempts_at_once_one_counts() {
    let square = Square::new().await;
    let attempts = (0..200).map(|_| square.youth.act("flag", flag_of(&square.post), ""));
    let done = join_all(attempts).await;
    let counted = done.iter().filter(|one| one["userErrors"] == json!([]));
    assert_eq!(counted.count(), 1);
    let seen = queue(&square.moderator, "flagCount score").await;
    assert_eq!(Value::from(seen), json!([{ "flagCount": 1, "score": 1.0 }]));
}

#[tokio::test]
async fn of_two_hundred_endorsements_at_once_one_counts() {
    let square = Square::new().await;
    let input = json!({ "threadId": square.thread });
    let attempts = (0..200).map(|_| square.youth.act("endorseThread", input.clone(), ""));
    join_all(attempts).await;
    let document = "query($id: ID!) { thread(id: $id) { endorsementCount } }";
    let seen = square
        .expert
        .run(document, json!({ "id": square.thread }))
        .await;
    assert_eq!(seen["thread"]["endorsementCount"], 1);
}

#[tokio::test]
async fn enough_flags_hold_a_post_and_disagreeing_shows_it_again() {
    let square = Square::with(&[("moderation.hold_at", "2")]).await;
    let visitor = square.forum.visitor();
    let document = "query($id: ID!) { thread(id: $id) { postCount \
                    posts(first: 10) { totalCount } } }";
    let page =
        async || visitor.run(document, json!({ "id": square.thread })).await["thread"].take();
    let shown = json!({ "postCount": 1, "posts": { "totalCount": 1 } });
    assert_eq!(page().await, shown);
    flag(&square.youth, &square.post).await;
    assert_eq!(square.status(&visitor, &square.post).await, "VISIBLE");
    flag(&square.expert, &square.post).await;
    assert_eq!(square.status(&visitor, &square.post).await, Value::Null);
    assert_eq!(square.status(&square.civil, &square.post).await, "HELD");
    let hidden = json!({ "postCount": 0, "posts": { "totalCount": 0 } });
    assert_eq!(page().await, hidden);
    let own = square
        .sees(
            &square.civil,
            &square.post,
            "moderation { act reason moderator }",
        )
        .await;
    let held = json!([{ "act": "HOLD", "reason": "FLAGGED", "moderator": null }]);
    assert_eq!(own["moderation"], held);
    let waiting = queue(&square.moderator, "id heldByFlags").await;
    assert_eq!(waiting[0]["heldByFlags"], true);
    let input = json!({
        "reviewableId": waiting[0]["id"], "decision": "DISAGREE", "text": "It is no spam.",
    });
    square.moderator.done("decideReviewable", input, "").await;
    assert_eq!(square.status(&visitor, &square.post).await, "VISIBLE");
    assert_eq!(page().await, shown);
    let log = super::modlog(&visitor, "id act reversesId reversedById").await;
    assert_eq!(
        (&log[0]["act"], &log[1]["act"]),
        (&json!("RELEASE"), &json!("HOLD"))
    );
    assert_eq!(log[0]["reversesId"], log[1]["id"]);
    assert_eq!(log[1]["reversedById"], log[0]["id"]);
}

#[tokio::test]
async fn what_a_moderator_let_go_is_held_by_further_flags() {
    let square = Square::with(&[("moderation.hold_at", "2")]).await;
    let visitor = square.forum.visitor();
    flag(&square.youth, &square.post).await;
    for (doing, reason) in [("HOLD", "ABUSE"), ("RELEASE", "MENDED")] {
        let input = super::act(&square.post, doing, reason);
        square.moderator.done("moderate", input, "").await;
    }
    let held = queue(&square.moderator, "heldByFlags").await;
    assert_eq!(Value::from(held), json!([{ "heldByFlags": false }]));
    assert_eq!(square.status(&visitor, &square.post).await, "VISIBLE");
    flag(&square.expert, &square.post).await;
    assert_eq!(square.status(&visitor, &square.post).await, Value::Null);
}

#[tokio::test]
async fn whose_flags_were_wrong_counts_less_the_next_time() {
    let square = Square::new().await;
    let other = say(&square.civil, &square.thread, "Another.").await;
    flag(&square.youth, &square.post).await;
    let waiting = queue(&square.moderator, "id").await;
    let input = json!({
        "reviewableId": waiting[0]["id"], "decision": "DISAGREE", "text": "It is not.",
    });
    square.moderator.done("decideReviewable", input, "").await;
    flag(&square.youth, &other).await;
    let seen = queue(&square.moderator, "score").await;
    assert_eq!(Value::from(seen), json!([{ "score": 0.666 }]));
}

#[tokio::test]
async fn officials_hold_nothing_by_their_flags() {
    let square = Square::with(&[("moderation.hold_at", "2")]).await;
    for login in ["officer", "colleague", "oversight"] {
        let official = square.forum.sign_in(login).await;
        flag(&official, &square.post).await;
    }
    flag(&square.youth, &square.post).await;
    let visitor = square.forum.visitor();
    assert_eq!(square.status(&visitor, &square.post).await, "VISIBLE");
    // The two of one agency count once in the queue.
    let seen = queue(&square.moderator, "flagCount score").await;
    assert_eq!(Value::from(seen), json!([{ "flagCount": 4, "score": 3.0 }]));
}

#[tokio::test]
async fn an_organization_counts_once() {
    let square = Square::with(&[("moderation.hold_at", "2")]).await;
    for one in together(&square.forum, ["youth", "expert"]).await {
        flag(&one, &square.post).await;
    }
    let visitor = square.forum.visitor();
    assert_eq!(square.status(&visitor, &square.post).await, "VISIBLE");
    let seen = queue(&square.moderator, "flagCount score").await;
    assert_eq!(Value::from(seen), json!([{ "flagCount": 2, "score": 1.0 }]));
    let student = square.forum.another_youth().await;
    flag(&student, &square.post).await;
    assert_eq!(square.status(&visitor, &square.post).await, Value::Null);
}

#[tokio::test]
async fn no_flags_hold_a_concern_about_an_agency_nor_anything_in_it() {
    let square = Square::with(&[("moderation.hold_at", "2")]).await;
    let concern = square.forum.open_concern(&square.civil).await;
    let own = say(&square.civil, &concern, "They came again.").await;
    let connection = square.forum.database.connect().await;
    let sql = "UPDATE thread SET audience = 'PUBLIC', about_kind = 'PRACTICE'";
    connection.execute_unprepared(sql).await.unwrap();
    let others = say(&square.expert, &concern, "Liars, all of you.").await;
    let student = square.forum.another_youth().await;
    let calls = async || {
        let read = square.forum.store().read();
        let head = read.stream_head(StreamName::Moderation).await.unwrap();
        head.map_or(0, |one| one.head)
    };
    let before = calls().await;
    for subject in [&concern, &own, &others] {
        flag(&square.youth, subject).await;
        flag(&student, subject).await;
    }
    // Of each by its first flag, and by the one that would have held it.
    assert_eq!(calls().await - before, 6);
    let visitor = square.forum.visitor();
    for subject in [&concern, &own, &others] {
        assert_eq!(square.status(&visitor, subject).await, "VISIBLE");
    }
    let waiting = queue(&square.moderator, "heldByFlags flagCount").await;
    let shown = json!({ "heldByFlags": false, "flagCount": 2 });
    assert_eq!(waiting, [shown.clone(), shown.clone(), shown]);
}

/// Whether somebody reads that he flagged something himself.
async fn has_flagged(square: &Square, who: &Client, subject: &Value) -> Value {
    let mut seen = square.sees(who, subject, "viewerHasFlagged").await;
    seen["viewerHasFlagged"].take()
}

#[tokio::test]
async fn whoever_flagged_something_reads_that_and_nobody_else_does() {
    let square = Square::new().await;
    for subject in [&square.thread, &square.post] {
        assert_eq!(has_flagged(&square, &square.youth, subject).await, false);
        flag(&square.youth, subject).await;
        assert_eq!(has_flagged(&square, &square.youth, subject).await, true);
        let again = square.youth.refused("flag", flag_of(subject)).await;
        assert_eq!(again, "ALREADY_FLAGGED");
        for other in [&square.civil, &square.moderator, &square.forum.visitor()] {
            assert_eq!(has_flagged(&square, other, subject).await, false);
        }
    }
}

#[tokio::test]
async fn what_one_flagged_takes_one_statement_for_a_page_of_posts() {
    let square = Square::new().await;
    let page = "query($id: ID!) { node(id: $id) { ... on Thread { viewerHasFlagged \
                posts(first: 20) { nodes { viewerHasFlagged } } } } }";
    let of = async || {
        let id = json!({ "id": square.thread });
        statements(&square.forum, &square.youth, page, |_| id.clone()).await
    };
    let few = of().await;
    for _ in 0..5 {
        say(&square.expert, &square.thread, "Another.").await;
    }
    assert_eq!(of().await, few);
    let without = page.replace("viewerHasFlagged", "status");
    let id = json!({ "id": square.thread });
    let least = statements(&square.forum, &square.youth, &without, |_| id.clone()).await;
    assert_eq!(few, least + 2);
}

#[tokio::test]
async fn the_day_of_a_flag_and_of_an_edit_is_the_forums_own() {
    let square = Square::new().await;
    // In Karachi it is Tuesday, in UTC still Monday.
    until(&square.forum, "2025-11-17T20:00:00Z").await;
    let [civil, moderator] = [
        square.forum.sign_in("civil").await,
        square.forum.sign_in("moderator").await,
    ];
    let edit = json!({ "postId": square.post, "body": "Buy cheap boots." });
    civil.done("editPost", edit, "").await;
    flag(&square.forum.sign_in("youth").await, &square.post).await;
    let seen = queue(&moderator, "flags { on }").await;
    assert_eq!(seen[0]["flags"][0]["on"], "2025-11-18");
    let seen = square.sees(&civil, &square.post, "revisions { replacedOn }");
    let days = json!([{ "replacedOn": "2025-11-18" }]);
    assert_eq!(seen.await["revisions"], days);
}
