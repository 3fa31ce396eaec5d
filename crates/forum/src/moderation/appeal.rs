//! Appeals: the author asks that others look again at what was done.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use domain::id::{AppealId, ModlogId};
use domain::moderation::{AppealOutcome, ModAct, ReasonCode, Subject};
use domain::policy::{self, Action, ThreadFacts};
use domain::text::Reason;
use domain::thread::Opened;
use storage::Tx;
use storage::appeal::{Appeal, AppealPlace, Waiting};
use storage::modlog::ReadEntry;
use storage::redaction::Original;
use storage::thread::Slice;
use uuid::Uuid;

use super::act::Deed;
use super::log::SeenEntry;
use super::sanction::tell_outcome;
use super::{Drawn, Found, moderated};
use crate::error::Problems;
use crate::once::{Once, Written, claimed};
use crate::thread::{View, call_for_queue, rest_queue};
use crate::{Error, Forum, Problem, Viewer};

/// An appeal, as it was typed.
#[derive(Debug, Clone)]
pub struct MakeAppeal {
    /// The entry of the record.
    pub entry: ModlogId,
    /// Why it was wrong.
    pub body: String,
}

/// A decision on an appeal, as it was typed.
#[derive(Debug, Clone)]
pub struct DecideAppeal {
    /// The appeal.
    pub appeal: AppealId,
    /// What is decided.
    pub outcome: AppealOutcome,
    /// Why, for the author.
    pub reason: String,
}

/// An appeal, as a moderator or its author sees it.
#[derive(Debug, Clone)]
pub struct SeenAppeal {
    /// The appeal.
    pub appeal: Appeal,
    /// What it is against.
    pub entry: SeenEntry,
    /// Whether the day by which it was to be decided on has passed.
    pub overdue: bool,
    /// Whether the viewer may decide on it.
    pub may_decide: bool,
    /// Whether it is the viewer's own.
    is_own: bool,
}

impl Forum {
    /// Asks others to look again at what was done to one's own.
    pub async fn make_appeal(
        &self,
        viewer: &Viewer,
        input: &MakeAppeal,
        once: &Once,
    ) -> Result<Written<AppealId>, Error> {
        let mut problems = Problems::default();
        let body = problems.take("text", Reason::parse(&input.body));
        problems.none()?;
        let Some(body) = body.map(Reason::into_string) else {
            return Err(Error::Internal("a text neither accepted nor refused"));
        };
        let id: AppealId = domain::id::unordered(self.random()).into();
        let claim = self.claim(viewer, "appeal", once, id.into())?;
        self.store
            .write(self.now(), async |tx| {
                if let Some(before) = claimed(&tx, claim.as_ref()).await? {
                    return Ok(Written::Before(before));
                }
                let now = tx.now();
                let read = tx.entry_whenever(&viewer.actor, input.entry).await?;
                let subject = read.as_ref().map_or_else(
                    || Subject::Thread(Uuid::from(input.entry).into()),
                    |read| read.entry.subject(),
                );
                let found = self.there(&tx, viewer, subject).await?;
                let action = Action::Appeal(&found.thread.facts, found.post_facts());
                policy::decide(&viewer.actor, &action)?;
                // Read again with its thread's row locked.
                let read = tx.entry_whenever(&viewer.actor, input.entry).await?;
                let read = read.ok_or_else(Error::not_found)?;
                self.can_be_appealed(&read, now)?;
                let days = self.settings.moderation.appeal_working_days;
                let calendar = self.calendar(&self.directory())?;
                let appeal = Appeal {
                    id,
                    entry: input.entry,
                    persona: found.author(),
                    body: body.clone(),
                    created_at: now,
                    due_on: calendar.add_working_days(calendar.today(now), days),
                    outcome: None,
                    reason: None,
                    decider: None,
                    decided_at: None,
                };
                let stands = (found.thread_id(), found.post_id());
                if !tx.insert_appeal(stands, &appeal).await? {
                    return Err(Error::at("entryId", Problem::AlreadyAppealed));
                }
                call_for_queue(&tx, &found.thread.facts).await?;
                Ok(Written::Now(id))
            })
            .await
    }

    pub(super) fn can_be_appealed(
        &self,
        read: &ReadEntry,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let no = |problem| Err(Error::at("entryId", problem));
        if read.appeal.is_some() {
            return no(Problem::AlreadyAppealed);
        }
        let ordered = read.entry.code == ReasonCode::LegalOrder;
        if ordered || !read.entry.act.is_appealable() {
            return no(Problem::Invalid("against this act nobody appeals"));
        }
        if read.reversed_by.is_some() {
            return no(Problem::Invalid("this was taken back already"));
        }
        if self.appeal_ends(read.entry.appears_at) <= now {
            return no(Problem::Invalid("the time to appeal is over"));
        }
        Ok(())
    }

