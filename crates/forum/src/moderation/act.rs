//! What moderators do to threads and posts.

use audit::{MODERATE, Recorded};
use chrono::{DateTime, Datelike as _, Months, TimeZone as _, Utc};
use domain::event::{EventKind, NewEvent, StreamName};
use domain::id::{ModlogId, PersonaId};
use domain::moderation::{ModAct, ReasonCode, Stands, Subject};
use domain::people::Actor;
use domain::policy::{self, Action, Denial, ThreadFacts};
use domain::text::Reason;
use domain::thread::{Audience, ModerationStatus};
use storage::Tx;
use storage::audit_log::Audited;
use storage::modlog::Entry;
use uuid::Uuid;

use super::held::{LOOKED_AT, end_hold, follow_hold};
use super::{Drawn, Found, Moderator, fits};
use crate::error::Problems;
use crate::once::{Once, Written, claimed};
use crate::thread::{View, tell, tell_of_post, tell_persona};
use crate::{Error, Forum, Problem, Viewer};

/// What goes with SLOW_MODE, and only with it.
const SECONDS: &str = "say with SLOW_MODE, and only with it, how many seconds everyone waits";

/// What is to be done before what is down by order is restored.
const BY_ORDER: &str = "it is down by order: an administrator lifts the demand first";

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
    /// With SLOW_MODE, how many seconds everyone waits after he spoke.
    pub seconds: Option<u32>,
}

/// An act whose words were accepted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deed<'a> {
    pub act: ModAct,
    pub code: ReasonCode,
    pub reason: Option<&'a str>,
    /// The moderator; none where the forum acts.
    pub by: Option<Moderator>,
    /// As what he is decided on, where a second thread is touched.
    pub actor: Option<&'a Actor>,
    /// With SLOW_MODE, how many seconds everyone waits after he spoke.
    pub seconds: Option<u32>,
    /// The entry that it takes back, where that is known.
    pub reverses: Option<ModlogId>,
    /// Whether the law bars the forum from telling the author.
    pub barred: bool,
    /// Whether a moderator may hold by it what the forum held, and is held still.
    pub keeps: bool,
    /// How what it brings back stands then; VISIBLE where nothing is said.
    pub back: Option<ModerationStatus>,
}

