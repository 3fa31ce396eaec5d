//! Who carries out what an office committed itself to, and who decides whether
//! it was kept.

use crate::concern::Assignment;
use crate::id::{AgencyId, OfficeId};
use crate::people::{Actor, Duty};

use super::{
    Denial, Refusal, ThreadFacts, desk, impartial, is_raiser, personal, require, speaks_in,
};

/// Whom a commitment binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Bound {
    /// The agency.
    pub agency: AgencyId,
    /// The office in whose name it was made.
    pub office: OfficeId,
}

/// Who keeps the process of a concern, and with that decides whether what was
/// committed was kept. Never the agency that is bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Custody {
    /// The oversight body that owns it.
    Oversight(AgencyId),
    /// The moderators and convenors.
    Forum,
}

/// As what somebody decides on a commitment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Custodian {
    /// As an officer of the oversight body, in the name of this office.
    Office(Assignment),
    /// As a moderator.
    Moderator,
    /// As a convenor.
    Convenor,
}

/// Who decides whether a commitment of this agency was kept. An oversight body
/// owns what complains of someone's conduct; of a practice it has a copy.
pub fn custody(thread: &ThreadFacts, bound: AgencyId) -> Custody {
    match thread.oversight_agency {
        Some(body) if personal(thread) && body != bound => Custody::Oversight(body),
        _ => Custody::Forum,
    }
}

/// As what somebody decides who may.
pub fn custodian(actor: &Actor, thread: &ThreadFacts, bound: AgencyId) -> Custodian {
    let moderator = actor.has(Duty::Moderator);
    match custody(thread, bound) {
        Custody::Oversight(agency) => Custodian::Office(Assignment {
            agency,
            office: actor.offices.first().copied(),
        }),
        Custody::Forum if moderator => Custodian::Moderator,
        Custody::Forum => Custodian::Convenor,
    }
}

/// In the name of which office somebody acts who carries a commitment out.
pub fn commits_as(actor: &Actor, bound: Bound) -> Assignment {
    let own = actor.offices.contains(&bound.office);
    let other = actor.offices.first().copied().filter(|_| !own);
    Assignment {
        agency: bound.agency,
        office: Some(other.unwrap_or(bound.office)),
    }
}

/// A holder of the office that is bound does, also when the concern went on to
/// another; and in that agency whoever has the concern now.
pub(super) fn carry_out(actor: &Actor, thread: &ThreadFacts, bound: Bound) -> Result<(), Refusal> {
    speaks_in(actor, thread)?;
    impartial(actor, thread)?;
    let agency = actor.agency == Some(bound.agency);
    let holds = actor.offices.contains(&bound.office) || desk(actor, thread).is_ok();
    require(agency && holds, Denial::NotAssigned)
}

pub(super) fn decide(actor: &Actor, thread: &ThreadFacts, bound: AgencyId) -> Result<(), Refusal> {
    speaks_in(actor, thread)?;
    require(!is_raiser(actor, thread), Denial::OwnAct)?;
    require(actor.agency != Some(bound), Denial::ConflictOfInterest)?;
    match custody(thread, bound) {
        Custody::Oversight(body) => {
            impartial(actor, thread)?;
            let oversees = actor.agency == Some(body) && actor.agency_oversees;
            require(oversees && !actor.offices.is_empty(), Denial::NotAssigned)
        }
        Custody::Forum => {
            let keeps = actor.has(Duty::Moderator) || actor.has(Duty::Convenor);
            require(keeps, Denial::DutyRequired)
        }
    }
}
