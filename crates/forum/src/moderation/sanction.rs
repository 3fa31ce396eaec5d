//! Sanctions: warning at once, proposing what weighs more, deciding on what
//! another proposed, and taking back.

use chrono::{DateTime, Duration, Utc};
use domain::event::{EventKind, NewEvent, StreamName};
use domain::id::{AccountId, SanctionId};
use domain::moderation::{
    ModAct, ReasonCode, SanctionDecision, SanctionKind, SanctionReach, Subject, Terms, TermsError,
};
use domain::people::Duty;
use domain::policy::{self, Action, Moderated, Proposer, ThreadFacts};
use domain::text::Reason;
use storage::Tx;
use storage::audit_log::Audited;
use storage::sanction::Sanction;

use super::act::Deed;
use super::{Drawn, Found, Moderator, takes};
use crate::account::{access_changed, viewer};
use crate::error::Problems;
use crate::once::{Once, Written, claimed};
use crate::thread::call_moderators;
use crate::{Error, Forum, Problem, Viewer};

/// A sanction, as it was typed.
#[derive(Debug, Clone)]
pub struct ProposeSanction {
    /// The thread or post that it is for.
    pub subject: Subject,
    /// What is done to its author.
    pub kind: SanctionKind,
    /// How far it reaches.
    pub reach: Option<SanctionReach>,
    /// When it ends by itself.
    pub until: Option<DateTime<Utc>>,
    /// Why, as a code.
    pub code: ReasonCode,
    /// Why, in words for whoever is sanctioned.
    pub reason: String,
    /// The text that was judged.
    pub version: Option<String>,
}

/// A decision on a sanction, as it was typed.
#[derive(Debug, Clone)]
pub struct DecideSanction {
    /// The sanction.
    pub sanction: SanctionId,
    /// What is decided.
    pub decision: SanctionDecision,
    /// Why, in words for the moderators.
    pub reason: String,
}

/// The end of a sanction before its time, as it was typed.
#[derive(Debug, Clone)]
pub struct LiftSanction {
    /// The sanction.
    pub sanction: SanctionId,
    /// Why, as a code.
    pub code: ReasonCode,
    /// Why, in words for whoever was sanctioned.
    pub reason: String,
}

/// A sanction that the viewer may work on, with what it is for.
struct Case {
    sanction: Sanction,
    found: Found,
    /// Whose it is.
    account: AccountId,
    /// The moderator at work.
    by: Moderator,
}

impl Forum {
    /// Warns whoever wrote something, or proposes a heavier sanction, on which
    /// another moderator decides.
    pub async fn propose_sanction(
        &self,
        viewer: &Viewer,
        input: &ProposeSanction,
        once: &Once,
    ) -> Result<Written<SanctionId>, Error> {
        let now = self.now();
        let mut problems = Problems::default();
        let reason = problems.take("text", Reason::parse(&input.reason));
        let max = self.settings.moderation.sanction_days_max;
        let terms = Terms::of(input.kind, input.reach, input.until, now, max);
        for wrong in terms.as_ref().err().into_iter().flatten() {
            let (field, problem) = self.wrong(*wrong);
            problems.add(field, problem);
        }
        problems.none()?;
        let (Ok(terms), Some(reason)) = (terms, reason) else {
            return Err(Error::Internal("a problem that was not named"));
        };
        takes(input.kind.act(), input.code)?;
        let id = SanctionId(domain::id::unordered(self.random()));
        let claim = self.claim(viewer, "proposeSanction", once, id.into())?;
        let drawn = self.draw();
        let written = self.store.write(now, async |tx| {
            if let Some(before) = claimed(&tx, claim.as_ref()).await? {
                return Ok((Written::Before(before), None));
            }
            let found = self.found(&tx, viewer, input.subject).await?;
            policy::decide(
                &viewer.actor,
                &Action::Sanction(&found.thread.facts, found.moderated()),
            )?;
            found.is_of(&tx, input.version.as_deref()).await?;
            let account = self.account_behind(&tx, &found).await?;
            let now = self.of_now(&tx, &found, account).await?;
            policy::decide(&viewer.actor, &Action::Sanction(&found.thread.facts, now))?;
            let by = self.number_of(&tx, viewer, &drawn).await?;
            let sanction = begin(id, &found, terms, (input.code, &reason), by, tx.now())?;
            let both = [found.moderated(), now];
            self.is_first(&tx, viewer, (&sanction, &found), both)
                .await?;
            tx.insert_sanction(&sanction).await?;
            let audited = viewer.audited("proposeSanction").of(input.subject);
            let detail = format!("{} {}", input.kind.code(), input.code.code());
            tx.audit(audited.about([account]).saying(detail).on_day(true));
            if input.kind != SanctionKind::Warn {
                call_moderators(&tx, found.thread.facts.id, EventKind::WorkArrived);
                return Ok((Written::Now(id), None));
            }
            let mut case = Case {
                sanction,
                found,
                account,
                by,
            };
            case.sanction.decision = Some(SanctionDecision::Approve);
            self.take_effect(&tx, &mut case, &drawn).await?;
            Ok::<_, Error>((Written::Now(id), Some(account)))
        });
        Ok(self.forgetting(written.await?))
    }

