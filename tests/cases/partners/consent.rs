//! A person lets an app act for him, by a code with PKCE, and takes it back.

use std::collections::BTreeMap;

use chrono::Duration;
use mukalma_tests::{Answer, Client, TestForum};
use serde_json::{Value, json};

use super::{App, SHOWN, is_good, organization, post, token_in};

const BACK: &str = "https://app.example.org/back?of=us";
/// Those of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

struct Stage {
    forum: TestForum,
    member: Client,
    person: Client,
    app: App,
}

impl Stage {
    /// A forum with an app that a person may let act for him.
    async fn new() -> Self {
        let forum = TestForum::new().await;
        let member = forum.sign_in("civil").await;
        let organization = organization(&forum, &member).await;
        let input = json!({
            "organization": organization, "name": "The pen", "redirectUris": [BACK],
            "scopes": ["THREADS_READ", "THREADS_WRITE", "EVENTS_READ"],
        });
        let app = App::shown(&member.done("createClient", input, SHOWN).await);
        Self {
            person: forum.sign_in("expert").await,
            forum,
            member,
            app,
        }
    }

    fn request(&self) -> Value {
        json!({
            "clientId": self.app.id, "redirectUri": BACK, "responseType": "code",
            "state": "a b", "codeChallenge": CHALLENGE, "codeChallengeMethod": "S256",
        })
    }

    /// Where the browser is sent once the person decided.
    async fn decided(&self, request: Value, allow: bool) -> BTreeMap<String, String> {
        let input = json!({ "request": request, "allow": allow });
        let person = &self.person;
        let decided = person
            .done("decideAuthorization", input, "redirectTo")
            .await;
        said(decided["redirectTo"].as_str().unwrap())
    }

    async fn code(&self) -> String {
        self.decided(self.request(), true)
            .await
            .remove("code")
            .unwrap()
    }

    async fn asks(&self, grant: &str, more: &str) -> Answer {
        let App { id, secret } = &self.app;
        let form = format!("grant_type={grant}&client_id={id}&client_secret={secret}{more}");
        post(&self.forum, "/oauth/token", &form).await
    }

    async fn uses(&self, code: &str) -> Answer {
        let back = "https%3A%2F%2Fapp.example.org%2Fback%3Fof%3Dus";
        let more = format!("&code={code}&redirect_uri={back}&code_verifier={VERIFIER}");
        self.asks("authorization_code", &more).await
    }

    async fn renews(&self, given: &Answer, more: &str) -> Answer {
        let renewal = given.body["refresh_token"].as_str().unwrap();
        self.asks("refresh_token", &format!("&refresh_token={renewal}{more}"))
            .await
    }

    fn with(&self, given: &Answer) -> Client {
        assert_eq!(given.status, 200, "{}", given.body);
        Client::new(self.forum.address, Some(token_in(given)))
    }

    async fn allowed(&self) -> Client {
        let code = self.code().await;
        self.with(&self.uses(&code).await)
    }
}

/// What an address says behind its question mark, if it is the app's.
fn said(address: &str) -> BTreeMap<String, String> {
    assert!(address.starts_with(BACK), "{address}");
    let url = reqwest::Url::parse(address).unwrap();
    url.query_pairs().into_owned().collect()
}

/// Another app of the same organization's.
async fn another_app(stage: &Stage) -> App {
    let of = "query($id: ID!) { node(id: $id) { ... on Client { organization { id } } } }";
    let of = stage.member.run(of, json!({ "id": stage.app.id })).await;
    let organization = &of["node"]["organization"]["id"];
    App::of(&stage.member, organization, &["THREADS_READ"]).await
}

#[tokio::test]
async fn an_app_is_told_what_it_may_not_do_for_whoever_allowed_it() {
    let stage = Stage::new().await;
    let thread = stage.forum.open_discussion(&stage.member, "MEMBERS").await;
    let app = stage.allowed().await;
    let document = "query($id: ID!) { thread(id: $id) { viewerCanPost viewerCanFlag \
        viewerCannotPostReasons { code } viewerCannotFlagReasons { code message } } }";
    let seen = app.run(document, json!({ "id": thread })).await;
    let why = json!([{ "code": "FORBIDDEN", "message": "This is not for partner apps." }]);
    let expected = json!({
        "viewerCanPost": true, "viewerCannotPostReasons": [],
        "viewerCanFlag": false, "viewerCannotFlagReasons": why,
    });
    assert_eq!(seen["thread"], expected);
    let flag = "mutation($id: ID!) { flag(input: { subjectId: $id, reason: SPAM }) \
        { userErrors { code } } }";
    let refused = app.send(flag, json!({ "id": thread })).await;
    assert_eq!(refused.code(), "FORBIDDEN");
}

