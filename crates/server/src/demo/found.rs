//! What a database holds that a demonstration is to be made in.

use domain::policy::Scope;
use forum::views::thread::ThreadFilter;
use forum::{Error, Forum};

use super::cast::{ACCOUNTS, NEWCOMER};

/// What a database holds that a demonstration is to be made in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// Nothing yet but, at most, reference data and a demonstration's name.
    Nothing,
    /// A demonstration that was filled to the end.
    Whole,
    /// A demonstration whose filling was broken off, or goes on just now.
    Half,
    /// A forum of people, or a seeded one.
    RealForum,
}

/// Looks at what the forum's database holds.
pub async fn found(forum: &Forum) -> Result<Found, Error> {
    let known = forum.directory().forum.clone();
    if known.is_some_and(|known| !known.demonstration) {
        return Ok(Found::RealForum);
    }
    if is_whole(forum).await? {
        return Ok(Found::Whole);
    }
    let mut cast: Vec<String> = ACCOUNTS.iter().map(|one| one.login.to_owned()).collect();
    cast.push(NEWCOMER.to_owned());
    let read = forum.store().read();
    // While it is filled nobody can come in: an account that is not of the
    // cast is somebody's own.
    if read.anybody_but(&cast).await? {
        return Ok(Found::RealForum);
    }
    let begun = read.anybody_but(&[]).await?;
    Ok(if begun { Found::Half } else { Found::Nothing })
}

/// Whether the demonstration was filled to the end, which the newcomer's
/// thread is.
async fn is_whole(forum: &Forum) -> Result<bool, Error> {
    let read = forum.store().read();
    let Some(newcomer) = read.account_by_login(NEWCOMER).await? else {
        return Ok(false);
    };
    let personas = read.affiliations(newcomer.id).await?.personas;
    let filter = ThreadFilter {
        raised_by: Some(personas.iter().map(|one| one.persona).collect()),
        ..ThreadFilter::default()
    };
    Ok(read.thread_count(&Scope::everything(), &filter).await? > 0)
}
