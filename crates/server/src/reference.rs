//! The reference data that a new forum starts with, from the tables under
//! `reference/`. An administrator can change all of it afterwards.

use std::str::FromStr;

use domain::UnknownCode;
use domain::people::{AgencyKind, Participation};
use forum::account::{AgencyEntry, HolidayEntry, ReferenceData};
use forum::views::directory::{AffectedGroup, Category, Helpline, Name, Region, Theme};
use serde::Deserialize;
use serde::de::DeserializeOwned;

const AGENCIES: &str = include_str!("../reference/agencies.csv");
const CATEGORIES: &str = include_str!("../reference/toc_categories.csv");
const GROUPS: &str = include_str!("../reference/groups.csv");
const HELPLINES: &str = include_str!("../reference/helplines.csv");
const HOLIDAYS: &str = include_str!("../reference/holidays.csv");
const REGIONS: &str = include_str!("../reference/regions.csv");
const THEMES: &str = include_str!("../reference/themes.csv");

/// Why the reference data cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReferenceError {
    /// A row does not have the columns of its table.
    #[error("{table} is not built as it should be")]
    Row {
        /// Which table.
        table: &'static str,
        /// Where, and what is wrong.
        source: csv::Error,
    },
    /// A value of the agencies' table is none of the known ones.
    #[error("agencies.csv says what is not known")]
    Code(#[from] UnknownCode),
}

/// The reference data as it is shipped, in the order of its tables.
pub fn data() -> Result<ReferenceData, ReferenceError> {
    Ok(ReferenceData {
        regions: rows("regions.csv", REGIONS, |row: RegionRow| Region {
            code: row.code,
            iso_3166_2: row.iso_3166_2,
            kind: row.kind,
            name: name(row.name_en, row.name_ur),
        })?,
        categories: rows("toc_categories.csv", CATEGORIES, |row: CategoryRow| {
            Category {
                code: row.code,
                parent: row.parent,
                name: name(row.name_en, row.name_ur),
                basis: row.basis,
                youth_priority: row.youth_priority,
                aliases: row.aliases,
            }
        })?,
        themes: rows("themes.csv", THEMES, |row: ThemeRow| Theme {
            code: row.code,
            name: name(row.name_en, row.name_ur),
        })?,
        groups: rows("groups.csv", GROUPS, |row: GroupRow| AffectedGroup {
            code: row.code,
            name: name(row.name_en, row.name_ur),
            sensitive: row.sensitive,
        })?,
        helplines: rows("helplines.csv", HELPLINES, |row: HelplineRow| Helpline {
            number: row.number,
            agency: row.agency,
            purpose: row.purpose_en,
            run_by: row.run_by,
            region: row.region,
            check_before_use: row.check_before_use,
        })?,
        holidays: rows("holidays.csv", HOLIDAYS, |row: HolidayRow| HolidayEntry {
            region: row.region,
            month: row.month,
            day: row.day,
            name: name(row.name_en, row.name_ur),
        })?,
        agencies: rows("agencies.csv", AGENCIES, agency)?
            .into_iter()
            .collect::<Result<_, _>>()?,
    })
}

#[derive(Deserialize)]
struct RegionRow {
    code: String,
    iso_3166_2: Option<String>,
    kind: String,
    name_en: String,
    name_ur: String,
}

#[derive(Deserialize)]
struct CategoryRow {
    code: String,
    parent: Option<String>,
    name_en: String,
    name_ur: String,
    basis: String,
    youth_priority: bool,
    aliases: String,
}

#[derive(Deserialize)]
struct ThemeRow {
    code: String,
    name_en: String,
    name_ur: String,
}

#[derive(Deserialize)]
struct GroupRow {
    code: String,
    name_en: String,
    name_ur: String,
    sensitive: bool,
}

#[derive(Deserialize)]
struct HelplineRow {
    number: String,
    agency: Option<String>,
    purpose_en: String,
    run_by: String,
    region: String,
    check_before_use: bool,
}

#[derive(Deserialize)]
struct HolidayRow {
    month: u32,
    day: u32,
    name_en: String,
    name_ur: String,
    region: String,
}

#[derive(Deserialize)]
struct AgencyRow {
    code: String,
    kind: String,
    region: String,
    name_en: String,
    name_ur: String,
    mandate_categories: String,
    oversees_groups: String,
    default_oversight: bool,
    participation: String,
}

/// Reads every row of a table.
fn rows<R: DeserializeOwned, T>(
    table: &'static str,
    text: &str,
    entry: impl Fn(R) -> T,
) -> Result<Vec<T>, ReferenceError> {
    csv::Reader::from_reader(text.as_bytes())
        .deserialize()
        .map(|row| {
            row.map(&entry)
                .map_err(|source| ReferenceError::Row { table, source })
        })
        .collect()
}

fn name(en: String, ur: String) -> Name {
    Name { en, ur }
}

fn agency(row: AgencyRow) -> Result<AgencyEntry, UnknownCode> {
    Ok(AgencyEntry {
        code: row.code,
        // The table is for people, who write the kind in small letters.
        kind: AgencyKind::from_str(&row.kind.to_ascii_uppercase())?,
        region: row.region,
        name: name(row.name_en, row.name_ur),
        mandate: words(&row.mandate_categories),
        oversees: words(&row.oversees_groups),
        default_oversight: row.default_oversight,
        participation: Participation::from_str(&row.participation)?,
    })
}

/// The words of a cell that holds several.
fn words(cell: &str) -> Vec<String> {
    cell.split_whitespace().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_every_table_is_read() {
        // No cell of these tables holds a line break.
        let lines = |text: &str| text.lines().count() - 1;
        let data = data().unwrap();
        assert_eq!(data.regions.len(), lines(REGIONS));
        assert_eq!(data.categories.len(), lines(CATEGORIES));
        assert_eq!(data.themes.len(), lines(THEMES));
        assert_eq!(data.groups.len(), lines(GROUPS));
        assert_eq!(data.helplines.len(), lines(HELPLINES));
        assert_eq!(data.holidays.len(), lines(HOLIDAYS));
        assert_eq!(data.agencies.len(), lines(AGENCIES));
    }

    #[test]
    fn an_empty_cell_is_no_value() {
        let data = data().unwrap();
        let region = |code: &str| data.regions.iter().find(|one| one.code == code).unwrap();
        assert_eq!(region("PB").iso_3166_2.as_deref(), Some("PK-PB"));
        assert_eq!(region("OVERSEAS").iso_3166_2, None);
        let agency = |code: &str| data.agencies.iter().find(|one| one.code == code).unwrap();
        assert!(agency("NCHR").mandate.is_empty());
        assert_eq!(agency("NCSW").oversees, ["WOMEN"]);
    }

    #[test]
    fn one_body_oversees_where_nothing_else_is_said_and_none_takes_part_yet() {
        let data = data().unwrap();
        let default: Vec<&str> = data
            .agencies
            .iter()
            .filter(|one| one.default_oversight && one.kind == AgencyKind::Oversight)
            .map(|one| one.code.as_str())
            .collect();
        assert_eq!(default, ["NCHR"]);
        let listed = |one: &AgencyEntry| one.participation == Participation::Listed;
        assert!(data.agencies.iter().all(listed));
    }
}
