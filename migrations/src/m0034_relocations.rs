//! Posts that moderators take from one thread to another, where threads were
//! merged into or split from, and the how manieth act on its thread or post each
//! entry of the record is.

use sea_orm_migration::prelude::Table as Of;
use sea_orm_migration::{DbErr, SchemaManager};

use crate::column::{Table, counter, drop_tables, id, maybe_id, migration};

migration!("m0034_relocations");

/// Of a thread: the one that took its posts, and the one that its posts were
/// taken from.
const OF_THREADS: [&str; 2] = ["merged_into", "split_from"];

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    for column in OF_THREADS {
        let mut column = maybe_id(column);
        manager
            .alter_table(Of::alter().table("thread").add_column(&mut column).take())
            .await?;
    }
    // Of what not everyone reads, entries of one month share their moment.
    let mut nth = counter("nth");
    manager
        .alter_table(Of::alter().table("modlog").add_column(&mut nth).take())
        .await?;
    Table::new(
        "relocation",
        &["entry", "post"],
        [id("entry"), id("post"), id("from_thread"), id("to_thread")],
    )
    .key_refers("entry", "modlog", "id")
    .refers("post", "post", "id")
    .refers("from_thread", "thread", "id")
    .refers("to_thread", "thread", "id")
    .create(manager)
    .await
}

async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    drop_tables(manager, &["relocation"]).await?;
    manager
        .alter_table(Of::alter().table("modlog").drop_column("nth").take())
        .await?;
    for column in OF_THREADS.into_iter().rev() {
        manager
            .alter_table(Of::alter().table("thread").drop_column(column).take())
            .await?;
    }
    Ok(())
}
