//! Who comes in, how, and for how long.

mod browser;
mod trust;

use chrono::Duration;
use domain::people::RegistrationMode;
use mukalma_tests::{Client, PASSWORD, TestForum};
use reqwest::header::{HeaderMap, SET_COOKIE};
use serde_json::{Value, json};

fn newcomer(login: &str) -> Value {
    json!({
        "login": login, "displayName": "Somebody New", "password": PASSWORD,
        "constituency": "CIVIL_SOCIETY",
    })
}

const COMING_IN: &str = "account { id standing } recoveryCodes session { token }";

async fn register(forum: &TestForum, login: &str) -> (Client, Value) {
    let made = forum
        .visitor()
        .done("registerAccount", newcomer(login), COMING_IN)
        .await;
    let token = made["session"]["token"].as_str().map(str::to_owned);
    (Client::new(forum.address, token), made)
}

async fn account_id(client: &Client) -> Value {
    let seen = client.run("{ viewer { account { id } } }", json!({})).await;
    seen["viewer"]["account"]["id"].clone()
}

async fn is_signed_in(client: &Client) -> bool {
    let answer = client
        .send("{ viewer { account { id } } }", json!({}))
        .await;
    let signed_in = answer.body["data"]["viewer"]["account"]["id"].is_string();
    assert!(signed_in || answer.code() == "UNAUTHENTICATED");
    signed_in
}

#[tokio::test]
async fn an_open_forum_takes_everybody_in_at_once() {
    let forum = TestForum::new().await;
    let (somebody, made) = register(&forum, "somebody").await;
    assert_eq!(made["account"]["standing"], "ACTIVE");
    assert_eq!(made["recoveryCodes"].as_array().map(Vec::len), Some(10));
    assert!(is_signed_in(&somebody).await);
    assert_eq!(
        forum
            .visitor()
            .refused("registerAccount", newcomer("Somebody"))
            .await,
        "TAKEN"
    );
}

#[tokio::test]
async fn a_forum_by_approval_takes_in_whom_an_administrator_approves() {
    let forum = TestForum::with(true, RegistrationMode::Approval, &[]).await;
    let admin = forum.sign_in("admin").await;
    for (login, decision) in [
        ("welcome", "approveAccount"),
        ("unwelcome", "rejectAccount"),
    ] {
        let (_, made) = register(&forum, login).await;
        assert_eq!(made["account"]["standing"], "PENDING");
        assert_eq!(made["session"], Value::Null);
        let sign_in = json!({ "login": login, "password": PASSWORD });
        assert_eq!(
            forum.visitor().refused("signIn", sign_in.clone()).await,
            "SIGN_IN_FAILED"
        );
        let account = json!({ "account": made["account"]["id"] });
        let civil = forum.sign_in("civil").await;
        assert_eq!(civil.refused(decision, account.clone()).await, "FORBIDDEN");
        admin.done(decision, account, "").await;
        if login == "welcome" {
            forum.sign_in(login).await;
        } else {
            assert_eq!(
                forum.visitor().refused("signIn", sign_in).await,
                "SIGN_IN_FAILED"
            );
        }
    }
}

#[tokio::test]
async fn a_forum_by_invitation_takes_in_each_guest_once() {
    let forum = TestForum::with(true, RegistrationMode::Invitation, &[]).await;
    let visitor = forum.visitor();
    assert_eq!(
        visitor.refused("registerAccount", newcomer("nobody")).await,
        "REGISTRATION_CLOSED"
    );
    let admin = forum.sign_in("admin").await;
    let invitation = json!({ "constituency": "YOUTH", "days": 2 });
    let civil = forum.sign_in("civil").await;
    assert_eq!(
        civil.refused("createInvitation", invitation.clone()).await,
        "FORBIDDEN"
    );
    let mut codes = Vec::new();
    for _ in 0..2 {
        let made = admin
            .done(
                "createInvitation",
                invitation.clone(),
                "invitation { code }",
            )
            .await;
        codes.push(made["invitation"]["code"].clone());
    }
    let guest = |login: &str, code: &Value, constituency: &str| {
        let mut guest = newcomer(login);
        guest["invitationCode"] = code.clone();
        guest["constituency"] = json!(constituency);
        guest
    };
    let other = guest("guest", &codes[0], "EXPERT");
    assert_eq!(visitor.refused("registerAccount", other).await, "INVALID");
    let first = guest("guest", &codes[0], "YOUTH");
    let made = visitor
        .done("registerAccount", first, "account { standing vouched }")
        .await;
    assert_eq!(
        made["account"],
        json!({ "standing": "ACTIVE", "vouched": true })
    );
    let again = guest("another", &codes[0], "YOUTH");
    assert_eq!(visitor.refused("registerAccount", again).await, "BAD_CODE");
    forum.clock.advance(Duration::days(3));
    let late = guest("late", &codes[1], "YOUTH");
    assert_eq!(visitor.refused("registerAccount", late).await, "BAD_CODE");
}

