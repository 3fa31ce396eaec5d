//! What is struck out of texts: the originals are sealed, and destroyed when
//! nobody can appeal any more.

use chrono::{DateTime, Utc};
use domain::id::{ModlogId, ThreadId};
use uuid::Uuid;

use crate::conn::Conn;
use crate::error::StorageError;
use crate::post::Post;
use crate::thread::Thread;
use crate::write::Tx;

/// A text as it stood before something was struck out of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Original {
    /// Of a thread, its title.
    pub title: Option<String>,
    /// The text.
    pub body: String,
    /// Which text the redaction left.
    pub left_version: String,
}

/// A text that is about to be sealed.
#[derive(Debug, Clone, Copy)]
pub struct Sealing<'a> {
    /// The entry that tells of it.
    pub redaction: ModlogId,
    /// The thread or the post.
    pub object: Uuid,
    /// The thread, or the one that the post stands in.
    pub thread: ThreadId,
    /// Of a thread, its title as it stands.
    pub title: Option<&'a str>,
    /// The text as it stands.
    pub body: &'a str,
    /// Which text is left.
    pub left_version: &'a str,
    /// When it is destroyed.
    pub destroy_at: DateTime<Utc>,
}

impl Conn {
    /// The text as it stood before a redaction, if that is not destroyed yet.
    pub async fn original(
        &self,
        redaction: ModlogId,
        object: Uuid,
    ) -> Result<Option<Original>, StorageError> {
        let sql = "SELECT title, body, left_version FROM sealed_original \
                   WHERE redaction = $1 AND object = $2 AND number = 0";
        let params = self.params().with(redaction).with(object);
        let row = self.one(sql, params).await?;
        row.map(|mut row| {
            Ok(Original {
                title: row.get()?,
                body: row.get()?,
                left_version: row
                    .get::<Option<String>>()?
                    .ok_or(StorageError::Corrupt("a sealed text"))?,
            })
        })
        .transpose()
    }
}

/// Where a copy of a thread's or post's text stands, and by what it is found; `$2`
/// is the thread or post.
const COPIES: [(&str, &str); 2] = [
    ("reviewable", "subject = $2"),
    ("sanction", "(post = $2 OR post IS NULL AND thread = $2)"),
];

/// The numbers of the texts that a thread or post had before; it is `$1`. Those that
/// are sealed keep theirs, and may come back; those that were destroyed are still
/// counted where somebody flagged the text since.
pub(crate) const REVISIONS: &str = "(SELECT number FROM revision WHERE object = $1 UNION ALL \
     SELECT number FROM sealed_original WHERE object = $1 UNION ALL \
     SELECT revision FROM flag WHERE subject = $1)";

impl Tx {
    /// Seals a text, those that it had before, and what was flagged of it or
    /// sanctioned for. What flags saw of the texts before nobody is told any more.
    pub async fn seal_original(&self, of: Sealing<'_>) -> Result<(), StorageError> {
        let sql = "INSERT INTO sealed_original (redaction, object, number, thread, title, body, \
                   left_version, destroy_at) VALUES ($1, $2, 0, $3, $4, $5, $6, $7)";
        let params = self
            .params()
            .with(of.redaction)
            .with(of.object)
            .with(of.thread)
            .with(of.title.map(str::to_owned))
            .with(of.body)
            .with(of.left_version)
            .with(of.destroy_at);
        self.run(sql, params).await?;
        for sql in [
            "INSERT INTO sealed_original (redaction, object, number, thread, title, body, \
             replaced_on, destroy_at) SELECT $1, object, number, thread, title, body, \
             replaced_on, $3 FROM revision WHERE object = $2",
        ] {
            let params = self.params().with(of.redaction).with(of.object);
            self.run(sql, params.with(of.destroy_at)).await?;
        }
        for (table, of_object) in COPIES {
            let sql = format!(
                "INSERT INTO sealed_original (redaction, object, number, thread, title, body, \
                 destroy_at) SELECT $1, id, 0, thread, title, body, $3 FROM {table} \
                 WHERE {of_object}"
            );
            let params = self.params().with(of.redaction).with(of.object);
            self.run(&sql, params.with(of.destroy_at)).await?;
        }
        for sql in [
            "UPDATE flag SET revision = NULL WHERE subject = $1 \
             AND revision < (SELECT MAX(number) FROM revision WHERE object = $1)",
            "DELETE FROM revision WHERE object = $1",
        ] {
            self.run(sql, self.params().with(of.object)).await?;
        }
        Ok(())
    }