    /// From when on nobody appeals any more. What is not told at once appears with
    /// the month after: the longer time is the author's.
    pub(super) fn appeal_ends(&self, appears_at: DateTime<Utc>) -> DateTime<Utc> {
        appears_at + Duration::days(self.settings.moderation.appeal_days.into())
    }

    /// Decides on an appeal. Whoever did what it is against does not; of two who
    /// decide at once the second is told.
    pub async fn decide_appeal(
        &self,
        viewer: &Viewer,
        input: &DecideAppeal,
        once: &Once,
    ) -> Result<Written<AppealId>, Error> {
        let mut problems = Problems::default();
        let reason = problems.take("text", Reason::parse(&input.reason));
        problems.none()?;
        let Some(reason) = reason.map(Reason::into_string) else {
            return Err(Error::Internal("a text neither accepted nor refused"));
        };
        let id = input.appeal;
        let claim = self.claim(viewer, "decideAppeal", once, id.into())?;
        let drawn = self.draw();
        let written = self
            .store
            .write(self.now(), async |tx| {
                if let Some(before) = claimed(&tx, claim.as_ref()).await? {
                    return Ok((Written::Before(before), None));
                }
                let waiting = tx.appeal(&viewer.actor, id).await?;
                let subject = waiting.as_ref().map_or_else(
                    || Subject::Thread(Uuid::from(id).into()),
                    |one| one.read.entry.subject(),
                );
                let found = self.found(&tx, viewer, subject).await?;
                let waiting = tx.appeal(&viewer.actor, id).await?;
                let waiting = waiting.ok_or_else(Error::not_found)?;
                let by = self.number_of(&tx, viewer, &drawn).await?;
                let own = waiting.is_against(Some(by.number));
                let read = waiting.read;
                let sanction = tx.sanction_of_entry(read.entry.id).await?;
                let facts = &found.thread.facts;
                let view = Action::ViewReviewable(facts, found.moderated());
                policy::decide(&viewer.actor, &view)?;
                let action = Action::DecideAppeal(facts, found.moderated(), own);
                policy::decide(&viewer.actor, &action)?;
                let decided = read.appeal.and_then(|one| one.outcome);
                if let Some(outcome) = decided {
                    return Err(Error::whole(Problem::AlreadyDecided(outcome.code())));
                }
                tx.save_appeal(id, input.outcome, &reason, by.number)
                    .await?;
                rest_queue(&tx, facts).await?;
                let (act, code) = match input.outcome {
                    AppealOutcome::Upheld => (ModAct::Uphold, ReasonCode::Reviewed),
                    AppealOutcome::Overturned => (ModAct::Overturn, ReasonCode::Appealed),
                };
                let deed = Deed {
                    actor: Some(&viewer.actor),
                    ..Deed::new(act, code, Some(&reason), Some(by))
                };
                let audited = viewer.audited("decideAppeal").of(id);
                tx.audit(audited.saying(input.outcome.code()));
                if let Some(sanction) = sanction {
                    self.enter_sanction(&tx, &found, deed, &drawn).await?;
                    if act != ModAct::Overturn {
                        tell_outcome(&tx, &sanction).await?;
                        return Ok((Written::Now(id), None));
                    }
                    let lift = Deed {
                        act: ModAct::Lift,
                        ..deed
                    };
                    let next = drawn.next();
                    let of = self.end_on_appeal(&tx, &found, sanction, lift, &next);
                    return Ok((Written::Now(id), of.await?));
                }
                let entry = &read.entry;
                self.settle_appeal(&tx, &found, deed, (entry.id, entry.act), &drawn)
                    .await?;
                Ok::<_, Error>((Written::Now(id), None))
            })
            .await?;
        let (written, reached) = written;
        if let Some(account) = reached {
            self.forget_account(account);
        }
        Ok(written)
    }

