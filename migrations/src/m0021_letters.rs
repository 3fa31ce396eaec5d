//! Letters on paper to agencies that do not answer, and what came back.

use sea_orm_migration::{DbErr, SchemaManager};

use crate::column::{
    Table, drop_tables, id, maybe_id, maybe_number, maybe_text, migration, number, text,
};

migration!("m0021_letters");

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    Table::new(
        "letter",
        &["id"],
        [
            id("id"),
            id("thread"),
            id("agency"),
            text("kind"),
            text("sent_on"),
            id("persona"),
            number("recorded_at"),
            maybe_text("reply_on"),
            maybe_text("reply"),
            maybe_id("reply_persona"),
            maybe_number("reply_recorded_at"),
        ],
    )
    .refers("thread", "thread", "id")
    .refers("agency", "agency", "id")
    .refers("persona", "persona", "id")
    .may_refer("reply_persona", "persona", "id")
    .create(manager)
    .await
}

async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    drop_tables(manager, &["letter"]).await
}
