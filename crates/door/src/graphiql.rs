//! GraphiQL for a browser, from files of a folder beside the server.
//!
//! Its files are not ours and stand in no tree: `cargo xtask graphiql` fetches
//! them. They are read once, checked against the sums that the server was built
//! with, and served from memory by their names alone, so that no request
//! reaches a path. The page that loads them is ours; what may run on it carries
//! the nonce of that one answer, and nothing may come from elsewhere.

mod files;
#[cfg(test)]
mod tests;

use std::fmt;
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use axum::body::Body;
use axum::extract::{Path as Named, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

pub use files::{FILES, File, sum};

/// Where the files are served, a slash and their name behind it.
pub const ADDRESS: &str = "/graphql/assets";

/// A file of more bytes is none of GraphiQL's, and is not read to its end.
const LARGEST: u64 = 8 << 20;

const PAGE: &str = include_str!("../assets/graphiql.html");
const SCRIPT: &str = include_str!("../assets/graphiql.js");

/// What stands in the page where the nonce of an answer belongs.
const NONCE: &str = "{nonce}";

/// What a browser that opens the GraphQL address gets.
#[derive(Clone, Debug, Default)]
pub enum Explorer {
    /// What any other client gets.
    None,
    /// The page of our own.
    #[default]
    Own,
    /// GraphiQL.
    Graphiql(Arc<Graphiql>),
}

/// GraphiQL, ready to be served.
pub struct Graphiql {
    assets: Vec<Asset>,
    page: String,
    random: fn(&mut [u8]),
}

/// Names the files and spares a reader their bytes.
impl fmt::Debug for Graphiql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.assets.iter().map(|asset| asset.name);
        f.debug_list().entries(names).finish()
    }
}

struct Asset {
    name: &'static str,
    sha256: &'static str,
    bytes: Bytes,
    /// The same for browsers that unpack, made when the first one asks: packing
    /// a megabyte again and again is work that anybody could order.
    gzip: OnceLock<Bytes>,
}