#[tokio::test]
async fn an_app_is_not_told_what_whoever_allowed_it_flagged() {
    let stage = Stage::new().await;
    let author = stage.forum.sign_in("youth").await;
    let thread = stage.forum.open_discussion(&author, "MEMBERS").await;
    let flag = json!({ "subjectId": thread, "reason": "SPAM" });
    stage.member.done("flag", flag, "").await;
    let document = "query($id: ID!) { thread(id: $id) { viewerHasFlagged } }";
    for (who, told) in [(&stage.member, true), (&stage.allowed().await, false)] {
        let seen = who.run(document, json!({ "id": thread })).await;
        assert_eq!(seen["thread"]["viewerHasFlagged"], told);
    }
}

fn is_refused(answer: &Answer) {
    assert_eq!(
        (answer.status, &answer.body["error"]),
        (400, &json!("invalid_grant"))
    );
}

#[tokio::test]
async fn an_app_reads_and_speaks_for_whoever_allowed_it_until_he_takes_it_back() {
    let stage = Stage::new().await;
    let members = stage.forum.open_discussion(&stage.member, "MEMBERS").await;
    let answer = stage.decided(stage.request(), true).await;
    assert_eq!(answer["state"], "a b");
    assert_eq!(answer["iss"], "http://127.0.0.1:8080");
    assert_eq!(answer["of"], "us");
    let given = stage.uses(&answer["code"]).await;
    assert_eq!(
        given.body["scope"],
        "threads:read threads:write events:read"
    );
    let app = stage.with(&given);
    let input = json!({ "threadId": members, "body": "Said by an app" });
    let selection = "post { author { name } }";
    let added = app.done("addPost", input, selection).await;
    assert_eq!(added["post"]["author"]["name"], "The expert");
    let seen = app
        .run("{ viewer { client { name } account { id } } }", json!({}))
        .await;
    assert_eq!(
        seen["viewer"],
        json!({ "client": { "name": "The pen" }, "account": null })
    );

    let watch = "subscription($id: ID!) { threadEvents(threadId: $id) { cursor } }";
    let mut watch = app.watch(watch, json!({ "id": members })).await;
    let list = "{ viewer { account { consents { id appName scopes lastUsedAt } } } }";
    let mut listed = stage.person.run(list, json!({})).await;
    let consent = listed["viewer"]["account"]["consents"][0].take();
    assert_eq!(consent["appName"], "The pen");
    assert!(consent["lastUsedAt"].is_string());
    let revoke = json!({ "consent": consent["id"] });
    assert_eq!(
        stage.member.refused("revokeConsent", revoke.clone()).await,
        "NOT_FOUND"
    );
    stage.person.done("revokeConsent", revoke, "").await;
    assert_eq!(watch.end().await, "4403");
    assert!(!is_good(&app).await);
    is_refused(&stage.renews(&given, "").await);
}

#[tokio::test]
async fn what_is_done_in_confidence_never_goes_through_an_app() {
    let stage = Stage::new().await;
    let own = stage.forum.open_concern(&stage.person).await;
    let app = stage.allowed().await;
    let read = "query($id: ID!) { thread(id: $id) { id } node(id: $id) { id } }";
    let seen = app.run(read, json!({ "id": own })).await;
    assert_eq!(seen, json!({ "thread": null, "node": null }));
    for act in ["addPost", "followThread"] {
        let mut input = json!({ "threadId": own });
        if act == "addPost" {
            input["body"] = json!("Heard?");
        }
        assert_eq!(app.refused(act, input).await, "NOT_FOUND", "{act}");
    }
    let mut concern = json!({
        "title": "A concern by an app", "body": "It is so.", "category": "DRG", "region": "PB",
    });
    assert_eq!(
        app.refused("raiseConcern", concern.clone()).await,
        "FORBIDDEN"
    );
    concern["audience"] = json!("PUBLIC");
    app.done("raiseConcern", concern, "").await;
    let inbox = "subscription { viewerEvents { cursor } }";
    let mut inbox = app.watch(inbox, json!({})).await;
    assert_eq!(inbox.end().await, "FORBIDDEN");
    for query in [
        "mutation { changePassword(input: { currentPassword: \"x\", newPassword: \"x\" }) { clientMutationId } }",
        "mutation { withdrawConcern(input: { threadId: \"x\" }) { clientMutationId } }",
        "mutation { deleteAccount(input: { password: \"x\", posts: KEEP }) { clientMutationId } }",
        "{ clients(organization: \"x\") { id } }",
    ] {
        assert_eq!(app.send(query, json!({})).await.status, 403, "{query}");
    }
    for path in ["/me/export.json", "/me/export.html"] {
        assert_eq!(app.get(path).await.status, 403, "{path}");
    }
}

