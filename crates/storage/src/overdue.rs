//! What waits for the moderators for too long, and how far they were told of it.
//!
//! Everything that arose before one moment is overdue, and that moment only moves
//! on. So one place, in the order in which things arose, says of each whether it
//! was told: it moves on with what is told, in one transaction. Appeals have a day of
//! their own, and a place in the order of these days: what is made now is due on none
//! that is over.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use domain::id::{AccountId, ThreadId};
use domain::people::Actor;
use domain::policy::{Moderated, ThreadFacts};
use uuid::Uuid;

use crate::appeal::agreed_to;
use crate::conn::Conn;
use crate::error::StorageError;
use crate::row::Row;
use crate::thread::{fact_columns, facts};
use crate::write::Tx;

/// Of what moderators are told that it is overdue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Late {
    /// What was flagged, is held, or waits for its first look.
    Reviews,
    /// Appeals.
    Appeals,
}

impl Late {
    /// The name of the row that keeps how far moderators were told.
    const fn work(self) -> &'static str {
        match self {
            Self::Reviews => "overdue",
            Self::Appeals => "overdue_appeals",
        }
    }
}

/// A place among what waits, in the order in which it arose; of appeals, in that of
/// their days.
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

    /// After all that was to be decided on before a day.
    pub fn on(day: NaiveDate) -> Self {
        Self::at(day.and_time(NaiveTime::MIN).and_utc())
    }

    fn day(self) -> NaiveDate {
        let moment = DateTime::from_timestamp_micros(self.micros);
        moment.unwrap_or_default().date_naive()
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
    /// What was flagged or is held, or the appeal; none where a thread waits for its
    /// first look.
    pub object: Option<Uuid>,
    /// Its thread.
    pub thread: ThreadId,
    /// Whose it is.
    pub moderated: Moderated,
}

fn waits(mut row: Row) -> Result<Waits, StorageError> {
    let place = OverduePlace {
        micros: row.get()?,
        id: row.get()?,
    };
    placed(place, &mut row)
}

fn late_appeal(mut row: Row) -> Result<Waits, StorageError> {
    let day = row.maybe_day()?.ok_or(StorageError::Corrupt("a day"))?;
    let place = OverduePlace {
        id: row.get()?,
        ..OverduePlace::on(day)
    };
    placed(place, &mut row)
}

fn placed(place: OverduePlace, row: &mut Row) -> Result<Waits, StorageError> {
    Ok(Waits {
        place,
        object: row.maybe_id()?,
        thread: row.id()?,
        moderated: Moderated {
            author: row.id()?,
            organization: row.maybe_id()?,
        },
    })
}

impl Conn {
    /// How far moderators were told; `None` if they never were.
    pub async fn told_overdue(&self, of: Late) -> Result<Option<OverduePlace>, StorageError> {
        let sql = "SELECT payload FROM job WHERE once = $1";
        let row = self.one(sql, self.params().with(of.work())).await?;
        let name = row.map(|mut row| row.get::<String>()).transpose()?;
        Ok(name.map(|name| OverduePlace::named(&name)))
    }

