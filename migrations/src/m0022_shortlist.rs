//! Shortlists: which concerns of a desk an officer means to look at.

use sea_orm_migration::{DbErr, SchemaManager};

use crate::column::{Table, drop_tables, id, migration, number};

migration!("m0022_shortlist");

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    Table::new(
        "shortlist",
        &["thread", "persona"],
        [id("thread"), id("persona"), number("since")],
    )
    .key_refers("thread", "thread", "id")
    .refers("persona", "persona", "id")
    .create(manager)
    .await
}

async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    drop_tables(manager, &["shortlist"]).await
}
