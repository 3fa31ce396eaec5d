//! What is asked with bad texts and ids: it is refused, or names nothing.

mod table;

use std::collections::BTreeSet;

use mukalma_tests::{Answer, Client, TestForum};
use serde_json::{Value, json};

pub(super) use table::Asker;
use table::{Asked, Gets};

/// Where the texts and ids of the table are.
pub(super) fn places(asker: &Asker) -> BTreeSet<String> {
    asker.table().into_iter().map(|asked| asked.at).collect()
}

/// Asks with each bad text or id, and looks at what comes back.
async fn is_answered(asked: &Asked<'_>) {
    let document = asked.document();
    for (bad, gets) in asked.tries() {
        let shown: String = bad.chars().take(30).collect();
        let case = format!("{} {shown:?}", asked.at);
        let answer = asked.who.send(&document, json!({ "it": bad })).await;
        let Answer { body, .. } = &answer;
        match gets {
            Gets::Code(code) => assert_eq!(answer.code(), code, "{case} {body}"),
            Gets::Data(data) => {
                assert!(body["errors"].is_null(), "{case} {body}");
                assert_eq!(body["data"], data, "{case}");
            }
            Gets::Page => assert!(body["errors"].is_null(), "{case} {body}"),
        }
    }
}

#[tokio::test]
async fn a_bad_text_or_id_is_refused_or_names_nothing() {
    let forum = TestForum::new().await;
    let asker = Asker::set(&forum).await;
    for asked in asker.table().iter().filter(|asked| !asked.is_live()) {
        is_answered(asked).await;
    }
}

#[tokio::test]
async fn nothing_is_followed_by_a_bad_text_or_id() {
    let forum = TestForum::new().await;
    let asker = Asker::set(&forum).await;
    for asked in asker.table().iter().filter(|asked| asked.is_live()) {
        for (bad, gets) in asked.tries() {
            let Gets::Code(code) = gets else {
                panic!("{} is followed", asked.at);
            };
            let mut watch = asked
                .who
                .watch(&asked.document(), json!({ "it": bad }))
                .await;
            assert_eq!(watch.end().await, code, "{} {bad:?}", asked.at);
        }
    }
}

#[tokio::test]
async fn what_is_somebody_elses_is_answered_as_what_is_not_there() {
    let forum = TestForum::new().await;
    let asker = Asker::set(&forum).await;
    let stage = &asker.stage;
    let (youth, officer) = (&stage.youth, &stage.officer);
    let nothing = forum.thread_id_of_nothing();
    let rows: [(&Client, &str, &Value); 11] = [
        (youth, "thread(id: $it) { id }", &stage.acknowledged),
        (youth, "node(id: $it) { id }", &stage.acknowledged),
        (youth, "node(id: $it) { id }", &stage.session),
        (youth, "node(id: $it) { id }", &asker.webhook),
        (youth, "nodes(ids: [$it]) { id }", &stage.held),
        (
            youth,
            "modlog(filter: { threadId: $it }) { totalCount }",
            &stage.held,
        ),
        (youth, "account(id: $it) { id }", &stage.civil_account),
        (
            youth,
            "clients(organization: $it) { id }",
            &stage.organization,
        ),
        (
            youth,
            "organizationMembers(organization: $it) { __typename }",
            &stage.organization,
        ),
        (
            youth,
            "webhooks(organizationId: $it) { id }",
            &stage.organization,
        ),
        (
            officer,
            "officeHolders(office: $it) { __typename }",
            &stage.office,
        ),
    ];
    for (who, ask, theirs) in rows {
        let document = format!("query($it: ID!) {{ {ask} }}");
        let seen = who.send(&document, json!({ "it": theirs })).await;
        let absent = who.send(&document, json!({ "it": nothing })).await;
        assert_eq!(seen.body, absent.body, "{ask}");
        assert_eq!(seen.status, absent.status, "{ask}");
    }
    for ask in [
        "threadEvents(threadId: $it) { cursor }",
        "feedEvents(filter: { threadId: $it }) { cursor }",
    ] {
        let document = format!("subscription($it: ID!) {{ {ask} }}");
        for it in [&stage.acknowledged, &stage.held, &nothing] {
            let mut watch = youth.watch(&document, json!({ "it": it })).await;
            assert_eq!(watch.end().await, "NOT_FOUND", "{ask}");
        }
    }
}

#[tokio::test]
async fn every_code_of_the_directory_can_be_asked_for() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let all = "{ categories { code } regions { code } themes { code } affectedGroups { code } \
               agencies { code } }";
    let known = civil.run(all, json!({})).await;
    for (list, ask) in [
        (
            "categories",
            "threads(filter: { category: $it, underCategory: $it }) { totalCount }",
        ),
        (
            "regions",
            "threads(filter: { region: $it }) { totalCount } agencies(region: $it) { id }",
        ),
        ("themes", "threads(filter: { theme: $it }) { totalCount }"),
        (
            "affectedGroups",
            "audiencePreview(input: { affectedGroups: [$it] }) { notices }",
        ),
        ("agencies", "agency(code: $it) { code }"),
    ] {
        let document = format!("query($it: String!) {{ {ask} }}");
        let codes = known[list].as_array().unwrap();
        assert!(!codes.is_empty(), "{list}");
        for one in codes {
            civil.run(&document, json!({ "it": one["code"] })).await;
        }
    }
}

#[tokio::test]
async fn a_number_or_a_day_that_is_out_of_its_bounds_is_refused() {
    let forum = TestForum::new().await;
    let visitor = forum.visitor();
    for ask in [
        "holidays(year: 1999) { day }",
        "holidays(year: 2200) { day }",
        "holidays(year: -1) { day }",
        "statistics(by: REGION, months: 0) { by }",
        "statistics(by: REGION, months: 61) { by }",
        "statistics(by: REGION, to: \"2999-01-01\") { by }",
        "statistics(by: REGION, to: \"2025-02-30\") { by }",
        "statistics(by: REGION, to: \"\\u0000\") { by }",
        "statistics(by: REGION, to: \"yesterday!\") { by }",
    ] {
        let answer = visitor.send(&format!("{{ {ask} }}"), json!({})).await;
        assert_eq!(answer.code(), "BAD_USER_INPUT", "{ask} {}", answer.body);
    }
    for ask in [
        "holidays(year: 2000) { day }",
        "statistics(by: REGION, months: 60, to: \"0001-01-01\") { by }",
    ] {
        visitor.run(&format!("{{ {ask} }}"), json!({})).await;
    }
}
