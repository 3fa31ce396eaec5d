//! Threads: reading them whole, listing them, writing them.

use chrono::{DateTime, NaiveDate, Utc};
use domain::concern::{Assignment, Concern, State};
use domain::event::StreamHead;
use domain::id::{AccountId, AgencyId, CircleId, OfficeId, OrganizationId, PersonaId, ThreadId};
use domain::people::{Actor, Constituency, Language, Voice};
use domain::policy::{Scope, ThreadFacts};
use domain::thread::{
    AboutKind, Audience, ModerationStatus, Opened, ParticipantRole, Proceedings, Reuse, ThreadKind,
};
use uuid::Uuid;

use crate::conn::{Conn, Params, Row};
use crate::error::StorageError;
use crate::scope::compile;
use crate::store::Backend;
use crate::write::Tx;

/// An author as content knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// The persona.
    pub persona: PersonaId,
    /// How it appears.
    pub voice: Voice,
    /// Whom it speaks for.
    pub constituency: Option<Constituency>,
    /// The name to be called by; an official's is not shown.
    pub display_name: Option<String>,
    /// The organization it spoke for.
    pub organization: Option<OrganizationId>,
    /// The agency it spoke for.
    pub agency: Option<AgencyId>,
    /// The office it spoke for.
    pub office: Option<OfficeId>,
}

/// A thread with what its own row says.
#[derive(Debug, Clone)]
pub struct Thread {
    /// What policy decides on.
    pub facts: ThreadFacts,
    /// The human reference.
    pub reference: String,
    /// Why a moderator held, returned or removed it.
    pub status_reason: Option<String>,
    /// The title.
    pub title: String,
    /// The issue text, in markdown.
    pub body: String,
    /// The language of the texts.
    pub language: Language,
    /// The code of its category.
    pub category: Option<String>,
    /// The code of its region.
    pub region: Option<String>,
    /// What the law already has of it.
    pub proceedings: Proceedings,
    /// What may be done with its text.
    pub reuse: Reuse,
    /// The concern's life, if it is one.
    pub concern: Option<Concern>,
    /// The day by which the next official move is due.
    pub due_on: Option<NaiveDate>,
    /// Posts that the whole audience may see.
    pub post_count: i64,
    /// Members whom it concerns too.
    pub endorsement_count: i64,
    /// When something last became visible to the whole audience.
    pub last_activity_at: DateTime<Utc>,
    /// When it was raised.
    pub created_at: DateTime<Utc>,
    /// When its texts were last changed.
    pub edited_at: Option<DateTime<Utc>>,
    /// Who raised it.
    pub author: Author,
    /// Whether the actor said that it concerns him too.
    pub viewer_endorses: bool,
    /// Whether the actor is told of what happens.
    pub viewer_follows: bool,
    /// How far its stream reached when it was read.
    pub head: Option<StreamHead>,
}

/// How to find one thread.
#[derive(Debug, Clone, Copy)]
pub enum ThreadKey<'a> {
    /// By its id.
    Id(ThreadId),
    /// By its human reference, in the form that is stored.
    Reference(&'a str),
}

/// A thread about to be written.
#[derive(Debug, Clone)]
pub struct NewThread {
    /// Its id.
    pub id: ThreadId,
    /// Its human reference.
    pub reference: String,
    /// What it is for.
    pub kind: ThreadKind,
    /// Who may read it.
    pub audience: Audience,
    /// The circle, where that is the audience.
    pub circle: Option<CircleId>,
    /// How moderation stands.
    pub status: ModerationStatus,
    /// The title.
    pub title: String,
    /// The issue text.
    pub body: String,
    /// The sealed case facts.
    pub case_facts: Option<String>,
    /// The language of the texts.
    pub language: Language,
    /// The code of its category.
    pub category: Option<String>,
    /// The code of its region.
    pub region: Option<String>,
    /// Codes of its themes.
    pub themes: Vec<String>,
    /// Codes of the groups it affects.
    pub groups: Vec<String>,
    /// What the law already has of it.
    pub proceedings: Proceedings,
    /// What may be done with its text.
    pub reuse: Reuse,
    /// Who raises it.
    pub persona: PersonaId,
    /// The agency it complains of.
    pub about_agency: Option<AgencyId>,
    /// The office it complains of.
    pub about_office: Option<OfficeId>,
    /// What it complains of.
    pub about_kind: Option<AboutKind>,
    /// The oversight body that owns it or has a copy.
    pub oversight_agency: Option<AgencyId>,
    /// The concern's life, if it is one.
    pub concern: Option<Concern>,
    /// The day by which the next official move is due.
    pub due_on: Option<NaiveDate>,
    /// For whom it is raised, if for somebody else.
    pub on_behalf: Option<OnBehalf>,
}

