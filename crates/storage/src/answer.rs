//! Offices' responses and raisers' verdicts.

use chrono::{DateTime, NaiveDate, Utc};
use domain::concern::{Outcome, OutcomeKind};
use domain::id::{AgencyId, OfficeId, PersonaId, ResponseId, ThreadId, VerdictId};
use domain::people::Language;
use domain::thread::VerdictKind;

use crate::conn::Conn;
use crate::error::StorageError;
use crate::row::Row;
use crate::write::Tx;

/// An office's formal answer. It carries the office, not the officer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The response.
    pub id: ResponseId,
    /// The concern it answers.
    pub thread: ThreadId,
    /// The agency that answers.
    pub agency: AgencyId,
    /// The office that answers.
    pub office: OfficeId,
    /// The text, in markdown.
    pub body: String,
    /// Its language.
    pub language: Language,
    /// What came of the concern.
    pub outcome: OutcomeKind,
    /// The outcome's date: of the action planned, of the next review.
    pub outcome_on: Option<NaiveDate>,
    /// The outcome's words: a reason, who is responsible, a legal basis.
    pub outcome_text: Option<String>,
    /// The concern that this one repeats.
    pub duplicate_of: Option<ThreadId>,
    /// When it was published.
    pub created_at: DateTime<Utc>,
    /// The raiser's judgement of it, if given.
    pub verdict: Option<Verdict>,
}

/// What the raiser makes of a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The verdict.
    pub id: VerdictId,
    /// What it says.
    pub kind: VerdictKind,
    /// In the raiser's words.
    pub comment: Option<String>,
    /// When it was given.
    pub created_at: DateTime<Utc>,
}

/// A response about to be written.
#[derive(Debug, Clone)]
pub struct NewResponse {
    /// Its id.
    pub id: ResponseId,
    /// The concern it answers.
    pub thread: ThreadId,
    /// The persona of the officer, which carries the office.
    pub persona: PersonaId,
    /// The agency that answers.
    pub agency: AgencyId,
    /// The office that answers.
    pub office: OfficeId,
    /// The text.
    pub body: String,
    /// Its language.
    pub language: Language,
    /// What came of the concern.
    pub outcome: Outcome,
}

/// A verdict about to be written.
#[derive(Debug, Clone)]
pub struct NewVerdict {
    /// Its id.
    pub id: VerdictId,
    /// The concern.
    pub thread: ThreadId,
    /// The response it judges.
    pub response: ResponseId,
    /// The raiser.
    pub persona: PersonaId,
    /// What it says.
    pub kind: VerdictKind,
    /// In the raiser's words.
    pub comment: Option<String>,
}

const RESPONSE: &str = "r.id, r.thread, r.agency, r.office, r.body, r.language, r.outcome, \
    r.outcome_on, r.outcome_text, r.duplicate_of, r.created_at, v.id, v.kind, v.comment, \
    v.created_at";

fn response(mut row: Row) -> Result<Response, StorageError> {
    let row = &mut row;
    Ok(Response {
        id: row.id()?,
        thread: row.id()?,
        agency: row.id()?,
        office: row.id()?,
        body: row.get()?,
        language: row.code()?,
        outcome: row.code()?,
        outcome_on: row.maybe_day()?,
        outcome_text: row.get()?,
        duplicate_of: row.maybe_id()?,
        created_at: row.time()?,
        verdict: verdict(row)?,
    })
}

fn verdict(row: &mut Row) -> Result<Option<Verdict>, StorageError> {
    let id: Option<VerdictId> = row.maybe_id()?;
    let kind: Option<VerdictKind> = row.maybe_code()?;
    let comment = row.get()?;
    let created_at = row.maybe_time()?;
    Ok(match (id, kind, created_at) {
        (Some(id), Some(kind), Some(created_at)) => Some(Verdict {
            id,
            kind,
            comment,
            created_at,
        }),
        _ => None,
    })
}

