//! Why somebody is told of what happens, and when a mail tells it.

use chrono::{DateTime, Datelike as _, Days, NaiveTime, Utc, Weekday};
use chrono_tz::Tz;

use crate::code::codes;
use crate::event::EventKind;

codes! {
    /// Why somebody is told.
    pub enum NoticeReason {
        /// He is expected to act, or his time for it ends.
        Due = "DUE",
        /// It happened in a thread that he raised.
        Own = "OWN",
        /// It waits for an office that he holds.
        Work = "WORK",
        /// It happened in a thread that he follows, or was brought into.
        Followed = "FOLLOWED",
        /// It is about his account.
        Account = "ACCOUNT",
    }
}

codes! {
    /// Whether a mail tells it, and when.
    pub enum MailFrequency {
        /// No mail does.
        Off = "OFF",
        /// At once; what follows soon after waits for the next mail.
        Immediate = "IMMEDIATE",
        /// In the morning.
        Daily = "DAILY",
        /// On Monday morning.
        Weekly = "WEEKLY",
    }
}

codes! {
    /// What of a thread somebody wants to be told.
    pub enum ThreadNotices {
        /// Everything.
        All = "ALL",
        /// How it goes on, but not each post.
        Progress = "PROGRESS",
        /// Nothing but what he is expected to do.
        Muted = "MUTED",
    }
}

/// How somebody stands to a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// Whether he raised it.
    pub raised: bool,
    /// Whether it is before an office of his.
    pub at_desk: bool,
}

impl NoticeReason {
    /// Why somebody who stands so to a thread is told of an event; `None` of
    /// what no mail tells.
    pub const fn of(kind: EventKind, standing: Standing) -> Option<Self> {
        Some(match kind {
            EventKind::ReminderDue | EventKind::VerdictAsked | EventKind::ReviewOverdue => {
                Self::Due
            }
            EventKind::SanctionChanged => Self::Account,
            EventKind::PostAdded
            | EventKind::ThreadChanged
            | EventKind::ThreadModerated
            | EventKind::ConcernAssigned
            | EventKind::ConcernAcknowledged
            | EventKind::ConcernMoved
            | EventKind::ConcernEscalated
            | EventKind::ResponsePublished
            | EventKind::VerdictGiven
            | EventKind::CommitmentMade
            | EventKind::CommitmentChanged
            | EventKind::CommitmentKept
            | EventKind::CommitmentLapsed
            | EventKind::ParticipantsChanged
            | EventKind::WorkArrived => {
                if standing.raised {
                    Self::Own
                } else if standing.at_desk {
                    Self::Work
                } else {
                    Self::Followed
                }
            }
            EventKind::ThreadOpened
            | EventKind::PostEdited
            | EventKind::PostModerated
            | EventKind::EndorsementsChanged
            | EventKind::ConcernOpened
            | EventKind::DirectoryChanged
            | EventKind::AccessChanged => return None,
        })
    }
}

impl ThreadNotices {
    /// Whether an event in the thread is told.
    pub const fn tell(self, kind: EventKind) -> bool {
        match self {
            Self::All => true,
            Self::Progress => !matches!(kind, EventKind::PostAdded),
            Self::Muted => matches!(
                kind,
                EventKind::ReminderDue
                    | EventKind::VerdictAsked
                    | EventKind::ReviewOverdue
                    | EventKind::SanctionChanged
            ),
        }
    }
}

impl MailFrequency {
    /// When what happens now is mailed: digests at this hour of the zone's
    /// day, weekly ones on Mondays. `None` if it is not.
    pub fn next(self, now: DateTime<Utc>, zone: Tz, hour: u8) -> Option<DateTime<Utc>> {
        let daily = match self {
            Self::Off => return None,
            Self::Immediate => return Some(now),
            Self::Daily => true,
            Self::Weekly => false,
        };
        let time = NaiveTime::from_hms_opt(hour.into(), 0, 0).unwrap_or(NaiveTime::MIN);
        let today = now.with_timezone(&zone).date_naive();
        // An hour that clocks pass over is begun with the next there is; a day
        // has one in any case.
        let at = |ahead: u64| {
            let day = today.checked_add_days(Days::new(ahead))?;
            let fits = daily || day.weekday() == Weekday::Mon;
            let local = day.and_time(time).and_local_timezone(zone).earliest();
            let at = local.map_or_else(|| day.and_time(time).and_utc(), |at| at.to_utc());
            (fits && at > now).then_some(at)
        };
        (0..=8).find_map(at).or(Some(now))
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use chrono_tz::Asia::Karachi;

    use super::{MailFrequency, NoticeReason, Standing, ThreadNotices};
    use crate::event::EventKind;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn digests_come_at_their_hour_and_never_at_once() {
        let next = |frequency: MailFrequency, now| frequency.next(at(now), Karachi, 8).unwrap();
        // 8 in Karachi is 3 in UTC. The 17th of November 2025 is a Monday.
        for (frequency, now, then) in [
            (
                MailFrequency::Daily,
                "2025-11-17T02:59:59Z",
                "2025-11-17T03:00:00Z",
            ),
            (
                MailFrequency::Daily,
                "2025-11-17T03:00:00Z",
                "2025-11-18T03:00:00Z",
            ),
            (
                MailFrequency::Weekly,
                "2025-11-17T02:59:59Z",
                "2025-11-17T03:00:00Z",
            ),
            (
                MailFrequency::Weekly,
                "2025-11-17T03:00:00Z",
                "2025-11-24T03:00:00Z",
            ),
            (
                MailFrequency::Weekly,
                "2025-11-19T20:00:00Z",
                "2025-11-24T03:00:00Z",
            ),
        ] {
            assert_eq!(next(frequency, now), at(then), "{frequency} {now}");
        }
        let now = at("2025-11-17T02:59:59Z");
        assert_eq!(MailFrequency::Off.next(now, Karachi, 8), None);
        assert_eq!(MailFrequency::Immediate.next(now, Karachi, 8), Some(now));
    }

    #[test]
    fn whoever_raised_it_is_told_as_its_raiser_and_reminders_reach_everyone() {
        let of = |raised, at_desk| {
            NoticeReason::of(EventKind::ConcernMoved, Standing { raised, at_desk })
        };
        assert_eq!(of(true, true), Some(NoticeReason::Own));
        assert_eq!(of(false, true), Some(NoticeReason::Work));
        assert_eq!(of(false, false), Some(NoticeReason::Followed));
        for level in ThreadNotices::ALL {
            assert!(level.tell(EventKind::ReminderDue), "{level}");
        }
        assert!(!ThreadNotices::Progress.tell(EventKind::PostAdded));
        assert!(ThreadNotices::Progress.tell(EventKind::ResponsePublished));
        assert!(!ThreadNotices::Muted.tell(EventKind::ResponsePublished));
    }
}
