//! What authorities demand by law: that something is taken down, kept or
//! handed over.

use crate::code::codes;
use crate::id::{AccountId, PersonaId};

codes! {
    /// What is demanded.
    pub enum DemandKind {
        /// That a thread or post is taken away from its audience.
        TakeDown = "TAKE_DOWN",
        /// That something the forum keeps is handed over.
        Disclose = "DISCLOSE",
        /// That the forum does not destroy meanwhile what it keeps for a time. What
        /// people may delete of their own they may delete all the same.
        Preserve = "PRESERVE",
    }
}

codes! {
    /// By what it is demanded.
    pub enum Instrument {
        /// An order of a court.
        CourtOrder = "COURT_ORDER",
        /// A notice for which a law gives an authority the power.
        StatutoryNotice = "STATUTORY_NOTICE",
        /// A request of a police force.
        PoliceRequest = "POLICE_REQUEST",
        /// A request of another authority.
        AuthorityRequest = "AUTHORITY_REQUEST",
        /// Something else, which the scope says.
        Other = "OTHER",
    }
}

codes! {
    /// What becomes of a demand.
    pub enum DemandStatus {
        /// It is registered, and nobody approved it yet.
        Registered = "REGISTERED",
        /// One approved it.
        ApprovedOnce = "APPROVED_ONCE",
        /// Two approved it: it is complied with.
        Complied = "COMPLIED",
        /// It was refused.
        Refused = "REFUSED",
        /// It was complied with, and holds no longer.
        Lifted = "LIFTED",
    }
}

codes! {
    /// What somebody makes of a demand.
    pub enum DemandDecision {
        /// It is to be complied with.
        Approve = "APPROVE",
        /// It is not.
        Refuse = "REFUSE",
        /// It was complied with, and holds no longer: the order fell, or its time is
        /// over.
        Lift = "LIFT",
    }
}

/// A bar on notice ends so many days after its demand was registered, at the
/// latest: what is never told nobody can go to a court about.
pub const BARRED_DAYS_MAX: u32 = 365;

/// What policy needs to know of a demand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DemandFacts {
    /// Who registered it; nobody where he left.
    pub registrar: Option<AccountId>,
    /// Who approved it first.
    pub approver: Option<AccountId>,
    /// Who wrote what it is about, as far as it is known what that is.
    pub author: Option<PersonaId>,
}

impl DemandStatus {
    /// What follows; `None` where that is not to be decided any more, or not yet.
    pub const fn after(self, decision: DemandDecision) -> Option<Self> {
        match (self, decision) {
            (Self::Complied, DemandDecision::Lift) => Some(Self::Lifted),
            (Self::Complied | Self::Refused | Self::Lifted, _) | (_, DemandDecision::Lift) => None,
            (_, DemandDecision::Refuse) => Some(Self::Refused),
            (Self::Registered, DemandDecision::Approve) => Some(Self::ApprovedOnce),
            (Self::ApprovedOnce, DemandDecision::Approve) => Some(Self::Complied),
        }
    }

    /// Whether somebody may still approve or refuse it.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Registered | Self::ApprovedOnce)
    }
}

#[cfg(test)]
mod tests {
    use super::{DemandDecision, DemandStatus};

    #[test]
    fn two_approve_and_one_refuses() {
        use DemandDecision::{Approve, Lift, Refuse};
        let once = DemandStatus::Registered.after(Approve);
        assert_eq!(once, Some(DemandStatus::ApprovedOnce));
        let twice = once.and_then(|once| once.after(Approve));
        assert_eq!(twice, Some(DemandStatus::Complied));
        for open in [DemandStatus::Registered, DemandStatus::ApprovedOnce] {
            assert_eq!(open.after(Refuse), Some(DemandStatus::Refused));
            assert_eq!(open.after(Lift), None);
        }
        let lifted = DemandStatus::Complied.after(Lift);
        assert_eq!(lifted, Some(DemandStatus::Lifted));
        assert_eq!(DemandStatus::Refused.after(Lift), None);
        assert_eq!(DemandStatus::Lifted.after(Lift), None);
        for over in [
            DemandStatus::Complied,
            DemandStatus::Refused,
            DemandStatus::Lifted,
        ] {
            assert_eq!(over.after(Approve), None);
            assert_eq!(over.after(Refuse), None);
        }
    }
}
