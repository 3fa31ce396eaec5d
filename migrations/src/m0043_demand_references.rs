//! Of each demand by law, the reference of the thread that it is about, where it names
//! it so: also one that whoever registers it does not see.

use sea_orm_migration::prelude::Table as Of;
use sea_orm_migration::{DbErr, SchemaManager};

use crate::column::{maybe_text, migration};

migration!("m0043_demand_references");

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut column = maybe_text("subject_reference");
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
                .drop_column("subject_reference")
                .take(),
        )
        .await
}
