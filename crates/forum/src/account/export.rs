//! Giving out all that is kept of somebody, to himself.

use chrono::{DateTime, Utc};
use domain::policy::{self, Action};
use storage::dump::Cell;

use crate::{Error, Forum, Viewer};

pub use storage::dump::Cell as Value;
pub use storage::own_data::{Field, Is, SECTIONS, Section, UNSHOWN, Why};

/// How far it is.
#[derive(Debug, Clone)]
pub struct Export {
    begun_at: DateTime<Utc>,
    section: usize,
    after: Option<Vec<Cell>>,
}

/// Some rows of a section.
#[derive(Debug)]
pub struct Part {
    /// The section.
    pub section: &'static Section,
    /// Its rows, each with a value for each field.
    pub rows: Vec<Vec<Cell>>,
    /// Whether it begins with them.
    pub first: bool,
    /// Whether it ends with them.
    pub last: bool,
}

impl Export {
    /// When it began.
    pub const fn begun_at(&self) -> DateTime<Utc> {
        self.begun_at
    }
}

impl Forum {
    /// Begins to give out all that is kept of the viewer, so often in an hour.
    pub fn begin_export(&self, viewer: &Viewer) -> Result<Export, Error> {
        policy::decide(&viewer.actor, &Action::ManageOwnAccount)?;
        let account = viewer.account.ok_or_else(Error::not_found)?;
        let now = self.now();
        self.people.limits.export(now, account)?;
        Ok(Export {
            begun_at: now,
            section: 0,
            after: None,
        })
    }

    /// Gives out the next rows, while the session stands that asked for them;
    /// `None` at the end. At most two statements, the same for few and many
    /// rows; rows are read as they are at that moment.
    pub async fn export_some(
        &self,
        viewer: &Viewer,
        export: &mut Export,
    ) -> Result<Option<Part>, Error> {
        policy::decide(&viewer.actor, &Action::ManageOwnAccount)?;
        let Some(section) = SECTIONS.get(export.section) else {
            return Ok(None);
        };
        let account = viewer.account.ok_or_else(Error::not_found)?;
        let read = self.store.read();
        if let Some(session) = viewer.session
            && !read.session_stands(session).await?
        {
            return Err(Error::not_found());
        }
        let scope = policy::scope(&viewer.actor);
        let first = export.after.is_none();
        let after = export.after.take();
        let rows = read
            .own_rows(section, account, &scope, after.as_deref())
            .await?;
        let last = rows.next.is_none();
        if last {
            export.section += 1;
        }
        export.after = rows.next;
        Ok(Some(Part {
            section,
            rows: rows.rows,
            first,
            last,
        }))
    }
}
