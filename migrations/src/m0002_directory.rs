//! Organizations, agencies, offices, circles, personas and reference data.

use crate::column::{
    Table, drop_tables, flag, hash, id, maybe_hash, maybe_id, maybe_number, maybe_text, migration,
    number, text,
};
use sea_orm_migration::{DbErr, SchemaManager};

migration!("m0002_directory");

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    reference(manager).await?;
    bodies(manager).await?;
    Table::new(
        "persona",
        &["id"],
        [
            id("id"),
            text("voice"),
            maybe_id("account"),
            maybe_id("thread"),
            maybe_hash("access_hash"),
            maybe_text("constituency"),
            maybe_id("organization"),
            maybe_id("agency"),
            maybe_id("office"),
            maybe_text("display_name"),
        ],
    )
    .may_refer("account", "account", "id")
    .may_refer("organization", "organization", "id")
    .may_refer("agency", "agency", "id")
    .may_refer("office", "office", "id")
    .index(&["access_hash"])
    .create(manager)
    .await?;
    Table::new(
        "circle",
        &["id"],
        [id("id"), text("code"), text("name_en"), text("name_ur")],
    )
    .unique(&["code"])
    .create(manager)
    .await?;
    Table::new(
        "circle_member",
        &["circle", "account"],
        [
            id("circle"),
            id("account"),
            maybe_id("vouched_by"),
            number("since"),
        ],
    )
    .key_refers("circle", "circle", "id")
    .refers("account", "account", "id")
    .may_refer("vouched_by", "account", "id")
    .create(manager)
    .await
}

async fn reference(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    Table::new(
        "category",
        &["code"],
        [
            text("code"),
            maybe_text("parent"),
            text("name_en"),
            text("name_ur"),
            text("basis"),
            flag("youth_priority"),
            text("aliases"),
            number("position"),
        ],
    )
    .may_refer("parent", "category", "code")
    .create(manager)
    .await?;
    Table::new(
        "theme",
        &["code"],
        [
            text("code"),
            text("name_en"),
            text("name_ur"),
            number("position"),
        ],
    )
    .create(manager)
    .await?;
    Table::new(
        "region",
        &["code"],
        [
            text("code"),
            maybe_text("iso_3166_2"),
            text("kind"),
            text("name_en"),
            text("name_ur"),
            number("position"),
        ],
    )
    .create(manager)
    .await?;
    Table::new(
        "affected_group",
        &["code"],
        [
            text("code"),
            text("name_en"),
            text("name_ur"),
            flag("sensitive"),
            number("position"),
        ],
    )
    .create(manager)
    .await?;
    Table::new(
        "helpline",
        &["number"],
        [
            text("number"),
            maybe_text("agency"),
            text("purpose_en"),
            text("run_by"),
            text("region"),
            flag("check_before_use"),
        ],
    )
    .refers("region", "region", "code")
    .create(manager)
    .await?;
    Table::new(
        "holiday",
        &["region", "month_day"],
        [
            text("region"),
            text("month_day"),
            text("name_en"),
            text("name_ur"),
        ],
    )
    .key_refers("region", "region", "code")
    .create(manager)
    .await
}

async fn bodies(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    Table::new(
        "organization",
        &["id"],
        [
            id("id"),
            text("name"),
            text("accreditation"),
            maybe_id("requested_by"),
            number("requested_at"),
            maybe_id("decided_by"),
            maybe_number("decided_at"),
            maybe_text("reason"),
        ],
    )
    .may_refer("requested_by", "account", "id")
    .may_refer("decided_by", "account", "id")
    .create(manager)
    .await?;
    Table::new(
        "membership",
        &["organization", "account"],
        [
            id("organization"),
            id("account"),
            text("accreditation"),
            number("requested_at"),
            maybe_id("decided_by"),
            maybe_number("decided_at"),
            maybe_text("reason"),
        ],
    )
    .key_refers("organization", "organization", "id")
    .refers("account", "account", "id")
    .may_refer("decided_by", "account", "id")
    .create(manager)
    .await?;
    Table::new(
        "agency",
        &["id"],
        [
            id("id"),
            text("code"),
            text("kind"),
            text("region"),
            text("name_en"),
            text("name_ur"),
            text("accreditation"),
            maybe_id("decided_by"),
            maybe_number("decided_at"),
            maybe_text("reason"),
            text("participation"),
            maybe_number("answering_since"),
            flag("default_oversight"),
            number("position"),
        ],
    )
    .unique(&["code"])
    .refers("region", "region", "code")
    .may_refer("decided_by", "account", "id")
    .create(manager)
    .await?;
    Table::new(
        "agency_mandate",
        &["agency", "category"],
        [id("agency"), text("category")],
    )
    .key_refers("agency", "agency", "id")
    .refers("category", "category", "code")
    .create(manager)
    .await?;
    Table::new(
        "agency_oversees",
        &["agency", "affected_group"],
        [id("agency"), text("affected_group")],
    )
    .key_refers("agency", "agency", "id")
    .refers("affected_group", "affected_group", "code")
    .create(manager)
    .await?;
    Table::new(
        "office",
        &["id"],
        [
            id("id"),
            id("agency"),
            text("name_en"),
            text("name_ur"),
            maybe_text("region"),
            number("created_at"),
            maybe_number("closed_at"),
        ],
    )
    .refers("agency", "agency", "id")
    .may_refer("region", "region", "code")
    .create(manager)
    .await?;
    Table::new(
        "holder",
        &["office", "account", "since"],
        [
            id("office"),
            id("account"),
            number("since"),
            maybe_number("until"),
        ],
    )
    .key_refers("office", "office", "id")
    .refers("account", "account", "id")
    .create(manager)
    .await?;
    Table::new(
        "invitation",
        &["id"],
        [
            id("id"),
            hash("code_hash"),
            maybe_text("constituency"),
            maybe_id("organization"),
            maybe_id("office"),
            maybe_id("created_by"),
            number("created_at"),
            number("expires_at"),
            maybe_number("used_at"),
        ],
    )
    .unique(&["code_hash"])
    .may_refer("organization", "organization", "id")
    .may_refer("office", "office", "id")
    .may_refer("created_by", "account", "id")
    .create(manager)
    .await
}

async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    drop_tables(
        manager,
        &[
            "circle_member",
            "circle",
            "persona",
            "invitation",
            "holder",
            "office",
            "agency_oversees",
            "agency_mandate",
            "agency",
            "membership",
            "organization",
            "holiday",
            "helpline",
            "affected_group",
            "region",
            "theme",
            "category",
        ],
    )
    .await
}
