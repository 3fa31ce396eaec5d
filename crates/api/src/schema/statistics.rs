//! What is counted of concerns, for everyone.

use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::thread::VerdictKind;
use door::directive::{cost, list_size, names};
use forum::statistics as view;

use crate::schema::caller::{caller, read};
use crate::schema::directory::{Agency, Category, Region};
use crate::schema::enums::{OutcomeKind, StatisticsBy};
use crate::schema::scalar::Day;

/// Figures of concerns. They count concerns that were put before agencies that
/// answer, whoever may read them, by the month in which they came there, and
/// only months that are over. They are of the newest edition, a copy that is
/// taken once a month: what happens between two editions is not seen in them,
/// and what would tell of fewer than `least` concerns of a month, by itself or
/// beside other figures, is not in them.
#[derive(SimpleObject, Debug, Clone)]
#[graphql(serial)]
pub struct Statistics {
    /// By what they are put together.
    pub by: StatisticsBy,
    /// The first month: `2025-11`.
    pub from_month: String,
    /// The last month.
    pub to_month: String,
    /// Of fewer concerns of a month than so many nothing is shown.
    pub least: i32,
    /// As of which month the figures are: the last that was over when the
    /// edition was taken; null where none was taken yet.
    pub as_of_month: Option<String>,
    /// When that edition was taken.
    pub taken_at: Option<DateTime<Utc>>,
    /// One row for each agency, category, region or month of which there is
    /// something. In the cost of a document, each counts once for each month.
    pub rows: Vec<Figures>,
    /// What is shown in all rows together.
    pub total: Figures,
}

/// Figures of one agency, category, region or month; null where there are none.
#[derive(Debug, Clone)]
pub struct Figures {
    by: Option<StatisticsBy>,
    row: view::Row,
}

fn whole(value: u64) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}

impl Figures {
    pub(crate) fn of(by: Option<StatisticsBy>, row: view::Row) -> Self {
        Self { by, row }
    }

    fn sum(&self, of: impl Fn(&view::Sums) -> u64) -> Option<i32> {
        self.row.figures.as_ref().map(|sums| whole(of(sums)))
    }
}

/// Figures of one agency, category, region or month; null where there are none.
#[Object(serial)]
impl Figures {
    /// The agency, where figures are put together by it: that which a concern
    /// is, or was last, put before. A review counts for the agency whose answer
    /// is reviewed.
    async fn agency(&self, ctx: &Context<'_>) -> Option<Agency> {
        let directory = caller(ctx).forum.directory();
        let agency = (self.by == Some(StatisticsBy::Agency))
            .then(|| directory.agency_by_code(&self.row.key))?;
        agency.cloned().map(Agency)
    }

    /// The category, where figures are put together by it.
    async fn category(&self, ctx: &Context<'_>) -> Option<Category> {
        let by = self.by == Some(StatisticsBy::Category);
        Category::of(ctx, by.then_some(self.row.key.as_str()))
    }

    /// The region, where figures are put together by it.
    async fn region(&self, ctx: &Context<'_>) -> Option<Region> {
        let directory = caller(ctx).forum.directory();
        let region =
            (self.by == Some(StatisticsBy::Region)).then(|| directory.region(&self.row.key))?;
        region.map(Region::from)
    }

    /// The month in which concerns came to the agency, such as `2025-11`, where
    /// figures are put together by it.
    async fn month(&self) -> Option<&str> {
        (self.by == Some(StatisticsBy::Month)).then_some(self.row.key.as_str())
    }

    /// Concerns that came to the agency and are not held or removed by a
    /// moderator; those withdrawn later count. One that came before the agency
    /// began to answer counts from the day on which it began.
    async fn received(&self) -> Option<i32> {
        self.sum(|sums| sums.received)
    }

    /// Those of which the agency said that it has them.
    async fn acknowledged(&self) -> Option<i32> {
        self.sum(|sums| sums.acknowledged)
    }

    /// Those that it acknowledged on or before the last day of its clock.
    async fn acknowledged_in_time(&self) -> Option<i32> {
        self.sum(|sums| sums.acknowledged_in_time)
    }

    /// Those that it answered at least once.
    async fn answered(&self) -> Option<i32> {
        self.sum(|sums| sums.answered)
    }

    /// Those whose first answer came on or before the last day of the clock,
    /// which begins anew once if the raiser was asked something.
    async fn answered_in_time(&self) -> Option<i32> {
        self.sum(|sums| sums.answered_in_time)
    }

