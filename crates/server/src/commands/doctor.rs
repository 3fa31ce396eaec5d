//! `mukalma doctor`: what stands in the way of a good start.

use chrono::Datelike as _;
use door::graphiql::FILES;
use miette::IntoDiagnostic as _;
use storage::{Backend, Store};

use super::Out;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::secrets::Secrets;
use crate::{lock, open};

/// The least version of SQLite: `unhex`, JSON and RETURNING are relied on.
const SQLITE: (u32, u32) = (3, 45);
/// The least version of PostgreSQL.
const POSTGRES: (u32, u32) = (15, 0);
/// A clock before this year was never set.
const YEAR: i32 = 2026;

/// Below so many free bytes nothing can be relied on.
const DISK_WRONG: u64 = 100 << 20;
/// Below so many free bytes it is time to look.
const DISK_LOOK: u64 = 1 << 30;
/// So far the clocks of the machine and of the database may be apart, in
/// seconds.
const CLOCKS_APART: i64 = 5;

/// What was found of one thing.
enum Found {
    Right(String),
    /// It works, and somebody should look at it.
    Look(String, &'static str),
    Wrong(String, &'static str),
}

pub(super) async fn run(config: &Config, out: Out<'_>) -> miette::Result<()> {
    let mut all = vec![Found::Right("the settings are right".to_owned()), clock()];
    all.extend(secrets(config));
    all.extend([data(config), disk(config), explorer(config)]);
    match lock::database_file(config) {
        // Looking must not make one.
        Some(file) if !file.exists() => all.push(Found::Right(format!(
            "{} is not there yet; `serve` makes it",
            file.display()
        ))),
        _ => all.extend(database_of(config).await),
    }
    let mut wrong = 0;
    for found in all {
        match found {
            Found::Right(what) => writeln!(out, "ok     {what}").into_diagnostic()?,
            Found::Look(what, help) => {
                writeln!(out, "look   {what}\n       {help}").into_diagnostic()?;
            }
            Found::Wrong(what, help) => {
                wrong += 1;
                writeln!(out, "wrong  {what}\n       {help}").into_diagnostic()?;
            }
        }
    }
    match wrong {
        0 => Ok(()),
        1 => Err(miette::miette!("one thing must be seen to")),
        more => Err(miette::miette!("{more} things must be seen to")),
    }
}

fn clock() -> Found {
    set(SystemClock.now().year())
}

/// Whether a clock was set that says this year.
fn set(year: i32) -> Found {
    if year < YEAR {
        return Found::Wrong(
            format!("the clock says {year}"),
            "set the machine's clock: deadlines and sessions go by it",
        );
    }
    Found::Right("the clock is set".to_owned())
}

fn secrets(config: &Config) -> Vec<Found> {
    let wrong = Secrets::check_modes(&config.secrets_dir);
    if wrong.is_empty() {
        return vec![Found::Right(
            "the keys are for the server's user alone".to_owned(),
        )];
    }
    wrong
        .iter()
        .map(|error| Found::Wrong(error.to_string(), "take the others' rights away with chmod"))
        .collect()
}

fn data(config: &Config) -> Found {
    let folder = &config.data_dir;
    let made = crate::secrets::make_directory(folder).and_then(|()| tempfile::tempfile_in(folder));
    match made {
        Ok(_) => Found::Right(format!("{} can be written", folder.display())),
        Err(error) => Found::Wrong(
            format!("{} cannot be written: {error}", folder.display()),
            "give the server's user the folder, or name another with MUKALMA_DATA_DIR",
        ),
    }
}

/// What a browser gets that opens the API's address.
fn explorer(config: &Config) -> Found {
    match open::graphiql(config, FILES) {
        Ok(Some(_)) => Found::Right("GraphiQL's files are whole".to_owned()),
        Ok(None) => Found::Right(
            "there is no GraphiQL here: browsers get the server's own explorer".to_owned(),
        ),
        Err(incomplete) => Found::Look(
            incomplete.to_string(),
            "fetch the files anew with `cargo xtask graphiql`, or remove the folder: browsers get \
             the server's own explorer meanwhile",
        ),
    }
}

/// How much room is left where files are kept. A database server's disk is
/// its own matter.
#[cfg(unix)]
fn disk(config: &Config) -> Found {
    match rustix::fs::statvfs(&config.data_dir) {
        Ok(disk) => room(disk.f_bavail.saturating_mul(disk.f_frsize)),
        Err(error) => Found::Look(
            format!("how much room the disk has is not told: {error}"),
            "see to it that the data directory is there",
        ),
    }
}

#[cfg(not(unix))]
fn disk(_: &Config) -> Found {
    Found::Look(
        "how much room the disk has is not looked at here".to_owned(),
        "keep 1 GiB free",
    )
}

fn room(free: u64) -> Found {
    let said = format!(
        "{} MiB are free on the disk of the data directory",
        free >> 20
    );
    let help = "make room: with a full disk nothing can be written";
    match free {
        ..DISK_WRONG => Found::Wrong(said, help),
        DISK_WRONG..DISK_LOOK => Found::Look(said, help),
        _ => Found::Right(said),
    }
}

async fn database_of(config: &Config) -> Vec<Found> {
    match open::store(config).await {
        Ok(store) => {
            let found = database(&store).await;
            store.close().await;
            found
        }
        Err(error) => vec![Found::Wrong(
            error.to_string(),
            "start the database, or correct MUKALMA_DATABASE_URL",
        )],
    }
}

async fn database(store: &Store) -> Vec<Found> {
    vec![
        version(store).await,
        clocks(store).await,
        encoding(store).await,
        characters(store).await,
        migrations(store).await,
        writing(store).await,
        guarding(store).await,
    ]
}

async fn version(store: &Store) -> Found {
    match store.version().await {
        Ok(version) => new_enough(store.backend(), &version),
        Err(_) => unanswered(),
    }
}

/// Whether a database of this version, in its own words, can be relied on.
fn new_enough(backend: Backend, version: &str) -> Found {
    let (name, least) = match backend {
        Backend::Sqlite => ("SQLite", SQLITE),
        Backend::Postgres => ("PostgreSQL", POSTGRES),
    };
    let mut parts = version
        .split(|c: char| !c.is_ascii_digit())
        .map(|part| part.parse().ok());
    let major = parts.next().flatten().unwrap_or(0);
    let minor = parts.next().flatten().unwrap_or(0);
    if (major, minor) < least {
        return Found::Wrong(
            format!("{name} {version} is too old"),
            "use PostgreSQL 15 or SQLite 3.45, or later",
        );
    }
    Found::Right(format!("{name} {version}"))
}

async fn clocks(store: &Store) -> Found {
    match store.read().clock().await {
        Ok(theirs) => agree((SystemClock.now() - theirs).num_seconds()),
        Err(_) => unanswered(),
    }
}

/// Whether clocks agree that are so many seconds apart, one way or the other.
fn agree(apart: i64) -> Found {
    let apart = apart.saturating_abs();
    if apart > CLOCKS_APART {
        return Found::Wrong(
            format!("the database's clock is {apart} seconds from the machine's"),
            "have both set by the network's time (NTP)",
        );
    }
    Found::Right("the database's clock agrees".to_owned())
}

async fn encoding(store: &Store) -> Found {
    match store.encoding().await {
        Ok(encoding) => stores_urdu(encoding.as_deref()),
        Err(_) => unanswered(),
    }
}

fn stores_urdu(encoding: Option<&str>) -> Found {
    match encoding {
        None | Some("UTF8") => Found::Right("the database stores UTF-8".to_owned()),
        Some(encoding) => Found::Wrong(
            format!("the database's encoding is {encoding}: Urdu cannot be stored"),
            "make the database anew: CREATE DATABASE … TEMPLATE template0 ENCODING 'UTF8'",
        ),
    }
}

async fn characters(store: &Store) -> Found {
    match store.character_type().await {
        Ok(locale) => knows_urdu(locale.as_deref()),
        Err(_) => unanswered(),
    }
}

fn knows_urdu(locale: Option<&str>) -> Found {
    match locale {
        Some(locale @ ("C" | "POSIX")) => Found::Wrong(
            format!("the database's character type is {locale}: Urdu is not found by search"),
            "make the database with LC_CTYPE C.UTF-8, or with an ICU locale",
        ),
        _ => Found::Right("the database knows Urdu's letters".to_owned()),
    }
}

async fn migrations(store: &Store) -> Found {
    let Ok(all) = store.migration_status().await else {
        return unanswered();
    };
    let newer = store.newer_migrations().await.unwrap_or_default();
    if let Some(newest) = newer.last() {
        return Found::Wrong(
            format!("a newer version of mukalma wrote this database: it has {newest}"),
            "use the version that wrote it, or a newer one",
        );
    }
    let missing = all.iter().filter(|(_, applied)| !applied).count();
    match missing {
        0 => Found::Right("every migration is applied".to_owned()),
        missing => Found::Look(
            format!("{missing} migrations are missing"),
            "`serve` applies them, and so does `migrate up`; take a backup before",
        ),
    }
}

async fn writing(store: &Store) -> Found {
    match store.check_write(SystemClock.now()).await {
        Ok(()) => Found::Right("the database can be written".to_owned()),
        Err(_) => Found::Wrong(
            "the database cannot be written".to_owned(),
            "see to its disk, its locks, and the user's rights",
        ),
    }
}

async fn guarding(store: &Store) -> Found {
    match store.could_change_the_log().await {
        Ok(Some(true)) => Found::Look(
            "the server's role could change the audit log once it takes the guards away".to_owned(),
            "let it sign in as a role that owns no table: `migrate up --serve-as ROLE`, as the owner",
        ),
        Ok(_) => Found::Right("what is written once is guarded".to_owned()),
        // Its tables are not there yet.
        Err(_) => Found::Right("there is nothing yet that is written once".to_owned()),
    }
}

fn unanswered() -> Found {
    Found::Wrong(
        "the database does not answer a question about itself".to_owned(),
        "see to the database's log",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_is_looked_at_before_it_is_full() {
        assert!(matches!(room(DISK_WRONG - 1), Found::Wrong(..)));
        assert!(matches!(room(DISK_WRONG), Found::Look(..)));
        assert!(matches!(room(DISK_LOOK), Found::Right(_)));
    }

    fn is_right(found: &Found) -> bool {
        matches!(found, Found::Right(_))
    }

    #[test]
    fn a_database_that_is_too_old_is_wrong() {
        let right = |backend, version| is_right(&new_enough(backend, version));
        assert!(right(Backend::Sqlite, "3.45.0") && right(Backend::Sqlite, "4.0"));
        assert!(!right(Backend::Sqlite, "3.44.9") && !right(Backend::Sqlite, "2.50"));
        assert!(right(Backend::Postgres, "15.0 (Debian 15.0-1)"));
        assert!(right(Backend::Postgres, "18beta1") && !right(Backend::Postgres, "14.19"));
        // What says nothing is not taken for new.
        assert!(!right(Backend::Postgres, "devel") && !right(Backend::Sqlite, ""));
    }

    #[test]
    fn a_clock_that_was_never_set_is_wrong_and_so_are_two_that_differ() {
        assert!(is_right(&set(YEAR)) && !is_right(&set(YEAR - 1)));
        for apart in [-CLOCKS_APART, 0, CLOCKS_APART] {
            assert!(is_right(&agree(apart)), "{apart}");
        }
        for apart in [-CLOCKS_APART - 1, CLOCKS_APART + 1, i64::MIN] {
            assert!(!is_right(&agree(apart)), "{apart}");
        }
    }

    #[test]
    fn a_database_that_cannot_hold_or_find_urdu_is_wrong() {
        assert!(is_right(&stores_urdu(None)) && is_right(&stores_urdu(Some("UTF8"))));
        assert!(!is_right(&stores_urdu(Some("LATIN1"))));
        for locale in [None, Some("C.UTF-8"), Some("en_US.UTF-8")] {
            assert!(is_right(&knows_urdu(locale)), "{locale:?}");
        }
        for locale in ["C", "POSIX"] {
            assert!(!is_right(&knows_urdu(Some(locale))), "{locale}");
        }
    }
}
