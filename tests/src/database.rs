//! A database for each test, cloned from a template that is migrated once.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, QueryResult, Statement,
};
use storage::{Settings, Store};
use tempfile::TempDir;
use tokio::sync::{OnceCell, OwnedSemaphorePermit, Semaphore};

use crate::clock::Standing;
use crate::forum::furnished;

mod server;

use server::Server;

/// Names a PostgreSQL server for the tests; SQLite where it is not set.
pub const POSTGRES_URL: &str = "MUKALMA_TEST_POSTGRES_URL";

/// As many databases exist at once. Each is read and written through at most
/// five connections, of which a PostgreSQL server allows a hundred.
const AT_ONCE: usize = 16;

/// A database of a test's own; gone when it is dropped.
///
/// A test takes one: two at once could wait for each other.
#[derive(Debug)]
pub struct TestDatabase {
    url: String,
    serving: String,
    place: Place,
    _permit: OwnedSemaphorePermit,
}

#[derive(Debug)]
enum Place {
    Folder(#[expect(dead_code, reason = "kept for its Drop, which removes the folder")] TempDir),
    Server {
        server: &'static Server,
        name: String,
    },
}

impl TestDatabase {
    /// A database in the shape of the newest migration, without a row.
    pub async fn new() -> Self {
        Self::from(Template::Migrated).await.0
    }

    /// A database without a table, for what migrates it.
    pub async fn empty() -> Self {
        Self::from(Template::Empty).await.0
    }

    /// A database with a forum and its cast, as [`furnished`] makes them, and how
    /// far the clock went meanwhile.
    pub(crate) async fn furnished(demonstration: bool) -> (Self, Standing) {
        Self::from(Template::Furnished(demonstration)).await
    }

    async fn from(template: Template) -> (Self, Standing) {
        let permit = permit().await;
        let (place, url, serving, standing) = match Server::of_environment() {
            Some(server) => on_server(server, template).await,
            None => in_folder(template).await,
        };
        let database = Self {
            url,
            serving,
            place,
            _permit: permit,
        };
        (database, standing)
    }

    /// Its address, as [`Settings::url`] takes it, for whoever owns its tables.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// How a test opens it: as the role that serves, which owns no table, and with
    /// pools so small that many tests fit on one server.
    pub fn settings(&self) -> Settings {
        few_connections(&self.serving)
    }

    /// Opens it.
    pub async fn open(&self) -> Store {
        Store::open(&self.settings())
            .await
            .expect("a test's database opens")
    }

    /// Opens it as the owner of its tables, for what migrates or restores it.
    pub async fn open_as_owner(&self) -> Store {
        let settings = Settings {
            url: self.url.clone(),
            ..self.settings()
        };
        Store::open(&settings)
            .await
            .expect("a test's database opens")
    }

    /// One connection beside the store, for what the store has no words for.
    pub async fn connect(&self) -> DatabaseConnection {
        connect(&self.url).await
    }

    /// Whether it is on a PostgreSQL server.
    pub fn is_postgres(&self) -> bool {
        matches!(self.place, Place::Server { .. })
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let Place::Server { server, name } = &self.place {
            server.drop_database(name);
        }
    }
}

/// What a database starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Template {
    Migrated,
    Empty,
    /// With a forum, for demonstration or not.
    Furnished(bool),
}

/// Where a database is, its address for the owner and for whom serves it, and how
/// far the clock is.
type Made = (Place, String, String, Standing);

async fn on_server(server: &'static Server, template: Template) -> Made {
    let (name, standing) = server.create(template).await;
    let url = server.url_of(&name);
    let serving = match template {
        Template::Migrated | Template::Furnished(_) => server.serving_url_of(&name),
        // Whoever migrates it owns its tables.
        Template::Empty => url.clone(),
    };
    (Place::Server { server, name }, url, serving, standing)
}

