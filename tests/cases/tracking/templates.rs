//! Templates of an agency's answers: written by its officers, and filled from
//! the concern that one of them answers.

use api::schema::global_id::{Kind, encode};
use chrono::Duration;
use domain::people::RegistrationMode;
use mukalma_tests::{Client, TestForum};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Stage;
use crate::cases::budgets::statements;

const OFFERED: &str = "responseTemplates { template { id title } filled }";

/// A template in English.
fn english(title: &str, body: &str) -> Value {
    json!({ "titleEn": title, "bodyEn": body })
}

/// Writes a template some time after the one before, and gives its id.
async fn saved(stage: &Stage, input: Value) -> Value {
    stage.forum.clock.advance(Duration::seconds(1));
    let selection = "template { id }";
    let done = stage.officer.done("saveResponseTemplate", input, selection);
    done.await["template"]["id"].take()
}

/// What an officer is offered for the concern: titles and filled texts.
async fn offered(stage: &Stage) -> Vec<[String; 2]> {
    let seen = stage.sees(&stage.officer, OFFERED).await;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let all = seen["responseTemplates"].as_array().expect("a list").iter();
    all.map(|one| [text(&one["template"]["title"]), text(&one["filled"])])
        .collect()
}

/// The titles of what is offered.
async fn titles(stage: &Stage) -> Vec<String> {
    let all = offered(stage).await.into_iter();
    all.map(|[title, _]| title).collect()
}

