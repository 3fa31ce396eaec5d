//! Desks: what waits for an office or for the moderators, and which officer
//! has it in hand.

use domain::concern::Concern;
use domain::desk::{
    WAITS_FOR_OFFICE, WAITS_FOR_RAISER, WAITS_FOR_ROUTE, blocked_on, expected_moves,
};
use domain::id::{AgencyId, PersonaId, ThreadId};
use domain::policy::{self, Action, may_move};
use domain::thread::ThreadKind;
use storage::Tx;
use storage::desk::{DeskCounts, DeskOf, OfficerLoad};
use storage::thread::{DeskFilter, Switch, Thread, ThreadFilter};

use crate::once::{Once, Written};
use crate::thread::{call_desk, concern_of, want_moderator};
use crate::{Error, Forum, Problem, Viewer};

pub use domain::concern::MoveKind;
pub use domain::desk::Blocker;

/// What an officer does with a concern on his desk, besides moving it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeskAct {
    /// He takes it in hand.
    Take,
    /// He, or a colleague, puts it back.
    PutBack,
    /// He means to look at it.
    Shortlist,
    /// He does no longer.
    Unshortlist,
    /// He steps back from it for good.
    Recuse,
}

impl DeskAct {
    const fn operation(self) -> &'static str {
        match self {
            Self::Take => "takeConcern",
            Self::PutBack => "putBackConcern",
            Self::Shortlist => "shortlistConcern",
            Self::Unshortlist => "unshortlistConcern",
            Self::Recuse => "recuseFromConcern",
        }
    }
}

/// What waits for the moderators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queue {
    /// It is before nobody, or nobody was found to review it.
    Unassigned,
    /// Offices sent it on often.
    ReferredOften,
    /// Whoever it waits for is late.
    Overdue,
    /// It is before an agency that does not answer here any more.
    Stranded,
}

impl Forum {
    /// Takes a concern in hand for the office that it is before, puts it back,
    /// or steps back from it. Of two who take it at once, one has it.
    pub async fn desk_act(
        &self,
        viewer: &Viewer,
        id: ThreadId,
        act: DeskAct,
        once: &Once,
    ) -> Result<Written<ThreadId>, Error> {
        self.act(viewer, act.operation(), once, id, id, async |tx, thread| {
            policy::decide(&viewer.actor, &Action::Take(&thread.facts))?;
            let concern = concern_of(&thread)?;
            let own = concern
                .taken_by
                .is_some_and(|officer| viewer.personas.contains(&officer));
            // What is marked for oneself changes nothing for anybody.
            let changes = match act {
                DeskAct::Take => !own,
                DeskAct::PutBack => concern.taken_by.is_some(),
                DeskAct::Recuse => true,
                DeskAct::Shortlist | DeskAct::Unshortlist => false,
            };
            if changes {
                tx.audit(viewer.audited(act.operation()).of(id));
            }
            match act {
                DeskAct::Take => take(&tx, viewer, id, &concern, own).await,
                DeskAct::PutBack => put_back(&tx, id, &concern).await,
                DeskAct::Shortlist => {
                    if !tx.shortlisted(&[id], &viewer.personas).await?.is_empty() {
                        return Ok(());
                    }
                    let max = self.settings.shortlist_max;
                    let scope = policy::desk_scope(&viewer.actor);
                    let listed = tx.thread_count(&scope, &on_shortlist(viewer)).await?;
                    if listed >= i64::from(max) {
                        let max = max as usize;
                        return Err(Error::whole(Problem::TooMany { max }));
                    }
                    shortlist(&tx, viewer, id, Switch::On).await
                }
                DeskAct::Unshortlist => shortlist(&tx, viewer, id, Switch::Off).await,
                DeskAct::Recuse => {
                    shortlist(&tx, viewer, id, Switch::Off).await?;
                    let persona = viewer.speaks_as.ok_or(Error::Internal("no persona"))?;
                    tx.insert_recusal(id, persona).await?;
                    if own {
                        put_back(&tx, id, &concern).await?;
                    }
                    let drafted = concern
                        .drafted_by
                        .is_some_and(|officer| viewer.personas.contains(&officer));
                    if drafted {
                        // What he wrote is not to be published without him.
                        tx.save_drafter(id, None).await?;
                    }
                    self.call_for_another(&tx, &thread, &concern).await
                }
            }
        })
        .await
    }

