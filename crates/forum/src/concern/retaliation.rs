//! Reports that somebody is made to suffer for a concern.
//!
//! A report freezes the agency's access to the thread in the transaction that
//! writes it, and brings it to oversight and to two moderators. Nothing of it
//! stands in the thread, its timeline or its stream: whoever reads those may be
//! who is feared.

use domain::event::EventKind;
use domain::id::{AccountId, AgencyId, OrganizationId, PersonaId, RetaliationId, ThreadId};
use domain::people::AgencyKind;
use domain::policy::{self, Action, ThreadFacts};
use domain::text::{Facts, Reason};
use domain::thread::{Audience, Opened, ParticipantRole};
use storage::Tx;
use storage::retaliation::Retaliation;
use storage::thread::{Thread, Wanted};

use crate::account::change::persona_of;
use crate::error::Problems;
use crate::message::AGENCIES;
use crate::once::{Once, Written, claimed};
use crate::routing::desk;
use crate::thread::{call_office, sees, tell_persona, want_moderator};
use crate::{Error, Forum, Problem, Viewer};

/// As many reports of one concern that nobody decided on yet somebody makes.
const REPORTS_MAX: usize = 3;

/// As many reports that wait are listed.
const WAITING_MAX: u32 = 50;

/// A report, as it was typed.
#[derive(Debug, Clone)]
pub struct ReportRetaliation {
    /// The concern.
    pub thread: ThreadId,
    /// The agency whose people retaliate; the one that the concern is before
    /// where nothing is said.
    pub agency: Option<AgencyId>,
    /// What happened.
    pub body: String,
}

/// A decision on a report, as it was typed.
#[derive(Debug, Clone)]
pub struct DecideRetaliation {
    /// The report.
    pub report: RetaliationId,
    /// Whether the agency's access stays frozen.
    pub uphold: bool,
    /// Why.
    pub reason: String,
}

/// A report, as somebody sees it who may.
#[derive(Debug, Clone)]
pub struct SeenReport {
    /// The report.
    pub report: Retaliation,
    /// Whether he may decide on it now.
    pub may_decide: bool,
}

impl Forum {
    /// Reports that somebody is made to suffer for a concern. From then on the
    /// agency sees nothing of it that is not public, and does nothing in it.
    pub async fn report_retaliation(
        &self,
        viewer: &Viewer,
        input: &ReportRetaliation,
        once: &Once,
    ) -> Result<Written<RetaliationId>, Error> {
        let mut problems = Problems::default();
        let body = problems.take("body", Facts::parse(&input.body));
        let known = |id| self.directory().agency(id).is_some();
        problems.require(
            input.agency.is_none_or(known),
            "agency",
            Problem::Unknown(AGENCIES),
        );
        problems.none()?;
        let body = body.map(Facts::into_string).unwrap_or_default();
        let thread_id = input.thread;
        let id: RetaliationId = self.new_id();
        let chance: [u8; 32] = self.random();
        let operation = "reportRetaliation";
        self.act(
            viewer,
            operation,
            once,
            thread_id,
            id,
            async |tx, thread| {
                let facts = &thread.facts;
                policy::decide(&viewer.actor, &Action::ReportRetaliation(facts))?;
                let agency = input
                    .agency
                    .or(facts.assigned_agency)
                    .or(facts.about_agency);
                let agency = agency.ok_or_else(|| {
                    Error::at("agency", Problem::Invalid("say whose people retaliate"))
                })?;
                let before = tx.retaliations(thread_id).await?;
                let waits = |one: &&Retaliation| {
                    one.decided_at.is_none() && viewer.personas.contains(&one.reporter)
                };
                if before.iter().filter(waits).count() >= REPORTS_MAX {
                    return Err(Error::whole(Problem::TooMany { max: REPORTS_MAX }));
                }
                let reporter = viewer.speaks_as.ok_or(Error::Internal("no persona"))?;
                // The lot is drawn once.
                let moderators = match before.first() {
                    Some(report) => report.moderators,
                    None => self.two_moderators(&tx, facts, viewer, chance).await?,
                };
                let frozen = tx.frozen(thread_id).await?;
                let oversight = self.oversight_for(facts, agency, &frozen);
                tx.insert_retaliation(&Retaliation {
                    id,
                    thread: thread_id,
                    agency,
                    reporter,
                    body: body.clone(),
                    moderators,
                    oversight,
                    created_at: tx.now(),
                    decided_at: None,
                    reason: None,
                    lifted_at: None,
                })
                .await?;
                if facts.assigned_agency == Some(agency) && thread.concern.is_some() {
                    // Nobody of them has it in hand, or an answer that waits.
                    tx.save_officer(thread_id, None).await?;
                    tx.save_drafter(thread_id, None).await?;
                }
                let directory = self.directory();
                let region = thread.region.as_deref();
                if let Some(over) = oversight.and_then(|body| desk(&directory, body, region)) {
                    call_office(&tx, over, thread_id).await?;
                }
                for moderator in moderators.into_iter().flatten() {
                    if Audience::NAMING.contains(&facts.audience) {
                        let role = ParticipantRole::Invited;
                        tx.insert_participant(thread_id, moderator, role).await?;
                    }
                    tell_persona(&tx, moderator, thread_id, EventKind::WorkArrived, None).await?;
                }
                if moderators == [None, None] {
                    want_moderator(&tx, facts).await?;
                }
                Ok(())
            },
        )
        .await
    }

