//! Notifications: one inbox an account, and the mail that tells of it.
//!
//! Whatever is addressed to an account is an event of its inbox, written with
//! what it tells of. `viewerEvents` follow the inbox as it grows; mail follows
//! it by a place of its own, so that a restart drops nothing and tells nothing
//! twice (ADR 29).

mod letter;
mod send;
mod sort;
mod unsubscribe;

pub use unsubscribe::UNSUBSCRIBE;

use domain::id::{AccountId, ThreadId};
use domain::notice::{MailFrequency, NoticeReason, ThreadNotices};
use domain::policy::{self, Action};

use storage::Tx;

use crate::once::{Once, Written, claimed};
use crate::{Error, Forum, Viewer};

/// How mail about what happens is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MailSettings {
    /// The hour of the forum's day at which digests are made.
    pub digest_hour: u8,
    /// As many minutes lie between two mails that are sent at once.
    pub pause_minutes: u16,
    /// How often a mail is tried before it is given up.
    pub attempts: u32,
    /// How many codes are mailed to one address in an hour.
    pub codes_per_hour: u32,
}

impl Default for MailSettings {
    fn default() -> Self {
        Self {
            digest_hour: 8,
            pause_minutes: 10,
            attempts: 12,
            codes_per_hour: 5,
        }
    }
}

/// When an account is told of something by mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MailPreference {
    /// Of what.
    pub reason: NoticeReason,
    /// When.
    pub frequency: MailFrequency,
}

impl Forum {
    /// When the viewer is told of each kind of thing by mail.
    pub async fn mail_preferences(&self, viewer: &Viewer) -> Result<Vec<MailPreference>, Error> {
        policy::decide(&viewer.actor, &Action::ManageOwnAccount)?;
        let account = viewer.account.ok_or_else(Error::not_found)?;
        let set = self.store.read().mail_preferences(account).await?;
        let of = |reason: &NoticeReason| set.iter().find(|(one, _)| one == reason);
        Ok(NoticeReason::ALL
            .iter()
            .map(|reason| MailPreference {
                reason: *reason,
                // A mailbox may be read by others: none is written to unasked.
                frequency: of(reason).map_or(MailFrequency::Off, |(_, frequency)| *frequency),
            })
            .collect())
    }

    /// Sets when the viewer is told of something by mail.
    pub async fn set_mail_preference(
        &self,
        viewer: &Viewer,
        set: MailPreference,
        once: &Once,
    ) -> Result<Written<AccountId>, Error> {
        policy::decide(&viewer.actor, &Action::ManageOwnAccount)?;
        let account = viewer.account.ok_or_else(Error::not_found)?;
        let claim = self.claim(viewer, "setMailPreference", once, account.into())?;
        self.store
            .write(self.now(), async |tx| {
                if let Some(before) = claimed(&tx, claim.as_ref()).await? {
                    return Ok(Written::Before(before));
                }
                // Of two who set something else at once, the second sees both.
                tx.hold_account(account).await?;
                tx.set_mail_preference(account, set.reason, set.frequency)
                    .await?;
                let any = tx.mail_preferences(account).await?;
                if any.iter().any(|(_, one)| *one != MailFrequency::Off) {
                    tx.begin_mailing(account).await?;
                } else {
                    tx.end_mailing(account).await?;
                }
                Ok(Written::Now(account))
            })
            .await
    }

    /// Says what of a thread the viewer wants to be told, on every channel.
    pub async fn set_thread_notices(
        &self,
        viewer: &Viewer,
        id: ThreadId,
        level: ThreadNotices,
        once: &Once,
    ) -> Result<Written<ThreadId>, Error> {
        let operation = "setThreadNotifications";
        self.act(viewer, operation, once, id, id, async |tx, thread| {
            policy::decide(&viewer.actor, &Action::Follow(&thread.facts))?;
            let persona = viewer.speaks_as.ok_or(Error::Internal("no persona"))?;
            tx.set_thread_notices(id, persona, &viewer.personas, level)
                .await?;
            Ok(())
        })
        .await
    }
}

/// Has no mail made for an account any more.
pub(crate) async fn forget_jobs(tx: &Tx, account: AccountId) -> Result<(), Error> {
    for frequency in MailFrequency::ALL {
        let (once, _) = send::named(account, *frequency);
        tx.unschedule(&once).await?;
    }
    Ok(())
}
