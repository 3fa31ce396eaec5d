//! The quarterly report of moderation.

use chrono::{DateTime, Duration, Utc};
use domain::people::{Constituency, Duty};
use mukalma_tests::{Client, TestForum};
use serde_json::{Value, json};

use super::moderation::newcomers::newcomer;
use super::moderation::{Square, act, flag, queue, say};

/// A forum that tells of few, so that a test sees what is counted.
const EXACT: &[(&str, &str)] = &[("statistics.least", "1")];

/// Lets time pass until a moment, and has the reports made that are due.
pub(super) async fn until(forum: &TestForum, moment: &str) {
    let moment: DateTime<Utc> = moment.parse().unwrap();
    forum.clock.advance(moment - forum.forum.time());
    forum.forum.make_reports().await.unwrap();
}

async fn figures(forum: &TestForum, section: &str) -> Value {
    let document = "query($section: TransparencySection) { transparencyReport { quarter \
                    figures(section: $section) { key measure value } } }";
    let visitor = forum.visitor();
    let mut seen = visitor.run(document, json!({ "section": section })).await;
    seen["transparencyReport"]["figures"].take()
}

async fn page(forum: &TestForum, path: &str) -> (u16, String) {
    let answer = super::statistics::export::get(forum, path).await;
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test]
async fn a_quarter_is_told_once_it_is_over_and_stays_as_it_is() {
    let square = Square::with(EXACT).await;
    let forum = &square.forum;
    flag(&square.youth, &square.post).await;
    let remove = act(&square.post, "REMOVE", "SPAM");
    square.moderator.done("moderate", remove, "").await;
    until(forum, "2025-12-31T18:59:59Z").await;
    assert_eq!(figures(forum, "ACTS").await, Value::Null);
    // The year ends in Karachi.
    until(forum, "2025-12-31T19:00:00Z").await;
    let acts = figures(forum, "ACTS").await;
    let removed = json!({ "key": "REMOVE", "measure": "SPAM", "value": 1 });
    assert!(acts.as_array().unwrap().contains(&removed), "{acts}");
    let flags = json!([{ "key": "SPAM", "measure": "WAITING", "value": 1 }]);
    assert_eq!(figures(forum, "FLAGS").await, flags);
    let moderator = forum.sign_in("moderator").await;
    let restore = act(&square.post, "RESTORE", "MISTAKEN");
    moderator.done("moderate", restore, "").await;
    forum.forum.make_reports().await.unwrap();
    assert_eq!(figures(forum, "ACTS").await, acts);
    until(forum, "2026-07-01T00:00:00Z").await;
    let quarters = forum
        .visitor()
        .run("{ transparencyQuarters }", json!({}))
        .await;
    let all = json!(["2026-Q2", "2026-Q1", "2025-Q4"]);
    assert_eq!(quarters["transparencyQuarters"], all);
}

#[tokio::test]
async fn of_few_nothing_is_told_but_what_the_record_shows() {
    let square = Square::with(&[("statistics.least", "2")]).await;
    let forum = &square.forum;
    flag(&square.youth, &square.post).await;
    let remove = act(&square.post, "REMOVE", "SPAM");
    square.moderator.done("moderate", remove, "").await;
    until(forum, "2026-01-01T00:00:00Z").await;
    let flags = json!([{ "key": "SPAM", "measure": "REST", "value": null }]);
    assert_eq!(figures(forum, "FLAGS").await, flags);
    assert!(
        figures(forum, "ACTS")
            .await
            .to_string()
            .contains("\"SPAM\",\"value\":1")
    );
}

