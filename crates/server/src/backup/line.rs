//! A row as a line, and what the lines add up to.

use sha2::Digest as _;
use storage::dump::{Cell, Kind, Table};
use uuid::Uuid;

use super::{BackupError, Summary, TableColumns};

/// The columns that a restore renews: one of a table at most.
const RENEWED: [(&str, &str); 2] = [("stream", "epoch"), ("mail_place", "epoch")];

/// A row as one line of JSON, without its end.
pub(super) fn of_row(row: &[Cell]) -> String {
    let cells = row.iter().map(|cell| match cell {
        Cell::Null => serde_json::Value::Null,
        Cell::Id(id) => id.simple().to_string().into(),
        Cell::Number(number) => (*number).into(),
        Cell::Flag(flag) => (*flag).into(),
        Cell::Text(text) => text.as_str().into(),
        Cell::Bytes(bytes) => hexadecimal(bytes).into(),
    });
    serde_json::Value::Array(cells.collect()).to_string()
}

/// The row that a line says.
pub(super) fn to_row(table: &Table, line: &str) -> Result<Vec<Cell>, BackupError> {
    const DAMAGED: BackupError = BackupError::Damaged("a row cannot be read");
    let values: Vec<serde_json::Value> = serde_json::from_str(line).map_err(|_| DAMAGED)?;
    if values.len() != table.columns.len() {
        return Err(DAMAGED);
    }
    let cells = values.into_iter().zip(&table.columns);
    cells
        .map(|(value, column)| to_cell(value, column.kind).ok_or(DAMAGED))
        .collect()
}

fn to_cell(value: serde_json::Value, kind: Kind) -> Option<Cell> {
    use serde_json::Value;
    Some(match (value, kind) {
        (Value::Null, _) => Cell::Null,
        (Value::String(text), Kind::Id) => Cell::Id(Uuid::try_parse(&text).ok()?),
        (Value::Number(number), Kind::Number) => Cell::Number(number.as_i64()?),
        (Value::Bool(flag), Kind::Flag) => Cell::Flag(flag),
        (Value::String(text), Kind::Text) => Cell::Text(text),
        (Value::String(text), Kind::Bytes) => Cell::Bytes(of_hexadecimal(&text)?),
        _ => return None,
    })
}

fn hexadecimal(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).expect("half a byte is below 16");
    let digits = bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]);
    digits.collect()
}

fn of_hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text
        .chars()
        .map(|digit| u8::try_from(digit.to_digit(16)?).ok())
        .collect::<Option<_>>()?;
    let pairs = digits.chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    Some(pairs.map(|pair| pair[0] << 4 | pair[1]).collect())
}

/// The digest of the lines of all tables.
#[derive(Debug, Default)]
pub(super) struct Digest {
    sha256: sha2::Sha256,
    rows: u64,
}

impl Digest {
    /// A table begins.
    pub(super) fn table(&mut self, table: &Table) {
        let TableColumns { table, columns } = table.into();
        self.line(&serde_json::json!([table, columns]).to_string());
    }

    /// A row of the table that began.
    pub(super) fn row(&mut self, table: &Table, row: &[Cell]) {
        self.rows += 1;
        let renewed = table
            .columns
            .iter()
            .position(|column| RENEWED.contains(&(table.name.as_str(), column.name.as_str())));
        match renewed {
            None => self.line(&of_row(row)),
            Some(place) => {
                let mut row = row.to_vec();
                row[place] = Cell::Null;
                self.line(&of_row(&row));
            }
        }
    }

    fn line(&mut self, line: &str) {
        self.sha256.update(line);
        self.sha256.update("\n");
    }

    pub(super) fn finish(self) -> Summary {
        Summary {
            rows: self.rows,
            sha256: hexadecimal(&self.sha256.finalize()),
        }
    }
}
