//! Drafts of offices' answers, seen only inside the agency.

use chrono::{DateTime, NaiveDate, Utc};
use domain::concern::OutcomeKind;
use domain::id::{AgencyId, DraftId, OfficeId, PersonaId, ResponseId, ThreadId};
use domain::people::Language;

use crate::answer::{NewResponse, outcome_columns};
use crate::conn::Conn;
use crate::error::StorageError;
use crate::row::Row;
use crate::write::Tx;

/// A version of an answer that is not published yet, or was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The version.
    pub id: DraftId,
    /// The concern it answers.
    pub thread: ThreadId,
    /// The how manieth draft of the concern it is, from 1.
    pub number: i64,
    /// Who wrote it.
    pub persona: PersonaId,
    /// The agency in which it was written.
    pub agency: AgencyId,
    /// The office in which it was written.
    pub office: OfficeId,
    /// The text, in markdown.
    pub body: String,
    /// Its language.
    pub language: Language,
    /// What is to come of the concern.
    pub outcome: OutcomeKind,
    /// The outcome's date.
    pub outcome_on: Option<NaiveDate>,
    /// The outcome's words.
    pub outcome_text: Option<String>,
    /// The concern that this one repeats.
    pub duplicate_of: Option<ThreadId>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When a second officer approved it.
    pub approved_at: Option<DateTime<Utc>>,
    /// The response that was published from it.
    pub response: Option<ResponseId>,
}

const DRAFT: &str = "d.id, d.thread, d.number, d.persona, d.agency, d.office, d.body, d.language, \
    d.outcome, d.outcome_on, d.outcome_text, d.duplicate_of, d.created_at, d.approved_at, \
    d.response";

fn draft(mut row: Row) -> Result<Draft, StorageError> {
    let row = &mut row;
    Ok(Draft {
        id: row.id()?,
        thread: row.id()?,
        number: row.get()?,
        persona: row.id()?,
        agency: row.id()?,
        office: row.id()?,
        body: row.get()?,
        language: row.code()?,
        outcome: row.code()?,
        outcome_on: row.maybe_day()?,
        outcome_text: row.get()?,
        duplicate_of: row.maybe_id()?,
        created_at: row.time()?,
        approved_at: row.maybe_time()?,
        response: row.maybe_id()?,
    })
}

impl Conn {
    /// The drafts of a concern that an agency wrote, the newest first.
    pub async fn drafts(
        &self,
        thread: ThreadId,
        agency: AgencyId,
        limit: u32,
    ) -> Result<Vec<Draft>, StorageError> {
        let sql = format!(
            "SELECT {DRAFT} FROM response_draft d WHERE d.thread = $1 AND d.agency = $2 \
             ORDER BY d.number DESC LIMIT $3"
        );
        let params = self.params().with(thread).with(agency);
        let rows = self.all(&sql, params.with(i64::from(limit))).await?;
        rows.into_iter().map(draft).collect()
    }

    /// One draft.
    pub async fn draft(&self, id: DraftId) -> Result<Option<Draft>, StorageError> {
        let sql = format!("SELECT {DRAFT} FROM response_draft d WHERE d.id = $1");
        let row = self.one(&sql, self.params().with(id)).await?;
        row.map(draft).transpose()
    }

    /// How many drafts of a concern a persona wrote.
    pub async fn drafts_by(
        &self,
        thread: ThreadId,
        persona: PersonaId,
    ) -> Result<i64, StorageError> {
        let sql = "SELECT COUNT(*) FROM response_draft WHERE thread = $1 AND persona = $2";
        let row = self
            .one(sql, self.params().with(thread).with(persona))
            .await?;
        row.ok_or(StorageError::Corrupt("a count"))?.get()
    }

    /// How many drafts a concern has: the number of the newest.
    pub async fn newest_draft(&self, thread: ThreadId) -> Result<i64, StorageError> {
        let sql = "SELECT COALESCE(MAX(number), 0) FROM response_draft WHERE thread = $1";
        let row = self.one(sql, self.params().with(thread)).await?;
        row.ok_or(StorageError::Corrupt("a count"))?.get()
    }
}

impl Tx {
    /// Writes a draft of a concern whose row is locked: what a response to it
    /// would be. It takes the place of the one before.
    pub async fn insert_draft(&self, new: &NewResponse, number: i64) -> Result<(), StorageError> {
        let (on, text, duplicate_of) = outcome_columns(&new.outcome);
        let sql = "INSERT INTO response_draft (id, thread, number, persona, agency, office, body, \
                   language, outcome, outcome_on, outcome_text, duplicate_of, created_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
        let params = self
            .params()
            .with(new.id)
            .with(new.thread)
            .with(number)
            .with(new.persona)
            .with(new.agency)
            .with(new.office)
            .with(new.body.as_str())
            .with(new.language.code())
            .with(new.outcome.kind().code())
            .with(on)
            .with(text.map(str::to_owned))
            .with(duplicate_of)
            .with(self.now());
        self.run(sql, params).await?;
        self.save_drafter(new.thread, Some(new.persona)).await
    }

    /// Saves whose draft waits to be approved.
    pub async fn save_drafter(
        &self,
        thread: ThreadId,
        persona: Option<PersonaId>,
    ) -> Result<(), StorageError> {
        let sql = "UPDATE thread SET drafter = $1 WHERE id = $2";
        let params = self.params().with(persona).with(thread);
        self.run(sql, params).await?;
        Ok(())
    }

    /// Publishes a draft as a response, signed by this office.
    pub async fn publish_draft(
        &self,
        id: DraftId,
        approver: PersonaId,
        response: ResponseId,
        office: OfficeId,
    ) -> Result<(), StorageError> {
        let sql = "INSERT INTO response (id, thread, persona, agency, office, body, language, \
                   outcome, outcome_on, outcome_text, duplicate_of, created_at) \
                   SELECT $1, thread, persona, agency, $2, body, language, outcome, outcome_on, \
                   outcome_text, duplicate_of, $3 FROM response_draft WHERE id = $4";
        let params = self
            .params()
            .with(response)
            .with(office)
            .with(self.now())
            .with(id);
        self.run(sql, params).await?;
        let sql = "UPDATE response_draft SET approver = $1, approved_at = $2, response = $3 \
                   WHERE id = $4";
        let params = self
            .params()
            .with(approver)
            .with(self.now())
            .with(response)
            .with(id);
        self.run(sql, params).await?;
        Ok(())
    }
}
