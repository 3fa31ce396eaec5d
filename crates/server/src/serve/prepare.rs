//! The forum that is served: made where there is none, and refused where the
//! database holds one of another kind.

use forum::{Error, Forum};
use miette::{IntoDiagnostic as _, WrapErr as _};

use super::Welcome;
use crate::config::Config;
use crate::demo::{self, Found};
use crate::{lock, reference};

/// Makes the forum if there is none, and sees that the database is of the kind
/// that was asked for. What is there already stays as it is.
pub async fn prepare(config: &Config, forum: &Forum) -> miette::Result<Welcome> {
    if config.demo {
        return demonstration(config, forum).await;
    }
    let known = forum.directory().forum.clone();
    if known.is_some_and(|known| known.demonstration) {
        return Err(miette::miette!(
            help = "start with --demo, or name another database with MUKALMA_DATABASE_URL",
            "this database holds a demonstration"
        ));
    }
    begin(config, forum).await?;
    let token = forum
        .create_setup_link()
        .await
        .map_err(|error| miette::miette!("no setup link could be made: {error}"))?;
    Ok(match token {
        None => Welcome::Back,
        Some(token) => Welcome::SetUp {
            token,
            public: config
                .public_url
                .as_ref()
                .map(|url| url.as_str().to_owned()),
        },
    })
}

/// Gives a forum its reference data and then its name, as far as it has none.
/// Where a start was broken off, the next one goes on.
async fn begin(config: &Config, forum: &Forum) -> miette::Result<()> {
    if forum.directory().forum.is_some() {
        return Ok(());
    }
    let data = reference::data()
        .into_diagnostic()
        .wrap_err("the reference data")?;
    forum.load_reference(&data).await.map_err(failed)?;
    forum
        .create_forum(&config.forum.name, config.demo)
        .await
        .map_err(failed)?;
    Ok(())
}

async fn demonstration(config: &Config, forum: &Forum) -> miette::Result<Welcome> {
    match demo::found(forum).await.map_err(failed)? {
        Found::RealForum => Err(miette::miette!(
            help = "name another database with MUKALMA_DATABASE_URL, or start without --demo",
            "this database holds a real forum: --demo does not touch it"
        )),
        Found::Half => Err(half(config)),
        Found::Whole => Ok(Welcome::Demonstration {
            password: demo::known_password(config, forum).await?,
        }),
        Found::Nothing => {
            begin(config, forum).await?;
            let password = demo::password(config)?;
            demo::fill(forum, &password)
                .await
                .map_err(|error| miette::miette!("the demonstration cannot be made: {error}"))?;
            Ok(Welcome::Demonstration {
                password: Some(password),
            })
        }
    }
}

/// What to do about a demonstration that was broken off. It is not emptied
/// here: another server might just be filling it.
fn half(config: &Config) -> miette::Report {
    let help = match lock::database_file(config) {
        Some(file) => format!(
            "delete {} and start again, or name another database with MUKALMA_DATABASE_URL",
            file.display()
        ),
        None => "if another server is just filling it, wait for that one; else empty this \
                 database and start again, or name another one with MUKALMA_DATABASE_URL"
            .to_owned(),
    };
    miette::miette!(
        help = help,
        "this database holds a demonstration that was not filled to the end"
    )
}

fn failed(error: Error) -> miette::Report {
    miette::miette!("the forum cannot be prepared: {error}")
}
