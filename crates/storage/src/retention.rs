//! What is removed once its time is over: one list for every table, by which
//! one runner works.
//!
//! A table whose rows have an end (`Retention::Expiry` or `Retention::Done` in
//! [`crate::data_map`]) stands in [`OVER`] or in [`BY_ITS_WORK`]; a schema test
//! holds them to each other. Whoever adds such a table adds a line here.

use chrono::{DateTime, Utc};

use crate::error::StorageError;
use crate::write::Tx;

/// Before which moment a row has to lie to be over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Before {
    /// Now: the row names its end.
    Now,
    /// The beginning of the time that a session may rest unused.
    Idle,
    /// The beginning of the time for which webhooks' logs are kept.
    Log,
    /// The beginning of the time for which what was flagged is kept as it was then,
    /// after the decision.
    Judged,
}

/// Rows of a table whose time is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Over {
    /// The table.
    pub table: &'static str,
    /// The columns of its primary key, with commas.
    key: &'static str,
    /// Which rows are over, as SQL; `$1` is the moment.
    when: &'static str,
    /// What that moment is.
    pub before: Before,
    /// How their columns are emptied, if the rows themselves stay.
    emptied: Option<&'static str>,
}

const fn over(table: &'static str, key: &'static str, before: Before, when: &'static str) -> Over {
    Over {
        table,
        key,
        when,
        before,
        emptied: None,
    }
}

impl Over {
    /// The same rows, of which only this goes.
    const fn emptied(self, how: &'static str) -> Self {
        Self {
            emptied: Some(how),
            ..self
        }
    }
}

/// Of an app's consent there is nothing left that can be used. A code that was
/// used stays as long as what came of it, so that using it again is noticed.
macro_rules! nothing_left {
    ($and:literal) => {
        concat!(
            "created_at <= $1 \
             AND NOT EXISTS (SELECT 1 FROM client_renewal r WHERE r.consent = consent.id) \
             AND NOT EXISTS (SELECT 1 FROM client_token t WHERE t.consent = consent.id) \
             AND NOT EXISTS (SELECT 1 FROM client_code k WHERE k.consent = consent.id",
            $and,
            ")"
        )
    };
}

/// What was flagged was decided on long ago; no appeal about it waits, and nobody has
/// it preserved by law, wherever moderators took it since.
macro_rules! judged {
    ($of:literal) => {
        concat!(
            $of,
            ".decided_at <= $1 AND ",
            $of,
            ".body <> '' AND NOT EXISTS (SELECT 1 FROM appeal q WHERE q.decided_at IS NULL \
             AND (q.post = ",
            $of,
            ".post OR q.post IS NULL AND ",
            $of,
            ".post IS NULL AND q.thread = ",
            $of,
            ".thread)) AND NOT EXISTS (SELECT 1 FROM legal_demand d \
             WHERE d.kind = 'PRESERVE' AND d.status = 'COMPLIED' AND (d.post = ",
            $of,
            ".post OR d.post IS NULL AND (d.thread = ",
            $of,
            ".thread OR EXISTS (SELECT 1 FROM relocation l WHERE l.post = ",
            $of,
            ".post AND l.from_thread = d.thread))))"
        )
    };
}

/// What is over when, each after what refers to it.
pub const OVER: &[Over] = &[
    over("session", "token_hash", Before::Now, "expires_at <= $1"),
    over("session", "token_hash", Before::Idle, "last_used_at <= $1"),
    over("reset_code", "code_hash", Before::Now, "expires_at <= $1"),
    over("setup_link", "code_hash", Before::Now, "expires_at <= $1"),
    over("idempotency", "key_hash", Before::Now, "expires_at < $1"),
    over(
        "client_secret",
        "secret_hash",
        Before::Now,
        "expires_at <= $1",
    ),
    over(
        "client_token",
        "token_hash",
        Before::Now,
        "expires_at <= $1",
    ),
    over(
        "client_renewal",
        "token_hash",
        Before::Now,
        "expires_at <= $1",
    ),
    over(
        "client_code",
        "code_hash",
        Before::Now,
        concat!(
            "consent IN (SELECT id FROM consent WHERE ",
            nothing_left!(" AND k.expires_at > $1"),
            ")"
        ),
    ),
    over("consent", "id", Before::Now, nothing_left!("")),
    over(
        "webhook_attempt",
        "message, number",
        Before::Log,
        "message IN (SELECT id FROM webhook_message WHERE ended_at < $1)",
    ),
    over("webhook_message", "id", Before::Log, "ended_at < $1"),
    // Whoever decides on an appeal reads it, and what is to be preserved by law is,
    // wherever moderators took it since.
    over(
        "sealed_original",
        "redaction, object, number",
        Before::Now,
        "destroy_at <= $1 AND NOT EXISTS (SELECT 1 FROM appeal q \
         WHERE q.entry = sealed_original.redaction AND q.decided_at IS NULL) \
         AND NOT EXISTS (SELECT 1 FROM legal_demand d JOIN modlog m \
         ON m.id = sealed_original.redaction WHERE d.kind = 'PRESERVE' AND d.status = 'COMPLIED' \
         AND (d.post = m.post OR d.post IS NULL AND (d.thread = sealed_original.thread OR EXISTS \
         (SELECT 1 FROM relocation l WHERE l.post = m.post AND l.from_thread = d.thread))))",
    ),
    // Flags say for what somebody's later ones count, and what was flagged says what
    // was decided: both stay, without the texts. The flags' go first, since they are
    // found by the other.
    over(
        "flag",
        "subject, account",
        Before::Judged,
        concat!(
            "revision IS NOT NULL AND reviewable IN (SELECT r.id FROM reviewable r WHERE ",
            judged!("r"),
            ")"
        ),
    )
    .emptied("revision = NULL"),
    over(
        "reviewable",
        "id",
        Before::Judged,
        concat!(
            judged!("reviewable"),
            " AND NOT EXISTS (SELECT 1 FROM flag f WHERE f.reviewable = reviewable.id \
             AND f.revision IS NOT NULL)"
        ),
    )
    .emptied("title = NULL, body = ''"),
];

/// Tables whose rows go with the work that they are for, and who removes them.
pub const BY_ITS_WORK: &[(&str, &str)] = &[
    ("job", "whoever ends it"),
    ("mail", "whoever sent it, or gave it up"),
    ("mail_note", "whoever sent the mail that tells it"),
    ("webhook_told", "whoever asked for its deletion"),
];

impl Tx {
    /// Removes rows that are over, or empties them, at most `limit`; says how many.
    pub async fn forget_over(
        &self,
        line: Over,
        before: DateTime<Utc>,
        limit: u32,
    ) -> Result<u64, StorageError> {
        let Over {
            table,
            key,
            when,
            emptied,
            ..
        } = line;
        let done = match emptied {
            None => format!("DELETE FROM {table}"),
            Some(how) => format!("UPDATE {table} SET {how}"),
        };
        let sql =
            format!("{done} WHERE ({key}) IN (SELECT {key} FROM {table} WHERE {when} LIMIT $2)");
        let params = self.params().with(before).with(i64::from(limit));
        self.run(&sql, params).await
    }
}