impl<'a> Deed<'a> {
    pub(crate) const fn new(
        act: ModAct,
        code: ReasonCode,
        reason: Option<&'a str>,
        by: Option<Moderator>,
    ) -> Self {
        Self {
            act,
            code,
            reason,
            by,
            actor: None,
            seconds: None,
            reverses: None,
            barred: false,
            keeps: false,
            back: None,
        }
    }
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
        let max = self.settings.moderation.slow_seconds_max;
        let slow = input.act == ModAct::SlowMode;
        problems.require(
            slow == input.seconds.is_some(),
            "seconds",
            Problem::Invalid(SECONDS),
        );
        let seconds = input.seconds.unwrap_or(1);
        problems.require(seconds > 0, "seconds", Problem::Invalid(SECONDS));
        let most = Problem::TooMany { max: max as usize };
        problems.require(seconds <= max, "seconds", most);
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
                found.is_of(&tx, input.version.as_deref()).await?;
                let by = Some(self.number_of(&tx, viewer, &drawn).await?);
                let reason = reason.as_ref().map(Reason::as_str);
                let deed = Deed {
                    seconds: input.seconds,
                    actor: Some(&viewer.actor),
                    ..Deed::new(input.act, input.code, reason, by)
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
    pub(crate) async fn carry_out(
        &self,
        tx: &Tx,
        found: &Found,
        deed: Deed<'_>,
        drawn: &Drawn,
    ) -> Result<(), Error> {
        if deed.act == ModAct::Unredact {
            return self.unredact(tx, found, deed, drawn).await;
        }
        if deed.act == ModAct::MoveBack {
            return self.move_back(tx, found, deed, drawn).await;
        }
        let before = found.stands();
        let refused = || Error::at("act", Problem::Denied(Denial::WrongStatus));
        if found.post.is_some() && deed.act.is_of_threads() {
            let why = "only a thread can be so, no post";
            return Err(Error::at("act", Problem::Invalid(why)));
        }
        let keeps = deed.keeps && deed.act == ModAct::Hold;
        let still = (keeps && before.status == ModerationStatus::Held).then_some(before);
        let after = deed.act.apply(before).or(still).ok_or_else(refused)?;
        // A concern that waits for its first look does so also when it comes back.
        let first_look = found.waits_for_first_look();
        let waits = first_look.then_some(ModerationStatus::Held);
        let back = deed.back.or(waits).filter(|_| deed.act == ModAct::Restore);
        let after = Stands {
            status: back.unwrap_or(after.status),
            ..after
        };
        let facts = &found.thread.facts;
        if deed.act == ModAct::Restore && tx.is_down_by_order(found.subject()).await? {
            return Err(Error::at("act", Problem::Invalid(BY_ORDER)));
        }
        if deed.act == ModAct::Remove {
            self.unsettle(tx, found.moderated().author).await?;
        }
        follow_hold(tx, found, (before, after), deed, drawn).await?;
        if let Some(post) = &found.post {
            let open = |status: ModerationStatus| i64::from(status.is_open());
            let shown = open(after.status) - open(before.status);
            tx.save_post_status(post.facts.id, facts.id, after.status, deed.reason, shown)
                .await?;
            let object = Some(post.facts.id.into());
            self.record(tx, facts, found.subject(), deed, drawn).await?;
            let kind = EventKind::PostModerated;
            let shown = before.status.is_open() || after.status.is_open();
            tell_of_post(tx, facts, kind, (post.facts.id, shown));
            if deed.barred {
                return Ok(());
            }
            return tell_persona(tx, post.facts.author, facts.id, kind, object).await;
        }
        // What waits for its first look is released or returned by acts of
        // their own, which also move a concern. By order it is taken down all the
        // same, and waits again once that is lifted.
        let ordered = deed.code == ReasonCode::LegalOrder;
        let widens = after.status == ModerationStatus::Held
            && back.is_none()
            && Audience::NAMING.contains(&facts.audience);
        // A concern ends by its own moves.
        let ends = after.ended && found.thread.concern.is_some();
        let looks = first_look && !ordered && after.status != before.status;
        if looks || deed.act == ModAct::Return {
            let why = "it waits for its first look: use releaseThread or returnThread";
            return Err(Error::at("act", Problem::Invalid(why)));
        }
        if ends {
            let why = "a concern ends by its own moves";
            return Err(Error::at("act", Problem::Invalid(why)));
        }
        // What was merged into another goes on there.
        let merged = deed.act == ModAct::Reopen && found.thread.merged_into.is_some();
        if widens || merged {
            return Err(refused());
        }
        if after.pinned && !before.pinned {
            let max = self.settings.moderation.pinned_max;
            if tx.pinned_threads().await? >= i64::from(max) {
                let max = max as usize;
                return Err(Error::at("act", Problem::TooMany { max }));
            }
        }
        if after.slow && !before.slow && deed.seconds.is_none() {
            return Err(Error::at("seconds", Problem::Invalid(SECONDS)));
        }
        let reason = if after.status == before.status && still.is_none() {
            found.thread.status_reason.as_deref()
        } else {
            deed.reason
        };
        let seconds = deed.seconds.map(i64::from);
        let seconds = seconds.or(found.thread.slow_seconds);
        tx.save_thread_stands(facts.id, after, reason, seconds)
            .await?;
        let facts = ThreadFacts {
            status: after.status,
            locked: after.locked,
            ended: after.ended,
            slow: after.slow,
            ..facts.clone()
        };
        self.record(tx, &facts, found.subject(), deed, drawn)
            .await?;
        tell(tx, &facts, EventKind::ThreadModerated, None);
        if deed.barred {
            return Ok(());
        }
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
    pub(super) async fn record(
        &self,
        tx: &Tx,
        facts: &ThreadFacts,
        subject: Subject,
        deed: Deed<'_>,
        drawn: &Drawn,
    ) -> Result<(), Error> {
        let exact = is_exact(facts);
        let entry = self.write_entry(tx, facts, subject, deed, (exact, deed.reverses), drawn);
        let entry = entry.await?;
        let by = deed.by.map(|by| by.account);
        let detail = format!("{} {}", deed.act.code(), deed.code.code());
        let audited = Audited::new(MODERATE, by).of(subject).recording(entry);
        tx.audit(audited.saying(detail).on_day(!exact));
        Ok(())
    }

    /// Writes an entry: whether it tells when, and what it takes back where that
    /// is known.
    pub(super) async fn write_entry(
        &self,
        tx: &Tx,
        facts: &ThreadFacts,
        subject: Subject,
        deed: Deed<'_>,
        (exact, reverses): (bool, Option<ModlogId>),
        drawn: &Drawn,
    ) -> Result<Recorded, Error> {
        let now = tx.now();
        let entry = Entry {
            id: drawn.entry,
            appears_at: self.appears_at(now, exact),
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
            reverses,
        };
        Ok(tx.write_modlog(&entry).await?)
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
        let by = Some(self.number_of(tx, viewer, drawn).await?);
        let deed = Deed::new(act, code, reason, by);
        let subject = Subject::Thread(facts.id);
        end_hold(tx, facts, subject, &LOOKED_AT, deed, drawn).await?;
        self.record(tx, facts, subject, deed, drawn).await
    }

    /// From when on the record shows what is done now: at once where it tells when,
    /// else with the month after.
    pub(super) fn appears_at(&self, now: DateTime<Utc>, exact: bool) -> DateTime<Utc> {
        if exact { now } else { self.next_month(now) }
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

/// Whether the record tells when something was done in a thread: where everyone may
/// read it.
pub(super) fn is_exact(facts: &ThreadFacts) -> bool {
    facts.audience == Audience::Public
}