    /// The oversight body that a report is brought to: one that answers, and is
    /// neither reported nor complained of.
    fn oversight_for(
        &self,
        facts: &ThreadFacts,
        reported: AgencyId,
        frozen: &[AgencyId],
    ) -> Option<AgencyId> {
        let directory = self.directory();
        let fits = |one: &AgencyId| {
            let accused = *one == reported || facts.about_agency == Some(*one);
            self.may_oversee(*one) && !accused && !frozen.contains(one)
        };
        let mut bodies: Vec<_> = directory.agencies.iter().collect();
        bodies.sort_by_key(|one| !one.default_oversight);
        let mut others = bodies.into_iter().map(|one| one.id);
        let before = facts.oversight_agency.filter(fits);
        before.or_else(|| others.find(fits))
    }

    fn may_oversee(&self, agency: AgencyId) -> bool {
        let directory = self.directory();
        let agency = directory.agency(agency);
        agency.is_some_and(|one| one.kind == AgencyKind::Oversight && one.answers())
    }

    /// Two moderators, of different organizations if there are such, and neither
    /// the raiser nor who reports.
    async fn two_moderators(
        &self,
        tx: &Tx,
        facts: &ThreadFacts,
        viewer: &Viewer,
        chance: [u8; 32],
    ) -> Result<[Option<PersonaId>; 2], Error> {
        let raiser = tx.account_of_persona(facts.raiser).await?;
        let mut all = tx.moderators().await?;
        all.retain(|(account, _)| Some(*account) != raiser && Some(*account) != viewer.account);
        // Who it is cannot be chosen by whoever reports.
        all.sort_by_cached_key(|(account, _)| drawn(*account, chance));
        let first = all.first().copied();
        let differs = |one: &&(AccountId, Option<OrganizationId>)| {
            first.is_some_and(|first| one.0 != first.0 && one.1 != first.1)
        };
        let second = all.iter().find(differs).or_else(|| all.get(1)).copied();
        let mut two = [None; 2];
        for (place, moderator) in two.iter_mut().zip([first, second]) {
            if let Some((account, _)) = moderator {
                *place = persona_of(tx, account).await?;
            }
        }
        Ok(two)
    }

    /// Decides on a report: for oversight and, where no body of it answers, the
    /// moderators whom it was brought to.
    pub async fn decide_retaliation(
        &self,
        viewer: &Viewer,
        input: &DecideRetaliation,
        once: &Once,
    ) -> Result<Written<RetaliationId>, Error> {
        let mut problems = Problems::default();
        let reason = problems.take("reason", Reason::parse(&input.reason));
        problems.none()?;
        let reason = reason.map(Reason::into_string).unwrap_or_default();
        let id = input.report;
        let claim = self.claim(viewer, "decideRetaliation", once, id.0)?;
        self.store
            .write(self.now(), async |tx| {
                if let Some(before) = claimed(&tx, claim.as_ref()).await? {
                    return Ok(Written::Before(before));
                }
                let report = tx.retaliation(id).await?;
                let thread = report.as_ref().map_or(ThreadId(id.0), |one| one.thread);
                let found = tx.thread_for_update(&viewer.actor, thread).await?;
                let found = found.filter(|found| sees(viewer, &found.facts));
                // Of two who decide at once, the second sees that it is decided.
                let report = tx.retaliation(id).await?;
                let (Some(thread), Some(report)) = (found, report) else {
                    return Err(Error::not_found());
                };
                let frozen = tx.frozen(report.thread).await?;
                let facts = report.facts(self.is_overseen(&report, &frozen));
                policy::decide(
                    &viewer.actor,
                    &Action::DecideRetaliation(&thread.facts, facts),
                )?;
                if report.decided_at.is_some() {
                    let problem = Problem::Invalid("this report was decided on already");
                    return Err(Error::whole(problem));
                }
                let by = viewer.speaks_as.ok_or(Error::Internal("no persona"))?;
                tx.decide_retaliation(id, by, &reason, !input.uphold)
                    .await?;
                tx.audit(viewer.audited("decideRetaliation").of(id));
                let (raiser, kind) = (thread.facts.raiser, EventKind::ConcernMoved);
                tell_persona(&tx, raiser, report.thread, kind, None).await?;
                let assignment = thread.concern.and_then(|concern| concern.assignment);
                let back = assignment.filter(|to| to.agency == report.agency && !input.uphold);
                if let Some(to) = back {
                    call_office(&tx, to, report.thread).await?;
                }
                Ok(Written::Now(id))
            })
            .await
    }

