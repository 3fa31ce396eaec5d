//! The few posts that their thread's audience may not see, by author: whoever
//! wrote one gets no answer that was made for others.

use sea_orm_migration::prelude::{ConditionalStatement as _, Expr, ExprTrait as _, Index};
use sea_orm_migration::{DbErr, SchemaManager};

use crate::column::migration;

const NAME: &str = "ix_post_hidden";

migration!("m0005_hidden_posts");

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut index = Index::create();
    index
        .name(NAME)
        .table("post")
        .col("thread")
        .col("persona")
        .cond_where(Expr::col("status").is_not_in(["VISIBLE", "MINIMIZED"]));
    manager.create_index(index).await
}

async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .drop_index(Index::drop().name(NAME).table("post").to_owned())
        .await
}
