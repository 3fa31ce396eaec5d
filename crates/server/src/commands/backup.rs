//! `mukalma backup` and `mukalma restore`.

use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};

use age::x25519::Recipient;
use indicatif::{ProgressBar, ProgressStyle};
use miette::{IntoDiagnostic as _, WrapErr as _};

use super::{Out, refuse_missing};
use crate::backup::{self, Copy};
use crate::cli::{BackupArgs, RestoreArgs};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::secrets::Secrets;
use crate::{lock, open};

pub(super) async fn backup(config: &Config, args: &BackupArgs, out: Out<'_>) -> miette::Result<()> {
    refuse_missing(config)?;
    if args.to.try_exists().into_diagnostic()? {
        return Err(taken(&args.to));
    }
    let recipients = recipients(config, &args.recipient)?;
    let store = open::store(config).await?;
    // Its mode is 0600 from the start, and it has its name only once it is
    // whole.
    let mut file = tempfile::NamedTempFile::new_in(folder(&args.to))
        .into_diagnostic()
        .wrap_err_with(|| format!("{} cannot be written", args.to.display()))?;
    let bar = bar();
    let tell = |all, done| {
        bar.set_length(all);
        bar.set_position(done);
    };
    let to = BufWriter::new(&mut file);
    let copied = backup::write(&store, SystemClock.now(), &recipients, to, tell).await?;
    bar.finish_and_clear();
    store.close().await;
    file.as_file().sync_all().into_diagnostic()?;
    file.persist_noclobber(&args.to)
        .map_err(|_| taken(&args.to))?;
    #[cfg(unix)]
    File::open(folder(&args.to))
        .and_then(|folder| folder.sync_all())
        .into_diagnostic()?;
    writeln!(
        out,
        "{} rows are copied into {}\ndigest  {}\nThe keys in {} are not in it: keep a copy of them too.",
        copied.rows,
        args.to.display(),
        copied.sha256,
        config.secrets_dir.display(),
    )
    .into_diagnostic()
}

pub(super) async fn restore(
    config: &Config,
    args: &RestoreArgs,
    out: Out<'_>,
) -> miette::Result<()> {
    let copy = Copy::open(&args.from, identities(config, args.identity.as_deref())?)?;
    let _lock = lock::take(config)?;
    let store = open::migrated(config).await?;
    let bar = bar();
    let restored = copy
        .restore(&store, SystemClock.now(), |done| bar.set_position(done))
        .await?;
    bar.finish_and_clear();
    let (key, clock) = (
        Secrets::open(&config.secrets_dir, SystemClock)?,
        SystemClock,
    );
    store.audit_with(key.audit_key(), move |bytes| clock.fill(bytes));
    store
        .adopt_audit_log(SystemClock.now())
        .await
        .into_diagnostic()
        .wrap_err("the audit log cannot be signed")?;
    store.close().await;
    writeln!(
        out,
        "{} rows are restored\ndigest  {}",
        restored.rows, restored.sha256
    )
    .into_diagnostic()
}

fn recipients(config: &Config, named: &[String]) -> miette::Result<Vec<Recipient>> {
    if named.is_empty() {
        let secrets = Secrets::open(&config.secrets_dir, SystemClock)?;
        return Ok(vec![secrets.backup_identity.to_public()]);
    }
    let parse = |text: &String| {
        text.parse().map_err(|reason: &str| {
            miette::miette!(
                help = "a recipient is a public key of age: age1 and 58 letters and digits",
                "`{text}` is no recipient: {reason}"
            )
        })
    };
    named.iter().map(parse).collect()
}

fn identities(
    config: &Config,
    file: Option<&Path>,
) -> miette::Result<Vec<Box<dyn age::Identity + Send + Sync>>> {
    let Some(path) = file else {
        let secrets = Secrets::open(&config.secrets_dir, SystemClock)?;
        return Ok(vec![Box::new(secrets.backup_identity)]);
    };
    let unreadable = || format!("{} cannot be read as an identity of age", path.display());
    let file = File::open(path)
        .into_diagnostic()
        .wrap_err_with(unreadable)?;
    age::IdentityFile::from_buffer(BufReader::new(file))
        .into_diagnostic()
        .and_then(|file| file.into_identities().into_diagnostic())
        .wrap_err_with(unreadable)
}

fn taken(path: &Path) -> miette::Report {
    miette::miette!(
        help = "name a new file: a copy is never replaced",
        "{} is there already, or cannot be made",
        path.display()
    )
}

fn folder(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// A bar on a terminal, nothing where the output goes elsewhere.
fn bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {pos} rows  {elapsed}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(0).with_style(style)
}
