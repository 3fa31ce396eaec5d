//! Of what people want to be told by mail, and what is still to be mailed.
//!
//! What is told stands in the inboxes already, once for every channel. Here is
//! how far each inbox was looked through, and which of its places are to be
//! mailed when: places, never what happened or where.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::event::{Event, StreamName};
use domain::id::{AccountId, PersonaId, PostId, ThreadId};
use domain::notice::{MailFrequency, NoticeReason, ThreadNotices};
use domain::people::{Language, Voice};
use domain::policy::Scope;
use domain::thread::{Audience, ModerationStatus};
use uuid::Uuid;

use crate::conn::Conn;
use crate::error::StorageError;
use crate::job::NewJob;
use crate::row::Row;
use crate::scope::compile;
use crate::store::Backend;
use crate::write::Tx;

/// How far an inbox was looked through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InboxPlace {
    /// Which life of the inbox; 0 if it had no event yet.
    pub epoch: i64,
    /// The last place seen.
    pub pos: i64,
    /// When a mail was last made at once.
    pub mailed_at: Option<DateTime<Utc>>,
}

/// A thread as a mail about it needs it.
#[derive(Clone, PartialEq, Eq)]
pub struct ToldThread {
    /// The thread.
    pub id: ThreadId,
    /// Its human reference.
    pub reference: String,
    /// Its title.
    pub title: String,
    /// Who may read it.
    pub audience: Audience,
    /// How it stands with the moderators.
    pub status: ModerationStatus,
    /// Whether one of the reader's personas raised it.
    pub raised: bool,
    /// Whether it is before an office of the reader's, or overseen by its body.
    pub at_desk: bool,
}

/// Hides the title.
impl std::fmt::Debug for ToldThread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ToldThread")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// Whose mail it is, and what he may see.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    /// Who he is.
    pub actor: &'a domain::people::Actor,
    /// The threads he may see.
    pub threads: &'a Scope,
    /// The posts in them that he may see.
    pub posts: &'a Scope,
}

/// Where a mail goes.
#[derive(Clone, PartialEq, Eq)]
pub struct Recipient {
    /// The address, which was confirmed.
    pub email: String,
    /// The language the person reads.
    pub language: Language,
}

impl std::fmt::Debug for Recipient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recipient")
            .field("language", &self.language)
            .finish_non_exhaustive()
    }
}

/// Whom a persona stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Addressee {
    /// This account, which wants to be told so much of the thread.
    Account(AccountId, ThreadNotices),
    /// Somebody with a protected voice.
    Persona,
    /// Somebody who left.
    Nobody,
}

impl Conn {
    /// Of what an account is told by mail, and when; of whatever is missing,
    /// by none.
    pub async fn mail_preferences(
        &self,
        account: AccountId,
    ) -> Result<Vec<(NoticeReason, MailFrequency)>, StorageError> {
        let sql = "SELECT reason, frequency FROM mail_preference WHERE account = $1";
        let rows = self.all(sql, self.params().with(account)).await?;
        rows.into_iter()
            .map(|mut row| Ok((row.code()?, row.code()?)))
            .collect()
    }

    /// Inboxes in which something new is to be looked through.
    pub async fn inboxes_behind(&self, limit: u32) -> Result<Vec<AccountId>, StorageError> {
        let sql = "SELECT account FROM mail_place WHERE behind_at IS NOT NULL \
                   ORDER BY behind_at, account LIMIT $1";
        let rows = self.all(sql, self.params().with(i64::from(limit))).await?;
        rows.into_iter().map(|mut row| row.id()).collect()
    }

    /// Where mail for an account goes; `None` if there is no confirmed
    /// address.
    pub async fn mail_recipient(
        &self,
        account: AccountId,
    ) -> Result<Option<Recipient>, StorageError> {
        let sql = "SELECT email, language FROM account WHERE id = $1 AND email IS NOT NULL \
                   AND email_verified_at IS NOT NULL";
        let row = self.one(sql, self.params().with(account)).await?;
        row.map(|mut row| {
            Ok(Recipient {
                email: row.get()?,
                language: row.code()?,
            })
        })
        .transpose()
    }