/// A quarter of a forum that tells of two at least: of the flags of spam four are
/// young people's, two officials' and one experts', and of abuse there is one.
async fn flagged_by_few() -> Square {
    let square = Square::with(&[("statistics.least", "2")]).await;
    let mut posts = vec![square.post.clone()];
    for words in ["Cheap watches!", "Sell us your land.", "Win a journey now."] {
        posts.push(say(&square.civil, &square.thread, words).await);
    }
    let officer = square.forum.sign_in("officer").await;
    for (who, flags) in [(&square.youth, 4), (&officer, 2), (&square.expert, 1)] {
        for post in posts.iter().take(flags) {
            flag(who, post).await;
        }
    }
    let abuse = json!({ "subjectId": posts[1], "reason": "ABUSE", "note": "It insults." });
    square.expert.done("flag", abuse, "").await;
    until(&square.forum, "2026-01-01T00:00:00Z").await;
    square
}

#[tokio::test]
async fn a_small_number_is_told_nowhere_nor_what_would_give_it_away() {
    let square = flagged_by_few().await;
    let forum = &square.forum;
    let told = json!([
        { "key": "REST", "measure": "ABUSE", "value": null },
        { "key": "REST", "measure": "SPAM", "value": 4 },
        { "key": "YOUTH", "measure": "SPAM", "value": 4 },
    ]);
    assert_eq!(figures(forum, "FLAGS_BY_CONSTITUENCY").await, told);
    let (_, csv) = page(forum, "/transparency/2025-Q4.csv").await;
    let lines = "2025-Q4,FLAGS_BY_CONSTITUENCY,REST,ABUSE,\r\n\
                 2025-Q4,FLAGS_BY_CONSTITUENCY,REST,SPAM,4\r\n\
                 2025-Q4,FLAGS_BY_CONSTITUENCY,YOUTH,SPAM,4\r\n";
    assert!(csv.contains(lines), "{csv}");
    let (_, file) = page(forum, "/transparency/2025-Q4.json").await;
    let file: Value = serde_json::from_str(&file).unwrap();
    let mut of_table = file["figures"].as_array().unwrap().clone();
    of_table.retain(|one| one["section"] == "FLAGS_BY_CONSTITUENCY");
    for (one, told) in of_table.iter_mut().zip(told.as_array().unwrap()) {
        one.as_object_mut().unwrap().remove("section");
        assert_eq!(one, told);
    }
    assert_eq!(of_table.len(), 3);
    for few in ["OFFICIAL", "EXPERT"] {
        assert!(
            !csv.contains(few) && !file.to_string().contains(few),
            "{few}"
        );
    }
}

#[tokio::test]
async fn the_page_says_what_is_kept_back_in_both_languages() {
    let square = flagged_by_few().await;
    for (path, rest, spam, abuse, few, hidden) in [
        (
            "/transparency",
            "the rest, together",
            "spam",
            "abuse",
            "too few",
            "officials",
        ),
        (
            "/transparency/ur",
            "باقی سب",
            "سپام",
            "بدزبانی",
            "بہت کم",
            "سرکاری اہلکار",
        ),
    ] {
        let (_, html) = page(&square.forum, path).await;
        for (measure, value) in [(spam, "4"), (abuse, few)] {
            let row = format!(
                "<tr><th scope=\"row\"><bdi>{rest}</bdi></th><td><bdi>{measure}</bdi></td>\
                 <td>{value}</td></tr>"
            );
            assert!(html.contains(&row), "{row} in {html}");
        }
        assert!(!html.contains(&format!("<bdi>{hidden}</bdi>")), "{html}");
    }
}