/// What a client consented to, for whom a caseworker raises a concern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnBehalf {
    /// What she consented to, in her caseworker's words.
    pub consent: String,
    /// Until when.
    pub until: NaiveDate,
    /// The hash of the receipt with which she comes back.
    pub receipt_hash: Vec<u8>,
}

/// By what a list of threads is sorted. The id breaks ties.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThreadOrder {
    /// When something last became visible.
    LastActivityAt,
    /// When it was raised.
    CreatedAt,
}

/// A place in a list: the sort value in microseconds, and the id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThreadPlace {
    /// The sort value.
    pub micros: i64,
    /// The thread.
    pub id: Uuid,
}

/// A slice of a keyset list.
#[derive(Debug, Clone, Copy)]
pub struct Slice<P> {
    /// Only what comes after this place, in the direction of reading.
    pub after: Option<P>,
    /// Only what comes before this place.
    pub before: Option<P>,
    /// Sorted from the greatest down.
    pub descending: bool,
    /// Read from the end instead of the start.
    pub backward: bool,
    /// At most so many rows.
    pub limit: u32,
}

/// What a list of threads is narrowed to, beside what the actor may see.
#[derive(Debug, Clone, Default)]
pub struct ThreadFilter {
    /// Only this kind.
    pub kind: Option<ThreadKind>,
    /// Only this audience.
    pub audience: Option<Audience>,
    /// Only this moderation status.
    pub status: Option<ModerationStatus>,
    /// Only this category itself.
    pub category: Option<String>,
    /// Only these categories.
    pub categories: Option<Vec<String>>,
    /// Only this region.
    pub region: Option<String>,
    /// Only this theme.
    pub theme: Option<String>,
    /// Only concerns in this state.
    pub state: Option<State>,
    /// Only concerns assigned to this agency.
    pub assigned_agency: Option<AgencyId>,
    /// Only concerns assigned to one of these offices.
    pub assigned_offices: Option<Vec<OfficeId>>,
    /// Only threads raised by one of these personas.
    pub raised_by: Option<Vec<PersonaId>>,
    /// Only threads followed by one of these personas.
    pub followed_by: Option<Vec<PersonaId>>,
}

/// What an entry of the access ledger says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerEntry {
    /// The entry.
    pub id: Uuid,
    /// By which office, if by one.
    pub office: Option<OfficeId>,
    /// By which duty, if by one.
    pub duty: Option<String>,
    /// What was opened.
    pub opened: Opened,
    /// When.
    pub at: DateTime<Utc>,
}

const FACTS: &str = "t.id, t.kind, t.audience, t.circle, t.status, t.locked_at IS NOT NULL, \
    t.persona, t.about_agency, t.about_office, t.about_kind, t.assigned_agency, \
    t.assigned_office, t.oversight_agency, t.claimed_by";

const REST: &str = "t.reference, t.status_reason, t.title, t.body, t.language, t.category, \
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
fn joined(actor: &Actor, params: &mut Params) -> String {
    exists("participant", "persona", &actor.personas, params)
}

fn exists(table: &str, column: &str, ids: &[PersonaId], params: &mut Params) -> String {
    if ids.is_empty() {
        return "(1 = 0)".to_owned();
    }
    let among = params.among(&format!("j.{column}"), ids);
    format!("EXISTS (SELECT 1 FROM {table} j WHERE j.thread = t.id AND {among})")
}

