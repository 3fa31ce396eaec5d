//! The quarterly report of moderation, for everyone.
//!
//! It is made once, when the quarter is over, and kept as it is: what happens
//! later to an act of that quarter stands in a later one.

use chrono::{DateTime, NaiveDate, Utc};
use domain::transparency::{Quarter, Terms, report};
use storage::transparency::{Between, Report};

use crate::{Error, Forum};

pub use domain::transparency::{Figure, NotAQuarter, Section};

impl Forum {
    /// Makes the reports of the quarters that are over and have none, one after
    /// the other. It may be asked by several at once, and stopped at any time.
    pub async fn make_reports(&self) -> Result<(), Error> {
        while self.make_report().await? {}
        Ok(())
    }

    /// Makes one; says whether it did.
    async fn make_report(&self) -> Result<bool, Error> {
        let read = self.store.read();
        let made = read.reported_quarters().await?;
        let Some(quarter) = self.due_quarter(&made).await? else {
            return Ok(false);
        };
        let time = Between {
            from: self.begin_of(quarter.first_day()),
            to: self.begin_of(quarter.next().first_day()),
        };
        let counted = read.moderated_between(time).await?;
        let calendar = self.calendar(&self.directory())?;
        let least = u64::from(self.settings.statistics_least);
        let figures = report(
            &counted,
            Terms {
                quarter,
                calendar: &calendar,
                look_days: self.settings.deadlines.release,
                least,
            },
        );
        let report = Report {
            quarter,
            made_at: self.now(),
            least,
            figures,
        };
        let id = self.new_id();
        self.store
            .write(report.made_at, async |tx| {
                tx.hold_reports(id).await?;
                tx.insert_report(&report).await?;
                Ok::<_, Error>(true)
            })
            .await
    }

    /// The first quarter that is over and has no report.
    async fn due_quarter(&self, made: &[Quarter]) -> Result<Option<Quarter>, Error> {
        let current = Quarter::of(self.today());
        let first = match made.first() {
            Some(newest) => newest.next(),
            None => match self.store.read().forum_since().await? {
                Some(since) => Quarter::of(since.with_timezone(&self.settings.zone).date_naive()),
                None => return Ok(None),
            },
        };
        Ok((first < current).then_some(first))
    }

    /// The first moment of a day, by the forum's zone.
    fn begin_of(&self, day: NaiveDate) -> DateTime<Utc> {
        let midnight = day.and_hms_opt(0, 0, 0);
        let there = midnight
            .and_then(|midnight| midnight.and_local_timezone(self.settings.zone).earliest());
        there.map_or(self.now(), |moment| moment.with_timezone(&Utc))
    }

    /// The quarters of which there is a report, the newest first.
    pub async fn reported_quarters(&self) -> Result<Vec<Quarter>, Error> {
        Ok(self.store.read().reported_quarters().await?)
    }

    /// The report of a quarter, or the newest. At most three statements.
    pub async fn transparency(&self, of: Option<Quarter>) -> Result<Option<Report>, Error> {
        let read = self.store.read();
        let quarter = match of {
            Some(quarter) => Some(quarter),
            None => read.reported_quarters().await?.first().copied(),
        };
        match quarter {
            Some(quarter) => Ok(read.transparency(quarter).await?),
            None => Ok(None),
        }
    }
}
