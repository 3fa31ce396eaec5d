//! What is done to a commitment: by the office that is bound, by the concerned
//! side, and by whoever keeps the process.

use chrono::NaiveDate;
use domain::commitment::{Doing, IllegalAct};
use domain::id::{CommitmentId, MoveId, ThreadId};
use domain::policy::{self, Action};
use domain::text::Reason;
use storage::Tx;
use storage::commitment::{Commitment, StepDetails};
use storage::thread::Thread;

pub use domain::commitment::Ruling;

use super::input::Report;
use super::{Kept, Part};
use crate::error::Problems;
use crate::once::{Once, Written, claimed};
use crate::thread::sees;
use crate::{Error, Forum, Problem, Viewer};

/// What is done to a commitment, as it was typed.
#[derive(Debug, Clone)]
pub enum CommitmentDeed {
    /// The office says how far it is; at 100 percent, that it is done.
    Report(Report),
    /// The concerned side says that it was kept.
    Confirm,
    /// The concerned side says that it is not done, and why.
    Contest(String),
    /// Whoever keeps the process decides, and says why.
    Decide(Ruling, String),
    /// The office names a later day, and says why.
    Postpone(NaiveDate, String),
    /// The office takes it back, and says why.
    Withdraw(String),
}

impl CommitmentDeed {
    /// The texts that are published, each with its field.
    fn texts(&self) -> Vec<(&'static str, &str)> {
        match self {
            Self::Report(report) => {
                let shown = report
                    .evidence
                    .iter()
                    .map(|(_, text)| ("evidence", &**text));
                [("note", &*report.note)].into_iter().chain(shown).collect()
            }
            Self::Confirm => Vec::new(),
            Self::Contest(reason)
            | Self::Decide(_, reason)
            | Self::Postpone(_, reason)
            | Self::Withdraw(reason) => vec![("reason", reason)],
        }
    }

    const fn operation(&self) -> &'static str {
        match self {
            Self::Report(_) => "reportProgress",
            Self::Confirm => "confirmCommitment",
            Self::Contest(_) => "contestCommitment",
            Self::Decide(..) => "decideCommitment",
            Self::Postpone(..) => "postponeCommitment",
            Self::Withdraw(_) => "withdrawCommitment",
        }
    }

    /// Whether it is audited: who does it ends a promise, moves its day, or decides on
    /// it by a duty. How far the office is, is its work, and what the raiser says of it
    /// his own.
    const fn is_audited(&self) -> bool {
        match self {
            Self::Decide(..) | Self::Postpone(..) | Self::Withdraw(_) => true,
            Self::Report(_) | Self::Confirm | Self::Contest(_) => false,
        }
    }
}

/// A deed that can be done, if policy and the commitment allow it.
struct Parsed {
    doing: Doing,
    note: Option<String>,
    milestone: Option<i64>,
    evidence: Vec<(String, String)>,
}

impl Forum {
    /// Does something to a commitment.
    pub async fn do_to_commitment(
        &self,
        viewer: &Viewer,
        id: CommitmentId,
        deed: &CommitmentDeed,
        once: &Once,
    ) -> Result<Written<CommitmentId>, Error> {
        let parsed = self.parse_deed(deed)?;
        let screened = once.screen(deed.texts());
        let step = self.new_entry_id();
        let claim = self.claim(viewer, deed.operation(), once, id.into())?;
        self.store
            .write(self.now(), async |tx| {
                if let Some(before) = claimed(&tx, claim.as_ref()).await? {
                    return Ok(Written::Before(before));
                }
                let of = tx.commitment(id).await?.map(|one| one.thread);
                let thread = of.unwrap_or(ThreadId(id.0));
                let found = tx.thread_for_update(&viewer.actor, thread).await?;
                let found = found.filter(|found| sees(viewer, &found.facts));
                let Some(thread) = found.filter(|_| of.is_some()) else {
                    return Err(Error::not_found());
                };
                // It is as it is now that the concern is held.
                let commitment = tx.commitment(id).await?.ok_or_else(Error::not_found)?;
                let action = action(parsed.doing, &thread.facts, &commitment);
                policy::decide(&viewer.actor, &action)?;
                screened.pass()?;
                let about = (&thread, &commitment);
                let kept = self.do_deed(&tx, viewer, about, &parsed, step).await?;
                if deed.is_audited() {
                    let audited = viewer.audited(deed.operation()).of(id);
                    tx.audit(audited.saying(kept.act.code()));
                }
                self.keep_step(&tx, &thread, kept).await?;
                Ok(Written::Now(id))
            })
            .await
    }

