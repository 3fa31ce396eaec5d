//! Bodies and reference data, read whole into a snapshot.
//!
//! The directory is small (hundreds of rows), is needed by nearly every
//! answer, and changes rarely: it is read once and kept until its stream
//! moves.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::event::{StreamHead, StreamName};
use domain::id::{AgencyId, CircleId, OfficeId, OrganizationId};
use domain::people::{Accreditation, AgencyKind, Participation};

use crate::conn::Conn;
use crate::error::StorageError;

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
    /// Whether it takes part.
    pub participation: Participation,
    /// Since when it answers.
    pub answering_since: Option<DateTime<Utc>>,
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
    /// In their order of position.
    pub agencies: Vec<Agency>,
    /// By id.
    pub offices: Vec<Office>,
    /// By id.
    pub organizations: Vec<Organization>,
    /// By code.
    pub circles: Vec<Circle>,
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

/// Reads every row of a query into a vector, column by column.
macro_rules! rows {
    ($conn:expr, $sql:expr, |$row:ident| $build:expr) => {{
        let conn = $conn;
        let mut all = Vec::new();
        for mut $row in conn.all($sql, conn.params()).await? {
            let one = $build;
            all.push(one);
        }
        all
    }};
}

impl Conn {
    /// Reads the whole directory.
    pub async fn directory(&self) -> Result<Directory, StorageError> {
        // The head comes first: what changes while the rest is read moves it
        // past what is kept here.
        let head = self.stream_head(StreamName::Directory).await?;
        let forum = rows!(
            self,
            "SELECT name, demonstration, zone, prefix FROM forum",
            |row| {
                Forum {
                    name: row.get()?,
                    demonstration: row.get()?,
                    zone: row.get()?,
                    prefix: row.get()?,
                }
            }
        );
        let (categories, themes, regions, groups, helplines, holidays) = self.reference().await?;
        let mut agencies = self.agencies().await?;
        for (agency, category) in
            rows!(self, "SELECT agency, category FROM agency_mandate", |row| {
                (row.id::<AgencyId>()?, row.get::<String>()?)
            })
        {
            agencies
                .iter_mut()
                .filter(|one| one.id == agency)
                .for_each(|one| one.mandate.push(category.clone()));
        }
        for (agency, group) in rows!(
            self,
            "SELECT agency, affected_group FROM agency_oversees",
            |row| { (row.id::<AgencyId>()?, row.get::<String>()?) }
        ) {
            agencies
                .iter_mut()
                .filter(|one| one.id == agency)
                .for_each(|one| one.oversees.push(group.clone()));
        }
        for agency in &mut agencies {
            agency.mandate.sort_unstable();
            agency.oversees.sort_unstable();
        }
        let mut offices = rows!(
            self,
            "SELECT id, agency, name_en, name_ur, region, closed_at IS NOT NULL FROM office",
            |row| Office {
                id: row.id()?,
                agency: row.id()?,
                name: Name {
                    en: row.get()?,
                    ur: row.get()?
                },
                region: row.get()?,
                closed: row.get()?,
            }
        );
        offices.sort_by_key(|office| office.id);
        let mut organizations = rows!(
            self,
            "SELECT id, name, accreditation, requested_at, decided_at, reason FROM organization",
            |row| Organization {
                id: row.id()?,
                name: row.get()?,
                accreditation: row.code()?,
                requested_at: row.time()?,
                decided_at: row.maybe_time()?,
                reason: row.get()?,
            }
        );
        organizations.sort_by_key(|one| one.id);
        let mut circles = rows!(
            self,
            "SELECT id, code, name_en, name_ur FROM circle",
            |row| {
                Circle {
                    id: row.id()?,
                    code: row.get()?,
                    name: Name {
                        en: row.get()?,
                        ur: row.get()?,
                    },
                }
            }
        );
        circles.sort_by(|a, b| a.code.cmp(&b.code));
        Ok(Directory {
            forum: forum.into_iter().next(),
            categories,
            themes,
            regions,
            groups,
            helplines,
            holidays,
            agencies,
            offices,
            organizations,
            circles,
            head,
            ..Directory::default()
        }
        .index())
    }

