//! Threads, posts, answers, and who may follow them.

use crate::column::{
    Table, counter, drop_tables, flag, hash, id, maybe_id, maybe_number, maybe_text, migration,
    number, text,
};
use sea_orm_migration::{DbErr, SchemaManager};

migration!("m0003_threads");

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    Table::new(
        "thread",
        &["id"],
        vec![
            id("id"),
            text("reference"),
            text("kind"),
            text("audience"),
            maybe_id("circle"),
            text("status"),
            maybe_text("status_reason"),
            maybe_number("locked_at"),
            text("title"),
            text("body"),
            text("language"),
            maybe_text("category"),
            maybe_text("region"),
            text("proceedings"),
            text("reuse"),
            id("persona"),
            maybe_id("about_agency"),
            maybe_id("about_office"),
            maybe_text("about_kind"),
            maybe_text("state"),
            maybe_id("assigned_agency"),
            maybe_id("assigned_office"),
            maybe_id("oversight_agency"),
            maybe_id("claimed_by"),
            maybe_number("acknowledged_at"),
            maybe_number("answered_at"),
            maybe_number("closed_at"),
            counter("clarifications"),
            counter("disputes"),
            flag("unconfirmed"),
            maybe_text("due_on"),
            counter("post_count"),
            counter("endorsement_count"),
            number("last_activity_at"),
            number("created_at"),
            maybe_number("edited_at"),
        ],
    )
    .unique(&["reference"])
    .may_refer("circle", "circle", "id")
    .may_refer("category", "category", "code")
    .may_refer("region", "region", "code")
    .refers("persona", "persona", "id")
    .may_refer("about_agency", "agency", "id")
    .may_refer("about_office", "office", "id")
    .may_refer("assigned_agency", "agency", "id")
    .may_refer("assigned_office", "office", "id")
    .may_refer("oversight_agency", "agency", "id")
    .may_refer("claimed_by", "persona", "id")
    .index(&["last_activity_at", "id"])
    .index(&["created_at", "id"])
    .index(&["category", "state", "last_activity_at", "id"])
    .index(&["status", "created_at", "id"])
    .create(manager)
    .await?;
    Table::new(
        "case_facts",
        &["thread"],
        [id("thread"), text("body"), maybe_number("edited_at")],
    )
    .key_refers("thread", "thread", "id")
    .create(manager)
    .await?;
    Table::new(
        "on_behalf",
        &["thread"],
        [
            id("thread"),
            text("consent"),
            text("consent_until"),
            hash("receipt_hash"),
        ],
    )
    .key_refers("thread", "thread", "id")
    .create(manager)
    .await?;
    Table::new(
        "thread_theme",
        &["thread", "theme"],
        [id("thread"), text("theme")],
    )
    .key_refers("thread", "thread", "id")
    .refers("theme", "theme", "code")
    .create(manager)
    .await?;
    Table::new(
        "thread_group",
        &["thread", "affected_group"],
        [id("thread"), text("affected_group")],
    )
    .key_refers("thread", "thread", "id")
    .refers("affected_group", "affected_group", "code")
    .create(manager)
    .await?;
    Table::new(
        "participant",
        &["thread", "persona"],
        [id("thread"), id("persona"), text("role"), number("since")],
    )
    .key_refers("thread", "thread", "id")
    .refers("persona", "persona", "id")
    .create(manager)
    .await?;
    Table::new(
        "post",
        &["id"],
        [
            id("id"),
            id("thread"),
            id("persona"),
            text("body"),
            text("language"),
            text("status"),
            maybe_text("status_reason"),
            text("reuse"),
            number("created_at"),
            maybe_number("edited_at"),
        ],
    )
    .index(&["thread", "created_at", "id"])
    .key_refers("thread", "thread", "id")
    .refers("persona", "persona", "id")
    .create(manager)
    .await?;
    Table::new(
        "revision",
        &["object", "number"],
        [
            id("object"),
            number("number"),
            id("thread"),
            maybe_text("title"),
            text("body"),
            text("replaced_on"),
        ],
    )
    .refers("thread", "thread", "id")
    .create(manager)
    .await?;
    Table::new(
        "response",
        &["id"],
        [
            id("id"),
            id("thread"),
            id("persona"),
            id("agency"),
            id("office"),
            text("body"),
            text("language"),
            text("outcome"),
            maybe_text("outcome_on"),
            maybe_text("outcome_text"),
            maybe_id("duplicate_of"),
            number("created_at"),
        ],
    )
    .index(&["thread", "created_at", "id"])
    .key_refers("thread", "thread", "id")
    .refers("persona", "persona", "id")
    .refers("agency", "agency", "id")
    .refers("office", "office", "id")
    .may_refer("duplicate_of", "thread", "id")
    .create(manager)
    .await?;
    Table::new(
        "verdict",
        &["id"],
        [
            id("id"),
            id("thread"),
            id("response"),
            id("persona"),
            text("kind"),
            maybe_text("comment"),
            number("created_at"),
        ],
    )
    .refers("thread", "thread", "id")
    .refers("response", "response", "id")
    .refers("persona", "persona", "id")
    .create(manager)
    .await?;
    Table::new(
        "endorsement",
        &["thread", "account"],
        [id("thread"), id("account"), number("created_at")],
    )
    .key_refers("thread", "thread", "id")
    .refers("account", "account", "id")
    .create(manager)
    .await?;
    Table::new(
        "follow",
        &["thread", "persona"],
        [id("thread"), id("persona"), number("since")],
    )
    .key_refers("thread", "thread", "id")
    .refers("persona", "persona", "id")
    .create(manager)
    .await?;
    Table::new(
        "access_ledger",
        &["id"],
        [
            id("id"),
            id("thread"),
            maybe_id("office"),
            maybe_text("duty"),
            text("opened"),
            number("at"),
        ],
    )
    .index(&["thread", "at", "id"])
    .key_refers("thread", "thread", "id")
    .may_refer("office", "office", "id")
    .create(manager)
    .await?;
    Table::new(
        "search_doc",
        &["object", "language"],
        [
            id("object"),
            text("language"),
            id("thread"),
            text("normalized"),
        ],
    )
    .refers("thread", "thread", "id")
    .create(manager)
    .await
}

async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    drop_tables(
        manager,
        &[
            "search_doc",
            "access_ledger",
            "follow",
            "endorsement",
            "verdict",
            "response",
            "revision",
            "post",
            "participant",
            "thread_group",
            "thread_theme",
            "on_behalf",
            "case_facts",
            "thread",
        ],
    )
    .await
}
