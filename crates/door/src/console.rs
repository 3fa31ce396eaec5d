//! The explorer that a browser gets where GraphiQL's files are not: one page,
//! all of it from here, so that it works without a network and without trusting
//! anyone else's server.
//!
//! The page's style and script stand in the page and
//! are allowed by their hashes, and nothing else is.

use std::sync::LazyLock;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

const PAGE: &str = include_str!("../assets/console.html");
const STYLE: &str = include_str!("../assets/console.css");
const SCRIPT: &str = include_str!("../assets/console.js");

struct Page {
    text: String,
    policy: HeaderValue,
    tag: HeaderValue,
}

static CONSOLE: LazyLock<Page> = LazyLock::new(|| {
    let text = PAGE
        .replace("/* style */", STYLE)
        .replace("/* script */", SCRIPT);
    // `connect-src 'self'` covers websockets of the same host (CSP 3).
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; \
         connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'",
        digest(STYLE),
        digest(SCRIPT),
    );
    let tag = format!("\"{}\"", digest(&text));
    Page {
        policy: HeaderValue::from_str(&policy).expect("base 64 and what stands here are ASCII"),
        tag: HeaderValue::from_str(&tag).expect("base 64 is ASCII"),
        text,
    }
});

fn digest(text: &str) -> String {
    STANDARD.encode(Sha256::digest(text.as_bytes()))
}

/// The explorer, or that it has not changed.
pub fn page(headers: &HeaderMap) -> Response {
    let known = headers.get(header::IF_NONE_MATCH) == Some(&CONSOLE.tag);
    let mut answer = if known {
        let mut answer = Response::new(Body::empty());
        *answer.status_mut() = StatusCode::NOT_MODIFIED;
        answer
    } else {
        Response::new(Body::from(CONSOLE.text.as_str()))
    };
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, CONSOLE.policy.clone());
    headers.insert(header::ETAG, CONSOLE.tag.clone());
    for (name, value) in [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::VARY, "accept"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_loads_nothing_from_elsewhere() {
        let text = &CONSOLE.text;
        for elsewhere in ["http://", "https://", "src=", "href=", "@import", "url("] {
            assert!(!text.contains(elsewhere), "{elsewhere}");
        }
    }

    #[test]
    fn the_policy_names_the_script_that_stands_in_the_page() {
        let text = &CONSOLE.text;
        for (open, close, directive) in [
            ("<script>", "</script>", "script-src"),
            ("<style>", "</style>", "style-src"),
        ] {
            let (_, rest) = text.split_once(open).unwrap();
            let (inner, rest) = rest.split_once(close).unwrap();
            assert!(!rest.contains(open), "only one {open}");
            let expected = format!("{directive} 'sha256-{}'", digest(inner));
            let policy = CONSOLE.policy.to_str().unwrap();
            assert!(policy.contains(&expected), "{expected}");
            assert!(!policy.contains("unsafe"));
        }
        // Attributes that run or style would be refused by the policy.
        for attribute in [" style=\"", " onclick=", " onload="] {
            assert!(!text.contains(attribute), "{attribute}");
        }
    }

    #[test]
    fn a_page_that_the_browser_has_is_not_sent_again() {
        let first = page(&HeaderMap::new());
        let tag = first.headers()[header::ETAG].clone();
        let again = page(&HeaderMap::from_iter([(header::IF_NONE_MATCH, tag)]));
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    }
}
