//! What an actor may see, as a closed predicate tree over the facts of a
//! thread or post.
//!
//! Two interpreters read this tree: [`Scope::holds`] here and the compiler to
//! SQL in `storage`. A property test holds them equal. A condition on a fact
//! that is absent (NULL) is false, and so its negation is true.

use crate::id::{AgencyId, CircleId, OfficeId, PersonaId, ThreadId};
use crate::moderation::SanctionScope;
use crate::people::{Actor, Constituency, Duty};
use crate::thread::{Audience, ModerationStatus};

use super::app;

use super::facts::{PostFacts, ThreadFacts};

/// A predicate over a thread and, where one is meant, a post in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// True where every part is; true if there is none.
    All(Vec<Scope>),
    /// True where any part is; false if there is none.
    Any(Vec<Scope>),
    /// True where the part is not.
    Not(Box<Scope>),
    /// The thread's audience is one of these.
    AudienceIn(Vec<Audience>),
    /// The thread's moderation status is one of these.
    StatusIn(Vec<ModerationStatus>),
    /// One of these personas raised the thread.
    RaisedBy(Vec<PersonaId>),
    /// One of these personas takes part by name in the thread.
    JoinedBy(Vec<PersonaId>),
    /// One of these moderators' personas claimed the thread.
    ClaimedBy(Vec<PersonaId>),
    /// The thread waits for any moderator to look.
    WantsModerator,
    /// The thread is of one of these circles.
    InCircle(Vec<CircleId>),
    /// The concern is assigned to one of these offices.
    AssignedTo(Vec<OfficeId>),
    /// One of these personas stepped back from the concern.
    RecusedBy(Vec<PersonaId>),
    /// This agency's access to the thread is frozen.
    FrozenFor(AgencyId),
    /// This oversight body owns the concern or has a copy of it, or retaliation
    /// for it was brought to that body.
    OverseenBy(AgencyId),
    /// The concern complains of this agency.
    About(AgencyId),
    /// The concern complains of one of these offices.
    AboutOffice(Vec<OfficeId>),
    /// The thread is one of these.
    Among(Vec<ThreadId>),
    /// The thread is filed under one of these categories, by code.
    FiledUnder(Vec<String>),
    /// The post's moderation status is one of these.
    PostStatusIn(Vec<ModerationStatus>),
    /// One of these personas wrote the post.
    PostedBy(Vec<PersonaId>),
}

impl Scope {
    /// The predicate that is always true.
    pub const fn everything() -> Self {
        Self::All(Vec::new())
    }

    /// The predicate that is never true.
    pub const fn nothing() -> Self {
        Self::Any(Vec::new())
    }

    /// Evaluates the predicate. Post conditions are false without a post.
    pub fn holds(&self, thread: &ThreadFacts, post: Option<&PostFacts>) -> bool {
        let among = |set: &[PersonaId], one: PersonaId| set.contains(&one);
        match self {
            Self::All(parts) => parts.iter().all(|part| part.holds(thread, post)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(thread, post)),
            Self::Not(part) => !part.holds(thread, post),
            Self::AudienceIn(set) => set.contains(&thread.audience),
            Self::StatusIn(set) => set.contains(&thread.status),
            Self::RaisedBy(set) => among(set, thread.raiser),
            Self::JoinedBy(set) => thread.participants.iter().any(|one| set.contains(one)),
            Self::ClaimedBy(set) => thread.claimed_by.is_some_and(|one| among(set, one)),
            Self::WantsModerator => thread.wants_moderator,
            Self::InCircle(set) => thread.circle.is_some_and(|one| set.contains(&one)),
            Self::AssignedTo(set) => thread.assigned_office.is_some_and(|one| set.contains(&one)),
            Self::RecusedBy(set) => thread.recused.iter().any(|one| set.contains(one)),
            Self::FrozenFor(agency) => thread.frozen.contains(agency),
            Self::OverseenBy(agency) => {
                thread.oversight_agency == Some(*agency) || thread.reported_to.contains(agency)
            }
            Self::About(agency) => thread.about_agency == Some(*agency),
            Self::AboutOffice(set) => thread.about_office.is_some_and(|one| set.contains(&one)),
            Self::Among(set) => set.contains(&thread.id),
            Self::FiledUnder(set) => {
                let category = thread.category.as_ref();
                category.is_some_and(|code| set.contains(code))
            }
            Self::PostStatusIn(set) => post.is_some_and(|post| set.contains(&post.status)),
            Self::PostedBy(set) => post.is_some_and(|post| among(set, post.author)),
        }
    }
}

