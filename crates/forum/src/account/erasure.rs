//! Erasing what is left of an account that was deleted, in small bites.
//!
//! One durable job goes through the stages below. Each transaction does some of
//! one stage, ends the job and has the next one begin, all or nothing: so
//! whoever is killed leaves no bite half done and none to be done twice.
//!
//! A node that did not hear yet of the deletion may still write something for
//! the person, until it forgets him. So all is gone through once more a while
//! later, and only then goes what ties his author to the account.

use chrono::{DateTime, TimeDelta, Utc};
use domain::concern::Move;
use domain::event::{EventKind, NewEvent, StreamName};
use domain::id::{AccountId, MoveId, PostId, ThreadId};
use domain::own_data::OwnWords;
use domain::people::Actor;
use domain::policy::ThreadFacts;
use storage::Tx;
use storage::audit_log::Audited;
use storage::erasure::{BY_SOME, Gone};
use storage::job::{LeasedJob, NewJob};
use storage::thread::{Thread, Wanted};
use uuid::Uuid;

use crate::concern::{By, Step};
use crate::thread::{concern_of, tell, tell_of_post};
use crate::{Error, Forum};

/// The kind of the jobs that erase.
pub(crate) const ERASE: &str = "erase";

/// As many threads, posts or rows go in one transaction.
const AT_ONCE: u32 = 100;

/// As many entries of the audit log lose their meaning in one.
const OPENINGS_AT_ONCE: u32 = 1_000;

/// How long it takes at most until every node has forgotten somebody.
const FORGOTTEN: TimeDelta = TimeDelta::minutes(2);

/// What is done, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Concerns that are not over are withdrawn.
    Concerns,
    /// What is sealed goes.
    Sealed,
    /// Endorsements are taken back.
    Endorsements,
    /// Rows that may be many go.
    Rows,
    /// Threads' words go, if he wished so.
    Threads,
    /// Posts' words go, if he wished so.
    Posts,
    /// Whoever looks at what he wrote is told that it has no name.
    Name,
    /// Every node has forgotten him.
    Wait,
    /// What the audit log's entries mean goes.
    Openings,
    /// The account goes.
    Account,
}

const STAGES: &[Stage] = &[
    Stage::Concerns,
    Stage::Sealed,
    Stage::Endorsements,
    Stage::Rows,
    Stage::Threads,
    Stage::Posts,
    Stage::Name,
    Stage::Wait,
    Stage::Concerns,
    Stage::Sealed,
    Stage::Endorsements,
    Stage::Rows,
    Stage::Threads,
    Stage::Posts,
    Stage::Openings,
    Stage::Account,
];

/// How far an erasure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    account: AccountId,
    words: OwnWords,
    stage: usize,
    /// The last thread that the stage did.
    after: Uuid,
}

impl Place {
    fn payload(self) -> String {
        let Self {
            account,
            words,
            stage,
            after,
        } = self;
        format!("{} {words} {stage} {}", account.0.simple(), after.simple())
    }

    fn read(payload: &str) -> Option<Self> {
        let mut parts = payload.split(' ');
        let place = Self {
            account: Uuid::try_parse(parts.next()?).ok()?.into(),
            words: parts.next()?.parse().ok()?,
            stage: parts.next()?.parse().ok()?,
            after: Uuid::try_parse(parts.next()?).ok()?,
        };
        parts.next().is_none().then_some(place)
    }

    fn job(self, id: Uuid, run_at: DateTime<Utc>) -> NewJob {
        NewJob {
            id,
            kind: ERASE,
            once: format!("{ERASE}:{}", self.account.0.simple()),
            payload: self.payload(),
            run_at,
        }
    }
}

/// The job that erases what is left of an account.
pub(super) fn begin(id: Uuid, account: AccountId, words: OwnWords, now: DateTime<Utc>) -> NewJob {
    let place = Place {
        account,
        words,
        stage: 0,
        after: Uuid::nil(),
    };
    place.job(id, now)
}

impl Forum {
    /// Does one bite of an erasure, and has the next one done.
    pub(crate) async fn erase_some(
        &self,
        tx: &Tx,
        job: &LeasedJob,
        entry: MoveId,
    ) -> Result<(), Error> {
        let place = Place::read(&job.payload).ok_or(Error::Internal("a job that erases"))?;
        let stage = STAGES.get(place.stage).copied();
        let stage = stage.ok_or(Error::Internal("a job that erases"))?;
        if !tx.finish_job(job).await? {
            return Ok(());
        }
        let on = self.erase(tx, place, stage, entry).await?;
        let next = match on {
            Some(after) => Place { after, ..place },
            None => Place {
                stage: place.stage + 1,
                after: Uuid::nil(),
                ..place
            },
        };
        if next.stage == STAGES.len() {
            return Ok(());
        }
        let wait = if stage == Stage::Wait {
            FORGOTTEN
        } else {
            TimeDelta::zero()
        };
        tx.schedule(&next.job(job.id, tx.now() + wait)).await?;
        Ok(())
    }

