//! The forum itself, and the reference data it starts with.
//!
//! Loading brings every entry to what is given and removes none; loading the
//! same again changes nothing.

use domain::id::AgencyId;
use domain::people::{Accreditation, AgencyKind, Participation};

use crate::directory::{AffectedGroup, Category, Helpline, Name, Region, Theme};
use crate::error::StorageError;
use crate::write::Tx;

/// The forum about to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewForum {
    /// Its name.
    pub name: String,
    /// Whether it only shows how a forum works.
    pub demonstration: bool,
    /// Its time zone (IANA).
    pub zone: String,
    /// With what its references begin.
    pub prefix: String,
}

/// Reference data. The order of each list is the order it is shown in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reference {
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
    pub agencies: Vec<NewAgency>,
}

/// A day on which nobody works, every year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewHoliday {
    /// The code of its region.
    pub region: String,
    /// The month, from 1.
    pub month: u32,
    /// The day of the month, from 1.
    pub day: u32,
    /// Its name.
    pub name: Name,
}

/// An agency as reference data names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAgency {
    /// Its id if it is new.
    pub id: AgencyId,
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

fn position(at: usize) -> i64 {
    i64::try_from(at).unwrap_or(i64::MAX)
}

impl Tx {
    /// Makes the forum, unless there is one; says whether it was made.
    pub async fn insert_forum(&self, new: &NewForum) -> Result<bool, StorageError> {
        let sql = "INSERT INTO forum (id, name, demonstration, zone, prefix, created_at) \
                   VALUES (1, $1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
        let params = self
            .params()
            .with(new.name.as_str())
            .with(new.demonstration)
            .with(new.zone.as_str())
            .with(new.prefix.as_str())
            .with(self.now());
        Ok(self.run(sql, params).await? > 0)
    }

    /// Brings the reference data to what is given.
    pub async fn load_reference(&self, data: &Reference) -> Result<(), StorageError> {
        for (at, region) in data.regions.iter().enumerate() {
            self.load_region(region, at).await?;
        }
        for (at, category) in data.categories.iter().enumerate() {
            self.load_category(category, at).await?;
        }
        for (at, theme) in data.themes.iter().enumerate() {
            let sql = "INSERT INTO theme (code, name_en, name_ur, position) \
                       VALUES ($1, $2, $3, $4) ON CONFLICT (code) DO UPDATE SET \
                       name_en = excluded.name_en, name_ur = excluded.name_ur, \
                       position = excluded.position";
            let params = self
                .params()
                .with(theme.code.as_str())
                .with(theme.name.en.as_str())
                .with(theme.name.ur.as_str())
                .with(position(at));
            self.run(sql, params).await?;
        }
        for (at, group) in data.groups.iter().enumerate() {
            self.load_group(group, at).await?;
        }
        for helpline in &data.helplines {
            self.load_helpline(helpline).await?;
        }
        for holiday in &data.holidays {
            self.load_holiday(holiday).await?;
        }
        for (at, agency) in data.agencies.iter().enumerate() {
            self.load_agency(agency, at).await?;
        }
        Ok(())
    }

    async fn load_region(&self, region: &Region, at: usize) -> Result<(), StorageError> {
        let sql = "INSERT INTO region (code, iso_3166_2, kind, name_en, name_ur, position) \
                   VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (code) DO UPDATE SET \
                   iso_3166_2 = excluded.iso_3166_2, kind = excluded.kind, \
                   name_en = excluded.name_en, name_ur = excluded.name_ur, \
                   position = excluded.position";
        let params = self
            .params()
            .with(region.code.as_str())
            .with(region.iso_3166_2.clone())
            .with(region.kind.as_str())
            .with(region.name.en.as_str())
            .with(region.name.ur.as_str())
            .with(position(at));
        self.run(sql, params).await?;
        Ok(())
    }

    async fn load_category(&self, category: &Category, at: usize) -> Result<(), StorageError> {
        let sql = "INSERT INTO category (code, parent, name_en, name_ur, basis, youth_priority, \
                   aliases, position) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
                   ON CONFLICT (code) DO UPDATE SET parent = excluded.parent, \
                   name_en = excluded.name_en, name_ur = excluded.name_ur, \
                   basis = excluded.basis, youth_priority = excluded.youth_priority, \
                   aliases = excluded.aliases, position = excluded.position";
        let params = self
            .params()
            .with(category.code.as_str())
            .with(category.parent.clone())
            .with(category.name.en.as_str())
            .with(category.name.ur.as_str())
            .with(category.basis.as_str())
            .with(category.youth_priority)
            .with(category.aliases.as_str())
            .with(position(at));
        self.run(sql, params).await?;
        Ok(())
    }

