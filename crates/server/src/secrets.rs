//! The server's own keys: made at the first start, kept in files that only
//! the server's user may read, never written again.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use age::x25519;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretBox, SecretString};

use crate::clock::SystemClock;

/// The key that cursors are encrypted with.
pub const CURSOR_KEY: &str = "cursor.key";
/// What is mixed into the hashes of tokens, so that a copy of the database
/// alone cannot test guesses.
pub const TOKEN_PEPPER: &str = "token.pepper";
/// The identity that backups can be opened with, in the format of the `age`
/// command.
pub const BACKUP_KEY: &str = "backup.key";
/// The key that signs the audit log.
pub const AUDIT_KEY: &str = "audit.key";

/// The bytes of a key.
pub const KEY_BYTES: usize = 32;

/// The server's keys.
#[derive(Clone)]
pub struct Secrets {
    /// Encrypts cursors.
    pub cursor_key: SecretKey,
    /// Mixed into the hashes of tokens.
    pub token_pepper: SecretKey,
    /// What the key that signs the audit log is made of.
    pub audit_seed: SecretKey,
    /// Opens backups; its recipient is what backups are encrypted to.
    pub backup_identity: x25519::Identity,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets(hidden)")
    }
}

/// A key of [`KEY_BYTES`] bytes that is not shown and is wiped when dropped.
#[derive(Debug)]
pub struct SecretKey(SecretBox<[u8; KEY_BYTES]>);

impl SecretKey {
    /// The bytes.
    pub fn expose(&self) -> &[u8; KEY_BYTES] {
        self.0.expose_secret()
    }

    fn parse(text: &str) -> Option<Self> {
        let bytes = STANDARD.decode(text.trim()).ok()?;
        let bytes: [u8; KEY_BYTES] = bytes.try_into().ok()?;
        Some(Self(SecretBox::new(Box::new(bytes))))
    }
}

impl Clone for SecretKey {
    fn clone(&self) -> Self {
        Self(SecretBox::new(Box::new(*self.expose())))
    }
}

/// Why the keys cannot be used.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum SecretsError {
    /// A file or directory could not be made, read or written.
    #[error("{} cannot be used as a place of keys", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Others than the owner may read the keys.
    #[error("{} is open to other users (mode {mode:04o})", path.display())]
    #[diagnostic(help("if nobody else has read it, close it: chmod {expected:o} {}", path.display()))]
    TooOpen {
        /// Which file or directory.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
        /// What they must be at most.
        expected: u32,
    },
    /// A file does not hold what it should.
    #[error("{} does not hold {expected}", path.display())]
    #[diagnostic(help(
        "restore the file from a backup; a new key makes what the old one protected unreadable"
    ))]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What it should hold.
        expected: &'static str,
    },
}

impl Secrets {
    /// The key that signs the audit log.
    pub fn audit_key(&self) -> audit::Key {
        audit::Key::of_seed(*self.audit_seed.expose())
    }

    /// Reads the keys in a directory, and makes those that are not there.
    ///
    /// The directory is made with mode 0700 and files with 0600 where modes
    /// exist; what is open to others is refused. A key that is there is never
    /// replaced, also not when two processes start at once: one of them makes
    /// it, both read it.
    pub fn open(directory: &Path, clock: SystemClock) -> Result<Self, SecretsError> {
        make_directory(directory).map_err(io_error(directory))?;
        check_mode(directory, 0o700)?;
        let key = |name: &str| {
            let text = read_or_make(&directory.join(name), || new_key(clock))?;
            SecretKey::parse(text.expose_secret()).ok_or_else(|| SecretsError::Unreadable {
                path: directory.join(name),
                expected: "a key of 32 bytes in base64",
            })
        };
        Ok(Self {
            cursor_key: key(CURSOR_KEY)?,
            audit_seed: key(AUDIT_KEY)?,
            token_pepper: key(TOKEN_PEPPER)?,
            backup_identity: backup_identity(&directory.join(BACKUP_KEY))?,
        })
    }

    /// What is wrong with the modes of the keys that are there; what is not
    /// there yet is not wrong.
    pub fn check_modes(directory: &Path) -> Vec<SecretsError> {
        let files = [CURSOR_KEY, TOKEN_PEPPER, AUDIT_KEY, BACKUP_KEY]
            .map(|name| (directory.join(name), 0o600));
        std::iter::once((directory.to_owned(), 0o700))
            .chain(files)
            .filter(|(path, _)| path.exists())
            .filter_map(|(path, expected)| check_mode(&path, expected).err())
            .collect()
    }
}

fn io_error(path: &Path) -> impl FnOnce(io::Error) -> SecretsError {
    let path = path.to_owned();
    |source| SecretsError::Io { path, source }
}

fn new_key(clock: SystemClock) -> SecretString {
    let mut bytes = [0; KEY_BYTES];
    clock.fill(&mut bytes);
    SecretString::from(format!("{}\n", STANDARD.encode(bytes)))
}

fn backup_identity(path: &Path) -> Result<x25519::Identity, SecretsError> {
    let text = read_or_make(path, || {
        let identity = x25519::Identity::generate();
        SecretString::from(format!(
            "# public key: {}\n{}\n",
            identity.to_public(),
            identity.to_string().expose_secret()
        ))
    })?;
    text.expose_secret()
        .lines()
        .find(|line| !line.starts_with('#') && !line.trim().is_empty())
        .and_then(|line| line.trim().parse().ok())
        .ok_or_else(|| SecretsError::Unreadable {
            path: path.to_owned(),
            expected: "an identity of age (AGE-SECRET-KEY-1…)",
        })
}

