//! What the database says of its own tables.

use std::collections::{BTreeMap, BTreeSet};

use crate::conn::Conn;
use crate::error::StorageError;
use crate::row::Row;
use crate::store::Backend;

/// What a column holds, on either database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An id.
    Id,
    /// A whole number, or a moment.
    Number,
    /// Yes or no.
    Flag,
    /// Text, or a code.
    Text,
    /// Bytes: a hash.
    Bytes,
}

impl Kind {
    /// The kind behind a database's own word. A word that is not listed is an
    /// error: a new kind of column must not be copied by guesswork.
    fn of_word(word: &str) -> Result<Self, StorageError> {
        match word {
            "uuid" | "uuid_text" => Ok(Self::Id),
            "bigint" | "integer" => Ok(Self::Number),
            "boolean" => Ok(Self::Flag),
            "text" => Ok(Self::Text),
            "bytea" | "blob" => Ok(Self::Bytes),
            _ => Err(StorageError::Corrupt("a column's type")),
        }
    }
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
}

/// A table of the forum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns, by name.
    pub columns: Vec<Column>,
    /// The places, in `columns`, of the primary key's.
    pub(super) key: Vec<usize>,
    /// The places of the columns that refer to other rows of this table.
    pub(super) to_itself: Vec<usize>,
}

impl Table {
    /// The quoted names of some columns, with commas.
    pub(super) fn names(&self, places: impl IntoIterator<Item = usize>) -> String {
        let names: Vec<String> = places
            .into_iter()
            .map(|place| format!("\"{}\"", self.columns[place].name))
            .collect();
        names.join(", ")
    }
}

/// Every table but the migrations' own list, the sessions and the tokens and
/// codes of apps, each after those it refers to. Sessions and tokens are for those at
/// hand: one that was ended must not come back with a copy.
pub(super) async fn tables(conn: &Conn) -> Result<Vec<Table>, StorageError> {
    let (columns, keys) = match conn.backend {
        Backend::Sqlite => (SQLITE_COLUMNS, SQLITE_KEYS),
        Backend::Postgres => (POSTGRES_COLUMNS, POSTGRES_KEYS),
    };
    let columns = conn.all(columns, conn.params()).await?;
    let keys = conn.all(keys, conn.params()).await?;
    let mut tables: BTreeMap<String, Vec<Found>> = BTreeMap::new();
    for row in columns {
        let (table, found) = Found::read(row)?;
        tables.entry(table).or_default().push(found);
    }
    let mut references = BTreeSet::new();
    for mut row in keys {
        references.insert(Reference {
            table: row.get()?,
            column: row.get()?,
            to: row.get()?,
        });
    }
    let tables = tables
        .into_iter()
        .map(|(name, found)| table(name, found, &references));
    in_order(tables.collect(), &references)
}

/// A column as the database describes it.
struct Found {
    column: Column,
    /// Its place in the primary key, from 1; 0 if it is not in it.
    in_key: i64,
}

impl Found {
    fn read(mut row: Row) -> Result<(String, Self), StorageError> {
        let table: String = row.get()?;
        let name: String = row.get()?;
        let kind = Kind::of_word(&row.get::<String>()?)?;
        let in_key: i64 = row.get()?;
        Ok((
            table,
            Self {
                column: Column { name, kind },
                in_key,
            },
        ))
    }
}

/// That a column refers to a table.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Reference {
    table: String,
    column: String,
    to: String,
}

fn table(name: String, mut found: Vec<Found>, references: &BTreeSet<Reference>) -> Table {
    // The order of creation may differ between databases; names do not.
    found.sort_by(|one, other| one.column.name.cmp(&other.column.name));
    let mut key: Vec<usize> = (0..found.len())
        .filter(|place| found[*place].in_key > 0)
        .collect();
    key.sort_by_key(|place| found[*place].in_key);
    let to_itself = (0..found.len())
        .filter(|place| {
            let column = &found[*place].column.name;
            references
                .iter()
                .any(|one| one.table == name && one.to == name && one.column == *column)
        })
        .collect();
    Table {
        name,
        columns: found.into_iter().map(|one| one.column).collect(),
        key,
        to_itself,
    }
}

/// The tables, by name as far as their references allow.
fn in_order(
    mut left: Vec<Table>,
    references: &BTreeSet<Reference>,
) -> Result<Vec<Table>, StorageError> {
    let mut order = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let waits = |table: &Table| {
            references.iter().any(|one| {
                one.table == table.name
                    && one.to != table.name
                    && left.iter().any(|other| other.name == one.to)
            })
        };
        let next = left
            .iter()
            .position(|table| !waits(table))
            .ok_or(StorageError::Corrupt("the order of the tables"))?;
        order.push(left.remove(next));
    }
    Ok(order)
}

const SQLITE_COLUMNS: &str = "SELECT m.name, c.name, lower(c.type), c.pk FROM sqlite_master m \
    JOIN pragma_table_info(m.name) c \
    WHERE m.type = 'table' AND substr(m.name, 1, 7) <> 'sqlite_' \
    AND m.name NOT IN ('seaql_migrations', 'session', 'client_token', 'client_renewal', 'client_code')";

const SQLITE_KEYS: &str = "SELECT m.name, k.\"from\", k.\"table\" FROM sqlite_master m \
    JOIN pragma_foreign_key_list(m.name) k WHERE m.type = 'table'";

const POSTGRES_COLUMNS: &str = "SELECT t.relname::text, a.attname::text, \
    format_type(a.atttypid, NULL)::text, \
    COALESCE(array_position(i.indkey::int2[], a.attnum) + 1, 0)::bigint \
    FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 \
    LEFT JOIN pg_index i ON i.indrelid = t.oid AND i.indisprimary \
    WHERE t.relkind = 'r' AND t.relnamespace = current_schema()::regnamespace \
    AND NOT a.attisdropped \
    AND t.relname NOT IN ('seaql_migrations', 'session', 'client_token', 'client_renewal', 'client_code')";

const POSTGRES_KEYS: &str = "SELECT t.relname::text, a.attname::text, f.relname::text \
    FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid \
    JOIN pg_class f ON f.oid = c.confrelid CROSS JOIN LATERAL unnest(c.conkey) k \
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k \
    WHERE c.contype = 'f' AND t.relnamespace = current_schema()::regnamespace";
