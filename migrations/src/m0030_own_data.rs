//! The logins of accounts that were deleted, so that nobody takes the place of
//! somebody who left.

use sea_orm_migration::{DbErr, SchemaManager};

use crate::column::{Table, drop_tables, hash, migration};

migration!("m0030_own_data");

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    // A keyed hash: a copy of the database does not tell who was here.
    Table::new("former_login", &["login_hash"], [hash("login_hash")])
        .create(manager)
        .await
}

async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    drop_tables(manager, &["former_login"]).await
}
