//! The one place that decides who may do and see what.
//!
//! Every use case asks [`decide`]; nothing else compares a constituency or a
//! duty. What may be seen is a predicate tree ([`scope`]) that [`decide`]
//! evaluates and `storage` compiles to SQL. The legality of a concern's move
//! is the life cycle's business ([`crate::concern`]), not policy's.

mod action;
mod app;
mod audience;
mod commitment;
mod facts;
mod flag;
mod many;
mod moves;
mod sanction;
mod scope;
mod trust;

#[cfg(test)]
mod tests;

pub use action::{Action, Denial, NewThread, Refusal};
pub use app::{Barred, Opening, Unserved, has_programs, is_app, let_in, serves_app, through_app};
pub use audience::{is_public, knows_who_was_brought, reader, reads_only, told_number};
pub use commitment::{Bound, Custodian, Custody, commits_as, custodian, custody};
pub use facts::{Moderated, PostFacts, RetaliationFacts, Revised, ThreadFacts};
pub use flag::{held_by_flags, is_entrusted, presses, side, waits_unread};
pub use many::{Moderating, Watcher, watches_as_reader};
pub use moves::{Approval, may_answer, may_approve, may_move, sees_before_release, sees_own_flags};
pub use sanction::{Proposer, curbed};
pub use scope::{Scope, desk_scope, facts_scope, post_scope, public_scope, scope, told_scope};
pub use trust::{
    DutyConflict, Grant, InvitationConflict, OfficeConflict, may_hold, may_hold_office,
    may_join_circle,
};

use crate::id::{AgencyId, OfficeId, OrganizationId};
use crate::legal::DemandFacts;
use crate::people::{Actor, Constituency, Duty};
use crate::thread::{AboutKind, Audience, ThreadKind};
use scope::{is_official, serves};

/// Decides. `Ok` allows. What an app does for somebody takes his right and the
/// app's.
pub fn decide(actor: &Actor, action: &Action<'_>) -> Result<(), Refusal> {
    decide_for_himself(actor, action)?;
    app::narrow(actor, action)
}