#[tokio::test]
async fn a_code_is_good_once_and_using_it_again_ends_what_came_of_it() {
    let stage = Stage::new().await;
    let code = stage.code().await;
    let given = stage.uses(&code).await;
    let app = stage.with(&given);
    assert!(is_good(&app).await);
    is_refused(&stage.uses(&code).await);
    assert!(!is_good(&app).await);
    is_refused(&stage.renews(&given, "").await);
    // Another consent of his stands.
    assert!(is_good(&stage.allowed().await).await);
}

#[tokio::test]
async fn a_code_is_good_for_a_minute() {
    let stage = Stage::new().await;
    let (early, late) = (stage.code().await, stage.code().await);
    stage.forum.clock.advance(Duration::seconds(59));
    assert_eq!(stage.uses(&early).await.status, 200);
    stage.forum.clock.advance(Duration::seconds(1));
    is_refused(&stage.uses(&late).await);
}

#[tokio::test]
async fn a_code_is_good_for_its_app_its_address_and_its_verifier_alone() {
    let stage = Stage::new().await;
    let back = "https%3A%2F%2Fapp.example.org%2Fback%3Fof%3Dus";
    let other = format!("{}A", &VERIFIER[..VERIFIER.len() - 1]);
    for (code, back, verifier) in [
        (stage.code().await, back, other.as_str()),
        (stage.code().await, back, "short"),
        (
            stage.code().await,
            "https%3A%2F%2Fapp.example.org%2Fback",
            VERIFIER,
        ),
        ("mkc_unknown".to_owned(), back, VERIFIER),
    ] {
        let more = format!("&code={code}&redirect_uri={back}&code_verifier={verifier}");
        is_refused(&stage.asks("authorization_code", &more).await);
        // Whoever had it without the rest has lost it.
        is_refused(&stage.uses(&code).await);
    }
    let code = stage.code().await;
    let missing = stage
        .asks("authorization_code", &format!("&code={code}"))
        .await;
    assert_eq!(missing.body["error"], "invalid_request");
    let stranger = another_app(&stage).await;
    let mine = Stage {
        app: stranger,
        ..stage
    };
    is_refused(&mine.uses(&code).await);
}

#[tokio::test]
async fn what_renews_is_replaced_and_using_it_again_ends_everything() {
    let stage = Stage::new().await;
    let first = stage.uses(&stage.code().await).await;
    let second = stage.renews(&first, "").await;
    let narrow = stage.renews(&second, "&scope=threads:read").await;
    assert_eq!(narrow.body["scope"], "threads:read");
    let app = stage.with(&narrow);
    let wider = stage.renews(&narrow, "&scope=stats:read").await;
    assert_eq!(wider.body["error"], "invalid_scope");
    let add = "mutation { addPost(input: { threadId: \"x\", body: \"x\" }) { clientMutationId } }";
    let barred = app.send(add, json!({})).await;
    assert_eq!(barred.status, 403);
    let lacks = r#"Bearer error="insufficient_scope", scope="threads:write""#;
    assert_eq!(barred.header("www-authenticate"), lacks);
    is_refused(&stage.renews(&first, "").await);
    assert!(!is_good(&app).await);
    is_refused(&stage.renews(&narrow, "").await);
}

#[tokio::test]
async fn a_consent_that_is_not_renewed_ends_after_thirty_days() {
    let stage = Stage::new().await;
    let first = stage.uses(&stage.code().await).await;
    stage
        .forum
        .clock
        .advance(Duration::days(30) - Duration::seconds(1));
    let second = stage.renews(&first, "").await;
    assert_eq!(second.status, 200);
    stage.forum.clock.advance(Duration::days(30));
    is_refused(&stage.renews(&second, "").await);
}

#[tokio::test]
async fn an_app_that_asks_wrongly_is_told_and_one_that_is_not_known_is_not() {
    let stage = Stage::new().await;
    for (name, value, error) in [
        ("responseType", json!("token"), "unsupported_response_type"),
        ("responseType", Value::Null, "unsupported_response_type"),
        ("codeChallenge", Value::Null, "invalid_request"),
        ("codeChallenge", json!("short"), "invalid_request"),
        ("codeChallengeMethod", json!("plain"), "invalid_request"),
        ("codeChallengeMethod", Value::Null, "invalid_request"),
        ("scope", json!("stats:read"), "invalid_scope"),
        ("scope", json!("everything"), "invalid_scope"),
    ] {
        let mut request = stage.request();
        request[name] = value;
        let back = stage.decided(request, true).await;
        assert_eq!(back["error"], error, "{name}");
        assert!(!back.contains_key("code"));
        assert_eq!(back["state"], "a b");
    }
    let denied = stage.decided(stage.request(), false).await;
    assert_eq!(denied["error"], "access_denied");
    for (name, value) in [
        ("redirectUri", json!("https://app.example.org/back")),
        ("redirectUri", json!("https://evil.example.org/back?of=us")),
        ("clientId", stage.forum.thread_id_of_nothing()),
    ] {
        let mut request = stage.request();
        request[name] = value;
        let input = json!({ "request": request, "allow": true });
        let payload = stage
            .person
            .act("decideAuthorization", input, "redirectTo")
            .await;
        assert_eq!(payload["redirectTo"], Value::Null);
        assert_eq!(payload["userErrors"][0]["field"], json!([name]));
    }
}

