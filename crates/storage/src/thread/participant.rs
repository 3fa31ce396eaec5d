//! Who takes part in a thread by name.

use chrono::{DateTime, Utc};
use domain::id::ThreadId;
use domain::thread::ParticipantRole;

use crate::conn::Conn;
use crate::error::StorageError;
use crate::thread::{AUTHOR, Author, author};

/// As many of one thread are shown, those who are there the longest.
const SHOWN_MAX: i64 = 100;

/// Somebody who takes part in a thread by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Participant {
    /// The thread.
    pub thread: ThreadId,
    /// As what he was invited.
    pub role: ParticipantRole,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Whether a report of retaliation brought him, as a moderator.
    pub brought: bool,
    /// The number by which the record knows him, if he moderated before.
    pub number: Option<i64>,
    /// Who he is.
    pub author: Author,
}

impl Conn {
    /// Who takes part in threads by name, the longest first. One statement whatever
    /// their number.
    pub async fn participants(&self, of: &[ThreadId]) -> Result<Vec<Participant>, StorageError> {
        let mut params = self.params();
        let among = params.among("s.thread", of);
        // Whoever was invited by his name before stays known by it.
        let brought = "EXISTS (SELECT 1 FROM retaliation r WHERE r.thread = j.thread \
                       AND r.created_at = j.since \
                       AND (r.moderator = j.persona OR r.second_moderator = j.persona))";
        let sql = format!(
            "SELECT j.thread, j.role, j.since, {brought}, \
             (SELECT n.number FROM moderator_number n WHERE n.account = a.account), {AUTHOR} \
             FROM (SELECT s.*, ROW_NUMBER() OVER (PARTITION BY s.thread \
             ORDER BY s.since, s.persona) AS place FROM participant s WHERE {among}) j \
             JOIN persona a ON a.id = j.persona \
             WHERE j.place <= {SHOWN_MAX} ORDER BY j.thread, j.place"
        );
        let rows = self.all(&sql, params).await?;
        rows.into_iter()
            .map(|mut row| {
                Ok(Participant {
                    thread: row.id()?,
                    role: row.code()?,
                    since: row.time()?,
                    brought: row.get()?,
                    number: row.get()?,
                    author: author(&mut row)?,
                })
            })
            .collect()
    }
}
