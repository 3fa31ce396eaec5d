//! A moderator's look at what is held.

use std::sync::OnceLock;

use domain::concern::{Concern, Move, State};
use domain::event::{EventKind, NewEvent, StreamName};
use domain::id::ThreadId;
use domain::moderation::{HoldReason, ModAct, ReasonCode, Subject};
use domain::policy::{self, Action, Denial};
use domain::text::Reason;
use domain::thread::ModerationStatus;
use storage::Tx;
use storage::hold::Held;
use storage::thread::Thread;

use crate::concern::{By, Said, Step};
use crate::error::Problems;
use crate::moderation::thread_moderated;
use crate::once::{Once, Written};
use crate::routing::{Filing, Route, route};
use crate::thread::{call_moderators, call_office, tell, tell_persona};
use crate::{Error, Forum, Problem, Viewer};

/// Gives a held thread back to its author.
#[derive(Debug, Clone)]
pub struct ReturnThread {
    /// The thread.
    pub thread: ThreadId,
    /// Why, for the author.
    pub reason: String,
}

impl Forum {
    /// Lets a held thread appear, with words for its author if there are any. A
    /// concern becomes open and is put before the office responsible, if one
    /// answers.
    pub async fn release_thread(
        &self,
        viewer: &Viewer,
        id: ThreadId,
        text: Option<&str>,
        once: &Once,
    ) -> Result<Written<ThreadId>, Error> {
        let mut problems = Problems::default();
        let text = text.and_then(|text| problems.take("text", Reason::parse(text)));
        problems.none()?;
        let raiser = OnceLock::new();
        let (released, assigned) = (self.new_entry_id(), self.new_entry_id());
        let drawn = self.draw();
        let written = self
            .act(viewer, "releaseThread", once, id, id, async |tx, thread| {
                policy::decide(&viewer.actor, &Action::Release(&thread.facts))?;
                not_of_his_own(viewer, &thread)?;
                require_held(&thread)?;
                let Route { to, .. } = self.route_of(&tx, &thread).await?;
                let mut facts = thread.facts.clone();
                facts.status = ModerationStatus::Visible;
                self.note_claim(&tx, viewer, &mut facts).await?;
                let text = text.as_ref().map(Reason::as_str);
                tx.save_status(id, facts.status, text, facts.claimed_by)
                    .await?;
                if let Some(persona) = facts.claimed_by.filter(|_| facts.wants_moderator) {
                    tx.save_claim(id, persona).await?;
                }
                if let Some(account) = tx.account_of_persona(facts.raiser).await? {
                    raiser.get_or_init(|| account);
                    tx.trust_account(account).await?;
                    tx.emit(NewEvent {
                        stream: StreamName::Access,
                        kind: EventKind::AccessChanged,
                        thread: None,
                        object: Some(account.into()),
                    });
                }
                if let Some(concern) = thread.concern {
                    let step = Step::new(released, Move::Release, By::Moderator(viewer.account));
                    let (mut concern, _) = step.make(&tx, id, concern).await?;
                    if let Some(to) = to {
                        let step = Step::new(assigned, Move::Assign(to), By::Forum);
                        (concern, _) = step.make(&tx, id, concern).await?;
                        call_office(&tx, to, id).await?;
                    } else if facts.claimed_by.is_none() {
                        tx.set_wants_moderator(id, true).await?;
                    }
                    self.save_concern(&tx, &thread, &concern).await?;
                }
                let look = (ModAct::Release, ReasonCode::Reviewed, text);
                self.record_look(&tx, viewer, &facts, look, &drawn).await?;
                tell(&tx, &facts, EventKind::ThreadModerated, None);
                tell_persona(&tx, facts.raiser, id, EventKind::ThreadModerated, None).await
            })
            .await?;
        if let Some(account) = raiser.get() {
            self.forget_account(*account);
        }
        Ok(written)
    }

