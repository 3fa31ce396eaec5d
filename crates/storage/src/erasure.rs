//! What is left of an account that was deleted: nothing. Its rows go, what
//! points at it is emptied, and its words go or stay as he chose.
//!
//! Schema tests hold these lists to [`crate::data_map`]: a table whose rows go
//! with the account, a column that is emptied, or one that holds somebody's
//! words, fails them if it is forgotten here.

use domain::id::{AccountId, PostId, ThreadId};
use domain::moderation::{Decision, ReviewStep};
use domain::own_data::{ERASED_EN, ERASED_UR};
use domain::people::{Duty, Language, Standing};
use domain::thread::ModerationStatus;
use domain::timeline::Side;

use crate::conn::Conn;
use crate::error::StorageError;
use crate::own_data::expand;
use crate::params::Params;
use crate::reviewable::waits_only_for;
use crate::store::Backend;
use crate::write::Tx;

/// Rows of a table that go; which, as SQL for `expand`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Go {
    /// The table.
    pub table: &'static str,
    own: &'static str,
}

const fn go(table: &'static str, own: &'static str) -> Go {
    Go { table, own }
}

const OF_CONSENT: &str = "consent IN (SELECT id FROM consent WHERE account = {me})";
const OF_ACCOUNT: &str = "account = {me}";
const OF_PERSONA: &str = "persona IN {mine}";

/// What was struck out of his texts.
const SEALED: &str = "redaction IN (SELECT m.id FROM modlog m JOIN thread w ON w.id = m.thread \
    LEFT JOIN post o ON o.id = m.post WHERE COALESCE(o.persona, w.persona) IN {mine})";

/// What goes with the deletion itself, each after what refers to it: nobody
/// can sign in, or act for the person, once it is committed.
pub const AT_ONCE: &[Go] = &[
    go("session", OF_ACCOUNT),
    go("recovery_code", OF_ACCOUNT),
    go("reset_code", OF_ACCOUNT),
    go("client_token", OF_CONSENT),
    go("client_renewal", OF_CONSENT),
    go("client_code", OF_CONSENT),
    go("consent", OF_ACCOUNT),
    go("account_duty", OF_ACCOUNT),
    go("moderator_number", OF_ACCOUNT),
    go("membership", OF_ACCOUNT),
    go("circle_member", OF_ACCOUNT),
    go("holder", OF_ACCOUNT),
    go("mail_note", OF_ACCOUNT),
    go("mail", OF_ACCOUNT),
    go("mail_place", OF_ACCOUNT),
    go("mail_preference", OF_ACCOUNT),
];

/// Rows that may be many, and go some at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GoBySome {
    /// The table.
    pub table: &'static str,
    key: &'static str,
    own: &'static str,
}

/// What goes some at a time.
pub const BY_SOME: &[GoBySome] = &[
    by_some("flag", "subject, account", OF_ACCOUNT),
    by_some("sealed_original", "redaction, object, number", SEALED),
    by_some("follow", "thread, persona", OF_PERSONA),
    by_some("thread_notice", "thread, persona", OF_PERSONA),
    by_some("shortlist", "thread, persona", OF_PERSONA),
    by_some("event", "stream, pos", "stream = {inbox}"),
];

const fn by_some(table: &'static str, key: &'static str, own: &'static str) -> GoBySome {
    GoBySome { table, key, own }
}

/// The tables whose rows go one by one, because each changes something else:
/// a count, or what the audit log says of itself.
pub const WITH_A_TRACE: &[&str] = &["endorsement", "audit_opening"];

/// A column that points at the account, or is his, and is emptied.
pub const EMPTIED: &[(&str, &str)] = &[
    ("account", "vouched_by"),
    ("account_duty", "granted_by"),
    ("agency", "decided_by"),
    ("circle_member", "vouched_by"),
    ("invitation", "created_by"),
    ("legal_demand", "registrar"),
    ("legal_demand", "approver"),
    ("legal_demand", "decider"),
    ("membership", "decided_by"),
    ("organization", "requested_by"),
    ("organization", "decided_by"),
    ("persona", "account"),
];

/// What of an author goes with the deletion itself.
pub const EMPTIED_AT_ONCE: &[(&str, &str)] =
    &[("persona", "display_name"), ("persona", "access_hash")];

