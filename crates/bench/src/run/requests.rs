//! The requests of each workload, to the floor and to the server.

use super::subjects::{Subject, Subjects};
use super::{Side, Workload};
use crate::clock::micros;
use crate::http::{once, request};
use crate::load::UNIQUE;
use crate::prepare::PASSWORD;
use crate::watch::{Greeting, STAMP, WatchPlan};
use anyhow::Context as _;
use api::schema::global_id::{Kind, encode};
use serde_json::{Value, json};
use std::net::SocketAddr;
use uuid::Uuid;

const THREAD: &str = include_str!("../../documents/thread.graphql");
const THREADS: &str = include_str!("../../documents/threads.graphql");
const ADD_POST: &str = include_str!("../../documents/add_post.graphql");
const THREAD_EVENTS: &str = include_str!("../../documents/thread_events.graphql");
const DESK: &str = include_str!("../../documents/desk.graphql");
const QUEUE: &str = include_str!("../../documents/queue.graphql");
const STATISTICS: &str = include_str!("../../documents/statistics.graphql");
const MODERATE: &str = include_str!("../../documents/moderate.graphql");
const SIGN_IN: &str = include_str!("../../documents/sign_in.graphql");
const THREAD_ID: &str = include_str!("../../documents/thread_id.graphql");

/// By what figures are put together.
const FIGURES_BY: [&str; 4] = ["AGENCY", "CATEGORY", "REGION", "MONTH"];

/// What both sides need to be asked.
#[derive(Debug)]
pub(super) struct Requests {
    subjects: Subjects,
    /// Sessions of the server.
    tokens: Vec<String>,
    /// The session of whoever holds an office.
    officer: String,
    /// The session of a moderator, if the queue is asked for.
    moderator: Option<String>,
    /// The months that figures are shown of.
    months: [String; 2],
    /// The server's ids of the threads that are posted to.
    posted_to: Vec<String>,
    /// The server's id of the thread that is watched.
    watched: String,
}

impl Requests {
    /// Signs in and asks for the ids that the server gives to threads.
    pub(super) async fn new(server: SocketAddr, subjects: Subjects) -> anyhow::Result<Self> {
        let mut tokens = Vec::new();
        for login in &subjects.logins {
            tokens.push(sign_in(server, login).await?);
        }
        let officer = sign_in(server, &subjects.officer).await?;
        let moderator = match &subjects.moderator {
            Some(login) => Some(sign_in(server, login).await?),
            None => None,
        };
        let months = "{ statistics(by: MONTH) { fromMonth toMonth } }";
        let answer = ask(server, None, months, &json!({})).await?;
        let month = |name: &str| {
            let month = answer.pointer(&format!("/data/statistics/{name}"));
            month.and_then(Value::as_str).map(str::to_owned)
        };
        let months = month("fromMonth").zip(month("toMonth"));
        let (from, to) = months.with_context(|| format!("no figures: {answer}"))?;
        let mut posted_to = Vec::new();
        for subject in &subjects.posted_to {
            posted_to.push(server_id(server, &tokens[0], subject).await?);
        }
        let watched = server_id(server, &tokens[0], &subjects.watched).await?;
        Ok(Self {
            subjects,
            tokens,
            officer,
            moderator,
            months: [from, to],
            posted_to,
            watched,
        })
    }

