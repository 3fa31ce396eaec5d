//! What offices say that they will do, and what becomes of it.

use chrono::{DateTime, NaiveDate, Utc};
use domain::commitment::{CommitmentAct, CommitmentState, Life, Stage};
use domain::id::{AgencyId, CommitmentId, MoveId, OfficeId, PersonaId, ResponseId, ThreadId};
use domain::people::{Actor, Language};
use domain::policy::{Bound, Scope, ThreadFacts};
use domain::timeline::Side;
use uuid::Uuid;

use crate::conn::Conn;
use crate::error::StorageError;
use crate::params::Params;
use crate::row::Row;
use crate::scope::compile;
use crate::thread::{Slice, fact_columns, facts};
use crate::write::Tx;

/// What an office said that it will do. It carries the office, not the officer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commitment {
    /// The commitment.
    pub id: CommitmentId,
    /// The concern it was made in.
    pub thread: ThreadId,
    /// Whom it binds.
    pub bound: Bound,
    /// The response it goes with, if it does.
    pub response: Option<ResponseId>,
    /// What is to be done, in markdown.
    pub body: String,
    /// The language of the texts.
    pub language: Language,
    /// The day that was named first.
    pub first_due_on: NaiveDate,
    /// Its life.
    pub life: Life,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// A step on the way, as it was announced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Milestone {
    /// The commitment.
    pub commitment: CommitmentId,
    /// The how manieth it is, from 1.
    pub number: i64,
    /// What is to be reached.
    pub body: String,
    /// By which day.
    pub due_on: NaiveDate,
    /// When the office said that it was.
    pub reached_at: Option<DateTime<Utc>>,
}

/// Something that was done to a commitment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The step: an entry of the concern's timeline.
    pub id: MoveId,
    /// The commitment.
    pub commitment: CommitmentId,
    /// What was done.
    pub act: CommitmentAct,
    /// Which side did it.
    pub side: Side,
    /// Its agency, if one did.
    pub agency: Option<AgencyId>,
    /// Its office, if one did.
    pub office: Option<OfficeId>,
    /// What was said with it.
    pub note: Option<String>,
    /// How far the office said it is.
    pub percent: Option<i64>,
    /// The milestone that it said to be reached.
    pub milestone: Option<i64>,
    /// The day that was named.
    pub due_on: Option<NaiveDate>,
    /// The day in the place of which it was.
    pub was_due_on: Option<NaiveDate>,
    /// When.
    pub at: DateTime<Utc>,
}

/// Where it can be seen what was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The commitment.
    pub commitment: CommitmentId,
    /// The step that names it.
    pub step: MoveId,
    /// Its address.
    pub url: String,
    /// What it shows.
    pub body: String,
}

/// A commitment about to be written.
#[derive(Debug, Clone)]
pub struct NewCommitment {
    /// Its id.
    pub id: CommitmentId,
    /// The concern.
    pub thread: ThreadId,
    /// The persona of the officer, which carries the office.
    pub persona: PersonaId,
    /// Whom it binds.
    pub bound: Bound,
    /// The response it goes with.
    pub response: Option<ResponseId>,
    /// What is to be done.
    pub body: String,
    /// The language of the texts.
    pub language: Language,
    /// By which day.
    pub due_on: NaiveDate,
    /// The steps on the way: what, and by which day.
    pub milestones: Vec<(String, NaiveDate)>,
}

/// What a step keeps beside its entry in the timeline.
#[derive(Debug, Clone, Default)]
pub struct StepDetails {
    /// Who made it, if not time.
    pub persona: Option<PersonaId>,
    /// How far the office says it is.
    pub percent: Option<u8>,
    /// The milestone that it says to be reached.
    pub milestone: Option<i64>,
    /// The day that is named.
    pub due_on: Option<NaiveDate>,
    /// The day in the place of which it is.
    pub was_due_on: Option<NaiveDate>,
    /// Where it can be seen: address, and what it shows.
    pub evidence: Vec<(String, String)>,
}

/// A place in a list of commitments: the day, and the id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommitmentPlace {
    /// The number of the day since the year 1.
    pub days: i64,
    /// The commitment.
    pub id: Uuid,
}

