//! What happens when times run out: reminders, escalations, and the ends of
//! the raiser's times.
//!
//! Each is told once. A concern has one job, for the next stage of the clock
//! that runs; how far was told stands in the concern, and both are written
//! together with what is told. So nothing is told twice or dropped by a
//! restart, another node, or a clock that jumps.

mod reached;

use chrono::TimeDelta;
use domain::concern::Concern;
use domain::desk::WAITS_FOR_OFFICE;
use domain::event::{EventKind, NewEvent, StreamName};
use domain::id::{MoveId, OfficeId, ThreadId};
use domain::people::Actor;
use storage::Tx;
use storage::job::{LeasedJob, NewJob};
use uuid::Uuid;

use super::ask::ASK;
use super::clock::CLOCK;
use crate::account::ERASE;
use crate::commitment::LAPSE;
use crate::legal::BAR;
use crate::moderation::CLAIM;
use crate::thread::want_moderator;
use crate::{Error, Forum};

/// As many jobs are leased at once, and done in one transaction.
const AT_ONCE: u32 = 100;

/// How long a lease lasts.
const LEASE: TimeDelta = TimeDelta::minutes(5);

/// How long a job that failed waits, for each time it failed; at most a day.
const RETRY: TimeDelta = TimeDelta::minutes(1);

/// The kind, and the name, of the job that looks at every clock anew.
const REWIND: &str = "rewind";

/// Counts the ways in which what stands in a concern's row was reckoned. With
/// another, every clock is looked at anew.
const RECKONING: u32 = 1;

/// As many concerns are looked at anew in one transaction.
const REWOUND_AT_ONCE: u32 = 200;

/// The ids of the entries that a job may write, drawn outside.
type Ids = [MoveId; 2];

impl Forum {
    /// Does what is due by the concerns' clocks, what is to be told as bars on
    /// notice end, and what is to be erased, until nothing is.
    pub async fn run_clocks(&self) -> Result<(), Error> {
        while self.run_some(REWIND).await? {}
        while self.run_some(CLOCK).await? {}
        while self.run_some(ASK).await? {}
        while self.run_some(LAPSE).await? {}
        while self.run_some(BAR).await? {}
        while self.run_some(CLAIM).await? {}
        while self.run_some(ERASE).await? {}
        self.tell_overdue().await
    }

    /// Does some of it; says whether there may be more.
    async fn run_some(&self, kind: &'static str) -> Result<bool, Error> {
        let now = self.now();
        if !self.store.read().jobs_due(kind, now).await? {
            return Ok(false);
        }
        let lease = self.store.write(now, async |tx| {
            tx.lease_jobs(kind, now + LEASE, AT_ONCE).await
        });
        let mut jobs: Vec<LeasedJob> = lease.await?;
        if kind == REWIND {
            // What changed is committed, and may not have been heard of here.
            self.reload_directory().await?;
        }
        // Whoever locks several concerns does so in one order: theirs.
        jobs.sort_unstable_by(|a, b| (&a.payload, a.id).cmp(&(&b.payload, b.id)));
        if self.run(kind, &jobs).await.is_err() {
            // One that fails holds up none of the others.
            for job in &jobs {
                self.run_alone(kind, job).await?;
            }
        }
        let goes_on = kind == REWIND || kind == ERASE;
        Ok(jobs.len() == AT_ONCE as usize || goes_on)
    }

    async fn run_alone(&self, kind: &'static str, job: &LeasedJob) -> Result<(), Error> {
        let Err(error) = self.run(kind, std::slice::from_ref(job)).await else {
            return Ok(());
        };
        if let Error::Unavailable(_) = error {
            return Err(error);
        }
        tracing::error!(kind, job = %job.id, %error, "a job failed; it is tried again later");
        let tries = i32::try_from(job.attempts)
            .unwrap_or(i32::MAX)
            .saturating_add(1);
        let wait = RETRY.checked_mul(tries).unwrap_or(TimeDelta::days(1));
        let now = self.now();
        let run_at = now + wait.min(TimeDelta::days(1));
        self.store
            .write(now, async |tx| tx.retry_job(job, run_at).await)
            .await?;
        Ok(())
    }

