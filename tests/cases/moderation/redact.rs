//! Striking parts out of texts: what is left, what is sealed, for how long.

use chrono::Duration;
use serde_json::{Value, json};

use super::relocate::{elsewhere, moving};
use super::{Square, act, legal, modlog, say};
use mukalma_tests::Client;

const TEXT: &str = "Ask **Ali Khan** of 0300 1234567, he knows.";

/// A span of the text, by the words that it takes.
fn span(words: &str, kind: &str) -> Value {
    let start = TEXT[..TEXT.find(words).unwrap()].chars().count();
    json!({ "start": start, "end": start + words.chars().count(), "kind": kind })
}

async fn spoken(square: &Square) -> Value {
    let input = json!({ "threadId": square.thread, "body": TEXT, "confirm": true });
    let mut said = square.youth.done("addPost", input, "post { id }").await;
    said["post"]["id"].take()
}

async fn version(who: &Square, post: &Value) -> Value {
    let mut seen = who.sees(&who.moderator, post, "version").await;
    seen["version"].take()
}

async fn redaction(square: &Square, post: &Value, spans: &[Value]) -> Value {
    json!({
        "subjectId": post, "spans": spans, "reason": "PERSONAL_INFORMATION",
        "text": "It names somebody.", "expectedVersion": version(square, post).await,
    })
}

async fn redacted(square: &Square) -> Value {
    let post = spoken(square).await;
    let spans = [span("0300 1234567", "PHONE"), span("Ali Khan", "NAME")];
    let input = redaction(square, &post, &spans).await;
    square.moderator.done("redact", input, "").await;
    post
}

async fn body(square: &Square, who: &Client, post: &Value) -> String {
    let seen = square.sees(who, post, "body").await;
    seen["body"].as_str().unwrap().to_owned()
}

const LEFT: &str = "Ask **\\[removed: name\\]** of \\[removed: telephone number\\], he knows.";

#[tokio::test]
async fn what_is_struck_out_is_read_by_nobody_and_stands_in_the_record() {
    let square = Square::new().await;
    let post = redacted(&square).await;
    let visitor = square.forum.visitor();
    for who in [&square.moderator, &square.youth, &visitor] {
        assert_eq!(body(&square, who, &post).await, LEFT);
    }
    let seen = square.sees(&visitor, &post, "bodyHtml").await;
    assert!(
        seen["bodyHtml"]
            .as_str()
            .unwrap()
            .contains("<strong>[removed: name]</strong>")
    );
    let told = square
        .sees(&square.youth, &post, "moderation { act reason text }")
        .await;
    let told = &told["moderation"][0];
    assert_eq!(told["act"], "REDACT");
    assert_eq!(told["text"], "It names somebody.");
    let log = modlog(&visitor, "act reason text").await;
    let entry = json!({ "act": "REDACT", "reason": "PERSONAL_INFORMATION", "text": null });
    assert_eq!(log[0], entry);
}

#[tokio::test]
async fn what_was_struck_out_is_put_back_while_the_text_is_what_was_left() {
    let square = Square::new().await;
    let post = redacted(&square).await;
    let back = act(&post, "UNREDACT", "MISTAKEN");
    square.moderator.done("moderate", back.clone(), "").await;
    assert_eq!(body(&square, &square.expert, &post).await, TEXT);
    assert_eq!(
        square.moderator.refused("moderate", back.clone()).await,
        "INVALID"
    );
    let log = modlog(&square.expert, "id act reversesId").await;
    assert_eq!(log[0]["reversesId"], log[1]["id"]);
    // Once more, and this time the author wrote something else meanwhile.
    let spans = [span("Ali Khan", "NAME")];
    let input = redaction(&square, &post, &spans).await;
    square.moderator.done("redact", input, "").await;
    let edits = json!({ "postId": post, "body": "I know nobody." });
    square.youth.done("editPost", edits, "").await;
    assert_eq!(square.moderator.refused("moderate", back).await, "INVALID");
    assert_eq!(body(&square, &square.expert, &post).await, "I know nobody.");
}

#[tokio::test]
async fn a_threads_title_and_text_lose_what_is_struck_out_also_where_it_was_flagged() {
    let square = Square::new().await;
    super::flag(&square.youth, &square.thread).await;
    let document = "query($id: ID!) { thread(id: $id) { title version } }";
    let seen = |who: Client| {
        let id = json!({ "id": square.thread });
        async move { who.run(document, id).await["thread"].take() }
    };
    let before = seen(square.moderator.clone()).await;
    let title = before["title"].as_str().unwrap().to_owned();
    let input = json!({
        "subjectId": square.thread, "reason": "DANGER", "text": "It tells too much.",
        "spans": [{ "of": "TITLE", "start": 0, "end": 3, "kind": "OTHER" }],
        "expectedVersion": before["version"],
    });
    square
        .moderator
        .done("redact", input, "thread { title }")
        .await;
    let left = format!("[removed: part of the text]{}", &title[3..]);
    assert_eq!(seen(square.expert.clone()).await["title"], left.as_str());
    let queue = super::queue(&square.moderator, "title").await;
    assert_eq!(queue[0]["title"], left.as_str());
}