/// Of whom commitments are listed.
#[derive(Debug, Clone, Copy)]
pub struct CommitmentsOf<'a> {
    /// The agency that is bound; any where nothing is said.
    pub agency: Option<AgencyId>,
    /// In which threads.
    pub scope: &'a Scope,
    /// Those that stand so; all where nothing is said.
    pub state: Option<CommitmentState>,
    /// Only those that are not settled.
    pub unsettled: bool,
}

impl CommitmentsOf<'_> {
    /// Which those are, as SQL over `c` and `t`.
    fn condition(self, params: &mut Params) -> String {
        let mut all = vec![compile(self.scope, params)];
        if let Some(agency) = self.agency {
            all.push(format!("c.agency = {}", params.push(agency)));
        }
        if let Some(state) = self.state {
            all.push(standing(state));
        }
        if self.unsettled {
            all.push(unsettled());
        }
        all.join(" AND ")
    }
}

fn unsettled() -> String {
    let codes = Stage::UNSETTLED.map(|stage| format!("'{}'", stage.code()));
    format!("c.stage IN ({})", codes.join(", "))
}

/// What [`Life::state`] says, as SQL over `c`.
fn standing(state: CommitmentState) -> String {
    let stage = match state {
        CommitmentState::Lapsed => {
            return format!("{} AND c.lapsed_at IS NOT NULL", unsettled());
        }
        CommitmentState::Open => Stage::Open,
        CommitmentState::ReportedDone => Stage::ReportedDone,
        CommitmentState::Contested => Stage::Contested,
        CommitmentState::Kept => Stage::Kept,
        CommitmentState::Withdrawn => Stage::Withdrawn,
    };
    let in_time = if stage.is_settled() {
        ""
    } else {
        " AND c.lapsed_at IS NULL"
    };
    format!("c.stage = '{}'{in_time}", stage.code())
}

const COMMITMENT: &str = "c.id, c.thread, c.agency, c.office, c.response, c.body, c.language, \
    c.first_due_on, c.stage, c.due_on, c.postponed, c.percent, c.lapsed_at, c.kept_at, \
    c.created_at";

fn commitment(row: &mut Row) -> Result<Commitment, StorageError> {
    Ok(Commitment {
        id: row.id()?,
        thread: row.id()?,
        bound: Bound {
            agency: row.id()?,
            office: row.id()?,
        },
        response: row.maybe_id()?,
        body: row.get()?,
        language: row.code()?,
        first_due_on: day(row)?,
        life: Life {
            stage: row.code()?,
            due_on: day(row)?,
            postponed: row.count()?,
            percent: row.count()?,
            lapsed_at: row.maybe_time()?,
            kept_at: row.maybe_time()?,
        },
        created_at: row.time()?,
    })
}

fn day(row: &mut Row) -> Result<NaiveDate, StorageError> {
    row.maybe_day()?.ok_or(StorageError::Corrupt("a day"))
}

impl Conn {
    /// The commitments of concerns, the oldest first. One statement whatever
    /// the number of concerns.
    pub async fn commitments(&self, threads: &[ThreadId]) -> Result<Vec<Commitment>, StorageError> {
        let mut params = self.params();
        let among = params.among("c.thread", threads);
        let sql = format!(
            "SELECT {COMMITMENT} FROM commitment c WHERE {among} ORDER BY c.created_at, c.id"
        );
        let rows = self.all(&sql, params).await?;
        rows.into_iter()
            .map(|mut row| commitment(&mut row))
            .collect()
    }

    /// One commitment.
    pub async fn commitment(&self, id: CommitmentId) -> Result<Option<Commitment>, StorageError> {
        let sql = format!("SELECT {COMMITMENT} FROM commitment c WHERE c.id = $1");
        let row = self.one(&sql, self.params().with(id)).await?;
        row.map(|mut row| commitment(&mut row)).transpose()
    }

