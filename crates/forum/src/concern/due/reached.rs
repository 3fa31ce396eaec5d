//! Tells what clocks have reached: of many concerns at once, by as many
//! statements as of one.

use std::collections::{BTreeMap, HashMap};

use domain::clock::{Clock, Expected, Stage};
use domain::concern::{Assignment, Concern, Move, State};
use domain::event::{EventKind, NewEvent, StreamName};
use domain::id::{AccountId, MoveId, OfficeId, ThreadId};
use domain::people::Actor;
use domain::timeline::{EntryKind, Side};
use storage::Tx;
use storage::concern::Entry;
use storage::job::LeasedJob;
use storage::notice::Addressee;
use storage::thread::Thread;

use super::Ids;
use crate::concern::clock::next_look;
use crate::concern::{By, Step};
use crate::routing::desk;
use crate::thread::{address, call_desk, call_moderators, tell};
use crate::{Error, Forum};

/// A stage that a concern's clock reached and nobody was told of.
struct News<'a> {
    thread: &'a Thread,
    concern: Concern,
    clock: Clock,
    stage: Stage,
    entry: MoveId,
}

/// Who is told.
struct Known {
    raisers: HashMap<ThreadId, Addressee>,
    holders: BTreeMap<OfficeId, Vec<AccountId>>,
}

impl Forum {
    /// Tells what concerns' clocks have reached.
    pub(super) async fn tell_reached(
        &self,
        tx: &Tx,
        jobs: &[LeasedJob],
        ids: &[Ids],
    ) -> Result<(), Error> {
        let all: Vec<ThreadId> = jobs.iter().map(|job| job.id.into()).collect();
        // The concerns' rows come first, as for whoever moves them.
        let threads = tx.threads_for_update(&Actor::visitor(), &all).await?;
        let threads: HashMap<ThreadId, &Thread> =
            threads.iter().map(|one| (one.facts.id, one)).collect();
        let ended = tx.finish_jobs(jobs).await?;
        let (mut news, mut saved, mut over) = (Vec::new(), Vec::new(), Vec::new());
        for (job, ids) in jobs.iter().zip(ids) {
            let thread = threads.get(&job.id.into()).copied();
            let Some(thread) = thread.filter(|_| ended.contains(&job.id)) else {
                continue;
            };
            let Some(mut concern) = thread.concern else {
                continue;
            };
            let Some(clock) = self.clock_of(thread)? else {
                continue;
            };
            let told = usize::from(concern.clock_told);
            let reached: Vec<Stage> = clock
                .stages()
                .take_while(|(_, at)| *at <= tx.now())
                .map(|(stage, _)| stage)
                .collect();
            concern.clock_told = u8::try_from(reached.len()).unwrap_or(u8::MAX);
            let fresh = reached.get(told..).unwrap_or_default();
            // What comes too late to remind of is not reminded of.
            let late = fresh.len() > 1;
            let fresh = fresh.iter().copied();
            let fresh = fresh.filter(|one| !late || *one != Stage::Reminder);
            let mut ends = None;
            for (stage, entry) in fresh.zip(*ids) {
                if stage == Stage::End {
                    ends = Some(entry);
                    break;
                }
                news.push(News {
                    thread,
                    concern,
                    clock,
                    stage,
                    entry,
                });
            }
            match ends {
                Some(entry) => over.push((thread, concern, entry)),
                None => saved.push((thread.facts.id, concern, clock)),
            }
        }
        self.tell_all(tx, &news).await?;
        let told = saved
            .iter()
            .map(|(id, concern, _)| (*id, concern.clock_told));
        tx.save_told(&told.collect::<Vec<_>>()).await?;
        let counted: Vec<ThreadId> = saved.iter().map(|(id, ..)| *id).collect();
        tx.count_anew(&counted).await?;
        let looks = saved.iter();
        let looks = looks.filter_map(|(id, concern, clock)| next_look(*id, concern, Some(clock)));
        tx.schedule_all(&looks.collect::<Vec<_>>()).await?;
        for (thread, concern, entry) in over {
            self.end_time(tx, thread, concern, entry).await?;
        }
        Ok(())
    }