fn endorsed(account: Option<AccountId>, params: &mut Params) -> String {
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

fn facts(row: &mut Row, actor: &Actor) -> Result<ThreadFacts, StorageError> {
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
        participants: if row.get()? { actor.personas.clone() } else { Vec::new() },
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

fn thread(mut row: Row, actor: &Actor) -> Result<Thread, StorageError> {
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
        assignment: facts
            .assigned_agency
            .map(|agency| Assignment { agency, office: facts.assigned_office }),
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
        self.one(&sql, params).await?.map(|row| thread(row, actor)).transpose()
    }

    /// Several threads by their ids, in no order. One statement.
    pub async fn threads_by_id(
        &self,
        actor: &Actor,
        ids: &[ThreadId],
    ) -> Result<Vec<Thread>, StorageError> {
        let mut params = self.params();
        let select = select(actor, &mut params);
        let among = params.among("t.id", ids);
        let sql = format!("{select} WHERE {among}");
        self.all(&sql, params).await?.into_iter().map(|row| thread(row, actor)).collect()
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
        self.one(&sql, params).await?.map(|mut row| facts(&mut row, actor)).transpose()
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
            facts.participants =
                rows.into_iter().map(|mut row| row.id()).collect::<Result<_, _>>()?;
        }
        Ok(Some(facts))
    }

    /// The threads in a scope, filtered and sorted, at most `limit`. In the
    /// order of reading; read from the end, that is reversed.
    pub async fn threads(
        &self,
        actor: &Actor,
        scope: &Scope,
        filter: &ThreadFilter,
        order: ThreadOrder,
        slice: Slice<ThreadPlace>,
    ) -> Result<Vec<Thread>, StorageError> {
        let mut params = self.params();
        let select = select(actor, &mut params);
        let mut conditions = conditions(scope, filter, &mut params);
        let column = match order {
            ThreadOrder::LastActivityAt => "t.last_activity_at",
            ThreadOrder::CreatedAt => "t.created_at",
        };
        for (place, less) in
            [(slice.after, slice.descending), (slice.before, !slice.descending)]
        {
            if let Some(place) = place {
                let sign = if less { "<" } else { ">" };
                let micros = params.push(place.micros);
                let id = params.push(place.id);
                conditions.push(format!("({column}, t.id) {sign} ({micros}, {id})"));
            }
        }
        let way = if slice.descending == slice.backward { "ASC" } else { "DESC" };
        let limit = params.push(i64::from(slice.limit));
        let sql = format!(
            "{select} WHERE {} ORDER BY {column} {way}, t.id {way} LIMIT {limit}",
            conditions.join(" AND "),
        );
        self.all(&sql, params).await?.into_iter().map(|row| thread(row, actor)).collect()
    }

    /// How many threads are in a scope and pass a filter.
    pub async fn thread_count(
        &self,
        scope: &Scope,
        filter: &ThreadFilter,
    ) -> Result<i64, StorageError> {
        let mut params = self.params();
        let conditions = conditions(scope, filter, &mut params);
        let sql = format!("SELECT COUNT(*) FROM thread t WHERE {}", conditions.join(" AND "));
        self.one(&sql, params).await?.ok_or(StorageError::Corrupt("a count"))?.get()
    }

    /// The sealed case facts.
    pub async fn case_facts(&self, id: ThreadId) -> Result<Option<String>, StorageError> {
        let sql = "SELECT body FROM case_facts WHERE thread = $1";
        self.one(sql, self.params().with(id)).await?.map(|mut row| row.get()).transpose()
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

    /// Who opened a confidential thread, newest first, at most `limit`.
    pub async fn access_ledger(
        &self,
        id: ThreadId,
        limit: u32,
    ) -> Result<Vec<LedgerEntry>, StorageError> {
        let sql = "SELECT id, office, duty, opened, at FROM access_ledger \
                   WHERE thread = $1 ORDER BY at DESC, id DESC LIMIT $2";
        let params = self.params().with(id).with(i64::from(limit));
        let entry = |mut row: Row| {
            Ok(LedgerEntry {
                id: row.get()?,
                office: row.maybe_id()?,
                duty: row.get()?,
                opened: row.code()?,
                at: row.time()?,
            })
        };
        self.all(sql, params).await?.into_iter().map(entry).collect()
    }
}

/// A list's columns, without a stream's head.
fn select(actor: &Actor, params: &mut Params) -> String {
    let joined = joined(actor, params);
    let endorsed = endorsed(actor.account, params);
    let follows = exists("follow", "persona", &actor.personas, params);
    format!(
        "SELECT {FACTS}, {joined}, {REST}, {AUTHOR}, {endorsed}, {follows}, \
         CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), CAST(NULL AS BIGINT) \
         FROM thread t JOIN persona a ON a.id = t.persona",
    )
}

fn conditions(scope: &Scope, filter: &ThreadFilter, params: &mut Params) -> Vec<String> {
    let mut all = vec![compile(scope, params)];
    let mut equal = |column: &str, code: Option<&str>| {
        if let Some(code) = code {
            all.push(format!("{column} = {}", params.push(code)));
        }
    };
    equal("t.kind", filter.kind.map(ThreadKind::code));
    equal("t.audience", filter.audience.map(Audience::code));
    equal("t.status", filter.status.map(ModerationStatus::code));
    equal("t.category", filter.category.as_deref());
    equal("t.region", filter.region.as_deref());
    equal("t.state", filter.state.map(State::code));
    if let Some(categories) = &filter.categories {
        all.push(params.among_codes("t.category", categories));
    }
    if let Some(theme) = &filter.theme {
        let place = params.push(theme.as_str());
        all.push(format!(
            "EXISTS (SELECT 1 FROM thread_theme j WHERE j.thread = t.id AND j.theme = {place})"
        ));
    }
    if let Some(agency) = filter.assigned_agency {
        all.push(params.among("t.assigned_agency", &[agency]));
    }
    if let Some(offices) = &filter.assigned_offices {
        all.push(params.among("t.assigned_office", offices));
    }
    if let Some(personas) = &filter.raised_by {
        all.push(params.among("t.persona", personas));
    }
    if let Some(personas) = &filter.followed_by {
        all.push(exists("follow", "persona", personas, params));
    }
    all
}

impl Tx {
    /// Writes a thread with its facts, themes, groups and search document.
    pub async fn insert_thread(&self, new: &NewThread) -> Result<(), StorageError> {
        let concern = new.concern.as_ref();
        let assignment = concern.and_then(|concern| concern.assignment);
        let sql = "INSERT INTO thread (id, reference, kind, audience, circle, status, title, \
                   body, language, category, region, proceedings, reuse, persona, about_agency, \
                   about_office, about_kind, oversight_agency, state, assigned_agency, \
                   assigned_office, unconfirmed, due_on, last_activity_at, created_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, \
                   $16, $17, $18, $19, $20, $21, $22, $23, $24, $24)";
        let params = self
            .params()
            .with(new.id)
            .with(new.reference.as_str())
            .with(new.kind.code())
            .with(new.audience.code())
            .with(new.circle)
            .with(new.status.code())
            .with(new.title.as_str())
            .with(new.body.as_str())
            .with(new.language.code())
            .with(new.category.clone())
            .with(new.region.clone())
            .with(new.proceedings.code())
            .with(new.reuse.code())
            .with(new.persona)
            .with(new.about_agency)
            .with(new.about_office)
            .with(new.about_kind.map(AboutKind::code))
            .with(new.oversight_agency)
            .with(concern.map(|concern| concern.state.code()))
            .with(assignment.map(|assignment| assignment.agency))
            .with(assignment.and_then(|assignment| assignment.office))
            .with(false)
            .with(new.due_on)
            .with(self.now());
        self.run(sql, params).await?;
        if let Some(facts) = &new.case_facts {
            let sql = "INSERT INTO case_facts (thread, body) VALUES ($1, $2)";
            self.run(sql, self.params().with(new.id).with(facts.as_str())).await?;
        }
        if let Some(behalf) = &new.on_behalf {
            let sql = "INSERT INTO on_behalf (thread, consent, consent_until, receipt_hash) \
                       VALUES ($1, $2, $3, $4)";
            let params = self
                .params()
                .with(new.id)
                .with(behalf.consent.as_str())
                .with(behalf.until)
                .with(behalf.receipt_hash.clone());
            self.run(sql, params).await?;
        }
        self.insert_codes("thread_theme", "theme", new.id, &new.themes).await?;
        self.insert_codes("thread_group", "affected_group", new.id, &new.groups).await?;
        let text = format!("{} {}", new.title, new.body);
        self.write_search_doc(new.id.0, new.id, new.language, &text).await
    }

    async fn insert_codes(
        &self,
        table: &str,
        column: &str,
        thread: ThreadId,
        codes: &[String],
    ) -> Result<(), StorageError> {
        if codes.is_empty() {
            return Ok(());
        }
        let mut params = self.params();
        let thread = params.push(thread);
        let rows: Vec<String> = codes
            .iter()
            .map(|code| format!("({thread}, {})", params.push(code.as_str())))
            .collect();
        let sql = format!("INSERT INTO {table} (thread, {column}) VALUES {}", rows.join(", "));
        self.run(&sql, params).await?;
        Ok(())
    }

    /// Writes the words by which an object is found, in the form that both
    /// index and query use.
    pub async fn write_search_doc(
        &self,
        object: Uuid,
        thread: ThreadId,
        language: Language,
        text: &str,
    ) -> Result<(), StorageError> {
        let sql = "INSERT INTO search_doc (object, language, thread, normalized) \
                   VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (object, language) DO UPDATE SET normalized = excluded.normalized";
        let params = self
            .params()
            .with(object)
            .with(language.code())
            .with(thread)
            .with(domain::text::search_form(text));
        self.run(sql, params).await?;
        Ok(())
    }

    /// Counts a post that the whole audience may see, and reads what policy
    /// decides on. `None` if there is no such thread. One statement.
    pub async fn count_post(
        &self,
        actor: &Actor,
        id: ThreadId,
    ) -> Result<Option<ThreadFacts>, StorageError> {
        let mut params = self.params();
        let now = params.push(self.now());
        let place = params.push(id);
        let joined = joined(actor, &mut params);
        let (facts_of, joined) = returning(self.backend, &joined);
        let sql = format!(
            "UPDATE thread AS t SET post_count = post_count + 1, last_activity_at = {now} \
             WHERE t.id = {place} RETURNING {facts_of}, {joined}",
        );
        self.one(&sql, params).await?.map(|mut row| facts(&mut row, actor)).transpose()
    }

    /// Locks a thread's row for a decision and the write that follows, and
    /// reads it whole. `None` if there is no such thread.
    pub async fn thread_for_update(
        &self,
        actor: &Actor,
        id: ThreadId,
    ) -> Result<Option<Thread>, StorageError> {
        if self.backend == Backend::Postgres {
            let sql = "SELECT 1 FROM thread WHERE id = $1 FOR UPDATE";
            self.one(sql, self.params().with(id)).await?;
        }
        self.thread(actor, ThreadKey::Id(id)).await
    }

    /// Saves a concern's life.
    pub async fn save_concern(
        &self,
        id: ThreadId,
        concern: &Concern,
        due_on: Option<NaiveDate>,
    ) -> Result<(), StorageError> {
        let sql = "UPDATE thread SET state = $1, assigned_agency = $2, assigned_office = $3, \
                   acknowledged_at = $4, answered_at = $5, closed_at = $6, clarifications = $7, \
                   disputes = $8, unconfirmed = $9, due_on = $10 WHERE id = $11";
        let params = self
            .params()
            .with(concern.state.code())
            .with(concern.assignment.map(|assignment| assignment.agency))
            .with(concern.assignment.and_then(|assignment| assignment.office))
            .with(concern.acknowledged_at)
            .with(concern.answered_at)
            .with(concern.closed_at)
            .with(i64::from(concern.clarifications))
            .with(i64::from(concern.disputes))
            .with(concern.unconfirmed)
            .with(due_on)
            .with(id);
        self.run(sql, params).await?;
        Ok(())
    }

    /// Saves how moderation stands on a thread.
    pub async fn save_status(
        &self,
        id: ThreadId,
        status: ModerationStatus,
        reason: Option<&str>,
        claimed_by: Option<PersonaId>,
    ) -> Result<(), StorageError> {
        let sql = "UPDATE thread SET status = $1, status_reason = $2, claimed_by = $3, \
                   last_activity_at = $4 WHERE id = $5";
        let params = self
            .params()
            .with(status.code())
            .with(reason.map(str::to_owned))
            .with(claimed_by)
            .with(self.now())
            .with(id);
        self.run(sql, params).await?;
        Ok(())
    }

    /// Moves a thread's last activity to now: something became visible to
    /// its whole audience.
    pub async fn touch_thread(&self, id: ThreadId) -> Result<(), StorageError> {
        let sql = "UPDATE thread SET last_activity_at = $1 WHERE id = $2";
        self.run(sql, self.params().with(self.now()).with(id)).await?;
        Ok(())
    }

    /// Replaces a thread's texts, keeping the old ones as a revision.
    pub async fn replace_thread_texts(
        &self,
        old: &Thread,
        title: &str,
        body: &str,
    ) -> Result<(), StorageError> {
        let id = old.facts.id;
        self.keep_revision(id.0, id, Some(&old.title), &old.body).await?;
        let sql = "UPDATE thread SET title = $1, body = $2, edited_at = $3 WHERE id = $4";
        let params = self.params().with(title).with(body).with(self.now()).with(id);
        self.run(sql, params).await?;
        self.write_search_doc(id.0, id, old.language, &format!("{title} {body}")).await
    }

    /// Replaces or adds the sealed case facts.
    pub async fn replace_case_facts(&self, id: ThreadId, body: &str) -> Result<(), StorageError> {
        let sql = "INSERT INTO case_facts (thread, body, edited_at) VALUES ($1, $2, $3) \
                   ON CONFLICT (thread) DO UPDATE SET body = excluded.body, \
                   edited_at = excluded.edited_at";
        self.run(sql, self.params().with(id).with(body).with(self.now())).await?;
        Ok(())
    }

    /// Keeps a text that is about to be replaced. The day only: the minute of
    /// an edit may tell who made it.
    pub async fn keep_revision(
        &self,
        object: Uuid,
        thread: ThreadId,
        title: Option<&str>,
        body: &str,
    ) -> Result<(), StorageError> {
        let sql = "INSERT INTO revision (object, number, thread, title, body, replaced_on) \
                   SELECT $1, COALESCE(MAX(number), 0) + 1, $2, $3, $4, $5 \
                   FROM revision WHERE object = $1";
        let params = self
            .params()
            .with(object)
            .with(thread)
            .with(title.map(str::to_owned))
            .with(body)
            .with(self.now().date_naive());
        self.run(sql, params).await?;
        Ok(())
    }

    /// Adds or takes back an endorsement; says whether anything changed.
    pub async fn set_endorsement(
        &self,
        id: ThreadId,
        account: AccountId,
        on: Switch,
    ) -> Result<bool, StorageError> {
        let (sql, step) = match on {
            Switch::On => (
                "INSERT INTO endorsement (thread, account, created_at) VALUES ($1, $2, $3) \
                 ON CONFLICT DO NOTHING",
                1,
            ),
            Switch::Off => (
                "DELETE FROM endorsement WHERE thread = $1 AND account = $2 AND created_at <= $3",
                -1,
            ),
        };
        let params = self.params().with(id).with(account).with(self.now());
        let changed = self.run(sql, params).await? > 0;
        if changed {
            let sql = "UPDATE thread SET endorsement_count = endorsement_count + $1 WHERE id = $2";
            self.run(sql, self.params().with(step).with(id)).await?;
        }
        Ok(changed)
    }

    /// Makes a persona follow a thread, or no longer; says whether anything
    /// changed.
    pub async fn set_follow(
        &self,
        id: ThreadId,
        persona: PersonaId,
        on: Switch,
    ) -> Result<bool, StorageError> {
        let sql = match on {
            Switch::On => {
                "INSERT INTO follow (thread, persona, since) VALUES ($1, $2, $3) \
                 ON CONFLICT DO NOTHING"
            }
            Switch::Off => "DELETE FROM follow WHERE thread = $1 AND persona = $2 AND since <= $3",
        };
        let params = self.params().with(id).with(persona).with(self.now());
        Ok(self.run(sql, params).await? > 0)
    }

    /// Brings a persona into a thread; says whether anything changed.
    pub async fn insert_participant(
        &self,
        id: ThreadId,
        persona: PersonaId,
        role: ParticipantRole,
    ) -> Result<bool, StorageError> {
        let sql = "INSERT INTO participant (thread, persona, role, since) \
                   VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
        let params = self.params().with(id).with(persona).with(role.code()).with(self.now());
        Ok(self.run(sql, params).await? > 0)
    }

    /// Sends a persona away from a thread; says whether anything changed.
    pub async fn delete_participant(
        &self,
        id: ThreadId,
        persona: PersonaId,
    ) -> Result<bool, StorageError> {
        let sql = "DELETE FROM participant WHERE thread = $1 AND persona = $2";
        Ok(self.run(sql, self.params().with(id).with(persona)).await? > 0)
    }

    /// Writes that confidential threads or their facts were opened, except
    /// those that the same office or duty opened since `not_since`. At most
    /// two statements whatever the number of threads.
    pub async fn write_ledger(
        &self,
        entries: &[(ThreadId, LedgerEntry)],
        not_since: DateTime<Utc>,
    ) -> Result<(), StorageError> {
        let threads: Vec<ThreadId> = entries.iter().map(|(thread, _)| *thread).collect();
        let mut params = self.params();
        let among = params.among("thread", &threads);
        let since = params.push(not_since);
        let sql = format!(
            "SELECT thread, office, duty, opened FROM access_ledger \
             WHERE {among} AND at > {since}",
        );
        let mut known = Vec::new();
        for mut row in self.all(&sql, params).await? {
            let entry: (ThreadId, Option<OfficeId>, Option<String>, Opened) =
                (row.id()?, row.maybe_id()?, row.get()?, row.code()?);
            known.push(entry);
        }
        let mut params = self.params();
        let mut rows = Vec::new();
        for (thread, entry) in entries {
            let same = (*thread, entry.office, entry.duty.clone(), entry.opened);
            if known.contains(&same) {
                continue;
            }
            rows.push(format!(
                "({}, {}, {}, {}, {}, {})",
                params.push(entry.id),
                params.push(*thread),
                params.push(entry.office),
                params.push(entry.duty.clone()),
                params.push(entry.opened.code()),
                params.push(entry.at),
            ));
        }
        if rows.is_empty() {
            return Ok(());
        }
        let sql = format!(
            "INSERT INTO access_ledger (id, thread, office, duty, opened, at) VALUES {}",
            rows.join(", "),
        );
        self.run(&sql, params).await?;
        Ok(())
    }
}

/// Whether something is turned on or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Switch {
    /// On.
    On,
    /// Off.
    Off,
}

/// What RETURNING may speak of: SQLite knows the row only by its table's own
/// name there.
fn returning(backend: Backend, joined: &str) -> (String, String) {
    match backend {
        Backend::Postgres => (FACTS.to_owned(), joined.to_owned()),
        Backend::Sqlite => (FACTS.replace("t.", "thread."), joined.replace("t.id", "thread.id")),
    }
}
