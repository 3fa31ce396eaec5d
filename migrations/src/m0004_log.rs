//! The event log, idempotency and durable jobs.

use crate::column::{
    Table, counter, drop_tables, hash, id, maybe_id, maybe_number, maybe_text, migration, number,
    text,
};
use sea_orm_migration::{DbErr, SchemaManager};

migration!("m0004_log");

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    Table::new(
        "stream",
        &["id"],
        [
            text("id"),
            number("epoch"),
            counter("head"),
            counter("floor"),
        ],
    )
    .create(manager)
    .await?;
    // Events name objects without foreign keys: the log outlives what is
    // erased, and erasing never rewrites it.
    Table::new(
        "event",
        &["stream", "pos"],
        [
            text("stream"),
            number("pos"),
            text("kind"),
            maybe_id("thread"),
            maybe_id("object"),
            number("at"),
        ],
    )
    .create(manager)
    .await?;
    Table::new(
        "idempotency",
        &["key_hash"],
        [
            hash("key_hash"),
            text("operation"),
            hash("input_hash"),
            maybe_id("result"),
            number("expires_at"),
        ],
    )
    .index(&["expires_at"])
    .create(manager)
    .await?;
    Table::new(
        "job",
        &["id"],
        [
            id("id"),
            text("kind"),
            maybe_text("once"),
            text("payload"),
            number("run_at"),
            counter("attempts"),
            maybe_number("leased_until"),
        ],
    )
    .unique(&["once"])
    .index(&["run_at", "id"])
    .create(manager)
    .await
}

async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    drop_tables(manager, &["job", "idempotency", "event", "stream"]).await
}
