//! The clocks of concerns, and by what they run.

use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use domain::clock as view;
use domain::people::Language;
use door::directive::{On, cost, depends, list_size, names};
use door::fault::Fault;

use crate::schema::caller::{Caller, caller};
use crate::schema::directory::{Agency, Category};
use crate::schema::enums::{ClockFor, Expected, Lateness};
use crate::schema::scalar::Day;

/// The clock of a concern, as it stands now. An office's runs only while its
/// agency is ANSWERING, and in working days of the forum's calendar.
#[derive(SimpleObject, Debug, Clone, Copy)]
#[graphql(serial)]
pub struct Clock {
    /// What it runs for.
    pub runs_for: ClockFor,
    /// Who is expected to act.
    pub expects: Expected,
    /// The day on which it began; the day after is the first that counts.
    pub since: Day,
    /// The last day on which it is not late.
    pub due_on: Day,
    /// From when on it is late: the end of that day.
    pub due_at: DateTime<Utc>,
    /// The last day on which it is not very late; null where only the office's
    /// time is counted so far.
    pub very_overdue_on: Option<Day>,
    /// How late it is.
    pub lateness: Lateness,
    /// How far silence is passed on: 0 while there is time, 1 to the office and
    /// its agency, 2 to oversight.
    pub escalation: i32,
}

impl Clock {
    /// A clock as it is shown at a moment.
    pub(crate) fn at(clock: &view::Clock, now: DateTime<Utc>) -> Self {
        // The raiser is late for nothing: his time ends.
        let raiser = clock.runs_for.expects() == view::Expected::Raiser;
        Self {
            runs_for: clock.runs_for.into(),
            expects: clock.runs_for.expects().into(),
            since: Day(clock.since),
            due_on: Day(clock.due_on),
            due_at: clock.due_at,
            very_overdue_on: clock.very_overdue_on.map(Day),
            lateness: if raiser {
                Lateness::OnTime
            } else {
                clock.lateness(now).into()
            },
            escalation: if raiser {
                0
            } else {
                clock.escalation(now).into()
            },
        }
    }
}

/// How long steps may take where clocks begin from a moment on. What is null
/// follows from the less special rule, and at last from the forum's own.
#[derive(Debug, Clone)]
pub struct ClockRule(view::ClockRule);

/// How long steps may take where clocks begin from a moment on. What is null
/// follows from the less special rule, and at last from the forum's own.
#[Object(serial)]
impl ClockRule {
    /// In which agency; null for all.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn agency(&self, ctx: &Context<'_>) -> Option<Agency> {
        Agency::of(ctx, self.0.agency)
    }

    /// In which category, and those under it; null for all.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn category(&self, ctx: &Context<'_>) -> Option<Category> {
        Category::of(ctx, self.0.category.as_deref())
    }

    /// Working days until an office says that it has a concern.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn acknowledge_days(&self) -> Option<i32> {
        self.0.acknowledge.map(Into::into)
    }

    /// Working days until it answers.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn answer_days(&self) -> Option<i32> {
        self.0.answer.map(Into::into)
    }

    /// Working days until its silence is called very overdue.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn very_overdue_days(&self) -> Option<i32> {
        self.0.very_overdue.map(Into::into)
    }

    /// Working days until a disputed answer is looked at again.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn review_days(&self) -> Option<i32> {
        self.0.review.map(Into::into)
    }

    /// From when on clocks begin by it.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn since(&self) -> DateTime<Utc> {
        self.0.since
    }
}

/// A day on which nobody works.
#[derive(SimpleObject, Debug, Clone)]
#[graphql(serial)]
pub struct Holiday {
    /// The day.
    #[graphql(directive = depends::apply(On::Directory))]
    pub day: Day,
    /// Its name in the reader's language.
    #[graphql(directive = depends::apply(On::Directory))]
    pub name: String,
    /// Whether it comes every year; the others are declared, as those that the
    /// moon is sighted for.
    #[graphql(directive = depends::apply(On::Directory))]
    pub yearly: bool,
}

/// By what clocks run.
#[derive(Debug, Default)]
pub struct ClockQueries;

#[Object(serial)]
impl ClockQueries {
    /// Every rule that was made, the oldest first. Those replaced are kept:
    /// clocks go by the rule that held when they began.
    #[graphql(
        directive = depends::apply(On::Directory),
        directive = list_size::apply(50, names(&[]), names(&[])),
        directive = cost::apply(1)
    )]
    async fn clock_rules(&self, ctx: &Context<'_>) -> Vec<ClockRule> {
        let directory = caller(ctx).forum.directory();
        directory
            .clock_rules
            .iter()
            .cloned()
            .map(ClockRule)
            .collect()
    }

    /// The holidays of a year for the whole country, besides weekends.
    #[graphql(
        directive = depends::apply(On::Directory),
        directive = list_size::apply(20, names(&[]), names(&[])),
        directive = cost::apply(1)
    )]
    async fn holidays(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The year, from 2000 to 2199.")] year: i32,
    ) -> async_graphql::Result<Vec<Holiday>> {
        if !(2000..2200).contains(&year) {
            return Err(Fault::BadUserInput.because("Give a year from 2000 to 2199."));
        }
        let caller = caller(ctx);
        Ok(Holiday::of(caller, year))
    }
}

impl Holiday {
    /// Those of the year of a day.
    pub(crate) fn around(caller: &Caller, day: NaiveDate) -> Vec<Self> {
        Self::of(caller, day.year())
    }

    fn of(caller: &Caller, year: i32) -> Vec<Self> {
        let all = caller.forum.holidays(year).into_iter();
        all.map(|one| Self {
            day: Day(one.day),
            name: match caller.language {
                Language::En => one.name.en,
                Language::Ur => one.name.ur,
            },
            yearly: one.yearly,
        })
        .collect()
    }
}

/// The newest rule for an agency and a category.
pub(crate) fn newest_rule(
    caller: &Caller,
    agency: Option<&ID>,
    category: Option<&str>,
) -> Option<ClockRule> {
    let agency = agency.map(|named| caller.agency(named));
    let directory = caller.forum.directory();
    let same =
        |rule: &&view::ClockRule| rule.agency == agency && rule.category.as_deref() == category;
    directory
        .clock_rules
        .iter()
        .rfind(same)
        .cloned()
        .map(ClockRule)
}
