//! What is left of what somebody may do where a partner app does it for him.
//!
//! An app never may more than the one it acts for: an accredited organization,
//! which has no voice and sees what a visitor sees, or a person who allowed it.
//! Of what they may, a token's scopes leave a part; and whatever they hold, an
//! app is given nothing but what is PUBLIC or for MEMBERS and neither held nor
//! removed. What protected voices do never goes through an app, and neither
//! does what is done by a duty, for an office, or to an account.

use crate::id::ClientId;
use crate::partner::{AccessScope, AccessScopes, Through};
use crate::people::{Accreditation, Actor};
use crate::thread::{Audience, ModerationStatus};

use super::{Action, Denial, Refusal, Scope, require};

/// The audiences whose threads an app may be given, and begin.
const AUDIENCES: [Audience; 2] = [Audience::Public, Audience::Members];

/// The states of moderation in which everyone in the audience sees something.
const OPEN: [ModerationStatus; 2] = [ModerationStatus::Visible, ModerationStatus::Minimized];

/// Whoever acts through an app: what he has by a duty, an office or a circle
/// stays behind.
pub fn through_app(himself: &Actor, through: Through) -> Actor {
    Actor {
        account: himself.account,
        personas: himself.personas.clone(),
        speaks_as: himself.speaks_as,
        constituency: himself.constituency,
        vouched: himself.vouched,
        sanctions: himself.sanctions.clone(),
        organization: himself.organization,
        through: Some(through),
        ..Actor::visitor()
    }
}

/// Whether it is this app that acts: what is told of it, it may know itself.
pub fn is_app(actor: &Actor, client: ClientId) -> bool {
    actor
        .through
        .as_ref()
        .is_some_and(|one| one.client == client)
}

/// Why an app is given no token, and those it has are not good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unserved {
    /// Its organization is not accredited now.
    NotAccredited,
    /// It is for development, and people are real here.
    Sandbox,
}

/// Whether an organization that stands so may have programs of its own: apps,
/// and webhooks that are told anything. One that is not known may not.
pub fn has_programs(accreditation: Option<Accreditation>) -> bool {
    accreditation == Some(Accreditation::Approved)
}

/// Whether an app of an organization that stands so is served.
pub fn serves_app(
    accreditation: Option<Accreditation>,
    sandbox: bool,
    demonstration: bool,
) -> Result<(), Unserved> {
    if !has_programs(accreditation) {
        return Err(Unserved::NotAccredited);
    }
    if sandbox && !demonstration {
        return Err(Unserved::Sandbox);
    }
    Ok(())
}

/// Where an action belongs when an app asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Belongs {
    /// To this scope.
    To(AccessScope),
    /// To none: no app ever does it.
    Nowhere,
}

/// The scope that an action belongs to.
pub(super) const fn belongs(action: &Action<'_>) -> Belongs {
    match action {
        Action::ViewThread(_) | Action::ViewPost(..) => Belongs::To(AccessScope::ThreadsRead),
        Action::ViewStatistics => Belongs::To(AccessScope::StatsRead),
        Action::Watch(_) | Action::WatchFeed => Belongs::To(AccessScope::EventsRead),
        Action::RaiseThread(_)
        | Action::EditThread(_)
        | Action::AddPost(_)
        | Action::EditPost(..)
        | Action::Endorse(_)
        | Action::Follow(_) => Belongs::To(AccessScope::ThreadsWrite),
        Action::ViewCaseFacts(_)
        | Action::ViewAccessLedger(_)
        | Action::ViewParticipants(_)
        | Action::Invite(_)
        | Action::Claim(_)
        | Action::Release(_)
        | Action::Return(_)
        | Action::Resubmit(_)
        | Action::Assign(..)
        | Action::Refer(..)
        | Action::Answer(_)
        | Action::Review(..)
        | Action::ViewDrafts(_)
        | Action::Approve(..)
        | Action::Take(_)
        | Action::ReportRetaliation(_)
        | Action::ViewRetaliation(..)
        | Action::DecideRetaliation(..)
        | Action::Commit(_)
        | Action::CarryOut(..)
        | Action::DecideCommitment(..)
        | Action::WriteLetter(..)
        | Action::RecordLetter(_)
        | Action::Flag(..)
        | Action::ViewReasons(..)
        | Action::ViewReviewable(..)
        | Action::Moderate(..)
        | Action::DecideReviewable(..)
        | Action::Relocate(..)
        | Action::PutBack(..)
        | Action::Appeal(..)
        | Action::DecideAppeal(..)
        | Action::RegisterDemand
        | Action::ViewDemands
        | Action::DecideDemand(_)
        | Action::LiftDemand(_)
        | Action::Sanction(..)
        | Action::DecideSanction(..)
        | Action::LiftSanction(..)
        | Action::ViewDesk
        | Action::ViewRevisions(..)
        | Action::ViewTemplates(_)
        | Action::WriteTemplates(_)
        | Action::ViewModeration
        | Action::Judge(_)
        | Action::Withdraw(_)
        | Action::ManageOwnAccount
        | Action::RequestAccreditation
        | Action::Administer
        | Action::Vouch(..)
        | Action::ViewMembers(_)
        | Action::DecideMember(..)
        | Action::RemoveFromCircle(_)
        | Action::ManageClients(_)
        | Action::AllowClient
        | Action::ManageWebhooks(_) => Belongs::Nowhere,
    }
}

