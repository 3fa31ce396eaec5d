//! What happens when the day of a commitment is over: it has lapsed, and that is
//! told once.
//!
//! Each has one job, for the end of its day in the forum's zone. That it lapsed
//! stands in the commitment, and is written together with what is told and with
//! the job's end (ADR 26).

use domain::commitment::Doing;
use domain::id::{CommitmentId, MoveId, ThreadId};
use domain::people::Actor;
use storage::Tx;
use storage::commitment::StepDetails;
use storage::job::LeasedJob;
use uuid::Uuid;

use super::{Kept, Part};
use crate::{Error, Forum};

/// The kind of the jobs that look whether a commitment's day is over.
pub(crate) const LAPSE: &str = "commitment";

impl Forum {
    /// Has one commitment lapse, if its day is over.
    pub(crate) async fn lapse(&self, tx: &Tx, job: &LeasedJob, step: MoveId) -> Result<(), Error> {
        let id: CommitmentId = job.id.into();
        let thread: ThreadId = Uuid::try_parse(&job.payload)
            .map_err(|_| Error::Internal("a job of a commitment"))?
            .into();
        // The concern's row comes first, as for whoever changes the commitment.
        let thread = tx.thread_for_update(&Actor::visitor(), thread).await?;
        if !tx.finish_job(job).await? {
            return Ok(());
        }
        let commitment = tx.commitment(id).await?;
        let Some((thread, commitment)) = thread.zip(commitment) else {
            return Ok(());
        };
        let today = self.calendar(&self.directory())?.today(tx.now());
        let Ok(life) = commitment.life.apply(Doing::Lapse, today, tx.now()) else {
            // Where days end later now, it is looked at again.
            return self
                .watch_day(tx, id, commitment.thread, &commitment.life)
                .await;
        };
        tx.save_commitment(id, &life).await?;
        let kept = Kept {
            id: step,
            commitment: id,
            bound: commitment.bound,
            act: Doing::Lapse.act(),
            part: Part::Forum,
            note: None,
            details: StepDetails {
                due_on: Some(life.due_on),
                ..StepDetails::default()
            },
        };
        self.keep_step(tx, &thread, kept).await
    }
}
