//! What authorities demand by law: registered, approved by two, told to the
//! person unless the law bars it, and counted.

use chrono::{Days, NaiveDate};
use domain::concern::{Concern, State};
use domain::event::EventKind;
use domain::id::{DemandId, PostId, ThreadId};
use domain::legal::{BARRED_DAYS_MAX, DemandDecision, DemandKind, DemandStatus, Instrument};
use domain::moderation::{ModAct, ReasonCode, Subject};
use domain::policy::{self, Action};
use domain::reference::Reference;
use domain::text::{OrganizationName, Reason, StepText};
use domain::thread::{Audience, ModerationStatus};
use storage::Tx;
use storage::job::{LeasedJob, NewJob};
use storage::legal::{Demand, DemandPlace};
use storage::thread::{Slice, ThreadKey};

use crate::error::Problems;
use crate::moderation::{Deed, Drawn, Found, put_held};
use crate::once::{Once, Written, claimed};
use crate::thread::{call_moderators, tell_persona};
use crate::{Error, Forum, Problem, Viewer};

/// The kind of the jobs that tell somebody once the law does not bar it any more.
pub(crate) const BAR: &str = "bar";

/// What goes with a bar on notice, and only with it.
const UNTIL: &str = "say with noticeBarred, and only with it, until which day notice is barred";

/// The field that says so.
const BARRED_UNTIL: &str = "noticeBarredUntil";

/// The field that names a thread by its reference.
const NAMED: &str = "subjectReference";

/// What is no reference.
const MISTYPED: &str = "this is no reference of a thread, or it is mistyped";

/// It is named once.
const TWICE: &str = "name the thread by its id or by its reference, not by both";

/// What is told of a reference to nothing, once two approved.
const NO_SUCH: &str = "there is no thread with the reference that it names: refuse it";

/// What holds is lifted, and nothing else.
const NOT_YET: &str = "only what was complied with is lifted: refuse it";

/// A demand, as it was typed.
#[derive(Debug, Clone)]
pub struct RegisterDemand {
    /// What is demanded.
    pub kind: DemandKind,
    /// By what.
    pub instrument: Instrument,
    /// Who demands it.
    pub authority: String,
    /// Under which number.
    pub reference: Option<String>,
    /// What it reaches, in words.
    pub scope: String,
    /// The thread or post that it is about.
    pub subject: Option<Subject>,
    /// The thread, by its reference: also one that whoever registers it does not see.
    pub subject_reference: Option<String>,
    /// The day on which it came.
    pub received_on: NaiveDate,
    /// Whether the law bars the forum from telling the person.
    pub notice_barred: bool,
    /// The last day on which it does; said with a bar, and only with it.
    pub barred_until: Option<NaiveDate>,
}

/// A decision on a demand, as it was typed.
#[derive(Debug, Clone)]
pub struct DecideDemand {
    /// The demand.
    pub demand: DemandId,
    /// What is decided.
    pub decision: DemandDecision,
    /// Why.
    pub reason: String,
}

/// A demand, for whoever may decide on demands.
#[derive(Debug, Clone)]
pub struct SeenDemand {
    /// The demand.
    pub demand: Demand,
    /// Whether the viewer may approve or refuse it now.
    pub may_decide: bool,
    /// Whether the viewer may say that it holds no longer.
    pub may_lift: bool,
}

