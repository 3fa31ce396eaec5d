//! What waits for the moderators for too long: they are told once of each.
//!
//! What passed its day is found by when it arose, appeals by that day, and how far that
//! was told is kept.
//! What a moderator took is looked at by a job of its own once his time is over.
//! Either is written together with what is told.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use domain::calendar::Calendar;
use domain::event::{EventKind, NewEvent, StreamName};
use domain::id::{ReviewableId, ThreadId};
use domain::policy::{Moderating, ThreadFacts};
use storage::Tx;
use storage::job::{LeasedJob, NewJob};
use storage::overdue::{Late, OverduePlace, Waits};
use uuid::Uuid;

use crate::thread::call_moderators;
use crate::{Error, Forum, Viewer};

/// The kind of the jobs that look at what a moderator took.
pub(crate) const CLAIM: &str = "claim";

/// Moderators are told of so much in one transaction.
const AT_ONCE: u32 = 100;

/// Where nothing was told so far, they are told of what became late within so many
/// days: not of each of all that ever waited.
const BACKLOG_DAYS: i64 = 30;

/// Until when moderators look at something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LookBy {
    /// The last day on which they are not late.
    pub due_on: NaiveDate,
    /// From when on they are: the end of that day.
    pub due_at: DateTime<Utc>,
}

impl Forum {
    /// Until when moderators look at what waits for them since a moment.
    pub(super) fn look_by(&self, calendar: &Calendar, since: DateTime<Utc>) -> LookBy {
        let days = self.settings.deadlines.release;
        let due_on = calendar.add_working_days(calendar.today(since), days);
        LookBy {
            due_on,
            due_at: calendar.end_of(due_on),
        }
    }

    /// Whatever arose before this moment and still waits is overdue.
    pub(super) fn overdue_before(&self) -> Result<DateTime<Utc>, Error> {
        let calendar = self.calendar(&self.directory())?;
        Ok(calendar.late_before(self.now(), self.settings.deadlines.release))
    }

    /// Everybody who moderates, as he stands now.
    pub(crate) async fn moderators_now(&self) -> Result<Vec<Arc<Viewer>>, Error> {
        let mut all = Vec::new();
        for (account, _) in self.store.read().moderators().await? {
            all.extend(self.viewer_of_account(account).await?);
        }
        Ok(all)
    }

    /// Tells moderators of what became overdue since they were told last, in the
    /// order in which it arose; of appeals, in the order of their days.
    pub(crate) async fn tell_overdue(&self) -> Result<(), Error> {
        let (before, today) = (self.overdue_before()?, self.today());
        let backlog = Duration::days(BACKLOG_DAYS);
        for (of, until, first) in [
            (
                Late::Reviews,
                OverduePlace::at(before),
                OverduePlace::at(before - backlog),
            ),
            (
                Late::Appeals,
                OverduePlace::on(today),
                OverduePlace::on(today - backlog),
            ),
        ] {
            let told = self.store.read().told_overdue(of).await?;
            if told.is_some_and(|told| told >= until) {
                continue;
            }
            let id: Uuid = self.new_id();
            let moderators = self.moderators_now().await?;
            let between = (first, until);
            while self.tell_some(id, of, between, &moderators).await? {}
        }
        Ok(())
    }

    /// Tells some of it; says whether there may be more.
    async fn tell_some(
        &self,
        id: Uuid,
        of: Late,
        (first, until): (OverduePlace, OverduePlace),
        moderators: &[Arc<Viewer>],
    ) -> Result<bool, Error> {
        self.store
            .write(self.now(), async |tx| {
                let told = tx.hold_overdue(id, of).await?.max(first);
                if told >= until {
                    return Ok(false);
                }
                let some = match of {
                    Late::Reviews => tx.overdue(told, until, AT_ONCE).await?,
                    Late::Appeals => tx.late_appeals(told, until, AT_ONCE).await?,
                };
                tell_moderators(&tx, moderators, &some).await?;
                let more = some.len() == AT_ONCE as usize;
                let last = some.last().map(|one| one.place).filter(|_| more);
                tx.save_told_overdue(of, last.unwrap_or(until)).await?;
                Ok::<_, Error>(more)
            })
            .await
    }

    /// Has what a moderator takes now looked at when his time is over.
    pub(super) async fn watch_claim(
        &self,
        tx: &Tx,
        of: ReviewableId,
        id: Uuid,
    ) -> Result<(), Error> {
        tx.schedule(&look_at_claim(of, id, tx.now() + self.claim_time()))
            .await?;
        Ok(())
    }

    /// Tells moderators that one of them has had something for too long, unless he
    /// put it back, took it anew or decided.
    pub(crate) async fn tell_stale(
        &self,
        tx: &Tx,
        job: &LeasedJob,
        moderators: &[Arc<Viewer>],
    ) -> Result<(), Error> {
        if !tx.finish_job(job).await? {
            return Ok(());
        }
        let id: ReviewableId = Uuid::try_parse(&job.payload).unwrap_or_default().into();
        let found = tx.reviewable(id).await?;
        let Some(one) = found.filter(|one| one.decision.is_none()) else {
            return Ok(());
        };
        let Some(until) = one.claimed_at.map(|at| at + self.claim_time()) else {
            return Ok(());
        };
        if until > tx.now() {
            tx.schedule(&look_at_claim(id, job.id, until)).await?;
            return Ok(());
        }
        let waits = Waits {
            place: OverduePlace::at(one.created_at),
            object: Some(id.into()),
            thread: one.thread,
            moderated: one.moderated(),
        };
        tell_moderators(tx, moderators, &[waits]).await
    }

    /// For how long something is whose it is that took it.
    pub(super) fn claim_time(&self) -> Duration {
        Duration::hours(self.settings.moderation.claim_hours.into())
    }
}

/// The job that looks at what a moderator took; another claim takes its place.
fn look_at_claim(of: ReviewableId, id: Uuid, run_at: DateTime<Utc>) -> NewJob {
    let payload = of.0.simple().to_string();
    NewJob {
        id,
        kind: CLAIM,
        once: format!("{CLAIM}:{payload}"),
        payload,
        run_at,
    }
}

/// Tells each of these moderators of what he may decide on. One statement for each,
/// whatever the number of things.
async fn tell_moderators(tx: &Tx, moderators: &[Arc<Viewer>], all: &[Waits]) -> Result<(), Error> {
    if all.is_empty() {
        return Ok(());
    }
    let kind = EventKind::ReviewOverdue;
    let mut threads: Vec<ThreadId> = all.iter().map(|one| one.thread).collect();
    threads.sort_unstable();
    threads.dedup();
    let objects: Vec<Uuid> = all.iter().filter_map(|one| one.object).collect();
    let kept_from = tx.kept_from(&objects).await?;
    for thread in &threads {
        call_moderators(tx, *thread, kind);
    }
    for viewer in moderators {
        let Some(account) = viewer.account else {
            continue;
        };
        let facts = tx.facts_of_threads(&viewer.actor, &threads).await?;
        let facts: HashMap<ThreadId, ThreadFacts> =
            facts.into_iter().map(|one| (one.id, one)).collect();
        let moderating = Moderating::new(&viewer.actor);
        for one in all {
            let facts = facts.get(&one.thread);
            let own = one
                .object
                .is_some_and(|object| kept_from.contains(&(object, account)));
            if facts.is_some_and(|facts| moderating.may_decide(facts, one.moderated, own)) {
                tx.emit(NewEvent {
                    stream: StreamName::Inbox(account),
                    kind,
                    thread: Some(one.thread),
                    object: one.object,
                });
            }
        }
    }
    Ok(())
}