/// Saving is refused, with one problem at this place.
async fn named(who: &Client, input: Value, at: &str, code: &str) -> String {
    let payload = who.act("saveResponseTemplate", input, "").await;
    let errors = payload["userErrors"].as_array().expect("a list");
    assert_eq!(errors.len(), 1, "{at} {code}: {payload}");
    assert_eq!(errors[0]["code"], code, "{at}: {payload}");
    assert_eq!(errors[0]["field"][0].as_str().unwrap_or(""), at, "{code}");
    errors[0]["message"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_template_is_filled_from_the_concern_in_both_languages() {
    let stage = Stage::new().await;
    let input = json!({
        "titleEn": "Received",
        "bodyEn": "{{office}}, {{agency}}: {{ number }}, {{title}}. {{category}} in {{region}}, \
            raised {{raised_on}}, due {{due_on}}, today {{today}}. It {{state}}. {{acknowledged_on}}",
        "titleUr": "وصولی",
        "bodyUr": "{{office}}: {{category}}، {{region}}۔",
    });
    saved(&stage, input).await;
    let fields =
        "reference responseTemplates { en: filled(language: EN) ur: filled(language: UR) }";
    let seen = stage.sees(&stage.officer, fields).await;
    let number = seen["reference"].as_str().unwrap();
    let filled = &seen["responseTemplates"][0];
    let expected = format!(
        "SP Investigation, Lahore, Punjab Police: {number}, Students are searched without reason. \
         Drug trafficking in Punjab, raised 2025-11-17, due 2025-11-24, today 2025-11-17. It is \
         before an office. […]"
    );
    assert_eq!(filled["en"], expected);
    let urdu = filled["ur"].as_str().unwrap();
    assert!(urdu.ends_with(": منشیات کی اسمگلنگ، پنجاب۔"), "{urdu}");
    assert_eq!(titles(&stage).await, ["Received"]);
}

#[tokio::test]
async fn what_fits_is_offered_and_the_best_comes_first() {
    let stage = Stage::new().await;
    for (title, category, state) in [
        ("any", None, None),
        ("assigned", None, Some("ASSIGNED")),
        ("answered", None, Some("ANSWERED")),
        ("drugs", Some("DRG"), None),
        ("drugs, assigned", Some("DRG"), Some("ASSIGNED")),
        ("opiates", Some("DRG.OPI"), None),
        ("any, later", None, None),
    ] {
        let mut input = english(title, "We have it.");
        input["category"] = json!(category);
        input["state"] = json!(state);
        saved(&stage, input).await;
    }
    let expected = ["drugs, assigned", "drugs", "assigned", "any", "any, later"];
    assert_eq!(titles(&stage).await, expected);
    stage
        .done(&stage.officer, "acknowledgeConcern", json!({}))
        .await;
    assert_eq!(titles(&stage).await, ["drugs", "any", "any, later"]);
}

#[tokio::test]
async fn a_template_in_one_language_is_filled_in_that_and_a_title_is_no_markdown() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let mut stage = Stage::on(forum).await;
    let raise = json!({ "title": "[Look](https://x.example) {{number}}", "body": "It is so.",
        "category": "DRG", "region": "PB" });
    let raised = civil.done("raiseConcern", raise, "thread { id }").await;
    stage.id = raised["thread"]["id"].clone();
    saved(&stage, json!({ "titleUr": "وصولی", "bodyUr": "{{title}}" })).await;
    let fields = "responseTemplates { filled en: filled(language: EN) template { title } }";
    let seen = stage.sees(&stage.officer, fields).await;
    let expected = json!([{
        "filled": r"\[Look\]\(https\://x.example\) \{\{number\}\}",
        "en": null,
        "template": { "title": "وصولی" },
    }]);
    assert_eq!(seen["responseTemplates"], expected);
}

#[tokio::test]
async fn templates_are_absent_outside_the_agency() {
    let stage = Stage::new().await;
    let id = saved(&stage, english("Received", "We have it.")).await;
    let node = "query($id: ID!) { node(id: $id) { id } }";
    let seen = stage.colleague.run(node, json!({ "id": id })).await;
    assert_eq!(seen["node"]["id"], id);
    let visitor = stage.forum.visitor();
    for other in [&stage.civil, &stage.moderator, &stage.oversight, &visitor] {
        let seen = other.run(node, json!({ "id": id })).await;
        assert_eq!(seen["node"], Value::Null);
        assert_eq!(
            stage.sees(other, OFFERED).await["responseTemplates"],
            Value::Null
        );
    }
    let change = json!({ "templateId": id, "expectedVersion": "1", "titleEn": "Mine",
        "bodyEn": "Ours." });
    let retire = json!({ "templateId": id });
    for (who, code) in [
        (&stage.civil, "FORBIDDEN"),
        (&stage.moderator, "FORBIDDEN"),
        (&stage.oversight, "NOT_FOUND"),
    ] {
        let refused = who.refused("saveResponseTemplate", change.clone()).await;
        assert_eq!(refused, code);
        let refused = who.refused("retireResponseTemplate", retire.clone()).await;
        assert_eq!(refused, code);
    }
    let own = stage.oversight.run(
        "{ viewer { desk { responseTemplates { id } } } }",
        json!({}),
    );
    assert_eq!(own.await["viewer"]["desk"]["responseTemplates"], json!([]));
    let absent = json!(encode(Kind::ResponseTemplate, Uuid::from_u128(1)).to_string());
    let (forum, civil) = (&stage.forum, &stage.civil);
    let hidden = statements(forum, civil, node, |_| json!({ "id": id })).await;
    let absent = statements(forum, civil, node, |_| json!({ "id": absent })).await;
    assert_eq!(hidden, absent);
}

#[tokio::test]
async fn of_two_changes_of_one_version_one_is_made() {
    let stage = Stage::new().await;
    let id = saved(&stage, english("Received", "We have it.")).await;
    let fields = "template { version titleEn titleUr changedAt createdAt office { name } \
        agency { code } viewerCanChange }";
    let mut change = english("Received again", "We have it, again.");
    change["templateId"] = id.clone();
    named(&stage.officer, change.clone(), "expectedVersion", "INVALID").await;
    change["expectedVersion"] = json!("1");
    let done = stage
        .officer
        .done("saveResponseTemplate", change.clone(), fields)
        .await;
    assert_eq!(done["template"]["version"], "2");
    assert_eq!(done["template"]["titleEn"], "Received again");
    assert_eq!(done["template"]["agency"]["code"], "POL_PB");
    assert_eq!(done["template"]["viewerCanChange"], true);
    named(&stage.officer, change.clone(), "", "VERSION_CONFLICT").await;
    change["expectedVersion"] = json!("x");
    named(&stage.officer, change, "", "VERSION_CONFLICT").await;
}

#[tokio::test]
async fn what_is_retired_is_offered_no_more_and_not_changed() {
    let stage = Stage::new().await;
    let id = saved(&stage, english("Received", "We have it.")).await;
    let retire = json!({ "templateId": id, "clientMutationId": "once" });
    let selection = "template { retiredAt viewerCanChange }";
    for _ in 0..2 {
        let done = stage
            .officer
            .done("retireResponseTemplate", retire.clone(), selection)
            .await;
        assert_ne!(done["template"]["retiredAt"], Value::Null);
        assert_eq!(done["template"]["viewerCanChange"], false);
    }
    assert!(offered(&stage).await.is_empty());
    let again = json!({ "templateId": id });
    let refused = stage.officer.refused("retireResponseTemplate", again).await;
    assert_eq!(refused, "INVALID");
    let mut change = english("Received", "We have it.");
    change["templateId"] = id;
    change["expectedVersion"] = json!("1");
    named(&stage.officer, change, "", "INVALID").await;
}

#[tokio::test]
async fn bad_input_is_named_and_saves_nothing() {
    let stage = Stage::new().await;
    for (key, value, at, code) in [
        ("bodyEn", json!(""), "bodyEn", "BLANK"),
        ("bodyEn", Value::Null, "bodyEn", "BLANK"),
        ("titleEn", Value::Null, "titleEn", "BLANK"),
        ("titleEn", json!("a\nb"), "titleEn", "BAD_CHARACTERS"),
        ("bodyEn", json!("a\u{202e}b"), "bodyEn", "BAD_CHARACTERS"),
        ("bodyUr", json!("اردو"), "titleUr", "BLANK"),
        ("category", json!("nothing"), "category", "UNKNOWN"),
        ("bodyEn", json!("{{raiser}}"), "bodyEn", "UNKNOWN"),
        ("bodyEn", json!("Of {{number"), "bodyEn", "UNKNOWN"),
        ("templateId", json!("x"), "expectedVersion", "INVALID"),
    ] {
        let mut input = english("Received", "We have it.");
        input[key] = value;
        input["clientMutationId"] = json!("the same for all");
        named(&stage.officer, input, at, code).await;
    }
    named(&stage.officer, json!({}), "bodyEn", "INVALID").await;
    for id in [json!("x"), stage.id.clone()] {
        let mut input = english("Received", "We have it.");
        input["templateId"] = id.clone();
        input["expectedVersion"] = json!("1");
        named(&stage.officer, input, "", "NOT_FOUND").await;
        let retire = json!({ "templateId": id });
        let refused = stage
            .officer
            .refused("retireResponseTemplate", retire)
            .await;
        assert_eq!(refused, "NOT_FOUND");
    }
    assert!(offered(&stage).await.is_empty());
}

#[tokio::test]
async fn an_unknown_placeholder_is_named_with_those_that_are_known() {
    let stage = Stage::new().await;
    let input = english("Received", "Dear {{raiser}}, we have {{number}}.");
    let message = named(&stage.officer, input, "bodyEn", "UNKNOWN").await;
    assert!(
        message.starts_with("\"raiser\" is no placeholder."),
        "{message}"
    );
    for known in ["{{number}}", "{{due_on}}", "{{forum}}"] {
        assert!(message.contains(known), "{message}");
    }
}

#[tokio::test]
async fn templates_are_so_many_and_so_long_and_no_more() {
    let settings = [
        ("templates.per_agency", "2"),
        ("templates.title_max", "5"),
        ("templates.body_max", "10"),
    ];
    let forum = TestForum::with(true, RegistrationMode::Open, &settings).await;
    let stage = Stage::on(forum).await;
    let long = |title: usize, body: usize| english(&"x".repeat(title), &"x".repeat(body));
    named(&stage.officer, long(6, 10), "titleEn", "TOO_LONG").await;
    named(&stage.officer, long(5, 11), "bodyEn", "TOO_LONG").await;
    let first = saved(&stage, long(5, 10)).await;
    saved(&stage, long(5, 10)).await;
    named(&stage.officer, long(5, 10), "", "TOO_MANY").await;
    let retire = json!({ "templateId": first });
    stage
        .officer
        .done("retireResponseTemplate", retire, "")
        .await;
    saved(&stage, long(5, 10)).await;
}

#[tokio::test]
async fn the_templates_of_a_list_are_one_statement_whatever_their_number() {
    let stage = Stage::new().await;
    let list =
        format!("{{ viewer {{ desk {{ concerns(first: 5) {{ nodes {{ id {OFFERED} }} }} }} }} }}");
    let page = format!("query($id: ID!) {{ thread(id: $id) {{ id {OFFERED} }} }}");
    let plain = "query($id: ID!) { thread(id: $id) { id } }";
    let own = "{ viewer { desk { responseTemplates { id titleEn office { name } } } } }";
    for number in 0..2 {
        saved(
            &stage,
            english(&format!("Received, {number}"), "{{number}}"),
        )
        .await;
        stage.forum.open_concern(&stage.civil).await;
        let (forum, officer) = (&stage.forum, &stage.officer);
        assert_eq!(statements(forum, officer, &list, |_| json!({})).await, 2);
        let id = json!({ "id": stage.id });
        let without = statements(forum, officer, plain, |_| id.clone()).await;
        let with = statements(forum, officer, &page, |_| id.clone()).await;
        assert_eq!(with, without + 1);
        assert_eq!(statements(forum, officer, own, |_| json!({})).await, 1);
    }
}
