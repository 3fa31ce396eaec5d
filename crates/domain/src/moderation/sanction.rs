//! Sanctions: what keeps somebody from speaking, or out, where and until when.

#[cfg(test)]
mod tests;

use chrono::{DateTime, Duration, Utc};

use super::ModAct;
use crate::code::codes;
use crate::id::{PersonaId, ThreadId};

codes! {
    /// What is done to whoever wrote something.
    pub enum SanctionKind {
        /// He is told that it must not be.
        Warn = "WARN",
        /// He reads, but does not speak.
        Silence = "SILENCE",
        /// He does not speak, and is told of nothing; out of everything, he is
        /// as a visitor.
        Suspend = "SUSPEND",
        /// He is as a visitor, without an end.
        Ban = "BAN",
    }
}

codes! {
    /// How far a sanction reaches, by what it is for.
    pub enum SanctionReach {
        /// The thread in which he wrote it.
        Thread = "THREAD",
        /// The category under which that thread is filed, with those under it.
        Category = "CATEGORY",
        /// The whole forum.
        Everything = "EVERYTHING",
    }
}

codes! {
    /// What the second moderator decides on a sanction that was proposed.
    pub enum SanctionDecision {
        /// It takes effect.
        Approve = "APPROVE",
        /// It does not.
        Reject = "REJECT",
    }
}

impl SanctionKind {
    /// The act by which the record knows it.
    pub const fn act(self) -> ModAct {
        match self {
            Self::Warn => ModAct::Warn,
            Self::Silence => ModAct::Silence,
            Self::Suspend => ModAct::Suspend,
            Self::Ban => ModAct::Ban,
        }
    }
}

/// How long a silence or a suspension lasts at least.
const LEAST: Duration = Duration::hours(1);

/// What a sanction is: where it holds, and until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Terms {
    /// A warning holds nowhere.
    Warn,
    /// A silence.
    Silence(SanctionReach, DateTime<Utc>),
    /// A suspension.
    Suspend(SanctionReach, DateTime<Utc>),
    /// A ban is of everything, and has no end.
    Ban,
}

/// What is wrong with the terms of a sanction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TermsError {
    /// It says where, and has no scope.
    ScopeGiven,
    /// It does not say where.
    ScopeMissing,
    /// A ban is of everything.
    Narrow,
    /// It says until when, and has no end.
    EndGiven,
    /// It does not say until when, or ends too soon.
    EndMissing,
    /// It ends after this moment, which is the last possible.
    TooLong(DateTime<Utc>),
}

impl Terms {
    /// The terms, or everything that is wrong with them. A silence and a
    /// suspension last an hour at least, and so many days at most.
    pub fn of(
        kind: SanctionKind,
        reach: Option<SanctionReach>,
        until: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
        days_max: u32,
    ) -> Result<Self, Vec<TermsError>> {
        let mut wrong = Vec::new();
        let whole = match kind {
            SanctionKind::Warn => {
                wrong.extend(reach.map(|_| TermsError::ScopeGiven));
                Some(Self::Warn)
            }
            SanctionKind::Ban => {
                let narrow = reach.filter(|reach| *reach != SanctionReach::Everything);
                wrong.extend(narrow.map(|_| TermsError::Narrow));
                Some(Self::Ban)
            }
            SanctionKind::Silence | SanctionKind::Suspend => None,
        };
        if let Some(whole) = whole {
            wrong.extend(until.map(|_| TermsError::EndGiven));
            return if wrong.is_empty() {
                Ok(whole)
            } else {
                Err(wrong)
            };
        }
        let last = now + Duration::days(days_max.into());
        match until {
            Some(end) if end > last => wrong.push(TermsError::TooLong(last)),
            Some(end) if end >= now + LEAST => {}
            _ => wrong.push(TermsError::EndMissing),
        }
        if reach.is_none() {
            wrong.push(TermsError::ScopeMissing);
        }
        match reach.zip(until) {
            Some((reach, until)) if wrong.is_empty() => Ok(if kind == SanctionKind::Silence {
                Self::Silence(reach, until)
            } else {
                Self::Suspend(reach, until)
            }),
            _ => Err(wrong),
        }
    }

