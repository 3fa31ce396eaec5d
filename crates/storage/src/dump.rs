//! The whole database, table by table: what a copy of it is made from, and
//! how a copy is read into an empty one.
//!
//! The tables are those that the database has, not a list in the program, so
//! that a new one cannot be forgotten.

mod load;
mod shape;

use std::sync::{Arc, Mutex};

use sea_orm::Value;
use uuid::Uuid;

use crate::conn::{Conn, On, Trouble};
use crate::error::StorageError;
use crate::row::Row;
use crate::store::{Backend, Store};
use crate::{postgres, sqlite};

pub use load::Load;
pub use shape::{Column, Kind, Table};

/// How many rows are read at once.
const ROWS_AT_ONCE: usize = 1_000;

/// What stands in one column of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    Null,
    /// An id.
    Id(Uuid),
    /// A whole number, or a moment.
    Number(i64),
    /// Yes or no.
    Flag(bool),
    /// Text, or a code.
    Text(String),
    /// Bytes: a hash.
    Bytes(Vec<u8>),
}

impl Cell {
    pub(crate) fn read(row: &mut Row, kind: Kind) -> Result<Self, StorageError> {
        let cell = match kind {
            Kind::Id => row.get::<Option<Uuid>>()?.map(Self::Id),
            Kind::Number => row.get::<Option<i64>>()?.map(Self::Number),
            Kind::Flag => row.get::<Option<bool>>()?.map(Self::Flag),
            Kind::Text => row.get::<Option<String>>()?.map(Self::Text),
            Kind::Bytes => row.get::<Option<Vec<u8>>>()?.map(Self::Bytes),
        };
        Ok(cell.unwrap_or(Self::Null))
    }

    /// The value for a statement. A database wants to know also of which kind
    /// nothing is.
    pub(crate) fn into_value(self, kind: Kind) -> Value {
        match (self, kind) {
            (Self::Id(id), _) => id.into(),
            (Self::Number(number), _) => number.into(),
            (Self::Flag(flag), _) => flag.into(),
            (Self::Text(text), _) => text.into(),
            (Self::Bytes(bytes), _) => bytes.into(),
            (Self::Null, Kind::Id) => None::<Uuid>.into(),
            (Self::Null, Kind::Number) => None::<i64>.into(),
            (Self::Null, Kind::Flag) => None::<bool>.into(),
            (Self::Null, Kind::Text) => None::<String>.into(),
            (Self::Null, Kind::Bytes) => None::<Vec<u8>>.into(),
        }
    }
}

impl Conn {
    /// Every table but the migrations' own list, each after those it refers
    /// to, in the same order on both databases.
    pub async fn tables(&self) -> Result<Vec<Table>, StorageError> {
        shape::tables(self).await
    }

    /// Whether a table has a row.
    pub async fn holds_rows(&self, table: &Table) -> Result<bool, StorageError> {
        let sql = format!("SELECT 1 FROM \"{}\" LIMIT 1", table.name);
        Ok(self.one(&sql, self.params()).await?.is_some())
    }

    /// The first table that has a row; `None` where nothing was written yet.
    pub async fn first_filled(&self) -> Result<Option<Table>, StorageError> {
        for table in self.tables().await? {
            if self.holds_rows(&table).await? {
                return Ok(Some(table));
            }
        }
        Ok(None)
    }

    /// How many rows a table has.
    pub async fn count_rows(&self, table: &Table) -> Result<u64, StorageError> {
        let sql = format!("SELECT count(*) FROM \"{}\"", table.name);
        let row = self.one(&sql, self.params()).await?;
        row.ok_or(StorageError::Corrupt("a count"))?.count()
    }
}

/// Everything as it stood at one moment, while others go on writing.
#[derive(Debug)]
pub struct Snapshot {
    conn: Conn,
    tables: Vec<Table>,
    migrations: Vec<String>,
}

impl Store {
    /// Begins to read everything as it stands now. On SQLite the log of
    /// writes grows until the snapshot is dropped.
    pub async fn snapshot(&self) -> Result<Snapshot, StorageError> {
        let on = match &self.read().on {
            On::File {
                place: sqlite::Place::Readers(readers),
                ..
            } => {
                let moment = Arc::new(Mutex::new(readers.moment()?));
                On::File {
                    place: sqlite::Place::Moment(moment),
                    trouble: None,
                }
            }
            On::Readers(readers) => {
                let moment = postgres::Transaction::moment(readers.address()).await?;
                On::Transaction {
                    transaction: Arc::new(moment),
                    trouble: Arc::<Trouble>::default(),
                }
            }
            On::File { .. } | On::Transaction { .. } => {
                return Err(StorageError::Corrupt("a store without a pool"));
            }
        };
        let statements = Arc::clone(&self.statements);
        let conn = Conn {
            on,
            backend: self.backend,
            statements,
        };
        if self.backend == Backend::Postgres {
            // Reading takes as long as whoever takes the rows.
            let sql = "SELECT set_config('statement_timeout', '0', true), \
                       set_config('idle_in_transaction_session_timeout', '0', true)";
            conn.one(sql, conn.params()).await?;
        }
        let tables = conn.tables().await?;
        let mut migrations = conn.applied().await?;
        migrations.sort();
        Ok(Snapshot {
            conn,
            tables,
            migrations,
        })
    }
}

