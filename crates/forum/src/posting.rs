//! How much somebody may say, by how long and how well he has spoken here.
//!
//! What established members write is not counted in the database: a post of
//! theirs costs no statement more. Everybody else's is, in one.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration as Time;

use chrono::{DateTime, Duration, Utc};
use domain::id::AccountId;
use domain::moderation::{PostingRule, REMOVED_DAYS, Tenure};
use domain::thread::{Audience, ThreadKind};
use moka::sync::Cache;
use storage::Tx;
use storage::posting::{Lately, Since, Wrote};

use crate::markdown::links;
use crate::{Error, Forum, Problem, Viewer};

/// The same text by the same account is refused within so many hours, what newcomers
/// wrote is compared with what they wrote within them, and the same in several threads
/// counts. No more than a day: `Wording` is kept by days, and two of them are looked at.
pub(crate) const ALIKE_HOURS: i64 = 24;

/// The pace of so many members is remembered.
const REMEMBERED: u64 = 100_000;

/// A text that is to be said, and in which field it came.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Said<'a> {
    field: &'static str,
    text: &'a str,
    links: usize,
}

impl<'a> Said<'a> {
    /// Counts the links in a text: outside the transaction, which others wait
    /// for.
    pub(crate) fn of(field: &'static str, text: &'a str) -> Self {
        Self {
            field,
            text,
            links: links(text),
        }
    }

    fn fits(&self, rule: &PostingRule) -> Result<(), Error> {
        let max = rule.links_max;
        if self.links > max as usize {
            return Err(Error::at(self.field, Problem::TooManyLinks { max }));
        }
        Ok(())
    }
}

/// Whether the rules hold for such a thread's text: nobody is held up who brings a
/// concern to few.
pub(crate) fn is_judged(kind: ThreadKind, audience: Audience) -> bool {
    kind != ThreadKind::Concern || !Audience::NAMING.contains(&audience)
}

/// What comes of who writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Judged {
    /// How long and how well he has spoken here.
    pub(crate) tenure: Tenure,
    /// Whether it is one of his first, which wait.
    pub(crate) first: bool,
}

impl Forum {
    /// Refuses what established members may not write either.
    pub(crate) fn judge_established(&self, viewer: &Viewer, said: &Said<'_>) -> Result<(), Error> {
        let rules = self.directory().posting_rules;
        said.fits(rules.of(Tenure::Established))?;
        Ok(self.within_pace(viewer)?)
    }

    /// Refuses one more text of an established member who wrote as much as he may for
    /// now, as far as this process knows.
    pub(crate) fn within_pace(&self, viewer: &Viewer) -> Result<(), Problem> {
        let rules = self.directory().posting_rules;
        let rule = rules.of(Tenure::Established);
        match viewer.account.filter(|_| viewer.established) {
            Some(account) => self.people.pace.check(self.now(), account, rule),
            None => Ok(()),
        }
    }

    /// Counts what an established member wrote, once it is written.
    pub(crate) fn count_established(&self, viewer: &Viewer) {
        let directory = self.directory();
        let rule = directory.posting_rules.of(Tenure::Established);
        if let Some(account) = viewer.account.filter(|_| viewer.established) {
            self.people.pace.count(self.now(), account, rule);
        }
    }

    /// Refuses what the rules refuse to whoever is not established, and says
    /// what comes of who he is. One statement on SQLite, two on PostgreSQL, and
    /// one more where he is established from now on.
    pub(crate) async fn judge(
        &self,
        tx: &Tx,
        viewer: &Viewer,
        said: &Said<'_>,
    ) -> Result<Judged, Error> {
        let (tenure, wrote) = self.tenure_of(tx, viewer, said.text).await?;
        let rules = self.directory().posting_rules;
        let rule = rules.of(tenure);
        said.fits(rule)?;
        if tenure == Tenure::Established {
            return Ok(Judged {
                tenure,
                first: false,
            });
        }
        let now = tx.now();
        keeps_pace(now, wrote.hour, rule.posts_per_hour, 1)?;
        keeps_pace(now, wrote.day, rule.posts_per_day, 24)?;
        if wrote.same > 0 {
            return Err(Error::at(said.field, Problem::Duplicate));
        }
        Ok(Judged {
            tenure,
            first: wrote.accepted < rule.held_first,
        })
    }

    /// Refuses what the rules refuse of a text that is put in the place of another,
    /// and says what comes of who he is. It is not written, and so has no pace.
    pub(crate) async fn judge_edit(
        &self,
        tx: &Tx,
        viewer: &Viewer,
        said: &Said<'_>,
        before: &str,
    ) -> Result<Judged, Error> {
        let rules = self.directory().posting_rules;
        if viewer.established {
            said.fits(rules.of(Tenure::Established))?;
            return Ok(Judged {
                tenure: Tenure::Established,
                first: false,
            });
        }
        let (tenure, wrote) = self.tenure_of(tx, viewer, said.text).await?;
        let rule = rules.of(tenure);
        said.fits(rule)?;
        // A text that stays as it is counts itself.
        let again = wrote.same > 0 && said.text != before;
        if again && tenure != Tenure::Established {
            return Err(Error::at(said.field, Problem::Duplicate));
        }
        Ok(Judged {
            tenure,
            first: wrote.accepted < rule.held_first,
        })
    }

