//! Opening the database, and the pools that read and write it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use migrations::{Migrator, MigratorTrait};
use sea_orm::{ConnectOptions, Database, DatabaseConnection};

use crate::audit_log::Sealer;
use crate::conn::{Conn, On};
use crate::error::StorageError;
use crate::log::CommitSignal;
use crate::{postgres, sqlite};

/// Which database is beneath.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// An embedded file.
    Sqlite,
    /// A server.
    Postgres,
}

/// How to open the database.
#[derive(Clone)]
pub struct Settings {
    /// `sqlite://path` or `postgres://…`.
    pub url: String,
    /// Connections that read. At least 1.
    pub readers: u32,
    /// Connections that write on PostgreSQL. At least 1; SQLite has one.
    pub writers: u32,
    /// How long a caller waits for a connection or a lock.
    pub patience: Duration,
    /// How long PostgreSQL may work on a statement. A server that has not answered so
    /// long, and as long again as a caller waits, is not there.
    pub statement: Duration,
    /// At most so many pages in a SQLite file; `None` for SQLite's own limit.
    pub max_page_count: Option<u32>,
}

/// Without the address, which may hold a password.
impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings")
            .field("readers", &self.readers)
            .field("writers", &self.writers)
            .field("patience", &self.patience)
            .field("statement", &self.statement)
            .field("max_page_count", &self.max_page_count)
            .finish_non_exhaustive()
    }
}

impl Settings {
    /// What serves a small forum.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            readers: 8,
            writers: 8,
            patience: Duration::from_secs(5),
            statement: Duration::from_secs(30),
            max_page_count: None,
        }
    }
}

/// Where writes run.
#[derive(Debug)]
pub(crate) enum Writes {
    Postgres {
        alone: Arc<postgres::Writers>,
        together: postgres::Together,
    },
    Sqlite(sqlite::Writer),
}

/// The forum's memory.
#[derive(Debug)]
pub struct Store {
    pub(crate) backend: Backend,
    settings: Settings,
    reads: Conn,
    pub(crate) writes: Writes,
    pub(crate) commits: Arc<CommitSignal>,
    pub(crate) statements: Arc<AtomicU64>,
    pub(crate) sealer: OnceLock<Sealer>,
}

impl Store {
    /// Opens the database without changing its shape.
    pub async fn open(settings: &Settings) -> Result<Self, StorageError> {
        let backend = backend_of(&settings.url)?;
        let commits = Arc::<CommitSignal>::default();
        let (reads, writes) = match backend {
            Backend::Postgres => {
                let address =
                    postgres::Address::parse(&settings.url, settings.patience, settings.statement)?;
                let address = Arc::new(address);
                let writers = postgres::Writers::open(Arc::clone(&address), settings.writers);
                let alone = Arc::new(writers.await?);
                let readers = postgres::Readers::open(address, settings.readers).await?;
                let together = postgres::Together::new(Arc::clone(&alone), Arc::clone(&commits));
                let writes = Writes::Postgres { alone, together };
                (On::Readers(Arc::new(readers)), writes)
            }
            Backend::Sqlite => {
                make_file(&settings.url)?;
                let file = sqlite::File {
                    path: sqlite::File::path_in(&settings.url).to_owned(),
                    patience: settings.patience,
                    max_page_count: settings.max_page_count,
                };
                // The writer comes first: it turns on WAL, without which a
                // reader could not open a fresh file.
                let writer = sqlite::Writer::open(&file, Arc::clone(&commits))?;
                let kept = usize::try_from(settings.readers).unwrap_or(usize::MAX);
                let readers = Arc::new(sqlite::Readers::open(file, kept)?);
                let reads = On::File {
                    place: sqlite::Place::Readers(readers),
                    trouble: None,
                };
                (reads, Writes::Sqlite(writer))
            }
        };
        let statements = Arc::new(AtomicU64::new(0));
        let reads = Conn {
            on: reads,
            backend,
            statements: Arc::clone(&statements),
        };
        Ok(Self {
            backend,
            settings: settings.clone(),
            reads,
            writes,
            commits,
            statements,
            sealer: OnceLock::new(),
        })
    }

    /// Brings the database to the shape this program needs.
    pub async fn migrate(&self) -> Result<(), StorageError> {
        // Most starts find it so: then what migrates need not connect.
        if self.is_migrated().await {
            return Ok(());
        }
        let connection = self.migrator().await?;
        let done = Migrator::up(&connection, None).await;
        connection.close().await?;
        Ok(done?)
    }

    /// Whether exactly this program's migrations are applied, as far as the
    /// database tells.
    async fn is_migrated(&self) -> bool {
        let Ok(mut applied) = self.read().applied().await else {
            return false;
        };
        applied.sort_unstable();
        let known = Migrator::migrations();
        let mut known: Vec<&str> = known.iter().map(|one| one.name()).collect();
        known.sort_unstable();
        applied == known
    }

    /// Undoes the newest `steps` migrations.
    pub async fn migrate_down(&self, steps: u32) -> Result<(), StorageError> {
        let connection = self.migrator().await?;
        let done = Migrator::down(&connection, Some(steps)).await;
        connection.close().await?;
        Ok(done?)
    }

    /// The names of migrations that are applied and that this program does not
    /// know: a newer one wrote the database.
    pub async fn newer_migrations(&self) -> Result<Vec<String>, StorageError> {
        let mut applied = self.applied().await?;
        let known = Migrator::migrations();
        applied.retain(|name| known.iter().all(|one| one.name() != name));
        applied.sort_unstable();
        Ok(applied)
    }

