//! The one password of the demonstration's accounts.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use forum::Forum;
use forum::account::is_strong;
use miette::{IntoDiagnostic as _, WrapErr as _};
use secrecy::ExposeSecret as _;

use super::cast::ACCOUNTS;
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

/// Refuses a configured password that is too easy to guess for one of the
/// accounts, before anything is written.
pub fn check_password(config: &Config) -> miette::Result<()> {
    let Some(configured) = &config.demo_password else {
        return Ok(());
    };
    let min = config.password.min_length;
    let strong = ACCOUNTS
        .iter()
        .all(|account| is_strong(configured.expose_secret(), min, &account.known()));
    if strong {
        return Ok(());
    }
    Err(miette::miette!(
        help = format!(
            "take at least {min} characters that are hard to guess and not of an account's \
             name, or leave it out: then one is made"
        ),
        "MUKALMA_DEMO_PASSWORD is too easy to guess"
    ))
}

/// The password of a demonstration that was made before: the one that was
/// kept, or the one configured, if it is indeed that of an account. `None`
/// where neither is: it was made on another machine, or people set others.
pub async fn known_password(config: &Config, forum: &Forum) -> miette::Result<Option<String>> {
    let configured = config.demo_password.as_ref();
    let configured = configured.map(|password| password.expose_secret().to_owned());
    for password in kept(config)?.into_iter().chain(configured) {
        for account in ACCOUNTS {
            let fits = forum.password_fits(account.login, &password).await;
            if fits
                .into_diagnostic()
                .wrap_err("the demonstration's password cannot be checked")?
            {
                return Ok(Some(password));
            }
        }
    }
    Ok(None)
}

fn kept(config: &Config) -> miette::Result<Option<String>> {
    match std::fs::read_to_string(file(config)) {
        Ok(text) => Ok(Some(text.trim_end_matches('\n').to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
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