    /// Whether the oversight body that a report was brought to may decide.
    fn is_overseen(&self, report: &Retaliation, frozen: &[AgencyId]) -> bool {
        let body = report.oversight;
        body.is_some_and(|body| self.may_oversee(body) && !frozen.contains(&body))
    }

    fn shows(viewer: &Viewer, thread: &ThreadFacts, report: &Retaliation) -> bool {
        // Who decides is not asked here.
        let action = Action::ViewRetaliation(thread, report.facts(true));
        policy::decide(&viewer.actor, &action).is_ok()
    }

    /// A report as the viewer sees it, in a thread in which these agencies are
    /// frozen.
    fn seen_report(
        &self,
        viewer: &Viewer,
        thread: &ThreadFacts,
        report: Retaliation,
        frozen: &[AgencyId],
    ) -> SeenReport {
        let of = report.facts(self.is_overseen(&report, frozen));
        let action = Action::DecideRetaliation(thread, of);
        let may = policy::decide(&viewer.actor, &action).is_ok();
        SeenReport {
            may_decide: may && report.decided_at.is_none(),
            report,
        }
    }

    /// The reports of a concern that the viewer may read, the newest first.
    /// Whoever is not of the raiser's side is noted in its ledger.
    pub async fn retaliations(
        &self,
        viewer: &Viewer,
        facts: &ThreadFacts,
    ) -> Result<Vec<SeenReport>, Error> {
        let read = self.store.read();
        let mut all = read.retaliations(facts.id).await?;
        all.retain(|report| Self::shows(viewer, facts, report));
        if all.is_empty() {
            return Ok(Vec::new());
        }
        self.note_openings(viewer, &[facts], Opened::Facts).await?;
        let frozen = read.frozen(facts.id).await?;
        let seen = |report| self.seen_report(viewer, facts, report, &frozen);
        Ok(all.into_iter().map(seen).collect())
    }

    /// One report, if the viewer may read it.
    pub async fn retaliation(
        &self,
        viewer: &Viewer,
        id: RetaliationId,
    ) -> Result<Option<SeenReport>, Error> {
        let read = self.store.read();
        let report = read.retaliation(id).await?;
        let thread = report.as_ref().map_or(ThreadId(id.0), |one| one.thread);
        let facts = read.thread_facts(&viewer.actor, thread).await?;
        let Some((report, facts)) = report.zip(facts) else {
            return Ok(None);
        };
        if !Self::shows(viewer, &facts, &report) {
            return Ok(None);
        }
        self.note_openings(viewer, &[&facts], Opened::Facts).await?;
        let frozen = read.frozen(facts.id).await?;
        Ok(Some(self.seen_report(viewer, &facts, report, &frozen)))
    }

    /// The reports that wait for the viewer's decision or attention, with their
    /// threads, the oldest first, at most 50. As many statements for all as for
    /// one.
    pub async fn retaliations_waiting(
        &self,
        viewer: &Viewer,
    ) -> Result<Vec<(SeenReport, Thread)>, Error> {
        let read = self.store.read();
        let waiting = read
            .retaliations_waiting(&viewer.personas, viewer.agency, WAITING_MAX)
            .await?;
        if waiting.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<ThreadId> = waiting.iter().map(|one| one.thread).collect();
        let threads = read.threads_by_id(&viewer.actor, &ids, Wanted::ALL).await?;
        let frozen = read.frozen_in(&ids).await?;
        let seen = |report: Retaliation| {
            let mut threads = threads.iter();
            let thread = threads.find(|one| one.facts.id == report.thread)?;
            if !Self::shows(viewer, &thread.facts, &report) {
                return None;
            }
            let frozen = frozen.iter().filter(|(id, _)| *id == report.thread);
            let frozen: Vec<AgencyId> = frozen.map(|(_, agency)| *agency).collect();
            let report = self.seen_report(viewer, &thread.facts, report, &frozen);
            Some((report, thread.clone()))
        };
        let shown: Vec<(SeenReport, Thread)> = waiting.into_iter().filter_map(seen).collect();
        let opened: Vec<&ThreadFacts> = shown.iter().map(|(_, thread)| &thread.facts).collect();
        self.note_openings(viewer, &opened, Opened::Facts).await?;
        Ok(shown)
    }
}

/// Where an account stands in an order that is drawn by lot.
fn drawn(account: AccountId, chance: [u8; 32]) -> [u8; 32] {
    crate::webhook::secret::mac(&chance, &[account.0.as_bytes()])
}