    /// That the same was not proposed by the same moderator, nor by one on whose proposal
    /// this one decides: who may do neither is kept from nothing by it.
    async fn is_first(
        &self,
        tx: &Tx,
        viewer: &Viewer,
        (new, found): (&Sanction, &Found),
        of: [Moderated; 2],
    ) -> Result<(), Error> {
        let facts = &found.thread.facts;
        for before in tx.alike(new, tx.now() - self.proposal_time()).await? {
            let stands = before.kind == SanctionKind::Warn;
            let own = before.proposer == new.proposer && before.until == new.until;
            if stands || own || self.decides(tx, viewer, (&before, facts), of).await? {
                return Err(Error::whole(Problem::AlreadyProposed));
            }
        }
        Ok(())
    }

    /// Whether the viewer decides on what was proposed.
    async fn decides(
        &self,
        tx: &Tx,
        viewer: &Viewer,
        (proposed, facts): (&Sanction, &ThreadFacts),
        of: [Moderated; 2],
    ) -> Result<bool, Error> {
        let proposer = self.proposer(tx, proposed, of).await?;
        Ok(of.iter().all(|one| {
            let action = Action::DecideSanction(facts, *one, proposer);
            policy::decide(&viewer.actor, &action).is_ok()
        }))
    }

    /// Decides on a sanction that another moderator proposed. Of two who decide
    /// at once, one does.
    pub async fn decide_sanction(
        &self,
        viewer: &Viewer,
        input: &DecideSanction,
        once: &Once,
    ) -> Result<Written<SanctionId>, Error> {
        let mut problems = Problems::default();
        let reason = problems.take("text", Reason::parse(&input.reason));
        problems.none()?;
        let id = input.sanction;
        let claim = self.claim(viewer, "decideSanction", once, id.into())?;
        let drawn = self.draw();
        let written = self.store.write(self.now(), async |tx| {
            if let Some(before) = claimed(&tx, claim.as_ref()).await? {
                return Ok((Written::Before(before), None));
            }
            if input.decision == SanctionDecision::Approve {
                tx.hold_duty(Duty::Administrator).await?;
            }
            let (sanction, found) = self.case(&tx, viewer, id).await?;
            let account = self.account_behind(&tx, &found).await?;
            let both = [
                sanction.moderated(),
                self.of_now(&tx, &found, account).await?,
            ];
            let proposer = self.proposer(&tx, &sanction, both).await?;
            for moderated in both {
                let facts = &found.thread.facts;
                let action = Action::DecideSanction(facts, moderated, proposer);
                policy::decide(&viewer.actor, &action)?;
            }
            if let Some(decision) = sanction.decision {
                return Err(Error::whole(Problem::AlreadyDecided(decision.code())));
            }
            if self.lapses_at(&sanction) <= tx.now() {
                let why = "this proposal has lapsed";
                return Err(Error::whole(Problem::Invalid(why)));
            }
            let by = self.number_of(&tx, viewer, &drawn).await?;
            let mut case = Case {
                sanction,
                found,
                account,
                by,
            };
            case.sanction.decision = Some(input.decision);
            case.sanction.decider = Some(by.number);
            case.sanction.decision_reason = reason.as_ref().map(|one| one.as_str().to_owned());
            let audited = viewer.audited("decideSanction").of(id).about([account]);
            tx.audit(audited.saying(input.decision.code()).on_day(true));
            let thread = case.found.thread.facts.id;
            call_moderators(&tx, thread, EventKind::WorkArrived);
            if input.decision == SanctionDecision::Reject {
                case.sanction.decided_at = Some(tx.now());
                tx.save_sanction(&case.sanction).await?;
                return Ok((Written::Now(id), None));
            }
            // Whoever is silenced may still administer.
            let out = match case.sanction.kind {
                SanctionKind::Ban => true,
                SanctionKind::Suspend => case.sanction.reach == Some(SanctionReach::Everything),
                SanctionKind::Warn | SanctionKind::Silence => false,
            };
            if out && tx.last_with_duty(Duty::Administrator, account).await? {
                let why = "the last administrator stays one";
                return Err(Error::whole(Problem::Invalid(why)));
            }
            self.take_effect(&tx, &mut case, &drawn).await?;
            Ok::<_, Error>((Written::Now(id), Some(account)))
        });
        Ok(self.forgetting(written.await?))
    }

