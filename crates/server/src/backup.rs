//! Encrypted copies of everything the database holds.
//!
//! A copy is a file of `age` whose text is one JSON value a line:
//!
//! 1. a header: the format, the version that wrote it, the migrations, the
//!    moment, and each table with its columns;
//! 2. for each table, in the order of the header, its name, then its rows in
//!    the order of their primary key: an array of cells, ids and bytes in
//!    hexadecimal digits;
//! 3. the number of rows and the digest of what was copied.
//!
//! Sessions are not in it: one that was ended must not come back. Nothing in it
//! depends on which database it came from. The digest leaves
//! out the epochs of streams and of places in them, which a restore renews: so a restored database
//! gives the digest of the copy, whichever of the two it is.

mod line;
mod read;
mod write;

use std::io;

use serde::{Deserialize, Serialize};
use storage::dump::Table;
use storage::{StorageError, Store};

pub use read::Copy;
pub use write::write;

use line::Digest;

/// What the header's format must be.
const FORMAT: &str = "mukalma-copy/1";

/// What a copy begins with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    format: String,
    /// The version that wrote it.
    pub version: String,
    /// The names of the migrations that made its tables, oldest first.
    pub migrations: Vec<String>,
    /// When it was taken, in microseconds since the epoch.
    pub made_at: i64,
    tables: Vec<TableColumns>,
}

/// A table and the columns that its rows have, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct TableColumns {
    table: String,
    columns: Vec<String>,
}

impl From<&Table> for TableColumns {
    fn from(table: &Table) -> Self {
        let columns = table.columns.iter().map(|column| column.name.clone());
        Self {
            table: table.name.clone(),
            columns: columns.collect(),
        }
    }
}

/// What was copied, or restored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// How many rows, of all tables together.
    pub rows: u64,
    /// The SHA-256 of the content, in hexadecimal digits.
    pub sha256: String,
}

/// Why a copy cannot be written or read.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum BackupError {
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The file cannot be written or read.
    #[error("the copy cannot be written or read")]
    Io(#[from] io::Error),
    /// Nobody was named who can open it.
    #[error("the copy cannot be encrypted: {0}")]
    Encrypt(#[from] age::EncryptError),
    /// It is not encrypted to this identity, or not by `age` at all.
    #[error("the copy cannot be opened: {0}")]
    #[diagnostic(help("name the identity that opens it with --identity"))]
    Decrypt(#[from] age::DecryptError),
    /// It is damaged.
    #[error("the copy is damaged or cut short: {0}")]
    #[diagnostic(help("nothing was restored; use another copy"))]
    Damaged(&'static str),
    /// It needs another version.
    #[error("the copy was written by version {0}, whose tables this version does not know")]
    #[diagnostic(help(
        "restore it with that version or a later one, then let `mukalma migrate up` change the tables"
    ))]
    Foreign(String),
    /// The database is in use.
    #[error("the database is not empty: `{0}` has rows")]
    #[diagnostic(help("name an empty database with MUKALMA_DATABASE_URL"))]
    NotEmpty(String),
}

/// The digest of what a database holds now.
pub async fn digest(store: &Store) -> Result<Summary, BackupError> {
    let snapshot = store.snapshot().await?;
    let mut digest = Digest::default();
    for table in snapshot.tables() {
        digest.table(table);
        let mut reading = snapshot.read(table);
        loop {
            let rows = reading.next().await?;
            if rows.is_empty() {
                break;
            }
            for row in &rows {
                digest.row(table, row);
            }
        }
    }
    Ok(digest.finish())
}
