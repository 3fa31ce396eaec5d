//! By what a text is found that stands in several threads, and by what the texts of
//! threads that newcomers begin are compared as their posts are.

use sea_orm_migration::prelude::{
    ConditionalStatement as _, Expr, ExprTrait as _, Index, Table as Of,
};
use sea_orm_migration::sea_orm::ConnectionTrait as _;
use sea_orm_migration::{DbErr, SchemaManager};

use crate::column::{maybe_number, migration};

/// Of what is older nothing is kept: it is past the time that counts.
const COLUMNS: [(&str, &str); 3] = [
    ("post", "said"),
    ("thread", "said"),
    ("thread", "fingerprint"),
];

/// The name, the table, the column, and which rows it holds.
const INDEXES: [(&str, &str, &str, &str); 3] = [
    ("ix_post_said", "post", "said", "said"),
    ("ix_thread_said", "thread", "said", "said"),
    ("ix_thread_printed", "thread", "created_at", "fingerprint"),
];

migration!("m0041_wordings");

async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    for (table, column) in COLUMNS {
        let mut column = maybe_number(column);
        manager
            .alter_table(Of::alter().table(table).add_column(&mut column).take())
            .await?;
    }
    for (name, table, column, of) in INDEXES {
        let mut index = Index::create();
        index
            .name(name)
            .table(table)
            .col(column)
            .cond_where(Expr::col(of).is_not_null());
        manager.create_index(index).await?;
    }
    Ok(())
}

async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    // The version before does not know such a step.
    manager
        .get_connection()
        .execute_unprepared("DELETE FROM review_step WHERE step = 'REPEATED'")
        .await?;
    for (name, table, ..) in INDEXES {
        manager
            .drop_index(Index::drop().name(name).table(table).to_owned())
            .await?;
    }
    for (table, column) in COLUMNS {
        manager
            .alter_table(Of::alter().table(table).drop_column(column).take())
            .await?;
    }
    Ok(())
}
