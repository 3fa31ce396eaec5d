//! The quarterly report of moderation, as it was made once the quarter was
//! over.

use sea_orm_migration::{DbErr, SchemaManager};

use crate::column::{Table, drop_tables, maybe_number, migration, number, text};

migration!("m0032_transparency");

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    Table::new(
        "transparency",
        &["quarter"],
        [text("quarter"), number("made_at"), number("least")],
    )
    .create(manager)
    .await?;
    Table::new(
        "transparency_figure",
        &["quarter", "section", "key", "measure"],
        [
            text("quarter"),
            text("section"),
            text("key"),
            text("measure"),
            maybe_number("value"),
        ],
    )
    .key_refers("quarter", "transparency", "quarter")
    .create(manager)
    .await
}

async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    drop_tables(manager, &["transparency_figure", "transparency"]).await
}
