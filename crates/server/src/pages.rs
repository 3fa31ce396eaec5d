//! The pages beside the API: what a person finds at `/`, with the setup link at
//! `/setup`, sent by a partner app at `/oauth/authorize`, and by a mail at `/unsubscribe`, and the figures at
//! `/statistics` and `/transparency`; and what a supervisor asks (`/livez`, `/readyz`).

pub mod statistics;
pub mod transparency;
pub mod unsubscribe;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use base64::Engine as _;
use sha2::Digest as _;

/// How long the check of `/readyz` may take.
const READY_LIMIT: Duration = Duration::from_secs(2);

const STYLE: &str = include_str!("pages/landing.css");
const LANDING: &str = include_str!("pages/landing.html");
const SETUP: &str = include_str!("pages/setup.html");
const SETUP_SCRIPT: &str = include_str!("pages/setup.js");
const CONSENT: &str = include_str!("pages/consent.html");
const CONSENT_SCRIPT: &str = include_str!("pages/consent.js");

/// Answers whether requests can be served now: the database answers, its
/// migrations are applied, and the server is not stopping.
pub type ReadyCheck = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = bool> + Send>> + Send + Sync>;

/// Makes a [`ReadyCheck`] of an async closure.
pub fn ready_check<F, A>(check: F) -> ReadyCheck
where
    F: Fn() -> A + Send + Sync + 'static,
    A: Future<Output = bool> + Send + 'static,
{
    Arc::new(move || Box::pin(check()))
}

/// `GET /`, `/setup`, `/oauth/authorize`, `/livez` and `/readyz`.
pub fn router(forum_name: &str, ready: ReadyCheck) -> Router {
    let landing = Page::new(LANDING, forum_name, None);
    let setup = Page::new(SETUP, forum_name, Some(SETUP_SCRIPT));
    let consent = Page::new(CONSENT, forum_name, Some(CONSENT_SCRIPT));
    Router::new()
        .route("/", get(move || std::future::ready(landing.answer())))
        .route("/setup", get(move || std::future::ready(setup.answer())))
        .route(
            api::oauth::AUTHORIZE,
            get(move || std::future::ready(consent.answer())),
        )
        .route("/livez", get(async || "live\n"))
        .merge(
            Router::new()
                .route("/readyz", get(readiness))
                .with_state(ready),
        )
}

async fn readiness(State(ready): State<ReadyCheck>) -> Response {
    let is_ready = tokio::time::timeout(READY_LIMIT, ready())
        .await
        .unwrap_or(false);
    if is_ready {
        "ready\n".into_response()
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready\n").into_response()
    }
}

/// A page of the server's own, made once.
#[derive(Clone)]
struct Page {
    html: bytes::Bytes,
    policy: HeaderValue,
}

impl Page {
    fn new(html: &str, forum_name: &str, script: Option<&str>) -> Self {
        Self::made(html, forum_name, script, "'none'")
    }

    /// A page whose form is sent to where it came from.
    fn with_form(html: &str, forum_name: &str) -> Self {
        Self::made(html, forum_name, None, "'self'")
    }

    fn made(html: &str, forum_name: &str, script: Option<&str>, form: &str) -> Self {
        let html = html
            .replace("{style}", STYLE)
            .replace("{script}", script.unwrap_or_default())
            .replace("{name}", &escape(forum_name));
        // The one style and the one script are allowed by their hashes, so
        // nothing else is.
        let script = script.map_or(String::new(), |script| {
            format!(
                " script-src 'sha256-{}'; connect-src 'self';",
                hash_of(script)
            )
        });
        let policy = format!(
            "default-src 'none'; style-src 'sha256-{}';{script} base-uri 'none'; form-action {form}; frame-ancestors 'none'",
            hash_of(STYLE)
        );
        Self {
            html: html.into(),
            policy: HeaderValue::try_from(policy).expect("base64 is plain ASCII"),
        }
    }

    fn answer(&self) -> Response {
        let headers = [(header::CONTENT_SECURITY_POLICY, self.policy.clone())];
        (headers, Html(self.html.clone())).into_response()
    }
}