    /// Commitments by their days, with what policy decides on
    /// their threads by for this actor. One statement.
    pub async fn commitments_of(
        &self,
        actor: &Actor,
        of: CommitmentsOf<'_>,
        slice: Slice<CommitmentPlace>,
    ) -> Result<Vec<(Commitment, ThreadFacts)>, StorageError> {
        let mut params = self.params();
        let columns = fact_columns(actor, &mut params);
        let mut conditions = vec![of.condition(&mut params)];
        let page = slice.keyset(
            ["c.due_on", "c.id"],
            &mut conditions,
            &mut params,
            |place, params| {
                let days = i32::try_from(place.days).ok();
                let day = days.and_then(NaiveDate::from_num_days_from_ce_opt);
                [params.push(day), params.push(place.id)]
            },
        );
        let sql = format!(
            "SELECT {COMMITMENT}, {columns} FROM commitment c \
             JOIN thread t ON t.id = c.thread WHERE {} \
             {page}",
            conditions.join(" AND "),
        );
        let rows = self.all(&sql, params).await?;
        rows.into_iter()
            .map(|mut row| Ok((commitment(&mut row)?, facts(&mut row, actor)?)))
            .collect()
    }

    /// How many commitments such a list has.
    pub async fn commitment_count(&self, of: CommitmentsOf<'_>) -> Result<i64, StorageError> {
        let mut params = self.params();
        let condition = of.condition(&mut params);
        let sql = format!(
            "SELECT COUNT(*) FROM commitment c JOIN thread t ON t.id = c.thread WHERE {condition}"
        );
        let row = self.one(&sql, params).await?;
        row.ok_or(StorageError::Corrupt("a count"))?.get()
    }

    /// The milestones of commitments, in order. One statement whatever their
    /// number.
    pub async fn milestones(&self, of: &[CommitmentId]) -> Result<Vec<Milestone>, StorageError> {
        let mut params = self.params();
        let among = params.among("m.commitment", of);
        let sql = format!(
            "SELECT m.commitment, m.number, m.body, m.due_on, m.reached_at \
             FROM commitment_milestone m WHERE {among} ORDER BY m.commitment, m.number"
        );
        let rows = self.all(&sql, params).await?;
        rows.into_iter()
            .map(|mut row| {
                let row = &mut row;
                Ok(Milestone {
                    commitment: row.id()?,
                    number: row.get()?,
                    body: row.get()?,
                    due_on: day(row)?,
                    reached_at: row.maybe_time()?,
                })
            })
            .collect()
    }

    /// What was done to commitments, the newest first, of each at most so
    /// much. One statement whatever their number.
    pub async fn commitment_steps(
        &self,
        of: &[CommitmentId],
        limit: u32,
    ) -> Result<Vec<Step>, StorageError> {
        let mut params = self.params();
        let among = params.among("s.commitment", of);
        let limit = params.push(i64::from(limit));
        let sql = format!(
            "SELECT s.id, s.commitment, s.kind, s.side, s.agency, s.office, s.note, s.percent, \
             s.milestone, s.due_on, s.was_due_on, s.at FROM (SELECT s.*, m.kind, m.side, \
             m.agency, m.office, m.note, m.number, m.at, ROW_NUMBER() OVER \
             (PARTITION BY s.commitment ORDER BY m.number DESC) AS place \
             FROM commitment_step s JOIN concern_move m ON m.id = s.id WHERE {among}) s \
             WHERE s.place <= {limit} ORDER BY s.commitment, s.place"
        );
        let rows = self.all(&sql, params).await?;
        rows.into_iter()
            .map(|mut row| {
                let row = &mut row;
                Ok(Step {
                    id: row.id()?,
                    commitment: row.id()?,
                    act: row.code()?,
                    side: row.code()?,
                    agency: row.maybe_id()?,
                    office: row.maybe_id()?,
                    note: row.get()?,
                    percent: row.get()?,
                    milestone: row.get()?,
                    due_on: row.maybe_day()?,
                    was_due_on: row.maybe_day()?,
                    at: row.time()?,
                })
            })
            .collect()
    }

