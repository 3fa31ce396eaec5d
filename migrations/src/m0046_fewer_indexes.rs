//! Indexes that others begin with go. A thread's row is written with every post, and on
//! PostgreSQL every index of it is then.

use sea_orm_migration::prelude::{ConditionalStatement as _, Expr, ExprTrait as _, Index};
use sea_orm_migration::{DbErr, SchemaManager};

use crate::column::migration;

/// The name, the table, the column, and whether it may be null.
const INDEXES: [(&str, &str, &str, bool); 3] = [
    ("ix_thread_category", "thread", "category", true),
    (
        "ix_webhook_message_webhook",
        "webhook_message",
        "webhook",
        false,
    ),
    ("ix_flag_account", "flag", "account", false),
];

migration!("m0046_fewer_indexes");

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    for (name, table, ..) in INDEXES {
        manager
            .drop_index(Index::drop().name(name).table(table).to_owned())
            .await?;
    }
    Ok(())
}

async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    for (name, table, column, may_be_null) in INDEXES {
        let mut index = Index::create();
        index.name(name).table(table).col(column);
        if may_be_null {
            index.cond_where(Expr::col(column).is_not_null());
        }
        manager.create_index(index).await?;
    }
    Ok(())
}
