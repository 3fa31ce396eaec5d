//! Partner apps: how they come by a token, and how little it is good for.

mod consent;
mod live;
mod manage;
mod scopes;
mod token;

use mukalma_tests::{Answer, Client, TestForum};
use serde_json::{Value, json};

/// The scopes that an app asks for in most tests.
const READING: [&str; 2] = ["THREADS_READ", "EVENTS_READ"];

/// An app with its credentials.
struct App {
    id: String,
    secret: String,
}

impl App {
    /// An app that somebody makes for an organization.
    async fn of(member: &Client, organization: &Value, scopes: &[&str]) -> Self {
        let input = json!({ "organization": organization, "name": "An app", "scopes": scopes });
        let made = member.done("createClient", input, SHOWN).await;
        Self::shown(&made)
    }

    fn shown(made: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Self {
            id: text(&made["client"]["id"]),
            secret: text(&made["secret"]),
        }
    }

    /// The form of a request for a token.
    fn asks(&self, more: &str) -> String {
        let Self { id, secret } = self;
        format!("grant_type=client_credentials&client_id={id}&client_secret={secret}{more}")
    }

    /// The same app with a token.
    async fn sign_in(&self, forum: &TestForum) -> Client {
        let answer = post(forum, "/oauth/token", &self.asks("")).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        Client::new(forum.address, Some(token_in(&answer)))
    }
}

const SHOWN: &str = "client { id } secret";

fn token_in(answer: &Answer) -> String {
    answer.body["access_token"].as_str().unwrap().to_owned()
}

/// An accredited organization of this member's.
async fn organization(forum: &TestForum, member: &Client) -> Value {
    let asks = json!({ "name": "An alliance" });
    let mut asked = member
        .done("requestAccreditation", asks, "organization { id }")
        .await;
    let id = asked["organization"]["id"].take();
    decide(forum, &id, "APPROVED").await;
    id
}

async fn decide(forum: &TestForum, organization: &Value, accreditation: &str) {
    let input = json!({
        "organization": organization, "accreditation": accreditation, "reason": "So it is.",
    });
    let admin = forum.sign_in("admin").await;
    admin.done("decideAccreditation", input, "").await;
}

/// A forum, a member of an accredited organization, and an app of its.
async fn stage(scopes: &[&str]) -> (TestForum, Client, App) {
    let forum = TestForum::new().await;
    let member = forum.sign_in("civil").await;
    let organization = organization(&forum, &member).await;
    let app = App::of(&member, &organization, scopes).await;
    (forum, member, app)
}

/// Sends a form.
async fn post(forum: &TestForum, path: &str, form: &str) -> Answer {
    post_as(forum, path, form, None).await
}

/// Sends a form with id and secret by HTTP Basic.
async fn post_as(forum: &TestForum, path: &str, form: &str, basic: Option<(&str, &str)>) -> Answer {
    let mut request = reqwest::Client::new()
        .post(format!("http://{}{path}", forum.address))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form.to_owned());
    if let Some((id, secret)) = basic {
        request = request.basic_auth(id, Some(secret));
    }
    answered(request).await
}

async fn answered(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = response.bytes().await.unwrap();
    Answer {
        status,
        headers,
        body: serde_json::from_slice(&body).unwrap_or(Value::Null),
    }
}

/// Whether a token is good.
async fn is_good(client: &Client) -> bool {
    let answer = client.send("{ __typename }", json!({})).await;
    assert!(answer.status == 200 || answer.status == 401);
    answer.status == 200
}
