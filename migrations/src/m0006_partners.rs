//! Partner apps: their clients, secrets and tokens, and what people allowed
//! them.

use crate::column::{
    Table, drop_tables, flag, hash, id, maybe_id, maybe_number, migration, number, text,
};
use sea_orm_migration::{DbErr, SchemaManager};

migration!("m0006_partners");

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    Table::new(
        "client",
        &["id"],
        [
            id("id"),
            id("organization"),
            text("name"),
            text("scopes"),
            flag("trusted_only"),
            flag("sandbox"),
            number("created_at"),
            maybe_number("last_used_at"),
            maybe_number("revoked_at"),
        ],
    )
    .refers("organization", "organization", "id")
    .create(manager)
    .await?;
    // A table of its own: while a secret is replaced, the old one is good for
    // a time beside the new one.
    Table::new(
        "client_secret",
        &["secret_hash"],
        [
            hash("secret_hash"),
            id("client"),
            number("created_at"),
            maybe_number("expires_at"),
        ],
    )
    .refers("client", "client", "id")
    .create(manager)
    .await?;
    consents(manager).await?;
    Table::new(
        "client_token",
        &["token_hash"],
        [
            hash("token_hash"),
            id("client"),
            maybe_id("consent"),
            text("scopes"),
            number("expires_at"),
        ],
    )
    .refers("client", "client", "id")
    .may_refer("consent", "consent", "id")
    .index(&["expires_at"])
    .create(manager)
    .await
}

async fn consents(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    Table::new(
        "client_redirect",
        &["client", "uri"],
        [id("client"), text("uri")],
    )
    .key_refers("client", "client", "id")
    .create(manager)
    .await?;
    Table::new(
        "consent",
        &["id"],
        [
            id("id"),
            id("client"),
            id("account"),
            text("scopes"),
            number("created_at"),
            maybe_number("last_used_at"),
        ],
    )
    .refers("client", "client", "id")
    .refers("account", "account", "id")
    .create(manager)
    .await?;
    Table::new(
        "client_code",
        &["code_hash"],
        [
            hash("code_hash"),
            id("consent"),
            text("redirect_uri"),
            text("challenge"),
            number("expires_at"),
            maybe_number("used_at"),
        ],
    )
    .refers("consent", "consent", "id")
    .create(manager)
    .await?;
    Table::new(
        "client_renewal",
        &["token_hash"],
        [
            hash("token_hash"),
            id("consent"),
            number("expires_at"),
            maybe_number("used_at"),
        ],
    )
    .refers("consent", "consent", "id")
    .create(manager)
    .await
}

async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    drop_tables(
        manager,
        &[
            "client_token",
            "client_renewal",
            "client_code",
            "consent",
            "client_redirect",
            "client_secret",
            "client",
        ],
    )
    .await
}