/// What goes at last. Of the keys of mutations, which nobody finds by whose they are,
/// those that came to the account itself: all are read for it.
pub const AT_LAST: &[Go] = &[
    go("idempotency", "result = {me}"),
    go("event", "stream = {inbox}"),
    go("stream", "id = {inbox}"),
    go("account", "id = {me}"),
];

/// What becomes of words, and of what can hurt somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// They go in any case.
    Goes,
    /// They go if he wants them to.
    OnWish,
    /// They are an office's, whoever wrote them.
    Offices,
    /// They are the record of moderation's, or of whoever decided.
    Record,
    /// They say what a thread is about, which decides who may read it.
    Filing,
}

/// What becomes of them, column by column.
pub const WORDS: &[(&str, &[&str], Fate)] = &[
    (
        "thread",
        &["title", "body", "fingerprint", "said"],
        Fate::OnWish,
    ),
    (
        "thread",
        &["proceedings", "about_agency", "about_office", "about_kind"],
        Fate::Filing,
    ),
    ("thread_group", &["affected_group"], Fate::OnWish),
    ("case_facts", &["body"], Fate::Goes),
    ("on_behalf", &["consent"], Fate::Goes),
    ("post", &["body", "fingerprint", "said"], Fate::OnWish),
    ("revision", &["title", "body"], Fate::OnWish),
    ("search_doc", &["normalized"], Fate::OnWish),
    ("verdict", &["comment"], Fate::OnWish),
    ("concern_move", &["note"], Fate::OnWish),
    ("reviewable", &["title", "body"], Fate::OnWish),
    ("sanction", &["title", "body"], Fate::OnWish),
    ("sanction", &["reason", "decision_reason"], Fate::Record),
    ("appeal", &["body", "reason"], Fate::Record),
    ("legal_demand", &["scope", "reason"], Fate::Record),
    ("retaliation", &["body"], Fate::Goes),
    ("retaliation", &["agency", "oversight"], Fate::Filing),
    ("retaliation", &["reason"], Fate::Record),
    ("response", &["body", "outcome_text"], Fate::Offices),
    ("response_draft", &["body", "outcome_text"], Fate::Offices),
    ("commitment", &["body"], Fate::Offices),
    ("commitment_milestone", &["body"], Fate::Offices),
    ("commitment_evidence", &["url", "body"], Fate::Offices),
    ("letter", &["reply"], Fate::Offices),
    ("review_step", &["reason"], Fate::Record),
    ("modlog", &["reason"], Fate::Record),
];

/// The mark in place of words, in the language of `language`, as SQL.
fn mark(language: &str, params: &mut Params) -> String {
    let ur = params.push(ERASED_UR);
    let en = params.push(ERASED_EN);
    let code = Language::Ur.code();
    format!("CASE {language} WHEN '{code}' THEN CAST({ur} AS text) ELSE CAST({en} AS text) END")
}

/// A post or thread of somebody whose words go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gone<T> {
    /// The post or thread.
    pub id: T,
    /// The thread.
    pub thread: ThreadId,
    /// Whether somebody else wrote after it: then a mark stands in its place.
    pub answered: bool,
    /// Whether readers saw it.
    pub shown: bool,
}

impl Conn {
    /// Whether nobody who may sign in has this duty but one account, which has
    /// it.
    pub async fn last_with_duty(
        &self,
        duty: Duty,
        account: AccountId,
    ) -> Result<bool, StorageError> {
        let sql = "SELECT 1 FROM account_duty d WHERE d.duty = $1 AND d.account = $2 \
                   AND NOT EXISTS (SELECT 1 FROM account_duty o JOIN account a ON a.id = o.account \
                   WHERE o.duty = $1 AND o.account <> $2 AND a.standing = 'ACTIVE')";
        let params = self.params().with(duty.code()).with(account);
        Ok(self.one(sql, params).await?.is_some())
    }

    /// Whether an account that has this login was deleted.
    pub async fn login_was_deleted(&self, hash: &[u8]) -> Result<bool, StorageError> {
        let sql = "SELECT 1 FROM former_login WHERE login_hash = $1";
        let params = self.params().with(hash.to_vec());
        Ok(self.one(sql, params).await?.is_some())
    }

