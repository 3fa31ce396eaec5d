//! One process writes an embedded database.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::PathBuf;

use miette::IntoDiagnostic as _;
use secrecy::ExposeSecret as _;

use crate::config::Config;

/// Held for as long as a process may write the database file.
#[derive(Debug)]
pub struct WriterLock {
    _file: Option<File>,
}

/// Takes the writer's lock of an embedded database, or names the process that
/// has it. A database server sees to this itself.
pub fn take(config: &Config) -> miette::Result<WriterLock> {
    let Some(path) = lock_path(config.database.url.expose_secret()) else {
        return Ok(WriterLock { _file: None });
    };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).into_diagnostic()?;
    }
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .into_diagnostic()?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            file.read_to_string(&mut holder).into_diagnostic()?;
            return Err(miette::miette!(
                help = "stop it first, or use another database",
                "process {} writes this database",
                holder.trim()
            ));
        }
        Err(TryLockError::Error(error)) => return Err(error).into_diagnostic(),
    }
    file.set_len(0).into_diagnostic()?;
    file.rewind().into_diagnostic()?;
    writeln!(file, "{}", std::process::id()).into_diagnostic()?;
    Ok(WriterLock { _file: Some(file) })
}

/// The file of an embedded database.
pub fn database_file(config: &Config) -> Option<PathBuf> {
    file_of(config.database.url.expose_secret())
}

fn file_of(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite:")?.trim_start_matches("//");
    path.split('?').next().map(PathBuf::from)
}

fn lock_path(url: &str) -> Option<PathBuf> {
    let mut path = file_of(url)?.into_os_string();
    path.push(".lock");
    Some(path.into())
}

#[cfg(test)]
mod tests {
    use super::lock_path;

    #[test]
    fn only_an_embedded_database_is_locked() {
        let path = lock_path("sqlite://data/mukalma.db?mode=rwc").unwrap();
        assert_eq!(path.to_str(), Some("data/mukalma.db.lock"));
        assert_eq!(lock_path("postgres://localhost/mukalma"), None);
    }
}