/// A young person's post on drugs, which a member of civil society flags, a moderator
/// removes after 30 hours, and another brings back on appeal after 50 more.
async fn wrongly_removed(square: &Square) {
    let forum = &square.forum;
    let duties = [Duty::Moderator];
    let install = forum.install("second", Constituency::Expert, &duties);
    install.await;
    let input = json!({
        "kind": "DISCUSSION", "title": "Of the hostels", "body": "What do you see there?",
        "audience": "PUBLIC", "category": "DRG",
    });
    let started = square
        .civil
        .done("startThread", input, "thread { id status }");
    let thread = forum.released(started.await["thread"].take()).await;
    let post = say(&square.youth, &thread, "They look away there.").await;
    flag(&square.civil, &post).await;
    forum.clock.advance(Duration::hours(30));
    let moderator = forum.sign_in("moderator").await;
    let waiting = queue(&moderator, "id").await;
    let decision = json!({
        "reviewableId": waiting[0]["id"], "decision": "AGREE", "act": "REMOVE", "reason": "ABUSE",
        "text": "It insults.",
    });
    moderator.done("decideReviewable", decision, "").await;
    let told = square.sees(&square.youth, &post, "moderation { id }").await;
    let appeal = json!({ "entryId": told["moderation"][0]["id"], "text": "It insults nobody." });
    let made = square.youth.done("appeal", appeal, "appeal { id }").await;
    forum.clock.advance(Duration::hours(50));
    let second = forum.sign_in("second").await;
    let decision = json!({
        "appealId": made["appeal"]["id"], "outcome": "OVERTURNED", "text": "It is fair.",
    });
    second.done("decideAppeal", decision, "").await;
    until(forum, "2026-01-01T00:00:00Z").await;
}

#[tokio::test]
async fn decisions_reversals_appeals_and_times_are_told_by_category_and_by_constituency() {
    let square = Square::with(EXACT).await;
    wrongly_removed(&square).await;
    let decisions = &[
        ("AGREE", 1),
        ("AGREE_MEDIAN_HOURS", 30),
        ("AGREE_P90_HOURS", 30),
    ][..];
    let appeals = &[
        ("MADE", 1),
        ("OVERTURNED", 1),
        ("OVERTURNED_MEDIAN_HOURS", 50),
        ("OVERTURNED_P90_HOURS", 50),
    ][..];
    for (section, key, told) in [
        ("FLAGS_BY_CATEGORY", "DRG", &[("SPAM", 1)][..]),
        ("FLAGS_BY_CONSTITUENCY", "CIVIL_SOCIETY", &[("SPAM", 1)]),
        ("DECISIONS_BY_CATEGORY", "DRG", decisions),
        ("DECISIONS_BY_CONSTITUENCY", "YOUTH", decisions),
        ("REVERSALS_BY_CATEGORY", "DRG", &[("REMOVE", 1)]),
        ("REVERSALS_BY_CONSTITUENCY", "YOUTH", &[("REMOVE", 1)]),
        ("APPEALS", "REMOVE", appeals),
        ("APPEALS_BY_CATEGORY", "DRG", appeals),
        ("APPEALS_BY_CONSTITUENCY", "YOUTH", appeals),
    ] {
        let figure = |(measure, value): &(&str, i64)| -> Value {
            json!({ "key": key, "measure": measure, "value": value })
        };
        let told: Value = told.iter().map(figure).collect();
        assert_eq!(figures(&square.forum, section).await, told, "{section}");
    }
    let acts = figures(&square.forum, "ACTS_BY_CONSTITUENCY").await;
    for act in ["REMOVE", "OVERTURN", "RESTORE"] {
        let told = json!({ "key": "YOUTH", "measure": act, "value": 1 });
        assert!(acts.as_array().unwrap().contains(&told), "{told} in {acts}");
    }
}

