//! The quarterly report of moderation: what it is made of, and the reports that
//! were made.

use chrono::{DateTime, Utc};
use domain::event::{EventKind, StreamName};
use domain::legal::DemandStatus;
use domain::moderation::{AppealOutcome, Decision};
use domain::thread::ModerationStatus;
use domain::transparency::{
    Acted, Appealed, Awaiting, Counted, Decided, Demanded, Figure, Flagged, Looked, Quarter,
    Section,
};
use uuid::Uuid;

use crate::conn::Conn;
use crate::error::StorageError;
use crate::row::Row;
use crate::write::Tx;

/// The kind, and the name, of the row that whoever writes a report holds.
const REPORTS: &str = "transparency";

/// As many figures are written by one statement.
const AT_ONCE: usize = 500;

/// A report that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Of which quarter.
    pub quarter: Quarter,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// Of fewer than so many nothing is told in it.
    pub least: u64,
    /// Its figures, in the order of sections, keys and measures.
    pub figures: Vec<Figure>,
}

/// From when, and until when, without that moment.
#[derive(Debug, Clone, Copy)]
pub struct Between {
    /// The first moment.
    pub from: DateTime<Utc>,
    /// The first moment after.
    pub to: DateTime<Utc>,
}

impl Conn {
    /// When the forum was made, if it was.
    pub async fn forum_since(&self) -> Result<Option<DateTime<Utc>>, StorageError> {
        let sql = "SELECT created_at FROM forum ORDER BY created_at LIMIT 1";
        let row = self.one(sql, self.params()).await?;
        row.map(|mut row| row.time()).transpose()
    }

    /// The quarters of which there is a report, the newest first.
    pub async fn reported_quarters(&self) -> Result<Vec<Quarter>, StorageError> {
        let sql = format!(
            "SELECT quarter FROM transparency ORDER BY quarter{} DESC",
            self.bytewise()
        );
        let rows = self.all(&sql, self.params()).await?;
        rows.into_iter().map(|mut row| quarter(&mut row)).collect()
    }

    /// The report of a quarter. Two statements.
    pub async fn transparency(&self, of: Quarter) -> Result<Option<Report>, StorageError> {
        let sql = "SELECT quarter, made_at, least FROM transparency WHERE quarter = $1";
        let params = self.params().with(of.to_string());
        let Some(mut row) = self.one(sql, params).await? else {
            return Ok(None);
        };
        let (quarter, made_at, least) = (quarter(&mut row)?, row.time()?, row.count()?);
        let sql = "SELECT section, key, measure, value FROM transparency_figure \
                   WHERE quarter = $1";
        let rows = self.all(sql, self.params().with(of.to_string())).await?;
        let figure = |mut row: Row| {
            Ok(Figure {
                section: row.code()?,
                key: row.get()?,
                measure: row.get()?,
                value: row
                    .get::<Option<i64>>()?
                    .and_then(|value| u64::try_from(value).ok()),
            })
        };
        let figures: Result<Vec<Figure>, StorageError> = rows.into_iter().map(figure).collect();
        let mut figures = figures?;
        figures
            .sort_by(|a, b| (a.section, &a.key, &a.measure).cmp(&(b.section, &b.key, &b.measure)));
        Ok(Some(Report {
            quarter,
            made_at,
            least,
            figures,
        }))
    }

    /// What the report of this time is made of. Nine statements.
    pub async fn moderated_between(&self, time: Between) -> Result<Counted, StorageError> {
        let mut counted = self.acts_between(time).await?;
        counted.looks = self.looks_at_concerns(time).await?;
        counted.looks.extend(self.looks_at_posts(time).await?);
        counted.looks.extend(self.looks_at_discussions(time).await?);
        counted.looks.extend(self.looks_at_holds(time).await?);
        Ok(counted)
    }

