//! The one password of the demonstration's accounts.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use miette::{IntoDiagnostic as _, WrapErr as _};
use secrecy::ExposeSecret as _;

use crate::clock::SystemClock;
use crate::config::Config;

/// Where it is kept beside the server's keys, so that a second start can say
/// it again.
const FILE: &str = "demo.password";

/// Crockford's base 32: nothing in it is mistaken for something else.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Five groups of five characters: 125 random bits.
const LENGTH: usize = 29;

/// The password for a demonstration that is being made: the configured one,
/// or a new one. It is kept for later starts.
pub fn password(config: &Config) -> miette::Result<String> {
    let password = match &config.demo_password {
        Some(configured) => configured.expose_secret().to_owned(),
        None => generate(config.password.min_length),
    };
    keep(&file(config), &password)
        .into_diagnostic()
        .wrap_err("the demonstration's password cannot be kept")?;
    Ok(password)
}

/// The password of a demonstration that was made before; `None` where it was
/// made on another machine and is not configured here.
pub fn known_password(config: &Config) -> miette::Result<Option<String>> {
    match std::fs::read_to_string(file(config)) {
        Ok(text) => Ok(Some(text.trim_end_matches('\n').to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let configured = config.demo_password.as_ref();
            Ok(configured.map(|password| password.expose_secret().to_owned()))
        }
        Err(error) => Err(error)
            .into_diagnostic()
            .wrap_err("the demonstration's password cannot be read"),
    }
}

fn file(config: &Config) -> PathBuf {
    config.secrets_dir.join(FILE)
}

/// A random password that is at least so long.
pub(crate) fn generate(min_length: usize) -> String {
    let mut random = vec![0; LENGTH.max(min_length)];
    SystemClock.fill(&mut random);
    let letter = |byte: u8| char::from(ALPHABET[usize::from(byte & 31)]);
    let with_hyphens = |(at, byte): (usize, u8)| if at % 6 == 5 { '-' } else { letter(byte) };
    random.into_iter().enumerate().map(with_hyphens).collect()
}

/// Writes the password whole, readable by this user alone, over one of an
/// earlier demonstration.
fn keep(path: &Path, password: &str) -> io::Result<()> {
    let directory = path.parent().expect("the name was joined to a directory");
    crate::secrets::make_directory(directory)?;
    // Its mode is 0600 from the start.
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    writeln!(file, "{password}")?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_as_long_as_it_must_be_and_never_the_same() {
        let (one, other) = (generate(8), generate(8));
        assert_eq!((one.len(), one.matches('-').count()), (29, 4));
        assert_ne!(one, other);
        assert_eq!(generate(100).len(), 100);
    }

    #[test]
    fn a_kept_password_gives_way_to_a_newer_one_and_is_its_owners_alone() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("secrets").join(FILE);
        keep(&path, "first").unwrap();
        keep(&path, "second").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "second\n");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}
