//! What is kept of a person, as it is given out to himself: a list of sections,
//! each of one table, and what of the tables is not given out, and why.
//!
//! A schema test holds the list to [`crate::data_map`]: a column that says
//! something of a person and stands in neither fails it. Whoever adds such a
//! column decides here whether its owner is shown it.

mod sections;

use domain::event::StreamName;
use domain::id::{AccountId, SessionId};
use domain::policy::Scope;

use crate::conn::Conn;
use crate::dump::{Cell, Kind};
use crate::error::StorageError;
use crate::params::Params;
use crate::scope::compile;

pub use sections::{SECTIONS, UNSHOWN};

/// So many rows are read at once: what a reader is slow to take does not fill
/// the memory.
pub const ROWS_AT_ONCE: usize = 200;

/// What a value is, for whoever shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Is {
    /// An id.
    Id,
    /// A moment, in microseconds.
    Moment,
    /// A whole number.
    Number,
    /// Yes or no.
    Flag,
    /// A code, a day, a name that is none of his.
    Code,
    /// Words that somebody wrote.
    Words,
    /// Bytes.
    Bytes,
}

impl Is {
    const fn kind(self) -> Kind {
        match self {
            Self::Id => Kind::Id,
            Self::Moment | Self::Number => Kind::Number,
            Self::Flag => Kind::Flag,
            Self::Code | Self::Words => Kind::Text,
            Self::Bytes => Kind::Bytes,
        }
    }
}

/// A value of a row, by what it is called outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// What it is called.
    pub name: &'static str,
    /// Where it stands, as SQL; the section's table is `x`.
    pub sql: &'static str,
    /// What it is.
    pub is: Is,
}

/// Rows of one table that are kept of somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Section {
    /// What it is called.
    pub name: &'static str,
    /// The table, which is `x` in what follows.
    pub table: &'static str,
    /// What is joined to it.
    pub with: &'static str,
    /// Which rows are his, as SQL. See `expand`.
    pub own: &'static str,
    /// Whether he is given only what stands in threads that he sees, and what
    /// stands in none: what he did for an office or by a duty, and what he was
    /// told.
    pub in_sight: bool,
    /// A unique key, by which rows are sorted.
    pub key: &'static [Field],
    /// What is given out of a row.
    pub fields: &'static [Field],
}

/// Why a column is not given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It opens something: who has the file could use it.
    Secret,
    /// It names somebody else, or would tell of him.
    Another,
    /// It is made of what stands elsewhere in the file.
    Elsewhere,
    /// Nobody can tell whose it is.
    Nobody,
}

impl Why {
    /// Its code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Secret => "SECRET",
            Self::Another => "ANOTHER_PERSON",
            Self::Elsewhere => "ELSEWHERE_IN_THIS_FILE",
            Self::Nobody => "NOBODY_CAN_TELL_WHOSE",
        }
    }
}

/// Puts in whose rows are meant:
///
/// | Word | Stands for |
/// |---|---|
/// | `{me}` | the account |
/// | `{mine}` | its personas |
/// | `{own}` | those of them that spoke for no office |
/// | `{office}` | those that did |
/// | `{threads}` | the threads that it raised |
/// | `{number}` | the number by which the record of moderation knows it |
/// | `{inbox}` | the name of its inbox |
pub(crate) fn expand(condition: &str, account: AccountId, params: &mut Params) -> String {
    const WORDS: [(&str, &str); 5] = [
        (
            "{threads}",
            "(SELECT id FROM thread WHERE persona IN {mine})",
        ),
        ("{mine}", "(SELECT id FROM persona WHERE account = {me})"),
        (
            "{own}",
            "(SELECT id FROM persona WHERE account = {me} AND office IS NULL)",
        ),
        (
            "{office}",
            "(SELECT id FROM persona WHERE account = {me} AND office IS NOT NULL)",
        ),
        (
            "{number}",
            "(SELECT number FROM moderator_number WHERE account = {me})",
        ),
    ];
    let mut sql = condition.to_owned();
    for (word, meaning) in WORDS {
        sql = sql.replace(word, meaning);
    }
    if sql.contains("{me}") {
        sql = sql.replace("{me}", &params.push(account));
    }
    if sql.contains("{inbox}") {
        let inbox = StreamName::Inbox(account).to_string();
        sql = sql.replace("{inbox}", &params.push(inbox));
    }
    sql
}

/// Rows as they are read: what is given out of each, and the key of the last.
#[derive(Debug)]
pub struct Rows {
    /// What is given out of each, in the order of the fields.
    pub rows: Vec<Vec<Cell>>,
    /// Where to go on, if there may be more.
    pub next: Option<Vec<Cell>>,
}

impl Conn {
    /// Rows of a section, after a key. One statement.
    pub async fn own_rows(
        &self,
        section: &Section,
        account: AccountId,
        threads: &Scope,
        after: Option<&[Cell]>,
    ) -> Result<Rows, StorageError> {
        let Section {
            table,
            with,
            key,
            fields,
            ..
        } = section;
        let mut params = self.params();
        let mut conditions = vec![format!("({})", expand(section.own, account, &mut params))];
        if section.in_sight {
            let seen = compile(threads, &mut params);
            conditions.push(format!("(t.id IS NULL OR {seen})"));
        }
        let order: Vec<&str> = key.iter().map(|field| field.sql).collect();
        let order = order.join(", ");
        if let Some(after) = after {
            let places = after.iter().zip(*key);
            let places: Vec<String> = places
                .map(|(cell, field)| params.push_value(cell.clone().into_value(field.is.kind())))
                .collect();
            conditions.push(format!("({order}) > ({})", places.join(", ")));
        }
        let wanted: Vec<&str> = key.iter().chain(*fields).map(|field| field.sql).collect();
        let sql = format!(
            "SELECT {} FROM {table} x {with} WHERE {} ORDER BY {order} LIMIT {ROWS_AT_ONCE}",
            wanted.join(", "),
            conditions.join(" AND "),
        );
        let mut rows = Vec::new();
        let mut last = None;
        for mut row in self.all(&sql, params).await? {
            let mut read = |field: &Field| Cell::read(&mut row, field.is.kind());
            let place = key.iter().map(&mut read).collect::<Result<_, _>>()?;
            rows.push(fields.iter().map(&mut read).collect::<Result<_, _>>()?);
            last = Some(place);
        }
        Ok(Rows {
            next: last.filter(|_| rows.len() == ROWS_AT_ONCE),
            rows,
        })
    }

    /// Whether a session is there: what it began may go on.
    pub async fn session_stands(&self, id: SessionId) -> Result<bool, StorageError> {
        let sql = "SELECT 1 FROM session WHERE id = $1";
        Ok(self.one(sql, self.params().with(id)).await?.is_some())
    }
}
