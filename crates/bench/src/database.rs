//! The seeded databases: made, copied, and asked what there is to ask for.

use crate::floor;
use anyhow::{Context as _, bail};
use rusqlite::types::ValueRef;
use std::path::{Path, PathBuf};
use tokio_postgres::SimpleQueryMessage;
use uuid::Uuid;

/// A database by where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Database {
    /// `postgres://…`, the database's name last.
    Postgres(String),
    /// The file.
    Sqlite(PathBuf),
}

/// A row, each column as text; what is NULL is empty.
type TextRow = Vec<String>;

impl Database {
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Postgres(_) => "postgres",
            Self::Sqlite(_) => "sqlite",
        }
    }

    pub(crate) fn url(&self) -> String {
        match self {
            Self::Postgres(url) => url.clone(),
            Self::Sqlite(path) => format!("sqlite://{}", path.display()),
        }
    }

    /// The rows of a query that both databases understand.
    pub(crate) async fn rows(&self, sql: &str) -> anyhow::Result<Vec<TextRow>> {
        match self {
            Self::Postgres(url) => {
                let client = floor::connect(url).await?;
                let messages = client.simple_query(sql).await?;
                Ok(messages
                    .iter()
                    .filter_map(|message| match message {
                        SimpleQueryMessage::Row(row) => Some(
                            (0..row.len())
                                .map(|at| row.get(at).unwrap_or_default().to_owned())
                                .collect(),
                        ),
                        _ => None,
                    })
                    .collect())
            }
            Self::Sqlite(path) => {
                let connection = rusqlite::Connection::open(path)?;
                let mut statement = connection.prepare(sql)?;
                let columns = statement.column_count();
                let mut rows = statement.query([])?;
                let mut texts = Vec::new();
                while let Some(row) = rows.next()? {
                    let row: anyhow::Result<TextRow> =
                        (0..columns).map(|at| as_text(row.get_ref(at)?)).collect();
                    texts.push(row?);
                }
                Ok(texts)
            }
        }
    }

    /// Whether it is there and holds at least this forum.
    pub(crate) async fn holds(&self, threads: usize, posts: u64) -> bool {
        if let Self::Sqlite(path) = self
            && !path.exists()
        {
            return false;
        }
        let sql = "SELECT (SELECT count(*) FROM thread), (SELECT count(*) FROM post), \
                   (SELECT count(*) FROM account WHERE login = 'seed-00001')";
        let Ok(rows) = self.rows(sql).await else {
            return false;
        };
        let number = |at: usize| rows.first()?.get(at)?.parse::<u64>().ok();
        number(0) == Some(threads as u64) && number(1) >= Some(posts) && number(2) == Some(1)
    }

    /// Makes it anew, with nothing in it.
    pub(crate) async fn recreate(&self) -> anyhow::Result<()> {
        match self {
            Self::Postgres(url) => {
                let (server, name) = split_url(url)?;
                if !name.starts_with("mukalma_bench") {
                    bail!("{name} is not mine to drop: my databases begin with mukalma_bench");
                }
                let client = floor::connect(&format!("{server}/postgres")).await?;
                client
                    .batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
                    .await?;
                client
                    .batch_execute(&format!(
                        "CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' \
                         LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"
                    ))
                    .await?;
            }
            Self::Sqlite(path) => {
                if let Some(directory) = path.parent() {
                    std::fs::create_dir_all(directory)?;
                }
                for suffix in ["", "-wal", "-shm"] {
                    let file = with_suffix(path, suffix);
                    if file.exists() {
                        std::fs::remove_file(&file)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Leaves the database at rest, its statistics up to date, so that no
    /// housekeeping falls into a measurement.
    pub(crate) async fn settle(&self) -> anyhow::Result<()> {
        match self {
            Self::Postgres(url) => {
                let client = floor::connect(url).await?;
                client.batch_execute("VACUUM ANALYZE").await?;
                client.batch_execute("CHECKPOINT").await?;
            }
            Self::Sqlite(path) => {
                let connection = rusqlite::Connection::open(path)?;
                connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE); ANALYZE;")?;
            }
        }
        Ok(())
    }

    /// What the floor works on: the same PostgreSQL database, or a copy of
    /// the SQLite file, because the server locks its own.
    pub(crate) fn for_floor(&self) -> anyhow::Result<Self> {
        match self {
            Self::Postgres(_) => Ok(self.clone()),
            Self::Sqlite(path) => {
                let copy = with_suffix(path, ".floor");
                for suffix in ["-wal", "-shm"] {
                    let file = with_suffix(&copy, suffix);
                    if file.exists() {
                        std::fs::remove_file(&file)?;
                    }
                }
                std::fs::copy(path, &copy)
                    .with_context(|| format!("cannot copy {}", path.display()))?;
                Ok(Self::Sqlite(copy))
            }
        }
    }

    /// The process whose children do the work; none where the server's own
    /// process is the database.
    pub(crate) async fn postmaster(&self) -> anyhow::Result<Option<u32>> {
        let Self::Postgres(url) = self else {
            return Ok(None);
        };
        let client = floor::connect(url).await?;
        let row = client.query_one("SELECT pg_backend_pid()", &[]).await?;
        let backend: i32 = row.try_get(0)?;
        let parent = crate::process::parent(u32::try_from(backend)?)
            .context("PostgreSQL must run on this machine for its CPU to be counted")?;
        Ok(Some(parent))
    }
}

fn as_text(value: ValueRef<'_>) -> anyhow::Result<String> {
    Ok(match value {
        ValueRef::Null => String::new(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(text) => std::str::from_utf8(text)?.to_owned(),
        ValueRef::Blob(bytes) => Uuid::from_slice(bytes)?.to_string(),
    })
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// The server's part of a URL, and the database's name.
fn split_url(url: &str) -> anyhow::Result<(&str, &str)> {
    let (server, name) = url.rsplit_once('/').context("the URL names no database")?;
    let plain = name
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if name.is_empty() || !plain {
        bail!("{name:?} is no plain name of a database");
    }
    Ok((server, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_name_is_taken_into_a_statement() {
        let url = "postgres://root@127.0.0.1:5432/mukalma_bench";
        assert_eq!(split_url(url).unwrap().1, "mukalma_bench");
        assert!(split_url("postgres://root@127.0.0.1/a;b").is_err());
        assert!(split_url("postgres://root@127.0.0.1/").is_err());
    }
}
