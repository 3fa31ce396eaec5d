//! What is counted of concerns: how often what occurs by agency, category,
//! region and month, and what of each concern is in it.

use sea_orm_migration::sea_orm::ConnectionTrait as _;
use sea_orm_migration::{DbErr, SchemaManager};

use crate::column::{Table, drop_tables, id, migration, number, text};

migration!("m0016_statistics");

/// Concerns that are there already are counted after the start.
const COUNT: &str = "INSERT INTO uncounted (thread) SELECT id FROM thread WHERE state IS NOT NULL";

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
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
    Table::new(
        "counted",
        &["thread"],
        [
            id("thread"),
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
    Table::new("uncounted", &["thread"], [id("thread")])
        .key_refers("thread", "thread", "id")
        .create(manager)
        .await?;
    manager.get_connection().execute_unprepared(COUNT).await?;
    Ok(())
}

async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    drop_tables(manager, &["uncounted", "counted", "statistic"]).await
}
