//! Reading the directory whole.

use domain::clock::ClockRule;
use domain::event::StreamName;
use domain::id::{AccountId, AgencyId};

use super::{
    AffectedGroup, Agency, Category, Circle, DatedHoliday, Directory, Forum, Helpline, Holiday,
    Name, Office, Organization, Region, Theme, TrustedDocument,
};
use crate::account::Decision;
use crate::conn::Conn;
use crate::error::StorageError;

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
        let (mut agencies, of_agencies): (Vec<Agency>, Vec<_>) =
            self.agencies().await?.into_iter().unzip();
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
        let organizations = rows!(
            self,
            "SELECT decided_by, decided_at, id, name, accreditation, requested_at, reason \
             FROM organization",
            |row| {
                let by: Option<AccountId> = row.maybe_id()?;
                let decided_at = row.maybe_time()?;
                let one = Organization {
                    id: row.id()?,
                    name: row.get()?,
                    accreditation: row.code()?,
                    requested_at: row.time()?,
                    decided_by: None,
                    decided_at,
                    reason: row.get()?,
                };
                (one, by.zip(decided_at))
            }
        );
        let (mut organizations, of_organizations): (Vec<Organization>, Vec<_>) =
            organizations.into_iter().unzip();
        let decisions = of_agencies.iter().chain(&of_organizations).flatten();
        let decisions: Vec<Decision> = decisions.copied().collect();
        let deciders = self.spoke_as(&decisions).await?;
        let decider = |of: Option<Decision>| deciders.get(&of?).cloned();
        for (one, of) in agencies.iter_mut().zip(of_agencies) {
            one.decided_by = decider(of);
        }
        for (one, of) in organizations.iter_mut().zip(of_organizations) {
            one.decided_by = decider(of);
        }
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
        let documents = rows!(self, "SELECT id, hash, trusted_at FROM document", |row| {
            let id = row.id()?;
            let hash: Vec<u8> = row.get()?;
            let hash = <[u8; 32]>::try_from(hash)
                .map_err(|_| StorageError::Corrupt("the hash of a document"))?;
            let trusted_at = row.time()?;
            (
                hash,
                TrustedDocument {
                    id,
                    hash,
                    trusted_at,
                },
            )
        });
        circles.sort_by(|a, b| a.code.cmp(&b.code));
        let (dated_holidays, clock_rules) =
            (self.dated_holidays().await?, self.clock_rules().await?);
        let posting_rules = self.posting_rules().await?;
        Ok(Directory {
            forum: forum.into_iter().next(),
            categories,
            themes,
            regions,
            groups,
            helplines,
            holidays,
            dated_holidays,
            clock_rules,
            posting_rules,
            agencies,
            offices,
            organizations,
            circles,
            documents: documents.into_iter().collect(),
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

    async fn dated_holidays(&self) -> Result<Vec<DatedHoliday>, StorageError> {
        let sql = "SELECT day, name_en, name_ur FROM dated_holiday";
        let mut all = rows!(self, sql, |row| DatedHoliday {
            day: row.maybe_day()?.ok_or(StorageError::Corrupt("a day"))?,
            name: Name {
                en: row.get()?,
                ur: row.get()?
            },
        });
        all.sort_by_key(|one| one.day);
        Ok(all)
    }

    async fn clock_rules(&self) -> Result<Vec<ClockRule>, StorageError> {
        let days = |days: Option<i64>| days.and_then(|days| u16::try_from(days).ok());
        Ok(rows!(
            self,
            "SELECT agency, category, acknowledge, answer, very_overdue, review, since \
             FROM clock_rule ORDER BY since, id",
            |row| ClockRule {
                agency: row.maybe_id()?,
                category: row.get()?,
                acknowledge: days(row.get()?),
                answer: days(row.get()?),
                very_overdue: days(row.get()?),
                review: days(row.get()?),
                since: row.time()?,
            }
        ))
    }

    /// The agencies, each with the decision on it.
    async fn agencies(&self) -> Result<Vec<(Agency, Option<Decision>)>, StorageError> {
        Ok(rows!(
            self,
            "SELECT decided_by, decided_at, id, code, kind, region, name_en, name_ur, \
             accreditation, participation, answering_since, one_officer, default_oversight \
             FROM agency ORDER BY position, id",
            |row| {
                let by: Option<AccountId> = row.maybe_id()?;
                let decided_at = row.maybe_time()?;
                let one = Agency {
                    id: row.id()?,
                    code: row.get()?,
                    kind: row.code()?,
                    region: row.get()?,
                    name: Name {
                        en: row.get()?,
                        ur: row.get()?,
                    },
                    accreditation: row.code()?,
                    decided_by: None,
                    decided_at,
                    participation: row.code()?,
                    answering_since: row.maybe_time()?,
                    one_officer: row.get()?,
                    default_oversight: row.get()?,
                    mandate: Vec::new(),
                    oversees: Vec::new(),
                };
                (one, by.zip(decided_at))
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
