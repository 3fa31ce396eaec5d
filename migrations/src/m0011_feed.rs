//! The public feed becomes one stream. What is passed on to it is passed on by
//! one at a time, so that its shards kept nobody from waiting.

use sea_orm_migration::prelude::Table as Of;
use sea_orm_migration::sea_orm::ConnectionTrait as _;
use sea_orm_migration::{DbErr, SchemaManager};

use crate::column::{Table, drop_tables, id, maybe_number, migration, number};

migration!("m0011_feed");

/// How many shards the feed had.
const SHARDS: u8 = 4;

/// A place in no life of any stream: whoever stands there is told to read
/// anew.
const NOWHERE: &str = "-1, 0";

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    drop_tables(manager, &["webhook_place"]).await?;
    places()
        .key_refers("webhook", "webhook", "id")
        .create(manager)
        .await?;
    run(
        manager,
        &[
            "DELETE FROM event WHERE stream LIKE 'feed:%'",
            "DELETE FROM stream WHERE id LIKE 'feed:%'",
            &format!(
                "INSERT INTO webhook_place (webhook, epoch, pos) SELECT id, {NOWHERE} FROM webhook"
            ),
            "ALTER TABLE webhook_message DROP COLUMN shard",
        ],
    )
    .await
}

fn places() -> Table {
    let columns = [id("webhook"), number("epoch"), number("pos")];
    Table::new("webhook_place", &["webhook"], columns)
}

async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    drop_tables(manager, &["webhook_place"]).await?;
    let columns = [
        id("webhook"),
        number("shard"),
        number("epoch"),
        number("pos"),
    ];
    Table::new("webhook_place", &["webhook", "shard"], columns)
        .key_refers("webhook", "webhook", "id")
        .create(manager)
        .await?;
    run(
        manager,
        &[
            "DELETE FROM event WHERE stream = 'feed'",
            "DELETE FROM stream WHERE id = 'feed'",
        ],
    )
    .await?;
    let mut shard = maybe_number("shard");
    let table = Of::alter()
        .table("webhook_message")
        .add_column(&mut shard)
        .take();
    manager.alter_table(table).await?;
    for shard in 0..SHARDS {
        let sql = format!(
            "INSERT INTO webhook_place (webhook, shard, epoch, pos) \
             SELECT id, {shard}, {NOWHERE} FROM webhook"
        );
        run(manager, &[&sql]).await?;
    }
    Ok(())
}

async fn run(manager: &SchemaManager<'_>, statements: &[&str]) -> Result<(), DbErr> {
    for sql in statements {
        manager.get_connection().execute_unprepared(sql).await?;
    }
    Ok(())
}
