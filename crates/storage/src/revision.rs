//! What threads' own texts, and posts, were before their authors changed them.

use chrono::NaiveDate;
use uuid::Uuid;

use crate::conn::Conn;
use crate::error::StorageError;
use crate::row::Row;

/// As many texts that a thread or post was before are read, the newest.
const OF_ONE_MAX: i64 = 50;

/// So many of all that are read together: of each the newest first.
const TOGETHER_MAX: i64 = 200;

/// A text as it was before it was replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// Of a thread, its title.
    pub title: Option<String>,
    /// The text, in markdown.
    pub body: String,
    /// The day on which it was replaced; more is not kept.
    pub replaced_on: NaiveDate,
    /// Of a post, whether it was ever moved to another thread.
    pub moved: bool,
}

impl Conn {
    /// What threads' own texts, and posts, were before, with which of them: of each
    /// the newest first. At most 50 of each and 200 of all. One statement whatever
    /// their number.
    pub async fn revisions(&self, objects: &[Uuid]) -> Result<Vec<(Uuid, Revision)>, StorageError> {
        let mut params = self.params();
        let among = params.among("object", objects);
        // The texts are read once it is known of which.
        let sql = format!(
            "SELECT v.object, v.title, v.body, v.replaced_on, \
             EXISTS (SELECT 1 FROM relocation r WHERE r.post = v.object) \
             FROM (SELECT n.object, n.number, t.top - n.number AS place \
             FROM (SELECT object, MAX(number) AS top FROM revision WHERE {among} \
             GROUP BY object) t JOIN revision n ON n.object = t.object \
             AND n.number > t.top - {OF_ONE_MAX} \
             ORDER BY t.top - n.number, n.object LIMIT {TOGETHER_MAX}) f \
             JOIN revision v ON v.object = f.object AND v.number = f.number \
             ORDER BY f.place, f.object"
        );
        let rows = self.all(&sql, params).await?;
        let revision = |mut row: Row| {
            let object = row.get()?;
            let revision = Revision {
                title: row.get()?,
                body: row.get()?,
                replaced_on: row.maybe_day()?.ok_or(StorageError::Corrupt("a day"))?,
                moved: row.get()?,
            };
            Ok((object, revision))
        };
        rows.into_iter().map(revision).collect()
    }
}
