//! Which acts the audit log tells of.

use domain::event::StreamName;
use storage::audit_log::Audited;

use crate::{Error, Forum};

/// Every act by the name under which the log tells of it: of its mutation, or
/// of what the forum or whoever runs it does.
pub const AUDITED: &[&str] = &[
    "acceptInvitation",
    "addCircleMember",
    "adoptAuditLog",
    "appointHolder",
    "approveAccount",
    "approveResponse",
    "changeSettings",
    "claimReviewable",
    "claimThread",
    "createCircle",
    "createClient",
    "createInvitation",
    "createOffice",
    "createSetupLink",
    "createWebhook",
    "decideAccreditation",
    "decideAgency",
    "decideAppeal",
    "decideCommitment",
    "decideLegalDemand",
    "decideMembership",
    "decideRetaliation",
    "decideReviewable",
    "decideSanction",
    "declareHoliday",
    "deleteAccount",
    "deleteWebhook",
    "distrustDocument",
    "endHolding",
    "enterSanction",
    "erase",
    "grantDuty",
    "handOver",
    "installAccount",
    "inviteToThread",
    "liftSanction",
    "loadReference",
    "moderate",
    "moveConcern",
    "postponeCommitment",
    "proposeSanction",
    "putBackConcern",
    "recordDispatch",
    "recordPaperReply",
    "recuseFromConcern",
    "referConcern",
    "registerLegalDemand",
    "rejectAccount",
    "releaseReviewable",
    "removeCircleMember",
    "requestClarification",
    "resetPassword",
    "restore",
    "retireResponseTemplate",
    "revokeClient",
    "revokeDuty",
    "rotateClientSecret",
    "rotateWebhookKey",
    "saveResponseTemplate",
    "setClockRule",
    "setParticipation",
    "setPostingRule",
    "setSecondOfficer",
    "setUpForum",
    "takeConcern",
    "trustDocument",
    "uninviteFromThread",
    "updateWebhook",
    "view",
    "vouch",
    "withdrawCommitment",
    "withdrawHoliday",
];

impl Forum {
    /// Has the audit log tell by what rules of the configuration the forum goes, where
    /// it told of others the last time, or of none; says whether it does. Of two nodes
    /// that start at once one does.
    pub async fn tell_rules(&self, rules: &str) -> Result<bool, Error> {
        let id = self.new_id();
        self.store
            .write(self.now(), async |tx| {
                if tx.hold_rules(id).await? == rules {
                    return Ok(false);
                }
                tx.save_rules(rules).await?;
                tx.audit(Audited::new("changeSettings", None).saying(rules));
                Ok(true)
            })
            .await
    }

    /// Has the audit log tell that the forum was restored from a copy, the first time
    /// that it is served since; says whether it does. A restore gives every stream
    /// another epoch, and nothing else does. Of two nodes that start at once one tells.
    pub async fn tell_restore(&self) -> Result<bool, Error> {
        let id = self.new_id();
        self.store
            .write(self.now(), async |tx| {
                let before = tx.hold_epoch(id).await?;
                let head = tx.stream_head(StreamName::Directory).await?;
                let epoch = head.map(|head| head.epoch.to_string());
                let Some(epoch) = epoch.filter(|epoch| *epoch != before) else {
                    return Ok(false);
                };
                tx.save_epoch(&epoch).await?;
                // Before, it was never served.
                let restored = !before.is_empty();
                if restored {
                    tx.audit(Audited::new("restore", None));
                }
                Ok(restored)
            })
            .await
    }
}