#[tokio::test]
async fn no_copy_is_left_but_the_sealed_one_and_that_is_destroyed_in_time() {
    let square = Square::with(&[("moderation.appeal_days", "30")]).await;
    let post = spoken(&square).await;
    super::flag(&square.expert, &post).await;
    let edits = json!({ "postId": post, "body": format!("{TEXT} And:"), "confirm": true });
    square.youth.done("editPost", edits, "").await;
    let edits = json!({ "postId": post, "body": TEXT, "confirm": true });
    square.youth.done("editPost", edits, "").await;
    let spans = [span("Ali Khan", "NAME"), span("0300 1234567", "PHONE")];
    let input = redaction(&square, &post, &spans).await;
    square.moderator.done("redact", input, "").await;
    for words in ["Ali Khan", "1234567"] {
        for (table, column) in [
            ("post", "body"),
            ("revision", "body"),
            ("reviewable", "body"),
        ] {
            assert_eq!(held(&square, table, column, words).await, 0, "{table}");
        }
        assert_eq!(
            held(&square, "search_doc", "normalized", &words.to_lowercase()).await,
            0
        );
        // The text, two that it was before, and what was flagged.
        assert_eq!(held(&square, "sealed_original", "body", words).await, 4);
    }
    square
        .forum
        .clock
        .advance(Duration::days(30) - Duration::seconds(1));
    square.forum.forum.forget_over().await.unwrap();
    assert_eq!(
        held(&square, "sealed_original", "body", "Ali Khan").await,
        4
    );
    square.forum.clock.advance(Duration::seconds(1));
    square.forum.forum.forget_over().await.unwrap();
    assert_eq!(
        held(&square, "sealed_original", "body", "Ali Khan").await,
        0
    );
    let moderator = square.forum.sign_in("moderator").await;
    let back = act(&post, "UNREDACT", "MISTAKEN");
    assert_eq!(moderator.refused("moderate", back).await, "INVALID");
}

/// A post that was flagged, edited and flagged again, and of which something was
/// struck out then.
async fn flagged_twice(square: &Square) -> Value {
    let post = spoken(square).await;
    super::flag(&square.expert, &post).await;
    let edits = json!({ "postId": post, "body": format!("{TEXT} Now."), "confirm": true });
    square.youth.done("editPost", edits, "").await;
    square.forum.clock.advance(Duration::minutes(1));
    super::flag(&square.civil, &post).await;
    let spans = [span("0300 1234567", "PHONE"), span("Ali Khan", "NAME")];
    let input = redaction(square, &post, &spans).await;
    square.moderator.done("redact", input, "").await;
    post
}

/// What the flags of the only thing in the queue were raised on, the newest first.
async fn as_flagged(moderator: &Client) -> Value {
    let mut queue = super::queue(moderator, "flags { textAsFlagged { body } }").await;
    queue[0]["flags"].take()
}

#[tokio::test]
async fn what_was_struck_out_does_not_come_back_by_the_flags_on_it() {
    let square = Square::new().await;
    let post = flagged_twice(&square).await;
    let left = format!("{LEFT} Now.");
    let shown = json!([{ "textAsFlagged": { "body": left } }, { "textAsFlagged": null }]);
    assert_eq!(as_flagged(&square.moderator).await, shown);
    let back = act(&post, "UNREDACT", "MISTAKEN");
    square.moderator.done("moderate", back, "").await;
    let whole = format!("{TEXT} Now.");
    let shown = json!([{ "textAsFlagged": { "body": whole } }, { "textAsFlagged": null }]);
    assert_eq!(as_flagged(&square.moderator).await, shown);
}

#[tokio::test]
async fn a_flag_keeps_to_its_text_also_when_those_before_are_destroyed() {
    let square = Square::with(&[("moderation.appeal_days", "30")]).await;
    let post = flagged_twice(&square).await;
    square.forum.clock.advance(Duration::days(30));
    square.forum.forum.forget_over().await.unwrap();
    let youth = square.forum.sign_in("youth").await;
    let edits = json!({ "postId": post, "body": "I know nobody." });
    youth.done("editPost", edits, "").await;
    let moderator = square.forum.sign_in("moderator").await;
    let left = format!("{LEFT} Now.");
    let shown = json!([{ "textAsFlagged": { "body": left } }, { "textAsFlagged": null }]);
    assert_eq!(as_flagged(&moderator).await, shown);
}