/// Which threads an actor may see.
pub fn scope(actor: &Actor) -> Scope {
    app::narrow_threads(actor, threads_of(actor))
}

fn threads_of(actor: &Actor) -> Scope {
    let moderator = actor.has(Duty::Moderator);
    let audience = by_audience(actor);
    let mut any = vec![Scope::All(vec![
        Scope::StatusIn(vec![ModerationStatus::Visible, ModerationStatus::Minimized]),
        audience.clone(),
    ])];
    if !actor.personas.is_empty() {
        any.push(Scope::RaisedBy(actor.personas.clone()));
    }
    if moderator {
        // What is held is read before it is released, by any moderator.
        any.push(Scope::StatusIn(vec![ModerationStatus::Held]));
        // So is what none of them is on, and nobody else can go on with.
        any.push(Scope::All(vec![
            Scope::StatusIn(vec![ModerationStatus::Visible, ModerationStatus::Minimized]),
            Scope::WantsModerator,
        ]));
        any.push(Scope::All(vec![
            Scope::StatusIn(vec![ModerationStatus::Removed]),
            audience,
        ]));
    }
    Scope::Any(any)
}

/// Of which threads an actor is told what happens there, because he raised them,
/// follows them or works on them: of those he sees, less where he is suspended.
pub fn told_scope(actor: &Actor) -> Scope {
    let curbs = actor.sanctions.suspensions().map(|scope| match scope {
        SanctionScope::Thread(id) => Scope::Among(vec![*id]),
        SanctionScope::Category(codes) => Scope::FiledUnder(codes.clone()),
        SanctionScope::Everything => Scope::everything(),
    });
    let curbs: Vec<Scope> = curbs.collect();
    if curbs.is_empty() {
        return scope(actor);
    }
    Scope::All(vec![scope(actor), Scope::Not(Box::new(Scope::Any(curbs)))])
}

/// Which threads are there for everybody. An app is shown them if its token is
/// good for reading.
pub fn public_scope(actor: &Actor) -> Scope {
    app::narrow_threads(actor, threads_of(&Actor::visitor()))
}

/// Which threads an actor sees on the desk of his agency: what he sees for an
/// office of his, or as everybody does, or in a circle that invites him. What he
/// is privately invited to, and what he raised, is on no desk.
pub fn desk_scope(actor: &Actor) -> Scope {
    let mut whole = vec![Audience::Public];
    if actor.is_member() {
        whole.push(Audience::Members);
    }
    if serves(actor) {
        whole.push(Audience::Officials);
    }
    let mut desk = vec![
        Scope::StatusIn(vec![ModerationStatus::Visible, ModerationStatus::Minimized]),
        Scope::Any(vec![
            Scope::AudienceIn(whole),
            Scope::All(vec![
                Scope::AudienceIn(vec![Audience::Confidential]),
                Scope::Any(confidential(actor, false)),
            ]),
            Scope::All(vec![
                Scope::AudienceIn(vec![Audience::Circle]),
                Scope::JoinedBy(actor.personas.clone()),
            ]),
        ]),
    ];
    desk.extend(unfrozen(actor));
    app::narrow_threads(actor, Scope::All(desk))
}

/// What is not frozen for the actor's agency; `None` if he has none.
fn unfrozen(actor: &Actor) -> Option<Scope> {
    let frozen = Scope::FrozenFor(actor.agency?);
    Some(Scope::Not(Box::new(frozen)))
}

/// Which posts an actor may see, in a thread he may see.
pub fn post_scope(actor: &Actor) -> Scope {
    app::narrow_posts(actor, posts_of(actor))
}

fn posts_of(actor: &Actor) -> Scope {
    if actor.has(Duty::Moderator) {
        return Scope::everything();
    }
    let open = Scope::PostStatusIn(vec![ModerationStatus::Visible, ModerationStatus::Minimized]);
    if actor.personas.is_empty() {
        return open;
    }
    Scope::Any(vec![open, Scope::PostedBy(actor.personas.clone())])
}