    /// What is named as evidence of commitments, in order. One statement
    /// whatever their number.
    pub async fn evidence(&self, of: &[CommitmentId]) -> Result<Vec<Evidence>, StorageError> {
        let mut params = self.params();
        let among = params.among("s.commitment", of);
        let sql = format!(
            "SELECT s.commitment, e.step, e.url, e.body FROM commitment_evidence e \
             JOIN commitment_step s ON s.id = e.step WHERE {among} ORDER BY e.step, e.number"
        );
        let rows = self.all(&sql, params).await?;
        rows.into_iter()
            .map(|mut row| {
                Ok(Evidence {
                    commitment: row.id()?,
                    step: row.id()?,
                    url: row.get()?,
                    body: row.get()?,
                })
            })
            .collect()
    }

    /// How often an office reported on a commitment.
    pub async fn reports(&self, of: CommitmentId) -> Result<i64, StorageError> {
        let sql = "SELECT COUNT(*) FROM commitment_step WHERE commitment = $1 \
                   AND percent IS NOT NULL";
        let row = self.one(sql, self.params().with(of)).await?;
        row.ok_or(StorageError::Corrupt("a count"))?.get()
    }
}

impl Tx {
    /// Writes a commitment with its milestones.
    pub async fn insert_commitment(&self, new: &NewCommitment) -> Result<(), StorageError> {
        let sql = "INSERT INTO commitment (id, thread, persona, agency, office, response, body, \
                   language, first_due_on, due_on, stage, created_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11)";
        let params = self
            .params()
            .with(new.id)
            .with(new.thread)
            .with(new.persona)
            .with(new.bound.agency)
            .with(new.bound.office)
            .with(new.response)
            .with(new.body.as_str())
            .with(new.language.code())
            .with(new.due_on)
            .with(Stage::Open.code())
            .with(self.now());
        self.run(sql, params).await?;
        for (number, (body, due_on)) in (1_i64..).zip(&new.milestones) {
            let sql = "INSERT INTO commitment_milestone (commitment, number, body, due_on) \
                       VALUES ($1, $2, $3, $4)";
            let params = self
                .params()
                .with(new.id)
                .with(number)
                .with(body.as_str())
                .with(*due_on);
            self.run(sql, params).await?;
        }
        Ok(())
    }

    /// Saves a commitment's life.
    pub async fn save_commitment(&self, id: CommitmentId, life: &Life) -> Result<(), StorageError> {
        let sql = "UPDATE commitment SET stage = $1, due_on = $2, postponed = $3, percent = $4, \
                   lapsed_at = $5, kept_at = $6 WHERE id = $7";
        let params = self
            .params()
            .with(life.stage.code())
            .with(life.due_on)
            .with(i64::from(life.postponed))
            .with(i64::from(life.percent))
            .with(life.lapsed_at)
            .with(life.kept_at)
            .with(id);
        self.run(sql, params).await?;
        Ok(())
    }

    /// Writes what a step keeps beside its entry in the timeline, which is
    /// written.
    pub async fn insert_step(
        &self,
        id: MoveId,
        commitment: CommitmentId,
        details: &StepDetails,
    ) -> Result<(), StorageError> {
        let sql = "INSERT INTO commitment_step (id, commitment, persona, percent, milestone, \
                   due_on, was_due_on) VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let params = self
            .params()
            .with(id)
            .with(commitment)
            .with(details.persona)
            .with(details.percent.map(i64::from))
            .with(details.milestone)
            .with(details.due_on)
            .with(details.was_due_on);
        self.run(sql, params).await?;
        for (number, (url, body)) in (1_i64..).zip(&details.evidence) {
            let sql = "INSERT INTO commitment_evidence (step, number, url, body) \
                       VALUES ($1, $2, $3, $4)";
            let params = self
                .params()
                .with(id)
                .with(number)
                .with(url.as_str())
                .with(body.as_str());
            self.run(sql, params).await?;
        }
        Ok(())
    }

    /// Writes that a milestone is reached. Says whether there is one that was
    /// not before.
    pub async fn reach_milestone(
        &self,
        commitment: CommitmentId,
        number: i64,
    ) -> Result<bool, StorageError> {
        let sql = "UPDATE commitment_milestone SET reached_at = $1 \
                   WHERE commitment = $2 AND number = $3 AND reached_at IS NULL";
        let params = self.params().with(self.now()).with(commitment).with(number);
        Ok(self.run(sql, params).await? > 0)
    }
}
