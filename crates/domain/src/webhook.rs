//! Webhooks: what an organization's own program is told, and when again.

mod address;
mod retry;

pub use address::is_public;
pub use retry::Retries;

use crate::code::codes;
use crate::event::EventKind;
use crate::id::ThreadId;
use crate::thread::ThreadKind;

codes! {
    /// What a message to a webhook is about.
    pub enum MessageKind {
        /// A thread appeared.
        ThreadOpened = "thread.opened",
        /// A thread's texts, audience or filing changed.
        ThreadChanged = "thread.changed",
        /// A moderator changed how a thread stands.
        ThreadModerated = "thread.moderated",
        /// A post was added.
        PostAdded = "post.added",
        /// A post's text changed.
        PostEdited = "post.edited",
        /// A moderator changed how a post stands.
        PostModerated = "post.moderated",
        /// A concern was put before an office.
        ConcernAssigned = "concern.assigned",
        /// The office said that it has the concern.
        ConcernAcknowledged = "concern.acknowledged",
        /// The state of a concern moved otherwise.
        ConcernMoved = "concern.moved",
        /// The office answered.
        ResponsePublished = "response.published",
        /// The raiser judged the answer.
        VerdictGiven = "verdict.given",
        /// An office committed itself.
        CommitmentMade = "commitment.made",
        /// A commitment was reported on, contested, postponed or taken back.
        CommitmentChanged = "commitment.changed",
        /// A commitment was kept.
        CommitmentKept = "commitment.kept",
        /// The day of a commitment passed without its being kept.
        CommitmentLapsed = "commitment.lapsed",
        /// The number of endorsements changed.
        EndorsementsChanged = "endorsements.changed",
        /// What was told before is to be deleted: it may not be seen any more.
        ContentRetracted = "content.retracted",
        /// The log was restored: what came between is to be read anew.
        FeedResync = "feed.resync",
        /// Sent when somebody asks for it, to try the webhook.
        WebhookTest = "webhook.test",
    }
}

impl MessageKind {
    /// The message about an event; `None` for what webhooks are not told.
    pub const fn of(event: EventKind) -> Option<Self> {
        Some(match event {
            EventKind::ThreadOpened => Self::ThreadOpened,
            EventKind::ThreadChanged => Self::ThreadChanged,
            EventKind::ThreadModerated => Self::ThreadModerated,
            EventKind::PostAdded => Self::PostAdded,
            EventKind::PostEdited => Self::PostEdited,
            EventKind::PostModerated => Self::PostModerated,
            EventKind::ConcernAssigned => Self::ConcernAssigned,
            EventKind::ConcernAcknowledged => Self::ConcernAcknowledged,
            EventKind::ConcernMoved => Self::ConcernMoved,
            EventKind::ResponsePublished => Self::ResponsePublished,
            EventKind::VerdictGiven => Self::VerdictGiven,
            EventKind::CommitmentMade => Self::CommitmentMade,
            EventKind::CommitmentChanged => Self::CommitmentChanged,
            EventKind::CommitmentKept => Self::CommitmentKept,
            EventKind::CommitmentLapsed => Self::CommitmentLapsed,
            EventKind::EndorsementsChanged => Self::EndorsementsChanged,
            EventKind::ConcernEscalated
            | EventKind::ReminderDue
            | EventKind::VerdictAsked
            | EventKind::ParticipantsChanged
            | EventKind::ConcernOpened
            | EventKind::WorkArrived
            | EventKind::ReviewOverdue
            | EventKind::SanctionChanged
            | EventKind::DirectoryChanged
            | EventKind::AccessChanged => return None,
        })
    }

    /// Whether a webhook may choose to be told it or not. The others come in
    /// any case: nobody can choose not to hear that something must be deleted.
    pub const fn is_chosen(self) -> bool {
        !matches!(
            self,
            Self::ContentRetracted | Self::FeedResync | Self::WebhookTest
        )
    }

