//! A forum in which every mutation has something to act on, and what its
//! database holds.

use std::fmt::Write as _;

use mukalma_tests::{Client, PASSWORD, TestForum};
use sea_orm::DbBackend;
use serde_json::{Value, json};

use crate::cases::introspect::{Schema, rows};

/// Who acts, and on what.
pub(super) struct Stage {
    pub(super) civil: Client,
    pub(super) youth: Client,
    pub(super) officer: Client,
    pub(super) oversight: Client,
    pub(super) moderator: Client,
    pub(super) admin: Client,
    pub(super) visitor: Client,
    /// A discussion of `civil`.
    pub(super) thread: Value,
    /// A post of `civil` in it.
    pub(super) post: Value,
    /// Another discussion of `civil` with the same readers.
    pub(super) elsewhere: Value,
    /// A concern of `civil` that `officer` has acknowledged.
    pub(super) acknowledged: Value,
    /// A concern of `civil` that `officer` has answered.
    pub(super) answered: Value,
    /// A concern of `civil` that members read.
    pub(super) open: Value,
    /// A first thread of somebody, not released.
    pub(super) held: Value,
    /// An organization that `civil` asked for.
    pub(super) organization: Value,
    /// An agency, and an office of it.
    pub(super) agency: Value,
    pub(super) office: Value,
    pub(super) circle: Value,
    pub(super) civil_account: Value,
    pub(super) youth_account: Value,
    pub(super) officer_account: Value,
    /// As whom `youth` speaks.
    pub(super) youth_author: Value,
    /// The session of `civil`.
    pub(super) session: Value,
}

impl Stage {
    pub(super) async fn set(forum: &TestForum) -> Self {
        let [civil, youth, officer, oversight, moderator, admin] = [
            forum.sign_in("civil").await,
            forum.sign_in("youth").await,
            forum.sign_in("officer").await,
            forum.sign_in("oversight").await,
            forum.sign_in("moderator").await,
            forum.sign_in("admin").await,
        ];
        let thread = forum.open_discussion(&civil, "MEMBERS").await;
        let elsewhere = forum.open_discussion(&civil, "MEMBERS").await;
        let input = json!({ "threadId": thread, "body": "Said" });
        let mut added = civil.done("addPost", input, "post { id }").await;
        let acknowledged = acknowledged(forum, &civil, &officer).await;
        let answered = answered(forum, &civil, &officer).await;
        let held = held(forum).await;
        let input = json!({
            "title": "A concern", "body": "x", "category": "DRG", "region": "PB",
            "audience": "MEMBERS",
        });
        let mut open = civil.done("raiseConcern", input, "thread { id }").await;
        let input = json!({ "name": "Friends of the Court" });
        let mut asked = civil
            .done("requestAccreditation", input, "organization { id }")
            .await;
        let input = json!({ "code": "WOMEN", "nameEn": "Women", "nameUr": "خواتین" });
        let mut circle = admin.done("createCircle", input, "circle { id }").await;
        let document = "{ viewer { account { id author { id } sessions { id } } } }";
        let account = async |client: &Client| {
            client.run(document, json!({})).await["viewer"]["account"].take()
        };
        let (mut of_civil, mut of_youth) = (account(&civil).await, account(&youth).await);
        let mut of_officer = account(&officer).await;
        Self {
            visitor: forum.visitor(),
            agency: forum.agency("POL_PB").await,
            office: forum.office("POL_PB").await,
            open: open["thread"]["id"].take(),
            post: added["post"]["id"].take(),
            organization: asked["organization"]["id"].take(),
            circle: circle["circle"]["id"].take(),
            session: of_civil["sessions"][0]["id"].take(),
            civil_account: of_civil["id"].take(),
            youth_account: of_youth["id"].take(),
            youth_author: of_youth["author"]["id"].take(),
            officer_account: of_officer["id"].take(),
            civil,
            youth,
            officer,
            oversight,
            moderator,
            admin,
            thread,
            elsewhere,
            acknowledged,
            answered,
            held,
        }
    }
}

/// A concern that the office says to have.
pub(super) async fn acknowledged(forum: &TestForum, civil: &Client, officer: &Client) -> Value {
    let concern = forum.open_concern(civil).await;
    officer
        .done("acknowledgeConcern", json!({ "threadId": concern }), "")
        .await;
    concern
}

/// A concern that the office has answered.
pub(super) async fn answered(forum: &TestForum, civil: &Client, officer: &Client) -> Value {
    let concern = acknowledged(forum, civil, officer).await;
    let answer = json!({ "threadId": concern, "body": "Done", "outcome": { "resolved": true } });
    officer.done("respondToConcern", answer, "").await;
    concern
}

/// The first thread of somebody new.
pub(super) async fn held(forum: &TestForum) -> Value {
    let newcomer = json!({
        "login": "newcomer", "displayName": "Somebody New", "password": PASSWORD,
        "constituency": "EXPERT",
    });
    let made = forum
        .visitor()
        .done("registerAccount", newcomer, "session { token }")
        .await;
    let token = made["session"]["token"].as_str().map(str::to_owned);
    let input = json!({ "kind": "DISCUSSION", "title": "The first", "body": "x" });
    let started = Client::new(forum.address, token)
        .done("startThread", input, "thread { id }")
        .await;
    started["thread"]["id"].clone()
}

/// Every row of every table, as text. Waits until the followers are told of
/// all that happened, and all is counted: that is written a moment later.
pub(super) async fn content(forum: &TestForum) -> String {
    forum.forum.count_concerns().await.unwrap();
    forum.forum.take_edition().await.unwrap();
    let connection = forum.database.connect().await;
    let left = "SELECT (SELECT count(*) FROM event WHERE stream LIKE 'o:%') \
                + (SELECT count(*) FROM uncounted)";
    while rows(&connection, left, |row| {
        row.try_get_by_index::<i64>(0).unwrap()
    })
    .await
        != [0]
    {
        tokio::task::yield_now().await;
    }
    let schema = Schema::read(&connection).await;
    let mut content = String::new();
    for table in schema.tables() {
        let columns: Vec<String> = schema
            .columns_of(table)
            .map(|column| match connection.get_database_backend() {
                DbBackend::Sqlite => format!("quote(\"{}\")", column.name),
                _ => format!("coalesce(quote_literal(\"{}\"::text), 'NULL')", column.name),
            })
            .collect();
        // Whoever empties the outbox leaves a row with the time, and so do those who look
        // how the clocks are set and what is overdue, after a start.
        let but = if table == "job" {
            "WHERE kind NOT IN ('outbox', 'clocks', 'overdue', 'overdue_appeals')"
        } else {
            ""
        };
        let columns = columns.join(" || ',' || ");
        let sql = format!("SELECT {columns} FROM \"{table}\" {but}");
        let mut found = rows(&connection, &sql, |row| {
            row.try_get_by_index::<String>(0).unwrap()
        })
        .await;
        found.sort_unstable();
        writeln!(content, "{table}: {}", found.join("\n")).unwrap();
    }
    connection.close().await.unwrap();
    content
}