    /// The threads that an account raised, after this one, by id.
    pub async fn raised_by(
        &self,
        account: AccountId,
        after: ThreadId,
        limit: u32,
    ) -> Result<Vec<ThreadId>, StorageError> {
        let mut params = self.params();
        let own = expand("persona IN {mine}", account, &mut params);
        let (after, limit) = (params.push(after), params.push(i64::from(limit)));
        let sql =
            format!("SELECT id FROM thread WHERE {own} AND id > {after} ORDER BY id LIMIT {limit}");
        let rows = self.all(&sql, params).await?;
        rows.into_iter().map(|mut row| row.id()).collect()
    }

    /// A concern that an account raised and that is not over, after this one,
    /// by id.
    pub async fn concern_in_progress(
        &self,
        account: AccountId,
        after: ThreadId,
    ) -> Result<Option<ThreadId>, StorageError> {
        let mut params = self.params();
        let own = expand("persona IN {mine}", account, &mut params);
        let after = params.push(after);
        let sql = format!(
            "SELECT id FROM thread WHERE {own} AND id > {after} AND state IS NOT NULL \
             AND state NOT IN ('CLOSED', 'WITHDRAWN') ORDER BY id LIMIT 1"
        );
        let row = self.one(&sql, params).await?;
        row.map(|mut row| row.id()).transpose()
    }

    /// The threads in which an account's name stood, after this one, by id.
    pub async fn spoken_in(
        &self,
        account: AccountId,
        after: ThreadId,
        limit: u32,
    ) -> Result<Vec<ThreadId>, StorageError> {
        let mut params = self.params();
        let own = expand("persona IN {own}", account, &mut params);
        let (after, limit) = (params.push(after), params.push(i64::from(limit)));
        let sql = format!(
            "SELECT id FROM thread WHERE {own} AND id > {after} \
             UNION SELECT thread FROM post WHERE {own} AND thread > {after} \
             ORDER BY 1 LIMIT {limit}"
        );
        let rows = self.all(&sql, params).await?;
        rows.into_iter().map(|mut row| row.id()).collect()
    }
}

impl Tx {
    /// Holds whoever has a duty until the transaction ends: of two who leave at
    /// once, the second sees that the first is gone.
    pub async fn hold_duty(&self, duty: Duty) -> Result<(), StorageError> {
        let sql = "UPDATE account_duty SET duty = duty WHERE duty = $1";
        self.run(sql, self.params().with(duty.code())).await?;
        Ok(())
    }

    /// Ends an account: nobody signs in with it any more, and it has no name.
    /// Its login is remembered as a hash.
    pub async fn end_account(
        &self,
        account: AccountId,
        login_hash: &[u8],
    ) -> Result<(), StorageError> {
        for line in AT_ONCE {
            self.go(line, account).await?;
        }
        for (table, column) in EMPTIED_AT_ONCE {
            let sql = format!("UPDATE {table} SET {column} = NULL WHERE account = $1");
            self.run(&sql, self.params().with(account)).await?;
        }
        // No login has such a form, and no password such a hash.
        let sql = "UPDATE account SET login = $1, display_name = '', email = NULL, \
                   email_verified_at = NULL, password_hash = '', vouched_by = NULL, \
                   vouched_at = NULL, standing = $2, trusted_at = NULL, failed_sign_ins = 0, \
                   locked_until = NULL WHERE id = $3";
        let params = self
            .params()
            .with(format!("~{}", account.0.simple()))
            .with(Standing::Deleted.code())
            .with(account);
        self.run(sql, params).await?;
        let sql = "INSERT INTO former_login (login_hash) VALUES ($1) ON CONFLICT DO NOTHING";
        self.run(sql, self.params().with(login_hash.to_vec()))
            .await?;
        Ok(())
    }

    async fn go(&self, line: &Go, account: AccountId) -> Result<(), StorageError> {
        let mut params = self.params();
        let own = expand(line.own, account, &mut params);
        let sql = format!("DELETE FROM {} WHERE {own}", line.table);
        self.run(&sql, params).await?;
        Ok(())
    }