    /// Does some of a stage. Gives after which thread it goes on; `None` once
    /// the stage is done.
    async fn erase(
        &self,
        tx: &Tx,
        place: Place,
        stage: Stage,
        entry: MoveId,
    ) -> Result<Option<Uuid>, Error> {
        let (account, after) = (place.account, ThreadId(place.after));
        let erases = place.words == OwnWords::Erase;
        match stage {
            Stage::Concerns => {
                let found = tx.concern_in_progress(account, after).await?;
                if let Some(id) = found {
                    self.withdraw_for_good(tx, id, entry).await?;
                }
                Ok(found.map(|id| id.0))
            }
            Stage::Sealed => {
                let threads = tx.raised_by(account, after, AT_ONCE).await?;
                tx.erase_sealed(account, &threads).await?;
                Ok(go_on(&threads))
            }
            Stage::Endorsements => {
                let threads = tx.unendorse_some(account, AT_ONCE).await?;
                for thread in found(tx, &threads).await? {
                    tell(tx, &thread.facts, EventKind::EndorsementsChanged, None);
                }
                Ok(go_on(&threads))
            }
            Stage::Rows => {
                let mut more = false;
                for line in BY_SOME {
                    let gone = tx.go_by_some(line, account, AT_ONCE).await?;
                    more |= gone == u64::from(AT_ONCE);
                }
                Ok(more.then_some(place.after))
            }
            Stage::Threads if erases => {
                let threads = tx.raised_by(account, after, AT_ONCE).await?;
                let gone = tx.erase_threads(account, &threads).await?;
                tell_threads(tx, &gone).await?;
                Ok(go_on(&threads))
            }
            Stage::Posts if erases => {
                let gone = tx.erase_posts(account, AT_ONCE).await?;
                tell_posts(tx, &gone).await?;
                Ok((!gone.is_empty()).then_some(place.after))
            }
            Stage::Threads | Stage::Posts | Stage::Wait => Ok(None),
            Stage::Name => {
                let threads = tx.spoken_in(account, after, AT_ONCE).await?;
                for thread in found(tx, &threads).await? {
                    tell_readers(tx, &thread.facts);
                }
                Ok(go_on(&threads))
            }
            Stage::Openings => {
                let closed = tx.close_openings(account, OPENINGS_AT_ONCE).await?;
                if closed > 0 {
                    let told = Audited::new(audit::ERASE, None);
                    tx.audit(told.saying(closed.to_string()));
                }
                Ok((closed > 0).then_some(place.after))
            }
            Stage::Account => {
                tx.remove_account(account).await?;
                Ok(None)
            }
        }
    }

    /// Withdraws a concern that has nobody any more to whom an office answers.
    async fn withdraw_for_good(&self, tx: &Tx, id: ThreadId, entry: MoveId) -> Result<(), Error> {
        let Some(thread) = tx.thread_for_update(&Actor::visitor(), id).await? else {
            return Ok(());
        };
        let concern = concern_of(&thread)?;
        let step = Step::new(entry, Move::Withdraw, By::Raiser);
        // Somebody may have ended it before.
        if concern.apply(Move::Withdraw, tx.now()).is_err() {
            return Ok(());
        }
        let (concern, event) = step.make(tx, id, concern).await?;
        self.save_move(tx, &thread, &concern, event, step).await
    }
}

/// After which thread to go on, if these were as many as were asked for.
fn go_on(threads: &[ThreadId]) -> Option<Uuid> {
    let more = threads.len() == AT_ONCE as usize;
    threads.last().filter(|_| more).map(|id| id.0)
}

async fn found(tx: &Tx, threads: &[ThreadId]) -> Result<Vec<Thread>, Error> {
    if threads.is_empty() {
        return Ok(Vec::new());
    }
    let mut found = tx
        .threads_by_id(&Actor::visitor(), threads, Wanted::ALL)
        .await?;
    found.sort_unstable_by_key(|thread| thread.facts.id);
    Ok(found)
}

/// Tells those who look at a thread, and nobody else, that it reads otherwise.
fn tell_readers(tx: &Tx, facts: &ThreadFacts) {
    tx.emit(NewEvent {
        stream: StreamName::Thread(facts.id),
        kind: EventKind::ThreadChanged,
        thread: Some(facts.id),
        object: None,
    });
}

async fn tell_threads(tx: &Tx, gone: &[Gone<ThreadId>]) -> Result<(), Error> {
    let ids: Vec<ThreadId> = gone.iter().map(|one| one.id).collect();
    for thread in found(tx, &ids).await? {
        let removed = gone
            .iter()
            .any(|one| one.id == thread.facts.id && !one.answered);
        let kind = if removed {
            EventKind::ThreadModerated
        } else {
            EventKind::ThreadChanged
        };
        tell(tx, &thread.facts, kind, None);
    }
    Ok(())
}

async fn tell_posts(tx: &Tx, gone: &[Gone<PostId>]) -> Result<(), Error> {
    let mut ids: Vec<ThreadId> = gone.iter().map(|one| one.thread).collect();
    ids.sort_unstable();
    ids.dedup();
    for thread in found(tx, &ids).await? {
        for post in gone.iter().filter(|one| one.thread == thread.facts.id) {
            let kind = if post.answered {
                EventKind::PostEdited
            } else {
                EventKind::PostModerated
            };
            tell_of_post(tx, &thread.facts, kind, (post.id, post.shown));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{AccountId, OwnWords, Place, STAGES, Stage, Uuid};

    #[test]
    fn a_place_is_read_as_it_was_written() {
        let place = Place {
            account: AccountId(Uuid::from_u128(7)),
            words: OwnWords::Erase,
            stage: 9,
            after: Uuid::from_u128(8),
        };
        assert_eq!(Place::read(&place.payload()), Some(place));
        assert_eq!(Place::read("nothing"), None);
        assert_eq!(Place::read(&format!("{} x", place.payload())), None);
    }

    #[test]
    fn everything_is_gone_through_again_before_the_account_goes() {
        let wait = STAGES.iter().position(|one| *one == Stage::Wait).unwrap();
        let again = &STAGES[wait + 1..];
        for stage in STAGES[..wait].iter().filter(|one| **one != Stage::Name) {
            assert!(again.contains(stage), "{stage:?}");
        }
        assert_eq!(STAGES.last(), Some(&Stage::Account));
    }
}
