//! The outbox becomes a queue without heads: writers to different threads wait
//! for nothing that they share. The names of streams compare byte by byte.

use sea_orm_migration::sea_orm::{ConnectionTrait as _, DbBackend};
use sea_orm_migration::{DbErr, SchemaManager};

use crate::column::migration;

migration!("m0009_outbox");

/// What was not passed on yet goes into the queue, under the place it had.
const MOVE: &str = "INSERT INTO event (stream, pos, kind, thread, object, at) \
     SELECT 'o:' || {hex}, e.pos * 2, e.kind, e.thread, e.object, e.at FROM event e \
     LEFT JOIN job j ON j.once = e.stream \
     WHERE e.stream LIKE 'outbox:%' AND e.thread IS NOT NULL \
     AND e.pos > CAST(COALESCE(j.payload, '0') AS bigint)";

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    let hex = match manager.get_database_backend() {
        DbBackend::Sqlite => "lower(hex(e.thread))",
        _ => "replace(e.thread::text, '-', '')",
    };
    collate(manager, "\"C\"").await?;
    for sql in [
        &MOVE.replace("{hex}", hex),
        "DELETE FROM event WHERE stream LIKE 'outbox:%'",
        "DELETE FROM stream WHERE id LIKE 'outbox:%'",
        "DELETE FROM job WHERE kind = 'outbox'",
    ] {
        connection.execute_unprepared(sql).await?;
    }
    Ok(())
}

/// What stands in the queue stays: the version before does not look there,
/// and coming up again it is passed on.
async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    let sql = "DELETE FROM job WHERE kind = 'outbox'";
    connection.execute_unprepared(sql).await?;
    collate(manager, "\"default\"").await
}

/// SQLite compares byte by byte anyway.
async fn collate(manager: &SchemaManager<'_>, collation: &str) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::Sqlite {
        return Ok(());
    }
    for (table, column) in [("stream", "id"), ("event", "stream")] {
        let sql =
            format!("ALTER TABLE {table} ALTER COLUMN {column} TYPE text COLLATE {collation}");
        manager.get_connection().execute_unprepared(&sql).await?;
    }
    Ok(())
}
