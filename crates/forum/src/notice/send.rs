//! Making mails of what was noted, and sending each until it is gone.
//!
//! What a mail tells is fixed before it is sent, under an id that becomes its
//! `Message-ID`. That it went is written down afterwards. A process that dies
//! in between sends it again after the next start: the same mail under the same
//! id, which mailboxes show once. The other way round a mail could be lost.

use chrono::TimeDelta;
use domain::event::EventKind;
use domain::id::{AccountId, PostId};
use domain::notice::{MailFrequency, NoticeReason};
use domain::policy;
use futures_util::future::join_all;
use storage::job::{LeasedJob, NewJob};
use storage::notice::Reader;
use uuid::Uuid;

use super::letter::{Told, letter};
use super::sort::{reason_of, seen};
use crate::ports::{Mail, MailError};
use crate::{Error, Forum};

/// The kind of the jobs that make and send mail.
pub(super) const MAIL: &str = "mail";

/// As many mails are sent at once.
const AT_ONCE: u32 = 8;

/// How long a lease lasts: longer than a mail server may take.
const LEASE: TimeDelta = TimeDelta::minutes(10);

/// As many things one mail tells; the others come in another.
const NOTES_MAX: u32 = 200;

/// How long the first retry waits; each waits twice as long as the one before.
const RETRY: TimeDelta = TimeDelta::minutes(1);

/// How long a retry waits at most.
const RETRY_MAX: TimeDelta = TimeDelta::hours(6);

/// The name of the job for one kind of mail to an account, and what it says.
pub(super) fn named(account: AccountId, frequency: MailFrequency) -> (String, String) {
    let payload = format!("{}:{}", account.0.simple(), frequency.code());
    (format!("{MAIL}:{payload}"), payload)
}

fn read(payload: &str) -> Option<(AccountId, MailFrequency)> {
    let (account, frequency) = payload.split_once(':')?;
    let account = Uuid::try_parse(account).ok()?;
    Some((account.into(), frequency.parse().ok()?))
}

impl Forum {
    /// Notes what is new in the inboxes, and sends what is due, until nothing
    /// is.
    pub async fn send_mail(&self) -> Result<(), Error> {
        self.sort_inboxes().await?;
        while self.send_some().await? {}
        Ok(())
    }

    async fn send_some(&self) -> Result<bool, Error> {
        let now = self.now();
        if !self.store.read().jobs_due(MAIL, now).await? {
            return Ok(false);
        }
        let lease = self.store.write(now, async |tx| {
            tx.lease_jobs(MAIL, now + LEASE, AT_ONCE).await
        });
        let jobs: Vec<LeasedJob> = lease.await?;
        let done = join_all(jobs.iter().map(|job| self.send_one(job))).await;
        done.into_iter().collect::<Result<Vec<()>, Error>>()?;
        Ok(!jobs.is_empty())
    }

    async fn send_one(&self, job: &LeasedJob) -> Result<(), Error> {
        let Some((account, frequency)) = read(&job.payload) else {
            return Err(Error::Internal("a job for mail"));
        };
        // It becomes the mail's own id, which says nothing of when or to whom.
        let id = domain::id::unordered(self.random());
        let made = self
            .store
            .write(self.now(), async |tx| {
                let made = if tx.hold_mail(account).await? {
                    tx.mail_to_send(id, account, frequency, NOTES_MAX).await?
                } else {
                    None
                };
                if made.is_none() {
                    tx.finish_job(job).await?;
                }
                Ok::<_, Error>(made)
            })
            .await?;
        let Some(mail) = made else { return Ok(()) };
        let sent = match self.write_mail(account, mail, frequency).await? {
            None => Ok(()),
            Some(letter) => self.mailer.send(letter).await,
        };
        match sent {
            Err(MailError::Unavailable) if job.attempts + 1 < self.settings.mail.attempts => {
                let wait = RETRY.checked_mul(1 << job.attempts.min(16));
                let run_at = self.now() + wait.unwrap_or(RETRY_MAX).min(RETRY_MAX);
                self.store
                    .write(self.now(), async |tx| tx.retry_job(job, run_at).await)
                    .await?;
                return Ok(());
            }
            Err(error) => tracing::warn!(%error, "a mail was given up"),
            Ok(()) => {}
        }
        self.end_mail(account, mail, frequency, job).await
    }

