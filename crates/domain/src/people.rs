//! People and bodies: whom somebody speaks for, and what he is trusted with.

use crate::code::codes;
use crate::id::{AccountId, AgencyId, CircleId, OfficeId, OrganizationId, PersonaId};
use crate::moderation::Sanctions;
use crate::partner::Through;

codes! {
    /// Who a person speaks for. Exactly one a person.
    pub enum Constituency {
        /// Civil-society organizations and their members.
        CivilSociety = "CIVIL_SOCIETY",
        /// Young people; vouched for, not self-declared.
        Youth = "YOUTH",
        /// Academia and international experts.
        Expert = "EXPERT",
        /// Holders of an office of an agency; vouched for, not self-declared.
        Official = "OFFICIAL",
    }
}

impl Constituency {
    /// Whether somebody else must vouch before a person counts as one.
    pub const fn needs_vouching(self) -> bool {
        matches!(self, Self::Youth | Self::Official)
    }
}

codes! {
    /// What a person is trusted to do besides speaking.
    pub enum Duty {
        /// Releases, redacts, minimizes, locks, merges.
        Moderator = "MODERATOR",
        /// Together with another custodian, may open a sealed identity.
        Custodian = "CUSTODIAN",
        /// Runs dialogues, gathers findings.
        Convenor = "CONVENOR",
        /// Accredits, edits reference data, runs the server.
        Administrator = "ADMINISTRATOR",
    }
}

codes! {
    /// Where an account stands.
    pub enum Standing {
        /// Waits for an administrator's approval; cannot sign in yet.
        Pending = "PENDING",
        /// Was approved, or needed no approval.
        Active = "ACTIVE",
        /// Its owner deleted it; what is left of it goes within minutes.
        Deleted = "DELETED",
    }
}

impl Standing {
    /// Whether such an account may sign in and hold a session.
    pub const fn may_sign_in(self) -> bool {
        matches!(self, Self::Active)
    }
}

codes! {
    /// Who may make an account.
    pub enum RegistrationMode {
        /// Everybody.
        Open = "OPEN",
        /// Everybody may ask; an administrator approves.
        Approval = "APPROVAL",
        /// Whoever holds an invitation.
        Invitation = "INVITATION",
        /// Nobody.
        Closed = "CLOSED",
    }
}

codes! {
    /// How far an organization, an agency or a person's place in one is
    /// accepted.
    pub enum Accreditation {
        /// Asked for, not decided.
        Requested = "REQUESTED",
        /// Accepted.
        Approved = "APPROVED",
        /// Refused, with a reason.
        Rejected = "REJECTED",
        /// Accepted once, taken back for now.
        Suspended = "SUSPENDED",
    }
}

impl Accreditation {
    /// The states that a decision may move this one to.
    pub const fn next(self) -> &'static [Self] {
        match self {
            Self::Requested | Self::Suspended => &[Self::Approved, Self::Rejected],
            Self::Approved => &[Self::Suspended],
            Self::Rejected => &[Self::Approved],
        }
    }
}

codes! {
    /// Whether an agency takes part.
    pub enum Participation {
        /// In the directory only.
        Listed = "LISTED",
        /// Asked to join.
        Invited = "INVITED",
        /// Answers; clocks and public figures run.
        Answering = "ANSWERING",
    }
}

codes! {
    /// What kind of body an agency is.
    pub enum AgencyKind {
        /// Police, investigation, customs and the like.
        LawEnforcement = "LAW_ENFORCEMENT",
        /// A ministry, department or authority.
        Government = "GOVERNMENT",
        /// A commission or ombudsperson that watches over the others.
        Oversight = "OVERSIGHT",
    }
}

codes! {
    /// How an author appears.
    pub enum Voice {
        /// Under his account's name.
        Named = "NAMED",
        /// Sealed to the custodians.
        Confidential = "CONFIDENTIAL",
        /// No link kept.
        Anonymous = "ANONYMOUS",
    }
}

codes! {
    /// A language of the forum.
    pub enum Language {
        /// English.
        En = "EN",
        /// Urdu.
        Ur = "UR",
    }
}

/// Who acts: what was presented with a request, as far as policy needs it.
///
/// A visitor has no account and no persona.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Actor {
    /// The signed-in account.
    pub account: Option<AccountId>,
    /// The personas that were presented, sorted; of a signed-in account its
    /// NAMED personas, past ones included.
    pub personas: Vec<PersonaId>,
    /// The NAMED persona the account speaks as now.
    pub speaks_as: Option<PersonaId>,
    /// Whom the account speaks for; `None` for a visitor.
    pub constituency: Option<Constituency>,
    /// Whether the constituency counts (vouched for where it must be).
    pub vouched: bool,
    /// The account's duties, sorted.
    pub duties: Vec<Duty>,
    /// The sanctions of the account that stand.
    pub sanctions: Sanctions,
    /// The accredited organization the account belongs to.
    pub organization: Option<OrganizationId>,
    /// The agency whose office the account holds.
    pub agency: Option<AgencyId>,
    /// Whether that agency is ANSWERING and accredited.
    pub agency_answers: bool,
    /// Whether that agency is an oversight body.
    pub agency_oversees: bool,
    /// The offices the account holds now, sorted.
    pub offices: Vec<OfficeId>,
    /// The circles the account was vouched into, sorted.
    pub circles: Vec<CircleId>,
    /// The partner app that acts, for the account or, where there is none,
    /// for its organization. `None` for whoever acts himself.
    pub through: Option<Through>,
}

impl Actor {
    /// Somebody without an account.
    pub fn visitor() -> Self {
        Self::default()
    }

    /// Whether there is an account, and it is not kept out of everything.
    pub fn is_member(&self) -> bool {
        self.account.is_some() && !self.sanctions.bar()
    }

    /// Whether a persona is the account's, also where it was lost by a sanction.
    pub fn is(&self, persona: PersonaId) -> bool {
        self.personas.contains(&persona) || self.sanctions.lost.contains(&persona)
    }

    /// Whether the account has this duty.
    pub fn has(&self, duty: Duty) -> bool {
        self.duties.contains(&duty)
    }
}
