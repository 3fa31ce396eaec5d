//! The command line, as whoever keeps a forum runs it.

use clap::Parser as _;
use mukalma_tests::TestDatabase;
use server::cli::Cli;
use server::commands;
use storage::Backend;
use tempfile::TempDir;

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
        Self {
            database: TestDatabase::empty().await,
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
