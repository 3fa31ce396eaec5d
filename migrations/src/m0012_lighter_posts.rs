//! A post costs PostgreSQL less: the words by which it is found refer to
//! nothing that is not written with them, and keys of mutations are found by
//! their time through a summary, since they are written in its order.
//!
//! On SQLite a reference and an index cost little beside the commit; there
//! nothing changes.

use sea_orm_migration::sea_orm::{ConnectionTrait as _, DbBackend};
use sea_orm_migration::{DbErr, SchemaManager};

use crate::column::migration;

migration!("m0012_lighter_posts");

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    on_postgres(
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
    on_postgres(
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

async fn on_postgres(manager: &SchemaManager<'_>, statements: &[&str]) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::Sqlite {
        return Ok(());
    }
    for sql in statements {
        manager.get_connection().execute_unprepared(sql).await?;
    }
    Ok(())
}