#[tokio::test]
async fn a_closed_forum_takes_nobody_in() {
    let forum = TestForum::with(true, RegistrationMode::Closed, &[]).await;
    assert_eq!(
        forum
            .visitor()
            .refused("registerAccount", newcomer("nobody"))
            .await,
        "REGISTRATION_CLOSED"
    );
}

#[tokio::test]
async fn signing_in_fails_in_the_same_bytes_whatever_the_reason() {
    let forum = TestForum::new().await;
    let sign_in = |login: &str, password: &str| {
        let input = json!({ "login": login, "password": password });
        let query = "mutation($input: SignInInput!) { signIn(input: $input) \
                     { session { token } viewer { account { id } } userErrors { code message field } } }";
        serde_json::to_vec(&json!({ "query": query, "variables": { "input": input } })).unwrap()
    };
    let unknown = raw(&forum, sign_in("stranger", PASSWORD), &[]).await;
    // The account is locked after five wrong passwords, and says no more then
    // than it did before.
    for _ in 0..7 {
        let wrong = raw(&forum, sign_in("civil", "not the password"), &[]).await;
        assert_eq!(wrong, unknown);
    }
    let locked = raw(&forum, sign_in("civil", PASSWORD), &[]).await;
    assert_eq!(locked, unknown);
    for hostile in ["", "\u{0}", "civil\u{202e}", &"a".repeat(1_000)] {
        assert_eq!(raw(&forum, sign_in(hostile, PASSWORD), &[]).await, unknown);
        assert_eq!(raw(&forum, sign_in("youth", hostile), &[]).await, unknown);
    }
    forum.clock.advance(Duration::minutes(15));
    forum.sign_in("civil").await;
}

#[tokio::test]
async fn sessions_are_listed_and_end_one_by_one() {
    let forum = TestForum::new().await;
    let here = forum.sign_in("civil").await;
    let there = {
        let input = json!({ "login": "civil", "password": PASSWORD, "label": "The telephone" });
        let signed = forum
            .visitor()
            .done("signIn", input, "session { token }")
            .await;
        Client::new(
            forum.address,
            signed["session"]["token"].as_str().map(str::to_owned),
        )
    };
    let list = "{ viewer { account { sessions { id label current } } } }";
    let seen = here.run(list, json!({})).await;
    let sessions = seen["viewer"]["account"]["sessions"]
        .as_array()
        .unwrap()
        .clone();
    assert_eq!(sessions.len(), 2);
    let telephone = sessions
        .iter()
        .find(|one| one["label"] == "The telephone")
        .unwrap();
    assert_eq!(telephone["current"], false);

    // Nobody ends somebody else's.
    let youth = forum.sign_in("youth").await;
    let revoke = json!({ "session": telephone["id"] });
    assert_eq!(
        youth.refused("revokeSession", revoke.clone()).await,
        "NOT_FOUND"
    );
    assert!(is_signed_in(&there).await);

    let mut watch = there
        .watch("subscription { viewerEvents { cursor } }", json!({}))
        .await;
    here.done("revokeSession", revoke.clone(), "").await;
    assert_eq!(watch.end().await, "4403");
    assert!(!is_signed_in(&there).await);
    assert!(is_signed_in(&here).await);
    assert_eq!(here.refused("revokeSession", revoke).await, "NOT_FOUND");
}