    async fn tell_all(&self, tx: &Tx, news: &[News<'_>]) -> Result<(), Error> {
        if news.is_empty() {
            return Ok(());
        }
        let raised: Vec<ThreadId> = news.iter().map(|one| one.thread.facts.id).collect();
        let mut offices: Vec<OfficeId> = Vec::new();
        for one in news {
            offices.extend(self.desks_of(one).iter().filter_map(|to| to.office));
        }
        offices.sort_unstable();
        offices.dedup();
        let mut known = Known {
            raisers: tx.raisers_addressed(&raised).await?,
            holders: BTreeMap::new(),
        };
        if !offices.is_empty() {
            for (office, account) in tx.holders_of(&offices).await? {
                known.holders.entry(office).or_default().push(account);
            }
        }
        let entries: Vec<Entry> = news.iter().filter_map(|one| one.entry(tx)).collect();
        // A timeline's numbers follow each other: two of one concern are written
        // one after the other.
        let mut waiting: Vec<&Entry> = entries.iter().collect();
        while !waiting.is_empty() {
            let mut these: BTreeMap<ThreadId, &Entry> = BTreeMap::new();
            waiting.retain(|entry| match these.entry(entry.thread) {
                std::collections::btree_map::Entry::Vacant(free) => {
                    free.insert(entry);
                    false
                }
                std::collections::btree_map::Entry::Occupied(_) => true,
            });
            let these: Vec<&Entry> = these.into_values().collect();
            tx.insert_entries(&these).await?;
        }
        for one in news {
            self.tell_one(tx, one, &known);
        }
        Ok(())
    }

    /// The desks that hear of it: the office's, and at last oversight's.
    fn desks_of(&self, news: &News<'_>) -> Vec<Assignment> {
        let to = news.concern.assignment;
        if news.is_for_moderators() || news.clock.runs_for.expects() == Expected::Raiser {
            return Vec::new();
        }
        let mut desks: Vec<Assignment> = to.into_iter().collect();
        if news.stage == Stage::VeryOverdue {
            let directory = self.directory();
            let default = || directory.agencies.iter().find(|one| one.default_oversight);
            let body = news.thread.facts.oversight_agency;
            let body = body.or_else(|| default().map(|one| one.id));
            let region = news.thread.region.as_deref();
            let over = body.and_then(|body| desk(&directory, body, region));
            desks.extend(over.filter(|over| Some(over.agency) != to.map(|to| to.agency)));
        }
        desks
    }

    /// Reminds whoever is expected to act, or passes silence on: to the office
    /// and its desk, at last to oversight; the thread and its raiser hear of it.
    fn tell_one(&self, tx: &Tx, news: &News<'_>, known: &Known) {
        let facts = &news.thread.facts;
        let raiser = |kind, object| {
            let known = known.raisers.get(&facts.id).copied();
            let known = known.unwrap_or(Addressee::Nobody);
            address(tx, known, facts.raiser, facts.id, kind, object);
        };
        let holders = |office: Option<OfficeId>, kind| {
            let accounts = office.and_then(|office| known.holders.get(&office));
            for account in accounts.into_iter().flatten() {
                tx.emit(NewEvent {
                    stream: StreamName::Inbox(*account),
                    kind,
                    thread: Some(facts.id),
                    object: None,
                });
            }
        };
        if news.stage == Stage::Reminder {
            let event = EventKind::ReminderDue;
            if news.is_for_moderators() {
                call_moderators(tx, facts.id, event);
            } else if news.clock.runs_for.expects() == Expected::Raiser {
                raiser(event, None);
            } else {
                holders(news.concern.assignment.and_then(|to| to.office), event);
            }
            return;
        }
        let (event, object) = (EventKind::ConcernEscalated, Some(news.entry.into()));
        tell(tx, facts, event, object);
        raiser(event, object);
        if news.is_for_moderators() {
            call_moderators(tx, facts.id, event);
            return;
        }
        for to in self.desks_of(news) {
            call_desk(tx, to, facts.id);
            holders(to.office, event);
        }
    }

    /// Ends the raiser's time: without the clarification the concern goes
    /// dormant, without a verdict it is closed, unconfirmed.
    async fn end_time(
        &self,
        tx: &Tx,
        thread: &Thread,
        concern: Concern,
        entry: MoveId,
    ) -> Result<(), Error> {
        let mv = match concern.state {
            State::ClarificationRequested => Move::GoDormant,
            _ => Move::Lapse,
        };
        let step = Step::new(entry, mv, By::Forum);
        let (concern, event) = step.make(tx, thread.facts.id, concern).await?;
        self.save_move(tx, thread, &concern, event, step).await
    }
}

impl News<'_> {
    /// Whether it is moderators who are expected to act.
    fn is_for_moderators(&self) -> bool {
        match self.clock.runs_for.expects() {
            Expected::Moderator => true,
            Expected::Office => self.concern.state == State::Disputed,
            Expected::Raiser => false,
        }
    }

    /// What the timeline keeps of it.
    fn entry(&self, tx: &Tx) -> Option<Entry> {
        let level = match self.stage {
            Stage::Overdue => 1,
            Stage::VeryOverdue => 2,
            Stage::Reminder | Stage::End => return None,
        };
        let to = self.concern.assignment;
        Some(Entry {
            id: self.entry,
            thread: self.thread.facts.id,
            kind: EntryKind::Escalation,
            side: Side::Forum,
            agency: to.map(|to| to.agency),
            office: to.and_then(|to| to.office),
            state: self.concern.state,
            to: None,
            response: None,
            verdict: None,
            level: Some(level),
            commitment: None,
            note: None,
            at: tx.now(),
        })
    }
}
