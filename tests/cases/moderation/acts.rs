//! What moderators do to threads and posts, and what the record says of it.

use chrono::Duration;
use mukalma_tests::Client;
use serde_json::{Value, json};

use super::newcomers::newcomer;
use super::{Square, act, modlog, official, say};

#[tokio::test]
async fn every_act_can_be_taken_back_and_stands_in_the_record() {
    let square = Square::new().await;
    let visitor = square.forum.visitor();
    for subject in [&square.thread, &square.post] {
        for (doing, reason, stands, undoing) in [
            ("HOLD", "ABUSE", Value::Null, "RELEASE"),
            ("MINIMIZE", "OFF_TOPIC", json!("MINIMIZED"), "RESTORE"),
            ("REMOVE", "PERSONAL_INFORMATION", Value::Null, "RESTORE"),
        ] {
            let input = act(subject, doing, reason);
            square.moderator.done("moderate", input.clone(), "").await;
            assert_eq!(square.status(&visitor, subject).await, stands, "{doing}");
            let again = square.moderator.refused("moderate", input).await;
            assert_eq!(again, "ILLEGAL_MOVE", "{doing}");
            let own = square.sees(&square.civil, subject, "moderation { act reason text }");
            let told = json!({ "act": doing, "reason": reason, "text": "By the rules." });
            assert_eq!(own.await["moderation"][0], told);
            let input = act(subject, undoing, "MISTAKEN");
            square.moderator.done("moderate", input, "").await;
            assert_eq!(
                square.status(&visitor, subject).await,
                "VISIBLE",
                "{undoing}"
            );
            let log = modlog(
                &visitor,
                "id act reason text subjectId reversesId reversedById",
            )
            .await;
            assert_eq!(log[0]["act"], undoing);
            assert_eq!(log[0]["subjectId"], *subject);
            assert_eq!(log[0]["reversesId"], log[1]["id"]);
            assert_eq!(log[1]["reversedById"], log[0]["id"]);
            assert_eq!(
                (&log[1]["act"], &log[1]["text"]),
                (&json!(doing), &Value::Null)
            );
        }
    }
}

#[tokio::test]
async fn a_locked_thread_takes_no_posts_until_it_is_opened_again() {
    let square = Square::new().await;
    let lock = act(&square.thread, "LOCK", "HEATED");
    square
        .moderator
        .done("moderate", lock, "thread { locked }")
        .await;
    let speaks = json!({ "threadId": square.thread, "body": "But!" });
    assert_eq!(
        square.youth.refused("addPost", speaks.clone()).await,
        "LOCKED"
    );
    let unlock = act(&square.thread, "UNLOCK", "REVIEWED");
    square.moderator.done("moderate", unlock, "").await;
    square.youth.done("addPost", speaks, "").await;
    for doing in ["LOCK", "UNLOCK"] {
        let reason = if doing == "LOCK" {
            "HEATED"
        } else {
            "REVIEWED"
        };
        let input = act(&square.post, doing, reason);
        assert_eq!(square.moderator.refused("moderate", input).await, "INVALID");
    }
}

#[tokio::test]
async fn a_reason_fits_its_act_and_an_act_its_doer() {
    let square = Square::new().await;
    for (who, doing, reason, code) in [
        (&square.moderator, "REMOVE", "OFF_TOPIC", "INVALID"),
        (&square.moderator, "HOLD", "FLAGGED", "INVALID"),
        (&square.moderator, "RELEASE", "SPAM", "INVALID"),
        (&square.moderator, "RETURN", "TO_MEND", "INVALID"),
        (&square.youth, "REMOVE", "SPAM", "FORBIDDEN"),
        (&square.civil, "REMOVE", "SPAM", "FORBIDDEN"),
    ] {
        let input = act(&square.post, doing, reason);
        assert_eq!(
            who.refused("moderate", input).await,
            code,
            "{doing} {reason}"
        );
    }
    let own = say(&square.moderator, &square.thread, "I moderate.").await;
    let input = act(&own, "REMOVE", "SPAM");
    let code = square.moderator.refused("moderate", input).await;
    assert_eq!(code, "CONFLICT_OF_INTEREST");
    let mut blank = act(&square.post, "REMOVE", "SPAM");
    blank["text"] = json!(" ");
    assert_eq!(square.moderator.refused("moderate", blank).await, "BLANK");
}