    /// What a mail tells of, in the order of the inbox.
    pub async fn mail_events(
        &self,
        account: AccountId,
        mail: Uuid,
    ) -> Result<Vec<Event>, StorageError> {
        let inbox = StreamName::Inbox(account);
        let sql = "SELECT s.epoch, e.pos, e.kind, e.thread, e.object, e.at FROM mail_note n \
                   JOIN event e ON e.stream = $1 AND e.pos = n.pos \
                   JOIN stream s ON s.id = e.stream \
                   WHERE n.account = $2 AND n.mail = $3 ORDER BY e.pos";
        let params = self
            .params()
            .with(inbox.to_string())
            .with(account)
            .with(mail);
        let mut all = Vec::new();
        for mut row in self.all(sql, params).await? {
            all.push(Event {
                at: domain::event::Position {
                    stream: inbox,
                    epoch: row.get()?,
                    pos: row.get()?,
                },
                kind: row.code()?,
                thread: row.maybe_id()?,
                object: row.maybe_id()?,
                time: row.time()?,
            });
        }
        Ok(all)
    }

    /// Those of these threads that the reader may see. One statement whatever
    /// their number.
    pub async fn told_threads(
        &self,
        reader: Reader<'_>,
        threads: &[ThreadId],
    ) -> Result<Vec<ToldThread>, StorageError> {
        let mut params = self.params();
        let raised = params.among("t.persona", &reader.actor.personas);
        let desk = params.among("t.assigned_office", &reader.actor.offices);
        // What a body oversees is its offices' work, too.
        let body = reader.actor.agency.filter(|_| reader.actor.agency_oversees);
        let overseen = params.push(body);
        let among = params.among("t.id", threads);
        let seen = compile(reader.threads, &mut params);
        let sql = format!(
            "SELECT t.id, t.reference, t.title, t.audience, t.status, {raised}, \
             COALESCE({desk}, 1 = 0) OR COALESCE(t.oversight_agency = {overseen}, 1 = 0) \
             OR EXISTS (SELECT 1 FROM retaliation j WHERE j.thread = t.id \
             AND j.oversight = {overseen}) FROM thread t WHERE {among} AND {seen}"
        );
        let mut all = Vec::new();
        for mut row in self.all(&sql, params).await? {
            all.push(ToldThread {
                id: row.id()?,
                reference: row.get()?,
                title: row.get()?,
                audience: row.code()?,
                status: row.code()?,
                raised: row.get()?,
                at_desk: row.get()?,
            });
        }
        Ok(all)
    }

    /// Those of these posts that the reader may see. One statement whatever
    /// their number.
    pub async fn told_posts(
        &self,
        reader: Reader<'_>,
        posts: &[PostId],
    ) -> Result<Vec<PostId>, StorageError> {
        let mut params = self.params();
        let among = params.among("p.id", posts);
        let threads = compile(reader.threads, &mut params);
        let posts = compile(reader.posts, &mut params);
        let sql = format!(
            "SELECT p.id FROM post p JOIN thread t ON t.id = p.thread \
             WHERE {among} AND {threads} AND {posts}"
        );
        let rows = self.all(&sql, params).await?;
        rows.into_iter().map(|mut row| row.id()).collect()
    }

    /// Whom those stand for who raised these threads, and what each wants to be
    /// told of his. One statement.
    pub async fn raisers_addressed(
        &self,
        threads: &[ThreadId],
    ) -> Result<HashMap<ThreadId, Addressee>, StorageError> {
        let mut params = self.params();
        let among = params.among("t.id", threads);
        let sql = format!(
            "SELECT t.id, {ADDRESSEE} FROM thread t JOIN persona a ON a.id = t.persona \
             WHERE {among}"
        );
        let rows = self.all(&sql, params).await?;
        rows.into_iter()
            .map(|mut row| Ok((row.id()?, addressee(&mut row)?)))
            .collect()
    }

    /// Whom a persona stands for, and what he wants to be told of a thread.
    pub async fn addressee(
        &self,
        persona: PersonaId,
        thread: ThreadId,
    ) -> Result<Addressee, StorageError> {
        let sql =
            format!("SELECT {ADDRESSEE} FROM thread t JOIN persona a ON a.id = $2 WHERE t.id = $1");
        let params = self.params().with(thread).with(persona);
        let row = self.one(&sql, params).await?;
        row.map_or(Ok(Addressee::Nobody), |mut row| addressee(&mut row))
    }
}

/// The columns of whom a persona `a` stands for in a thread `t`.
pub(crate) const ADDRESSEE: &str = "a.account, (SELECT n.level FROM thread_notice n \
    JOIN persona o ON o.id = n.persona \
    WHERE n.thread = t.id AND o.account = a.account LIMIT 1), a.voice";

pub(crate) fn addressee(row: &mut Row) -> Result<Addressee, StorageError> {
    let account = row.maybe_id()?;
    let level: Option<ThreadNotices> = row.maybe_code()?;
    let voice: Voice = row.code()?;
    Ok(match (account, voice) {
        (Some(account), _) => Addressee::Account(account, level.unwrap_or(ThreadNotices::All)),
        (None, Voice::Named) => Addressee::Nobody,
        (None, Voice::Confidential | Voice::Anonymous) => Addressee::Persona,
    })
}