impl Forum {
    /// Registers a demand.
    pub async fn register_demand(
        &self,
        viewer: &Viewer,
        input: &RegisterDemand,
        once: &Once,
    ) -> Result<Written<DemandId>, Error> {
        let mut problems = Problems::default();
        let authority = problems.take("authority", OrganizationName::parse(&input.authority));
        let reference = input.reference.as_deref();
        let reference =
            reference.and_then(|text| problems.take("reference", StepText::parse(text)));
        let scope = problems.take("scope", Reason::parse(&input.scope));
        let today = self.today();
        let ahead = input.received_on > today;
        problems.require(!ahead, "receivedOn", Problem::TooFar(today));
        let named = input.subject_reference.as_deref().map(Reference::parse);
        let mistyped = matches!(named, Some(Err(_)));
        problems.require(!mistyped, NAMED, Problem::Invalid(MISTYPED));
        let twice = named.is_some() && input.subject.is_some();
        problems.require(!twice, NAMED, Problem::Invalid(TWICE));
        let aimless = input.subject.is_none() && named.is_none();
        let aimless = input.kind == DemandKind::TakeDown && aimless;
        let why = "name the thread or post that is to be taken down";
        problems.require(!aimless, "subjectId", Problem::Invalid(why));
        let said = input.notice_barred == input.barred_until.is_some();
        problems.require(said, BARRED_UNTIL, Problem::Invalid(UNTIL));
        if let Some(until) = input.barred_until.filter(|_| said) {
            let last = today.checked_add_days(Days::new(BARRED_DAYS_MAX.into()));
            let last = last.unwrap_or(NaiveDate::MAX);
            problems.require(until > today, BARRED_UNTIL, Problem::NotAhead(today));
            problems.require(until <= last, BARRED_UNTIL, Problem::TooFar(last));
        }
        problems.none()?;
        let Some((authority, scope)) = authority.zip(scope) else {
            return Err(Error::Internal("a text neither accepted nor refused"));
        };
        let id: DemandId = self.new_id();
        let claim = self.claim(viewer, "registerLegalDemand", once, id.into())?;
        let reference = reference.map(StepText::into_string);
        // Whether there is such a thread is not looked for: nobody is to learn by
        // registering a demand what is hidden from him.
        let named = named.and_then(Result::ok).map(|one| one.to_string());
        self.store
            .write(self.now(), async |tx| {
                if let Some(before) = claimed(&tx, claim.as_ref()).await? {
                    return Ok(Written::Before(before));
                }
                policy::decide(&viewer.actor, &Action::RegisterDemand)?;
                let registrar = viewer.account;
                let (thread, post) = match input.subject {
                    None => (None, None),
                    Some(subject) => self.named(&tx, viewer, subject).await?,
                };
                let demand = Demand {
                    id,
                    kind: input.kind,
                    instrument: input.instrument,
                    authority: authority.as_str().to_owned(),
                    reference: reference.clone(),
                    scope: scope.as_str().to_owned(),
                    thread,
                    post,
                    subject_reference: named.clone(),
                    // Read with it, when somebody decides.
                    author: None,
                    received_on: input.received_on,
                    notice_barred: input.notice_barred,
                    barred_until: input.barred_until,
                    status: DemandStatus::Registered,
                    registrar,
                    approver: None,
                    decider: None,
                    reason: None,
                    created_at: tx.now(),
                    decided_at: None,
                };
                if tx.is_demanded(&demand).await? {
                    return Err(Error::whole(Problem::AlreadyProposed));
                }
                tx.insert_demand(&demand).await?;
                let audited = viewer.audited("registerLegalDemand").of(id);
                tx.audit(audited.saying(input.instrument.code()));
                Ok(Written::Now(id))
            })
            .await
    }

    /// The thread and the post that a demand is about, if the viewer sees them.
    async fn named(
        &self,
        tx: &Tx,
        viewer: &Viewer,
        subject: Subject,
    ) -> Result<(Option<ThreadId>, Option<PostId>), Error> {
        let found = self.found(tx, viewer, subject).await;
        // It is the one field of the input that can be absent.
        let found = found.map_err(|error| match error {
            Error::Problems(_) => Error::at("subjectId", Problem::NotFound),
            other => other,
        })?;
        Ok((Some(found.thread_id()), found.post_id()))
    }