/// Whether an app may do what the one it acts for may.
pub(super) fn narrow(actor: &Actor, action: &Action<'_>) -> Result<(), Refusal> {
    let Some(through) = &actor.through else {
        return Ok(());
    };
    match belongs(action) {
        Belongs::To(scope) => require(through.scopes.hold(scope), Denial::ScopeRequired(scope))?,
        Belongs::Nowhere => return Err(Refusal::Denied(Denial::NotForApps)),
    }
    match action {
        Action::RaiseThread(new) => require(AUDIENCES.contains(&new.audience), Denial::NotForApps),
        _ => Ok(()),
    }
}

/// What an app sees of the threads that the one it acts for sees.
pub(super) fn narrow_threads(actor: &Actor, seen: Scope) -> Scope {
    match reads(actor) {
        None => seen,
        Some(false) => Scope::nothing(),
        Some(true) => Scope::All(vec![
            Scope::AudienceIn(AUDIENCES.to_vec()),
            Scope::StatusIn(OPEN.to_vec()),
            seen,
        ]),
    }
}

/// What an app sees of the posts that the one it acts for sees.
pub(super) fn narrow_posts(actor: &Actor, seen: Scope) -> Scope {
    match reads(actor) {
        None => seen,
        Some(false) => Scope::nothing(),
        Some(true) => Scope::All(vec![Scope::PostStatusIn(OPEN.to_vec()), seen]),
    }
}

/// An app is given nothing that is sealed.
pub(super) fn narrow_facts(actor: &Actor, seen: Scope) -> Scope {
    match &actor.through {
        None => seen,
        Some(_) => Scope::nothing(),
    }
}

/// Whether an app's token is good for reading; `None` for no app.
fn reads(actor: &Actor) -> Option<bool> {
    let through = actor.through.as_ref()?;
    Some(through.scopes.hold(AccessScope::ThreadsRead))
}

/// What is asked of an app before anything is looked for: what a root field
/// of the API takes of its token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// Nothing: everybody is told.
    Open,
    /// These scopes.
    Scopes(&'static [AccessScope]),
    /// These scopes, and a person whom the app acts for.
    Person(&'static [AccessScope]),
    /// It is not for apps.
    Closed,
}

/// Why an app is turned away before anything is looked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Barred {
    /// Its token is not good for it.
    #[error("the token lacks the scope {0}")]
    Lacks(AccessScopes),
    /// It acts for its organization, which has no voice.
    #[error("an app does this for a person who allowed it, not for its organization")]
    NoPerson,
    /// It is not for apps.
    #[error("this is not for partner apps")]
    Closed,
}

/// Whether somebody is let in by an opening. Only apps are ever barred.
pub fn let_in(actor: &Actor, by: Opening) -> Result<(), Barred> {
    let Some(through) = &actor.through else {
        return Ok(());
    };
    let scopes = match by {
        Opening::Open => return Ok(()),
        Opening::Closed => return Err(Barred::Closed),
        Opening::Scopes(scopes) | Opening::Person(scopes) => scopes,
    };
    let lacks = scopes.iter().filter(|one| !through.scopes.hold(**one));
    let lacks: AccessScopes = lacks.copied().collect();
    if !lacks.is_empty() {
        return Err(Barred::Lacks(lacks));
    }
    if matches!(by, Opening::Person(_)) && actor.account.is_none() {
        return Err(Barred::NoPerson);
    }
    Ok(())
}
