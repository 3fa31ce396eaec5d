//! Letters on paper to agencies that do not answer here, and what comes back.

use std::fmt::Write as _;

use domain::people::RegistrationMode;
use mukalma_tests::{Client, TestForum};
use serde_json::{Value, json};

use super::Stage;
use crate::cases::audit::told;
use crate::cases::budgets::statements;

const SHOWN: &str = "letters { id agency { code } kind sentOn replyOn reply replyHtml recordedAt }";

/// A letter to an agency that is only listed, sent on the test's first day.
fn sent() -> Value {
    json!({ "agency": "POL_SD", "kind": "LETTER", "sentOn": "2025-11-17" })
}

/// What came back.
fn came(letter: &Value) -> Value {
    json!({ "letterId": letter, "receivedOn": "2025-11-18", "body": "We **looked** into it." })
}

/// The same on the day on which the letter was sent.
fn came_at_once(letter: &Value) -> Value {
    json!({ "letterId": letter, "receivedOn": "2025-11-17", "body": "We looked." })
}

impl Stage {
    /// A letter was sent; gives its id.
    async fn sent(&self, input: Value) -> Value {
        let input = self.with(input);
        let made = self
            .moderator
            .done("recordDispatch", input, "letter { id }");
        made.await["letter"]["id"].take()
    }

    /// The letter to an agency, as somebody has it made.
    async fn letter(&self, who: &Client, agency: &str, kind: &str, language: &str) -> Value {
        let field = format!("letter(agency: \"{agency}\", kind: {kind}, language: {language})");
        self.sees(who, &field).await["letter"].take()
    }

    /// The code of what is wrong with having one made.
    async fn no_letter(&self, who: &Client, agency: &str) -> String {
        let document = format!(
            "query($id: ID!) {{ thread(id: $id) {{ \
             letter(agency: \"{agency}\", kind: LETTER, language: EN) }} }}"
        );
        let answer = who.send(&document, json!({ "id": self.id })).await;
        answer.code().to_owned()
    }

    async fn reference(&self) -> String {
        let seen = self.sees(&self.civil, "reference").await;
        seen["reference"].as_str().expect("a reference").to_owned()
    }
}

/// Raises a concern for these readers, with more in its input.
async fn raise(raiser: &Client, audience: &str, more: Value) -> Value {
    let mut input = json!({
        "title": "Canary of the title", "body": "First canary line.\nSecond canary line.",
        "facts": "Canary of the facts", "category": "DRG", "region": "PB", "audience": audience,
    });
    for (key, value) in more.as_object().expect("an object") {
        input[key] = value.clone();
    }
    let mut raised = raiser.done("raiseConcern", input, "thread { id }").await;
    raised["thread"]["id"].take()
}

/// The stage with such a concern.
async fn with_concern(audience: &str, more: Value) -> Stage {
    let mut stage = Stage::new().await;
    stage.id = raise(&stage.civil, audience, more).await;
    stage
}

#[tokio::test]
async fn a_letter_is_recorded_answered_on_paper_and_moves_nothing() {
    let stage = Stage::new().await;
    let stands = "state dueOn clock { runsFor dueOn } timeline { totalCount }";
    let before = stage.sees(&stage.civil, stands).await;
    let id = stage.sent(sent()).await;
    stage.forum.clock.advance(chrono::Duration::days(1));
    let reply = stage
        .moderator
        .done("recordPaperReply", came(&id), "letter { replyOn }");
    assert_eq!(reply.await["letter"]["replyOn"], "2025-11-18");
    let mut seen = stage.sees(&stage.civil, SHOWN).await["letters"].take();
    assert!(
        seen[0]["recordedAt"]
            .take()
            .as_str()
            .unwrap()
            .starts_with("2025-11-17T")
    );
    let shown = json!([{
        "id": id, "agency": { "code": "POL_SD" }, "kind": "LETTER", "sentOn": "2025-11-17",
        "replyOn": "2025-11-18", "reply": "We **looked** into it.",
        "replyHtml": "<div dir=\"auto\"><p dir=\"auto\">We <strong>looked</strong> into it.</p>\n</div>", "recordedAt": null,
    }]);
    assert_eq!(seen, shown);
    assert_eq!(stage.sees(&stage.civil, stands).await, before);
    let node = "query($id: ID!) { node(id: $id) { id ... on Letter { kind } } }";
    let node = stage.civil.run(node, json!({ "id": id })).await;
    assert_eq!(node["node"], json!({ "id": id, "kind": "LETTER" }));
}