    /// Removes some rows of those that may be many; says how many.
    pub async fn go_by_some(
        &self,
        line: &GoBySome,
        account: AccountId,
        limit: u32,
    ) -> Result<u64, StorageError> {
        let GoBySome { table, key, own } = line;
        let mut params = self.params();
        let own = expand(own, account, &mut params);
        let limit = params.push(i64::from(limit));
        let sql = format!(
            "DELETE FROM {table} WHERE ({key}) IN (SELECT {key} FROM {table} WHERE {own} LIMIT {limit})"
        );
        self.run(&sql, params).await
    }

    /// Takes back some of what an account endorsed: their threads.
    pub async fn unendorse_some(
        &self,
        account: AccountId,
        limit: u32,
    ) -> Result<Vec<ThreadId>, StorageError> {
        let sql = "SELECT thread FROM endorsement WHERE account = $1 ORDER BY thread LIMIT $2";
        let params = self.params().with(account).with(i64::from(limit));
        let rows = self.all(sql, params).await?;
        let threads = rows.into_iter().map(|mut row| row.id());
        let threads: Vec<ThreadId> = threads.collect::<Result<_, _>>()?;
        self.lock_threads(&threads).await?;
        let mut params = self.params();
        let me = params.push(account);
        let among = params.among("thread", &threads);
        let sql = format!("DELETE FROM endorsement WHERE account = {me} AND {among}");
        self.run(&sql, params).await?;
        let mut params = self.params();
        let among = params.among("id", &threads);
        let sql =
            format!("UPDATE thread SET endorsement_count = endorsement_count - 1 WHERE {among}");
        self.run(&sql, params).await?;
        Ok(threads)
    }

    /// Locks threads, in the order that whoever locks several keeps to.
    async fn lock_threads(&self, threads: &[ThreadId]) -> Result<(), StorageError> {
        if self.backend == Backend::Postgres {
            let mut params = self.params();
            let among = params.among("id", threads);
            let sql = format!("SELECT id FROM thread WHERE {among} ORDER BY id FOR UPDATE");
            self.all(&sql, params).await?;
        }
        Ok(())
    }

    /// Removes what is sealed in these threads of an account: the facts, what a
    /// client consented to, and what it said of retaliation.
    pub async fn erase_sealed(
        &self,
        account: AccountId,
        threads: &[ThreadId],
    ) -> Result<(), StorageError> {
        for table in ["case_facts", "on_behalf"] {
            let mut params = self.params();
            let among = params.among("thread", threads);
            let sql = format!("DELETE FROM {table} WHERE {among}");
            self.run(&sql, params).await?;
        }
        let mut params = self.params();
        let mark = mark(
            "(SELECT t.language FROM thread t WHERE t.id = retaliation.thread)",
            &mut params,
        );
        let own = expand(OF_PERSONA, account, &mut params);
        let sql = format!("UPDATE retaliation SET body = {mark} WHERE {own}");
        self.run(&sql, params).await?;
        Ok(())
    }

    /// Erases the words of these threads, which an account raised, with what is
    /// kept of them elsewhere. What nobody answered is removed.
    pub async fn erase_threads(
        &self,
        account: AccountId,
        threads: &[ThreadId],
    ) -> Result<Vec<Gone<ThreadId>>, StorageError> {
        self.lock_threads(threads).await?;
        let mut params = self.params();
        let mine = expand("q.persona NOT IN {mine}", account, &mut params);
        let own = expand("t.persona IN {own}", account, &mut params);
        let among = params.among("t.id", threads);
        let (ur, en) = (params.push(ERASED_UR), params.push(ERASED_EN));
        let sql = format!(
            "SELECT t.id, EXISTS (SELECT 1 FROM post q WHERE q.thread = t.id AND {mine}) \
             OR EXISTS (SELECT 1 FROM response r WHERE r.thread = t.id) \
             OR EXISTS (SELECT 1 FROM commitment c WHERE c.thread = t.id), t.status \
             FROM thread t WHERE {among} AND {own} AND t.body NOT IN ({ur}, {en})"
        );
        let mut gone = Vec::new();
        for mut row in self.all(&sql, params).await? {
            let id = row.id()?;
            gone.push(Gone {
                id,
                thread: id,
                answered: row.get()?,
                shown: row.code::<ModerationStatus>()?.is_open(),
            });
        }
        let ids: Vec<ThreadId> = gone.iter().map(|one| one.id).collect();
        let unanswered: Vec<ThreadId> = unanswered(&gone);
        let mut params = self.params();
        let mark = mark("language", &mut params);
        let among = params.among("id", &ids);
        let at = params.push(self.now());
        let sql = format!(
            "UPDATE thread SET title = {mark}, body = {mark}, fingerprint = NULL, said = NULL, \
             edited_at = {at} WHERE {among}"
        );
        self.run(&sql, params).await?;
        self.remove("thread", &unanswered).await?;
        for (table, column) in [("thread_group", "thread"), ("revision", "object")] {
            let mut params = self.params();
            let among = params.among(column, &ids);
            let sql = format!("DELETE FROM {table} WHERE {among}");
            self.run(&sql, params).await?;
        }
        let mut params = self.params();
        let among = params.among("thread", &ids);
        let sql = format!("UPDATE verdict SET comment = NULL WHERE {among}");
        self.run(&sql, params).await?;
        let mut params = self.params();
        let among = params.among("thread", &ids);
        let side = Side::Raiser.code();
        let sql = format!("UPDATE concern_move SET note = NULL WHERE side = '{side}' AND {among}");
        self.run(&sql, params).await?;
        self.erase_copies(&ids).await?;
        Ok(gone)
    }

