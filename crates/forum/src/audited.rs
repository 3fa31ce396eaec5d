//! Which acts the audit log tells of.

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
    "grantDuty",
    "handOver",
    "inviteToThread",
    "liftSanction",
    "loadReference",
    "moderate",
    "moveConcern",
    "proposeSanction",
    "recordDispatch",
    "recordPaperReply",
    "registerLegalDemand",
    "rejectAccount",
    "releaseReviewable",
    "removeCircleMember",
    "resetPassword",
    "revokeClient",
    "revokeDuty",
    "rotateClientSecret",
    "rotateWebhookKey",
    "setClockRule",
    "setParticipation",
    "setPostingRule",
    "setSecondOfficer",
    "trustDocument",
    "uninviteFromThread",
    "updateWebhook",
    "view",
    "vouch",
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
}
