//! What every answer passes on its way out: an id, the headers that protect a
//! browser, compression, and leave for other sites' pages where it was given.

use std::fmt;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate as _, SizeAbove};
use tower_http::cors::CorsLayer;
use tracing::Instrument as _;

use crate::config::Config;
use crate::telemetry;

/// Under this many bytes, compressing costs more than it saves.
const COMPRESS_FROM: u64 = 1024;

/// How long a browser may remember that a site's pages may call.
const CORS_MAX_AGE: Duration = Duration::from_mins(10);

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// An answer that says nothing else is no page: nothing in it may run, load
/// or be framed.
const STRICT_POLICY: &str =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Names one request in log lines and to whoever sent it. Random: it tells
/// neither who asked nor how many did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestId(u128);

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// Puts a router behind all of this. `random` fills bytes with randomness.
pub fn layers(router: Router, config: &Config, random: fn(&mut [u8])) -> Router {
    let outgoing = Outgoing {
        random,
        only_tls: config
            .public_url
            .as_ref()
            .is_some_and(crate::config::Origin::is_secure),
    };
    let compression = CompressionLayer::new().compress_when(
        // A live stream must not wait in a compressor's buffer.
        SizeAbove::new(COMPRESS_FROM)
            .and(NotForContentType::SSE)
            .and(NotForContentType::IMAGES),
    );
    let router = router.layer(compression);
    let router = match cors(config) {
        Some(cors) => router.layer(cors),
        None => router,
    };
    router.layer(middleware::from_fn_with_state(outgoing, answer))
}

/// The sites whose pages may call, if any. They present a token: no
/// credentials of the browser's are sent.
fn cors(config: &Config) -> Option<CorsLayer> {
    if config.cors_origins.is_empty() {
        return None;
    }
    let origins = config.cors_origins.iter().map(|origin| {
        HeaderValue::from_str(origin.as_str()).expect("an origin is a host's name and plain ASCII")
    });
    Some(
        CorsLayer::new()
            .allow_origin(origins.collect::<Vec<_>>())
            .allow_methods([Method::GET, Method::POST])
            .allow_headers([
                header::AUTHORIZATION,
                header::CONTENT_TYPE,
                header::ACCEPT_LANGUAGE,
                header::IF_NONE_MATCH,
                HeaderName::from_static("last-event-id"),
            ])
            .expose_headers([
                REQUEST_ID,
                header::RETRY_AFTER,
                header::ETAG,
                HeaderName::from_static("ratelimit"),
                HeaderName::from_static("ratelimit-policy"),
            ])
            .max_age(CORS_MAX_AGE),
    )
}

#[derive(Clone, Copy)]
struct Outgoing {
    random: fn(&mut [u8]),
    only_tls: bool,
}

async fn answer(State(outgoing): State<Outgoing>, mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let mut bytes = [0; 16];
    (outgoing.random)(&mut bytes);
    // What the client calls its request is not believed: it would get into the log.
    let id = RequestId(u128::from_be_bytes(bytes));
    request.extensions_mut().insert(id);
    let span = tracing::info_span!("request", %id);
    let mut response = next.run(request).instrument(span).await;
    let headers = response.headers_mut();
    let value = HeaderValue::from_str(&id.to_string()).expect("hexadecimal digits");
    headers.insert(REQUEST_ID, value);
    protect(headers, outgoing.only_tls);
    telemetry::count_response(response.status(), began.elapsed());
    response
}

