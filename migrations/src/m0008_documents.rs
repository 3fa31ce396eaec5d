//! Trusted documents: operations that were looked at before they are executed.

use sea_orm_migration::{DbErr, SchemaManager};

use crate::column::{Table, drop_tables, hash, id, migration, number, text};

migration!("m0008_documents");

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    Table::new(
        "document",
        &["id"],
        [id("id"), hash("hash"), text("text"), number("trusted_at")],
    )
    .create(manager)
    .await
}

async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    drop_tables(manager, &["document"]).await
}
