//! Writing threads.

use chrono::NaiveDate;
use domain::desk::desk_on;
use domain::id::{AccountId, PersonaId, ThreadId};
use domain::moderation::{Fingerprint, Wording};
use domain::people::{Actor, Language};
use domain::policy::ThreadFacts;
use domain::thread::{AboutKind, ModerationStatus, ParticipantRole};
use uuid::Uuid;

use crate::error::StorageError;
use crate::idempotency::{Claim, Claimed};
use crate::params::Params;
use crate::posting::{Sought, standing_elsewhere};
use crate::redaction::REVISIONS;
use crate::store::Backend;
use crate::thread::read::{fact_columns, facts};
use crate::thread::{NewThread, Switch, Thread, ThreadKey, Wanted};
use crate::write::Tx;

/// What counting a post came to.
#[expect(
    clippy::large_enum_variant,
    reason = "there is one at a time, and each post has one"
)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Counted {
    /// It is counted; what policy decides on, and in how many other threads the text
    /// that was looked for stands.
    Post(ThreadFacts, i64),
    /// There is no such thread.
    NoThread,
    /// The same post was written before; its id.
    Done(Uuid),
    /// The key stands for another act.
    Reused,
}

/// What it comes to where nothing was counted.
impl From<Claimed> for Counted {
    fn from(claimed: Claimed) -> Self {
        match claimed {
            Claimed::New => Self::NoThread,
            Claimed::Done(result) => Self::Done(result),
            Claimed::Reused => Self::Reused,
        }
    }
}

