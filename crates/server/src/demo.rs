//! The demonstration: a forum made of the findings of the conference in
//! Lahore, with accounts to try every part in.
//!
//! Everything is done as people would do it, through the forum's own use
//! cases, over six weeks that end now. What the report says is quoted with
//! its section; everything else was written for the demonstration.

mod cast;
mod found;
mod openings;
mod passages;
mod password;
mod stage;
mod story;
mod templates;
mod timeline;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;
use domain::people::Language;
use forum::ports::{Mail, MailError, Mailer};
use forum::{Error, Forum};

pub use cast::{ACCOUNTS, Account};
pub use found::{Found, found};
pub(crate) use password::generate;
pub use password::{check_password, known_password, password};

use stage::Stage;
use timeline::Timeline;

/// Fills a fresh forum that has its reference data. All announced accounts
/// have the one password.
pub async fn fill(forum: &Forum, password: &str) -> anyhow::Result<()> {
    // A large future: it holds the whole story.
    Box::pin(play(forum, password)).await.map_err(explained)?;
    forum.reload_directory().await.map_err(explained)?;
    forum.forget_every_account();
    // There are figures to look at from the first start on.
    forum.count_concerns().await.map_err(explained)?;
    forum.take_edition().await.map_err(explained)?;
    Ok(())
}

async fn play(forum: &Forum, password: &str) -> Result<(), Error> {
    let time = Arc::new(Timeline::until(forum.time()));
    let mut settings = forum.settings().clone();
    settings.hashes_waiting = settings.hashes_waiting.max(ACCOUNTS.len());
    // The same forum, in a time of its own.
    let clock: Arc<dyn forum::Clock> = Arc::clone(&time) as _;
    let store = Arc::clone(forum.store());
    let forum = Forum::open(store, clock, Arc::new(NoMail), settings).await?;
    let viewers = cast::enter(&forum, password).await?;
    let mut stage = Stage::new(forum, time, viewers);
    cast::settle(&mut stage).await?;
    templates::write(&stage).await?;
    story::tell(&mut stage).await
}

/// An error in words, also where its cause is what was typed.
fn explained(error: Error) -> anyhow::Error {
    match error {
        Error::Problems(problems) => {
            let said: Vec<String> = problems
                .iter()
                .map(|one| {
                    format!(
                        "{}: {}",
                        one.field.join("."),
                        one.problem.message(Language::En)
                    )
                })
                .collect();
            anyhow::anyhow!(said.join(" "))
        }
        other => other.into(),
    }
}

/// Nobody in the demonstration has an address.
struct NoMail;

#[async_trait]
impl Mailer for NoMail {
    async fn send(&self, _: Mail) -> Result<(), MailError> {
        Err(MailError::Unsendable)
    }
}
