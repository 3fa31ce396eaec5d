//! The people of the tests, and the thread they look at.
//!
//! The thread is a concern of civil society, before the desk of an agency,
//! with an oversight body that owns it or has a copy. Who complains about
//! whom, the audience and the moderation status are each test's to set.

use uuid::Uuid;

use super::super::{PostFacts, ThreadFacts, curbed};
use crate::id::{
    AccountId, AgencyId, CircleId, OfficeId, OrganizationId, PersonaId, PostId, ThreadId,
};
use crate::moderation::{Curb, SanctionScope, Sanctions};
use crate::people::{Actor, Constituency, Duty};
use crate::thread::{AboutKind, Audience, ModerationStatus, ThreadKind};

pub(super) const RAISER: PersonaId = PersonaId(Uuid::from_u128(1));
/// The persona of whoever looks, where he did not raise the thread.
pub(super) const SELF: PersonaId = PersonaId(Uuid::from_u128(2));
pub(super) const SOMEBODY: PersonaId = PersonaId(Uuid::from_u128(3));
pub(super) const MYSELF: AccountId = AccountId(Uuid::from_u128(10));
pub(super) const ASSIGNED: AgencyId = AgencyId(Uuid::from_u128(20));
pub(super) const COMPLAINED: AgencyId = AgencyId(Uuid::from_u128(21));
pub(super) const OVERSIGHT: AgencyId = AgencyId(Uuid::from_u128(22));
pub(super) const LISTED: AgencyId = AgencyId(Uuid::from_u128(23));
pub(super) const DESK: OfficeId = OfficeId(Uuid::from_u128(30));
const OTHER_OFFICE: OfficeId = OfficeId(Uuid::from_u128(31));
const COMPLAINED_OFFICE: OfficeId = OfficeId(Uuid::from_u128(32));
const OVERSIGHT_OFFICE: OfficeId = OfficeId(Uuid::from_u128(33));
pub(super) const CIRCLE: CircleId = CircleId(Uuid::from_u128(40));
const THREAD: ThreadId = ThreadId(Uuid::from_u128(100));
pub(super) const CATEGORY: &str = "DRG";
pub(super) const ORGANIZATION: OrganizationId = OrganizationId(Uuid::from_u128(50));
pub(super) const OTHER_ORGANIZATION: OrganizationId = OrganizationId(Uuid::from_u128(51));

/// Somebody, and what the thread knows of him.
pub(super) struct Subject {
    pub(super) name: &'static str,
    /// Somebody before him in the list to whom he is compared when the
    /// rules are printed.
    pub(super) like: Option<&'static str>,
    pub(super) actor: Actor,
    place: fn(&mut ThreadFacts),
}

impl Subject {
    /// The thread as it stands towards this person.
    pub(super) fn thread(&self, audience: Audience, status: ModerationStatus) -> ThreadFacts {
        let mut thread = concern(audience, status);
        (self.place)(&mut thread);
        thread
    }
}

/// A concern that says nothing of whom it complains about.
pub(super) fn concern(audience: Audience, status: ModerationStatus) -> ThreadFacts {
    ThreadFacts {
        id: THREAD,
        kind: ThreadKind::Concern,
        audience,
        circle: (audience == Audience::Circle).then_some(CIRCLE),
        category: Some(CATEGORY.to_owned()),
        status,
        locked: false,
        ended: false,
        slow: false,
        raiser: RAISER,
        participants: vec![SOMEBODY],
        recused: Vec::new(),
        frozen: Vec::new(),
        reported_to: Vec::new(),
        about_agency: None,
        about_office: None,
        about_kind: None,
        assigned_agency: Some(ASSIGNED),
        assigned_office: Some(DESK),
        oversight_agency: Some(OVERSIGHT),
        claimed_by: Some(SOMEBODY),
        wants_moderator: false,
    }
}

/// The same thread, complaining of an agency.
pub(super) fn about(mut thread: ThreadFacts, kind: AboutKind) -> ThreadFacts {
    thread.about_agency = Some(COMPLAINED);
    thread.about_office = Some(COMPLAINED_OFFICE);
    thread.about_kind = Some(kind);
    thread
}

pub(super) fn post(author: PersonaId, status: ModerationStatus) -> PostFacts {
    PostFacts {
        id: PostId(Uuid::from_u128(200)),
        author,
        status,
    }
}

pub(super) fn member(constituency: Constituency) -> Actor {
    Actor {
        account: Some(MYSELF),
        personas: vec![SELF],
        speaks_as: Some(SELF),
        constituency: Some(constituency),
        vouched: true,
        ..Actor::default()
    }
}

/// Somebody under one sanction.
fn under(suspends: bool, scope: SanctionScope, who: Actor) -> Actor {
    let curb = Curb { suspends, scope };
    Actor {
        sanctions: Sanctions {
            standing: vec![curb],
            lost: Vec::new(),
        },
        ..who
    }
}

pub(super) fn official(agency: AgencyId, office: OfficeId) -> Actor {
    Actor {
        agency: Some(agency),
        agency_answers: agency != LISTED,
        agency_oversees: agency == OVERSIGHT,
        offices: vec![office],
        ..member(Constituency::Official)
    }
}

pub(super) fn with_duty(duty: Duty) -> Actor {
    Actor {
        duties: vec![duty],
        ..member(Constituency::CivilSociety)
    }
}

fn raising(actor: Actor) -> Actor {
    Actor {
        personas: vec![RAISER],
        speaks_as: Some(RAISER),
        ..actor
    }
}