/// Which threads an actor belongs to the audience of.
fn by_audience(actor: &Actor) -> Scope {
    let mut whole = vec![Audience::Public];
    let moderator = actor.has(Duty::Moderator);
    if actor.is_member() {
        whole.push(Audience::Members);
    }
    let in_caucus = actor.vouched
        && actor
            .constituency
            .is_some_and(|constituency| match constituency {
                Constituency::CivilSociety | Constituency::Youth | Constituency::Expert => true,
                Constituency::Official => false,
            });
    if in_caucus || moderator {
        whole.push(Audience::Caucus);
    }
    if serves(actor) || moderator {
        whole.push(Audience::Officials);
    }
    let mut any = vec![Scope::AudienceIn(whole)];
    // An official is in a circle only while it invites him, by name; one who
    // only says that he is an official is no less one here.
    if !actor.circles.is_empty() && actor.constituency != Some(Constituency::Official) {
        any.push(Scope::All(vec![
            Scope::AudienceIn(vec![Audience::Circle]),
            Scope::InCircle(actor.circles.clone()),
        ]));
    }
    if !actor.personas.is_empty() {
        any.push(Scope::All(vec![
            Scope::AudienceIn(Audience::NAMING.to_vec()),
            Scope::JoinedBy(actor.personas.clone()),
        ]));
    }
    let confidential = confidential(actor, moderator);
    if !confidential.is_empty() {
        any.push(Scope::All(vec![
            Scope::AudienceIn(vec![Audience::Confidential]),
            Scope::Any(confidential),
        ]));
    }
    match unfrozen(actor) {
        None => Scope::Any(any),
        // What everyone reads cannot be kept from anybody.
        Some(unfrozen) => Scope::Any(vec![
            Scope::AudienceIn(vec![Audience::Public]),
            Scope::All(vec![unfrozen, Scope::Any(any)]),
        ]),
    }
}

fn confidential(actor: &Actor, moderator: bool) -> Vec<Scope> {
    let mut any = Vec::new();
    if moderator && !actor.personas.is_empty() {
        any.push(Scope::ClaimedBy(actor.personas.clone()));
    }
    if serves(actor) && !actor.offices.is_empty() {
        let mut by_office = vec![Scope::AssignedTo(actor.offices.clone())];
        if let (Some(agency), true) = (actor.agency, actor.agency_oversees) {
            by_office.push(Scope::OverseenBy(agency));
        }
        any.push(Scope::All(vec![
            Scope::Not(Box::new(Scope::RecusedBy(actor.personas.clone()))),
            Scope::Any(by_office),
        ]));
    }
    any
}

/// Whether the actor is an official of an agency that answers here: one that
/// was suspended, or does not take part, gives its officers nothing to see
/// or do.
pub(super) fn serves(actor: &Actor) -> bool {
    is_official(actor) && actor.agency_answers
}

/// Whether the actor is a vouched official.
pub(super) fn is_official(actor: &Actor) -> bool {
    actor.vouched && actor.constituency == Some(Constituency::Official)
}

/// Whose case facts an actor may open: the raiser's, the assigned office's,
/// the claiming moderator's and the owning oversight's, less whoever is
/// complained about.
pub fn facts_scope(actor: &Actor) -> Scope {
    app::narrow_facts(actor, facts_of(actor))
}

fn facts_of(actor: &Actor) -> Scope {
    let mut any = confidential(actor, actor.has(Duty::Moderator));
    let mut complained_about = Vec::new();
    if let Some(agency) = actor.agency {
        complained_about.extend([Scope::About(agency), Scope::FrozenFor(agency)]);
    }
    // Its agency is named beside an office that is complained of. Where it
    // is not, the office keeps its holders away all the same.
    if !actor.offices.is_empty() {
        complained_about.push(Scope::AboutOffice(actor.offices.clone()));
    }
    if !complained_about.is_empty() {
        any = vec![Scope::All(vec![
            Scope::Not(Box::new(Scope::Any(complained_about))),
            Scope::Any(any),
        ])];
    }
    if !actor.personas.is_empty() {
        any.push(Scope::RaisedBy(actor.personas.clone()));
    }
    Scope::Any(any)
}
