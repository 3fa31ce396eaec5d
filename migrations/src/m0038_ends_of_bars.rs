//! Of each demand whose notice the law bars, until when; and an index by which
//! what newcomers changed lately is found as what they wrote is.

use sea_orm_migration::prelude::{
    ConditionalStatement as _, Expr, ExprTrait as _, Index, Table as Of,
};
use sea_orm_migration::sea_orm::{ConnectionTrait as _, DbBackend};
use sea_orm_migration::{DbErr, SchemaManager};

use crate::column::{maybe_text, migration};

const CHANGED: &str = "ix_post_printed_anew";

migration!("m0038_ends_of_bars");

// A bar that was entered without an end gets one, a year after that but not within
// the next 30 days, in which it can be entered anew; and the job that tells the
// person then. Whoever does the job looks at the forum's own days.
const ENDS_SQLITE: [&str; 2] = [
    "UPDATE legal_demand SET barred_until = \
     max(date(created_at / 1000000, 'unixepoch', '+365 days'), date('now', '+30 days')) \
     WHERE notice_barred",
    "INSERT INTO job (id, kind, once, payload, run_at) \
     SELECT id, 'bar', 'bar:' || lower(hex(id)), lower(hex(thread)), \
     max(created_at + 31536000000000, \
     (CAST(strftime('%s', 'now') AS INTEGER) + 2592000) * 1000000) \
     FROM legal_demand WHERE notice_barred \
     AND status IN ('COMPLIED', 'LIFTED') AND thread IS NOT NULL ON CONFLICT DO NOTHING",
];

const ENDS_POSTGRES: [&str; 2] = [
    "UPDATE legal_demand SET barred_until = \
     to_char(GREATEST((to_timestamp(created_at / 1000000) AT TIME ZONE 'UTC') \
     + INTERVAL '365 days', (now() AT TIME ZONE 'UTC') + INTERVAL '30 days'), 'YYYY-MM-DD') \
     WHERE notice_barred",
    "INSERT INTO job (id, kind, once, payload, run_at) \
     SELECT id, 'bar', 'bar:' || replace(CAST(id AS text), '-', ''), \
     replace(CAST(thread AS text), '-', ''), \
     GREATEST(created_at + 31536000000000, \
     (CAST(extract(epoch FROM now()) AS bigint) + 2592000) * 1000000) \
     FROM legal_demand WHERE notice_barred \
     AND status IN ('COMPLIED', 'LIFTED') AND thread IS NOT NULL ON CONFLICT DO NOTHING",
];

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut until = maybe_text("barred_until");
    manager
        .alter_table(
            Of::alter()
                .table("legal_demand")
                .add_column(&mut until)
                .take(),
        )
        .await?;
    let statements = match manager.get_database_backend() {
        DbBackend::Sqlite => ENDS_SQLITE,
        _ => ENDS_POSTGRES,
    };
    for sql in statements {
        manager.get_connection().execute_unprepared(sql).await?;
    }
    let mut index = Index::create();
    index
        .name(CHANGED)
        .table("post")
        .col("edited_at")
        .cond_where(Expr::col("fingerprint").is_not_null());
    manager.create_index(index).await
}

async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .drop_index(Index::drop().name(CHANGED).table("post").to_owned())
        .await?;
    manager
        .get_connection()
        .execute_unprepared("DELETE FROM job WHERE kind = 'bar'")
        .await?;
    manager
        .alter_table(
            Of::alter()
                .table("legal_demand")
                .drop_column("barred_until")
                .take(),
        )
        .await
}
