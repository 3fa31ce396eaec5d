//! What decisions are made on: the facts of a thread and of a post.

use crate::id::{AgencyId, CircleId, OfficeId, OrganizationId, PersonaId, PostId, ThreadId};
use crate::thread::{AboutKind, Audience, ModerationStatus, ThreadKind};

/// What policy needs to know of a thread.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, read from its own column"
)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThreadFacts {
    /// The thread.
    pub id: ThreadId,
    /// What it is for.
    pub kind: ThreadKind,
    /// Who may read it.
    pub audience: Audience,
    /// The circle, where that is the audience.
    pub circle: Option<CircleId>,
    /// The code of its category; known at least where a sanction of the actor's
    /// asks for it.
    pub category: Option<String>,
    /// How moderation stands.
    pub status: ModerationStatus,
    /// Whether a moderator closed it to speaking.
    pub locked: bool,
    /// Whether a moderator ended its conversation.
    pub ended: bool,
    /// Whether everyone waits after he spoke.
    pub slow: bool,
    /// Who raised it.
    pub raiser: PersonaId,
    /// Who takes part by name, in an audience of [`Audience::NAMING`]: of
    /// those, at least the actor's own personas.
    pub participants: Vec<PersonaId>,
    /// Which officers stepped back from it: of those, at least the actor's
    /// own personas.
    pub recused: Vec<PersonaId>,
    /// Agencies whose access to it is frozen, because retaliation was reported:
    /// of those, at least the actor's own.
    pub frozen: Vec<AgencyId>,
    /// Oversight bodies that such a report was brought to: of those, at least
    /// the actor's own.
    pub reported_to: Vec<AgencyId>,
    /// The agency it complains of.
    pub about_agency: Option<AgencyId>,
    /// The office it complains of.
    pub about_office: Option<OfficeId>,
    /// What it complains of.
    pub about_kind: Option<AboutKind>,
    /// The agency it is assigned to.
    pub assigned_agency: Option<AgencyId>,
    /// The office it is assigned to.
    pub assigned_office: Option<OfficeId>,
    /// The oversight body that owns it (CONDUCT) or has a copy (PRACTICE).
    pub oversight_agency: Option<AgencyId>,
    /// The moderator who claimed it.
    pub claimed_by: Option<PersonaId>,
    /// Whether it waits for any moderator to look: none is on it, and nobody else can
    /// go on with it or something of it waits in their queue.
    pub wants_moderator: bool,
}

/// What policy needs to know of a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PostFacts {
    /// The post.
    pub id: PostId,
    /// Who wrote it.
    pub author: PersonaId,
    /// How moderation stands.
    pub status: ModerationStatus,
}

/// What policy needs to know of the thread or post that is moderated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moderated {
    /// Who wrote it.
    pub author: PersonaId,
    /// The organization that he wrote it for.
    pub organization: Option<OrganizationId>,
}

/// What policy needs to know of a thread's own text, or of a post, of which
/// somebody asks what it was before its author changed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Revised {
    /// Who wrote it.
    pub author: PersonaId,
    /// The organization that he wrote it for.
    pub organization: Option<OrganizationId>,
    /// The agency for an office of which he wrote it.
    pub agency: Option<AgencyId>,
    /// Whether it was moved here from another thread, where it was said to somebody
    /// else.
    pub moved: bool,
}

/// What policy needs to know of a report of retaliation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetaliationFacts {
    /// Who reported it.
    pub reporter: PersonaId,
    /// The agency whose people are said to retaliate.
    pub agency: AgencyId,
    /// The moderators whom it was brought to.
    pub moderators: [Option<PersonaId>; 2],
    /// The oversight body that it was brought to.
    pub oversight: Option<AgencyId>,
    /// Whether that body may decide: it answers, and is not frozen itself.
    pub overseen: bool,
}
