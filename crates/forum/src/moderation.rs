//! Moderation: what members flag and the forum notices, the moderators' queue of
//! it, their acts, and the public record.

mod act;
mod flag;
mod log;
mod queue;
mod review;
mod rule;
mod unread;

use domain::id::{AccountId, ModlogId, OrganizationId, PersonaId, ThreadId};
use domain::moderation::{ModAct, Stands, Subject};
use domain::policy::{Moderated, PostFacts};
use sha2::{Digest, Sha256};
use storage::Tx;
use storage::post::Post;
use storage::thread::Thread;

use crate::thread::sees;
use crate::{Error, Forum, Problem, Viewer};

pub use act::Moderate;
pub use flag::RaiseFlag;
pub use log::SeenEntry;
pub use queue::{QueueFilter, SeenReviewable};
pub use review::DecideReviewable;
pub use rule::SetPostingRule;
pub(crate) use unread::Unread;

/// How moderation is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModerationSettings {
    /// How many flags somebody raises within an hour at most.
    pub flags_per_hour: u32,
    /// From how many flags of newcomers on a thread or a post is held by them.
    pub hold_at: u32,
    /// After how many hours what a moderator took is free again.
    pub claim_hours: u32,
    /// How many of the moderators are women, as the operator attests.
    pub women: u32,
    /// How many are under 30, as the operator attests.
    pub under_thirty: u32,
    /// From how many posts of newcomers in one thread on moderators look at it.
    pub burst_posts: u32,
    /// Within how many minutes.
    pub burst_minutes: u32,
}

impl Default for ModerationSettings {
    fn default() -> Self {
        Self {
            flags_per_hour: 20,
            hold_at: 3,
            claim_hours: 24,
            women: 0,
            under_thirty: 0,
            burst_posts: 10,
            burst_minutes: 10,
        }
    }
}

/// What is flagged or moderated, as it stands: its thread's row is locked.
pub(crate) struct Found {
    thread: Thread,
    post: Option<Post>,
}

impl Found {
    fn subject(&self) -> Subject {
        let thread = Subject::Thread(self.thread.facts.id);
        self.post
            .as_ref()
            .map_or(thread, |post| Subject::Post(post.facts.id))
    }

    fn post_facts(&self) -> Option<&PostFacts> {
        self.post.as_ref().map(|post| &post.facts)
    }

    fn moderated(&self) -> Moderated {
        let author = self
            .post
            .as_ref()
            .map_or(&self.thread.author, |post| &post.author);
        moderated(author.persona, author.organization)
    }

    fn stands(&self) -> Stands {
        match &self.post {
            Some(post) => Stands {
                status: post.facts.status,
                locked: false,
            },
            None => Stands {
                status: self.thread.facts.status,
                locked: self.thread.facts.locked,
            },
        }
    }

    fn title(&self) -> Option<&str> {
        self.post.is_none().then_some(self.thread.title.as_str())
    }

    fn body(&self) -> &str {
        self.post
            .as_ref()
            .map_or(self.thread.body.as_str(), |post| post.body.as_str())
    }

    /// Refuses what somebody decided on another text than stands there now.
    fn is_of(&self, version: Option<&str>) -> Result<(), Error> {
        let now = version_of(self.title(), self.body());
        if version.is_none_or(|version| version == now) {
            Ok(())
        } else {
            Err(Error::at("expectedVersion", Problem::Changed))
        }
    }
}

/// What policy decides on, of a thread's own text.
pub fn thread_moderated(thread: &Thread) -> Moderated {
    moderated(thread.author.persona, thread.author.organization)
}

const fn moderated(author: PersonaId, organization: Option<OrganizationId>) -> Moderated {
    Moderated {
        author,
        organization,
    }
}

/// Which text it is: the beginning of a hash of it, in hexadecimal digits. The
/// same text is the same version.
pub fn version_of(title: Option<&str>, body: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(title.unwrap_or_default());
    hash.update([0]);
    hash.update(body);
    let first = hash.finalize().first_chunk().copied().unwrap_or_default();
    format!("{:016x}", u64::from_be_bytes(first))
}

/// What an act needs that must not be drawn twice.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Drawn {
    entry: ModlogId,
    step: uuid::Uuid,
    second_step: uuid::Uuid,
    numbers: [i64; 8],
}

impl Forum {
    pub(crate) fn draw(&self) -> Drawn {
        let numbers: [[u8; 8]; 8] = std::array::from_fn(|_| self.random());
        Drawn {
            entry: domain::id::unordered(self.random()).into(),
            step: domain::id::unordered(self.random()),
            second_step: domain::id::unordered(self.random()),
            // Six digits, none of them of an order.
            numbers: numbers.map(|bytes| 100_000 + i64::from_be_bytes(bytes).rem_euclid(900_000)),
        }
    }

    /// What is to be flagged or moderated, if the viewer sees it. Its thread's
    /// row is locked.
    async fn found(&self, tx: &Tx, viewer: &Viewer, subject: Subject) -> Result<Found, Error> {
        let post = match subject {
            Subject::Thread(_) => None,
            Subject::Post(id) => tx.post(id).await?,
        };
        let thread = match (subject, &post) {
            (Subject::Thread(id), _) => id,
            (Subject::Post(_), Some(post)) => post.thread,
            (Subject::Post(id), None) => ThreadId(id.0),
        };
        let found = tx.thread_for_update(&viewer.actor, thread).await?;
        let thread = found
            .filter(|found| sees(viewer, &found.facts))
            .ok_or_else(Error::not_found)?;
        let Subject::Post(id) = subject else {
            return Ok(Found { thread, post: None });
        };
        // Read again with its thread's row locked: somebody may have been faster.
        let post = tx.post(id).await?.ok_or_else(Error::not_found)?;
        let view = domain::policy::Action::ViewPost(&thread.facts, &post.facts);
        domain::policy::decide(&viewer.actor, &view)?;
        Ok(Found {
            thread,
            post: Some(post),
        })
    }

    /// The number by which the record knows the viewer.
    async fn number_of(&self, tx: &Tx, viewer: &Viewer, drawn: &Drawn) -> Result<Moderator, Error> {
        let account = viewer.account.ok_or(Error::Internal("no account"))?;
        let number = tx.moderator_number(account, &drawn.numbers).await?;
        let number = number.ok_or(Error::Internal("every drawn number is taken"))?;
        Ok(Moderator { account, number })
    }
}

/// A moderator at work.
#[derive(Debug, Clone, Copy)]
struct Moderator {
    account: AccountId,
    /// By which the public record knows him.
    number: i64,
}

/// Refuses an act by a reason that does not fit it.
fn fits(act: ModAct, code: domain::moderation::ReasonCode) -> Result<(), Error> {
    if act.takes(code) {
        Ok(())
    } else {
        Err(Error::at("reason", Problem::Unfit(act)))
    }
}
