//! What was flagged, by when it was decided on, for as long as it is kept as it was
//! then.

use sea_orm_migration::prelude::Index;
use sea_orm_migration::sea_orm::ConnectionTrait as _;
use sea_orm_migration::{DbErr, SchemaManager};

use crate::column::migration;

migration!("m0045_flagged_texts");

const NAME: &str = "ix_reviewable_kept";

const KEPT: &str = "CREATE INDEX ix_reviewable_kept ON reviewable (decided_at) WHERE body <> ''";

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager.get_connection().execute_unprepared(KEPT).await?;
    Ok(())
}

async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .drop_index(Index::drop().name(NAME).table("reviewable").to_owned())
        .await
}
