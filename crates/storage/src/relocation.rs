//! Posts that moderators take from one thread to another.

use domain::id::{ModlogId, OrganizationId, PersonaId, PostId, ThreadId};
use domain::policy::Scope;
use domain::thread::ModerationStatus;
use sea_orm::sea_query::ArrayType;

use crate::conn::Conn;
use crate::error::StorageError;
use crate::notice::{ADDRESSEE, Addressee, addressee};
use crate::params::{IntoParam as _, Params};
use crate::post::{POST, Post, post};
use crate::scope::{compile, literals};
use crate::thread::AUTHOR;
use crate::write::Tx;

/// What names the thread of a post, and by which column the post. What is told
/// of a post once, and where it stood then, is not among them.
pub(crate) const FOLLOWING: &[(&str, &str)] = &[
    ("search_doc", "object"),
    ("revision", "object"),
    ("sealed_original", "object"),
    ("reviewable", "subject"),
    ("flag", "subject"),
    ("appeal", "post"),
    ("legal_demand", "post"),
];

/// Which posts of a thread are taken elsewhere.
#[derive(Debug, Clone, Copy)]
pub enum Taken<'a> {
    /// These.
    These(&'a [PostId]),
    /// All of them.
    All,
    /// Those that an act brought to where they stand.
    BroughtBy(ModlogId),
}

impl Taken<'_> {
    /// The condition on `p`.
    fn condition(self, params: &mut Params) -> String {
        match self {
            Self::These(ids) => params.among("p.id", ids),
            Self::All => "1 = 1".to_owned(),
            Self::BroughtBy(entry) => {
                let entry = params.push(entry);
                format!("p.id IN (SELECT r.post FROM relocation r WHERE r.entry = {entry})")
            }
        }
    }
}

/// A post that is taken to another thread, with its author.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moving {
    /// The post.
    pub post: PostId,
    /// Who wrote it.
    pub author: PersonaId,
    /// The organization that he wrote it for.
    pub organization: Option<OrganizationId>,
    /// Whom the author stands for, and what he wants to be told of the other
    /// thread.
    pub known: Addressee,
}

impl Conn {
    /// The posts that are to be taken from one thread to another, in the order of
    /// reading, each with its author. One statement.
    pub async fn posts_moving(
        &self,
        from: ThreadId,
        to: ThreadId,
        taken: Taken<'_>,
    ) -> Result<Vec<Moving>, StorageError> {
        let mut params = self.params();
        let (there, here) = (params.push(to), params.push(from));
        let which = taken.condition(&mut params);
        let sql = format!(
            "SELECT p.id, a.id, a.organization, {ADDRESSEE} FROM post p \
             JOIN persona a ON a.id = p.persona JOIN thread t ON t.id = {there} \
             WHERE p.thread = {here} AND {which} ORDER BY p.created_at, p.id"
        );
        let rows = self.all(&sql, params).await?;
        rows.into_iter()
            .map(|mut row| {
                Ok(Moving {
                    post: row.id()?,
                    author: row.id()?,
                    organization: row.maybe_id()?,
                    known: addressee(&mut row)?,
                })
            })
            .collect()
    }

    /// Those of these posts that stand in a thread and are in a scope, in the
    /// order of reading. One statement.
    pub async fn posts_among(
        &self,
        thread: ThreadId,
        ids: &[PostId],
        scope: &Scope,
    ) -> Result<Vec<Post>, StorageError> {
        let mut params = self.params();
        let place = params.push(thread);
        let among = params.among("p.id", ids);
        let condition = compile(scope, &mut params);
        let sql = format!(
            "SELECT {POST}, {AUTHOR} FROM post p JOIN persona a ON a.id = p.persona \
             WHERE p.thread = {place} AND {among} AND {condition} ORDER BY p.created_at, p.id",
        );
        let rows = self.all(&sql, params).await?;
        rows.into_iter().map(post).collect()
    }

    /// The last act that brought a post to where it stands, and was not taken back.
    pub async fn last_relocation(&self, post: PostId) -> Result<Option<ModlogId>, StorageError> {
        let sql = "SELECT r.entry FROM relocation r \
                   JOIN post p ON p.id = r.post AND p.thread = r.to_thread \
                   JOIN modlog m ON m.id = r.entry AND m.post = r.post \
                   WHERE r.post = $1 AND NOT EXISTS \
                   (SELECT 1 FROM modlog n WHERE n.reverses = r.entry) \
                   ORDER BY m.nth DESC, m.id DESC LIMIT 1";
        let row = self.one(sql, self.params().with(post)).await?;
        row.map_or(Ok(None), |mut row| row.maybe_id())
    }

    /// From where an act took a post that stands where it brought it, unless that
    /// was taken back.
    pub async fn taken_from(
        &self,
        entry: ModlogId,
        post: PostId,
    ) -> Result<Option<ThreadId>, StorageError> {
        let sql = "SELECT r.from_thread FROM relocation r \
                   JOIN post p ON p.id = r.post AND p.thread = r.to_thread \
                   WHERE r.entry = $1 AND r.post = $2 AND NOT EXISTS \
                   (SELECT 1 FROM modlog n WHERE n.reverses = r.entry)";
        let params = self.params().with(entry).with(post);
        let row = self.one(sql, params).await?;
        row.map_or(Ok(None), |mut row| row.maybe_id())
    }
}

