//! The token endpoint, revocation and metadata, to the letter of their RFCs.

use chrono::Duration;
use domain::people::RegistrationMode;
use mukalma_tests::{Client, TestForum};
use serde_json::{Value, json};

use super::{App, READING, answered, is_good, organization, post, post_as, stage, token_in};

#[tokio::test]
async fn a_token_is_given_and_is_good_for_an_hour() {
    let (forum, _, app) = stage(&READING).await;
    let given = post(&forum, "/oauth/token", &app.asks("")).await;
    assert_eq!(given.status, 200);
    assert_eq!(given.header("content-type"), "application/json");
    assert_eq!(given.header("cache-control"), "no-store");
    assert_eq!(given.header("pragma"), "no-cache");
    assert_eq!(given.body["token_type"], "Bearer");
    assert_eq!(given.body["expires_in"], 3600);
    assert_eq!(given.body["scope"], "threads:read events:read");
    let client = Client::new(forum.address, Some(token_in(&given)));
    forum
        .clock
        .advance(Duration::minutes(60) - Duration::seconds(1));
    assert!(is_good(&client).await);
    forum.clock.advance(Duration::seconds(1));
    assert!(!is_good(&client).await);
}

#[tokio::test]
async fn a_client_says_who_it_is_by_basic_or_in_the_form() {
    let (forum, _, app) = stage(&READING).await;
    let form = "grant_type=client_credentials&scope=threads:read&unknown=1";
    let basic = Some((app.id.as_str(), app.secret.as_str()));
    let given = post_as(&forum, "/oauth/token", form, basic).await;
    assert_eq!(given.body["scope"], "threads:read", "{}", given.body);
    let client = Client::new(forum.address, Some(token_in(&given)));
    let seen = client
        .run(
            "{ viewer { client { id scopes } account { id } } }",
            json!({}),
        )
        .await;
    assert_eq!(seen["viewer"]["client"]["id"], app.id);
    assert_eq!(seen["viewer"]["account"], Value::Null);
    // Each is encoded as in a form (RFC 6749, section 2.3.1).
    let coded = |text: &str| format!("%{:02X}{}", text.as_bytes()[0], &text[1..]);
    let (id, secret) = (coded(&app.id), coded(&app.secret));
    let again = post_as(&forum, "/oauth/token", form, Some((&id, &secret))).await;
    assert_eq!(again.body["scope"], "threads:read", "{}", again.body);
    let both = post_as(&forum, "/oauth/token", &app.asks(""), basic).await;
    assert_eq!(
        (both.status, &both.body["error"]),
        (400, &json!("invalid_request"))
    );
}

#[tokio::test]
async fn what_is_wrong_is_said_in_the_words_of_the_specification() {
    let (forum, _, app) = stage(&["THREADS_READ"]).await;
    let App { id, secret } = &app;
    let who = format!("client_id={id}&client_secret={secret}");
    for (form, status, error) in [
        (who.clone(), 400, "invalid_request"),
        (format!("{who}&grant_type="), 400, "invalid_request"),
        (
            format!("{who}&grant_type=password"),
            400,
            "unsupported_grant_type",
        ),
        (
            app.asks("&grant_type=client_credentials"),
            400,
            "invalid_request",
        ),
        (app.asks("&scope=events:read"), 400, "invalid_scope"),
        (
            app.asks("&scope=threads:read%20everything"),
            400,
            "invalid_scope",
        ),
        (app.asks("&scope=%20"), 400, "invalid_scope"),
        (
            "grant_type=client_credentials".to_owned(),
            401,
            "invalid_client",
        ),
        (
            format!("grant_type=client_credentials&client_id={id}"),
            401,
            "invalid_client",
        ),
        (String::new(), 401, "invalid_client"),
    ] {
        let wrong = post(&forum, "/oauth/token", &form).await;
        assert_eq!(
            (wrong.status, &wrong.body["error"]),
            (status, &json!(error)),
            "{form}"
        );
        assert_eq!(wrong.header("cache-control"), "no-store");
        assert!(wrong.body["error_description"].is_string());
    }
    // An empty scope is none.
    let given = post(&forum, "/oauth/token", &app.asks("&scope=")).await;
    assert_eq!(given.body["scope"], "threads:read");
}

#[tokio::test]
async fn only_a_small_form_by_post_is_read() {
    let (forum, _, app) = stage(&READING).await;
    let url = format!("http://{}/oauth/token", forum.address);
    let http = reqwest::Client::new();
    let by_get = answered(http.get(format!("{url}?{}", app.asks("")))).await;
    assert_eq!((by_get.status, by_get.header("allow")), (405, "POST"));
    let json = http.post(&url).header("content-type", "application/json");
    let json = answered(json.body("{}")).await;
    assert_eq!(
        (json.status, &json.body["error"]),
        (400, &json!("invalid_request"))
    );
    let room = 8 * 1024 - app.asks("&x=").len();
    for (more, status) in [(room, 200), (room + 1, 413)] {
        let form = app.asks(&format!("&x={}", "a".repeat(more)));
        assert_eq!(post(&forum, "/oauth/token", &form).await.status, status);
    }
}

