//! The forum's days: which it is, and which are worked on.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Utc, Weekday, WeekdaySet};
use chrono_tz::Tz;

/// How long each step may take: working days of those who serve, days of the
/// calendar of those who are served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Deadlines {
    /// Until a moderator has looked at what was sent, held or flagged.
    pub release: u16,
    /// Until an office says that it has the concern.
    pub acknowledge: u16,
    /// Until it answers.
    pub answer: u16,
    /// Until silence is called very overdue.
    pub very_overdue: u16,
    /// Until a disputed answer is reviewed.
    pub review: u16,
    /// Days without a word from the raiser after which a question back puts
    /// the concern to sleep.
    pub dormant: u16,
    /// Days without a word from the raiser after which an answered concern is
    /// closed, unconfirmed.
    pub lapse: u16,
    /// The same for protected voices, who look in less often.
    pub lapse_protected: u16,
    /// As many days before the end of either the raiser is reminded.
    pub reminder: u16,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            release: 2,
            acknowledge: 5,
            answer: 20,
            very_overdue: 40,
            review: 20,
            dormant: 28,
            lapse: 28,
            lapse_protected: 90,
            reminder: 7,
        }
    }
}

/// Why a calendar cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// No year has such a day.
    #[error("month {month} has no day {day}")]
    NoSuchDay {
        /// The month, from 1.
        month: u32,
        /// The day of the month, from 1.
        day: u32,
    },
    /// Every day is free.
    #[error("no day is left to work on")]
    NoWorkingDay,
}

/// The days on which nobody works, and where it is which day.
///
/// A calendar always has working days: [`Calendar::new`] sees to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    weekend: WeekdaySet,
    fixed: BTreeSet<(u32, u32)>,
    moon: BTreeSet<NaiveDate>,
    zone: Tz,
}

impl Calendar {
    /// Makes a calendar of the weekly free days, the holidays of every year
    /// (month and day, from 1), the holidays of a single day (those that are
    /// sighted by the moon) and the time zone.
    pub fn new(
        weekend: WeekdaySet,
        fixed: impl IntoIterator<Item = (u32, u32)>,
        moon: impl IntoIterator<Item = NaiveDate>,
        zone: Tz,
    ) -> Result<Self, CalendarError> {
        let fixed: BTreeSet<_> = fixed.into_iter().collect();
        let leap_year = |month, day| NaiveDate::from_ymd_opt(2000, month, day);
        for &(month, day) in &fixed {
            leap_year(month, day).ok_or(CalendarError::NoSuchDay { month, day })?;
        }
        // A day that every year has falls on each day of the week in its
        // turn; one that is no holiday is therefore a working day some year.
        let yearly = fixed.iter().filter(|day| **day != (2, 29)).count();
        if weekend == WeekdaySet::ALL || yearly == 365 {
            return Err(CalendarError::NoWorkingDay);
        }
        Ok(Self {
            weekend,
            fixed,
            moon: moon.into_iter().collect(),
            zone,
        })
    }

    /// The usual week of Pakistan's offices, Saturday and Sunday free, in the
    /// time zone of Karachi.
    pub fn pakistan(
        fixed: impl IntoIterator<Item = (u32, u32)>,
        moon: impl IntoIterator<Item = NaiveDate>,
    ) -> Result<Self, CalendarError> {
        let weekend = WeekdaySet::from_array([Weekday::Sat, Weekday::Sun]);
        Self::new(weekend, fixed, moon, Tz::Asia__Karachi)
    }

    /// Which day it is.
    pub fn today(&self, now: DateTime<Utc>) -> NaiveDate {
        now.with_timezone(&self.zone).date_naive()
    }

    /// The first moment that is not of the day any more. Where clocks are put
    /// forward at midnight, the day ends with the first hour that there is.
    pub fn end_of(&self, day: NaiveDate) -> DateTime<Utc> {
        let next = day.succ_opt().unwrap_or(day);
        let at = |hour| {
            next.and_hms_opt(hour, 0, 0)?
                .and_local_timezone(self.zone)
                .earliest()
        };
        let end = (0..24).find_map(at);
        end.map_or_else(
            || next.and_time(NaiveTime::MIN).and_utc(),
            |end| end.to_utc(),
        )
    }

    /// Whether the day is worked on.
    pub fn is_working_day(&self, day: NaiveDate) -> bool {
        !self.weekend.contains(day.weekday())
            && !self.fixed.contains(&(day.month(), day.day()))
            && !self.moon.contains(&day)
    }

    /// The `n`-th working day after a day, which itself does not count; for
    /// none, the day itself.
    pub fn add_working_days(&self, from: NaiveDate, n: u16) -> NaiveDate {
        let Some(before) = usize::from(n).checked_sub(1) else {
            return from;
        };
        self.working_days_after(from)
            .nth(before)
            .unwrap_or(NaiveDate::MAX)
    }

    /// The first moment at which something can have begun for which so many working
    /// days are not over by now: whatever began before it is late, and nothing that
    /// began since.
    pub fn late_before(&self, now: DateTime<Utc>, days: u16) -> DateTime<Utc> {
        let today = self.today(now);
        let first = match usize::from(days).checked_sub(1) {
            None => Some(today),
            Some(nth) => std::iter::successors(today.pred_opt(), NaiveDate::pred_opt)
                .filter(|day| self.is_working_day(*day))
                .nth(nth),
        };
        // Of what began on the day before that one, it was the first that counted.
        let newest = first.and_then(|day| day.pred_opt());
        newest.map_or(DateTime::UNIX_EPOCH, |day| self.end_of(day))
    }

    /// How many working days lie after the first day, up to and with the
    /// second; 0 if the second is not later.
    pub fn working_days_between(&self, from: NaiveDate, to: NaiveDate) -> usize {
        self.working_days_after(from)
            .take_while(|day| *day <= to)
            .count()
    }

    fn working_days_after(&self, from: NaiveDate) -> impl Iterator<Item = NaiveDate> {
        from.iter_days()
            .skip(1)
            .filter(|day| self.is_working_day(*day))
    }
}

#[cfg(test)]
mod tests;
