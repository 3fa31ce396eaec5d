//! The one place that decides who may do and see what.
//!
//! Every use case asks [`decide`]; nothing else compares a constituency or a
//! duty. What may be seen is a predicate tree ([`scope`]) that [`decide`]
//! evaluates and `storage` compiles to SQL. The legality of a concern's move
//! is the life cycle's business ([`crate::concern`]), not policy's.

mod app;
mod audience;
mod facts;
mod scope;
mod trust;

#[cfg(test)]
mod tests;

pub use app::{Barred, Opening, let_in, through_app};
pub use audience::{reader, reads_only};
pub use facts::{PostFacts, ThreadFacts};
pub use scope::{Scope, facts_scope, post_scope, scope};
pub use trust::{
    DutyConflict, Grant, InvitationConflict, OfficeConflict, may_hold, may_hold_office,
    may_join_circle,
};

use crate::id::{AccountId, AgencyId, CircleId, OfficeId, OrganizationId};
use crate::partner::AccessScope;
use crate::people::{Actor, Constituency, Duty};
use crate::thread::{AboutKind, Audience, ThreadKind};
use scope::is_official;

/// Something an actor wants to do, with the facts it is decided on.
#[derive(Debug, Clone, Copy)]
pub enum Action<'a> {
    /// Read a thread.
    ViewThread(&'a ThreadFacts),
    /// Read a post in a thread.
    ViewPost(&'a ThreadFacts, &'a PostFacts),
    /// Be told of what happens in a thread, as it happens.
    Watch(&'a ThreadFacts),
    /// Open the sealed case facts, or affected groups that are never shown
    /// beside a name.
    ViewCaseFacts(&'a ThreadFacts),
    /// Read who opened a confidential concern.
    ViewAccessLedger(&'a ThreadFacts),
    /// Begin a thread.
    RaiseThread(NewThread),
    /// Change the texts of a thread.
    EditThread(&'a ThreadFacts),
    /// Speak in a thread.
    AddPost(&'a ThreadFacts),
    /// Change the text of a post.
    EditPost(&'a ThreadFacts, &'a PostFacts),
    /// Say "this concerns me too", or take it back.
    Endorse(&'a ThreadFacts),
    /// Be told of what happens in a thread, or no longer.
    Follow(&'a ThreadFacts),
    /// Bring somebody into a confidential or circle thread, or send him away.
    Invite(&'a ThreadFacts),
    /// Take a confidential thread as the moderator on it.
    Claim(&'a ThreadFacts),
    /// Let a held thread appear.
    Release(&'a ThreadFacts),
    /// Give a held thread back to its author, with a reason.
    Return(&'a ThreadFacts),
    /// Send a returned thread again.
    Resubmit(&'a ThreadFacts),
    /// Put a concern before an agency.
    Assign(&'a ThreadFacts, AgencyId),
    /// Send an assigned concern on to another agency.
    Refer(&'a ThreadFacts, AgencyId),
    /// Say that the office has the concern, ask back, begin, answer.
    Answer(&'a ThreadFacts),
    /// Judge the answer, answer a question back, dispute.
    Judge(&'a ThreadFacts),
    /// Take a concern back.
    Withdraw(&'a ThreadFacts),
    /// See one's own sessions, change one's own password and the like.
    ManageOwnAccount,
    /// Ask for an organization's accreditation.
    RequestAccreditation,
    /// Decide on accreditations, participation, offices, duties, invitations
    /// and approvals.
    Administer,
    /// Vouch that an account speaks for its constituency.
    Vouch(AccountId, Constituency),
    /// Read who belongs to an organization or asked to.
    ViewMembers(OrganizationId),
    /// Decide on an account's place in an organization.
    DecideMember(OrganizationId, AccountId),
    /// Send an account out of a vouched room.
    RemoveFromCircle(AccountId),
    /// See an organization's partner apps, make them, give them new secrets
    /// and revoke them.
    ManageClients(OrganizationId),
    /// Let a partner app act for oneself.
    AllowClient,
    /// See, make and change an organization's webhooks.
    ManageWebhooks(OrganizationId),
}

/// What is asked for when a thread is begun.
#[derive(Debug, Clone, Copy)]
pub struct NewThread {
    /// What it is for.
    pub kind: ThreadKind,
    /// Who may read it.
    pub audience: Audience,
    /// The circle, where that is the audience.
    pub circle: Option<CircleId>,
    /// What a concern complains of, if it does.
    pub about: Option<AboutKind>,
    /// Whether the forum is a demonstration.
    pub demonstration: bool,
}

/// Why an action is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The object is, for this actor, not there at all.
    #[error("not found")]
    Hidden,
    /// The actor sees the object but may not do this.
    #[error("{0}")]
    Denied(Denial),
}

/// Why an actor may not do what he asked for, in words he may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Denial {
    /// Nobody is signed in.
    #[error("sign in first")]
    SignInRequired,
    /// The constituency is not vouched for yet.
    #[error("somebody must vouch for you first")]
    NotVouched,
    /// The account is silenced.
    #[error("this account may read but not speak for now")]
    Silenced,
    /// It takes another constituency.
    #[error("this is not for your constituency")]
    WrongConstituency,
    /// It takes a duty that the actor does not have.
    #[error("this takes a duty that you do not have")]
    DutyRequired,
    /// Only the author may.
    #[error("only the author may do this")]
    NotTheAuthor,
    /// Nobody moderates or judges what is his own.
    #[error("nobody decides on what is his own")]
    OwnAct,
    /// Only the assigned office may.
    #[error("only the assigned office may do this")]
    NotAssigned,
    /// The agency or office is complained about.
    #[error("whoever is complained about does not decide")]
    ConflictOfInterest,
    /// A moderator locked the thread.
    #[error("the thread is locked")]
    Locked,
    /// The thread does not stand where this is possible: held, removed.
    #[error("the thread does not stand where this is possible")]
    WrongStatus,
    /// The thread is no concern.
    #[error("this is only for concerns")]
    NotAConcern,
    /// Concerns about someone's conduct wait for protected voices.
    #[error("concerns about what someone did are not accepted here until authors can be protected")]
    ConductNotAccepted,
    /// No partner app does this.
    #[error("this is not for partner apps")]
    NotForApps,
    /// The app's token is not good for it.
    #[error("the token lacks the scope {0}")]
    ScopeRequired(AccessScope),
}

/// Decides. `Ok` allows. What an app does for somebody takes his right and the
/// app's.
pub fn decide(actor: &Actor, action: &Action<'_>) -> Result<(), Refusal> {
    decide_for_himself(actor, action)?;
    app::narrow(actor, action)
}

fn decide_for_himself(actor: &Actor, action: &Action<'_>) -> Result<(), Refusal> {
    match action {
        Action::ViewThread(thread) | Action::Watch(thread) => see(actor, thread),
        Action::ViewPost(thread, post) => see_post(actor, thread, post),
        Action::ViewCaseFacts(thread) => {
            see(actor, thread)?;
            require(facts_scope(actor).holds(thread, None), Denial::NotAssigned)
        }
        Action::ViewAccessLedger(thread) => {
            see(actor, thread)?;
            let oversees = is_official(actor)
                && actor.agency_oversees
                && actor.agency == thread.oversight_agency
                && actor.agency.is_some();
            require(is_raiser(actor, thread) || oversees, Denial::NotTheAuthor)
        }
        Action::RaiseThread(new) => raise(actor, *new),
        Action::EditThread(thread) => {
            see(actor, thread)?;
            speaks(actor)?;
            require(is_raiser(actor, thread), Denial::NotTheAuthor)?;
            require(!thread.locked, Denial::Locked)?;
            require(!is_removed(thread), Denial::WrongStatus)
        }
        Action::AddPost(thread) => {
            see(actor, thread)?;
            speaks(actor)?;
            require(!thread.locked, Denial::Locked)?;
            require(thread.status.is_open(), Denial::WrongStatus)
        }
        Action::EditPost(thread, post) => {
            see_post(actor, thread, post)?;
            speaks(actor)?;
            require(actor.personas.contains(&post.author), Denial::NotTheAuthor)?;
            require(!thread.locked, Denial::Locked)?;
            require(post.status.is_open(), Denial::WrongStatus)
        }
        Action::Endorse(thread) => {
            see(actor, thread)?;
            speaks(actor)?;
            require(!is_official(actor), Denial::WrongConstituency)?;
            require(!is_raiser(actor, thread), Denial::OwnAct)?;
            require(thread.status.is_open(), Denial::WrongStatus)
        }
        Action::Follow(thread) => {
            see(actor, thread)?;
            signed_in(actor)
        }
        Action::Invite(thread) => {
            see(actor, thread)?;
            speaks(actor)?;
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
            speaks(actor)?;
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
        Action::Answer(thread) => {
            see(actor, thread)?;
            concern(thread)?;
            desk(actor, thread)
        }
        Action::Judge(thread) | Action::Withdraw(thread) => {
            see(actor, thread)?;
            concern(thread)?;
            signed_in(actor)?;
            require(is_raiser(actor, thread), Denial::NotTheAuthor)
        }
        Action::ManageOwnAccount => signed_in(actor),
        Action::RequestAccreditation => {
            speaks(actor)?;
            require(!is_official(actor), Denial::WrongConstituency)
        }
        Action::Administer => administers(actor),
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

fn see(actor: &Actor, thread: &ThreadFacts) -> Result<(), Refusal> {
    if scope(actor).holds(thread, None) {
        Ok(())
    } else {
        Err(Refusal::Hidden)
    }
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
    require(actor.account.is_some(), Denial::SignInRequired)
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
    require(!actor.silenced, Denial::Silenced)
}

fn concern(thread: &ThreadFacts) -> Result<(), Refusal> {
    require(thread.kind == ThreadKind::Concern, Denial::NotAConcern)
}

fn is_raiser(actor: &Actor, thread: &ThreadFacts) -> bool {
    actor.personas.contains(&thread.raiser)
}

fn is_removed(thread: &ThreadFacts) -> bool {
    thread.status == crate::thread::ModerationStatus::Removed
}

fn claims(actor: &Actor, thread: &ThreadFacts) -> bool {
    actor.has(Duty::Moderator)
        && thread
            .claimed_by
            .is_some_and(|one| actor.personas.contains(&one))
}

fn moderates(actor: &Actor, thread: &ThreadFacts) -> Result<(), Refusal> {
    speaks(actor)?;
    require(actor.has(Duty::Moderator), Denial::DutyRequired)?;
    require(!is_raiser(actor, thread), Denial::OwnAct)
}

fn desk(actor: &Actor, thread: &ThreadFacts) -> Result<(), Refusal> {
    speaks(actor)?;
    require(is_official(actor), Denial::WrongConstituency)?;
    let office = thread
        .about_office
        .is_some_and(|office| personal(thread) && actor.offices.contains(&office));
    let agency = actor
        .agency
        .is_some_and(|agency| conflicted(thread, agency));
    require(!office && !agency, Denial::ConflictOfInterest)?;
    let assigned = match (thread.assigned_office, thread.assigned_agency) {
        (Some(office), _) => actor.offices.contains(&office),
        (None, Some(agency)) => actor.agency == Some(agency) && !actor.offices.is_empty(),
        (None, None) => false,
    };
    require(assigned, Denial::NotAssigned)
}

/// Whether this agency may not be put in charge of the concern: it is
/// complained about for what someone did, or may be. What is complained of
/// as a practice, the agency itself answers.
fn conflicted(thread: &ThreadFacts, agency: AgencyId) -> bool {
    personal(thread) && thread.about_agency == Some(agency)
}

/// Whether a concern complains of what someone did, or may.
fn personal(thread: &ThreadFacts) -> bool {
    match thread.about_kind {
        Some(AboutKind::Conduct | AboutKind::NotSure) => true,
        Some(AboutKind::Practice) | None => false,
    }
}

fn raise(actor: &Actor, new: NewThread) -> Result<(), Refusal> {
    speaks(actor)?;
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
        Audience::Officials => official && actor.agency_answers || moderator,
    };
    require(within, Denial::WrongConstituency)
}
