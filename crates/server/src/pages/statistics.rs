//! `/statistics`: the figures that everyone is shown, as pages, charts and files
//! for tables.
//!
//! They change once a month. So all of them are made when somebody asks for the
//! first after an edition was taken, or after the directory changed, and kept.

mod chart;
mod export;
mod page;
mod words;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use bytes::Bytes;
use domain::event::StreamHead;
use domain::people::Language;
use domain::statistics::StatisticsBy;
use forum::Forum;
use forum::statistics::{Published, Sums};
use sha2::Digest as _;
use storage::directory::Directory;
use tokio::sync::Mutex;

/// Where the page is.
const PAGE: &str = "/statistics";

struct Pages {
    name: String,
    forum: Arc<Forum>,
    kept: Mutex<Option<Arc<Kept>>>,
}

/// All documents of an edition, by path.
struct Kept {
    of: Of,
    documents: BTreeMap<String, Document>,
}

/// What documents are made of: the edition, and the directory for its names.
type Of = (Option<i64>, Option<StreamHead>);

struct Document {
    body: Bytes,
    kind: &'static str,
    /// The name of the file, of what is not shown but saved.
    file: Option<&'static str>,
    policy: Option<HeaderValue>,
    tag: HeaderValue,
}

impl Document {
    fn new(body: impl Into<Bytes>, kind: &'static str) -> Self {
        let body = body.into();
        let hash = sha2::Sha256::digest(&body);
        let short = hash[..16].iter().map(|byte| format!("{byte:02x}"));
        // Weak: it may be compressed on its way.
        let tag = format!("W/\"{}\"", short.collect::<String>());
        Self {
            body,
            kind,
            file: None,
            policy: None,
            tag: HeaderValue::try_from(tag).expect("hexadecimal digits"),
        }
    }

    fn file(self, name: &'static str) -> Self {
        Self {
            file: Some(name),
            ..self
        }
    }
}

/// `GET /statistics` and what is under it.
pub fn router(forum_name: &str, forum: Arc<Forum>) -> Router {
    let pages = Pages {
        name: forum_name.to_owned(),
        forum,
        kept: Mutex::default(),
    };
    Router::new()
        .route(PAGE, get(answer))
        .route("/statistics.csv", get(answer))
        .route("/statistics.xlsx", get(answer))
        .route("/statistics/{*rest}", get(answer))
        .with_state(Arc::new(pages))
}

async fn answer(State(pages): State<Arc<Pages>>, uri: Uri, headers: HeaderMap) -> Response {
    let Some(kept) = pages.kept().await else {
        return (StatusCode::SERVICE_UNAVAILABLE, "try again later\n").into_response();
    };
    let Some(document) = kept.documents.get(uri.path()) else {
        return (StatusCode::NOT_FOUND, "there is no such page\n").into_response();
    };
    let known = headers.get_all(header::IF_NONE_MATCH).iter();
    let known = known.filter_map(|tags| tags.to_str().ok());
    let tag = document.tag.to_str().unwrap_or_default();
    let has = known
        .flat_map(|tags| tags.split(','))
        .any(|one| one.trim() == tag || one.trim() == "*");
    let mut answer = if has {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let kind = [(header::CONTENT_TYPE, document.kind)];
        (kind, document.body.clone()).into_response()
    };
    let fields = answer.headers_mut();
    fields.insert(header::ETAG, document.tag.clone());
    // Everyone is shown the same, and asks whether there is another.
    let value = HeaderValue::from_static("public, no-cache");
    fields.insert(header::CACHE_CONTROL, value);
    if let Some(policy) = &document.policy {
        fields.insert(header::CONTENT_SECURITY_POLICY, policy.clone());
    }
    if let Some(file) = document.file {
        let value = format!("attachment; filename=\"{file}\"");
        let value = HeaderValue::try_from(value).expect("a plain name");
        fields.insert(header::CONTENT_DISPOSITION, value);
    }
    answer
}