impl Tx {
    /// Remembers which acts took which posts from where to where: each an entry of
    /// the record with a post.
    pub async fn note_relocations(
        &self,
        moved: &[(ModlogId, PostId)],
        from: ThreadId,
        to: ThreadId,
    ) -> Result<(), StorageError> {
        let mut params = self.params();
        let row = |&(entry, post): &(ModlogId, PostId)| [entry.into_param(), post.into_param()];
        let kinds = [ArrayType::Uuid, ArrayType::Uuid];
        let rows = params.rows(kinds, moved.iter().map(row).collect());
        let (from, to) = (params.push(from), params.push(to));
        let sql = format!(
            "INSERT INTO relocation (entry, post, from_thread, to_thread) \
             SELECT column1, column2, {from}, {to} FROM ({rows}) new"
        );
        self.run(&sql, params).await?;
        Ok(())
    }

    /// Remembers that one act took all posts of a thread to another.
    pub async fn note_relocation_of_all(
        &self,
        entry: ModlogId,
        from: ThreadId,
        to: ThreadId,
    ) -> Result<(), StorageError> {
        let sql = "INSERT INTO relocation (entry, post, from_thread, to_thread) \
                   SELECT $1, p.id, p.thread, $3 FROM post p WHERE p.thread = $2";
        let params = self.params().with(entry).with(from).with(to);
        self.run(sql, params).await?;
        Ok(())
    }

    /// Takes posts from one thread to another, with whatever names their thread,
    /// and counts both anew. As many statements for all as for one; both threads'
    /// rows are locked.
    pub async fn relocate(
        &self,
        from: ThreadId,
        to: ThreadId,
        taken: Taken<'_>,
    ) -> Result<(), StorageError> {
        let open = ModerationStatus::ALL.iter().filter(|one| one.is_open());
        let open = literals("p.status", open.map(|one| one.code()));
        let mut params = self.params();
        let here = params.push(from);
        let which = taken.condition(&mut params);
        let sql = format!(
            "SELECT COUNT(*), COALESCE(MAX(p.created_at), 0) FROM post p \
             WHERE p.thread = {here} AND {open} AND {which}"
        );
        let row = self.one(&sql, params).await?;
        let mut row = row.ok_or(StorageError::Corrupt("a count"))?;
        let (shown, newest): (i64, i64) = (row.get()?, row.get()?);
        for (table, column) in FOLLOWING {
            let mut params = self.params();
            let (there, here) = (params.push(to), params.push(from));
            let which = taken.condition(&mut params);
            let sql = format!(
                "UPDATE {table} SET thread = {there} WHERE {column} IN \
                 (SELECT p.id FROM post p WHERE p.thread = {here} AND {which})"
            );
            self.run(&sql, params).await?;
        }
        let mut params = self.params();
        let (there, here) = (params.push(to), params.push(from));
        let which = taken.condition(&mut params);
        let sql = format!(
            "UPDATE post SET thread = {there} WHERE id IN \
             (SELECT p.id FROM post p WHERE p.thread = {here} AND {which})"
        );
        self.run(&sql, params).await?;
        let sql = "UPDATE thread SET post_count = post_count - $1 WHERE id = $2";
        self.run(sql, self.params().with(shown).with(from)).await?;
        let sql = "UPDATE thread SET post_count = post_count + $1, last_activity_at = \
                   CASE WHEN last_activity_at < $2 THEN $2 ELSE last_activity_at END \
                   WHERE id = $3";
        let params = self.params().with(shown).with(newest).with(to);
        self.run(sql, params).await?;
        Ok(())
    }

    /// Says into which thread another was merged, if it was.
    pub async fn set_merged_into(
        &self,
        id: ThreadId,
        into: Option<ThreadId>,
    ) -> Result<(), StorageError> {
        let sql = "UPDATE thread SET merged_into = $1 WHERE id = $2";
        self.run(sql, self.params().with(into).with(id)).await?;
        Ok(())
    }

    /// Says out of which thread another was split.
    pub async fn set_split_from(&self, id: ThreadId, of: ThreadId) -> Result<(), StorageError> {
        let sql = "UPDATE thread SET split_from = $1 WHERE id = $2";
        self.run(sql, self.params().with(of).with(id)).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::FOLLOWING;
    use crate::data_map::columns;

    /// What tells of a post where it stood at the time; a sanction may reach no
    /// further than that thread.
    const STANDING: &[&str] = &[
        "modlog",
        "event",
        "webhook_message",
        "webhook_told",
        "sanction",
    ];

    #[test]
    fn whatever_names_a_post_and_its_thread_follows_it_or_stays_for_a_reason() {
        let has =
            |table: &str, name: &str| columns().any(|one| one.table == table && one.column == name);
        let tables = columns().filter(|one| one.column == "thread");
        for table in tables.map(|one| one.table) {
            let mut names = ["post", "object", "subject"].into_iter();
            let by = names.find(|name| has(table, name));
            let follows = FOLLOWING.iter().any(|(one, _)| *one == table);
            let known = follows || STANDING.contains(&table);
            assert!(by.is_none() || known, "{table} names posts and threads");
        }
    }
}
