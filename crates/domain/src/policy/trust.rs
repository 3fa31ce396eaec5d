//! What a person may be trusted with, whoever gives it: duties, offices,
//! rooms and what an invitation grants.
//!
//! Whether somebody may give it is [`decide`](super::decide)'s business.

use crate::id::AgencyId;
use crate::people::{Constituency, Duty};

use super::Denial;

/// Why a duty cannot be given to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DutyConflict {
    /// An official holds no duty of the forum.
    #[error("an official holds no duty of the forum")]
    Official,
    /// A custodian is no administrator, and the other way around.
    #[error("a custodian is no administrator")]
    CustodianAndAdministrator,
}

/// Why somebody cannot be put into an office.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfficeConflict {
    /// Only officials hold offices.
    NoOfficial,
    /// Nobody holds offices of two agencies.
    AnotherAgency,
}

/// What in an invitation does not go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvitationConflict {
    /// Officials, and only they, have an office.
    Office,
    /// An official belongs to no organization.
    Organization,
}

/// Whether a person of this constituency, with these duties, may take on
/// one more.
pub fn may_hold(constituency: Constituency, held: &[Duty], more: Duty) -> Result<(), DutyConflict> {
    if constituency == Constituency::Official {
        return Err(DutyConflict::Official);
    }
    let excluded = match more {
        Duty::Custodian => Some(Duty::Administrator),
        Duty::Administrator => Some(Duty::Custodian),
        Duty::Moderator | Duty::Convenor => None,
    };
    match excluded {
        Some(other) if held.contains(&other) => Err(DutyConflict::CustodianAndAdministrator),
        _ => Ok(()),
    }
}

/// Whether a person of this constituency, with offices of these agencies, may
/// hold one of this agency.
pub fn may_hold_office(
    constituency: Constituency,
    held: &[AgencyId],
    agency: AgencyId,
) -> Result<(), OfficeConflict> {
    if constituency != Constituency::Official {
        return Err(OfficeConflict::NoOfficial);
    }
    if held.iter().any(|one| *one != agency) {
        return Err(OfficeConflict::AnotherAgency);
    }
    Ok(())
}

/// Whether a person may be brought into a vouched room. An official is there
/// only while a thread invites him.
pub fn may_join_circle(constituency: Constituency, vouched: bool) -> Result<(), Denial> {
    if constituency == Constituency::Official {
        return Err(Denial::WrongConstituency);
    }
    if !vouched {
        return Err(Denial::NotVouched);
    }
    Ok(())
}

/// What an invitation is to grant.
#[derive(Debug, Clone, Copy)]
pub struct Grant {
    /// The constituency that it vouches for, if it says one.
    pub constituency: Option<Constituency>,
    /// Whether it puts into an office.
    pub office: bool,
    /// Whether it makes a member of an organization.
    pub organization: bool,
}

impl Grant {
    /// The constituency that it vouches for: an office says OFFICIAL by
    /// itself.
    pub fn vouches_for(self) -> Option<Constituency> {
        self.constituency
            .or(self.office.then_some(Constituency::Official))
    }

    /// Everything in it that does not go together.
    pub fn conflicts(self) -> Vec<InvitationConflict> {
        let official = self.vouches_for() == Some(Constituency::Official);
        let office = (official != self.office).then_some(InvitationConflict::Office);
        let organization =
            (official && self.organization).then_some(InvitationConflict::Organization);
        office.into_iter().chain(organization).collect()
    }

    /// Whether somebody who names this constituency may come in by it.
    pub fn is_for(self, named: Constituency) -> bool {
        self.vouches_for().is_none_or(|one| one == named)
    }
}
