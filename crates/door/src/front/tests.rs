//! The table of requests and what each is answered.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::Response;
use futures_util::{StreamExt, poll, stream};
use serde_json::{Value, json};

use super::graphql;
use super::sample::Sample;
use crate::graphiql::Explorer;

const RESPONSE: &str = "application/graphql-response+json";
const JSON: &str = "application/json";

fn post(accept: &str, body: impl Into<Body>) -> Request {
    Request::builder()
        .method(Method::POST)
        .uri("/graphql")
        .header(header::CONTENT_TYPE, JSON)
        .header(header::ACCEPT, accept)
        .body(body.into())
        .unwrap()
}

fn ask(accept: &str, body: &Value) -> Request {
    post(accept, body.to_string())
}

fn get(accept: &str, parameters: &[(&str, &str)]) -> Request {
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(parameters)
        .finish();
    Request::builder()
        .uri(format!("/graphql?{query}"))
        .header(header::ACCEPT, accept)
        .body(Body::empty())
        .unwrap()
}

async fn send(sample: &Arc<Sample>, request: Request) -> (StatusCode, Response) {
    let response = graphql(State(Arc::clone(sample)), request).await;
    (response.status(), response)
}

async fn read(response: Response) -> Value {
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    serde_json::from_slice(&body).unwrap()
}

fn code(body: &Value) -> Option<&str> {
    body["errors"][0]["extensions"]["code"].as_str()
}

/// Sends it and asserts that it is refused as the specification wants.
async fn refused(sample: &Arc<Sample>, request: Request, status: u16, expected: &str) {
    let what = format!("{request:?}");
    let (got, response) = send(sample, request).await;
    let body = read(response).await;
    assert_eq!(got.as_u16(), status, "{what}\n{body}");
    assert_eq!(code(&body), Some(expected), "{what}\n{body}");
    assert!(body.get("data").is_none(), "{what}\n{body}");
    assert_eq!(sample.ran(), 0, "{what}");
}

#[tokio::test]
async fn a_query_is_answered_in_the_accepted_type() {
    let sample = Arc::new(Sample::new());
    for (accept, expected) in [(RESPONSE, RESPONSE), (JSON, JSON), ("*/*", JSON)] {
        let request = ask(accept, &json!({"query": "{ thread { title } }"}));
        let (status, response) = send(&sample, request).await;
        assert_eq!(status, StatusCode::OK);
        let content_type = response.headers()[header::CONTENT_TYPE].to_str().unwrap();
        assert_eq!(content_type, format!("{expected}; charset=utf-8"));
        let expected = json!({"data": {"thread": {"title": "a title"}}});
        assert_eq!(read(response).await, expected);
    }
}

#[tokio::test]
async fn what_is_no_request_is_400_in_both_types() {
    let sample = Arc::new(Sample::new());
    let bodies: Vec<Vec<u8>> = [
        "",
        "null",
        "1",
        "true",
        "\"{ __typename }\"",
        "{",
        "{}",
        "{ \"not a JSON",
        "{\"query\": \"{ __typename }\"} x",
        "{\"query\": \"{ __typename }\", \"query\": \"{ __typename }\"}",
        "{\"query\": \"\\ud800\"}",
        "[]",
        " \n[{\"query\": \"{ __typename }\"}]",
        "[\"{ __typename }\"]",
        "{'query': 1}",
        "{\"qeury\": \"{ __typename }\"}",
        "{\"query\": null}",
    ]
    .iter()
    .map(|body| body.as_bytes().to_vec())
    .chain([
        b"{\"query\": \"{ __typename }\", \"x\": \"\xff\"}".to_vec(),
        b"{\"query\": \"\xed\xa0\x80\"}".to_vec(),
        b"\xff\xfe{\0}\0".to_vec(),
        [b"{\"x\": ".as_slice(), &[b'['; 1_000]].concat(),
        vec![0; 4_096],
    ])
    .collect();
    for accept in [RESPONSE, JSON] {
        for body in &bodies {
            refused(&sample, post(accept, body.clone()), 400, "BAD_USER_INPUT").await;
        }
        let query = "{ __typename }";
        for wrong in [json!({"a": 1}), json!(0), json!(false), json!(["a"])] {
            for member in ["query", "operationName"] {
                let mut body = json!({"query": query});
                body[member] = wrong.clone();
                refused(&sample, ask(accept, &body), 400, "BAD_USER_INPUT").await;
            }
        }
        for wrong in [json!("a"), json!(0), json!(false), json!(["a"]), json!([])] {
            for member in ["variables", "extensions"] {
                let mut body = json!({"query": query});
                body[member] = wrong.clone();
                refused(&sample, ask(accept, &body), 400, "BAD_USER_INPUT").await;
            }
        }
    }
}