#[tokio::test]
async fn what_is_to_be_preserved_by_law_is_destroyed_once_that_is_lifted() {
    let square = Square::with(&[("moderation.appeal_days", "30")]).await;
    let posts = [redacted(&square).await, redacted(&square).await];
    let sealed = async || held(&square, "sealed_original", "body", "Ali Khan").await;
    assert_eq!(sealed().await, 2);
    let demand = legal::demand("PRESERVE", &posts[0]);
    let (_, demand) = legal::complied(&square, demand).await;
    square.forum.clock.advance(Duration::days(30));
    square.forum.forum.forget_over().await.unwrap();
    assert_eq!(sealed().await, 1);
    let admin = square.forum.sign_in("admin").await;
    legal::status(&admin, legal::decision(&demand, "LIFT")).await;
    square.forum.forum.forget_over().await.unwrap();
    assert_eq!(sealed().await, 0);
}

#[tokio::test]
async fn what_is_to_be_preserved_of_a_thread_is_so_wherever_it_was_taken() {
    let square = Square::with(&[("moderation.appeal_days", "30")]).await;
    let (post, other) = (redacted(&square).await, elsewhere(&square).await);
    legal::complied(&square, legal::demand("PRESERVE", &square.thread)).await;
    let input = moving(&square.thread, &[&post], &other);
    square.moderator.done("movePosts", input, "").await;
    square.forum.clock.advance(Duration::days(30));
    square.forum.forum.forget_over().await.unwrap();
    let kept = held(&square, "sealed_original", "body", "Ali Khan").await;
    assert_eq!(kept, 1);
}

#[tokio::test]
async fn what_is_struck_out_is_not_in_what_somebody_was_sanctioned_for_either() {
    let square = Square::new().await;
    let post = spoken(&square).await;
    let warning = json!({
        "subjectId": post, "kind": "WARN", "reason": "PERSONAL_INFORMATION", "text": "No names.",
    });
    square.moderator.done("proposeSanction", warning, "").await;
    let kept = async || held(&square, "sanction", "body", "Ali Khan").await;
    assert_eq!(kept().await, 1);
    let input = redaction(&square, &post, &[span("Ali Khan", "NAME")]).await;
    square.moderator.done("redact", input, "").await;
    assert_eq!(kept().await, 0);
    let back = act(&post, "UNREDACT", "MISTAKEN");
    square.moderator.done("moderate", back, "").await;
    assert_eq!(kept().await, 1);
}