    /// Approves a demand, refuses it, or says that it holds no longer. Two approve,
    /// neither of whom registered it; what is demanded to be taken down is removed
    /// with the second, and nobody restores it before the demand is lifted. A concern
    /// that waits for its first look is removed too, and waits again then; what was
    /// taken down stands as before.
    pub async fn decide_demand(
        &self,
        viewer: &Viewer,
        input: &DecideDemand,
        once: &Once,
    ) -> Result<Written<DemandId>, Error> {
        let mut problems = Problems::default();
        let reason = problems.take("text", Reason::parse(&input.reason));
        problems.none()?;
        let id = input.demand;
        let claim = self.claim(viewer, "decideLegalDemand", once, id.into())?;
        let reason = reason.map(Reason::into_string);
        let drawn = self.draw();
        self.store
            .write(self.now(), async |tx| {
                if let Some(before) = claimed(&tx, claim.as_ref()).await? {
                    return Ok(Written::Before(before));
                }
                policy::decide(&viewer.actor, &Action::ViewDemands)?;
                let demand = tx.demand_for_update(id).await?;
                let mut demand = demand.ok_or_else(Error::not_found)?;
                let lifts = input.decision == DemandDecision::Lift;
                let action = if lifts {
                    Action::LiftDemand(demand.facts())
                } else {
                    Action::DecideDemand(demand.facts())
                };
                policy::decide(&viewer.actor, &action)?;
                let over = if lifts && demand.status.is_open() {
                    Error::at("decision", Problem::Invalid(NOT_YET))
                } else {
                    Error::whole(Problem::AlreadyDecided(demand.status.code()))
                };
                demand.status = demand.status.after(input.decision).ok_or(over)?;
                demand.reason.clone_from(&reason);
                match demand.status {
                    DemandStatus::ApprovedOnce => demand.approver = viewer.account,
                    DemandStatus::Lifted => {}
                    _ => {
                        demand.decider = viewer.account;
                        demand.decided_at = Some(tx.now());
                    }
                }
                if demand.status == DemandStatus::Complied {
                    find_named(&tx, viewer, &mut demand).await?;
                }
                tx.save_demand(&demand).await?;
                if matches!(demand.status, DemandStatus::Complied | DemandStatus::Lifted) {
                    self.comply(&tx, viewer, &demand, &drawn).await?;
                }
                let audited = viewer.audited("decideLegalDemand").of(id);
                tx.audit(audited.saying(demand.status.code()));
                Ok(Written::Now(id))
            })
            .await
    }

    /// Takes down what is to be taken down, unless it is away already, and tells
    /// the author of whatever was demanded, or is no longer; where the law bars
    /// that, once it does not any more.
    async fn comply(
        &self,
        tx: &Tx,
        viewer: &Viewer,
        demand: &Demand,
        drawn: &Drawn,
    ) -> Result<(), Error> {
        let Some(subject) = demand.subject() else {
            return Ok(());
        };
        let barred = demand.is_barred(self.calendar(&self.directory())?.today(tx.now()));
        if barred && demand.status == DemandStatus::Complied {
            self.watch_bar(tx, demand).await?;
        }
        let found = self.there(tx, viewer, subject).await?;
        let unseen = is_unseen(tx, &found).await?;
        let mut back = None;
        let act = if demand.status == DemandStatus::Complied {
            Some(ModAct::Remove)
        } else {
            back = comes_back(tx, &found, subject, unseen).await?;
            back.map(|_| ModAct::Restore)
        };
        let act = act.filter(|_| demand.kind == DemandKind::TakeDown);
        let act = act.filter(|act| act.apply(found.stands()).is_some());
        let another = act == Some(ModAct::Restore) && tx.is_down_by_order(subject).await?;
        let Some(act) = act.filter(|_| !another) else {
            if barred {
                return Ok(());
            }
            return tell_author(tx, &found).await;
        };
        // What is done by order is no moderator's act. Its author reads who demands
        // it and under which number, unless the law bars that.
        let told: Vec<&str> = [Some(&demand.authority), demand.reference.as_ref()]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect();
        let removes = act == ModAct::Remove;
        let told = Some(told.join(", ")).filter(|_| removes && !barred);
        let deed = Deed {
            barred,
            back,
            ..Deed::new(act, ReasonCode::LegalOrder, told.as_deref(), None)
        };
        self.carry_out(tx, &found, deed, drawn).await?;
        if removes {
            let stood = found.stands().status;
            tx.note_before_order(demand.id, stood).await?;
            return Ok(());
        }
        if back == Some(ModerationStatus::Held) && !unseen {
            held_again(tx, &found, subject, drawn).await?;
        }
        if !unseen {
            return Ok(());
        }
        self.wait_anew(tx, &found).await?;
        call_moderators(tx, found.thread_id(), EventKind::WorkArrived);
        Ok(())
    }