/// Everybody whom the rules tell apart.
pub(super) fn everybody() -> Vec<Subject> {
    use Constituency::{CivilSociety, Expert, Official, Youth};
    let nothing: fn(&mut ThreadFacts) = |_| {};
    let invited: fn(&mut ThreadFacts) = |thread| thread.participants.push(SELF);
    let civil = member(CivilSociety);
    let accredited = Actor {
        organization: Some(ORGANIZATION),
        ..civil.clone()
    };
    let subject = |name, like, actor, place| Subject {
        name,
        like,
        actor,
        place,
    };
    vec![
        subject("visitor", None, Actor::visitor(), nothing),
        subject("civil society", None, civil.clone(), nothing),
        subject(
            "civil society of an accredited organization",
            Some("civil society"),
            accredited,
            nothing,
        ),
        subject(
            "unvouched youth",
            Some("civil society"),
            Actor {
                vouched: false,
                ..member(Youth)
            },
            nothing,
        ),
        subject("youth", Some("civil society"), member(Youth), nothing),
        subject("expert", Some("civil society"), member(Expert), nothing),
        subject(
            "unvouched official",
            None,
            Actor {
                vouched: false,
                ..member(Official)
            },
            nothing,
        ),
        subject(
            "official at the assigned desk",
            None,
            official(ASSIGNED, DESK),
            nothing,
        ),
        subject(
            "official of the same agency at another office",
            Some("official at the assigned desk"),
            official(ASSIGNED, OTHER_OFFICE),
            nothing,
        ),
        subject(
            "official of an agency that does not answer",
            Some("official of the same agency at another office"),
            official(LISTED, OTHER_OFFICE),
            nothing,
        ),
        subject(
            "official complained about",
            Some("official of the same agency at another office"),
            official(COMPLAINED, COMPLAINED_OFFICE),
            nothing,
        ),
        subject(
            "official complained about at the assigned desk",
            Some("official at the assigned desk"),
            official(COMPLAINED, COMPLAINED_OFFICE),
            |thread| {
                thread.assigned_agency = Some(COMPLAINED);
                thread.assigned_office = Some(COMPLAINED_OFFICE);
            },
        ),
        subject(
            "official of the oversight body",
            Some("official of the same agency at another office"),
            official(OVERSIGHT, OVERSIGHT_OFFICE),
            nothing,
        ),
        subject(
            "official of the oversight body that it is assigned to",
            Some("official at the assigned desk"),
            official(OVERSIGHT, OVERSIGHT_OFFICE),
            |thread| {
                thread.assigned_agency = Some(OVERSIGHT);
                thread.assigned_office = Some(OVERSIGHT_OFFICE);
            },
        ),
        subject(
            "official invited",
            Some("official of the same agency at another office"),
            official(ASSIGNED, OTHER_OFFICE),
            invited,
        ),
        subject(
            "moderator",
            Some("civil society"),
            with_duty(Duty::Moderator),
            nothing,
        ),
        subject(
            "moderator who claimed it",
            Some("moderator"),
            with_duty(Duty::Moderator),
            |thread| {
                thread.claimed_by = Some(SELF);
            },
        ),
        subject(
            "moderator who raised it",
            Some("moderator"),
            raising(with_duty(Duty::Moderator)),
            nothing,
        ),
        subject(
            "custodian",
            Some("civil society"),
            with_duty(Duty::Custodian),
            nothing,
        ),
        subject(
            "convenor",
            Some("civil society"),
            with_duty(Duty::Convenor),
            nothing,
        ),
        subject(
            "administrator",
            Some("civil society"),
            with_duty(Duty::Administrator),
            nothing,
        ),
        subject(
            "raiser",
            Some("civil society"),
            raising(civil.clone()),
            nothing,
        ),
        subject(
            "silenced raiser",
            Some("raiser"),
            under(false, SanctionScope::Everything, raising(civil.clone())),
            nothing,
        ),
        subject(
            "silenced member",
            Some("civil society"),
            under(false, SanctionScope::Everything, civil.clone()),
            nothing,
        ),
        subject("participant", Some("civil society"), civil.clone(), invited),
        subject(
            "member of the circle",
            Some("civil society"),
            Actor {
                circles: vec![CIRCLE],
                ..civil.clone()
            },
            nothing,
        ),
        subject(
            "member silenced in the thread",
            Some("silenced member"),
            under(false, SanctionScope::Thread(THREAD), civil.clone()),
            nothing,
        ),
        subject(
            "member silenced in the category",
            Some("silenced member"),
            under(
                false,
                SanctionScope::Category(vec![CATEGORY.to_owned()]),
                civil.clone(),
            ),
            nothing,
        ),
        subject(
            "member suspended from the thread",
            Some("member silenced in the thread"),
            under(true, SanctionScope::Thread(THREAD), civil.clone()),
            nothing,
        ),
        subject(
            "member silenced elsewhere",
            Some("civil society"),
            under(
                false,
                SanctionScope::Thread(ThreadId(Uuid::from_u128(101))),
                civil.clone(),
            ),
            nothing,
        ),
        subject(
            "suspended member",
            Some("visitor"),
            curbed(under(true, SanctionScope::Everything, civil)),
            nothing,
        ),
        subject(
            "suspended moderator",
            Some("suspended member"),
            curbed(under(
                true,
                SanctionScope::Everything,
                with_duty(Duty::Moderator),
            )),
            nothing,
        ),
        subject(
            "official counted in the circle",
            Some("official of the same agency at another office"),
            Actor {
                circles: vec![CIRCLE],
                ..official(ASSIGNED, OTHER_OFFICE)
            },
            nothing,
        ),
    ]
}

/// The one of that name.
pub(super) fn the(name: &str) -> Subject {
    everybody()
        .into_iter()
        .find(|subject| subject.name == name)
        .expect("one of everybody")
}
