//! Rules for what new accounts write, and what is needed to go by them.

use sea_orm_migration::prelude::{
    ConditionalStatement as _, Expr, ExprTrait as _, Index, Table as Of,
};
use sea_orm_migration::{DbErr, SchemaManager};

use crate::column::{Table, drop_tables, maybe_number, migration, number, text};

const PRINTED: &str = "ix_post_printed";

migration!("m0031_standing");

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    Table::new(
        "posting_rule",
        &["tenure"],
        [
            text("tenure"),
            number("held_first"),
            number("links_max"),
            maybe_number("posts_per_hour"),
            maybe_number("posts_per_day"),
            number("min_age_days"),
            number("min_posts"),
        ],
    )
    .create(manager)
    .await?;
    let mut established = maybe_number("established_at");
    manager
        .alter_table(
            Of::alter()
                .table("account")
                .add_column(&mut established)
                .take(),
        )
        .await?;
    // Only of what newcomers write.
    let mut fingerprint = maybe_number("fingerprint");
    manager
        .alter_table(
            Of::alter()
                .table("post")
                .add_column(&mut fingerprint)
                .take(),
        )
        .await?;
    let mut index = Index::create();
    index
        .name(PRINTED)
        .table("post")
        .col("created_at")
        .cond_where(Expr::col("fingerprint").is_not_null());
    manager.create_index(index).await
}

async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .drop_index(Index::drop().name(PRINTED).table("post").to_owned())
        .await?;
    manager
        .alter_table(Of::alter().table("post").drop_column("fingerprint").take())
        .await?;
    manager
        .alter_table(
            Of::alter()
                .table("account")
                .drop_column("established_at")
                .take(),
        )
        .await?;
    drop_tables(manager, &["posting_rule"]).await
}