fn decide_for_himself(actor: &Actor, action: &Action<'_>) -> Result<(), Refusal> {
    match action {
        Action::ViewThread(thread) => see(actor, thread),
        Action::Watch(thread) => watch(actor, &scope(actor), thread),
        Action::ViewPost(thread, post) => see_post(actor, thread, post),
        // Whoever copies all that happens is known: a member, or an organization
        // by its app.
        Action::WatchFeed => require(
            actor.is_member() || actor.organization.is_some(),
            Denial::SignInRequired,
        ),
        // Nothing in them is of one concern.
        Action::ViewStatistics => Ok(()),
        Action::ViewCaseFacts(thread) => {
            see(actor, thread)?;
            require(facts_scope(actor).holds(thread, None), Denial::NotAssigned)
        }
        Action::ViewAccessLedger(thread) => {
            see(actor, thread)?;
            let oversees = oversees(actor, thread);
            require(is_raiser(actor, thread) || oversees, Denial::NotTheAuthor)
        }
        Action::ViewParticipants(thread) => {
            see(actor, thread)?;
            let own = is_raiser(actor, thread) || claims(actor, thread);
            require(own, Denial::NotTheAuthor)?;
            let names = Audience::NAMING.contains(&thread.audience);
            require(names, Denial::WrongStatus)
        }
        Action::RaiseThread(new) => raise(actor, *new),
        Action::EditThread(thread) => {
            see(actor, thread)?;
            speaks_in(actor, thread)?;
            require(is_raiser(actor, thread), Denial::NotTheAuthor)?;
            spoken(thread)?;
            require(!is_removed(thread), Denial::WrongStatus)
        }
        Action::AddPost(thread) => {
            see(actor, thread)?;
            speaks_in(actor, thread)?;
            require(!recused(actor, thread), Denial::Recused)?;
            // Nothing says to him that retaliation was reported.
            require(!frozen(actor, thread), Denial::WrongConstituency)?;
            spoken(thread)?;
            require(thread.status.is_open(), Denial::WrongStatus)
        }
        Action::EditPost(thread, post) => {
            see_post(actor, thread, post)?;
            speaks_in(actor, thread)?;
            require(actor.personas.contains(&post.author), Denial::NotTheAuthor)?;
            require(!recused(actor, thread), Denial::Recused)?;
            require(!frozen(actor, thread), Denial::WrongConstituency)?;
            spoken(thread)?;
            require(post.status.is_open(), Denial::WrongStatus)
        }
        Action::ViewRevisions(thread, post, revised) => {
            match post {
                Some(post) => see_post(actor, thread, post)?,
                None => see(actor, thread)?,
            }
            let reads = reads_revisions(actor, thread, revised);
            require(reads, Denial::NotTheAuthor)
        }
        Action::Endorse(thread) => {
            see(actor, thread)?;
            speaks_in(actor, thread)?;
            require(!is_official(actor), Denial::WrongConstituency)?;
            require(!is_raiser(actor, thread), Denial::OwnAct)?;
            require(thread.status.is_open(), Denial::WrongStatus)
        }
        Action::Follow(thread) => {
            see(actor, thread)?;
            signed_in(actor)?;
            follows(actor, thread)
        }
        Action::Invite(thread) => {
            see(actor, thread)?;
            speaks_in(actor, thread)?;
            let invites = matches!(thread.audience, Audience::Confidential | Audience::Circle);
            require(invites, Denial::WrongStatus)?;
            require(
                is_raiser(actor, thread) || claims(actor, thread),
                Denial::NotTheAuthor,
            )
        }
        Action::Claim(thread) => {
            see(actor, thread)?;
            moderates(actor, thread)?;
            require(
                thread.audience == Audience::Confidential,
                Denial::WrongStatus,
            )
        }
        Action::Release(thread) | Action::Return(thread) => {
            see(actor, thread)?;
            moderates(actor, thread)
        }
        Action::Resubmit(thread) => {
            see(actor, thread)?;
            speaks_in(actor, thread)?;
            require(is_raiser(actor, thread), Denial::NotTheAuthor)
        }
        Action::Assign(thread, agency) => {
            see(actor, thread)?;
            concern(thread)?;
            moderates(actor, thread)?;
            require(!conflicted(thread, *agency), Denial::ConflictOfInterest)
        }
        Action::Refer(thread, agency) => {
            see(actor, thread)?;
            concern(thread)?;
            desk(actor, thread)?;
            require(!conflicted(thread, *agency), Denial::ConflictOfInterest)
        }
        Action::Answer(thread) | Action::Take(thread) | Action::Commit(thread) => {
            see(actor, thread)?;
            concern(thread)?;
            desk(actor, thread)
        }
        Action::Review(thread, answered_by) => {
            see(actor, thread)?;
            concern(thread)?;
            desk(actor, thread)?;
            require(!actor.personas.contains(answered_by), Denial::OwnAct)
        }
        Action::ViewDrafts(thread) => {
            see(actor, thread)?;
            concern(thread)?;
            signed_in(actor)?;
            colleague(actor, thread)
        }
        Action::Approve(thread, another) => {
            see(actor, thread)?;
            concern(thread)?;
            speaks_in(actor, thread)?;
            colleague(actor, thread)?;
            require(!actor.personas.contains(another), Denial::OwnAct)
        }
        Action::ReportRetaliation(thread) => {
            see(actor, thread)?;
            concern(thread)?;
            signed_in(actor)?;
            let invited = !is_official(actor)
                && !actor.has(Duty::Moderator)
                && thread
                    .participants
                    .iter()
                    .any(|one| actor.personas.contains(one));
            require(is_raiser(actor, thread) || invited, Denial::NotTheAuthor)
        }
        Action::ViewRetaliation(thread, report) => {
            see(actor, thread)?;
            let own = actor.personas.contains(&report.reporter) || is_raiser(actor, thread);
            if own || keeps(actor, thread, report) {
                Ok(())
            } else {
                Err(Refusal::Hidden)
            }
        }
        Action::DecideRetaliation(thread, report) => {
            decide_for_himself(actor, &Action::ViewRetaliation(thread, *report))?;
            require(keeps(actor, thread, report), Denial::NotAssigned)?;
            // Oversight decides. Only where there is none, the moderators do.
            require(
                !report.overseen || oversees(actor, thread),
                Denial::DutyRequired,
            )
        }
        Action::CarryOut(thread, bound) => {
            see(actor, thread)?;
            concern(thread)?;
            commitment::carry_out(actor, thread, *bound)
        }
        Action::DecideCommitment(thread, agency) => {
            see(actor, thread)?;
            concern(thread)?;
            commitment::decide(actor, thread, *agency)
        }
        Action::WriteLetter(thread, agency) => {
            see(actor, thread)?;
            concern(thread)?;
            if is_raiser(actor, thread) {
                signed_in(actor)?;
            } else {
                moderates(actor, thread)?;
            }
            // What no moderator let appear is told to nobody outside either.
            require(thread.status.is_open(), Denial::WrongStatus)?;
            require(!conflicted(thread, *agency), Denial::ConflictOfInterest)
        }
        Action::RecordLetter(thread) => {
            see(actor, thread)?;
            concern(thread)?;
            moderates(actor, thread)
        }
        Action::Flag(thread, post) => {
            match post {
                Some(post) => see_post(actor, thread, post)?,
                None => see(actor, thread)?,
            }
            speaks_in(actor, thread)?;
            let author = post.map_or(thread.raiser, |post| post.author);
            require(!actor.personas.contains(&author), Denial::OwnAct)?;
            let status = post.map_or(thread.status, |post| post.status);
            require(
                status.is_open() && thread.status.is_open(),
                Denial::WrongStatus,
            )
        }
        Action::ViewReasons(thread, post) => {
            // He is told of his own, also where he does not see it any more.
            let author = post.map_or(thread.raiser, |post| post.author);
            if actor.is(author) {
                return Ok(());
            }
            see(actor, thread)?;
            moderates(actor, thread)
        }
        Action::ViewReviewable(thread, subject) => {
            see(actor, thread)?;
            // Nobody reads what others say of his own.
            let own = actor.personas.contains(&subject.author);
            if actor.has(Duty::Moderator) && !own {
                Ok(())
            } else {
                Err(Refusal::Hidden)
            }
        }
        Action::Moderate(thread, subject) => moderate(actor, &scope(actor), thread, *subject),
        Action::DecideReviewable(thread, subject, flagged) => {
            decide_for_himself(actor, &Action::Moderate(thread, *subject))?;
            require(!flagged, Denial::OwnAct)
        }
        Action::Relocate(from, to) => relocate(actor, from, to),
        Action::PutBack(from, to) => put_back(actor, from, to),
        Action::Sanction(thread, subject) => sanction::propose(actor, thread, *subject),
        Action::DecideSanction(thread, subject, proposer) => {
            sanction::decide(actor, thread, *subject, *proposer)
        }
        Action::LiftSanction(thread, subject, proposer) => {
            sanction::lift(actor, thread, *subject, *proposer)
        }
        Action::Appeal(thread, post) => {
            // Also where he does not see it any more, or is kept out of everything.
            let author = post.map_or(thread.raiser, |post| post.author);
            if !actor.is(author) {
                return Err(Refusal::Hidden);
            }
            require(actor.account.is_some(), Denial::SignInRequired)
        }
        Action::DecideAppeal(thread, subject, own_act) => {
            decide_for_himself(actor, &Action::Moderate(thread, *subject))?;
            require(!own_act, Denial::OwnAct)
        }
        Action::ViewDemands => {
            signed_in(actor)?;
            let trusted = actor.has(Duty::Administrator) || actor.has(Duty::Moderator);
            require(trusted, Denial::DutyRequired)
        }
        Action::DecideDemand(demand) => {
            decide_for_himself(actor, &Action::ViewDemands)?;
            speaks(actor)?;
            of_no_agency(actor)?;
            let own = actor.account == demand.registrar;
            let again = demand.approver.is_some() && actor.account == demand.approver;
            require(!own && !again && !wrote(actor, *demand), Denial::OwnAct)
        }
        Action::LiftDemand(demand) => {
            administers(actor)?;
            require(!wrote(actor, *demand), Denial::OwnAct)
        }
        Action::ViewDesk => {
            signed_in(actor)?;
            require(is_official(actor), Denial::WrongConstituency)?;
            let holds = actor.agency.is_some() && !actor.offices.is_empty();
            require(holds, Denial::NotAssigned)
        }
        Action::ViewTemplates(agency) => {
            let own = serves(actor) && actor.agency == Some(*agency) && !actor.offices.is_empty();
            if own && actor.account.is_some() {
                Ok(())
            } else {
                Err(Refusal::Hidden)
            }
        }
        Action::WriteTemplates(agency) => {
            signed_in(actor)?;
            decide_for_himself(actor, &Action::ViewTemplates(*agency))?;
            speaks(actor)
        }
        Action::ViewModeration => {
            signed_in(actor)?;
            require(actor.has(Duty::Moderator), Denial::DutyRequired)
        }
        Action::Judge(thread) | Action::Withdraw(thread) => {
            see(actor, thread)?;
            concern(thread)?;
            signed_in(actor)?;
            require(is_raiser(actor, thread), Denial::NotTheAuthor)
        }
        // Also whoever is kept out of everything: he reads why.
        Action::ManageOwnAccount => require(actor.account.is_some(), Denial::SignInRequired),
        Action::RequestAccreditation => {
            speaks(actor)?;
            require(!is_official(actor), Denial::WrongConstituency)
        }
        Action::Administer | Action::RegisterDemand => administers(actor),
        Action::Vouch(account, constituency) => {
            signed_in(actor)?;
            require(actor.account != Some(*account), Denial::OwnAct)?;
            let peer = actor.vouched
                && *constituency != Constituency::Official
                && actor.constituency == Some(*constituency)
                && actor.organization.is_some();
            require(peer || actor.has(Duty::Administrator), Denial::DutyRequired)
        }
        Action::ViewMembers(organization) => knows_members(actor, *organization),
        Action::DecideMember(organization, account) => {
            knows_members(actor, *organization)?;
            require(actor.account != Some(*account), Denial::OwnAct)
        }
        Action::RemoveFromCircle(account) => {
            // Everybody may go himself.
            if actor.account == Some(*account) {
                return Ok(());
            }
            administers(actor)
        }
        Action::ManageClients(organization) => {
            signed_in(actor)?;
            if actor.has(Duty::Administrator) {
                return Ok(());
            }
            // Whose apps they are, others are not told.
            if actor.organization != Some(*organization) {
                return Err(Refusal::Hidden);
            }
            speaks(actor)
        }
        Action::AllowClient => {
            speaks(actor)?;
            // What is done for an office never goes through an app.
            let official = actor.constituency == Some(Constituency::Official);
            require(!official, Denial::WrongConstituency)
        }
        Action::ManageWebhooks(organization) => acts_for(actor, *organization),
    }
}

