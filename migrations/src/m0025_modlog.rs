//! The public record of moderation, and the numbers by which it knows
//! moderators.

use sea_orm_migration::{DbErr, SchemaManager};

use crate::column::{
    Table, drop_tables, flag, id, maybe_id, maybe_number, maybe_text, migration, number, text,
};

migration!("m0025_modlog");

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    Table::new(
        "moderator_number",
        &["account"],
        [id("account"), number("number")],
    )
    .unique(&["number"])
    .key_refers("account", "account", "id")
    .create(manager)
    .await?;
    Table::new(
        "modlog",
        &["id"],
        [
            id("id"),
            // Of what not everyone may read, the month after.
            number("appears_at"),
            flag("exact"),
            text("act"),
            text("code"),
            // For the author and the moderators.
            maybe_text("reason"),
            id("thread"),
            maybe_id("post"),
            maybe_number("moderator"),
            maybe_id("reverses"),
        ],
    )
    .index(&["appears_at", "id"])
    .refers("thread", "thread", "id")
    .may_refer("post", "post", "id")
    .may_refer("reverses", "modlog", "id")
    .create(manager)
    .await
}

async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    drop_tables(manager, &["modlog", "moderator_number"]).await
}