    /// Writes what came of an appeal into the record, and takes back what was
    /// wrong, where it still stands.
    async fn settle_appeal(
        &self,
        tx: &Tx,
        found: &Found,
        deed: Deed<'_>,
        (entry, act): (ModlogId, ModAct),
        drawn: &Drawn,
    ) -> Result<(), Error> {
        let facts = &found.thread.facts;
        let subject = found.subject();
        self.record(tx, facts, subject, deed, drawn).await?;
        let next = drawn.next();
        let back = act.taken_back_by().filter(|_| deed.act == ModAct::Overturn);
        let stands = match back {
            None => false,
            Some(ModAct::Unredact) => self.sealed(tx, found, entry).await?.is_some(),
            Some(ModAct::MoveBack) => self.way_back(tx, found, entry, deed.actor).await?.is_some(),
            // Only what this act did, not what another did since.
            Some(back) => {
                let last = tx.still_done(back, facts.id, found.post_id()).await?;
                back.apply(found.stands()).is_some() && last == Some(entry)
            }
        };
        let Some(back) = back.filter(|_| stands) else {
            return self.tell_rewritten(tx, found).await;
        };
        let deed = Deed {
            act: back,
            reverses: Some(entry),
            ..deed
        };
        self.carry_out(tx, found, deed, &next).await
    }

    /// The appeals that wait, as far as the viewer sees what they are against:
    /// the oldest first. As many statements for all as for one.
    pub async fn appeals(
        &self,
        viewer: &Viewer,
        slice: Slice<AppealPlace>,
    ) -> Result<Vec<SeenAppeal>, Error> {
        policy::decide(&viewer.actor, &Action::ViewModeration)?;
        let scope = policy::scope(&viewer.actor);
        let read = self.store.read();
        let found = read.appeals(&viewer.actor, &scope, slice).await?;
        let facts: Vec<&ThreadFacts> = found.iter().map(|one| &one.read.facts).collect();
        self.note_openings(viewer, &facts, Opened::Thread).await?;
        let number = self.own_number(viewer).await?;
        let today = self.today();
        let seen = |one| self.seen_appeal(viewer, one, number, today);
        Ok(found.into_iter().filter_map(seen).collect())
    }

    /// How many of them wait.
    pub async fn appeal_count(&self, viewer: &Viewer) -> Result<i64, Error> {
        policy::decide(&viewer.actor, &Action::ViewModeration)?;
        let scope = policy::scope(&viewer.actor);
        let read = self.store.read();
        Ok(read.appeal_count(&viewer.actor, &scope).await?)
    }

    /// One appeal: for its author, and for moderators who see what it is against.
    pub async fn appeal(&self, viewer: &Viewer, id: AppealId) -> Result<Option<SeenAppeal>, Error> {
        // As many statements for a hidden one as for none.
        let number = self.own_number(viewer).await?;
        let found = self.store.read().appeal(&viewer.actor, id).await?;
        let today = self.today();
        Ok(found.and_then(|one| self.seen_appeal(viewer, one, number, today)))
    }

    /// The text as it stood before what an appeal is against was struck out of
    /// it: for its author, and for whoever decides. That it was read is written
    /// into the audit log before.
    pub async fn original(
        &self,
        viewer: &Viewer,
        of: &SeenAppeal,
    ) -> Result<Option<Original>, Error> {
        let own = of.is_own;
        if !own && !of.may_decide || of.entry.act != ModAct::Redact {
            return Ok(None);
        }
        let object = Uuid::from(of.entry.of);
        if !own {
            let view = View::of_original(viewer, object);
            self.note(viewer, &[], view.into_iter()).await?;
        }
        let read = self.store.read();
        Ok(read.original(of.entry.id, object).await?)
    }

    async fn own_number(&self, viewer: &Viewer) -> Result<Option<i64>, Error> {
        match viewer.account {
            Some(account) => Ok(self.store.read().known_number(account).await?),
            None => Ok(None),
        }
    }

    fn seen_appeal(
        &self,
        viewer: &Viewer,
        waiting: Waiting,
        number: Option<i64>,
        today: NaiveDate,
    ) -> Option<SeenAppeal> {
        let own_act = waiting.is_against(number);
        let Waiting {
            read, organization, ..
        } = waiting;
        let appeal = read.appeal.clone()?;
        let facts = &read.facts;
        let subject = moderated(appeal.persona, organization);
        let reasons = Action::ViewReasons(facts, read.post.as_ref());
        policy::decide(&viewer.actor, &reasons).ok()?;
        let appealing = Action::Appeal(facts, read.post.as_ref());
        let is_own = policy::decide(&viewer.actor, &appealing).is_ok();
        let action = Action::DecideAppeal(facts, subject, own_act);
        let may = policy::decide(&viewer.actor, &action).is_ok();
        let over = appeal.decided_at.map_or(today, |at| {
            at.with_timezone(&self.settings.zone).date_naive()
        });
        Some(SeenAppeal {
            overdue: appeal.due_on < over,
            may_decide: may && appeal.outcome.is_none(),
            is_own,
            entry: self.seen_entry(viewer, read),
            appeal,
        })
    }
}