#[tokio::test]
async fn how_long_it_took_stands_in_the_files_and_on_the_page() {
    let square = Square::with(EXACT).await;
    wrongly_removed(&square).await;
    let forum = &square.forum;
    let (_, csv) = page(forum, "/transparency/2025-Q4.csv").await;
    let line = "2025-Q4,APPEALS_BY_CONSTITUENCY,YOUTH,OVERTURNED_MEDIAN_HOURS,50\r\n";
    assert!(csv.contains(line), "{csv}");
    let (_, file) = page(forum, "/transparency/2025-Q4.json").await;
    let file: Value = serde_json::from_str(&file).unwrap();
    let told = json!({
        "section": "DECISIONS_BY_CATEGORY", "key": "DRG", "measure": "AGREE_P90_HOURS", "value": 30,
    });
    assert!(
        file["figures"].as_array().unwrap().contains(&told),
        "{file}"
    );
    for (path, said) in [
        (
            "/transparency",
            [
                "<caption>Appeals and how long they took, by category</caption>",
                "<bdi>Drug trafficking</bdi>",
                "what was done was wrong: hours that nine in ten of them took</bdi></td><td>50<",
            ],
        ),
        (
            "/transparency/ur",
            [
                "<caption>اپیلیں اور ان میں لگا وقت، بلحاظ حلقۂ اپیل کنندہ</caption>",
                "<caption>فیصلے اور ان میں لگا وقت، بلحاظ حلقۂ مصنف</caption>",
                "<bdi>کارروائی غلط: دس میں سے نو میں لگے گھنٹے</bdi></td><td>50</td>",
            ],
        ),
    ] {
        let (_, html) = page(forum, path).await;
        for said in said {
            assert!(html.contains(said), "{said} in {html}");
        }
    }
}

#[tokio::test]
async fn first_looks_are_counted_by_working_days() {
    let square = Square::with(EXACT).await;
    let forum = &square.forum;
    let (soon, late) = (raised(&square.expert).await, raised(&square.youth).await);
    let release = "mutation($id: ID!) { releaseThread(input: { threadId: $id }) \
                   { userErrors { code } } }";
    forum.clock.advance(Duration::days(1));
    let moderator = forum.sign_in("moderator").await;
    moderator.run(release, json!({ "id": soon })).await;
    forum.clock.advance(Duration::days(2));
    let moderator = forum.sign_in("moderator").await;
    moderator.run(release, json!({ "id": late })).await;
    until(forum, "2026-01-01T00:00:00Z").await;
    // The square's own discussion was released at once.
    let told = json!([
        { "key": "CONCERNS", "measure": "IN_TIME", "value": 1 },
        { "key": "CONCERNS", "measure": "LATE", "value": 1 },
        { "key": "DISCUSSIONS", "measure": "IN_TIME", "value": 1 },
    ]);
    assert_eq!(figures(forum, "FIRST_LOOKS").await, told);
}

#[tokio::test]
async fn what_the_forum_held_is_counted_with_first_looks_also_where_not_everyone_reads() {
    let square = Square::with(EXACT).await;
    let forum = &square.forum;
    let members = forum.open_discussion(&square.civil, "MEMBERS").await;
    let mut posts = Vec::new();
    for login in ["first", "second", "third"] {
        let new = newcomer(forum, login).await;
        posts.push(say(&new, &members, login).await);
        let input = json!({ "kind": "QUESTION", "title": "Who knows?", "body": "Tell me." });
        let mut begun = new.done("startThread", input, "thread { id }").await;
        posts.push(begun["thread"]["id"].take());
    }
    let [one, early, other, late, _, _] = posts.as_slice() else {
        panic!("three posts and three threads: {posts:?}");
    };
    forum.clock.advance(Duration::days(1));
    let moderator = forum.sign_in("moderator").await;
    let waiting = queue(&moderator, "id subjectId").await;
    let waits = waiting.iter().find(|item| item["subjectId"] == *one);
    let decision = json!({
        "reviewableId": waits.unwrap()["id"], "decision": "DISAGREE", "text": "It is fine.",
    });
    moderator.done("decideReviewable", decision, "").await;
    let release = json!({ "threadId": early });
    moderator.done("releaseThread", release, "").await;
    forum.clock.advance(Duration::days(2));
    let moderator = forum.sign_in("moderator").await;
    let remove = act(other, "REMOVE", "SPAM");
    moderator.done("moderate", remove, "").await;
    let back = json!({ "threadId": late, "reason": "Say more." });
    moderator.done("returnThread", back, "").await;
    until(forum, "2026-01-01T00:00:00Z").await;
    let of = |key: &str, measure: &str, value: i64| -> Value {
        json!({ "key": key, "measure": measure, "value": value })
    };
    let told = json!([
        of("DISCUSSIONS", "IN_TIME", 2),
        of("DISCUSSIONS", "LATE", 1),
        of("DISCUSSIONS", "WAITING_LATE", 1),
        of("POSTS", "IN_TIME", 1),
        of("POSTS", "LATE", 1),
        of("POSTS", "WAITING_LATE", 1),
    ]);
    assert_eq!(figures(forum, "FIRST_LOOKS").await, told);
}

