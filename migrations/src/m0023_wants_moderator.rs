//! Which threads wait for any moderator to look, because none is on them.

use sea_orm_migration::prelude::Table as Of;
use sea_orm_migration::sea_orm::ConnectionTrait as _;
use sea_orm_migration::{DbErr, SchemaManager};

use crate::column::{flag, migration};

migration!("m0023_wants_moderator");

/// What is before nobody waits for one already.
const WAITING: &str = "UPDATE thread SET wants_moderator = TRUE \
     WHERE state IN ('OPEN', 'DISPUTED') AND claimed_by IS NULL";

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut column = flag("wants_moderator").default(false).take();
    manager
        .alter_table(Of::alter().table("thread").add_column(&mut column).take())
        .await?;
    manager.get_connection().execute_unprepared(WAITING).await?;
    Ok(())
}

async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .alter_table(
            Of::alter()
                .table("thread")
                .drop_column("wants_moderator")
                .take(),
        )
        .await
}
