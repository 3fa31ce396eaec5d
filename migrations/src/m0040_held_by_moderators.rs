//! What moderators hold waits in their queue like the rest, from now on: before, nothing
//! said until when they let it go.

use sea_orm_migration::sea_orm::{ConnectionTrait as _, DbBackend};
use sea_orm_migration::{DbErr, SchemaManager};

use crate::column::{call_moderators, migration};

migration!("m0040_held_by_moderators");

/// What is held by the act of a moderator.
const HELD: &str = "FROM modlog m LEFT JOIN post p ON p.id = m.post \
    JOIN thread t ON t.id = COALESCE(p.thread, m.thread) \
    WHERE m.act = 'HOLD' AND m.moderator IS NOT NULL \
    AND (p.status = 'HELD' OR m.post IS NULL AND t.status = 'HELD' \
    AND (t.state IS NULL OR t.state NOT IN ('SUBMITTED', 'RETURNED'))) \
    AND NOT EXISTS (SELECT 1 FROM modlog n WHERE n.act IN ('HOLD', 'RETURN') \
    AND (n.post = m.post OR m.post IS NULL AND n.post IS NULL AND n.thread = m.thread) \
    AND (n.nth, n.appears_at, n.id) > (m.nth, m.appears_at, m.id))";

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let now = match manager.get_database_backend() {
        DbBackend::Sqlite => "CAST(strftime('%s', 'now') AS INTEGER)",
        _ => "CAST(extract(epoch FROM now()) AS bigint)",
    };
    let put = format!(
        "INSERT INTO reviewable (id, subject, thread, post, persona, title, body, held, \
         created_at) SELECT m.id, COALESCE(m.post, m.thread), t.id, m.post, \
         COALESCE(p.persona, t.persona), CASE WHEN m.post IS NULL THEN t.title END, \
         COALESCE(p.body, t.body), TRUE, {now} * 1000000 {HELD} \
         AND NOT EXISTS (SELECT 1 FROM reviewable r \
         WHERE r.subject = COALESCE(m.post, m.thread) AND r.decided_at IS NULL)"
    );
    // What was flagged besides waits there already.
    let held = format!(
        "UPDATE reviewable SET held = TRUE WHERE decided_at IS NULL \
         AND subject IN (SELECT COALESCE(m.post, m.thread) {HELD})"
    );
    // The step has the id of the act.
    let step = format!(
        "INSERT INTO review_step (id, reviewable, step, moderator, code, reason, at) \
         SELECT h.id, r.id, 'HELD_BY_MODERATOR', h.moderator, h.code, h.reason, {now} * 1000000 \
         FROM (SELECT m.* {HELD}) h JOIN reviewable r ON r.subject = COALESCE(h.post, h.thread) \
         WHERE r.decided_at IS NULL AND r.held \
         AND NOT EXISTS (SELECT 1 FROM review_step s WHERE s.id = h.id)"
    );
    let connection = manager.get_connection();
    for sql in [put, held, step] {
        connection.execute_unprepared(&sql).await?;
    }
    call_moderators(manager).await
}

/// What waits stays, and is to be decided on by any version. The step is one that the
/// version before does not know.
async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .get_connection()
        .execute_unprepared("DELETE FROM review_step WHERE step = 'HELD_BY_MODERATOR'")
        .await?;
    Ok(())
}
