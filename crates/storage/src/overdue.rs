//! What waits for the moderators for too long, and how far they were told of it.
//!
//! Everything that arose before one moment is overdue, and that moment only moves
//! on. So one place, in the order in which things arose, says of each whether it
//! was told: it moves on with what is told, in one transaction.

use chrono::{DateTime, Utc};
use domain::id::{ReviewableId, ThreadId};
use domain::people::Actor;
use domain::policy::{Moderated, ThreadFacts};
use uuid::Uuid;

use crate::conn::Conn;
use crate::error::StorageError;
use crate::row::Row;
use crate::thread::{fact_columns, facts};
use crate::write::Tx;

/// The name of the row that keeps how far moderators were told.
const OVERDUE: &str = "overdue";

/// A place among what waits, in the order in which it arose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct OverduePlace {
    micros: i64,
    id: Uuid,
}

impl OverduePlace {
    /// After all that arose before a moment.
    pub fn at(moment: DateTime<Utc>) -> Self {
        Self {
            micros: moment.timestamp_micros(),
            id: Uuid::nil(),
        }
    }

    /// The place that a text names; the first for any other.
    fn named(text: &str) -> Self {
        let parts = text.split_once(' ');
        let parsed = parts.and_then(|(micros, id)| {
            Some(Self {
                micros: micros.parse().ok()?,
                id: Uuid::try_parse(id).ok()?,
            })
        });
        parsed.unwrap_or(Self {
            micros: i64::MIN,
            id: Uuid::nil(),
        })
    }

    fn name(self) -> String {
        format!("{} {}", self.micros, self.id.simple())
    }
}

/// Something that waits for the moderators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waits {
    /// Where it stands in the order in which such things arose.
    pub place: OverduePlace,
    /// What was flagged, or is held; none where a thread waits for its first look.
    pub reviewable: Option<ReviewableId>,
    /// Its thread.
    pub thread: ThreadId,
    /// Whose it is.
    pub moderated: Moderated,
}

fn waits(mut row: Row) -> Result<Waits, StorageError> {
    Ok(Waits {
        place: OverduePlace {
            micros: row.get()?,
            id: row.get()?,
        },
        reviewable: row.maybe_id()?,
        thread: row.id()?,
        moderated: Moderated {
            author: row.id()?,
            organization: row.maybe_id()?,
        },
    })
}

impl Conn {
    /// How far moderators were told; `None` if they never were.
    pub async fn told_overdue(&self) -> Result<Option<OverduePlace>, StorageError> {
        let sql = "SELECT payload FROM job WHERE once = $1";
        let row = self.one(sql, self.params().with(OVERDUE)).await?;
        let name = row.map(|mut row| row.get::<String>()).transpose()?;
        Ok(name.map(|name| OverduePlace::named(&name)))
    }

    /// What waits after a place and arose before another, in that order: what
    /// nobody decided on yet, and threads that wait for their first look. One
    /// statement.
    pub async fn overdue(
        &self,
        after: OverduePlace,
        before: OverduePlace,
        limit: u32,
    ) -> Result<Vec<Waits>, StorageError> {
        let mut params = self.params();
        let (micros, id) = (params.push(after.micros), params.push(after.id));
        let end = params.push(before.micros);
        let limit = params.push(i64::from(limit));
        let part = |since: &str, of: &str| {
            format!("({since}, {of}) > ({micros}, {id}) AND {since} < {end} ORDER BY {since}, {of}")
        };
        let sent = "COALESCE(t.clock_since, t.created_at)";
        let sql = format!(
            "SELECT * FROM (SELECT r.created_at AS since, r.id AS id, r.id AS reviewable, \
             r.thread AS thread, r.persona AS persona, w.organization AS organization \
             FROM reviewable r JOIN persona w ON w.id = r.persona \
             WHERE r.decided_at IS NULL AND {} LIMIT {limit}) a UNION ALL \
             SELECT * FROM (SELECT {sent} AS since, t.id AS id, CAST(NULL AS uuid) AS reviewable, \
             t.id AS thread, t.persona AS persona, w.organization AS organization \
             FROM thread t JOIN persona w ON w.id = t.persona WHERE t.status = 'HELD' \
             AND (t.state = 'SUBMITTED' OR t.state IS NULL AND NOT EXISTS (SELECT 1 FROM modlog m \
             WHERE m.thread = t.id AND m.post IS NULL AND m.act IN ('HOLD', 'RETURN'))) \
             AND {} LIMIT {limit}) b ORDER BY since, id LIMIT {limit}",
            part("r.created_at", "r.id"),
            part(sent, "t.id"),
        );
        let rows = self.all(&sql, params).await?;
        rows.into_iter().map(waits).collect()
    }

    /// What policy decides on of threads, in no order. One statement whatever
    /// their number.
    pub async fn facts_of_threads(
        &self,
        actor: &Actor,
        ids: &[ThreadId],
    ) -> Result<Vec<ThreadFacts>, StorageError> {
        let mut params = self.params();
        let columns = fact_columns(actor, &mut params);
        let among = params.among("t.id", ids);
        let sql = format!("SELECT {columns} FROM thread t WHERE {among}");
        let rows = self.all(&sql, params).await?;
        rows.into_iter()
            .map(|mut row| facts(&mut row, actor))
            .collect()
    }
}

impl Tx {
    /// Makes this the one transaction that tells moderators what is overdue, until
    /// it ends, and gives how far they were told. `id` names the row that is held,
    /// if that is new.
    pub async fn hold_overdue(&self, id: Uuid) -> Result<OverduePlace, StorageError> {
        let name = self.hold_work(id, OVERDUE, "").await?;
        Ok(OverduePlace::named(&name))
    }

    /// Keeps how far they are told.
    pub async fn save_told_overdue(&self, place: OverduePlace) -> Result<(), StorageError> {
        self.save_work(OVERDUE, &place.name()).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_kept_by_its_name_and_nothing_comes_before_the_first() {
        let place = OverduePlace {
            micros: 1_763_352_000_000_000,
            id: Uuid::from_u128(7),
        };
        assert_eq!(OverduePlace::named(&place.name()), place);
        for none in ["", "here", "1 2", "x 00000000000000000000000000000000"] {
            assert!(OverduePlace::named(none) < OverduePlace::at(DateTime::UNIX_EPOCH));
        }
    }
}