    /// Has what is to be looked at first be due from now on: nobody could while it was
    /// down.
    async fn wait_anew(&self, tx: &Tx, found: &Found) -> Result<(), Error> {
        let concern = found.own_concern();
        let waits = concern.filter(|(_, one)| one.state == State::Submitted);
        let Some((thread, concern)) = waits else {
            return Ok(());
        };
        let anew = Concern {
            clock_since: Some(tx.now()),
            clock_told: 0,
            ..concern
        };
        self.save_concern(tx, thread, &anew).await
    }

    /// Has the author told of a demand once the day is over until which the law bars
    /// it.
    async fn watch_bar(&self, tx: &Tx, demand: &Demand) -> Result<(), Error> {
        let Some((until, thread)) = demand.barred_until.zip(demand.thread) else {
            return Ok(());
        };
        let calendar = self.calendar(&self.directory())?;
        tx.schedule(&NewJob {
            // A demand has one such job: its own id serves.
            id: demand.id.0,
            kind: BAR,
            once: format!("{BAR}:{}", demand.id.0.simple()),
            payload: thread.0.simple().to_string(),
            run_at: calendar.end_of(until),
        })
        .await?;
        Ok(())
    }

    /// Tells the author of what was demanded, if the law does not bar it any more.
    /// It is written together with the job's end, and so is told once.
    pub(crate) async fn end_bar(&self, tx: &Tx, job: &LeasedJob) -> Result<(), Error> {
        let id: DemandId = job.id.into();
        let demand = tx.demand(id).await?;
        let found = match demand.as_ref().and_then(Demand::subject) {
            // The thread's row comes first, as for whoever moderates it.
            Some(subject) => Some(self.there(tx, &Viewer::visitor(), subject).await?),
            None => None,
        };
        if !tx.finish_job(job).await? {
            return Ok(());
        }
        let Some((demand, found)) = demand.zip(found) else {
            return Ok(());
        };
        if demand.is_barred(self.calendar(&self.directory())?.today(tx.now())) {
            // Where days end later now, it is looked at again.
            return self.watch_bar(tx, &demand).await;
        }
        tell_author(tx, &found).await
    }

    /// What was demanded about what the viewer wrote, took effect and may be known
    /// to him by now, the newest first.
    pub async fn own_demands(&self, viewer: &Viewer) -> Result<Vec<Demand>, Error> {
        policy::decide(&viewer.actor, &Action::ManageOwnAccount)?;
        let account = viewer.account.ok_or_else(Error::not_found)?;
        let today = self.today();
        Ok(self.store.read().demands_about(account, today).await?)
    }

    /// The register, the newest first.
    pub async fn demands(
        &self,
        viewer: &Viewer,
        slice: Slice<DemandPlace>,
    ) -> Result<Vec<SeenDemand>, Error> {
        policy::decide(&viewer.actor, &Action::ViewDemands)?;
        let found = self.store.read().demands(slice).await?;
        let seen = |demand| seen(viewer, demand);
        Ok(found.into_iter().map(seen).collect())
    }

    /// How many there are.
    pub async fn demand_count(&self, viewer: &Viewer) -> Result<i64, Error> {
        policy::decide(&viewer.actor, &Action::ViewDemands)?;
        Ok(self.store.read().demand_count().await?)
    }