#[tokio::test]
async fn a_repeated_key_records_once() {
    let stage = Stage::new().await;
    let mut input = sent();
    input["clientMutationId"] = json!("one letter");
    let id = stage.sent(input.clone()).await;
    assert_eq!(stage.sent(input).await, id);
    let mut reply = came_at_once(&id);
    reply["clientMutationId"] = json!("one reply");
    for _ in 0..2 {
        let done = stage
            .moderator
            .done("recordPaperReply", reply.clone(), "letter { id }");
        assert_eq!(done.await["letter"]["id"], id);
    }
    let seen = stage.sees(&stage.civil, "letters { id }").await;
    assert_eq!(seen["letters"], json!([{ "id": id }]));
}

#[tokio::test]
async fn whoever_watches_the_concern_is_told() {
    let stage = Stage::new().await;
    let document = "subscription($id: ID!) { threadEvents(threadId: $id) { __typename \
        ... on ConcernMoved { item { at } thread { letters { replyOn } } } } }";
    let mut watch = stage.civil.watch(document, json!({ "id": stage.id })).await;
    let id = stage.sent(sent()).await;
    stage.forum.clock.advance(chrono::Duration::days(1));
    for reply_on in [Value::Null, json!("2025-11-18")] {
        if reply_on.is_string() {
            stage
                .moderator
                .done("recordPaperReply", came(&id), "")
                .await;
        }
        let told = watch.next().await["threadEvents"].take();
        let letters = json!({ "letters": [{ "replyOn": reply_on }] });
        let moved = json!({ "__typename": "ConcernMoved", "item": null, "thread": letters });
        assert_eq!(told, moved);
    }
}

#[tokio::test]
async fn the_letter_says_in_both_languages_what_everybody_may_know() {
    let stage = with_concern("PUBLIC", json!({})).await;
    let reference = stage.reference().await;
    let mut all = String::new();
    for (kind, language) in [
        ("LETTER", "EN"),
        ("RIGHT_TO_INFORMATION", "EN"),
        ("LETTER", "UR"),
        ("RIGHT_TO_INFORMATION", "UR"),
    ] {
        let text = stage.letter(&stage.civil, "POL_SD", kind, language).await;
        let text = text.as_str().expect("a letter");
        assert!(
            text.contains(&reference) && !text.contains("facts"),
            "{text}"
        );
        let _ = write!(all, "--- {kind} {language}\n{text}");
    }
    insta::assert_snapshot!(all.replace(&reference, "[reference]"));
}

/// What no letter says: the facts, and who raised it.
const NEVER: [&str; 6] = [
    "facts",
    "fir 0/26",
    "the civil",
    "civil_society",
    "moderator",
    "station",
];

/// Letters to somebody, in lower case.
async fn letters(stage: &Stage, who: &Client) -> Vec<String> {
    let mut all = Vec::new();
    for (kind, language) in [("LETTER", "EN"), ("RIGHT_TO_INFORMATION", "UR")] {
        let text = stage.letter(who, "POL_SD", kind, language).await;
        all.push(text.as_str().expect("a letter").to_lowercase());
    }
    all
}

#[tokio::test]
async fn a_letter_tells_nothing_of_what_is_not_public_nor_of_the_raiser() {
    let sealed = Stage::new().await;
    for text in [
        letters(&sealed, &sealed.civil).await,
        letters(&sealed, &sealed.moderator).await,
    ]
    .concat()
    {
        for hidden in NEVER.into_iter().chain(["searched", "hostel"]) {
            assert!(!text.contains(hidden), "{hidden}: {text}");
        }
    }
    for (audience, public) in [("MEMBERS", false), ("PUBLIC", true)] {
        let stage = with_concern(audience, json!({})).await;
        for text in letters(&stage, &stage.moderator).await {
            assert_eq!(
                text.contains("canary of the title"),
                public,
                "{audience}: {text}"
            );
            assert_eq!(
                text.contains("    second canary line."),
                public,
                "{audience}: {text}"
            );
            for hidden in NEVER {
                assert!(!text.contains(hidden), "{audience} {hidden}: {text}");
            }
        }
    }
}

#[tokio::test]
async fn each_province_has_its_law() {
    let stage = with_concern("PUBLIC", json!({})).await;
    for (agency, law) in [
        (
            "PB_ACE",
            "Punjab Transparency and Right to Information Act 2013",
        ),
        ("POL_KP", "Khyber Pakhtunkhwa Right to Information Act 2013"),
        (
            "POL_SD",
            "Sindh Transparency and Right to Information Act 2016",
        ),
        ("POL_BA", "Balochistan Right to Information Act 2021"),
        ("POL_GB", "Right of Access to Information Act 2017"),
        ("FIA", "Right of Access to Information Act 2017"),
    ] {
        let text = stage
            .letter(&stage.civil, agency, "RIGHT_TO_INFORMATION", "EN")
            .await;
        let said = format!("for information under the {law}.");
        assert!(text.as_str().unwrap().contains(&said), "{agency}: {text}");
    }
}