#[tokio::test]
async fn a_refused_document_is_400_or_for_old_clients_200() {
    let sample = Arc::new(Sample::new());
    let bad = "BAD_USER_INPUT";
    let variables = |query: &str, variables: Value| json!({"query": query, "variables": variables});
    for (body, expected) in [
        (json!({"query": ""}), bad),
        (json!({"query": "{"}), bad),
        (json!({"query": "{ thread { title } "}), bad),
        (json!({"query": "{ nope }"}), bad),
        (json!({"query": "{ thread }"}), bad),
        (json!({"query": "{ thread { title { x } } }"}), bad),
        (json!({"query": "{ search(filter: {kind: NOPE}) }"}), bad),
        (json!({"query": "{ thread(id: $id) { title } }"}), bad),
        (json!({"query": "query($a: Nope = 1) { __typename }"}), bad),
        (json!({"query": "query($a: Int) { __typename }"}), bad),
        (json!({"query": "{ ...F }"}), bad),
        (json!({"query": "fragment F on Query { __typename }"}), bad),
        (json!({"query": "{ thread @nope { title } }"}), bad),
        (json!({"query": "subscription { events { cursor } }"}), bad),
        (
            json!({"query": "{ __typename }", "operationName": "A"}),
            bad,
        ),
        (
            json!({"query": "query A { __typename } query B { __typename }"}),
            bad,
        ),
        (
            variables("query($id: ID!) { __typename }", json!({"id": null})),
            bad,
        ),
        (
            variables(
                "query($n: Int!) { threads(first: $n) { totalCount } }",
                json!({}),
            ),
            bad,
        ),
        (
            variables(
                "query($n: Int) { threads(first: $n) { totalCount } }",
                json!({"n": 101}),
            ),
            "QUERY_TOO_COMPLEX",
        ),
        (
            json!({"query": "{ __typename }", "extensions": {"persistedQuery":
                {"version": 1, "sha256Hash": "0".repeat(64)}}}),
            bad,
        ),
        (
            json!({"extensions": {"persistedQuery":
                {"version": 1, "sha256Hash": "0".repeat(64)}}}),
            "PERSISTED_QUERY_NOT_FOUND",
        ),
    ] {
        refused(&sample, ask(RESPONSE, &body), 400, expected).await;
        refused(&sample, ask(JSON, &body), 200, expected).await;
    }
}

#[tokio::test]
async fn who_asks_is_answered_with_the_same_status_in_both_types() {
    let sample = Arc::new(Sample::new());
    for accept in [RESPONSE, JSON] {
        for (token, status, expected) in [
            ("Bearer spent", 429, "RATE_LIMITED"),
            ("Bearer nope", 401, "UNAUTHENTICATED"),
        ] {
            let mut request = ask(accept, &json!({"query": "{ thread { title } }"}));
            let headers = request.headers_mut();
            headers.insert(header::AUTHORIZATION, token.parse().unwrap());
            refused(&sample, request, status, expected).await;
        }
    }
}

#[tokio::test]
async fn whoever_spent_his_budget_learns_how_long_to_wait() {
    let sample = Arc::new(Sample::new());
    let mut request = ask(JSON, &json!({"query": "{ thread { title } }"}));
    let headers = request.headers_mut();
    headers.insert(header::AUTHORIZATION, "Bearer spent".parse().unwrap());
    let (_, response) = send(&sample, request).await;
    let expected = [
        ("retry-after", "7"),
        ("ratelimit", "\"sample\";r=40;t=36"),
        ("ratelimit-policy", "\"sample\";q=100;w=60"),
    ];
    for (name, expected) in expected {
        assert_eq!(response.headers()[name], expected);
    }
}