    /// Every migration's name, and whether it is applied, oldest first.
    pub async fn migration_status(&self) -> Result<Vec<(String, bool)>, StorageError> {
        let applied = self.applied().await?;
        let known = Migrator::migrations();
        let known = known.iter().map(|one| one.name().to_owned());
        Ok(known
            .map(|name| {
                let done = applied.contains(&name);
                (name, done)
            })
            .collect())
    }

    /// The names of the migrations that are applied.
    async fn applied(&self) -> Result<Vec<String>, StorageError> {
        match self.read().applied().await {
            // There was never any: their list is made, which takes an owner.
            Err(StorageError::Refused(_)) => {
                let connection = self.migrator().await?;
                let made = Migrator::install(&connection).await;
                connection.close().await?;
                made?;
                Ok(Vec::new())
            }
            found => found,
        }
    }

    /// A connection that migrations can use.
    async fn migrator(&self) -> Result<DatabaseConnection, StorageError> {
        connect(&self.settings, self.backend).await
    }

    /// Where reads run.
    pub fn read(&self) -> &Conn {
        &self.reads
    }

    /// Which database is beneath.
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// Says which streams commits have touched.
    pub fn commits(&self) -> &CommitSignal {
        &self.commits
    }

    /// How many commits there were since the start, where nobody else can have
    /// written; `None` on a server that others may write to.
    pub fn own_commits(&self) -> Option<u64> {
        match self.backend {
            Backend::Sqlite => Some(self.commits.count()),
            Backend::Postgres => None,
        }
    }

    /// How many statements have run, BEGIN and COMMIT included. For budgets
    /// in tests.
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// The database's own words for its version.
    pub async fn version(&self) -> Result<String, StorageError> {
        let sql = match self.backend {
            Backend::Sqlite => "SELECT sqlite_version()",
            Backend::Postgres => "SHOW server_version",
        };
        let conn = self.read();
        let row = conn.one(sql, conn.params()).await?;
        row.ok_or(StorageError::Corrupt("the version"))?.get()
    }

    /// The character type of the database's locale; `None` on SQLite.
    pub async fn character_type(&self) -> Result<Option<String>, StorageError> {
        if self.backend == Backend::Sqlite {
            return Ok(None);
        }
        let conn = self.read();
        let sql = "SELECT datctype::text FROM pg_database WHERE datname = current_database()";
        conn.one(sql, conn.params())
            .await?
            .map(|mut row| row.get())
            .transpose()
    }

    /// Whether the database can be written: a transaction is begun for writing
    /// and taken back.
    pub async fn check_write(
        &self,
        now: chrono::DateTime<chrono::Utc>,
    ) -> Result<(), StorageError> {
        let sql = match self.backend {
            Backend::Sqlite => "SELECT 1",
            Backend::Postgres => "CREATE TEMPORARY TABLE probe (n integer) ON COMMIT DROP",
        };
        self.write(now, async |tx| {
            tx.run(sql, tx.params()).await?;
            Ok(())
        })
        .await
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StorageError> {
        let conn = self.read();
        conn.one("SELECT 1", conn.params()).await?;
        Ok(())
    }

    /// Closes the pools, once what runs has ended.
    pub async fn close(&self) {
        match &self.writes {
            Writes::Postgres { alone, .. } => {
                alone.close().await;
                if let On::Readers(readers) = &self.reads.on {
                    readers.close();
                }
            }
            Writes::Sqlite(writer) => {
                if let On::File {
                    place: sqlite::Place::Readers(readers),
                    ..
                } = &self.reads.on
                {
                    readers.close();
                }
                writer.close().await;
            }
        }
    }
}

fn backend_of(url: &str) -> Result<Backend, StorageError> {
    if url.starts_with("sqlite:") {
        Ok(Backend::Sqlite)
    } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
        Ok(Backend::Postgres)
    } else {
        Err(StorageError::Address(
            "the database's address starts with sqlite:// or postgres://".to_owned(),
        ))
    }
}

/// Makes a SQLite file, and the folder it lies in, if they are not there: for
/// the server's user alone, as are the files that SQLite puts beside it.
fn make_file(url: &str) -> Result<(), StorageError> {
    let file = sqlite::File::path_in(url);
    if file.to_string_lossy().contains(":memory:") {
        return Err(StorageError::Address(
            "a forum in memory is not kept; name a file: sqlite://data/mukalma.db".to_owned(),
        ));
    }
    if let Some(folder) = file.parent().filter(|one| !one.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|error| {
            StorageError::Address(format!("the folder of the database: {error}"))
        })?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(file) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(StorageError::Address(format!(
            "the file of the database: {error}"
        ))),
    }
}

/// Connects for migrations.
async fn connect(
    settings: &Settings,
    backend: Backend,
) -> Result<DatabaseConnection, StorageError> {
    let patience = settings.patience;
    let mut options = ConnectOptions::new(settings.url.clone());
    options
        .max_connections(1)
        .acquire_timeout(patience)
        .connect_timeout(patience)
        .record_stmt_in_spans(false)
        .sqlx_logging(false);
    if backend == Backend::Sqlite {
        options.map_sqlx_sqlite_opts(move |sqlite| {
            use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
            sqlite
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                .busy_timeout(patience)
        });
    }
    Ok(Database::connect(options).await?)
}
