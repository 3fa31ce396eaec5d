//! What of a seeded forum is asked for, posted to and watched.

use super::furnish::OFFICE;
use crate::database::Database;
use anyhow::{Context as _, ensure};

/// Pages that members read in turn.
const PAGES: usize = 1_024;
/// Pages that visitors read in turn: few enough to be kept.
const PUBLIC_PAGES: usize = 64;
/// Threads that are posted to in turn.
const POSTED_TO: usize = 512;
/// Accounts that sign in.
const SIGNED_IN: usize = 8;

/// A thread by both its names.
#[derive(Debug, Clone)]
pub(super) struct Subject {
    pub(super) id: String,
    pub(super) reference: String,
}

#[derive(Debug, Clone)]
pub(super) struct Subjects {
    /// Answered concerns that any member may read.
    pub(super) pages: Vec<Subject>,
    /// Answered concerns that everyone may read.
    pub(super) public_pages: Vec<Subject>,
    /// Discussions that any member may speak in.
    pub(super) posted_to: Vec<Subject>,
    /// Another one of them.
    pub(super) watched: Subject,
    /// Accounts of civil society.
    pub(super) logins: Vec<String>,
    /// Their personas.
    pub(super) personas: Vec<String>,
    /// Who holds the office whose desk is asked for.
    pub(super) officer: String,
    /// Its agency.
    pub(super) agency: String,
    /// A moderator, if the forum has one.
    pub(super) moderator: Option<String>,
}

impl Subjects {
    pub(super) async fn of(database: &Database) -> anyhow::Result<Self> {
        let concerns = |audiences: &str| {
            format!(
                "SELECT id, reference FROM thread WHERE kind = 'CONCERN' AND status = 'VISIBLE' \
                 AND state IN ('ANSWERED', 'CLOSED') AND audience IN ({audiences}) ORDER BY id"
            )
        };
        let pages = threads(database, &concerns("'PUBLIC', 'MEMBERS'")).await?;
        let public_pages = threads(database, &concerns("'PUBLIC'")).await?;
        let mut spoken_in = threads(
            database,
            "SELECT id, reference FROM thread WHERE kind = 'DISCUSSION' AND status = 'VISIBLE' \
             AND locked_at IS NULL AND audience IN ('PUBLIC', 'MEMBERS') ORDER BY id",
        )
        .await?;
        ensure!(
            spoken_in.len() > 1 && !public_pages.is_empty(),
            "the forum is too small to be measured: seed more threads"
        );
        let watched = spoken_in.remove(spoken_in.len() / 2);
        let accounts = database
            .rows(
                "SELECT a.login, p.id FROM account a JOIN persona p ON p.account = a.id \
                 WHERE a.login LIKE 'seed-%' AND a.constituency = 'CIVIL_SOCIETY' ORDER BY a.login",
            )
            .await?;
        let (logins, personas) = accounts
            .into_iter()
            .take(SIGNED_IN)
            .filter_map(|row| <[String; 2]>::try_from(row).ok())
            .map(|[login, persona]| (login, persona))
            .unzip();
        let officer = format!(
            "SELECT a.login, o.agency FROM office o JOIN holder h ON h.office = o.id \
             JOIN account a ON a.id = h.account WHERE o.id = ({OFFICE}) ORDER BY a.login LIMIT 1"
        );
        let officer = database.rows(&officer).await?.into_iter().next();
        let officer = officer.and_then(|row| <[String; 2]>::try_from(row).ok());
        let [officer, agency] = officer.context("nobody holds an office")?;
        let moderator = "SELECT a.login FROM account a JOIN account_duty d ON d.account = a.id \
             WHERE a.login LIKE 'seed-%' AND d.duty = 'MODERATOR' ORDER BY a.login LIMIT 1";
        let moderator = database.rows(moderator).await?.into_iter().next();
        Ok(Self {
            moderator: moderator.and_then(|row| row.into_iter().next()),
            officer,
            agency,
            pages: spread(pages, PAGES),
            public_pages: spread(public_pages, PUBLIC_PAGES),
            posted_to: spread(spoken_in, POSTED_TO),
            watched,
            logins,
            personas,
        })
    }
}

async fn threads(database: &Database, sql: &str) -> anyhow::Result<Vec<Subject>> {
    let rows = database.rows(sql).await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| <[String; 2]>::try_from(row).ok())
        .map(|[id, reference]| Subject { id, reference })
        .collect())
}

/// At most so many of them, evenly spread, so that old and new are there.
fn spread<T>(all: Vec<T>, at_most: usize) -> Vec<T> {
    let step = all.len().div_ceil(at_most).max(1);
    all.into_iter().step_by(step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_reaches_from_the_first_to_near_the_last() {
        assert_eq!(spread((0..10).collect(), 4), [0, 3, 6, 9]);
        assert_eq!(spread(vec![1, 2], 4), [1, 2]);
    }
}
