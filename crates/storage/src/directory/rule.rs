//! Writing by what clocks run.

use chrono::NaiveDate;
use domain::clock::ClockRule;
use domain::id::ClockRuleId;

use super::DatedHoliday;
use crate::error::StorageError;
use crate::write::Tx;

impl Tx {
    /// Adds a rule. Those before stay.
    pub async fn insert_clock_rule(
        &self,
        id: ClockRuleId,
        rule: &ClockRule,
    ) -> Result<(), StorageError> {
        let sql = "INSERT INTO clock_rule (id, agency, category, acknowledge, answer, \
                   very_overdue, review, since) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        let params = self
            .params()
            .with(id)
            .with(rule.agency)
            .with(rule.category.clone())
            .with(rule.acknowledge.map(i64::from))
            .with(rule.answer.map(i64::from))
            .with(rule.very_overdue.map(i64::from))
            .with(rule.review.map(i64::from))
            .with(rule.since);
        self.run(sql, params).await?;
        Ok(())
    }

    /// Adds a holiday, or gives it another name.
    pub async fn put_dated_holiday(&self, holiday: &DatedHoliday) -> Result<(), StorageError> {
        let sql = "INSERT INTO dated_holiday (day, name_en, name_ur) VALUES ($1, $2, $3) \
                   ON CONFLICT (day) DO UPDATE SET name_en = excluded.name_en, \
                   name_ur = excluded.name_ur";
        let params = self
            .params()
            .with(holiday.day)
            .with(holiday.name.en.as_str())
            .with(holiday.name.ur.as_str());
        self.run(sql, params).await?;
        Ok(())
    }

    /// Removes a holiday; says whether there was one.
    pub async fn delete_dated_holiday(&self, day: NaiveDate) -> Result<bool, StorageError> {
        let sql = "DELETE FROM dated_holiday WHERE day = $1";
        Ok(self.run(sql, self.params().with(day)).await? > 0)
    }
}
