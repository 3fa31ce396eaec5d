//! Telling a webhook again what it was told.

use domain::event::{Position, StreamName};
use domain::id::WebhookId;
use storage::webhook::Place;

use super::manage::held;
use crate::once::{Once, Written, claimed};
use crate::ports::Names;
use crate::{Error, Forum, Problem, Viewer};

impl Forum {
    /// Tells a webhook again what happened after a cursor, by what it may see
    /// now.
    pub async fn replay_webhook(
        &self,
        viewer: &Viewer,
        id: WebhookId,
        cursor: &str,
        names: &dyn Names,
        once: &Once,
    ) -> Result<Written<WebhookId>, Error> {
        self.managed_webhook(viewer, id).await?;
        let bad = || Error::at("after", Problem::Invalid("this cursor is of no webhook"));
        let gone = || {
            Error::at(
                "after",
                Problem::Invalid("what came after this cursor is gone"),
            )
        };
        let after = names.position(cursor).ok_or_else(bad)?;
        if after.stream != StreamName::Feed {
            return Err(bad());
        }
        let place = self.place_after(after).await?.ok_or_else(gone)?;
        let claim = self.claim(viewer, "replayWebhook", once, id.into())?;
        self.store
            .write(self.now(), async |tx| {
                if let Some(before) = claimed(&tx, claim.as_ref()).await? {
                    return Ok(Written::Before(before));
                }
                held(&tx, viewer, id).await?;
                // Never forward: what waits is not to be passed over.
                let now = tx.webhook_place(id).await?;
                let ahead = now.is_some_and(|one| one.epoch == place.epoch && one.pos <= place.pos);
                if !ahead {
                    tx.set_webhook_place(id, place).await?;
                }
                Ok::<_, Error>(Written::Now(id))
            })
            .await
    }

    /// Where to go on after a position of the feed; `None` if that is none
    /// that is kept.
    async fn place_after(&self, after: Position) -> Result<Option<Place>, Error> {
        let head = self.store.read().stream_head(StreamName::Feed).await?;
        let kept = head.is_some_and(|head| {
            head.epoch == after.epoch && (head.floor..=head.head).contains(&after.pos)
        });
        Ok(kept.then_some(Place {
            epoch: after.epoch,
            pos: after.pos,
        }))
    }
}