/// The text of a file, which is made first if it is not there.
fn read_or_make(
    path: &Path,
    make: impl FnOnce() -> SecretString,
) -> Result<SecretString, SecretsError> {
    if !path.try_exists().map_err(io_error(path))? {
        write_new(path, &make()).map_err(io_error(path))?;
    }
    check_mode(path, 0o600)?;
    fs::read_to_string(path)
        .map(SecretString::from)
        .map_err(io_error(path))
}

/// Makes a file whole or not at all; leaves one that is there as it is.
fn write_new(path: &Path, text: &SecretString) -> io::Result<()> {
    let directory = path.parent().expect("the name was joined to a directory");
    // Its mode is 0600 from the start.
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    file.write_all(text.expose_secret().as_bytes())?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(path) {
        Ok(_) => {}
        // Another process was faster; its key is the one.
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error.error),
    }
    // The name must survive a loss of power as the contents do.
    #[cfg(unix)]
    fs::File::open(directory)?.sync_all()?;
    Ok(())
}

/// Makes a directory, and those above it, for this user alone. One that is
/// there stays as it is.
pub(crate) fn make_directory(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

#[cfg(unix)]
fn check_mode(path: &Path, expected: u32) -> Result<(), SecretsError> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(path)
        .map_err(io_error(path))?
        .permissions()
        .mode()
        & 0o7777;
    let of_others = mode & 0o077;
    if of_others == 0 {
        Ok(())
    } else {
        Err(SecretsError::TooOpen {
            path: path.to_owned(),
            mode,
            expected,
        })
    }
}

/// Elsewhere who may read a file is not told by a mode.
#[cfg(not(unix))]
fn check_mode(_: &Path, _: u32) -> Result<(), SecretsError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory() -> (tempfile::TempDir, PathBuf) {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("data/secrets");
        (root, path)
    }

    fn bytes(secrets: &Secrets) -> (Vec<u8>, Vec<u8>, String) {
        (
            secrets.cursor_key.expose().to_vec(),
            secrets.token_pepper.expose().to_vec(),
            secrets
                .backup_identity
                .to_string()
                .expose_secret()
                .to_owned(),
        )
    }

    #[test]
    fn a_second_start_finds_the_keys_of_the_first() {
        let (_root, path) = directory();
        let first = Secrets::open(&path, SystemClock).unwrap();
        let second = Secrets::open(&path, SystemClock).unwrap();
        assert_eq!(bytes(&first), bytes(&second));
        assert_ne!(first.cursor_key.expose(), first.token_pepper.expose());
        assert_eq!(
            fs::read_dir(&path).unwrap().count(),
            4,
            "nothing temporary is left"
        );
    }

    #[test]
    fn two_servers_have_different_keys() {
        let ((_a, one), (_b, other)) = (directory(), directory());
        let one = Secrets::open(&one, SystemClock).unwrap();
        let other = Secrets::open(&other, SystemClock).unwrap();
        assert_ne!(bytes(&one), bytes(&other));
    }

    #[test]
    fn a_file_that_is_there_is_not_written_again() {
        let (_root, path) = directory();
        make_directory(&path).unwrap();
        let key = path.join(CURSOR_KEY);
        write_new(&key, &SecretString::from("first")).unwrap();
        write_new(&key, &SecretString::from("second")).unwrap();
        assert_eq!(fs::read_to_string(&key).unwrap(), "first");
    }

    #[test]
    fn a_damaged_key_is_an_error_and_stays() {
        let (_root, path) = directory();
        Secrets::open(&path, SystemClock).unwrap();
        for name in [CURSOR_KEY, BACKUP_KEY] {
            let file = path.join(name);
            let kept = fs::read(&file).unwrap();
            fs::write(&file, "damaged").unwrap();
            let error = Secrets::open(&path, SystemClock).unwrap_err();
            assert!(matches!(error, SecretsError::Unreadable { .. }), "{error}");
            assert_eq!(fs::read_to_string(&file).unwrap(), "damaged");
            fs::write(&file, kept).unwrap();
        }
        Secrets::open(&path, SystemClock).unwrap();
    }

    #[test]
    fn keys_are_not_shown() {
        let (_root, path) = directory();
        let secrets = Secrets::open(&path, SystemClock).unwrap();
        assert_eq!(format!("{secrets:?}"), "Secrets(hidden)");
        let shown = format!("{:?}", secrets.cursor_key);
        assert!(shown.contains("REDACTED"), "{shown}");
    }

    #[cfg(unix)]
    #[test]
    fn modes_let_in_the_owner_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let (root, path) = directory();
        Secrets::open(&path, SystemClock).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&root.path().join("data")), 0o700);
        assert_eq!(mode(&path), 0o700);
        for name in [CURSOR_KEY, TOKEN_PEPPER, BACKUP_KEY] {
            assert_eq!(mode(&path.join(name)), 0o600, "{name}");
        }
        assert!(Secrets::check_modes(&path).is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn what_is_open_to_others_is_refused_with_the_command_that_closes_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let (_root, path) = directory();
        Secrets::open(&path, SystemClock).unwrap();
        let file = path.join(TOKEN_PEPPER);
        for (open, mode, closed) in [(&file, 0o644, 0o600), (&path, 0o750, 0o700)] {
            fs::set_permissions(open, fs::Permissions::from_mode(mode)).unwrap();
            let error = Secrets::open(&path, SystemClock).unwrap_err();
            let help = miette::Diagnostic::help(&error).unwrap().to_string();
            assert!(
                help.ends_with(&format!("chmod {closed:o} {}", open.display())),
                "{help}"
            );
            assert_eq!(Secrets::check_modes(&path).len(), 1);
            fs::set_permissions(open, fs::Permissions::from_mode(closed)).unwrap();
        }
        Secrets::open(&path, SystemClock).unwrap();
    }
}
