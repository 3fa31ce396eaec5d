//! Posts: pages of them, and writing them.

use chrono::{DateTime, NaiveDate, Utc};
use domain::id::{PersonaId, PostId, ThreadId};
use domain::moderation::{Fingerprint, Wording};
use domain::people::Language;
use domain::policy::{PostFacts, Scope};
use domain::thread::{ModerationStatus, Reuse};
use uuid::Uuid;

use crate::conn::Conn;
use crate::error::StorageError;
use crate::row::Row;
use crate::scope::compile;
use crate::store::Backend;
use crate::thread::{AUTHOR, Author, Slice, author, search_doc};
use crate::write::Tx;

/// A post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// What policy decides on.
    pub facts: PostFacts,
    /// The thread it stands in.
    pub thread: ThreadId,
    /// The text, in markdown.
    pub body: String,
    /// Its language.
    pub language: Language,
    /// Why a moderator held, minimized or removed it.
    pub status_reason: Option<String>,
    /// What may be done with its text.
    pub reuse: Reuse,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When its text was last changed.
    pub edited_at: Option<DateTime<Utc>>,
    /// Who wrote it.
    pub author: Author,
}

/// A post about to be written.
#[derive(Debug, Clone)]
pub struct NewPost {
    /// Its id.
    pub id: PostId,
    /// The thread it stands in.
    pub thread: ThreadId,
    /// Who writes it.
    pub persona: PersonaId,
    /// The text.
    pub body: String,
    /// Its language.
    pub language: Language,
    /// How moderation stands.
    pub status: ModerationStatus,
    /// What may be done with its text.
    pub reuse: Reuse,
    /// The fingerprint of its text, if a newcomer writes it where it is compared
    /// with others.
    pub fingerprint: Option<Fingerprint>,
    /// Its wording, where it is compared with others and is no greeting.
    pub said: Option<Wording>,
}

/// A place among a thread's posts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PostPlace {
    /// When it was written, in microseconds.
    pub micros: i64,
    /// The post.
    pub id: Uuid,
}

pub(crate) const POST: &str = "p.id, p.persona, p.status, p.thread, p.body, p.language, p.status_reason, \
    p.reuse, p.created_at, p.edited_at";

pub(crate) fn post(mut row: Row) -> Result<Post, StorageError> {
    let row = &mut row;
    Ok(Post {
        facts: PostFacts {
            id: row.id()?,
            author: row.id()?,
            status: row.code()?,
        },
        thread: row.id()?,
        body: row.get()?,
        language: row.code()?,
        status_reason: row.get()?,
        reuse: row.code()?,
        created_at: row.time()?,
        edited_at: row.maybe_time()?,
        author: author(row)?,
    })
}

impl Conn {
    /// Posts of a thread with their authors, in the order of reading.
    pub async fn posts(
        &self,
        thread: ThreadId,
        scope: &Scope,
        slice: Slice<PostPlace>,
    ) -> Result<Vec<Post>, StorageError> {
        let mut params = self.params();
        let mut conditions = vec![
            format!("p.thread = {}", params.push(thread)),
            compile(scope, &mut params),
        ];
        let page = slice.keyset(
            ["p.created_at", "p.id"],
            &mut conditions,
            &mut params,
            |place, params| [params.push(place.micros), params.push(place.id)],
        );
        let sql = format!(
            "SELECT {POST}, {AUTHOR} FROM post p JOIN persona a ON a.id = p.persona \
             WHERE {} {page}",
            conditions.join(" AND "),
        );
        self.all(&sql, params)
            .await?
            .into_iter()
            .map(post)
            .collect()
    }

