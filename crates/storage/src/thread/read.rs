//! Reading threads whole.

use domain::concern::{Assignment, Concern, State};
use domain::event::StreamHead;
use domain::id::{AccountId, AgencyId, PersonaId, ThreadId};
use domain::notice::ThreadNotices;
use domain::people::{Actor, Language};
use domain::policy::ThreadFacts;
use domain::thread::{Audience, Proceedings, Reuse};
use domain::webhook::Filed;

use crate::conn::Conn;
use crate::error::StorageError;
use crate::params::Params;
use crate::row::Row;
use crate::scope::{self, literals};
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

const FACTS: &str = "t.id, t.kind, t.audience, t.circle, t.status, t.persona, \
    t.about_agency, t.about_office, t.about_kind, t.assigned_agency, t.assigned_office, \
    t.oversight_agency, t.claimed_by";

/// What every list shows of a thread and its author. What PostgreSQL answers
/// within 8 KiB, it sends at once: a page of 25 with no more than this is.
pub(super) const SHOWN: &str = "t.reference, t.title, t.category, t.state, t.post_count, \
    t.last_activity_at, t.created_at, a.voice, a.display_name, a.office";

/// What else stands in its row, without its text.
pub(super) const DETAILS: &str = "t.status_reason, t.language, t.region, t.proceedings, t.reuse, \
    t.acknowledged_at, t.answered_at, t.closed_at, t.clarifications, t.disputes, t.unconfirmed, \
    t.referrals, t.clock_since, t.clock_told, t.officer, t.drafter, t.desk_on, CASE WHEN t.answered_at IS NOT NULL THEN \
    (SELECT r.persona FROM response r WHERE r.thread = t.id \
    ORDER BY r.created_at DESC, r.id DESC LIMIT 1) END, CASE WHEN t.answered_at IS NOT NULL THEN \
    (SELECT d.approver FROM response_draft d WHERE d.thread = t.id AND d.approver IS NOT NULL \
    ORDER BY d.number DESC LIMIT 1) END, t.endorsement_count, t.edited_at, \
    a.constituency, a.organization, a.agency, t.pinned_at IS NOT NULL, t.slow_seconds, \
    t.merged_into, t.split_from";

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

/// What holds of a thread, or does not: together they are one column, of which
/// each is a bit.
const LOCKED: i64 = 1;
const WANTS_MODERATOR: i64 = 2;
const JOINED: i64 = 4;
const RECUSED: i64 = 8;
const FROZEN: i64 = 16;
const REPORTED: i64 = 32;
const ENDED: i64 = 64;
const SLOW: i64 = 128;

/// The columns of what policy decides on for an actor, as SQL over `t`, which
/// [`facts`] reads. What cannot hold for him is not asked; whether one of his
/// personas takes part only where it matters.
pub(crate) fn fact_columns(actor: &Actor, params: &mut Params) -> String {
    let mut marks = vec![
        (LOCKED, "t.locked_at IS NOT NULL".to_owned()),
        (WANTS_MODERATOR, scope::WANTS_MODERATOR.to_owned()),
        (ENDED, "t.ended_at IS NOT NULL".to_owned()),
        (SLOW, "t.slow_seconds IS NOT NULL".to_owned()),
    ];
    if !actor.personas.is_empty() {
        let naming = literals("t.audience", Audience::NAMING.iter().map(|one| one.code()));
        let named = exists("participant", "persona", &actor.personas, params);
        marks.push((JOINED, format!("{naming} AND {named}")));
        // Nobody else has anything to step back from.
        if !actor.offices.is_empty() {
            let recused = exists("recusal", "persona", &actor.personas, params);
            marks.push((RECUSED, recused));
        }
    }
    if let Some(agency) = actor.agency {
        let retaliation = |of: &str, params: &mut Params, and: &str| {
            let of = params.among(of, &[agency]);
            format!("EXISTS (SELECT 1 FROM retaliation j WHERE j.thread = t.id AND {of}{and})")
        };
        let frozen = retaliation("j.agency", params, " AND j.lifted_at IS NULL");
        marks.push((FROZEN, frozen));
        if actor.agency_oversees {
            marks.push((REPORTED, retaliation("j.oversight", params, "")));
        }
    }
    let marks: Vec<String> = marks
        .into_iter()
        .map(|(bit, holds)| format!("CASE WHEN {holds} THEN {bit} ELSE 0 END"))
        .collect();
    // Few are under a sanction that asks for it.
    let category = if actor.sanctions.ask_for_category() {
        ", t.category"
    } else {
        ""
    };
    format!("{FACTS}, CAST({} AS BIGINT){category}", marks.join(" + "))
}