#[tokio::test]
async fn a_discussion_that_was_given_back_is_looked_at_in_time_from_when_it_was_sent_again() {
    let square = Square::with(EXACT).await;
    let forum = &square.forum;
    let mut begun = Vec::new();
    for login in ["first", "second", "third"] {
        let new = newcomer(forum, login).await;
        let input = json!({ "kind": "QUESTION", "title": "Who knows?", "body": login });
        let mut made = new.done("startThread", input, "thread { id }").await;
        let id = made["thread"]["id"].take();
        let back = json!({ "threadId": id, "reason": "Say more." });
        square.moderator.done("returnThread", back, "").await;
        begun.push((new, json!({ "threadId": id })));
    }
    forum.clock.advance(Duration::days(10));
    for (new, sent) in &begun {
        new.done("resubmitThread", sent.clone(), "").await;
    }
    // Sent on a Thursday, it is due on Monday.
    for (days, (_, sent)) in [1, 4].into_iter().zip(&begun) {
        forum.clock.advance(Duration::days(days));
        let moderator = forum.sign_in("moderator").await;
        moderator.done("releaseThread", sent.clone(), "").await;
    }
    until(forum, "2026-01-01T00:00:00Z").await;
    // All three were looked at in time before, and so was the square's own.
    let told = json!([
        { "key": "DISCUSSIONS", "measure": "IN_TIME", "value": 5 },
        { "key": "DISCUSSIONS", "measure": "LATE", "value": 1 },
        { "key": "DISCUSSIONS", "measure": "WAITING_LATE", "value": 1 },
    ]);
    assert_eq!(figures(forum, "FIRST_LOOKS").await, told);
}

#[tokio::test]
async fn what_moderators_hold_is_counted_by_when_they_let_it_go() {
    let square = Square::with(EXACT).await;
    let forum = &square.forum;
    let members = forum.open_discussion(&square.civil, "MEMBERS").await;
    let removed = say(&square.civil, &members, "Buy dear phones.").await;
    forum.clock.advance(Duration::minutes(5));
    for subject in [&square.post, &removed, &members] {
        let hold = act(subject, "HOLD", "SPAM");
        square.moderator.done("moderate", hold, "").await;
    }
    // What is locked is not let go.
    let lock = act(&members, "LOCK", "HEATED");
    square.moderator.done("moderate", lock, "").await;
    for (days, subject, doing, reason) in [
        (1, &square.post, "RELEASE", "MENDED"),
        (2, &removed, "REMOVE", "SPAM"),
    ] {
        forum.clock.advance(Duration::days(days));
        let moderator = forum.sign_in("moderator").await;
        let input = act(subject, doing, reason);
        moderator.done("moderate", input, "").await;
    }
    until(forum, "2026-01-01T00:00:00Z").await;
    let of = |key: &str, measure: &str| json!({ "key": key, "measure": measure, "value": 1 });
    let told = json!([
        of("DISCUSSIONS", "IN_TIME"),
        of("HELD_BY_MODERATORS", "IN_TIME"),
        of("HELD_BY_MODERATORS", "LATE"),
        of("HELD_BY_MODERATORS", "WAITING_LATE"),
    ]);
    assert_eq!(figures(forum, "FIRST_LOOKS").await, told);
    let (_, html) = page(forum, "/transparency").await;
    assert!(html.contains("<bdi>held by moderators</bdi>"), "{html}");
}