    /// Writes down that a mail is gone, and has what was noted meanwhile mailed.
    async fn end_mail(
        &self,
        account: AccountId,
        mail: Uuid,
        frequency: MailFrequency,
        job: &LeasedJob,
    ) -> Result<(), Error> {
        let now = self.now();
        let set = self.settings.mail;
        let pause = TimeDelta::minutes(set.pause_minutes.into());
        self.store
            .write(now, async |tx| {
                let wanted = tx.hold_mail(account).await?;
                tx.end_one_mail(account, mail).await?;
                if !wanted || !tx.notes_left(account, frequency).await? {
                    tx.finish_job(job).await?;
                    return Ok::<_, Error>(());
                }
                let run_at = match frequency {
                    MailFrequency::Immediate => now + pause,
                    // What did not fit is told right after.
                    MailFrequency::Off | MailFrequency::Daily | MailFrequency::Weekly => now,
                };
                let (once, payload) = named(account, frequency);
                tx.schedule(&NewJob {
                    id: job.id,
                    kind: MAIL,
                    once,
                    payload,
                    run_at,
                })
                .await?;
                Ok(())
            })
            .await
    }

    /// The mail as it reads under the rights of now; `None` if there is nothing
    /// to tell, or nobody to.
    async fn write_mail(
        &self,
        account: AccountId,
        mail: Uuid,
        frequency: MailFrequency,
    ) -> Result<Option<Mail>, Error> {
        let read = self.store.read();
        let Some(viewer) = self.viewer_of_account(account).await? else {
            return Ok(None);
        };
        let Some(recipient) = read.mail_recipient(account).await? else {
            return Ok(None);
        };
        let events = read.mail_events(account, mail).await?;
        let threads = seen(read, &viewer, &events).await?;
        let posts: Vec<PostId> = events
            .iter()
            .filter(|event| event.kind == EventKind::PostAdded)
            .filter_map(|event| event.object.map(PostId))
            .collect();
        let reader = Reader {
            actor: &viewer.actor,
            threads: &policy::told_scope(&viewer.actor),
            posts: &policy::post_scope(&viewer.actor),
        };
        let posts = if posts.is_empty() {
            posts
        } else {
            read.told_posts(reader, &posts).await?
        };
        // What the account wants no mail of any more is left out.
        let preferences = read.mail_preferences(account).await?;
        let wants = |reason: NoticeReason| {
            let mut of = preferences.iter().filter(|(one, _)| *one == reason);
            of.any(|(_, frequency)| *frequency != MailFrequency::Off)
        };
        let hidden = |event: &domain::event::Event| {
            event.kind == EventKind::PostAdded
                && !event.object.is_some_and(|id| posts.contains(&PostId(id)))
        };
        let mut told: Vec<Told<'_>> = Vec::new();
        let mut of_account = Vec::new();
        for event in events.iter().filter(|event| !hidden(event)) {
            let thread = threads.iter().find(|one| Some(one.id) == event.thread);
            if !reason_of(event, thread).is_some_and(wants) {
                continue;
            }
            let Some(thread) = thread else {
                of_account.push(event.kind);
                continue;
            };
            match told.iter_mut().find(|one| one.thread.id == thread.id) {
                Some(one) => one.kinds.push(event.kind),
                None => told.push(Told {
                    thread,
                    kinds: vec![event.kind],
                }),
            }
        }
        if told.is_empty() && of_account.is_empty() {
            return Ok(None);
        }
        let unsubscribe = self.unsubscribe_url(account, &recipient.email);
        let place = self.settings.public_url.as_deref();
        let (subject, text) = letter(
            &told,
            &of_account,
            frequency,
            recipient.language,
            place,
            unsubscribe.as_deref(),
        );
        Ok(Some(Mail {
            to: recipient.email,
            subject,
            text,
            language: recipient.language,
            id: Some(mail),
            unsubscribe,
        }))
    }
}
