//! Short words for the columns, keys and indexes that the tables are made of.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

/// A required identifier (UUID; a 16-byte blob on SQLite).
pub(crate) fn id(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).uuid().not_null().take()
}

/// An optional identifier.
pub(crate) fn maybe_id(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).uuid().null().take()
}

/// A required text or code.
pub(crate) fn text(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).text().not_null().take()
}

/// An optional text or code.
pub(crate) fn maybe_text(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).text().null().take()
}

/// A required whole number or moment.
pub(crate) fn number(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).big_integer().not_null().take()
}

/// A counter that starts at zero.
pub(crate) fn counter(name: &'static str) -> ColumnDef {
    ColumnDef::new(name)
        .big_integer()
        .not_null()
        .default(0)
        .take()
}

/// An optional whole number or moment.
pub(crate) fn maybe_number(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).big_integer().null().take()
}

/// A required yes or no.
pub(crate) fn flag(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).boolean().not_null().take()
}

/// Required bytes: a hash.
pub(crate) fn hash(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).blob().not_null().take()
}

/// Optional bytes.
pub(crate) fn maybe_hash(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).blob().null().take()
}

/// Has every moderator see the confidential threads of which something waits in the
/// queue and on which no moderator is, until nothing of them waits.
pub(crate) async fn call_moderators(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let sql = "UPDATE thread SET wanted_by_queue = TRUE WHERE audience = 'CONFIDENTIAL' \
               AND id IN (SELECT r.thread FROM reviewable r WHERE r.decided_at IS NULL) \
               AND NOT EXISTS (SELECT 1 FROM persona p \
               JOIN account_duty d ON d.account = p.account JOIN account a ON a.id = d.account \
               WHERE p.id = thread.claimed_by AND d.duty = 'MODERATOR' \
               AND a.standing = 'ACTIVE')";
    manager.get_connection().execute_unprepared(sql).await?;
    Ok(())
}

/// A table in the making, with the indexes that its foreign keys need.
pub(crate) struct Table {
    name: &'static str,
    create: TableCreateStatement,
    indexes: Vec<IndexCreateStatement>,
}

impl Table {
    /// A table with these columns and this primary key.
    pub(crate) fn new(
        name: &'static str,
        key: &[&'static str],
        columns: impl IntoIterator<Item = ColumnDef>,
    ) -> Self {
        let mut create = sea_orm_migration::prelude::Table::create();
        create.table(name);
        for mut column in columns {
            create.col(&mut column);
        }
        let mut primary = Index::create();
        for column in key {
            primary.col(*column);
        }
        create.primary_key(&mut primary);
        Self {
            name,
            create,
            indexes: Vec::new(),
        }
    }

    /// A required reference, with its index.
    pub(crate) fn refers(self, column: &'static str, to: &'static str, key: &'static str) -> Self {
        self.reference(column, to, key).index(&[column])
    }

    /// An optional reference, with an index of the rows that have one.
    pub(crate) fn may_refer(
        mut self,
        column: &'static str,
        to: &'static str,
        key: &'static str,
    ) -> Self {
        let mut index = Index::create();
        index
            .name(self.index_name(&[column]))
            .table(self.name)
            .col(column);
        index.cond_where(Expr::col(column).is_not_null());
        self.indexes.push(index);
        self.reference(column, to, key)
    }

    /// A reference whose column starts the primary key, which serves as its
    /// index.
    pub(crate) fn key_refers(
        self,
        column: &'static str,
        to: &'static str,
        key: &'static str,
    ) -> Self {
        self.reference(column, to, key)
    }

    fn reference(mut self, column: &'static str, to: &'static str, key: &'static str) -> Self {
        self.create.foreign_key(
            ForeignKey::create()
                .name(format!("fk_{}_{column}", self.name))
                .from(self.name, column)
                .to(to, key),
        );
        self
    }

    /// An index over these columns.
    pub(crate) fn index(mut self, columns: &[&'static str]) -> Self {
        let mut index = Index::create();
        index.name(self.index_name(columns)).table(self.name);
        for column in columns {
            index.col(*column);
        }
        self.indexes.push(index);
        self
    }

    /// An index that admits each combination once.
    pub(crate) fn unique(mut self, columns: &[&'static str]) -> Self {
        let mut index = Index::create();
        index
            .name(self.index_name(columns))
            .table(self.name)
            .unique();
        for column in columns {
            index.col(*column);
        }
        self.indexes.push(index);
        self
    }

    fn index_name(&self, columns: &[&'static str]) -> String {
        format!("ix_{}_{}", self.name, columns.join("_"))
    }

    /// Creates the table and its indexes.
    pub(crate) async fn create(mut self, manager: &SchemaManager<'_>) -> Result<(), DbErr> {
        if manager.get_database_backend() == DbBackend::Sqlite {
            self.create.extra("WITHOUT ROWID");
        }
        manager.create_table(self.create).await?;
        for index in self.indexes {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

/// Drops tables, the last created first.
pub(crate) async fn drop_tables(
    manager: &SchemaManager<'_>,
    names: &[&'static str],
) -> Result<(), DbErr> {
    for name in names {
        manager
            .drop_table(
                sea_orm_migration::prelude::Table::drop()
                    .table(*name)
                    .take(),
            )
            .await?;
    }
    Ok(())
}

/// Declares the migration of a file: its name, and what goes up and down.
macro_rules! migration {
    ($name:literal) => {
        #[derive(Debug)]
        pub(crate) struct Migration;

        impl sea_orm_migration::MigrationName for Migration {
            fn name(&self) -> &str {
                $name
            }
        }

        #[async_trait::async_trait]
        impl sea_orm_migration::MigrationTrait for Migration {
            async fn up(
                &self,
                manager: &sea_orm_migration::SchemaManager,
            ) -> Result<(), sea_orm_migration::DbErr> {
                up(manager).await
            }

            async fn down(
                &self,
                manager: &sea_orm_migration::SchemaManager,
            ) -> Result<(), sea_orm_migration::DbErr> {
                down(manager).await
            }

            fn use_transaction(&self) -> Option<bool> {
                Some(true)
            }
        }
    };
}

pub(crate) use migration;