    /// The requests of a workload, to be sent in turn.
    pub(super) fn of(&self, workload: Workload, side: Side) -> Vec<String> {
        match (workload, side) {
            (Workload::Page, Side::Floor) => floor_pages(&self.subjects.pages),
            (Workload::PublicPage, Side::Floor) => floor_pages(&self.subjects.public_pages),
            (Workload::Page, Side::Ours) => self.pages(&self.subjects.pages, true),
            (Workload::PublicPage, Side::Ours) => self.pages(&self.subjects.public_pages, false),
            (Workload::List, Side::Floor) => {
                vec![request(
                    "GET",
                    "/w2?category=DRG&state=ANSWERED",
                    None,
                    None,
                    "",
                )]
            }
            (Workload::List, Side::Ours) => self
                .tokens
                .iter()
                .map(|token| graphql(Some(token), THREADS, &json!({})))
                .collect(),
            (Workload::Desk, Side::Floor) => {
                let path = format!("/desk?agency={}", self.subjects.agency);
                vec![request("GET", &path, None, None, "")]
            }
            (Workload::Desk, Side::Ours) => vec![graphql(Some(&self.officer), DESK, &json!({}))],
            (Workload::Queue, Side::Floor) => vec![request("GET", "/queue", None, None, "")],
            (Workload::Queue, Side::Ours) => {
                vec![graphql(self.moderator.as_deref(), QUEUE, &json!({}))]
            }
            (Workload::Statistics, Side::Floor) => {
                let [from, to] = &self.months;
                let path = |by| format!("/statistics?by={by}&from={from}&to={to}");
                let all = FIGURES_BY.iter();
                all.map(|by| request("GET", &path(by), None, None, ""))
                    .collect()
            }
            (Workload::Statistics, Side::Ours) => FIGURES_BY
                .iter()
                .map(|by| {
                    graphql(
                        self.tokens.first().map(String::as_str),
                        STATISTICS,
                        &json!({ "by": by }),
                    )
                })
                .collect(),
            (Workload::AddPost, Side::Floor) => self
                .subjects
                .posted_to
                .iter()
                .zip(self.subjects.personas.iter().cycle())
                .map(|(thread, persona)| {
                    let path = format!("/w3?id={}&persona={persona}", thread.id);
                    request("POST", &path, Some("text/plain"), None, &post_text())
                })
                .collect(),
            (Workload::AddPost, Side::Ours) => self
                .posted_to
                .iter()
                .zip(self.tokens.iter().cycle())
                .map(|(thread, token)| add_post(token, thread))
                .collect(),
        }
    }

    /// What the moderator does to a thread, with a reason that fits.
    pub(super) fn moderate(&self, thread: Uuid, (act, reason): (&str, &str)) -> String {
        let input = json!({
            "subjectId": encode(Kind::Thread, thread),
            "act": act,
            "reason": reason,
            "text": "It was heated for a while, and everybody may come to himself first.",
            "clientMutationId": key(),
        });
        let variables = json!({ "input": input });
        graphql(self.moderator.as_deref(), MODERATE, &variables)
    }

    /// Who moderates, by his login.
    pub(super) fn moderator(&self) -> anyhow::Result<&str> {
        let moderator = self.subjects.moderator.as_deref();
        moderator.context("the forum has no moderator")
    }

    /// The body of a request for a thread page.
    pub(super) fn page_body(&self) -> anyhow::Result<String> {
        let page = self.subjects.pages.first().context("a page")?;
        Ok(body(THREAD, &json!({ "reference": page.reference })))
    }

    /// Who watches what, and how a post reaches them.
    pub(super) fn watch_plan(&self, side: Side, http: SocketAddr, watch: SocketAddr) -> WatchPlan {
        match side {
            Side::Floor => WatchPlan {
                watch,
                path: "/".to_owned(),
                greeting: None,
                post: http,
                request: request("POST", "/w4", Some("text/plain"), None, &event_text()),
            },
            Side::Ours => {
                let init = self.tokens.iter().map(|token| {
                    let authorization = format!("Bearer {token}");
                    json!({
                        "type": "connection_init",
                        "payload": { "authorization": authorization },
                    })
                    .to_string()
                });
                let subscribe = json!({
                    "type": "subscribe",
                    "id": "1",
                    "payload": { "query": THREAD_EVENTS, "variables": { "id": self.watched } },
                });
                WatchPlan {
                    watch,
                    path: "/graphql/ws".to_owned(),
                    greeting: Some(Greeting {
                        init: init.collect(),
                        subscribe: subscribe.to_string(),
                    }),
                    post: http,
                    request: add_post(&self.tokens[0], &self.watched),
                }
            }
        }
    }

    fn pages(&self, of: &[Subject], signed_in: bool) -> Vec<String> {
        of.iter()
            .zip(self.tokens.iter().cycle())
            .map(|(subject, token)| {
                let token = signed_in.then_some(token.as_str());
                graphql(token, THREAD, &json!({ "reference": subject.reference }))
            })
            .collect()
    }
}

