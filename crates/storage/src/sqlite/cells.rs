//! What a statement of SQLite's gave: the values of all its rows side by side,
//! their texts and bytes in one buffer.

use std::ops::Range;
use std::sync::Arc;

use rusqlite::types::ValueRef;

use crate::error::StorageError;

/// A value of one column, where it lies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Cell<'a> {
    Null,
    Number(i64),
    Text(&'a str),
    Bytes(&'a [u8]),
}

impl<'a> Cell<'a> {
    pub(crate) fn number(self) -> Option<i64> {
        match self {
            Self::Number(number) => Some(number),
            _ => None,
        }
    }

    pub(crate) fn text(self) -> Option<&'a str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn bytes(self) -> Option<&'a [u8]> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }
}

#[derive(Debug)]
enum Place {
    Null,
    Number(i64),
    /// It is no text, no bytes and no whole number.
    Other,
    Text(Range<usize>),
    Bytes(Range<usize>),
}

/// All rows of an answer.
#[derive(Debug)]
pub(crate) struct Block {
    columns: usize,
    places: Vec<Place>,
    /// The texts are UTF-8, checked when they came.
    texts: String,
    bytes: Vec<u8>,
}

impl Block {
    pub(crate) fn new(columns: usize) -> Self {
        Self {
            columns,
            places: Vec::new(),
            texts: String::new(),
            bytes: Vec::new(),
        }
    }

    pub(crate) fn push(&mut self, value: ValueRef<'_>) -> rusqlite::Result<()> {
        let place = match value {
            ValueRef::Null => Place::Null,
            ValueRef::Integer(number) => Place::Number(number),
            ValueRef::Real(_) => Place::Other,
            ValueRef::Text(text) => {
                let from = self.texts.len();
                let text = std::str::from_utf8(text)
                    .map_err(|error| rusqlite::Error::Utf8Error(self.places.len(), error))?;
                self.texts.push_str(text);
                Place::Text(from..self.texts.len())
            }
            ValueRef::Blob(bytes) => {
                let from = self.bytes.len();
                self.bytes.extend_from_slice(bytes);
                Place::Bytes(from..self.bytes.len())
            }
        };
        self.places.push(place);
        Ok(())
    }

    /// The rows, one after another.
    pub(crate) fn rows(self) -> impl Iterator<Item = Cells> {
        let starts = (0..self.places.len()).step_by(self.columns.max(1));
        let block = Arc::new(self);
        starts.map(move |first| Cells {
            block: Arc::clone(&block),
            first,
        })
    }
}

/// One row of an answer.
#[derive(Debug)]
pub(crate) struct Cells {
    block: Arc<Block>,
    first: usize,
}

impl Cells {
    pub(crate) fn get(&self, at: usize) -> Result<Cell<'_>, StorageError> {
        let Block {
            columns,
            places,
            texts,
            bytes,
        } = &*self.block;
        let place = places
            .get(self.first + at)
            .filter(|_| at < *columns)
            .ok_or(StorageError::Corrupt("a column"))?;
        Ok(match place {
            Place::Null => Cell::Null,
            Place::Number(number) => Cell::Number(*number),
            Place::Other => return Err(StorageError::Corrupt("a column")),
            Place::Text(range) => Cell::Text(&texts[range.clone()]),
            Place::Bytes(range) => Cell::Bytes(&bytes[range.clone()]),
        })
    }
}