    /// Takes a sanction back before its end.
    pub async fn lift_sanction(
        &self,
        viewer: &Viewer,
        input: &LiftSanction,
        once: &Once,
    ) -> Result<Written<SanctionId>, Error> {
        let mut problems = Problems::default();
        let reason = problems.take("text", Reason::parse(&input.reason));
        problems.none()?;
        takes(ModAct::Lift, input.code)?;
        let id = input.sanction;
        let claim = self.claim(viewer, "liftSanction", once, id.into())?;
        let drawn = self.draw();
        let written = self.store.write(self.now(), async |tx| {
            if let Some(before) = claimed(&tx, claim.as_ref()).await? {
                return Ok((Written::Before(before), None));
            }
            let (sanction, found) = self.case(&tx, viewer, id).await?;
            let proposer = tx.proposer(sanction.proposer, tx.now()).await?.account;
            let facts = &found.thread.facts;
            let lift = Action::LiftSanction(facts, sanction.moderated(), proposer);
            policy::decide(&viewer.actor, &lift)?;
            if !sanction.stands(tx.now()) {
                let why = "this sanction does not stand";
                return Err(Error::whole(Problem::Invalid(why)));
            }
            let account = self.account_behind(&tx, &found).await?;
            let now = self.of_now(&tx, &found, account).await?;
            policy::decide(&viewer.actor, &Action::LiftSanction(facts, now, proposer))?;
            let by = self.number_of(&tx, viewer, &drawn).await?;
            let reason = reason.as_ref().map(Reason::as_str);
            let deed = Deed::new(ModAct::Lift, input.code, reason, Some(by));
            self.end_sanction(&tx, &found, (sanction, account), deed, &drawn)
                .await?;
            let audited = viewer.audited("liftSanction").of(id).about([account]);
            tx.audit(audited.saying(input.code.code()).on_day(true));
            Ok::<_, Error>((Written::Now(id), Some(account)))
        });
        Ok(self.forgetting(written.await?))
    }

    /// When a proposal lapses: by its time, or because what it asks for would be
    /// over.
    pub(super) fn lapses_at(&self, of: &Sanction) -> DateTime<Utc> {
        let lapses = of.proposed_at + self.proposal_time();
        of.until.map_or(lapses, |end| end.min(lapses))
    }

    /// How long a proposal waits for a decision.
    pub(super) fn proposal_time(&self) -> Duration {
        Duration::days(self.settings.moderation.proposal_days.into())
    }

    /// No longer keeps what a sanctioned account might do.
    fn forgetting(
        &self,
        (written, reached): (Written<SanctionId>, Option<AccountId>),
    ) -> Written<SanctionId> {
        if let Some(account) = reached {
            self.forget_account(account);
        }
        written
    }