#[tokio::test]
async fn letters_are_for_the_raiser_and_moderators_alone() {
    let stage = with_concern("PUBLIC", json!({})).await;
    let id = stage.sent(sent()).await;
    let mut all = String::new();
    for login in [
        "visitor",
        "civil",
        "youth",
        "officer",
        "oversight",
        "moderator",
        "admin",
    ] {
        let who = match login {
            "visitor" => stage.forum.visitor(),
            login => stage.forum.sign_in(login).await,
        };
        let text = stage.letter(&who, "POL_SD", "LETTER", "EN").await;
        let seen = stage.sees(&who, "letters { id }").await;
        assert_eq!(seen["letters"][0]["id"], id, "{login}");
        let _ = write!(all, "{login}: {}", if text.is_null() { "-" } else { "+" });
        if login != "visitor" && login != "moderator" {
            for (act, input) in [
                ("recordDispatch", stage.with(sent())),
                ("recordPaperReply", came_at_once(&id)),
            ] {
                let _ = write!(all, " {}", who.refused(act, input).await);
            }
        }
        all.push('\n');
    }
    insta::assert_snapshot!(all, @r"
    visitor: -
    civil: + FORBIDDEN FORBIDDEN
    youth: - FORBIDDEN FORBIDDEN
    officer: - FORBIDDEN FORBIDDEN
    oversight: - FORBIDDEN FORBIDDEN
    moderator: +
    admin: - FORBIDDEN FORBIDDEN
    ");
}

#[tokio::test]
async fn who_recorded_a_letter_and_its_reply_stands_in_the_audit_log() {
    let stage = with_concern("PUBLIC", json!({})).await;
    let id = stage.sent(sent()).await;
    let reply = came_at_once(&id);
    stage.moderator.done("recordPaperReply", reply, "").await;
    for (act, kind) in [("recordDispatch", "LETTER"), ("recordPaperReply", "-")] {
        let told = told(&stage.forum, act).await;
        assert_eq!(told.len(), 1, "{act}: {told:?}");
        assert!(told[0].contains("\tmoderator\t"), "{told:?}");
        assert!(told[0].ends_with(&format!("\t{kind}")), "{told:?}");
    }
}

#[tokio::test]
async fn a_letter_is_absent_where_its_concern_is() {
    let stage = Stage::new().await;
    let id = stage.sent(sent()).await;
    let node = "query($id: ID!) { node(id: $id) { id } nodes(ids: [$id]) { id } }";
    for who in [&stage.colleague, &stage.oversight, &stage.forum.visitor()] {
        let seen = who.run(node, json!({ "id": id })).await;
        assert_eq!(seen, json!({ "node": null, "nodes": [null] }));
    }
    for (act, input) in [
        ("recordDispatch", stage.with(sent())),
        ("recordPaperReply", came_at_once(&id)),
    ] {
        assert_eq!(
            stage.colleague.refused(act, input).await,
            "NOT_FOUND",
            "{act}"
        );
    }
    // The same for nothing.
    let nothing = api::schema::global_id::encode(
        api::schema::global_id::Kind::Letter,
        uuid::Uuid::from_u128(1),
    );
    let nothing = json!(nothing.to_string());
    let cost = async |of: &Value| {
        statements(
            &stage.forum,
            &stage.colleague,
            node,
            |_| json!({ "id": of }),
        )
        .await
    };
    assert_eq!(cost(&id).await, cost(&nothing).await);
}

#[tokio::test]
async fn an_agency_that_is_complained_of_gets_no_letter() {
    let about = json!({ "about": { "agency": "POL_SD", "kind": "NOT_SURE" } });
    let stage = with_concern("PUBLIC", about).await;
    assert_eq!(stage.no_letter(&stage.civil, "POL_SD").await, "FORBIDDEN");
    let code = stage
        .refused(&stage.moderator, "recordDispatch", sent())
        .await;
    assert_eq!(code, "CONFLICT_OF_INTEREST");
    assert!(
        stage
            .letter(&stage.civil, "POL_KP", "LETTER", "EN")
            .await
            .is_string()
    );
}

#[tokio::test]
async fn an_agency_that_answers_here_is_not_written_to() {
    let stage = Stage::new().await;
    for (agency, field) in [("POL_PB", "INVALID"), ("nothing", "UNKNOWN")] {
        assert_eq!(
            stage.no_letter(&stage.civil, agency).await,
            "BAD_USER_INPUT"
        );
        let mut input = sent();
        input["agency"] = json!(agency);
        let code = stage
            .refused(&stage.moderator, "recordDispatch", input)
            .await;
        assert_eq!(code, field, "{agency}");
    }
}

#[tokio::test]
async fn bad_input_is_named_and_records_nothing() {
    let stage = Stage::new().await;
    for (key, value, at, code) in [
        ("sentOn", json!("2025-11-18"), "sentOn", "INVALID"),
        ("sentOn", json!("9999-12-31"), "sentOn", "INVALID"),
        ("sentOn", json!("2025-11-16"), "sentOn", "INVALID"),
        ("agency", json!(""), "agency", "UNKNOWN"),
        ("threadId", json!("x"), "", "NOT_FOUND"),
    ] {
        let mut input = stage.with(sent());
        input[key] = value.clone();
        input["clientMutationId"] = json!("the same for all");
        named(&stage.moderator, "recordDispatch", input, at, code).await;
    }
    let seen = stage.sees(&stage.civil, "letters { id }").await;
    assert_eq!(seen["letters"], json!([]));
    let id = stage.sent(sent()).await;
    stage.forum.clock.advance(chrono::Duration::days(1));
    let long = "x".repeat(20_001);
    for (key, value, at, code) in [
        ("body", json!(""), "body", "BLANK"),
        ("body", json!(" \u{200b}"), "body", "BLANK"),
        ("body", json!("a\u{0}"), "body", "BAD_CHARACTERS"),
        ("body", json!("a\u{202e}b"), "body", "BAD_CHARACTERS"),
        ("body", json!(long), "body", "TOO_LONG"),
        ("receivedOn", json!("2025-11-19"), "receivedOn", "INVALID"),
        ("receivedOn", json!("2025-11-16"), "receivedOn", "INVALID"),
        ("letterId", json!("x"), "", "NOT_FOUND"),
        ("letterId", stage.id.clone(), "", "NOT_FOUND"),
    ] {
        let mut input = came(&id);
        input[key] = value.clone();
        input["clientMutationId"] = json!("the same for all of these");
        named(&stage.moderator, "recordPaperReply", input, at, code).await;
    }
    let mut most = came(&id);
    most["body"] = json!("x".repeat(20_000));
    stage.moderator.done("recordPaperReply", most, "").await;
    named(
        &stage.moderator,
        "recordPaperReply",
        came(&id),
        "",
        "INVALID",
    )
    .await;
}

/// Something is refused, with one problem at this place.
async fn named(who: &Client, act: &str, input: Value, at: &str, code: &str) {
    let case = format!("{act} {at} {code}");
    let payload = who.act(act, input, "letter { id }").await;
    let errors = payload["userErrors"].as_array().expect("a list");
    assert_eq!(errors.len(), 1, "{case}: {payload}");
    assert_eq!(errors[0]["code"], code, "{case}: {payload}");
    assert_eq!(errors[0]["field"][0].as_str().unwrap_or(""), at, "{case}");
}

#[tokio::test]
async fn so_many_letters_of_a_concern_are_recorded_and_no_more() {
    let settings = [("letters.per_concern", "2")];
    let forum = TestForum::with(true, RegistrationMode::Open, &settings).await;
    let stage = Stage::on(forum).await;
    for _ in 0..2 {
        stage.sent(sent()).await;
    }
    let code = stage
        .refused(&stage.moderator, "recordDispatch", sent())
        .await;
    assert_eq!(code, "TOO_MANY");
}

#[tokio::test]
async fn the_letters_of_a_list_are_one_statement_and_one_is_written_at_a_time() {
    let mut stage = with_concern("MEMBERS", json!({})).await;
    let list = "{ threads(first: 10) { nodes { id letters { kind agency { code } } } } }";
    for _ in 0..2 {
        stage.sent(sent()).await;
        let cost = statements(&stage.forum, &stage.civil, list, |_| json!({})).await;
        assert_eq!(cost, 2);
        stage.id = raise(&stage.civil, "MEMBERS", json!({})).await;
    }
    let letter = "{ threads(first: 10) { nodes { \
        letter(agency: \"POL_SD\", kind: LETTER, language: EN) } } }";
    let answer = stage.civil.send(letter, json!({})).await;
    assert_eq!(answer.code(), "BAD_USER_INPUT");
}

#[tokio::test]
async fn an_agency_that_does_not_answer_is_told_what_joining_means() {
    let forum = TestForum::new().await;
    let document = "{ listed: agency(code: \"FIA\") { joining } \
        urdu: agency(code: \"FIA\") { joining(language: UR) } \
        answers: agency(code: \"POL_PB\") { joining } }";
    let seen = forum.visitor().run(document, json!({})).await;
    let says = |who: &str, what: &str| seen[who]["joining"].as_str().unwrap().contains(what);
    assert!(says("listed", "clocks run") && says("urdu", "مہلتیں"));
    assert_eq!(seen["answers"]["joining"], Value::Null);
    let urdu = forum.visitor().in_urdu().run(document, json!({})).await;
    assert_eq!(urdu["listed"], urdu["urdu"]);
}
