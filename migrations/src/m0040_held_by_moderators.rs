//! What moderators hold waits in their queue like the rest, from now on: before, nothing
//! said until when they let it go.

use sea_orm_migration::sea_orm::{ConnectionTrait as _, DbBackend};
use sea_orm_migration::{DbErr, SchemaManager};

use crate::column::migration;

migration!("m0040_held_by_moderators");

/// What is held by the act of a moderator, and waits nowhere.
const HELD: &str = "FROM modlog m LEFT JOIN post p ON p.id = m.post \
    JOIN thread t ON t.id = COALESCE(p.thread, m.thread) \
    WHERE m.act = 'HOLD' AND m.moderator IS NOT NULL \
    AND (p.status = 'HELD' OR m.post IS NULL AND t.status = 'HELD' \
    AND (t.state IS NULL OR t.state NOT IN ('SUBMITTED', 'RETURNED'))) \
    AND NOT EXISTS (SELECT 1 FROM reviewable r \
    WHERE r.subject = COALESCE(m.post, m.thread) AND r.decided_at IS NULL) \
    AND NOT EXISTS (SELECT 1 FROM modlog n WHERE n.act IN ('HOLD', 'RETURN') \
    AND (n.post = m.post OR m.post IS NULL AND n.post IS NULL AND n.thread = m.thread) \
    AND (n.nth, n.appears_at, n.id) > (m.nth, m.appears_at, m.id))";

/// What was put there for that: it has the id of the act.
const PUT: &str = "FROM reviewable r JOIN modlog m ON m.id = r.id \
    WHERE m.act = 'HOLD' AND r.decided_at IS NULL \
    AND NOT EXISTS (SELECT 1 FROM review_step s WHERE s.reviewable = r.id)";

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let now = match manager.get_database_backend() {
        DbBackend::Sqlite => "CAST(strftime('%s', 'now') AS INTEGER)",
        _ => "CAST(extract(epoch FROM now()) AS bigint)",
    };
    let put = format!(
        "INSERT INTO reviewable (id, subject, thread, post, persona, title, body, held, \
         created_at) SELECT m.id, COALESCE(m.post, m.thread), t.id, m.post, \
         COALESCE(p.persona, t.persona), CASE WHEN m.post IS NULL THEN t.title END, \
         COALESCE(p.body, t.body), TRUE, {now} * 1000000 {HELD}"
    );
    // Where no moderator is on it, each sees it until nothing of it waits.
    let open = format!(
        "UPDATE thread SET wanted_by_queue = TRUE WHERE audience = 'CONFIDENTIAL' \
         AND claimed_by IS NULL AND id IN (SELECT r.thread {PUT})"
    );
    let step = format!(
        "INSERT INTO review_step (id, reviewable, step, moderator, code, reason, at) \
         SELECT m.id, r.id, 'HELD_BY_MODERATOR', m.moderator, m.code, m.reason, r.created_at {PUT}"
    );
    for sql in [put, open, step] {
        manager.get_connection().execute_unprepared(&sql).await?;
    }
    Ok(())
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