/// Whether whoever speaks in a thread has to wait before he speaks again. A
/// moderator, who cools the conversation, does not.
pub fn is_paced(actor: &Actor, thread: &ThreadFacts) -> bool {
    thread.slow && !actor.has(Duty::Moderator)
}

/// As what somebody opens what is sealed, for the access ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opener {
    /// A holder of this office.
    Office(OfficeId),
    /// Somebody with this duty.
    Duty(Duty),
}

/// As what somebody opens a thread that he may see: by the office it is
/// assigned to before another of his. `None` for the raiser's side, which the
/// ledger does not name.
pub fn opener(actor: &Actor, thread: &ThreadFacts) -> Option<Opener> {
    if is_raiser(actor, thread) {
        return None;
    }
    let assigned = thread
        .assigned_office
        .filter(|office| actor.offices.contains(office));
    match assigned.or_else(|| actor.offices.first().copied()) {
        Some(office) => Some(Opener::Office(office)),
        None if actor.has(Duty::Moderator) => Some(Opener::Duty(Duty::Moderator)),
        None => None,
    }
}

fn require(holds: bool, otherwise: Denial) -> Result<(), Refusal> {
    if holds {
        Ok(())
    } else {
        Err(Refusal::Denied(otherwise))
    }
}

/// Whether its conversation goes on.
fn spoken(thread: &ThreadFacts) -> Result<(), Refusal> {
    require(!thread.locked, Denial::Locked)?;
    require(!thread.ended, Denial::Closed)
}

