//! What is said before a text is sent: personal information in it, and where to
//! turn in danger.

use mukalma_tests::{Client, TestForum};
use serde_json::{Value, json};

use super::{Square, say};

/// A text with a telephone number, which stands from 5 to 17.
const CALL: &str = "Call 0300-1234567 now";

async fn check(who: &Client, text: &str) -> Value {
    let document = "query($text: String!) { checkText(text: $text) { \
                    spans { start end kind } helplines { number } } }";
    who.run(document, json!({ "text": text })).await["checkText"].take()
}

/// A mutation that is refused: code, field and spans of all that is to be
/// mended.
async fn found(who: &Client, name: &str, input: &Value) -> Value {
    let of = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
    let document = format!(
        "mutation($input: {of}!) {{ {name}(input: $input) {{ \
         userErrors {{ code field spans {{ start end kind }} }} }} }}"
    );
    let mut seen = who.run(&document, json!({ "input": input })).await;
    seen[name]["userErrors"].take()
}

fn phone() -> Value {
    json!([{ "start": 5, "end": 17, "kind": "PHONE" }])
}

#[tokio::test]
async fn what_a_text_says_of_people_is_told_to_whoever_types_it() {
    let forum = TestForum::new().await;
    let seen = check(&forum.visitor(), CALL).await;
    assert_eq!(seen, json!({ "spans": phone(), "helplines": [] }));
    let urdu = check(&forum.visitor(), "ملزم کا کارڈ ۳۵۲۰۲-۱۲۳۴۵۶۷-۱ ہے").await;
    let card = json!([{ "start": 13, "end": 28, "kind": "CNIC" }]);
    assert_eq!(urdu["spans"], card);
    let clean = check(&forum.visitor(), "FIR No. 123/2024 of 28-11-2024").await;
    assert_eq!(clean["spans"], json!([]));
}

#[tokio::test]
async fn a_text_to_look_at_is_as_long_as_a_post_and_no_longer() {
    let forum = TestForum::new().await;
    let visitor = forum.visitor();
    check(&visitor, &"x".repeat(20_000)).await;
    let document = "query($text: String!) { checkText(text: $text) { spans { kind } } }";
    let long = json!({ "text": "x".repeat(20_001) });
    assert_eq!(visitor.send(document, long).await.code(), "BAD_USER_INPUT");
}

#[tokio::test]
async fn danger_brings_helplines_but_none_of_the_agency_complained_of() {
    let forum = TestForum::new().await;
    let visitor = forum.visitor();
    let document = "query($text: String!, $region: String, $about: ID) { \
                    checkText(text: $text, region: $region, about: $about) { helplines { number } } }";
    let numbers = async |text: &str, region: Option<&str>, about: Option<&str>| {
        let asked = json!({ "text": text, "region": region, "about": about });
        let seen = visitor.run(document, asked).await;
        let all = seen["checkText"]["helplines"].as_array().unwrap().clone();
        let number = |one: &Value| one["number"].as_str().unwrap().to_owned();
        all.iter().map(number).collect::<Vec<_>>()
    };
    let all = ["0800-39393", "1043", "1099", "1121", "1799"];
    assert_eq!(numbers("میں خودکشی کرنا چاہتا ہوں", None, None).await, all);
    let of_region = numbers("mujhe jaan ka khatra hai", Some("SD"), None).await;
    assert_eq!(of_region, ["0800-39393", "1099", "1799"]);
    let about = numbers("They threaten me", Some("PB"), Some("NCCIA")).await;
    assert_eq!(about, ["0800-39393", "1043", "1099", "1121"]);
    assert!(numbers("The road is closed", None, None).await.is_empty());
}

#[tokio::test]
async fn whoever_tells_of_danger_without_asking_first_is_told_where_to_turn() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let input = json!({
        "title": "At my door", "body": "They threaten me", "category": "DRG", "region": "PB",
        "about": { "kind": "CONDUCT", "agency": "NCCIA" },
    });
    let fields = "thread { id } helplines { number }";
    let raised = civil.done("raiseConcern", input, fields).await;
    let numbers = ["0800-39393", "1043", "1099", "1121"];
    let expected = json!(numbers.map(|number| json!({ "number": number })));
    assert_eq!(raised["helplines"], expected);
    let thread = forum.open_discussion(&civil, "PUBLIC").await;
    let calm = json!({ "threadId": thread, "body": "It was the wind." });
    let fields = "post { id } helplines { number }";
    let said = civil.done("addPost", calm, fields).await;
    assert_eq!(said["helplines"], json!([]));
    // A text that is changed is a text: of the concern, its region and its agency count.
    let of_post = json!({ "postId": said["post"]["id"], "body": "They threaten me" });
    let fields = "helplines { number }";
    let edited = civil.done("editPost", of_post, fields).await;
    assert_eq!(edited["helplines"].as_array().unwrap().len(), 5);
    let mut of_thread = json!({ "threadId": raised["thread"]["id"], "title": "They threaten me" });
    let edited = civil.done("editThread", of_thread.clone(), fields).await;
    let of_region: Vec<Value> = edited["helplines"].as_array().unwrap().clone();
    assert!(!of_region.is_empty() && of_region.iter().all(|one| one["number"] != "1799"));
    of_thread["title"] = json!("At the gate");
    let edited = civil.done("editThread", of_thread, fields).await;
    assert_eq!(edited["helplines"], json!([]));
}

