//! `mukalma audit`: what the log says, and whether it still says what it said.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use audit::{
    Check, Entry, Fault, Hash, NoteError, PublicKey, Report, StoredEntry, included, leaf, prove,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, SecondsFormat, Utc};
use domain::id::AccountId;
use indicatif::{ProgressBar, ProgressStyle};
use miette::{IntoDiagnostic as _, WrapErr as _};
use storage::Store;
use storage::audit_log::AuditLog;
use uuid::Uuid;

use super::{Out, refuse_missing};
use crate::cli::{AuditCommand, ListArgs, VerifyArgs};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::secrets::{AUDIT_KEY, Secrets};
use crate::{checkpoints, open};

/// So many entries are read at once.
const AT_ONCE: u32 = 1_000;
/// What a proof begins with (c2sp.org/tlog-proof).
const PROOF: &str = "c2sp.org/tlog-proof@v1";

pub(super) async fn run(config: &Config, what: &AuditCommand, out: Out<'_>) -> miette::Result<()> {
    match what {
        AuditCommand::Verify(args) => verify(config, args, out).await,
        AuditCommand::Prove { entry } => proof(config, *entry, out).await,
        AuditCommand::Check { proof, key } => check(config, proof, key.as_deref(), out),
        AuditCommand::List(args) => list(config, args, out).await,
        AuditCommand::Key => writeln!(out, "{}", key_of(config, None)?).into_diagnostic(),
    }
}

/// The key that was named, else the server's own.
fn key_of(config: &Config, named: Option<&str>) -> miette::Result<PublicKey> {
    if let Some(text) = named {
        return text.parse().map_err(|error| {
            miette::miette!(
                help = "`mukalma audit key` prints it on the server",
                "--key: {error}"
            )
        });
    }
    // A key that is made now is that of no log.
    let file = config.secrets_dir.join(AUDIT_KEY);
    if !file.exists() {
        return Err(miette::miette!(
            help =
                "name the log's public key with --key; `mukalma audit key` prints it on the server",
            "there is no key at {}",
            file.display()
        ));
    }
    let secrets = Secrets::open(&config.secrets_dir, SystemClock)?;
    Ok(secrets.audit_key().public().clone())
}

async fn log(config: &Config) -> miette::Result<(Store, AuditLog)> {
    refuse_missing(config)?;
    let store = open::store(config).await?;
    let snapshot = store.snapshot().await.into_diagnostic()?;
    if !snapshot
        .tables()
        .iter()
        .any(|table| table.name == "audit_entry")
    {
        return Err(miette::miette!(
            help = "`mukalma migrate up` makes it",
            "this database has no audit log yet"
        ));
    }
    Ok((store, AuditLog::new(&snapshot)))
}

async fn verify(config: &Config, args: &VerifyArgs, out: Out<'_>) -> miette::Result<()> {
    let key = key_of(config, args.key.as_deref())?;
    let mut files: Vec<PathBuf> = args.checkpoints.clone();
    let own = &config.audit.checkpoint_file;
    if files.is_empty() && own.exists() {
        files.push(own.clone());
    }
    let mut outside = Vec::new();
    for file in &files {
        outside.extend(checkpoints::read(file, &key)?);
    }
    let (store, log) = log(config).await?;
    let head = log.head().await.into_diagnostic()?;
    let bar = bar(u64::try_from(head.size).unwrap_or(0));
    let report = log.verify(Check::new(&key, outside), |read| bar.inc(read));
    let report = report.await.into_diagnostic()?;
    bar.finish_and_clear();
    store.close().await;
    tell(&report, out)
}

fn tell(report: &Report, out: Out<'_>) -> miette::Result<()> {
    writeln!(
        out,
        "{} entries, {} of the public record, {} checkpoints from outside, {} people who were erased",
        report.entries, report.recorded, report.outside, report.erased
    )
    .into_diagnostic()?;
    if report.unrecorded > 0 {
        let older = "entries of the public record are from before the log told what they say";
        writeln!(out, "{} {older}", report.unrecorded).into_diagnostic()?;
    }
    if report.faults.is_empty() {
        let outside = match report.outside {
            0 => "\nWithout a checkpoint from outside, entries cut off at its end are not missed.",
            _ => "",
        };
        return writeln!(
            out,
            "The log says what it said when it was written.{outside}"
        )
        .into_diagnostic();
    }
    for fault in &report.faults {
        writeln!(out, "wrong  {fault}").into_diagnostic()?;
    }
    let by_another = |fault: &Fault| {
        let signed = Fault::Note(NoteError::Signature);
        *fault == signed || *fault == Fault::Note(NoteError::AnotherLog)
    };
    if report.faults.iter().all(by_another) {
        return Err(miette::miette!(
            help = "if this is not the server that wrote the log, name the log's key with --key; \
                    if it is, somebody changed the checkpoint: keep the database as it is",
            "the entries fit each other, and this key did not sign them"
        ));
    }
    Err(miette::miette!(
        help = "keep the database as it is, and the checkpoints: they show what was changed",
        "the audit log, or the public record, was tampered with"
    ))
}

