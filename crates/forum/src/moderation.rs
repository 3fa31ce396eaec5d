//! Moderation: what members flag and the forum notices, the moderators' queue of
//! it, their acts, and the public record.

mod act;
mod appeal;
mod changed;
mod flag;
mod held;
mod hold;
mod log;
mod overdue;
mod queue;
mod redact;
mod relocate;
mod review;
mod rule;
mod sanction;
mod sanctioned;
mod unread;

use domain::concern::{Concern, State};
use domain::id::{AccountId, ModlogId, OrganizationId, PersonaId, PostId, ReviewableId, ThreadId};
use domain::moderation::{ModAct, Stands, Subject};
use domain::policy::{self, Action, Moderated, PostFacts, ThreadFacts};
use sha2::{Digest, Sha256};
use storage::Tx;
use storage::post::Post;
use storage::thread::Thread;

use crate::{Error, Forum, Problem, Viewer};

pub(crate) use act::Deed;
pub use act::Moderate;
pub use appeal::{DecideAppeal, MakeAppeal, SeenAppeal};
pub use changed::{ChangeKind, Changed, ChangedPart};
pub use flag::RaiseFlag;
pub(crate) use held::put_held;
pub use hold::SeenHold;
pub use log::{ModlogFilter, SeenEntry};
pub(crate) use overdue::CLAIM;
pub use overdue::LookBy;
pub use queue::{QueueFilter, SeenReviewable};
pub use redact::{Redact, RedactSpan, TextPart};
pub use relocate::{MergeThreads, MovePosts, SplitThread};
pub use review::DecideReviewable;
pub use rule::SetPostingRule;
pub use sanction::{DecideSanction, LiftSanction, ProposeSanction};
pub use sanctioned::{OwnSanction, SanctionFilter, SeenSanction};
pub(crate) use unread::{Compared, Unread, sought};

/// How moderation is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModerationSettings {
    /// How many flags somebody raises within an hour at most.
    pub flags_per_hour: u32,
    /// From how many flags of newcomers on a thread or a post is held by them.
    pub hold_at: u32,
    /// After how many hours what a moderator took is free again.
    pub claim_hours: u32,
    /// For how many days a silence or a suspension lasts at most.
    pub sanction_days_max: u32,
    /// After how many days a sanction that was proposed lapses.
    pub proposal_days: u32,
    /// How many of the moderators are women, as the operator attests.
    pub women: u32,
    /// How many are under 30, as the operator attests.
    pub under_thirty: u32,
    /// For how many days the author may appeal, and what was struck out of his
    /// text is kept.
    pub appeal_days: u32,
    /// Within how many working days an appeal is to be decided on.
    pub appeal_working_days: u16,
    /// How many threads are to be read first at most.
    pub pinned_max: u32,
    /// How many seconds everyone waits after he spoke at most.
    pub slow_seconds_max: u32,
    /// How many posts a thread has at most that is merged into another.
    pub merged_posts_max: u32,
    /// From how many posts of newcomers in one thread on moderators look at it.
    pub burst_posts: u32,
    /// Within how many minutes.
    pub burst_minutes: u32,
    /// From how many threads on in which the same text stands within a day moderators
    /// look at it.
    pub repeat_threads: u32,
}

impl Default for ModerationSettings {
    fn default() -> Self {
        Self {
            flags_per_hour: 20,
            hold_at: 3,
            claim_hours: 24,
            sanction_days_max: 90,
            proposal_days: 7,
            women: 0,
            under_thirty: 0,
            appeal_days: 90,
            appeal_working_days: 10,
            pinned_max: 5,
            slow_seconds_max: 86_400,
            merged_posts_max: 5_000,
            burst_posts: 10,
            burst_minutes: 10,
            repeat_threads: 3,
        }
    }
}

