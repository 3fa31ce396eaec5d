//! `mukalma admin`.

use std::sync::Arc;

use forum::Forum;
use miette::IntoDiagnostic as _;

use super::password::given;
use super::{Out, refuse_missing};
use crate::cli::PasswordArgs;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::secrets::Secrets;
use crate::{lock, open};

pub(super) async fn create(
    config: &Config,
    login: &str,
    name: &str,
    password: PasswordArgs,
    out: Out<'_>,
) -> miette::Result<()> {
    let _lock = lock::take(config)?;
    let given = given(config, password)?;
    let forum = forum(config).await?;
    let made = forum
        .create_administrator(login, name, &given.password)
        .await
        .map_err(explained)?;
    writeln!(out, "The administrator {login} is made.").into_diagnostic()?;
    if given.generated {
        writeln!(out, "password        {}", given.password).into_diagnostic()?;
    }
    writeln!(out, "recovery codes, each good once; write them down:").into_diagnostic()?;
    for code in &made.recovery_codes {
        writeln!(out, "  {code}").into_diagnostic()?;
    }
    Ok(())
}

pub(super) async fn reset_password(
    config: &Config,
    login: &str,
    password: PasswordArgs,
    out: Out<'_>,
) -> miette::Result<()> {
    refuse_missing(config)?;
    let _lock = lock::take(config)?;
    let given = given(config, password)?;
    let forum = forum(config).await?;
    forum
        .reset_password_directly(login, &given.password)
        .await
        .map_err(explained)?;
    writeln!(out, "{login} has a new password, and no session any more.").into_diagnostic()?;
    if given.generated {
        writeln!(out, "password  {}", given.password).into_diagnostic()?;
    }
    Ok(())
}

async fn forum(config: &Config) -> miette::Result<Arc<Forum>> {
    let secrets = Secrets::open(&config.secrets_dir, SystemClock)?;
    let store = open::migrated(config).await?;
    open::forum(config, &secrets, store, config.demo).await
}

/// Says what is to be mended, in English: the command line has no reader's
/// language.
pub(super) fn explained(error: forum::Error) -> miette::Report {
    match error {
        forum::Error::Problems(problems) => {
            let said: Vec<String> = problems
                .iter()
                .map(|one| {
                    let message = one.problem.message(domain::people::Language::En);
                    match one.field.first() {
                        Some(field) => format!("{field}: {message}"),
                        None => message,
                    }
                })
                .collect();
            miette::miette!("{}", said.join("\n"))
        }
        other => miette::miette!("{other}"),
    }
}
