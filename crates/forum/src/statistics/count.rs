//! Counting: what of each concern counts as it stands.

use chrono::{DateTime, Utc};
use domain::clock::{ClockFor, RuledBy, ruled};
use domain::id::{AgencyId, ThreadId};
use domain::people::Actor;
use domain::statistics::{By, count};
use storage::Tx;
use storage::statistic::CountedConcern;

use crate::concern::lineage;
use crate::{Error, Forum};

/// As many concerns are counted in one transaction.
const AT_ONCE: u32 = 100;

impl Forum {
    /// Counts the concerns that moved, until none is left.
    pub async fn count_concerns(&self) -> Result<(), Error> {
        while self.store.read().uncounted_waits().await? && self.count_some().await? {}
        Ok(())
    }

    async fn count_some(&self) -> Result<bool, Error> {
        self.store
            .write(self.now(), async |tx| {
                let some = tx.take_uncounted(AT_ONCE).await?;
                for id in &some {
                    let before = tx.counted(*id).await?;
                    let now = self.counted_now(&tx, *id).await?;
                    if before != now {
                        tx.put_counted(*id, now.as_ref()).await?;
                    }
                }
                Ok::<_, Error>(!some.is_empty())
            })
            .await
    }

    /// What of a concern is counted as it stands.
    async fn counted_now(&self, tx: &Tx, id: ThreadId) -> Result<Option<CountedConcern>, Error> {
        let thread = tx.thread_for_update(&Actor::visitor(), id).await?;
        let Some(thread) = thread.filter(|one| one.facts.status.is_open()) else {
            return Ok(None);
        };
        let moves = tx.moves(id).await?;
        let newest = tx.newest_response(id).await?;
        let newest = newest.map(|one| (one.outcome, one.verdict.map(|verdict| verdict.kind)));
        let directory = self.directory();
        let calendar = self.calendar(&directory)?;
        let categories = lineage(&directory, thread.category.as_deref());
        let deadlines = |agency: AgencyId, began: DateTime<Utc>| {
            let by = RuledBy {
                agency: Some(agency),
                categories: &categories,
                began,
            };
            ruled(self.settings.deadlines, &directory.clock_rules, by)
        };
        let answering_since = |agency: AgencyId| {
            let agency = directory.agency(agency).filter(|one| one.answers())?;
            agency.answering_since
        };
        let by = By {
            calendar: &calendar,
            deadlines: &deadlines,
            answering_since: &answering_since,
        };
        let clock = self.clock_of(&thread)?;
        let due = clock
            .filter(|clock| matches!(clock.runs_for, ClockFor::Acknowledge | ClockFor::Answer))
            .map(|clock| clock.due_on);
        Ok(
            count(&moves, newest, due, &by).map(|counted| CountedConcern {
                agency: counted.agency,
                month: counted.month,
                category: thread.category.clone().unwrap_or_default(),
                region: thread.region.clone().unwrap_or_default(),
                measures: counted.measures.iter().map(ToString::to_string).collect(),
            }),
        )
    }

    /// Forgets all that was counted, and counts it anew.
    pub async fn recount_concerns(&self) -> Result<(), Error> {
        self.store
            .write(self.now(), async |tx| tx.count_all_anew().await)
            .await?;
        self.count_concerns().await
    }
}
