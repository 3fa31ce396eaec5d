//! What moderators only agreed to comes back into their queue: before, that left what
//! the forum or flags held as it was, for good, with nothing that its author was told
//! or could appeal against.

use sea_orm_migration::sea_orm::{ConnectionTrait as _, DbBackend};
use sea_orm_migration::{DbErr, SchemaManager};

use crate::column::{call_moderators, migration};

migration!("m0042_left_held");

/// What is held still, nothing of it waits, the last decision on it agreed to what the
/// forum or flags held, and no moderator held it since.
const LEFT: &str = "FROM reviewable r WHERE r.held AND r.decision = 'AGREE' \
    AND NOT EXISTS (SELECT 1 FROM reviewable x WHERE x.subject = r.subject \
    AND (x.decided_at IS NULL OR x.decided_at > r.decided_at \
    OR x.decided_at = r.decided_at AND x.id > r.id)) \
    AND (r.post IS NOT NULL \
    AND EXISTS (SELECT 1 FROM post p WHERE p.id = r.post AND p.status = 'HELD') \
    OR r.post IS NULL \
    AND EXISTS (SELECT 1 FROM thread t WHERE t.id = r.thread AND t.status = 'HELD' \
    AND (t.state IS NULL OR t.state NOT IN ('SUBMITTED', 'RETURNED')))) \
    AND (SELECT m.moderator FROM modlog m WHERE m.act IN ('HOLD', 'RETURN') \
    AND (m.post = r.post OR r.post IS NULL AND m.post IS NULL AND m.thread = r.thread) \
    ORDER BY m.nth DESC, m.appears_at DESC LIMIT 1) IS NULL";

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let now = match manager.get_database_backend() {
        DbBackend::Sqlite => "CAST(strftime('%s', 'now') AS INTEGER)",
        _ => "CAST(extract(epoch FROM now()) AS bigint)",
    };
    // What was decided stays among the steps. One comes back once: the step has its id.
    let step = format!(
        "INSERT INTO review_step (id, reviewable, step, at) \
         SELECT r.id, r.id, 'REOPENED', {now} * 1000000 {LEFT}"
    );
    let reopen = format!(
        "UPDATE reviewable SET decision = NULL, decider = NULL, decided_at = NULL, \
         claimant = NULL, claimed_at = NULL WHERE id IN (SELECT r.id {LEFT})"
    );
    for sql in [step, reopen] {
        manager.get_connection().execute_unprepared(&sql).await?;
    }
    call_moderators(manager).await
}

/// What came back stays: it is held, and is to be decided on by any version. The step is
/// one that the version before does not know.
async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .get_connection()
        .execute_unprepared("DELETE FROM review_step WHERE step = 'REOPENED'")
        .await?;
    Ok(())
}
