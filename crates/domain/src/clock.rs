//! The clocks of a concern: what has to be done next, by when, and how late
//! it is. All of it is computed from the moment at which a clock began; only
//! that moment is kept.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};

use crate::calendar::{Calendar, Deadlines};
use crate::code::codes;
use crate::concern::{Concern, State};
use crate::id::AgencyId;

codes! {
    /// What a clock runs for.
    pub enum ClockFor {
        /// A moderator looks at what was sent.
        Release = "RELEASE",
        /// The office says that it has the concern.
        Acknowledge = "ACKNOWLEDGE",
        /// The office answers.
        Answer = "ANSWER",
        /// Somebody else looks at a disputed answer again.
        Review = "REVIEW",
        /// The raiser says what was asked; else the concern goes dormant.
        Clarify = "CLARIFY",
        /// The raiser judges the answer; else the concern is closed.
        Verdict = "VERDICT",
    }
}

codes! {
    /// How late a concern is.
    pub enum Lateness {
        /// It is not.
        OnTime = "ON_TIME",
        /// The day is past.
        Overdue = "OVERDUE",
        /// So is the day after which silence is called by its name.
        VeryOverdue = "VERY_OVERDUE",
    }
}

codes! {
    /// Who is expected to act.
    pub enum Expected {
        /// A moderator.
        Moderator = "MODERATOR",
        /// The office.
        Office = "OFFICE",
        /// The raiser.
        Raiser = "RAISER",
    }
}

impl ClockFor {
    /// Who is expected to act while it runs.
    pub const fn expects(self) -> Expected {
        match self {
            Self::Release => Expected::Moderator,
            Self::Acknowledge | Self::Answer | Self::Review => Expected::Office,
            Self::Clarify | Self::Verdict => Expected::Raiser,
        }
    }

    /// What runs while a concern stands so; `None` where nothing does.
    pub const fn of(state: State) -> Option<Self> {
        match state {
            State::Submitted => Some(Self::Release),
            State::Assigned => Some(Self::Acknowledge),
            State::Acknowledged | State::InProgress => Some(Self::Answer),
            State::Disputed | State::InReview => Some(Self::Review),
            State::ClarificationRequested => Some(Self::Clarify),
            State::Answered => Some(Self::Verdict),
            State::Returned | State::Open | State::Dormant | State::Closed | State::Withdrawn => {
                None
            }
        }
    }
}

/// By what a clock runs.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// The forum's days.
    pub calendar: &'a Calendar,
    /// How long each step may take.
    pub deadlines: Deadlines,
    /// Since when the agency it is before answers; `None` if it does not.
    pub answering_since: Option<DateTime<Utc>>,
    /// Whether the raiser's voice is protected.
    pub protected: bool,
}

/// A clock that runs. It says no more than when it was asked for: whoever
/// shows it computes it anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// What it runs for.
    pub runs_for: ClockFor,
    /// The day on which it began; the day after is the first that counts.
    pub since: NaiveDate,
    /// The last day on which it is not late.
    pub due_on: NaiveDate,
    /// The last day on which it is not very late, of an office's clock.
    pub very_overdue_on: Option<NaiveDate>,
    /// From when on somebody is reminded.
    pub remind_at: DateTime<Utc>,
    /// From when on it is late: the end of the day.
    pub due_at: DateTime<Utc>,
    /// From when on it is very late.
    pub very_overdue_at: Option<DateTime<Utc>>,
}

impl Clock {
    /// The clock of a concern; `None` where none runs. Those of an office run
    /// only while its agency is ANSWERING, and from the day it began.
    pub fn of(concern: &Concern, terms: Terms<'_>) -> Option<Self> {
        let runs_for = ClockFor::of(concern.state)?;
        let mut began = concern.clock_since?;
        // A dispute waits for whoever routes it, who belongs to no agency.
        if runs_for.expects() == Expected::Office && concern.state != State::Disputed {
            began = began.max(terms.answering_since?);
        }
        let Terms {
            calendar,
            deadlines,
            ..
        } = terms;
        let since = calendar.today(began);
        let working = |days| calendar.add_working_days(since, days);
        let days = |days: u16| {
            let day = since.checked_add_days(Days::new(days.into()));
            day.unwrap_or(NaiveDate::MAX)
        };
        let due_on = match runs_for {
            ClockFor::Release => working(deadlines.release),
            ClockFor::Acknowledge => working(deadlines.acknowledge),
            ClockFor::Answer => working(deadlines.answer),
            ClockFor::Review => working(deadlines.review),
            ClockFor::Clarify => days(deadlines.dormant),
            ClockFor::Verdict if terms.protected => days(deadlines.lapse_protected),
            ClockFor::Verdict => days(deadlines.lapse),
        };
        let very_overdue_on = (runs_for.expects() == Expected::Office)
            .then(|| working(deadlines.very_overdue).max(due_on));
        let due_at = calendar.end_of(due_on);
        let ahead = match runs_for.expects() {
            Expected::Raiser => TimeDelta::days(deadlines.reminder.into()),
            Expected::Moderator | Expected::Office => TimeDelta::days(1),
        };
        Some(Self {
            runs_for,
            since,
            due_on,
            very_overdue_on,
            // Nobody is reminded of what he hears now.
            remind_at: (due_at - ahead).max(calendar.end_of(since)),
            due_at,
            very_overdue_at: very_overdue_on.map(|day| calendar.end_of(day)),
        })
    }

