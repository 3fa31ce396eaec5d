//! Many rows at once: the seeded forum and the restored one.
//!
//! A statement's text depends only on the table and on one of three row
//! counts, so both databases prepare a handful of statements and keep them.

use std::fmt::Write as _;

use sea_orm::Value;

use crate::conn::Conn;
use crate::error::StorageError;
use crate::params::Params;

/// Parameters of one statement at most.
///
/// SQLite allows 32,766 and PostgreSQL 65,535; beyond a few thousand a longer
/// statement buys nothing and costs memory.
const PARAMETERS: usize = 8_000;

/// A full statement holds this many times the rows of a middle one.
const STEP: usize = 16;

/// Rows that are about to be written to one table.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows {
    /// The table.
    pub table: &'static str,
    /// The columns that are given; the others take their defaults.
    pub columns: &'static [&'static str],
    /// The rows, each with one value a column in the order of `columns`.
    pub values: Vec<Vec<Value>>,
}

impl Rows {
    /// No rows yet.
    pub const fn new(table: &'static str, columns: &'static [&'static str]) -> Self {
        Self {
            table,
            columns,
            values: Vec::new(),
        }
    }

    /// Adds a row.
    ///
    /// # Panics
    ///
    /// When the row has not exactly one value a column.
    pub fn push(&mut self, row: Vec<Value>) {
        assert_eq!(row.len(), self.columns.len(), "one value a column");
        self.values.push(row);
    }
}

/// Inserts rows of one table, each with one value a column, and returns how
/// many there were.
///
/// Whoever calls this owns the transaction: with one around it, either all
/// rows are there afterwards or none.
pub(crate) async fn insert(
    conn: &Conn,
    table: &str,
    columns: &[&str],
    mut rest: &[Vec<Value>],
) -> Result<u64, StorageError> {
    let mut written = 0;
    for size in statement_sizes(columns.len()) {
        if rest.len() < size {
            continue;
        }
        let sql = insert_sql(table, columns, size);
        while rest.len() >= size {
            let (now, later) = rest.split_at(size);
            let params = Params {
                backend: conn.backend,
                values: now.iter().flatten().cloned().collect(),
            };
            written += conn.run(&sql, params).await?;
            rest = later;
        }
    }
    Ok(written)
}

/// The row counts of the statements for a table this wide, largest first;
/// the last is 1, so that every number of rows can be composed.
fn statement_sizes(columns: usize) -> [usize; 3] {
    let full = (PARAMETERS / columns.max(1)).max(1);
    [full, (full / STEP).max(1), 1]
}

fn insert_sql(table: &str, columns: &[&str], rows: usize) -> String {
    let mut sql = format!("INSERT INTO \"{table}\" (");
    for (at, column) in columns.iter().enumerate() {
        let comma = if at == 0 { "" } else { ", " };
        write!(sql, "{comma}\"{column}\"").expect("a String takes any text");
    }
    sql.push_str(") VALUES ");
    let mut parameter = 0;
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        for at in 0..columns.len() {
            parameter += 1;
            let comma = if at == 0 { "" } else { ", " };
            write!(sql, "{comma}${parameter}").expect("a String takes any text");
        }
        sql.push(')');
    }
    sql
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_numbers_its_parameters_through_all_rows() {
        assert_eq!(
            insert_sql("post", &["id", "body"], 2),
            r#"INSERT INTO "post" ("id", "body") VALUES ($1, $2), ($3, $4)"#
        );
    }

    #[test]
    fn statements_stay_below_the_parameter_limit_of_both_databases() {
        for columns in [1, 2, 10, 35, 9_000] {
            let [full, middle, single] = statement_sizes(columns);
            assert!(full * columns <= PARAMETERS.max(columns));
            assert!(full >= middle && middle >= single);
            assert_eq!(single, 1);
        }
    }
}