    /// Erases the words of some posts of an account, with what is kept of them
    /// elsewhere. What nobody answered is removed.
    pub async fn erase_posts(
        &self,
        account: AccountId,
        limit: u32,
    ) -> Result<Vec<Gone<PostId>>, StorageError> {
        let mut params = self.params();
        let own = expand("persona IN {own}", account, &mut params);
        let (ur, en) = (params.push(ERASED_UR), params.push(ERASED_EN));
        let limit = params.push(i64::from(limit));
        let sql = format!(
            "SELECT id, thread FROM post WHERE {own} AND body NOT IN ({ur}, {en}) \
             ORDER BY id LIMIT {limit} {}",
            // Nobody moves them to other threads meanwhile.
            match self.backend {
                Backend::Postgres => "FOR UPDATE",
                Backend::Sqlite => "",
            }
        );
        let (mut ids, mut threads): (Vec<PostId>, Vec<ThreadId>) = (Vec::new(), Vec::new());
        for mut row in self.all(&sql, params).await? {
            ids.push(row.id()?);
            threads.push(row.id()?);
        }
        threads.sort_unstable();
        threads.dedup();
        self.lock_threads(&threads).await?;
        let mut params = self.params();
        let others = expand("q.persona NOT IN {mine}", account, &mut params);
        let among = params.among("p.id", &ids);
        let sql = format!(
            "SELECT p.id, p.thread, EXISTS (SELECT 1 FROM post q WHERE q.thread = p.thread \
             AND (q.created_at, q.id) > (p.created_at, p.id) AND {others}) \
             OR EXISTS (SELECT 1 FROM response r WHERE r.thread = p.thread \
             AND r.created_at > p.created_at), p.status FROM post p WHERE {among} ORDER BY p.id"
        );
        let mut gone = Vec::new();
        for mut row in self.all(&sql, params).await? {
            gone.push(Gone {
                id: row.id()?,
                thread: row.id()?,
                answered: row.get()?,
                shown: row.code::<ModerationStatus>()?.is_open(),
            });
        }
        let unanswered: Vec<PostId> = unanswered(&gone);
        let mut params = self.params();
        let counted = params.among("p.id", &unanswered);
        let among = params.among("id", &threads);
        let sql = format!(
            "UPDATE thread SET post_count = post_count - (SELECT COUNT(*) FROM post p \
             WHERE p.thread = thread.id AND {counted} \
             AND p.status IN ('VISIBLE', 'MINIMIZED')) WHERE {among}"
        );
        self.run(&sql, params).await?;
        let mut params = self.params();
        let mark = mark("language", &mut params);
        let at = params.push(self.now());
        let among = params.among("id", &ids);
        let sql = format!(
            "UPDATE post SET body = {mark}, fingerprint = NULL, said = NULL, edited_at = {at} \
             WHERE {among}"
        );
        self.run(&sql, params).await?;
        self.remove("post", &unanswered).await?;
        let mut params = self.params();
        let among = params.among("object", &ids);
        let sql = format!("DELETE FROM revision WHERE {among}");
        self.run(&sql, params).await?;
        self.erase_copies(&ids).await?;
        Ok(gone)
    }