#[tokio::test]
async fn a_401_names_the_scheme() {
    let sample = Arc::new(Sample::new());
    let mut request = ask(JSON, &json!({"query": "{ __typename }"}));
    let headers = request.headers_mut();
    headers.insert(header::AUTHORIZATION, "Bearer nope".parse().unwrap());
    let (_, response) = send(&sample, request).await;
    let challenge = &response.headers()[header::WWW_AUTHENTICATE];
    assert_eq!(challenge, r#"Bearer error="invalid_token""#);
}

#[tokio::test]
async fn only_json_is_read() {
    let sample = Arc::new(Sample::new());
    for content_type in ["text/plain", "application/x-www-form-urlencoded", ""] {
        let mut request = ask(JSON, &json!({"query": "mutation { add(text: \"a\") }"}));
        let headers = request.headers_mut();
        headers.insert(header::CONTENT_TYPE, content_type.parse().unwrap());
        refused(&sample, request, 415, "BAD_USER_INPUT").await;
    }
    let mut request = ask(JSON, &json!({"query": "{ __typename }"}));
    request.headers_mut().remove(header::CONTENT_TYPE);
    refused(&sample, request, 415, "BAD_USER_INPUT").await;
}

#[tokio::test]
async fn an_answer_nobody_accepts_is_406() {
    let sample = Arc::new(Sample::new());
    let request = ask("text/plain", &json!({"query": "{ __typename }"}));
    refused(&sample, request, 406, "BAD_USER_INPUT").await;
}

#[tokio::test]
async fn a_page_of_another_origin_is_refused() {
    let sample = Arc::new(Sample::new());
    let mut request = ask(JSON, &json!({"query": "mutation { add(text: \"a\") }"}));
    let headers = request.headers_mut();
    headers.insert(header::HOST, "forum.example".parse().unwrap());
    headers.insert(header::ORIGIN, "https://evil.example".parse().unwrap());
    refused(&sample, request, 403, "FORBIDDEN").await;
}

#[tokio::test]
async fn other_methods_are_told_which_are_served() {
    let sample = Arc::new(Sample::new());
    for method in ["PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "NONSENSE"] {
        let mut request = ask(JSON, &json!({"query": "{ __typename }"}));
        *request.method_mut() = method.parse().unwrap();
        let (status, response) = send(&sample, request).await;
        assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
        assert_eq!(response.headers()[header::ALLOW], "GET, POST");
    }
}

#[tokio::test]
async fn a_query_is_also_served_by_get() {
    let sample = Arc::new(Sample::new());
    let request = get(
        RESPONSE,
        &[
            (
                "query",
                "query A($n: Int!) { threads(first: $n) { totalCount } } query B { __typename }",
            ),
            ("operationName", "A"),
            ("variables", "{\"n\": 5}"),
            ("extensions", ""),
        ],
    );
    let (status, response) = send(&sample, request).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        read(response).await,
        json!({"data": {"threads": {"totalCount": 1}}})
    );
}

#[tokio::test]
async fn whoever_has_an_answer_is_not_sent_it_again() {
    let sample = Arc::new(Sample::new());
    let ask = |query: &str, has: Option<&str>| {
        let mut request = get(JSON, &[("query", query)]);
        if let Some(has) = has {
            let headers = request.headers_mut();
            headers.insert(header::IF_NONE_MATCH, has.parse().unwrap());
        }
        request
    };
    let (query, other) = ("{ thread { title } }", "{ __typename }");
    let (_, response) = send(&sample, ask(query, None)).await;
    let tag = response.headers()[header::ETAG]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(tag.starts_with("W/\""), "{tag}");
    let strong = tag.trim_start_matches("W/");
    for (query, has, expected) in [
        (query, tag.as_str(), StatusCode::NOT_MODIFIED),
        (query, strong, StatusCode::NOT_MODIFIED),
        (query, "*", StatusCode::NOT_MODIFIED),
        (query, &format!("\"a\", {tag}"), StatusCode::NOT_MODIFIED),
        (query, "\"a\"", StatusCode::OK),
        (other, tag.as_str(), StatusCode::OK),
    ] {
        let (status, response) = send(&sample, ask(query, Some(has))).await;
        assert_eq!(status, expected, "{query} {has}");
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        assert_eq!(body.is_empty(), status == StatusCode::NOT_MODIFIED);
    }
    let (status, response) = send(&sample, ask("{ nope }", Some("*"))).await;
    assert_eq!(
        status,
        StatusCode::OK,
        "a refused document of an old client"
    );
    let body = read(response).await;
    assert_eq!(code(&body), Some("BAD_USER_INPUT"));
}

#[tokio::test]
async fn a_get_that_is_no_request_is_400() {
    let sample = Arc::new(Sample::new());
    let query = ("query", "{ __typename }");
    for parameters in [
        vec![],
        vec![("variables", "{}")],
        vec![query, query],
        vec![query, ("variables", "[]")],
        vec![query, ("variables", "{")],
        vec![query, ("extensions", "1")],
    ] {
        refused(&sample, get(JSON, &parameters), 400, "BAD_USER_INPUT").await;
    }
}

