//! Templates of agencies' answers.

use chrono::{DateTime, Utc};
use domain::concern::State;
use domain::id::{AgencyId, OfficeId, TemplateId};
use domain::people::Language;
use domain::template::MeantFor;

use crate::conn::Conn;
use crate::error::StorageError;
use crate::row::Row;
use crate::store::Backend;
use crate::write::Tx;

/// The words of a template in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// What it is called.
    pub title: String,
    /// Its text, in markdown, with blanks.
    pub body: String,
}

/// A template, as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The office that wrote it last.
    pub office: OfficeId,
    /// The code of the category that it is meant for, with those under it.
    pub category: Option<String>,
    /// Where a concern stands that it is meant for.
    pub state: Option<State>,
    /// English.
    pub en: Option<Words>,
    /// Urdu.
    pub ur: Option<Words>,
}

/// A template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Its id.
    pub id: TemplateId,
    /// The agency whose officers use it.
    pub agency: AgencyId,
    /// What was written.
    pub draft: Draft,
    /// The how manieth version it is, from 1.
    pub version: i64,
    /// When it was first written.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub changed_at: DateTime<Utc>,
    /// When it was retired.
    pub retired_at: Option<DateTime<Utc>>,
}

impl Template {
    /// Its words in a language.
    pub const fn words(&self, language: Language) -> Option<&Words> {
        match language {
            Language::En => self.draft.en.as_ref(),
            Language::Ur => self.draft.ur.as_ref(),
        }
    }

    /// For what it is meant.
    pub fn meant_for(&self) -> MeantFor<'_> {
        MeantFor {
            category: self.draft.category.as_deref(),
            state: self.draft.state,
        }
    }
}

const TEMPLATE: &str = "t.id, t.agency, t.office, t.category, t.state, t.title_en, t.body_en, \
    t.title_ur, t.body_ur, t.version, t.created_at, t.changed_at, t.retired_at";

fn words(row: &mut Row) -> Result<Option<Words>, StorageError> {
    let (title, body): (Option<String>, Option<String>) = (row.get()?, row.get()?);
    Ok(title.zip(body).map(|(title, body)| Words { title, body }))
}

fn template(mut row: Row) -> Result<Template, StorageError> {
    Ok(Template {
        id: row.id()?,
        agency: row.id()?,
        draft: Draft {
            office: row.id()?,
            category: row.get()?,
            state: row.maybe_code()?,
            en: words(&mut row)?,
            ur: words(&mut row)?,
        },
        version: row.get()?,
        created_at: row.time()?,
        changed_at: row.time()?,
        retired_at: row.maybe_time()?,
    })
}

impl Conn {
    /// The templates of an agency that are not retired, the oldest first.
    pub async fn templates(&self, agency: AgencyId) -> Result<Vec<Template>, StorageError> {
        let sql = format!(
            "SELECT {TEMPLATE} FROM response_template t \
             WHERE t.agency = $1 AND t.retired_at IS NULL ORDER BY t.created_at, t.id"
        );
        let rows = self.all(&sql, self.params().with(agency)).await?;
        rows.into_iter().map(template).collect()
    }

    /// One template, also one that is retired.
    pub async fn template(&self, id: TemplateId) -> Result<Option<Template>, StorageError> {
        let sql = format!("SELECT {TEMPLATE} FROM response_template t WHERE t.id = $1");
        let row = self.one(&sql, self.params().with(id)).await?;
        row.map(template).transpose()
    }
}

impl Tx {
    /// How many templates an agency has that are not retired. They stay so many
    /// until the transaction ends.
    pub async fn count_templates(&self, agency: AgencyId) -> Result<i64, StorageError> {
        // SQLite has one writer at a time.
        if self.backend == Backend::Postgres {
            let sql = "SELECT 1 FROM agency WHERE id = $1 FOR UPDATE";
            self.one(sql, self.params().with(agency)).await?;
        }
        let sql = "SELECT COUNT(*) FROM response_template \
                   WHERE agency = $1 AND retired_at IS NULL";
        let row = self.one(sql, self.params().with(agency)).await?;
        row.map_or(Ok(0), |mut row| row.get())
    }

    /// Writes a new template.
    pub async fn insert_template(
        &self,
        id: TemplateId,
        agency: AgencyId,
        new: &Draft,
    ) -> Result<(), StorageError> {
        let sql = "INSERT INTO response_template (office, category, state, title_en, body_en, \
                   title_ur, body_ur, changed_at, id, agency, created_at, version) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $8, 1)";
        let params = self.written(new).with(id).with(agency);
        self.run(sql, params).await?;
        Ok(())
    }

    /// Changes a template, if it still is of this version and not retired; says
    /// whether it is.
    pub async fn change_template(
        &self,
        id: TemplateId,
        version: i64,
        new: &Draft,
    ) -> Result<bool, StorageError> {
        let sql = "UPDATE response_template SET office = $1, category = $2, state = $3, \
                   title_en = $4, body_en = $5, title_ur = $6, body_ur = $7, changed_at = $8, \
                   version = version + 1 \
                   WHERE id = $9 AND version = $10 AND retired_at IS NULL";
        let params = self.written(new).with(id).with(version);
        Ok(self.run(sql, params).await? > 0)
    }

    /// Retires a template; says whether it was not retired before.
    pub async fn retire_template(&self, id: TemplateId) -> Result<bool, StorageError> {
        let sql = "UPDATE response_template SET retired_at = $1 \
                   WHERE id = $2 AND retired_at IS NULL";
        let params = self.params().with(self.now()).with(id);
        Ok(self.run(sql, params).await? > 0)
    }

    /// What was written, as the first parameters.
    fn written(&self, new: &Draft) -> crate::params::Params {
        let (en, ur) = (new.en.as_ref(), new.ur.as_ref());
        self.params()
            .with(new.office)
            .with(new.category.as_deref())
            .with(new.state.map(State::code))
            .with(en.map(|one| one.title.as_str()))
            .with(en.map(|one| one.body.as_str()))
            .with(ur.map(|one| one.title.as_str()))
            .with(ur.map(|one| one.body.as_str()))
            .with(self.now())
    }
}
