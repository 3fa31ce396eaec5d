//! What people are trusted with, and what does not go together.

use domain::id::AccountId;
use domain::people::Duty;
use domain::policy::{self, Action, may_hold};
use storage::thread::Switch;

use super::change::Reached;
use super::vouching::active;
use crate::{Error, Forum, Once, Problem, Viewer, Written};

/// A duty to be given or taken back.
#[derive(Debug, Clone, Copy)]
pub struct SetDuty {
    /// Whose.
    pub account: AccountId,
    /// Which.
    pub duty: Duty,
    /// Whether it is given.
    pub on: Switch,
}

impl Forum {
    /// Gives a duty or takes it back. The last administrator stays one.
    pub async fn set_duty(
        &self,
        viewer: &Viewer,
        input: SetDuty,
        once: &Once,
    ) -> Result<Written<AccountId>, Error> {
        policy::decide(&viewer.actor, &Action::Administer)?;
        let SetDuty {
            account: id,
            duty,
            on,
        } = input;
        let operation = match on {
            Switch::On => "grantDuty",
            Switch::Off => "revokeDuty",
        };
        let claim = self.claim(viewer, operation, once, id.0)?;
        self.change(
            Some(viewer.audited(operation).saying(duty.code())),
            claim,
            id,
            async |tx| {
                match on {
                    Switch::On => {
                        let account = active(&tx, id).await?;
                        let held = tx.affiliations(id).await?.duties;
                        may_hold(account.constituency, &held, duty)
                            .map_err(|conflict| Error::at("duty", Problem::Duties(conflict)))?;
                        tx.insert_duty(id, duty, viewer.account).await?;
                    }
                    Switch::Off => {
                        if duty == Duty::Administrator {
                            tx.hold_duty(duty).await?;
                        }
                        if !tx.delete_duty(id, duty).await? {
                            return Err(Error::at("duty", Problem::NotFound));
                        }
                        if duty == Duty::Moderator {
                            tx.leave_retaliations(id).await?;
                            tx.want_for_queue_of(id).await?;
                        }
                        if duty == Duty::Administrator && !tx.duty_is_held(duty).await? {
                            let problem = Problem::Invalid("the last administrator stays one");
                            return Err(Error::at("duty", problem));
                        }
                    }
                }
                Ok(Reached::account(id))
            },
        )
        .await
    }
}