    /// The agency whose desk the viewer sees; `None` if he sees none.
    pub fn desk_agency(&self, viewer: &Viewer) -> Option<AgencyId> {
        policy::decide(&viewer.actor, &Action::ViewDesk).ok()?;
        viewer.agency
    }

    /// Whether the viewer sees what waits for the moderators.
    pub fn sees_moderation(&self, viewer: &Viewer) -> bool {
        policy::decide(&viewer.actor, &Action::ViewModeration).is_ok()
    }

    /// What is late on a desk: due before today.
    pub fn late(&self, filter: &mut DeskFilter) {
        filter.due_before = Some(self.today());
    }

    /// What is very late on a desk.
    pub fn very_late(&self, filter: &mut DeskFilter) {
        filter.very_overdue_before = Some(self.today());
    }

    /// What one of the moderators' queues holds.
    pub fn queue(&self, queue: Queue) -> DeskFilter {
        let mut filter = DeskFilter::default();
        match queue {
            Queue::Unassigned => filter.states = Some(WAITS_FOR_ROUTE.to_vec()),
            Queue::ReferredOften => filter.referrals_from = Some(self.settings.referred_often),
            Queue::Overdue => self.late(&mut filter),
            Queue::Stranded => {
                let directory = self.directory();
                let agencies = directory.agencies.iter();
                let absent = agencies.filter(|one| !one.answers()).map(|one| one.id);
                filter.before = Some(absent.collect());
                filter.states = Some(WAITS_FOR_OFFICE.to_vec());
            }
        }
        filter
    }

    /// What is on an agency's desk, as far as the viewer sees it, in numbers.
    pub async fn desk_counts(
        &self,
        viewer: &Viewer,
        agency: AgencyId,
    ) -> Result<DeskCounts, Error> {
        policy::decide(&viewer.actor, &Action::ViewDesk)?;
        let (scope, filter) = (policy::desk_scope(&viewer.actor), of_agency(agency));
        let of = DeskOf {
            scope: &scope,
            filter: &filter,
            today: self.today(),
        };
        Ok(self.store.read().desk_counts(of).await?)
    }

    /// What each officer of an agency has in hand, as far as the viewer sees
    /// it.
    pub async fn workload(
        &self,
        viewer: &Viewer,
        agency: AgencyId,
    ) -> Result<Vec<OfficerLoad>, Error> {
        policy::decide(&viewer.actor, &Action::ViewDesk)?;
        let (scope, filter) = (policy::desk_scope(&viewer.actor), of_agency(agency));
        let of = DeskOf {
            scope: &scope,
            filter: &filter,
            today: self.today(),
        };
        Ok(self.store.read().workload(agency, of).await?)
    }

    /// The moves of a concern that the viewer may make now.
    pub fn legal_moves(&self, viewer: &Viewer, thread: &Thread) -> Vec<MoveKind> {
        let Some(concern) = thread.concern else {
            return Vec::new();
        };
        let facts = &thread.facts;
        let approval = self.approval(facts.assigned_agency);
        let mut moves = concern.legal_moves();
        moves.retain(|mv| may_move(&viewer.actor, facts, &concern, approval, *mv));
        moves
    }

    /// Those of them that the concern waits for.
    pub fn expected_of(&self, viewer: &Viewer, thread: &Thread) -> Vec<MoveKind> {
        let Some(concern) = thread.concern else {
            return Vec::new();
        };
        let mut moves = self.legal_moves(viewer, thread);
        moves.retain(|mv| expected_moves(concern.state).contains(mv));
        moves
    }

