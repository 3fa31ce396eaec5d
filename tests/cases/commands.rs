//! The command line, as whoever keeps a forum runs it.

use std::sync::Arc;

use clap::Parser as _;
use mukalma_tests::TestDatabase;
use sea_orm::ConnectionTrait as _;
use server::cli::Cli;
use server::commands;
use server::serve::warn_of_rights;
use storage::Backend;
use tempfile::TempDir;
use tracing_subscriber::util::SubscriberInitExt as _;

/// What a command says, and whether it is content.
pub(super) async fn command(words: &[&str]) -> (bool, String) {
    let line = ["mukalma"].iter().chain(words);
    let cli = Cli::try_parse_from(line).unwrap();
    let run = move || {
        let mut said = Vec::new();
        let done = commands::run(&cli, &mut said);
        let said = String::from_utf8(said).unwrap();
        match done {
            Ok(()) => (true, said),
            // With what it comes of.
            Err(why) => (false, format!("{said}{why:?}")),
        }
    };
    tokio::task::spawn_blocking(run).await.unwrap()
}

/// A machine with a database, on which a program is run again and again.
pub(super) struct Machine {
    pub(super) database: TestDatabase,
    folder: TempDir,
}

impl Machine {
    pub(super) async fn new() -> Self {
        Self::on(TestDatabase::empty().await)
    }

