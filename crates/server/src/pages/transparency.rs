//! `/transparency`: the quarterly report of moderation, to read, to print, and
//! as files.

mod words;

use std::fmt::Write as _;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use domain::people::Language;
use domain::transparency::{Quarter, Section};
use forum::Forum;
use forum::views::transparency::Report;
use serde::Serialize;
use storage::apart;

use super::{STYLE, escape, hash_of};

struct Pages {
    name: String,
    forum: Arc<Forum>,
}

/// `GET /transparency` and what is under it.
pub fn router(forum_name: &str, forum: Arc<Forum>) -> Router {
    let pages = Pages {
        name: forum_name.to_owned(),
        forum,
    };
    Router::new()
        .route(
            "/transparency",
            get(async |State(pages): State<Arc<Pages>>| pages.page(None, Language::En).await),
        )
        .route(
            "/transparency/ur",
            get(async |State(pages): State<Arc<Pages>>| pages.page(None, Language::Ur).await),
        )
        .route("/transparency/{report}", get(report))
        .route("/transparency/ur/{report}", get(in_urdu))
        .with_state(Arc::new(pages))
}

async fn report(State(pages): State<Arc<Pages>>, Path(report): Path<String>) -> Response {
    let (quarter, kind) = report.split_once('.').unwrap_or((&report, ""));
    let Ok(quarter) = quarter.parse::<Quarter>() else {
        return absent();
    };
    match kind {
        "" => pages.page(Some(quarter), Language::En).await,
        "csv" | "json" => pages.file(quarter, kind).await,
        _ => absent(),
    }
}

async fn in_urdu(State(pages): State<Arc<Pages>>, Path(report): Path<String>) -> Response {
    match report.parse() {
        Ok(quarter) => pages.page(Some(quarter), Language::Ur).await,
        Err(_) => absent(),
    }
}

fn absent() -> Response {
    (StatusCode::NOT_FOUND, "there is no such report\n").into_response()
}

fn unavailable() -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, "try again later\n").into_response()
}

/// Everyone is shown the same, and asks whether there is another.
fn shared(mut answer: Response) -> Response {
    let value = HeaderValue::from_static("public, no-cache");
    answer.headers_mut().insert(header::CACHE_CONTROL, value);
    answer
}

/// A report as JSON.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Told<'a> {
    quarter: String,
    made_at: String,
    least: u64,
    figures: Vec<ToldFigure<'a>>,
}

#[derive(Serialize)]
struct ToldFigure<'a> {
    section: &'a str,
    key: &'a str,
    measure: &'a str,
    value: Option<u64>,
}

fn as_json(report: &Report) -> serde_json::Result<Vec<u8>> {
    let figure = report.figures.iter().map(|one| ToldFigure {
        section: one.section.code(),
        key: &one.key,
        measure: &one.measure,
        value: one.value,
    });
    serde_json::to_vec_pretty(&Told {
        quarter: report.quarter.to_string(),
        made_at: report.made_at.to_rfc3339(),
        least: report.least,
        figures: figure.collect(),
    })
}

/// A report as a table (RFC 4180); what is too few to be told is empty.
fn as_csv(report: &Report) -> anyhow::Result<Vec<u8>> {
    let mut csv = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    csv.write_record(["quarter", "section", "key", "measure", "value"])?;
    let quarter = report.quarter.to_string();
    for one in &report.figures {
        let value = one.value.map_or(String::new(), |value| value.to_string());
        let section = one.section.code();
        csv.write_record([&quarter, section, &one.key, &one.measure, &value])?;
    }
    Ok(csv.into_inner()?)
}

impl Pages {
    async fn file(&self, quarter: Quarter, kind: &str) -> Response {
        let found = match apart(self.forum.transparency(Some(quarter))).await {
            Ok(Some(found)) => found,
            Ok(None) => return absent(),
            Err(_) => return unavailable(),
        };
        let (body, of) = match kind {
            "csv" => (as_csv(&found).ok(), "text/csv; charset=utf-8"),
            _ => (as_json(&found).ok(), "application/json"),
        };
        let Some(body) = body else {
            tracing::error!("the report of moderation cannot be exported");
            return unavailable();
        };
        let name = format!("attachment; filename=\"transparency-{quarter}.{kind}\"");
        let fields = [
            (header::CONTENT_TYPE, of.to_owned()),
            (header::CONTENT_DISPOSITION, name),
        ];
        shared((fields, body).into_response())
    }

