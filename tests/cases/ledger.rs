//! Whoever opens a confidential concern is noted, whatever way he takes to what it
//! says.

use api::schema::global_id::{Kind, encode};
use chrono::Duration;
use mukalma_tests::{Client, TestForum, Watch};
use serde_json::{Value, json};
use uuid::Uuid;

use super::audit::told;
use super::budgets::statements;
use super::moderation::say;

/// What stands in a concern, by itself.
const ONE: &str = "query($id: ID!) { node(id: $id) { ... on Post { body } ... on Response { body } \
    ... on Verdict { kind } } }";

/// A confidential concern with a post in it, at the desk of `officer`, who answered.
struct Case {
    forum: TestForum,
    civil: Client,
    officer: Client,
    id: Value,
    post: Value,
    response: Value,
}

impl Case {
    async fn new() -> Self {
        let forum = TestForum::new().await;
        let civil = forum.sign_in("civil").await;
        let officer = forum.sign_in("officer").await;
        let id = forum.open_concern(&civil).await;
        let post = say(&civil, &id, "It happened again.").await;
        let it = json!({ "threadId": id });
        officer.done("acknowledgeConcern", it.clone(), "").await;
        officer.done("followThread", it, "").await;
        let answer = json!({
            "threadId": id, "body": "It has ended.", "outcome": { "resolved": true },
        });
        let mut answered = officer
            .done("respondToConcern", answer, "response { id }")
            .await;
        Self {
            response: answered["response"]["id"].take(),
            forum,
            civil,
            officer,
            id,
            post,
        }
    }

    async fn judge(&self) {
        let input = json!({
            "threadId": self.id, "verdict": "RELIEF_GRANTED", "comment": "At last.",
        });
        self.civil.done("giveVerdict", input, "").await;
    }

    /// How often the raiser reads that the office opened the concern.
    async fn openings(&self) -> usize {
        let document = "query($id: ID!) { thread(id: $id) { accessLedger { opened \
                        office { name } } } }";
        let seen = self.civil.run(document, json!({ "id": self.id })).await;
        let opening = json!({
            "opened": "THREAD", "office": { "name": "SP Investigation, Lahore" },
        });
        let entries = seen["thread"]["accessLedger"].as_array().unwrap();
        entries.iter().filter(|one| **one == opening).count()
    }

    /// How often it is that by now. What was opened before is noted again from now on.
    async fn later(&self) -> usize {
        self.forum.clock.advance(Duration::minutes(61));
        self.openings().await
    }
}

/// The next event of a kind.
async fn event(watch: &mut Watch, stream: &str, kind: &str) -> Value {
    loop {
        let told = watch.next().await[stream].take();
        if told["__typename"] == kind {
            return told;
        }
    }
}

#[tokio::test]
async fn whatever_is_read_of_a_concern_is_noted_as_its_opening() {
    let case = Case::new().await;
    case.judge().await;
    let document = "query($id: ID!) { thread(id: $id) { responses { verdict { id } } } }";
    let seen = case.civil.run(document, json!({ "id": case.id })).await;
    let verdict = &seen["thread"]["responses"][0]["verdict"]["id"];
    let many = "query($id: ID!) { nodes(ids: [$id]) { ... on Post { body } } }";
    let thread = "query($id: ID!) { thread(id: $id) { title } }";
    for (document, id) in [
        (thread, &case.id),
        (ONE, &case.post),
        (many, &case.post),
        (ONE, &case.response),
        (ONE, verdict),
    ] {
        let before = case.later().await;
        for reader in [&case.civil, &case.officer, &case.officer] {
            let seen = reader.run(document, json!({ "id": id })).await;
            assert!(!seen.to_string().contains("null"), "{document} {seen}");
        }
        assert_eq!(case.openings().await, before + 1, "{document} {id}");
    }
}

#[tokio::test]
async fn whatever_is_told_of_a_concern_that_somebody_follows_is_noted_as_its_opening() {
    let case = Case::new().await;
    let inbox = "subscription { viewerEvents { __typename ... on PostAdded { post { body } } \
                 ... on VerdictGiven { item { ... on TimelineVerdict { comment } } } } }";
    let mut inbox = case.officer.watch(inbox, json!({})).await;
    let before = case.later().await;
    say(&case.civil, &case.id, "And again.").await;
    // What was said before he followed it may come as well.
    while event(&mut inbox, "viewerEvents", "PostAdded").await["post"]["body"] != "And again." {}
    assert_eq!(case.openings().await, before + 1);
    let before = case.later().await;
    case.judge().await;
    let told = event(&mut inbox, "viewerEvents", "VerdictGiven").await;
    assert_eq!(told["item"]["comment"], "At last.");
    assert_eq!(case.openings().await, before + 1);
}

#[tokio::test]
async fn whatever_is_told_of_a_concern_that_somebody_watches_is_noted_once_an_hour() {
    let case = Case::new().await;
    let page = "subscription($id: ID!) { threadEvents(threadId: $id) { __typename \
                ... on PostAdded { post { body } } } }";
    let mut page = case.officer.watch(page, json!({ "id": case.id })).await;
    let before = case.later().await;
    for words in ["And again.", "And now."] {
        say(&case.civil, &case.id, words).await;
        let told = event(&mut page, "threadEvents", "PostAdded").await;
        assert_eq!(told["post"]["body"], words);
        assert_eq!(case.openings().await, before + 1);
    }
}

#[tokio::test]
async fn a_guest_who_reads_an_answer_by_itself_stands_in_the_audit_log() {
    let case = Case::new().await;
    let guest = case.forum.sign_in("expert").await;
    let own = guest.run("{ viewer { author { id } } }", json!({})).await;
    let author = &own["viewer"]["author"]["id"];
    let input = json!({ "threadId": case.id, "authorId": author });
    case.civil.done("inviteToThread", input, "").await;
    for (reader, expected) in [(&case.civil, 0), (&guest, 1), (&guest, 1)] {
        let seen = reader.run(ONE, json!({ "id": case.response })).await;
        assert_eq!(seen["node"]["body"], "It has ended.");
        let mut views = told(&case.forum, "view").await;
        views.retain(|line| line.contains("\tcivil\t") || line.contains("\texpert\t"));
        assert_eq!(views.len(), expected, "{views:?}");
        assert!(views.iter().all(|line| line.ends_with("\tCONFIDENTIAL")));
    }
}

#[tokio::test]
async fn whose_reading_is_not_noted_reads_a_post_or_an_answer_at_no_extra_cost() {
    let case = Case::new().await;
    let youth = case.forum.sign_in("youth").await;
    let thread = case.forum.open_discussion(&case.civil, "PUBLIC").await;
    let public = say(&case.civil, &thread, "Everyone reads this.").await;
    for (who, id, kind) in [
        (&case.civil, &case.post, Kind::Post),
        (&case.civil, &case.response, Kind::Response),
        (&youth, &public, Kind::Post),
    ] {
        let absent = json!(encode(kind, Uuid::from_u128(1)).to_string());
        let of =
            async |id: &Value| statements(&case.forum, who, ONE, |_| json!({ "id": id })).await;
        assert_eq!(of(id).await, of(&absent).await, "{kind:?}");
    }
}