    /// The first or last posts of several threads, in the order of reading,
    /// one thread after another. One statement whatever their number.
    pub async fn posts_of_many(
        &self,
        threads: &[ThreadId],
        scope: &Scope,
        slice: Slice<PostPlace>,
    ) -> Result<Vec<Post>, StorageError> {
        let mut params = self.params();
        let among = params.among("p.thread", threads);
        let condition = compile(scope, &mut params);
        let way = slice.way();
        let limit = params.push(i64::from(slice.limit));
        let sql = format!(
            "SELECT {POST}, {AUTHOR} FROM (SELECT p.*, ROW_NUMBER() OVER \
             (PARTITION BY p.thread ORDER BY p.created_at {way}, p.id {way}) AS place \
             FROM post p WHERE {among} AND {condition}) p \
             JOIN persona a ON a.id = p.persona WHERE p.place <= {limit} \
             ORDER BY p.thread, p.place",
        );
        self.all(&sql, params)
            .await?
            .into_iter()
            .map(post)
            .collect()
    }

    /// How many posts of a thread are in a scope.
    pub async fn post_count(&self, thread: ThreadId, scope: &Scope) -> Result<i64, StorageError> {
        let mut params = self.params();
        let place = params.push(thread);
        let condition = compile(scope, &mut params);
        let sql = format!("SELECT COUNT(*) FROM post p WHERE p.thread = {place} AND {condition}");
        self.one(&sql, params)
            .await?
            .ok_or(StorageError::Corrupt("a count"))?
            .get()
    }

    /// One post with its author.
    pub async fn post(&self, id: PostId) -> Result<Option<Post>, StorageError> {
        let sql = format!(
            "SELECT {POST}, {AUTHOR} FROM post p JOIN persona a ON a.id = p.persona \
             WHERE p.id = $1",
        );
        self.one(&sql, self.params().with(id))
            .await?
            .map(post)
            .transpose()
    }
}

impl Tx {
    /// Writes a post with its search document: one statement on PostgreSQL,
    /// two on SQLite.
    pub async fn insert_post(&self, new: &NewPost) -> Result<(), StorageError> {
        let insert = "INSERT INTO post (id, thread, persona, body, language, status, reuse, \
                      created_at, fingerprint, said) \
                      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        let mut params = self
            .params()
            .with(new.id)
            .with(new.thread)
            .with(new.persona)
            .with(new.body.as_str())
            .with(new.language.code())
            .with(new.status.code())
            .with(new.reuse.code())
            .with(self.now())
            .with(new.fingerprint.map(Fingerprint::kept))
            .with(new.said.map(|said| said.kept(self.now())));
        if self.backend == Backend::Sqlite {
            self.run(insert, params).await?;
            return self
                .write_search_doc(new.id.0, new.thread, new.language, &new.body)
                .await;
        }
        let doc = search_doc(new.id.0, new.thread, new.language, &new.body, &mut params);
        self.send(format!("WITH post AS ({insert}) {doc}"), params)
            .await
    }

    /// One post with its author; its row is locked.
    pub async fn post_for_update(&self, id: PostId) -> Result<Option<Post>, StorageError> {
        if self.backend == Backend::Postgres {
            let sql = "SELECT 1 FROM post WHERE id = $1 FOR UPDATE";
            self.one(sql, self.params().with(id)).await?;
        }
        self.post(id).await
    }

    /// Replaces a post's text, keeping the old one as a revision of `today`. `said` is
    /// its wording, where it is compared with others.
    pub async fn replace_post_body(
        &self,
        old: &Post,
        today: NaiveDate,
        body: &str,
        said: Option<Wording>,
    ) -> Result<(), StorageError> {
        let of = (old.facts.id.0, old.thread);
        self.keep_revision(of, today, None, &old.body).await?;
        let sql = "UPDATE post SET body = $1, edited_at = $2, fingerprint = CASE \
                   WHEN fingerprint IS NOT NULL THEN CAST($3 AS BIGINT) END, said = $4 \
                   WHERE id = $5";
        let params = self
            .params()
            .with(body)
            .with(self.now())
            .with(Fingerprint::of(body).kept())
            .with(said.map(|said| said.kept(self.now())))
            .with(old.facts.id);
        self.run(sql, params).await?;
        self.write_search_doc(old.facts.id.0, old.thread, old.language, body)
            .await
    }
}
