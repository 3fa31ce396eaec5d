//! The file, and how connections to it are opened.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

/// So much of the file is read in place, without a copy of its pages.
const MAPPED_BYTES: u32 = 1 << 30;

/// At most so many statements stay prepared on a connection.
const STATEMENTS_KEPT: usize = 200;

/// A file of SQLite's.
#[derive(Debug, Clone)]
pub(crate) struct File {
    pub(crate) path: PathBuf,
    /// How long a statement waits for a lock that another process has.
    pub(crate) patience: Duration,
    /// At most so many pages; `None` for SQLite's own limit.
    pub(crate) max_page_count: Option<u32>,
}

impl File {
    /// The path in `sqlite://path`, `sqlite:path`, with or without
    /// parameters, which are not looked at.
    pub(crate) fn path_in(url: &str) -> &Path {
        let path = url.trim_start_matches("sqlite:").trim_start_matches("//");
        Path::new(path.split('?').next().unwrap_or(path))
    }

    /// A connection whose commits are on the disk when they return.
    pub(crate) fn open(&self) -> rusqlite::Result<Connection> {
        // Each connection is used by one thread at a time.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
        connection.busy_timeout(self.patience)?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "synchronous", "full")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(None, "cache_size", -16_000)?;
        connection.pragma_update(None, "mmap_size", MAPPED_BYTES)?;
        connection.pragma_update(None, "temp_store", "memory")?;
        if let Some(pages) = self.max_page_count {
            connection.pragma_update(None, "max_page_count", pages)?;
        }
        Ok(connection)
    }
}