pub(super) fn exists(table: &str, column: &str, ids: &[PersonaId], params: &mut Params) -> String {
    if ids.is_empty() {
        return "(1 = 0)".to_owned();
    }
    let among = params.among(&format!("j.{column}"), ids);
    format!("EXISTS (SELECT 1 FROM {table} j WHERE j.thread = t.id AND {among})")
}

/// What of a thread one of these personas wants to be told, as SQL over `t`.
fn notices(personas: &[PersonaId], params: &mut Params) -> String {
    if personas.is_empty() {
        return "CAST(NULL AS TEXT)".to_owned();
    }
    let among = params.among("n.persona", personas);
    format!("(SELECT n.level FROM thread_notice n WHERE n.thread = t.id AND {among} LIMIT 1)")
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

/// Reads the columns of [`fact_columns`], asked for the same actor.
pub(crate) fn facts(row: &mut Row, actor: &Actor) -> Result<ThreadFacts, StorageError> {
    let mut facts = ThreadFacts {
        id: row.id()?,
        kind: row.code()?,
        audience: row.code()?,
        circle: row.maybe_id()?,
        category: None,
        status: row.code()?,
        raiser: row.id()?,
        about_agency: row.maybe_id()?,
        about_office: row.maybe_id()?,
        about_kind: row.maybe_code()?,
        assigned_agency: row.maybe_id()?,
        assigned_office: row.maybe_id()?,
        oversight_agency: row.maybe_id()?,
        claimed_by: row.maybe_id()?,
        locked: false,
        ended: false,
        slow: false,
        wants_moderator: false,
        participants: Vec::new(),
        recused: Vec::new(),
        frozen: Vec::new(),
        reported_to: Vec::new(),
    };
    let marks: i64 = row.get()?;
    let holds = |mark: i64| marks & mark != 0;
    facts.locked = holds(LOCKED);
    facts.wants_moderator = holds(WANTS_MODERATOR);
    facts.ended = holds(ENDED);
    facts.slow = holds(SLOW);
    facts.participants = own_if(holds(JOINED), actor);
    facts.recused = own_if(holds(RECUSED), actor);
    facts.frozen = agency_if(holds(FROZEN), actor);
    facts.reported_to = agency_if(holds(REPORTED), actor);
    if actor.sanctions.ask_for_category() {
        facts.category = row.get()?;
    }
    Ok(facts)
}

fn agency_if(holds: bool, actor: &Actor) -> Vec<AgencyId> {
    actor.agency.into_iter().filter(|_| holds).collect()
}

fn own_if(holds: bool, actor: &Actor) -> Vec<PersonaId> {
    if holds {
        actor.personas.clone()
    } else {
        Vec::new()
    }
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

/// Reads what [`columns`] asked for.
pub(crate) fn thread(row: &mut Row, actor: &Actor, wanted: Wanted) -> Result<Thread, StorageError> {
    let facts = facts(row, actor)?;
    let reference = row.get()?;
    let title = row.get()?;
    let category = row.get()?;
    let state: Option<State> = row.maybe_code()?;
    let mut thread = Thread {
        reference,
        status_reason: None,
        title,
        body: String::new(),
        language: Language::En,
        category,
        region: None,
        proceedings: Proceedings::None,
        reuse: Reuse::CountOnly,
        concern: state.map(|state| Concern {
            state,
            assignment: facts.assigned_agency.map(|agency| Assignment {
                agency,
                office: facts.assigned_office,
            }),
            ..Concern::submitted()
        }),
        post_count: row.get()?,
        endorsement_count: 0,
        last_activity_at: row.time()?,
        created_at: row.time()?,
        edited_at: None,
        author: Author {
            persona: facts.raiser,
            voice: row.code()?,
            constituency: None,
            display_name: row.get()?,
            organization: None,
            agency: None,
            office: row.maybe_id()?,
        },
        viewer_endorses: false,
        viewer_follows: false,
        viewer_notices: ThreadNotices::All,
        head: None,
        desk_on: None,
        pinned: false,
        slow_seconds: None,
        merged_into: None,
        split_from: None,
        facts,
    };
    if wanted.details {
        details(row, &mut thread)?;
    }
    if wanted.body {
        thread.body = row.get()?;
    }
    if wanted.own {
        thread.viewer_endorses = row.get()?;
        thread.viewer_follows = row.get()?;
        let level: Option<ThreadNotices> = row.maybe_code()?;
        thread.viewer_notices = level.unwrap_or(ThreadNotices::All);
    }
    Ok(thread)
}

fn details(row: &mut Row, thread: &mut Thread) -> Result<(), StorageError> {
    thread.status_reason = row.get()?;
    thread.language = row.code()?;
    thread.region = row.get()?;
    thread.proceedings = row.code()?;
    thread.reuse = row.code()?;
    let (acknowledged_at, answered_at) = (row.maybe_time()?, row.maybe_time()?);
    let closed_at = row.maybe_time()?;
    let (clarifications, disputes) = (row.count()?, row.count()?);
    let unconfirmed = row.get()?;
    let (referrals, clock_since) = (row.count()?, row.maybe_time()?);
    let (clock_told, taken_by) = (row.count()?, row.maybe_id()?);
    let drafted_by = row.maybe_id()?;
    thread.desk_on = row.maybe_day()?;
    let (answered_by, approved_by) = (row.maybe_id()?, row.maybe_id()?);
    if let Some(concern) = &mut thread.concern {
        *concern = Concern {
            acknowledged_at,
            answered_at,
            closed_at,
            clarifications,
            disputes,
            unconfirmed,
            referrals,
            clock_since,
            clock_told,
            answered_by,
            approved_by,
            taken_by,
            drafted_by,
            ..*concern
        };
    }
    thread.endorsement_count = row.get()?;
    thread.edited_at = row.maybe_time()?;
    thread.author.constituency = row.maybe_code()?;
    thread.author.organization = row.maybe_id()?;
    thread.author.agency = row.maybe_id()?;
    thread.pinned = row.get()?;
    thread.slow_seconds = row.get()?;
    thread.merged_into = row.maybe_id()?;
    thread.split_from = row.maybe_id()?;
    Ok(())
}

fn head(row: &mut Row) -> Result<Option<StreamHead>, StorageError> {
    let (epoch, head, floor): (Option<i64>, Option<i64>, Option<i64>) =
        (row.get()?, row.get()?, row.get()?);
    Ok(match (epoch, head, floor) {
        (Some(epoch), Some(head), Some(floor)) => Some(StreamHead { epoch, head, floor }),
        _ => None,
    })
}

/// The columns of a thread, joined with its author: those of what is wanted.
pub(crate) fn columns(actor: &Actor, wanted: Wanted, params: &mut Params) -> String {
    let facts = fact_columns(actor, params);
    let mut columns = format!("{facts}, {SHOWN}");
    if wanted.details {
        columns.push_str(", ");
        columns.push_str(DETAILS);
    }
    if wanted.body {
        columns.push_str(", t.body");
    }
    if wanted.own {
        columns.push_str(", ");
        columns.push_str(&endorsed(actor.account, params));
        columns.push_str(", ");
        columns.push_str(&exists("follow", "persona", &actor.personas, params));
        columns.push_str(", ");
        columns.push_str(&notices(&actor.personas, params));
    }
    columns
}

/// Where they stand.
pub(super) const FROM: &str = "FROM thread t JOIN persona a ON a.id = t.persona";

impl Conn {
    /// A thread with its author, the actor's facts and its stream's head. One
    /// statement, the same whether the thread exists or not.
    pub async fn thread(
        &self,
        actor: &Actor,
        key: ThreadKey<'_>,
    ) -> Result<Option<Thread>, StorageError> {
        let mut params = self.params();
        let columns = columns(actor, Wanted::ALL, &mut params);
        let condition = match key {
            ThreadKey::Id(id) => format!("t.id = {}", params.push(id)),
            ThreadKey::Reference(reference) => {
                format!("t.reference = {}", params.push(reference))
            }
        };
        let sql = format!(
            "SELECT {columns}, s.epoch, s.head, s.floor {FROM} \
             LEFT JOIN stream s ON s.id = {} WHERE {condition}",
            stream_name(self.backend),
        );
        self.one(&sql, params)
            .await?
            .map(|mut row| {
                let mut thread = thread(&mut row, actor, Wanted::ALL)?;
                thread.head = head(&mut row)?;
                Ok(thread)
            })
            .transpose()
    }

    /// Several threads by their ids, in no order. One statement.
    pub async fn threads_by_id(
        &self,
        actor: &Actor,
        ids: &[ThreadId],
        wanted: Wanted,
    ) -> Result<Vec<Thread>, StorageError> {
        let mut params = self.params();
        let columns = columns(actor, wanted, &mut params);
        let among = params.among("t.id", ids);
        let sql = format!("SELECT {columns} {FROM} WHERE {among}");
        self.all(&sql, params)
            .await?
            .into_iter()
            .map(|mut row| thread(&mut row, actor, wanted))
            .collect()
    }

    /// What policy decides on. One statement.
    pub async fn thread_facts(
        &self,
        actor: &Actor,
        id: ThreadId,
    ) -> Result<Option<ThreadFacts>, StorageError> {
        let mut params = self.params();
        let columns = fact_columns(actor, &mut params);
        let place = params.push(id);
        let sql = format!("SELECT {columns} FROM thread t WHERE t.id = {place}");
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
        let columns = fact_columns(actor, &mut params);
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
            "SELECT {columns}, {hidden}, s.epoch, s.head, s.floor FROM thread t \
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

    /// A thread's facts for deciding on many watchers, with what filters look
    /// at: of participants, of those who stepped back, and of agencies whose
    /// access is frozen, all.
    pub async fn thread_facts_for_all(
        &self,
        id: ThreadId,
    ) -> Result<Option<(ThreadFacts, Filed)>, StorageError> {
        let nobody = Actor::visitor();
        let mut params = self.params();
        let columns = fact_columns(&nobody, &mut params);
        let place = params.push(id);
        let sql = format!(
            "SELECT {columns}, t.category, t.region, \
             EXISTS (SELECT 1 FROM recusal j WHERE j.thread = t.id) \
             OR EXISTS (SELECT 1 FROM retaliation j WHERE j.thread = t.id) \
             FROM thread t WHERE t.id = {place}"
        );
        let Some(mut row) = self.one(&sql, params).await? else {
            return Ok(None);
        };
        let mut facts = facts(&mut row, &nobody)?;
        let filed = Filed {
            thread: id,
            kind: facts.kind,
            category: row.get()?,
            region: row.get()?,
        };
        facts.category.clone_from(&filed.category);
        let some_are_barred: bool = row.get()?;
        if some_are_barred || Audience::NAMING.contains(&facts.audience) {
            let sql = "SELECT 'JOINED', persona FROM participant WHERE thread = $1 \
                       UNION ALL SELECT 'RECUSED', persona FROM recusal WHERE thread = $1 \
                       UNION ALL SELECT 'FROZEN', agency FROM retaliation \
                       WHERE thread = $1 AND lifted_at IS NULL \
                       UNION ALL SELECT 'REPORTED_TO', oversight FROM retaliation \
                       WHERE thread = $1 AND oversight IS NOT NULL";
            for mut row in self.all(sql, self.params().with(id)).await? {
                let part: String = row.get()?;
                let who: uuid::Uuid = row.get()?;
                match part.as_str() {
                    "JOINED" => facts.participants.push(who.into()),
                    "RECUSED" => facts.recused.push(who.into()),
                    "FROZEN" => facts.frozen.push(who.into()),
                    _ => facts.reported_to.push(who.into()),
                }
            }
        }
        Ok(Some((facts, filed)))
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