    async fn load_group(&self, group: &AffectedGroup, at: usize) -> Result<(), StorageError> {
        let sql = "INSERT INTO affected_group (code, name_en, name_ur, sensitive, position) \
                   VALUES ($1, $2, $3, $4, $5) ON CONFLICT (code) DO UPDATE SET \
                   name_en = excluded.name_en, name_ur = excluded.name_ur, \
                   sensitive = excluded.sensitive, position = excluded.position";
        let params = self
            .params()
            .with(group.code.as_str())
            .with(group.name.en.as_str())
            .with(group.name.ur.as_str())
            .with(group.sensitive)
            .with(position(at));
        self.run(sql, params).await?;
        Ok(())
    }

    async fn load_helpline(&self, helpline: &Helpline) -> Result<(), StorageError> {
        let sql = "INSERT INTO helpline (number, agency, purpose_en, run_by, region, \
                   check_before_use) VALUES ($1, $2, $3, $4, $5, $6) \
                   ON CONFLICT (number) DO UPDATE SET agency = excluded.agency, \
                   purpose_en = excluded.purpose_en, run_by = excluded.run_by, \
                   region = excluded.region, check_before_use = excluded.check_before_use";
        let params = self
            .params()
            .with(helpline.number.as_str())
            .with(helpline.agency.clone())
            .with(helpline.purpose.as_str())
            .with(helpline.run_by.as_str())
            .with(helpline.region.as_str())
            .with(helpline.check_before_use);
        self.run(sql, params).await?;
        Ok(())
    }

    async fn load_holiday(&self, holiday: &NewHoliday) -> Result<(), StorageError> {
        let sql = "INSERT INTO holiday (region, month_day, name_en, name_ur) \
                   VALUES ($1, $2, $3, $4) ON CONFLICT (region, month_day) DO UPDATE SET \
                   name_en = excluded.name_en, name_ur = excluded.name_ur";
        let params = self
            .params()
            .with(holiday.region.as_str())
            .with(format!("{:02}-{:02}", holiday.month, holiday.day))
            .with(holiday.name.en.as_str())
            .with(holiday.name.ur.as_str());
        self.run(sql, params).await?;
        Ok(())
    }

    async fn load_agency(&self, agency: &NewAgency, at: usize) -> Result<(), StorageError> {
        // An agency is in the directory because the forum put it there: it is
        // accepted, and takes part once it is ANSWERING.
        let answering_since =
            (agency.participation == Participation::Answering).then(|| self.now());
        let sql = "INSERT INTO agency (id, code, kind, region, name_en, name_ur, accreditation, \
                   participation, answering_since, default_oversight, position) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
                   ON CONFLICT (code) DO UPDATE SET kind = excluded.kind, \
                   region = excluded.region, name_en = excluded.name_en, \
                   name_ur = excluded.name_ur, default_oversight = excluded.default_oversight, \
                   position = excluded.position RETURNING id";
        let params = self
            .params()
            .with(agency.id)
            .with(agency.code.as_str())
            .with(agency.kind.code())
            .with(agency.region.as_str())
            .with(agency.name.en.as_str())
            .with(agency.name.ur.as_str())
            .with(Accreditation::Approved.code())
            .with(agency.participation.code())
            .with(answering_since)
            .with(agency.default_oversight)
            .with(position(at));
        let row = self.one(sql, params).await?;
        let id: AgencyId = row.ok_or(StorageError::Corrupt("an agency"))?.id()?;
        for (table, column, codes) in [
            ("agency_mandate", "category", &agency.mandate),
            ("agency_oversees", "affected_group", &agency.oversees),
        ] {
            let sql = format!("DELETE FROM {table} WHERE agency = $1");
            self.run(&sql, self.params().with(id)).await?;
            let sql = format!(
                "INSERT INTO {table} (agency, {column}) VALUES ($1, $2) ON CONFLICT DO NOTHING"
            );
            for code in codes {
                self.run(&sql, self.params().with(id).with(code.as_str()))
                    .await?;
            }
        }
        Ok(())
    }
}
