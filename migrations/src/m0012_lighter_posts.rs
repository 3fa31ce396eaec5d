//! A post costs less: the words by which it is found refer to nothing that is
//! not written with them. On PostgreSQL, keys of mutations are found by their
//! time through a summary, since they are written in its order.

use sea_orm_migration::sea_orm::{ConnectionTrait as _, DbBackend};
use sea_orm_migration::{DbErr, SchemaManager};

use crate::column::{Table, id, migration, text};

migration!("m0012_lighter_posts");

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::Sqlite {
        return rewrite(manager, words()).await;
    }
    run(
        manager,
        &[
            "ALTER TABLE search_doc DROP CONSTRAINT fk_search_doc_thread",
            "DROP INDEX ix_search_doc_thread",
            "DROP INDEX ix_idempotency_expires_at",
            "CREATE INDEX ix_idempotency_expires_at ON idempotency USING brin (expires_at)",
        ],
    )
    .await
}

async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::Sqlite {
        return rewrite(manager, words().refers("thread", "thread", "id")).await;
    }
    run(
        manager,
        &[
            "DROP INDEX ix_idempotency_expires_at",
            "CREATE INDEX ix_idempotency_expires_at ON idempotency (expires_at)",
            "CREATE INDEX ix_search_doc_thread ON search_doc (thread)",
            "ALTER TABLE search_doc ADD CONSTRAINT fk_search_doc_thread \
             FOREIGN KEY (thread) REFERENCES thread (id)",
        ],
    )
    .await
}

fn words() -> Table {
    let columns = [
        id("object"),
        text("language"),
        id("thread"),
        text("normalized"),
    ];
    Table::new("search_doc", &["object", "language"], columns)
}

/// SQLite cannot change what a table refers to.
async fn rewrite(manager: &SchemaManager<'_>, words: Table) -> Result<(), DbErr> {
    run(
        manager,
        &["ALTER TABLE search_doc RENAME TO search_doc_old"],
    )
    .await?;
    // Its index keeps its name, which the new table's may have.
    run(manager, &["DROP INDEX IF EXISTS ix_search_doc_thread"]).await?;
    words.create(manager).await?;
    run(
        manager,
        &[
            "INSERT INTO search_doc (object, language, thread, normalized) \
             SELECT object, language, thread, normalized FROM search_doc_old",
            "DROP TABLE search_doc_old",
        ],
    )
    .await
}

async fn run(manager: &SchemaManager<'_>, statements: &[&str]) -> Result<(), DbErr> {
    for sql in statements {
        manager.get_connection().execute_unprepared(sql).await?;
    }
    Ok(())
}
