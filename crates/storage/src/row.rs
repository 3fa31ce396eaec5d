//! Rows, read column by column from the left.

use chrono::{DateTime, Utc};
use tokio_postgres::types::FromSql;
use uuid::Uuid;

use crate::error::StorageError;
use crate::sqlite::{Cell, Cells};

/// A row, read column by column from the left.
#[derive(Debug)]
pub(crate) struct Row {
    source: Source,
    next: usize,
}

#[derive(Debug)]
enum Source {
    Postgres(tokio_postgres::Row),
    Sqlite(Cells),
}

impl From<tokio_postgres::Row> for Row {
    fn from(row: tokio_postgres::Row) -> Self {
        Self {
            source: Source::Postgres(row),
            next: 0,
        }
    }
}

impl From<Cells> for Row {
    fn from(cells: Cells) -> Self {
        Self {
            source: Source::Sqlite(cells),
            next: 0,
        }
    }
}

/// What a column can be read as.
pub(crate) trait Column: Sized {
    /// How a value of SQLite's is read; `None` if it is of another kind.
    fn of_sqlite(cell: Cell<'_>) -> Option<Self>;
    /// How a column of PostgreSQL's is read.
    fn of_postgres(row: &tokio_postgres::Row, at: usize) -> Result<Self, StorageError>;
}

/// A column of PostgreSQL's.
fn of_postgres<'r, T: FromSql<'r>>(
    row: &'r tokio_postgres::Row,
    at: usize,
) -> Result<T, StorageError> {
    row.try_get(at)
        .map_err(|_| StorageError::Corrupt("a column"))
}

macro_rules! columns {
    ($($ty:ty: $cell:ident => $read:expr),+ $(,)?) => {
        $(impl Column for $ty {
            fn of_sqlite($cell: Cell<'_>) -> Option<Self> { $read }
            fn of_postgres(row: &tokio_postgres::Row, at: usize) -> Result<Self, StorageError> {
                of_postgres(row, at)
            }
        }
        impl Column for Option<$ty> {
            fn of_sqlite(cell: Cell<'_>) -> Option<Self> {
                match cell {
                    Cell::Null => Some(None),
                    cell => <$ty>::of_sqlite(cell).map(Some),
                }
            }
            fn of_postgres(row: &tokio_postgres::Row, at: usize) -> Result<Self, StorageError> {
                of_postgres(row, at)
            }
        })+
    };
}
columns! {
    i64: cell => cell.number(),
    bool: cell => cell.number().map(|number| number != 0),
    String: cell => cell.text().map(str::to_owned),
    Vec<u8>: cell => cell.bytes().map(<[u8]>::to_vec),
    Uuid: cell => cell.bytes().and_then(|bytes| Uuid::from_slice(bytes).ok()),
}

impl Row {
    /// The next column as it stands.
    pub(crate) fn get<T: Column>(&mut self) -> Result<T, StorageError> {
        let at = self.step();
        match &self.source {
            Source::Sqlite(cells) => {
                T::of_sqlite(cells.get(at)?).ok_or(StorageError::Corrupt("a column"))
            }
            Source::Postgres(row) => T::of_postgres(row, at),
        }
    }

    fn step(&mut self) -> usize {
        let at = self.next;
        self.next += 1;
        at
    }

    /// The next column as an id.
    pub(crate) fn id<T: From<Uuid>>(&mut self) -> Result<T, StorageError> {
        Ok(self.get::<Uuid>()?.into())
    }

    /// The next column as an id, if there is one.
    pub(crate) fn maybe_id<T: From<Uuid>>(&mut self) -> Result<Option<T>, StorageError> {
        Ok(self.get::<Option<Uuid>>()?.map(T::from))
    }

    /// The next column as one of an enum's codes.
    pub(crate) fn code<T: std::str::FromStr>(&mut self) -> Result<T, StorageError> {
        self.maybe_code()?.ok_or(StorageError::Corrupt("a code"))
    }

    /// The next column as one of an enum's codes, if there is one.
    pub(crate) fn maybe_code<T: std::str::FromStr>(&mut self) -> Result<Option<T>, StorageError> {
        self.maybe_parsed("a code")
    }

    /// The next column as a moment.
    pub(crate) fn time(&mut self) -> Result<DateTime<Utc>, StorageError> {
        moment(self.get()?)
    }

    /// The next column as a moment, if there is one.
    pub(crate) fn maybe_time(&mut self) -> Result<Option<DateTime<Utc>>, StorageError> {
        self.get::<Option<i64>>()?.map(moment).transpose()
    }

    /// The next column as a calendar day, if there is one.
    pub(crate) fn maybe_day(&mut self) -> Result<Option<chrono::NaiveDate>, StorageError> {
        self.maybe_parsed("a day")
    }

    /// The next column as a small count.
    pub(crate) fn count<T: TryFrom<i64>>(&mut self) -> Result<T, StorageError> {
        T::try_from(self.get::<i64>()?).map_err(|_| StorageError::Corrupt("a count"))
    }

    /// The next column's text, parsed where it lies.
    fn maybe_parsed<T: std::str::FromStr>(
        &mut self,
        what: &'static str,
    ) -> Result<Option<T>, StorageError> {
        let at = self.step();
        let text: Option<&str> = match &self.source {
            Source::Postgres(row) => of_postgres(row, at)?,
            Source::Sqlite(cells) => match cells.get(at)? {
                Cell::Null => None,
                cell => Some(cell.text().ok_or(StorageError::Corrupt(what))?),
            },
        };
        text.map(|text| text.parse().map_err(|_| StorageError::Corrupt(what)))
            .transpose()
    }
}

fn moment(micros: i64) -> Result<DateTime<Utc>, StorageError> {
    DateTime::from_timestamp_micros(micros).ok_or(StorageError::Corrupt("a moment"))
}
