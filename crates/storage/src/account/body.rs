//! Organizations and their members, agencies, offices and their holders,
//! circles.

use chrono::{DateTime, Utc};
use domain::id::{AccountId, AgencyId, CircleId, OfficeId, OrganizationId, PersonaId, ThreadId};
use domain::people::{Accreditation, Participation};

use crate::conn::Conn;
use crate::directory::Name;
use crate::error::StorageError;
use crate::row::Row;
use crate::write::Tx;

/// So many of somebody's places in organizations are shown to him.
const PLACES_MAX: u32 = 50;

/// Somebody's place in an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// In which.
    pub organization: OrganizationId,
    /// Who.
    pub account: AccountId,
    /// How far he is accepted.
    pub accreditation: Accreditation,
    /// When he asked.
    pub requested_at: DateTime<Utc>,
    /// Who decided; `None` where nobody did, or he is gone.
    pub decided_by: Option<AccountId>,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
    /// Why.
    pub reason: Option<String>,
}

/// The columns of a [`Member`].
const MEMBER: &str =
    "organization, account, accreditation, requested_at, decided_by, decided_at, reason";

fn member(mut row: Row) -> Result<Member, StorageError> {
    Ok(Member {
        organization: row.id()?,
        account: row.id()?,
        accreditation: row.code()?,
        requested_at: row.time()?,
        decided_by: row.maybe_id()?,
        decided_at: row.maybe_time()?,
        reason: row.get()?,
    })
}

/// Somebody's time in an office.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder {
    /// Who.
    pub account: AccountId,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Until when; `None` while it lasts.
    pub until: Option<DateTime<Utc>>,
}

/// A desk about to be opened.
#[derive(Debug, Clone)]
pub struct NewOffice {
    /// Its id.
    pub id: OfficeId,
    /// Its agency.
    pub agency: AgencyId,
    /// Its name.
    pub name: Name,
    /// The code of its region, if it is for one.
    pub region: Option<String>,
}

/// A room about to be opened.
#[derive(Debug, Clone)]
pub struct NewCircle {
    /// Its id.
    pub id: CircleId,
    /// Its stable code.
    pub code: String,
    /// Its name.
    pub name: Name,
}

impl Conn {
    /// How far an organization is accepted, and who asked; `None` if there is
    /// none.
    pub async fn organization_stands(
        &self,
        id: OrganizationId,
    ) -> Result<Option<(Accreditation, Option<AccountId>)>, StorageError> {
        let sql = "SELECT accreditation, requested_by FROM organization WHERE id = $1";
        let row = self.one(sql, self.params().with(id)).await?;
        row.map(|mut row| Ok((row.code()?, row.maybe_id()?)))
            .transpose()
    }

    /// Those who are or asked to be members of an organization, by account.
    pub async fn members(&self, id: OrganizationId) -> Result<Vec<Member>, StorageError> {
        let sql = format!("SELECT {MEMBER} FROM membership WHERE organization = $1");
        let rows = self.all(&sql, self.params().with(id)).await?;
        let members: Result<Vec<Member>, StorageError> = rows.into_iter().map(member).collect();
        let mut members = members?;
        members.sort_by_key(|member| member.account);
        Ok(members)
    }

    /// An account's places in organizations, the newest first.
    pub async fn places(&self, account: AccountId) -> Result<Vec<Member>, StorageError> {
        let sql = format!(
            "SELECT {MEMBER} FROM membership WHERE account = $1 \
             ORDER BY requested_at DESC, organization LIMIT {PLACES_MAX}"
        );
        let rows = self.all(&sql, self.params().with(account)).await?;
        rows.into_iter().map(member).collect()
    }

    /// How an account stands in an organization; `None` if it never asked.
    pub async fn membership(
        &self,
        organization: OrganizationId,
        account: AccountId,
    ) -> Result<Option<Accreditation>, StorageError> {
        let sql = "SELECT accreditation FROM membership WHERE organization = $1 AND account = $2";
        let row = self
            .one(sql, self.params().with(organization).with(account))
            .await?;
        row.map(|mut row| row.code()).transpose()
    }

    /// An agency's accreditation and participation; `None` if there is none.
    pub async fn agency_stands(
        &self,
        id: AgencyId,
    ) -> Result<Option<(Accreditation, Participation)>, StorageError> {
        let sql = "SELECT accreditation, participation FROM agency WHERE id = $1";
        let row = self.one(sql, self.params().with(id)).await?;
        row.map(|mut row| Ok((row.code()?, row.code()?)))
            .transpose()
    }

    /// The agency of an open office; `None` if there is none.
    pub async fn agency_of_office(&self, id: OfficeId) -> Result<Option<AgencyId>, StorageError> {
        let sql = "SELECT agency FROM office WHERE id = $1 AND closed_at IS NULL";
        self.one(sql, self.params().with(id))
            .await?
            .map(|mut row| row.id())
            .transpose()
    }