    /// How late it is.
    pub fn lateness(&self, now: DateTime<Utc>) -> Lateness {
        match self.very_overdue_at {
            Some(at) if now >= at => Lateness::VeryOverdue,
            _ if now >= self.due_at => Lateness::Overdue,
            _ => Lateness::OnTime,
        }
    }

    /// How far silence was passed on: 0 while there is time, 1 to the agency,
    /// 2 to oversight.
    pub fn escalation(&self, now: DateTime<Utc>) -> u8 {
        match self.lateness(now) {
            Lateness::OnTime => 0,
            Lateness::Overdue => 1,
            Lateness::VeryOverdue => 2,
        }
    }

    /// What is told as it runs on, in order, each with its moment.
    pub fn stages(&self) -> impl Iterator<Item = (Stage, DateTime<Utc>)> {
        let end = match self.runs_for.expects() {
            Expected::Raiser => Stage::End,
            Expected::Moderator | Expected::Office => Stage::Overdue,
        };
        let all = [
            (Stage::Reminder, Some(self.remind_at)),
            (end, Some(self.due_at)),
            (Stage::VeryOverdue, self.very_overdue_at),
        ];
        all.into_iter().filter_map(|(stage, at)| Some((stage, at?)))
    }
}

/// What is told of a clock as it runs on, each once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Whoever is expected to act is reminded.
    Reminder,
    /// It is late.
    Overdue,
    /// It is very late.
    VeryOverdue,
    /// The raiser's time is over.
    End,
}

/// How long steps may take in an agency, in a category, or in both; what is
/// not said follows from the less special rule. Kept when another takes its
/// place: a clock goes by the rule that held when it began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockRule {
    /// In which agency; in all where none is named.
    pub agency: Option<AgencyId>,
    /// In which category, and those under it; in all where none is named.
    pub category: Option<String>,
    /// Working days until an office says that it has the concern.
    pub acknowledge: Option<u16>,
    /// Working days until it answers.
    pub answer: Option<u16>,
    /// Working days until silence is called very overdue.
    pub very_overdue: Option<u16>,
    /// Working days until a disputed answer is reviewed.
    pub review: Option<u16>,
    /// From when on clocks begin by it.
    pub since: DateTime<Utc>,
}

/// What rules are looked up by.
#[derive(Debug, Clone, Copy)]
pub struct RuledBy<'a> {
    /// The agency that a concern is before.
    pub agency: Option<AgencyId>,
    /// Its category and, before it, those it is under.
    pub categories: &'a [&'a str],
    /// The moment at which the clock begins.
    pub began: DateTime<Utc>,
}

/// The deadlines that the rules leave of the forum's own: the more special
/// goes over the more general, an agency over a category. Of two for the same
/// the later one counts; rules stand in the order in which they were made.
pub fn ruled(mut deadlines: Deadlines, rules: &[ClockRule], by: RuledBy<'_>) -> Deadlines {
    let mut categories = vec![None];
    categories.extend(by.categories.iter().copied().map(Some));
    let agencies = [None, by.agency];
    let agencies = &agencies[..if by.agency.is_some() { 2 } else { 1 }];
    for agency in agencies {
        for category in &categories {
            let rule = rules.iter().rfind(|rule| {
                rule.agency == *agency
                    && rule.category.as_deref() == *category
                    && rule.since <= by.began
            });
            if let Some(rule) = rule {
                let over = |days: &mut u16, ruled: Option<u16>| *days = ruled.unwrap_or(*days);
                over(&mut deadlines.acknowledge, rule.acknowledge);
                over(&mut deadlines.answer, rule.answer);
                over(&mut deadlines.very_overdue, rule.very_overdue);
                over(&mut deadlines.review, rule.review);
            }
        }
    }
    deadlines
}

#[cfg(test)]
mod tests;