impl Snapshot {
    pub(crate) const fn conn(&self) -> &Conn {
        &self.conn
    }

    /// Every table but the migrations' own list, each after those it refers
    /// to.
    pub fn tables(&self) -> &[Table] {
        &self.tables
    }

    /// The names of the migrations that made these tables, oldest first.
    pub fn migrations(&self) -> &[String] {
        &self.migrations
    }

    /// How many rows all tables have together.
    pub async fn count(&self) -> Result<u64, StorageError> {
        let mut rows = 0;
        for table in &self.tables {
            rows += self.conn.count_rows(table).await?;
        }
        Ok(rows)
    }

    /// Begins to read a table.
    pub fn read<'a>(&'a self, table: &'a Table) -> Reading<'a> {
        Reading {
            conn: &self.conn,
            table,
            place: Place::Start,
        }
    }
}

/// A table being read, in the order of its primary key: by bytes, so that
/// both databases agree.
#[derive(Debug)]
pub struct Reading<'a> {
    conn: &'a Conn,
    table: &'a Table,
    place: Place,
}

#[derive(Debug)]
enum Place {
    Start,
    /// A cursor of PostgreSQL's is open.
    Open,
    /// The key of the last row that SQLite gave.
    After(Vec<Cell>),
    End,
}

impl Reading<'_> {
    /// The next rows, each with its cells in the order of the columns. None
    /// at the end.
    pub async fn next(&mut self) -> Result<Vec<Vec<Cell>>, StorageError> {
        let rows = match (&self.place, self.conn.backend) {
            (Place::End, _) => return Ok(Vec::new()),
            (_, Backend::Sqlite) => self.after_key().await?,
            (_, Backend::Postgres) => self.fetch().await?,
        };
        let rows = rows.into_iter().map(|mut row| {
            let columns = self.table.columns.iter();
            columns
                .map(|column| Cell::read(&mut row, column.kind))
                .collect()
        });
        let rows: Vec<Vec<Cell>> = rows.collect::<Result<_, StorageError>>()?;
        if rows.len() < ROWS_AT_ONCE {
            self.place = Place::End;
        } else if let (Backend::Sqlite, Some(last)) = (self.conn.backend, rows.last()) {
            let key = self.table.key.iter().map(|place| last[*place].clone());
            self.place = Place::After(key.collect());
        }
        Ok(rows)
    }

    /// SQLite: the rows lie in the order of the key, so the next ones are
    /// found by it.
    async fn after_key(&self) -> Result<Vec<Row>, StorageError> {
        let Table {
            name, columns, key, ..
        } = self.table;
        let every = self.table.names(0..columns.len());
        let order = self.table.names(key.iter().copied());
        let mut params = self.conn.params();
        let mut condition = String::new();
        if let Place::After(last) = &self.place {
            let after = last.iter().zip(key).map(|(cell, place)| {
                params.push_value(cell.clone().into_value(columns[*place].kind))
            });
            let after: Vec<String> = after.collect();
            condition = format!(" WHERE ({order}) > ({})", after.join(", "));
        }
        let sql = format!(
            "SELECT {every} FROM \"{name}\"{condition} ORDER BY {order} LIMIT {ROWS_AT_ONCE}"
        );
        self.conn.all(&sql, params).await
    }

    /// PostgreSQL: its index may sort texts in another way, so the rows are
    /// sorted once, for a cursor.
    async fn fetch(&mut self) -> Result<Vec<Row>, StorageError> {
        let Table {
            name, columns, key, ..
        } = self.table;
        if matches!(self.place, Place::Start) {
            let every = self.table.names(0..columns.len());
            let order = key.iter().map(|place| {
                let Column { name, kind } = &columns[*place];
                let bytes = if *kind == Kind::Text {
                    " COLLATE \"C\""
                } else {
                    ""
                };
                format!("\"{name}\"{bytes}")
            });
            let order: Vec<String> = order.collect();
            let sql = format!(
                "DECLARE \"copy_{name}\" NO SCROLL CURSOR FOR SELECT {every} FROM \"{name}\" ORDER BY {}",
                order.join(", ")
            );
            self.conn.run(&sql, self.conn.params()).await?;
            self.place = Place::Open;
        }
        let rows = self
            .conn
            .all(
                &format!("FETCH {ROWS_AT_ONCE} FROM \"copy_{name}\""),
                self.conn.params(),
            )
            .await?;
        if rows.len() < ROWS_AT_ONCE {
            self.conn
                .run(&format!("CLOSE \"copy_{name}\""), self.conn.params())
                .await?;
        }
        Ok(rows)
    }
}
