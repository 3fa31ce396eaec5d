//! Reading responses and verdicts.

use domain::id::{ResponseId, ThreadId, VerdictId};
use domain::thread::Opened;
use storage::answer::{Response, Verdict};
use uuid::Uuid;

use crate::thread::sees;
use crate::{Error, Forum, Viewer};

impl Forum {
    /// The responses to concerns that the viewer sees, oldest first.
    pub async fn responses(&self, threads: &[ThreadId]) -> Result<Vec<Response>, Error> {
        Ok(self.store.read().responses(threads).await?)
    }

    /// One response; `None` if there is none that the viewer may see.
    pub async fn response(
        &self,
        viewer: &Viewer,
        id: ResponseId,
    ) -> Result<Option<Response>, Error> {
        let response = self.store.read().response(id).await?;
        self.seen(viewer, id.into(), response).await
    }

    /// One verdict; `None` if there is none that the viewer may see.
    pub async fn verdict(&self, viewer: &Viewer, id: VerdictId) -> Result<Option<Verdict>, Error> {
        let response = self.store.read().response_of_verdict(id).await?;
        let response = self.seen(viewer, id.into(), response).await?;
        Ok(response.and_then(|response| response.verdict))
    }

    /// The response, if the viewer sees its thread, whose opening is noted: it tells
    /// of the concern as its text does. A thread is asked for in any case: what is
    /// hidden costs as many statements as what is not there.
    async fn seen(
        &self,
        viewer: &Viewer,
        asked: Uuid,
        response: Option<Response>,
    ) -> Result<Option<Response>, Error> {
        let thread = response
            .as_ref()
            .map_or(ThreadId(asked), |response| response.thread);
        let facts = self
            .store
            .read()
            .thread_facts(&viewer.actor, thread)
            .await?;
        let visible = facts.filter(|facts| sees(viewer, facts));
        let Some((response, facts)) = response.zip(visible) else {
            return Ok(None);
        };
        self.note_openings(viewer, &[&facts], Opened::Thread)
            .await?;
        Ok(Some(response))
    }
}
