//! The public record of moderation is written once, like the audit log: who
//! changes it has to take the database's own guard away first, and is found.

use sea_orm_migration::sea_orm::{ConnectionTrait as _, DbBackend};
use sea_orm_migration::{DbErr, SchemaManager};

use crate::column::migration;

migration!("m0035_guarded_record");

// What an entry takes back is filled in once: by a restore, which has the entry
// that it refers to only later.
const GUARDS_SQLITE: [&str; 3] = [
    "CREATE TRIGGER modlog_update BEFORE UPDATE OF id, appears_at, exact, act, code, reason, \
     thread, post, moderator, nth ON modlog \
     BEGIN SELECT RAISE(ABORT, 'the public record is append only'); END",
    "CREATE TRIGGER modlog_reverse BEFORE UPDATE OF reverses ON modlog \
     WHEN OLD.reverses IS NOT NULL OR NEW.reverses IS NULL \
     BEGIN SELECT RAISE(ABORT, 'the public record is append only'); END",
    "CREATE TRIGGER modlog_delete BEFORE DELETE ON modlog \
     BEGIN SELECT RAISE(ABORT, 'the public record is append only'); END",
];

const GUARDS_POSTGRES: [&str; 5] = [
    "CREATE FUNCTION modlog_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ \
     BEGIN RAISE EXCEPTION 'the public record is append only'; END $$",
    "CREATE TRIGGER modlog_change BEFORE DELETE OR UPDATE OF id, appears_at, exact, act, code, \
     reason, thread, post, moderator, nth ON modlog \
     FOR EACH ROW EXECUTE FUNCTION modlog_refuse()",
    "CREATE TRIGGER modlog_reverse BEFORE UPDATE OF reverses ON modlog FOR EACH ROW \
     WHEN (OLD.reverses IS NOT NULL OR NEW.reverses IS NULL) EXECUTE FUNCTION modlog_refuse()",
    "CREATE TRIGGER modlog_remove BEFORE TRUNCATE ON modlog \
     FOR EACH STATEMENT EXECUTE FUNCTION modlog_refuse()",
    // The owner of a table checks for everyone what refers to it, and locks the
    // row for that, which takes the right to update. The guards refuse him too.
    "GRANT UPDATE ON audit_entry TO CURRENT_USER",
];

const NO_GUARDS_SQLITE: [&str; 3] = [
    "DROP TRIGGER modlog_update",
    "DROP TRIGGER modlog_reverse",
    "DROP TRIGGER modlog_delete",
];

const NO_GUARDS_POSTGRES: [&str; 5] = [
    "DROP TRIGGER modlog_change ON modlog",
    "DROP TRIGGER modlog_reverse ON modlog",
    "DROP TRIGGER modlog_remove ON modlog",
    "DROP FUNCTION modlog_refuse()",
    "REVOKE UPDATE ON audit_entry FROM CURRENT_USER",
];

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    run(manager, &GUARDS_SQLITE, &GUARDS_POSTGRES).await
}

async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    run(manager, &NO_GUARDS_SQLITE, &NO_GUARDS_POSTGRES).await
}

async fn run(manager: &SchemaManager<'_>, sqlite: &[&str], postgres: &[&str]) -> Result<(), DbErr> {
    let statements = match manager.get_database_backend() {
        DbBackend::Sqlite => sqlite,
        _ => postgres,
    };
    for sql in statements {
        manager.get_connection().execute_unprepared(sql).await?;
    }
    Ok(())
}
