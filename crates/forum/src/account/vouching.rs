//! Approving accounts, vouching for a constituency, and vouched rooms.

use domain::id::{AccountId, CircleId};
use domain::people::{Constituency, Standing};
use domain::policy::{self, Action, Refusal};
use domain::text::OrganizationName;
use storage::account::{Account, NewCircle};
use storage::directory::Name;
use storage::{StorageError, Tx};

use super::change::Reached;
use crate::error::Problems;
use crate::{Error, Forum, Once, Problem, Viewer, Written};

/// Somebody vouches that a person speaks for a constituency.
#[derive(Debug, Clone, Copy)]
pub struct Vouch {
    /// The person.
    pub account: AccountId,
    /// The constituency that the person named.
    pub constituency: Constituency,
}

/// A vouched room to be opened.
#[derive(Debug, Clone)]
pub struct CreateCircle {
    /// Its stable code: capitals, digits and `_`.
    pub code: String,
    /// Its name in English.
    pub name_en: String,
    /// Its name in Urdu.
    pub name_ur: String,
}

impl Forum {
    /// Lets an account in that waits for approval.
    pub async fn approve_account(
        &self,
        viewer: &Viewer,
        id: AccountId,
        once: &Once,
    ) -> Result<Written<AccountId>, Error> {
        policy::decide(&viewer.actor, &Action::Administer)?;
        let claim = self.claim(viewer, "approveAccount", once, id.0)?;
        self.change(
            Some(viewer.audited("approveAccount")),
            claim,
            id,
            async |tx| {
                if !tx
                    .move_standing(id, Standing::Pending, Standing::Active)
                    .await?
                {
                    return Err(not_waiting(&tx, id).await?);
                }
                Ok(Reached::account(id))
            },
        )
        .await
    }

    /// Turns an account away that waits for approval. Nothing of it is kept.
    pub async fn reject_account(
        &self,
        viewer: &Viewer,
        id: AccountId,
        once: &Once,
    ) -> Result<Written<AccountId>, Error> {
        policy::decide(&viewer.actor, &Action::Administer)?;
        let claim = self.claim(viewer, "rejectAccount", once, id.0)?;
        self.change(
            Some(viewer.audited("rejectAccount")),
            claim,
            id,
            async |tx| {
                if !tx.delete_waiting_account(id).await? {
                    return Err(not_waiting(&tx, id).await?);
                }
                Ok(Reached::account(id))
            },
        )
        .await
    }

    /// Vouches that a person speaks for the constituency he named.
    pub async fn vouch(
        &self,
        viewer: &Viewer,
        input: Vouch,
        once: &Once,
    ) -> Result<Written<AccountId>, Error> {
        let Vouch {
            account: id,
            constituency,
        } = input;
        policy::decide(&viewer.actor, &Action::Vouch(id, constituency))?;
        let claim = self.claim(viewer, "vouch", once, id.0)?;
        self.change(
            Some(viewer.audited("vouch").saying(constituency.code())),
            claim,
            id,
            async |tx| {
                let account = active(&tx, id).await?;
                if account.constituency != constituency {
                    let problem = Problem::Invalid("the account named another constituency");
                    return Err(Error::at("constituency", problem));
                }
                tx.set_vouched(id, viewer.account).await?;
                Ok(Reached::account(id))
            },
        )
        .await
    }

    /// Opens a vouched room.
    pub async fn create_circle(
        &self,
        viewer: &Viewer,
        input: &CreateCircle,
        once: &Once,
    ) -> Result<Written<CircleId>, Error> {
        policy::decide(&viewer.actor, &Action::Administer)?;
        let mut problems = Problems::default();
        let in_code = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        let fits = (2..=40).contains(&input.code.len()) && input.code.chars().all(in_code);
        problems.require(
            fits,
            "code",
            Problem::Invalid("a code has 2 to 40 capitals, digits or _"),
        );
        let en = problems.take("nameEn", OrganizationName::parse(&input.name_en));
        let ur = problems.take("nameUr", OrganizationName::parse(&input.name_ur));
        problems.none()?;
        let id: CircleId = self.new_id();
        let text = |name: Option<OrganizationName>| {
            name.map(OrganizationName::into_string).unwrap_or_default()
        };
        let new = NewCircle {
            id,
            code: input.code.clone(),
            name: Name {
                en: text(en),
                ur: text(ur),
            },
        };
        let claim = self.claim(viewer, "createCircle", once, id.0)?;
        self.change(
            Some(viewer.audited("createCircle").of(id)),
            claim,
            id,
            async |tx| {
                match tx.insert_circle(&new).await {
                    Err(StorageError::Taken) => return Err(Error::at("code", Problem::Taken)),
                    other => other?,
                }
                Ok(Reached::entry(id))
            },
        )
        .await
    }

    /// Brings somebody into a vouched room. Nobody brings himself in, and no
    /// official is brought in.
    pub async fn add_circle_member(
        &self,
        viewer: &Viewer,
        circle: CircleId,
        id: AccountId,
        once: &Once,
    ) -> Result<Written<AccountId>, Error> {
        policy::decide(&viewer.actor, &Action::Administer)?;
        let claim = self.claim(viewer, "addCircleMember", once, id.0)?;
        if self.directory().circle(circle).is_none() {
            return Err(Error::at("circle", Problem::NotFound));
        }
        self.change(
            Some(viewer.audited("addCircleMember").of(circle)),
            claim,
            id,
            async |tx| {
                let account = active(&tx, id).await?;
                policy::decide(&viewer.actor, &Action::Vouch(id, account.constituency))?;
                policy::may_join_circle(account.constituency, account.vouched())
                    .map_err(Refusal::Denied)?;
                tx.insert_circle_member(circle, id, viewer.account).await?;
                Ok(Reached::account(id))
            },
        )
        .await
    }

    /// Sends somebody out of a vouched room; everybody may go himself.
    pub async fn remove_circle_member(
        &self,
        viewer: &Viewer,
        circle: CircleId,
        id: AccountId,
        once: &Once,
    ) -> Result<Written<AccountId>, Error> {
        policy::decide(&viewer.actor, &Action::RemoveFromCircle(id))?;
        let claim = self.claim(viewer, "removeCircleMember", once, id.0)?;
        self.change(
            Some(viewer.audited("removeCircleMember").of(circle)),
            claim,
            id,
            async |tx| {
                if !tx.delete_circle_member(circle, id).await? {
                    return Err(Error::not_found());
                }
                Ok(Reached::account(id))
            },
        )
        .await
    }
}

/// An account that may sign in, to be trusted with something.
pub(super) async fn active(tx: &Tx, id: AccountId) -> Result<Account, Error> {
    let account = tx
        .account(id)
        .await?
        .ok_or_else(|| Error::at("account", Problem::NotFound))?;
    if account.standing.may_sign_in() {
        Ok(account)
    } else {
        Err(Error::at(
            "account",
            Problem::Invalid("the account cannot sign in"),
        ))
    }
}

async fn not_waiting(tx: &Tx, id: AccountId) -> Result<Error, Error> {
    Ok(match tx.account(id).await? {
        Some(_) => Error::at(
            "account",
            Problem::Invalid("the account does not wait for approval"),
        ),
        None => Error::at("account", Problem::NotFound),
    })
}
