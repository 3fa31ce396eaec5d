//! What the role of a server may do on PostgreSQL that owns no table.

use chrono::{DateTime, Utc};

use crate::error::StorageError;
use crate::store::{Backend, Store};

/// What is written once.
const ONCE: &str = "audit_entry, modlog";

/// The same, for the question whether it could be changed.
const COULD: &str = "SELECT bool_or(has_table_privilege(name, 'UPDATE') \
     OR has_table_privilege(name, 'DELETE') OR has_table_privilege(name, 'TRUNCATE')) \
     FROM (VALUES ('audit_entry'), ('modlog')) written (name)";

impl Store {
    /// Lets a role serve the forum: it reads and writes every table, and neither
    /// changes nor removes what is written once, nor a table. Whoever signs in
    /// here has to own the tables. On PostgreSQL; SQLite has no roles.
    pub async fn let_serve(&self, role: &str, now: DateTime<Utc>) -> Result<(), StorageError> {
        if self.backend() == Backend::Sqlite {
            let why = "SQLite has no roles: its guards are all there is";
            return Err(StorageError::Address(why.to_owned()));
        }
        let role = format!("\"{}\"", role.replace('"', "\"\""));
        let all = "ALL TABLES IN SCHEMA public";
        let statements = [
            format!("GRANT USAGE ON SCHEMA public TO {role}"),
            format!("GRANT SELECT, INSERT, UPDATE, DELETE ON {all} TO {role}"),
            format!("REVOKE UPDATE, DELETE ON {ONCE} FROM {role}"),
            // It goes on, and is not cut.
            format!("REVOKE DELETE ON audit_head FROM {role}"),
            // Whom an entry means is destroyed, and never altered.
            format!("REVOKE UPDATE ON audit_opening FROM {role}"),
            format!("REVOKE INSERT, UPDATE, DELETE ON seaql_migrations FROM {role}"),
        ];
        self.write(now, async |tx| {
            for sql in &statements {
                tx.run(sql, tx.params()).await?;
            }
            Ok(())
        })
        .await
    }

    /// Whether the role of the server could change or remove what is written once;
    /// `None` where there are no roles.
    pub async fn could_change_the_log(&self) -> Result<Option<bool>, StorageError> {
        if self.backend() == Backend::Sqlite {
            return Ok(None);
        }
        let conn = self.read();
        let row = conn.one(COULD, conn.params()).await?;
        row.map(|mut row| row.get()).transpose()
    }
}