    /// A sanction that the viewer sees, and what it is for, whose thread's row is
    /// locked.
    async fn case(
        &self,
        tx: &Tx,
        viewer: &Viewer,
        id: SanctionId,
    ) -> Result<(Sanction, Found), Error> {
        let before = tx.sanction(id).await?;
        let nothing = Subject::Thread(id.0.into());
        let subject = before.as_ref().map_or(nothing, Sanction::subject);
        let found = self.found(tx, viewer, subject).await?;
        let sanction = tx.sanction(id).await?.ok_or_else(Error::not_found)?;
        let view = Action::ViewReviewable(&found.thread.facts, sanction.moderated());
        policy::decide(&viewer.actor, &view)?;
        Ok((sanction, found))
    }

    /// Whose account stands behind what was written.
    async fn account_behind(&self, tx: &Tx, found: &Found) -> Result<AccountId, Error> {
        let account = tx.account_of_persona(found.moderated().author).await?;
        let why = "whoever wrote this has no account that could be sanctioned";
        account.ok_or_else(|| Error::whole(Problem::Invalid(why)))
    }

    /// What policy decides on, by the organization that the author is of now: he
    /// may have written for none, or for another.
    async fn of_now(&self, tx: &Tx, found: &Found, account: AccountId) -> Result<Moderated, Error> {
        Ok(Moderated {
            organization: tx.affiliations(account).await?.organization,
            ..found.moderated()
        })
    }

    /// Whoever proposed a sanction, as he stands towards its thread and its author
    /// now.
    async fn proposer(
        &self,
        tx: &Tx,
        of: &Sanction,
        moderated: [Moderated; 2],
    ) -> Result<Proposer, Error> {
        let known = tx.proposer(of.proposer, tx.now()).await?;
        let account = match known.account {
            Some(id) => tx.account(id).await?,
            None => None,
        };
        let Some(account) = account.filter(|one| one.standing.may_sign_in()) else {
            return Ok(Proposer {
                fit: false,
                ..known
            });
        };
        let stands = self.stands(tx, &account).await?;
        let himself = viewer(&account, &stands, None).actor;
        let facts = tx.thread_facts(&himself, of.thread).await?;
        let facts = facts.ok_or_else(Error::not_found)?;
        let fit = moderated.map(|one| Proposer::of(&himself, &facts, one).fit);
        Ok(Proposer {
            fit: fit.iter().all(|fit| *fit),
            ..known
        })
    }

    /// What was decided takes effect: it stands in the record, and whoever is
    /// sanctioned is told.
    async fn take_effect(&self, tx: &Tx, case: &mut Case, drawn: &Drawn) -> Result<(), Error> {
        let reason = case.sanction.reason.clone();
        let (act, code) = (case.sanction.kind.act(), case.sanction.code);
        let deed = Deed::new(act, code, Some(&reason), Some(case.by));
        self.enter_sanction(tx, &case.found, deed, drawn).await?;
        case.sanction.entry = Some(drawn.entry);
        case.sanction.decided_at = Some(tx.now());
        self.follow_up(tx, &case.sanction, case.account).await
    }

    /// Takes a sanction back: it stands in the record, and whoever is sanctioned
    /// is told.
    async fn end_sanction(
        &self,
        tx: &Tx,
        found: &Found,
        (mut sanction, account): (Sanction, AccountId),
        deed: Deed<'_>,
        drawn: &Drawn,
    ) -> Result<(), Error> {
        let deed = Deed {
            reverses: sanction.entry,
            ..deed
        };
        self.enter_sanction(tx, found, deed, drawn).await?;
        sanction.lifted_at = Some(tx.now());
        self.follow_up(tx, &sanction, account).await
    }

    /// Takes back the sanction of an entry that was wrong, if it stands; gives
    /// whose it was.
    pub(super) async fn end_on_appeal(
        &self,
        tx: &Tx,
        found: &Found,
        sanction: Sanction,
        deed: Deed<'_>,
        drawn: &Drawn,
    ) -> Result<Option<AccountId>, Error> {
        if !sanction.stands(tx.now()) {
            tell_outcome(tx, &sanction).await?;
            return Ok(None);
        }
        let account = self.account_behind(tx, found).await?;
        self.end_sanction(tx, found, (sanction, account), deed, drawn)
            .await?;
        Ok(Some(account))
    }

