//! The figures as pages, charts and files.

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};
use forum::statistics::dictionary;
use mukalma_tests::TestForum;
use reqwest::{Client, Response};

use super::{days, forum, raise};

pub(in crate::cases) async fn get(forum: &TestForum, path: &str) -> Response {
    let url = format!("http://{}{path}", forum.address);
    Client::new().get(url).send().await.unwrap()
}

async fn text(forum: &TestForum, path: &str) -> String {
    let answer = get(forum, path).await;
    assert_eq!(answer.status(), 200, "{path}");
    answer.text().await.unwrap()
}

/// A forum with an edition of two concerns.
async fn published() -> TestForum {
    let forum = forum("2").await;
    let civil = forum.sign_in("civil").await;
    for _ in 0..2 {
        raise(&forum, &civil, "DRG").await;
    }
    days(&forum, 20).await;
    forum
}

const DOCUMENTS: [&str; 7] = [
    "/statistics",
    "/statistics/ur",
    "/statistics.csv",
    "/statistics.xlsx",
    "/statistics/dictionary.csv",
    "/statistics/agency/POL_PB.svg",
    "/statistics/ur/agency/POL_PB.svg",
];

#[tokio::test]
async fn the_table_has_a_row_for_each_month_and_a_column_for_each_figure() {
    let forum = published().await;
    let table = text(&forum, "/statistics.csv").await;
    let rows: Vec<Vec<&str>> = table
        .split("\r\n")
        .map(|row| row.split(',').collect())
        .collect();
    let names: Vec<String> = dictionary::columns()
        .into_iter()
        .map(|one| one.name)
        .collect();
    assert_eq!(rows[0], names);
    let of = |by: &str| rows.iter().find(|row| row[0] == by).unwrap();
    assert_eq!(of("AGENCY")[1], "POL_PB");
    assert_eq!(of("CATEGORY")[1], "DRG");
    assert_eq!(of("MONTH")[4..7], ["2025-11", "2", "0"]);
    let explained = text(&forum, "/statistics/dictionary.csv").await;
    for name in names {
        assert!(explained.contains(&format!("\r\n{name},")), "{name}");
    }
}

#[tokio::test]
async fn the_book_has_the_table_and_the_dictionary() {
    let forum = published().await;
    let answer = get(&forum, "/statistics.xlsx").await;
    let file = answer.headers()["content-disposition"].to_str().unwrap();
    assert_eq!(file, "attachment; filename=\"statistics.xlsx\"");
    let book = answer.bytes().await.unwrap();
    assert!(book.starts_with(b"PK"));
    let contains = |name: &[u8]| book.windows(name.len()).any(|some| some == name);
    assert!(contains(b"xl/worksheets/sheet1.xml") && contains(b"xl/worksheets/sheet2.xml"));
}

#[tokio::test]
async fn pages_and_charts_say_the_same_in_both_languages() {
    let forum = published().await;
    for (page, chart, open) in [
        (
            "/statistics",
            "/statistics/agency/POL_PB.svg",
            "<html lang=\"en\" dir=\"ltr\">",
        ),
        (
            "/statistics/ur",
            "/statistics/ur/agency/POL_PB.svg",
            "<html lang=\"ur\" dir=\"rtl\">",
        ),
    ] {
        let html = text(&forum, page).await;
        assert!(html.contains(open), "{page}");
        assert!(html.contains(&format!("<img src=\"{chart}\"")), "{page}");
        let svg = text(&forum, chart).await;
        assert!(svg.contains("role=\"img\"") && svg.contains("aria-labelledby=\"title desc\""));
        let (_, desc) = svg.split_once("<desc id=\"desc\">").unwrap();
        let (desc, _) = desc.split_once("</desc>").unwrap();
        // What the picture shows is said in its alternative, and in a table.
        assert!(desc.contains("2025-11") && html.contains(desc), "{desc}");
        assert!(html.contains("<caption>") && html.contains("scope=\"row\""));
        for one in dictionary::FIGURES.iter().chain(&dictionary::OUTCOMES) {
            let meaning = if page.ends_with("ur") {
                one.meaning.ur
            } else {
                one.meaning.en
            };
            assert!(html.contains(meaning), "{}", one.name);
        }
    }
}

#[tokio::test]
async fn documents_are_kept_by_edition() {
    let forum = published().await;
    let tags = async || {
        let mut tags = Vec::new();
        for path in DOCUMENTS {
            let answer = get(&forum, path).await;
            let tag = answer.headers()["etag"].clone();
            let url = format!("http://{}{path}", forum.address);
            let again = Client::new().get(url).header("if-none-match", &tag);
            assert_eq!(again.send().await.unwrap().status(), 304, "{path}");
            tags.push(tag);
        }
        tags
    };
    let first = tags().await;
    let before = forum.store().statements();
    text(&forum, "/statistics.csv").await;
    assert_eq!(forum.store().statements() - before, 1);
    let civil = forum.sign_in("civil").await;
    for _ in 0..2 {
        raise(&forum, &civil, "TIP").await;
    }
    assert_eq!(tags().await, first);
    days(&forum, 31).await;
    assert_ne!(tags().await, first);
}

#[tokio::test]
async fn nothing_is_posted_and_no_agency_is_there_that_is_not_shown() {
    let forum = published().await;
    let url = format!("http://{}/statistics.csv", forum.address);
    let posted = Client::new().post(url).send().await.unwrap();
    assert_eq!(posted.status(), 405);
    let mut answers = Vec::new();
    for code in ["NCHR", "NOTHING", "../../x"] {
        let answer = get(&forum, &format!("/statistics/agency/{code}.svg")).await;
        let status = answer.status();
        answers.push((status, answer.text().await.unwrap()));
    }
    assert_eq!(answers[0].0, 404);
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn a_forum_without_an_edition_says_so() {
    let forum = forum("2").await;
    let html = text(&forum, "/statistics").await;
    assert!(html.contains("There are no figures yet."));
    let table = text(&forum, "/statistics.csv").await;
    assert_eq!(table.matches("\r\n").count(), 1);
}

#[test]
fn the_dictionary_says_what_the_schema_says() {
    let text = include_str!("../../../schema.graphql");
    let schema = parse_schema(text).unwrap();
    for (name, definitions) in [
        ("Figures", &dictionary::FIGURES[..]),
        ("OutcomeFigures", &dictionary::OUTCOMES[..]),
    ] {
        let found = schema.definitions.iter().find_map(|one| match one {
            TypeSystemDefinition::Type(one) if one.node.name.node == name => Some(&one.node.kind),
            _ => None,
        });
        let Some(TypeKind::Object(object)) = found else {
            panic!("{name} is there");
        };
        for one in definitions {
            let field = object
                .fields
                .iter()
                .find(|field| field.node.name.node == one.name);
            let said = &field.unwrap().node.description.as_ref().unwrap().node;
            let said: Vec<&str> = said.split_whitespace().collect();
            assert_eq!(said.join(" "), one.meaning.en, "{}", one.name);
        }
    }
}