#[tokio::test]
async fn what_is_read_by_others_and_repeats_is_no_first_look() {
    let square = Square::with(EXACT).await;
    let forum = &square.forum;
    let input = json!({
        "kind": "DISCUSSION", "title": "Of the hostels", "audience": "PUBLIC",
        "body": "What do you see there on Fridays?",
    });
    let mut begun = Value::Null;
    for _ in 0..3 {
        let start = square
            .civil
            .done("startThread", input.clone(), "thread { id }");
        begun = start.await;
    }
    assert_eq!(queue(&square.moderator, "id").await.len(), 1);
    forum.clock.advance(Duration::minutes(5));
    let lock = act(&begun["thread"]["id"], "LOCK", "HEATED");
    square.moderator.done("moderate", lock, "").await;
    until(forum, "2026-01-01T00:00:00Z").await;
    // The square's own discussion was released at once.
    let told = json!([{ "key": "DISCUSSIONS", "measure": "IN_TIME", "value": 1 }]);
    assert_eq!(figures(forum, "FIRST_LOOKS").await, told);
}

/// A concern that waits for its first look.
async fn raised(who: &Client) -> Value {
    let input = json!({
        "title": "They search us", "body": "Every Friday.", "category": "DRG", "region": "PB",
    });
    let mut raised = who.done("raiseConcern", input, "thread { id }").await;
    raised["thread"]["id"].take()
}

#[tokio::test]
async fn what_was_made_of_a_report_is_not_made_again_until_there_is_another() {
    let square = Square::with(EXACT).await;
    let forum = &square.forum;
    until(forum, "2026-01-01T00:00:00Z").await;
    for path in [
        "",
        "/ur",
        "/2025-Q4",
        "/ur/2025-Q4",
        "/2025-Q4.csv",
        "/2025-Q4.json",
    ] {
        let path = format!("/transparency{path}");
        let first = page(forum, &path).await;
        let before = forum.store().statements();
        assert_eq!(page(forum, &path).await, first, "{path}");
        // Which reports there are.
        assert_eq!(forum.store().statements() - before, 1, "{path}");
    }
    until(forum, "2026-04-01T00:00:00Z").await;
    for path in ["/transparency", "/transparency/2025-Q4"] {
        let (_, html) = page(forum, path).await;
        assert!(html.contains("/transparency/2026-Q1\""), "{path}");
    }
}

#[tokio::test]
async fn the_report_is_a_page_and_files_in_both_languages() {
    let square = Square::with(EXACT).await;
    let forum = &square.forum;
    let (status, html) = page(forum, "/transparency").await;
    assert_eq!(status, 200);
    assert!(html.contains("There is no report yet."));
    say(&square.youth, &square.thread, "So it is.").await;
    let remove = act(&square.post, "REMOVE", "SPAM");
    square.moderator.done("moderate", remove, "").await;
    until(forum, "2026-01-01T00:00:00Z").await;
    for path in ["/transparency", "/transparency/2025-Q4"] {
        let (status, html) = page(forum, path).await;
        assert_eq!(status, 200, "{path}");
        assert!(html.contains("<bdi>removed</bdi>"), "{html}");
    }
    let (_, html) = page(forum, "/transparency/ur/2025-Q4").await;
    assert!(
        html.contains("dir=\"rtl\"") && html.contains("<bdi>ہٹایا گیا</bdi>"),
        "{html}"
    );
    let (_, csv) = page(forum, "/transparency/2025-Q4.csv").await;
    assert!(csv.contains("2025-Q4,ACTS,REMOVE,SPAM,1\r\n"), "{csv}");
    let (_, told) = page(forum, "/transparency/2025-Q4.json").await;
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["quarter"], "2025-Q4");
    for path in [
        "2026-Q1",
        "2025-Q5",
        "2025-Q4.pdf",
        "ur/x",
        "2025-Q4.csv.csv",
    ] {
        let (status, _) = page(forum, &format!("/transparency/{path}")).await;
        assert_eq!(status, 404, "{path}");
    }
}
