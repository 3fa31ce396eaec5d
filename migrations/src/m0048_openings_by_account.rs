//! What opens the commitments of the audit log stands by the account that it means, and
//! by nothing else: an act is written with one index less, and without a look at the
//! entry that is written with it. Whether there is such an entry, `audit verify` says.

use sea_orm_migration::sea_orm::{ConnectionTrait as _, DbBackend};
use sea_orm_migration::{DbErr, SchemaManager};

use crate::column::{Table, hash, id, migration, number};

migration!("m0048_openings_by_account");

const UP: [&str; 4] = [
    "ALTER TABLE audit_opening DROP CONSTRAINT fk_audit_opening_entry",
    "ALTER TABLE audit_opening DROP CONSTRAINT audit_opening_pkey",
    "ALTER TABLE audit_opening ADD PRIMARY KEY (account, entry, place)",
    "DROP INDEX ix_audit_opening_account",
];

const DOWN: [&str; 4] = [
    "CREATE INDEX ix_audit_opening_account ON audit_opening (account)",
    "ALTER TABLE audit_opening DROP CONSTRAINT audit_opening_pkey",
    "ALTER TABLE audit_opening ADD PRIMARY KEY (entry, place)",
    "ALTER TABLE audit_opening ADD CONSTRAINT fk_audit_opening_entry \
     FOREIGN KEY (entry) REFERENCES audit_entry (id)",
];

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::Sqlite {
        return rewrite(manager, openings(&["account", "entry", "place"])).await;
    }
    run(manager, &UP).await
}

async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::Sqlite {
        let before = openings(&["entry", "place"])
            .key_refers("entry", "audit_entry", "id")
            .index(&["account"]);
        return rewrite(manager, before).await;
    }
    run(manager, &DOWN).await
}

fn openings(key: &[&'static str]) -> Table {
    let columns = [
        number("entry"),
        number("place"),
        hash("salt"),
        id("account"),
    ];
    Table::new("audit_opening", key, columns)
}

/// SQLite cannot change the key of a table. Its guard goes with it, and comes again.
async fn rewrite(manager: &SchemaManager<'_>, openings: Table) -> Result<(), DbErr> {
    let aside = "ALTER TABLE audit_opening RENAME TO audit_opening_old";
    // Its index keeps its name, which the new table's may have.
    let index = "DROP INDEX IF EXISTS ix_audit_opening_account";
    run(manager, &[aside, index]).await?;
    openings.create(manager).await?;
    run(
        manager,
        &[
            "INSERT INTO audit_opening (entry, place, salt, account) \
             SELECT entry, place, salt, account FROM audit_opening_old",
            "DROP TABLE audit_opening_old",
            "CREATE TRIGGER audit_opening_update BEFORE UPDATE ON audit_opening \
             BEGIN SELECT RAISE(ABORT, 'the audit log is append only'); END",
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
