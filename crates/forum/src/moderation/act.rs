//! What moderators do to threads and posts.

use chrono::{DateTime, Datelike as _, Months, TimeZone as _, Utc};
use domain::concern::State;
use domain::event::{EventKind, NewEvent, StreamName};
use domain::id::PersonaId;
use domain::moderation::{ModAct, ReasonCode, Subject};
use domain::policy::{self, Action, Denial, ThreadFacts};
use domain::text::Reason;
use domain::thread::{Audience, ModerationStatus};
use storage::Tx;
use storage::audit_log::Audited;
use storage::modlog::Entry;
use uuid::Uuid;

use super::{Drawn, Found, Moderator, fits};
use crate::error::Problems;
use crate::once::{Once, Written, claimed};
use crate::thread::{View, tell, tell_persona};
use crate::{Error, Forum, Problem, Viewer};

/// An act, as it was typed.
#[derive(Debug, Clone)]
pub struct Moderate {
    /// The thread or post.
    pub subject: Subject,
    /// What is done.
    pub act: ModAct,
    /// Why, as a code.
    pub code: ReasonCode,
    /// Why, in words for the author.
    pub reason: String,
    /// The text that was judged.
    pub version: Option<String>,
}

/// An act whose words were accepted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deed<'a> {
    pub act: ModAct,
    pub code: ReasonCode,
    pub reason: Option<&'a str>,
    /// The moderator; none where the forum acts.
    pub by: Option<Moderator>,
}

impl Forum {
    /// Does something to a thread or a post, as a moderator.
    pub async fn moderate(
        &self,
        viewer: &Viewer,
        input: &Moderate,
        once: &Once,
    ) -> Result<Written<Uuid>, Error> {
        let mut problems = Problems::default();
        let reason = problems.take("text", Reason::parse(&input.reason));
        problems.none()?;
        fits(input.act, input.code)?;
        let id = Uuid::from(input.subject);
        let claim = self.claim(viewer, "moderate", once, id)?;
        let drawn = self.draw();
        let written = self
            .store
            .write(self.now(), async |tx| {
                if let Some(before) = claimed(&tx, claim.as_ref()).await? {
                    return Ok(Written::Before(before));
                }
                let found = self.found(&tx, viewer, input.subject).await?;
                let action = Action::Moderate(&found.thread.facts, found.moderated());
                policy::decide(&viewer.actor, &action)?;
                found.is_of(input.version.as_deref())?;
                let deed = Deed {
                    act: input.act,
                    code: input.code,
                    reason: reason.as_ref().map(Reason::as_str),
                    by: Some(self.number_of(&tx, viewer, &drawn).await?),
                };
                self.carry_out(&tx, &found, deed, &drawn).await?;
                Ok::<_, Error>(Written::Now(id))
            })
            .await?;
        let judged = View::judged(viewer, input.subject);
        if matches!(written, Written::Now(_)) {
            self.people.views.know(&judged);
        }
        Ok(written)
    }