    /// One demand; `None` for whoever does not see demands.
    pub async fn demand(&self, viewer: &Viewer, id: DemandId) -> Result<Option<SeenDemand>, Error> {
        let found = self.store.read().demand(id).await?;
        let sees = policy::decide(&viewer.actor, &Action::ViewDemands).is_ok();
        Ok(found.filter(|_| sees).map(|demand| seen(viewer, demand)))
    }

    /// Whether the viewer sees the register.
    pub fn sees_demands(&self, viewer: &Viewer) -> bool {
        policy::decide(&viewer.actor, &Action::ViewDemands).is_ok()
    }
}

/// Whether it is a concern that no moderator has let appear, also where its raiser
/// withdrew it before one could.
async fn is_unseen(tx: &Tx, found: &Found) -> Result<bool, Error> {
    let concern = found.own_concern();
    let withdrawn = concern.filter(|(_, one)| one.state == State::Withdrawn);
    let Some((thread, _)) = withdrawn else {
        return Ok(found.waits_for_first_look());
    };
    Ok(!tx.was_released(thread.facts.id).await?)
}

/// How something stands that is brought back by whoever lifts the order that took it down:
/// as before the order. `None` where it stays away: it was removed before, or moderators
/// found meanwhile that something is wrong with it.
async fn comes_back(
    tx: &Tx,
    found: &Found,
    of: Subject,
    unseen: bool,
) -> Result<Option<ModerationStatus>, Error> {
    let removed = found.stands().status == ModerationStatus::Removed;
    if !removed || !tx.was_removed_by_order(of).await? {
        return Ok(None);
    }
    if unseen {
        return Ok(Some(ModerationStatus::Held));
    }
    // Of what few read no moderator sees what is removed.
    let concern = found.own_concern();
    let few = concern.is_some_and(|(thread, _)| Audience::NAMING.contains(&thread.facts.audience));
    let stood = tx.stood_before_order(of).await?;
    Ok(stood.or(few.then_some(ModerationStatus::Visible)))
}

/// Has what was held before an order wait for moderators as it did: for the reason that
/// is in the record, unless it waits for another still.
async fn held_again(tx: &Tx, found: &Found, of: Subject, drawn: &Drawn) -> Result<(), Error> {
    let waits = tx.open_reviewable(of).await?.is_some_and(|one| one.held);
    match tx.last_hold(of).await? {
        Some(code) if !waits => {
            put_held(tx, found, Deed::new(ModAct::Hold, code, None, None), drawn).await
        }
        _ => Ok(()),
    }
}

/// Finds the thread that a demand names by its reference, whoever sees it.
async fn find_named(tx: &Tx, viewer: &Viewer, demand: &mut Demand) -> Result<(), Error> {
    let Some(reference) = &demand.subject_reference else {
        return Ok(());
    };
    let key = ThreadKey::Reference(reference);
    let found = tx.thread(&viewer.actor, key).await?;
    let found = found.ok_or_else(|| Error::whole(Problem::Invalid(NO_SUCH)))?;
    demand.thread = Some(found.facts.id);
    Ok(())
}

/// Tells whoever wrote something that it is demanded, or is no longer.
async fn tell_author(tx: &Tx, found: &Found) -> Result<(), Error> {
    let (kind, object) = match found.post_id() {
        None => (EventKind::ThreadModerated, None),
        Some(id) => (EventKind::PostModerated, Some(id.into())),
    };
    let author = found.moderated().author;
    tell_persona(tx, author, found.thread_id(), kind, object).await
}

fn seen(viewer: &Viewer, demand: Demand) -> SeenDemand {
    let decide = Action::DecideDemand(demand.facts());
    let may = |action| policy::decide(&viewer.actor, &action).is_ok();
    let holds = demand.status == DemandStatus::Complied;
    SeenDemand {
        may_decide: demand.status.is_open() && may(decide),
        may_lift: holds && may(Action::LiftDemand(demand.facts())),
        demand,
    }
}
