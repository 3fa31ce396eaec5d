//! The audit log. Its entries are written once: whoever changes or removes one
//! has to take the database's own guard away first, and is found all the same.

use sea_orm_migration::sea_orm::{ConnectionTrait as _, DbBackend};
use sea_orm_migration::{DbErr, SchemaManager};

use crate::column::{Table, drop_tables, hash, id, migration, number, text};

migration!("m0027_audit");

const GUARDS_SQLITE: [&str; 5] = [
    "CREATE TRIGGER audit_opening_update BEFORE UPDATE ON audit_opening \
     BEGIN SELECT RAISE(ABORT, 'the audit log is append only'); END",
    "CREATE TRIGGER audit_entry_update BEFORE UPDATE ON audit_entry \
     BEGIN SELECT RAISE(ABORT, 'the audit log is append only'); END",
    "CREATE TRIGGER audit_entry_delete BEFORE DELETE ON audit_entry \
     BEGIN SELECT RAISE(ABORT, 'the audit log is append only'); END",
    "CREATE TRIGGER audit_head_update BEFORE UPDATE ON audit_head WHEN NEW.size < OLD.size \
     BEGIN SELECT RAISE(ABORT, 'the audit log is append only'); END",
    "CREATE TRIGGER audit_head_delete BEFORE DELETE ON audit_head \
     BEGIN SELECT RAISE(ABORT, 'the audit log is append only'); END",
];

const GUARDS_POSTGRES: [&str; 9] = [
    "CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ \
     BEGIN RAISE EXCEPTION 'the audit log is append only'; END $$",
    "CREATE TRIGGER audit_opening_change BEFORE UPDATE ON audit_opening \
     FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    "CREATE TRIGGER audit_entry_change BEFORE UPDATE OR DELETE ON audit_entry \
     FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    "CREATE TRIGGER audit_entry_remove BEFORE TRUNCATE ON audit_entry \
     FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
    "CREATE TRIGGER audit_head_shrink BEFORE UPDATE ON audit_head \
     FOR EACH ROW WHEN (NEW.size < OLD.size) EXECUTE FUNCTION audit_refuse()",
    "CREATE TRIGGER audit_head_remove BEFORE DELETE ON audit_head \
     FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    "CREATE TRIGGER audit_head_truncate BEFORE TRUNCATE ON audit_head \
     FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
    // An owner can grant it back to itself: this is for the role of a server
    // that does not own its tables, and against accidents.
    "REVOKE UPDATE, DELETE, TRUNCATE ON audit_entry FROM CURRENT_USER",
    "REVOKE DELETE, TRUNCATE ON audit_head FROM CURRENT_USER",
];

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    Table::new(
        "audit_entry",
        &["id"],
        // Its place in the log, from 0.
        [number("id"), text("body"), hash("leaf")],
    )
    .create(manager)
    .await?;
    // Whom an entry means. It can be destroyed without a break in the log.
    Table::new(
        "audit_opening",
        &["entry", "place"],
        [
            number("entry"),
            number("place"),
            hash("salt"),
            id("account"),
        ],
    )
    .key_refers("entry", "audit_entry", "id")
    .index(&["account"])
    .create(manager)
    .await?;
    // One row. Before the first entry there is none.
    Table::new(
        "audit_head",
        &["id"],
        [number("id"), number("size"), hash("frontier"), text("note")],
    )
    .create(manager)
    .await?;
    let guards: &[&str] = match manager.get_database_backend() {
        DbBackend::Sqlite => &GUARDS_SQLITE,
        _ => &GUARDS_POSTGRES,
    };
    for guard in guards {
        manager.get_connection().execute_unprepared(guard).await?;
    }
    Ok(())
}

async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    drop_tables(manager, &["audit_head", "audit_opening", "audit_entry"]).await?;
    if manager.get_database_backend() != DbBackend::Sqlite {
        let sql = "DROP FUNCTION audit_refuse()";
        manager.get_connection().execute_unprepared(sql).await?;
    }
    Ok(())
}
