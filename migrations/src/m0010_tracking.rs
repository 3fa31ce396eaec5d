//! A concern's life in full: its moves in order, and by what its clocks run.

use sea_orm_migration::prelude::{Index, Table as Of};
use sea_orm_migration::sea_orm::ConnectionTrait as _;
use sea_orm_migration::{DbErr, SchemaManager};

use crate::column::{
    Table, counter, drop_tables, id, maybe_id, maybe_number, maybe_text, migration, number, text,
};

migration!("m0010_tracking");

/// Where clocks began that run already, as far as it is known.
const BEGAN: &str = "UPDATE thread SET clock_since = CASE state \
     WHEN 'ANSWERED' THEN COALESCE(answered_at, last_activity_at) \
     WHEN 'ACKNOWLEDGED' THEN COALESCE(acknowledged_at, last_activity_at) \
     WHEN 'IN_PROGRESS' THEN COALESCE(acknowledged_at, last_activity_at) \
     WHEN 'ASSIGNED' THEN created_at WHEN 'SUBMITTED' THEN created_at \
     ELSE last_activity_at END \
     WHERE state IN ('SUBMITTED', 'ASSIGNED', 'ACKNOWLEDGED', 'IN_PROGRESS', \
     'CLARIFICATION_REQUESTED', 'ANSWERED', 'DISPUTED', 'IN_REVIEW')";

/// The desks, in the order of what is due.
const DESKS: [(&str, [&str; 3]); 2] = [
    ("ix_thread_desk", ["assigned_agency", "due_on", "id"]),
    ("ix_thread_due", ["state", "due_on", "id"]),
];

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    for mut column in [
        maybe_number("clock_since"),
        counter("clock_told"),
        counter("referrals"),
        maybe_text("very_overdue_on"),
    ] {
        manager
            .alter_table(Of::alter().table("thread").add_column(&mut column).take())
            .await?;
    }
    manager.get_connection().execute_unprepared(BEGAN).await?;
    for (name, columns) in DESKS {
        let mut index = Index::create();
        index.name(name).table("thread");
        for column in columns {
            index.col(column);
        }
        manager.create_index(index).await?;
    }
    // By sides and offices: a move names nobody.
    Table::new(
        "concern_move",
        &["id"],
        [
            id("id"),
            id("thread"),
            number("number"),
            text("kind"),
            text("side"),
            maybe_id("agency"),
            maybe_id("office"),
            text("state"),
            maybe_id("to_agency"),
            maybe_id("to_office"),
            maybe_id("response"),
            maybe_text("verdict"),
            maybe_number("level"),
            maybe_text("note"),
            number("at"),
        ],
    )
    .key_refers("thread", "thread", "id")
    .unique(&["thread", "number"])
    .may_refer("agency", "agency", "id")
    .may_refer("office", "office", "id")
    .may_refer("to_agency", "agency", "id")
    .may_refer("to_office", "office", "id")
    .may_refer("response", "response", "id")
    .create(manager)
    .await?;
    Table::new(
        "clock_rule",
        &["id"],
        [
            id("id"),
            maybe_id("agency"),
            maybe_text("category"),
            maybe_number("acknowledge"),
            maybe_number("answer"),
            maybe_number("very_overdue"),
            maybe_number("review"),
            number("since"),
        ],
    )
    .may_refer("agency", "agency", "id")
    .may_refer("category", "category", "code")
    .create(manager)
    .await?;
    Table::new(
        "dated_holiday",
        &["day"],
        [text("day"), text("name_en"), text("name_ur")],
    )
    .create(manager)
    .await
}

async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    drop_tables(manager, &["dated_holiday", "clock_rule", "concern_move"]).await?;
    for (name, _) in DESKS {
        let index = Index::drop().name(name).table("thread").to_owned();
        manager.drop_index(index).await?;
    }
    for column in ["very_overdue_on", "referrals", "clock_told", "clock_since"] {
        manager
            .alter_table(Of::alter().table("thread").drop_column(column).take())
            .await?;
    }
    Ok(())
}