    async fn run(&self, kind: &'static str, jobs: &[LeasedJob]) -> Result<(), Error> {
        let ids: Vec<Ids> = jobs
            .iter()
            .map(|_| [self.new_entry_id(), self.new_entry_id()])
            .collect();
        let moderators = if kind == CLAIM {
            self.moderators_now().await?
        } else {
            Vec::new()
        };
        self.store
            .write(self.now(), async |tx| {
                if kind == CLOCK {
                    return self.tell_reached(&tx, jobs, &ids).await;
                }
                for (job, ids) in jobs.iter().zip(&ids) {
                    match kind {
                        REWIND => self.rewind_some(&tx, job).await?,
                        ASK => self.ask(&tx, job).await?,
                        LAPSE => self.lapse(&tx, job, ids[0]).await?,
                        BAR => self.end_bar(&tx, job).await?,
                        CLAIM => self.tell_stale(&tx, job, &moderators).await?,
                        _ => self.erase_some(&tx, job, ids[0]).await?,
                    }
                }
                Ok::<_, Error>(())
            })
            .await
    }

    /// Has every clock looked at anew: the days, or who answers, changed.
    pub(crate) async fn rewind(&self, tx: &Tx) -> Result<(), Error> {
        rewind_after(tx, "").await
    }

    /// Has every clock looked at anew if it goes by other settings than those
    /// that all were looked at by the last time; says whether it does.
    pub async fn rewind_if_set_otherwise(&self) -> Result<bool, Error> {
        let id = self.new_id();
        let now = self.how_clocks_are_set();
        self.store
            .write(self.now(), async |tx| {
                if tx.hold_clocks(id).await? == now {
                    return Ok(false);
                }
                tx.save_clocks(&now).await?;
                self.rewind(&tx).await?;
                Ok(true)
            })
            .await
    }

    /// What clocks go by besides rules, holidays and agencies, in short.
    fn how_clocks_are_set(&self) -> String {
        let crate::Settings {
            deadlines,
            weekend,
            zone,
            ..
        } = &self.settings;
        format!("{RECKONING} {zone} {weekend} {deadlines:?}")
    }

    /// Looks at some clocks anew, and goes on with the others in another
    /// transaction.
    async fn rewind_some(&self, tx: &Tx, job: &LeasedJob) -> Result<(), Error> {
        let after = Uuid::try_parse(&job.payload).unwrap_or_default().into();
        let some = tx.concerns_after(after, REWOUND_AT_ONCE).await?;
        for id in &some {
            let thread = tx.thread_for_update(&Actor::visitor(), *id).await?;
            if let Some(thread) = thread
                && let Some(concern) = thread.concern
            {
                self.save_concern(tx, &thread, &concern).await?;
                // They were called for that before, unless it was for their queue.
                if self.is_stranded(&concern)
                    && !(thread.facts.wants_moderator && tx.wants_moderator(*id).await?)
                {
                    want_moderator(tx, &thread.facts).await?;
                }
            }
        }
        if tx.finish_job(job).await?
            && let Some(last) = some.last()
        {
            rewind_after(tx, &last.0.simple().to_string()).await?;
        }
        Ok(())
    }
}

impl Forum {
    /// Whether a concern waits for an agency that does not answer here any more.
    fn is_stranded(&self, concern: &Concern) -> bool {
        let directory = self.directory();
        let before = concern
            .assignment
            .and_then(|to| directory.agency(to.agency));
        WAITS_FOR_OFFICE.contains(&concern.state)
            && !before.is_some_and(storage::directory::Agency::answers)
    }
}

async fn rewind_after(tx: &Tx, payload: &str) -> Result<(), Error> {
    let job = NewJob {
        // There is one such job: no other has this id.
        id: Uuid::from_u128(1),
        kind: REWIND,
        once: REWIND.to_owned(),
        payload: payload.to_owned(),
        run_at: tx.now(),
    };
    tx.schedule(&job).await?;
    Ok(())
}

/// Tells everyone who holds an office.
pub(crate) async fn tell_office(
    tx: &Tx,
    office: Option<OfficeId>,
    thread: ThreadId,
    kind: EventKind,
) -> Result<(), Error> {
    let Some(office) = office else { return Ok(()) };
    for account in tx.holders_now(office).await? {
        tx.emit(NewEvent {
            stream: StreamName::Inbox(account),
            kind,
            thread: Some(thread),
            object: None,
        });
    }
    Ok(())
}