#[tokio::test]
async fn a_moderator_who_becomes_an_official_does_nothing_to_what_others_say() {
    let square = Square::new().await;
    let removed = say(&square.civil, &square.thread, "Buy cheap shoes.").await;
    let remove = act(&removed, "REMOVE", "SPAM");
    square.moderator.done("moderate", remove, "").await;
    let before = modlog(&square.youth, "id").await;
    let official = official(&square.forum, "moderator").await;
    for (subject, doing, reason) in [
        (&square.post, "REMOVE", "SPAM"),
        (&square.post, "HOLD", "ABUSE"),
        (&square.thread, "MINIMIZE", "OFF_TOPIC"),
        // Nor does he take back what he did.
        (&removed, "RESTORE", "MISTAKEN"),
    ] {
        let input = act(subject, doing, reason);
        let code = official.refused("moderate", input).await;
        assert_eq!(code, "FORBIDDEN", "{doing}");
    }
    for subject in [&square.post, &square.thread] {
        assert_eq!(square.status(&square.youth, subject).await, "VISIBLE");
    }
    assert_eq!(square.status(&square.youth, &removed).await, Value::Null);
    assert_eq!(modlog(&square.youth, "id").await, before);
}

#[tokio::test]
async fn an_act_on_what_was_edited_a_moment_before_is_not_done() {
    let square = Square::new().await;
    let judged = square
        .sees(&square.moderator, &square.thread, "version")
        .await;
    let input = json!({ "threadId": square.thread, "body": "Let us talk of something else." });
    square.civil.done("editThread", input, "").await;
    let mut late = act(&square.thread, "REMOVE", "ABUSE");
    late["expectedVersion"] = judged["version"].clone();
    let fields = "userErrors { currentVersion changes { of kind text } }";
    let told = square.moderator.act("moderate", late.clone(), fields).await;
    let error = &told["userErrors"][0];
    assert_eq!(error["code"], "VERSION_CONFLICT");
    let part = |of: &str, kind: &str, text: &str| json!({ "of": of, "kind": kind, "text": text });
    let changes = [
        part("TITLE", "KEPT", "A discussion"),
        part("BODY", "KEPT", "Let us "),
        part("BODY", "REMOVED", "talk."),
        part("BODY", "ADDED", "talk of something else."),
    ];
    assert_eq!(error["changes"], json!(changes));
    let now = square
        .sees(&square.moderator, &square.thread, "version")
        .await;
    assert_eq!(error["currentVersion"], now["version"]);
    // Of what is hidden, only that it was changed.
    let hold = act(&square.thread, "HOLD", "ABUSE");
    square.moderator.done("moderate", hold, "").await;
    let told = square.moderator.act("moderate", late.clone(), fields).await;
    assert_eq!(told["userErrors"][0]["changes"], Value::Null);
    let release = act(&square.thread, "RELEASE", "REVIEWED");
    square.moderator.done("moderate", release, "").await;
    // Of a text that never stood there, nothing is told.
    late["expectedVersion"] = json!("0123456789abcdef");
    let told = square.moderator.act("moderate", late.clone(), fields).await;
    assert_eq!(told["userErrors"][0]["changes"], Value::Null);
    late["expectedVersion"] = now["version"].clone();
    square.moderator.done("moderate", late, "").await;
}

#[tokio::test]
async fn of_what_not_everyone_reads_the_record_tells_the_month_after() {
    let square = Square::new().await;
    let visitor = square.forum.visitor();
    let concern = square.forum.open_concern(&square.expert).await;
    let seen = modlog(&visitor, "act").await.len();
    let post = say(&square.expert, &concern, "They came again.").await;
    let members = square.forum.open_discussion(&square.civil, "MEMBERS").await;
    let input = act(&members, "MINIMIZE", "OFF_TOPIC");
    square.moderator.done("moderate", input, "").await;
    assert_eq!(modlog(&visitor, "act").await.len(), seen);
    // The 17th of November 2025 is the first day of every test.
    square.forum.clock.advance(Duration::days(14));
    let fields = "act at month text subjectId moderator";
    let log = modlog(&visitor, fields).await;
    assert!(log.len() > seen);
    let told = json!({
        "act": "MINIMIZE", "at": null, "month": "2025-11", "text": null, "subjectId": null,
        "moderator": null,
    });
    assert!(log.contains(&told), "{log:?}");
    let all = Value::from(log).to_string();
    for hidden in [&concern, &post] {
        assert!(!all.contains(hidden.as_str().unwrap()));
    }
    // Whoever reads the thread is told which it was.
    let own = modlog(&square.civil, "act subjectId").await;
    assert!(own.contains(&json!({ "act": "MINIMIZE", "subjectId": members })));
}

