//! By what clocks run, as administrators set it: deadlines and holidays.

use chrono::{Datelike, NaiveDate};
use domain::clock::ClockRule;
use domain::id::{AgencyId, ClockRuleId};
use domain::policy::{self, Action};
use domain::text::OrganizationName;
use storage::directory::{DatedHoliday, Name};
use uuid::Uuid;

use crate::account::Reached;
use crate::error::Problems;
use crate::message::{AGENCIES, CATEGORIES};
use crate::{Error, Forum, Once, Problem, Viewer, Written};

/// The longest that a step may be given, in working days.
const DAYS_MAX: u16 = 365;

/// How long steps may take from now on, as it was typed.
#[derive(Debug, Clone)]
pub struct SetClockRule {
    /// In which agency; in all where none is named.
    pub agency: Option<AgencyId>,
    /// The code of the category; in all where none is named.
    pub category: Option<String>,
    /// Until an office says that it has the concern.
    pub acknowledge: Option<i32>,
    /// Until it answers.
    pub answer: Option<i32>,
    /// Until silence is called very overdue.
    pub very_overdue: Option<i32>,
    /// Until a disputed answer is reviewed.
    pub review: Option<i32>,
}

/// A holiday of one day, as it was typed.
#[derive(Debug, Clone)]
pub struct DeclareHoliday {
    /// The day.
    pub day: NaiveDate,
    /// Its name in English.
    pub name_en: String,
    /// Its name in Urdu.
    pub name_ur: String,
}

/// A holiday of a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holiday {
    /// The day.
    pub day: NaiveDate,
    /// Its name.
    pub name: Name,
    /// Whether it comes every year.
    pub yearly: bool,
}

impl Forum {
    /// Sets how long steps may take where clocks begin from now on. Those
    /// that run go on by the rule that held when they began. What is not said
    /// follows from the less special rule.
    pub async fn set_clock_rule(
        &self,
        viewer: &Viewer,
        input: &SetClockRule,
        once: &Once,
    ) -> Result<Written<ClockRuleId>, Error> {
        policy::decide(&viewer.actor, &Action::Administer)?;
        let directory = self.directory();
        let mut problems = Problems::default();
        let agency = input.agency.is_none_or(|id| directory.agency(id).is_some());
        problems.require(agency, "agency", Problem::Unknown(AGENCIES));
        let category = input.category.as_deref();
        let category = category.is_none_or(|code| directory.category(code).is_some());
        problems.require(category, "category", Problem::Unknown(CATEGORIES));
        let mut days = |field, days: Option<i32>| {
            let fits = |days: i32| {
                u16::try_from(days)
                    .ok()
                    .filter(|one| (1..=DAYS_MAX).contains(one))
            };
            let parsed = days.map(fits);
            let wrong = Problem::Invalid("a step takes 1 to 365 working days");
            problems.require(parsed != Some(None), field, wrong);
            parsed.flatten()
        };
        let rule = ClockRule {
            agency: input.agency,
            category: input.category.clone(),
            acknowledge: days("acknowledgeDays", input.acknowledge),
            answer: days("answerDays", input.answer),
            very_overdue: days("veryOverdueDays", input.very_overdue),
            review: days("reviewDays", input.review),
            since: self.now(),
        };
        let steps = [rule.acknowledge, rule.answer, rule.very_overdue];
        problems.require(
            steps.iter().flatten().is_sorted(),
            "answerDays",
            Problem::Invalid(
                "to acknowledge takes no longer than to answer, nor that than to be very overdue",
            ),
        );
        problems.none()?;
        let id: ClockRuleId = self.new_id();
        let claim = self.claim(viewer, "setClockRule", once, id.0)?;
        self.change(
            Some(viewer.audited("setClockRule").of(id)),
            claim,
            id,
            async |tx| {
                tx.insert_clock_rule(id, &rule).await?;
                Ok(Reached::entry(id))
            },
        )
        .await
    }

    /// Declares a day a holiday; done twice, it has another name. Clocks that
    /// run over it are moved on.
    pub async fn declare_holiday(
        &self,
        viewer: &Viewer,
        input: &DeclareHoliday,
        once: &Once,
    ) -> Result<Written<Uuid>, Error> {
        policy::decide(&viewer.actor, &Action::Administer)?;
        let mut problems = Problems::default();
        let en = problems.take("nameEn", OrganizationName::parse(&input.name_en));
        let ur = problems.take("nameUr", OrganizationName::parse(&input.name_ur));
        let today = self.today();
        problems.require(input.day > today, "day", Problem::NotAhead(today));
        problems.none()?;
        let text = |name: Option<OrganizationName>| {
            name.map(OrganizationName::into_string).unwrap_or_default()
        };
        let holiday = DatedHoliday {
            day: input.day,
            name: Name {
                en: text(en),
                ur: text(ur),
            },
        };
        let claim = self.claim(viewer, "declareHoliday", once, Uuid::nil())?;
        self.change(
            Some(
                viewer
                    .audited("declareHoliday")
                    .saying(input.day.to_string()),
            ),
            claim,
            Uuid::nil(),
            async |tx| {
                tx.put_dated_holiday(&holiday).await?;
                self.rewind(&tx).await?;
                Ok(Reached::entry(Uuid::nil()))
            },
        )
        .await
    }

    /// Takes a holiday back that was declared and lies ahead: the moon was
    /// seen on another day.
    pub async fn withdraw_holiday(
        &self,
        viewer: &Viewer,
        day: NaiveDate,
        once: &Once,
    ) -> Result<Written<Uuid>, Error> {
        policy::decide(&viewer.actor, &Action::Administer)?;
        let today = self.today();
        if day <= today {
            return Err(Error::at("day", Problem::NotAhead(today)));
        }
        let claim = self.claim(viewer, "withdrawHoliday", once, Uuid::nil())?;
        self.change(
            Some(viewer.audited("withdrawHoliday").saying(day.to_string())),
            claim,
            Uuid::nil(),
            async |tx| {
                if !tx.delete_dated_holiday(day).await? {
                    return Err(Error::at("day", Problem::NotFound));
                }
                self.rewind(&tx).await?;
                Ok(Reached::entry(Uuid::nil()))
            },
        )
        .await
    }

    /// The holidays of a year for the whole country, by day.
    pub fn holidays(&self, year: i32) -> Vec<Holiday> {
        let directory = self.directory();
        let nationwide = directory
            .holidays
            .iter()
            .filter(|one| one.region == "NATIONAL");
        let yearly = nationwide.filter_map(|one| {
            Some(Holiday {
                day: NaiveDate::from_ymd_opt(year, one.month, one.day)?,
                name: one.name.clone(),
                yearly: true,
            })
        });
        let dated = directory.dated_holidays.iter();
        let dated = dated
            .filter(|one| one.day.year() == year)
            .map(|one| Holiday {
                day: one.day,
                name: one.name.clone(),
                yearly: false,
            });
        let mut all: Vec<Holiday> = yearly.chain(dated).collect();
        all.sort_by_key(|one| one.day);
        all
    }
}
