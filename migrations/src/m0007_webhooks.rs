//! Webhooks: whom they belong to, how far they were told, what they were told
//! of, and the messages to them with every attempt.

use sea_orm_migration::{DbErr, SchemaManager};

use crate::column::{
    Table, counter, drop_tables, hash, id, maybe_hash, maybe_id, maybe_number, maybe_text,
    migration, number, text,
};

migration!("m0007_webhooks");

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    // A secret is made of the salt and a key that is not in the database.
    // What a webhook asks for outlives the thread that it names.
    Table::new(
        "webhook",
        &["id"],
        [
            id("id"),
            id("organization"),
            text("label"),
            text("url"),
            text("kinds"),
            maybe_id("thread"),
            maybe_text("thread_kind"),
            maybe_text("category"),
            maybe_text("region"),
            text("state"),
            hash("salt"),
            maybe_hash("old_salt"),
            maybe_number("old_until"),
            counter("last_seq"),
            number("created_at"),
        ],
    )
    .refers("organization", "organization", "id")
    .create(manager)
    .await?;
    Table::new(
        "webhook_place",
        &["webhook", "shard"],
        [
            id("webhook"),
            number("shard"),
            number("epoch"),
            number("pos"),
        ],
    )
    .key_refers("webhook", "webhook", "id")
    .create(manager)
    .await?;
    // Without foreign keys to what was told: it is looked for here when it
    // is gone.
    Table::new(
        "webhook_told",
        &["webhook", "thread", "object"],
        [
            id("webhook"),
            id("thread"),
            id("object"),
            text("object_kind"),
        ],
    )
    .key_refers("webhook", "webhook", "id")
    .create(manager)
    .await?;
    // `seq` is the order of a webhook's messages; those of a thread are sent
    // in it, one after the other.
    Table::new(
        "webhook_message",
        &["id"],
        [
            id("id"),
            id("webhook"),
            number("seq"),
            text("kind"),
            maybe_id("thread"),
            maybe_id("object"),
            text("object_kind"),
            maybe_number("shard"),
            maybe_number("epoch"),
            maybe_number("pos"),
            number("at"),
            text("state"),
            number("queued_at"),
            counter("attempts"),
            counter("failures"),
            number("next_at"),
            maybe_id("lease"),
            maybe_number("leased_until"),
            maybe_number("ended_at"),
        ],
    )
    .refers("webhook", "webhook", "id")
    .unique(&["webhook", "seq"])
    .index(&["webhook", "state", "next_at"])
    .index(&["webhook", "state", "thread", "seq"])
    .index(&["ended_at"])
    .create(manager)
    .await?;
    Table::new(
        "webhook_attempt",
        &["message", "number"],
        [
            id("message"),
            number("number"),
            number("at"),
            maybe_number("status"),
            maybe_text("failure"),
            number("millis"),
        ],
    )
    .key_refers("message", "webhook_message", "id")
    .create(manager)
    .await
}

async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    drop_tables(
        manager,
        &[
            "webhook_attempt",
            "webhook_message",
            "webhook_told",
            "webhook_place",
            "webhook",
        ],
    )
    .await
}
