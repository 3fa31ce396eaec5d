//! Threads: what is read and written of them.

mod ledger;
mod list;
mod participant;
mod read;
mod write;

use chrono::{DateTime, NaiveDate, Utc};
use domain::concern::Concern;
use domain::event::StreamHead;
use domain::id::{AgencyId, CircleId, OfficeId, OrganizationId, PersonaId, ThreadId};
use domain::moderation::{Fingerprint, Wording};
use domain::notice::ThreadNotices;
use domain::people::{Constituency, Language, Voice};
use domain::policy::ThreadFacts;
use domain::thread::{AboutKind, Audience, ModerationStatus, Proceedings, Reuse, ThreadKind};

pub use ledger::LedgerEntry;
pub use list::{DeskFilter, Slice, ThreadFilter, ThreadOrder, ThreadPlace, Wanted};
pub(crate) use list::{codes, conditions};
pub use participant::Participant;
pub use read::Standing;
pub(crate) use read::{AUTHOR, author, columns, fact_columns, facts, thread};
pub use write::Counted;
pub(crate) use write::search_doc;

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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thread {
    /// What policy decides on.
    pub facts: ThreadFacts,
    /// The human reference.
    pub reference: String,
    /// Why a moderator held, returned or removed it, or what was said when it was
    /// released.
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
    /// What of it the actor wants to be told.
    pub viewer_notices: ThreadNotices,
    /// How far its stream reached when it was read.
    pub head: Option<StreamHead>,
    /// By which day it is sorted on desks, if it is on one.
    pub desk_on: Option<NaiveDate>,
    /// Whether it is to be read first.
    pub pinned: bool,
    /// How many seconds everyone waits after he spoke.
    pub slow_seconds: Option<i64>,
    /// The thread that took its posts.
    pub merged_into: Option<ThreadId>,
    /// The thread that its first posts were taken from.
    pub split_from: Option<ThreadId>,
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
    /// Whether it waits for any moderator to look.
    pub wants_moderator: bool,
    /// The concern's life, if it is one.
    pub concern: Option<Concern>,
    /// By when its next official move is due.
    pub due: Due,
    /// For whom it is raised, if for somebody else.
    pub on_behalf: Option<OnBehalf>,
    /// The fingerprint of the issue text, if a newcomer begins the thread where it is
    /// compared with others.
    pub fingerprint: Option<Fingerprint>,
    /// Its wording, where it is compared with others and is no greeting.
    pub said: Option<Wording>,
}

/// By when the next official move of a concern is due. Derived: lists are
/// sorted by it; what is shown is computed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Due {
    /// The last day on which it is not late; `None` where no clock runs.
    pub on: Option<NaiveDate>,
    /// The last day on which it is not very late.
    pub very_overdue_on: Option<NaiveDate>,
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

/// Whether something is turned on or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Switch {
    /// On.
    On,
    /// Off.
    Off,
}
