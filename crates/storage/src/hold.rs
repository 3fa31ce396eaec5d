//! What is held, and what is written down of how that came to be.

use domain::id::{PostId, ThreadId};
use domain::moderation::{Subject, Traces};
use domain::people::Actor;
use domain::policy::{PostFacts, ThreadFacts};
use domain::thread::ModerationStatus;

use crate::conn::Conn;
use crate::error::StorageError;
use crate::row::Row;
use crate::thread::{fact_columns, facts};

/// Something that is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Its thread.
    pub facts: ThreadFacts,
    /// The post; none where it is the thread's own text.
    pub post: Option<PostFacts>,
    /// How it came to be held.
    pub traces: Traces,
}

impl Held {
    /// What is held.
    pub fn subject(&self) -> Subject {
        let thread = Subject::Thread(self.facts.id);
        self.post
            .as_ref()
            .map_or(thread, |post| Subject::Post(post.id))
    }
}

/// What held it last, where nobody decided on that yet.
fn waiting(subject: &str) -> String {
    format!(
        "LEFT JOIN reviewable r ON r.subject = {subject} AND r.decided_at IS NULL AND r.held \
         LEFT JOIN review_step s ON s.id = (SELECT x.id FROM review_step x \
         WHERE x.reviewable = r.id AND x.step IN \
         ('HELD_BY_FORUM', 'FIRST_POST', 'NEAR_DUPLICATE', 'HELD_BY_MODERATOR') \
         ORDER BY x.at DESC, x.id DESC LIMIT 1)"
    )
}

/// For which reason the record says that it was held or given back last.
fn last_act(of: &str) -> String {
    format!(
        "(SELECT m.code FROM modlog m WHERE {of} AND m.act IN ('HOLD', 'RETURN') \
         ORDER BY m.nth DESC, m.appears_at DESC LIMIT 1)"
    )
}

impl Conn {
    /// Those of these threads' own texts and posts that are held. One statement
    /// for threads and one for posts, whatever their number.
    pub async fn held(
        &self,
        actor: &Actor,
        subjects: &[Subject],
    ) -> Result<Vec<Held>, StorageError> {
        let (mut threads, mut posts) = (Vec::new(), Vec::new());
        for subject in subjects {
            match subject {
                Subject::Thread(id) => threads.push(*id),
                Subject::Post(id) => posts.push(*id),
            }
        }
        let mut all = Vec::new();
        if !threads.is_empty() {
            all.extend(self.held_threads(actor, &threads).await?);
        }
        if !posts.is_empty() {
            all.extend(self.held_posts(actor, &posts).await?);
        }
        Ok(all)
    }

    async fn held_threads(
        &self,
        actor: &Actor,
        ids: &[ThreadId],
    ) -> Result<Vec<Held>, StorageError> {
        let mut params = self.params();
        let facts_of = fact_columns(actor, &mut params);
        let among = params.among("t.id", ids);
        let sql = format!(
            "SELECT t.state, t.state IS NULL AND t.clock_since IS NOT NULL, \
             COALESCE(t.clock_since, t.created_at), {}, s.step, s.at, {facts_of} \
             FROM thread t {} WHERE {among} AND t.status = 'HELD'",
            last_act("m.post IS NULL AND m.thread = t.id"),
            waiting("t.id"),
        );
        let rows = self.all(&sql, params).await?;
        rows.into_iter()
            .map(|mut row| {
                let (concern, again) = (row.maybe_code()?, row.get()?);
                let traces = traces(&mut row)?;
                Ok(Held {
                    facts: facts(&mut row, actor)?,
                    post: None,
                    traces: Traces {
                        of_post: false,
                        concern,
                        again,
                        ..traces
                    },
                })
            })
            .collect()
    }

    async fn held_posts(&self, actor: &Actor, ids: &[PostId]) -> Result<Vec<Held>, StorageError> {
        let mut params = self.params();
        let facts_of = fact_columns(actor, &mut params);
        let among = params.among("p.id", ids);
        let sql = format!(
            "SELECT p.id, p.persona, p.created_at, {}, s.step, s.at, {facts_of} \
             FROM post p JOIN thread t ON t.id = p.thread {} \
             WHERE {among} AND p.status = 'HELD'",
            last_act("m.post = p.id"),
            waiting("p.id"),
        );
        let rows = self.all(&sql, params).await?;
        rows.into_iter()
            .map(|mut row| {
                let post = PostFacts {
                    id: row.id()?,
                    author: row.id()?,
                    status: ModerationStatus::Held,
                };
                let traces = traces(&mut row)?;
                Ok(Held {
                    facts: facts(&mut row, actor)?,
                    post: Some(post),
                    traces,
                })
            })
            .collect()
    }
}

/// Reads since when, by which act and by which step it is held: of a post.
fn traces(row: &mut Row) -> Result<Traces, StorageError> {
    let began = row.time()?;
    let act = row.maybe_code()?;
    let (step, at) = (row.maybe_code()?, row.maybe_time()?);
    Ok(Traces {
        of_post: true,
        concern: None,
        began,
        act,
        again: false,
        step: step.zip(at),
    })
}
