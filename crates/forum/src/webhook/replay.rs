//! Telling a webhook again what it was told.

use chrono::TimeDelta;
use domain::event::{Position, StreamName};
use domain::id::WebhookId;
use storage::webhook::Place;

use super::manage::held;
use crate::once::{Once, Written, claimed};
use crate::ports::Names;
use crate::{Error, Forum, Problem, Viewer};

/// How far apart the clocks of several nodes may be. What is replayed begins
/// so much earlier in the other shards.
const APART: TimeDelta = TimeDelta::minutes(1);

impl Forum {
    /// Tells a webhook again what happened after a cursor, by what it may see
    /// now. In other parts of the feed than the cursor's, a little of what
    /// came before it may come again, too.
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
        if !matches!(after.stream, StreamName::Feed(_)) {
            return Err(bad());
        }
        let places = self.places_after(after).await?.ok_or_else(gone)?;
        let claim = self.claim(viewer, "replayWebhook", once, id.into())?;
        self.store
            .write(self.now(), async |tx| {
                if let Some(before) = claimed(&tx, claim.as_ref()).await? {
                    return Ok(Written::Before(before));
                }
                held(&tx, viewer, id).await?;
                let now = tx.webhook_places(id).await?;
                for place in &places {
                    // Never forward: what waits is not to be passed over.
                    let ahead = now.iter().any(|one| {
                        one.shard == place.shard && one.epoch == place.epoch && one.pos <= place.pos
                    });
                    if !ahead {
                        tx.set_webhook_place(id, *place).await?;
                    }
                }
                Ok::<_, Error>(Written::Now(id))
            })
            .await
    }

    /// Where each shard goes on after a position of one of them; `None` if
    /// that is none that is kept.
    async fn places_after(&self, after: Position) -> Result<Option<Vec<Place>>, Error> {
        let conn = self.store.read();
        let feed: Vec<StreamName> = StreamName::feed().collect();
        let heads = conn.stream_heads(&feed).await?;
        let of = heads.iter().find(|(name, _)| *name == after.stream);
        let kept = of.is_some_and(|(_, head)| {
            head.epoch == after.epoch && (head.floor..=head.head).contains(&after.pos)
        });
        if !kept {
            return Ok(None);
        }
        let at = conn.event_time(after.stream, after.pos).await?;
        let mut places = Vec::with_capacity(heads.len());
        for (stream, head) in heads {
            let StreamName::Feed(shard) = stream else {
                continue;
            };
            let pos = if stream == after.stream {
                after.pos
            } else {
                match at {
                    Some(at) => conn.last_before(stream, at - APART).await?.max(head.floor),
                    None => head.floor,
                }
            };
            places.push(Place {
                shard,
                epoch: head.epoch,
                pos,
            });
        }
        Ok(Some(places))
    }
}
