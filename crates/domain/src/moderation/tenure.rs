//! How long and how well somebody has spoken here, and what follows from it:
//! the rules for what new accounts write.

#[cfg(test)]
mod tests;

use chrono::TimeDelta;

use crate::code::codes;

/// What moderators removed of what somebody wrote within so many days counts
/// against him.
pub const REMOVED_DAYS: i64 = 30;

codes! {
    /// How long and how well somebody has spoken here.
    pub enum Tenure {
        /// He is new, or much of what he wrote was removed lately.
        Newcomer = "NEWCOMER",
        /// Moderators have seen some of what he writes.
        Known = "KNOWN",
        /// He has spoken here for long.
        Established = "ESTABLISHED",
    }
}

impl Tenure {
    /// As much of what he wrote may have been removed lately; `None` where any
    /// number may.
    const fn removed_max(self) -> Option<u32> {
        match self {
            Self::Newcomer => None,
            Self::Known => Some(1),
            Self::Established => Some(0),
        }
    }
}

/// What members of one tenure may write, and from when on somebody has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PostingRule {
    /// Until so many of his posts stand visible, each waits for a moderator.
    pub held_first: u32,
    /// So many links one text holds at most.
    pub links_max: u32,
    /// So many posts within an hour; `None` for no limit of its own.
    pub posts_per_hour: Option<u32>,
    /// So many posts within a day; `None` for no limit of its own.
    pub posts_per_day: Option<u32>,
    /// How many days old the account is at least.
    pub min_age_days: u32,
    /// How many of his posts stand visible at least.
    pub min_posts: u32,
}

/// The rules of all tenures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PostingRules {
    newcomer: PostingRule,
    known: PostingRule,
    established: PostingRule,
}

/// What holds where no administrator said otherwise.
impl Default for PostingRules {
    fn default() -> Self {
        Self {
            newcomer: PostingRule {
                held_first: 1,
                links_max: 1,
                posts_per_hour: Some(10),
                posts_per_day: Some(30),
                min_age_days: 0,
                min_posts: 0,
            },
            known: PostingRule {
                held_first: 0,
                links_max: 5,
                posts_per_hour: Some(30),
                posts_per_day: Some(100),
                min_age_days: 3,
                min_posts: 3,
            },
            established: PostingRule {
                held_first: 0,
                links_max: 20,
                posts_per_hour: None,
                posts_per_day: None,
                min_age_days: 30,
                min_posts: 20,
            },
        }
    }
}

/// What is known of somebody who writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct History {
    /// How old the account is.
    pub age: TimeDelta,
    /// How many of his posts and threads stand visible.
    pub accepted: u32,
    /// How many that he wrote lately moderators removed.
    pub removed: u32,
}

impl PostingRules {
    /// The rule of a tenure.
    pub const fn of(&self, tenure: Tenure) -> &PostingRule {
        match tenure {
            Tenure::Newcomer => &self.newcomer,
            Tenure::Known => &self.known,
            Tenure::Established => &self.established,
        }
    }

    /// Sets the rule of a tenure.
    pub const fn set(&mut self, tenure: Tenure, rule: PostingRule) {
        match tenure {
            Tenure::Newcomer => self.newcomer = rule,
            Tenure::Known => self.known = rule,
            Tenure::Established => self.established = rule,
        }
    }

    /// The tenure of somebody: the highest whose rule he fulfils.
    pub fn tenure(&self, of: &History) -> Tenure {
        let fulfils = |tenure: &Tenure| {
            let rule = self.of(*tenure);
            of.age >= TimeDelta::days(rule.min_age_days.into())
                && of.accepted >= rule.min_posts
                && tenure.removed_max().is_none_or(|max| of.removed <= max)
        };
        let highest = Tenure::ALL.iter().copied().rfind(fulfils);
        highest.unwrap_or(Tenure::Newcomer)
    }
}
