//! Reading threads whole.

use domain::concern::{Assignment, Concern, State};
use domain::event::StreamHead;
use domain::id::{AccountId, PersonaId, ThreadId};
use domain::people::Actor;
use domain::policy::ThreadFacts;
use domain::thread::Audience;

use crate::conn::Conn;
use crate::params::Params;
use crate::row::Row;
use crate::error::StorageError;
use crate::store::Backend;
use crate::thread::{Author, Thread, ThreadKey, Wanted};

/// How a thread stands towards an actor, without its texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// What policy decides on.
    pub facts: ThreadFacts,
    /// Whether the actor wrote a post in it that its audience may not see.
    pub wrote_hidden: bool,
    /// How far its stream reaches.
    pub head: Option<StreamHead>,
}

pub(super) const FACTS: &str = "t.id, t.kind, t.audience, t.circle, t.status, t.locked_at IS NOT NULL, \
    t.persona, t.about_agency, t.about_office, t.about_kind, t.assigned_agency, \
    t.assigned_office, t.oversight_agency, t.claimed_by";

pub(super) const REST: &str = "t.reference, t.status_reason, t.title, t.body, t.language, t.category, \
    t.region, t.proceedings, t.reuse, t.state, t.acknowledged_at, t.answered_at, t.closed_at, \
    t.clarifications, t.disputes, t.unconfirmed, t.due_on, t.post_count, t.endorsement_count, \
    t.last_activity_at, t.created_at, t.edited_at";

/// The columns of an author, joined as `a`.
pub(crate) const AUTHOR: &str = "a.id, a.voice, a.constituency, a.display_name, a.organization, \
    a.agency, a.office";

/// The name of a thread's stream, as SQL over `t`.
fn stream_name(backend: Backend) -> &'static str {
    match backend {
        Backend::Sqlite => "'t:' || lower(hex(t.id))",
        Backend::Postgres => "'t:' || replace(t.id::text, '-', '')",
    }
}

/// Whether one of the actor's personas takes part, as SQL over `t`.
pub(super) fn joined(actor: &Actor, params: &mut Params) -> String {
    exists("participant", "persona", &actor.personas, params)
}

pub(super) fn exists(table: &str, column: &str, ids: &[PersonaId], params: &mut Params) -> String {
    if ids.is_empty() {
        return "(1 = 0)".to_owned();
    }
    let among = params.among(&format!("j.{column}"), ids);
    format!("EXISTS (SELECT 1 FROM {table} j WHERE j.thread = t.id AND {among})")
}

pub(super) fn endorsed(account: Option<AccountId>, params: &mut Params) -> String {
    match account {
        None => "(1 = 0)".to_owned(),
        Some(account) => {
            let place = params.push(account);
            format!(
                "EXISTS (SELECT 1 FROM endorsement j WHERE j.thread = t.id AND j.account = {place})"
            )
        }
    }
}

pub(super) fn facts(row: &mut Row, actor: &Actor) -> Result<ThreadFacts, StorageError> {
    Ok(ThreadFacts {
        id: row.id()?,
        kind: row.code()?,
        audience: row.code()?,
        circle: row.maybe_id()?,
        status: row.code()?,
        locked: row.get()?,
        raiser: row.id()?,
        about_agency: row.maybe_id()?,
        about_office: row.maybe_id()?,
        about_kind: row.maybe_code()?,
        assigned_agency: row.maybe_id()?,
        assigned_office: row.maybe_id()?,
        oversight_agency: row.maybe_id()?,
        claimed_by: row.maybe_id()?,
        participants: if row.get()? {
            actor.personas.clone()
        } else {
            Vec::new()
        },
    })
}

/// Reads the columns of [`AUTHOR`].
pub(crate) fn author(row: &mut Row) -> Result<Author, StorageError> {
    Ok(Author {
        persona: row.id()?,
        voice: row.code()?,
        constituency: row.maybe_code()?,
        display_name: row.get()?,
        organization: row.maybe_id()?,
        agency: row.maybe_id()?,
        office: row.maybe_id()?,
    })
}