impl Pages {
    /// The documents of the newest edition. While one makes them, the others
    /// wait for him.
    async fn kept(&self) -> Option<Arc<Kept>> {
        let mut kept = self.kept.lock().await;
        let newest = self.forum.newest_edition().await.ok()?;
        let directory = self.forum.directory();
        let of = (newest.map(|newest| newest.number), directory.head);
        if let Some(kept) = kept.as_ref().filter(|kept| kept.of == of) {
            return Some(Arc::clone(kept));
        }
        let published = self.forum.published().await.ok()?;
        let of = (
            published.edition.as_ref().map(|newest| newest.number),
            directory.head,
        );
        let name = self.name.clone();
        let making = tokio::task::spawn_blocking(move || {
            let shown = Shown {
                name,
                published,
                directory,
            };
            documents(&shown)
        });
        let documents = making.await.ok()?;
        if documents.is_err() {
            tracing::error!("the figures cannot be exported");
        }
        let documents = documents.ok()?;
        let made = Arc::new(Kept { of, documents });
        *kept = Some(Arc::clone(&made));
        Some(made)
    }
}

/// What documents are made of.
struct Shown {
    name: String,
    published: Published,
    directory: Arc<Directory>,
}

impl Shown {
    /// What a row is called in English and Urdu.
    fn names(&self, by: StatisticsBy, code: &str) -> (String, String) {
        let name = match by {
            StatisticsBy::Agency => self.directory.agency_by_code(code).map(|one| &one.name),
            StatisticsBy::Category => self.directory.category(code).map(|one| &one.name),
            StatisticsBy::Region => self.directory.region(code).map(|one| &one.name),
            StatisticsBy::Month => None,
        };
        let code = || (code.to_owned(), code.to_owned());
        name.map_or_else(code, |name| (name.en.clone(), name.ur.clone()))
    }

    /// What it is called in one of them.
    fn called(&self, by: StatisticsBy, code: &str, language: Language) -> String {
        let (en, ur) = self.names(by, code);
        match language {
            Language::En => en,
            Language::Ur => ur,
        }
    }

    /// The sums of all months, by code.
    fn sums(&self, by: StatisticsBy) -> BTreeMap<&str, Sums> {
        let mut sums: BTreeMap<&str, Sums> = BTreeMap::new();
        let rows = self.published.rows.iter();
        for ((_, code, _), of) in rows.filter(|((of, ..), _)| *of == by) {
            sums.entry(code).or_default().add_all(of);
        }
        sums
    }

    /// The months of one code.
    fn months(&self, by: StatisticsBy, code: &str) -> BTreeMap<&str, &Sums> {
        let rows = self.published.rows.iter();
        rows.filter(|((of, is, _), _)| *of == by && is == code)
            .map(|((_, _, month), of)| (month.as_str(), of))
            .collect()
    }
}

fn documents(shown: &Shown) -> anyhow::Result<BTreeMap<String, Document>> {
    const CSV: &str = "text/csv; charset=utf-8";
    const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let mut all = BTreeMap::new();
    let mut add = |path: &str, document| all.insert(path.to_owned(), document);
    let table = Document::new(export::table(shown)?, CSV).file("statistics.csv");
    add("/statistics.csv", table);
    let book = Document::new(export::book(shown)?, XLSX).file("statistics.xlsx");
    add("/statistics.xlsx", book);
    let dictionary = Document::new(export::dictionary()?, CSV).file("dictionary.csv");
    add("/statistics/dictionary.csv", dictionary);
    for language in [Language::En, Language::Ur] {
        let (html, policy) = page::page(shown, language);
        let mut document = Document::new(html, "text/html; charset=utf-8");
        document.policy = Some(policy);
        add(path(language), document);
        for code in shown.sums(StatisticsBy::Agency).into_keys() {
            let chart = chart::chart(shown, code, language);
            add(
                &chart::path(code, language),
                Document::new(chart, "image/svg+xml"),
            );
        }
    }
    Ok(all)
}

/// Where the page in a language is.
const fn path(language: Language) -> &'static str {
    match language {
        Language::En => PAGE,
        Language::Ur => "/statistics/ur",
    }
}
