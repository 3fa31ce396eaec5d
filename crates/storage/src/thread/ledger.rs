//! The access ledger: who opened a confidential concern, and when.

use chrono::{DateTime, Utc};
use domain::id::{OfficeId, ThreadId};
use domain::thread::Opened;
use uuid::Uuid;

use crate::conn::Conn;
use crate::error::StorageError;
use crate::row::Row;
use crate::write::Tx;

/// What an entry of the access ledger says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerEntry {
    /// The entry.
    pub id: Uuid,
    /// By which office, if by one.
    pub office: Option<OfficeId>,
    /// By which duty, if by one.
    pub duty: Option<String>,
    /// What was opened.
    pub opened: Opened,
    /// When.
    pub at: DateTime<Utc>,
}

impl Conn {
    /// Who opened a confidential thread, newest first, at most `limit`.
    pub async fn access_ledger(
        &self,
        id: ThreadId,
        limit: u32,
    ) -> Result<Vec<LedgerEntry>, StorageError> {
        let sql = "SELECT id, office, duty, opened, at FROM access_ledger \
                   WHERE thread = $1 ORDER BY at DESC, id DESC LIMIT $2";
        let params = self.params().with(id).with(i64::from(limit));
        let entry = |mut row: Row| {
            Ok(LedgerEntry {
                id: row.get()?,
                office: row.maybe_id()?,
                duty: row.get()?,
                opened: row.code()?,
                at: row.time()?,
            })
        };
        self.all(sql, params)
            .await?
            .into_iter()
            .map(entry)
            .collect()
    }
}

impl Tx {
    /// Writes that confidential threads or their facts were opened, except
    /// those that the same office or duty opened since `not_since`. At most
    /// two statements whatever the number of threads.
    pub async fn write_ledger(
        &self,
        entries: &[(ThreadId, LedgerEntry)],
        not_since: DateTime<Utc>,
    ) -> Result<(), StorageError> {
        let threads: Vec<ThreadId> = entries.iter().map(|(thread, _)| *thread).collect();
        let mut params = self.params();
        let among = params.among("thread", &threads);
        let since = params.push(not_since);
        let sql = format!(
            "SELECT thread, office, duty, opened FROM access_ledger \
             WHERE {among} AND at > {since}",
        );
        let mut known = Vec::new();
        for mut row in self.all(&sql, params).await? {
            let entry: (ThreadId, Option<OfficeId>, Option<String>, Opened) =
                (row.id()?, row.maybe_id()?, row.get()?, row.code()?);
            known.push(entry);
        }
        let mut params = self.params();
        let mut rows = Vec::new();
        for (thread, entry) in entries {
            let same = (*thread, entry.office, entry.duty.clone(), entry.opened);
            if known.contains(&same) {
                continue;
            }
            rows.push(format!(
                "({}, {}, {}, {}, {}, {})",
                params.push(entry.id),
                params.push(*thread),
                params.push(entry.office),
                params.push(entry.duty.clone()),
                params.push(entry.opened.code()),
                params.push(entry.at),
            ));
        }
        if rows.is_empty() {
            return Ok(());
        }
        let sql = format!(
            "INSERT INTO access_ledger (id, thread, office, duty, opened, at) VALUES {}",
            rows.join(", "),
        );
        self.run(&sql, params).await?;
        Ok(())
    }
}