/// The files that are not as they should be.
#[derive(Debug, thiserror::Error)]
#[error("{} does not hold GraphiQL: {}", folder.display(), list(broken))]
pub struct Incomplete {
    /// The folder.
    pub folder: PathBuf,
    /// Each file's name, and what is wrong with it.
    pub broken: Vec<(&'static str, Wrong)>,
}

/// What is wrong with a file.
#[derive(Debug, thiserror::Error)]
pub enum Wrong {
    /// It is not there.
    #[error("is missing")]
    Missing,
    /// Its bytes are others than they should be.
    #[error("is not the file it should be")]
    Changed,
    /// It cannot be read.
    #[error("cannot be read ({0})")]
    Unreadable(io::ErrorKind),
}

fn list(broken: &[(&'static str, Wrong)]) -> String {
    let said = broken.iter().map(|(name, wrong)| format!("{name} {wrong}"));
    said.collect::<Vec<_>>().join(", ")
}

impl Graphiql {
    /// GraphiQL from a folder that holds these files; `None` where there is no
    /// such folder, or nothing in it. `random` fills bytes with randomness fit
    /// for keys.
    ///
    /// # Errors
    ///
    /// When a file is missing, was changed, or cannot be read.
    pub fn open(
        folder: &Path,
        files: &[File],
        random: fn(&mut [u8]),
    ) -> Result<Option<Self>, Incomplete> {
        let is_empty = match fs::read_dir(folder) {
            Ok(mut entries) => entries.next().is_none(),
            Err(error) => error.kind() == io::ErrorKind::NotFound,
        };
        if is_empty {
            return Ok(None);
        }
        let (mut assets, mut broken) = (Vec::new(), Vec::new());
        for file in files {
            match read(folder, file) {
                Ok(asset) => assets.push(asset),
                Err(wrong) => broken.push((file.name, wrong)),
            }
        }
        if broken.is_empty() {
            let page = page_of(files);
            return Ok(Some(Self {
                assets,
                page,
                random,
            }));
        }
        let folder = folder.to_owned();
        Err(Incomplete { folder, broken })
    }

    /// The page, with a nonce that no other answer has.
    pub fn page(&self) -> Response {
        let mut bytes = [0; 18];
        (self.random)(&mut bytes);
        let nonce = STANDARD.encode(bytes);
        // `connect-src 'self'` covers websockets of the same host (CSP 3). The
        // style holds its fonts and images as data.
        let policy = format!(
            "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; \
             font-src data:; img-src data:; connect-src 'self'; base-uri 'none'; \
             form-action 'none'; frame-ancestors 'none'",
        );
        let policy = HeaderValue::try_from(policy).expect("base 64 and what stands here are ASCII");
        let fixed = [
            (header::CONTENT_TYPE, "text/html; charset=utf-8"),
            (header::CACHE_CONTROL, "no-store"),
            (header::REFERRER_POLICY, "no-referrer"),
            (header::VARY, "accept"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::X_FRAME_OPTIONS, "DENY"),
        ];
        let policy = [(header::CONTENT_SECURITY_POLICY, policy)];
        (fixed, policy, self.page.replace(NONCE, &nonce)).into_response()
    }
}

/// Answers a request for one of GraphiQL's files: known by its name, or not
/// there.
pub async fn asset(
    State(explorer): State<Explorer>,
    Named(name): Named<String>,
    headers: HeaderMap,
) -> Response {
    let Explorer::Graphiql(graphiql) = explorer else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let Some(at) = graphiql.assets.iter().position(|one| one.name == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let packed = takes_gzip(&headers);
    // Another encoding is another representation (RFC 9110, section 8.8.3.3).
    let tag = match (packed, graphiql.assets[at].sha256) {
        (true, sum) => format!("\"{sum}-gzip\""),
        (false, sum) => format!("\"{sum}\""),
    };
    let known = headers.get(header::IF_NONE_MATCH);
    let known = known.and_then(|known| known.to_str().ok());
    let known = known.is_some_and(|known| known.split(',').any(|one| one.trim() == tag));
    let mut answer = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else if packed {
        let packing = tokio::task::spawn_blocking(move || graphiql.assets[at].packed());
        let Ok(Ok(bytes)) = packing.await else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        ([(header::CONTENT_ENCODING, "gzip")], Body::from(bytes)).into_response()
    } else {
        Body::from(graphiql.assets[at].bytes.clone()).into_response()
    };
    let tag = HeaderValue::try_from(tag).expect("hexadecimal digits");
    let headers = answer.headers_mut();
    headers.insert(header::ETAG, tag);
    for (name, value) in [
        (header::CONTENT_TYPE, content_type(&name)),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::VARY, "accept-encoding"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CORP, "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    answer
}

const CORP: header::HeaderName = header::HeaderName::from_static("cross-origin-resource-policy");

impl Asset {
    fn packed(&self) -> io::Result<Bytes> {
        if let Some(bytes) = self.gzip.get() {
            return Ok(bytes.clone());
        }
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(&self.bytes)?;
        let bytes = Bytes::from(encoder.finish()?);
        Ok(self.gzip.get_or_init(|| bytes).clone())
    }
}

fn read(folder: &Path, file: &File) -> Result<Asset, Wrong> {
    let wrong = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => Wrong::Missing,
        kind => Wrong::Unreadable(kind),
    };
    let mut bytes = Vec::new();
    fs::File::open(folder.join(file.name))
        .and_then(|opened| opened.take(LARGEST).read_to_end(&mut bytes))
        .map_err(wrong)?;
    if sum(&bytes) != file.sha256 {
        return Err(Wrong::Changed);
    }
    Ok(Asset {
        name: file.name,
        sha256: file.sha256,
        bytes: bytes.into(),
        gzip: OnceLock::new(),
    })
}

/// The page that loads these files' styles and scripts, in their order.
fn page_of(files: &[File]) -> String {
    let (mut styles, mut scripts) = (String::new(), String::new());
    for File { name, .. } in files {
        match content_type(name) {
            CSS => styles.extend([
                r#"<link rel="stylesheet" nonce="{nonce}" href=""#,
                ADDRESS,
                "/",
                name,
                "\">\n",
            ]),
            JAVASCRIPT => scripts.extend([
                r#"<script nonce="{nonce}" src=""#,
                ADDRESS,
                "/",
                name,
                "\"></script>\n",
            ]),
            _ => {}
        }
    }
    PAGE.replace("{styles}\n", &styles)
        .replace("{scripts}\n", &scripts)
        .replace("{script}", SCRIPT)
}

const CSS: &str = "text/css; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

fn content_type(name: &str) -> &'static str {
    match Path::new(name).extension().and_then(|it| it.to_str()) {
        Some("js") => JAVASCRIPT,
        Some("css") => CSS,
        _ => "text/plain; charset=utf-8",
    }
}

/// Whether `Accept-Encoding` names gzip and does not rule it out (RFC 9110,
/// section 12.5.3).
fn takes_gzip(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::ACCEPT_ENCODING).iter();
    let values = values.filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let weight = weight.trim().trim_start_matches("q=");
        let is_ruled_out = weight.parse::<f32>().is_ok_and(|weight| weight <= 0.0);
        name.trim().eq_ignore_ascii_case("gzip") && !is_ruled_out
    })
}
