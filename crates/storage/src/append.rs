//! Appending to the event log.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::event::StreamName;
use domain::id::{AccountId, ThreadId};
use sea_orm::sea_query::ArrayType;

use crate::conn::Conn;
use crate::error::StorageError;
use crate::outbox::PLACES;
use crate::params::{IntoParam as _, Params};
use crate::store::Backend;
use crate::write::Emitted;

/// As many events are written by one statement: sixteen parameters each at
/// most, of which SQLite takes 32,766.
const EVENTS_AT_ONCE: usize = 1_000;

/// How the names begin under which the outbox keeps what is to be passed on.
/// They are no streams: nobody reads them but the outbox, which removes them.
pub(crate) const QUEUE: &str = "o:";

/// Writes the events of a transaction: each stream's head moves, in sorted
/// order, and the events take the positions that it gives out, counted back
/// from where it has moved to. The row lock is held until the commit is
/// visible, so position order is commit order.
///
/// What is to be passed on is put into the outbox besides, at a place made of
/// its position: a queue without a head, for which writers to different
/// threads do not wait.
///
/// One statement on PostgreSQL, where each is a way to the server and back;
/// two on SQLite.
pub(crate) async fn append(
    conn: &Conn,
    now: DateTime<Utc>,
    events: &[Emitted],
) -> Result<(), StorageError> {
    if events.is_empty() {
        return Ok(());
    }
    let mut left: BTreeMap<StreamName, i64> = BTreeMap::new();
    for (event, _) in events {
        *left.entry(event.stream).or_default() += 1;
    }
    let mut params = conn.params();
    let heads = move_heads(&left, now, &mut params);
    let inboxes: Vec<AccountId> = left
        .keys()
        .filter_map(|stream| match stream {
            StreamName::Inbox(account) => Some(*account),
            _ => None,
        })
        .collect();
    if conn.backend == Backend::Postgres && events.len() <= EVENTS_AT_ONCE {
        let insert = insert_events(events, &mut left, "moved", now, &mut params)?;
        let sql = format!("WITH moved AS ({heads} RETURNING id, head) {insert}");
        conn.send(sql, params).await?;
        return fall_behind(conn, now, &inboxes).await;
    }
    conn.run(&heads, params).await?;
    for events in events.chunks(EVENTS_AT_ONCE) {
        let mut params = conn.params();
        let sql = insert_events(events, &mut left, "stream", now, &mut params)?;
        conn.run(&sql, params).await?;
    }
    fall_behind(conn, now, &inboxes).await
}

/// Marks the inboxes that something new is in, as far as mail tells of them.
async fn fall_behind(
    conn: &Conn,
    now: DateTime<Utc>,
    inboxes: &[AccountId],
) -> Result<(), StorageError> {
    if inboxes.is_empty() {
        return Ok(());
    }
    let mut params = conn.params();
    let at = params.push(now);
    let among = params.among("account", inboxes);
    let sql = format!("UPDATE mail_place SET behind_at = COALESCE(behind_at, {at}) WHERE {among}");
    conn.send(sql, params).await
}

/// Moves each stream's head by so many.
fn move_heads(
    counts: &BTreeMap<StreamName, i64>,
    now: DateTime<Utc>,
    params: &mut Params,
) -> String {
    // A new stream's epoch is the moment it began: never one that was used
    // before a restore.
    let epoch = params.push(now);
    let rows = counts.iter();
    let rows = rows.map(|(stream, count)| [stream.to_string().into(), (*count).into()]);
    let rows = params.rows([ArrayType::String, ArrayType::BigInt], rows.collect());
    format!(
        "INSERT INTO stream (id, epoch, head, floor) \
         SELECT column1, {epoch}, column2, 0 FROM ({rows}) AS new WHERE 1 = 1 \
         ON CONFLICT (id) DO UPDATE SET head = stream.head + excluded.head",
    )
}

/// Writes events, of whose streams so many are `left`, at their places before
/// the heads that `heads` says.
fn insert_events(
    events: &[Emitted],
    left: &mut BTreeMap<StreamName, i64>,
    heads: &str,
    now: DateTime<Utc>,
    params: &mut Params,
) -> Result<String, StorageError> {
    let mut rows = Vec::with_capacity(events.len() * 2);
    for (event, passed) in events {
        let back = left
            .get_mut(&event.stream)
            .ok_or(StorageError::Corrupt("a stream"))?;
        *back -= 1;
        let (stream, back) = (event.stream.to_string(), *back);
        let mut row = |name: String, times: i64, place: i64| {
            rows.push([
                name.into(),
                stream.as_str().into(),
                back.into(),
                event.kind.code().into(),
                event.thread.into_param(),
                event.object.into_param(),
                times.into(),
                place.into(),
            ]);
        };
        if let (Some(to), Some(id)) = (passed, event.thread) {
            row(queue_of(id), PLACES, to.place());
        }
        row(stream.clone(), 1, 0);
    }
    let kinds = {
        use ArrayType::{BigInt, String, Uuid};
        [String, String, BigInt, String, Uuid, Uuid, BigInt, BigInt]
    };
    let at = params.push(now);
    let rows = params.rows(kinds, rows);
    Ok(format!(
        "INSERT INTO event (stream, pos, kind, thread, object, at) \
         SELECT column1, \
         ((SELECT head FROM {heads} WHERE id = column2) - column3) * column7 + column8, \
         column4, column5, column6, {at} FROM ({rows}) AS new",
    ))
}

/// Where the outbox keeps what happened in a thread.
fn queue_of(thread: ThreadId) -> String {
    format!("{QUEUE}{}", thread.0.simple())
}
