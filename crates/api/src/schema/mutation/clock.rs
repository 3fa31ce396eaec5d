//! By what clocks run, as administrators set it.

use async_graphql::{Context, ID, InputObject, Object};
use forum::concern as act;

use crate::schema::caller::{caller, once};
use crate::schema::clock::{ClockRule, Holiday, newest_rule};
use crate::schema::payload::{Payload, payload, settle};
use crate::schema::scalar::Day;

/// How long steps may take where clocks begin from now on. What is not said
/// follows from the less special rule.
#[derive(InputObject, Debug)]
pub struct SetClockRuleInput {
    /// The agency: its id, or its code, such as POL_PB; all where none is
    /// named.
    pub agency: Option<ID>,
    /// The code of the category, with those under it; all where none is named.
    pub category: Option<String>,
    /// Working days until an office says that it has a concern: 1 to 365.
    pub acknowledge_days: Option<i32>,
    /// Working days until it answers: 1 to 365.
    pub answer_days: Option<i32>,
    /// Working days until its silence is called very overdue: 1 to 365.
    pub very_overdue_days: Option<i32>,
    /// Working days until a disputed answer is looked at again: 1 to 365.
    pub review_days: Option<i32>,
    /// A key of your own: with the same key, it is set once.
    pub client_mutation_id: Option<String>,
}

/// A day ahead on which nobody works.
#[derive(InputObject, Debug)]
pub struct DeclareHolidayInput {
    /// The day; after today.
    pub day: Day,
    /// Its name in English: 2 to 120 characters.
    pub name_en: String,
    /// Its name in Urdu: 2 to 120 characters.
    pub name_ur: String,
    /// A key of your own: with the same key, it is declared once.
    pub client_mutation_id: Option<String>,
}

/// A declared holiday ahead that is none after all.
#[derive(InputObject, Debug)]
pub struct WithdrawHolidayInput {
    /// The day; after today.
    pub day: Day,
    /// A key of your own: with the same key, it is withdrawn once.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// What came of setting how long steps may take.
    SetClockRulePayload {
        /// The rule.
        rule: ClockRule
    }
}

payload! {
    /// What came of declaring a holiday.
    DeclareHolidayPayload,
    /// What came of taking a declared holiday back.
    WithdrawHolidayPayload => {
        /// The holidays of that year as they are now.
        holidays: Vec<Holiday>
    }
}

/// By what clocks run, as administrators set it.
#[derive(Debug, Default)]
pub struct ClockMutations;

#[Object(serial)]
impl ClockMutations {
    /// Sets how long steps may take in an agency, in a category, or in both;
    /// for administrators. Clocks that run go on as they began.
    async fn set_clock_rule(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The rule.")] input: SetClockRuleInput,
    ) -> async_graphql::Result<SetClockRulePayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let act = act::SetClockRule {
            agency: input.agency.as_ref().map(|named| caller.agency(named)),
            category: input.category,
            acknowledge: input.acknowledge_days,
            answer: input.answer_days,
            very_overdue: input.very_overdue_days,
            review: input.review_days,
        };
        let set = caller.forum.set_clock_rule(&caller.viewer, &act, &once);
        settle!(caller, key, set.await);
        let rule = newest_rule(caller, input.agency.as_ref(), act.category.as_deref());
        Ok(SetClockRulePayload::done(key, rule))
    }

    /// Declares a day ahead a holiday, such as one that the moon is sighted
    /// for; for administrators. Clocks that run over it have a day more.
    async fn declare_holiday(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The day.")] input: DeclareHolidayInput,
    ) -> async_graphql::Result<DeclareHolidayPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let act = act::DeclareHoliday {
            day: input.day.0,
            name_en: input.name_en,
            name_ur: input.name_ur,
        };
        let declared = caller.forum.declare_holiday(&caller.viewer, &act, &once);
        settle!(caller, key, declared.await);
        let holidays = Holiday::around(caller, act.day);
        Ok(DeclareHolidayPayload::done(key, Some(holidays)))
    }

    /// Takes a declared holiday back that lies ahead; for administrators.
    async fn withdraw_holiday(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The day.")] input: WithdrawHolidayInput,
    ) -> async_graphql::Result<WithdrawHolidayPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let day = input.day.0;
        let withdrawn = caller.forum.withdraw_holiday(&caller.viewer, day, &once);
        settle!(caller, key, withdrawn.await);
        let holidays = Holiday::around(caller, day);
        Ok(WithdrawHolidayPayload::done(key, Some(holidays)))
    }
}
