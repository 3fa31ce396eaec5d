//! Reading rows into an empty database.

use sea_orm::Value;

use super::{Cell, Table};
use crate::error::StorageError;
use crate::write::Tx;

/// A table being filled.
///
/// A row may refer to one of its own table that comes later. So such columns
/// stay empty until all rows are there: [`Load::finish`] fills them.
#[derive(Debug)]
pub struct Load<'a> {
    tx: &'a Tx,
    table: &'a Table,
    later: Vec<Later>,
}

/// What a row refers to, once it can.
#[derive(Debug)]
struct Later {
    key: Vec<Value>,
    column: usize,
    to: Value,
}

impl Tx {
    /// Begins to fill a table.
    pub fn load<'a>(&'a self, table: &'a Table) -> Load<'a> {
        Load {
            tx: self,
            table,
            later: Vec::new(),
        }
    }

    /// Gives every stream an epoch it never had, so that whoever comes with a
    /// cursor from before reads anew.
    pub async fn renew_epochs(&self) -> Result<(), StorageError> {
        let sql = "UPDATE stream SET epoch = CASE WHEN epoch < $1 THEN $1 ELSE epoch + 1 END";
        self.run(sql, self.params().with(self.now())).await?;
        // Inboxes are looked through from where they were: the places are the
        // same, and an epoch of zero is any.
        let sql = "UPDATE mail_place SET epoch = 0";
        self.run(sql, self.params()).await?;
        Ok(())
    }
}

impl Load<'_> {
    /// Inserts rows, each with its cells in the order of the columns.
    pub async fn add(&mut self, rows: Vec<Vec<Cell>>) -> Result<(), StorageError> {
        let rows = rows
            .into_iter()
            .map(|row| self.values(row))
            .collect::<Result<Vec<_>, _>>()?;
        let columns: Vec<&str> = self
            .table
            .columns
            .iter()
            .map(|column| column.name.as_str())
            .collect();
        self.tx
            .insert_values(&self.table.name, &columns, &rows)
            .await?;
        Ok(())
    }

    fn values(&mut self, row: Vec<Cell>) -> Result<Vec<Value>, StorageError> {
        let columns = &self.table.columns;
        if row.len() != columns.len() {
            return Err(StorageError::Corrupt("a row"));
        }
        let cells = row.into_iter().zip(columns);
        let mut values: Vec<Value> = cells
            .map(|(cell, column)| cell.into_value(column.kind))
            .collect();
        for column in &self.table.to_itself {
            let nothing = Cell::Null.into_value(columns[*column].kind);
            let to = std::mem::replace(&mut values[*column], nothing.clone());
            if to != nothing {
                let key = self
                    .table
                    .key
                    .iter()
                    .map(|place| values[*place].clone())
                    .collect();
                self.later.push(Later {
                    key,
                    column: *column,
                    to,
                });
            }
        }
        Ok(values)
    }

    /// Fills what refers to rows of the same table.
    pub async fn finish(self) -> Result<(), StorageError> {
        let Table {
            name, columns, key, ..
        } = self.table;
        for Later {
            key: row,
            column,
            to,
        } in self.later
        {
            let mut params = self.tx.params();
            let to = params.push_value(to);
            let is_row = key.iter().zip(row).map(|(place, value)| {
                format!(
                    "\"{}\" = {}",
                    columns[*place].name,
                    params.push_value(value)
                )
            });
            let is_row: Vec<String> = is_row.collect();
            let sql = format!(
                "UPDATE \"{name}\" SET \"{}\" = {to} WHERE {}",
                columns[column].name,
                is_row.join(" AND "),
            );
            self.tx.run(&sql, params).await?;
        }
        Ok(())
    }
}
