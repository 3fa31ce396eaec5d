//! Ids as types, so that a thread's id is never taken for a post's.

use uuid::Uuid;

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => {
        $(
            $(#[$meta])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
            pub struct $name(pub Uuid);

            impl From<Uuid> for $name {
                fn from(id: Uuid) -> Self { Self(id) }
            }

            impl From<$name> for Uuid {
                fn from(id: $name) -> Self { id.0 }
            }

            impl std::fmt::Display for $name {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    self.0.fmt(f)
                }
            }
        )+
    };
}

ids! {
    /// A person who can sign in.
    AccountId,
    /// One signed-in device or program of an account.
    SessionId,
    /// An author as content knows it.
    PersonaId,
    /// A civil-society organization, university or youth body.
    OrganizationId,
    /// A state body that answers.
    AgencyId,
    /// A desk of an agency that work is assigned to.
    OfficeId,
    /// A vouched room.
    CircleId,
    /// A conversation.
    ThreadId,
    /// One contribution to a thread.
    PostId,
    /// An office's formal answer.
    ResponseId,
    /// A version of an answer before it is published.
    DraftId,
    /// A report of retaliation.
    RetaliationId,
    /// What waits in the moderators' queue.
    ReviewableId,
    /// An entry of the modlog.
    ModlogId,
    /// An appeal against an act of moderation.
    AppealId,
    /// What an authority demands by law.
    DemandId,
    /// A sanction, or what is proposed to be one.
    SanctionId,
    /// The raiser's judgement of an answer.
    VerdictId,
    /// A move of a concern, as its timeline keeps it.
    MoveId,
    /// What an office says that it will do.
    CommitmentId,
    /// A letter on paper to an agency that does not answer here.
    LetterId,
    /// What an agency answers again and again.
    TemplateId,
    /// A rule by which clocks run.
    ClockRuleId,
    /// A code that lets somebody register.
    InvitationId,
    /// A trusted document.
    DocumentId,
    /// A partner app of an organization.
    ClientId,
    /// What a person allowed a partner app.
    ConsentId,
    /// An address of an organization's that is told what happens.
    WebhookId,
    /// One message to a webhook, however often it is sent.
    MessageId,
}

/// Makes an ordinary id: UUID version 7 of the given moment, with the part of
/// its millisecond in the first twelve bits after it (RFC 9562, 6.2, method 3),
/// and random bytes. So ids are in the order of their microseconds.
pub fn ordered(now: chrono::DateTime<chrono::Utc>, mut random: [u8; 10]) -> Uuid {
    let part = now.timestamp_subsec_micros() % 1_000 * 4_096 / 1_000;
    let [_, _, high, low] = part.to_be_bytes();
    random[0] = high;
    random[1] = low;
    let millis = u64::try_from(now.timestamp_millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

/// Makes an id that says nothing of when it was made: UUID version 4.
///
/// For anything tied to a protected voice.
pub fn unordered(random: [u8; 16]) -> Uuid {
    uuid::Builder::from_random_bytes(random).into_uuid()
}