    /// All of it but first looks. Five statements.
    async fn acts_between(&self, time: Between) -> Result<Counted, StorageError> {
        let params = || self.params().with(time.from).with(time.to);
        let mut counted = Counted::default();
        // What is not exact appears with the month after. Of whom it is says the
        // persona, which never changes.
        let sql = "SELECT m.act, m.code, t.category, w.constituency, COUNT(*), COUNT(n.id) \
                   FROM modlog m JOIN thread t ON t.id = m.thread \
                   LEFT JOIN post p ON p.id = m.post \
                   JOIN persona w ON w.id = COALESCE(p.persona, t.persona) \
                   LEFT JOIN modlog n ON n.reverses = m.id \
                   WHERE (m.exact AND m.appears_at >= $1 AND m.appears_at < $2) \
                   OR (NOT m.exact AND m.appears_at > $1 AND m.appears_at <= $2) \
                   GROUP BY m.act, m.code, t.category, w.constituency";
        for mut row in self.all(sql, params()).await? {
            counted.acts.push(Acted {
                act: row.code()?,
                code: row.code()?,
                category: row.get()?,
                constituency: row.maybe_code()?,
                times: row.count()?,
                reversed: row.count()?,
            });
        }
        let sql = "SELECT f.reason, f.outcome, f.constituency, t.category, COUNT(*) FROM flag f \
                   JOIN thread t ON t.id = f.thread \
                   WHERE f.created_at >= $1 AND f.created_at < $2 \
                   GROUP BY f.reason, f.outcome, f.constituency, t.category";
        for mut row in self.all(sql, params()).await? {
            counted.flags.push(Flagged {
                reason: row.code()?,
                outcome: row.maybe_code()?,
                constituency: row.maybe_code()?,
                category: row.get()?,
                times: row.count()?,
            });
        }
        let sql = "SELECT r.decision, r.created_at, r.decided_at, t.category, w.constituency \
                   FROM reviewable r JOIN thread t ON t.id = r.thread \
                   JOIN persona w ON w.id = r.persona \
                   WHERE r.decision IS NOT NULL AND r.decided_at >= $1 AND r.decided_at < $2";
        for mut row in self.all(sql, params()).await? {
            let decision: Decision = row.code()?;
            counted.decisions.push(Decided {
                decision,
                since: row.time()?,
                at: row.time()?,
                category: row.get()?,
                constituency: row.maybe_code()?,
            });
        }
        let sql = "SELECT m.act, q.created_at, q.due_on, q.outcome, q.decided_at, t.category, \
                   w.constituency FROM appeal q JOIN modlog m ON m.id = q.entry \
                   JOIN thread t ON t.id = q.thread JOIN persona w ON w.id = q.persona \
                   WHERE q.created_at < $2 \
                   AND (q.decided_at IS NULL OR q.decided_at >= $1)";
        for mut row in self.all(sql, params()).await? {
            let (act, since) = (row.code()?, row.time()?);
            let due_on = row.maybe_day()?.ok_or(StorageError::Corrupt("a day"))?;
            let outcome: Option<AppealOutcome> = row.maybe_code()?;
            counted.appeals.push(Appealed {
                act,
                since,
                due_on,
                outcome: outcome.zip(row.maybe_time()?),
                category: row.get()?,
                constituency: row.maybe_code()?,
            });
        }
        // What was lifted later was complied with then.
        let sql = "SELECT d.instrument, d.created_at, CASE d.status WHEN 'LIFTED' \
                   THEN 'COMPLIED' ELSE d.status END, d.decided_at FROM legal_demand d \
                   WHERE d.created_at < $2 AND (d.decided_at IS NULL OR d.decided_at >= $1)";
        for mut row in self.all(sql, params()).await? {
            let (instrument, since) = (row.code()?, row.time()?);
            let status: DemandStatus = row.code()?;
            counted.demands.push(Demanded {
                instrument,
                since,
                outcome: row.maybe_time()?.map(|at| (status, at)),
            });
        }
        Ok(counted)
    }

    /// First looks at concerns, and those that wait for one. One statement.
    async fn looks_at_concerns(&self, time: Between) -> Result<Vec<Looked>, StorageError> {
        // Since when it waited: since it was raised, or sent again.
        let sql = "SELECT COALESCE((SELECT MAX(n.at) FROM concern_move n \
                   WHERE n.thread = m.thread AND n.kind = 'RESUBMIT' AND n.at <= m.at), \
                   t.created_at), m.at FROM concern_move m JOIN thread t ON t.id = m.thread \
                   WHERE m.kind IN ('RELEASE', 'RETURN') AND m.at >= $1 AND m.at < $2 \
                   UNION ALL SELECT COALESCE((SELECT MAX(n.at) FROM concern_move n \
                   WHERE n.thread = t.id AND n.kind = 'RESUBMIT'), t.created_at), \
                   CAST(NULL AS BIGINT) FROM thread t WHERE t.state = 'SUBMITTED' \
                   AND t.status = 'HELD' AND t.created_at < $2";
        let params = self.params().with(time.from).with(time.to);
        let rows = self.all(sql, params).await?.into_iter();
        rows.map(|mut row| {
            Ok(Looked {
                of: Awaiting::Concerns,
                since: row.time()?,
                at: row.maybe_time()?,
            })
        })
        .collect()
    }

    /// First looks at posts that the forum held: what was decided, or done to them
    /// before; and those that wait for one. The record keeps no moment of what not
    /// everyone reads, so that the moment of an act is its event's. One statement.
    async fn looks_at_posts(&self, time: Between) -> Result<Vec<Looked>, StorageError> {
        let sql = format!(
            "SELECT s.at, r.decided_at, MIN(e.at), p.status FROM review_step s \
             JOIN reviewable r ON r.id = s.reviewable JOIN post p ON p.id = r.post \
             LEFT JOIN event e ON e.object = p.id AND e.kind = '{}' \
             AND (e.stream LIKE 't:%' OR e.stream = '{}') AND e.at > s.at \
             WHERE s.step IN ('HELD_BY_FORUM', 'FIRST_POST', 'NEAR_DUPLICATE') AND s.at < $2 \
             AND (r.decided_at IS NULL OR r.decided_at >= $1) \
             GROUP BY s.id, s.at, r.decided_at, p.status",
            EventKind::PostModerated.code(),
            StreamName::Moderation
        );
        self.looks(&sql, Awaiting::Posts, time).await
    }