    async fn page(&self, quarter: Option<Quarter>, language: Language) -> Response {
        let quarters = apart(self.forum.reported_quarters()).await;
        let found = apart(self.forum.transparency(quarter)).await;
        let (Ok(quarters), Ok(found)) = (quarters, found) else {
            return unavailable();
        };
        if quarter.is_some() && found.is_none() {
            return absent();
        }
        let (html, policy) = self.html(found.as_ref(), &quarters, language);
        let fields = [
            (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
            (header::CONTENT_SECURITY_POLICY, policy),
        ];
        shared((fields, html).into_response())
    }

    fn html(
        &self,
        report: Option<&Report>,
        quarters: &[Quarter],
        language: Language,
    ) -> (String, String) {
        let style = format!("{STYLE}{}", include_str!("statistics/table.css"));
        let policy = format!(
            "default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'; \
             frame-ancestors 'none'",
            hash_of(&style)
        );
        let say = |said: words::Said| escape(said.in_language(language));
        let (lang, dir, tongue, base, other) = match language {
            Language::En => ("en", "ltr", "ur", "/transparency", "/transparency/ur"),
            Language::Ur => ("ur", "rtl", "en", "/transparency/ur", "/transparency"),
        };
        let here = report.map_or(String::new(), |one| format!("/{}", one.quarter));
        let (title, name) = (say(words::TITLE), escape(&self.name));
        let mut out = format!(
            "<!doctype html>\n<html lang=\"{lang}\" dir=\"{dir}\">\n<head>\n\
             <meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <title>{title} · {name}</title>\n<style>{style}</style>\n</head>\n<body>\n\
             <a class=\"skip\" href=\"#main\">{}</a>\n<header><h1>{title}</h1>\n\
             <p>{name} · <a href=\"{other}{here}\" lang=\"{tongue}\" hreflang=\"{tongue}\">{}</a>\
             </p></header>\n<main id=\"main\">\n<p>{}</p>\n",
            say(words::SKIP),
            say(words::OTHER),
            say(words::ABOUT),
        );
        let mut put = |text: std::fmt::Arguments<'_>| {
            out.write_fmt(text).expect("a String takes any text");
            out.push('\n');
        };
        match report {
            None => put(format_args!("<p>{}</p>", say(words::NONE_YET))),
            Some(report) => {
                let quarter = report.quarter;
                put(format_args!("<h2><bdi>{quarter}</bdi></h2>"));
                put(format_args!(
                    "<ul><li><a href=\"/transparency/{quarter}.csv\">{}</a></li>\n\
                     <li><a href=\"/transparency/{quarter}.json\">{}</a></li></ul>",
                    say(words::AS_CSV),
                    say(words::AS_JSON),
                ));
                for section in Section::ALL {
                    let rows = report.figures.iter().filter(|one| one.section == *section);
                    let rows: Vec<_> = rows.collect();
                    let caption = say(words::section(*section));
                    if rows.is_empty() {
                        let none = say(words::NOTHING);
                        put(format_args!("<h3>{caption}</h3>\n<p>{none}</p>"));
                        continue;
                    }
                    put(format_args!(
                        "<div class=\"wide\"><table><caption>{caption}</caption>\n\
                         <thead><tr><th scope=\"col\">{}</th><th scope=\"col\">{}</th>\
                         <th scope=\"col\">{}</th></tr></thead>\n<tbody>",
                        say(words::OF_WHAT),
                        say(words::COUNTED),
                        say(words::NUMBER),
                    ));
                    for one in rows {
                        let value = one
                            .value
                            .map_or_else(|| say(words::TOO_FEW), |value| value.to_string());
                        put(format_args!(
                            "<tr><th scope=\"row\"><bdi>{}</bdi></th><td><bdi>{}</bdi></td>\
                             <td>{value}</td></tr>",
                            escape(&self.named(&one.key, language)),
                            escape(&self.named(&one.measure, language)),
                        ));
                    }
                    put(format_args!("</tbody></table></div>"));
                }
            }
        }
        if quarters.len() > 1 {
            put(format_args!("<h2>{}</h2>\n<ul>", say(words::EARLIER)));
            for one in quarters {
                put(format_args!(
                    "<li><a href=\"{base}/{one}\"><bdi>{one}</bdi></a></li>"
                ));
            }
            put(format_args!("</ul>"));
        }
        put(format_args!("</main>\n</body>\n</html>"));
        (out, policy)
    }

    /// What a code is called: a category by its name.
    fn named(&self, code: &str, language: Language) -> String {
        if let Some(said) = words::named(code, language) {
            return said;
        }
        let directory = self.forum.directory();
        let category = directory.category(code);
        category.map_or_else(
            || code.to_owned(),
            |one| match language {
                Language::En => one.name.en.clone(),
                Language::Ur => one.name.ur.clone(),
            },
        )
    }
}