impl Tx {
    /// Sets when an account is told of something by mail.
    pub async fn set_mail_preference(
        &self,
        account: AccountId,
        reason: NoticeReason,
        frequency: MailFrequency,
    ) -> Result<(), StorageError> {
        let sql = "INSERT INTO mail_preference (account, reason, frequency) VALUES ($1, $2, $3) \
                   ON CONFLICT (account, reason) DO UPDATE SET frequency = excluded.frequency";
        let params = self
            .params()
            .with(account)
            .with(reason.code())
            .with(frequency.code());
        self.run(sql, params).await?;
        Ok(())
    }

    /// Begins to look through an account's inbox, from here on, if nobody does.
    pub async fn begin_mailing(&self, account: AccountId) -> Result<(), StorageError> {
        let head = self.stream_head(StreamName::Inbox(account)).await?;
        let (epoch, pos) = head.map_or((0, 0), |head| (head.epoch, head.head));
        let sql = "INSERT INTO mail_place (account, epoch, pos) VALUES ($1, $2, $3) \
                   ON CONFLICT (account) DO NOTHING";
        let params = self.params().with(account).with(epoch).with(pos);
        self.run(sql, params).await?;
        Ok(())
    }

    /// Ends it, and forgets what was still to be mailed.
    pub async fn end_mailing(&self, account: AccountId) -> Result<(), StorageError> {
        for sql in [
            "DELETE FROM mail_place WHERE account = $1",
            "DELETE FROM mail_note WHERE account = $1",
            "DELETE FROM mail WHERE account = $1",
        ] {
            self.run(sql, self.params().with(account)).await?;
        }
        Ok(())
    }

    /// Has an account told of nothing by mail any more.
    pub async fn end_mail(&self, account: AccountId) -> Result<(), StorageError> {
        self.end_mailing(account).await?;
        let sql = "DELETE FROM mail_preference WHERE account = $1";
        self.run(sql, self.params().with(account)).await?;
        Ok(())
    }

    /// Takes an inbox to look it through, if something in it is new. Until the
    /// transaction ends nobody else does, and whoever tells it something new
    /// waits.
    pub async fn take_inbox(&self, account: AccountId) -> Result<Option<InboxPlace>, StorageError> {
        let sql = "UPDATE mail_place SET behind_at = NULL \
                   WHERE account = $1 AND behind_at IS NOT NULL RETURNING epoch, pos, mailed_at";
        let row = self.one(sql, self.params().with(account)).await?;
        row.map(|mut row| {
            Ok(InboxPlace {
                epoch: row.get()?,
                pos: row.get()?,
                mailed_at: row.maybe_time()?,
            })
        })
        .transpose()
    }

    /// Holds an account's mail until the transaction ends; `false` if it wants
    /// none.
    pub async fn hold_mail(&self, account: AccountId) -> Result<bool, StorageError> {
        let lock = match self.backend {
            Backend::Postgres => " FOR UPDATE",
            Backend::Sqlite => "",
        };
        let sql = format!("SELECT pos FROM mail_place WHERE account = $1{lock}");
        let row = self.one(&sql, self.params().with(account)).await?;
        Ok(row.is_some())
    }

    /// Says how far an inbox was looked through; `more` if there may be more.
    pub async fn set_inbox_place(
        &self,
        account: AccountId,
        (epoch, pos): (i64, i64),
        more: Option<DateTime<Utc>>,
    ) -> Result<(), StorageError> {
        let sql = "UPDATE mail_place SET epoch = $1, pos = $2, behind_at = $3 WHERE account = $4";
        let params = self.params().with(epoch).with(pos).with(more).with(account);
        self.run(sql, params).await?;
        Ok(())
    }

    /// Notes places of an inbox that are to be mailed.
    pub async fn note(
        &self,
        account: AccountId,
        notes: &[(i64, MailFrequency)],
    ) -> Result<(), StorageError> {
        let rows: Vec<Vec<sea_orm::Value>> = notes
            .iter()
            .map(|(pos, frequency)| vec![account.0.into(), (*pos).into(), frequency.code().into()])
            .collect();
        self.insert_values("mail_note", &["account", "pos", "frequency"], &rows)
            .await?;
        Ok(())
    }

