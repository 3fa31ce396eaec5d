//! Agencies, whether they take part, and the desks in them.

use domain::id::{AccountId, AgencyId, OfficeId};
use domain::people::{Accreditation, Participation};
use domain::policy::{self, Action, Denial, OfficeConflict, Refusal, may_hold_office};
use domain::text::OrganizationName;
use storage::Tx;
use storage::account::NewOffice;
use storage::directory::Name;

use super::change::{Left, Reached};
use super::organizations::{read_reason, require_legal};
use super::vouching::active;
use crate::error::Problems;
use crate::message::REGIONS;
use crate::{Error, Forum, Once, Problem, Viewer, Written};

/// A decision on an agency.
#[derive(Debug, Clone)]
pub struct DecideAgency {
    /// The agency.
    pub agency: AgencyId,
    /// What is decided.
    pub to: Accreditation,
    /// Why; needed unless it is accepted.
    pub reason: Option<String>,
}

/// A desk to be opened in an agency.
#[derive(Debug, Clone)]
pub struct CreateOffice {
    /// The agency.
    pub agency: AgencyId,
    /// Its name in English.
    pub name_en: String,
    /// Its name in Urdu.
    pub name_ur: String,
    /// The code of its region, if it is for one.
    pub region: Option<String>,
}

/// Somebody and an office: to be put into it, or out of it.
#[derive(Debug, Clone, Copy)]
pub struct AppointHolder {
    /// The office.
    pub office: OfficeId,
    /// Who.
    pub account: AccountId,
}

/// An office that goes from one person to another.
#[derive(Debug, Clone, Copy)]
pub struct Handover {
    /// The office.
    pub office: OfficeId,
    /// Who leaves it.
    pub from: AccountId,
    /// Who takes it over.
    pub to: AccountId,
}

impl Forum {
    /// Writes whether an agency takes part: LISTED, INVITED, ANSWERING and
    /// back, one step forward at a time.
    pub async fn set_participation(
        &self,
        viewer: &Viewer,
        id: AgencyId,
        to: Participation,
        once: &Once,
    ) -> Result<Written<AgencyId>, Error> {
        policy::decide(&viewer.actor, &Action::Administer)?;
        let claim = self.claim(viewer, "setParticipation", once, id.0)?;
        self.change(
            Some(viewer.audited("setParticipation").of(id).saying(to.code())),
            claim,
            id,
            async |tx| {
                let (_, from) = self.agency_stands(&tx, id).await?;
                let legal = match from {
                    Participation::Listed => to == Participation::Invited,
                    Participation::Invited => to != Participation::Invited,
                    Participation::Answering => to != Participation::Answering,
                };
                if !legal {
                    let problem = Problem::Invalid("an agency is invited before it answers");
                    return Err(Error::at("participation", problem));
                }
                tx.set_participation(id, to).await?;
                self.rewind(&tx).await?;
                reached(&tx, id).await
            },
        )
        .await
    }

    /// Writes whether a second officer of an agency approves its answers.
    pub async fn set_second_officer(
        &self,
        viewer: &Viewer,
        id: AgencyId,
        required: bool,
        once: &Once,
    ) -> Result<Written<AgencyId>, Error> {
        policy::decide(&viewer.actor, &Action::Administer)?;
        let claim = self.claim(viewer, "setSecondOfficer", once, id.0)?;
        self.change(
            Some(
                viewer
                    .audited("setSecondOfficer")
                    .of(id)
                    .saying(required.to_string()),
            ),
            claim,
            id,
            async |tx| {
                self.agency_stands(&tx, id).await?;
                tx.set_one_officer(id, !required).await?;
                Ok(Reached::entry(id))
            },
        )
        .await
    }

    /// Decides on an agency.
    pub async fn decide_agency(
        &self,
        viewer: &Viewer,
        input: &DecideAgency,
        once: &Once,
    ) -> Result<Written<AgencyId>, Error> {
        policy::decide(&viewer.actor, &Action::Administer)?;
        let DecideAgency { agency: id, to, .. } = *input;
        let reason = read_reason(to, input.reason.as_deref())?;
        let claim = self.claim(viewer, "decideAgency", once, id.0)?;
        self.change(
            Some(viewer.audited("decideAgency").of(id).saying(to.code())),
            claim,
            id,
            async |tx| {
                let (from, _) = self.agency_stands(&tx, id).await?;
                require_legal(from, to)?;
                tx.decide_agency(id, to, viewer.account, reason.as_deref())
                    .await?;
                self.rewind(&tx).await?;
                reached(&tx, id).await
            },
        )
        .await
    }

    async fn agency_stands(
        &self,
        tx: &Tx,
        id: AgencyId,
    ) -> Result<(Accreditation, Participation), Error> {
        tx.agency_stands(id)
            .await?
            .ok_or_else(|| Error::at("agency", Problem::NotFound))
    }

