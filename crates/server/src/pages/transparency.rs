//! `/transparency`: the quarterly report of moderation, to read, to print, and
//! as files. A report stays as it is, so each of them is made once and kept.

mod words;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use anyhow::Context as _;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use bytes::Bytes;
use domain::event::StreamHead;
use domain::people::Language;
use domain::transparency::{Quarter, Section};
use forum::Forum;
use forum::views::transparency::Report;
use serde::Serialize;
use tokio::sync::Mutex;

use super::{STYLE, escape, hash_of};

struct Pages {
    name: String,
    forum: Arc<Forum>,
    kept: Mutex<Kept>,
}

/// A page or a file, of a quarter or of the newest that there is a report of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Wanted {
    Page(Option<Quarter>, Language),
    Csv(Quarter),
    Json(Quarter),
}

impl Wanted {
    const fn quarter(self) -> Option<Quarter> {
        match self {
            Self::Page(quarter, _) => quarter,
            Self::Csv(quarter) | Self::Json(quarter) => Some(quarter),
        }
    }
}

/// The documents that were asked for so far.
#[derive(Default)]
struct Kept {
    of: Of,
    documents: BTreeMap<Wanted, Document>,
}

/// What documents are made of: the reports, by the newest, and the directory for its
/// names.
type Of = (Option<Quarter>, Option<StreamHead>);

#[derive(Clone)]
struct Document {
    fields: [(HeaderName, String); 2],
    body: Bytes,
}

/// `GET /transparency` and what is under it.
pub fn router(forum_name: &str, forum: Arc<Forum>) -> Router {
    let pages = Pages {
        name: forum_name.to_owned(),
        forum,
        kept: Mutex::default(),
    };
    Router::new()
        .route(
            "/transparency",
            get(async |State(pages): State<Arc<Pages>>| {
                pages.answer(Wanted::Page(None, Language::En)).await
            }),
        )
        .route(
            "/transparency/ur",
            get(async |State(pages): State<Arc<Pages>>| {
                pages.answer(Wanted::Page(None, Language::Ur)).await
            }),
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
    let wanted = match kind {
        "" => Wanted::Page(Some(quarter), Language::En),
        "csv" => Wanted::Csv(quarter),
        "json" => Wanted::Json(quarter),
        _ => return absent(),
    };
    pages.answer(wanted).await
}

async fn in_urdu(State(pages): State<Arc<Pages>>, Path(report): Path<String>) -> Response {
    match report.parse() {
        Ok(quarter) => {
            let wanted = Wanted::Page(Some(quarter), Language::Ur);
            pages.answer(wanted).await
        }
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

fn as_json(report: &Report) -> anyhow::Result<Vec<u8>> {
    let figure = report.figures.iter().map(|one| ToldFigure {
        section: one.section.code(),
        key: &one.key,
        measure: &one.measure,
        value: one.value,
    });
    Ok(serde_json::to_vec_pretty(&Told {
        quarter: report.quarter.to_string(),
        made_at: report.made_at.to_rfc3339(),
        least: report.least,
        figures: figure.collect(),
    })?)
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

/// A report that is saved.
fn file(
    report: &Report,
    end: &str,
    kind: &str,
    write: fn(&Report) -> anyhow::Result<Vec<u8>>,
) -> anyhow::Result<Document> {
    let quarter = report.quarter;
    let name = format!("attachment; filename=\"transparency-{quarter}.{end}\"");
    Ok(Document {
        fields: [
            (header::CONTENT_TYPE, kind.to_owned()),
            (header::CONTENT_DISPOSITION, name),
        ],
        body: write(report)?.into(),
    })
}

impl Pages {
    async fn answer(&self, wanted: Wanted) -> Response {
        match self.document(wanted).await {
            Ok(Some(Document { fields, body })) => shared((fields, body).into_response()),
            Ok(None) => absent(),
            Err(_) => unavailable(),
        }
    }

    /// A document, if there is such a report: one statement, where it was made before.
    /// While one makes it, the others wait for him.
    async fn document(&self, wanted: Wanted) -> anyhow::Result<Option<Document>> {
        let mut kept = self.kept.lock().await;
        let quarters = self.forum.reported_quarters().await?;
        let newest = quarters.first().copied();
        let of = (newest, self.forum.directory().head);
        if kept.of != of {
            *kept = Kept {
                of,
                documents: BTreeMap::new(),
            };
        }
        if let Some(known) = kept.documents.get(&wanted) {
            return Ok(Some(known.clone()));
        }
        let quarter = wanted.quarter().or(newest);
        if quarter.is_some_and(|one| !quarters.contains(&one)) {
            return Ok(None);
        }
        let report = match quarter {
            Some(_) => self.forum.transparency(quarter).await?,
            None => None,
        };
        let made = self.made(wanted, report.as_ref(), &quarters);
        if made.is_err() {
            tracing::error!("the report of moderation cannot be exported");
        }
        let made = made?;
        kept.documents.insert(wanted, made.clone());
        Ok(Some(made))
    }

    fn made(
        &self,
        wanted: Wanted,
        report: Option<&Report>,
        quarters: &[Quarter],
    ) -> anyhow::Result<Document> {
        let told = || report.context("there is no such report");
        match wanted {
            Wanted::Csv(_) => file(told()?, "csv", "text/csv; charset=utf-8", as_csv),
            Wanted::Json(_) => file(told()?, "json", "application/json", as_json),
            Wanted::Page(_, language) => {
                let (html, policy) = self.html(report, quarters, language);
                Ok(Document {
                    fields: [
                        (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
                        (header::CONTENT_SECURITY_POLICY, policy),
                    ],
                    body: html.into(),
                })
            }
        }
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