    /// Of when, and of what, nothing is told: beside what was done to the text at
    /// that moment it would name who was sanctioned.
    pub(super) async fn enter_sanction(
        &self,
        tx: &Tx,
        found: &Found,
        deed: Deed<'_>,
        drawn: &Drawn,
    ) -> Result<(), Error> {
        let (facts, subject) = (&found.thread.facts, found.subject());
        let inexact = (false, deed.reverses);
        let entry = self.write_entry(tx, facts, subject, deed, inexact, drawn);
        let audited = Audited::new("enterSanction", None).recording(entry.await?);
        tx.audit(audited.on_day(true));
        Ok(())
    }

    /// Saves a sanction that took effect or was taken back, and tells whose it is.
    async fn follow_up(
        &self,
        tx: &Tx,
        sanction: &Sanction,
        account: AccountId,
    ) -> Result<(), Error> {
        tx.save_sanction(sanction).await?;
        if sanction.reach.is_some() {
            tx.count_sanctions(account).await?;
            tx.emit(access_changed(account.into()));
        }
        tell_sanctioned(tx, account, sanction.id);
        Ok(())
    }

    fn wrong(&self, error: TermsError) -> (&'static str, Problem) {
        match error {
            TermsError::ScopeGiven => ("scope", Problem::Invalid("a warning has no scope")),
            TermsError::ScopeMissing => {
                let why = "say where: a silence or a suspension has a scope";
                ("scope", Problem::Invalid(why))
            }
            TermsError::Narrow => ("scope", Problem::Invalid("a ban is of everything")),
            TermsError::EndGiven => {
                let why = "a warning or a ban has no end";
                ("until", Problem::Invalid(why))
            }
            TermsError::EndMissing => {
                let why = "a silence or a suspension ends, an hour from now or later";
                ("until", Problem::Invalid(why))
            }
            TermsError::TooLong(last) => {
                let day = last.with_timezone(&self.settings.zone).date_naive();
                ("until", Problem::TooFar(day))
            }
        }
    }
}

/// Tells whose a sanction is that his appeal was decided on, where nothing changed by
/// that.
pub(super) async fn tell_outcome(tx: &Tx, sanction: &Sanction) -> Result<(), Error> {
    if let Some(account) = tx.account_of_persona(sanction.author).await? {
        tell_sanctioned(tx, account, sanction.id);
    }
    Ok(())
}

/// Tells somebody that there is something to read of a sanction of his.
fn tell_sanctioned(tx: &Tx, account: AccountId, sanction: SanctionId) {
    tx.emit(NewEvent {
        stream: StreamName::Inbox(account),
        kind: EventKind::SanctionChanged,
        thread: None,
        object: Some(sanction.into()),
    });
}

/// A sanction that is proposed.
fn begin(
    id: SanctionId,
    found: &Found,
    terms: Terms,
    (code, reason): (ReasonCode, &Reason),
    by: Moderator,
    now: DateTime<Utc>,
) -> Result<Sanction, Error> {
    let reach = terms.reach();
    let filed = found.thread.category.clone();
    let category = filed.filter(|_| reach == Some(SanctionReach::Category));
    if reach == Some(SanctionReach::Category) && category.is_none() {
        let why = "this thread is filed under no category";
        return Err(Error::at("scope", Problem::Invalid(why)));
    }
    let moderated = found.moderated();
    Ok(Sanction {
        id,
        author: moderated.author,
        organization: moderated.organization,
        thread: found.thread.facts.id,
        post: match found.subject() {
            Subject::Thread(_) => None,
            Subject::Post(id) => Some(id),
        },
        title: found.title().map(str::to_owned),
        body: found.body().to_owned(),
        status: found.stands().status,
        kind: terms.kind(),
        reach,
        category,
        until: terms.until(),
        code,
        reason: reason.as_str().to_owned(),
        proposer: by.number,
        proposed_at: now,
        decision: None,
        decider: None,
        decision_reason: None,
        decided_at: None,
        entry: None,
        lifted_at: None,
    })
}
