//! Desks: who took a concern, who stepped back from it, and lists of what is
//! due that need no sorting.

use sea_orm_migration::prelude::{
    ConditionalStatement as _, Expr, ExprTrait as _, Index, Table as Of,
};
use sea_orm_migration::sea_orm::ConnectionTrait as _;
use sea_orm_migration::{DbErr, SchemaManager};

use crate::column::{Table, drop_tables, id, maybe_id, maybe_text, migration, number};

migration!("m0013_desks");

/// The order of the desks, of what is on one already.
const ON_DESK: &str = "UPDATE thread SET desk_on = COALESCE(due_on, '9999-12-31') \
     WHERE state IS NOT NULL AND state NOT IN ('CLOSED', 'WITHDRAWN')";

/// The lists of what is due, of one agency and of all. What an agency's is
/// narrowed to and counted by stands in the index: a desk may be long.
const DESKS: [(&str, &[&str]); 2] = [
    (
        "ix_thread_desk",
        &[
            "assigned_agency",
            "desk_on",
            "id",
            "status",
            "audience",
            "assigned_office",
            "oversight_agency",
            "state",
            "due_on",
            "very_overdue_on",
            "officer",
        ],
    ),
    ("ix_thread_due", &["desk_on", "id"]),
];

/// What they were before.
const BEFORE: [(&str, &[&str]); 2] = [
    ("ix_thread_desk", &["assigned_agency", "due_on", "id"]),
    ("ix_thread_due", &["state", "due_on", "id"]),
];

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    // The persona of the officer. SQLite could not take a reference back, and
    // personas are never deleted.
    for column in [&mut maybe_id("officer"), &mut maybe_text("desk_on")] {
        manager
            .alter_table(Of::alter().table("thread").add_column(column).take())
            .await?;
    }
    manager.get_connection().execute_unprepared(ON_DESK).await?;
    indexes(manager, DESKS, true).await?;
    let mut taken = Index::create();
    taken
        .name("ix_thread_officer")
        .table("thread")
        .col("officer");
    taken.cond_where(Expr::col("officer").is_not_null());
    manager.create_index(taken).await?;
    Table::new(
        "recusal",
        &["thread", "persona"],
        [id("thread"), id("persona"), number("since")],
    )
    .key_refers("thread", "thread", "id")
    .refers("persona", "persona", "id")
    .create(manager)
    .await
}

/// Makes the indexes anew; of what is on a desk, or of everything.
async fn indexes(
    manager: &SchemaManager<'_>,
    all: [(&'static str, &'static [&'static str]); 2],
    on_desk: bool,
) -> Result<(), DbErr> {
    for (name, columns) in all {
        drop_index(manager, name).await?;
        let mut index = Index::create();
        index.name(name).table("thread");
        for column in columns {
            index.col(*column);
        }
        if on_desk {
            index.cond_where(Expr::col("desk_on").is_not_null());
        }
        manager.create_index(index).await?;
    }
    Ok(())
}

async fn drop_index(manager: &SchemaManager<'_>, name: &'static str) -> Result<(), DbErr> {
    let index = Index::drop().name(name).table("thread").to_owned();
    manager.drop_index(index).await
}

async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    drop_tables(manager, &["recusal"]).await?;
    drop_index(manager, "ix_thread_officer").await?;
    indexes(manager, BEFORE, false).await?;
    for column in ["desk_on", "officer"] {
        manager
            .alter_table(Of::alter().table("thread").drop_column(column).take())
            .await?;
    }
    Ok(())
}
