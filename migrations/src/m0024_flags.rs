//! What members flag, and the moderators' queue of it.

use sea_orm_migration::prelude::{ConditionalStatement as _, Expr, ExprTrait as _, Index};
use sea_orm_migration::{DbErr, SchemaManager};

use crate::column::{
    Table, counter, drop_tables, flag, id, maybe_id, maybe_number, maybe_text, migration, number,
    text,
};

migration!("m0024_flags");

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    Table::new(
        "reviewable",
        &["id"],
        [
            id("id"),
            // The thread or the post, whichever was flagged.
            id("subject"),
            id("thread"),
            maybe_id("post"),
            id("persona"),
            // As it was when it was flagged first.
            maybe_text("title"),
            text("body"),
            // In thousandths of a newcomer's flag.
            counter("score"),
            counter("pressure"),
            counter("flags"),
            flag("held"),
            // Moderators are known by their numbers.
            maybe_number("claimant"),
            maybe_number("claimed_at"),
            number("created_at"),
            maybe_text("decision"),
            maybe_number("decider"),
            maybe_number("decided_at"),
        ],
    )
    .refers("thread", "thread", "id")
    .may_refer("post", "post", "id")
    .refers("persona", "persona", "id")
    .create(manager)
    .await?;
    let open = || Expr::col("decided_at").is_null();
    let mut once = Index::create();
    once.name("uq_reviewable_open")
        .table("reviewable")
        .col("subject")
        .unique()
        .cond_where(open());
    manager.create_index(once).await?;
    for (name, by) in [
        ("ix_reviewable_score", "score"),
        ("ix_reviewable_age", "created_at"),
    ] {
        let mut index = Index::create();
        index
            .name(name)
            .table("reviewable")
            .col(by)
            .col("id")
            .cond_where(open());
        manager.create_index(index).await?;
    }
    Table::new(
        "flag",
        &["subject", "account"],
        [
            id("subject"),
            id("account"),
            id("thread"),
            id("reviewable"),
            text("reason"),
            maybe_text("note"),
            number("weight"),
            // With whom it counts once: an organization or an agency.
            maybe_id("side"),
            maybe_text("constituency"),
            number("created_at"),
            maybe_text("outcome"),
        ],
    )
    .refers("account", "account", "id")
    .refers("thread", "thread", "id")
    .refers("reviewable", "reviewable", "id")
    .index(&["account", "created_at"])
    .create(manager)
    .await?;
    Table::new(
        "review_step",
        &["id"],
        [
            id("id"),
            id("reviewable"),
            text("step"),
            maybe_number("moderator"),
            maybe_text("decision"),
            maybe_text("code"),
            maybe_text("reason"),
            number("at"),
        ],
    )
    .refers("reviewable", "reviewable", "id")
    .create(manager)
    .await
}

async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    drop_tables(manager, &["review_step", "flag", "reviewable"]).await
}