    /// Opens a desk in an agency.
    pub async fn create_office(
        &self,
        viewer: &Viewer,
        input: &CreateOffice,
        once: &Once,
    ) -> Result<Written<OfficeId>, Error> {
        policy::decide(&viewer.actor, &Action::Administer)?;
        let directory = self.directory();
        let mut problems = Problems::default();
        let en = problems.take("nameEn", OrganizationName::parse(&input.name_en));
        let ur = problems.take("nameUr", OrganizationName::parse(&input.name_ur));
        let region = input.region.as_deref();
        let known = region.is_none_or(|code| directory.region(code).is_some());
        problems.require(known, "region", Problem::Unknown(REGIONS));
        let known = directory.agency(input.agency).is_some();
        problems.require(known, "agency", Problem::NotFound);
        problems.none()?;
        let id: OfficeId = self.new_id();
        let text = |name: Option<OrganizationName>| {
            name.map(OrganizationName::into_string).unwrap_or_default()
        };
        let new = NewOffice {
            id,
            agency: input.agency,
            name: Name {
                en: text(en),
                ur: text(ur),
            },
            region: input.region.clone(),
        };
        let claim = self.claim(viewer, "createOffice", once, id.0)?;
        self.change(
            Some(viewer.audited("createOffice").of(id)),
            claim,
            id,
            async |tx| {
                tx.insert_office(&new).await?;
                Ok(Reached::entry(id))
            },
        )
        .await
    }

    /// Puts an official into an office, which vouches for him. Nobody holds
    /// offices of two agencies.
    pub async fn appoint_holder(
        &self,
        viewer: &Viewer,
        input: AppointHolder,
        once: &Once,
    ) -> Result<Written<OfficeId>, Error> {
        policy::decide(&viewer.actor, &Action::Administer)?;
        let AppointHolder { office, account } = input;
        let claim = self.claim(viewer, "appointHolder", once, office.0)?;
        self.change(
            Some(viewer.audited("appointHolder").of(office)),
            claim,
            office,
            async |tx| {
                appoint(&tx, viewer, office, account).await?;
                Ok(Reached::account(account))
            },
        )
        .await
    }

    /// Takes an official out of an office. With his last office goes that
    /// somebody vouched for him.
    pub async fn end_holding(
        &self,
        viewer: &Viewer,
        input: AppointHolder,
        once: &Once,
    ) -> Result<Written<OfficeId>, Error> {
        policy::decide(&viewer.actor, &Action::Administer)?;
        let AppointHolder { office, account } = input;
        let claim = self.claim(viewer, "endHolding", once, office.0)?;
        self.change(
            Some(viewer.audited("endHolding").of(office)),
            claim,
            office,
            async |tx| {
                dismiss(&tx, office, account).await?;
                Ok(Reached {
                    left: Some(Left {
                        office,
                        from: account,
                        to: None,
                    }),
                    ..Reached::account(account)
                })
            },
        )
        .await
    }

    /// Hands an office over from one official to another, at one moment.
    pub async fn hand_over(
        &self,
        viewer: &Viewer,
        input: Handover,
        once: &Once,
    ) -> Result<Written<OfficeId>, Error> {
        policy::decide(&viewer.actor, &Action::Administer)?;
        let Handover { office, from, to } = input;
        let claim = self.claim(viewer, "handOver", once, office.0)?;
        if from == to {
            let problem = Problem::Invalid("an office is handed over to another person");
            return Err(Error::at("to", problem));
        }
        self.change(
            Some(viewer.audited("handOver").of(office)),
            claim,
            office,
            async |tx| {
                dismiss(&tx, office, from).await?;
                appoint(&tx, viewer, office, to).await?;
                Ok(Reached {
                    accounts: vec![from, to],
                    left: Some(Left {
                        office,
                        from,
                        to: Some(to),
                    }),
                    ..Reached::default()
                })
            },
        )
        .await
    }
}

/// What a change of an agency reaches: its entry, and all who hold an office
/// in it.
async fn reached(tx: &Tx, id: AgencyId) -> Result<Reached, Error> {
    Ok(Reached {
        accounts: tx.agency_holders(id).await?,
        entry: Some(id.0),
        ..Reached::default()
    })
}

async fn appoint(tx: &Tx, viewer: &Viewer, office: OfficeId, id: AccountId) -> Result<(), Error> {
    let agency = tx.agency_of_office(office).await?;
    let agency = agency.ok_or_else(|| Error::at("office", Problem::NotFound))?;
    let account = active(tx, id).await?;
    let held = tx.affiliations(id).await?.holdings;
    let held: Vec<AgencyId> = held.iter().map(|one| one.agency).collect();
    may_hold_office(account.constituency, &held, agency).map_err(|conflict| match conflict {
        OfficeConflict::NoOfficial => Refusal::Denied(Denial::WrongConstituency).into(),
        OfficeConflict::AnotherAgency => {
            let problem = Problem::Invalid("the account holds an office of another agency");
            Error::at("account", problem)
        }
    })?;
    tx.insert_holding(office, id).await?;
    tx.set_vouched(id, viewer.account).await?;
    Ok(())
}

async fn dismiss(tx: &Tx, office: OfficeId, id: AccountId) -> Result<(), Error> {
    if !tx.end_holding(office, id).await? {
        return Err(Error::at("account", Problem::NotFound));
    }
    if tx.affiliations(id).await?.holdings.is_empty() {
        tx.clear_vouched(id).await?;
    }
    Ok(())
}