/// What allows a style or a script by its text.
fn hash_of(text: &str) -> String {
    base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(text))
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::Request;
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;

    use super::*;

    async fn get_page(router: Router, path: &str) -> (StatusCode, String, String) {
        let response = router
            .oneshot(Request::get(path).body(Body::empty()).unwrap())
            .await
            .unwrap();
        let policy = response.headers().get(header::CONTENT_SECURITY_POLICY);
        let policy = policy
            .map(|value| value.to_str().unwrap().to_owned())
            .unwrap_or_default();
        let status = response.status();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, policy, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn the_setup_page_runs_its_own_script_alone() {
        let router = router("Forum", ready_check(async || true));
        let (status, policy, page) = get_page(router, "/setup").await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains("setUp(input: $input)"));
        assert!(policy.contains("script-src 'sha256-"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
    }

    #[tokio::test]
    async fn the_consent_page_runs_its_own_script_alone_and_is_in_both_languages() {
        let router = router("Forum", ready_check(async || true));
        let (status, policy, page) = get_page(router, "/oauth/authorize?client_id=x").await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains("decideAuthorization(input: $input)"));
        assert!(policy.contains("script-src 'sha256-"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        for scope in domain::partner::AccessScope::CODES {
            let name = scope.replace(':', "_").to_uppercase();
            assert!(CONSENT_SCRIPT.contains(&format!("  {name}: [")), "{scope}");
        }
        for label in page.split("<label ").skip(1) {
            let (label, _) = label.split_once("</label>").unwrap();
            assert!(label.contains("<span lang=\"ur\" dir=\"rtl\">"), "{label}");
        }
    }

    #[test]
    fn whoever_is_asked_is_sent_back_only_once_he_decided() {
        let (before, after) = CONSENT_SCRIPT
            .split_once("decide.addEventListener(\"submit\"")
            .unwrap();
        assert!(!before.contains("location.replace") && !before.contains("location.href"));
        assert_eq!(after.matches("location.replace(").count(), 1);
    }

    #[test]
    fn every_field_of_the_setup_page_is_named_in_both_languages_and_says_what_is_wrong() {
        let fields = [
            "login",
            "displayName",
            "constituency",
            "language",
            "email",
            "password",
            "again",
        ];
        for field in fields {
            let (_, rest) = SETUP
                .split_once(&format!("<label for=\"{field}\">"))
                .unwrap();
            let (label, _) = rest.split_once("</label>").unwrap();
            assert!(label.contains("<span lang=\"ur\" dir=\"rtl\">"), "{label}");
            for part in [
                format!("id=\"{field}\" name=\"{field}\""),
                format!("{field}-wrong\">\n"),
                format!("<span class=\"wrong\" id=\"{field}-wrong\"></span>"),
            ] {
                assert!(SETUP.contains(&part), "{part}");
            }
            let sent = field == "again" || SETUP_SCRIPT.contains(&format!("field(\"{field}\")"));
            assert!(sent, "{field} is sent");
        }
        let inputs = SETUP.matches("<input ").count() + SETUP.matches("<select ").count();
        assert_eq!(inputs, fields.len());
        assert!(SETUP.contains("role=\"alert\""));
    }

    #[tokio::test]
    async fn the_landing_page_is_in_both_languages_and_shows_the_name_as_text() {
        let router = router("Forum <b>&\"'", ready_check(async || true));
        let (status, policy, page) = get_page(router, "/").await;
        assert_eq!(status, StatusCode::OK);
        assert!(
            page.contains("<h1>Forum &lt;b&gt;&amp;&quot;&#39;</h1>"),
            "{page}"
        );
        assert!(page.contains("lang=\"ur\" dir=\"rtl\""));
        assert!(page.contains("/graphql/ws"));
        assert!(policy.contains("style-src 'sha256-"), "{policy}");
    }

    #[tokio::test]
    async fn the_style_is_the_one_the_policy_allows() {
        let page = Page::new(LANDING, "Forum", None);
        let html = String::from_utf8(page.html.to_vec()).unwrap();
        let (_, rest) = html.split_once("<style>").unwrap();
        let (style, _) = rest.split_once("</style>").unwrap();
        let hash = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(style));
        assert!(
            page.policy
                .to_str()
                .unwrap()
                .contains(&format!("'sha256-{hash}'"))
        );
    }

    #[tokio::test]
    async fn a_live_server_may_not_be_ready() {
        let not_ready = || router("Forum", ready_check(async || false));
        assert_eq!(get_page(not_ready(), "/livez").await.0, StatusCode::OK);
        assert_eq!(
            get_page(not_ready(), "/readyz").await.0,
            StatusCode::SERVICE_UNAVAILABLE
        );
        let ready = router("Forum", ready_check(async || true));
        assert_eq!(get_page(ready, "/readyz").await.0, StatusCode::OK);
    }

    #[tokio::test(start_paused = true)]
    async fn a_check_that_hangs_is_not_ready() {
        let router = router("Forum", ready_check(std::future::pending));
        assert_eq!(
            get_page(router, "/readyz").await.0,
            StatusCode::SERVICE_UNAVAILABLE
        );
    }
}
