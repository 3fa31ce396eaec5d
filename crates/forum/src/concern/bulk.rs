//! Saying of many concerns at once that the office has them.

use domain::id::ThreadId;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::ConcernAct;
use crate::once::{Once, claimed};
use crate::{Error, Forum, Problem, Viewer};

impl Forum {
    /// Says for the office of several concerns that it has them. Each is an act
    /// of its own: what is wrong with one holds up no other. With the same key,
    /// each is done once.
    pub async fn acknowledge_concerns(
        &self,
        viewer: &Viewer,
        ids: &[ThreadId],
        once: &Once,
    ) -> Result<Vec<(ThreadId, Result<(), Error>)>, Error> {
        let mut all: Vec<ThreadId> = Vec::with_capacity(ids.len());
        for id in ids {
            if !all.contains(id) {
                all.push(*id);
            }
        }
        if all.is_empty() {
            let problem = Problem::Invalid("name at least one concern");
            return Err(Error::at("threadIds", problem));
        }
        let max = self.settings.acknowledged_at_once as usize;
        if all.len() > max {
            return Err(Error::at("threadIds", Problem::TooMany { max }));
        }
        let claim = self.claim(viewer, "acknowledgeConcerns", once, Uuid::nil())?;
        if claim.is_some() {
            self.store
                .write(self.now(), async |tx| {
                    claimed(&tx, claim.as_ref()).await.map(drop)
                })
                .await?;
        }
        let mut each = Vec::with_capacity(all.len());
        for id in all {
            let act = ConcernAct::Acknowledge;
            let done = self.move_concern(viewer, id, &act, &once.of(id)).await;
            match done {
                Ok(_) => each.push((id, Ok(()))),
                Err(error @ Error::Problems(_)) => each.push((id, Err(error))),
                // The same again goes on from here.
                Err(error) => return Err(error),
            }
        }
        Ok(each)
    }
}

impl Once {
    /// What makes one of several acts repeatable that are asked for together.
    fn of(&self, id: ThreadId) -> Self {
        let key = self.key.as_ref().map(|key| {
            let mut hash = Sha256::new();
            hash.update(key.as_bytes());
            hash.update(id.0.as_bytes());
            let bytes: [u8; 32] = hash.finalize().into();
            Uuid::from_slice(&bytes[..16])
                .unwrap_or_default()
                .simple()
                .to_string()
        });
        Self {
            key,
            input_hash: [0; 32],
            confirmed: self.confirmed,
        }
    }
}
