//! Acts of moderation on conversations, what is struck out of texts, and
//! appeals.

use sea_orm_migration::prelude::Table as Of;
use sea_orm_migration::prelude::{ConditionalStatement as _, Expr, ExprTrait as _, Index};
use sea_orm_migration::{DbErr, SchemaManager};

use crate::column::{
    Table, drop_tables, id, maybe_id, maybe_number, maybe_text, migration, number, text,
};

migration!("m0028_acts");

/// What holds of a thread: since when its conversation is ended, since when it
/// is to be read first, and how many seconds everyone waits after he spoke.
const OF_THREADS: [&str; 3] = ["ended_at", "pinned_at", "slow_seconds"];

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    for column in OF_THREADS {
        let mut column = maybe_number(column);
        manager
            .alter_table(Of::alter().table("thread").add_column(&mut column).take())
            .await?;
    }
    let mut pinned = Index::create();
    pinned
        .name("ix_thread_pinned")
        .table("thread")
        .col("pinned_at")
        .cond_where(Expr::col("pinned_at").is_not_null());
    manager.create_index(pinned).await?;
    // Texts as they stood before something was struck out of them: the text
    // itself as number 0, those it had before by their numbers, and what was
    // flagged by the reviewable.
    Table::new(
        "sealed_original",
        &["redaction", "object", "number"],
        [
            id("redaction"),
            id("object"),
            number("number"),
            id("thread"),
            maybe_text("title"),
            text("body"),
            // Which text the redaction left.
            maybe_text("left_version"),
            maybe_text("replaced_on"),
            number("destroy_at"),
        ],
    )
    .key_refers("redaction", "modlog", "id")
    .refers("thread", "thread", "id")
    .index(&["object"])
    .index(&["destroy_at"])
    .create(manager)
    .await?;
    Table::new(
        "appeal",
        &["id"],
        [
            id("id"),
            id("entry"),
            id("thread"),
            maybe_id("post"),
            id("persona"),
            text("body"),
            number("created_at"),
            text("due_on"),
            maybe_text("outcome"),
            maybe_text("reason"),
            maybe_number("decider"),
            maybe_number("decided_at"),
        ],
    )
    .key_refers("entry", "modlog", "id")
    .refers("thread", "thread", "id")
    .may_refer("post", "post", "id")
    .refers("persona", "persona", "id")
    .unique(&["entry"])
    .index(&["decided_at", "created_at", "id"])
    .create(manager)
    .await
}

async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    drop_tables(manager, &["appeal", "sealed_original"]).await?;
    let mut pinned = Index::drop();
    pinned.name("ix_thread_pinned").table("thread");
    manager.drop_index(pinned).await?;
    for column in OF_THREADS.into_iter().rev() {
        manager
            .alter_table(Of::alter().table("thread").drop_column(column).take())
            .await?;
    }
    Ok(())
}