/// An outcome's date, words and other concern, each in its column.
pub(crate) fn outcome_columns(
    outcome: &Outcome,
) -> (Option<NaiveDate>, Option<&str>, Option<ThreadId>) {
    match outcome {
        Outcome::Resolved | Outcome::PartiallyResolved => (None, None, None),
        Outcome::ActionPlanned { date } => (Some(*date), None, None),
        Outcome::NoFurtherAction { reason } => (None, Some(reason.as_str()), None),
        Outcome::NotResponsible { responsible } => (None, Some(responsible.as_str()), None),
        Outcome::Duplicate { of } => (None, None, Some(*of)),
        Outcome::CannotDisclose { legal_basis } => (None, Some(legal_basis.as_str()), None),
        Outcome::SubJudice { review_on } => (Some(*review_on), None, None),
    }
}

impl Conn {
    /// The responses to concerns with their verdicts, oldest first. A concern
    /// has few: each takes a move of its life. One statement whatever the
    /// number of concerns.
    pub async fn responses(&self, threads: &[ThreadId]) -> Result<Vec<Response>, StorageError> {
        let mut params = self.params();
        let among = params.among("r.thread", threads);
        let sql = format!(
            "SELECT {RESPONSE} FROM response r LEFT JOIN verdict v ON v.response = r.id \
             WHERE {among} ORDER BY r.created_at, r.id",
        );
        self.all(&sql, params)
            .await?
            .into_iter()
            .map(response)
            .collect()
    }

    /// One response with its verdict.
    pub async fn response(&self, id: ResponseId) -> Result<Option<Response>, StorageError> {
        let sql = format!(
            "SELECT {RESPONSE} FROM response r LEFT JOIN verdict v ON v.response = r.id \
             WHERE r.id = $1",
        );
        self.one(&sql, self.params().with(id))
            .await?
            .map(response)
            .transpose()
    }

    /// The response that a verdict judges, with the verdict.
    pub async fn response_of_verdict(
        &self,
        id: VerdictId,
    ) -> Result<Option<Response>, StorageError> {
        let sql = format!(
            "SELECT {RESPONSE} FROM response r JOIN verdict v ON v.response = r.id \
             WHERE v.id = $1",
        );
        self.one(&sql, self.params().with(id))
            .await?
            .map(response)
            .transpose()
    }

    /// The newest response to a concern.
    pub async fn newest_response(
        &self,
        thread: ThreadId,
    ) -> Result<Option<Response>, StorageError> {
        let sql = format!(
            "SELECT {RESPONSE} FROM response r LEFT JOIN verdict v ON v.response = r.id \
             WHERE r.thread = $1 ORDER BY r.created_at DESC, r.id DESC LIMIT 1",
        );
        self.one(&sql, self.params().with(thread))
            .await?
            .map(response)
            .transpose()
    }
}

impl Tx {
    /// Writes a response.
    pub async fn insert_response(&self, new: &NewResponse) -> Result<(), StorageError> {
        let (on, text, duplicate_of) = outcome_columns(&new.outcome);
        let sql = "INSERT INTO response (id, thread, persona, agency, office, body, language, \
                   outcome, outcome_on, outcome_text, duplicate_of, created_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
        let params = self
            .params()
            .with(new.id)
            .with(new.thread)
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
        Ok(())
    }

    /// Writes a verdict, in the place of one that was given before.
    pub async fn put_verdict(&self, new: &NewVerdict) -> Result<(), StorageError> {
        let sql = "DELETE FROM verdict WHERE response = $1";
        self.run(sql, self.params().with(new.response)).await?;
        let sql = "INSERT INTO verdict (id, thread, response, persona, kind, comment, created_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let params = self
            .params()
            .with(new.id)
            .with(new.thread)
            .with(new.response)
            .with(new.persona)
            .with(new.kind.code())
            .with(new.comment.clone())
            .with(self.now());
        self.run(sql, params).await?;
        Ok(())
    }
}