#[tokio::test]
async fn what_is_struck_out_while_its_author_edits_is_kept_by_no_revision() {
    let square = Square::new().await;
    for _ in 0..8 {
        let post = spoken(&square).await;
        let input = redaction(&square, &post, &[span("Ali Khan", "NAME")]).await;
        let edit = json!({ "postId": post, "body": "He knows." });
        let (done, _) = futures_util::join!(
            square.moderator.act("redact", input, ""),
            square.youth.act("editPost", edit, ""),
        );
        let left = held(&square, "revision", "body", "Ali Khan").await;
        // Whoever came too late is told so, and what he meant to strike out stays.
        let late = done["userErrors"] != json!([]);
        assert_eq!(left > 0, late, "{done}");
        let delete = "DELETE FROM revision";
        crate::cases::audit::by_hand(&square.forum, delete)
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn what_was_struck_out_is_read_in_no_revision_until_it_is_put_back() {
    let square = Square::new().await;
    let post = spoken(&square).await;
    let edits = json!({ "postId": post, "body": format!("{TEXT} Now."), "confirm": true });
    square.youth.done("editPost", edits, "").await;
    let input = redaction(&square, &post, &[span("Ali Khan", "NAME")]).await;
    square.moderator.done("redact", input, "").await;
    for who in [&square.youth, &square.moderator] {
        let seen = square.sees(who, &post, "revisions { body }").await;
        assert_eq!(seen["revisions"], json!([]));
    }
    let back = act(&post, "UNREDACT", "MISTAKEN");
    square.moderator.done("moderate", back, "").await;
    let seen = square
        .sees(&square.youth, &post, "revisions { body }")
        .await;
    assert_eq!(seen["revisions"], json!([{ "body": TEXT }]));
}

/// In how many rows a column holds these words.
async fn held(square: &Square, table: &str, column: &str, words: &str) -> i64 {
    let connection = square.forum.database.connect().await;
    let sql = format!("SELECT COUNT(*) FROM {table} WHERE {column} LIKE '%{words}%'");
    let count = |row: sea_orm::QueryResult| row.try_get_by_index::<i64>(0).unwrap();
    crate::cases::introspect::rows(&connection, &sql, count).await[0]
}

#[tokio::test]
async fn a_span_that_cuts_a_character_or_markup_is_refused_and_nothing_is_done() {
    let square = Square::new().await;
    let post = spoken(&square).await;
    let at = |start: i64, end: i64| json!({ "start": start, "end": end, "kind": "NAME" });
    let title = json!({ "of": "TITLE", "start": 0, "end": 1, "kind": "NAME" });
    let len = i64::try_from(TEXT.chars().count()).unwrap();
    for spans in [
        json!([]),
        json!([at(3, 3)]),
        json!([at(3, 2)]),
        json!([at(-1, 2)]),
        json!([at(0, len + 1)]),
        json!([at(0, 3), at(2, 4)]),
        // It takes two of four asterisks.
        json!([at(0, 8)]),
        json!([title]),
    ] {
        let mut input = redaction(&square, &post, &[]).await;
        input["spans"] = spans.clone();
        assert_eq!(
            square.moderator.refused("redact", input).await,
            "INVALID",
            "{spans}"
        );
    }
    assert_eq!(body(&square, &square.expert, &post).await, TEXT);
    // A family is one character of seven scalar values.
    let family = say(&square.youth, &square.thread, "👩‍👩‍👧‍👦 x").await;
    let mut input = redaction(&square, &family, &[at(0, 2)]).await;
    assert_eq!(
        square.moderator.refused("redact", input.clone()).await,
        "INVALID"
    );
    input["spans"] = json!([at(0, 7)]);
    square.moderator.done("redact", input, "").await;
    assert_eq!(
        body(&square, &square.expert, &family).await,
        "\\[removed: name\\] x"
    );
}

#[tokio::test]
async fn only_a_moderator_of_another_organization_strikes_out_and_for_a_reason_that_fits() {
    let square = Square::new().await;
    let post = spoken(&square).await;
    let spans = [span("Ali Khan", "NAME")];
    let mut input = redaction(&square, &post, &spans).await;
    for who in [&square.youth, &square.expert] {
        assert_eq!(who.refused("redact", input.clone()).await, "FORBIDDEN");
    }
    input["reason"] = json!("OFF_TOPIC");
    assert_eq!(
        square.moderator.refused("redact", input.clone()).await,
        "INVALID"
    );
    input["reason"] = json!("DANGER");
    input["expectedVersion"] = json!("0");
    assert_eq!(
        square.moderator.refused("redact", input).await,
        "VERSION_CONFLICT"
    );
    let own = say(&square.moderator, &square.thread, "I moderate.").await;
    let input = redaction(
        &square,
        &own,
        &[json!({ "start": 0, "end": 1, "kind": "NAME" })],
    )
    .await;
    assert_eq!(
        square.moderator.refused("redact", input).await,
        "CONFLICT_OF_INTEREST"
    );
}

#[tokio::test]
async fn what_was_struck_out_twice_is_put_back_in_the_order_of_the_acts() {
    let square = Square::new().await;
    // What not everyone reads is recorded without its moments.
    let thread = square.forum.open_discussion(&square.civil, "MEMBERS").await;
    for n in 0..4 {
        let words = format!("{TEXT} For the {n}th time.");
        let input = json!({ "threadId": thread, "body": words, "confirm": true });
        let mut said = square.youth.done("addPost", input, "post { id }").await;
        let post = said["post"]["id"].take();
        let first = json!({ "start": 0, "end": 3, "kind": "OTHER" });
        for one in [span("0300 1234567", "PHONE"), first] {
            let input = redaction(&square, &post, &[one]).await;
            square.moderator.done("redact", input, "").await;
        }
        for _ in 0..2 {
            let back = act(&post, "UNREDACT", "MISTAKEN");
            square.moderator.done("moderate", back, "").await;
        }
        assert_eq!(body(&square, &square.youth, &post).await, words);
        let told = square.sees(&square.youth, &post, "moderation { act }");
        let told = told.await["moderation"].take();
        assert_eq!([&told[1]["act"], &told[2]["act"]], ["UNREDACT", "REDACT"]);
    }
}

#[tokio::test]
async fn what_is_struck_out_among_members_is_kept_for_as_long_as_its_author_may_appeal() {
    let mut square = Square::with(&[("moderation.appeal_days", "30")]).await;
    square.thread = square.forum.open_discussion(&square.civil, "MEMBERS").await;
    let post = redacted(&square).await;
    // The record shows it from the first of December on; the 29th and the 31st.
    for (days, kept) in [(42, true), (2, false)] {
        square.forum.clock.advance(Duration::days(days));
        square.forum.forum.forget_over().await.unwrap();
        let sealed = held(&square, "sealed_original", "body", "Ali Khan").await;
        assert_eq!(sealed > 0, kept, "{days}");
        let youth = square.forum.sign_in("youth").await;
        let told = square.sees(&youth, &post, "moderation { viewerCanAppeal }");
        let told = told.await["moderation"][0].take();
        assert_eq!(told["viewerCanAppeal"], kept, "{days}");
    }
}
