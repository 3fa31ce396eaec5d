//! What every act on a thread has in common.

use domain::id::ThreadId;
use storage::Tx;
use storage::thread::Thread;
use uuid::Uuid;

use crate::once::{Once, Written, claimed};
use crate::thread::sees;
use crate::{Error, Forum, Viewer};

impl Forum {
    /// Does something to a thread, once. `result` is the id of what it makes,
    /// or the thread's own.
    ///
    /// The thread is read with its row locked; what the viewer does not see is
    /// not found. The work decides, and writes.
    pub(crate) async fn act<T, F>(
        &self,
        viewer: &Viewer,
        operation: &'static str,
        once: &Once,
        thread: ThreadId,
        result: T,
        work: impl Fn(Tx, Thread) -> F,
    ) -> Result<Written<T>, Error>
    where
        T: Copy + Into<Uuid>,
        F: Future<Output = Result<(), Error>>,
    {
        let claim = self.claim(viewer, operation, once, result.into())?;
        self.store
            .write(self.now(), async |tx| {
                if let Some(before) = claimed(&tx, claim.as_ref()).await? {
                    return Ok(Written::Before(before));
                }
                let found = tx.thread_for_update(&viewer.actor, thread).await?;
                let found = found.filter(|found| sees(viewer, &found.facts));
                work(tx.clone(), found.ok_or_else(Error::not_found)?).await?;
                Ok(Written::Now(result))
            })
            .await
    }
}
