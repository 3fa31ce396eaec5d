//! The quarterly report of moderation.

use chrono::{DateTime, Duration, Utc};
use mukalma_tests::{Client, TestForum};
use serde_json::{Value, json};

use super::moderation::{Square, act, flag, say};

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
    let flags = json!([{ "key": "SPAM", "measure": "WAITING", "value": null }]);
    assert_eq!(figures(forum, "FLAGS").await, flags);
    assert!(
        figures(forum, "ACTS")
            .await
            .to_string()
            .contains("\"SPAM\",\"value\":1")
    );
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
    let told = json!([
        { "key": "CONCERNS", "measure": "IN_TIME", "value": 1 },
        { "key": "CONCERNS", "measure": "LATE", "value": 1 },
    ]);
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