    fn parse_deed(&self, deed: &CommitmentDeed) -> Result<Parsed, Error> {
        let mut problems = Problems::default();
        let said = match deed {
            CommitmentDeed::Report(report) => {
                let parsed = self.parse_report(report)?;
                return Ok(Parsed {
                    doing: Doing::Report(parsed.percent),
                    note: Some(parsed.note),
                    milestone: report.milestone,
                    evidence: parsed.evidence,
                });
            }
            CommitmentDeed::Confirm => None,
            CommitmentDeed::Contest(reason)
            | CommitmentDeed::Decide(_, reason)
            | CommitmentDeed::Postpone(_, reason)
            | CommitmentDeed::Withdraw(reason) => Some(reason),
        };
        let note = said.and_then(|text| problems.take("reason", Reason::parse(text)));
        let doing = match deed {
            CommitmentDeed::Report(_) | CommitmentDeed::Confirm => Doing::Confirm,
            CommitmentDeed::Contest(_) => Doing::Contest,
            CommitmentDeed::Decide(ruling, _) => Doing::Decide(*ruling),
            CommitmentDeed::Withdraw(_) => Doing::Withdraw,
            CommitmentDeed::Postpone(day, _) => {
                self.due_day(*day, "dueOn", &mut problems);
                Doing::Postpone(*day)
            }
        };
        problems.none()?;
        Ok(Parsed {
            doing,
            note: note.map(Reason::into_string),
            milestone: None,
            evidence: Vec::new(),
        })
    }

    /// Decides, and changes the commitment; gives what is to be kept of it.
    async fn do_deed<'a>(
        &self,
        tx: &Tx,
        viewer: &Viewer,
        (thread, commitment): (&Thread, &Commitment),
        parsed: &'a Parsed,
        id: MoveId,
    ) -> Result<Kept<'a>, Error> {
        let (facts, bound) = (&thread.facts, commitment.bound);
        let part = match parsed.doing {
            Doing::Confirm | Doing::Contest => Part::Raiser,
            Doing::Decide(_) => {
                Part::Custodian(policy::custodian(&viewer.actor, facts, bound.agency))
            }
            Doing::Report(_) | Doing::Postpone(_) | Doing::Withdraw | Doing::Lapse => {
                Part::Office(policy::commits_as(&viewer.actor, bound))
            }
        };
        let before = commitment.life;
        let life = before
            .apply(parsed.doing, self.today(), tx.now())
            .map_err(illegal)?;
        let mut details = StepDetails {
            // The raiser is known by the concern.
            persona: viewer.speaks_as.filter(|_| part != Part::Raiser),
            ..StepDetails::default()
        };
        let limits = self.settings.commitments;
        match parsed.doing {
            Doing::Report(percent) => {
                let max = limits.reports as usize;
                if tx.reports(commitment.id).await? >= i64::from(limits.reports) {
                    return Err(Error::whole(Problem::TooMany { max }));
                }
                if let Some(number) = parsed.milestone
                    && !tx.reach_milestone(commitment.id, number).await?
                {
                    let why = "there is no such milestone that was not reached before";
                    return Err(Error::at("milestone", Problem::Invalid(why)));
                }
                details.percent = Some(percent);
                details.milestone = parsed.milestone;
                details.evidence.clone_from(&parsed.evidence);
            }
            Doing::Postpone(day) => {
                if before.postponed >= limits.postponements {
                    let max = limits.postponements as usize;
                    return Err(Error::whole(Problem::TooMany { max }));
                }
                if day <= before.due_on {
                    return Err(Error::at("dueOn", Problem::NotAhead(before.due_on)));
                }
                details.due_on = Some(day);
                details.was_due_on = Some(before.due_on);
            }
            Doing::Confirm | Doing::Contest | Doing::Decide(_) | Doing::Lapse | Doing::Withdraw => {
            }
        }
        self.save_life(tx, commitment, &life).await?;
        Ok(Kept {
            id,
            commitment: commitment.id,
            bound,
            act: parsed.doing.act(),
            part,
            note: parsed.note.as_deref(),
            details,
        })
    }
}

/// What policy is asked before something is done.
pub(super) fn action<'a>(
    doing: Doing,
    facts: &'a policy::ThreadFacts,
    commitment: &Commitment,
) -> Action<'a> {
    match doing {
        Doing::Confirm | Doing::Contest => Action::Judge(facts),
        Doing::Decide(_) => Action::DecideCommitment(facts, commitment.bound.agency),
        Doing::Report(_) | Doing::Postpone(_) | Doing::Withdraw | Doing::Lapse => {
            Action::CarryOut(facts, commitment.bound)
        }
    }
}

fn illegal(illegal: IllegalAct) -> Error {
    Error::whole(Problem::IllegalAct(illegal))
}
