//! What a seeded forum lacks: one agency's desk with most concerns on it, an
//! edition of the figures, and a moderators' queue.

use crate::clock;
use crate::database::Database;

/// The office whose desk is asked for: that of the first seeded official.
pub(super) const OFFICE: &str = "SELECT h.office FROM holder h JOIN account a ON a.id = h.account \
     WHERE a.login LIKE 'seed-%' AND h.until IS NULL ORDER BY a.login LIMIT 1";

/// As many posts wait for moderators.
const QUEUED: u32 = 100_000;

/// The number of the edition, and the month until which none is due.
const EDITION: (u32, &str) = (1_000, "9999-12");

/// What is counted in each cell of it.
const MEASURES: [&str; 7] = [
    "RECEIVED",
    "ACKNOWLEDGED",
    "ACKNOWLEDGED_IN_TIME",
    "ANSWERED",
    "ANSWERED_IN_TIME",
    "DAYS:3",
    "DAYS:12",
];

/// Microseconds of a year.
const YEAR: i64 = 31_556_952_000_000;

/// Puts every concern that is before an office before one, due on days of one
/// month, and writes the figures of three years.
pub(super) async fn furnish(database: &Database) -> anyhow::Result<()> {
    for sql in one_desk().into_iter().chain(figures(database)) {
        database.rows(&sql).await?;
    }
    database.settle().await
}

/// Who moderates.
const MODERATOR: &str = "SELECT MAX(login) FROM account WHERE login LIKE 'seed-%' \
                         AND constituency = 'CIVIL_SOCIETY'";

/// Makes one of the accounts a moderator.
pub(super) async fn appoint(database: &Database) -> anyhow::Result<()> {
    let now = clock::micros();
    let sql = format!(
        "INSERT INTO account_duty (account, duty, granted_at) SELECT id, 'MODERATOR', {now} \
         FROM account WHERE login = ({MODERATOR}) AND NOT EXISTS (SELECT 1 FROM account_duty d \
         JOIN account a ON a.id = d.account WHERE a.login LIKE 'seed-%' \
         AND d.duty = 'MODERATOR')"
    );
    database.rows(&sql).await?;
    Ok(())
}

/// Puts posts before the moderator: their scores are spread, and in another order
/// than the posts.
pub(super) async fn fill_queue(database: &Database) -> anyhow::Result<()> {
    for sql in queue() {
        database.rows(&sql).await?;
    }
    database.settle().await
}

fn queue() -> [String; 2] {
    let now = clock::micros();
    [
        format!(
            "INSERT INTO reviewable (id, subject, thread, post, persona, body, score, pressure, \
             flags, held, created_at) SELECT p.id, p.id, p.thread, p.id, p.persona, p.body, \
             1000 + (p.created_at / 1000) % 99991, 1000, 1, FALSE, p.created_at \
             FROM (SELECT * FROM post ORDER BY created_at, id LIMIT {QUEUED}) p \
             WHERE NOT EXISTS (SELECT 1 FROM reviewable)"
        ),
        // They are as old as the posts: else whoever starts first tells him of each.
        format!(
            "INSERT INTO job (id, kind, once, payload, run_at) \
             SELECT id, 'overdue', 'overdue', '{now} {}', 0 FROM account \
             WHERE login = ({MODERATOR}) ON CONFLICT (once) DO NOTHING",
            "0".repeat(32),
        ),
    ]
}

fn one_desk() -> [String; 3] {
    let agency = format!("(SELECT agency FROM office WHERE id = ({OFFICE}))");
    let day = "'2026-01-' || CAST(10 + (created_at / 1000000) % 19 AS text)";
    [
        format!(
            "UPDATE agency SET participation = 'ANSWERING', accreditation = 'APPROVED', \
             answering_since = COALESCE(answering_since, 0) WHERE id = {agency}"
        ),
        format!(
            "UPDATE thread SET assigned_agency = {agency}, assigned_office = ({OFFICE}) \
             WHERE assigned_office IS NOT NULL"
        ),
        format!(
            "UPDATE thread SET due_on = {day}, desk_on = {day} WHERE assigned_office = ({OFFICE}) \
             AND state IN ('ASSIGNED', 'ACKNOWLEDGED', 'IN_PROGRESS', 'IN_REVIEW')"
        ),
    ]
}

/// The cells of an edition that nobody took.
fn figures(database: &Database) -> Vec<String> {
    let this_year = 1970 + clock::micros() / YEAR;
    let months = (this_year - 2..=this_year)
        .flat_map(|year| (1..=12).map(move |month| format!("('{year}-{month:02}')")));
    let months: Vec<String> = months.collect();
    let measures = MEASURES.map(|measure| format!("('{measure}')"));
    let hex = match database {
        Database::Postgres(_) => "replace(CAST(id AS text), '-', '')",
        Database::Sqlite(_) => "lower(hex(id))",
    };
    let cells = [
        ("AGENCY", hex, ", agency"),
        ("CATEGORY", "code", ", category"),
        ("REGION", "code", ", region"),
        ("MONTH", "m.column1", ""),
    ];
    let cells = cells.map(|(kind, key, of)| {
        format!(
            "INSERT INTO edition_cell (kind, month, key, measure, value) \
             SELECT '{kind}', m.column1, {key}, e.column1, 20 \
             FROM (VALUES {}) m, (VALUES {}) e{of}",
            months.join(", "),
            measures.join(", ")
        )
    });
    let (number, month) = EDITION;
    let edition = format!(
        "INSERT INTO edition (number, month, taken_at) SELECT {number}, '{month}', {} \
         WHERE NOT EXISTS (SELECT 1 FROM edition WHERE number = {number})",
        clock::micros()
    );
    [edition, "DELETE FROM edition_cell".to_owned()]
        .into_iter()
        .chain(cells)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_small_forum_gets_its_figures_and_keeps_one_edition() {
        let path = std::env::temp_dir().join(format!("bench-furnish-{}.db", std::process::id()));
        let connection = rusqlite::Connection::open(&path).unwrap();
        connection
            .execute_batch(
                "CREATE TABLE edition (number INTEGER, month TEXT, taken_at INTEGER);
                 CREATE TABLE edition_cell
                     (kind TEXT, month TEXT, key TEXT, measure TEXT, value INTEGER);
                 CREATE TABLE agency (id BLOB); CREATE TABLE category (code TEXT);
                 CREATE TABLE region (code TEXT);
                 INSERT INTO agency VALUES (x'0a'); INSERT INTO category VALUES ('DRG');",
            )
            .unwrap();
        let database = Database::Sqlite(path.clone());
        for sql in figures(&database).into_iter().chain(figures(&database)) {
            database.rows(&sql).await.unwrap();
        }
        let counts = "SELECT (SELECT COUNT(*) FROM edition), (SELECT COUNT(*) FROM edition_cell), \
             (SELECT COUNT(*) FROM edition_cell WHERE key = '0a')";
        let rows = database.rows(counts).await.unwrap();
        // Three years of an agency, a category and the months themselves.
        assert_eq!(rows, [["1", "756", "252"]]);
        drop(connection);
        std::fs::remove_file(path).unwrap();
    }
}