    /// Those of these threads that are on the viewer's shortlist. Without an
    /// office nobody has one.
    pub async fn shortlisted(
        &self,
        viewer: &Viewer,
        ids: &[ThreadId],
    ) -> Result<Vec<ThreadId>, Error> {
        if viewer.offices.is_empty() {
            return Ok(Vec::new());
        }
        let read = self.store.read();
        Ok(read.shortlisted(ids, &viewer.personas).await?)
    }

    /// Whom a concern waits for, if for anybody.
    pub fn blocked_on(&self, thread: &Thread) -> Option<Blocker> {
        let concern = thread.concern?;
        let directory = self.directory();
        let before = concern
            .assignment
            .and_then(|to| directory.agency(to.agency));
        blocked_on(concern.state, before.map(|agency| agency.kind))
    }
}

/// What is on an agency's desk.
pub fn of_agency(agency: AgencyId) -> ThreadFilter {
    ThreadFilter {
        assigned_agency: Some(agency),
        desk: Some(DeskFilter::default()),
        ..ThreadFilter::default()
    }
}

/// What the viewer has on his shortlist.
fn on_shortlist(viewer: &Viewer) -> ThreadFilter {
    ThreadFilter {
        desk: Some(DeskFilter {
            shortlisted_by: Some(viewer.personas.clone()),
            ..DeskFilter::default()
        }),
        ..ThreadFilter::default()
    }
}

/// The concerns of the viewer, or only those that wait for him.
pub fn own_concerns(viewer: &Viewer, waiting: bool) -> ThreadFilter {
    ThreadFilter {
        kind: Some(ThreadKind::Concern),
        raised_by: Some(viewer.personas.clone()),
        desk: waiting.then(|| DeskFilter {
            states: Some(WAITS_FOR_RAISER.to_vec()),
            ..DeskFilter::default()
        }),
        ..ThreadFilter::default()
    }
}

async fn take(
    tx: &Tx,
    viewer: &Viewer,
    id: ThreadId,
    concern: &Concern,
    own: bool,
) -> Result<(), Error> {
    if blocked_on(concern.state, None).is_none() {
        let problem = Problem::Invalid("nothing more is expected of an office here");
        return Err(Error::whole(problem));
    }
    match concern.taken_by {
        Some(_) if own => Ok(()),
        Some(_) => Err(Error::whole(Problem::Taken)),
        None => Ok(tx.save_officer(id, viewer.speaks_as).await?),
    }
}

async fn shortlist(tx: &Tx, viewer: &Viewer, id: ThreadId, on: Switch) -> Result<(), Error> {
    let persona = viewer.speaks_as.ok_or(Error::Internal("no persona"))?;
    tx.set_shortlisted(id, persona, &viewer.personas, on)
        .await?;
    Ok(())
}

async fn put_back(tx: &Tx, id: ThreadId, concern: &Concern) -> Result<(), Error> {
    if concern.taken_by.is_none() {
        return Ok(());
    }
    tx.save_officer(id, None).await?;
    if let Some(to) = concern.assignment {
        call_desk(tx, to, id);
    }
    Ok(())
}

impl Forum {
    /// Where too few of an office are left to answer, a moderator is told.
    async fn call_for_another(
        &self,
        tx: &Tx,
        thread: &Thread,
        concern: &Concern,
    ) -> Result<(), Error> {
        let id = thread.facts.id;
        let office = thread.facts.assigned_office;
        let offices: Vec<_> = office.into_iter().collect();
        // Whoever gave the answer that is looked at again is none of them.
        let before: Vec<PersonaId> = concern.reviewed().collect();
        let left = tx.offices_without(&offices, &before, id).await?;
        let needed = concern
            .assignment
            .map_or(1, |to| self.officers_needed(&thread.facts, to));
        if !left.iter().any(|(_, many)| *many >= needed) {
            want_moderator(tx, &thread.facts).await?;
        }
        Ok(())
    }
}
