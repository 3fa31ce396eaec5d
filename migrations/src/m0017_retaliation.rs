//! Reports of retaliation, and which moderators they were brought to.

use sea_orm_migration::{DbErr, SchemaManager};

use crate::column::{
    Table, drop_tables, id, maybe_id, maybe_number, maybe_text, migration, number, text,
};

migration!("m0017_retaliation");

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    Table::new(
        "retaliation",
        &["id"],
        [
            id("id"),
            id("thread"),
            id("agency"),
            id("persona"),
            text("body"),
            maybe_id("moderator"),
            maybe_id("second_moderator"),
            maybe_id("oversight"),
            number("created_at"),
            maybe_number("decided_at"),
            maybe_id("decided_by"),
            maybe_text("reason"),
            // The agency's access is frozen until then.
            maybe_number("lifted_at"),
        ],
    )
    .refers("thread", "thread", "id")
    .refers("agency", "agency", "id")
    .refers("persona", "persona", "id")
    .may_refer("moderator", "persona", "id")
    .may_refer("second_moderator", "persona", "id")
    .may_refer("oversight", "agency", "id")
    .may_refer("decided_by", "persona", "id")
    .create(manager)
    .await
}

async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    drop_tables(manager, &["retaliation"]).await
}