#[tokio::test]
async fn a_post_says_who_somebody_is_only_if_its_author_confirms_it() {
    let square = Square::new().await;
    let mut input = json!({ "threadId": square.thread, "body": CALL });
    let seen = found(&square.youth, "addPost", &input).await;
    let error = json!([{ "code": "PERSONAL_INFORMATION", "field": ["body"], "spans": phone() }]);
    assert_eq!(seen, error);
    assert_eq!(square.civil.bodies(&square.thread).await.len(), 1);
    input["confirm"] = json!(true);
    square.youth.done("addPost", input, "").await;
    assert_eq!(square.civil.bodies(&square.thread).await.len(), 2);
}

#[tokio::test]
async fn what_is_refused_gives_its_key_back_and_what_was_done_is_answered_again() {
    let square = Square::new().await;
    let input = |confirm: bool| json!({ "threadId": square.thread, "body": CALL, "clientMutationId": "one", "confirm": confirm });
    assert_eq!(
        square.youth.refused("addPost", input(false)).await,
        "PERSONAL_INFORMATION"
    );
    let first = square
        .youth
        .done("addPost", input(true), "post { id }")
        .await;
    let again = square
        .youth
        .done("addPost", input(true), "post { id }")
        .await;
    assert_eq!(first["post"], again["post"]);
    assert_eq!(square.civil.bodies(&square.thread).await.len(), 2);
}

#[tokio::test]
async fn every_text_that_others_read_is_screened() {
    let square = Square::new().await;
    let concern = square.forum.open_concern(&square.civil).await;
    let officer = square.forum.sign_in("officer").await;
    let on = |mut input: Value| {
        input["threadId"] = concern.clone();
        input
    };
    officer.done("acknowledgeConcern", on(json!({})), "").await;
    let began = json!({
        "kind": "DISCUSSION", "title": CALL, "body": CALL, "audience": "PUBLIC",
    });
    let raised = json!({ "title": CALL, "body": CALL, "category": "DRG", "region": "PB" });
    for (name, input) in [("startThread", began), ("raiseConcern", raised)] {
        let seen = found(&square.civil, name, &input).await;
        assert_eq!(seen[0]["field"], json!(["title"]), "{name}");
        assert_eq!(seen[1]["field"], json!(["body"]), "{name}");
        assert_eq!(seen[1]["spans"], phone(), "{name}");
    }
    let outcome = json!({ "notResponsible": { "responsible": CALL } });
    let resolved = json!({ "resolved": true });
    let edit_post = json!({ "postId": square.post, "body": CALL });
    let due = "2025-12-05";
    let promised = json!({ "statement": CALL, "dueOn": due });
    let step = json!({
        "statement": "A lamp", "dueOn": due, "milestones": [{ "statement": CALL, "dueOn": due }],
    });
    for (who, name, input, field) in [
        (&square.civil, "editPost", edit_post, "body"),
        (
            &square.civil,
            "editThread",
            on(json!({ "title": CALL })),
            "title",
        ),
        (
            &square.civil,
            "editThread",
            on(json!({ "body": CALL })),
            "body",
        ),
        (
            &square.civil,
            "withdrawConcern",
            on(json!({ "reason": CALL })),
            "reason",
        ),
        (
            &officer,
            "requestClarification",
            on(json!({ "question": CALL })),
            "question",
        ),
        (
            &officer,
            "respondToConcern",
            on(json!({ "body": CALL, "outcome": resolved })),
            "body",
        ),
        (
            &officer,
            "draftResponse",
            on(json!({ "body": "So.", "outcome": outcome })),
            "outcome",
        ),
        (&officer, "makeCommitment", on(promised), "statement"),
        (&officer, "makeCommitment", on(step), "milestones"),
    ] {
        let seen = found(who, name, &input).await;
        let error = json!([{ "code": "PERSONAL_INFORMATION", "field": [field], "spans": phone() }]);
        assert_eq!(seen, error, "{name}");
    }
    // What is sealed is there for that.
    let facts = on(json!({ "facts": CALL }));
    square.civil.done("editThread", facts, "").await;
}

#[tokio::test]
async fn who_may_not_write_is_told_so_and_nothing_of_what_is_hidden() {
    let square = Square::new().await;
    let concern = square.forum.open_concern(&square.civil).await;
    for thread in [concern, square.forum.thread_id_of_nothing()] {
        let input = json!({ "threadId": thread, "body": CALL });
        let code = square.youth.refused("addPost", input).await;
        assert_eq!(code, "NOT_FOUND");
    }
    say(&square.youth, &square.thread, "Nothing of anybody.").await;
}
