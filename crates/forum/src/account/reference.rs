//! Making the forum itself, and loading the reference data it starts with.

use std::collections::BTreeSet;

use domain::id::AgencyId;
use domain::people::{AgencyKind, Participation};
use domain::text::OrganizationName;
use storage::account::{NewAgency, NewForum, NewHoliday, Reference};
use storage::directory::{AffectedGroup, Category, Helpline, Name, Region, Theme};
use uuid::Uuid;

use super::change::Reached;
use crate::error::Problems;
use crate::message::{AGENCIES, CATEGORIES, GROUPS, REGIONS};
use crate::{Error, Forum, Problem};

/// Reference data, as files name it. The order of each list is the order it
/// is shown in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReferenceData {
    /// Regions.
    pub regions: Vec<Region>,
    /// Categories, parents before their children.
    pub categories: Vec<Category>,
    /// Themes.
    pub themes: Vec<Theme>,
    /// Affected groups.
    pub groups: Vec<AffectedGroup>,
    /// Helplines.
    pub helplines: Vec<Helpline>,
    /// Holidays of every year.
    pub holidays: Vec<NewHoliday>,
    /// Agencies.
    pub agencies: Vec<AgencyEntry>,
}

/// An agency as files name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgencyEntry {
    /// Its stable code.
    pub code: String,
    /// What kind of body it is.
    pub kind: AgencyKind,
    /// The code of its region.
    pub region: String,
    /// Its name.
    pub name: Name,
    /// Codes of the categories it is responsible for.
    pub mandate: Vec<String>,
    /// Codes of the groups it watches over.
    pub oversees: Vec<String>,
    /// Whether concerns about agencies go to it where nothing else is said.
    pub default_oversight: bool,
    /// Whether it takes part, if it is new; of one that is known this stays.
    pub participation: Participation,
}

impl Forum {
    /// Makes the forum: its name, and whether it is a demonstration. Says
    /// whether it was made; one that is there stays as it is.
    pub async fn create_forum(&self, name: &str, demonstration: bool) -> Result<bool, Error> {
        let name = OrganizationName::parse(name)
            .map_err(|error| Error::at("name", Problem::Text(error)))?;
        let new = NewForum {
            name: name.into_string(),
            demonstration,
            zone: self.settings.zone.name().to_owned(),
            prefix: self.settings.prefix.as_str().to_owned(),
        };
        let made = self
            .store
            .write(self.now(), async |tx| tx.insert_forum(&new).await)
            .await?;
        self.reload_directory().await?;
        Ok(made)
    }

    /// Brings the reference data to what is given; what is not given stays.
    /// Loading the same again changes nothing, and an agency's participation
    /// and accreditation are left to who decides on them.
    pub async fn load_reference(&self, data: &ReferenceData) -> Result<(), Error> {
        self.check_reference(data)?;
        let agencies = data.agencies.iter().map(|entry| NewAgency {
            id: self.new_id::<AgencyId>(),
            code: entry.code.clone(),
            kind: entry.kind,
            region: entry.region.clone(),
            name: entry.name.clone(),
            mandate: entry.mandate.clone(),
            oversees: entry.oversees.clone(),
            default_oversight: entry.default_oversight,
            participation: entry.participation,
        });
        let reference = Reference {
            regions: data.regions.clone(),
            categories: data.categories.clone(),
            themes: data.themes.clone(),
            groups: data.groups.clone(),
            helplines: data.helplines.clone(),
            holidays: data.holidays.clone(),
            agencies: agencies.collect(),
        };
        self.change(
            Some(storage::audit_log::Audited::new("loadReference", None)),
            None,
            (),
            async |tx| {
                tx.load_reference(&reference).await?;
                // No single entry: whoever hears it reads the directory anew.
                Ok(Reached::entry(Uuid::nil()))
            },
        )
        .await?;
        Ok(())
    }

    /// Whether every code that is spoken of is given or known.
    fn check_reference(&self, data: &ReferenceData) -> Result<(), Error> {
        let known = self.directory();
        let regions: BTreeSet<&str> = codes(&data.regions, |one| &one.code)
            .chain(codes(&known.regions, |one| &one.code))
            .collect();
        let categories: BTreeSet<&str> = codes(&data.categories, |one| &one.code)
            .chain(codes(&known.categories, |one| &one.code))
            .collect();
        let groups: BTreeSet<&str> = codes(&data.groups, |one| &one.code)
            .chain(codes(&known.groups, |one| &one.code))
            .collect();
        let mut problems = Problems::default();
        let mut before: BTreeSet<&str> = codes(&known.categories, |one| &one.code).collect();
        for category in &data.categories {
            let parent = category.parent.as_deref();
            let fits = parent.is_none_or(|code| before.contains(code));
            problems.require(fits, "categories", Problem::Unknown(CATEGORIES));
            before.insert(&category.code);
        }
        for helpline in &data.helplines {
            let fits = regions.contains(helpline.region.as_str());
            problems.require(fits, "helplines", Problem::Unknown(REGIONS));
            let runs = |agency: &AgencyEntry| Some(&agency.code) == helpline.agency.as_ref();
            let known = helpline.agency.is_none() || data.agencies.iter().any(runs);
            problems.require(known, "helplines", Problem::Unknown(AGENCIES));
        }
        for holiday in &data.holidays {
            let fits = regions.contains(holiday.region.as_str());
            problems.require(fits, "holidays", Problem::Unknown(REGIONS));
            // A leap year has every day there is.
            let day = chrono::NaiveDate::from_ymd_opt(2000, holiday.month, holiday.day);
            problems.require(
                day.is_some(),
                "holidays",
                Problem::Invalid("no year has such a day"),
            );
        }
        for agency in &data.agencies {
            let region = regions.contains(agency.region.as_str());
            problems.require(region, "agencies", Problem::Unknown(REGIONS));
            let mut mandate = agency.mandate.iter();
            let mandate = mandate.all(|code| categories.contains(code.as_str()));
            problems.require(mandate, "agencies", Problem::Unknown(CATEGORIES));
            let mut oversees = agency.oversees.iter();
            let oversees = oversees.all(|code| groups.contains(code.as_str()));
            problems.require(oversees, "agencies", Problem::Unknown(GROUPS));
        }
        problems.none()
    }
}

fn codes<T>(all: &[T], code: impl Fn(&T) -> &String) -> impl Iterator<Item = &str> {
    all.iter().map(move |one| code(one).as_str())
}
