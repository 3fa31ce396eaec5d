//! Sanctions of whoever wrote something, and what is proposed of them.

use sea_orm_migration::{DbErr, SchemaManager};

use crate::column::{
    Table, drop_tables, id, maybe_id, maybe_number, maybe_text, migration, number, text,
};

use sea_orm_migration::prelude::Table as Of;

migration!("m0029_sanctions");

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    Table::new(
        "sanction",
        &["id"],
        [
            id("id"),
            // Who is sanctioned. His account is the persona's, and stands nowhere
            // else.
            id("persona"),
            // For what: a thread's own text, or a post.
            id("thread"),
            maybe_id("post"),
            // As it was when the sanction was proposed.
            maybe_text("title"),
            text("body"),
            text("kind"),
            maybe_text("reach"),
            maybe_text("category"),
            maybe_number("until"),
            text("code"),
            text("reason"),
            // Moderators are known by their numbers.
            number("proposer"),
            number("proposed_at"),
            maybe_text("decision"),
            maybe_number("decider"),
            maybe_text("decision_reason"),
            maybe_number("decided_at"),
            // Its entry in the record, once it took effect.
            maybe_id("entry"),
            maybe_number("lifted_at"),
        ],
    )
    .refers("persona", "persona", "id")
    .refers("thread", "thread", "id")
    .may_refer("post", "post", "id")
    .may_refer("category", "category", "code")
    .may_refer("entry", "modlog", "id")
    .index(&["proposed_at", "id"])
    .create(manager)
    .await?;
    // Until when a sanction of the account stands: most have none, and are asked
    // for none.
    let mut until = maybe_number("sanctioned_until");
    manager
        .alter_table(Of::alter().table("account").add_column(&mut until).take())
        .await
}

async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .alter_table(
            Of::alter()
                .table("account")
                .drop_column("sanctioned_until")
                .take(),
        )
        .await?;
    drop_tables(manager, &["sanction"]).await
}
