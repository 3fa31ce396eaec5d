//! `mukalma migrate`.

use miette::{IntoDiagnostic as _, WrapErr as _};

use storage::Store;

use super::{Out, refuse_missing};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::{lock, open};

pub(super) async fn up(
    config: &Config,
    serve_as: Option<&str>,
    out: Out<'_>,
) -> miette::Result<()> {
    let _lock = lock::take(config)?;
    let store = open::migrated(config).await?;
    let applied = store.migration_status().await.into_diagnostic()?.len();
    writeln!(out, "{applied} migrations are applied").into_diagnostic()?;
    if let Some(role) = serve_as {
        let granted = store.let_serve(role, SystemClock.now()).await;
        granted
            .into_diagnostic()
            .wrap_err_with(|| format!("{role} cannot be let serve"))?;
        writeln!(
            out,
            "{role} may serve the forum, and cannot change what is written once"
        )
        .into_diagnostic()?;
    }
    store.close().await;
    Ok(())
}

pub(super) async fn status(config: &Config, out: Out<'_>) -> miette::Result<()> {
    refuse_missing(config)?;
    let store = open::store(config).await?;
    for (name, applied) in store.migration_status().await.into_diagnostic()? {
        let word = if applied { "applied" } else { "missing" };
        writeln!(out, "{word}  {name}").into_diagnostic()?;
    }
    for name in store.newer_migrations().await.into_diagnostic()? {
        writeln!(out, "newer    {name}").into_diagnostic()?;
    }
    store.close().await;
    Ok(())
}

/// What whoever runs the command makes of what will be lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lost {
    /// It is known, and meant.
    Meant,
    /// It was not said.
    Unsaid,
}

impl Lost {
    /// What `--yes` says.
    pub(super) const fn may_be(yes: bool) -> Self {
        if yes { Self::Meant } else { Self::Unsaid }
    }
}

pub(super) async fn down(
    config: &Config,
    steps: u32,
    lost: Lost,
    out: Out<'_>,
) -> miette::Result<()> {
    refuse_missing(config)?;
    let _lock = lock::take(config)?;
    let store = open::store(config).await?;
    if lost == Lost::Unsaid
        && let Some(rows) = rows_of_forum(&store).await?
    {
        let applied = store.migration_status().await.into_diagnostic()?;
        let last = applied.iter().rev().filter(|(_, applied)| *applied);
        let last: Vec<&str> = last
            .map(|(name, _)| name.as_str())
            .take(usize::try_from(steps).unwrap_or(usize::MAX))
            .collect();
        return Err(miette::miette!(
            help = "take a backup first, and say --yes if it is meant",
            "this database holds a forum ({rows}): what {} added would be lost, rows included",
            last.join(", ")
        ));
    }
    store.migrate_down(steps).await.into_diagnostic()?;
    let left = store.migration_status().await.into_diagnostic()?;
    let left = left.iter().filter(|(_, applied)| *applied).count();
    store.close().await;
    writeln!(out, "{left} migrations are left").into_diagnostic()
}

/// How much a forum's largest tables hold; `None` where nothing is written.
async fn rows_of_forum(store: &Store) -> miette::Result<Option<String>> {
    let conn = store.read();
    if conn.first_filled().await.into_diagnostic()?.is_none() {
        return Ok(None);
    }
    let mut counts = Vec::new();
    for table in conn.tables().await.into_diagnostic()? {
        if ["account", "thread", "post"].contains(&table.name.as_str()) {
            let count = conn.count_rows(&table).await.into_diagnostic()?;
            counts.push(format!("{}: {count}", table.name));
        }
    }
    Ok(Some(counts.join(", ")))
}