/// Sets what the answer did not set itself.
fn protect(headers: &mut HeaderMap, only_tls: bool) {
    const ALWAYS: [(HeaderName, &str); 7] = [
        (header::CONTENT_SECURITY_POLICY, STRICT_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), geolocation=(), microphone=()",
        ),
        // What is answered depends on who asks.
        (header::CACHE_CONTROL, "no-store"),
    ];
    for (name, value) in ALWAYS {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    if only_tls {
        headers
            .entry(header::STRICT_TRANSPORT_SECURITY)
            .or_insert(HeaderValue::from_static("max-age=31536000"));
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::StatusCode;
    use axum::routing::post;
    use tower::ServiceExt as _;

    use super::*;
    use crate::config::Sources;

    fn config(pairs: &[(&str, &str)]) -> Config {
        let flags = pairs
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect();
        Config::load(&Sources {
            flags,
            ..Sources::default()
        })
        .unwrap()
        .config
    }

    async fn send(config: &Config, request: Request) -> Response {
        let own_policy = [(header::CONTENT_SECURITY_POLICY, "default-src 'self'")];
        let router = Router::new()
            .route("/graphql", post(async || "x".repeat(2000)))
            .route("/small", post(async || "x"))
            .route("/page", post(async move || (own_policy, "page")));
        layers(router, config, |bytes| bytes.fill(7))
            .oneshot(request)
            .await
            .unwrap()
    }

    fn to(path: &str, headers: &[(HeaderName, &str)]) -> Request {
        let mut request = Request::post(path).body(Body::empty()).unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        request
    }

    fn header_of(response: &Response, name: &str) -> Option<String> {
        response
            .headers()
            .get(name)
            .map(|value| value.to_str().unwrap().to_owned())
    }

    #[tokio::test]
    async fn every_answer_protects_the_browser() {
        for path in ["/graphql", "/not-there"] {
            let response = send(&config(&[]), to(path, &[])).await;
            assert_eq!(
                header_of(&response, "content-security-policy").as_deref(),
                Some(STRICT_POLICY)
            );
            assert_eq!(
                header_of(&response, "x-content-type-options").as_deref(),
                Some("nosniff")
            );
            assert_eq!(
                header_of(&response, "referrer-policy").as_deref(),
                Some("no-referrer")
            );
            assert_eq!(
                header_of(&response, "cache-control").as_deref(),
                Some("no-store")
            );
            assert_eq!(header_of(&response, "strict-transport-security"), None);
        }
    }

    #[tokio::test]
    async fn a_page_keeps_the_policy_it_needs() {
        let response = send(&config(&[]), to("/page", &[])).await;
        assert_eq!(
            header_of(&response, "content-security-policy").as_deref(),
            Some("default-src 'self'")
        );
    }

    #[tokio::test]
    async fn a_forum_reached_over_tls_is_reached_by_nothing_else() {
        let config = config(&[("public_url", "https://forum.example.org")]);
        let response = send(&config, to("/graphql", &[])).await;
        assert!(header_of(&response, "strict-transport-security").is_some());
    }

    #[tokio::test]
    async fn a_request_is_named_by_the_server_not_by_the_client() {
        let response = send(&config(&[]), to("/graphql", &[(REQUEST_ID, "mine")])).await;
        assert_eq!(
            header_of(&response, "x-request-id").as_deref(),
            Some("07".repeat(16).as_str())
        );
    }

    #[tokio::test]
    async fn what_is_large_is_compressed_for_who_accepts_it() {
        let gzip = [(header::ACCEPT_ENCODING, "gzip")];
        let large = send(&config(&[]), to("/graphql", &gzip)).await;
        assert_eq!(
            header_of(&large, "content-encoding").as_deref(),
            Some("gzip")
        );
        let small = send(&config(&[]), to("/small", &gzip)).await;
        assert_eq!(header_of(&small, "content-encoding"), None);
        let plain = send(&config(&[]), to("/graphql", &[])).await;
        assert_eq!(header_of(&plain, "content-encoding"), None);
    }

    fn preflight(origin: &str) -> Request {
        let mut request = to(
            "/graphql",
            &[
                (header::ORIGIN, origin),
                (header::ACCESS_CONTROL_REQUEST_METHOD, "POST"),
                (
                    header::ACCESS_CONTROL_REQUEST_HEADERS,
                    "authorization,content-type",
                ),
            ],
        );
        *request.method_mut() = Method::OPTIONS;
        request
    }

    #[tokio::test]
    async fn other_sites_have_no_leave_by_default() {
        let response = send(&config(&[]), preflight("https://app.example.org")).await;
        assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(header_of(&response, "access-control-allow-origin"), None);
    }

    #[tokio::test]
    async fn a_site_that_is_named_may_call_without_cookies() {
        let config = config(&[("cors_origins", "https://app.example.org")]);
        let response = send(&config, preflight("https://app.example.org")).await;
        let allowed = header_of(&response, "access-control-allow-origin");
        assert_eq!(allowed.as_deref(), Some("https://app.example.org"));
        assert_eq!(
            header_of(&response, "access-control-allow-credentials"),
            None
        );
        let other = send(&config, preflight("https://evil.example.org")).await;
        assert_eq!(header_of(&other, "access-control-allow-origin"), None);
    }
}