fn see(actor: &Actor, thread: &ThreadFacts) -> Result<(), Refusal> {
    sees(&scope(actor), thread)
}

/// What is outside a scope is hidden.
fn sees(scope: &Scope, thread: &ThreadFacts) -> Result<(), Refusal> {
    if scope.holds(thread, None) {
        Ok(())
    } else {
        Err(Refusal::Hidden)
    }
}

/// Of an actor and what he sees.
fn watch(actor: &Actor, scope: &Scope, thread: &ThreadFacts) -> Result<(), Refusal> {
    sees(scope, thread)?;
    follows(actor, thread)
}

fn see_post(actor: &Actor, thread: &ThreadFacts, post: &PostFacts) -> Result<(), Refusal> {
    see(actor, thread)?;
    if post_scope(actor).holds(thread, Some(post)) {
        Ok(())
    } else {
        Err(Refusal::Hidden)
    }
}

fn signed_in(actor: &Actor) -> Result<(), Refusal> {
    require(actor.account.is_some(), Denial::SignInRequired)?;
    require(actor.is_member(), Denial::Suspended)
}

/// Whoever is suspended from a thread is told of nothing there.
fn follows(actor: &Actor, thread: &ThreadFacts) -> Result<(), Refusal> {
    let sanctions = &actor.sanctions;
    let suspended = sanctions.suspend_in(thread.id, thread.category.as_deref());
    require(!suspended, Denial::Suspended)
}