    /// How long and how well somebody has spoken here, and what he wrote. His
    /// account is locked, so that what is counted stays so.
    async fn tenure_of(
        &self,
        tx: &Tx,
        viewer: &Viewer,
        text: &str,
    ) -> Result<(Tenure, Wrote), Error> {
        let account = viewer.account.ok_or(Error::Internal("no account"))?;
        tx.lock_account(account).await?;
        let now = tx.now();
        let since = Since {
            hour: now - Duration::hours(1),
            day: now - Duration::hours(ALIKE_HOURS),
            removed: now - Duration::days(REMOVED_DAYS),
        };
        let wrote = tx.wrote(account, &viewer.personas, since, text).await?;
        let wrote = wrote.ok_or_else(Error::not_found)?;
        let tenure = self.directory().posting_rules.tenure(&wrote.history(now));
        if tenure == Tenure::Established {
            tx.establish(account).await?;
            self.forget_account(account);
        }
        Ok((tenure, wrote))
    }
}

/// Refuses one more of what there were so many of lately, and says when it is
/// possible.
fn keeps_pace(
    now: DateTime<Utc>,
    lately: Lately,
    max: Option<u32>,
    hours: u32,
) -> Result<(), Problem> {
    let Some(max) = max.filter(|max| lately.count >= *max) else {
        return Ok(());
    };
    let free = lately.first.unwrap_or(now) + Duration::hours(hours.into());
    let seconds = (free - now).num_seconds().max(1);
    Err(Problem::Paced {
        max,
        hours,
        minutes: seconds.unsigned_abs().div_ceil(60),
    })
}

/// How much established members wrote lately, as far as this process knows.
pub(crate) struct Pace(Cache<AccountId, Arc<Mutex<[Lately; 2]>>>);

/// An hour and a day.
const WINDOWS: [u32; 2] = [1, 24];

impl Pace {
    pub(crate) fn new() -> Self {
        let cache = Cache::builder().max_capacity(REMEMBERED);
        Self(cache.time_to_idle(Time::from_hours(24)).build())
    }

    fn check(
        &self,
        now: DateTime<Utc>,
        account: AccountId,
        rule: &PostingRule,
    ) -> Result<(), Problem> {
        let limits = [rule.posts_per_hour, rule.posts_per_day];
        if limits == [None; 2] {
            return Ok(());
        }
        let Some(windows) = self.0.get(&account) else {
            return Ok(());
        };
        let windows = *windows.lock().unwrap_or_else(PoisonError::into_inner);
        for ((window, max), hours) in windows.into_iter().zip(limits).zip(WINDOWS) {
            keeps_pace(now, current(now, window, hours), max, hours)?;
        }
        Ok(())
    }

    fn count(&self, now: DateTime<Utc>, account: AccountId, rule: &PostingRule) {
        if rule.posts_per_hour.is_none() && rule.posts_per_day.is_none() {
            return;
        }
        let windows = self.0.get_with(account, Arc::default);
        let mut windows = windows.lock().unwrap_or_else(PoisonError::into_inner);
        for (window, hours) in windows.iter_mut().zip(WINDOWS) {
            let before = current(now, *window, hours);
            *window = Lately {
                count: before.count.saturating_add(1),
                first: before.first.or(Some(now)),
            };
        }
    }
}

/// A window that began so many hours ago is over.
fn current(now: DateTime<Utc>, window: Lately, hours: u32) -> Lately {
    let hours = Duration::hours(hours.into());
    if window.first.is_some_and(|first| first + hours > now) {
        window
    } else {
        Lately::default()
    }
}

#[cfg(test)]
mod tests {
    use domain::moderation::PostingRules;

    use super::*;

    #[test]
    fn what_an_established_member_writes_is_bounded_where_a_rule_says_so() {
        let pace = Pace::new();
        let account = AccountId(uuid::Uuid::nil());
        let none = *PostingRules::default().of(Tenure::Established);
        let rule = PostingRule {
            posts_per_hour: Some(2),
            posts_per_day: Some(3),
            ..none
        };
        let mut now = DateTime::UNIX_EPOCH;
        let mut written = Vec::new();
        for _ in 0..5 {
            let fits = pace.check(now, account, &rule).is_ok();
            written.push(fits);
            if fits {
                pace.count(now, account, &rule);
            } else {
                assert!(pace.check(now, account, &none).is_ok());
                now += Duration::hours(1);
            }
        }
        assert_eq!(written, [true, true, false, true, false]);
        assert!(pace.check(now, account, &rule).is_err());
        assert!(
            pace.check(now + Duration::hours(23), account, &rule)
                .is_ok()
        );
    }
}