#[tokio::test]
async fn what_is_asked_is_shown_to_whoever_is_asked() {
    let stage = Stage::new().await;
    let ask = "query($request: AuthorizationRequestInput!) { authorizationRequest(request: \
               $request) { appName organization { name } scopes redirectTo } }";
    let mut request = stage.request();
    request["scope"] = json!("threads:read");
    let visitor = stage.forum.visitor();
    let shown = visitor.run(ask, json!({ "request": request })).await;
    let expected = json!({
        "appName": "The pen", "organization": { "name": "An alliance" },
        "scopes": ["THREADS_READ"], "redirectTo": null,
    });
    assert_eq!(shown["authorizationRequest"], expected);
    request["redirectUri"] = json!("https://evil.example.org/");
    let refused = visitor.send(ask, json!({ "request": request })).await;
    assert_eq!(refused.code(), "BAD_USER_INPUT");
}

#[tokio::test]
async fn nobody_lets_an_app_act_for_an_office_or_for_another() {
    let stage = Stage::new().await;
    let input = json!({ "request": stage.request(), "allow": true });
    let officer = stage.forum.sign_in("officer").await;
    assert_eq!(
        officer.refused("decideAuthorization", input.clone()).await,
        "FORBIDDEN"
    );
    let query = "mutation($input: DecideAuthorizationInput!) { decideAuthorization(input: \
                 $input) { redirectTo } }";
    let visitor = stage
        .forum
        .visitor()
        .send(query, json!({ "input": input }))
        .await;
    assert_eq!(visitor.code(), "UNAUTHENTICATED");
    let app = stage.allowed().await;
    assert_eq!(app.send(query, json!({ "input": input })).await.status, 403);
}

#[tokio::test]
async fn addresses_that_cannot_be_registered_are_named() {
    let stage = Stage::new().await;
    let of =
        "query($id: ID!) { node(id: $id) { ... on Client { redirectUris organization { id } } } }";
    let of = stage.member.run(of, json!({ "id": stage.app.id })).await;
    assert_eq!(of["node"]["redirectUris"], json!([BACK]));
    let create = |uris: Vec<String>| {
        json!({
            "organization": of["node"]["organization"]["id"], "name": "An app",
            "scopes": ["THREADS_READ"], "redirectUris": uris,
        })
    };
    let many = |n: usize| (0..n).map(|n| format!("https://example.org/{n}")).collect();
    let bad = create(vec!["http://example.org/".to_owned()]);
    assert_eq!(stage.member.refused("createClient", bad).await, "INVALID");
    let eleven = create(many(11));
    assert_eq!(
        stage.member.refused("createClient", eleven).await,
        "TOO_MANY"
    );
    stage
        .member
        .done("createClient", create(many(10)), "")
        .await;
}

#[tokio::test]
async fn what_renews_is_given_back_with_all_that_came_of_it() {
    let stage = Stage::new().await;
    let given = stage.uses(&stage.code().await).await;
    let (app, other) = (stage.with(&given), stage.allowed().await);
    let App { id, secret } = &stage.app;
    let renewal = given.body["refresh_token"].as_str().unwrap();
    let stranger = another_app(&stage).await;
    let theirs = stranger.asks(&format!("&token={renewal}"));
    assert_eq!(
        post(&stage.forum, "/oauth/revoke", &theirs).await.status,
        200
    );
    assert!(is_good(&app).await, "it was not theirs to give back");
    let form = format!("client_id={id}&client_secret={secret}&token={renewal}");
    assert_eq!(post(&stage.forum, "/oauth/revoke", &form).await.status, 200);
    assert!(!is_good(&app).await);
    is_refused(&stage.renews(&given, "").await);
    assert!(is_good(&other).await);
}

#[tokio::test]
async fn a_new_password_takes_back_what_apps_were_allowed() {
    let stage = Stage::new().await;
    let app = stage.allowed().await;
    let change = json!({
        "currentPassword": mukalma_tests::PASSWORD, "newPassword": "another horse, another battery",
    });
    stage.person.done("changePassword", change, "").await;
    assert!(!is_good(&app).await);
    let list = "{ viewer { account { consents { id } } } }";
    let listed = stage.person.run(list, json!({})).await;
    assert_eq!(listed["viewer"]["account"]["consents"], json!([]));
}
