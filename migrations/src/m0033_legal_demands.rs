//! The register of what authorities demand by law.

use sea_orm_migration::{DbErr, SchemaManager};

use crate::column::{
    Table, drop_tables, flag, id, maybe_id, maybe_number, maybe_text, migration, number, text,
};

migration!("m0033_legal_demands");

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    Table::new(
        "legal_demand",
        &["id"],
        [
            id("id"),
            text("kind"),
            text("instrument"),
            text("authority"),
            maybe_text("reference"),
            text("scope"),
            maybe_id("thread"),
            maybe_id("post"),
            text("received_on"),
            // Whether the law bars the forum from telling the person.
            flag("notice_barred"),
            text("status"),
            // Nobody, once he left.
            maybe_id("registrar"),
            maybe_id("approver"),
            maybe_id("decider"),
            maybe_text("reason"),
            number("created_at"),
            maybe_number("decided_at"),
        ],
    )
    .may_refer("thread", "thread", "id")
    .may_refer("post", "post", "id")
    .may_refer("registrar", "account", "id")
    .may_refer("approver", "account", "id")
    .may_refer("decider", "account", "id")
    .index(&["created_at", "id"])
    .create(manager)
    .await
}

async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    drop_tables(manager, &["legal_demand"]).await
}