    /// Does it, writes it into the record and tells the author: the one way in
    /// which an act is done. Who may was decided before.
    pub(super) async fn carry_out(
        &self,
        tx: &Tx,
        found: &Found,
        deed: Deed<'_>,
        drawn: &Drawn,
    ) -> Result<(), Error> {
        let before = found.stands();
        let refused = || Error::at("act", Problem::Denied(Denial::WrongStatus));
        let after = deed.act.apply(before).ok_or_else(refused)?;
        let facts = &found.thread.facts;
        if deed.act == ModAct::Remove {
            self.unsettle(tx, found.moderated().author).await?;
        }
        if let Some(post) = &found.post {
            // A post is not closed to speaking, and nobody gives one back.
            if matches!(deed.act, ModAct::Lock | ModAct::Unlock | ModAct::Return) {
                return Err(refused());
            }
            let open = |status: ModerationStatus| i64::from(status.is_open());
            let shown = open(after.status) - open(before.status);
            tx.save_post_status(post.facts.id, facts.id, after.status, deed.reason, shown)
                .await?;
            let object = Some(post.facts.id.into());
            self.record(tx, facts, found.subject(), deed, drawn).await?;
            tell(tx, facts, EventKind::PostModerated, object);
            let kind = EventKind::PostModerated;
            return tell_persona(tx, post.facts.author, facts.id, kind, object).await;
        }
        // What waits for its first look is released or returned by acts of
        // their own, which also move a concern.
        let first_look = found
            .thread
            .concern
            .is_some_and(|concern| matches!(concern.state, State::Submitted | State::Returned));
        let widens =
            after.status == ModerationStatus::Held && Audience::NAMING.contains(&facts.audience);
        if first_look && after.status != before.status || widens || deed.act == ModAct::Return {
            return Err(refused());
        }
        let reason = if after.status == before.status {
            found.thread.status_reason.as_deref()
        } else {
            deed.reason
        };
        tx.save_thread_stands(facts.id, after.status, reason, after.locked)
            .await?;
        let facts = ThreadFacts {
            status: after.status,
            locked: after.locked,
            ..facts.clone()
        };
        self.record(tx, &facts, found.subject(), deed, drawn)
            .await?;
        tell(tx, &facts, EventKind::ThreadModerated, None);
        tell_persona(tx, facts.raiser, facts.id, EventKind::ThreadModerated, None).await
    }

    /// Has what somebody writes counted again, of whom something was removed.
    async fn unsettle(&self, tx: &Tx, author: PersonaId) -> Result<(), Error> {
        if let Some(account) = tx.unsettle(author).await? {
            self.forget_account(account);
            tx.emit(NewEvent {
                stream: StreamName::Access,
                kind: EventKind::AccessChanged,
                thread: None,
                object: Some(account.into()),
            });
        }
        Ok(())
    }

    /// Writes an act into the public record.
    async fn record(
        &self,
        tx: &Tx,
        facts: &ThreadFacts,
        subject: Subject,
        deed: Deed<'_>,
        drawn: &Drawn,
    ) -> Result<(), Error> {
        let exact = facts.audience == Audience::Public;
        let now = tx.now();
        tx.write_modlog(&Entry {
            id: drawn.entry,
            appears_at: if exact { now } else { self.next_month(now) },
            exact,
            act: deed.act,
            code: deed.code,
            reason: deed.reason.map(str::to_owned),
            thread: facts.id,
            post: match subject {
                Subject::Thread(_) => None,
                Subject::Post(id) => Some(id),
            },
            moderator: deed.by.map(|by| by.number),
            reverses: None,
        })
        .await?;
        let by = deed.by.map(|by| by.account);
        let detail = format!("{} {}", deed.act.code(), deed.code.code());
        let audited = Audited::new("moderate", by).of(subject);
        tx.audit(audited.saying(detail).on_day(!exact));
        Ok(())
    }

    /// Writes a first look at a thread into the record.
    pub(crate) async fn record_look(
        &self,
        tx: &Tx,
        viewer: &Viewer,
        facts: &ThreadFacts,
        look: (ModAct, ReasonCode, Option<&str>),
        drawn: &Drawn,
    ) -> Result<(), Error> {
        let (act, code, reason) = look;
        let deed = Deed {
            act,
            code,
            reason,
            by: Some(self.number_of(tx, viewer, drawn).await?),
        };
        let subject = Subject::Thread(facts.id);
        self.record(tx, facts, subject, deed, drawn).await
    }

    /// The first moment of the month after, by the forum's days.
    fn next_month(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let zone = self.settings.zone;
        let today = now.with_timezone(&zone).date_naive();
        let first = today
            .with_day(1)
            .and_then(|day| day.checked_add_months(Months::new(1)))
            .and_then(|day| day.and_hms_opt(0, 0, 0))
            .and_then(|midnight| zone.from_local_datetime(&midnight).earliest());
        first.map_or(now, |moment| moment.with_timezone(&Utc))
    }
}