fn administers(actor: &Actor) -> Result<(), Refusal> {
    signed_in(actor)?;
    require(actor.has(Duty::Administrator), Denial::DutyRequired)
}

/// Members decide on members, and administrators.
fn knows_members(actor: &Actor, organization: OrganizationId) -> Result<(), Refusal> {
    if actor.organization != Some(organization) {
        return administers(actor);
    }
    speaks(actor)?;
    require(!is_official(actor), Denial::WrongConstituency)
}

/// Whoever is vouched for acts for his organization, and administrators do.
fn acts_for(actor: &Actor, organization: OrganizationId) -> Result<(), Refusal> {
    if actor.organization != Some(organization) {
        return administers(actor);
    }
    speaks(actor)?;
    require(!is_official(actor), Denial::WrongConstituency)?;
    require(actor.vouched, Denial::NotVouched)
}

/// As whom an organization's webhook sees: as a visitor, who reads what is
/// public. Whatever is to be told to more trusted ones is decided here.
pub fn webhook_reader(_organization: OrganizationId) -> Actor {
    Actor::visitor()
}

fn speaks(actor: &Actor) -> Result<(), Refusal> {
    signed_in(actor)?;
    // A young person speaks while he waits to be vouched for, outside what is
    // for the young alone; an official speaks for a state body only once it
    // is known that he does.
    let waits = actor.constituency == Some(Constituency::Official) && !actor.vouched;
    require(!waits, Denial::NotVouched)?;
    require(!actor.sanctions.silence(), Denial::Silenced)
}

/// Whether somebody speaks here at all, wherever it is.
pub fn speaker(actor: &Actor) -> Result<(), Refusal> {
    speaks(actor)
}

/// Whoever speaks, and is not silenced in this thread.
fn speaks_in(actor: &Actor, thread: &ThreadFacts) -> Result<(), Refusal> {
    speaks(actor)?;
    let sanctions = &actor.sanctions;
    let silenced = sanctions.silence_in(Some(thread.id), thread.category.as_deref());
    require(!silenced, Denial::Silenced)
}

fn concern(thread: &ThreadFacts) -> Result<(), Refusal> {
    require(thread.kind == ThreadKind::Concern, Denial::NotAConcern)
}

/// Whether somebody raised this thread.
pub fn is_raiser(actor: &Actor, thread: &ThreadFacts) -> bool {
    actor.personas.contains(&thread.raiser)
}

fn is_removed(thread: &ThreadFacts) -> bool {
    thread.status == crate::thread::ModerationStatus::Removed
}

