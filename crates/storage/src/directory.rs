//! Bodies and reference data, read whole into a snapshot.
//!
//! The directory is small (hundreds of rows), is needed by nearly every
//! answer, and changes rarely: it is read once and kept until its stream
//! moves.

mod read;
mod rule;

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use domain::clock::ClockRule;
use domain::event::StreamHead;
use domain::id::{AgencyId, CircleId, DocumentId, OfficeId, OrganizationId};
use domain::moderation::PostingRules;
use domain::people::{Accreditation, AgencyKind, Participation};

use crate::thread::Author;

/// A name in the forum's two languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// English.
    pub en: String,
    /// Urdu.
    pub ur: String,
}

/// What a concern is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// The stable code.
    pub code: String,
    /// The code of its parent.
    pub parent: Option<String>,
    /// Its name.
    pub name: Name,
    /// The convention or classification it comes from.
    pub basis: String,
    /// Whether young people named it in their pledge.
    pub youth_priority: bool,
    /// Other words for it.
    pub aliases: String,
}

/// What is at stake beyond the crime.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    /// The stable code.
    pub code: String,
    /// Its name.
    pub name: Name,
}

/// A region of the country, or one of the forum's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// The stable code.
    pub code: String,
    /// ISO 3166-2, where there is one.
    pub iso_3166_2: Option<String>,
    /// Province, territory and so on.
    pub kind: String,
    /// Its name.
    pub name: Name,
}

/// A group that a concern affects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AffectedGroup {
    /// The stable code.
    pub code: String,
    /// Its name.
    pub name: Name,
    /// Whether it is never shown beside a name.
    pub sensitive: bool,
}

/// Where to turn at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Helpline {
    /// The number to call.
    pub number: String,
    /// The code of the agency that runs it.
    pub agency: Option<String>,
    /// What it is for.
    pub purpose: String,
    /// State or civil society.
    pub run_by: String,
    /// The code of its region.
    pub region: String,
    /// Whether it is still to be called before it is shown.
    pub check_before_use: bool,
}

/// A holiday of every year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holiday {
    /// The code of the region where nobody works.
    pub region: String,
    /// The month, from 1.
    pub month: u32,
    /// The day of the month, from 1.
    pub day: u32,
    /// Its name.
    pub name: Name,
}

/// A holiday of one day: those that are sighted by the moon, and what is
/// announced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatedHoliday {
    /// The day.
    pub day: NaiveDate,
    /// Its name.
    pub name: Name,
}

/// A state body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agency {
    /// The agency.
    pub id: AgencyId,
    /// Its stable code.
    pub code: String,
    /// What kind of body it is.
    pub kind: AgencyKind,
    /// The code of its region.
    pub region: String,
    /// Its name.
    pub name: Name,
    /// How far it is accepted.
    pub accreditation: Accreditation,
    /// Who decided that, as whom he did; `None` where nobody did, or he is gone.
    pub decided_by: Option<Arc<Author>>,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
    /// Whether it takes part.
    pub participation: Participation,
    /// Since when it answers.
    pub answering_since: Option<DateTime<Utc>>,
    /// Whether one officer answers alone; else a second one approves.
    pub one_officer: bool,
    /// Whether concerns about agencies go to it where nothing else is said.
    pub default_oversight: bool,
    /// Codes of the categories it is responsible for.
    pub mandate: Vec<String>,
    /// Codes of the groups it watches over.
    pub oversees: Vec<String>,
}

impl Agency {
    /// Whether it takes part and is accepted.
    pub fn answers(&self) -> bool {
        self.participation == Participation::Answering
            && self.accreditation == Accreditation::Approved
    }
}

/// A desk of an agency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Office {
    /// The office.
    pub id: OfficeId,
    /// Its agency.
    pub agency: AgencyId,
    /// Its name.
    pub name: Name,
    /// The code of its region, if it is for one.
    pub region: Option<String>,
    /// Whether it is closed.
    pub closed: bool,
}

/// A civil-society organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// The organization.
    pub id: OrganizationId,
    /// Its name.
    pub name: String,
    /// How far it is accepted.
    pub accreditation: Accreditation,
    /// When it asked.
    pub requested_at: DateTime<Utc>,
    /// Who decided, as whom he did; `None` where nobody did, or he is gone.
    pub decided_by: Option<Arc<Author>>,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
    /// Why.
    pub reason: Option<String>,
}

/// A vouched room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Circle {
    /// The circle.
    pub id: CircleId,
    /// Its stable code.
    pub code: String,
    /// Its name.
    pub name: Name,
}

