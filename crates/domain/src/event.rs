//! What the event log says: names of objects, never who acted, never text.

use uuid::Uuid;

use crate::code::codes;
use crate::id::{AccountId, OfficeId, PersonaId, ThreadId};

codes! {
    /// What happened.
    pub enum EventKind {
        /// A thread appeared to the readers of the stream.
        ThreadOpened = "thread.opened",
        /// A thread's texts, audience or filing changed.
        ThreadChanged = "thread.changed",
        /// A moderator changed how a thread stands.
        ThreadModerated = "thread.moderated",
        /// A post appeared to the thread's whole audience.
        PostAdded = "post.added",
        /// A post's text changed.
        PostEdited = "post.edited",
        /// A moderator changed how a post stands.
        PostModerated = "post.moderated",
        /// A concern was put before an office or agency.
        ConcernAssigned = "concern.assigned",
        /// The office said that it has the concern.
        ConcernAcknowledged = "concern.acknowledged",
        /// The state of a concern moved otherwise, or a letter about it was
        /// recorded.
        ConcernMoved = "concern.moved",
        /// The office answered.
        ResponsePublished = "response.published",
        /// The raiser judged the answer.
        VerdictGiven = "verdict.given",
        /// A time ran out, and silence was passed on.
        ConcernEscalated = "concern.escalated",
        /// Somebody is expected to act, and the time for it ends soon.
        ReminderDue = "reminder.due",
        /// The raiser is asked whether it helped.
        VerdictAsked = "verdict.asked",
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
        /// Who takes part in a confidential thread changed.
        ParticipantsChanged = "participants.changed",
        /// Somebody opened a confidential concern or its facts.
        ConcernOpened = "concern.opened",
        /// Something waits in a desk's or the moderators' queue.
        WorkArrived = "work.arrived",
        /// Something waits for the moderators for too long.
        ReviewOverdue = "review.overdue",
        /// A sanction of an account took effect or was taken back, or an appeal against it
        /// was decided on.
        SanctionChanged = "sanction.changed",
        /// A persona, organization, agency, office or reference entry changed.
        DirectoryChanged = "directory.changed",
        /// An account's sessions, duties, standing or affiliations changed, or
        /// an app was revoked, or a token of its.
        AccessChanged = "access.changed",
    }
}

impl EventKind {
    /// Whether it changes what earlier events of its stream tell: a text, or
    /// who may read it.
    pub fn rewrites(self) -> bool {
        match self {
            Self::ThreadChanged
            | Self::ThreadModerated
            | Self::PostEdited
            | Self::PostModerated
            | Self::ParticipantsChanged
            | Self::DirectoryChanged
            | Self::AccessChanged => true,
            Self::ThreadOpened
            | Self::PostAdded
            | Self::ConcernAssigned
            | Self::ConcernAcknowledged
            | Self::ConcernMoved
            | Self::ResponsePublished
            | Self::VerdictGiven
            | Self::ConcernEscalated
            | Self::ReminderDue
            | Self::VerdictAsked
            | Self::CommitmentMade
            | Self::CommitmentChanged
            | Self::CommitmentKept
            | Self::CommitmentLapsed
            | Self::EndorsementsChanged
            | Self::ConcernOpened
            | Self::WorkArrived
            | Self::ReviewOverdue
            | Self::SanctionChanged => false,
        }
    }
}

/// The name of a stream of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StreamName {
    /// What happens in one thread.
    Thread(ThreadId),
    /// What is addressed to one account.
    Inbox(AccountId),
    /// What is addressed to one presented persona of a protected voice.
    PersonaInbox(PersonaId),
    /// The work of one office.
    Desk(OfficeId),
    /// What waits for the moderators.
    Moderation,
    /// What everyone may see.
    Feed,
    /// What may not be public any more; for whoever told it outside.
    Retraction,
    /// Personas, organizations, agencies, reference data, calendar.
    Directory,
    /// Accounts, sessions, duties, accreditation, sanctions.
    Access,
}

impl std::fmt::Display for StreamName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Thread(id) => write!(f, "t:{}", id.0.simple()),
            Self::Inbox(id) => write!(f, "i:{}", id.0.simple()),
            Self::PersonaInbox(id) => write!(f, "p:{}", id.0.simple()),
            Self::Desk(id) => write!(f, "d:{}", id.0.simple()),
            Self::Moderation => f.write_str("moderation"),
            Self::Feed => f.write_str("feed"),
            Self::Retraction => f.write_str("retraction"),
            Self::Directory => f.write_str("directory"),
            Self::Access => f.write_str("access"),
        }
    }
}

/// A text that names no stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the name of a stream")]
pub struct NotAStream;

impl std::str::FromStr for StreamName {
    type Err = NotAStream;

    fn from_str(text: &str) -> Result<Self, NotAStream> {
        let id = |text: &str| Uuid::try_parse(text).map_err(|_| NotAStream);
        match text.split_once(':') {
            None => match text {
                "moderation" => Ok(Self::Moderation),
                "feed" => Ok(Self::Feed),
                "retraction" => Ok(Self::Retraction),
                "directory" => Ok(Self::Directory),
                "access" => Ok(Self::Access),
                _ => Err(NotAStream),
            },
            Some(("t", rest)) => Ok(Self::Thread(id(rest)?.into())),
            Some(("i", rest)) => Ok(Self::Inbox(id(rest)?.into())),
            Some(("p", rest)) => Ok(Self::PersonaInbox(id(rest)?.into())),
            Some(("d", rest)) => Ok(Self::Desk(id(rest)?.into())),
            Some(_) => Err(NotAStream),
        }
    }
}

/// An event that is about to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewEvent {
    /// Where it belongs.
    pub stream: StreamName,
    /// What happened.
    pub kind: EventKind,
    /// The thread it happened in, if any.
    pub thread: Option<ThreadId>,
    /// The object that changed: a post, a response, an account, as the kind
    /// says.
    pub object: Option<Uuid>,
}

/// A place in a stream.
///
/// `pos` counts from 1 without gaps; 0 is before the first event. `epoch`
/// changes when a stream's past may have been lost (a restore, a failover).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Position {
    /// The stream.
    pub stream: StreamName,
    /// Which life of the stream.
    pub epoch: i64,
    /// The last event seen.
    pub pos: i64,
}

/// An event as it stands in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// Where it stands.
    pub at: Position,
    /// What happened.
    pub kind: EventKind,
    /// The thread it happened in, if any.
    pub thread: Option<ThreadId>,
    /// The object that changed.
    pub object: Option<Uuid>,
    /// When it was written.
    pub time: chrono::DateTime<chrono::Utc>,
}

/// How far a stream reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamHead {
    /// Which life of the stream.
    pub epoch: i64,
    /// The position of the newest event; 0 if there is none.
    pub head: i64,
    /// The position below which events were removed.
    pub floor: i64,
}