async fn proof(config: &Config, index: u64, out: Out<'_>) -> miette::Result<()> {
    let (store, mut log) = log(config).await?;
    let head = log.head().await.into_diagnostic()?;
    let mut leaves: Vec<Hash> = Vec::new();
    let mut body = None;
    loop {
        let entries = log.next(AT_ONCE).await.into_diagnostic()?;
        if entries.is_empty() {
            break;
        }
        for entry in entries {
            if leaves.len() as u64 == index {
                body = Some(entry.body.clone());
            }
            leaves.push(leaf(entry.body.as_bytes()));
        }
    }
    drop(log);
    store.close().await;
    let at = usize::try_from(index).into_diagnostic()?;
    let (Some(path), Some(body)) = (prove(&leaves, at), body) else {
        return Err(miette::miette!(
            help = "`mukalma audit list` shows them",
            "there is no entry {index}: the log has {} entries, counted from 0",
            leaves.len()
        ));
    };
    let mut lines = vec![
        PROOF.to_owned(),
        format!("extra {}", STANDARD.encode(body)),
        format!("index {index}"),
    ];
    lines.extend(path.iter().map(|hash| STANDARD.encode(hash)));
    write!(out, "{}\n\n{}", lines.join("\n"), head.note).into_diagnostic()
}

fn check(config: &Config, file: &Path, key: Option<&str>, out: Out<'_>) -> miette::Result<()> {
    let key = key_of(config, key)?;
    let text = std::fs::read_to_string(file)
        .into_diagnostic()
        .wrap_err_with(|| format!("{} cannot be read", file.display()))?;
    let Some((body, checkpoint)) = proved(&text, &key) else {
        return Err(miette::miette!(
            help = "a proof is what `mukalma audit prove` printed, whole, and of the log with this key",
            "{} proves nothing",
            file.display()
        ));
    };
    writeln!(
        out,
        "{body}\nThis is an entry of the log of {checkpoint} entries."
    )
    .into_diagnostic()
}

/// The entry that a proof is of, and the size of the log that it is in.
fn proved(text: &str, key: &PublicKey) -> Option<(String, u64)> {
    let (proof, note) = text.split_once("\n\n")?;
    let mut lines = proof.lines();
    if lines.next()? != PROOF {
        return None;
    }
    let body = lines.next()?.strip_prefix("extra ")?;
    let body = String::from_utf8(STANDARD.decode(body).ok()?).ok()?;
    let index: u64 = lines.next()?.strip_prefix("index ")?.parse().ok()?;
    let path: Option<Vec<Hash>> = lines
        .map(|line| STANDARD.decode(line).ok()?.try_into().ok())
        .collect();
    let (checkpoint, _) = key.read(note).ok()?;
    let (size, root) = (checkpoint.size, checkpoint.root);
    included(leaf(body.as_bytes()), index, size, &path?, root).then_some((body, size))
}

async fn list(config: &Config, args: &ListArgs, out: Out<'_>) -> miette::Result<()> {
    let (store, mut log) = log(config).await?;
    let mut names = HashMap::new();
    let mut left = args.most;
    while left > 0 {
        let entries = log.next(AT_ONCE).await.into_diagnostic()?;
        if entries.is_empty() {
            break;
        }
        let from = i64::try_from(args.from).unwrap_or(i64::MAX);
        for stored in entries.iter().filter(|entry| entry.index >= from) {
            if left == 0 {
                break;
            }
            left -= 1;
            line(&store, stored, &mut names, &mut *out).await?;
        }
    }
    drop(log);
    store.close().await;
    Ok(())
}

/// One entry: which, when, what, by whom, to whom, to what.
async fn line(
    store: &Store,
    stored: &StoredEntry,
    names: &mut HashMap<[u8; 16], String>,
    out: Out<'_>,
) -> miette::Result<()> {
    let index = stored.index;
    let Some(entry) = Entry::of_body(&stored.body) else {
        return writeln!(out, "{index}\tcannot be read").into_diagnostic();
    };
    let mut people = Vec::new();
    for place in 0..entry.commitments().count() {
        let opening = stored
            .openings
            .iter()
            .find(|one| usize::try_from(one.place) == Ok(place));
        people.push(match opening {
            None => "(erased)".to_owned(),
            Some(opening) => name_of(store, opening.account, names).await?,
        });
    }
    let by = match entry.by {
        Some(_) => people.remove(0),
        None => "-".to_owned(),
    };
    let at = DateTime::<Utc>::from_timestamp_micros(entry.at).unwrap_or_default();
    writeln!(
        out,
        "{index}\t{}\t{}\t{by}\t{}\t{}\t{}",
        at.to_rfc3339_opts(SecondsFormat::Secs, true),
        entry.act,
        people.join(","),
        entry.object.as_deref().unwrap_or("-"),
        entry.detail.as_deref().unwrap_or("-"),
    )
    .into_diagnostic()
}

/// What somebody signs in with.
async fn name_of(
    store: &Store,
    account: [u8; 16],
    names: &mut HashMap<[u8; 16], String>,
) -> miette::Result<String> {
    if let Some(name) = names.get(&account) {
        return Ok(name.clone());
    }
    let id = AccountId(Uuid::from_bytes(account));
    let found = store.read().account(id).await.into_diagnostic()?;
    let name = found.map_or_else(|| "(gone)".to_owned(), |one| one.login);
    names.insert(account, name.clone());
    Ok(name)
}

fn bar(entries: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} entries, {eta} left");
    let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(entries).with_style(style)
}
