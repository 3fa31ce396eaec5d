//! People's own data: what is given out of it, what goes, what stays, and when
//! what has an end is removed.

mod deletion;
mod export;
mod map;
mod retention;

use chrono::Duration;
use mukalma_tests::{Client, PASSWORD, TestForum};
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::{Value, json};
use storage::dump::Cell;

/// Whoever has it deletes his account.
pub(super) async fn delete(who: &Client, posts: &str) -> Value {
    let input = json!({ "password": PASSWORD, "posts": posts });
    who.done("deleteAccount", input, "stays { kind what why }")
        .await["stays"]
        .take()
}

/// Lets time pass until nothing is left to be erased.
pub(super) async fn erased(forum: &TestForum) {
    for _ in 0..10_000 {
        if number(
            forum,
            "SELECT COUNT(*) FROM account WHERE standing = 'DELETED'",
        )
        .await
            == 0
        {
            return;
        }
        forum.forum.run_clocks().await.unwrap();
        forum.clock.advance(Duration::minutes(3));
        tokio::task::yield_now().await;
    }
    panic!("it never ends");
}

/// A number that a statement gives.
async fn number(forum: &TestForum, sql: &str) -> i64 {
    let connection = forum.database.connect().await;
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let row = connection.query_one_raw(statement).await.unwrap();
    row.unwrap().try_get_by_index(0).unwrap()
}

/// The tables in which a text, or the bytes of an id, stand.
async fn tables_with(forum: &TestForum, needle: &str) -> Vec<String> {
    let id = uuid::Uuid::try_parse(needle).ok();
    let snapshot = forum.store().snapshot().await.unwrap();
    let mut found = Vec::new();
    for table in snapshot.tables() {
        let mut reading = snapshot.read(table);
        let mut holds = false;
        loop {
            let rows = reading.next().await.unwrap();
            if rows.is_empty() {
                break;
            }
            let mut cells = rows.iter().flatten();
            holds |= cells.any(|cell| match cell {
                Cell::Text(text) => {
                    text.contains(needle)
                        || id.is_some_and(|id| text.contains(&id.simple().to_string()))
                }
                Cell::Id(one) => Some(*one) == id,
                _ => false,
            });
        }
        if holds {
            found.push(table.name.clone());
        }
    }
    found
}

/// The id of somebody's account, as the database has it.
async fn account_of(who: &Client) -> String {
    let seen = who.run("{ viewer { account { id } } }", json!({})).await;
    let id = seen["viewer"]["account"]["id"].as_str().unwrap();
    let id: uuid::Uuid = api::schema::global_id::expect(api::schema::global_id::Kind::Account, id);
    id.to_string()
}

async fn say(who: &Client, thread: &Value, body: &str) -> Value {
    let input = json!({ "threadId": thread, "body": body });
    who.done("addPost", input, "post { id }").await["post"]["id"].take()
}

/// A session, of somebody who made his account himself.
async fn register(forum: &TestForum, login: &str, name: &str, email: &str) -> Client {
    let input = json!({
        "login": login, "displayName": name, "password": PASSWORD, "email": email,
        "constituency": "EXPERT", "language": "EN",
    });
    let made = forum.visitor();
    let made = made
        .done("registerAccount", input, "session { token }")
        .await;
    let token = made["session"]["token"].as_str().unwrap();
    Client::new(forum.address, Some(token.to_owned()))
}

/// Does something that no use case does.
async fn by_hand(forum: &TestForum, sql: &str) {
    let connection = forum.database.connect().await;
    connection.execute_unprepared(sql).await.unwrap();
}