    async fn reference(&self) -> Result<Reference, StorageError> {
        let categories = rows!(
            self,
            "SELECT code, parent, name_en, name_ur, basis, youth_priority, aliases \
             FROM category ORDER BY position",
            |row| Category {
                code: row.get()?,
                parent: row.get()?,
                name: Name {
                    en: row.get()?,
                    ur: row.get()?
                },
                basis: row.get()?,
                youth_priority: row.get()?,
                aliases: row.get()?,
            }
        );
        let themes = rows!(
            self,
            "SELECT code, name_en, name_ur FROM theme ORDER BY position",
            |row| {
                Theme {
                    code: row.get()?,
                    name: Name {
                        en: row.get()?,
                        ur: row.get()?,
                    },
                }
            }
        );
        let regions = rows!(
            self,
            "SELECT code, iso_3166_2, kind, name_en, name_ur FROM region ORDER BY position",
            |row| Region {
                code: row.get()?,
                iso_3166_2: row.get()?,
                kind: row.get()?,
                name: Name {
                    en: row.get()?,
                    ur: row.get()?
                },
            }
        );
        let groups = rows!(
            self,
            "SELECT code, name_en, name_ur, sensitive FROM affected_group ORDER BY position",
            |row| AffectedGroup {
                code: row.get()?,
                name: Name {
                    en: row.get()?,
                    ur: row.get()?
                },
                sensitive: row.get()?,
            }
        );
        let mut helplines = rows!(
            self,
            "SELECT number, agency, purpose_en, run_by, region, check_before_use FROM helpline",
            |row| Helpline {
                number: row.get()?,
                agency: row.get()?,
                purpose: row.get()?,
                run_by: row.get()?,
                region: row.get()?,
                check_before_use: row.get()?,
            }
        );
        helplines.sort_by(|a, b| a.number.cmp(&b.number));
        let mut holidays = Vec::new();
        let sql = "SELECT region, month_day, name_en, name_ur FROM holiday";
        for mut row in self.all(sql, self.params()).await? {
            let region = row.get()?;
            let (month, day) = month_and_day(&row.get::<String>()?)?;
            let name = Name {
                en: row.get()?,
                ur: row.get()?,
            };
            holidays.push(Holiday {
                region,
                month,
                day,
                name,
            });
        }
        holidays.sort_by_key(|holiday| (holiday.month, holiday.day));
        Ok((categories, themes, regions, groups, helplines, holidays))
    }

    async fn agencies(&self) -> Result<Vec<Agency>, StorageError> {
        Ok(rows!(
            self,
            "SELECT id, code, kind, region, name_en, name_ur, accreditation, participation, \
             answering_since, default_oversight FROM agency ORDER BY position, id",
            |row| Agency {
                id: row.id()?,
                code: row.get()?,
                kind: row.code()?,
                region: row.get()?,
                name: Name {
                    en: row.get()?,
                    ur: row.get()?
                },
                accreditation: row.code()?,
                participation: row.code()?,
                answering_since: row.maybe_time()?,
                default_oversight: row.get()?,
                mandate: Vec::new(),
                oversees: Vec::new(),
            }
        ))
    }
}

type Reference = (
    Vec<Category>,
    Vec<Theme>,
    Vec<Region>,
    Vec<AffectedGroup>,
    Vec<Helpline>,
    Vec<Holiday>,
);

/// Reads `MM-DD`.
fn month_and_day(text: &str) -> Result<(u32, u32), StorageError> {
    let parsed = text
        .split_once('-')
        .and_then(|(month, day)| Some((month.parse().ok()?, day.parse().ok()?)));
    parsed.ok_or(StorageError::Corrupt("a holiday"))
}
