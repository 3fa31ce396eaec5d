//! Threads that are held, in the order in which they were sent: what moderators should
//! have looked at by now is found without reading all of them.

use sea_orm_migration::prelude::Index;
use sea_orm_migration::sea_orm::ConnectionTrait as _;
use sea_orm_migration::{DbErr, SchemaManager};

use crate::column::migration;

migration!("m0044_held_threads");

const NAME: &str = "ix_thread_held";

/// It begins with what it holds only one value of: SQLite would else prefer the index
/// of all threads by that.
const HELD: &str = "CREATE INDEX ix_thread_held ON thread \
     (status, COALESCE(clock_since, created_at), id) WHERE status = 'HELD'";

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager.get_connection().execute_unprepared(HELD).await?;
    Ok(())
}

async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .drop_index(Index::drop().name(NAME).table("thread").to_owned())
        .await
}