/// Whether an actor is of the oversight body that owns a concern or has a copy,
/// or that retaliation was brought to, and is not partial.
fn oversees(actor: &Actor, thread: &ThreadFacts) -> bool {
    let over =
        |agency| thread.oversight_agency == Some(agency) || thread.reported_to.contains(&agency);
    serves(actor)
        && actor.agency_oversees
        && !actor.offices.is_empty()
        && actor.agency.is_some_and(over)
        && impartial(actor, thread).is_ok()
}

/// Whether a report of retaliation was brought to the actor: to his oversight
/// body, or to him as a moderator.
fn keeps(actor: &Actor, thread: &ThreadFacts, report: &RetaliationFacts) -> bool {
    let own = |one| actor.personas.contains(one);
    let brought = actor.has(Duty::Moderator) && report.moderators.iter().flatten().any(own);
    let body = actor.agency.is_some() && actor.agency == report.oversight;
    actor.agency != Some(report.agency) && (brought || body && oversees(actor, thread))
}

/// Whether a demand is about what the actor wrote.
fn wrote(actor: &Actor, demand: DemandFacts) -> bool {
    demand.author.is_some_and(|author| actor.is(author))
}

/// Whether the access of an actor's agency to a thread is frozen.
fn frozen(actor: &Actor, thread: &ThreadFacts) -> bool {
    actor
        .agency
        .is_some_and(|agency| thread.frozen.contains(&agency))
}

fn claims(actor: &Actor, thread: &ThreadFacts) -> bool {
    actor.has(Duty::Moderator)
        && thread
            .claimed_by
            .is_some_and(|one| actor.personas.contains(&one))
}

/// Of an actor and what he sees.
fn moderate(
    actor: &Actor,
    scope: &Scope,
    thread: &ThreadFacts,
    subject: Moderated,
) -> Result<(), Refusal> {
    sees(scope, thread)?;
    moderates(actor, thread)?;
    let own = actor.personas.contains(&subject.author);
    require(!own, Denial::OwnAct)?;
    let colleague = actor.organization.is_some() && actor.organization == subject.organization;
    require(!colleague, Denial::OwnOrganization)
}

/// Whether somebody who sees a text is shown what it was before. Whoever began the
/// thread is shown what an office answered him before: what it takes back may be a
/// promise. Not everyone is, for it may be somebody's name.
fn reads_revisions(actor: &Actor, thread: &ThreadFacts, revised: &Revised) -> bool {
    let own = actor.personas.contains(&revised.author);
    let told_him = revised.agency.is_some() && !revised.moved;
    let told_him = told_him && actor.personas.contains(&thread.raiser);
    let subject = Moderated {
        author: revised.author,
        organization: revised.organization,
    };
    own || told_him || moderate(actor, &scope(actor), thread, subject).is_ok()
}

/// What is moved comes to where its author may still change it.
fn relocate(actor: &Actor, from: &ThreadFacts, to: &ThreadFacts) -> Result<(), Refusal> {
    put_back(actor, from, to)?;
    require(from.status.is_open(), Denial::WrongStatus)?;
    spoken(to)
}

/// What was moved goes back also from where it was hidden with everything else.
fn put_back(actor: &Actor, from: &ThreadFacts, to: &ThreadFacts) -> Result<(), Refusal> {
    for thread in [from, to] {
        see(actor, thread)?;
        moderates(actor, thread)?;
    }
    share_readers(from, to)?;
    require(to.status.is_open(), Denial::WrongStatus)
}

/// Nothing is taken to where others read it, or fewer: both threads are for
/// everyone, or for all members. Elsewhere somebody may read a thread only because
/// he raised it or is named in it. A concern may keep an agency away, so that of
/// those only what everyone reads is moved.
pub fn share_readers(one: &ThreadFacts, other: &ThreadFacts) -> Result<(), Refusal> {
    for thread in [one, other] {
        let shared = match thread.audience {
            Audience::Public => true,
            Audience::Members => thread.kind != ThreadKind::Concern,
            Audience::Circle | Audience::Caucus | Audience::Officials | Audience::Confidential => {
                false
            }
        };
        require(shared, Denial::OtherReaders)?;
    }
    require(one.audience == other.audience, Denial::OtherReaders)
}

