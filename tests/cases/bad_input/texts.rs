//! Whatever a person can type: what each text may hold, and how much.

mod table;

use std::collections::BTreeSet;

use mukalma_tests::{PASSWORD, TestForum};
use serde_json::{Value, json};

use super::place;
use super::stage::{Stage, content};
use table::{Shape, table};

/// Where the texts of the table are.
pub(super) async fn places(forum: &TestForum, stage: &Stage) -> BTreeSet<String> {
    let table = table(forum, stage).await;
    let places = table.iter().map(|text| place(text.act, text.at));
    places.collect()
}

/// Codes that say that a text is not good.
const OF_TEXTS: [&str; 6] = [
    "BLANK",
    "TOO_SHORT",
    "TOO_LONG",
    "BAD_CHARACTERS",
    "INVALID",
    "WEAK_PASSWORD",
];

#[tokio::test]
async fn a_bad_text_is_named_and_leaves_nothing() {
    let forum = TestForum::new().await;
    let stage = Stage::set(&forum).await;
    let table = table(&forum, &stage).await;
    let before = content(&forum).await;
    for text in &table {
        let field = text.at.split('/').next().expect("a field");
        for (bad, code) in text.bad() {
            let shown: String = bad.chars().take(30).collect();
            let case = format!("{} {} {shown:?}", text.act, text.at);
            let mut input = text.with(&bad);
            // A key is not used up by what was refused.
            input["clientMutationId"] = json!("the same for all");
            let payload = text.who.act(text.act, input, "").await;
            let errors = &payload["userErrors"];
            assert_eq!(
                errors.as_array().map(Vec::len),
                Some(1),
                "{case}: {payload}"
            );
            assert_eq!(errors[0]["code"], code, "{case}: {payload}");
            assert_eq!(errors[0]["field"][0], field, "{case}: {payload}");
            assert_eq!(payload["clientMutationId"], "the same for all");
        }
    }
    assert_eq!(content(&forum).await, before);
}

#[tokio::test]
async fn a_text_may_be_as_long_and_as_short_as_its_limits() {
    let forum = TestForum::new().await;
    let stage = Stage::set(&forum).await;
    for text in table(&forum, &stage).await {
        let (min, max) = text.length.clone().into_inner();
        let case = format!("{} {}", text.act, text.at);
        let payload = text
            .who
            .act(text.act, text.with(&text.of_length(max)), "")
            .await;
        assert_eq!(payload["userErrors"], json!([]), "{case}");
        // What was done once may stand in the way of doing it again, but not
        // the text.
        if text.shape != Shape::Password {
            let payload = text
                .who
                .act(text.act, text.with(&text.of_length(min)), "")
                .await;
            let field = text.at.split('/').next().expect("a field");
            for error in payload["userErrors"].as_array().expect("a list") {
                let code = error["code"].as_str().expect("a code");
                let of_text = error["field"][0] == field && OF_TEXTS.contains(&code);
                assert!(!of_text, "{case}: {payload}");
            }
        }
    }
}

#[tokio::test]
async fn every_problem_of_a_concern_is_named_at_once() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let before = content(&forum).await;
    let input = json!({
        "title": "x", "body": "", "facts": "a\u{0}", "category": "NONE", "region": "XX",
        "themes": ["NOTHING"], "affectedGroups": vec!["WOMEN"; 9],
    });
    let payload = civil.act("raiseConcern", input, "thread { id }").await;
    let problems: Vec<(&Value, &Value)> = payload["userErrors"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|error| (&error["field"][0], &error["code"]))
        .collect();
    let expected = [
        ("title", "TOO_SHORT"),
        ("body", "BLANK"),
        ("facts", "BAD_CHARACTERS"),
        ("category", "UNKNOWN"),
        ("region", "UNKNOWN"),
        ("affectedGroups", "TOO_MANY"),
        ("themes", "UNKNOWN"),
    ];
    let expected = expected.map(|(field, code)| (Value::from(field), Value::from(code)));
    assert_eq!(
        problems,
        expected.iter().map(|(f, c)| (f, c)).collect::<Vec<_>>()
    );
    assert_eq!(content(&forum).await, before);
}

#[tokio::test]
async fn a_code_or_a_setup_token_that_is_not_good_makes_nothing() {
    let forum = TestForum::new().await;
    let visitor = forum.visitor();
    let before = content(&forum).await;
    for code in [
        "",
        " ",
        "\u{0}",
        "0000-0000",
        &"A".repeat(10_000),
        "\u{202e}",
        "کوڈ",
    ] {
        let reset =
            json!({ "login": "civil", "code": code, "password": "vexing jumbled quartz 1893" });
        assert_eq!(
            visitor.refused("resetPassword", reset).await,
            "BAD_CODE",
            "{code:?}"
        );
        let newcomer = json!({
            "login": "newcomer", "displayName": "Somebody", "password": PASSWORD,
            "constituency": "EXPERT", "invitationCode": code,
        });
        assert_eq!(
            visitor.refused("registerAccount", newcomer).await,
            "BAD_CODE",
            "{code:?}"
        );
        let first = json!({
            "token": code, "login": "newcomer", "displayName": "Somebody", "password": PASSWORD,
        });
        assert_eq!(
            visitor.refused("setUp", first).await,
            "BAD_CODE",
            "{code:?}"
        );
    }
    for login in ["", "\u{0}", "a\u{202e}bc", "1abc"] {
        let reset =
            json!({ "login": login, "code": "0000", "password": "vexing jumbled quartz 1893" });
        let code = visitor.refused("resetPassword", reset).await;
        assert!(OF_TEXTS.contains(&code.as_str()), "{login:?} {code}");
    }
    assert_eq!(content(&forum).await, before);
}