/// A post that is moved while it is looked for is followed so often.
const FOLLOWED_MAX: usize = 5;

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

    /// The post, if it is one, and its thread.
    pub(crate) fn post_in_thread(&self) -> Option<(&Post, &ThreadFacts)> {
        Some((self.post.as_ref()?, &self.thread.facts))
    }

    pub(crate) fn moderated(&self) -> Moderated {
        let author = self
            .post
            .as_ref()
            .map_or(&self.thread.author, |post| &post.author);
        moderated(author.persona, author.organization)
    }

    /// Whether it is a concern that no moderator has let appear yet.
    pub(crate) fn waits_for_first_look(&self) -> bool {
        let concern = self.own_concern();
        concern.is_some_and(|(_, one)| matches!(one.state, State::Submitted | State::Returned))
    }

    /// The concern whose own text it is, and its thread.
    pub(crate) fn own_concern(&self) -> Option<(&Thread, Concern)> {
        let concern = self.thread.concern.filter(|_| self.post.is_none())?;
        Some((&self.thread, concern))
    }

    pub(crate) fn thread_id(&self) -> ThreadId {
        self.thread.facts.id
    }

    pub(crate) fn post_id(&self) -> Option<PostId> {
        self.post_facts().map(|post| post.id)
    }

    pub(crate) fn stands(&self) -> Stands {
        match &self.post {
            Some(post) => Stands::in_status(post.facts.status),
            None => Stands {
                status: self.thread.facts.status,
                locked: self.thread.facts.locked,
                ended: self.thread.facts.ended,
                pinned: self.thread.pinned,
                slow: self.thread.facts.slow,
            },
        }
    }

    /// Whose it is.
    fn author(&self) -> PersonaId {
        self.post_facts()
            .map_or(self.thread.facts.raiser, |post| post.author)
    }

    fn title(&self) -> Option<&str> {
        self.post.is_none().then_some(self.thread.title.as_str())
    }

    fn body(&self) -> &str {
        self.post
            .as_ref()
            .map_or(self.thread.body.as_str(), |post| post.body.as_str())
    }

    /// Refuses what somebody decided on another text than stands there now, and
    /// says what was changed.
    async fn is_of(&self, tx: &Tx, version: Option<&str>) -> Result<(), Error> {
        let now = version_of(self.title(), self.body());
        let Some(version) = version.filter(|version| *version != now) else {
            return Ok(());
        };
        let changed = self.changed_since(tx, version).await?;
        let problem = Problem::Edited(Box::new(changed));
        Err(Error::at("expectedVersion", problem))
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
    /// Of what follows from the first.
    second_entry: ModlogId,
    step: uuid::Uuid,
    second_step: uuid::Uuid,
    /// In which waits what is held by it.
    reviewable: ReviewableId,
    numbers: [i64; 8],
}

impl Drawn {
    /// The same for what follows.
    const fn next(self) -> Self {
        Self {
            entry: self.second_entry,
            ..self
        }
    }
}

impl Forum {
    pub(crate) fn draw(&self) -> Drawn {
        let numbers: [[u8; 8]; 8] = std::array::from_fn(|_| self.random());
        Drawn {
            entry: domain::id::unordered(self.random()).into(),
            second_entry: domain::id::unordered(self.random()).into(),
            step: domain::id::unordered(self.random()),
            second_step: domain::id::unordered(self.random()),
            reviewable: self.new_id(),
            // Six digits, none of them of an order.
            numbers: numbers.map(|bytes| 100_000 + i64::from_be_bytes(bytes).rem_euclid(900_000)),
        }
    }

    /// What is to be flagged or moderated, if the viewer sees it. Its thread's
    /// row is locked.
    pub(crate) async fn found(
        &self,
        tx: &Tx,
        viewer: &Viewer,
        subject: Subject,
    ) -> Result<Found, Error> {
        let found = self.there(tx, viewer, subject).await?;
        let view = match found.post_facts() {
            None => Action::ViewThread(&found.thread.facts),
            Some(post) => Action::ViewPost(&found.thread.facts, post),
        };
        policy::decide(&viewer.actor, &view)?;
        Ok(found)
    }

    /// The same, also where the viewer does not see it.
    pub(crate) async fn there(
        &self,
        tx: &Tx,
        viewer: &Viewer,
        subject: Subject,
    ) -> Result<Found, Error> {
        let Subject::Post(id) = subject else {
            let thread = ThreadId(subject.into());
            let found = tx.thread_for_update(&viewer.actor, thread).await?;
            let thread = found.ok_or_else(Error::not_found)?;
            return Ok(Found { thread, post: None });
        };
        let mut post = tx.post(id).await?;
        for _ in 0..FOLLOWED_MAX {
            let thread = post.as_ref().map_or(ThreadId(id.0), |post| post.thread);
            let found = tx.thread_for_update(&viewer.actor, thread).await?;
            let thread = found.ok_or_else(Error::not_found)?;
            // Read again with its thread's row locked: somebody may have been
            // faster, and may have moved it. Whoever edits it locks its own alone.
            post = tx.post_for_update(id).await?;
            let stands = post
                .as_ref()
                .is_none_or(|post| post.thread == thread.facts.id);
            if stands {
                let post = post.ok_or_else(Error::not_found)?;
                return Ok(Found {
                    thread,
                    post: Some(post),
                });
            }
        }
        Err(Error::Internal("a post is moved again and again"))
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
pub(crate) struct Moderator {
    account: AccountId,
    /// By which the public record knows him.
    number: i64,
}

/// Refuses an act by a reason that does not fit it.
fn fits(act: ModAct, code: domain::moderation::ReasonCode) -> Result<(), Error> {
    if act.is_sanction() || act.is_of_appeals() || act.asks_for_more() {
        let why = "this act has a mutation of its own";
        return Err(Error::at("act", Problem::Invalid(why)));
    }
    takes(act, code)
}

/// The same, whatever the act is done to.
fn takes(act: ModAct, code: domain::moderation::ReasonCode) -> Result<(), Error> {
    if act.takes(code) {
        Ok(())
    } else {
        Err(Error::at("reason", Problem::Unfit(act)))
    }
}