    /// What is done.
    pub const fn kind(self) -> SanctionKind {
        match self {
            Self::Warn => SanctionKind::Warn,
            Self::Silence(..) => SanctionKind::Silence,
            Self::Suspend(..) => SanctionKind::Suspend,
            Self::Ban => SanctionKind::Ban,
        }
    }

    /// How far it reaches; a warning nowhere.
    pub const fn reach(self) -> Option<SanctionReach> {
        match self {
            Self::Warn => None,
            Self::Silence(reach, _) | Self::Suspend(reach, _) => Some(reach),
            Self::Ban => Some(SanctionReach::Everything),
        }
    }

    /// When it ends by itself.
    pub const fn until(self) -> Option<DateTime<Utc>> {
        match self {
            Self::Silence(_, until) | Self::Suspend(_, until) => Some(until),
            Self::Warn | Self::Ban => None,
        }
    }
}

/// Where a sanction holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SanctionScope {
    /// In this thread.
    Thread(ThreadId),
    /// In the threads that are filed under one of these categories, by code.
    Category(Vec<String>),
    /// Everywhere.
    Everything,
}

/// A sanction that stands, as far as policy needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Curb {
    /// Whether it also keeps whoever it is of from being told: a suspension or
    /// a ban, no silence.
    pub suspends: bool,
    /// Where.
    pub scope: SanctionScope,
}

impl Curb {
    fn covers(&self, thread: Option<ThreadId>, category: Option<&str>) -> bool {
        match &self.scope {
            SanctionScope::Thread(id) => thread == Some(*id),
            SanctionScope::Category(codes) => {
                category.is_some_and(|code| codes.iter().any(|one| one == code))
            }
            SanctionScope::Everything => true,
        }
    }
}

/// The sanctions of an account that stand. Nearly everybody has none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sanctions {
    /// What keeps him from speaking, or out.
    pub standing: Vec<Curb>,
    /// Of whoever is kept out of everything: the personas that he has lost
    /// meanwhile. He may still read why, and appeal.
    pub lost: Vec<PersonaId>,
}

impl Sanctions {
    /// Whether they keep their account out of everything.
    pub fn bar(&self) -> bool {
        let bars = |one: &Curb| one.suspends && one.scope == SanctionScope::Everything;
        self.standing.iter().any(bars)
    }

    /// Whether they silence everywhere.
    pub fn silence(&self) -> bool {
        self.silence_in(None, None)
    }

    /// Whether they silence in this thread, or in one of this category.
    pub fn silence_in(&self, thread: Option<ThreadId>, category: Option<&str>) -> bool {
        let mut all = self.standing.iter();
        all.any(|one| one.covers(thread, category))
    }

    /// Whether they suspend in this thread, or in its category. Whoever is kept
    /// out of everything is a visitor there.
    pub fn suspend_in(&self, thread: ThreadId, category: Option<&str>) -> bool {
        let here = |one: &Curb| one.covers(Some(thread), category);
        let suspends =
            |one: &Curb| one.suspends && one.scope != SanctionScope::Everything && here(one);
        self.standing.iter().any(suspends)
    }

    /// Those by which their account is told of nothing.
    pub fn suspensions(&self) -> impl Iterator<Item = &SanctionScope> {
        let all = self.standing.iter().filter(|one| one.suspends);
        all.map(|one| &one.scope)
    }

    /// Whether a thread's category must be known to decide by them.
    pub fn ask_for_category(&self) -> bool {
        let mut all = self.standing.iter();
        all.any(|one| matches!(one.scope, SanctionScope::Category(_)))
    }
}