    /// Everybody who holds an office of an agency now.
    pub async fn agency_holders(&self, id: AgencyId) -> Result<Vec<AccountId>, StorageError> {
        let sql = "SELECT DISTINCT h.account FROM holder h JOIN office f ON f.id = h.office \
                   WHERE f.agency = $1 AND h.until IS NULL";
        let rows = self.all(sql, self.params().with(id)).await?;
        rows.into_iter().map(|mut row| row.id()).collect()
    }

    /// Who holds an office now.
    pub async fn holders_now(&self, office: OfficeId) -> Result<Vec<AccountId>, StorageError> {
        let held = self.holders_of(&[office]).await?;
        Ok(held.into_iter().map(|(_, account)| account).collect())
    }

    /// Who holds these offices now. One statement.
    pub async fn holders_of(
        &self,
        offices: &[OfficeId],
    ) -> Result<Vec<(OfficeId, AccountId)>, StorageError> {
        let mut params = self.params();
        let among = params.among("office", offices);
        let sql = format!(
            "SELECT office, account FROM holder WHERE {among} AND until IS NULL \
             ORDER BY office, account"
        );
        let rows = self.all(&sql, params).await?;
        rows.into_iter()
            .map(|mut row| Ok((row.id()?, row.id()?)))
            .collect()
    }

    /// Those of these offices that somebody holds now who is behind none of
    /// these personas, and did not step back from the concern, and how many such
    /// there are.
    pub async fn offices_without(
        &self,
        offices: &[OfficeId],
        personas: &[PersonaId],
        thread: ThreadId,
    ) -> Result<Vec<(OfficeId, i64)>, StorageError> {
        let mut params = self.params();
        let among = params.among("h.office", offices);
        let persona = params.among("p.id", personas);
        let thread = params.push(thread);
        let sql = format!(
            "SELECT h.office, COUNT(DISTINCT h.account) FROM holder h \
             WHERE {among} AND h.until IS NULL \
             AND NOT EXISTS (SELECT 1 FROM persona p WHERE p.account = h.account \
             AND ({persona} OR EXISTS (SELECT 1 FROM recusal r \
             WHERE r.thread = {thread} AND r.persona = p.id))) GROUP BY h.office"
        );
        let rows = self.all(&sql, params).await?;
        rows.into_iter()
            .map(|mut row| Ok((row.id()?, row.get()?)))
            .collect()
    }

    /// Who held an office when, the newest first.
    pub async fn holders(&self, office: OfficeId) -> Result<Vec<Holder>, StorageError> {
        let sql = "SELECT account, since, until FROM holder WHERE office = $1 \
                   ORDER BY since DESC, account";
        let rows = self.all(sql, self.params().with(office)).await?;
        rows.into_iter()
            .map(|mut row| {
                Ok(Holder {
                    account: row.id()?,
                    since: row.time()?,
                    until: row.maybe_time()?,
                })
            })
            .collect()
    }
}

impl Tx {
    /// Holds an organization until the transaction ends: what it has is not
    /// counted by two at once.
    pub(crate) async fn hold_organization(&self, id: OrganizationId) -> Result<(), StorageError> {
        let sql = "UPDATE organization SET name = name WHERE id = $1";
        self.run(sql, self.params().with(id)).await?;
        Ok(())
    }

    /// Writes that somebody asks for an organization to be accepted.
    pub async fn insert_organization(
        &self,
        id: OrganizationId,
        name: &str,
        requested_by: Option<AccountId>,
    ) -> Result<(), StorageError> {
        let sql = "INSERT INTO organization (id, name, accreditation, requested_by, requested_at) \
                   VALUES ($1, $2, $3, $4, $5)";
        let params = self
            .params()
            .with(id)
            .with(name)
            .with(Accreditation::Requested.code())
            .with(requested_by)
            .with(self.now());
        self.run(sql, params).await?;
        Ok(())
    }

    /// Writes what was decided on an organization.
    pub async fn decide_organization(
        &self,
        id: OrganizationId,
        to: Accreditation,
        by: Option<AccountId>,
        reason: Option<&str>,
    ) -> Result<(), StorageError> {
        let sql = "UPDATE organization SET accreditation = $1, decided_by = $2, decided_at = $3, \
                   reason = $4 WHERE id = $5";
        let params = self
            .params()
            .with(to.code())
            .with(by)
            .with(self.now())
            .with(reason.map(str::to_owned))
            .with(id);
        self.run(sql, params).await?;
        Ok(())
    }

    /// Writes that somebody asks to be a member; says whether that is new.
    pub async fn insert_membership(
        &self,
        organization: OrganizationId,
        account: AccountId,
    ) -> Result<bool, StorageError> {
        let sql = "INSERT INTO membership (organization, account, accreditation, requested_at) \
                   VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
        let params = self
            .params()
            .with(organization)
            .with(account)
            .with(Accreditation::Requested.code())
            .with(self.now());
        Ok(self.run(sql, params).await? > 0)
    }

