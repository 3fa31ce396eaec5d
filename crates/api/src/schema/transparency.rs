//! The quarterly report of moderation.

use async_graphql::{Context, Object, SimpleObject};
use chrono::{DateTime, Utc};
use door::directive::{cost, list_size, names};
use door::fault::Fault;
use forum::views::transparency as view;

use crate::schema::caller::{caller, read};
use crate::schema::enums::TransparencySection;

/// A number of the report.
#[derive(SimpleObject, Debug, Clone)]
#[graphql(serial)]
pub struct TransparencyFigure {
    /// In which table.
    pub section: TransparencySection,
    /// Of what: the code of an act, a category, a reason, a constituency; NONE
    /// where there is none, REST for all that are counted together because some of
    /// them are few.
    pub key: String,
    /// What is counted: a code, or COUNT, MADE, LATE, IN_TIME and the like; in FLAGS
    /// also REST. Ending in MEDIAN_HOURS or P90_HOURS, how many hours half of them
    /// took at most, or nine in ten: from the first flag, or from when the forum held
    /// it, to the decision; from an appeal to its outcome.
    pub measure: String,
    /// How many; null where they are too few to be told.
    pub value: Option<i64>,
}

/// What members flagged and moderators did in a quarter, how long it took, and
/// what came of appeals. It is made once the quarter is over, and stays as it
/// is. ACTS are told exactly, because the modlog shows each of them, and DEMANDS;
/// everything else to the nearest multiple of `least`, and nothing of fewer. Where
/// one part of a total is few, it is told only together with others, as REST, so
/// that nobody finds it out by taking the other parts from the total.
#[derive(Debug, Clone)]
pub struct TransparencyReport(view::Report);

/// What members flagged and moderators did in a quarter, how long it took, and
/// what came of appeals. It is made once the quarter is over, and stays as it
/// is. ACTS are told exactly, because the modlog shows each of them, and DEMANDS;
/// everything else to the nearest multiple of `least`, and nothing of fewer. Where
/// one part of a total is few, it is told only together with others, as REST, so
/// that nobody finds it out by taking the other parts from the total.
#[Object(serial)]
impl TransparencyReport {
    /// The quarter, such as `2026-Q3`.
    async fn quarter(&self) -> String {
        self.0.quarter.to_string()
    }

    /// When it was made.
    async fn made_at(&self) -> DateTime<Utc> {
        self.0.made_at
    }

    /// Of fewer than so many nothing is told.
    async fn least(&self) -> i64 {
        i64::try_from(self.0.least).unwrap_or(i64::MAX)
    }

    /// Its figures, in the order of tables, keys and measures.
    #[graphql(directive = list_size::apply(400, names(&[]), names(&[])))]
    async fn figures(
        &self,
        #[graphql(desc = "Only of this table.")] section: Option<TransparencySection>,
    ) -> Vec<TransparencyFigure> {
        let only = section.map(Into::into);
        let of = self.0.figures.iter();
        of.filter(|one| only.is_none_or(|only| one.section == only))
            .map(|one| TransparencyFigure {
                section: one.section.into(),
                key: one.key.clone(),
                measure: one.measure.clone(),
                value: one
                    .value
                    .map(|value| i64::try_from(value).unwrap_or(i64::MAX)),
            })
            .collect()
    }
}

/// The quarterly report of moderation.
#[derive(Debug, Default)]
pub struct TransparencyQueries;

#[Object(serial)]
impl TransparencyQueries {
    /// The report of moderation in a quarter, or the newest; null where there is
    /// none. It is at `/transparency` too, to read and print, and as CSV and
    /// JSON.
    #[graphql(directive = cost::apply(10))]
    async fn transparency_report(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The quarter, such as `2026-Q3`.")] quarter: Option<String>,
    ) -> async_graphql::Result<Option<TransparencyReport>> {
        let caller = caller(ctx);
        let quarter = quarter.map(|text| text.parse()).transpose();
        let quarter = quarter
            .map_err(|_| Fault::BadUserInput.because("A quarter is written like this: 2026-Q3."))?;
        let found = read(caller, caller.forum.transparency(quarter).await)?;
        Ok(found.map(TransparencyReport))
    }

    /// The quarters of which there is a report, the newest first.
    #[graphql(
        directive = list_size::apply(40, names(&[]), names(&[])),
        directive = cost::apply(5)
    )]
    async fn transparency_quarters(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<String>> {
        let caller = caller(ctx);
        let quarters = read(caller, caller.forum.reported_quarters().await)?;
        Ok(quarters.iter().map(ToString::to_string).collect())
    }
}
