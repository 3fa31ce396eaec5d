//! The forum, its accounts and how they sign in.

use crate::column::{
    Table, counter, drop_tables, flag, hash, id, maybe_id, maybe_number, maybe_text, migration,
    number, text,
};
use sea_orm_migration::{DbErr, SchemaManager};

migration!("m0001_people");

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    Table::new(
        "forum",
        &["id"],
        [
            number("id"),
            text("name"),
            flag("demonstration"),
            text("zone"),
            text("prefix"),
            number("created_at"),
        ],
    )
    .create(manager)
    .await?;
    Table::new(
        "account",
        &["id"],
        [
            id("id"),
            text("login"),
            text("display_name"),
            maybe_text("email"),
            maybe_number("email_verified_at"),
            text("password_hash"),
            text("constituency"),
            maybe_id("vouched_by"),
            maybe_number("vouched_at"),
            text("standing"),
            text("language"),
            maybe_number("trusted_at"),
            counter("failed_sign_ins"),
            maybe_number("locked_until"),
            number("created_at"),
        ],
    )
    .unique(&["login"])
    .may_refer("vouched_by", "account", "id")
    .create(manager)
    .await?;
    Table::new(
        "account_duty",
        &["account", "duty"],
        [
            id("account"),
            text("duty"),
            maybe_id("granted_by"),
            number("granted_at"),
        ],
    )
    .key_refers("account", "account", "id")
    .may_refer("granted_by", "account", "id")
    .create(manager)
    .await?;
    Table::new(
        "session",
        &["token_hash"],
        [
            hash("token_hash"),
            id("id"),
            id("account"),
            maybe_text("label"),
            number("created_at"),
            number("last_used_at"),
            number("expires_at"),
        ],
    )
    .unique(&["id"])
    .refers("account", "account", "id")
    .create(manager)
    .await?;
    Table::new(
        "recovery_code",
        &["code_hash"],
        [hash("code_hash"), id("account"), maybe_number("used_at")],
    )
    .refers("account", "account", "id")
    .create(manager)
    .await?;
    Table::new(
        "reset_code",
        &["code_hash"],
        [hash("code_hash"), id("account"), number("expires_at")],
    )
    .refers("account", "account", "id")
    .create(manager)
    .await?;
    Table::new(
        "setup_link",
        &["code_hash"],
        [hash("code_hash"), number("expires_at")],
    )
    .create(manager)
    .await
}

async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    drop_tables(
        manager,
        &[
            "setup_link",
            "reset_code",
            "recovery_code",
            "session",
            "account_duty",
            "account",
            "forum",
        ],
    )
    .await
}
