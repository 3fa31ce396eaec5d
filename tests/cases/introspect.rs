//! What a database says of its own shape.

use std::collections::BTreeSet;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, QueryResult, Statement};

/// The table in which the migrations keep their own list.
pub(super) const OWN_LIST: &str = "seaql_migrations";

/// The shape of a database, whichever it is.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Schema {
    /// Columns, sorted by table and name.
    pub(super) columns: Vec<Column>,
    /// Foreign keys, sorted.
    pub(super) keys: Vec<Key>,
    /// Indexes, primary keys included, sorted.
    pub(super) indexes: Vec<Index>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Column {
    pub(super) table: String,
    pub(super) name: String,
    /// In the database's own words, lower case.
    pub(super) kind: String,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) table: String,
    pub(super) column: String,
    pub(super) target: String,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Index {
    pub(super) table: String,
    /// The column that it starts with.
    pub(super) first: String,
    /// The rows that it holds, if not all: in the database's own words.
    pub(super) condition: Option<String>,
}

impl Schema {
    pub(super) async fn read(connection: &DatabaseConnection) -> Self {
        let [columns, keys, indexes] = match connection.get_database_backend() {
            DbBackend::Sqlite => [SQLITE_COLUMNS, SQLITE_KEYS, SQLITE_INDEXES],
            _ => [POSTGRES_COLUMNS, POSTGRES_KEYS, POSTGRES_INDEXES],
        };
        let mut schema = Self {
            columns: rows(connection, columns, |row| Column {
                table: row.try_get_by_index(0).unwrap(),
                name: row.try_get_by_index(1).unwrap(),
                kind: row.try_get_by_index::<String>(2).unwrap().to_lowercase(),
            })
            .await,
            keys: rows(connection, keys, |row| Key {
                table: row.try_get_by_index(0).unwrap(),
                column: row.try_get_by_index(1).unwrap(),
                target: row.try_get_by_index(2).unwrap(),
            })
            .await,
            indexes: rows(connection, indexes, |row| Index {
                table: row.try_get_by_index(0).unwrap(),
                first: row.try_get_by_index(1).unwrap(),
                condition: row.try_get_by_index(2).unwrap(),
            })
            .await,
        };
        schema.columns.sort();
        schema.keys.sort();
        schema.indexes.sort();
        schema
    }

    /// The tables, without the migrations' own list.
    pub(super) fn tables(&self) -> BTreeSet<&str> {
        let tables = self.columns.iter().map(|column| column.table.as_str());
        tables.filter(|table| *table != OWN_LIST).collect()
    }

    pub(super) fn columns_of(&self, table: &str) -> impl Iterator<Item = &Column> {
        self.columns
            .iter()
            .filter(move |column| column.table == table)
    }

    /// The table that a column refers to, if to one.
    pub(super) fn target(&self, table: &str, column: &str) -> Option<&str> {
        let mut keys = self.keys.iter();
        keys.find(|key| key.table == table && key.column == column)
            .map(|key| key.target.as_str())
    }

    /// The tables, each after those it refers to.
    pub(super) fn in_order(&self) -> Vec<&str> {
        let mut left = self.tables();
        let mut order = Vec::new();
        while !left.is_empty() {
            let refers = |table: &str, to: &str| table != to && left.contains(to);
            let waits = |table: &str| {
                self.keys
                    .iter()
                    .any(|key| key.table == table && refers(table, &key.target))
            };
            let ready: Vec<&str> = left.iter().copied().filter(|table| !waits(table)).collect();
            assert!(
                !ready.is_empty(),
                "these refer to each other in a ring: {left:?}"
            );
            left.retain(|table| !ready.contains(table));
            order.extend(ready);
        }
        order
    }
}

pub(super) async fn rows<T>(
    connection: &DatabaseConnection,
    sql: &str,
    read: impl Fn(QueryResult) -> T,
) -> Vec<T> {
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    connection
        .query_all_raw(statement)
        .await
        .unwrap()
        .into_iter()
        .map(read)
        .collect()
}

const SQLITE_COLUMNS: &str = "SELECT m.name, c.name, c.type FROM sqlite_master m \
    JOIN pragma_table_info(m.name) c WHERE m.type = 'table'";

const SQLITE_KEYS: &str = "SELECT m.name, k.\"from\", k.\"table\" FROM sqlite_master m \
    JOIN pragma_foreign_key_list(m.name) k WHERE m.type = 'table'";

const SQLITE_INDEXES: &str = "SELECT m.name, f.name, CASE WHEN i.partial THEN \
    (SELECT substr(x.sql, instr(x.sql, ' WHERE ') + 7) FROM sqlite_master x WHERE x.name = i.name) \
    END FROM sqlite_master m JOIN pragma_index_list(m.name) i JOIN pragma_index_info(i.name) f \
    WHERE m.type = 'table' AND f.seqno = 0";

const POSTGRES_COLUMNS: &str = "SELECT table_name::text, column_name::text, data_type::text \
    FROM information_schema.columns WHERE table_schema = 'public'";

const POSTGRES_KEYS: &str = "SELECT t.relname::text, a.attname::text, f.relname::text \
    FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid \
    JOIN pg_class f ON f.oid = c.confrelid CROSS JOIN LATERAL unnest(c.conkey) k \
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k WHERE c.contype = 'f'";

const POSTGRES_INDEXES: &str = "SELECT t.relname::text, a.attname::text, \
    pg_get_expr(i.indpred, i.indrelid) FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid \
    JOIN pg_namespace n ON n.oid = t.relnamespace \
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0] \
    WHERE n.nspname = 'public'";
