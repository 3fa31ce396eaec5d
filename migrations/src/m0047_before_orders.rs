//! Of each demand by law that took something down, how that stood before.

use sea_orm_migration::prelude::Table as Of;
use sea_orm_migration::{DbErr, SchemaManager};

use crate::column::{maybe_text, migration};

migration!("m0047_before_orders");

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut column = maybe_text("stood");
    manager
        .alter_table(
            Of::alter()
                .table("legal_demand")
                .add_column(&mut column)
                .take(),
        )
        .await
}

async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .alter_table(
            Of::alter()
                .table("legal_demand")
                .drop_column("stood")
                .take(),
        )
        .await
}