    /// Gives a held thread back to its author, with a reason.
    pub async fn return_thread(
        &self,
        viewer: &Viewer,
        input: &ReturnThread,
        once: &Once,
    ) -> Result<Written<ThreadId>, Error> {
        let mut problems = Problems::default();
        let reason = problems.take("reason", Reason::parse(&input.reason));
        problems.none()?;
        let (id, entry) = (input.thread, self.new_entry_id());
        let drawn = self.draw();
        self.act(viewer, "returnThread", once, id, id, async |tx, thread| {
            policy::decide(&viewer.actor, &Action::Return(&thread.facts))?;
            not_of_his_own(viewer, &thread)?;
            require_held(&thread)?;
            let reason = reason.as_ref().map(Reason::as_str);
            tx.save_status(id, ModerationStatus::Held, reason, thread.facts.claimed_by)
                .await?;
            if let Some(concern) = thread.concern {
                let step =
                    Step::new(entry, Move::Return, By::Moderator(viewer.account)).saying(Said {
                        note: reason.map(str::to_owned),
                        ..Said::default()
                    });
                let (concern, _) = step.make(&tx, id, concern).await?;
                self.save_concern(&tx, &thread, &concern).await?;
            } else {
                tx.save_sent_again(id, false).await?;
            }
            let look = (ModAct::Return, ReasonCode::ToMend, reason);
            self.record_look(&tx, viewer, &thread.facts, look, &drawn)
                .await?;
            tell(&tx, &thread.facts, EventKind::ThreadModerated, None);
            tell_persona(
                &tx,
                thread.facts.raiser,
                id,
                EventKind::ThreadModerated,
                None,
            )
            .await?;
            Ok(())
        })
        .await
    }

    /// Sends what was given back again: a moderator looks at it as at first.
    pub async fn resubmit_thread(
        &self,
        viewer: &Viewer,
        id: ThreadId,
        once: &Once,
    ) -> Result<Written<ThreadId>, Error> {
        let entry = self.new_entry_id();
        self.act(
            viewer,
            "resubmitThread",
            once,
            id,
            id,
            async |tx, thread| {
                policy::decide(&viewer.actor, &Action::Resubmit(&thread.facts))?;
                let claimed_by = thread.facts.claimed_by;
                if let Some(concern) = thread.concern {
                    let step = Step::new(entry, Move::Resubmit, By::Raiser);
                    let (concern, event) = step.make(&tx, id, concern).await?;
                    // What is down by order stays so until that is lifted.
                    if thread.facts.status != ModerationStatus::Held {
                        return Err(Error::whole(Problem::Denied(Denial::WrongStatus)));
                    }
                    tx.save_status(id, ModerationStatus::Held, None, claimed_by)
                        .await?;
                    self.save_concern(&tx, &thread, &concern).await?;
                    tell(&tx, &thread.facts, event, Some(entry.into()));
                } else {
                    require_returned(&tx, viewer, id).await?;
                    tx.save_status(id, ModerationStatus::Held, None, claimed_by)
                        .await?;
                    tx.save_sent_again(id, true).await?;
                    tell(&tx, &thread.facts, EventKind::ThreadChanged, None);
                }
                call_moderators(&tx, id, EventKind::WorkArrived);
                Ok(())
            },
        )
        .await
    }

    async fn route_of(&self, tx: &Tx, thread: &Thread) -> Result<Route, Error> {
        if thread.concern.is_none() {
            return Ok(Route::default());
        }
        let groups = tx.groups_of(&[thread.facts.id]).await?;
        let groups: Vec<String> = groups.into_iter().map(|(_, code)| code).collect();
        let mut route = route(&self.directory(), Filing::of(thread, &groups));
        let frozen = tx.frozen(thread.facts.id).await?;
        route.to = route.to.filter(|to| !frozen.contains(&to.agency));
        Ok(route)
    }
}

/// The life of a thread that must be a concern.
pub(crate) fn concern_of(thread: &Thread) -> Result<Concern, Error> {
    thread
        .concern
        .ok_or_else(|| Error::whole(Problem::Denied(Denial::NotAConcern)))
}

/// Nobody looks at what somebody of his own organization wrote.
fn not_of_his_own(viewer: &Viewer, thread: &Thread) -> Result<(), Error> {
    let action = Action::Moderate(&thread.facts, thread_moderated(thread));
    Ok(policy::decide(&viewer.actor, &action)?)
}

/// Only what was given back to its author is sent again.
async fn require_returned(tx: &Tx, viewer: &Viewer, id: ThreadId) -> Result<(), Error> {
    let held = tx.held(&viewer.actor, &[Subject::Thread(id)]).await?;
    let returned = |one: &Held| one.traces.hold().reason == HoldReason::Returned;
    if held.iter().any(returned) {
        Ok(())
    } else {
        Err(Error::whole(Problem::Denied(Denial::WrongStatus)))
    }
}

fn require_held(thread: &Thread) -> Result<(), Error> {
    let returned = thread
        .concern
        .is_some_and(|concern| concern.state == State::Returned);
    if thread.facts.status == ModerationStatus::Held && !returned {
        Ok(())
    } else {
        Err(Error::whole(Problem::Denied(Denial::WrongStatus)))
    }
}
