//! `mukalma migrate`.

use miette::IntoDiagnostic as _;

use super::Out;
use crate::config::Config;
use crate::{lock, open};

pub(super) async fn up(config: &Config, out: Out<'_>) -> miette::Result<()> {
    let _lock = lock::take(config)?;
    let store = open::migrated(config).await?;
    let applied = store.migration_status().await.into_diagnostic()?.len();
    store.close().await;
    writeln!(out, "{applied} migrations are applied").into_diagnostic()
}

pub(super) async fn status(config: &Config, out: Out<'_>) -> miette::Result<()> {
    let store = open::store(config).await?;
    for (name, applied) in store.migration_status().await.into_diagnostic()? {
        let word = if applied { "applied" } else { "missing" };
        writeln!(out, "{word}  {name}").into_diagnostic()?;
    }
    store.close().await;
    Ok(())
}

pub(super) async fn down(config: &Config, steps: u32, out: Out<'_>) -> miette::Result<()> {
    let _lock = lock::take(config)?;
    let store = open::store(config).await?;
    store.migrate_down(steps).await.into_diagnostic()?;
    let left = store.migration_status().await.into_diagnostic()?;
    let left = left.iter().filter(|(_, applied)| *applied).count();
    store.close().await;
    writeln!(out, "{left} migrations are left").into_diagnostic()
}