    /// What waits after a place and arose before another, in that order: what
    /// nobody decided on yet, and threads that wait for their first look and are not
    /// among it. One statement.
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
        // SQLite finds where to begin in an index by the first of the two alone.
        let part = |since: &str, of: &str| {
            format!(
                "({since}, {of}) > ({micros}, {id}) AND {since} >= {micros} AND {since} < {end} \
                 ORDER BY {since}, {of}"
            )
        };
        // As `ix_thread_held` has it, of what is held.
        let sent = "COALESCE(t.clock_since, t.created_at)";
        let sql = format!(
            "SELECT * FROM (SELECT r.created_at AS since, r.id AS id, r.id AS reviewable, \
             r.thread AS thread, r.persona AS persona, w.organization AS organization \
             FROM reviewable r JOIN persona w ON w.id = r.persona \
             WHERE r.decided_at IS NULL AND {} LIMIT {limit}) a UNION ALL \
             SELECT * FROM (SELECT {sent} AS since, t.id AS id, CAST(NULL AS uuid) AS reviewable, \
             t.id AS thread, t.persona AS persona, w.organization AS organization \
             FROM thread t JOIN persona w ON w.id = t.persona WHERE t.status = 'HELD' \
             AND NOT EXISTS (SELECT 1 FROM reviewable x WHERE x.subject = t.id \
             AND x.decided_at IS NULL AND x.held) \
             AND (t.state = 'SUBMITTED' OR t.state IS NULL AND COALESCE(\
             (SELECT m.act FROM modlog m WHERE m.thread = t.id AND m.post IS NULL \
             AND m.act IN ('HOLD', 'RETURN') \
             ORDER BY m.nth DESC, m.appears_at DESC LIMIT 1), '') = \
             CASE WHEN t.clock_since IS NULL THEN '' ELSE 'RETURN' END) \
             AND {} LIMIT {limit}) b ORDER BY since, id LIMIT {limit}",
            part("r.created_at", "r.id"),
            part(sent, "t.id"),
        );
        let rows = self.all(&sql, params).await?;
        rows.into_iter().map(waits).collect()
    }

    /// Appeals that nobody decided on yet and that were due after a place and before
    /// another, in that order. One statement.
    pub async fn late_appeals(
        &self,
        after: OverduePlace,
        before: OverduePlace,
        limit: u32,
    ) -> Result<Vec<Waits>, StorageError> {
        let mut params = self.params();
        let (day, id) = (params.push(after.day()), params.push(after.id));
        let end = params.push(before.day());
        let limit = params.push(i64::from(limit));
        let sql = format!(
            "SELECT q.due_on, q.id, q.id, q.thread, q.persona, w.organization FROM appeal q \
             JOIN persona w ON w.id = q.persona WHERE q.decided_at IS NULL \
             AND (q.due_on, q.id) > ({day}, {id}) AND q.due_on < {end} \
             ORDER BY q.due_on, q.id LIMIT {limit}"
        );
        let rows = self.all(&sql, params).await?;
        rows.into_iter().map(late_appeal).collect()
    }

    /// Who does not decide on these: he flagged it, or did what an appeal is against,
    /// proposed it or agreed to it. One statement whatever their number.
    pub async fn kept_from(
        &self,
        objects: &[Uuid],
    ) -> Result<Vec<(Uuid, AccountId)>, StorageError> {
        let mut params = self.params();
        let flagged = params.among("f.reviewable", objects);
        let appealed = params.among("q.id", objects);
        let agreed = agreed_to("n.number");
        let sql = format!(
            "SELECT f.reviewable, f.account FROM flag f WHERE {flagged} UNION ALL \
             SELECT q.id, n.account FROM appeal q JOIN modlog m ON m.id = q.entry \
             LEFT JOIN sanction s ON s.entry = m.id JOIN moderator_number n \
             ON n.number = m.moderator OR n.number = s.proposer OR {agreed} WHERE {appealed}"
        );
        let rows = self.all(&sql, params).await?;
        rows.into_iter()
            .map(|mut row| Ok((row.get()?, row.id()?)))
            .collect()
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
    pub async fn hold_overdue(&self, id: Uuid, of: Late) -> Result<OverduePlace, StorageError> {
        let name = self.hold_work(id, of.work(), "").await?;
        Ok(OverduePlace::named(&name))
    }

    /// Keeps how far they are told.
    pub async fn save_told_overdue(
        &self,
        of: Late,
        place: OverduePlace,
    ) -> Result<(), StorageError> {
        self.save_work(of.work(), &place.name()).await
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

    #[test]
    fn a_place_on_a_day_names_that_day() {
        let day = NaiveDate::from_ymd_opt(2025, 11, 26).unwrap();
        let place = OverduePlace::on(day);
        assert_eq!(OverduePlace::named(&place.name()).day(), day);
        assert!(OverduePlace::named("").day() < day);
    }
}