    /// Puts back the texts that were sealed beside one that is put back, and
    /// keeps no seal any more.
    pub async fn unseal_original(
        &self,
        redaction: ModlogId,
        object: Uuid,
    ) -> Result<(), StorageError> {
        let sql = "INSERT INTO revision (object, number, thread, title, body, replaced_on) \
                   SELECT object, number, thread, title, body, replaced_on FROM sealed_original \
                   WHERE redaction = $1 AND object = $2 AND number > 0";
        let params = self.params().with(redaction).with(object);
        self.run(sql, params).await?;
        for (table, of_object) in COPIES {
            let of = format!("s.redaction = $1 AND s.object = {table}.id");
            let sql = format!(
                "UPDATE {table} SET title = (SELECT s.title FROM sealed_original s WHERE {of}), \
                 body = (SELECT s.body FROM sealed_original s WHERE {of}) \
                 WHERE {of_object} AND EXISTS (SELECT 1 FROM sealed_original s WHERE {of})"
            );
            let params = self.params().with(redaction).with(object);
            self.run(&sql, params).await?;
        }
        let sql = "DELETE FROM sealed_original WHERE redaction = $1";
        self.run(sql, self.params().with(redaction)).await?;
        Ok(())
    }

    /// Replaces a thread's texts by what a moderator left of them, or put back. No
    /// revision is kept, nor what the text was compared by: what was struck out could
    /// be guessed by it.
    pub async fn rewrite_thread(
        &self,
        old: &Thread,
        title: &str,
        body: &str,
    ) -> Result<(), StorageError> {
        let id = old.facts.id;
        let sql = "UPDATE thread SET title = $1, body = $2, fingerprint = NULL, said = NULL \
                   WHERE id = $3";
        let params = self.params().with(title).with(body).with(id);
        self.run(sql, params).await?;
        self.write_search_doc(id.0, id, old.language, &format!("{title} {body}"))
            .await
    }

    /// The same of a post.
    pub async fn rewrite_post(&self, old: &Post, body: &str) -> Result<(), StorageError> {
        let id = old.facts.id;
        let sql = "UPDATE post SET body = $1, fingerprint = NULL, said = NULL WHERE id = $2";
        self.run(sql, self.params().with(body).with(id)).await?;
        self.write_search_doc(id.0, old.thread, old.language, body)
            .await
    }

    /// Has what was flagged of a thread or post, or sanctioned for, show no more
    /// than it does.
    pub async fn rewrite_flagged(
        &self,
        subject: Uuid,
        title: Option<&str>,
        body: &str,
    ) -> Result<(), StorageError> {
        for (table, of_object) in COPIES {
            let sql = format!("UPDATE {table} SET title = $1, body = $3 WHERE {of_object}");
            let title = title.map(str::to_owned);
            let params = self.params().with(title).with(subject).with(body);
            self.run(&sql, params).await?;
        }
        Ok(())
    }

    /// How many threads are to be read first.
    pub async fn pinned_threads(&self) -> Result<i64, StorageError> {
        let sql = "SELECT COUNT(*) FROM thread WHERE pinned_at IS NOT NULL";
        let row = self.one(sql, self.params()).await?;
        row.ok_or(StorageError::Corrupt("a count"))?.get()
    }
}