pub(super) fn thread(mut row: Row, actor: &Actor) -> Result<Thread, StorageError> {
    let row = &mut row;
    let facts = facts(row, actor)?;
    let reference = row.get()?;
    let status_reason = row.get()?;
    let title = row.get()?;
    let body = row.get()?;
    let language = row.code()?;
    let category = row.get()?;
    let region = row.get()?;
    let proceedings = row.code()?;
    let reuse = row.code()?;
    let concern = concern(row, &facts)?;
    Ok(Thread {
        facts,
        reference,
        status_reason,
        title,
        body,
        language,
        category,
        region,
        proceedings,
        reuse,
        concern,
        due_on: row.maybe_day()?,
        post_count: row.get()?,
        endorsement_count: row.get()?,
        last_activity_at: row.time()?,
        created_at: row.time()?,
        edited_at: row.maybe_time()?,
        author: author(row)?,
        viewer_endorses: row.get()?,
        viewer_follows: row.get()?,
        head: head(row)?,
    })
}

fn concern(row: &mut Row, facts: &ThreadFacts) -> Result<Option<Concern>, StorageError> {
    let state: Option<State> = row.maybe_code()?;
    let concern = Concern {
        state: state.unwrap_or(State::Submitted),
        assignment: facts.assigned_agency.map(|agency| Assignment {
            agency,
            office: facts.assigned_office,
        }),
        acknowledged_at: row.maybe_time()?,
        answered_at: row.maybe_time()?,
        closed_at: row.maybe_time()?,
        clarifications: row.count()?,
        disputes: row.count()?,
        unconfirmed: row.get()?,
    };
    Ok(state.map(|_| concern))
}

fn head(row: &mut Row) -> Result<Option<StreamHead>, StorageError> {
    let (epoch, head, floor): (Option<i64>, Option<i64>, Option<i64>) =
        (row.get()?, row.get()?, row.get()?);
    Ok(match (epoch, head, floor) {
        (Some(epoch), Some(head), Some(floor)) => Some(StreamHead { epoch, head, floor }),
        _ => None,
    })
}

/// A list's columns, without a stream's head. What is not wanted stands there
/// as nothing: the same columns, for less.
pub(super) fn select(actor: &Actor, wanted: Wanted, params: &mut Params) -> String {
    let joined = joined(actor, params);
    let (endorsed, follows) = if wanted.own {
        (
            endorsed(actor.account, params),
            exists("follow", "persona", &actor.personas, params),
        )
    } else {
        ("(1 = 0)".to_owned(), "(1 = 0)".to_owned())
    };
    let rest = if wanted.body {
        REST.to_owned()
    } else {
        REST.replace("t.body", "''")
    };
    format!(
        "SELECT {FACTS}, {joined}, {rest}, {AUTHOR}, {endorsed}, {follows}, \
         CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), CAST(NULL AS BIGINT) \
         FROM thread t JOIN persona a ON a.id = t.persona",
    )
}

impl Conn {
    /// A thread with its author, the actor's facts and its stream's head. One
    /// statement, the same whether the thread exists or not.
    pub async fn thread(
        &self,
        actor: &Actor,
        key: ThreadKey<'_>,
    ) -> Result<Option<Thread>, StorageError> {
        let mut params = self.params();
        let joined = joined(actor, &mut params);
        let endorsed = endorsed(actor.account, &mut params);
        let follows = exists("follow", "persona", &actor.personas, &mut params);
        let condition = match key {
            ThreadKey::Id(id) => format!("t.id = {}", params.push(id)),
            ThreadKey::Reference(reference) => {
                format!("t.reference = {}", params.push(reference))
            }
        };
        let sql = format!(
            "SELECT {FACTS}, {joined}, {REST}, {AUTHOR}, {endorsed}, {follows}, \
             s.epoch, s.head, s.floor \
             FROM thread t JOIN persona a ON a.id = t.persona \
             LEFT JOIN stream s ON s.id = {} WHERE {condition}",
            stream_name(self.backend),
        );
        self.one(&sql, params)
            .await?
            .map(|row| thread(row, actor))
            .transpose()
    }

    /// Several threads by their ids, in no order. One statement.
    pub async fn threads_by_id(
        &self,
        actor: &Actor,
        ids: &[ThreadId],
    ) -> Result<Vec<Thread>, StorageError> {
        let mut params = self.params();
        let select = select(actor, Wanted::ALL, &mut params);
        let among = params.among("t.id", ids);
        let sql = format!("{select} WHERE {among}");
        self.all(&sql, params)
            .await?
            .into_iter()
            .map(|row| thread(row, actor))
            .collect()
    }