#[tokio::test]
async fn what_is_said_on_letting_a_thread_appear_is_for_its_author_and_moderators() {
    let square = Square::new().await;
    let new = newcomer(&square.forum, "new").await;
    let input = json!({
        "kind": "QUESTION", "title": "Who knows?", "body": "Tell me.", "audience": "PUBLIC",
    });
    let mut begun = new.done("startThread", input, "thread { id }").await;
    let thread = begun["thread"]["id"].take();
    let release = json!({ "threadId": thread, "text": "Welcome here." });
    square.moderator.done("releaseThread", release, "").await;
    let told = json!({ "moderation": [{ "act": "RELEASE", "text": "Welcome here." }] });
    for who in [&new, &square.moderator] {
        let seen = square.sees(who, &thread, "moderation { act text }").await;
        assert_eq!(seen, told);
    }
    let log = modlog(&square.youth, "act text subjectId").await;
    let entry = json!({ "act": "RELEASE", "text": null, "subjectId": thread });
    assert_eq!(log[0], entry);
}

/// What the record tells somebody of a thread: the acts, in the order of their names.
pub(super) async fn acts_in(who: &Client, thread: &Value) -> Vec<Value> {
    let document = "query($id: ID!) { modlog(first: 100, filter: { threadId: $id }) \
                    { totalCount nodes { act subjectId } } }";
    let mut seen = who.run(document, json!({ "id": thread })).await;
    let nodes = seen["modlog"]["nodes"].take();
    let mut acts = Vec::new();
    for node in nodes.as_array().unwrap() {
        assert_ne!(node["subjectId"], Value::Null);
        acts.push(node["act"].clone());
    }
    assert_eq!(seen["modlog"]["totalCount"], acts.len());
    acts.sort_unstable_by_key(Value::to_string);
    acts
}

#[tokio::test]
async fn the_record_of_a_thread_tells_of_what_its_reader_sees_there_and_no_more() {
    let square = Square::new().await;
    let members = square.forum.open_discussion(&square.civil, "MEMBERS").await;
    let said = say(&square.civil, &members, "Among us.").await;
    for (subject, doing, reason) in [
        (&square.post, "REMOVE", "SPAM"),
        (&square.thread, "LOCK", "HEATED"),
        (&said, "MINIMIZE", "OFF_TOPIC"),
    ] {
        let input = act(subject, doing, reason);
        square.moderator.done("moderate", input, "").await;
    }
    let warning = json!({
        "subjectId": square.thread, "kind": "WARN", "reason": "ABUSE", "text": "Mind your words.",
    });
    square.moderator.done("proposeSanction", warning, "").await;
    assert_eq!(acts_in(&square.youth, &members).await, [""; 0]);
    square.forum.clock.advance(Duration::days(14));
    let visitor = square.forum.visitor();
    // What was removed is for its author and moderators.
    for who in [&visitor, &square.youth] {
        let acts = acts_in(who, &square.thread).await;
        assert_eq!(acts, ["LOCK", "RELEASE"]);
    }
    for who in [&square.civil, &square.moderator] {
        let acts = acts_in(who, &square.thread).await;
        assert_eq!(acts, ["LOCK", "RELEASE", "REMOVE"]);
        assert_eq!(acts_in(who, &members).await, ["MINIMIZE"]);
    }
    assert_eq!(acts_in(&square.youth, &members).await, ["MINIMIZE"]);
    let absent = square.forum.thread_id_of_nothing();
    for nothing in [&members, &square.post, &absent] {
        assert_eq!(acts_in(&visitor, nothing).await, [""; 0]);
    }
    let document = "query($id: ID!) { modlog(filter: { threadId: $id, act: LOCK }) \
                    { totalCount nodes { act } } }";
    let seen = visitor.run(document, json!({ "id": square.thread })).await;
    let locked = json!({ "totalCount": 1, "nodes": [{ "act": "LOCK" }] });
    assert_eq!(seen["modlog"], locked);
}