    fn on(database: TestDatabase) -> Self {
        Self {
            database,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// One whose database has its tables, and a small forum in them.
    async fn with_forum() -> Self {
        let machine = Self::new().await;
        let (done, said) = machine
            .run(&["seed", "--threads", "3", "--posts", "20"])
            .await;
        assert!(done, "{said}");
        machine
    }

    /// Runs a command; says whether it was content, and what it said.
    async fn run(&self, words: &[&str]) -> (bool, String) {
        self.run_on(self.database.url(), words).await
    }

    async fn run_on(&self, url: &str, words: &[&str]) -> (bool, String) {
        let set = self
            .settings(url)
            .map(|(key, value)| format!("{key}={value}"));
        let set = set.iter().flat_map(|set| ["--set", set]);
        let line: Vec<&str> = words.iter().copied().chain(set).collect();
        command(&line).await
    }

    /// How a program is set up here.
    pub(super) fn settings(&self, url: &str) -> [(&'static str, String); 4] {
        [
            ("data_dir", self.file("data")),
            ("database.url", url.to_owned()),
            ("database.read_connections", "2".to_owned()),
            ("database.write_connections", "2".to_owned()),
        ]
    }

    fn file(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }
}

/// The line that begins with a word.
fn line<'s>(said: &'s str, word: &str) -> &'s str {
    let found = said.lines().find(|line| line.starts_with(word));
    found.unwrap_or_else(|| panic!("no {word} in {said}"))
}

#[tokio::test]
async fn doctor_says_what_is_missing_and_is_content_once_it_is_there() {
    let machine = Machine::new().await;
    let (_, said) = machine.run(&["doctor"]).await;
    let before = ["migrations are missing", "is not there yet"];
    assert!(before.iter().any(|one| said.contains(one)), "{said}");
    machine.run(&["migrate", "up"]).await;
    let (content, said) = machine.run(&["doctor"]).await;
    assert!(
        content && said.contains("every migration is applied"),
        "{said}"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn doctor_finds_keys_that_others_may_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let machine = Machine::with_forum().await;
    let key = machine.file("data/secrets/audit.key");
    std::fs::set_permissions(key, std::fs::Permissions::from_mode(0o644)).unwrap();
    let (content, said) = machine.run(&["doctor"]).await;
    assert!(!content && said.contains("audit.key"), "{said}");
}

#[tokio::test]
async fn doctor_says_of_a_database_that_nothing_is_wrong_with_it() {
    let machine = Machine::new().await;
    machine.run(&["migrate", "up"]).await;
    let (content, said) = machine.run(&["doctor"]).await;
    assert!(content, "{said}");
    for right in [
        if machine.database.is_postgres() {
            "ok     PostgreSQL 1"
        } else {
            "ok     SQLite 3."
        },
        "ok     the clock is set",
        "ok     the database's clock agrees",
        "ok     the database stores UTF-8",
        "ok     the database knows Urdu's letters",
        "ok     the database can be written",
    ] {
        assert!(said.contains(right), "no {right} in {said}");
    }
}

#[tokio::test]
async fn a_database_that_a_newer_version_wrote_is_told_and_left_as_it_is() {
    let machine = Machine::on(TestDatabase::new().await);
    let connection = machine.database.connect().await;
    let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_future', 1)";
    connection.execute_unprepared(newer).await.unwrap();
    let url = machine.database.settings().url;
    for (command, right, said) in [
        (
            ["migrate", "up"].as_slice(),
            false,
            "a newer version of mukalma wrote",
        ),
        (&["migrate", "status"], true, "newer    m9999_future"),
        (&["doctor"], false, "a newer version of mukalma wrote"),
    ] {
        let (done, told) = machine.run_on(&url, command).await;
        assert!(done == right && told.contains(said), "{command:?}: {told}");
    }
}

#[tokio::test]
async fn doctor_finds_a_database_that_cannot_be_written() {
    let machine = Machine::on(TestDatabase::new().await);
    let here =
        |sql: &str| format!("DO $$ BEGIN EXECUTE format('{sql}', current_database()); END $$");
    // Its role may not, or another process writes and comes to no end.
    let [hinder, let_go] = if machine.database.is_postgres() {
        [
            here("REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC"),
            here("GRANT TEMPORARY ON DATABASE %I TO PUBLIC"),
        ]
    } else {
        ["BEGIN IMMEDIATE".to_owned(), "ROLLBACK".to_owned()]
    };
    let connection = machine.database.connect().await;
    let url = machine.database.settings().url;
    let doctor = ["doctor", "--set", "database.lock_timeout_ms=1000"];
    connection.execute_unprepared(&hinder).await.unwrap();
    let (content, said) = machine.run_on(&url, &doctor).await;
    connection.execute_unprepared(&let_go).await.unwrap();
    assert!(!content, "{said}");
    assert!(
        said.contains("wrong  the database cannot be written"),
        "{said}"
    );
    let (content, said) = machine.run_on(&url, &doctor).await;
    assert!(content, "{said}");
}

#[tokio::test]
async fn migrations_go_up_and_down_and_a_forum_is_not_lost_by_mistake() {
    let machine = Machine::new().await;
    machine.run(&["migrate", "up"]).await;
    let (done, said) = machine.run(&["migrate", "down"]).await;
    assert!(done && said.contains("migrations are left"), "{said}");
    let (_, said) = machine.run(&["migrate", "status"]).await;
    assert_eq!(said.matches("missing  m").count(), 1, "{said}");
    drop(machine);
    let machine = Machine::with_forum().await;
    let (done, said) = machine.run(&["migrate", "down"]).await;
    assert!(!done && said.contains("holds a forum"), "{said}");
    let (done, said) = machine.run(&["migrate", "down", "--yes"]).await;
    assert!(done, "{said}");
}

#[tokio::test]
async fn a_forum_is_not_seeded_over() {
    let machine = Machine::with_forum().await;
    let (done, said) = machine
        .run(&["seed", "--threads", "1", "--posts", "1"])
        .await;
    assert!(!done && said.contains("holds a forum already"), "{said}");
}

#[tokio::test]
async fn a_copy_of_either_database_is_restored_into_the_other_with_the_same_digest() {
    let machine = Machine::with_forum().await;
    let copy = machine.file("copy");
    let (done, copied) = machine.run(&["backup", "--to", &copy]).await;
    assert!(done, "{copied}");
    let other = format!("sqlite://{}", machine.file("other.db"));
    let restore = ["restore", "--from", &*copy];
    let (done, restored) = machine.run_on(&other, &restore).await;
    assert!(done, "{restored}");
    assert_eq!(line(&restored, "digest"), line(&copied, "digest"));
    let (done, said) = machine.run_on(&other, &restore).await;
    assert!(!done, "{said}");
}

#[tokio::test]
async fn an_administrator_is_made_once_and_gets_another_password() {
    let machine = Machine::new().await;
    let noor = ["admin", "create", "--login", "noor"];
    let (done, said) = machine.run(&noor).await;
    assert!(done && said.contains("recovery codes"), "{said}");
    assert!(line(&said, "password").len() > "password        ".len());
    let (done, said) = machine.run(&noor).await;
    assert!(!done && said.contains("login"), "{said}");
    let reset = ["admin", "reset-password", "--login", "noor"];
    let (done, said) = machine.run(&reset).await;
    assert!(done && said.contains("no session any more"), "{said}");
}

#[tokio::test]
async fn whoever_serves_as_the_owner_of_the_tables_is_warned_when_he_starts() {
    let database = TestDatabase::new().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log");
    let log = Arc::new(std::fs::File::create(&file).unwrap());
    let logging = tracing_subscriber::fmt().with_writer(log).finish();
    let logging = logging.set_default();
    let warned = || {
        let log = std::fs::read_to_string(&file).unwrap();
        log.matches("migrate up --serve-as ROLE").count()
    };
    warn_of_rights(&database.open().await).await;
    assert_eq!(warned(), 0);
    warn_of_rights(&database.open_as_owner().await).await;
    assert_eq!(warned(), usize::from(database.is_postgres()));
    drop(logging);
}

#[tokio::test]
async fn a_shell_is_told_how_to_complete_the_words() {
    let machine = Machine::new().await;
    let (done, said) = machine.run(&["completions", "bash"]).await;
    assert!(done && said.contains("--serve-as"), "{said}");
}

#[tokio::test]
async fn whoever_owns_the_tables_lets_another_role_serve() {
    let database = TestDatabase::new().await;
    let store = database.open().await;
    let could = store.could_change_the_log().await.unwrap();
    match store.backend() {
        // The role of the tests was let serve when their template was made.
        Backend::Postgres => assert_eq!(could, Some(false)),
        Backend::Sqlite => {
            assert_eq!(could, None);
            let set = format!("database.url={}", database.url());
            let up = ["migrate", "up", "--serve-as", "server", "--set", &set];
            let (done, said) = command(&up).await;
            assert!(!done && said.contains("cannot be let serve"), "{said}");
        }
    }
}
