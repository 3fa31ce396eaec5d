//! What people write and what they are known by is nowhere but in the
//! answers of those who may read it.

use std::io::{self, Write};
use std::sync::{Mutex, OnceLock, PoisonError};

use mukalma_tests::{Client, PASSWORD, TestForum};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, fmt};

/// All that was logged by this test program: logging is the process's.
static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct IntoLog;

impl Write for IntoLog {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut log = LOG.lock().unwrap_or_else(PoisonError::into_inner);
        log.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn log() -> String {
    let log = LOG.lock().unwrap_or_else(PoisonError::into_inner);
    String::from_utf8_lossy(&log).into_owned()
}

/// As much as the server can be told to log: everything of our crates, and
/// the libraries' warnings.
fn keep_log() {
    static KEPT: OnceLock<()> = OnceLock::new();
    KEPT.get_or_init(|| {
        let all = Targets::new()
            .with_default(LevelFilter::WARN)
            .with_target("mukalma", LevelFilter::TRACE)
            .with_target("server", LevelFilter::TRACE);
        let lines = fmt::layer()
            .with_writer(|| IntoLog)
            .with_ansi(false)
            .with_span_events(FmtSpan::FULL);
        tracing_subscriber::registry()
            .with(lines.with_filter(all))
            .init();
    });
}

/// Texts that occur nowhere else, by what they are.
struct Canaries(Vec<(String, String)>);

impl Canaries {
    fn new() -> Self {
        Self(Vec::new())
    }

    /// Makes one.
    fn make(&mut self, what: &str) -> String {
        let text = format!("canary{}x{}", self.0.len(), what.replace(' ', ""));
        self.keep(what, &text);
        text
    }

    /// Keeps what the server made.
    fn keep(&mut self, what: &str, text: &str) {
        assert!(text.len() > 8, "{what} is too short to be told from others");
        self.0.push((what.to_owned(), text.to_owned()));
    }

    fn assert_none_in(&self, place: &str, text: &str) {
        let low = text.to_lowercase();
        for (what, canary) in &self.0 {
            assert!(
                !low.contains(&canary.to_lowercase()),
                "{what} is in {place}:\n{text}"
            );
        }
    }

