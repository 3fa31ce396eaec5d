//! Who is the moderator on a confidential thread.

use domain::event::EventKind;
use domain::id::ThreadId;
use domain::policy::{self, Action, ThreadFacts};
use domain::thread::{Audience, Opened};
use storage::Tx;

use crate::once::{Once, Written};
use crate::thread::tell;
use crate::{Error, Forum, Viewer};

impl Forum {
    /// Takes a confidential thread as the moderator on it, in place of the
    /// one before. While it is held, any moderator may; once it is released
    /// only one who was invited to it, for others it is not there.
    pub async fn claim_thread(
        &self,
        viewer: &Viewer,
        id: ThreadId,
        once: &Once,
    ) -> Result<Written<ThreadId>, Error> {
        self.act(viewer, "claimThread", once, id, id, async |tx, thread| {
            policy::decide(&viewer.actor, &Action::Claim(&thread.facts))?;
            let mut facts = thread.facts;
            if facts.claimed_by == viewer.speaks_as {
                return Ok(());
            }
            if let Some(persona) = viewer.speaks_as {
                tx.save_claim(id, persona).await?;
                // He is on it by that alone, and off it once another is.
                tx.delete_participant(id, persona).await?;
            }
            self.note_claim(&tx, viewer, &mut facts).await?;
            tx.audit(viewer.audited("claimThread").of(id));
            tell(&tx, &facts, EventKind::ThreadModerated, None);
            Ok(())
        })
        .await
    }

    /// Makes the viewer the moderator on a confidential thread, and has the
    /// access ledger show it if he was not.
    pub(crate) async fn note_claim(
        &self,
        tx: &Tx,
        viewer: &Viewer,
        facts: &mut ThreadFacts,
    ) -> Result<(), Error> {
        if facts.audience != Audience::Confidential || facts.claimed_by == viewer.speaks_as {
            return Ok(());
        }
        facts.claimed_by = viewer.speaks_as;
        // The ledger names duties, not people: whoever takes over is shown,
        // however short ago another moderator was.
        if let Some(entry) = self.opening(viewer, facts, Opened::Claim) {
            tx.write_ledger(&[(facts.id, entry)], tx.now()).await?;
        }
        Ok(())
    }
}