    /// Hides what says nothing any more.
    async fn remove<T: Copy + Into<uuid::Uuid>>(
        &self,
        table: &str,
        ids: &[T],
    ) -> Result<(), StorageError> {
        let mut params = self.params();
        let among = params.among("id", ids);
        let sql =
            format!("UPDATE {table} SET status = 'REMOVED', status_reason = NULL WHERE {among}");
        self.run(&sql, params).await?;
        self.stop_waiting(ids).await
    }

    /// Takes out of the moderators' queue what one of them held, and what is gone.
    /// Nobody decided on it.
    async fn stop_waiting<T: Copy + Into<uuid::Uuid>>(
        &self,
        ids: &[T],
    ) -> Result<(), StorageError> {
        let mut params = self.params();
        let decision = params.push(Decision::Agree.code());
        let at = params.push(self.now());
        let among = params.among("subject", ids);
        let sql = format!(
            "UPDATE reviewable SET decision = {decision}, decided_at = {at} \
             WHERE {among} AND {} RETURNING thread",
            waits_only_for(&[ReviewStep::HeldByModerator])
        );
        for mut row in self.all(&sql, params).await? {
            self.rest_queue(row.id()?).await?;
        }
        Ok(())
    }

    /// Erases what was made of threads or posts: the words they are found by,
    /// and the copies that moderators have of what was flagged. What the flags saw
    /// is gone with the texts.
    async fn erase_copies<T: Copy + Into<uuid::Uuid>>(
        &self,
        ids: &[T],
    ) -> Result<(), StorageError> {
        let mut params = self.params();
        let among = params.among("object", ids);
        let sql = format!("DELETE FROM search_doc WHERE {among}");
        self.run(&sql, params).await?;
        let mut params = self.params();
        let mark = mark(
            "(SELECT t.language FROM thread t WHERE t.id = reviewable.thread)",
            &mut params,
        );
        let among = params.among("subject", ids);
        let sql = format!("UPDATE reviewable SET title = NULL, body = {mark} WHERE {among}");
        self.run(&sql, params).await?;
        let mut params = self.params();
        let language = "(SELECT t.language FROM thread t WHERE t.id = sanction.thread)";
        let mark = self::mark(language, &mut params);
        let among = params.among("COALESCE(post, thread)", ids);
        let sql = format!("UPDATE sanction SET title = NULL, body = {mark} WHERE {among}");
        self.run(&sql, params).await?;
        // No order that falls brings it back.
        let mut params = self.params();
        let among = params.among("COALESCE(post, thread)", ids);
        let sql = format!("UPDATE legal_demand SET stood = NULL WHERE {among}");
        self.run(&sql, params).await?;
        let mut params = self.params();
        let among = params.among("subject", ids);
        let sql = format!("UPDATE flag SET revision = NULL WHERE {among}");
        self.run(&sql, params).await?;
        Ok(())
    }

    /// Removes some of what tells that entries of the audit log mean an account;
    /// says how many. An entry has to tell of them.
    pub async fn close_openings(
        &self,
        account: AccountId,
        limit: u32,
    ) -> Result<u64, StorageError> {
        let sql = "DELETE FROM audit_opening WHERE account = $1 AND (entry, place) IN \
                   (SELECT entry, place FROM audit_opening WHERE account = $1 LIMIT $2)";
        let params = self.params().with(account).with(i64::from(limit));
        self.run(sql, params).await
    }

    /// Removes an account of which nothing else is left, and whatever points at
    /// it.
    pub async fn remove_account(&self, account: AccountId) -> Result<(), StorageError> {
        for (table, column) in EMPTIED {
            let sql = format!("UPDATE {table} SET {column} = NULL WHERE {column} = $1");
            self.run(&sql, self.params().with(account)).await?;
        }
        for line in AT_LAST {
            self.go(line, account).await?;
        }
        Ok(())
    }
}

fn unanswered<T: Copy>(gone: &[Gone<T>]) -> Vec<T> {
    let gone = gone.iter().filter(|one| !one.answered);
    gone.map(|one| one.id).collect()
}
