//! Letters on paper to agencies that do not answer in the forum.

use chrono::{DateTime, NaiveDate, Utc};
use domain::id::{AgencyId, LetterId, PersonaId, ThreadId};
use domain::letter::LetterKind;

use crate::conn::Conn;
use crate::error::StorageError;
use crate::row::Row;
use crate::write::Tx;

/// A letter that went on paper. Who recorded it is kept, and not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The letter.
    pub id: LetterId,
    /// The concern it is about.
    pub thread: ThreadId,
    /// To whom it went.
    pub agency: AgencyId,
    /// What it was.
    pub kind: LetterKind,
    /// The day on which it was sent.
    pub sent_on: NaiveDate,
    /// When that was recorded.
    pub recorded_at: DateTime<Utc>,
    /// The day on which a reply came, if one did.
    pub reply_on: Option<NaiveDate>,
    /// What it says, in markdown.
    pub reply: Option<String>,
}

/// A letter about to be written down.
#[derive(Debug, Clone, Copy)]
pub struct NewLetter {
    /// Its id.
    pub id: LetterId,
    /// The concern.
    pub thread: ThreadId,
    /// To whom it went.
    pub agency: AgencyId,
    /// What it was.
    pub kind: LetterKind,
    /// The day on which it was sent.
    pub sent_on: NaiveDate,
    /// The persona of the moderator who records it.
    pub persona: PersonaId,
}

/// A reply about to be written down.
#[derive(Debug, Clone, Copy)]
pub struct PaperReply<'a> {
    /// The letter it answers.
    pub letter: LetterId,
    /// The day on which it came.
    pub received_on: NaiveDate,
    /// What it says, in markdown.
    pub body: &'a str,
    /// The persona of the moderator who records it.
    pub persona: PersonaId,
}

const LETTER: &str = "l.id, l.thread, l.agency, l.kind, l.sent_on, l.recorded_at, l.reply_on, \
    l.reply";

fn letter(mut row: Row) -> Result<Letter, StorageError> {
    Ok(Letter {
        id: row.id()?,
        thread: row.id()?,
        agency: row.id()?,
        kind: row.code()?,
        sent_on: row.maybe_day()?.ok_or(StorageError::Corrupt("a day"))?,
        recorded_at: row.time()?,
        reply_on: row.maybe_day()?,
        reply: row.get()?,
    })
}

impl Conn {
    /// The letters about concerns, the oldest first. One statement whatever the
    /// number of concerns.
    pub async fn letters(&self, threads: &[ThreadId]) -> Result<Vec<Letter>, StorageError> {
        let mut params = self.params();
        let among = params.among("l.thread", threads);
        let sql =
            format!("SELECT {LETTER} FROM letter l WHERE {among} ORDER BY l.recorded_at, l.id");
        let rows = self.all(&sql, params).await?;
        rows.into_iter().map(letter).collect()
    }

    /// One letter.
    pub async fn letter(&self, id: LetterId) -> Result<Option<Letter>, StorageError> {
        let sql = format!("SELECT {LETTER} FROM letter l WHERE l.id = $1");
        let row = self.one(&sql, self.params().with(id)).await?;
        row.map(letter).transpose()
    }
}

impl Tx {
    /// Writes down that a letter was sent.
    pub async fn insert_letter(&self, new: &NewLetter) -> Result<(), StorageError> {
        let sql = "INSERT INTO letter (id, thread, agency, kind, sent_on, persona, recorded_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let params = self
            .params()
            .with(new.id)
            .with(new.thread)
            .with(new.agency)
            .with(new.kind.code())
            .with(new.sent_on)
            .with(new.persona)
            .with(self.now());
        self.run(sql, params).await?;
        Ok(())
    }

    /// Writes down what came back.
    pub async fn save_paper_reply(&self, reply: PaperReply<'_>) -> Result<(), StorageError> {
        let sql = "UPDATE letter SET reply_on = $1, reply = $2, reply_persona = $3, \
                   reply_recorded_at = $4 WHERE id = $5";
        let params = self
            .params()
            .with(reply.received_on)
            .with(reply.body)
            .with(reply.persona)
            .with(self.now())
            .with(reply.letter);
        self.run(sql, params).await?;
        Ok(())
    }
}
