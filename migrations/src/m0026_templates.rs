//! Templates of answers, of an agency for its officers.

use sea_orm_migration::{DbErr, SchemaManager};

use crate::column::{Table, drop_tables, id, maybe_number, maybe_text, migration, number};

migration!("m0026_templates");

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    Table::new(
        "response_template",
        &["id"],
        [
            id("id"),
            id("agency"),
            id("office"),
            maybe_text("category"),
            maybe_text("state"),
            maybe_text("title_en"),
            maybe_text("body_en"),
            maybe_text("title_ur"),
            maybe_text("body_ur"),
            number("version"),
            number("created_at"),
            number("changed_at"),
            maybe_number("retired_at"),
        ],
    )
    .refers("agency", "agency", "id")
    .refers("office", "office", "id")
    .may_refer("category", "category", "code")
    .create(manager)
    .await
}

async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    drop_tables(manager, &["response_template"]).await
}
