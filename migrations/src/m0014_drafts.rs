//! Drafts of answers, which a second officer approves unless the agency has
//! one answer alone.

use sea_orm_migration::prelude::{ColumnDef, Table as Of};
use sea_orm_migration::sea_orm::ConnectionTrait as _;
use sea_orm_migration::{DbErr, SchemaManager};

use crate::column::{
    Table, drop_tables, id, maybe_id, maybe_number, maybe_text, migration, number, text,
};

migration!("m0014_drafts");

/// Whoever answered in one step goes on so until it is set otherwise.
const ALONE: &str = "UPDATE agency SET one_officer = TRUE WHERE participation = 'ANSWERING'";

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut one_officer = ColumnDef::new("one_officer")
        .boolean()
        .not_null()
        .default(false)
        .take();
    manager
        .alter_table(
            Of::alter()
                .table("agency")
                .add_column(&mut one_officer)
                .take(),
        )
        .await?;
    manager.get_connection().execute_unprepared(ALONE).await?;
    // The persona of whoever wrote the newest draft that waits.
    let mut drafter = maybe_id("drafter");
    manager
        .alter_table(Of::alter().table("thread").add_column(&mut drafter).take())
        .await?;
    Table::new(
        "response_draft",
        &["id"],
        [
            id("id"),
            id("thread"),
            number("number"),
            id("persona"),
            id("agency"),
            id("office"),
            text("body"),
            text("language"),
            text("outcome"),
            maybe_text("outcome_on"),
            maybe_text("outcome_text"),
            maybe_id("duplicate_of"),
            number("created_at"),
            maybe_id("approver"),
            maybe_number("approved_at"),
            maybe_id("response"),
        ],
    )
    .key_refers("thread", "thread", "id")
    .unique(&["thread", "number"])
    .refers("persona", "persona", "id")
    .refers("agency", "agency", "id")
    .refers("office", "office", "id")
    .may_refer("duplicate_of", "thread", "id")
    .may_refer("approver", "persona", "id")
    .may_refer("response", "response", "id")
    .create(manager)
    .await
}

async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    drop_tables(manager, &["response_draft"]).await?;
    for (table, column) in [("thread", "drafter"), ("agency", "one_officer")] {
        manager
            .alter_table(Of::alter().table(table).drop_column(column).take())
            .await?;
    }
    Ok(())
}