/// A document that is trusted. Its text is read when it is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrustedDocument {
    /// The document.
    pub id: DocumentId,
    /// The SHA-256 of its text.
    pub hash: [u8; 32],
    /// Since when it is trusted.
    pub trusted_at: DateTime<Utc>,
}

/// The forum itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forum {
    /// Its name.
    pub name: String,
    /// Whether it only shows how a forum works.
    pub demonstration: bool,
    /// Its time zone (IANA).
    pub zone: String,
    /// With what its references begin.
    pub prefix: String,
}

/// Everything that is looked up by code or id.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    /// The forum, once it is set up.
    pub forum: Option<Forum>,
    /// In their order of position.
    pub categories: Vec<Category>,
    /// In their order of position.
    pub themes: Vec<Theme>,
    /// In their order of position.
    pub regions: Vec<Region>,
    /// In their order of position.
    pub groups: Vec<AffectedGroup>,
    /// By number.
    pub helplines: Vec<Helpline>,
    /// By month and day.
    pub holidays: Vec<Holiday>,
    /// By day.
    pub dated_holidays: Vec<DatedHoliday>,
    /// In the order in which they were made.
    pub clock_rules: Vec<ClockRule>,
    /// Those of posting.
    pub posting_rules: PostingRules,
    /// In their order of position.
    pub agencies: Vec<Agency>,
    /// By id.
    pub offices: Vec<Office>,
    /// By id.
    pub organizations: Vec<Organization>,
    /// By code.
    pub circles: Vec<Circle>,
    /// By the hashes of their texts.
    pub documents: HashMap<[u8; 32], TrustedDocument>,
    /// How far the directory's stream reached when it was read.
    pub head: Option<StreamHead>,
    agency_at: HashMap<AgencyId, usize>,
    office_at: HashMap<OfficeId, usize>,
    organization_at: HashMap<OrganizationId, usize>,
    category_at: HashMap<String, usize>,
    region_at: HashMap<String, usize>,
}

impl Directory {
    /// An agency by its id.
    pub fn agency(&self, id: AgencyId) -> Option<&Agency> {
        self.agency_at.get(&id).map(|at| &self.agencies[*at])
    }

    /// An agency by its code.
    pub fn agency_by_code(&self, code: &str) -> Option<&Agency> {
        self.agencies.iter().find(|agency| agency.code == code)
    }

    /// An office by its id.
    pub fn office(&self, id: OfficeId) -> Option<&Office> {
        self.office_at.get(&id).map(|at| &self.offices[*at])
    }

    /// An organization by its id.
    pub fn organization(&self, id: OrganizationId) -> Option<&Organization> {
        self.organization_at
            .get(&id)
            .map(|at| &self.organizations[*at])
    }

    /// Where a category stands among the others.
    pub fn category_at(&self, code: &str) -> Option<usize> {
        self.category_at.get(code).copied()
    }

    /// A category by its code.
    pub fn category(&self, code: &str) -> Option<&Category> {
        self.category_at.get(code).map(|at| &self.categories[*at])
    }

    /// A region by its code.
    pub fn region(&self, code: &str) -> Option<&Region> {
        self.region_at.get(code).map(|at| &self.regions[*at])
    }

    /// A theme by its code.
    pub fn theme(&self, code: &str) -> Option<&Theme> {
        self.themes.iter().find(|theme| theme.code == code)
    }

    /// A group by its code.
    pub fn group(&self, code: &str) -> Option<&AffectedGroup> {
        self.groups.iter().find(|group| group.code == code)
    }

    /// A circle by its id.
    pub fn circle(&self, id: CircleId) -> Option<&Circle> {
        self.circles.iter().find(|circle| circle.id == id)
    }

    /// A trusted document by the hash of its text.
    pub fn document(&self, hash: &[u8; 32]) -> Option<&TrustedDocument> {
        self.documents.get(hash)
    }

    /// A trusted document by its id.
    pub fn document_by_id(&self, id: DocumentId) -> Option<&TrustedDocument> {
        self.documents.values().find(|document| document.id == id)
    }

    fn index(mut self) -> Self {
        self.agency_at = positions(&self.agencies, |agency| agency.id);
        self.office_at = positions(&self.offices, |office| office.id);
        self.organization_at = positions(&self.organizations, |one| one.id);
        self.category_at = positions(&self.categories, |category| category.code.clone());
        self.region_at = positions(&self.regions, |region| region.code.clone());
        self
    }
}

fn positions<T, K: std::hash::Hash + Eq>(all: &[T], key: impl Fn(&T) -> K) -> HashMap<K, usize> {
    all.iter()
        .enumerate()
        .map(|(at, one)| (key(one), at))
        .collect()
}
