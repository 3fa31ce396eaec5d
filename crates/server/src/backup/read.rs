//! Restoring a copy.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _};
use std::path::{Path, PathBuf};

use age::Identity;
use chrono::{DateTime, Utc};
use storage::dump::{Cell, Table};
use storage::{Store, Tx};

use super::line::{Digest, to_row};
use super::{BackupError, FORMAT, Header, Summary, TableColumns};

/// How long a line may be: a row has a text or two of 20,000 characters.
const LINE_BYTES: u64 = 4 << 20;

/// How many rows are written at once.
const ROWS_AT_ONCE: usize = 1_000;

/// A copy whose header was read.
pub struct Copy {
    file: PathBuf,
    identities: Vec<Box<dyn Identity + Send + Sync>>,
    header: Header,
}

impl std::fmt::Debug for Copy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Copy")
            .field("header", &self.header)
            .finish_non_exhaustive()
    }
}

impl Copy {
    /// Opens a copy with any of these identities.
    pub fn open(
        file: &Path,
        identities: Vec<Box<dyn Identity + Send + Sync>>,
    ) -> Result<Self, BackupError> {
        let mut lines = Lines::open(file, &identities)?;
        let header: Header = serde_json::from_str(&lines.next()?)
            .map_err(|_| BackupError::Damaged("it has no header"))?;
        if header.format != FORMAT {
            return Err(BackupError::Foreign(header.version));
        }
        Ok(Self {
            file: file.to_owned(),
            identities,
            header,
        })
    }

    /// What it begins with.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Reads the copy into an empty database whose migrations are applied:
    /// all of it, once its digest is found right, or nothing. `tell` hears
    /// after every few rows how many are written.
    ///
    /// A copy of an earlier version is read into its own tables, which are
    /// then changed to what this version needs.
    pub async fn restore(
        &self,
        store: &Store,
        now: DateTime<Utc>,
        tell: impl Fn(u64),
    ) -> Result<Summary, BackupError> {
        refuse_filled(store.read()).await?;
        let known = store.migration_status().await?;
        let known: Vec<&str> = known.iter().map(|(name, _)| name.as_str()).collect();
        let own: Vec<&str> = self.header.migrations.iter().map(String::as_str).collect();
        if own.is_empty() || !known.starts_with(&own) {
            return Err(BackupError::Foreign(self.header.version.clone()));
        }
        let newer = u32::try_from(known.len() - own.len()).unwrap_or(u32::MAX);
        if newer > 0 {
            store.migrate_down(newer).await?;
        }
        let done = store
            .write(now, async |tx| self.fill(&tx, &tell).await)
            .await;
        // Whether it was filled or not, it is left as this version needs it.
        store.migrate().await?;
        done
    }

    async fn fill(&self, tx: &Tx, tell: &impl Fn(u64)) -> Result<Summary, BackupError> {
        refuse_filled(tx).await?;
        let tables = tx.tables().await?;
        if !tables
            .iter()
            .map(TableColumns::from)
            .eq(self.header.tables.iter().cloned())
        {
            return Err(BackupError::Foreign(self.header.version.clone()));
        }
        let mut lines = Lines::open(&self.file, &self.identities)?;
        lines.next()?;
        let mut digest = Digest::default();
        let mut done = 0;
        let mut line = lines.next()?;
        for table in &tables {
            if serde_json::from_str::<String>(&line).ok().as_ref() != Some(&table.name) {
                return Err(BackupError::Damaged("a table is missing"));
            }
            digest.table(table);
            let mut load = tx.load(table);
            line = lines.next()?;
            while line.starts_with('[') {
                let rows = take_rows(table, &mut lines, &mut line, &mut digest)?;
                done += rows.len() as u64;
                load.add(rows).await?;
                tell(done);
            }
            load.finish().await?;
        }
        let summary = digest.finish();
        if serde_json::from_str::<Summary>(&line).ok().as_ref() != Some(&summary) {
            return Err(BackupError::Damaged("its digest is not that of its rows"));
        }
        lines.expect_end()?;
        // Before there was a log, there were no streams.
        if tables.iter().any(|table| table.name == "stream") {
            tx.renew_epochs().await?;
        }
        Ok(summary)
    }
}

/// The rows from this line on, so many as are written at once. The line after
/// them is left in `line`.
fn take_rows(
    table: &Table,
    lines: &mut Lines,
    line: &mut String,
    digest: &mut Digest,
) -> Result<Vec<Vec<Cell>>, BackupError> {
    let mut rows = Vec::with_capacity(ROWS_AT_ONCE);
    while line.starts_with('[') && rows.len() < ROWS_AT_ONCE {
        let row = to_row(table, line)?;
        digest.row(table, &row);
        rows.push(row);
        *line = lines.next()?;
    }
    Ok(rows)
}

async fn refuse_filled(conn: &storage::Conn) -> Result<(), BackupError> {
    match conn.first_filled().await? {
        None => Ok(()),
        Some(table) => Err(BackupError::NotEmpty(table.name)),
    }
}

/// The decrypted lines of a copy.
struct Lines(BufReader<age::stream::StreamReader<BufReader<File>>>);

impl Lines {
    fn open(
        file: &Path,
        identities: &[Box<dyn Identity + Send + Sync>],
    ) -> Result<Self, BackupError> {
        let decryptor = age::Decryptor::new_buffered(BufReader::new(File::open(file)?))?;
        let identities = identities.iter().map(|one| &**one as &dyn Identity);
        Ok(Self(BufReader::new(decryptor.decrypt(identities)?)))
    }

    fn next(&mut self) -> Result<String, BackupError> {
        let mut line = String::new();
        let mut bounded = (&mut self.0).take(LINE_BYTES);
        bounded.read_line(&mut line).map_err(damaged)?;
        match line.pop() {
            Some('\n') => Ok(line),
            _ => Err(BackupError::Damaged("it ends too early")),
        }
    }

    fn expect_end(mut self) -> Result<(), BackupError> {
        if self.0.fill_buf().map_err(damaged)?.is_empty() {
            Ok(())
        } else {
            Err(BackupError::Damaged("something follows its end"))
        }
    }
}

/// What cannot be decrypted was changed, or is not all there.
fn damaged(error: io::Error) -> BackupError {
    match error.kind() {
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => {
            BackupError::Damaged("a part of it cannot be decrypted")
        }
        _ => BackupError::Io(error),
    }
}