#[tokio::test]
async fn the_record_of_a_thread_has_what_was_done_to_posts_that_stand_there_now() {
    let square = Square::new().await;
    let elsewhere = square.forum.open_discussion(&square.civil, "PUBLIC").await;
    let minimize = act(&square.post, "MINIMIZE", "OFF_TOPIC");
    square.moderator.done("moderate", minimize, "").await;
    let moved = json!({
        "threadId": square.thread, "postIds": [square.post], "toThreadId": elsewhere,
        "reason": "OFF_TOPIC", "text": "It is of something else.",
    });
    square.moderator.done("movePosts", moved, "").await;
    let acts = acts_in(&square.youth, &elsewhere).await;
    assert_eq!(acts, ["MINIMIZE", "MOVE"]);
    let acts = acts_in(&square.youth, &square.thread).await;
    assert_eq!(acts, ["RELEASE"]);
}

#[tokio::test]
async fn whoever_is_told_to_what_something_was_done_is_told_by_whom() {
    let square = Square::new().await;
    // Among few the moderator may be known by his name.
    let concern = square.forum.open_concern(&square.expert).await;
    let members = square.forum.open_discussion(&square.civil, "MEMBERS").await;
    let input = act(&members, "MINIMIZE", "OFF_TOPIC");
    square.moderator.done("moderate", input, "").await;
    let number = async |who: &Client, subject: &Value| {
        let mut seen = square.sees(who, subject, "moderation { moderator }").await;
        seen["moderation"][0]["moderator"].take()
    };
    let own = number(&square.civil, &members).await;
    assert!(own.as_i64().unwrap() >= 100_000, "{own}");
    assert_eq!(number(&square.moderator, &concern).await, own);
    assert_eq!(number(&square.expert, &concern).await, Value::Null);
    square.forum.clock.advance(Duration::days(14));
    let visitor = square.forum.visitor();
    for (who, told) in [(&square.youth, own), (&visitor, Value::Null)] {
        let log = modlog(who, "act moderator").await;
        let entry = json!({ "act": "MINIMIZE", "moderator": told });
        assert!(log.contains(&entry), "{log:?}");
    }
}

#[tokio::test]
async fn what_is_removed_is_told_live_and_from_the_kept_page() {
    let square = Square::new().await;
    let document = "query($id: ID!) { thread(id: $id) { posts(first: 5) { nodes { id } } } }";
    let page = || square.youth.run(document, json!({ "id": square.thread }));
    assert_eq!(
        page().await["thread"]["posts"]["nodes"][0]["id"],
        square.post
    );
    let watch = "subscription($id: ID!) { threadEvents(threadId: $id) { __typename } }";
    let mut watch = square
        .youth
        .watch(watch, json!({ "id": square.thread }))
        .await;
    let input = act(&square.post, "REMOVE", "SPAM");
    square.moderator.done("moderate", input, "").await;
    let told = watch.next().await;
    assert!(told.to_string().contains("PostModerated"), "{told}");
    assert_eq!(page().await["thread"]["posts"]["nodes"], json!([]));
}

#[tokio::test]
async fn the_forum_warns_of_who_is_missing_among_moderators() {
    let warnings = "{ moderationWarnings }";
    let bare = Square::new().await;
    let all = json!([
        "FEWER_THAN_TWO_ORGANIZATIONS",
        "NO_WOMAN",
        "NOBODY_UNDER_THIRTY"
    ]);
    let seen = bare.forum.visitor().run(warnings, json!({})).await;
    assert_eq!(seen["moderationWarnings"], all);
    let attested =
        Square::with(&[("moderation.women", "1"), ("moderation.under_thirty", "1")]).await;
    let seen = attested.forum.visitor().run(warnings, json!({})).await;
    assert_eq!(
        seen["moderationWarnings"],
        json!(["FEWER_THAN_TWO_ORGANIZATIONS"])
    );
    // Of nobody who moderates it is true of none.
    let seen = attested
        .moderator
        .run("{ viewer { account { id } } }", json!({}));
    let account = seen.await["viewer"]["account"]["id"].take();
    let duty = json!({ "account": account, "duty": "MODERATOR" });
    let admin = attested.forum.sign_in("admin").await;
    admin.done("revokeDuty", duty, "").await;
    let seen = attested.forum.visitor().run(warnings, json!({})).await;
    assert_eq!(seen["moderationWarnings"], all);
}

