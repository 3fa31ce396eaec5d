//! Invitations: a code that lets somebody register, and may vouch for him.

use chrono::{DateTime, TimeDelta, Utc};
use domain::id::{InvitationId, OfficeId, OrganizationId};
use domain::people::{Accreditation, Constituency};
use domain::policy::{self, Action, Grant, InvitationConflict};
use storage::account::{Invitation, NewInvitation};

use crate::error::Problems;
use crate::{Error, Forum, Problem, Viewer};

/// For how many days an invitation is good at most.
const DAYS_MAX: u32 = 90;

/// An invitation to be made.
#[derive(Debug, Clone, Copy)]
pub struct CreateInvitation {
    /// The constituency that it vouches for; `None` if the guest chooses and
    /// nobody vouches. An office says OFFICIAL by itself.
    pub constituency: Option<Constituency>,
    /// The organization that it makes him a member of.
    pub organization: Option<OrganizationId>,
    /// The office that it makes him a holder of.
    pub office: Option<OfficeId>,
    /// For how many days it is good, 1 to 90.
    pub days: u32,
}

/// An invitation that was made.
#[derive(Clone)]
pub struct InvitationCode {
    /// The invitation.
    pub id: InvitationId,
    /// The code to hand over. It is shown once.
    pub code: String,
    /// When it is over.
    pub expires_at: DateTime<Utc>,
}

/// Hides the code.
impl std::fmt::Debug for InvitationCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InvitationCode")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl Forum {
    /// Makes an invitation, good for one registration.
    pub async fn create_invitation(
        &self,
        viewer: &Viewer,
        input: CreateInvitation,
    ) -> Result<InvitationCode, Error> {
        policy::decide(&viewer.actor, &Action::Administer)?;
        let CreateInvitation {
            organization,
            office,
            days,
            ..
        } = input;
        let grant = Grant {
            constituency: input.constituency,
            office: office.is_some(),
            organization: organization.is_some(),
        };
        let directory = self.directory();
        let mut problems = Problems::default();
        let within = (1..=DAYS_MAX).contains(&days);
        problems.require(
            within,
            "days",
            Problem::Invalid("an invitation is good for 1 to 90 days"),
        );
        let known = office.is_none_or(|id| directory.office(id).is_some_and(|one| !one.closed));
        problems.require(known, "office", Problem::NotFound);
        let accepted = |id| {
            let found = directory.organization(id);
            found.is_some_and(|one| one.accreditation == Accreditation::Approved)
        };
        let known = organization.is_none_or(accepted);
        problems.require(known, "organization", Problem::NotFound);
        for conflict in grant.conflicts() {
            let (field, why) = match conflict {
                InvitationConflict::Office => {
                    ("office", "officials, and only they, have an office")
                }
                InvitationConflict::Organization => {
                    ("organization", "an official belongs to no organization")
                }
            };
            problems.add(field, Problem::Invalid(why));
        }
        problems.none()?;

        let (code, code_hash) = self.code_to_give();
        let now = self.now();
        let new = NewInvitation {
            id: self.new_id(),
            code_hash,
            grants: Invitation {
                constituency: grant.vouches_for(),
                organization,
                office,
                created_by: viewer.account,
            },
            expires_at: now + TimeDelta::days(i64::from(days)),
        };
        self.store
            .write(now, async |tx| {
                tx.insert_invitation(&new).await?;
                let audited = viewer.audited("createInvitation").of(new.id);
                let of = input.constituency.map_or("ANY", Constituency::code);
                tx.audit(audited.saying(of));
                Ok::<_, Error>(())
            })
            .await?;
        Ok(InvitationCode {
            id: new.id,
            code,
            expires_at: new.expires_at,
        })
    }
}