async fn in_folder(template: Template) -> Made {
    let folder = tempfile::tempdir().expect("a folder for a test");
    let file = folder.path().join("forum.db");
    let (bytes, standing) = match template {
        Template::Empty => (None, Standing::default()),
        Template::Migrated => (Some(migrated_file().await), Standing::default()),
        Template::Furnished(demonstration) => {
            let (bytes, standing) = furnished_file(demonstration).await;
            (Some(bytes.as_slice()), *standing)
        }
    };
    if let Some(bytes) = bytes {
        let copied = tokio::fs::write(&file, bytes).await;
        copied.expect("a copy of the template");
    }
    let url = url_of(&file);
    (Place::Folder(folder), url.clone(), url, standing)
}

async fn permit() -> OwnedSemaphorePermit {
    static ROOM: OnceLock<Arc<Semaphore>> = OnceLock::new();
    let room = ROOM.get_or_init(|| Arc::new(Semaphore::new(AT_ONCE)));
    Arc::clone(room)
        .acquire_owned()
        .await
        .expect("the room is never closed")
}

/// The bytes of a migrated SQLite file, made once a process.
async fn migrated_file() -> &'static [u8] {
    static MADE: OnceCell<Vec<u8>> = OnceCell::const_new();
    let made = MADE.get_or_init(async || {
        let (folder, file) = template_file();
        migrate(&url_of(&file), None).await;
        closed_file(&folder, &file).await
    });
    made.await
}

/// The same with a forum, and how far the clock went.
async fn furnished_file(demonstration: bool) -> &'static (Vec<u8>, Standing) {
    static MADE: [OnceCell<(Vec<u8>, Standing)>; 2] =
        [OnceCell::const_new(), OnceCell::const_new()];
    let made = MADE[usize::from(demonstration)].get_or_init(async || {
        let (folder, file) = template_file();
        let migrated = tokio::fs::write(&file, migrated_file().await).await;
        migrated.expect("a copy of the template");
        let standing = furnished(&few_connections(&url_of(&file)), demonstration).await;
        (closed_file(&folder, &file).await, standing)
    });
    made.await
}

fn template_file() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder for the template");
    let file = folder.path().join("template.db");
    (folder, file)
}

async fn closed_file(folder: &TempDir, file: &Path) -> Vec<u8> {
    let log = folder.path().join("template.db-wal");
    assert!(
        !log.exists(),
        "closing the template folds its write-ahead log into the file"
    );
    tokio::fs::read(file).await.expect("the template")
}

/// How a test's database is opened: with pools so small that many fit on one
/// server.
fn few_connections(url: &str) -> Settings {
    Settings {
        readers: 2,
        writers: 2,
        ..Settings::new(url)
    }
}

/// Tells the shape that the migrations give a database: the text of every
/// table and index, as SQLite keeps it, and the migrations' names. These would
/// not tell a change in one that is not released yet; the texts, not one that
/// concerns PostgreSQL alone.
async fn shape() -> String {
    let (_folder, file) = template_file();
    let url = url_of(&file);
    migrate(&url, None).await;
    let connection = connect(&url).await;
    let sql = "SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_master ORDER BY name) \
               UNION ALL SELECT group_concat(version) FROM seaql_migrations";
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let rows = connection.query_all_raw(statement).await;
    let text = |row: &QueryResult| row.try_get_by_index::<String>(0).expect("a text");
    rows.expect("the schema").iter().map(text).collect()
}

/// Migrates a database, and lets a role serve it.
async fn migrate(url: &str, role: Option<&str>) {
    let settings = Settings {
        readers: 1,
        writers: 1,
        ..Settings::new(url)
    };
    let store = Store::open(&settings).await.expect("the template opens");
    store.migrate().await.expect("the template is migrated");
    if let Some(role) = role {
        let granted = store.let_serve(role, chrono::DateTime::UNIX_EPOCH).await;
        granted.expect("a role may serve the template");
    }
    store.close().await;
}

async fn connect(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(1)
        .acquire_timeout(Duration::from_secs(10))
        .sqlx_logging(false);
    Database::connect(options)
        .await
        .expect("a test's database is reached")
}

fn url_of(file: &Path) -> String {
    format!("sqlite://{}", file.display())
}