fn floor_pages(of: &[Subject]) -> Vec<String> {
    of.iter()
        .map(|subject| request("GET", &format!("/w1?id={}", subject.id), None, None, ""))
        .collect()
}

fn graphql(token: Option<&str>, document: &str, variables: &Value) -> String {
    let body = body(document, variables);
    request("POST", "/graphql", Some("application/json"), token, &body)
}

fn body(document: &str, variables: &Value) -> String {
    json!({ "query": document, "variables": variables }).to_string()
}

fn add_post(token: &str, thread: &str) -> String {
    let input = json!({
        "threadId": thread,
        "body": post_text(),
        "clientMutationId": key(),
    });
    graphql(Some(token), ADD_POST, &json!({ "input": input }))
}

/// A key with room for a number. Another round counts its moments anew, and a key
/// that was used is not used again.
fn key() -> String {
    format!("bench-{:x}-{UNIQUE}", micros())
}

/// About as long as the posts of the seeded forum.
fn post_text() -> String {
    format!(
        "{STAMP}{UNIQUE} Students at the college do not know which office is responsible. \
         The online form should accept a complaint without an identity card."
    )
}

/// As many bytes as the server sends for such a post.
fn event_text() -> String {
    let id = "0123456789abcdef".repeat(3);
    json!({
        "id": "1",
        "type": "next",
        "payload": { "data": { "threadEvents": {
            "__typename": "PostAdded",
            "cursor": format!("{id}{id}"),
            "post": { "id": id, "body": post_text(), "author": { "name": "Seed member 00001" } },
        } } },
    })
    .to_string()
}

/// Sends one document and returns the answer, which must have data.
async fn ask(
    server: SocketAddr,
    token: Option<&str>,
    document: &str,
    variables: &Value,
) -> anyhow::Result<Value> {
    let answer = once(server, &graphql(token, document, variables)).await?;
    Ok(serde_json::from_str(&answer)?)
}

/// The token of somebody's new session.
async fn sign_in(server: SocketAddr, login: &str) -> anyhow::Result<String> {
    let input = json!({ "input": { "login": login, "password": PASSWORD } });
    let answer = ask(server, None, SIGN_IN, &input).await?;
    answer
        .pointer("/data/signIn/session/token")
        .and_then(Value::as_str)
        .map(str::to_owned)
        .with_context(|| format!("{login} could not sign in: {answer}"))
}

async fn server_id(server: SocketAddr, token: &str, subject: &Subject) -> anyhow::Result<String> {
    let variables = json!({ "reference": subject.reference });
    let answer = ask(server, Some(token), THREAD_ID, &variables).await?;
    answer
        .pointer("/data/thread/id")
        .and_then(Value::as_str)
        .map(str::to_owned)
        .with_context(|| format!("the server does not show {}: {answer}", subject.reference))
}

/// Checks that the server answers a page with as many posts as the floor:
/// otherwise the comparison would be of different work.
pub(super) async fn check_same_work(
    requests: &Requests,
    floor: SocketAddr,
    server: SocketAddr,
) -> anyhow::Result<()> {
    let pairs = requests
        .of(Workload::Page, Side::Floor)
        .into_iter()
        .zip(requests.of(Workload::Page, Side::Ours));
    for (floor_request, server_request) in pairs.step_by(128) {
        let floor: Value = serde_json::from_str(&once(floor, &floor_request).await?)?;
        let server: Value = serde_json::from_str(&once(server, &server_request).await?)?;
        let count =
            |answer: &Value, at: &str| answer.pointer(at).and_then(Value::as_array).map(Vec::len);
        // The floor shows posts whatever moderators decided, so it may show
        // a few more.
        let (most, shown) = (
            count(&floor, "/posts").context("the floor shows no posts")?,
            count(&server, "/data/thread/posts/nodes")
                .with_context(|| format!("the server shows no posts: {server}"))?,
        );
        anyhow::ensure!(
            shown <= most && shown + 3 >= most,
            "the floor shows {most} posts of a page and the server {shown}"
        );
        anyhow::ensure!(
            count(&floor, "/responses") == count(&server, "/data/thread/responses"),
            "the floor and the server show different answers: {server}"
        );
    }
    Ok(())
}