    /// Those but of these kinds.
    fn without(&self, whats: &[&str]) -> Self {
        let left = self
            .0
            .iter()
            .filter(|(what, _)| !whats.contains(&what.as_str()));
        Self(left.cloned().collect())
    }
}

/// Somebody new of whom everything is a canary.
async fn register(forum: &TestForum, canaries: &mut Canaries) -> (Client, String) {
    let login = canaries.make("login").to_lowercase();
    let password = format!("{} vexing jumbled quartz", canaries.make("password"));
    let email = format!("{}@forum.example", canaries.make("address"));
    let input = json!({
        "login": login,
        "displayName": canaries.make("display name"),
        "password": password,
        "email": email,
        "constituency": "CIVIL_SOCIETY",
    });
    let selection = "recoveryCodes session { token }";
    let made = forum
        .visitor()
        .done("registerAccount", input, selection)
        .await;
    for code in made["recoveryCodes"].as_array().unwrap() {
        canaries.keep("recovery code", code.as_str().unwrap());
    }
    let token = made["session"]["token"].as_str().unwrap();
    canaries.keep("token", token);
    let client = Client::new(forum.address, Some(token.to_owned()));
    let code = mailed_code(forum).await;
    canaries.keep("confirming code", &code);
    let confirm = json!({ "email": email, "code": code });
    client.done("confirmEmail", confirm, "").await;
    (client, login)
}

/// The code of the next mail. It is sent after the answer.
async fn mailed_code(forum: &TestForum) -> String {
    loop {
        let mail = forum.mailbox.take().pop();
        let text = mail.map(|mail| mail.text).unwrap_or_default();
        let mut lines = text.lines().map(str::trim);
        if let Some(code) = lines.find(|line| line.contains('-') && !line.contains(' ')) {
            return code.to_owned();
        }
        tokio::task::yield_now().await;
    }
}

/// A confidential concern, full of canaries, at the desk of `officer`.
async fn raise(forum: &TestForum, raiser: &Client, canaries: &mut Canaries) -> Value {
    let input = json!({
        "title": canaries.make("title"),
        "body": canaries.make("body"),
        "facts": canaries.make("facts"),
        "category": "DRG",
        "region": "PB",
        "onBehalfOf": { "consent": canaries.make("consent"), "consentUntil": "2026-01-31" },
        "clientMutationId": canaries.make("key"),
    });
    let raised = raiser
        .done("raiseConcern", input, "thread { id reference } receipt")
        .await;
    canaries.keep("receipt", raised["receipt"].as_str().unwrap());
    canaries.keep("reference", raised["thread"]["reference"].as_str().unwrap());
    let id = raised["thread"]["id"].clone();
    forum
        .sign_in("moderator")
        .await
        .done("releaseThread", json!({ "threadId": id }), "")
        .await;
    id
}

/// All that somebody can ask for.
const ALL: &str = "query($id: ID!) { \
    thread(id: $id) { title body caseFacts reference author { name } posts { nodes { body author { name } } } \
      responses { body } accessLedger { opened office { name } } } \
    node(id: $id) { id ... on Thread { title body } } \
    nodes(ids: [$id]) { id } \
    threads(first: 30) { totalCount nodes { title body reference author { name } posts(first: 3) { nodes { body } } } } \
    oldest: threads(last: 30) { nodes { title body } } \
    agencies { name offices { name } } \
    viewer { account { login email displayName sessions { label } } } }";

/// The office commits itself, and the raiser does not believe it.
async fn commit(civil: &Client, officer: &Client, id: &Value, canaries: &mut Canaries) {
    let due = "2025-12-24";
    let input = json!({
        "threadId": id, "statement": canaries.make("statement"), "dueOn": due,
        "milestones": [{ "statement": canaries.make("milestone"), "dueOn": due }],
    });
    let made = officer
        .done("makeCommitment", input, "commitment { id }")
        .await;
    let id = &made["commitment"]["id"];
    let url = format!("https://a.example/{}", canaries.make("evidence"));
    let evidence = json!([{ "url": url, "description": canaries.make("description") }]);
    let report = json!({
        "commitmentId": id, "note": canaries.make("note"), "percent": 100, "evidence": evidence,
    });
    officer.done("reportProgress", report, "").await;
    let contest = json!({ "commitmentId": id, "reason": canaries.make("doubt") });
    civil.done("contestCommitment", contest, "").await;
}

#[tokio::test]
async fn what_people_write_is_in_no_log_and_no_other_readers_answer() {
    keep_log();
    let metrics = server::telemetry::start_metrics().unwrap();
    let forum = TestForum::new().await;
    let mut canaries = Canaries::new();
    let (civil, login) = register(&forum, &mut canaries).await;
    let id = raise(&forum, &civil, &mut canaries).await;
    let officer = forum.sign_in("officer").await;
    let youth = forum.sign_in("youth").await;
    let live = "subscription { viewerEvents { __typename ... on PostAdded { post { body } thread { title } } } }";
    let public = forum.open_discussion(&civil, "PUBLIC").await;
    let mut watch = youth.watch(live, json!({})).await;
    youth
        .done("followThread", json!({ "threadId": public }), "")
        .await;

    // The concern lives its life.
    officer
        .done("acknowledgeConcern", json!({ "threadId": id }), "")
        .await;
    for (who, what) in [(&officer, "question"), (&civil, "post")] {
        let body = canaries.make(what);
        who.done("addPost", json!({ "threadId": id, "body": body }), "")
            .await;
    }
    let outcome = json!({ "noFurtherAction": { "reason": canaries.make("reason") } });
    let answer = json!({ "threadId": id, "body": canaries.make("answer"), "outcome": outcome });
    officer.done("respondToConcern", answer, "").await;
    commit(&civil, &officer, &id, &mut canaries).await;
    let verdict = json!({
        "threadId": id, "verdict": "PARTIAL", "comment": canaries.make("comment"),
    });
    civil.done("giveVerdict", verdict, "").await;
    provoke(&forum, &civil, &login, &id, &mut canaries).await;

    // Those whom it does not concern see nothing of it, live or asked for.
    let visible = json!({ "threadId": public, "body": "For everybody" });
    forum
        .sign_in("moderator")
        .await
        .done("addPost", visible, "")
        .await;
    let seen = watch.next().await;
    assert_eq!(
        seen["viewerEvents"]["post"]["body"], "For everybody",
        "{seen}"
    );
    // The raiser also speaks in public, under the name that is shown there.
    let of_others = canaries.without(&["display name"]);
    for login in [
        "visitor",
        "youth",
        "expert",
        "colleague",
        "oversight",
        "admin",
    ] {
        let reader = match login {
            "visitor" => forum.visitor(),
            login => forum.sign_in(login).await,
        };
        let answer = reader.send(ALL, json!({ "id": id })).await;
        assert!(answer.body["errors"].is_null(), "{}", answer.body);
        of_others.assert_none_in(&format!("the answer of {login}"), &answer.body.to_string());
    }
    // The desk reads the concern, and nothing more of who raised it than the
    // name.
    let answer = officer.send(ALL, json!({ "id": id })).await;
    assert!(
        answer.body.to_string().contains("xfacts"),
        "{}",
        answer.body
    );
    let of_concern = [
        "display name",
        "title",
        "body",
        "facts",
        "reference",
        "question",
        "post",
        "reason",
        "answer",
        "comment",
    ];
    let known = canaries.without(&of_concern);
    known.assert_none_in("the answer of the officer", &answer.body.to_string());

    // The log is kept: that a statement was refused is in it.
    assert!(log().contains("a use case failed"), "{}", log());
    canaries.assert_none_in("the log", &log());
    canaries.assert_none_in("the metrics", &metrics.render());
}

/// Has everything fail that can, with canaries in what is sent; looks into
/// each answer.
async fn provoke(
    forum: &TestForum,
    civil: &Client,
    login: &str,
    id: &Value,
    canaries: &mut Canaries,
) {
    let visitor = forum.visitor();
    // Wrong passwords, codes and tokens.
    let sign_in = json!({ "login": login, "password": canaries.make("wrong password") });
    let payload = visitor.act("signIn", sign_in, "").await;
    canaries.assert_none_in("the answer to a wrong password", &payload.to_string());
    let reset = json!({
        "login": login, "code": canaries.make("wrong code"),
        "password": format!("{} vexing jumbled quartz", canaries.make("new password")),
    });
    let payload = visitor.act("resetPassword", reset, "").await;
    canaries.assert_none_in("the answer to a wrong code", &payload.to_string());
    let nobody = Client::new(forum.address, Some(canaries.make("wrong token")));
    let answer = nobody.send("{ viewer { language } }", json!({})).await;
    canaries.assert_none_in("the answer to a wrong token", &answer.body.to_string());
    // A login that is taken says no more of who has it.
    let taken = json!({
        "login": login, "displayName": "Another", "password": PASSWORD, "constituency": "EXPERT",
    });
    let payload = visitor.act("registerAccount", taken, "").await;
    assert_eq!(payload["userErrors"][0]["code"], "TAKEN");
    canaries.assert_none_in("the answer to a login that is taken", &payload.to_string());
    // A mailed code is in the mail and nowhere else.
    let request = json!({ "loginOrEmail": login });
    let payload = visitor
        .act("requestPasswordReset", request, "accepted")
        .await;
    canaries.assert_none_in("the answer to a request for a code", &payload.to_string());
    canaries.keep("mailed code", &mailed_code(forum).await);
    // A text that is refused is not repeated.
    let body = format!("{}\u{0}", canaries.make("refused text"));
    let payload = civil
        .act("addPost", json!({ "threadId": id, "body": body }), "")
        .await;
    canaries.assert_none_in("the answer to a bad text", &payload.to_string());
    // A document that cannot be read, or names what is not there, is its
    // sender's alone: it is answered to him, and not logged.
    for document in [
        "{ FIELD }",
        "{ viewer { FIELD } }",
        "query FIELD { ",
        "{ node(id: \"FIELD\") { FIELD } }",
    ] {
        let document = document.replace("FIELD", &canaries.make("document"));
        civil.send(&document, json!({})).await;
    }
    // The database refuses what it is given, quoting it.
    let broken = forum.database.connect().await;
    let (refuse, allow) = if forum.database.is_postgres() {
        (
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
             RAISE EXCEPTION 'not this: %', NEW.body USING ERRCODE = '23514'; END $$; \
             CREATE TRIGGER refuse BEFORE INSERT ON post FOR EACH ROW EXECUTE FUNCTION refuse()",
            "DROP TRIGGER refuse ON post",
        )
    } else {
        (
            "CREATE TRIGGER refuse BEFORE INSERT ON post \
             BEGIN SELECT RAISE(ABORT, 'not this: ' || NEW.body); END",
            "DROP TRIGGER refuse",
        )
    };
    broken.execute_unprepared(refuse).await.unwrap();
    let body = canaries.make("text in a refused statement");
    let add = "mutation($input: AddPostInput!) { addPost(input: $input) { post { id } } }";
    let answer = civil
        .send(add, json!({ "input": { "threadId": id, "body": body } }))
        .await;
    assert_eq!(answer.code(), "INTERNAL", "{}", answer.body);
    canaries.assert_none_in(
        "the answer to a refused statement",
        &answer.body.to_string(),
    );
    broken.execute_unprepared(allow).await.unwrap();
}
