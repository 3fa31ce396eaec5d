//! Asking the raiser whether what was answered helped: as the concern is closed
//! without a word from him, and again some time after it was closed.
//!
//! The second time is as far away as an answer without a verdict is open, which
//! is longer for those who come back by a secret. A concern has one such job,
//! written with the move that closes it.

use chrono::Days;
use domain::concern::{Concern, Move, State};
use domain::event::EventKind;
use domain::id::ThreadId;
use domain::people::{Actor, Voice};
use storage::Tx;
use storage::job::{LeasedJob, NewJob};
use storage::thread::Thread;
use uuid::Uuid;

use crate::thread::tell_persona;
use crate::{Error, Forum};

/// The kind of the jobs that ask again.
pub(super) const ASK: &str = "ask";

impl Forum {
    /// After a move: has the raiser asked, or no longer.
    pub(super) async fn ask_for_verdict(
        &self,
        tx: &Tx,
        thread: &Thread,
        concern: &Concern,
        mv: Move,
    ) -> Result<(), Error> {
        let id = thread.facts.id;
        let once = format!("{ASK}:{}", id.0.simple());
        match mv {
            Move::Accept | Move::Lapse => {}
            Move::Dispute => return Ok(tx.unschedule(&once).await?),
            _ => return Ok(()),
        }
        if mv == Move::Lapse {
            tell_persona(tx, thread.facts.raiser, id, EventKind::VerdictAsked, None).await?;
        }
        // A verdict that is changed later asks for no other.
        let fresh = concern.closed_at == Some(tx.now());
        if !fresh {
            return Ok(());
        }
        let deadlines = self.settings.deadlines;
        let days = match thread.author.voice {
            Voice::Named => deadlines.lapse,
            Voice::Confidential | Voice::Anonymous => deadlines.lapse_protected,
        };
        let calendar = self.calendar(&self.directory())?;
        let today = calendar.today(tx.now());
        let day = today.checked_add_days(Days::new(days.into()));
        let run_at = calendar.end_of(day.unwrap_or(today));
        tx.schedule(&NewJob {
            // The clock's job has the concern's own id; this is another, and
            // as much its own.
            id: Uuid::from_u128(!id.0.as_u128()),
            kind: ASK,
            once,
            payload: id.0.simple().to_string(),
            run_at,
        })
        .await?;
        Ok(())
    }

    /// Asks again, if the concern still is closed.
    pub(super) async fn ask(&self, tx: &Tx, job: &LeasedJob) -> Result<(), Error> {
        let id: ThreadId = Uuid::try_parse(&job.payload)
            .map_err(|_| Error::Internal("a job that asks"))?
            .into();
        let thread = tx.thread_for_update(&Actor::visitor(), id).await?;
        if !tx.finish_job(job).await? {
            return Ok(());
        }
        let Some(thread) = thread else { return Ok(()) };
        let closed = |concern: &Concern| concern.state == State::Closed;
        if !thread.concern.as_ref().is_some_and(closed) {
            return Ok(());
        }
        tell_persona(tx, thread.facts.raiser, id, EventKind::VerdictAsked, None).await
    }
}
