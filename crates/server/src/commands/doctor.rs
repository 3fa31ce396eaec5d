//! `mukalma doctor`: what stands in the way of a good start.

use chrono::Datelike as _;
use miette::IntoDiagnostic as _;
use storage::{Backend, Store};

use super::Out;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::open;
use crate::secrets::Secrets;

/// The least version of SQLite: `unhex`, JSON and RETURNING are relied on.
const SQLITE: (u32, u32) = (3, 45);
/// The least version of PostgreSQL.
const POSTGRES: (u32, u32) = (15, 0);
/// A clock before this year was never set.
const YEAR: i32 = 2026;

/// What was found of one thing.
enum Found {
    Right(String),
    Wrong(String, &'static str),
}

pub(super) async fn run(config: &Config, out: Out<'_>) -> miette::Result<()> {
    let mut all = vec![clock()];
    all.extend(secrets(config));
    all.push(data(config));
    match open::store(config).await {
        Ok(store) => {
            all.extend(database(&store).await);
            store.close().await;
        }
        Err(error) => all.push(Found::Wrong(
            error.to_string(),
            "start the database, or correct MUKALMA_DATABASE_URL",
        )),
    }
    let mut wrong = 0;
    for found in all {
        match found {
            Found::Right(what) => writeln!(out, "ok     {what}").into_diagnostic()?,
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
    let year = SystemClock.now().year();
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

async fn database(store: &Store) -> Vec<Found> {
    vec![
        version(store).await,
        characters(store).await,
        migrations(store).await,
        writing(store).await,
    ]
}

async fn version(store: &Store) -> Found {
    let (name, least) = match store.backend() {
        Backend::Sqlite => ("SQLite", SQLITE),
        Backend::Postgres => ("PostgreSQL", POSTGRES),
    };
    let Ok(version) = store.version().await else {
        return unanswered();
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

async fn characters(store: &Store) -> Found {
    match store.character_type().await {
        Ok(Some(locale)) if matches!(locale.as_str(), "C" | "POSIX") => Found::Wrong(
            format!("the database's character type is {locale}: Urdu is not found by search"),
            "make the database with LC_CTYPE C.UTF-8, or with an ICU locale",
        ),
        Ok(_) => Found::Right("the database knows Urdu's letters".to_owned()),
        Err(_) => unanswered(),
    }
}

async fn migrations(store: &Store) -> Found {
    let Ok(all) = store.migration_status().await else {
        return unanswered();
    };
    let missing = all.iter().filter(|(_, applied)| !applied).count();
    Found::Right(match missing {
        0 => "every migration is applied".to_owned(),
        missing => format!("{missing} migrations are missing; `serve` applies them"),
    })
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

fn unanswered() -> Found {
    Found::Wrong(
        "the database does not answer a question about itself".to_owned(),
        "see to the database's log",
    )
}