    /// What moderators held, posts and threads' own texts: when that was decided on.
    /// What else is done to it meanwhile does not let it go. One statement.
    async fn looks_at_holds(&self, time: Between) -> Result<Vec<Looked>, StorageError> {
        let sql = "SELECT s.at, r.decided_at, CAST(NULL AS BIGINT), \
                   COALESCE(p.status, t.status) FROM review_step s \
                   JOIN reviewable r ON r.id = s.reviewable JOIN thread t ON t.id = r.thread \
                   LEFT JOIN post p ON p.id = r.post \
                   WHERE s.step = 'HELD_BY_MODERATOR' AND s.at < $2 \
                   AND (r.decided_at IS NULL OR r.decided_at >= $1)";
        self.looks(sql, Awaiting::Holds, time).await
    }

    /// First looks at threads that are no concerns and were held when they were
    /// begun, for which moderators were called at that moment, and at those that were
    /// given back and sent again, from when they last were; and those that wait for
    /// one. They were also called for what is read by others and repeats: that is no
    /// first look. One statement.
    async fn looks_at_discussions(&self, time: Between) -> Result<Vec<Looked>, StorageError> {
        let sql = format!(
            "SELECT w.at, CAST(NULL AS BIGINT), MIN(e.at), t.status FROM event w \
             JOIN thread t ON t.id = w.thread AND w.at IN (t.created_at, t.clock_since) \
             LEFT JOIN event e ON e.thread = t.id AND e.kind = '{}' AND e.stream LIKE 't:%' \
             AND (w.at = t.created_at OR e.at > w.at) \
             WHERE w.stream = '{}' AND w.kind = '{}' AND w.at < $2 AND t.state IS NULL \
             AND NOT EXISTS (SELECT 1 FROM reviewable r JOIN review_step s \
             ON s.reviewable = r.id WHERE r.subject = t.id AND s.step = 'REPEATED' \
             AND s.at = w.at) \
             GROUP BY t.id, w.at, t.status HAVING MIN(e.at) IS NULL OR MIN(e.at) >= $1",
            EventKind::ThreadModerated.code(),
            StreamName::Moderation,
            EventKind::WorkArrived.code()
        );
        self.looks(&sql, Awaiting::Discussions, time).await
    }

    /// Reads since when something waited, when it was decided on, when something was
    /// done to it first, and how it stands.
    async fn looks(
        &self,
        sql: &str,
        of: Awaiting,
        time: Between,
    ) -> Result<Vec<Looked>, StorageError> {
        let mut looks = Vec::new();
        let params = self.params().with(time.from).with(time.to);
        for mut row in self.all(sql, params).await? {
            let since = row.time()?;
            let (decided, acted) = (row.maybe_time()?, row.maybe_time()?);
            let status: ModerationStatus = row.code()?;
            let at = decided.into_iter().chain(acted).min();
            if at.map_or(status == ModerationStatus::Held, |at| at >= time.from) {
                looks.push(Looked { of, since, at });
            }
        }
        Ok(looks)
    }
}

fn quarter(row: &mut Row) -> Result<Quarter, StorageError> {
    let text: String = row.get()?;
    text.parse().map_err(|_| StorageError::Corrupt("a quarter"))
}

impl Tx {
    /// Makes this the one transaction that writes a report, until it ends. `id`
    /// names the row that is held, if that is new.
    pub async fn hold_reports(&self, id: Uuid) -> Result<(), StorageError> {
        self.hold_work(id, REPORTS, "").await?;
        Ok(())
    }

    /// Writes a report, if there is none of that quarter.
    pub async fn insert_report(&self, report: &Report) -> Result<(), StorageError> {
        let sql = "INSERT INTO transparency (quarter, made_at, least) VALUES ($1, $2, $3) \
                   ON CONFLICT DO NOTHING";
        let quarter = report.quarter.to_string();
        let params = self.params().with(quarter.as_str()).with(report.made_at);
        let least = i64::try_from(report.least).unwrap_or(i64::MAX);
        if self.run(sql, params.with(least)).await? == 0 {
            return Ok(());
        }
        for figures in report.figures.chunks(AT_ONCE) {
            let mut params = self.params();
            let quarter = params.push(quarter.as_str());
            let mut rows = Vec::with_capacity(figures.len());
            for figure in figures {
                let section: &str = Section::code(figure.section);
                let value = figure.value.and_then(|value| i64::try_from(value).ok());
                rows.push(format!(
                    "({quarter}, {}, {}, {}, {})",
                    params.push(section),
                    params.push(figure.key.as_str()),
                    params.push(figure.measure.as_str()),
                    params.push(value),
                ));
            }
            let sql = format!(
                "INSERT INTO transparency_figure (quarter, section, key, measure, value) \
                 VALUES {}",
                rows.join(", "),
            );
            self.run(&sql, params).await?;
        }
        Ok(())
    }
}
