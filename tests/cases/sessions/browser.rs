//! Sessions of browsers, which send what they hold along with whatever page
//! asks for it.

use domain::people::RegistrationMode;
use mukalma_tests::{PASSWORD, TestForum};
use reqwest::header::{COOKIE, ORIGIN};
use serde_json::{Value, json};

use super::raw;

fn request(query: &str, input: &Value) -> Vec<u8> {
    serde_json::to_vec(&json!({ "query": query, "variables": { "input": input } })).unwrap()
}

#[tokio::test]
async fn a_browsers_session_is_in_a_cookie_that_no_script_and_no_other_page_uses() {
    let forum = TestForum::new().await;
    let sign_in = "mutation($input: SignInInput!) { signIn(input: $input) \
                   { session { token } viewer { account { login } } userErrors { code } } }";
    let input = json!({ "login": "civil", "password": PASSWORD, "cookie": true });
    let own = format!("http://{}", forum.address);
    let other = "https://evil.example";

    let (status, cookie, _) = raw(&forum, request(sign_in, &input), &[(ORIGIN, other)]).await;
    assert_eq!((status, cookie), (403, None));
    let (_, cookie, body) = raw(&forum, request(sign_in, &input), &[(ORIGIN, &own)]).await;
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body["data"]["signIn"]["session"], json!({ "token": null }));
    assert_eq!(
        body["data"]["signIn"]["viewer"]["account"]["login"],
        "civil"
    );
    let cookie = cookie.unwrap();
    let (pair, attributes) = cookie.split_once("; ").unwrap();
    for attribute in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(attributes.contains(attribute), "{cookie}");
    }
    assert!(!attributes.contains("Domain"), "{cookie}");

    let viewer = request("{ viewer { account { login } } }", &json!({}));
    let (_, _, body) = raw(&forum, viewer.clone(), &[(COOKIE, pair), (ORIGIN, &own)]).await;
    assert!(body.contains("civil"), "{body}");
    for origin in [other, "null", "http://127.0.0.1:1"] {
        let (status, _, body) =
            raw(&forum, viewer.clone(), &[(COOKIE, pair), (ORIGIN, origin)]).await;
        assert_eq!(status, 403, "{origin}");
        assert!(!body.contains("civil"), "{origin}");
    }

    // Signing out has the browser forget it, and it is good no longer.
    let sign_out = request("mutation { signOut(input: {}) { signedOut } }", &json!({}));
    let (_, cookie, _) = raw(&forum, sign_out, &[(COOKIE, pair), (ORIGIN, &own)]).await;
    let cookie = cookie.unwrap();
    assert!(
        cookie.starts_with("mukalma_session=;") && cookie.contains("Max-Age=0"),
        "{cookie}"
    );
    let (status, _, body) = raw(&forum, viewer, &[(COOKIE, pair), (ORIGIN, &own)]).await;
    assert_eq!(status, 200, "a visitor's answer: {body}");
    assert!(!body.contains("civil"), "{body}");
}

#[tokio::test]
async fn over_tls_the_cookie_is_for_tls_alone() {
    let https = ("public_url", "https://forum.example");
    let forum = TestForum::with(true, RegistrationMode::Open, &[https]).await;
    let sign_in =
        "mutation($input: SignInInput!) { signIn(input: $input) { userErrors { code } } }";
    let input = json!({ "login": "civil", "password": PASSWORD, "cookie": true });
    let (_, cookie, body) = raw(&forum, request(sign_in, &input), &[]).await;
    let cookie = cookie.unwrap_or_else(|| panic!("{body}"));
    assert!(cookie.contains("; Secure"), "{cookie}");
}

#[tokio::test]
async fn a_websocket_from_another_page_is_refused() {
    use tokio_tungstenite::tungstenite::Error;
    use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
    let forum = TestForum::new().await;
    for (origin, refused) in [
        (Some("https://evil.example".to_owned()), true),
        (Some("null".to_owned()), true),
        (Some(format!("http://{}", forum.address)), false),
        (None, false),
    ] {
        let url = format!("ws://{}/graphql/ws", forum.address);
        let mut request = url.into_client_request().unwrap();
        let protocol = "graphql-transport-ws".parse().unwrap();
        request
            .headers_mut()
            .insert("sec-websocket-protocol", protocol);
        if let Some(origin) = &origin {
            request
                .headers_mut()
                .insert(ORIGIN, origin.parse().unwrap());
        }
        match tokio_tungstenite::connect_async(request).await {
            Ok(_) => assert!(!refused, "{origin:?}"),
            Err(Error::Http(response)) => {
                assert!(refused && response.status() == 403, "{origin:?}");
            }
            Err(error) => panic!("{origin:?}: {error}"),
        }
    }
}