impl Tx {
    /// Writes a thread with its facts, themes, groups and search document.
    pub async fn insert_thread(&self, new: &NewThread) -> Result<(), StorageError> {
        let concern = new.concern.as_ref();
        let assignment = concern.and_then(|concern| concern.assignment);
        let sql = "INSERT INTO thread (id, reference, kind, audience, circle, status, title, \
                   body, language, category, region, proceedings, reuse, persona, about_agency, \
                   about_office, about_kind, oversight_agency, state, assigned_agency, \
                   assigned_office, unconfirmed, due_on, very_overdue_on, clock_since, \
                   desk_on, wants_moderator, last_activity_at, created_at, fingerprint, said) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, \
                   $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $28, $29, $30)";
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
            .with(new.due.on)
            .with(new.due.very_overdue_on)
            .with(concern.and_then(|concern| concern.clock_since))
            .with(concern.and_then(|concern| desk_on(concern.state, new.due.on)))
            .with(new.wants_moderator)
            .with(self.now())
            .with(new.fingerprint.map(Fingerprint::kept))
            .with(new.said.map(|said| said.kept(self.now())));
        self.run(sql, params).await?;
        if let Some(facts) = &new.case_facts {
            let sql = "INSERT INTO case_facts (thread, body) VALUES ($1, $2)";
            self.run(sql, self.params().with(new.id).with(facts.as_str()))
                .await?;
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
        self.insert_codes("thread_theme", "theme", new.id, &new.themes)
            .await?;
        self.insert_codes("thread_group", "affected_group", new.id, &new.groups)
            .await?;
        let text = format!("{} {}", new.title, new.body);
        self.write_search_doc(new.id.0, new.id, new.language, &text)
            .await
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
        let sql = format!(
            "INSERT INTO {table} (thread, {column}) VALUES {}",
            rows.join(", ")
        );
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
        let mut params = self.params();
        let insert = search_doc(object, thread, language, text, &mut params);
        let sql = format!(
            "{insert} ON CONFLICT (object, language) \
             DO UPDATE SET normalized = excluded.normalized"
        );
        self.run(&sql, params).await?;
        Ok(())
    }

    /// Claims a key for a post, counts the post as one that the whole audience
    /// may see, reads what policy decides on, and looks for its text in other threads.
    /// One statement on PostgreSQL, two on SQLite; one more where nothing was counted.
    /// The claim's result must be an id that no other post has.
    pub async fn count_post(
        &self,
        actor: &Actor,
        id: ThreadId,
        claim: Option<&Claim>,
        sought: Option<&Sought<'_>>,
    ) -> Result<Counted, StorageError> {
        self.tally(actor, id, (claim, sought), true).await
    }

    /// The same for a post of which is not known yet whether the audience may
    /// see it: it locks the thread's row, counts nothing and looks for nothing.
    pub async fn expect_post(
        &self,
        actor: &Actor,
        id: ThreadId,
        claim: Option<&Claim>,
    ) -> Result<Counted, StorageError> {
        self.tally(actor, id, (claim, None), false).await
    }

    async fn tally(
        &self,
        actor: &Actor,
        id: ThreadId,
        (claim, sought): (Option<&Claim>, Option<&Sought<'_>>),
        shown: bool,
    ) -> Result<Counted, StorageError> {
        let mut params = self.params();
        let mut claimed = (String::new(), "");
        if let Some(claim) = claim {
            if self.backend == Backend::Postgres {
                let insert = claim.insert(self.now(), &mut params);
                claimed.0 = format!("WITH claimed AS ({insert} RETURNING 1) ");
                claimed.1 = " AND EXISTS (SELECT 1 FROM claimed)";
            } else {
                match self.claim(claim).await? {
                    Claimed::New => {}
                    before => return Ok(before.into()),
                }
            }
        }
        let counts = if shown {
            let now = params.push(self.now());
            format!("post_count = post_count + 1, last_activity_at = {now}")
        } else {
            "post_count = post_count".to_owned()
        };
        let place = params.push(id);
        let mut columns = fact_columns(actor, &mut params);
        if let Some(sought) = sought {
            let count = standing_elsewhere(sought, ["t.id", "t.audience"], &mut params);
            columns.push_str(", ");
            columns.push_str(&count);
        }
        let columns = returning(self.backend, columns);
        let sql = format!(
            "{}UPDATE thread AS t SET {counts} WHERE t.id = {place}{} RETURNING {columns}",
            claimed.0, claimed.1,
        );
        if let Some(mut row) = self.one(&sql, params).await? {
            let facts = facts(&mut row, actor)?;
            let elsewhere = sought.map_or(Ok(0), |_| row.get())?;
            return Ok(Counted::Post(facts, elsewhere));
        }
        let before = match claim {
            Some(claim) if self.backend == Backend::Postgres => self.claimed_before(claim).await?,
            _ => Claimed::New,
        };
        Ok(match before {
            // The key was free: it is the thread that is not there.
            Claimed::Done(result) if claim.is_some_and(|one| one.result == result) => {
                Counted::NoThread
            }
            before => before.into(),
        })
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

    /// Locks threads' rows, in the order of their ids, and reads them whole.
    pub async fn threads_for_update(
        &self,
        actor: &Actor,
        ids: &[ThreadId],
    ) -> Result<Vec<Thread>, StorageError> {
        if self.backend == Backend::Postgres {
            let mut params = self.params();
            let among = params.among("id", ids);
            let sql = format!("SELECT 1 FROM thread WHERE {among} ORDER BY id FOR UPDATE");
            self.all(&sql, params).await?;
        }
        self.threads_by_id(actor, ids, Wanted::ALL).await
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

    /// Saves that a thread that is no concern was sent again by its author now, or
    /// that it was given back to him: of a concern its state says so.
    pub async fn save_sent_again(&self, id: ThreadId, again: bool) -> Result<(), StorageError> {
        let sql = "UPDATE thread SET clock_since = $1 WHERE id = $2 AND state IS NULL";
        let params = self.params().with(again.then(|| self.now())).with(id);
        self.run(sql, params).await?;
        Ok(())
    }

    /// Saves who is the moderator on a thread.
    pub async fn save_claim(&self, id: ThreadId, by: PersonaId) -> Result<(), StorageError> {
        let sql = "UPDATE thread SET claimed_by = $1, wants_moderator = FALSE, \
                   wanted_by_queue = FALSE WHERE id = $2";
        self.run(sql, self.params().with(by).with(id)).await?;
        Ok(())
    }

    /// Whether a thread waits for any moderator to look for another reason than what
    /// waits in their queue.
    pub async fn wants_moderator(&self, id: ThreadId) -> Result<bool, StorageError> {
        let sql = "SELECT wants_moderator FROM thread WHERE id = $1";
        let row = self.one(sql, self.params().with(id)).await?;
        row.map_or(Ok(false), |mut row| row.get())
    }

    /// Has a thread wait for any moderator to look, for as long as something of it
    /// waits in their queue.
    pub async fn want_for_queue(&self, id: ThreadId) -> Result<(), StorageError> {
        let sql = "UPDATE thread SET wanted_by_queue = TRUE WHERE id = $1";
        self.run(sql, self.params().with(id)).await?;
        Ok(())
    }

    /// As [`Self::want_for_queue`], of all confidential threads that this account is
    /// the moderator on and of which something waits.
    pub async fn want_for_queue_of(&self, account: AccountId) -> Result<(), StorageError> {
        let sql = "UPDATE thread SET wanted_by_queue = TRUE WHERE audience = 'CONFIDENTIAL' \
                   AND claimed_by IN (SELECT p.id FROM persona p WHERE p.account = $1) \
                   AND (EXISTS (SELECT 1 FROM reviewable r \
                   WHERE r.thread = thread.id AND r.decided_at IS NULL) \
                   OR EXISTS (SELECT 1 FROM appeal q \
                   WHERE q.thread = thread.id AND q.decided_at IS NULL))";
        self.run(sql, self.params().with(account)).await?;
        Ok(())
    }

    /// Has a thread not wait for that any more, if nothing of it waits there.
    pub async fn rest_queue(&self, id: ThreadId) -> Result<(), StorageError> {
        let sql = "UPDATE thread SET wanted_by_queue = FALSE WHERE id = $1 \
                   AND NOT EXISTS (SELECT 1 FROM reviewable r \
                   WHERE r.thread = thread.id AND r.decided_at IS NULL) \
                   AND NOT EXISTS (SELECT 1 FROM appeal q \
                   WHERE q.thread = thread.id AND q.decided_at IS NULL)";
        self.run(sql, self.params().with(id)).await?;
        Ok(())
    }

    /// Writes whether a thread waits for any moderator to look for another reason.
    pub async fn set_wants_moderator(&self, id: ThreadId, wants: bool) -> Result<(), StorageError> {
        let sql = "UPDATE thread SET wants_moderator = $1 WHERE id = $2";
        self.run(sql, self.params().with(wants).with(id)).await?;
        Ok(())
    }

    /// Moves a thread's last activity to now: something became visible to
    /// its whole audience.
    pub async fn touch_thread(&self, id: ThreadId) -> Result<(), StorageError> {
        let sql = "UPDATE thread SET last_activity_at = $1 WHERE id = $2";
        self.run(sql, self.params().with(self.now()).with(id))
            .await?;
        Ok(())
    }

    /// Replaces a thread's texts, keeping the old ones as a revision of `today`. `said`
    /// is the wording of the text, where it is compared with others.
    pub async fn replace_thread_texts(
        &self,
        old: &Thread,
        today: NaiveDate,
        (title, body): (&str, &str),
        said: Option<Wording>,
    ) -> Result<(), StorageError> {
        let id = old.facts.id;
        self.keep_revision((id.0, id), today, Some(&old.title), &old.body)
            .await?;
        let mut params = self
            .params()
            .with(title)
            .with(body)
            .with(self.now())
            .with(Fingerprint::of(body).kept())
            .with(id);
        // What stays counts from when it was said, whatever its title is now.
        let said = if said == Wording::of(&old.body) {
            "said".to_owned()
        } else {
            params.push(said.map(|said| said.kept(self.now())))
        };
        let sql = format!(
            "UPDATE thread SET title = $1, body = $2, edited_at = $3, fingerprint = CASE \
             WHEN fingerprint IS NOT NULL THEN CAST($4 AS BIGINT) END, said = {said} \
             WHERE id = $5"
        );
        self.run(&sql, params).await?;
        self.write_search_doc(id.0, id, old.language, &format!("{title} {body}"))
            .await
    }

    /// Replaces or adds the sealed case facts.
    pub async fn replace_case_facts(&self, id: ThreadId, body: &str) -> Result<(), StorageError> {
        let sql = "INSERT INTO case_facts (thread, body, edited_at) VALUES ($1, $2, $3) \
                   ON CONFLICT (thread) DO UPDATE SET body = excluded.body, \
                   edited_at = excluded.edited_at";
        self.run(sql, self.params().with(id).with(body).with(self.now()))
            .await?;
        Ok(())
    }

    /// Keeps a text that is about to be replaced. The day only: the minute of
    /// an edit may tell who made it.
    pub async fn keep_revision(
        &self,
        (object, thread): (Uuid, ThreadId),
        today: NaiveDate,
        title: Option<&str>,
        body: &str,
    ) -> Result<(), StorageError> {
        let sql = format!(
            "INSERT INTO revision (object, number, thread, title, body, replaced_on) \
             SELECT $1, COALESCE(MAX(n.number), 0) + 1, $2, $3, $4, $5 FROM {REVISIONS} n"
        );
        let params = self
            .params()
            .with(object)
            .with(thread)
            .with(title.map(str::to_owned))
            .with(body)
            .with(today);
        self.run(&sql, params).await?;
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
        let params = self
            .params()
            .with(id)
            .with(persona)
            .with(role.code())
            .with(self.now());
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
}

/// Writes the words by which a new object is found.
pub(crate) fn search_doc(
    object: Uuid,
    thread: ThreadId,
    language: Language,
    text: &str,
    params: &mut Params,
) -> String {
    let object = params.push(object);
    let language = params.push(language.code());
    let thread = params.push(thread);
    let normalized = params.push(domain::text::search_form(text));
    format!(
        "INSERT INTO search_doc (object, language, thread, normalized) \
         VALUES ({object}, {language}, {thread}, {normalized})"
    )
}

/// What RETURNING may speak of: SQLite knows the row only by its table's own
/// name there.
fn returning(backend: Backend, columns: String) -> String {
    match backend {
        Backend::Postgres => columns,
        Backend::Sqlite => columns.replace("t.", "thread."),
    }
}