    /// Has a job done from a moment on, unless one under its name waits or is
    /// being done.
    pub async fn schedule_if_none(&self, job: &NewJob) -> Result<(), StorageError> {
        let sql = "INSERT INTO job (id, kind, once, payload, run_at) VALUES ($1, $2, $3, $4, $5) \
                   ON CONFLICT (once) DO NOTHING";
        let params = self
            .params()
            .with(job.id)
            .with(job.kind)
            .with(job.once.as_str())
            .with(job.payload.as_str())
            .with(job.run_at);
        self.run(sql, params).await?;
        Ok(())
    }

    /// The mail of this kind that was made and is not known to be sent; else
    /// one is made under this id, of at most so many notes. `None` if there is
    /// nothing to tell. Whoever asks holds the account's mail.
    pub async fn mail_to_send(
        &self,
        id: Uuid,
        account: AccountId,
        frequency: MailFrequency,
        limit: u32,
    ) -> Result<Option<Uuid>, StorageError> {
        let sql = "SELECT id FROM mail WHERE account = $1 AND frequency = $2 ORDER BY made_at, id \
                   LIMIT 1";
        let params = self.params().with(account).with(frequency.code());
        if let Some(mut row) = self.one(sql, params).await? {
            return Ok(Some(row.get()?));
        }
        if !self.notes_left(account, frequency).await? {
            return Ok(None);
        }
        let sql = "INSERT INTO mail (id, account, frequency, made_at) VALUES ($1, $2, $3, $4)";
        let params = self
            .params()
            .with(id)
            .with(account)
            .with(frequency.code())
            .with(self.now());
        self.run(sql, params).await?;
        let sql = "UPDATE mail_note SET mail = $1 WHERE account = $2 AND pos IN (SELECT pos \
                   FROM mail_note WHERE account = $2 AND frequency = $3 AND mail IS NULL \
                   ORDER BY pos LIMIT $4)";
        let params = self
            .params()
            .with(id)
            .with(account)
            .with(frequency.code())
            .with(i64::from(limit));
        self.run(sql, params).await?;
        if frequency == MailFrequency::Immediate {
            let sql = "UPDATE mail_place SET mailed_at = $1 WHERE account = $2";
            let params = self.params().with(self.now()).with(account);
            self.run(sql, params).await?;
        }
        Ok(Some(id))
    }

    /// Forgets a mail that was sent, or never will be.
    pub async fn end_one_mail(&self, account: AccountId, mail: Uuid) -> Result<(), StorageError> {
        let sql = "DELETE FROM mail_note WHERE account = $1 AND mail = $2";
        self.run(sql, self.params().with(account).with(mail))
            .await?;
        let sql = "DELETE FROM mail WHERE id = $1";
        self.run(sql, self.params().with(mail)).await?;
        Ok(())
    }

    /// Whether there are notes of this kind that no mail tells yet.
    pub async fn notes_left(
        &self,
        account: AccountId,
        frequency: MailFrequency,
    ) -> Result<bool, StorageError> {
        let sql = "SELECT pos FROM mail_note WHERE account = $1 AND frequency = $2 \
                   AND mail IS NULL LIMIT 1";
        let params = self.params().with(account).with(frequency.code());
        Ok(self.one(sql, params).await?.is_some())
    }

    /// Says what an account wants to be told of a thread, as this persona;
    /// `personas` are all of the account's.
    pub async fn set_thread_notices(
        &self,
        thread: ThreadId,
        persona: PersonaId,
        personas: &[PersonaId],
        level: ThreadNotices,
    ) -> Result<(), StorageError> {
        let mut params = self.params();
        let place = params.push(thread);
        let among = params.among("persona", personas);
        let sql = format!("DELETE FROM thread_notice WHERE thread = {place} AND {among}");
        self.run(&sql, params).await?;
        if level == ThreadNotices::All {
            return Ok(());
        }
        let sql = "INSERT INTO thread_notice (thread, persona, level) VALUES ($1, $2, $3)";
        let params = self.params().with(thread).with(persona).with(level.code());
        self.run(sql, params).await?;
        Ok(())
    }

    /// Sets where mail for an account goes, which is known to reach it, or
    /// nowhere. A code to reset its password that went elsewhere is good no
    /// more.
    pub async fn set_email(
        &self,
        account: AccountId,
        email: Option<&str>,
    ) -> Result<(), StorageError> {
        let sql = "UPDATE account SET email = $1, email_verified_at = $2 WHERE id = $3";
        let verified = email.map(|_| self.now());
        let params = self.params().with(email.map(str::to_owned));
        self.run(sql, params.with(verified).with(account)).await?;
        let sql = "DELETE FROM reset_code WHERE account = $1";
        self.run(sql, self.params().with(account)).await?;
        Ok(())
    }
}