    /// What the object of such a message is.
    pub const fn object(self) -> ObjectKind {
        match self {
            Self::PostAdded | Self::PostEdited | Self::PostModerated => ObjectKind::Post,
            Self::ResponsePublished => ObjectKind::Response,
            Self::ThreadOpened
            | Self::ThreadChanged
            | Self::ThreadModerated
            | Self::ConcernAssigned
            | Self::ConcernAcknowledged
            | Self::ConcernMoved
            | Self::VerdictGiven
            | Self::CommitmentMade
            | Self::CommitmentChanged
            | Self::CommitmentKept
            | Self::CommitmentLapsed
            | Self::EndorsementsChanged
            | Self::ContentRetracted
            | Self::FeedResync
            | Self::WebhookTest => ObjectKind::Thread,
        }
    }
}

codes! {
    /// What a webhook was told of.
    pub enum ObjectKind {
        /// A thread.
        Thread = "THREAD",
        /// A post in it.
        Post = "POST",
        /// An office's answer in it.
        Response = "RESPONSE",
    }
}

codes! {
    /// Whether a webhook is told anything.
    pub enum WebhookState {
        /// It is told what happens.
        Active = "ACTIVE",
        /// It rests; what happens meanwhile is told when it goes on.
        Paused = "PAUSED",
    }
}

codes! {
    /// Where a message stands.
    pub enum MessageState {
        /// It is to be sent, for the first time or again.
        Pending = "PENDING",
        /// The webhook took it.
        Delivered = "DELIVERED",
        /// It was given up after every attempt.
        Dead = "DEAD",
        /// It was not sent: what it is about may not be seen any more.
        Withheld = "WITHHELD",
    }
}

codes! {
    /// Why an attempt did not reach a webhook, or was not taken.
    pub enum Failure {
        /// The webhook answered, and not that it took the message.
        Refused = "REFUSED",
        /// It answered with a redirect; none is followed.
        Redirected = "REDIRECTED",
        /// It answered that it is gone for good; the webhook is paused.
        Gone = "GONE",
        /// Its name cannot be resolved.
        Unresolved = "UNRESOLVED",
        /// Its name leads to an address that is not on the public internet.
        Closed = "ADDRESS_CLOSED",
        /// It cannot be connected to.
        Unreachable = "UNREACHABLE",
        /// It does not prove by a certificate who it is.
        Tls = "TLS",
        /// It did not answer in time.
        Timeout = "TIMEOUT",
        /// What it answered is not HTTP, is too large, or broke off.
        Broken = "BROKEN",
    }
}

/// What a webhook, or whoever follows the feed, chose to be told. What is not
/// said is not asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only these; all where none is named.
    pub kinds: Vec<MessageKind>,
    /// Only what happens in this thread.
    pub thread: Option<ThreadId>,
    /// Only what happens in threads of this kind.
    pub thread_kind: Option<ThreadKind>,
    /// Only what happens in threads of this category.
    pub category: Option<String>,
    /// Only what happens in threads of this region.
    pub region: Option<String>,
}

/// What a filter looks at in a thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filed {
    /// The thread.
    pub thread: ThreadId,
    /// What it is for.
    pub kind: ThreadKind,
    /// Its category.
    pub category: Option<String>,
    /// Its region.
    pub region: Option<String>,
}

impl Filter {
    /// Whether such messages are wanted.
    pub fn wants_kind(&self, kind: MessageKind) -> bool {
        !kind.is_chosen() || self.kinds.is_empty() || self.kinds.contains(&kind)
    }

    /// Whether what happens in this thread is wanted.
    pub fn wants_thread(&self, filed: &Filed) -> bool {
        self.thread.is_none_or(|one| one == filed.thread)
            && self.thread_kind.is_none_or(|one| one == filed.kind)
            && (self.category.is_none() || self.category == filed.category)
            && (self.region.is_none() || self.region == filed.region)
    }
}

#[cfg(test)]
mod tests;