fn moderates(actor: &Actor, thread: &ThreadFacts) -> Result<(), Refusal> {
    speaks_in(actor, thread)?;
    require(actor.has(Duty::Moderator), Denial::DutyRequired)?;
    of_no_agency(actor)?;
    require(!is_raiser(actor, thread), Denial::OwnAct)
}

/// Whoever decides on what others say is no official, nor of an agency: also where
/// somebody kept a duty that he may not hold any more.
fn of_no_agency(actor: &Actor) -> Result<(), Refusal> {
    let official = actor.constituency == Some(Constituency::Official);
    let agency = actor.agency.is_some() || !actor.offices.is_empty();
    require(!official && !agency, Denial::WrongConstituency)
}

/// Whoever holds an office of the agency that a concern is before.
fn colleague(actor: &Actor, thread: &ThreadFacts) -> Result<(), Refusal> {
    impartial(actor, thread)?;
    let agency = actor.agency.is_some() && actor.agency == thread.assigned_agency;
    require(agency && !actor.offices.is_empty(), Denial::NotAssigned)
}

/// An official who is not complained about, and did not step back.
fn impartial(actor: &Actor, thread: &ThreadFacts) -> Result<(), Refusal> {
    require(is_official(actor), Denial::WrongConstituency)?;
    // Nothing says to him that retaliation was reported.
    require(!frozen(actor, thread), Denial::NotAssigned)?;
    let office = thread
        .about_office
        .is_some_and(|office| personal(thread) && actor.offices.contains(&office));
    let agency = actor
        .agency
        .is_some_and(|agency| conflicted(thread, agency));
    require(!office && !agency, Denial::ConflictOfInterest)?;
    require(!recused(actor, thread), Denial::Recused)?;
    require(actor.agency_answers, Denial::AgencyDoesNotAnswer)
}

/// Whether an officer stepped back from a concern.
fn recused(actor: &Actor, thread: &ThreadFacts) -> bool {
    let own = |persona| actor.personas.contains(persona);
    !actor.offices.is_empty() && thread.recused.iter().any(own)
}

fn desk(actor: &Actor, thread: &ThreadFacts) -> Result<(), Refusal> {
    speaks_in(actor, thread)?;
    impartial(actor, thread)?;
    let assigned = match (thread.assigned_office, thread.assigned_agency) {
        (Some(office), _) => actor.offices.contains(&office),
        (None, Some(agency)) => actor.agency == Some(agency) && !actor.offices.is_empty(),
        (None, None) => false,
    };
    require(assigned, Denial::NotAssigned)
}

/// Whether this agency may not be put in charge of the concern: its access is
/// frozen, or it is complained about for what someone did, or may be. What is
/// complained of as a practice, the agency itself answers.
fn conflicted(thread: &ThreadFacts, agency: AgencyId) -> bool {
    let complained = personal(thread) && thread.about_agency == Some(agency);
    complained || thread.frozen.contains(&agency)
}

/// Whether a concern complains of what someone did, or may.
fn personal(thread: &ThreadFacts) -> bool {
    match thread.about_kind {
        Some(AboutKind::Conduct | AboutKind::NotSure) => true,
        Some(AboutKind::Practice) | None => false,
    }
}

fn raise(actor: &Actor, new: NewThread<'_>) -> Result<(), Refusal> {
    speaks(actor)?;
    let silenced = actor.sanctions.silence_in(None, new.category);
    require(!silenced, Denial::Silenced)?;
    let official = is_official(actor);
    match new.kind {
        ThreadKind::Concern => require(!official, Denial::WrongConstituency)?,
        ThreadKind::Question | ThreadKind::Discussion | ThreadKind::Proposal => {}
    }
    if new.about == Some(AboutKind::Conduct) {
        require(new.demonstration, Denial::ConductNotAccepted)?;
    }
    let moderator = actor.has(Duty::Moderator);
    let within = match new.audience {
        Audience::Public | Audience::Members | Audience::Confidential => true,
        Audience::Circle => {
            !official
                && new
                    .circle
                    .is_some_and(|circle| actor.circles.contains(&circle))
        }
        Audience::Caucus => actor.vouched && !official || moderator,
        Audience::Officials => serves(actor) || moderator,
    };
    require(within, Denial::WrongConstituency)
}