    /// Writes what was decided on a membership.
    pub async fn decide_membership(
        &self,
        organization: OrganizationId,
        account: AccountId,
        to: Accreditation,
        by: Option<AccountId>,
        reason: Option<&str>,
    ) -> Result<(), StorageError> {
        let sql = "UPDATE membership SET accreditation = $1, decided_by = $2, decided_at = $3, \
                   reason = $4 WHERE organization = $5 AND account = $6";
        let params = self
            .params()
            .with(to.code())
            .with(by)
            .with(self.now())
            .with(reason.map(str::to_owned))
            .with(organization)
            .with(account);
        self.run(sql, params).await?;
        Ok(())
    }

    /// Writes what was decided on an agency.
    pub async fn decide_agency(
        &self,
        id: AgencyId,
        to: Accreditation,
        by: Option<AccountId>,
        reason: Option<&str>,
    ) -> Result<(), StorageError> {
        let sql = "UPDATE agency SET accreditation = $1, decided_by = $2, decided_at = $3, \
                   reason = $4 WHERE id = $5";
        let params = self
            .params()
            .with(to.code())
            .with(by)
            .with(self.now())
            .with(reason.map(str::to_owned))
            .with(id);
        self.run(sql, params).await?;
        Ok(())
    }

    /// Writes whether an agency takes part; from ANSWERING on its clocks run.
    pub async fn set_participation(
        &self,
        id: AgencyId,
        to: Participation,
    ) -> Result<(), StorageError> {
        let since = (to == Participation::Answering).then(|| self.now());
        let sql = "UPDATE agency SET participation = $1, answering_since = $2 WHERE id = $3";
        self.run(sql, self.params().with(to.code()).with(since).with(id))
            .await?;
        Ok(())
    }

    /// Writes whether one officer of an agency answers alone.
    pub async fn set_one_officer(&self, id: AgencyId, alone: bool) -> Result<(), StorageError> {
        let sql = "UPDATE agency SET one_officer = $1 WHERE id = $2";
        self.run(sql, self.params().with(alone).with(id)).await?;
        Ok(())
    }

    /// Opens an office.
    pub async fn insert_office(&self, new: &NewOffice) -> Result<(), StorageError> {
        let sql = "INSERT INTO office (id, agency, name_en, name_ur, region, created_at) \
                   VALUES ($1, $2, $3, $4, $5, $6)";
        let params = self
            .params()
            .with(new.id)
            .with(new.agency)
            .with(new.name.en.as_str())
            .with(new.name.ur.as_str())
            .with(new.region.clone())
            .with(self.now());
        self.run(sql, params).await?;
        Ok(())
    }

    /// Begins somebody's time in an office; says whether he did not hold it.
    pub async fn insert_holding(
        &self,
        office: OfficeId,
        account: AccountId,
    ) -> Result<bool, StorageError> {
        let sql = "INSERT INTO holder (office, account, since) SELECT $1, $2, $3 \
                   WHERE NOT EXISTS (SELECT 1 FROM holder \
                   WHERE office = $1 AND account = $2 AND until IS NULL)";
        let params = self.params().with(office).with(account).with(self.now());
        Ok(self.run(sql, params).await? > 0)
    }

    /// Ends somebody's time in an office; says whether he held it.
    pub async fn end_holding(
        &self,
        office: OfficeId,
        account: AccountId,
    ) -> Result<bool, StorageError> {
        let sql = "UPDATE holder SET until = $1 \
                   WHERE office = $2 AND account = $3 AND until IS NULL";
        let params = self.params().with(self.now()).with(office).with(account);
        Ok(self.run(sql, params).await? > 0)
    }

    /// Opens a circle. [`StorageError::Taken`] if its code is.
    pub async fn insert_circle(&self, new: &NewCircle) -> Result<(), StorageError> {
        let sql = "INSERT INTO circle (id, code, name_en, name_ur) VALUES ($1, $2, $3, $4)";
        let params = self
            .params()
            .with(new.id)
            .with(new.code.as_str())
            .with(new.name.en.as_str())
            .with(new.name.ur.as_str());
        self.run(sql, params).await?;
        Ok(())
    }

    /// Brings an account into a circle; says whether that is new.
    pub async fn insert_circle_member(
        &self,
        circle: CircleId,
        account: AccountId,
        vouched_by: Option<AccountId>,
    ) -> Result<bool, StorageError> {
        let sql = "INSERT INTO circle_member (circle, account, vouched_by, since) \
                   VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
        let params = self
            .params()
            .with(circle)
            .with(account)
            .with(vouched_by)
            .with(self.now());
        Ok(self.run(sql, params).await? > 0)
    }

    /// Sends an account out of a circle; says whether it was in it.
    pub async fn delete_circle_member(
        &self,
        circle: CircleId,
        account: AccountId,
    ) -> Result<bool, StorageError> {
        let sql = "DELETE FROM circle_member WHERE circle = $1 AND account = $2";
        Ok(self
            .run(sql, self.params().with(circle).with(account))
            .await?
            > 0)
    }
}
