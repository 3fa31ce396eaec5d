//! Organizations: asking to be accepted, deciding, and who belongs to them.

use domain::id::{AccountId, OrganizationId};
use domain::people::Accreditation;
use domain::policy::{self, Action};
use domain::text::{OrganizationName, Reason};

use super::change::Reached;
use super::vouching::active;
use crate::error::Problems;
use crate::{Error, Forum, Once, Problem, Viewer, Written};

/// A decision on an organization.
#[derive(Debug, Clone)]
pub struct DecideAccreditation {
    /// The organization.
    pub organization: OrganizationId,
    /// What is decided.
    pub to: Accreditation,
    /// Why; needed unless it is accepted.
    pub reason: Option<String>,
}

/// A decision on somebody's place in an organization.
#[derive(Debug, Clone)]
pub struct DecideMembership {
    /// The organization.
    pub organization: OrganizationId,
    /// The person.
    pub account: AccountId,
    /// What is decided.
    pub to: Accreditation,
    /// Why; needed unless he is accepted.
    pub reason: Option<String>,
}

impl Forum {
    /// Asks for an organization to be accepted. Whoever asks becomes its
    /// member when it is.
    pub async fn request_accreditation(
        &self,
        viewer: &Viewer,
        name: &str,
        once: &Once,
    ) -> Result<Written<OrganizationId>, Error> {
        policy::decide(&viewer.actor, &Action::RequestAccreditation)?;
        let mut problems = Problems::default();
        let name = problems.take("name", OrganizationName::parse(name));
        problems.none()?;
        let name = name.map(OrganizationName::into_string).unwrap_or_default();
        let account = viewer.account.ok_or_else(Error::not_found)?;
        let id: OrganizationId = self.new_id();
        let claim = self.claim(viewer, "requestAccreditation", once, id.0)?;
        self.change(None, claim, id, async |tx| {
            tx.insert_organization(id, &name, Some(account)).await?;
            tx.insert_membership(id, account).await?;
            Ok(Reached::entry(id))
        })
        .await
    }

    /// Decides on an organization. Its members speak for it, or no longer.
    pub async fn decide_accreditation(
        &self,
        viewer: &Viewer,
        input: &DecideAccreditation,
        once: &Once,
    ) -> Result<Written<OrganizationId>, Error> {
        policy::decide(&viewer.actor, &Action::Administer)?;
        let DecideAccreditation {
            organization: id,
            to,
            ..
        } = *input;
        let reason = read_reason(to, input.reason.as_deref())?;
        let claim = self.claim(viewer, "decideAccreditation", once, id.0)?;
        self.change(
            Some(
                viewer
                    .audited("decideAccreditation")
                    .of(id)
                    .saying(to.code()),
            ),
            claim,
            id,
            async |tx| {
                let stands = tx.organization_stands(id).await?;
                let (from, asked) =
                    stands.ok_or_else(|| Error::at("organization", Problem::NotFound))?;
                require_legal(from, to)?;
                tx.decide_organization(id, to, viewer.account, reason.as_deref())
                    .await?;
                if let (Accreditation::Approved, Some(asked)) = (to, asked) {
                    let requested = Some(Accreditation::Requested);
                    if tx.membership(id, asked).await? == requested {
                        tx.decide_membership(id, asked, to, viewer.account, None)
                            .await?;
                    }
                }
                let members = tx.members(id).await?;
                let accepted =
                    |one: &&storage::account::Member| one.accreditation == Accreditation::Approved;
                let accounts = members
                    .iter()
                    .filter(accepted)
                    .map(|one| one.account)
                    .collect();
                // Its apps act for it, or no longer.
                let clients = tx.clients(id, u32::MAX).await?;
                Ok(Reached {
                    accounts,
                    clients: clients.iter().map(|one| one.id).collect(),
                    entry: Some(id.0),
                    ..Reached::default()
                })
            },
        )
        .await
    }

    /// Asks to be a member of an accepted organization.
    pub async fn join_organization(
        &self,
        viewer: &Viewer,
        id: OrganizationId,
        once: &Once,
    ) -> Result<Written<OrganizationId>, Error> {
        policy::decide(&viewer.actor, &Action::RequestAccreditation)?;
        let account = viewer.account.ok_or_else(Error::not_found)?;
        let claim = self.claim(viewer, "joinOrganization", once, id.0)?;
        self.change(None, claim, id, async |tx| {
            let stands = tx.organization_stands(id).await?.map(|(stands, _)| stands);
            if stands != Some(Accreditation::Approved) {
                return Err(Error::at("organization", Problem::NotFound));
            }
            tx.insert_membership(id, account).await?;
            Ok(Reached::account(account))
        })
        .await
    }

    /// Decides on somebody's place in an organization: one of its members
    /// does, or an administrator.
    pub async fn decide_membership(
        &self,
        viewer: &Viewer,
        input: &DecideMembership,
        once: &Once,
    ) -> Result<Written<AccountId>, Error> {
        let DecideMembership {
            organization,
            account: id,
            to,
            ..
        } = *input;
        policy::decide(&viewer.actor, &Action::DecideMember(organization, id))?;
        let reason = read_reason(to, input.reason.as_deref())?;
        let claim = self.claim(viewer, "decideMembership", once, id.0)?;
        self.change(
            Some(
                viewer
                    .audited("decideMembership")
                    .of(organization)
                    .saying(to.code()),
            ),
            claim,
            id,
            async |tx| {
                let from = tx.membership(organization, id).await?;
                let from = from.ok_or_else(|| Error::at("account", Problem::NotFound))?;
                require_legal(from, to)?;
                active(&tx, id).await?;
                tx.decide_membership(organization, id, to, viewer.account, reason.as_deref())
                    .await?;
                Ok(Reached::account(id))
            },
        )
        .await
    }
}

/// Whether a decision may follow on how an accreditation stands.
pub(super) fn require_legal(from: Accreditation, to: Accreditation) -> Result<(), Error> {
    if from.next().contains(&to) {
        Ok(())
    } else {
        Err(Error::at(
            "accreditation",
            Problem::Invalid("this decision cannot follow here"),
        ))
    }
}

/// Reads the reason of a decision; only accepting needs none.
pub(super) fn read_reason(
    to: Accreditation,
    reason: Option<&str>,
) -> Result<Option<String>, Error> {
    let mut problems = Problems::default();
    let given = reason.filter(|text| !text.trim().is_empty());
    let reason = given.and_then(|text| problems.take("reason", Reason::parse(text)));
    let needed = to != Accreditation::Approved && given.is_none();
    problems.require(!needed, "reason", Problem::Invalid("a reason is needed"));
    problems.none()?;
    Ok(reason.map(Reason::into_string))
}