#[tokio::test]
async fn one_session_too_many_ends_the_one_that_was_not_used_for_longest_and_no_other() {
    let settings = [("session.per_account", "2")];
    let forum = TestForum::with(true, RegistrationMode::Open, &settings).await;
    let youth = forum.sign_in("youth").await;
    let mut sessions = Vec::new();
    for _ in 0..2 {
        sessions.push(forum.sign_in("civil").await);
        forum.clock.advance(Duration::minutes(1));
    }
    let document = "subscription { viewerEvents { cursor } }";
    let mut watch = sessions[0].watch(document, json!({})).await;
    for one in &sessions {
        assert!(is_signed_in(one).await);
    }
    sessions.push(forum.sign_in("civil").await);
    assert!(!is_signed_in(&sessions[0]).await);
    assert_eq!(watch.end().await, "4403");
    for one in sessions[1..].iter().chain([&youth]) {
        assert!(is_signed_in(one).await);
    }
    let list = "{ viewer { account { sessions { current } } } }";
    let mut seen = sessions[2].run(list, json!({})).await;
    let seen = seen["viewer"]["account"]["sessions"].take();
    assert_eq!(seen, json!([{ "current": true }, { "current": false }]));
}

#[tokio::test]
async fn a_session_ends_when_it_is_not_used() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    forum.clock.advance(Duration::days(29));
    assert!(is_signed_in(&civil).await);
    let idle = forum.sign_in("youth").await;
    forum.clock.advance(Duration::days(31));
    // What is kept of a session at hand does not outlive its own end; that it
    // was not used is read where it is stored.
    forum.forum.forget_every_account();
    assert!(!is_signed_in(&idle).await);
}

#[tokio::test]
async fn a_new_password_ends_every_other_session() {
    let forum = TestForum::new().await;
    let here = forum.sign_in("civil").await;
    let there = forum.sign_in("civil").await;
    let change = |current: &str| json!({ "currentPassword": current, "newPassword": "an entirely different sentence" });
    assert_eq!(
        here.refused("changePassword", change("wrong")).await,
        "SIGN_IN_FAILED"
    );
    assert!(is_signed_in(&there).await);
    here.done("changePassword", change(PASSWORD), "").await;
    assert!(is_signed_in(&here).await);
    assert!(!is_signed_in(&there).await);
}

#[tokio::test]
async fn a_recovery_code_sets_a_password_once_and_ends_every_session() {
    let forum = TestForum::new().await;
    let (somebody, made) = register(&forum, "somebody").await;
    let codes = made["recoveryCodes"].as_array().unwrap();
    let reset = |login: &str, code: &Value| json!({ "login": login, "code": code, "password": "an entirely different sentence" });
    let visitor = forum.visitor();
    assert_eq!(
        visitor
            .refused("resetPassword", reset("civil", &codes[0]))
            .await,
        "BAD_CODE"
    );
    assert_eq!(
        visitor
            .refused("resetPassword", reset("nobody", &codes[0]))
            .await,
        "BAD_CODE"
    );
    assert!(is_signed_in(&somebody).await);
    // A person types a code as he likes.
    let typed = codes[0].as_str().unwrap().to_lowercase().replace('-', "");
    visitor
        .done("resetPassword", reset("somebody", &json!(typed)), "reset")
        .await;
    assert!(!is_signed_in(&somebody).await);
    assert_eq!(
        visitor
            .refused("resetPassword", reset("somebody", &codes[0]))
            .await,
        "BAD_CODE"
    );
    Client::sign_in(forum.address, "somebody", "an entirely different sentence").await;
    let old = json!({ "login": "somebody", "password": PASSWORD });
    assert_eq!(visitor.refused("signIn", old).await, "SIGN_IN_FAILED");
}

/// Sends a body with headers and gives what came: the status, the headers
/// that matter, the body.
async fn raw(
    forum: &TestForum,
    body: Vec<u8>,
    headers: &[(reqwest::header::HeaderName, &str)],
) -> (u16, Option<String>, String) {
    let mut more = HeaderMap::new();
    for (name, value) in headers {
        more.insert(name, value.parse().unwrap());
    }
    let response = reqwest::Client::new()
        .post(format!("http://{}/graphql", forum.address))
        .header("content-type", "application/json")
        .headers(more)
        .body(body)
        .send()
        .await
        .unwrap();
    let status = response.status().as_u16();
    let cookie = response.headers().get(SET_COOKIE).cloned();
    let cookie = cookie.map(|cookie| cookie.to_str().unwrap().to_owned());
    (status, cookie, response.text().await.unwrap())
}