    /// What policy decides on. One statement.
    pub async fn thread_facts(
        &self,
        actor: &Actor,
        id: ThreadId,
    ) -> Result<Option<ThreadFacts>, StorageError> {
        let mut params = self.params();
        let joined = joined(actor, &mut params);
        let place = params.push(id);
        let sql = format!("SELECT {FACTS}, {joined} FROM thread t WHERE t.id = {place}");
        self.one(&sql, params)
            .await?
            .map(|mut row| facts(&mut row, actor))
            .transpose()
    }

    /// What policy decides on, how far the thread's stream reaches, and whether
    /// the actor wrote a post in it that its audience may not see. One
    /// statement.
    pub async fn thread_standing(
        &self,
        actor: &Actor,
        id: ThreadId,
    ) -> Result<Option<Standing>, StorageError> {
        let mut params = self.params();
        let joined = joined(actor, &mut params);
        let hidden = if actor.personas.is_empty() {
            "(1 = 0)".to_owned()
        } else {
            let among = params.among("p.persona", &actor.personas);
            format!(
                "EXISTS (SELECT 1 FROM post p WHERE p.thread = t.id AND {among} \
                 AND p.status NOT IN ('VISIBLE', 'MINIMIZED'))"
            )
        };
        let place = params.push(id);
        let sql = format!(
            "SELECT {FACTS}, {joined}, {hidden}, s.epoch, s.head, s.floor FROM thread t \
             LEFT JOIN stream s ON s.id = {} WHERE t.id = {place}",
            stream_name(self.backend),
        );
        self.one(&sql, params)
            .await?
            .map(|mut row| {
                Ok(Standing {
                    facts: facts(&mut row, actor)?,
                    wrote_hidden: row.get()?,
                    head: head(&mut row)?,
                })
            })
            .transpose()
    }

    /// A thread's facts for deciding on many watchers: the participants are
    /// everyone who takes part by name.
    pub async fn thread_facts_for_all(
        &self,
        id: ThreadId,
    ) -> Result<Option<ThreadFacts>, StorageError> {
        let nobody = Actor::visitor();
        let Some(mut facts) = self.thread_facts(&nobody, id).await? else {
            return Ok(None);
        };
        if matches!(facts.audience, Audience::Circle | Audience::Confidential) {
            let sql = "SELECT persona FROM participant WHERE thread = $1";
            let rows = self.all(sql, self.params().with(id)).await?;
            facts.participants = rows
                .into_iter()
                .map(|mut row| row.id())
                .collect::<Result<_, _>>()?;
        }
        Ok(Some(facts))
    }

    /// The sealed case facts.
    pub async fn case_facts(&self, id: ThreadId) -> Result<Option<String>, StorageError> {
        let sql = "SELECT body FROM case_facts WHERE thread = $1";
        self.one(sql, self.params().with(id))
            .await?
            .map(|mut row| row.get())
            .transpose()
    }

    /// The themes of threads: thread and code, sorted by code. One statement
    /// whatever the number of threads.
    pub async fn themes_of(
        &self,
        threads: &[ThreadId],
    ) -> Result<Vec<(ThreadId, String)>, StorageError> {
        self.codes("thread_theme", "theme", threads).await
    }

    /// The groups that threads affect: thread and code, sorted by code. One
    /// statement whatever the number of threads.
    pub async fn groups_of(
        &self,
        threads: &[ThreadId],
    ) -> Result<Vec<(ThreadId, String)>, StorageError> {
        self.codes("thread_group", "affected_group", threads).await
    }

    /// Codes are sorted here because the databases sort text differently.
    async fn codes(
        &self,
        table: &str,
        column: &str,
        threads: &[ThreadId],
    ) -> Result<Vec<(ThreadId, String)>, StorageError> {
        let mut params = self.params();
        let among = params.among("thread", threads);
        let sql = format!("SELECT thread, {column} FROM {table} WHERE {among}");
        let mut codes = Vec::new();
        for mut row in self.all(&sql, params).await? {
            codes.push((row.id()?, row.get()?));
        }
        codes.sort_unstable_by(|a: &(ThreadId, String), b| a.1.cmp(&b.1));
        Ok(codes)
    }
}
