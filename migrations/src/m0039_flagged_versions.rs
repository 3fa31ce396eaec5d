//! Of each flag, how many texts its thread or post had had before, so that it is
//! read with the text that it was raised on; and which threads are open to any
//! moderator only for as long as something of them waits in the queue.

use sea_orm_migration::prelude::Table as Of;
use sea_orm_migration::sea_orm::ConnectionTrait as _;
use sea_orm_migration::{DbErr, SchemaManager};

use crate::column::{flag, maybe_number, migration};

migration!("m0039_flagged_versions");

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    // None of flags that are older: what they saw nobody wrote down.
    let mut column = maybe_number("revision");
    manager
        .alter_table(Of::alter().table("flag").add_column(&mut column).take())
        .await?;
    let mut column = flag("wanted_by_queue").default(false).take();
    manager
        .alter_table(Of::alter().table("thread").add_column(&mut column).take())
        .await
}

async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    // What waits there is not to be out of every moderator's sight.
    manager
        .get_connection()
        .execute_unprepared("UPDATE thread SET wants_moderator = TRUE WHERE wanted_by_queue")
        .await?;
    for (table, column) in [("thread", "wanted_by_queue"), ("flag", "revision")] {
        manager
            .alter_table(Of::alter().table(table).drop_column(column).take())
            .await?;
    }
    Ok(())
}