#[tokio::test]
async fn a_closed_conversation_takes_no_posts_until_it_is_taken_up_again() {
    let square = Square::new().await;
    let close = act(&square.thread, "CLOSE", "SETTLED");
    let fields = "thread { closed locked }";
    let done = square.moderator.done("moderate", close, fields).await;
    assert_eq!(done["thread"], json!({ "closed": true, "locked": false }));
    let speaks = json!({ "threadId": square.thread, "body": "But!" });
    assert_eq!(
        square.youth.refused("addPost", speaks.clone()).await,
        "LOCKED"
    );
    let edits = json!({ "postId": square.post, "body": "Buy dear phones." });
    assert_eq!(square.civil.refused("editPost", edits).await, "LOCKED");
    let reopen = act(&square.thread, "REOPEN", "MISTAKEN");
    square.moderator.done("moderate", reopen, "").await;
    square.youth.done("addPost", speaks, "").await;
    // A concern ends by its own moves.
    let concern = square.forum.open_concern(&square.expert).await;
    let moderator = square.forum.sign_in("moderator").await;
    moderator
        .run(
            "mutation($id: ID!) { claimThread(input: { threadId: $id }) { userErrors { code } } }",
            json!({ "id": concern }),
        )
        .await;
    let close = act(&concern, "CLOSE", "SETTLED");
    assert_eq!(moderator.refused("moderate", close).await, "INVALID");
}

#[tokio::test]
async fn so_many_threads_are_to_be_read_first_and_no_more() {
    let square = Square::with(&[("moderation.pinned_max", "1")]).await;
    let other = square.forum.open_discussion(&square.civil, "PUBLIC").await;
    let pin = act(&square.thread, "PIN", "IMPORTANT");
    let done = square
        .moderator
        .done("moderate", pin, "thread { pinned }")
        .await;
    assert_eq!(done["thread"]["pinned"], true);
    let pin = act(&other, "PIN", "IMPORTANT");
    assert_eq!(
        square.moderator.refused("moderate", pin.clone()).await,
        "TOO_MANY"
    );
    let unpin = act(&square.thread, "UNPIN", "REVIEWED");
    square.moderator.done("moderate", unpin, "").await;
    square.moderator.done("moderate", pin, "").await;
    let list = "{ threads(first: 5, filter: { pinned: true }) { nodes { id } } }";
    let seen = square.forum.visitor().run(list, json!({})).await;
    assert_eq!(seen["threads"]["nodes"], json!([{ "id": other }]));
}

#[tokio::test]
async fn in_a_slow_thread_each_waits_after_he_spoke_and_a_moderator_does_not() {
    let square = Square::with(&[("moderation.slow_seconds_max", "60")]).await;
    let slow = |seconds: Value| {
        let mut input = act(&square.thread, "SLOW_MODE", "HEATED");
        input["seconds"] = seconds;
        input
    };
    for (seconds, code) in [
        (Value::Null, "INVALID"),
        (json!(0), "INVALID"),
        (json!(-5), "INVALID"),
        (json!(61), "TOO_MANY"),
    ] {
        assert_eq!(
            square.moderator.refused("moderate", slow(seconds)).await,
            code
        );
    }
    let fields = "thread { slowSeconds }";
    let done = square
        .moderator
        .done("moderate", slow(json!(60)), fields)
        .await;
    assert_eq!(done["thread"]["slowSeconds"], 60);
    let again = square.moderator.refused("moderate", slow(json!(30))).await;
    assert_eq!(again, "ILLEGAL_MOVE");
    say(&square.youth, &square.thread, "First.").await;
    let again = json!({ "threadId": square.thread, "body": "Second." });
    assert_eq!(
        square.youth.refused("addPost", again.clone()).await,
        "TOO_SOON"
    );
    say(&square.expert, &square.thread, "Somebody else.").await;
    say(&square.moderator, &square.thread, "Calm down.").await;
    say(&square.moderator, &square.thread, "Please.").await;
    square.forum.clock.advance(Duration::seconds(59));
    assert_eq!(
        square.youth.refused("addPost", again.clone()).await,
        "TOO_SOON"
    );
    square.forum.clock.advance(Duration::seconds(1));
    square.youth.done("addPost", again.clone(), "").await;
    let fast = act(&square.thread, "NORMAL_MODE", "REVIEWED");
    square.moderator.done("moderate", fast, "").await;
    square.youth.done("addPost", again, "").await;
    let mut lock = act(&square.thread, "LOCK", "HEATED");
    lock["seconds"] = json!(5);
    assert_eq!(square.moderator.refused("moderate", lock).await, "INVALID");
}
