//! What a person belongs to and is trusted with, and the personas that come
//! of it.

use chrono::{DateTime, Utc};
use domain::id::{AccountId, AgencyId, CircleId, OfficeId, OrganizationId};
use domain::people::{Constituency, Duty, Voice};

use crate::conn::Conn;
use crate::error::StorageError;
use crate::thread::Author;
use crate::write::Tx;

/// Everything that decides what an account may do besides its own row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Affiliations {
    /// Duties, sorted.
    pub duties: Vec<Duty>,
    /// The accredited organization it is an approved member of; of several,
    /// the one decided last.
    pub organization: Option<OrganizationId>,
    /// The open offices it holds now, the newest first.
    pub holdings: Vec<Holding>,
    /// The circles it was vouched into, sorted.
    pub circles: Vec<CircleId>,
    /// Its NAMED personas, the oldest first.
    pub personas: Vec<Author>,
}

/// An office that an account holds now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holding {
    /// The office.
    pub office: OfficeId,
    /// Its agency.
    pub agency: AgencyId,
    /// Whether the agency is ANSWERING and accredited.
    pub answers: bool,
    /// Whether the agency is an oversight body.
    pub oversees: bool,
    /// Since when.
    pub since: DateTime<Utc>,
}

impl Conn {
    /// What an account belongs to. One statement.
    pub async fn affiliations(&self, account: AccountId) -> Result<Affiliations, StorageError> {
        // The first part gives the columns their types; those that a part has
        // no use for are NULL in it.
        let sql = "\
            SELECT 'persona', p.id, p.organization, p.agency, p.office, p.constituency, \
                   p.display_name, FALSE, FALSE, CAST(0 AS BIGINT) \
            FROM persona p WHERE p.account = $1 AND p.voice = 'NAMED' \
            UNION ALL \
            SELECT 'duty', NULL, NULL, NULL, NULL, d.duty, NULL, FALSE, FALSE, d.granted_at \
            FROM account_duty d WHERE d.account = $1 \
            UNION ALL \
            SELECT 'member', o.id, NULL, NULL, NULL, NULL, NULL, FALSE, FALSE, \
                   COALESCE(m.decided_at, m.requested_at) \
            FROM membership m JOIN organization o ON o.id = m.organization \
            WHERE m.account = $1 AND m.accreditation = 'APPROVED' AND o.accreditation = 'APPROVED' \
            UNION ALL \
            SELECT 'holder', h.office, NULL, g.id, NULL, NULL, NULL, \
                   g.participation = 'ANSWERING' AND g.accreditation = 'APPROVED', \
                   g.kind = 'OVERSIGHT', h.since \
            FROM holder h JOIN office f ON f.id = h.office JOIN agency g ON g.id = f.agency \
            WHERE h.account = $1 AND h.until IS NULL AND f.closed_at IS NULL \
            UNION ALL \
            SELECT 'circle', c.circle, NULL, NULL, NULL, NULL, NULL, FALSE, FALSE, c.since \
            FROM circle_member c WHERE c.account = $1";
        let mut found = Affiliations::default();
        let mut organizations = Vec::new();
        for mut row in self.all(sql, self.params().with(account)).await? {
            let part: String = row.get()?;
            let id: Option<uuid::Uuid> = row.get()?;
            let organization = row.maybe_id()?;
            let agency: Option<AgencyId> = row.maybe_id()?;
            let office = row.maybe_id()?;
            let code: Option<String> = row.get()?;
            let display_name = row.get()?;
            let (answers, oversees) = (row.get()?, row.get()?);
            let at = row.time()?;
            match (part.as_str(), id, agency) {
                ("persona", Some(id), _) => found.personas.push(Author {
                    persona: id.into(),
                    voice: Voice::Named,
                    constituency: parsed(code.as_deref())?,
                    display_name,
                    organization,
                    agency,
                    office,
                }),
                ("duty", ..) => found.duties.extend(parsed::<Duty>(code.as_deref())?),
                ("member", Some(id), _) => organizations.push((at, OrganizationId(id))),
                ("holder", Some(id), Some(agency)) => found.holdings.push(Holding {
                    office: id.into(),
                    agency,
                    answers,
                    oversees,
                    since: at,
                }),
                ("circle", Some(id), _) => found.circles.push(id.into()),
                _ => return Err(StorageError::Corrupt("an affiliation")),
            }
        }
        found.duties.sort_unstable();
        found.organization = organizations.into_iter().max().map(|(_, id)| id);
        found
            .holdings
            .sort_by_key(|one| std::cmp::Reverse((one.since, one.office)));
        found.circles.sort_unstable();
        found.personas.sort_by_key(|one| one.persona);
        Ok(found)
    }
}

fn parsed<T: std::str::FromStr>(code: Option<&str>) -> Result<Option<T>, StorageError> {
    code.map(|code| code.parse().map_err(|_| StorageError::Corrupt("a code")))
        .transpose()
}

impl Tx {
    /// Writes a NAMED persona of an account. It never changes afterwards.
    pub async fn insert_named_persona(
        &self,
        account: AccountId,
        persona: &Author,
    ) -> Result<(), StorageError> {
        let sql = "INSERT INTO persona (id, voice, account, constituency, organization, agency, \
                   office, display_name) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        let params = self
            .params()
            .with(persona.persona)
            .with(Voice::Named.code())
            .with(account)
            .with(persona.constituency.map(Constituency::code))
            .with(persona.organization)
            .with(persona.agency)
            .with(persona.office)
            .with(persona.display_name.clone());
        self.run(sql, params).await?;
        Ok(())
    }
}
