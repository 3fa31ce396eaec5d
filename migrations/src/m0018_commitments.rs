//! What offices say that they will do: commitments, their milestones, and what
//! is done to them. What is said with a step stands in the concern's timeline.

use sea_orm_migration::{DbErr, SchemaManager};

use crate::column::{
    Table, counter, drop_tables, id, maybe_id, maybe_number, maybe_text, migration, number, text,
};

migration!("m0018_commitments");

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    Table::new(
        "commitment",
        &["id"],
        [
            id("id"),
            id("thread"),
            id("persona"),
            id("agency"),
            id("office"),
            maybe_id("response"),
            text("body"),
            text("language"),
            text("first_due_on"),
            text("due_on"),
            text("stage"),
            counter("postponed"),
            counter("percent"),
            maybe_number("lapsed_at"),
            maybe_number("kept_at"),
            number("created_at"),
        ],
    )
    .refers("thread", "thread", "id")
    .refers("persona", "persona", "id")
    // Lists are by the day.
    .key_refers("agency", "agency", "id")
    .index(&["agency", "due_on", "id"])
    .index(&["due_on", "id"])
    .refers("office", "office", "id")
    .may_refer("response", "response", "id")
    .create(manager)
    .await?;
    Table::new(
        "commitment_milestone",
        &["commitment", "number"],
        [
            id("commitment"),
            number("number"),
            text("body"),
            text("due_on"),
            maybe_number("reached_at"),
        ],
    )
    .key_refers("commitment", "commitment", "id")
    .create(manager)
    .await?;
    // Each is an entry of the concern's timeline, and has its id.
    Table::new(
        "commitment_step",
        &["id"],
        [
            id("id"),
            id("commitment"),
            maybe_id("persona"),
            maybe_number("percent"),
            maybe_number("milestone"),
            maybe_text("due_on"),
            maybe_text("was_due_on"),
        ],
    )
    .key_refers("id", "concern_move", "id")
    .refers("commitment", "commitment", "id")
    .may_refer("persona", "persona", "id")
    .create(manager)
    .await?;
    Table::new(
        "commitment_evidence",
        &["step", "number"],
        [id("step"), number("number"), text("url"), text("body")],
    )
    .key_refers("step", "commitment_step", "id")
    .create(manager)
    .await
}

async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    drop_tables(
        manager,
        &[
            "commitment_evidence",
            "commitment_step",
            "commitment_milestone",
            "commitment",
        ],
    )
    .await
}