#[tokio::test]
async fn an_unknown_client_and_a_wrong_secret_answer_in_the_same_bytes_for_the_same_work() {
    let (forum, member, app) = stage(&READING).await;
    let revoked = {
        let of = "query($id: ID!) { node(id: $id) { ... on Client { organization { id } } } }";
        let of = member.run(of, json!({ "id": app.id })).await;
        App::of(&member, &of["node"]["organization"]["id"], &READING).await
    };
    member
        .done("revokeClient", json!({ "client": revoked.id }), "")
        .await;
    let wrong = |id: &str, secret: &str| App {
        id: id.to_owned(),
        secret: secret.to_owned(),
    };
    let other = "mks_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let nobody = forum.thread_id_of_nothing();
    let tried = async |app: &App| {
        let before = forum.store().statements();
        let answer = post(&forum, "/oauth/token", &app.asks("")).await;
        assert_eq!(answer.status, 401);
        let scheme = answer.header("www-authenticate");
        assert!(scheme.starts_with("Basic realm="), "{scheme}");
        (answer.body.to_string(), forum.store().statements() - before)
    };
    let unknown = tried(&wrong(nobody.as_str().unwrap(), other)).await;
    assert_eq!(unknown.1, 1);
    for app in [
        wrong(&app.id, other),
        wrong(&app.id, "x"),
        wrong("x", &app.secret),
        wrong(&revoked.id, &app.secret),
        revoked,
    ] {
        assert_eq!(tried(&app).await, unknown);
    }
}

#[tokio::test]
async fn attempts_that_fail_are_counted_by_address() {
    let settings = [("login.burst", "3"), ("login.per_minute", "3")];
    let forum = TestForum::with(true, RegistrationMode::Open, &settings).await;
    let member = forum.sign_in("civil").await;
    let organization = organization(&forum, &member).await;
    let app = App::of(&member, &organization, &READING).await;
    // Those that succeed are given back.
    for _ in 0..5 {
        app.sign_in(&forum).await;
    }
    let wrong = App {
        secret: "wrong".to_owned(),
        ..app
    };
    for status in [401, 401, 401, 429] {
        let answer = post(&forum, "/oauth/token", &wrong.asks("")).await;
        assert_eq!(answer.status, status);
        assert_eq!(answer.header("retry-after").is_empty(), status != 429);
    }
    let revoke = post(&forum, "/oauth/revoke", &wrong.asks("&token=x")).await;
    assert_eq!(revoke.status, 429);
    forum.clock.advance(Duration::seconds(20));
    assert_eq!(
        post(&forum, "/oauth/token", &wrong.asks("")).await.status,
        401
    );
}

#[tokio::test]
async fn a_token_given_back_is_good_no_more_and_no_other_is() {
    let (forum, member, app) = stage(&READING).await;
    let (one, another) = (app.sign_in(&forum).await, app.sign_in(&forum).await);
    let token = |client: &Client| format!("&token={}", client.token.as_ref().unwrap());
    assert!(is_good(&one).await && is_good(&another).await);
    // Nobody gives back another's, and a session is no token of an app's.
    let of = "query($id: ID!) { node(id: $id) { ... on Client { organization { id } } } }";
    let of = member.run(of, json!({ "id": app.id })).await;
    let other = App::of(&member, &of["node"]["organization"]["id"], &READING).await;
    for form in [other.asks(&token(&one)), app.asks(&token(&member))] {
        assert_eq!(post(&forum, "/oauth/revoke", &form).await.status, 200);
    }
    assert!(is_good(&one).await && is_good(&member).await);
    for hint in [
        "",
        "&token_type_hint=access_token",
        "&token_type_hint=whatever",
    ] {
        let form = app.asks(&format!("{}{hint}", token(&one)));
        let answer = post(&forum, "/oauth/revoke", &form).await;
        assert_eq!((answer.status, answer.body), (200, Value::Null));
    }
    assert!(!is_good(&one).await && is_good(&another).await);
    let missing = post(&forum, "/oauth/revoke", &app.asks("")).await;
    assert_eq!(
        (missing.status, &missing.body["error"]),
        (400, &json!("invalid_request"))
    );
    let nobody = post(&forum, "/oauth/revoke", "token=x").await;
    assert_eq!(
        (nobody.status, &nobody.body["error"]),
        (401, &json!("invalid_client"))
    );
}

#[tokio::test]
async fn the_metadata_say_where_and_how() {
    let settings = [("public_url", "https://forum.example.org")];
    let forum = TestForum::with(true, RegistrationMode::Open, &settings).await;
    let url = format!(
        "http://{}/.well-known/oauth-authorization-server",
        forum.address
    );
    let metadata = answered(reqwest::Client::new().get(url)).await;
    assert_eq!(metadata.status, 200);
    assert_eq!(metadata.header("content-type"), "application/json");
    let methods = json!(["client_secret_basic", "client_secret_post"]);
    let expected = json!({
        "issuer": "https://forum.example.org",
        "token_endpoint": "https://forum.example.org/oauth/token",
        "token_endpoint_auth_methods_supported": methods,
        "revocation_endpoint": "https://forum.example.org/oauth/revoke",
        "revocation_endpoint_auth_methods_supported": methods,
        "authorization_endpoint": "https://forum.example.org/oauth/authorize",
        "grant_types_supported": ["client_credentials", "authorization_code", "refresh_token"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
        "scopes_supported": ["threads:read", "threads:write", "events:read", "stats:read"],
    });
    assert_eq!(metadata.body, expected);
}
