//! Appending to the event log.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::event::{NewEvent, StreamName};

use crate::conn::Conn;
use crate::error::StorageError;
use crate::params::Params;
use crate::store::Backend;

/// As many events are written by one statement: five parameters each, of
/// which SQLite takes 32,766.
const EVENTS_AT_ONCE: usize = 1_000;

/// Writes the events of a transaction: each stream's head moves, in sorted
/// order, and the events take the positions that it gives out. The row lock
/// is held until the commit is visible, so position order is commit order.
///
/// One statement on PostgreSQL, where each is a way to the server and back;
/// two on SQLite.
pub(crate) async fn append(
    conn: &Conn,
    now: DateTime<Utc>,
    events: &[NewEvent],
) -> Result<(), StorageError> {
    if events.is_empty() {
        return Ok(());
    }
    let mut counts: BTreeMap<StreamName, i64> = BTreeMap::new();
    for event in events {
        *counts.entry(event.stream).or_default() += 1;
    }
    if conn.backend == Backend::Postgres && events.len() <= EVENTS_AT_ONCE {
        return append_at_once(conn, now, events, counts).await;
    }
    let mut params = conn.params();
    let sql = move_heads(&counts, now, &mut params);
    let mut next: BTreeMap<StreamName, i64> = BTreeMap::new();
    for mut row in conn.all(&sql, params).await? {
        let name: StreamName = row.code()?;
        let head: i64 = row.get()?;
        next.insert(name, head - counts.get(&name).copied().unwrap_or(0) + 1);
    }
    for events in events.chunks(EVENTS_AT_ONCE) {
        let mut params = conn.params();
        let at = params.push(now);
        let mut rows = Vec::with_capacity(events.len());
        for event in events {
            let pos = next
                .get_mut(&event.stream)
                .ok_or(StorageError::Corrupt("a stream"))?;
            rows.push(format!(
                "({}, {}, {}, {}, {}, {at})",
                params.push(event.stream.to_string()),
                params.push(*pos),
                params.push(event.kind.code()),
                params.push(event.thread),
                params.push(event.object),
            ));
            *pos += 1;
        }
        let sql = format!(
            "INSERT INTO event (stream, pos, kind, thread, object, at) VALUES {}",
            rows.join(", "),
        );
        conn.run(&sql, params).await?;
    }
    Ok(())
}

/// The same in one statement: an event's place is counted back from where its
/// stream's head has moved to.
async fn append_at_once(
    conn: &Conn,
    now: DateTime<Utc>,
    events: &[NewEvent],
    mut left: BTreeMap<StreamName, i64>,
) -> Result<(), StorageError> {
    let mut params = conn.params();
    let heads = move_heads(&left, now, &mut params);
    let mut rows = Vec::with_capacity(events.len());
    for event in events {
        let back = left
            .get_mut(&event.stream)
            .ok_or(StorageError::Corrupt("a stream"))?;
        *back -= 1;
        rows.push(format!(
            "({}::text, {}::bigint, {}::text, {}::uuid, {}::uuid)",
            params.push(event.stream.to_string()),
            params.push(*back),
            params.push(event.kind.code()),
            params.push(event.thread),
            params.push(event.object),
        ));
    }
    let at = params.push(now);
    let sql = format!(
        "WITH moved AS ({heads}) INSERT INTO event (stream, pos, kind, thread, object, at) \
         SELECT moved.id, moved.head - new.back, new.kind, new.thread, new.object, {at} \
         FROM (VALUES {}) AS new (stream, back, kind, thread, object) \
         JOIN moved ON moved.id = new.stream",
        rows.join(", "),
    );
    conn.run(&sql, params).await?;
    Ok(())
}

/// Moves each stream's head by so many, and says to where.
fn move_heads(
    counts: &BTreeMap<StreamName, i64>,
    now: DateTime<Utc>,
    params: &mut Params,
) -> String {
    // A new stream's epoch is the moment it began: never one that was used
    // before a restore.
    let epoch = params.push(now);
    let mut rows = Vec::with_capacity(counts.len());
    for (stream, count) in counts {
        let name = params.push(stream.to_string());
        let count = params.push(*count);
        rows.push(format!("({name}, {epoch}, {count}, 0)"));
    }
    format!(
        "INSERT INTO stream (id, epoch, head, floor) VALUES {} \
         ON CONFLICT (id) DO UPDATE SET head = stream.head + excluded.head RETURNING id, head",
        rows.join(", "),
    )
}
