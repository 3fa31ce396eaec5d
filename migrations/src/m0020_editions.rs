//! Editions of the figures: the copies that everyone is shown, and what of each
//! concern is in the newest. The cells that changed with each move go.

use sea_orm_migration::sea_orm::ConnectionTrait as _;
use sea_orm_migration::{DbErr, SchemaManager};

use crate::column::{Table, drop_tables, id, migration, number, text};

migration!("m0020_editions");

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    drop_tables(manager, &["statistic"]).await?;
    Table::new(
        "edition",
        &["number"],
        [number("number"), text("month"), number("taken_at")],
    )
    .create(manager)
    .await?;
    Table::new(
        "edition_concern",
        &["thread", "kind", "part"],
        [
            id("thread"),
            text("kind"),
            text("part"),
            id("agency"),
            text("month"),
            text("category"),
            text("region"),
            text("measures"),
        ],
    )
    .key_refers("thread", "thread", "id")
    .refers("agency", "agency", "id")
    .create(manager)
    .await?;
    Table::new(
        "edition_cell",
        &["kind", "month", "key", "measure"],
        [
            text("kind"),
            text("month"),
            text("key"),
            text("measure"),
            number("value"),
        ],
    )
    .create(manager)
    .await
}

/// The cells are counted anew by the program that needs them.
const COUNT_ANEW: [&str; 3] = [
    "DELETE FROM counted",
    "DELETE FROM uncounted",
    "INSERT INTO uncounted (thread) SELECT id FROM thread WHERE state IS NOT NULL",
];

async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    drop_tables(manager, &["edition_cell", "edition_concern", "edition"]).await?;
    Table::new(
        "statistic",
        &["agency", "month", "category", "region", "measure"],
        [
            id("agency"),
            text("month"),
            text("category"),
            text("region"),
            text("measure"),
            number("value"),
        ],
    )
    .key_refers("agency", "agency", "id")
    .create(manager)
    .await?;
    for sql in COUNT_ANEW {
        manager.get_connection().execute_unprepared(sql).await?;
    }
    Ok(())
}
