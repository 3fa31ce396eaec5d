//! What `mukalma doctor` asks a database.

use chrono::{DateTime, Utc};

use crate::conn::Conn;
use crate::error::StorageError;
use crate::store::{Backend, Store};

impl Conn {
    /// The time of the database's own clock.
    pub async fn clock(&self) -> Result<DateTime<Utc>, StorageError> {
        let sql = match self.backend {
            Backend::Sqlite => "SELECT CAST(round(unixepoch('subsec') * 1000000) AS INTEGER)",
            Backend::Postgres => "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint",
        };
        let row = self.one(sql, self.params()).await?;
        row.ok_or(StorageError::Corrupt("the time"))?.time()
    }
}

impl Store {
    /// What characters are encoded in; `None` on SQLite, which has UTF-8.
    pub async fn encoding(&self) -> Result<Option<String>, StorageError> {
        if self.backend() == Backend::Sqlite {
            return Ok(None);
        }
        let conn = self.read();
        conn.one("SHOW server_encoding", conn.params())
            .await?
            .map(|mut row| row.get())
            .transpose()
    }
}
