//! What followers are still to be told of.

use domain::event::StreamName;
use domain::id::{AccountId, ThreadId};
use uuid::Uuid;

use crate::conn::Conn;
use crate::error::StorageError;
use crate::store::Backend;
use crate::write::Tx;

/// The kind of the job rows that keep how far an outbox was emptied.
const KIND: &str = "outbox";

/// Somebody who follows a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Follower {
    /// The account of the persona that follows.
    pub account: AccountId,
    /// Whether it raised the thread.
    pub is_raiser: bool,
}

impl Tx {
    /// How far an outbox was emptied. Held until the transaction ends, so that
    /// two nodes never empty the same one. `id` names the row if it is new.
    pub async fn outbox_position(&self, outbox: StreamName, id: Uuid) -> Result<i64, StorageError> {
        let name = outbox.to_string();
        let sql = "INSERT INTO job (id, kind, once, payload, run_at) VALUES ($1, $2, $3, '0', $4) \
                   ON CONFLICT (once) DO NOTHING";
        let params = self
            .params()
            .with(id)
            .with(KIND)
            .with(name.as_str())
            .with(self.now());
        self.run(sql, params).await?;
        let sql = match self.backend {
            Backend::Postgres => "SELECT payload FROM job WHERE once = $1 FOR UPDATE",
            Backend::Sqlite => "SELECT payload FROM job WHERE once = $1",
        };
        let row = self.one(sql, self.params().with(name)).await?;
        let text: String = row.ok_or(StorageError::Corrupt("an outbox"))?.get()?;
        text.parse().map_err(|_| StorageError::Corrupt("an outbox"))
    }

    /// Keeps how far an outbox was emptied.
    pub async fn set_outbox_position(
        &self,
        outbox: StreamName,
        position: i64,
    ) -> Result<(), StorageError> {
        let sql = "UPDATE job SET payload = $1, run_at = $2 WHERE once = $3";
        let params = self
            .params()
            .with(position.to_string())
            .with(self.now())
            .with(outbox.to_string());
        self.run(sql, params).await?;
        Ok(())
    }
}

impl Conn {
    /// The accounts that follow one of these threads, by thread. One
    /// statement whatever their number.
    pub async fn followers(
        &self,
        threads: &[ThreadId],
    ) -> Result<Vec<(ThreadId, Follower)>, StorageError> {
        let mut params = self.params();
        let among = params.among("f.thread", threads);
        let sql = format!(
            "SELECT f.thread, a.account, f.persona = t.persona FROM follow f \
             JOIN persona a ON a.id = f.persona JOIN thread t ON t.id = f.thread \
             WHERE {among} AND a.account IS NOT NULL",
        );
        let mut all = Vec::new();
        for mut row in self.all(&sql, params).await? {
            let thread = row.id()?;
            all.push((
                thread,
                Follower {
                    account: row.id()?,
                    is_raiser: row.get()?,
                },
            ));
        }
        Ok(all)
    }
}