#[tokio::test]
async fn a_mutation_by_get_does_not_run() {
    let sample = Arc::new(Sample::new());
    for accept in [RESPONSE, JSON] {
        let request = get(accept, &[("query", "mutation { add(text: \"a\") }")]);
        let (status, response) = send(&sample, request).await;
        assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(response.headers()[header::ALLOW], "POST");
        assert_eq!(code(&read(response).await), Some("BAD_USER_INPUT"));
        assert_eq!(sample.ran(), 0);
    }
}

#[tokio::test]
async fn a_body_over_the_limit_is_413_however_it_comes() {
    let sample = Arc::new(Sample::new());
    let most = sample.door.body_bytes;
    let mut announced = post(JSON, "{}");
    let length = (most + 1).to_string().parse().unwrap();
    announced
        .headers_mut()
        .insert(header::CONTENT_LENGTH, length);
    refused(&sample, announced, 413, "BAD_USER_INPUT").await;

    // Endless, unless someone stops reading.
    let chunks = stream::repeat_with(|| Ok::<_, std::io::Error>(vec![b' '; 8 * 1024]));
    let request = post(JSON, Body::from_stream(chunks));
    refused(&sample, request, 413, "BAD_USER_INPUT").await;
}

#[tokio::test]
async fn a_body_that_does_not_come_is_408() {
    let mut sample = Sample::new();
    sample.door.body_wait = Duration::ZERO;
    let chunks = stream::once(async { Ok::<_, std::io::Error>("{") }).chain(stream::pending());
    let request = post(JSON, Body::from_stream(chunks));
    refused(&Arc::new(sample), request, 408, "BAD_USER_INPUT").await;
}

#[tokio::test]
async fn a_body_that_breaks_off_is_400() {
    let sample = Arc::new(Sample::new());
    let chunks = [Ok("{"), Err(std::io::Error::other("gone"))];
    let request = post(JSON, Body::from_stream(stream::iter(chunks)));
    refused(&sample, request, 400, "BAD_USER_INPUT").await;
}

#[tokio::test]
async fn an_error_below_a_field_leaves_the_status_alone() {
    let sample = Arc::new(Sample::new());
    for (query, expected) in [
        ("{ missing thread { title } }", "NOT_FOUND"),
        ("{ defect }", "INTERNAL"),
    ] {
        for accept in [RESPONSE, JSON] {
            let (status, response) = send(&sample, ask(accept, &json!({"query": query}))).await;
            let body = read(response).await;
            assert_eq!(status, StatusCode::OK, "{body}");
            assert!(body.get("data").is_some(), "{body}");
            assert_eq!(code(&body), Some(expected), "{body}");
            assert!(!body.to_string().contains("secret"), "{body}");
        }
    }
}

#[tokio::test]
async fn a_panic_is_internal_and_the_door_stays_open() {
    let sample = Arc::new(Sample::new());
    let (status, response) = send(&sample, ask(JSON, &json!({"query": "{ panics }"}))).await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    let body = read(response).await;
    assert_eq!(code(&body), Some("INTERNAL"));
    assert!(!body.to_string().contains("defect that"), "{body}");
    let (status, _) = send(&sample, ask(JSON, &json!({"query": "{ __typename }"}))).await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn a_mutation_ends_although_its_caller_hung_up() {
    let mut sample = Sample::new();
    let mut steps = sample.steps.take().unwrap();
    let sample = Arc::new(sample);
    let request = ask(JSON, &json!({"query": "mutation { slowly }"}));
    {
        let mut caller = std::pin::pin!(send(&sample, request));
        assert!(poll!(&mut caller).is_pending());
        assert_eq!(steps.recv().await, Some("began"));
    }
    sample.runs.release.add_permits(1);
    assert_eq!(steps.recv().await, Some("ended"));
}

#[tokio::test]
async fn a_browser_gets_the_explorer() {
    let sample = Arc::new(Sample::new());
    let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    let (status, response) = send(&sample, get(browser, &[])).await;
    assert_eq!(status, StatusCode::OK);
    let content_type = response.headers()[header::CONTENT_TYPE].to_str().unwrap();
    assert_eq!(content_type, "text/html; charset=utf-8");
    assert!(
        response
            .headers()
            .contains_key(header::CONTENT_SECURITY_POLICY)
    );

    let mut closed = Sample::new();
    closed.door.explorer = Explorer::None;
    let (status, _) = send(&Arc::new(closed), get(browser, &[])).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}
