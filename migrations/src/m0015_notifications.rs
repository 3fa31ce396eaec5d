//! Of what people are told by mail, and how far their inboxes were looked
//! through for it. A note names a place in an inbox, never a thread.

use sea_orm_migration::{DbErr, SchemaManager};

use crate::column::{Table, drop_tables, id, maybe_id, maybe_number, migration, number, text};

migration!("m0015_notifications");

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    Table::new(
        "mail_preference",
        &["account", "reason"],
        [id("account"), text("reason"), text("frequency")],
    )
    .key_refers("account", "account", "id")
    .create(manager)
    .await?;
    Table::new(
        "mail_place",
        &["account"],
        [
            id("account"),
            number("epoch"),
            number("pos"),
            maybe_number("behind_at"),
            maybe_number("mailed_at"),
        ],
    )
    .key_refers("account", "account", "id")
    .index(&["behind_at"])
    .create(manager)
    .await?;
    Table::new(
        "mail",
        &["id"],
        [
            id("id"),
            id("account"),
            text("frequency"),
            number("made_at"),
        ],
    )
    .refers("account", "account", "id")
    .create(manager)
    .await?;
    Table::new(
        "mail_note",
        &["account", "pos"],
        [
            id("account"),
            number("pos"),
            text("frequency"),
            maybe_id("mail"),
        ],
    )
    .key_refers("account", "account", "id")
    .may_refer("mail", "mail", "id")
    .create(manager)
    .await?;
    Table::new(
        "thread_notice",
        &["thread", "persona"],
        [id("thread"), id("persona"), text("level")],
    )
    .key_refers("thread", "thread", "id")
    .refers("persona", "persona", "id")
    .create(manager)
    .await
}

async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    drop_tables(
        manager,
        &[
            "thread_notice",
            "mail_note",
            "mail",
            "mail_place",
            "mail_preference",
        ],
    )
    .await
}