    /// The median (the nearest rank) of the working days from the day on which a
    /// concern came to the agency to its first answer, without those on which
    /// the raiser was asked, in the months of which enough was answered to tell
    /// answers apart; null where there is none.
    async fn median_days(&self) -> Option<i32> {
        let sums = self.row.figures.as_ref()?;
        sums.days(50).map(i32::from)
    }

    /// As many working days at most nine of ten first answers took (the nearest
    /// rank), in the months of which enough was answered to tell answers apart;
    /// null where there is none.
    async fn ninetieth_percentile_days(&self) -> Option<i32> {
        let sums = self.row.figures.as_ref()?;
        sums.days(90).map(i32::from)
    }

    /// Concerns of which the raiser disputed an answer.
    async fn reopened(&self) -> Option<i32> {
        self.sum(|sums| sums.reopened)
    }

    /// Concerns that the agency was to acknowledge or to answer, and whose day
    /// was past when the edition was taken. Disputes and reviews are not among
    /// them.
    async fn overdue(&self) -> Option<i32> {
        self.sum(|sums| sums.overdue)
    }

    /// What the newest answers came to, in the agencies' words, beside what the
    /// raisers made of them, in the months of which enough was answered to tell
    /// answers apart; null where there is none.
    #[graphql(directive = list_size::apply(8, names(&[]), names(&[])))]
    async fn outcomes(&self) -> Option<Vec<OutcomeFigures>> {
        let outcomes = self.row.figures.as_ref()?.outcomes()?;
        Some(outcomes.iter().map(OutcomeFigures::from).collect())
    }
}

/// How many answers came to an outcome, beside what their raisers made of them.
#[derive(SimpleObject, Debug, Clone, Copy)]
#[graphql(serial)]
pub struct OutcomeFigures {
    /// The outcome.
    pub outcome: OutcomeKind,
    /// How many newest answers came to it.
    pub answers: i32,
    /// Of these, how many raisers said that it helped.
    pub relief_granted: i32,
    /// How many said that it helped in part.
    pub partial: i32,
    /// How many said that it did not help.
    pub not_granted: i32,
}

impl From<&view::Outcome> for OutcomeFigures {
    fn from(of: &view::Outcome) -> Self {
        let judged = |kind: VerdictKind| {
            let found = of.verdicts.iter().find(|(one, _)| *one == kind);
            found.map_or(0, |(_, count)| whole(*count))
        };
        Self {
            outcome: of.outcome.into(),
            answers: whole(of.answers),
            relief_granted: judged(VerdictKind::ReliefGranted),
            partial: judged(VerdictKind::Partial),
            not_granted: judged(VerdictKind::NotGranted),
        }
    }
}

/// What is counted of concerns.
#[derive(Debug, Default)]
pub struct StatisticsQueries;

#[Object(serial)]
impl StatisticsQueries {
    /// How an agency answered the concerns that came to it in the last twelve
    /// months that are over, by the newest edition of the figures; null while it
    /// does not answer here. For everyone; for partner apps with the scope
    /// `stats:read`.
    #[graphql(directive = cost::apply(5))]
    async fn answer_clock(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The agency: its id, or its code, such as POL_PB.")] agency: ID,
    ) -> async_graphql::Result<Option<Figures>> {
        let caller = caller(ctx);
        let id = caller.agency(&agency);
        let found = caller.forum.answer_clock(&caller.viewer, id).await;
        Ok(read(caller, found)?.map(|row| Figures::of(None, row)))
    }

    /// Figures of concerns, for everyone, by the newest edition; for partner apps
    /// with the scope `stats:read`. They are exported at `/statistics`.
    #[graphql(
        directive = cost::apply(5),
        directive = list_size::apply(12, names(&["months"]), names(&["rows"]))
    )]
    async fn statistics(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "By what they are put together.")] by: StatisticsBy,
        #[graphql(desc = "How many months: from 1 to 60.", default = 12)] months: i32,
        #[graphql(desc = "A day of the last month; the last that is over where nothing is said.")]
        to: Option<Day>,
    ) -> async_graphql::Result<Statistics> {
        let caller = caller(ctx);
        let wanted = view::Wanted {
            by: by.into(),
            months: months.into(),
            to: to.map(|day| day.0),
        };
        let found = read(
            caller,
            caller.forum.statistics(&caller.viewer, wanted).await,
        )?;
        let rows = found.rows.into_iter();
        Ok(Statistics {
            by,
            from_month: found.from,
            to_month: found.to,
            least: i32::try_from(found.least).unwrap_or(i32::MAX),
            taken_at: found.edition.as_ref().map(|edition| edition.taken_at),
            as_of_month: found.edition.map(|edition| edition.month),
            rows: rows.map(|row| Figures::of(Some(by), row)).collect(),
            total: Figures::of(None, found.total),
        })
    }
}
